"""Panels with a map beside the latent one: colours, magnitudes, residuals, and the sky."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QStackedWidget

from stellar_gui import numbers
from stellar_gui.analysis.planes import Plane, SkyPlane
from stellar_gui.analysis.regions import Bounds
from stellar_gui.analysis.sky import Projection, ProjectionKind
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.map_link import MapLink
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.workspace import Workspace

_LEAST_SIZE = 160, 100  # logical pixels, so that a map shrinks rather than scrolls
_WIDEST_FIELD = 60.0  # deg, of a field that is cut out of a wider view


class MapPanel(Panel):
    """A dock with one linked map; several planes are offered by a box in its header.

    name: of the map's object, NAME + "View", and of the panel's, NAME + "Panel".
    """

    def __init__(self, workspace: Workspace, title: str, name: str, planes: Sequence[Plane]) -> None:
        super().__init__(title, f"{name}Panel")
        self._workspace = workspace
        self.map = StarMap()
        self.map.setObjectName(f"{name}View")
        self.map.setAccessibleName(f"{title}: map of the stars")
        self.map.setMinimumSize(*_LEAST_SIZE)
        self._empty = caption("")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.map)
        self.body.addWidget(self._stack, 1)
        self.choice = QComboBox()
        self.choice.setObjectName(f"{name}Choice")
        self.choice.setAccessibleName(f"What the map {title} shows")
        for plane in planes:
            self.choice.addItem(plane.name, plane)
        self.choice.activated.connect(self._choose_at)
        if len(planes) > 1:
            self.add_to_header(self.choice)
        self.link = MapLink(workspace, self.map, planes[0], self)
        self.link.set_asleep(True)
        self.link.drawn.connect(self._show_drawn)
        self.visibilityChanged.connect(self._wake)
        workspace.catalogChanged.connect(self._show_drawn)
        self._show_drawn()

    def _choose_at(self, place: int) -> None:
        self.link.set_plane(self.choice.itemData(place))

    def _wake(self, visible: bool) -> None:
        self.link.set_asleep(not visible)

    def _show_drawn(self) -> None:
        obstacle = self.link.obstacle
        self._empty.setText(obstacle or "")
        self._stack.setCurrentWidget(self.map if obstacle is None else self._empty)
        drawn = obstacle is None and self.link.up_to_date
        self.set_facts(self._count() if drawn else "")

    def _count(self) -> str:
        """How many stars the map shows, and of how many, where some have no place on it."""
        here, all_of_them = len(self.map.data.index), int(self._workspace.shown.sum())
        return numbers.stars(here) if here == all_of_them else f"{numbers.count(here)} of {numbers.stars(all_of_them)}"


class SkyPanel(MapPanel):
    """The sky in a projection that suits the stars, or the one that the user chooses."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, "Sky", "sky", (SkyPlane(Projection.whole_sky(180.0)),))
        self._projected: Catalog | None = None
        self.choice.clear()
        self.choice.addItem("Whole sky (Aitoff)", ProjectionKind.AITOFF)
        self.choice.addItem("This field (gnomonic)", ProjectionKind.GNOMONIC)
        self.choice.setToolTip("All of the sky, or a plane through the middle of what is in view")
        self.add_to_header(self.choice)
        workspace.catalogChanged.connect(self._project)

    def _wake(self, visible: bool) -> None:
        self._project()
        super()._wake(visible)

    def _project(self) -> None:
        """Suit another catalogue, once somebody looks."""
        catalog = self._workspace.catalog
        if catalog is None or catalog is self._projected or not self.isVisible():
            return
        self._projected = catalog
        if self.link.plane.obstacle(catalog) is None:
            self._show(Projection.around(catalog.numbers("ra"), catalog.numbers("dec")))

    def _show(self, projection: Projection, view: Bounds | None = None) -> None:
        self.choice.setCurrentIndex(self.choice.findData(projection.kind))
        self.link.set_plane(SkyPlane(projection), view)

    def _choose_at(self, place: int) -> None:
        if self.link.obstacle is not None:
            return
        plane = self.link.plane
        assert isinstance(plane, SkyPlane)
        (x0, x1), (y0, y1) = self.map.view_range()
        middle = plane.projection.position((x0 + x1) / 2, (y0 + y1) / 2) or (plane.projection.ra, 0.0)
        if self.choice.itemData(place) is ProjectionKind.AITOFF:
            self._show(Projection.whole_sky(middle[0]))
            return
        half_x, half_y = (x1 - x0) / 2, (y1 - y0) / 2
        smaller = min(_WIDEST_FIELD / 2 / max(half_x, half_y), 1.0)
        half_x, half_y = half_x * smaller, half_y * smaller
        self._show(Projection.field(*middle), (-half_x, half_x, -half_y, half_y))
