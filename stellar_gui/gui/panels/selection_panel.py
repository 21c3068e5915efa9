"""The selection panel: what the selected stars have in common, and a list of them."""

import numpy as np
import pandas as pd
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from stellar_gui import numbers
from stellar_gui.analysis.statistics import SelectionSummary, summarise
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.views.sed_plot import SedPlot
from stellar_gui.gui.widgets.band_table import BandTable
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.widgets.star_table import Column, StarTable
from stellar_gui.gui.workspace import NO_STAR, Workspace

COLOURS = (("u", "g"), ("g", "r"))


class SelectionPanel(Panel):
    """Sums up and lists the workspace's selection; a click in the list picks that star."""

    exportRequested = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Selection", "selectionPanel")
        self._workspace = workspace
        self._task: Task | None = None
        self._empty = caption("")
        self._sed = SedPlot()
        self._sed.setObjectName("selectionSed")
        self._sed.setAccessibleName("Median magnitudes of the selection against wavelength")
        self._sed.setMinimumHeight(140)
        self._table = BandTable()
        self._table.setObjectName("selectionTable")
        self._list = StarTable()
        self._list.setObjectName("selectionList")
        self._list.setAccessibleName("Selected stars")
        self._list.setMinimumHeight(100)
        self._list.rowActivated.connect(workspace.set_active)
        export = QPushButton("Export selection\N{HORIZONTAL ELLIPSIS}")
        export.setObjectName("exportButton")
        export.setProperty("main", True)
        export.clicked.connect(self.exportRequested)
        buttons = QWidget()
        line = QHBoxLayout(buttons)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(export)
        line.addStretch(1)
        self._parts: tuple[QWidget, ...] = (self._sed, self._table, self._list, buttons)
        self.body.addWidget(self._empty)
        self.body.addWidget(self._sed, 2)
        self.body.addWidget(self._table)
        self.body.addWidget(buttons)
        self.body.addWidget(self._list, 3)
        self.body.addStretch(0)
        workspace.catalogChanged.connect(self._show_columns)
        workspace.columnsAdded.connect(self._show_columns)
        workspace.embeddingChanged.connect(self._show_columns)
        workspace.selectionChanged.connect(self._show)
        workspace.activeChanged.connect(self._follow_active)
        self._show()

    def _show_columns(self) -> None:
        catalog = self._workspace.catalog
        if catalog is not None:
            self._list.set_columns(_columns(catalog, self._workspace.embedding))
        self._show()

    def _show(self) -> None:
        workspace = self._workspace
        rows = np.flatnonzero(workspace.selection)
        self._empty.setVisible(not len(rows))
        for part in self._parts:
            part.setVisible(bool(len(rows)))
        if self._task is not None:
            self._task.cancel()
            self._task = None
        catalog, embedding = workspace.catalog, workspace.embedding
        if catalog is None or not len(rows):
            self.set_facts("")
            self._empty.setText(
                "Draw around stars on a map, with the lasso or another tool, to compare and export them."
                if embedding is not None
                else "Once the autoencoder is trained, stars can be selected on its map; on those of colours and "
                "magnitudes, in the Window menu, at once."
            )
            return
        shown = int(workspace.kept.sum())
        self.set_facts(f"{numbers.stars(len(rows))} \N{MIDDLE DOT} {numbers.share(len(rows), shown)}")
        self._list.set_rows(rows)
        magnitudes = catalog.magnitudes
        task = Task("Summing up the selection", lambda: summarise(magnitudes, embedding, rows), quiet=True)
        task.finished.connect(self._show_summary)
        task.failed.connect(workspace.report)
        self._task = task
        workspace.tasks.start(task)

    def _show_summary(self, summary: SelectionSummary) -> None:
        self._task = None
        self._sed.set_selection(summary)
        rows = [("median", summary.original_median, 3, False)]
        if self._workspace.embedding is not None:
            rows += [
                ("bias", summary.bias, 4, True),
                ("± s.e.", summary.bias_error, 4, False),
                ("rms", summary.rms, 3, False),
            ]
        self._table.set_rows(rows)

    def _follow_active(self) -> None:
        if self._workspace.active != NO_STAR:
            self._list.set_current(self._workspace.active)


def _columns(catalog: Catalog, embedding: Embedding | None) -> list[Column]:
    magnitudes = catalog.magnitudes
    band = {name: magnitudes[:, k] for k, name in enumerate(BAND_NAMES)}
    identifier = catalog.naming_column
    names = pd.Series(np.arange(1, len(catalog) + 1)) if identifier is None else catalog.table[identifier]
    columns = [Column("row" if identifier is None else "star", names, None, "Identifier in the catalogue")]
    if embedding is not None:
        columns.append(Column("error", embedding.error, 3, "Root mean square of the five residuals, mag"))
    columns.append(Column("r", band["r"], 2, "r magnitude"))
    for first, second in COLOURS:
        difference = band[first] - band[second]
        columns.append(Column(f"{first}\N{MINUS SIGN}{second}", difference, 2, f"Colour {first} - {second}, mag"))
    return columns
