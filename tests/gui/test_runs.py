"""Several trainings in a list: switching, renaming, deleting and undo, by the objects and by keyboard and mouse."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.selection import Mode
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.theme import DARK, LIGHT
from stellar_gui.gui.views.stamp import stamp
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.widgets.panel import Panel
from stellar_gui.gui.widgets.run_list import RunList
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_session

NARROW = QualityCuts(magnitude_range=(0.0, 20.0))


@pytest.fixture(scope="module")
def other(session: Session) -> Session:
    """Another training of the same stars."""
    return drain(fit(session.catalog, session.cuts, TrainingConfig(seed=9, epochs=1)))


@pytest.fixture
def workspace(qapp: object, session: Session, other: Session) -> Generator[Workspace, None, None]:
    """Two runs, the second one shown."""
    made = Workspace()
    made.show(session)
    made.set_model(other)
    yield made
    made.tasks.shut_down()


def idle(workspace: Workspace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: workspace.tasks.running == (), timeout=30_000)


def names(workspace: Workspace) -> list[str]:
    return [run.name for run in workspace.runs.all]


def test_a_finished_training_is_another_run_and_the_current_one(workspace: Workspace, other: Session) -> None:
    assert names(workspace) == ["reconstruct, seed 1", "reconstruct, seed 9"]
    assert workspace.runs.current is workspace.runs.all[1]
    assert workspace.model is other.model and workspace.embedding is other.embedding
    assert workspace.runs.current.picture.sum() > 0
    assert workspace.unsaved


def test_the_same_settings_again_are_numbered(workspace: Workspace, other: Session) -> None:
    workspace.set_model(replace(other, model=replace(other.model), runs=()))
    assert names(workspace)[-1] == "reconstruct, seed 9 (2)"


def test_switching_places_the_stars_and_leaves_selection_and_subsets(
    workspace: Workspace, qtbot: QtBot, session: Session
) -> None:
    rows = np.flatnonzero(workspace.kept)[:50]
    workspace.select(rows, Mode.REPLACE, "lasso")
    first, second = workspace.runs.all
    with qtbot.waitSignal(workspace.embeddingChanged), qtbot.assertNotEmitted(workspace.qualityChanged):
        workspace.runs.switch_to(first)
        assert workspace.runs.current is second and workspace.runs.wanted is first
        assert workspace.embedding is not None
    assert workspace.model is session.model
    assert workspace.runs.current.model is first.model
    np.testing.assert_array_equal(workspace.embedding.latent, session.embedding.latent)
    np.testing.assert_array_equal(np.flatnonzero(workspace.selection), rows)
    assert workspace.undo_stack.undoText() == "lasso"


def test_a_run_is_placed_under_the_cuts_of_today(workspace: Workspace, qtbot: QtBot, session: Session) -> None:
    workspace.set_cuts(NARROW, "narrow")
    idle(workspace, qtbot)
    workspace.runs.switch_to(workspace.runs.all[0])
    idle(workspace, qtbot)
    assert workspace.model is session.model
    np.testing.assert_array_equal(np.isfinite(workspace.embedding.error), workspace.kept)
    assert workspace.kept.sum() < session.quality.kept.sum()


@pytest.mark.parametrize("cuts_first", [True, False])
def test_cuts_and_runs_that_change_together_both_hold(
    workspace: Workspace, qtbot: QtBot, session: Session, cuts_first: bool
) -> None:
    steps = [lambda: workspace.set_cuts(NARROW, "narrow"), lambda: workspace.runs.switch_to(workspace.runs.all[0])]
    for step in steps if cuts_first else steps[::-1]:
        step()
    idle(workspace, qtbot)
    assert workspace.model is session.model and workspace.cuts == NARROW
    np.testing.assert_array_equal(np.isfinite(workspace.embedding.error), workspace.kept)


def test_the_run_that_was_asked_for_last_is_shown(workspace: Workspace, qtbot: QtBot, other: Session) -> None:
    first, second = workspace.runs.all
    workspace.runs.switch_to(first)
    workspace.runs.switch_to(second)
    idle(workspace, qtbot)
    assert workspace.model is other.model
    np.testing.assert_array_equal(workspace.embedding.latent, other.embedding.latent)


def test_names_are_kept_apart_and_renaming_is_undone(workspace: Workspace) -> None:
    first, second = workspace.runs.all
    workspace.runs.rename(first, "  for the\n paper ")
    workspace.runs.rename(second, "for the paper")
    workspace.runs.rename(second, "   ")
    assert names(workspace) == ["for the paper", "for the paper (2)"]
    assert workspace.undo_stack.undoText() == "rename run reconstruct, seed 9"
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert names(workspace) == ["reconstruct, seed 1", "reconstruct, seed 9"]
    workspace.undo_stack.redo()
    assert names(workspace) == ["for the paper", "reconstruct, seed 9"]


def test_a_deleted_run_gives_way_to_its_neighbour_and_comes_back(
    workspace: Workspace, qtbot: QtBot, session: Session, other: Session
) -> None:
    first, second = workspace.runs.all
    workspace.runs.delete(second)
    assert workspace.session().model is session.model
    idle(workspace, qtbot)
    assert names(workspace) == [first.name] and workspace.model is session.model
    workspace.undo_stack.undo()
    idle(workspace, qtbot)
    assert names(workspace) == [first.name, second.name] and workspace.model is other.model
    assert workspace.runs.current.picture is not None
    workspace.runs.delete(first)
    assert workspace.model is other.model and workspace.tasks.running == ()


def test_trainings_made_after_a_deletion_stay_when_it_is_undone(
    workspace: Workspace, qtbot: QtBot, other: Session
) -> None:
    workspace.runs.delete(workspace.runs.all[0])
    workspace.set_model(replace(other, model=replace(other.model), runs=()))
    workspace.undo_stack.undo()
    assert names(workspace) == ["reconstruct, seed 1", "reconstruct, seed 9", "reconstruct, seed 9 (2)"]
    assert workspace.runs.current is workspace.runs.all[2]


@pytest.mark.parametrize("checking", [False, True])
def test_without_its_last_run_nothing_is_trained(workspace: Workspace, qtbot: QtBot, checking: bool) -> None:
    if checking:
        workspace.set_cuts(NARROW, "narrow")
    for run in workspace.runs.all:
        workspace.runs.delete(run)
    idle(workspace, qtbot)
    assert workspace.runs.all == () and workspace.model is None and workspace.embedding is None
    assert not workspace.unsaved and workspace.session().runs == ()
    workspace.undo_stack.undo()
    idle(workspace, qtbot)
    assert workspace.model is not None
    np.testing.assert_array_equal(np.isfinite(workspace.embedding.error), workspace.kept)


def test_a_run_that_cannot_be_placed_leaves_the_one_shown(workspace: Workspace, qtbot: QtBot, other: Session) -> None:
    dusty = replace(other.model, config=replace(other.model.config, deredden=True))
    workspace.show(replace(other, runs=(replace(other.run, model=dusty, name="dusty"), *other.runs)))
    heard = []
    workspace.errorReported.connect(heard.append)
    workspace.runs.switch_to(workspace.runs.all[0])
    idle(workspace, qtbot)
    assert "extinction" in str(heard[0])
    assert workspace.runs.current.name == workspace.runs.wanted.name == "reconstruct, seed 9"
    assert workspace.model is other.model


def test_columns_that_no_network_reads_leave_the_runs(workspace: Workspace, qtbot: QtBot, other: Session) -> None:
    workspace.mark_saved()
    with qtbot.waitSignal(workspace.catalogChanged, timeout=30_000):
        workspace.set_columns({"redshift": "ra"})
    assert workspace.model is other.model and len(workspace.runs.all) == 2 and workspace.unsaved
    np.testing.assert_array_equal(workspace.embedding.latent, other.embedding.latent)
    with qtbot.waitSignal(workspace.catalogChanged, timeout=30_000):
        workspace.set_columns({"u": "g", "g": "u"})
    assert workspace.runs.all == () and workspace.embedding is None and workspace.unsaved


def test_another_session_brings_its_own_runs(workspace: Workspace, session: Session) -> None:
    workspace.show(Session(session.catalog))
    assert workspace.runs.all == () and workspace.model is None
    workspace.show(session)
    assert names(workspace) == ["reconstruct, seed 1"]


def test_runs_are_saved_with_the_session_and_all_come_back(
    trained: MainWindow, qtbot: QtBot, other: Session, tmp_path: Path
) -> None:
    workspace = trained.workspace
    workspace.set_model(other)
    workspace.runs.rename(workspace.runs.all[0], "reference")
    trained.save_session(tmp_path / "runs.stellar")
    idle(workspace, qtbot)
    assert not workspace.unsaved
    found = drain(load_session(tmp_path / "runs.stellar"))
    assert [run.name for run in found.runs] == ["reference", "reconstruct, seed 9"]
    assert found.run is found.runs[1]
    workspace.show(found)
    idle(workspace, qtbot)
    workspace.runs.switch_to(workspace.runs.all[0])
    idle(workspace, qtbot)
    assert workspace.runs.current.name == "reference"


@pytest.fixture
def runs(trained: MainWindow, qtbot: QtBot, other: Session) -> RunList:
    """The list of two runs, in front and with the keyboard on it."""
    trained.workspace.set_model(other)
    trained.findChild(QAction, "actionResetLayout").trigger()
    trained.findChild(Panel, "runsPanel").raise_()
    found = trained.findChild(RunList, "runList")
    qtbot.waitUntil(lambda: found.isVisible() and not found.visibleRegion().isEmpty())
    found.setFocus()
    return found


def test_the_list_has_the_newest_run_first_and_says_which_is_shown(runs: RunList, trained: MainWindow) -> None:
    texts = [runs.model().index(k, 0).data(Qt.ItemDataRole.AccessibleTextRole) for k in range(2)]
    assert texts[0].startswith("reconstruct, seed 9, shown, reconstruct · 1 epoch · seed 9, test error")
    assert texts[1].startswith("reconstruct, seed 1, reconstruct · 2 epochs · seed 1, test error")
    assert texts[1].endswith(" mag²")
    assert runs.currentIndex().row() == 0
    assert trained.findChild(Panel, "runsPanel").facts() == "2 runs"


def test_a_click_switches_every_view(runs: RunList, trained: MainWindow, qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(trained.workspace.embeddingChanged):
        place = runs.visualRect(runs.model().index(1, 0)).center()
        qtbot.mouseClick(runs.viewport(), Qt.MouseButton.LeftButton, pos=place)
    idle(trained.workspace, qtbot)
    assert trained.workspace.model is session.model
    latent = trained.findChild(StarMap, "latentView").data.x
    np.testing.assert_array_equal(latent, session.embedding.latent[:, 0])
    assert trained.findChild(QSpinBox, "seedSpin") is not None


def test_arrows_move_and_enter_switches(runs: RunList, trained: MainWindow, qtbot: QtBot, session: Session) -> None:
    qtbot.keyClick(runs, Qt.Key.Key_Down)
    assert trained.workspace.tasks.running == ()
    with qtbot.waitSignal(trained.workspace.embeddingChanged):
        qtbot.keyClick(runs, Qt.Key.Key_Return)
    assert trained.workspace.model is session.model


def test_f2_renames_in_place(runs: RunList, trained: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(runs, Qt.Key.Key_F2)
    editor = runs.findChild(QLineEdit, "runNameEdit")
    assert editor.text() == "reconstruct, seed 9"
    editor.selectAll()
    qtbot.keyClicks(editor, "best so far")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: trained.workspace.runs.current.name == "best so far")


def test_delete_asks_nothing_and_undo_brings_back(runs: RunList, trained: MainWindow, qtbot: QtBot) -> None:
    workspace = trained.workspace
    for left in (1, 0):
        qtbot.keyClick(runs, Qt.Key.Key_Delete)
        idle(workspace, qtbot)
        assert len(workspace.runs.all) == left
    assert workspace.embedding is None and not runs.isVisible()
    for _ in range(2):
        trained.findChild(QAction, "actionUndo").trigger()
        idle(workspace, qtbot)
    assert names(workspace) == ["reconstruct, seed 1", "reconstruct, seed 9"]
    assert workspace.runs.current.name == "reconstruct, seed 9"


def test_twenty_runs_are_listed(trained: MainWindow, other: Session, qtbot: QtBot) -> None:
    for _ in range(19):
        trained.workspace.set_model(replace(other, model=replace(other.model), runs=()))
    assert trained.findChild(RunList, "runList").model().rowCount() == 20
    assert len(set(names(trained.workspace))) == 20
    trained.findChild(Panel, "runsPanel").raise_()
    assert not trained.grab().isNull()
    idle(trained.workspace, qtbot)


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_a_picture_wears_the_theme(colors: object) -> None:
    counts = np.zeros((64, 64), np.uint16)
    counts[10, 20], counts[30, 30] = 1, 50
    image = stamp(counts, colors)
    assert image.pixelColor(0, 0).name() == colors.card
    shades = [image.pixelColor(*place).name() for place in ((20, 10), (30, 30))]
    assert len({colors.card, *shades}) == 3


def test_the_panel_is_a_tab_behind_the_training(window: MainWindow, qtbot: QtBot) -> None:
    training, runs = window.findChild(Panel, "trainingPanel"), window.findChild(Panel, "runsPanel")
    window.findChild(QAction, "actionResetLayout").trigger()
    assert window.tabifiedDockWidgets(training) == [runs]
    qtbot.waitUntil(lambda: not training.visibleRegion().isEmpty() and runs.visibleRegion().isEmpty())


def test_training_twice_in_the_window_makes_two_runs_with_films(
    window: MainWindow, qtbot: QtBot, session: Session
) -> None:
    workspace = window.workspace
    workspace.show(Session(session.catalog))
    window.findChild(QSpinBox, "epochsSpin").setValue(3)
    for count in (1, 2):
        qtbot.mouseClick(window.findChild(QPushButton, "trainButton"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda count=count: len(workspace.runs.all) == count, timeout=30_000)
        idle(workspace, qtbot)
    assert names(workspace) == ["reconstruct, seed 0", "reconstruct, seed 0 (2)"]
    assert not workspace.runs.recording
