"""The data panel: where the stars come from, which columns and rows take part, and how their magnitudes lie."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from stellar_gui.analysis.corner import CornerData, corner_histograms
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.quality import Quality, QualityCuts, Reason
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.theme import tabular_font
from stellar_gui.gui.views.corner_plot import CornerPlot
from stellar_gui.gui.widgets import numbers
from stellar_gui.gui.widgets.card import ElidedLabel
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.workspace import Workspace

ABSENT = "none"
CHECK_INDENT = 19
SWITCHES = (
    (Reason.SENTINEL, "sentinel", "checkSentinel", "Not measured", "placeholders such as \N{MINUS SIGN}9999"),
    (Reason.OUT_OF_RANGE, "magnitude_range", "checkRange", "Outside", "magnitudes that no star here can have"),
    (
        Reason.ZERO_FLUX,
        "zero_flux",
        "checkZeroFlux",
        "No detection",
        "a magnitude within 0.005 of the zero-flux magnitude of its band",
    ),
    (Reason.DUPLICATE, "unique", "checkDuplicates", "Same identifier twice", "the first row of each star stays"),
    (Reason.OTHER_CLASS, "classes", "checkClass", "Not a star", "a class other than STAR"),
)


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
        self._cuts = CutsEditor(workspace)
        self._corner = CornerPlot()
        self._corner.setObjectName("cornerPlot")
        self._corner.setAccessibleName("Corner plot of the five magnitudes")
        self._empty = caption("Open a table of stars to see its columns, its quality and its magnitudes here.")
        self._parts = (self._source, self.columns, self._cuts, self._corner)
        self.body.addWidget(self._empty)
        self.body.addWidget(self._source)
        self.body.addWidget(self.columns)
        self.body.addWidget(self._cuts)
        self.body.addWidget(self._corner, 1)
        self.body.addStretch(0)
        workspace.catalogChanged.connect(self._show_catalog)
        workspace.qualityChanged.connect(self._show_quality)
        workspace.selectionChanged.connect(self._show_selection)
        self._show_catalog()

    def _show_catalog(self) -> None:
        catalog = self._workspace.catalog
        self._empty.setVisible(catalog is None)
        for part in self._parts:
            part.setVisible(catalog is not None)
        if catalog is None:
            self.set_facts("")
            return
        self._source.setText(_source_line(catalog))
        self._source.setToolTip(_source_details(catalog))

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


class ColumnChooser(QWidget):
    """The recognised columns in one line, and a form to let others play their roles.

    `chosen` tells which column the user wants for a role; `show_columns` goes back to those in force.
    """

    chosen = Signal(object)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._toggle = QToolButton()
        self._toggle.setObjectName("columnsButton")
        self._toggle.setText("Columns")
        self._toggle.setAccessibleName("Show and change the recognised columns")
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._toggle.setCheckable(True)
        self._toggle.setAutoRaise(True)
        self._toggle.toggled.connect(self._open)
        self._summary = ElidedLabel()
        self._summary.setProperty("muted", True)
        self._question = caption("")
        self._question.setObjectName("columnQuestion")
        self._form = QWidget()
        self._grid = QGridLayout(self._form)
        self._grid.setContentsMargins(18, 0, 0, 0)
        self._grid.setVerticalSpacing(3)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._toggle)
        head.addWidget(self._summary, 1)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(3)
        layout.addLayout(head, 0, 0)
        layout.addWidget(self._question, 1, 0)
        layout.addWidget(self._form, 2, 0)
        workspace.catalogChanged.connect(self.show_columns)
        workspace.columnsRefused.connect(self.show_columns)
        self._open(False)

    def _open(self, opened: bool) -> None:
        self._toggle.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self._form.setVisible(opened)

    def show_columns(self) -> None:
        """Show which column plays which role."""
        catalog = self._workspace.catalog
        if catalog is None:
            return
        self._summary.setText(", ".join(catalog.columns.values()))
        self._question.setVisible(bool(catalog.ambiguous))
        if catalog.ambiguous:
            roles = ", ".join(role for role in catalog.columns if role in catalog.ambiguous)
            self._question.setText(f"More than one column could be {_listed(roles)}: please check the choice below.")
        self._fill(catalog)
        self._toggle.setChecked(self._toggle.isChecked() or bool(catalog.ambiguous))

    def _fill(self, catalog: Catalog) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        every = [str(name) for name in catalog.table.columns]
        for row, role in enumerate((*BAND_NAMES, "ra", "dec", "redshift", "identifier", "class")):
            choice = QComboBox()
            choice.setObjectName(f"column_{role}")
            choice.setAccessibleName(f"Column of {role}")
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(8)
            likely = catalog.candidates.get(role, ())
            if role not in BAND_NAMES:
                choice.addItem(ABSENT)
            choice.addItems([*likely, *(name for name in every if name not in likely)])
            choice.setCurrentText(catalog.columns.get(role, ABSENT))
            choice.textActivated.connect(lambda name, role=role: self._choose(role, name))
            label = QLabel(role)
            label.setBuddy(choice)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(choice, row, 1)
        self._grid.setColumnStretch(1, 1)

    def _choose(self, role: str, name: str) -> None:
        catalog = self._workspace.catalog
        if catalog is None or catalog.columns.get(role, ABSENT) == name:
            return
        self.chosen.emit({role: "" if name == ABSENT else name})


class CutsEditor(QWidget):
    """The quality checks, each with its switch and the number of rows that it finds."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._counts: dict[Reason, QLabel] = {}
        self._switches: dict[Reason, QCheckBox] = {}
        self._low = _limit("rangeLow", "Faintest excluded limit: smallest magnitude that takes part")
        self._high = _limit("rangeHigh", "Largest magnitude that takes part")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        missing = QLabel("Missing or not a number")
        missing.setIndent(CHECK_INDENT)
        missing.setToolTip("Rows without a number in each of the five bands always stay out")
        self._add_count(grid, 0, Reason.NOT_FINITE, missing)
        for row, (reason, _, name, text, explanation) in enumerate(SWITCHES, start=1):
            switch = QCheckBox(text)
            switch.setObjectName(name)
            switch.setAccessibleName(f"Leave out: {text}, {explanation}")
            switch.setToolTip(f"Leaves out {explanation}")
            switch.clicked.connect(self._change)
            self._switches[reason] = switch
            self._add_count(grid, row, reason, self._range_row(switch) if reason is Reason.OUT_OF_RANGE else switch)
        self._note = caption("")
        grid.addWidget(self._note, len(SWITCHES) + 1, 0, 1, 2)
        for limit in (self._low, self._high):
            limit.editingFinished.connect(self._change)
        workspace.qualityChanged.connect(self._show)

    def _add_count(self, grid: QGridLayout, row: int, reason: Reason, widget: QWidget) -> None:
        label = QLabel()
        label.setProperty("muted", True)
        label.setFont(tabular_font(label.font()))
        label.setObjectName(f"count_{reason.name.lower()}")
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._counts[reason] = label
        grid.addWidget(widget, row, 0)
        grid.addWidget(label, row, 1)

    def _range_row(self, switch: QCheckBox) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        for part in (switch, self._low, QLabel("to"), self._high, QLabel("mag")):
            row.addWidget(part)
        row.addStretch(1)
        return widget

    def _show(self) -> None:
        cuts, quality = self._workspace.cuts, self._workspace.quality
        if quality is None:
            return
        for reason, field, *_ in SWITCHES:
            self._switches[reason].setChecked(getattr(cuts, field) not in (False, None))
        if cuts.magnitude_range is not None:
            self._low.setValue(cuts.magnitude_range[0])
            self._high.setValue(cuts.magnitude_range[1])
        for reason, label in self._counts.items():
            found, removed = quality.found.get(reason, 0), quality.removed.get(reason, 0)
            on = reason not in self._switches or self._switches[reason].isChecked()
            label.setText(numbers.count(removed) if on else f"({numbers.count(found)})")
            label.setToolTip(_count_details(quality, reason))
        self._note.setText(quality.note or "")
        self._note.setVisible(bool(quality.note))

    def _change(self) -> None:
        cuts = self._workspace.cuts
        checked = {reason: switch.isChecked() for reason, switch in self._switches.items()}
        low, high = sorted((self._low.value(), self._high.value()))
        changed = QualityCuts(
            sentinel=checked[Reason.SENTINEL],
            magnitude_range=(low, high) if checked[Reason.OUT_OF_RANGE] else None,
            zero_flux=checked[Reason.ZERO_FLUX],
            unique=checked[Reason.DUPLICATE],
            classes=(cuts.classes or QualityCuts().classes) if checked[Reason.OTHER_CLASS] else None,
        )
        self._workspace.set_cuts(changed, "change the quality checks")


def _limit(name: str, meaning: str) -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setObjectName(name)
    spin.setAccessibleName(meaning)
    spin.setToolTip(meaning)
    spin.setRange(-50.0, 100.0)
    spin.setDecimals(1)
    spin.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
    spin.setFixedWidth(46)
    spin.setAlignment(Qt.AlignmentFlag.AlignRight)
    return spin


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
        "Opened": source.opened,
        "SHA-256": source.sha256,
        "Query": source.query,
    }
    return "\n".join(f"{label}: {value}" for label, value in facts.items() if value is not None)


def _count_details(quality: Quality, reason: Reason) -> str:
    found, removed = quality.found.get(reason, 0), quality.removed.get(reason, 0)
    return (
        f"{numbers.count(removed)} rows are left out for this as their first reason; "
        f"{numbers.count(found)} match it in all"
    )


def _listed(roles: str) -> str:
    head, _, tail = roles.rpartition(", ")
    return f"{head} or {tail}" if head else tail
