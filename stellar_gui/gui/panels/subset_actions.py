"""What can be done with the chosen subsets, as the actions of one menu."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QColor, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QColorDialog, QMenu

from stellar_gui.analysis.recipe_condition import as_pandas, as_sql, identifiers
from stellar_gui.analysis.recipes import Combined, Operation, applied, joined
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.analysis.subsets import COLORS, Mask, Subset
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.widgets.subset_tree import SubsetTree, swatch
from stellar_gui.gui.workspace import Workspace

_MODES = {
    "Add": (Mode.ADD, "&Add to selection"),
    "Remove": (Mode.REMOVE, "Remove &from selection"),
    "Intersect": (Mode.INTERSECT, "Intersect with se&lection"),
}
_COLOR_NAMES = ("Green", "Pink", "Yellow", "Sky blue", "Blue", "Brown", "Violet", "Lime")


class SubsetActions(QObject):
    """The actions on the subsets chosen in a list; `menu` shows those that apply.

    `exportRequested`, `sendRequested` and `propertiesRequested` bring a subset's name; `told` a sentence for the
    status bar.
    """

    exportRequested = Signal(str)
    sendRequested = Signal(str)
    propertiesRequested = Signal(str)
    told = Signal(str)

    def __init__(self, workspace: Workspace, tree: SubsetTree) -> None:
        super().__init__(tree)
        self._workspace = workspace
        self._list = workspace.subset_list
        self._tree = tree
        self.menu = QMenu("Sub&sets", tree)
        self.menu.setObjectName("subsetMenu")
        self._one: list[QAction] = []
        self._any: list[QAction] = []
        self._several: list[QAction] = []
        self._fill()
        tree.choiceChanged.connect(self.update_actions)
        workspace.selectionChanged.connect(self.update_actions)
        self.update_actions()

    def update_actions(self) -> None:
        """Enable what can be done with as many subsets as are chosen, and say why the rest cannot."""
        chosen = len(self._tree.chosen())
        for actions, allowed, reason in (
            (self._one, chosen == 1, "Choose one subset in the Subsets panel first."),
            (self._any, chosen > 0, "Choose a subset in the Subsets panel first."),
            (self._several, chosen > 1, "Choose two subsets or more in the Subsets panel first (Ctrl+click)."),
        ):
            for action in actions:
                action.setEnabled(allowed)
                action.setToolTip("" if allowed else reason)
        self._members.setEnabled(chosen == 1 and bool(self._workspace.selection.any()))
        self._all.setEnabled(bool(self._workspace.display.only))

    def select(self, name: str, mode: Mode = Mode.REPLACE) -> None:
        """Change the selection by a subset's stars."""
        subset = self._list.value.of_name(name)
        self._workspace.select_stars(subset.mask, mode, f"subset {name}", subset.recipe)

    def _fill(self) -> None:
        menu, one, several = self.menu, self._one, self._any
        menu.setToolTipsVisible(True)
        self._add(menu, several, "actionSubsetShowOnly", "Show &only", self._show_only)
        self._all = self._add(menu, [], "actionShowAllStars", "Show all stars", self._show_all)
        menu.addSeparator()
        self._add(menu, one, "actionSubsetSelect", "&Select", lambda: self.select(self._name))
        for name, (mode, text) in _MODES.items():
            self._add(menu, one, f"actionSubset{name}", text, partial(self._select_by, mode))
        self._members = self._add(
            menu, [], "actionSubsetMembers", "Replace its stars by the selection", self._take_selection
        )
        menu.addSeparator()
        algebra = menu.addMenu("Co&mbine")
        algebra.setToolTipsVisible(True)
        for operation in Operation:
            chosen = several if operation is Operation.COMPLEMENT else self._several
            name = operation.name.title().replace("_", "")
            action = self._add(
                algebra, chosen, f"actionSubset{name}", operation.value, partial(self._combine, operation)
            )
            action.setStatusTip(f"A new subset: {operation.explanation}")
        menu.addSeparator()
        self._add(menu, one, "actionSubsetProperties", "&Properties", lambda: self.propertiesRequested.emit(self._name))
        copy = menu.addMenu("&Copy as")
        for text, name, make in (
            ("&pandas expression", "Pandas", _pandas),
            ("&SQL or ADQL condition", "Sql", _sql),
            ("List of &identifiers", "Identifiers", _identifiers),
        ):
            self._add(copy, one, f"actionSubsetCopy{name}", text, partial(self._copy, make))
        self._add(
            menu,
            one,
            "actionSubsetExport",
            "&Export\N{HORIZONTAL ELLIPSIS}",
            lambda: self.exportRequested.emit(self._name),
        )
        self.send = self._add(
            menu, one, "actionSubsetSend", "Send subset b&y SAMP", lambda: self.sendRequested.emit(self._name)
        )
        self._add(menu, one, "actionSubsetReapply", "Apply its recipe a&gain", self._reapply)
        menu.addSeparator()
        colors = menu.addMenu("Colo&ur")
        for color, text in zip(COLORS, _COLOR_NAMES, strict=True):
            name = f"actionSubsetColour{text.title().replace(' ', '')}"
            self._add(colors, one, name, text, partial(self._recolor, color)).setIcon(swatch(color))
        self._add(colors, one, "actionSubsetColourOther", "Other\N{HORIZONTAL ELLIPSIS}", self._ask_color)
        self._add(menu, several, "actionSubsetUp", "Move u&p", lambda: self._tree.move_chosen(-1), "Alt+Up")
        self._add(menu, several, "actionSubsetDown", "Move do&wn", lambda: self._tree.move_chosen(1), "Alt+Down")
        self._add(menu, one, "actionSubsetDuplicate", "Dupl&icate", lambda: self._list.duplicate(self._name))
        self._add(menu, one, "actionSubsetRename", "&Rename", lambda: self._tree.rename(self._name), "F2")
        self._add(
            menu, several, "actionSubsetDelete", "&Delete", lambda: self._list.delete(self._tree.chosen()), "Delete"
        )

    def _add(
        self,
        menu: QMenu,
        kind: list[QAction],
        name: str,
        text: str,
        slot: Callable[[], object],
        key: str | None = None,
    ) -> QAction:
        action = QAction(text, self._tree)
        action.setObjectName(name)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _=False: slot())
        self._tree.addAction(action)
        menu.addAction(action)
        kind.append(action)
        return action

    @property
    def _name(self) -> str:
        return self._tree.chosen()[0]

    def _select_by(self, mode: Mode) -> None:
        self.select(self._name, mode)

    def _recolor(self, color: str) -> None:
        self._list.recolor(self._name, color)

    def _show_only(self) -> None:
        names = self._tree.chosen()
        self._list.set_visible(names, True)
        self._workspace.display.show_only(names, self._list.value.union(names))
        self.update_actions()

    def _show_all(self) -> None:
        self._workspace.display.show_all()
        self.update_actions()

    def _take_selection(self) -> None:
        notes = self._list.value.of_name(self._name).notes
        self._list.put(self._name, self._workspace.selection, self._workspace.selection_recipe, notes)

    def _combine(self, operation: Operation) -> None:
        names, subsets = self._tree.chosen(), self._list.value
        mask = joined(operation, [subsets[name] for name in names], self._workspace.kept)
        recipe = Combined(operation, tuple((name, subsets.of_name(name).recipe) for name in names))
        name = self._list.put(self._list.free_name(operation.value.lower()), mask, recipe)
        self._tree.rename(name)

    def _copy(self, make: Callable[[Subset, StarColumns], str]) -> None:
        subset, columns = self._list.value.of_name(self._name), self._workspace.columns
        if columns is None:
            return
        task = Task("Copying the subset", lambda: make(subset, columns), quiet=True)
        task.finished.connect(self._put_on_clipboard)
        task.failed.connect(self._workspace.report)
        self._workspace.tasks.start(task)

    def _put_on_clipboard(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.told.emit("Copied")

    def _reapply(self) -> None:
        subset, columns = self._list.value.of_name(self._name), self._workspace.columns
        if columns is None:
            return

        def put(mask: Mask) -> None:
            if subset.name in self._list.value:
                self._list.put(subset.name, mask, subset.recipe, subset.notes)

        task = Task("Applying the recipe", lambda: applied(subset.recipe, columns))
        task.finished.connect(put)
        task.failed.connect(self._workspace.report)
        self._workspace.tasks.start(task)

    def _ask_color(self) -> None:
        name = self._name
        dialog = QColorDialog(QColor(self._list.value.of_name(name).color), self._tree)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda color: self._list.recolor(name, color.name()))
        dialog.open()


def _pandas(subset: Subset, columns: StarColumns) -> str:
    return as_pandas(subset.recipe, columns)


def _sql(subset: Subset, columns: StarColumns) -> str:
    return as_sql(subset.recipe, columns)


def _identifiers(subset: Subset, columns: StarColumns) -> str:
    return "\n".join(identifiers(columns.catalog, subset.mask))
