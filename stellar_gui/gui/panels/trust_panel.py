"""The trust panel: where distances on the latent plane mean something, and which neighbourhoods it keeps."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from stellar_gui import numbers
from stellar_gui.analysis.projections import UMAP_STARS, umap_installed
from stellar_gui.analysis.trust import LEAST_STARS, Shading
from stellar_gui.gui.theme import tabular_font, theme
from stellar_gui.gui.views.color_maps import is_dark
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from stellar_gui.session.trust import TrustReport

CHOICES = {
    "None": Shading.NONE,
    "Mean reconstruction error": Shading.ERROR,
    "Local stretch, as area": Shading.AREA,
    "Local stretch, as ellipses": Shading.ELLIPSES,
    "Star density": Shading.DENSITY,
}
_POPULATED = f" Cells with fewer than {LEAST_STARS} stars are left out."
READING = {
    Shading.NONE: "Shade the latent map to see where distances on it mean something.",
    Shading.ERROR: "Where the shade is {far}, the network gives stars back badly: their place on the map says little "
    "of them." + _POPULATED,
    Shading.AREA: "Where the shade is {far}, one latent unit is many magnitudes: distances there are larger than they "
    "look." + _POPULATED,
    Shading.ELLIPSES: "An outline reaches far where magnitudes change fast: along its long axis distances are larger "
    "than they look, more so than across it.",
    Shading.DENSITY: "Where the shade is {far}, stars crowd; where it is faint, the network had few to learn from."
    + _POPULATED,
}
PLANES = {"latent": "latent", "pca": "PCA", "umap": "UMAP"}
QUESTION = "Are a star's neighbours on the map its neighbours by magnitudes too, and more so than on other planes?"
MEANING = "Trustworthiness: neighbours on the plane are alike. Continuity: stars that are alike are neighbours on it."
WORKING = "comparing\N{HORIZONTAL ELLIPSIS}"
NO_UMAP = 'To compare with UMAP too: pip install "stellar-gui[umap]".'


class TrustPanel(Panel):
    """The shading of the latent map, and the table of neighbourhoods kept, against other planes of the same stars.

    `mapRequested` asks for the map of such a plane, by its panel's name.
    """

    mapRequested = Signal(str)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Trust", "trustPanel")
        self._trust = workspace.trust
        self.shading = QComboBox()
        self.shading.setObjectName("shadingChoice")
        self.shading.setAccessibleName("What the latent map is shaded by")
        for text, shading in CHOICES.items():
            self.shading.addItem(text, shading)
        self.shading.activated.connect(lambda place: self._trust.set_shading(self.shading.itemData(place)))
        self._reading = caption("")
        self._reading.setObjectName("shadingReading")
        label = QLabel("&Shade by")
        label.setBuddy(self.shading)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(label)
        line.addWidget(self.shading, 1)
        self._table = QWidget()
        self._table.setObjectName("trustTable")
        self._table.setAccessibleName("Trustworthiness and continuity of the latent plane and of others")
        self._cells = QGridLayout(self._table)
        self._cells.setContentsMargins(0, 0, 0, 0)
        self._cells.setHorizontalSpacing(14)
        self._cells.setVerticalSpacing(2)
        self._cells.setColumnStretch(0, 1)
        self._note = caption("")
        self._note.setObjectName("trustNote")
        self._compare = _button("compareTrustButton", "Compare with PCA")
        self._compare.clicked.connect(self._compare_or_cancel)
        self._umap = _button("addUmapButton", "Add UMAP")
        self._umap.setToolTip(f"UMAP places {numbers.stars(UMAP_STARS)} at most, which takes a minute or more")
        self._umap.clicked.connect(lambda: self._trust.compare(with_umap=True))
        self._show_principal = _button("showPrincipalButton", "PCA map")
        self._show_principal.setToolTip("Principal components of the same stars as a map, with the same selection")
        self._show_principal.clicked.connect(lambda: self.mapRequested.emit("principalPanel"))
        self._show_umap = _button("showUmapButton", "UMAP map")
        self._show_umap.setToolTip("UMAP of the same stars as a map, with the same selection")
        self._show_umap.clicked.connect(lambda: self.mapRequested.emit("umapPanel"))
        self._no_umap = caption(NO_UMAP)
        self._no_umap.setObjectName("noUmapNote")
        self._no_umap.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addLayout(line)
        self.body.addWidget(self._reading)
        self.body.addSpacing(8)
        self.body.addWidget(QLabel("Neighbourhoods kept"))
        for pair in ((self._compare, self._show_principal), (self._umap, self._show_umap)):
            buttons = QHBoxLayout()
            buttons.setSpacing(6)
            for button in pair:
                buttons.addWidget(button, 1)
            self.body.addLayout(buttons)
        self.body.addWidget(self._table)
        self.body.addWidget(self._note)
        self.body.addWidget(self._no_umap)
        self.body.addStretch(1)
        self._trust.shadingChanged.connect(self._show_shading)
        self._trust.reportChanged.connect(self._show_report)
        self._trust.progressed.connect(self._show_progress)
        theme.changed.connect(self._show_shading)
        self._show_shading()
        self._show_report()

    def _compare_or_cancel(self) -> None:
        if self._trust.busy:
            self._trust.cancel()
        else:
            self._trust.compare()

    def _show_shading(self) -> None:
        shading, obstacle = self._trust.shading, self._trust.obstacle
        self.shading.setCurrentIndex(list(CHOICES.values()).index(shading))
        self.shading.setEnabled(obstacle is None)
        far = "bright" if is_dark(theme.colors) else "dark"
        self._reading.setText(obstacle or READING[shading].format(far=far))

    def _show_report(self) -> None:
        report, busy, ready = self._trust.report, self._trust.busy, self._trust.obstacle is None
        installed = umap_installed()
        self._compare.setText("Cancel" if busy else "Compare with PCA" if report is None else "Compare again")
        self._compare.setEnabled(ready)
        self._umap.setVisible(installed and self._trust.umap is None)
        self._umap.setEnabled(ready and not busy)
        self._show_principal.setEnabled(ready)
        self._show_umap.setVisible(self._trust.umap is not None)
        self._no_umap.setVisible(not installed)
        self._table.setVisible(report is not None)
        self.set_facts(WORKING if busy else "" if report is None else numbers.stars(report.stars))
        if report is None:
            self._note.setText(QUESTION)
            return
        self._note.setText(MEANING)
        self._fill(report)

    def _show_progress(self, progress: Progress) -> None:
        self.set_facts(f"comparing, {100 * progress.done / progress.total:.0f} %")

    def _fill(self, report: "TrustReport") -> None:
        while (item := self._cells.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for column, name in enumerate(report.planes, 2):
            self._put(PLANES[name], 0, column, muted=True)
        row = 1
        for measure in ("trustworthiness", "continuity"):
            for place, k in enumerate(getattr(report.planes["latent"], measure)):
                self._put(f"{measure.capitalize() if place == 0 else ''}", row, 0, muted=True)
                self._put(f"k = {k}", row, 1, muted=True)
                for column, kept in enumerate(report.planes.values(), 2):
                    self._put(numbers.fixed(getattr(kept, measure)[k]), row, column)
                row += 1

    def _put(self, text: str, row: int, column: int, muted: bool = False) -> None:
        label = QLabel(text)
        label.setProperty("muted", muted)
        label.setFont(tabular_font(label.font()))
        side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
        self._cells.addWidget(label, row, column, side)


def _button(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    return button
