"""Panels with the stars as principal components and UMAP place them, to set beside the latent map."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.planes import ProjectedPlane
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.gui.panels.map_panel import MapPanel
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Workspace

_PRINCIPAL = ProjectedPlane(
    "Principal components",
    ("principal component 1", "principal component 2"),
    "The stars are being placed\N{HORIZONTAL ELLIPSIS}",
)
_UMAP = ProjectedPlane("UMAP", ("UMAP 1", "UMAP 2"), "Press Add UMAP in the panel Trust of the menu Analyse.")


class PrincipalPanel(MapPanel):
    """The first two principal components of what the network is given, found once somebody looks."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, _PRINCIPAL.label, "principal", [_PRINCIPAL])
        self._placed: Embedding | None = None
        self._task: Task | None = None
        workspace.embeddingChanged.connect(self._project)

    def _wake(self, visible: bool) -> None:
        super()._wake(visible)
        self._project()

    def _project(self) -> None:
        workspace = self._workspace
        model, catalog, quality, embedding = workspace.model, workspace.catalog, workspace.quality, workspace.embedding
        if embedding is self._placed or self.isHidden():
            return
        if self._task is not None:
            self._task.cancel()
        self._task, self._placed = None, embedding
        if model is None or catalog is None or quality is None or embedding is None:
            return
        unit = " (mag)" if model.config.features == "magnitudes" else ""

        def work() -> ProjectedPlane:
            from stellar_gui.session.trust import principal_plane

            first, second = _PRINCIPAL.axes
            positions = principal_plane(model, catalog, quality)
            return replace(_PRINCIPAL, axes=(first + unit, second + unit), positions=positions)

        self._task = Task("Finding principal components", work, quiet=True)
        self._task.finished.connect(self._take)
        self._task.failed.connect(workspace.report)
        workspace.tasks.start(self._task)

    def _take(self, plane: ProjectedPlane) -> None:
        self._task = None
        self.link.set_plane(plane)


class UmapPanel(MapPanel):
    """The stars as UMAP has placed them for the trust panel."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, _UMAP.label, "umap", [_UMAP])
        self._shown: NDArray[np.float32] | None = None
        workspace.trust.reportChanged.connect(self._project)

    def _project(self) -> None:
        positions = self._workspace.trust.umap
        if positions is not self._shown:
            self._shown = positions
            self.link.set_plane(replace(_UMAP, positions=positions))
