"""The named subsets of the open catalogue: every change of them but what is drawn is an undoable step."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from stellar_gui import numbers
from stellar_gui.analysis.recipes import Label, Recipe, kept
from stellar_gui.analysis.subsets import Mask, Subset, Subsets
from stellar_gui.gui.undo import ChangeCommand
from stellar_gui.session.run import numbered

PROPOSED = "subset"
NOT_RENAMED: Mapping[str, str] = {}


class SubsetList(QObject):
    """The part of the workspace's state that is a list of subsets; `subsetsChanged` tells of any change.

    `renamed` brings a subset's old and its new name, before that.

    column_names: what expressions call columns, which no subset may be called. A name that a column has is numbered.
    """

    subsetsChanged = Signal()
    renamed = Signal(str, str)

    def __init__(self, undo_stack: QUndoStack, column_names: Callable[[], Collection[str]], parent: QObject) -> None:
        super().__init__(parent)
        self._undo_stack = undo_stack
        self._column_names = column_names
        self._value = Subsets()

    @property
    def value(self) -> Subsets:
        """All subsets."""
        return self._value

    def reset(self, subsets: Subsets) -> None:
        """Hold another session's subsets; the workspace tells of it, not this."""
        self._value = subsets

    def free_name(self, name: str = PROPOSED) -> str:
        """The name, numbered where a subset or a column has it."""
        return numbered(name, [*self._value, *self._column_names()])

    def put(self, name: str, mask: Mask, recipe: Recipe, notes: str = "") -> str:
        """Make a subset, or give the one of that name other members; returns the name it got."""
        name = self._allowed(name)
        subset = Subset(name, mask, self._value.next_color(), notes=notes, recipe=kept(recipe))
        verb = "change" if name in self._value else "new"
        self._push(f"{verb} subset {name}, {numbers.stars(int(mask.sum()))}", self._value.with_one(subset))
        return name

    def put_all(self, subsets: Sequence[Subset], text: str) -> None:
        """Make several subsets in one step with a name.

        One that was made likewise before, by the same recipe or from the same column of labels, gets the new members
        and keeps its notes; next to any other of its name the new one is numbered.
        """
        value, taken = self._value, set(self._column_names())
        for subset in subsets:
            others = [old.name for old in self._value.all if not _alike(old.recipe, subset.recipe)]
            name = numbered(" ".join(subset.name.split()) or PROPOSED, taken.union(others))
            notes = subset.notes or (value.of_name(name).notes if name in value else "")
            value = value.with_one(replace(subset, name=name, color=value.next_color(), notes=notes))
            taken.add(name)
        self._push(text, value)

    def rename(self, name: str, wanted: str) -> None:
        """Call a subset otherwise; a taken name's subset gives way to it, but for its colour and place."""
        wanted = " ".join(wanted.split())
        if name not in self._value or not wanted or wanted == name:
            return
        subset = self._value.of_name(name)
        if wanted in self._value:
            value = self._value.without([name]).with_one(replace(subset, name=wanted))
            self._push(f"replace subset {wanted} by {name}", value, {name: wanted})
        else:
            new = self._allowed(wanted)
            value = self._value.changed(name, replace(subset, name=new))
            self._push(f"rename subset {name}", value, {name: new}, {new: name})

    def duplicate(self, name: str) -> None:
        """Put a copy of a subset, in another colour, at the end."""
        subset = self._value.of_name(name)
        copy = replace(subset, name=self.free_name(name), color=self._value.next_color())
        self._push(f"duplicate subset {name}", self._value.with_one(copy))

    def delete(self, names: Collection[str]) -> None:
        """Take subsets out of the list; undo brings them back."""
        gone = [name for name in self._value if name in names]
        if gone:
            what = f"subset {gone[0]}" if len(gone) == 1 else f"{len(gone)} subsets"
            self._push(f"delete {what}", self._value.without(gone))

    def recolor(self, name: str, color: str) -> None:
        """Draw a subset in another colour, hexadecimal."""
        subset = self._value.of_name(name)
        if color != subset.color:
            self._push(f"colour of subset {name}", self._value.changed(name, replace(subset, color=color)))

    def set_notes(self, name: str, notes: str) -> None:
        """Keep other notes on a subset."""
        subset = self._value.of_name(name)
        if notes != subset.notes:
            self._push(f"notes on subset {name}", self._value.changed(name, replace(subset, notes=notes)))

    def reorder(self, names: Sequence[str]) -> None:
        """Put all subsets in another order, which is that of drawing."""
        if list(names) != list(self._value):
            self._push("order of subsets", self._value.in_order(names))

    def set_visible(self, names: Collection[str], visible: bool) -> None:
        """Draw subsets on the maps or not; their stars stay, and stay selectable. No undoable step."""
        self._value = Subsets(
            tuple(replace(each, visible=visible) if each.name in names else each for each in self._value.all)
        )
        self.subsetsChanged.emit()

    def _allowed(self, name: str) -> str:
        name = " ".join(name.split()) or PROPOSED
        return name if name in self._value else numbered(name, self._column_names())

    def _push(
        self,
        text: str,
        value: Subsets,
        renamed: Mapping[str, str] = NOT_RENAMED,
        back: Mapping[str, str] = NOT_RENAMED,
    ) -> None:
        """Change the value by an undoable step; renamed: new names by old ones, back: the same of its undoing."""
        old = self._value
        self._undo_stack.push(
            ChangeCommand(text, lambda: self._assign(value, renamed), lambda: self._assign(old, back))
        )

    def _assign(self, value: Subsets, renamed: Mapping[str, str]) -> None:
        """Put another value into force; what is drawn of the subsets that stay, stays."""
        drawn = {subset.name: subset.visible for subset in self._value.all}
        for pair in renamed.items():
            self.renamed.emit(*pair)
        self._value = Subsets(tuple(replace(each, visible=drawn.get(each.name, each.visible)) for each in value.all))
        self.subsetsChanged.emit()


def _alike(old: Recipe, new: Recipe) -> bool:
    """Whether the new recipe is the old one made anew."""
    if isinstance(old, Label) and isinstance(new, Label):
        return old.column == new.column
    return old == new
