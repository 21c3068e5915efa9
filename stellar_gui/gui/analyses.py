"""The panels of the Analyse menu, each made when it is first opened, so that the window need not wait for them."""

from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from stellar_gui.gui.color_map_menu import ColorMapMenu
from stellar_gui.gui.layout import Layout
from stellar_gui.gui.maps import Maps
from stellar_gui.gui.path_export import PathExport
from stellar_gui.gui.views.tools import Tool
from stellar_gui.gui.widgets.panel import Panel
from stellar_gui.gui.workspace import Workspace

TITLES: Final = MappingProxyType(
    {
        "contrastPanel": "What sets it apart",
        "clusterPanel": "Clusters",
        "anomalyPanel": "Odd stars",
        "pathPanel": "Path",
        "trustPanel": "Trust",
        "persistPanel": "Persistence",
    }
)
"""Each panel's name, and what its menu entry is called."""


class Analyses(QObject):
    """Makes the panels, puts them into the layout and connects them; `made` brings each new dock.

    The panel of persistence comes with the one of its control map, which stands among the maps.
    """

    made = Signal(Panel)

    def __init__(
        self,
        workspace: Workspace,
        layout: Layout,
        maps: Maps,
        color_maps: ColorMapMenu,
        path_export: PathExport,
        star_actions: Sequence[QAction],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._layout, self._maps = workspace, layout, maps
        self._color_maps, self._path_export, self._star_actions = color_maps, path_export, star_actions
        self._panels: dict[str, Panel] = {}
        self._control: Panel | None = None
        self._makers: dict[str, Callable[[], Panel]] = {
            "contrastPanel": self._contrast,
            "clusterPanel": self._clusters,
            "anomalyPanel": self._anomalies,
            "pathPanel": self._path,
            "trustPanel": self._trust,
            "persistPanel": self._persist,
        }
        workspace.probing.pathFound.connect(lambda: self.open("pathPanel"))

    @property
    def in_use(self) -> list[str]:
        """The names of the panels that are open, or that an open one comes from."""
        used = [name for name, panel in self._panels.items() if not panel.isHidden()]
        if self._control is not None and not self._control.isHidden() and "persistPanel" not in used:
            used.append("persistPanel")
        return used

    def make(self, names: Iterable[str]) -> None:
        """Make panels that are to be there at once, as they were the last time; other names are passed over."""
        for name in names:
            if name in self._makers:
                self._panel(name)

    def open(self, name: str) -> None:
        """Bring a panel to the front."""
        self._layout.open(self._panel(name))

    def _panel(self, name: str) -> Panel:
        if name not in self._panels:
            panel = self._makers[name]()
            self._panels[name] = panel
            self._layout.adopt(panel)
            self.made.emit(panel)
        return self._panels[name]

    def _contrast(self) -> Panel:
        from stellar_gui.gui.panels.contrast_panel import ContrastPanel

        return ContrastPanel(self._workspace)

    def _clusters(self) -> Panel:
        from stellar_gui.gui.panels.cluster_panel import ClusterPanel

        return ClusterPanel(self._workspace)

    def _anomalies(self) -> Panel:
        from stellar_gui.gui.panels.anomaly_panel import AnomalyPanel

        panel = AnomalyPanel(self._workspace)
        panel.add_star_actions(self._star_actions)
        return panel

    def _path(self) -> Panel:
        from stellar_gui.gui.panels.path_panel import PathPanel

        panel = PathPanel(self._workspace)
        panel.probeRequested.connect(lambda: self._maps.set_tool(Tool.PROBE))
        panel.exportRequested.connect(self._path_export.ask)
        panel.copyRequested.connect(self._path_export.copy)
        return panel

    def _trust(self) -> Panel:
        from stellar_gui.gui.panels.trust_panel import TrustPanel

        panel = TrustPanel(self._workspace)
        panel.mapRequested.connect(lambda name: self._layout.open_map(self._maps.panel(name)))
        return panel

    def _persist(self) -> Panel:
        from stellar_gui.gui.panels.control_panel import ControlPanel
        from stellar_gui.gui.panels.persist_panel import PersistPanel

        panel = PersistPanel(self._workspace)
        self._control = control = ControlPanel(panel.test)
        self._color_maps.dress(control.map)
        panel.controlRequested.connect(lambda: self._layout.open_map(control))
        self._layout.adopt_map(control)
        self.made.emit(control)
        return panel
