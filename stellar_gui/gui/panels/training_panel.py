"""The training panel: settings, start, pause, resume, stop and discard, and how the training goes."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
)

from stellar_gui import numbers
from stellar_gui.autoencoder.config import Command, TrainingConfig, begun_elsewhere
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.dust.dust_map import outside_note, with_reddening
from stellar_gui.errors import StellarError
from stellar_gui.gui.panels.training_form import TrainingForm
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.views.loss_chart import LossChart
from stellar_gui.gui.widgets.band_table import BandTable
from stellar_gui.gui.widgets.card import ElidedLabel
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress
from stellar_gui.session.session import Session

if TYPE_CHECKING:
    from stellar_gui.autoencoder.checkpoint import Checkpoint
    from stellar_gui.autoencoder.training import TrainingProgress

BAR_STEPS = 1000


class TrainingPanel(Panel):
    """Trains on the workspace's kept stars in a worker, and hands model and live positions to the workspace."""

    trainingEnded = Signal()
    trainingHeld = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Training", "trainingPanel")
        self._workspace = workspace
        self._task: Task | None = None
        self._ending = False
        self._before: Checkpoint | None = None
        self._looking_up: Task | None = None
        self._dust: tuple[Catalog, Path] | None = None
        self._patience: int | None = None
        self._began_on: str | None = None
        self._latent: np.ndarray | None = None
        self._form = TrainingForm()
        self._form.devicesWanted.connect(self._look_for_devices)
        self._train = _button("trainButton", "Train", "Train the autoencoder on the stars that take part", self.start)
        self._train.setProperty("main", True)
        self._pause = _button("pauseButton", "Pause", "Hold the training; Resume goes on from there", self.toggle_pause)
        self._resume = _button("resumeButton", "Resume training", "Go on with the training that was held", self.resume)
        self._stop = _button("stopButton", "Stop", "End the training and keep the best model so far", self.stop)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, BAR_STEPS)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName("Progress of the training")
        self._line = ElidedLabel()
        self._line.setObjectName("trainingLine")
        self._line.setProperty("muted", True)
        self._best = ElidedLabel()
        self._best.setObjectName("trainingBest")
        self._best.setProperty("muted", True)
        self._waited = ElidedLabel()
        self._waited.setObjectName("trainingPatience")
        self._waited.setProperty("muted", True)
        self._live = QCheckBox("Live map")
        self._live.setObjectName("liveMapCheck")
        self._live.setAccessibleName("Live map: the map shows how stars move while the network learns")
        self._live.setToolTip("Let the map show how stars move while the network learns")
        self._live.setChecked(True)
        self._live.toggled.connect(self._show_live)
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
        buttons.addWidget(self._resume, 1)
        buttons.addWidget(self._stop, 1)
        self.body.addWidget(self._form)
        self.body.addLayout(buttons)
        told = QGridLayout()
        told.setHorizontalSpacing(8)
        told.setVerticalSpacing(2)
        told.setColumnStretch(0, 1)
        told.addWidget(self._line, 0, 0, 1, 2)
        told.addWidget(self._best, 1, 0)
        told.addWidget(self._live, 1, 1)
        told.addWidget(self._waited, 2, 0, 1, 2)
        self.body.addWidget(self._bar)
        self.body.addLayout(told)
        self.body.addWidget(self._warning)
        self.body.addWidget(self._chart, 1)
        self.body.addWidget(self._table)
        self.body.addWidget(self._verdict)
        self.body.addStretch(0)
        workspace.catalogChanged.connect(self._show_catalog)
        workspace.columnsAdded.connect(self._offer_columns)
        workspace.embeddingChanged.connect(self._show_model)
        workspace.class_accuracy.changed.connect(self._take_accuracy)
        workspace.checkpointChanged.connect(self._update_buttons)
        workspace.qualityChanged.connect(self._compare_stars)
        self._warn("")
        self._show_model()

    @property
    def training(self) -> bool:
        """Whether a training is under way."""
        return self._task is not None

    @property
    def resumable(self) -> bool:
        """Whether a training is held, here or in the session, that can go on."""
        return self._task.paused if self._task is not None else self._workspace.checkpoint is not None

    def start(self) -> None:
        """Train on the stars that take part; chart, numbers and map fill in while it runs."""
        catalog = self._workspace.catalog
        if catalog is None or self._task is not None or self._looking_up is not None:
            return
        try:
            config = self._form.config()
        except StellarError as error:
            self._warn(str(error))
            return
        dust_map = self._form.dust.dust_map if config.deredden else None
        if config.deredden and not self._form.dust.complete:
            self._warn("Choose a dust map, since this table does not tell the extinction.")
        elif dust_map is None or self._dust == (catalog, dust_map):
            self._begin(config, None)
        else:
            self._find_dust(catalog, dust_map, config)

    def _find_dust(self, catalog: Catalog, dust_map: Path, config: TrainingConfig) -> None:
        """Give the table E(B-V) from a dust map, then train."""

        def train(dusty: Catalog) -> None:
            self._looking_up, self._dust = None, (dusty, dust_map)
            self._workspace.extend(dusty)
            self._begin(config, None)
            self._warn(outside_note(dusty, self._workspace.kept))

        def end() -> None:
            if self._looking_up is not None:
                self._looking_up = None
                self._show_model()

        task = Task("Finding the dust", lambda: with_reddening(catalog, dust_map))
        task.finished.connect(train)
        task.failed.connect(self._fail)
        task.ended.connect(end)
        self._looking_up = task
        self._warn("")
        self._line.setText(f"Looking the stars up in {dust_map.name}\N{HORIZONTAL ELLIPSIS}")
        self._update_buttons()
        self._workspace.tasks.start(task)

    def resume(self) -> None:
        """Go on with the training that the session holds, to the bit as if it had never been held."""
        checkpoint = self._workspace.checkpoint
        if self._workspace.catalog is None or self._task is not None or checkpoint is None:
            return
        self._form.show_config(checkpoint.config)
        self._begin(checkpoint.config, checkpoint)

    def _begin(self, config: TrainingConfig, checkpoint: "Checkpoint | None") -> None:
        catalog, cuts = self._workspace.catalog, self._workspace.cuts
        assert catalog is not None
        self._warn("")
        self._ending = False
        self._before = self._workspace.checkpoint
        self._patience = config.patience
        self._began_on = None if checkpoint is None else config.device

        def work() -> object:
            from stellar_gui.session.pipeline import fit

            return fit(catalog, cuts, config, checkpoint)

        task = Task("Training", work, stop_command=Command.STOP, pause_command=Command.CHECKPOINT)
        task.progressed.connect(self._show_progress)
        task.held.connect(self._hold)
        task.finished.connect(self._finish)
        task.failed.connect(self._fail)
        task.ended.connect(self._end)
        self._task = task
        if checkpoint is None:
            self._chart.clear()
            self._bar.setValue(0)
        self._verdict.setText("")
        self._line.setText("Starting\N{HORIZONTAL ELLIPSIS}")
        self.set_facts(f"seed {config.seed}")
        self._update_buttons()
        self._workspace.tasks.start(task)

    def toggle_pause(self) -> None:
        """Hold the training, or go on with it, also with one that the session holds."""
        if self._task is None:
            self.resume()
            return
        if self._ending:
            return
        if self._task.paused:
            self._task.resume()
        else:
            self._task.pause()
            epoch = self._line.full_text().partition(" \N{MIDDLE DOT} ")[0]
            self._line.setText(f"Paused \N{MIDDLE DOT} {epoch.lower()}")
        self._update_buttons()

    def stop(self) -> None:
        """End the training with the best model so far."""
        if self._task is not None and not self._ending:
            self._line.setText("Stopping\N{HORIZONTAL ELLIPSIS}")
            self._ending = True
            self._task.stop()
            self._update_buttons()

    def discard(self) -> None:
        """End the training without a result: the model from before stays, and what could be resumed before."""
        if self._task is not None:
            self._line.setText("Discarding\N{HORIZONTAL ELLIPSIS}")
            self._ending = True
            self._task.cancel()
            self._workspace.set_checkpoint(self._before)
            self._update_buttons()

    def _hold(self, answer: object) -> None:
        """Keep where a held training can go on; one that only places its stars has no such place, and goes on."""
        from stellar_gui.autoencoder.checkpoint import Checkpoint

        if isinstance(answer, Checkpoint):
            self._workspace.set_checkpoint(answer)
            self.trainingHeld.emit()
        elif self._task is not None:
            self._task.resume()
            self._update_buttons()

    def _show_progress(self, item: "TrainingProgress | Progress") -> None:
        if isinstance(item, Progress):
            self._ending = True
            self._update_buttons()
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
                f"{numbers.duration(item.elapsed)} \N{MIDDLE DOT} {numbers.duration(item.time_left)} left"
            )
            self._best.setText(_best_line(item))
            self._tell_patience(item.waited)
            self.set_facts(f"{numbers.count(round(item.stars_per_second))} stars/s")
        self._chart.follow(item.history, item.loss_unit)
        self._show_bands(item.rms_per_band, item.bias_per_band, item.bias_error_per_band)
        self._workspace.runs.record(item)
        if self._began_on not in (None, item.device):
            self._warn(begun_elsewhere(self._began_on))
            self._began_on = None
        self._latent = item.latent
        self._show_live()
        self._workspace.progressed.emit(item)

    def _tell_patience(self, waited: int | None) -> None:
        """Say how much of a patience is used up; None, or no patience, needs no line."""
        shown = waited is not None and self._patience is not None
        self._waited.setVisible(shown)
        if waited is not None and self._patience is not None:
            self._waited.setText(f"{numbers.count(waited)} / {numbers.count(self._patience)} epochs without better")

    def _show_live(self) -> None:
        """Let the map fill in, or leave it be, while a training runs."""
        if self._latent is not None and self._live.isChecked():
            self._workspace.set_preview(self._latent)
        elif self._latent is not None and self._workspace.preview is not None:
            self._workspace.set_preview(None)

    def _look_for_devices(self) -> None:
        """Ask, off the window's thread, what can be trained on."""

        def work() -> object:
            from stellar_gui.autoencoder.device import devices

            return devices()

        task = Task("Looking for devices", work, quiet=True, cancellable=False, outlives=True)
        task.finished.connect(self._form.set_devices)
        task.failed.connect(self._workspace.report)
        self._workspace.tasks.start(task)

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
        self._latent = None
        self._workspace.runs.forget_film()
        self._workspace.set_preview(None)
        self._line.setText("")
        if isinstance(error, StellarError):
            self._warn(str(error))
        else:
            self._workspace.report(error)

    def _end(self) -> None:
        self._task = self._latent = None
        self._workspace.runs.forget_film()
        if self._workspace.preview is not None:
            self._workspace.set_preview(None)
        self._show_model()

    def _show_catalog(self) -> None:
        self._warn("")
        made = self._workspace.model or self._workspace.checkpoint
        if made is not None:
            self._form.show_config(made.config)
        self._offer_columns()
        self._update_buttons()

    def _offer_columns(self) -> None:
        if self._workspace.catalog is not None:
            self._form.set_catalog(self._workspace.catalog)

    def _show_model(self) -> None:
        self._best.setText("")
        self._tell_patience(None)
        model, checkpoint = self._workspace.model, self._workspace.checkpoint
        for widget in (self._chart, self._table, self._verdict):
            widget.setVisible(model is not None or checkpoint is not None or self.training)
        if model is None:
            self._show_held(checkpoint)
            return
        report, history = model.report, model.history
        self._bar.setValue(BAR_STEPS)
        self._line.setText(f"{numbers.count(len(history.epoch))} epochs in {numbers.duration(model.seconds)}")
        self._best.setText(f"Best {_at_epoch(history.best_epoch)}")
        if model.stopped_because is not None and model.checkpoint is None and not self._warning.text():
            self._warn(model.stopped_because)
        self._chart.set_history(history, model.config.loss_unit)
        self._show_bands(report.rms_per_band, report.bias_per_band, report.bias_error_per_band)
        self._show_verdict()
        self._update_buttons()

    def _show_held(self, checkpoint: "Checkpoint | None") -> None:
        """Show a training that was held before there was a model, or nothing."""
        self.set_facts("")
        self._verdict.setText("")
        if checkpoint is None:
            self._bar.setValue(0)
            self._line.setText("")
        else:
            history, errors = checkpoint.history, checkpoint.errors
            self._bar.setValue(round(BAR_STEPS * checkpoint.fraction))
            self._line.setText(_held_line(checkpoint))
            self._chart.set_history(history, checkpoint.config.loss_unit)
            self._show_bands(errors.rms, errors.bias, errors.bias_error)
        self._update_buttons()

    def _show_verdict(self) -> None:
        """The headline, test error and class accuracy, and what it rests on."""
        model = self._workspace.model
        if model is None:
            return
        report, accuracy = model.report, self._workspace.class_accuracy.value
        facts, told = f"test {report.test_mse:.4f} mag²", ""
        if accuracy is not None:
            facts += f" \N{MIDDLE DOT} classes {accuracy:.3f}"
            told = f"On the map, 15 neighbours tell the classes apart with a balanced accuracy of {accuracy:.3f}."
        self.set_facts(facts)
        self._verdict.setText(
            f"Numbers in mag, from {numbers.stars(report.test_stars)} kept for the test; "
            f"{numbers.count(report.train_stars)} were used to train, {numbers.count(report.validation_stars)} to "
            f"validate. Test error {report.test_mse:.4f} mag²; as many principal components leave "
            f"{report.pca_mse:.4f}. {_bias_verdict(report.bias_per_band, report.bias_error_per_band)} {told}".rstrip()
        )

    def _take_accuracy(self) -> None:
        if not self.training:
            self._show_verdict()

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
        task, checkpoint = self._task, self._workspace.checkpoint
        ready = self._workspace.catalog is not None and bool(self._workspace.kept.any())
        held = task is None and checkpoint is not None
        self._train.setEnabled(ready and task is None and self._looking_up is None)
        self._form.setEnabled(task is None)
        self._form.set_compact(task is not None or held or self._workspace.model is not None)
        for button in (self._pause, self._stop):
            button.setEnabled(task is not None and not self._ending)
        self._pause.setText("Resume" if task is not None and task.paused else "Pause")
        self._pause.setVisible(not held)
        self._resume.setVisible(held)
        self._resume.setEnabled(held and ready)
        if checkpoint is not None:
            self._resume.setToolTip(f"Go on with the training. {_held_line(checkpoint)}")
        if task is not None:
            for widget in (self._chart, self._table):
                widget.setVisible(True)

    def _warn(self, text: str) -> None:
        self._warning.setText(text)
        self._warning.setVisible(bool(text))


def _best_line(progress: "TrainingProgress") -> str:
    """The best validation error and its epoch."""
    unit = " mag²" if progress.loss_unit else ""
    return f"Best {progress.best_validation:.4f}{unit} {_at_epoch(progress.best_epoch)}"


def _at_epoch(number: int) -> str:
    return f"at epoch {numbers.count(number)}" if number else "before the first epoch"


def _held_line(checkpoint: "Checkpoint") -> str:
    return (
        f"Held in epoch {numbers.count(checkpoint.epoch + 1)}, at {numbers.fixed(100 * checkpoint.fraction, 0)} % "
        f"\N{MIDDLE DOT} {numbers.duration(checkpoint.seconds)} so far"
    )


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
