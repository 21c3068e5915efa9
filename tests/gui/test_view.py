"""A saved session opens as it was shown: its colours, hidden labels and picked star."""

from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.coloring import DENSITY, ColorChoice, Group
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.session.session import Session


def test_a_session_opens_as_it_was_shown(trained: MainWindow, qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    workspace, path = trained.workspace, tmp_path / "shown.stellar"
    choice, hidden = ColorChoice(Group.LABEL, "kind"), frozenset(workspace.catalog.table["kind"][:1])
    star = int(np.flatnonzero(workspace.kept)[5])
    workspace.display.set_color(choice)
    workspace.display.hide_labels(hidden)
    workspace.set_active(star)
    qtbot.waitUntil(lambda: workspace.display.hidden_labels == hidden, timeout=20_000)
    visible = workspace.display.visible
    trained.save_session(path)
    qtbot.waitUntil(path.exists, timeout=20_000)
    qtbot.waitUntil(lambda: workspace.tasks.running == (), timeout=20_000)
    workspace.show(session)
    assert workspace.display.color == DENSITY
    with qtbot.waitSignal(workspace.display.visibleChanged, timeout=20_000):
        trained.open_path(path)
    assert trained.findChild(QComboBox, "colourByCombo").currentData() == choice
    np.testing.assert_array_equal(workspace.display.visible, visible)
    assert workspace.active == star
    assert not workspace.unsaved
    assert not workspace.undo_stack.canUndo()


def test_a_choice_that_is_no_longer_there_is_the_density(trained: MainWindow, session: Session) -> None:
    trained.workspace.display.set_color(ColorChoice(Group.LABEL, "kind"))
    trained.workspace.display.restore(ColorChoice(Group.FINDING, "gone"), frozenset())
    assert trained.workspace.display.color == ColorChoice(Group.LABEL, "kind")
