"""The undoable changes: each command holds the old and the new value, so that undo is an assignment."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QUndoCommand

from stellar_gui.analysis.recipes import Recipe
from stellar_gui.analysis.selection import Mode
from stellar_gui.catalog.quality import QualityCuts


@dataclass(frozen=True, eq=False)
class Gesture:
    """The last step of a selection, made by a view that may still change which stars it hit.

    source: the view; base: (n,) bool, the selection before, base_recipe: its recipe; mode: how the stars hit join it.
    """

    source: object
    base: NDArray[np.bool_]
    base_recipe: Recipe | None
    mode: Mode


@dataclass(frozen=True, eq=False)
class Chosen:
    """A selection: (n,) bool, and how it was made, None where nothing is selected."""

    mask: NDArray[np.bool_]
    recipe: Recipe | None = None


class SelectionCommand(QUndoCommand):
    """Replaces the selection; masks are kept as bits, an eighth of their size.

    gesture: what made the new selection, if it can be changed; once undone it cannot, nor when it is redone.
    """

    def __init__(
        self,
        text: str,
        old: Chosen,
        new: Chosen,
        gesture: Gesture | None,
        assign: Callable[[Chosen, Gesture | None], None],
    ) -> None:
        super().__init__(text)
        self._size = len(new.mask)
        self._old, self._old_recipe = np.packbits(old.mask), old.recipe
        self._new, self._new_recipe = np.packbits(new.mask), new.recipe
        self._gesture = gesture
        self._assign = assign

    def undo(self) -> None:
        """Bring the earlier selection back."""
        self._assign(self._chosen(self._old, self._old_recipe), None)

    def redo(self) -> None:
        """Put the new selection into force."""
        gesture, self._gesture = self._gesture, None
        self._assign(self._chosen(self._new, self._new_recipe), gesture)

    def _chosen(self, bits: NDArray[np.uint8], recipe: Recipe | None) -> Chosen:
        return Chosen(np.unpackbits(bits, count=self._size).astype(bool), recipe)


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
