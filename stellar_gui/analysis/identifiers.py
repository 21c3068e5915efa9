"""Finding stars by a list of their names, as pasted or read from a file."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.recipes import Imported
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.errors import InputError

_BETWEEN = re.compile(r"[\s,;|\"']+")
ROW_NUMBER = "row number"


@dataclass(frozen=True, eq=False)
class Found:
    """The stars of a list: (n,) bool, read-only; found, listed: how many different names are here, and on the list."""

    mask: NDArray[np.bool_]
    found: int
    recipe: Imported

    @property
    def listed(self) -> int:
        """How many different names the list holds."""
        return self.recipe.listed


def find_stars(catalog: Catalog, text: str, source: str) -> Found:
    """The stars whose identifiers stand in a text, apart by spaces, commas or line ends; source: the list's name.

    Of a catalogue without an identifier column, row numbers from 1. A first word that is no identifier, as a table's
    title, only counts as not found. Raises InputError where no star is found.
    """
    names = {name for name in _BETWEEN.split(text) if name}
    column = catalog.columns.get("identifier")
    if column is None:
        own = np.arange(1, len(catalog) + 1).astype(str)
    else:
        values = catalog.table[column]
        own = values.astype(str).str.strip().where(values.notna(), "").to_numpy(dtype=object)
    mask = np.array([name in names for name in own.tolist()], bool)
    mask.setflags(write=False)
    if not mask.any():
        where = "a row number" if column is None else f"an identifier in {column}"
        raise InputError(f"None of the {len(names):,} words of the list is {where}; check which column they are from.")
    found = len(names.intersection(own[mask].tolist()))
    return Found(mask, found, Imported(source, column or ROW_NUMBER, len(names)))
