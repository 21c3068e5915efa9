"""Tables: opening and exporting 255,000 stars against the bare libraries; encoding long Parquet files."""

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from astropy.io.votable import parse_single_table
from astropy.table import Table

from stellar_gui.catalog.reading import read_catalog
from stellar_gui.catalog.writing import write_table
from stellar_gui.session.export import added_meta, added_names, added_units
from tests.benchmarks._encoding import encoding_rows
from tests.benchmarks.opening import STARS, compared, stars

BAR = 2.0
_OPENING: dict[str, Callable[[Path], object]] = {
    ".csv": pd.read_csv,
    ".parquet": pd.read_parquet,
    ".fits": Table.read,
    ".vot": lambda path: parse_single_table(str(path)).to_table(),
    ".ecsv": lambda path: Table.read(path, format="ascii.ecsv"),
}


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; VOTable with quick, and ECSV, with a twentieth of the stars, since their peers take minutes."""
    warnings.simplefilter("ignore")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for ending in _OPENING:
            slow = ending in (".vot", ".ecsv")
            count = STARS // 20 if (quick and slow) or ending == ".ecsv" else STARS
            repetitions = 5 if slow else 9
            path = Path(folder, f"stars{ending}")
            _plain(stars(count), path)
            rows.append(_opened(path, count, repetitions))
            rows.append(_exported(exported(count), Path(folder), ending, repetitions))
        rows += encoding_rows(Path(folder), quick)
    return rows


def exported(count: int) -> pd.DataFrame:
    """Stars with the columns that an export adds, but the reason of rows left out."""
    rng = np.random.default_rng(1)
    added = [name for name in added_names(2) if name != "quality"][:12]
    return stars(count).assign(**{name: rng.normal(size=count).astype(np.float32) for name in added})


def _opened(path: Path, count: int, repetitions: int) -> dict[str, Any]:
    peer = _OPENING[path.suffix]
    work = f"open {count:,} stars, {path.suffix}"
    return compared(work, lambda: read_catalog(path), lambda: peer(path), repetitions, BAR)


def _exported(table: pd.DataFrame, folder: Path, ending: str, repetitions: int) -> dict[str, Any]:
    names = list(table.columns)
    work = f"export {len(table):,} stars with 12 added columns, {ending}"
    return compared(
        work,
        lambda: write_table(
            table, folder / f"ours{ending}", {"source": "stars"}, added_units(names), True, added_meta(names)
        ),
        lambda: _plain(table, folder / f"peer{ending}"),
        repetitions,
        BAR,
    )


def _plain(table: pd.DataFrame, path: Path) -> None:
    """The table as the bare library writes it."""
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        table.to_parquet(path, compression="zstd")
    elif path.suffix == ".vot":
        Table.from_pandas(table).write(path, format="votable", tabledata_format="binary2", overwrite=True)
    else:
        Table.from_pandas(table).write(path, overwrite=True)
