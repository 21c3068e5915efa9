"""The persistence panel: whether a subset stays together on maps that are trained anew."""

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSpinBox

from stellar_gui import numbers
from stellar_gui.errors import StellarError
from stellar_gui.gui.persistence import PersistenceTest
from stellar_gui.gui.views.map_stamps import MapStamp, MapStamps
from stellar_gui.gui.views.strip_chart import Strip, StripChart
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from stellar_gui.session.persistence import PersistenceReport

RUNS, MOST_RUNS = 5, 50
SELECTION = "Selected stars"
NO_MAP = "Train the autoencoder first."
NO_GROUP = "Select stars on a map, or make a subset, to ask whether they stay together."
QUESTION = (
    "Would another training show this group too? The network is trained anew with other seeds, and on stars without "
    "structure, which takes a few minutes; you can go on meanwhile."
)
TITLES = {
    "jaccard": ("Jaccard overlap with a cluster found anew", "jaccardChart"),
    "purity": ("Purity: members among 30 neighbours", "purityChart"),
}


class PersistPanel(Panel):
    """Tests a subset, or the selection, and shows what was found; `controlRequested` asks for the control map."""

    controlRequested = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Persistence", "persistPanel")
        self._workspace = workspace
        self.test = PersistenceTest(workspace, self)
        self._started = 0.0
        self._failure = ""
        self._subset = QComboBox()
        self._subset.setObjectName("persistSubset")
        self._subset.setAccessibleName("Group of stars to test")
        self._subset.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._subset.setMinimumContentsLength(12)
        self._runs = QSpinBox()
        self._runs.setObjectName("persistRuns")
        self._runs.setAccessibleName("Number of trainings with other seeds")
        self._runs.setRange(1, MOST_RUNS)
        self._runs.setValue(RUNS)
        self._run = QPushButton("Run")
        self._run.setObjectName("persistRunButton")
        self._run.setAccessibleName("Test whether the group persists")
        self._run.setProperty("main", True)
        self._cancel = QPushButton("Cancel")
        self._cancel.setObjectName("persistCancelButton")
        self._cancel.setAccessibleName("Give the test up")
        self._note = caption("")
        self._note.setObjectName("persistNote")
        self._verdict = QLabel()
        self._verdict.setObjectName("persistVerdict")
        self._verdict.setTextFormat(Qt.TextFormat.PlainText)
        self._verdict.setWordWrap(True)
        self._charts = {name: StripChart(title) for name, (title, _) in TITLES.items()}
        for name, (_, object_name) in TITLES.items():
            self._charts[name].setObjectName(object_name)
        self._neighbours = caption("")
        self._neighbours.setObjectName("persistNeighbours")
        self._stamps = MapStamps()
        self._stamps.setObjectName("persistMaps")
        self._stamps.setAccessibleName("The map, the new maps and the control map")
        self._control = QPushButton("Open control map")
        self._control.setObjectName("openControlMapButton")
        self._control.setAccessibleName("Open control map")
        self._control.setToolTip("Show the map of stars without structure beside the real one")
        self._basis = caption("")
        self._basis.setObjectName("persistBasis")
        self._lay_out()
        self._subset.currentIndexChanged.connect(self._allow)
        self._run.clicked.connect(self._begin)
        self._cancel.clicked.connect(self.test.cancel)
        self._control.clicked.connect(self.controlRequested)
        self.test.changed.connect(self._show)
        self.test.progressed.connect(self._show_progress)
        self.test.failed.connect(self._show_failure)
        workspace.subsetsChanged.connect(self._list)
        workspace.selectionChanged.connect(self._list)
        workspace.embeddingChanged.connect(self._allow)
        self._list()
        self._show()

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(6)
        for row, (text, field) in enumerate((("&Group", self._subset), ("Trai&nings", self._runs))):
            label = QLabel(text)
            label.setBuddy(field)
            form.addWidget(label, row, 0)
            form.addWidget(field, row, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._run)
        buttons.addWidget(self._cancel)
        form.addLayout(buttons, 1, 2)
        form.setColumnStretch(1, 1)
        self.body.addLayout(form)
        self.body.addWidget(self._note)
        self._results = (
            self._verdict, *self._charts.values(), self._neighbours, self._stamps, self._control, self._basis,
        )  # fmt: skip
        for part in self._results:
            self.body.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if part is self._control else Qt.AlignmentFlag(0))
        self.body.addStretch(1)

    def _list(self) -> None:
        """Offer the subsets that there are, and the selection where there is one; keep the choice."""
        self._failure = ""
        chosen = self._subset.currentData()
        names: list[str | None] = list(self._workspace.subsets)
        if self._workspace.selection.any():
            names.append(None)
        if names != [self._subset.itemData(k) for k in range(self._subset.count())]:
            self._subset.blockSignals(True)
            self._subset.clear()
            for name in names:
                self._subset.addItem(SELECTION if name is None else name, name)
            self._subset.setCurrentIndex(names.index(chosen) if chosen in names else 0 if names else -1)
            self._subset.blockSignals(False)
        self._allow()

    def _begin(self) -> None:
        name = self._subset.currentData()
        if name is None:
            members, color, title = self._workspace.selection, "", SELECTION
        else:
            subset = self._workspace.subsets.of_name(name)
            members, color, title = subset.mask, subset.color, subset.name
        self._started, self._failure = time.monotonic(), ""
        self.test.run(title, members.copy(), color, self._runs.value())

    def _allow(self) -> None:
        ready = self._workspace.embedding is not None
        offered = self._subset.count() > 0
        for part in (self._subset, self._runs):
            part.setEnabled(ready and offered and not self.test.running)
        self._run.setEnabled(ready and offered and not self.test.running)
        if self.test.report is None and not self.test.running:
            missing = NO_MAP if not ready else "" if offered else NO_GROUP
            self._say(missing or self._failure or QUESTION, warning=bool(self._failure and not missing))

    def _show(self) -> None:
        """Another report, or a test that begins or ends."""
        report, running = self.test.report, self.test.running
        self._run.setVisible(not running)
        self._cancel.setVisible(running)
        self._note.setVisible(report is None)
        for part in self._results:
            part.setVisible(report is not None)
        if running:
            self._say(f"Training on the stars of “{self.test.name}” and all others\N{HORIZONTAL ELLIPSIS}")
        self.set_facts("" if report is None else self.test.name)
        self._allow()
        if report is not None:
            self._fill(report)

    def _show_progress(self, progress: Progress) -> None:
        done = f"Training anew: {100 * progress.done / progress.total:.0f} %"
        elapsed = time.monotonic() - self._started
        left = elapsed * (progress.total / progress.done - 1) if progress.done else float("nan")
        self._say(f"{done}, {numbers.duration(left)} left" if np.isfinite(left) else done)

    def _show_failure(self, error: Exception) -> None:
        if isinstance(error, StellarError):
            self._failure = str(error)
            self._allow()
        else:
            self._workspace.report(error)

    def _say(self, text: str, warning: bool = False) -> None:
        self._note.setText(text)
        self._note.setProperty("muted", not warning)
        self._note.setProperty("warning", warning)
        self._note.style().polish(self._note)

    def _fill(self, report: "PersistenceReport") -> None:
        self._verdict.setText(report.sentence)
        for name, chart in self._charts.items():
            strips = [Strip("this group", report.mean(name), tuple(getattr(report.group, name)[0].tolist()))]
            for title, groups in (("random patches", report.patches), ("control map", report.control)):
                band = groups.band(name)
                strips.append(Strip(title, band.mean, band=(band.low, band.high)))
            chart.set_strips(strips)
        self._neighbours.setText(report.neighbours_sentence)
        self._basis.setText(report.basis)
        names = ["this map", *(f"training {k}" for k in range(1, report.runs + 1)), "control map"]
        pictures = (*report.pictures, report.control_picture)
        self._stamps.set_stamps(
            [MapStamp(name, one.stars, one.members) for name, one in zip(names, pictures, strict=True)],
            self.test.color,
        )
