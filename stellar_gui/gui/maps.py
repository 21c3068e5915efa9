"""All maps of the window: one tool, one mode and one look for all, and which of them is in use."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QApplication, QWidget

from stellar_gui.analysis.planes import ColorColor, ColorMagnitude, ResidualPlane
from stellar_gui.analysis.projections import umap_installed
from stellar_gui.analysis.selection import Mode
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.gui.map_card import MapCard
from stellar_gui.gui.map_link import MapLink
from stellar_gui.gui.panels.map_panel import MapPanel, SkyPanel
from stellar_gui.gui.panels.projection_panel import PrincipalPanel, UmapPanel
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool
from stellar_gui.gui.workspace import Workspace


class Maps(QObject):
    """The latent map and the panels with the others, in the two columns in which they open.

    What the user does on any of them is told once: `hintChanged`, `positionChanged` for the one under the pointer,
    `liveCount` while an outline is drawn and `countEnded` after it, `menuRequested` with a place on the screen.
    `currentChanged` tells that another map is in use, or can be used.
    """

    toolChanged = Signal(object)
    hintChanged = Signal(str)
    positionChanged = Signal(str)
    liveCount = Signal(int)
    countEnded = Signal()
    menuRequested = Signal(QPoint)
    currentChanged = Signal()

    def __init__(self, workspace: Workspace, card: MapCard) -> None:
        super().__init__(card)
        magnitude, residuals = ColorMagnitude(), [ResidualPlane(band) for band in range(len(BAND_NAMES))]
        colors = {
            f"color{''.join(BAND_NAMES[first : first + 3]).capitalize()}": ColorColor(first) for first in range(3)
        }
        self.columns: tuple[tuple[MapPanel, ...], tuple[MapPanel, ...]] = (
            (
                MapPanel(workspace, magnitude.name, "colorMagnitude", [magnitude]),
                SkyPanel(workspace),
                MapPanel(workspace, "Residuals", "residual", residuals),
            ),
            (
                *(MapPanel(workspace, plane.name, name, [plane]) for name, plane in colors.items()),
                PrincipalPanel(workspace),
                *((UmapPanel(workspace),) if umap_installed() else ()),
            ),
        )
        self.panels = (*self.columns[0], *self.columns[1])
        self._links: tuple[MapLink, ...] = (card.link, *(panel.link for panel in self.panels))
        self._used = self._pointed = card.link
        for link in self._links:
            self._connect(link)
        card.colors.lockChanged.connect(lambda locked: self.each(lambda star_map: star_map.lock_range(locked)))
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow_focus)

    @property
    def current(self) -> StarMap:
        """The map that the user has used last, of those that show stars; the latent one before there is any."""
        return self._current.map

    @property
    def figure_name(self) -> str:
        """A file's name, without ending, for a picture of the map in use."""
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in self.current.objectName())

    @property
    def usable(self) -> bool:
        """Whether some map shows stars."""
        return _usable(self._current)

    def each(self, act: Callable[[StarMap], None]) -> None:
        """Do the same to every map."""
        for link in self._links:
            act(link.map)

    def panel(self, name: str) -> MapPanel:
        """The panel of that name."""
        return next(panel for panel in self.panels if panel.objectName() == name)

    def set_tool(self, tool: Tool) -> None:
        """Use a tool on every map."""
        self.each(lambda star_map: star_map.set_tool(tool))

    def set_mode(self, mode: Mode) -> None:
        """Choose the mode of gestures on every map."""
        self.each(lambda star_map: star_map.set_mode(mode))

    def set_color_map(self, name: str) -> None:
        """Use a colour map on every map."""
        self.each(lambda star_map: star_map.set_color_map(name))

    @property
    def _current(self) -> MapLink:
        links = (self._used, *self._links)
        return next((link for link in links if _usable(link)), self._links[0])

    def _connect(self, link: MapLink) -> None:
        star_map = link.map
        star_map.toolChanged.connect(self._follow_tool)
        star_map.hintChanged.connect(lambda text: self._pass_hint(link, text))
        star_map.pointerMoved.connect(lambda x, y: self._point(link, x, y))
        star_map.pointerLeft.connect(lambda: self.positionChanged.emit(""))
        star_map.liveCount.connect(self.liveCount)
        star_map.drawingCancelled.connect(self.countEnded)
        star_map.gestureFinished.connect(self.countEnded)
        star_map.regionEdited.connect(self.countEnded)
        star_map.contextMenuRequested.connect(lambda place: self._ask_menu(link, place))
        link.drawn.connect(self.currentChanged)

    def _follow_tool(self, tool: Tool) -> None:
        for link in self._links:
            if link.map.tool is not tool:
                link.map.set_tool(tool)
        self.toolChanged.emit(tool)

    def _pass_hint(self, link: MapLink, text: str) -> None:
        if link is self._pointed:
            self.hintChanged.emit(text)

    def _point(self, link: MapLink, x: float, y: float) -> None:
        if link is not self._pointed:
            self._pointed = link
            self.hintChanged.emit(link.map.hint)
        if _usable(link) or link is self._links[0]:
            self.positionChanged.emit(link.plane.place(x, y))

    def _ask_menu(self, link: MapLink, place: QPoint) -> None:
        self._use(link)
        self.menuRequested.emit(place)

    def _follow_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        for link in self._links:
            if link.map is new:
                self._use(link)

    def _use(self, link: MapLink) -> None:
        if link is not self._used:
            self._used = link
            self.currentChanged.emit()


def _usable(link: MapLink) -> bool:
    return link.obstacle is None and (link.map.isVisible() or link.map.objectName() == "latentView")
