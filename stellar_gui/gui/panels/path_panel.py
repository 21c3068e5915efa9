"""The path panel: SEDs and colours that the decoder gives along a path over the latent view."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from stellar_gui import numbers
from stellar_gui.gui.views.path_charts import PathChart, PathColours, PathStrip
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.workspace import Workspace

EMPTY = (
    "Drag a path over the latent view with the probe tool: what the decoder makes of the places along it is shown here."
)


class PathPanel(Panel):
    """Shows the workspace's path.

    `probeRequested` asks for the tool, `exportRequested` and `copyRequested` for the table.
    """

    probeRequested = Signal()
    exportRequested = Signal()
    copyRequested = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Path", "pathPanel")
        self._workspace, self._probing = workspace, workspace.probing
        self._empty = caption(EMPTY)
        self._empty.setObjectName("pathEmpty")
        self._probe = _button("probePathButton", "Probe tool", "Use the probe tool (D)")
        self._probe.clicked.connect(self.probeRequested)
        self._strip, self._colours = PathStrip(), PathColours()
        self._note = caption("")
        self._note.setObjectName("pathNote")
        self._copy = _button("copyPathButton", "Copy", "Copy the table of the path as tab-separated text")
        self._copy.clicked.connect(self.copyRequested)
        self._export = _button(
            "exportPathButton", "Export\N{HORIZONTAL ELLIPSIS}", "Write the table of the path to a file"
        )
        self._export.clicked.connect(self.exportRequested)
        self._clear = _button("clearPathButton", "Remove", "Take the path off the map")
        self._clear.clicked.connect(self._probing.clear_path)
        self._charts: tuple[PathChart, ...] = (self._strip, self._colours)
        self.body.addWidget(self._empty)
        self.body.addWidget(self._strip, 3)
        self.body.addWidget(self._colours, 4)
        self.body.addWidget(self._note)
        buttons = QHBoxLayout()
        for button in (self._probe, self._copy, self._export, self._clear):
            buttons.addWidget(button, 1)
        self.body.addLayout(buttons)
        self.body.addStretch(0)
        for chart in self._charts:
            chart.lengthPointed.connect(self._probing.point_along)
            chart.pointerLeft.connect(self._probing.leave)
            chart.stepped.connect(self._probing.step_along)
        self._probing.pathChanged.connect(self._show)
        self._probing.markerChanged.connect(self._show_marker)
        workspace.embeddingChanged.connect(self._show)
        self._show()

    def _show(self) -> None:
        path, along = self._probing.path, self._probing.along
        shown = path is not None and along is not None
        obstacle = None if shown else self._probing.obstacle
        self._empty.setText(obstacle or EMPTY)
        self._empty.setVisible(not shown)
        self._probe.setVisible(not shown and obstacle is None)
        for part in (*self._charts, self._note, self._copy, self._export, self._clear):
            part.setVisible(shown)
        if path is None or along is None:
            self.set_facts("")
            return
        self._strip.set_path(path.length, along.magnitudes, along.extrapolated)
        self._colours.set_path(path.length, along.colours, along.extrapolated)
        outside = int(along.extrapolated.sum())
        facts = f"{numbers.fixed(path.total, 2)} units"
        self.set_facts(
            f"{facts} \N{MIDDLE DOT} {numbers.share(outside, len(along))} extrapolated" if outside else facts
        )
        self._note.setText(self._note_text())
        self._note.setVisible(bool(self._note.text()))

    def _note_text(self) -> str:
        """What the decoder was given beside the places."""
        along, model = self._probing.along, self._workspace.model
        sentences = []
        if along is not None and along.brightness is not None:
            sentences.append("Each place has the mean magnitude of its nearest star; the colours are its own.")
        if model is not None and model.config.network.latent > 2:
            sentences.append("Further latent coordinates are those of the nearest star.")
        if model is not None and model.config.deredden:
            sentences.append("Magnitudes are corrected for extinction.")
        return " ".join(sentences)

    def _show_marker(self) -> None:
        path, marker = self._probing.path, self._probing.marker
        length = None if path is None or marker is None else float(path.length[marker])
        for chart in self._charts:
            chart.set_marker(length)


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    return button
