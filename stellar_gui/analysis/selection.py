"""How a gesture's stars join the current selection: the four modes and their set algebra."""

from enum import Enum

import numpy as np
from numpy.typing import NDArray


class Mode(Enum):
    """What a gesture does to the selection; the value is the word the user reads."""

    REPLACE = "Replace"
    ADD = "Add"
    REMOVE = "Remove"
    INTERSECT = "Intersect"

    @property
    def symbol(self) -> str:
        """The sign that the cursor wears: nothing, plus, minus, intersection."""
        return _SYMBOLS[self]


_SYMBOLS = {Mode.REPLACE: "", Mode.ADD: "+", Mode.REMOVE: "\N{MINUS SIGN}", Mode.INTERSECT: "\N{INTERSECTION}"}


def combine(current: NDArray[np.bool_], hit: NDArray[np.bool_], mode: Mode) -> NDArray[np.bool_]:
    """The selection after a gesture that hit some stars.

    current, hit: (n,) bool over the catalogue's rows. Returns a new read-only (n,) bool array.
    """
    if mode is Mode.REPLACE:
        result = hit.copy()
    elif mode is Mode.ADD:
        result = current | hit
    elif mode is Mode.REMOVE:
        result = current & ~hit
    else:
        result = current & hit
    result.setflags(write=False)
    return result
