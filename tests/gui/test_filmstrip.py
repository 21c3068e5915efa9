"""The film of a training below the map: scrubbed, played, closed, and in the way of nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QSlider, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from stellar_gui.autoencoder.film import Film
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.gui.filmstrip import Filmstrip
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.session.session import Session

FRAMES = 6


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=30_000)


@pytest.fixture
def filmed(window: MainWindow, qtbot: QtBot, session: Session) -> MainWindow:
    """A shown window on a session with two runs: the one shown has a film of six frames, the other has none."""
    rng = np.random.default_rng(0)
    latent = rng.normal(size=(FRAMES, 300, 2)).astype(np.float16)
    film = Film(latent, 2 * np.arange(1, FRAMES + 1), 1 / np.arange(1.0, FRAMES + 1))
    other = replace(session.run, model=replace(session.model), name="without")
    window.workspace.show(replace(session, runs=(replace(session.run, film=film), other)))
    idle(window, qtbot)
    window.findChild(QAction, "actionShowFilm").trigger()
    return window


@pytest.fixture
def slider(filmed: MainWindow) -> QSlider:
    return filmed.findChild(QSlider, "filmstripSlider")


def test_the_strip_opens_at_the_end_where_all_stars_are_shown(filmed: MainWindow, slider: QSlider) -> None:
    assert slider.isVisible() and slider.value() == slider.maximum() == FRAMES - 1
    assert filmed.workspace.preview is None
    assert filmed.findChild(StarMap, "latentView").answers
    assert filmed.findChild(QLabel, "filmstripLabel").text() == "epoch 12 of 12 · 0.1667 mag²"


def test_scrubbing_shows_the_frame_and_keeps_the_view(filmed: MainWindow, slider: QSlider, qtbot: QtBot) -> None:
    star_map, film = filmed.findChild(StarMap, "latentView"), filmed.workspace.runs.current.film
    view = star_map.view_range()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    np.testing.assert_array_equal(filmed.workspace.preview, film.frame(0))
    assert filmed.findChild(QLabel, "filmstripLabel").text() == "epoch 2 of 12 · 1.0000 mag²"
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    np.testing.assert_array_equal(filmed.workspace.preview, film.frame(1))
    assert not star_map.answers and star_map.view_range() == view
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert filmed.workspace.preview is None and star_map.answers
    assert star_map.view_range() == view


@pytest.mark.parametrize("where", ["slider", "map", "button"])
def test_escape_and_the_cross_bring_all_stars_back(
    filmed: MainWindow, slider: QSlider, qtbot: QtBot, where: str
) -> None:
    star_map = filmed.findChild(StarMap, "latentView")
    filmed.workspace.select_all()
    slider.setValue(2)
    if where == "button":
        qtbot.mouseClick(filmed.findChild(QToolButton, "filmstripClose"), Qt.MouseButton.LeftButton)
    else:
        qtbot.keyClick(slider if where == "slider" else star_map, Qt.Key.Key_Escape)
    assert filmed.workspace.preview is None and star_map.answers
    assert not slider.isVisible()
    assert filmed.workspace.selection.any()


def test_the_film_plays_to_its_end(filmed: MainWindow, slider: QSlider, qtbot: QtBot) -> None:
    seen: list[int] = []
    slider.valueChanged.connect(seen.append)
    qtbot.mouseClick(filmed.findChild(QToolButton, "filmstripPlay"), Qt.MouseButton.LeftButton)
    pause = filmed.findChild(QToolButton, "filmstripPause")
    assert pause.isVisible()
    qtbot.waitUntil(lambda: not pause.isVisible())
    assert seen == list(range(FRAMES))
    assert filmed.workspace.preview is None


def test_a_run_without_a_film_has_no_strip(filmed: MainWindow, slider: QSlider, qtbot: QtBot) -> None:
    slider.setValue(1)
    filmed.workspace.runs.switch_to(filmed.workspace.runs.all[1])
    idle(filmed, qtbot)
    assert not slider.isVisible() and filmed.workspace.preview is None
    assert filmed.findChild(StarMap, "latentView").answers
    action = filmed.findChild(QAction, "actionShowFilm")
    assert not action.isEnabled() and "no film" in action.toolTip()


def test_stars_drawn_anew_leave_the_frame_in_place(filmed: MainWindow, slider: QSlider, qtbot: QtBot) -> None:
    star_map = filmed.findChild(StarMap, "latentView")
    slider.setValue(1)
    filmed.workspace.set_cuts(QualityCuts(magnitude_range=(0.0, 20.0)), "narrow")
    idle(filmed, qtbot)
    assert filmed.workspace.film_shown and not star_map.answers
    slider.setValue(slider.maximum())
    assert star_map.answers and len(star_map.data.index) == filmed.workspace.kept.sum()


def test_a_training_closes_the_film_and_opens_its_own(filmed: MainWindow, slider: QSlider, qtbot: QtBot) -> None:
    workspace = filmed.workspace
    slider.setValue(1)
    filmed.findChild(QSpinBox, "epochsSpin").setValue(100_000)
    with qtbot.waitSignal(workspace.previewChanged, timeout=30_000):
        qtbot.mouseClick(filmed.findChild(QPushButton, "trainButton"), Qt.MouseButton.LeftButton)
    assert not slider.isVisible() and workspace.runs.recording and not workspace.film_shown
    assert not filmed.findChild(QAction, "actionShowFilm").isEnabled()
    for _ in range(3):
        with qtbot.waitSignal(workspace.previewChanged, timeout=30_000):
            pass
    qtbot.mouseClick(filmed.findChild(QPushButton, "stopButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(workspace.runs.all) == 3, timeout=30_000)
    idle(filmed, qtbot)
    film = workspace.runs.current.film
    assert slider.isVisible() and len(film) >= 3 and slider.maximum() == len(film) - 1
    final = workspace.embedding.latent[workspace.kept]
    distance = np.linalg.norm(film.frame(len(film) - 1)[:, None] - final[None, :50], axis=2)
    np.testing.assert_allclose(distance.min(axis=0), 0, atol=0.01)


def test_a_training_that_ends_without_a_model_leaves_no_film(
    window: MainWindow, qtbot: QtBot, session: Session
) -> None:
    workspace = window.workspace
    workspace.show(Session(session.catalog))
    window.findChild(QSpinBox, "epochsSpin").setValue(100_000)
    with qtbot.waitSignal(workspace.previewChanged, timeout=30_000):
        qtbot.mouseClick(window.findChild(QPushButton, "trainButton"), Qt.MouseButton.LeftButton)
    (task,) = [task for task in workspace.tasks.running if task.title == "Training"]
    task.cancel()
    idle(window, qtbot)
    assert not workspace.runs.recording and workspace.preview is None
    assert not window.findChild(Filmstrip, "filmstrip").isVisible()


def test_a_film_is_exported_as_an_animated_picture(filmed: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "training.gif"
    filmed.export_film(target)
    qtbot.waitUntil(target.exists, timeout=20_000)
    canvas = filmed.findChild(StarMap, "latentView").viewport()
    with Image.open(target) as picture:
        assert picture.n_frames == FRAMES
        assert picture.size == (canvas.width(), canvas.height())
        first = np.asarray(picture.convert("RGB"))
        picture.seek(FRAMES - 1)
        assert (np.asarray(picture.convert("RGB")) != first).any()
    assert filmed.workspace.preview is None


def test_a_film_that_cannot_be_written_is_told_in_a_sentence(filmed: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(filmed.workspace.errorReported, timeout=20_000) as told:
        filmed.export_film(tmp_path / "nowhere" / "training.gif")
    assert "folder does not exist" in str(told.args[0])
