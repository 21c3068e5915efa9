"""The shared state: selections, cuts and undo, and what happens when another catalogue is shown."""

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.findings import Finding
from stellar_gui.analysis.selection import Mode, combine
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.workspace import NO_STAR, Workspace
from stellar_gui.session.session import Session

STARS = 60


@pytest.fixture
def workspace(qapp: object, qtbot: QtBot) -> Workspace:
    made = Workspace()
    made.show(Session(simulate(STARS, seed=5), QualityCuts(zero_flux=False)))
    yield made
    made.tasks.shut_down()


def test_a_gesture_is_one_undo_step_with_its_name(workspace: Workspace, qtbot: QtBot) -> None:
    with qtbot.waitSignal(workspace.selectionChanged):
        workspace.select(np.array([1, 4, 7]), Mode.REPLACE, "lasso, 3 stars")
    assert np.flatnonzero(workspace.selection & workspace.kept).tolist() == [1, 4, 7]
    assert workspace.undo_stack.undoText() == "lasso, 3 stars"
    workspace.undo_stack.undo()
    assert not workspace.selection.any()
    workspace.undo_stack.redo()
    assert workspace.selection.sum() == 3


def test_a_selection_alone_is_not_asked_about_but_ratings_and_columns_are(workspace: Workspace) -> None:
    workspace.select_all()
    assert not workspace.unsaved
    workspace.findings.put(Finding("rating", "Rating", np.zeros(STARS, dtype=np.int16), labels={0: "odd"}), "rate")
    assert workspace.unsaved
    workspace.undo_stack.undo()
    assert not workspace.unsaved
    workspace.extend(workspace.catalog)
    assert workspace.unsaved
    workspace.mark_saved()
    assert not workspace.unsaved


def test_every_change_of_a_saved_session_is_unsaved(workspace: Workspace) -> None:
    workspace.mark_saved()
    workspace.select_all()
    assert workspace.unsaved
    workspace.undo_stack.undo()
    assert not workspace.unsaved
    workspace.show(Session(simulate(STARS, seed=5)))
    workspace.select_all()
    assert not workspace.unsaved


def test_a_gesture_that_changes_nothing_is_no_step(workspace: Workspace) -> None:
    workspace.select(np.array([], dtype=int), Mode.REPLACE, "lasso, 0 stars")
    assert workspace.undo_stack.count() == 0


@pytest.mark.parametrize("mode", Mode)
def test_a_gesture_can_be_changed_until_the_selection_changes_otherwise(
    workspace: Workspace, qtbot: QtBot, mode: Mode
) -> None:
    kept = np.flatnonzero(workspace.kept)
    workspace.select(kept[:20], Mode.REPLACE, "before")
    base, view = workspace.selection.copy(), object()
    assert workspace.gesture_source is None
    workspace.select(kept[10:30], mode, "rectangle", view)
    with qtbot.assertNotEmitted(workspace.gestureChanged):
        workspace.reselect(kept[5:15], "edit rectangle")
    assert workspace.gesture_source is view
    hit = np.isin(np.arange(STARS), kept[5:15])
    np.testing.assert_array_equal(workspace.selection, combine(base, hit, mode))
    assert workspace.undo_stack.undoText() == "edit rectangle"
    with qtbot.waitSignal(workspace.gestureChanged):
        workspace.undo_stack.undo()
    assert workspace.gesture_source is None
    undone = workspace.selection.copy()
    workspace.reselect(kept, "too late")
    np.testing.assert_array_equal(workspace.selection, undone)
    workspace.undo_stack.redo()
    assert workspace.gesture_source is None


def test_the_selection_cannot_be_written_to(workspace: Workspace) -> None:
    workspace.select_all()
    with pytest.raises(ValueError, match="read-only"):
        workspace.selection[0] = False


def test_a_star_that_no_longer_takes_part_is_not_selected_until_it_does_again(
    workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.select_all()
    before = workspace.selection.copy()
    workspace.set_active(int(np.flatnonzero(before)[0]))
    with qtbot.waitSignal(workspace.qualityChanged):
        workspace.set_cuts(QualityCuts(zero_flux=False, magnitude_range=(0.0, 1.0)), "narrow")
    assert not workspace.selection.any()
    assert workspace.active == NO_STAR
    with qtbot.waitSignal(workspace.qualityChanged):
        workspace.undo_stack.undo()
    np.testing.assert_array_equal(workspace.selection, before)


def test_another_session_starts_a_new_undo_stack(workspace: Workspace) -> None:
    workspace.select_all()
    workspace.show(Session(simulate(10, seed=1)))
    assert workspace.undo_stack.count() == 0
    assert workspace.selection.shape == (10,)
    assert workspace.active == NO_STAR


def test_an_answer_for_a_replaced_catalogue_is_dropped(workspace: Workspace, qtbot: QtBot) -> None:
    workspace.set_cuts(QualityCuts(magnitude_range=(0.0, 1.0)), "narrow")
    workspace.show(Session(simulate(10, seed=1)))
    qtbot.waitUntil(lambda: workspace.tasks.running == ())
    assert workspace.kept.shape == (10,)
    assert workspace.kept.any()


class SelectionHistory(RuleBasedStateMachine):
    """A user who selects, undoes and redoes at random; a plain list of masks is the oracle."""

    @initialize()
    def open(self) -> None:
        self.workspace = Workspace()
        self.workspace.show(Session(simulate(STARS, seed=5), QualityCuts(zero_flux=False)))
        self.history = [self.workspace.selection.copy()]
        self.place = 0
        self.last: tuple[np.ndarray, Mode] | None = None

    def _did(self, expected: np.ndarray) -> None:
        if not np.array_equal(expected, self.history[self.place]):
            self.history[self.place + 1 :] = [expected]
            self.place += 1

    @rule(rows=st.sets(st.integers(0, STARS - 1)), mode=st.sampled_from(Mode))
    def select(self, rows: set[int], mode: Mode) -> None:
        hit = np.isin(np.arange(STARS), sorted(rows)) & self.workspace.kept
        self.last = self.workspace.selection.copy(), mode
        self._did(combine(self.workspace.selection, hit, mode))
        self.workspace.select(np.flatnonzero(hit), mode, "gesture", self)

    @rule(rows=st.sets(st.integers(0, STARS - 1)))
    def edit(self, rows: set[int]) -> None:
        hit = np.isin(np.arange(STARS), sorted(rows)) & self.workspace.kept
        if self.last is not None:
            self._did(combine(self.last[0], hit, self.last[1]))
        self.workspace.reselect(np.flatnonzero(hit), "edit")

    @rule()
    def invert(self) -> None:
        self.last = None
        self._did(self.workspace.kept & ~self.workspace.selection)
        self.workspace.invert_selection()

    @precondition(lambda self: self.place > 0)
    @rule()
    def undo(self) -> None:
        self.last = None
        self.place -= 1
        self.workspace.undo_stack.undo()

    @precondition(lambda self: self.place < len(self.history) - 1)
    @rule()
    def redo(self) -> None:
        self.last = None
        self.place += 1
        self.workspace.undo_stack.redo()

    @invariant()
    def selection_is_as_the_history_says(self) -> None:
        if hasattr(self, "history"):
            np.testing.assert_array_equal(self.workspace.selection, self.history[self.place])


def test_any_history_of_gestures_undoes_and_redoes_exactly(qapp: object) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        SelectionHistory,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
