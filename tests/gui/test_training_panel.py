"""Training in the window: start, pause, resume, stop, errors, and closing in the middle."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.session.session import Session

LONG = 100_000


@pytest.fixture
def ready(window: MainWindow) -> MainWindow:
    """A window on 1,200 stars, set to train for so long that only Stop ends it."""
    window.workspace.show(Session(simulate(1200, seed=2)))
    window.findChild(QSpinBox, "epochsSpin").setValue(LONG)
    return window


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def start(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.workspace.previewChanged, timeout=30_000):
        press(qtbot, window, "trainButton")


def line(window: MainWindow) -> str:
    return window.findChild(QLabel, "trainingLine").full_text()


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


@pytest.mark.parametrize("paused", [False, True])
def test_closing_the_window_while_it_trains_joins_the_thread(ready: MainWindow, qtbot: QtBot, paused: bool) -> None:
    start(qtbot, ready)
    (task,) = [task for task in ready.workspace.tasks.running if task.title == "Training"]
    if paused:
        press(qtbot, ready, "pauseButton")
    ready.close()
    assert not ready.isVisible()
    assert ready.workspace.tasks.running == ()
    assert task.join()


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
