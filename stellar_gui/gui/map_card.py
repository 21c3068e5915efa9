"""The middle of the window: the welcome, the way to a first map, or the star map of the latent plane."""

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget

from stellar_gui import numbers
from stellar_gui.analysis.map_data import map_data
from stellar_gui.analysis.planes import LatentPlane
from stellar_gui.gui.color_control import ColorControl
from stellar_gui.gui.filmstrip import Filmstrip
from stellar_gui.gui.invitation import Invitation
from stellar_gui.gui.map_link import MapLink
from stellar_gui.gui.restore_bar import RestoreBar
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool
from stellar_gui.gui.welcome import Welcome
from stellar_gui.gui.widgets.card import Card
from stellar_gui.gui.workspace import Workspace

TITLE = "Latent view"


class MapCard(Card):
    """Holds the map of the latent plane, what stands in its place before there is one, and what all maps colour by."""

    trainRequested = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(TITLE)
        self._workspace = workspace
        self.welcome = Welcome()
        self.map = StarMap()
        self.map.setObjectName("latentView")
        self.map.setAccessibleName("Latent view: map of the stars")
        self._invitation = Invitation()
        self._invitation.trainRequested.connect(self.trainRequested)
        self._stack = QStackedWidget()
        for page in (self.welcome, self._invitation, self.map):
            self._stack.addWidget(page)
        self.restore_bar = RestoreBar()
        self.body.addWidget(self.restore_bar)
        self.body.addWidget(self._stack)
        self.film = Filmstrip(workspace)
        self.map.installEventFilter(self)
        self.body.addWidget(self.film)
        self.colors = ColorControl(workspace, self)
        self.header.addSpacing(8)
        for widget in (self.colors.lock, self.colors.label, self.colors.combo):
            self.header.addWidget(widget)
        workspace.embeddingChanged.connect(self._choose_plane)
        self.link = MapLink(workspace, self.map, LatentPlane(), self)
        self.map.set_axes(*self.link.plane.titles)
        self.link.drawn.connect(self._show_drawn)
        workspace.trust.shadingChanged.connect(self._shade)
        self._connect_probe()
        workspace.catalogChanged.connect(self._show_page)
        workspace.catalogChanged.connect(self._warm_up)
        workspace.qualityChanged.connect(self._show_page)
        workspace.embeddingChanged.connect(self._show_page)
        workspace.previewChanged.connect(self._show_preview)
        workspace.tasks.changed.connect(self._show_busy)
        self._show_page()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc on the map ends the film first."""
        ends = (
            isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape
        )
        if ends and self._workspace.film_shown:
            self.film.put_away()
            return True
        return super().eventFilter(watched, event)

    def _show_page(self) -> None:
        workspace = self._workspace
        if workspace.catalog is None:
            self.set_title("Welcome")
            self.set_facts("")
            self._stack.setCurrentWidget(self.welcome)
        elif workspace.embedding is None and workspace.preview is None:
            self.set_title(TITLE)
            self.set_facts("")
            self._invitation.set_stars(int(workspace.kept.sum()))
            self._show_busy()
            self._stack.setCurrentWidget(self._invitation)
        else:
            self.set_title(TITLE)
            self._stack.setCurrentWidget(self.map)
        self.restore_bar.set_wanted(workspace.catalog is not None)
        self.colors.set_visible(self._stack.currentWidget() is self.map)

    def _choose_plane(self) -> None:
        embedding = self._workspace.embedding
        if embedding is not None:
            self.link.set_plane(LatentPlane(flat=embedding.latent.shape[1] == 1))

    def _show_drawn(self) -> None:
        if self._workspace.film_shown:
            self._show_preview()
        elif self.link.up_to_date and self._workspace.preview is None:
            self.set_facts(numbers.stars(len(self.map.data.index)))

    def _shade(self) -> None:
        trust = self._workspace.trust
        self.map.set_shading(trust.map, trust.shading)

    def _connect_probe(self) -> None:
        probing, star_map = self._workspace.probing, self.map
        star_map.placePointed.connect(probing.point_at)
        star_map.placeLeft.connect(probing.leave)
        star_map.placeProbed.connect(probing.pin)
        star_map.pinDropped.connect(probing.unpin)
        star_map.pathDrawn.connect(probing.draw_path)
        star_map.toolChanged.connect(self._get_ready)
        probing.placeChanged.connect(self._show_pin)
        probing.pathChanged.connect(self._show_path)
        probing.markerChanged.connect(self._show_marker)
        self._workspace.embeddingChanged.connect(lambda: star_map.set_probing(probing.obstacle is None))

    def _get_ready(self, tool: Tool) -> None:
        if tool is Tool.PROBE:
            self._workspace.probing.prepare()

    def _show_pin(self) -> None:
        pinned = self._workspace.probing.pinned
        self.map.set_pin(None if pinned is None else tuple(pinned.points[0].tolist()))

    def _show_path(self) -> None:
        along = self._workspace.probing.along
        if along is None:
            self.map.set_path(np.empty((0, 2)), np.empty(0, bool))
        else:
            self.map.set_path(along.points, along.extrapolated)

    def _show_marker(self) -> None:
        probing = self._workspace.probing
        marked = None if probing.path is None or probing.marker is None else probing.path.points[probing.marker]
        self.map.set_path_marker(None if marked is None else tuple(marked.tolist()))

    def _warm_up(self) -> None:
        """Have the first map's libraries loaded by a worker while the user looks at the new catalogue."""
        corners = np.array([0, 0, 1, 1], np.float32)
        self._workspace.tasks.start(
            Task("Getting ready for the map", lambda: map_data(corners, corners[::-1].copy()), quiet=True)
        )

    def _show_busy(self) -> None:
        self._invitation.set_busy(any(task.pausable for task in self._workspace.tasks.running))

    def _show_preview(self) -> None:
        workspace = self._workspace
        preview = workspace.preview
        self._show_page()
        if preview is not None:
            self.map.set_preview(preview, keep_view=workspace.film_shown)
            what, kept = "film" if workspace.film_shown else "training", int(workspace.kept.sum())
            shown = numbers.stars(len(preview)) + (f" of {numbers.count(kept)}" if len(preview) < kept else "")
            self.set_facts(f"{what} \N{MIDDLE DOT} {shown}")
        elif self.link.up_to_date or workspace.embedding is None:
            self.map.set_preview(None)
            self._show_drawn()
