"""Unsaved work of an earlier window stays within reach: above the map, in the File menu and on the welcome page."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QLabel, QMessageBox, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.progress import drain
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import save_session


def opened(qtbot: QtBot, path: Path) -> MainWindow:
    made = MainWindow()
    qtbot.addWidget(made, before_close_func=lambda window: window.workspace.mark_saved())
    made.show()
    with qtbot.waitSignal(made.workspace.catalogChanged, timeout=20_000):
        made.open_path(path)
    qtbot.waitUntil(lambda: made.workspace.tasks.running == (), timeout=20_000)
    return made


@pytest.fixture
def left(qtbot: QtBot, session: Session, tmp_path: Path) -> Path:
    """A session file whose window was closed with a selection that is not saved."""
    path = tmp_path / "work.stellar"
    drain(save_session(session, path))
    first = opened(qtbot, path)
    first.workspace.select(np.array([7, 8]), Mode.REPLACE, "test")
    first.close()
    return path


def bar(window: MainWindow) -> QFrame:
    return window.findChild(QFrame, "restoreBar")


def click(qtbot: QtBot, button: QPushButton | QToolButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def restored(window: MainWindow, path: Path) -> None:
    assert np.flatnonzero(window.workspace.selection).tolist() == [7, 8]
    assert window.windowTitle().startswith(path.name)
    assert window.isWindowModified()
    assert bar(window).isHidden()
    assert not window.findChild(QAction, "actionRestoreUnsaved").isEnabled()


def test_above_the_map_of_what_was_opened_at_the_start(qtbot: QtBot, left: Path, table_path: Path) -> None:
    window = opened(qtbot, table_path)
    assert bar(window).isVisible()
    assert "work.stellar" in bar(window).findChild(QLabel, "restoreText").full_text()
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        click(qtbot, bar(window).findChild(QPushButton, "restoreButton"))
    restored(window, left)


def test_in_the_file_menu_after_the_bar_was_put_away(qtbot: QtBot, left: Path, table_path: Path) -> None:
    window = opened(qtbot, table_path)
    click(qtbot, bar(window).findChild(QToolButton, "restoreLaterButton"))
    assert bar(window).isHidden()
    action = window.findChild(QAction, "actionRestoreUnsaved")
    assert "work.stellar" in action.text()
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        action.trigger()
    restored(window, left)


def test_on_the_welcome_page_by_the_name_of_its_session(qtbot: QtBot, left: Path) -> None:
    window = MainWindow()
    qtbot.addWidget(window, before_close_func=lambda window: window.workspace.mark_saved())
    window.show()
    assert bar(window).isHidden()
    row = window.findChild(QPushButton, "recoverButton")
    assert "work.stellar" in row.accessibleName()
    assert all("\N{HORIZONTAL ELLIPSIS}" not in label.text() for label in row.findChildren(QLabel))
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        click(qtbot, row)
    restored(window, left)


def test_discarded_work_is_asked_about_and_gone(qtbot: QtBot, left: Path, table_path: Path) -> None:
    window = opened(qtbot, table_path)
    discard = bar(window).findChild(QPushButton, "discardUnsavedButton")
    click(qtbot, discard)
    window.findChild(QMessageBox, "discardDialog").button(QMessageBox.StandardButton.Cancel).click()
    assert bar(window).isVisible()
    click(qtbot, discard)
    box = window.findChildren(QMessageBox, "discardDialog")[-1]
    next(button for button in box.buttons() if button.text() == "Discard").click()
    assert bar(window).isHidden()
    window.close()
    again = opened(qtbot, table_path)
    assert bar(again).isHidden()
    assert not again.findChild(QAction, "actionRestoreUnsaved").isEnabled()
