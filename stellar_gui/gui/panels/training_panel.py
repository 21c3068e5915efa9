"""The training panel: settings, start, pause and stop, and how the training goes."""

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
)

from stellar_gui.autoencoder.config import Command
from stellar_gui.errors import StellarError
from stellar_gui.gui.panels.training_form import TrainingForm
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.views.loss_chart import LossChart
from stellar_gui.gui.widgets import numbers
from stellar_gui.gui.widgets.band_table import BandTable
from stellar_gui.gui.widgets.card import ElidedLabel
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress
from stellar_gui.session.session import Session

if TYPE_CHECKING:
    from stellar_gui.autoencoder.training import TrainingProgress

BAR_STEPS = 1000


class TrainingPanel(Panel):
    """Trains on the workspace's kept stars in a worker, and hands model and live positions to the workspace."""

    trainingEnded = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Training", "trainingPanel")
        self._workspace = workspace
        self._task: Task | None = None
        self._stop_pressed = False
        self._form = TrainingForm()
        self._train = _button("trainButton", "Train", "Train the autoencoder on the stars that take part", self.start)
        self._train.setProperty("main", True)
        self._pause = _button("pauseButton", "Pause", "Hold the training; Resume goes on from there", self.toggle_pause)
        self._stop = _button("stopButton", "Stop", "End the training and keep the best model so far", self.stop)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, BAR_STEPS)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName("Progress of the training")
        self._line = ElidedLabel()
        self._line.setObjectName("trainingLine")
        self._line.setProperty("muted", True)
        self._warning = caption("")
        self._warning.setObjectName("trainingWarning")
        self._warning.setProperty("muted", False)
        self._warning.setProperty("warning", True)
        self._chart = LossChart()
        self._chart.setObjectName("lossChart")
        self._chart.setMinimumHeight(130)
        self._table = BandTable()
        self._table.setObjectName("trainingTable")
        self._verdict = caption("")
        self._verdict.setObjectName("trainingVerdict")
        buttons = QHBoxLayout()
        buttons.addWidget(self._train, 2)
        buttons.addWidget(self._pause, 1)
        buttons.addWidget(self._stop, 1)
        self.body.addWidget(self._form)
        self.body.addLayout(buttons)
        for widget in (self._bar, self._line, self._warning):
            self.body.addWidget(widget)
        self.body.addWidget(self._chart, 1)
        self.body.addWidget(self._table)
        self.body.addWidget(self._verdict)
        workspace.catalogChanged.connect(self._show_catalog)
        workspace.embeddingChanged.connect(self._show_model)
        workspace.qualityChanged.connect(self._compare_stars)
        self._warn("")
        self._show_model()

    @property
    def training(self) -> bool:
        """Whether a training is under way."""
        return self._task is not None

    def start(self) -> None:
        """Train on the stars that take part; chart, numbers and map fill in while it runs."""
        catalog, cuts = self._workspace.catalog, self._workspace.cuts
        if catalog is None or self._task is not None:
            return
        try:
            config = self._form.config()
        except StellarError as error:
            self._warn(str(error))
            return
        self._warn("")
        self._stop_pressed = False

        def work() -> object:
            from stellar_gui.session.pipeline import fit

            return fit(catalog, cuts, config)

        task = Task("Training", work, stop_command=Command.STOP)
        task.progressed.connect(self._show_progress)
        task.finished.connect(self._finish)
        task.failed.connect(self._fail)
        task.ended.connect(self._end)
        self._task = task
        self._chart.clear()
        self._verdict.setText("")
        self._bar.setValue(0)
        self._line.setText("Starting\N{HORIZONTAL ELLIPSIS}")
        self.set_facts(f"seed {config.seed}")
        self._update_buttons()
        self._workspace.tasks.start(task)

    def toggle_pause(self) -> None:
        """Hold the training, or go on with it."""
        if self._task is None:
            return
        if self._task.paused:
            self._task.resume()
        else:
            self._task.pause()
            epoch = self._line.full_text().partition(" \N{MIDDLE DOT} ")[0]
            self._line.setText(f"Paused \N{MIDDLE DOT} {epoch}")
        self._update_buttons()

    def stop(self) -> None:
        """End the training with the best model so far."""
        if self._task is not None:
            self._line.setText("Stopping\N{HORIZONTAL ELLIPSIS}")
            self._stop_pressed = True
            self._task.stop()
            self._update_buttons()

    def _show_progress(self, item: "TrainingProgress | Progress") -> None:
        if isinstance(item, Progress):
            self._line.setText(
                f"Placing the stars: {numbers.count(int(item.done))} of {numbers.stars(int(item.total))}"
            )
            return
        task = self._task
        if task is None:
            return
        self._bar.setValue(round(BAR_STEPS * item.fraction))
        if not task.paused:
            self._line.setText(
                f"Epoch {numbers.count(item.epoch)} of {numbers.count(item.epochs)} \N{MIDDLE DOT} "
                f"{numbers.duration(item.time_left)} left \N{MIDDLE DOT} best {item.best_validation:.4f} mag²"
            )
            self.set_facts(f"{numbers.count(round(item.stars_per_second))} stars/s")
        self._chart.set_history(
            item.history.epoch, item.history.train_loss, item.history.validation_loss, item.best_epoch
        )
        self._show_bands(item.rms_per_band, item.bias_per_band, item.bias_error_per_band)
        self._workspace.set_preview(item.latent)

    def _show_bands(self, rms: np.ndarray, bias: np.ndarray, bias_error: np.ndarray) -> None:
        self._table.set_rows(
            [
                ("rms", rms, 3, False),
                ("bias", bias, 4, True),
                ("± s.e.", bias_error, 4, False),
            ]
        )

    def _finish(self, session: Session) -> None:
        self._workspace.set_model(session)
        self.trainingEnded.emit()

    def _fail(self, error: Exception) -> None:
        self._workspace.set_preview(None)
        self._line.setText("")
        if isinstance(error, StellarError):
            self._warn(str(error))
        else:
            self._workspace.report(error)

    def _end(self) -> None:
        self._task = None
        if self._workspace.preview is not None:
            self._workspace.set_preview(None)
        self._show_model()

    def _show_catalog(self) -> None:
        self._warn("")
        if self._workspace.model is not None:
            self._form.show_config(self._workspace.model.config)
        if self._workspace.catalog is not None:
            self._form.set_catalog(self._workspace.catalog)
        self._update_buttons()

    def _show_model(self) -> None:
        model = self._workspace.model
        for widget in (self._chart, self._table, self._verdict):
            widget.setVisible(model is not None or self.training)
        if model is None:
            self.set_facts("")
            self._bar.setValue(0)
            self._line.setText("")
            self._update_buttons()
            return
        report, history = model.report, model.history
        self._bar.setValue(BAR_STEPS)
        self.set_facts(f"seed {model.config.seed} \N{MIDDLE DOT} test {report.test_mse:.4f} mag²")
        self._line.setText(
            f"{numbers.count(len(history.epoch))} epochs in {numbers.duration(model.seconds)} \N{MIDDLE DOT} best at "
            f"{numbers.count(history.best_epoch)}"
        )
        if model.stopped_because is not None and not self._stop_pressed:
            self._warn(model.stopped_because)
        self._chart.set_history(history.epoch, history.train_loss, history.validation_loss, history.best_epoch)
        self._show_bands(report.rms_per_band, report.bias_per_band, report.bias_error_per_band)
        self._verdict.setText(
            f"Numbers in mag, from {numbers.stars(report.test_stars)} kept for the test; "
            f"{numbers.count(report.train_stars)} were used to train, {numbers.count(report.validation_stars)} to "
            f"validate. Test error {report.test_mse:.4f} mag²; two principal components leave {report.pca_mse:.4f}. "
            f"{_bias_verdict(report.bias_per_band, report.bias_error_per_band)}"
        )
        self._update_buttons()

    def _compare_stars(self) -> None:
        """Say so where the model was trained on other stars than those that take part now."""
        model, kept = self._workspace.model, int(self._workspace.kept.sum())
        if model is not None and not self.training:
            same = model.stars == kept
            self._warn(
                ""
                if same
                else f"The model was trained on {numbers.stars(model.stars)}, and {numbers.count(kept)} take part now; "
                "train again to learn from these."
            )
        self._update_buttons()

    def _update_buttons(self) -> None:
        task = self._task
        ready = self._workspace.catalog is not None and bool(self._workspace.kept.any())
        self._train.setEnabled(ready and task is None)
        self._form.setEnabled(task is None)
        self._pause.setEnabled(task is not None and not self._stop_pressed)
        self._stop.setEnabled(task is not None and not self._stop_pressed)
        self._pause.setText("Resume" if task is not None and task.paused else "Pause")
        if task is not None:
            for widget in (self._chart, self._table):
                widget.setVisible(True)

    def _warn(self, text: str) -> None:
        self._warning.setText(text)
        self._warning.setVisible(bool(text))


def _bias_verdict(bias: np.ndarray, error: np.ndarray) -> str:
    off = [band for band, mean, spread in zip("ugriz", bias, error, strict=True) if abs(mean) > 3 * spread]
    if any(math.isnan(value) for value in bias):
        return ""
    if not off:
        return "No band's bias exceeds three standard errors."
    return f"Bias beyond three standard errors in {', '.join(off)}."


def _button(name: str, text: str, meaning: str, slot: object) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(meaning)
    button.setToolTip(meaning)
    button.clicked.connect(slot)
    return button
