"""The subsets panel: the named subsets, what one of them has in common, and a field to make more by expression."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from stellar_gui import numbers
from stellar_gui.analysis.expression import ExpressionError, evaluate, parse
from stellar_gui.analysis.recipes import typed
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.analysis.statistics import SelectionSummary, summarise
from stellar_gui.analysis.subsets import Mask
from stellar_gui.gui.panels.subset_actions import SubsetActions
from stellar_gui.gui.panels.subset_import import ImportDialog
from stellar_gui.gui.panels.subset_properties import SubsetProperties
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.widgets.band_table import BandTable
from stellar_gui.gui.widgets.expression_field import ExpressionField
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.widgets.subset_tree import SubsetTree
from stellar_gui.gui.workspace import Workspace

_Then = Callable[[str, StarColumns, Mask], None]


class SubsetPanel(Panel):
    """Lists the workspace's subsets and asks it to change them; what can be done with them is in `commands.menu`."""

    exportRequested = Signal(str)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Subsets", "subsetPanel")
        self._workspace = workspace
        self._list = workspace.subset_list
        self._counting: Task | None = None
        self._summing: Task | None = None
        self._summed: Mask | None = None
        self._empty = caption(
            "A subset keeps a selection under a name, with a colour on the maps and the recipe that made it."
        )
        self._only = QPushButton()
        self._only.setObjectName("showAllButton")
        self._only.setToolTip("Show the other stars again")
        self._only.clicked.connect(workspace.display.show_all)
        self.tree = SubsetTree()
        self.tree.setObjectName("subsetList")
        self.tree.setAccessibleName("Subsets, the uppermost on the maps first")
        self.tree.setMinimumHeight(110)
        self.commands = SubsetActions(workspace, self.tree)
        self._table_title = caption("")
        self._table = BandTable()
        self._table.setObjectName("subsetTable")
        self._table.setAccessibleName("Statistics of the chosen subset, per band, in magnitudes")
        self._field = ExpressionField()
        self.body.addWidget(self._empty)
        self.body.addWidget(self._buttons())
        self.body.addWidget(self._only)
        self.body.addWidget(self.tree, 1)
        self.body.addWidget(self._field)
        self.body.addWidget(self._table_title)
        self.body.addWidget(self._table)
        self.body.addStretch(0)
        self._connect()
        self._show()

    def save_selection(self) -> None:
        """Make a subset of the selected stars, and edit its proposed name in place."""
        workspace = self._workspace
        if workspace.selection.any():
            self._edit_new(self._list.put(self._list.free_name(), workspace.selection, workspace.selection_recipe))

    def ask_identifiers(self) -> None:
        """Let the user paste identifiers, or read them from a file, as a subset."""
        dialog = ImportDialog(self._workspace, self)
        dialog.found.connect(self._edit_new)
        dialog.open()

    def _buttons(self) -> QWidget:
        self._save = QPushButton("New from selection")
        self._save.setObjectName("newSubsetButton")
        self._save.setToolTip("Keep the selected stars as a subset (Ctrl+G)")
        self._save.clicked.connect(self.save_selection)
        self._import = QPushButton("Import\N{HORIZONTAL ELLIPSIS}")
        self._import.setObjectName("importSubsetButton")
        self._import.setToolTip("Make a subset of a list of identifiers, or take the recipes of another session")
        self._import.clicked.connect(self.ask_identifiers)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._save)
        line.addWidget(self._import)
        line.addStretch(1)
        return row

    def _connect(self) -> None:
        workspace, tree = self._workspace, self.tree
        tree.renamed.connect(self._list.rename)
        tree.shown.connect(self._list.set_visible)
        tree.reordered.connect(self._list.reorder)
        tree.starsRequested.connect(self.commands.select)
        tree.choiceChanged.connect(self._sum_up)
        tree.customContextMenuRequested.connect(self._show_menu)
        self.commands.exportRequested.connect(self.exportRequested)
        self.commands.propertiesRequested.connect(self._show_properties)
        self._field.changed.connect(self._count)
        self._field.selectRequested.connect(self._select)
        self._field.subsetRequested.connect(self._make)
        for signal in (workspace.subsetsChanged, workspace.catalogChanged, workspace.qualityChanged):
            signal.connect(self._show)
        workspace.embeddingChanged.connect(self._show)
        workspace.findings.findingsChanged.connect(self._show)
        workspace.selectionChanged.connect(self._allow)
        workspace.display.visibleChanged.connect(self._allow)

    def _show(self) -> None:
        workspace, subsets = self._workspace, self._list.value
        kept = workspace.kept
        counts = [int(np.count_nonzero(subset.mask & kept)) for subset in subsets.all]
        self.tree.set_subsets(subsets.all, counts, int(np.count_nonzero(kept)))
        self._empty.setVisible(not subsets.all)
        self.tree.setVisible(bool(subsets.all))
        self.set_facts("" if not subsets.all else "1 subset" if len(subsets) == 1 else f"{len(subsets)} subsets")
        columns = workspace.columns
        self._field.setEnabled(columns is not None)
        self._field.set_names([] if columns is None else [*columns.names, *subsets])
        self._count(self._field.text())
        self._summed = None
        self._sum_up()
        self._allow()

    def _allow(self) -> None:
        self._save.setEnabled(bool(self._workspace.selection.any()))
        self._import.setEnabled(self._workspace.catalog is not None)
        only = self._workspace.display.only
        self._only.setVisible(bool(only))
        self._only.setText(
            f"Only {', '.join(only)} {'is' if len(only) == 1 else 'are'} shown \N{MIDDLE DOT} show all stars"
        )
        self.commands.update_actions()

    def _show_menu(self, place: QPoint) -> None:
        self.commands.menu.popup(self.tree.viewport().mapToGlobal(place))

    def _show_properties(self, name: str) -> None:
        SubsetProperties(self._workspace, name, self).show()

    def _edit_new(self, name: str) -> None:
        """Bring a new subset to the front, its name being edited."""
        self.show()
        self.raise_()
        self.tree.rename(name)

    def _count(self, text: str) -> None:
        """Tell under the field what is wrong with the expression, or how many stars meet it."""
        self._stop(self._counting)
        self._counting = None
        columns = self._workspace.columns
        if not text or columns is None:
            self._field.answer("")
            return
        try:
            tree = parse(text)
            evaluate(tree, columns.blank())
        except ExpressionError as error:
            sentence = str(error)
            self._field.answer(f"{sentence[0].upper()}{sentence[1:]}", wrong=True)
            return
        shown = self._workspace.shown
        task = Task("Counting", lambda: int(np.count_nonzero(evaluate(tree, columns) & shown)), quiet=True)
        task.finished.connect(lambda found: self._tell(found, int(np.count_nonzero(shown))))
        task.failed.connect(self._workspace.report)
        self._counting = task
        self._workspace.tasks.start(task)

    def _tell(self, found: int, stars: int) -> None:
        self._field.answer(f"{numbers.stars(found)} \N{MIDDLE DOT} {numbers.share(found, stars)}")

    def _select(self, text: str) -> None:
        self._find(text, self._select_found)

    def _make(self, text: str) -> None:
        self._find(text, self._keep_found)

    def _find(self, text: str, then: _Then) -> None:
        """Find the stars that meet an expression, in a worker; what is wrong stands below the field already."""
        columns = self._workspace.columns
        try:
            if columns is None or not text:
                return
            tree = parse(text)
            evaluate(tree, columns.blank())
        except ExpressionError:
            self._count(text)
            return
        kept = self._workspace.kept
        task = Task("Finding stars", lambda: evaluate(tree, columns) & kept, quiet=True)
        task.finished.connect(lambda mask: then(text, columns, mask))
        task.failed.connect(self._workspace.report)
        self._workspace.tasks.start(task)

    def _select_found(self, text: str, columns: StarColumns, mask: Mask) -> None:
        recipe = typed(text, self._list.value.recipes, columns)
        self._workspace.select_stars(mask, Mode.REPLACE, "expression", recipe)

    def _keep_found(self, text: str, columns: StarColumns, mask: Mask) -> None:
        recipe = typed(text, self._list.value.recipes, columns)
        self._edit_new(self._list.put(self._list.free_name(), mask, recipe))

    def _sum_up(self) -> None:
        """Sum up the chosen subset in a worker."""
        workspace, chosen = self._workspace, self.tree.chosen()
        catalog, embedding = workspace.catalog, workspace.embedding
        subset = self._list.value.of_name(chosen[0]) if len(chosen) == 1 and chosen[0] in self._list.value else None
        for part in (self._table_title, self._table):
            part.setVisible(subset is not None and catalog is not None)
        if subset is None or catalog is None or subset.mask is self._summed:
            return
        self._stop(self._summing)
        self._summed = subset.mask
        self._table_title.setText(subset.name)
        magnitudes, rows = catalog.magnitudes, subset.mask & workspace.kept
        task = Task("Summing up the subset", lambda: summarise(magnitudes, embedding, rows), quiet=True)
        task.finished.connect(self._show_summary)
        task.failed.connect(workspace.report)
        self._summing = task
        workspace.tasks.start(task)

    def _show_summary(self, summary: SelectionSummary) -> None:
        rows = [
            ("16 %", summary.original_p16, 3, False),
            ("median", summary.original_median, 3, False),
            ("84 %", summary.original_p84, 3, False),
        ]
        if self._workspace.embedding is not None:
            rows += [("bias", summary.bias, 4, True), ("rms", summary.rms, 3, False)]
        self._table.set_rows(rows)

    @staticmethod
    def _stop(task: Task | None) -> None:
        if task is not None:
            task.cancel()
