"""The data panel: where the stars come from, which columns and rows take part, and how their magnitudes lie."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt

from stellar_gui import numbers
from stellar_gui.analysis.corner import CornerData, corner_histograms
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.panels.column_chooser import ColumnChooser
from stellar_gui.gui.panels.cuts_editor import CutsEditor
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.views.corner_plot import CornerPlot
from stellar_gui.gui.widgets.card import ElidedLabel
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.widgets.plain import plain_tip
from stellar_gui.gui.workspace import Workspace


class DataPanel(Panel):
    """Shows the workspace's catalogue and asks the workspace to change columns and cuts."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Data", "dataPanel")
        self._workspace = workspace
        self._corner_task: Task | None = None
        self._corner_data: CornerData | None = None
        self._source = ElidedLabel(Qt.TextElideMode.ElideMiddle)
        self._source.setProperty("muted", True)
        self._source.setObjectName("sourceLabel")
        self.columns = ColumnChooser(workspace)
        self._part = caption("")
        self._part.setObjectName("partLabel")
        self._cuts = CutsEditor(workspace)
        self._corner = CornerPlot()
        self._corner.setObjectName("cornerPlot")
        self._corner.setAccessibleName("Corner plot of the five magnitudes")
        self._empty = caption("Open a table of stars to see its columns, its quality and its magnitudes here.")
        self._parts = (self._source, self.columns, self._cuts, self._corner)
        self.body.addWidget(self._empty)
        self.body.addWidget(self._source)
        self.body.addWidget(self._part)
        self.body.addWidget(self.columns)
        self.body.addWidget(self._cuts)
        self.body.addWidget(self._corner, 1)
        self.body.addStretch(0)
        workspace.catalogChanged.connect(self._show_catalog)
        workspace.columnsAdded.connect(self._show_catalog)
        workspace.qualityChanged.connect(self._show_quality)
        workspace.selectionChanged.connect(self._show_selection)
        self._show_catalog()

    def _show_catalog(self) -> None:
        catalog = self._workspace.catalog
        self._empty.setVisible(catalog is None)
        self._part.setVisible(False)
        for part in self._parts:
            part.setVisible(catalog is not None)
        if catalog is None:
            self.set_facts("")
            return
        self._source.setText(_source_line(catalog))
        told = catalog.provenance.part
        self._part.setText("" if told is None else f"{told[0].upper()}{told[1:]}")
        self._part.setVisible(told is not None)
        self._source.setToolTip(plain_tip(_source_details(catalog)))

    def _show_quality(self) -> None:
        workspace = self._workspace
        if workspace.catalog is None or workspace.quality is None:
            return
        kept = workspace.kept
        self.set_facts(f"{numbers.count(int(kept.sum()))} of {numbers.stars(len(workspace.catalog))}")
        self._corner_data = None
        magnitudes = workspace.catalog.magnitudes
        self._count(lambda: corner_histograms(magnitudes[kept]), self._show_corner)

    def _show_corner(self, data: CornerData) -> None:
        self._corner_data = data
        self._corner.set_data(data)
        self._show_selection()

    def _show_selection(self) -> None:
        data, catalog = self._corner_data, self._workspace.catalog
        if data is None or catalog is None:
            return
        selection, magnitudes = self._workspace.selection, catalog.magnitudes
        if not selection.any():
            self._cancel()
            self._corner.set_selection(None)
            return
        self._count(lambda: corner_histograms(magnitudes[selection], data.limits), self._corner.set_selection)

    def _count(self, work: Callable[[], CornerData], show: Callable[[CornerData], None]) -> None:
        self._cancel()
        task = Task("Counting magnitudes", work, quiet=True)
        task.finished.connect(show)
        task.failed.connect(self._workspace.report)
        self._corner_task = task
        self._workspace.tasks.start(task)

    def _cancel(self) -> None:
        if self._corner_task is not None:
            self._corner_task.cancel()
            self._corner_task = None


def _source_line(catalog: Catalog) -> str:
    source = catalog.provenance
    parts = [source.name]
    if source.size is not None:
        parts.append(numbers.file_size(source.size))
    if source.opened is not None:
        parts.append(f"{datetime.fromisoformat(source.opened).astimezone():%H:%M}")
    return " \N{MIDDLE DOT} ".join(parts)


def _source_details(catalog: Catalog) -> str:
    source = catalog.provenance
    facts = {
        "File": source.path,
        "Part": source.part,
        "Opened": source.opened,
        "SHA-256": source.sha256,
        "Query": source.query,
        "E(B\N{MINUS SIGN}V) from": source.dust_map,
        "Compressed": catalog.metadata.get("compressed"),
    }
    return "\n".join(f"{label}: {value}" for label, value in facts.items() if value is not None)
