"""The denoised catalogue: a session's table with reconstructed magnitudes in place of the measured ones."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from stellar_gui.analysis.denoising import SIGMAS, unbelievable
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.writing import save_table
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress
from stellar_gui.session.export import free_name, origin, reason_column
from stellar_gui.session.session import Mask, Session

FLAG: Final = "denoise_flag"
TOO_LARGE: Final = "error too large"
ORIGINAL_SUFFIX: Final = "_original"
DECIMALS: Final = 5
"""Of magnitudes that a network gave, as many as the survey writes."""


@dataclass(frozen=True)
class Denoised:
    """Of how many rows the magnitudes were replaced, and how many kept theirs for their error or the quality checks."""

    replaced: int
    unbelievable: int
    rejected: int


def denoisable(session: Session) -> Mask:
    """(n,) bool: the rows whose reconstruction can be believed, as `unbelievable` says; raises InputError untrained."""
    if session.embedding is None:
        raise InputError(f"{session.catalog.provenance.name}: no trained model in the session; train one first.")
    return session.quality.kept & ~unbelievable(session.embedding, session.catalog.magnitudes)


def denoised_table(session: Session, replaced: Mask, originals: bool = False) -> pd.DataFrame:
    """All rows in order and all columns, with reconstructed magnitudes (mag) in place of the measured ones.

    replaced: (n,) bool, of which rows, as `denoisable` says. `denoise_flag` is empty there; else the measured ones
    stay, and it says why: "error too large", or the reason for which the row takes no part.
    originals: whether the measured magnitudes come too, in columns named NAME_original at the end. Bands without a
    detection get the magnitude that the other bands make likely.
    """
    assert session.embedding is not None
    catalog = session.catalog
    table, kept = catalog.table.copy(), {}
    for k, band in enumerate(BAND_NAMES):
        name = catalog.columns[band]
        kept[free_name(f"{name}{ORIGINAL_SUFFIX}", table.columns)] = catalog.table[name]
        values = np.round(catalog.magnitudes[:, k].astype(np.float64), DECIMALS)
        if pd.api.types.is_float_dtype(table[name].dtype):
            values = table[name].to_numpy(np.float64, na_value=np.nan).copy()
        values[replaced] = np.round(session.embedding.reconstruction[replaced, k].astype(np.float64), DECIMALS)
        table[name] = values
    flag = reason_column(session.quality.reason).astype(object)
    flag[session.quality.kept & ~replaced] = TOO_LARGE
    table[free_name(FLAG, table.columns)] = flag.astype("str")
    return table.assign(**kept) if originals else table


def denoise(session: Session, path: Path, originals: bool = False) -> Generator[Progress, None, Denoised]:
    """Write `denoised_table` to path, atomically, with its origin and the rule of the flag in its metadata.

    Raises InputError for a session without a model, OutputError where the file cannot be written.
    """
    replaced = denoisable(session)
    table = denoised_table(session, replaced, originals)
    catalog = session.catalog
    metadata = origin(catalog.provenance, session.cuts, session.model, "all stars") | {
        "denoised": f"magnitudes in {', '.join(catalog.columns[band] for band in BAND_NAMES)} are the network's; "
        f"photometric errors, where there are any, are those of the measured ones. {FLAG}: a row keeps its measured "
        f"magnitudes where the error exceeds the median of stars of like brightness by {SIGMAS:g} standard deviations "
        "of its logarithm, or where it fails the quality checks"
    }
    flag = free_name(FLAG, catalog.table.columns)
    meta = {flag: ColumnMeta("meta.code.qual", "why the row keeps its measured magnitudes; empty where it does not")}
    yield from save_table(table, path, metadata, dict(catalog.units), column_meta={**catalog.column_meta, **meta})
    kept = session.quality.kept
    return Denoised(int(replaced.sum()), int((kept & ~replaced).sum()), int((~kept).sum()))
