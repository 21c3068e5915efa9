"""Training in the window: start, pause, resume, stop, errors, and closing in the middle."""

import gc
import re
import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QPushButton, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.separation import class_accuracy
from stellar_gui.autoencoder.config import Command, NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.device import devices
from stellar_gui.autoencoder.presets import PRESETS
from stellar_gui.autoencoder.training import train
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.training_panel import TrainingPanel
from stellar_gui.gui.tasks import Task, Tasks
from stellar_gui.gui.widgets.panel import Panel
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session

LONG = 100_000
SOME = 700
"""Epochs that take a second or two: long enough to pause or stop within."""
SHORT = TrainingConfig(epochs=3, network=NetworkConfig(hidden=8, depth=2))
CYCLES = 60
THOUSAND = 1000
WARM_UP = 3


@pytest.fixture
def ready(window: MainWindow) -> MainWindow:
    """A window on 1,200 stars, set to train for so long that only Stop ends it."""
    window.workspace.show(Session(simulate(1200, seed=2)))
    window.findChild(QSpinBox, "epochsSpin").setValue(LONG)
    return window


def press(qtbot: QtBot, window: QWidget, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def start(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.workspace.previewChanged, timeout=30_000):
        press(qtbot, window, "trainButton")


def idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=30_000)


def threads_and_tasks() -> tuple[int, int]:
    """Threads of this process, and tasks that something still holds."""
    gc.collect()
    threads = len(list(Path("/proc/self/task").iterdir())) if Path("/proc/self/task").is_dir() else 0
    return threads, sum(type(item) is Task for item in gc.get_objects())


def line(window: MainWindow, name: str = "trainingLine") -> str:
    return window.findChild(QLabel, name).full_text()


def test_the_map_moves_while_it_trains_and_stop_keeps_the_best(ready: MainWindow, qtbot: QtBot) -> None:
    start(qtbot, ready)
    assert ready.workspace.preview.shape[1] == 2
    assert not ready.findChild(QPushButton, "trainButton").isEnabled()
    with qtbot.waitSignal(ready.workspace.embeddingChanged, timeout=30_000):
        press(qtbot, ready, "stopButton")
    assert ready.workspace.model is not None
    assert ready.workspace.preview is None
    qtbot.waitUntil(lambda: ready.findChild(QPushButton, "trainButton").isEnabled())
    assert ready.isWindowModified()


def test_the_lines_tell_epoch_times_best_error_and_patience(ready: MainWindow, qtbot: QtBot) -> None:
    def next_reports(count: int) -> None:
        for _ in range(count):
            with qtbot.waitSignal(ready.workspace.progressed, timeout=30_000):
                pass

    start(qtbot, ready)
    next_reports(2)
    assert re.fullmatch(r"Epoch [\d,]+ of 100,000 · \d+\.\d s · .+ left", line(ready))
    assert re.fullmatch(r"Best \d+\.\d{4} mag² at epoch [\d,]+", line(ready, "trainingBest"))
    press(qtbot, ready, "stopButton")
    qtbot.waitUntil(lambda: ready.workspace.model is not None, timeout=30_000)
    idle(qtbot, ready)
    assert line(ready, "trainingBest") == f"Best at epoch {ready.workspace.model.history.best_epoch:,}"
    assert not ready.findChild(QLabel, "trainingPatience").isVisible()
    ready.findChild(QSpinBox, "patienceSpin").setValue(50_000)
    start(qtbot, ready)
    next_reports(2)
    told = re.fullmatch(r"(\d+) / 50,000 epochs without better", line(ready, "trainingPatience"))
    assert told is not None and int(told[1]) < 1_000
    press(qtbot, ready, "stopButton")
    idle(qtbot, ready)


