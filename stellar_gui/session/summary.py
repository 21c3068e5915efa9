"""What is worth knowing of a catalogue at a glance: its columns, its bands and what the quality checks found."""

from typing import Any

import numpy as np

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.quality import Quality, Reason


def summarise(catalog: Catalog, quality: Quality) -> dict[str, Any]:
    """A JSON object with the keys `rows`, `columns`, `bands`, `quality`, and perhaps `note`.

    columns: column name by role. bands: by band the column, its unit and the minimum, median and maximum (mag) over
    the kept rows, null without any. quality: number of rows by reason, `good` first; each row counts once.
    note, where there is one: what else the checks have to say.
    """
    kept = catalog.magnitudes[quality.kept]
    bands = {}
    for k, band in enumerate(BAND_NAMES):
        column, values = catalog.columns[band], kept[:, k]
        bands[band] = {
            "column": column,
            "unit": catalog.units.get(column),
            "min": _rounded(values.min()) if len(values) else None,
            "median": _rounded(np.median(values)) if len(values) else None,
            "max": _rounded(values.max()) if len(values) else None,
        }
    counts = {Reason.GOOD: len(kept), **quality.removed}
    return {
        "rows": len(catalog),
        "columns": dict(catalog.columns),
        "bands": bands,
        "quality": {reason.name.lower(): int(counts.get(reason, 0)) for reason in Reason},
    } | ({"note": quality.note} if quality.note else {})


def _rounded(value: np.floating[Any]) -> float:
    return round(float(value), 4)
