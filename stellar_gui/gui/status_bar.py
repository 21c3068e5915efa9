"""The status bar: what the pointer can do at the left; task, position, counts and SAMP's state at the right."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from stellar_gui import numbers
from stellar_gui.gui import icons
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.widgets.plain import plain_tip
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from stellar_gui.autoencoder.training import TrainingProgress

SHOW_AFTER = 0.3
TICK_MS = 200
SLOW = 0.5
"""Units a second below which no rate is told."""


class TaskIndicator(QWidget):
    """The running task with its progress, rate, time left and a button that cancels it."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._tasks = workspace.tasks
        self._task: Task | None = None
        self._label = QLabel()
        self._label.setObjectName("taskLabel")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar()
        self._bar.setFixedSize(120, 6)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the running task")
        self._cancel = QToolButton()
        self._cancel.setObjectName("cancelTaskButton")
        self._cancel.setAccessibleName("Cancel the running task")
        self._cancel.setToolTip("Cancel")
        self._cancel.setAutoRaise(True)
        icons.attach(self._cancel, "mdi6.close")
        self._cancel.clicked.connect(self._cancel_task)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(6)
        for widget in (self._label, self._bar, self._cancel):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._update)
        self._tasks.changed.connect(self._follow)
        self.hide()

    def _follow(self) -> None:
        shown = [task for task in self._tasks.running if not task.quiet]
        task = shown[-1] if shown else None
        if task is not self._task:
            self._task = task
            self._bar.setRange(0, 0)
            self._label.setText(f"{task.title}\N{HORIZONTAL ELLIPSIS}" if task is not None else "")
            if task is not None:
                self._cancel.setVisible(task.cancellable)
                task.progressed.connect(self._progress)
        if task is None:
            self._timer.stop()
            self.hide()
        else:
            self._timer.start()

    def _update(self) -> None:
        if self._task is None or time.monotonic() - self._task.started_at < SHOW_AFTER:
            return
        self.show()
        if self._task.paused:
            self._label.setText(f"{self._task.title} paused")

    def _progress(self, item: "Progress | TrainingProgress") -> None:
        task = self._task
        if task is None or self.sender() is not task:
            return
        if not isinstance(item, Progress):
            self._training_progress(item)
            return
        elapsed = time.monotonic() - task.started_at
        rate = item.done / elapsed if elapsed > 0 else 0.0
        parts = [task.title]
        if item.note:
            parts.append(item.note)
        elif item.unit == "bytes":
            parts.append(f"{numbers.file_size(round(rate))}/s")
        elif rate >= SLOW:
            parts.append(f"{numbers.count(round(rate))} {item.unit}/s")
        if item.total:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * min(item.done / item.total, 1.0)))
            if item.done >= item.total and not item.note:
                parts = [task.title, "finishing"]
            elif rate and not item.note:
                parts.append(f"{numbers.duration((item.total - item.done) / rate)} left")
        self._label.setText(" \N{MIDDLE DOT} ".join(parts))

    def _training_progress(self, item: "TrainingProgress") -> None:
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * item.fraction))
        if self._task is not None and self._task.paused:
            return
        self._label.setText(f"Training \N{MIDDLE DOT} {numbers.duration(item.time_left)} left")

    def _cancel_task(self) -> None:
        if self._task is not None:
            self._label.setText("Cancelling\N{HORIZONTAL ELLIPSIS}")
            self._task.cancel()


class StatusBar(QStatusBar):
    """Hint, running task, pointer's position and the counts of the workspace's stars."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.setSizeGripEnabled(False)
        self._told = ""
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.timeout.connect(self._stop_telling)
        self.messageChanged.connect(self._tell_again)
        self._hint = QLabel()
        self._hint.setObjectName("hintLabel")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._position = QLabel()
        self._position.setObjectName("positionLabel")
        self._shown = QLabel()
        self._shown.setObjectName("shownLabel")
        self._selected = QLabel()
        self._selected.setObjectName("selectedLabel")
        self._samp = QLabel()
        self._samp.setObjectName("sampLabel")
        self._samp.setTextFormat(Qt.TextFormat.PlainText)
        self.addWidget(self._hint, 1)
        for widget in (TaskIndicator(workspace), self._position, self._shown, self._selected, self._samp):
            self.addPermanentWidget(widget)
        self.set_samp("", "")
        for signal in (workspace.catalogChanged, workspace.qualityChanged, workspace.selectionChanged):
            signal.connect(self.show_counts)
        self.show_counts()

    def showMessage(self, message: str, timeout: int | None = 0) -> None:
        """Tell something for so many milliseconds, 0: until the next message; menus' tips cover it only for a while."""
        self._telling.stop()
        self._told = message
        super().showMessage(message)
        if timeout:
            self._telling.start(timeout)

    def set_hint(self, text: str) -> None:
        """Say what the pointer can do now."""
        self._hint.setText(text)

    def set_position(self, text: str) -> None:
        """Say where the pointer is, in data units."""
        self._position.setText(text)

    def set_samp(self, text: str, details: str) -> None:
        """Say how it stands with SAMP, and at length while the pointer is there; nothing without a connection."""
        self._samp.setText(text)
        self._samp.setToolTip(plain_tip(details))
        self._samp.setVisible(bool(text))

    def show_live_count(self, count: int) -> None:
        """Show how many stars the gesture under way holds."""
        self._selected.setText(f"{numbers.count(count)} in the outline")

    def show_counts(self) -> None:
        """Show how many stars take part and are selected."""
        catalog = self._workspace.catalog
        if catalog is None:
            self._shown.setText("")
            self._selected.setText("")
            return
        kept = int(self._workspace.kept.sum())
        self._shown.setText(f"{numbers.count(kept)} kept of {numbers.stars(len(catalog))}")
        self._selected.setText(f"{numbers.count(int(self._workspace.selection.sum()))} selected")

    def _tell_again(self, shown: str) -> None:
        if not shown and self._told:
            super().showMessage(self._told)

    def _stop_telling(self) -> None:
        told, self._told = self._told, ""
        if self.currentMessage() == told:
            self.clearMessage()
