"""The undoable changes: each command holds the old and the new value, so that undo is an assignment."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QUndoCommand

from stellar_gui.catalog.quality import QualityCuts


class SelectionCommand(QUndoCommand):
    """Replaces the selection; masks are kept as bits, an eighth of their size."""

    def __init__(
        self,
        text: str,
        old: NDArray[np.bool_],
        new: NDArray[np.bool_],
        assign: Callable[[NDArray[np.bool_]], None],
    ) -> None:
        super().__init__(text)
        self._size = len(new)
        self._old = np.packbits(old)
        self._new = np.packbits(new)
        self._assign = assign

    def undo(self) -> None:
        """Bring the earlier selection back."""
        self._assign(np.unpackbits(self._old, count=self._size).astype(bool))

    def redo(self) -> None:
        """Put the new selection into force."""
        self._assign(np.unpackbits(self._new, count=self._size).astype(bool))


class CutsCommand(QUndoCommand):
    """Changes which stars take part."""

    def __init__(self, text: str, old: QualityCuts, new: QualityCuts, assign: Callable[[QualityCuts], None]) -> None:
        super().__init__(text)
        self._old = old
        self._new = new
        self._assign = assign

    def undo(self) -> None:
        """Bring the earlier cuts back."""
        self._assign(self._old)

    def redo(self) -> None:
        """Put the new cuts into force."""
        self._assign(self._new)
