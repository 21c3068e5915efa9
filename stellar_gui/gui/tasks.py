"""Long work: generators of the lower floors, run on threads of their own; the one place that knows of threads."""

import inspect
import logging
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from stellar_gui.errors import StellarError

REPORT_INTERVAL = 0.05
"""Seconds between two reports of progress; what comes sooner is dropped, so that the window never drowns in them.

The last report of its kind is not dropped, since it tells how it ended.
"""
JOIN_TIMEOUT_MS = 30_000

Work = Callable[[], Any]
"""Called in the worker's thread: a plain function, or one that returns a generator of progress."""

_log = logging.getLogger(__name__)


class _Worker(QObject):
    """Runs one piece of work in the thread that it was moved to."""

    progressed = Signal(object)
    held = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, work: Work, stop_command: object, pause_command: object) -> None:
        super().__init__()
        self._work = work
        self._stop_command = stop_command
        self._pause_command = pause_command
        self.going = threading.Event()
        self.going.set()
        self.stop_asked = threading.Event()
        self.cancel_asked = threading.Event()

    @Slot()
    def run(self) -> None:
        try:
            outcome = self._work()
            if inspect.isgenerator(outcome):
                outcome = self._drive(outcome)
        except _CancelledError:
            self.cancelled.emit()
        except Exception as error:
            self.failed.emit(error)
        else:
            self.finished.emit(outcome)

    def _drive(self, work: Generator[Any, Any, Any]) -> Any:
        reported, left = 0.0, None
        answer: object = None
        started = stopped = False
        while True:
            if not self.going.is_set():
                if started and not stopped and self._pause_command is not None:
                    try:
                        self.held.emit(work.send(self._pause_command))
                    except StopIteration as end:
                        return end.value
                self.going.wait()
            if self.cancel_asked.is_set():
                work.close()
                raise _CancelledError
            if started and self.stop_asked.is_set() and not stopped:
                answer, stopped = self._stop_command, True
            try:
                item = work.send(answer)
            except StopIteration as end:
                if left is not None:
                    self.progressed.emit(left)
                return end.value
            answer, started = None, True
            if item is None:
                continue
            if left is not None and type(left) is not type(item):
                self.progressed.emit(left)
            now, left = time.monotonic(), item
            if now - reported >= REPORT_INTERVAL:
                reported, left = now, None
                self.progressed.emit(item)


class _CancelledError(Exception):
    """Leaves the worker when its work was cancelled."""


class Task(QObject):
    """One piece of work as the window sees it; all signals arrive in the window's thread.

    held: what the work answered to the pause command; one that it meets where it was held is not answered again.
    After `cancel` nothing more is heard of the work but `ended`.
    """

    progressed = Signal(object)
    held = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(
        self,
        title: str,
        work: Work,
        *,
        stop_command: object = None,
        pause_command: object = None,
        quiet: bool = False,
        cancellable: bool = True,
        outlives: bool = False,
    ) -> None:
        """Prepare work under a title for the status bar.

        stop_command: what a generator is sent to end early with a result. pause_command: what it is sent before it is
        held, once begun; what it yields next is told by `held`, however soon. quiet: not shown in the status bar.
        cancellable: whether the user may cancel it. outlives: whether it goes on when other work is shown, such as an
        export that has all it needs.
        """
        super().__init__()
        self.title = title
        self.quiet = quiet
        self.cancellable = cancellable
        self.outlives = outlives
        self.started_at = 0.0
        self.pausable = stop_command is not None
        self._cancelled = False
        self._thread = QThread()
        self._thread.setObjectName(title)
        self._worker = _Worker(work, stop_command, pause_command)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        self._worker.progressed.connect(self._on_progress)
        self._worker.held.connect(self._on_held)
        self._worker.finished.connect(self._on_finished)
        self._worker.failed.connect(self._on_failed)
        self._worker.cancelled.connect(self._on_cancelled)

    @property
    def paused(self) -> bool:
        """Whether the work waits for `resume`."""
        return not self._worker.going.is_set()

    def start(self) -> None:
        """Begin, on a thread of its own."""
        self.started_at = time.monotonic()
        self._thread.start()

    def pause(self) -> None:
        """Hold at the next yield."""
        self._worker.going.clear()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._worker.going.set()

    def stop(self) -> None:
        """Ask the work to end early with the best result so far."""
        self._worker.stop_asked.set()
        self._worker.going.set()

    def cancel(self) -> None:
        """End at the next yield without a result."""
        self._cancelled = True
        self._worker.cancel_asked.set()
        self._worker.going.set()

    def join(self) -> bool:
        """Wait for the thread's end; False where it did not end in half a minute."""
        self._thread.quit()
        return self._thread.wait(JOIN_TIMEOUT_MS)

    @Slot(object)
    def _on_progress(self, item: object) -> None:
        if not self._cancelled:
            self.progressed.emit(item)

    @Slot(object)
    def _on_held(self, answer: object) -> None:
        if not self._cancelled:
            self.held.emit(answer)

    @Slot(object)
    def _on_finished(self, outcome: object) -> None:
        self.join()
        if not self._cancelled:
            self.finished.emit(outcome)
        self.ended.emit()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.join()
        if isinstance(error, StellarError):
            _log.warning("%s failed", self.title, exc_info=error)
        if not self._cancelled:
            self.failed.emit(error)
        self.ended.emit()

    @Slot()
    def _on_cancelled(self) -> None:
        self.join()
        self.ended.emit()


class Tasks(QObject):
    """All work that is under way."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[Task] = []

    @property
    def running(self) -> tuple[Task, ...]:
        """The tasks under way, oldest first."""
        return tuple(self._running)

    def start(self, task: Task) -> None:
        """Begin a task; connect to its signals before."""
        task.ended.connect(self._on_ended)
        self._running.append(task)
        task.start()
        self.changed.emit()

    def cancel_all(self) -> None:
        """Cancel every task that does not outlive the work shown; what they would have returned is dropped."""
        for task in self._running:
            if not task.outlives:
                task.cancel()

    def shut_down(self) -> None:
        """Cancel every task, but let exports and the like finish, and wait until the threads have ended."""
        self.cancel_all()
        for task in tuple(self._running):
            if not task.join():
                task.cancel()
                task.join()
        self._running.clear()

    @Slot()
    def _on_ended(self) -> None:
        task = self.sender()
        if isinstance(task, Task) and task in self._running:
            self._running.remove(task)
            self.changed.emit()
