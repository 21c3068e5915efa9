"""Star catalogues: bands, recognised columns, quality cuts, readers, writers and the simulated sample."""

from importlib import import_module
from typing import TYPE_CHECKING

from stellar_gui.catalog.bands import BAND_NAMES, BANDS, Band

if TYPE_CHECKING:
    from stellar_gui.catalog.catalog import Catalog, Provenance
    from stellar_gui.catalog.quality import Quality, QualityCuts, Reason, check
    from stellar_gui.catalog.reading import load_catalog, read_catalog
    from stellar_gui.catalog.writing import save_table, write_table

__all__ = [
    "BANDS",
    "BAND_NAMES",
    "Band",
    "Catalog",
    "Provenance",
    "Quality",
    "QualityCuts",
    "Reason",
    "check",
    "load_catalog",
    "read_catalog",
    "save_table",
    "write_table",
]

_HOMES = {
    "catalog": ("Catalog", "Provenance"),
    "quality": ("Quality", "QualityCuts", "Reason", "check"),
    "reading": ("load_catalog", "read_catalog"),
    "writing": ("save_table", "write_table"),
}


def __getattr__(name: str) -> object:
    """Import a name when it is first used: the bands alone cost neither pandas nor pyarrow."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
