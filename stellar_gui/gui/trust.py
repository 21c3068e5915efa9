"""How far the latent plane can be trusted: what it is shaded by, and the neighbourhoods that it keeps."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from stellar_gui.analysis.trust import Shading, TrustMap
from stellar_gui.gui.tasks import Task
from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from stellar_gui.gui.workspace import Workspace
    from stellar_gui.session.trust import TrustReport

Answer = tuple["TrustReport", NDArray[np.float32] | None]


class Trust(QObject):
    """Follows the workspace's embedding; all is found in workers, and forgotten with the embedding.

    `shadingChanged` tells of `shading` and `map`, `reportChanged` of `report`, `umap` and whether the work is `busy`,
    `progressed` brings its Progress.
    """

    shadingChanged = Signal()
    reportChanged = Signal()
    progressed = Signal(object)

    def __init__(self, workspace: "Workspace") -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._shading = Shading.NONE
        self._map: TrustMap | None = None
        self._map_task: Task | None = None
        self._report: TrustReport | None = None
        self._umap: NDArray[np.float32] | None = None
        self._task: Task | None = None
        workspace.embeddingChanged.connect(self._follow)
        workspace.display.colorChanged.connect(self._give_way)

    @property
    def shading(self) -> Shading:
        """What the latent plane is to be shaded by."""
        return self._shading

    @property
    def map(self) -> TrustMap | None:
        """What it is shaded from; None where there is none, or not yet."""
        return self._map

    @property
    def report(self) -> "TrustReport | None":
        """The neighbourhoods kept; None where they have not been compared."""
        return self._report

    @property
    def umap(self) -> NDArray[np.float32] | None:
        """(n, 2) float32: where UMAP has placed stars, NaN for others; None before it did."""
        return self._umap

    @property
    def busy(self) -> bool:
        """Whether neighbourhoods are being compared."""
        return self._task is not None

    @property
    def obstacle(self) -> str | None:
        """Why the plane cannot be shaded, as one sentence; None if it can."""
        embedding = self._workspace.embedding
        if embedding is None:
            return "Train the autoencoder first."
        if embedding.latent.shape[1] < 2:
            return "This model has one latent coordinate; a plane to shade has two."
        return None

    def set_shading(self, shading: Shading) -> None:
        """Shade the plane by something else."""
        if shading is not self._shading:
            self._shading = shading
            self.shadingChanged.emit()
            self._prepare()

    def compare(self, with_umap: bool = False) -> None:
        """Compare neighbourhoods anew; with_umap: after UMAP has placed the stars, which takes minutes."""
        workspace = self._workspace
        model, catalog, quality, embedding = workspace.model, workspace.catalog, workspace.quality, workspace.embedding
        if self.busy or model is None or catalog is None or quality is None or embedding is None:
            return
        umap = self._umap

        def work() -> Generator[Progress | None, None, Answer]:
            from stellar_gui.session.trust import assess_trust, umap_places

            placed = (yield from umap_places(model, catalog, quality)) if with_umap else umap
            report = yield from assess_trust(model, catalog, quality, embedding, placed)
            return report, placed

        self._task = Task("Placing stars by UMAP" if with_umap else "Comparing neighbourhoods", work)
        self._task.progressed.connect(self.progressed)
        self._task.finished.connect(self._take_report)
        self._task.failed.connect(workspace.report)
        self._task.ended.connect(self._end)
        workspace.tasks.start(self._task)
        self.reportChanged.emit()

    def cancel(self) -> None:
        """Give up comparing; what was found before stays."""
        if self._task is not None:
            self._task.cancel()

    def _follow(self) -> None:
        """Forget what was found of another embedding."""
        self.cancel()
        self._map = self._report = self._umap = None
        self.shadingChanged.emit()
        self.reportChanged.emit()
        self._prepare()

    def _give_way(self) -> None:
        """Take cells away that would hide the colours that the user has just chosen."""
        if self._shading is not Shading.ELLIPSES:
            self.set_shading(Shading.NONE)

    def _prepare(self) -> None:
        if self._map_task is not None:
            self._map_task.cancel()
        self._map_task = None
        model, embedding = self._workspace.model, self._workspace.embedding
        wanted = self._shading is not Shading.NONE and self._map is None and self.obstacle is None
        if not wanted or model is None or embedding is None:
            return

        def work() -> Any:
            from stellar_gui.session.trust import trust_map

            return trust_map(model, embedding)

        self._map_task = Task("Shading the latent plane", work, quiet=True)
        self._map_task.finished.connect(self._take_map)
        self._map_task.failed.connect(self._workspace.report)
        self._workspace.tasks.start(self._map_task)

    def _take_map(self, found: TrustMap) -> None:
        self._map_task, self._map = None, found
        self.shadingChanged.emit()

    def _take_report(self, answer: Answer) -> None:
        self._report, self._umap = answer

    def _end(self) -> None:
        if self.sender() is self._task:
            self._task = None
            self.reportChanged.emit()