def test_the_map_can_be_left_alone_while_it_trains(ready: MainWindow, qtbot: QtBot) -> None:
    workspace, live = ready.workspace, ready.findChild(QCheckBox, "liveMapCheck")
    qtbot.mouseClick(live, Qt.MouseButton.LeftButton, pos=QPoint(8, live.height() // 2))
    assert not live.isChecked()
    with qtbot.waitSignal(workspace.progressed, timeout=30_000):
        press(qtbot, ready, "trainButton")
    assert workspace.preview is None and workspace.runs.recording
    assert not ready.findChild(QPushButton, "invitationTrain").isEnabled()
    live.setFocus()
    qtbot.keyClick(live, Qt.Key.Key_Space)
    assert workspace.preview is not None
    qtbot.keyClick(live, Qt.Key.Key_Space)
    assert workspace.preview is None
    with qtbot.waitSignal(workspace.progressed, timeout=30_000):
        pass
    assert workspace.preview is None
    with qtbot.waitSignal(workspace.embeddingChanged, timeout=30_000):
        press(qtbot, ready, "stopButton")
    assert len(workspace.runs.current.film) > 1
    idle(qtbot, ready)


@pytest.mark.skipif("cuda" in devices(), reason="there is a CUDA device")
def test_a_training_held_on_a_device_that_is_not_here_goes_on_and_says_so(window: MainWindow, qtbot: QtBot) -> None:
    work = fit(simulate(300, seed=6), QualityCuts(), SHORT)
    next(work)
    held = work.send(Command.CHECKPOINT)
    whole = drain(work)
    elsewhere = replace(held, config=replace(SHORT, device="cuda"))
    window.workspace.show(Session(whole.catalog, whole.cuts, checkpoint=elsewhere))
    with qtbot.waitSignal(window.workspace.embeddingChanged, timeout=30_000):
        press(qtbot, window, "resumeButton")
    warning = window.findChild(QLabel, "trainingWarning").text()
    assert (
        warning == "The training began on the CUDA graphics processor, which is not here; it goes on on the processor."
    )
    assert (window.workspace.model.id, window.workspace.model.config) == (whole.model.id, SHORT)
    idle(qtbot, window)


def test_devices_are_looked_for_when_the_settings_unfold(window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.show(Session(simulate(300, seed=6)))
    idle(qtbot, window)
    qtbot.mouseClick(window.findChild(QToolButton, "moreSettingsButton"), Qt.MouseButton.LeftButton)
    assert [task.title for task in window.workspace.tasks.running] == ["Looking for devices"]
    idle(qtbot, window)
    combo = window.findChild(QComboBox, "deviceCombo")
    assert [combo.itemData(k) for k in range(combo.count())] == list(devices())
    assert combo.isVisible() == (len(devices()) > 1)


def test_pause_holds_and_resume_goes_on(ready: MainWindow, qtbot: QtBot) -> None:
    start(qtbot, ready)
    press(qtbot, ready, "pauseButton")
    assert ready.findChild(QPushButton, "pauseButton").text() == "Resume"
    assert line(ready).startswith("Paused")
    press(qtbot, ready, "pauseButton")
    with qtbot.waitSignal(ready.workspace.previewChanged, timeout=30_000):
        pass
    assert ready.findChild(QPushButton, "pauseButton").text() == "Pause"
    press(qtbot, ready, "stopButton")
    qtbot.waitUntil(lambda: ready.workspace.model is not None, timeout=30_000)


def test_what_is_paused_and_saved_goes_on_in_another_window_as_if_never_interrupted(
    ready: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    ready.findChild(QSpinBox, "epochsSpin").setValue(SOME)
    start(qtbot, ready)
    with qtbot.waitSignal(ready.workspace.checkpointChanged, timeout=30_000):
        press(qtbot, ready, "pauseButton")
    held = ready.workspace.checkpoint
    assert 0 < held.fraction < 1
    assert ready.isWindowModified()
    ready.save_session(tmp_path / "paused.stellar")
    qtbot.waitUntil(lambda: not ready.isWindowModified(), timeout=30_000)
    ready.close()

    other = MainWindow()
    qtbot.addWidget(other, before_close_func=lambda window: window.workspace.mark_saved())
    other.show()
    with qtbot.waitSignal(other.workspace.catalogChanged, timeout=30_000):
        other.open_path(tmp_path / "paused.stellar")
    assert not other.isWindowModified()
    assert line(other).startswith(f"Held in epoch {held.epoch + 1:,}, at ")
    assert other.findChild(QSpinBox, "epochsSpin").value() == SOME
    assert not other.findChild(QPushButton, "pauseButton").isVisible()
    assert other.workspace.model is None
    with qtbot.waitSignal(other.workspace.embeddingChanged, timeout=60_000):
        press(qtbot, other, "resumeButton")
    whole = drain(fit(ready.workspace.catalog, ready.workspace.cuts, held.config))
    assert other.workspace.model.id == whole.model.id
    np.testing.assert_array_equal(other.workspace.embedding.latent, whole.embedding.latent)
    np.testing.assert_array_equal(other.workspace.model.history.train_loss, whole.model.history.train_loss)
    qtbot.waitUntil(lambda: other.findChild(QPushButton, "trainButton").isEnabled())
    assert other.workspace.checkpoint is None
    assert not other.findChild(QPushButton, "resumeButton").isVisible()
    other.close()


def test_a_stopped_training_can_go_on_to_its_end(ready: MainWindow, qtbot: QtBot) -> None:
    ready.findChild(QSpinBox, "epochsSpin").setValue(SOME)
    start(qtbot, ready)
    with qtbot.waitSignal(ready.workspace.embeddingChanged, timeout=30_000):
        press(qtbot, ready, "stopButton")
    idle(qtbot, ready)
    assert ready.workspace.model.epochs < SOME
    action = ready.findChild(QAction, "actionPauseTraining")
    assert action.isEnabled()
    with qtbot.waitSignal(ready.workspace.embeddingChanged, timeout=60_000):
        action.trigger()
    assert ready.workspace.model.epochs == SOME
    assert ready.workspace.checkpoint is None


def test_a_training_of_other_stars_is_not_resumed_and_says_why(ready: MainWindow, qtbot: QtBot) -> None:
    start(qtbot, ready)
    press(qtbot, ready, "stopButton")
    qtbot.waitUntil(lambda: ready.workspace.model is not None, timeout=30_000)
    idle(qtbot, ready)
    model = ready.workspace.model
    with qtbot.waitSignal(ready.workspace.qualityChanged, timeout=30_000):
        ready.workspace.set_cuts(QualityCuts(magnitude_range=(0.0, 20.0)), "bright stars")
    idle(qtbot, ready)
    press(qtbot, ready, "resumeButton")
    warning = ready.findChild(QLabel, "trainingWarning")
    qtbot.waitUntil(lambda: "of other stars" in warning.text(), timeout=30_000)
    idle(qtbot, ready)
    assert ready.workspace.model is model


@pytest.mark.parametrize("paused", [False, True])
def test_discard_keeps_the_model_and_the_held_training_from_before(
    ready: MainWindow, qtbot: QtBot, paused: bool
) -> None:
    start(qtbot, ready)
    press(qtbot, ready, "stopButton")
    qtbot.waitUntil(lambda: ready.workspace.model is not None, timeout=30_000)
    idle(qtbot, ready)
    workspace = ready.workspace
    workspace.mark_saved()
    before = workspace.model, workspace.embedding, workspace.checkpoint
    headline = ready.findChild(Panel, "trainingPanel").facts()
    discard = ready.findChild(QAction, "actionDiscardTraining")
    assert not discard.isEnabled()
    assert "No training" in discard.toolTip()
    start(qtbot, ready)
    if paused:
        with qtbot.waitSignal(workspace.checkpointChanged, timeout=30_000):
            press(qtbot, ready, "pauseButton")
        assert workspace.checkpoint is not before[2]
        assert ready.isWindowModified()
    discard.trigger()
    idle(qtbot, ready)
    assert (workspace.model, workspace.embedding, workspace.checkpoint) == before
    assert workspace.preview is None
    assert not ready.isWindowModified()
    assert ready.findChild(Panel, "trainingPanel").facts() == headline
    assert ready.findChild(QPushButton, "trainButton").isEnabled()


def test_a_held_training_survives_the_closing_of_the_window(ready: MainWindow, qtbot: QtBot) -> None:
    start(qtbot, ready)
    with qtbot.waitSignal(ready.workspace.checkpointChanged, timeout=30_000):
        press(qtbot, ready, "pauseButton")
    held = ready.workspace.checkpoint
    ready.close()
    other = MainWindow()
    qtbot.addWidget(other, before_close_func=lambda window: window.workspace.mark_saved())
    other.show()
    offered = other.findChildren(QPushButton, "recoverButton")[0]
    with qtbot.waitSignal(other.workspace.checkpointChanged, timeout=30_000):
        qtbot.mouseClick(offered, Qt.MouseButton.LeftButton)
    assert other.workspace.checkpoint.step == held.step
    qtbot.waitUntil(other.isWindowModified)
    assert other.findChild(QPushButton, "resumeButton").isEnabled()
    other.workspace.mark_saved()
    other.close()


@pytest.mark.parametrize("state", ["starting", "running", "paused", "resuming", "stopping", "discarding"])
def test_closing_the_window_in_each_state_of_training_joins_the_thread(
    ready: MainWindow, qtbot: QtBot, state: str
) -> None:
    if state == "starting":
        press(qtbot, ready, "trainButton")
    else:
        start(qtbot, ready)
    (task,) = [task for task in ready.workspace.tasks.running if task.title == "Training"]
    if state in ("paused", "resuming"):
        with qtbot.waitSignal(ready.workspace.checkpointChanged, timeout=30_000):
            press(qtbot, ready, "pauseButton")
    if state == "resuming":
        press(qtbot, ready, "pauseButton")
    if state == "stopping":
        press(qtbot, ready, "stopButton")
    if state == "discarding":
        ready.findChild(QAction, "actionDiscardTraining").trigger()
    ready.close()
    assert not ready.isVisible()
    assert ready.workspace.tasks.running == ()
    assert task.join()


def test_many_starts_and_stops_leave_valid_models_and_no_threads(qtbot: QtBot) -> None:
    workspace, rng = Workspace(), np.random.default_rng(0)
    panel = TrainingPanel(workspace)
    qtbot.addWidget(panel)
    panel.show()
    workspace.show(Session(simulate(300, seed=2)))
    panel.findChild(QSpinBox, "epochsSpin").setValue(LONG)
    panel.findChild(QSpinBox, "hiddenSpin").setValue(4)
    panel.findChild(QSpinBox, "depthSpin").setValue(1)

    def cycle() -> None:
        model = workspace.model
        press(qtbot, panel, "trainButton")
        for _ in range(int(rng.integers(0, 8))):
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 2)
        if rng.random() < 0.3:
            press(qtbot, panel, "pauseButton")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 2)
        press(qtbot, panel, "stopButton")
        wait = QEventLoop()
        workspace.tasks.changed.connect(wait.quit)
        while workspace.tasks.running:
            wait.exec()
        assert workspace.model is not model
        assert np.isfinite(workspace.embedding.latent[workspace.kept]).all()
        assert np.isfinite(workspace.model.report.test_mse)

    for _ in range(WARM_UP):
        cycle()
    before = threads_and_tasks()
    for _ in range(CYCLES):
        cycle()
    assert threads_and_tasks() <= before


def test_a_thousand_starts_and_stops_leak_neither_threads_nor_memory(qtbot: QtBot) -> None:
    tasks, stars = Tasks(), simulate(40, seed=2).magnitudes[:20].copy()
    config = TrainingConfig(epochs=LONG, network=NetworkConfig(hidden=2, depth=1))
    models = []

    def cycle(number: int) -> None:
        learning = threading.Event()

        def work() -> Generator[object, Command | None, object]:
            training = train(stars, config)
            next(training)
            learning.set()
            return (yield from training)

        task = Task("Training", work, stop_command=Command.STOP)
        task.finished.connect(models.append)
        wait = QEventLoop()
        task.ended.connect(wait.quit)
        tasks.start(task)
        if number % 3 == 0:
            learning.wait()
        (task.cancel if number % 10 else task.stop)()
        wait.exec()

    def held() -> tuple[int, int, int]:
        models.clear()
        threads, left = threads_and_tasks()
        return threads, left, len(gc.get_objects())

    process = psutil.Process()
    for number in range(THOUSAND // 10):
        cycle(number)
    before, memory = held(), process.memory_info().rss
    for number in range(THOUSAND // 10, THOUSAND):
        cycle(number)
    assert len(models) == 9 * THOUSAND // 100
    after = held()
    assert after[:2] <= before[:2]
    assert after[2] - before[2] < THOUSAND
    assert process.memory_info().rss - memory < THOUSAND * 10_000


def test_opening_another_table_ends_the_training(ready: MainWindow, qtbot: QtBot, table_path: Path) -> None:
    start(qtbot, ready)
    with qtbot.waitSignal(ready.workspace.catalogChanged, timeout=30_000):
        ready.open_path(table_path)
    qtbot.waitUntil(lambda: ready.workspace.tasks.running == (), timeout=30_000)
    assert ready.workspace.model is None
    assert ready.workspace.preview is None
    assert ready.findChild(QPushButton, "trainButton").isEnabled()


def test_a_time_budget_bounds_the_training(ready: MainWindow, qtbot: QtBot) -> None:
    ready.findChild(QComboBox, "lengthCombo").setCurrentText("seconds")
    ready.findChild(QSpinBox, "secondsSpin").setValue(1)
    press(qtbot, ready, "trainButton")
    qtbot.waitUntil(lambda: ready.workspace.model is not None, timeout=30_000)
    assert ready.workspace.model.seconds < 20


def test_train_repeats_the_training_of_an_opened_session_and_its_loss_has_no_unit(
    window: MainWindow, qtbot: QtBot
) -> None:
    network = NetworkConfig(hidden=8, depth=2)
    config = replace(PRESETS["structure"].config, seed=4, epochs=3, network=network)
    made = drain(fit(simulate(300, seed=6), QualityCuts(), config))
    window.workspace.show(made)
    assert window.findChild(QComboBox, "presetCombo").currentText() == "Structure"
    with qtbot.waitSignal(window.workspace.embeddingChanged, timeout=30_000):
        press(qtbot, window, "trainButton")
    idle(qtbot, window)
    assert window.workspace.model is not made.model
    assert window.workspace.model.id == made.model.id
    facts = window.findChild(Panel, "trainingPanel").facts()
    assert facts == f"test {made.model.report.test_mse:.4f} mag²"

    window.findChild(QSpinBox, "epochsSpin").setValue(LONG)
    start(qtbot, window)
    assert line(window, "trainingBest").startswith("Best ")
    assert "mag" not in line(window, "trainingBest")
    press(qtbot, window, "stopButton")
    idle(qtbot, window)
    window.workspace.show(drain(fit(made.catalog, made.cuts, replace(SHORT, network=network))))
    assert "mag²" in window.findChild(Panel, "trainingPanel").facts()


def test_the_headline_tells_how_well_classes_are_told_apart(window: MainWindow, qtbot: QtBot) -> None:
    sample = simulate(600, seed=6)
    table = sample.table.assign(**{"class": np.where(sample.magnitudes[:, 0] < 20, "STAR", "QSO")})
    catalog = Catalog(table, recognise(table).roles, Provenance("stars.csv"))
    made = drain(fit(catalog, QualityCuts(classes=None), SHORT))
    window.workspace.show(made)
    accuracy = class_accuracy(made.embedding.latent, catalog.labels)
    panel, verdict = window.findChild(Panel, "trainingPanel"), window.findChild(QLabel, "trainingVerdict")
    qtbot.waitUntil(lambda: panel.facts().endswith(f"mag² · classes {accuracy:.3f}"), timeout=30_000)
    assert verdict.text().endswith(f"with a balanced accuracy of {accuracy:.3f}.")


def test_too_few_stars_are_told_in_the_panel(window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.show(Session(simulate(3, seed=1), QualityCuts(zero_flux=False)))
    press(qtbot, window, "trainButton")
    warning = window.findChild(QLabel, "trainingWarning")
    qtbot.waitUntil(lambda: warning.text() != "", timeout=30_000)
    assert "stars" in warning.text()
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "trainButton").isEnabled())


def test_the_same_seed_gives_the_same_map_in_the_window(ready: MainWindow, qtbot: QtBot) -> None:
    ready.findChild(QSpinBox, "epochsSpin").setValue(1)
    ready.findChild(QDoubleSpinBox, "rateSpin").setValue(0.005)
    identities = []
    for _ in range(2):
        with qtbot.waitSignal(ready.workspace.embeddingChanged, timeout=30_000):
            press(qtbot, ready, "trainButton")
        identities.append(ready.workspace.model.id)
        qtbot.waitUntil(lambda: ready.findChild(QPushButton, "trainButton").isEnabled())
    assert identities[0] == identities[1]
