"""The test of persistence as the window runs it: trainings in a worker, for a subset or the selection."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from stellar_gui.analysis.map_data import MapData, map_data
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Mask, Workspace
from stellar_gui.progress import Progress, drain

if TYPE_CHECKING:
    from stellar_gui.session.persistence import PersistenceReport


class PersistenceTest(QObject):
    """Follows the workspace's embedding; a report is forgotten with it.

    `changed` tells of `report` and whether the work is `running`, `progressed` brings its Progress, `failed` what went
    wrong.
    """

    changed = Signal()
    progressed = Signal(object)
    failed = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._task: Task | None = None
        self._report: PersistenceReport | None = None
        self._control: MapData | None = None
        self._name, self._color = "", ""
        workspace.embeddingChanged.connect(self._forget)

    @property
    def running(self) -> bool:
        """Whether a test is under way."""
        return self._task is not None

    @property
    def report(self) -> "PersistenceReport | None":
        """What was found; None before a test."""
        return self._report

    @property
    def control(self) -> MapData | None:
        """The control map of the report, made ready to be drawn."""
        return self._control

    @property
    def name(self) -> str:
        """What was tested, or is being."""
        return self._name

    @property
    def color(self) -> str:
        """Its colour on maps, hexadecimal; empty for the selection's."""
        return self._color

    def run(self, name: str, members: Mask, color: str, runs: int) -> None:
        """Test the members, (n,) bool over the catalogue's rows, with so many trainings."""
        session = self._workspace.session()
        if session is None or self._task is not None:
            return

        def work() -> Generator[Progress, None, Any]:
            from stellar_gui.session.persistence import assess_persistence

            report = yield from assess_persistence(session, members, runs)
            free = report.control_map
            flat = free.latent.shape[1] == 1
            return report, drain(map_data(free.latent[:, 0], free.error if flat else free.latent[:, 1]))

        self._report = self._control = None
        self._name, self._color = name, color
        task = Task("Training anew", work)
        task.progressed.connect(self.progressed)
        task.finished.connect(self._take)
        task.failed.connect(self.failed)
        task.ended.connect(self._end)
        self._task = task
        self._workspace.tasks.start(task)
        self.changed.emit()

    def cancel(self) -> None:
        """Give the test up."""
        if self._task is not None:
            self._task.cancel()
            self._leave()

    def _take(self, answer: "tuple[PersistenceReport, MapData]") -> None:
        self._report, self._control = answer

    def _end(self) -> None:
        if self.sender() is self._task:
            self._leave()

    def _leave(self) -> None:
        self._task = None
        self.changed.emit()

    def _forget(self) -> None:
        """What was found belongs to another map."""
        self._report = self._control = None
        self.cancel()
        self.changed.emit()
