"""What the probe tool has found: the place under the pointer, the pinned place, and the path with its marker."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from stellar_gui.analysis.paths import PlanePath
from stellar_gui.gui.tasks import Task

if TYPE_CHECKING:
    from stellar_gui.gui.workspace import Workspace
    from stellar_gui.session.probing import Probe, Probed

UNTRAINED = "Train the autoencoder first."


class Probing(QObject):
    """Follows the workspace's embedding, and is forgotten with it; the stars around are made ready in a worker.

    `placeChanged` tells of `here` and `pinned`, `pathChanged` of `path` and `along`, `markerChanged` of `marker`;
    `pathFound` that the user has drawn another path and it is decoded.
    """

    placeChanged = Signal()
    pathChanged = Signal()
    pathFound = Signal()
    markerChanged = Signal()

    def __init__(self, workspace: "Workspace") -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._probe: Probe | None = None
        self._task: Task | None = None
        self._obstacle: str | None = UNTRAINED
        self._waiting: dict[str, Callable[[Probe], None]] = {}
        self.here: Probed | None = None
        self.pinned: Probed | None = None
        self.path: PlanePath | None = None
        self.along: Probed | None = None
        self.marker: int | None = None
        workspace.embeddingChanged.connect(self._follow)
        workspace.activeChanged.connect(self.unpin)

    @property
    def obstacle(self) -> str | None:
        """Why there is no plane to probe, as one sentence; None if there is."""
        return self._obstacle

    def prepare(self) -> None:
        """Make the stars around places ready, before the first is asked for."""
        model, embedding = self._workspace.model, self._workspace.embedding
        if self._probe is not None or self._task is not None or self.obstacle is not None:
            return
        assert model is not None and embedding is not None

        def work() -> "Probe":
            from stellar_gui.session.probing import Probe

            return Probe.of(model, embedding)

        self._task = Task("Getting ready to probe", work, quiet=True)
        self._task.finished.connect(self._take)
        self._task.failed.connect(self._workspace.report)
        self._workspace.tasks.start(self._task)

    def point_at(self, x: float, y: float) -> None:
        """The pointer is over a place, in latent units."""
        self._ask("here", lambda probe: self._set_here(probe.at(np.array([[x, y]]))))

    def leave(self) -> None:
        """The pointer is over no place."""
        self._waiting.pop("here", None)
        self._set_marker(None)
        self._set_here(None)

    def pin(self, x: float, y: float) -> None:
        """Keep a place in sight."""
        self._ask("pin", lambda probe: self._set_pinned(probe.at(np.array([[x, y]]))))

    def unpin(self) -> None:
        """Let the pinned place go."""
        self._waiting.pop("pin", None)
        if self.pinned is not None:
            self._set_pinned(None)

    def draw_path(self, corners: NDArray[np.float64]) -> None:
        """Decode along a path through corners (k, 2), latent units."""

        def take(probe: "Probe") -> None:
            path = PlanePath.through(corners)
            self._set_path(path, probe.at(path.points))
            self.pathFound.emit()

        self._ask("path", take)

    def clear_path(self) -> None:
        """Put the path away."""
        self._waiting.pop("path", None)
        self._set_path(None, None)

    def point_along(self, length: float) -> None:
        """The pointer is over a length of the path, in latent units: its place is under it."""
        if self.path is not None and self.along is not None:
            self._set_marker(self.path.nearest_step(length))

    def step_along(self, steps: int) -> None:
        """Go so many points on along the path, from its start at first."""
        if self.path is not None:
            last = len(self.path.points) - 1
            self._set_marker(0 if self.marker is None else min(max(self.marker + steps, 0), last))

    def _ask(self, what: str, do: "Callable[[Probe], None]") -> None:
        """Do it now, or once the stars are ready, unless the same is asked for anew."""
        if self._probe is not None:
            do(self._probe)
        elif self.obstacle is None:
            self._waiting[what] = do
            self.prepare()

    def _take(self, probe: "Probe") -> None:
        self._task, self._probe = None, probe
        waiting, self._waiting = self._waiting, {}
        for do in waiting.values():
            do(probe)

    def _follow(self) -> None:
        """Forget what was found of another embedding."""
        embedding, self._obstacle = self._workspace.embedding, UNTRAINED
        if embedding is not None:
            from stellar_gui.session.probing import no_plane

            self._obstacle = no_plane(embedding)
        if self._task is not None:
            self._task.cancel()
        self._task = self._probe = None
        self._waiting = {}
        self._set_path(None, None)
        self.here = self.pinned = None
        self.placeChanged.emit()

    def _set_here(self, place: "Probed | None") -> None:
        if place is None and self.here is None:
            return
        self.here = place
        self._workspace.set_hovered(-1 if place is None else int(place.around.row[0]))
        self.placeChanged.emit()

    def _set_pinned(self, place: "Probed | None") -> None:
        self.pinned = place
        self.placeChanged.emit()

    def _set_path(self, path: PlanePath | None, along: "Probed | None") -> None:
        self._set_marker(None)
        self.path, self.along = path, along
        self.pathChanged.emit()

    def _set_marker(self, marker: int | None) -> None:
        if marker != self.marker:
            self.marker = marker
            self.markerChanged.emit()
            if marker is not None and self.along is not None:
                self._set_here(self.along.place(marker))
