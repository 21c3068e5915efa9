"""The form of the settings by which clusters are looked for."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from stellar_gui.analysis.clusters import ClusterSettings
from stellar_gui.gui.panels.training_options import choices, label_for, spin
from stellar_gui.gui.widgets.slider_field import SliderField

METHODS: Final = {"gmm": "Gaussian mixture", "hdbscan": "By density (HDBSCAN)"}
SPACES: Final = {"latent": "Latent plane", "features": "Network's input"}
METHOD_MEANINGS: Final = {
    "gmm": "Gaussians, of which those that overlap are merged; few stars are left as noise",
    "hdbscan": "Dense places of any shape; the stars between them are left as noise",
}
SPACE_MEANINGS: Final = {
    "latent": "Distances on the map: what the map shows apart is found apart",
    "features": "Distances among the numbers that the network reads: whitened magnitudes, or scaled colours",
}
MOST_COMPONENTS: Final = 30
LARGEST_SEED: Final = 2**31 - 1


class ClusterForm(QWidget):
    """Method, space and parameters; `settings` reads them as one value, `changed` tells of every step of a slider."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clusterForm")
        default = ClusterSettings()
        self._method = choices("clusterMethodCombo", "How clusters are looked for", METHODS)
        self._space = choices("clusterSpaceCombo", "Where distances are taken", SPACES)
        for combo, meanings in ((self._method, METHOD_MEANINGS), (self._space, SPACE_MEANINGS)):
            for name, meaning in meanings.items():
                combo.setItemData(combo.findData(name), meaning, Qt.ItemDataRole.ToolTipRole)
        self._smallest = SliderField(
            "clusterSmallest", "Stars of the smallest cluster, in percent of all", 0.1, 20.0, 1, " %", logarithmic=True
        )
        self._overlap = SliderField(
            "clusterOverlap",
            "Components are merged that overlap by so many nats for each of their stars or more: to the right, more "
            "clusters are kept apart",
            0.005,
            0.7,
            3,
            logarithmic=True,
        )
        self._components = spin(
            "clusterComponentsSpin",
            "Gaussian components; auto takes the number that the Bayesian information criterion asks for",
            0,
            MOST_COMPONENTS,
            0,
        )
        self._components.setSpecialValueText("auto")
        self._seed = spin("clusterSeedSpin", "Seed of the random numbers", 0, LARGEST_SEED, default.seed)
        smallest = label_for("Smallest", self._smallest)
        overlap, components = label_for("Overlap", self._overlap), label_for("Parts", self._components)
        self._labels = (smallest, overlap, components)
        self._ends = _ends("fewer", "more clusters", self._overlap.field.width())
        self._of_method = {
            "hdbscan": (smallest, self._smallest),
            "gmm": (overlap, self._overlap, self._ends, components, self._components),
        }
        self._lay_out()
        self.show_settings(default)
        self._method.currentIndexChanged.connect(self._choose_method)
        for combo in (self._method, self._space):
            combo.currentIndexChanged.connect(self.changed)
        for field in (self._smallest, self._overlap):
            field.changed.connect(self.changed)
        for number in (self._components, self._seed):
            number.valueChanged.connect(self.changed)
        self._choose_method()

    def settings(self) -> ClusterSettings:
        """The settings as they stand."""
        return ClusterSettings(
            method=self._method.currentData(),
            space=self._space.currentData(),
            smallest=self._smallest.value() / 100,
            components=self._components.value() or None,
            overlap=self._overlap.value(),
            seed=self._seed.value(),
        )

    def show_settings(self, settings: ClusterSettings) -> None:
        """Set the fields, without telling of it."""
        blocker = QSignalBlocker(self)
        self._method.setCurrentIndex(self._method.findData(settings.method))
        self._space.setCurrentIndex(self._space.findData(settings.space))
        self._smallest.set_value(100 * settings.smallest)
        self._overlap.set_value(settings.overlap)
        self._components.setValue(settings.components or 0)
        self._seed.setValue(settings.seed)
        blocker.unblock()

    def _choose_method(self) -> None:
        for method, fields in self._of_method.items():
            for field in fields:
                field.setVisible(method == self._method.currentData())

    def _lay_out(self) -> None:
        smallest, overlap, components = self._labels
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.addWidget(label_for("Method", self._method), 0, 0)
        grid.addWidget(self._method, 0, 1, 1, 3)
        grid.addWidget(label_for("Distances", self._space), 1, 0)
        grid.addWidget(self._space, 1, 1, 1, 3)
        grid.addWidget(smallest, 2, 0)
        grid.addWidget(self._smallest, 2, 1, 1, 3)
        grid.addWidget(overlap, 3, 0)
        grid.addWidget(self._overlap, 3, 1, 1, 3)
        grid.addWidget(self._ends, 4, 1, 1, 3)
        grid.addWidget(label_for("Seed", self._seed), 5, 0)
        grid.addWidget(self._seed, 5, 1)
        grid.addWidget(components, 5, 2)
        grid.addWidget(self._components, 5, 3)
        grid.setColumnStretch(1, 1)


def _ends(left: str, right: str, beside: int) -> QWidget:
    """What a slider's ends mean, under it; beside: pixels of the field at its right."""
    ends = QWidget()
    line = QHBoxLayout(ends)
    line.setContentsMargins(0, 0, beside + 8, 0)
    for text in (left, right):
        label = QLabel(text)
        label.setProperty("muted", True)
        line.addWidget(label)
    line.insertStretch(1)
    return ends
