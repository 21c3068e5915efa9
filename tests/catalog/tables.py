"""Small tables of stars for the tests of the catalogue."""

from pathlib import Path

import numpy as np
import pandas as pd

from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.reading import load_table, read_catalog
from stellar_gui.progress import drain

HEAD = "objid,ra,dec,u,g,r,i,z"
ROWS = (
    "1237648721229774920,177.879650089015,-0.106619737770056,15.9634,14.71016,14.31923,14.90641,14.1989",
    "1237648721229774901,177.863222301364,-0.0960825709742102,15.38748,14.65861,13.83759,13.84464,13.72684",
)
IDENTIFIERS = [1237648721229774920, 1237648721229774901]


def saved(folder: Path, text: str | bytes, name: str = "stars.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def opened(folder: Path, text: str | bytes, name: str = "stars.csv") -> Catalog:
    return read_catalog(saved(folder, text, name))


def table_of(path: Path) -> pd.DataFrame:
    return drain(load_table(path)).frame


def stars(count: int = 8, **columns: object) -> pd.DataFrame:
    """Plain magnitudes of so many stars, with more columns or other values for some."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({band: rng.uniform(15.0, 22.0, count).round(4) for band in "ugriz"})
    return frame.assign(**columns)
