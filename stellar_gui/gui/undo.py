"""The undoable changes: each command holds the old and the new value, so that undo is an assignment."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QUndoCommand

from stellar_gui.analysis.selection import Mode
from stellar_gui.catalog.quality import QualityCuts


@dataclass(frozen=True, eq=False)
class Gesture:
    """The last step of a selection, made by a view that may still change which stars it hit.

    source: the view; base: (n,) bool, the selection before; mode: how the stars hit join it.
    """

    source: object
    base: NDArray[np.bool_]
    mode: Mode


class SelectionCommand(QUndoCommand):
    """Replaces the selection; masks are kept as bits, an eighth of their size.

    gesture: what made the new selection, if it can be changed; once undone it cannot, nor when it is redone.
    """

    def __init__(
        self,
        text: str,
        old: NDArray[np.bool_],
        new: NDArray[np.bool_],
        gesture: Gesture | None,
        assign: Callable[[NDArray[np.bool_], Gesture | None], None],
    ) -> None:
        super().__init__(text)
        self._size = len(new)
        self._old = np.packbits(old)
        self._new = np.packbits(new)
        self._gesture = gesture
        self._assign = assign

    def undo(self) -> None:
        """Bring the earlier selection back."""
        self._assign(np.unpackbits(self._old, count=self._size).astype(bool), None)

    def redo(self) -> None:
        """Put the new selection into force."""
        gesture, self._gesture = self._gesture, None
        self._assign(np.unpackbits(self._new, count=self._size).astype(bool), gesture)


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


class ChangeCommand(QUndoCommand):
    """Any other change, made by one function and taken back by another."""

    def __init__(self, text: str, do: Callable[[], None], undo: Callable[[], None]) -> None:
        super().__init__(text)
        self._do = do
        self._undo = undo

    def undo(self) -> None:
        """Bring back what was before."""
        self._undo()

    def redo(self) -> None:
        """Make the change."""
        self._do()
