"""The panel with the control map: what a map of stars without structure looks like."""

from stellar_gui import numbers
from stellar_gui.analysis.map_data import MapData
from stellar_gui.analysis.planes import LatentPlane
from stellar_gui.gui.persistence import PersistenceTest
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.widgets.card import ElidedLabel
from stellar_gui.gui.widgets.panel import Panel

MEANING = "No structure: stars from a Gaussian with the mean and covariance of yours, the same network."
NOTHING = "Run a test in Analyse > Persistence to see a map of stars without structure."
_LEAST_SIZE = 160, 100  # logical pixels, so that the map shrinks rather than scrolls


class ControlPanel(Panel):
    """Shows the density of the control map of a test; its stars are none of the catalogue, so none can be selected."""

    def __init__(self, test: PersistenceTest) -> None:
        super().__init__("Control map", "controlPanel")
        self._test = test
        self._shown: MapData | None = None
        self._note = ElidedLabel()
        self._note.setObjectName("controlNote")
        self._note.setProperty("muted", True)
        self.map = StarMap()
        self.map.setObjectName("controlView")
        self.map.setAccessibleName("Control map: density of stars without structure")
        self.map.setMinimumSize(*_LEAST_SIZE)
        self.body.addWidget(self._note)
        self.body.addWidget(self.map, 1)
        self.body.addStretch(0)
        test.changed.connect(self._show)
        self.visibilityChanged.connect(self._show)
        self._show()

    def _show(self) -> None:
        report, data = self._test.report, self._test.control
        self.map.setVisible(data is not None)
        self._note.setText(NOTHING if data is None else MEANING)
        self.set_facts("" if report is None else numbers.stars(report.stars))
        if report is not None and data is not None and data is not self._shown and self.isVisible():
            self._shown = data
            self.map.set_axes(*LatentPlane(flat=report.control_map.latent.shape[1] == 1).titles)
            self.map.set_data(data)
