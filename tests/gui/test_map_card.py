"""The latent view's stars are prepared by a worker: what happens meanwhile stays, and late answers are dropped."""

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.selection import Mode
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.gui import map_link
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.session.session import Session


@pytest.fixture(autouse=True)
def as_for_many_stars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the worker for these few stars too."""
    monkeypatch.setattr(map_link, "AT_ONCE", 0)


@pytest.fixture
def star_map(trained: MainWindow) -> StarMap:
    found = trained.findChild(StarMap, "latentView")
    assert found is not None
    return found


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=20_000)


def same(first: QImage, second: QImage) -> bool:
    """Whether two pictures are alike but for Qt's antialiasing, which is not the same each time."""
    channels = [np.frombuffer(image.constBits(), np.uint8).astype(int) for image in (first, second)]
    return channels[0].shape == channels[1].shape and bool(np.abs(channels[0] - channels[1]).max() <= 16)


def test_what_was_selected_and_picked_meanwhile_is_on_the_map(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, session: Session
) -> None:
    workspace = trained.workspace
    workspace.set_model(session)
    assert not star_map.answers
    kept = np.flatnonzero(workspace.kept)
    workspace.select(kept[:200], Mode.REPLACE, "test")
    workspace.set_active(int(kept[3]))
    idle(trained, qtbot)
    assert star_map.answers
    drawn = star_map.grab_image()
    star_map.set_selection(workspace.selection)
    assert same(star_map.grab_image(), drawn)
    star_map.set_selection(np.zeros(len(workspace.selection), bool))
    assert not same(star_map.grab_image(), drawn)
    ringed = star_map.viewport().grab().toImage()
    star_map.set_active(None)
    assert not same(ringed, star_map.viewport().grab().toImage())


def test_the_last_picture_stays_until_the_new_one_is_there(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, session: Session
) -> None:
    before, data = star_map.grab_image(), star_map.data
    trained.workspace.set_model(session)
    assert star_map.data is data
    assert same(star_map.grab_image(), before)
    idle(trained, qtbot)
    assert star_map.data is not data


def test_the_answer_for_a_replaced_embedding_is_dropped(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, session: Session
) -> None:
    workspace = trained.workspace
    workspace.set_model(session)
    workspace.show(Session(catalog=session.catalog, cuts=session.cuts))
    idle(trained, qtbot)
    assert len(star_map.data.x) == 0
    first, second = (_shifted(session, by) for by in (1, 2))
    workspace.set_model(first)
    workspace.set_model(second)
    idle(trained, qtbot)
    np.testing.assert_array_equal(star_map.data.x, second.embedding.latent[:, 0])


def test_the_preview_of_a_training_stays_until_its_stars_are_there(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, session: Session
) -> None:
    workspace = trained.workspace
    workspace.set_preview(np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32))
    shown = star_map.grab_image()
    workspace.set_model(_shifted(session, 1))
    assert same(star_map.grab_image(), shown)
    idle(trained, qtbot)
    assert not same(star_map.grab_image(), shown)
    assert star_map.answers


def test_a_training_that_ends_without_a_model_gives_the_stars_back(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap
) -> None:
    before = star_map.grab_image()
    trained.workspace.set_preview(np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32))
    assert not star_map.answers
    trained.workspace.set_preview(None)
    assert star_map.answers
    assert same(star_map.grab_image(), before)


def _shifted(session: Session, by: float) -> Session:
    """The same work with another embedding."""
    made = session.embedding
    assert made is not None
    embedding = Embedding(made.latent + np.float32(by), made.reconstruction.copy(), made.residual.copy())
    return Session(catalog=session.catalog, cuts=session.cuts, model=session.model, embedding=embedding)
