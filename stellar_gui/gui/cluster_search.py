"""The search for clusters as the window runs it: previews on a few stars while settings change, and full runs."""

from collections.abc import Generator

from PySide6.QtCore import QObject, Signal

from stellar_gui.analysis.clusters import ClusterFinder, Clustering, ClusterSettings, as_finding
from stellar_gui.analysis.coloring import ColorChoice, Group, trial
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress
from stellar_gui.session.clusters import cluster_points, cluster_stars
from stellar_gui.session.session import Session

PREVIEW_STARS = 5_000


class ClusterSearch(QObject):
    """Looks for clusters of the workspace's stars in workers.

    Of the settings that come while a preview is at work only the last are tried next. `previewed` brings the Clustering
    of some stars, by which the maps are coloured until the preview ends; `runningChanged` tells that a full run began
    or ended, `failed` brings what went wrong in either.
    """

    previewed = Signal(object)
    runningChanged = Signal()
    failed = Signal(object)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._preview: Task | None = None
        self._next: ClusterSettings | None = None
        self._run: Task | None = None
        self._finders: dict[tuple[str, int], ClusterFinder] = {}
        workspace.embeddingChanged.connect(self._forget)

    @property
    def running(self) -> bool:
        """Whether a full run is under way."""
        return self._run is not None

    @property
    def previewing(self) -> bool:
        """Whether a preview is at work."""
        return self._preview is not None

    def preview(self, settings: ClusterSettings) -> None:
        """Try settings on some of the stars."""
        session = self._workspace.session()
        if session is None or session.embedding is None:
            return
        if self._preview is not None:
            self._next = settings
            return
        finders = self._finders
        task = Task("Trying clusters", lambda: _preview(session, settings, finders), quiet=True)
        task.finished.connect(self._take_preview)
        task.failed.connect(self._fail_preview)
        self._preview = task
        self._workspace.tasks.start(task)

    def run(self, settings: ClusterSettings) -> None:
        """Look for clusters of all stars, keep them as the finding `cluster` and colour the maps by it."""
        session = self._workspace.session()
        if session is None or self._run is not None:
            return
        task = Task("Finding clusters", lambda: cluster_stars(session, settings))
        task.finished.connect(self._take)
        task.failed.connect(self.failed)
        task.ended.connect(self._end)
        self._run = task
        self._workspace.tasks.start(task)
        self.runningChanged.emit()

    def end_preview(self) -> None:
        """Try nothing any longer, and let the maps have the colours that were chosen."""
        if self._preview is not None:
            self._preview.cancel()
        self._preview = self._next = None
        self._workspace.display.set_trial(None)

    def cancel(self) -> None:
        """Give up the full run."""
        if self._run is not None:
            self._run.cancel()
            self._leave_run()

    def _take(self, clustering: Clustering) -> None:
        model, count = self._workspace.model, len(clustering.sizes)
        finding = as_finding(clustering, None if model is None else model.id)
        text = f"find clusters, {count} found"
        self._workspace.findings.put(finding, text)
        self._workspace.display.set_color(ColorChoice(Group.FINDING, finding.name))

    def _end(self) -> None:
        if self.sender() is self._run:
            self._leave_run()

    def _leave_run(self) -> None:
        self._run = None
        self.runningChanged.emit()

    def _take_preview(self, clustering: Clustering) -> None:
        self._preview = None
        self._workspace.display.set_trial(trial(as_finding(clustering, None)))
        self.previewed.emit(clustering)
        self._go_on()

    def _fail_preview(self, error: Exception) -> None:
        self._preview = None
        self.failed.emit(error)
        self._go_on()

    def _go_on(self) -> None:
        settings, self._next = self._next, None
        if settings is not None:
            self.preview(settings)

    def _forget(self) -> None:
        """What was worked out belongs to other stars."""
        self.end_preview()
        self._finders = {}
        self.cancel()


def _preview(
    session: Session, settings: ClusterSettings, finders: dict[tuple[str, int], ClusterFinder]
) -> Generator[Progress | None, None, Clustering]:
    """The clusters of some stars; only one preview at a time knows of the finders."""
    yield None
    key = settings.space, settings.seed
    if key not in finders:
        finders[key] = ClusterFinder(cluster_points(session, settings.space), settings.seed, PREVIEW_STARS)
    return (yield from finders[key].preview(settings))
