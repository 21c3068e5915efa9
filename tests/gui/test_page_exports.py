"""A report and a script out of the real window."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.theme import DARK, LIGHT
from stellar_gui.session.report.style import STYLE


def choose(window: MainWindow, name: str) -> None:
    """Click an entry of the File menu."""
    action = window.findChild(QAction, name)
    menu = next(menu for menu in window.menuBar().findChildren(QMenu) if menu.title() == "&File")
    assert action in menu.actions() and action.isEnabled()
    action.trigger()


@pytest.mark.parametrize(
    ("action", "dialog", "ending", "beginning"),
    [
        ("actionExportReport", "reportFileDialog", "html", "<!DOCTYPE html>"),
        ("actionExportScript", "scriptFileDialog", "py", '"""Repeats a session of Stellar GUI'),
    ],
)
def test_a_page_is_written_by_the_file_menu(
    qtbot: QtBot, trained: MainWindow, tmp_path: Path, action: str, dialog: str, ending: str, beginning: str
) -> None:
    choose(trained, action)
    files = trained.findChild(QFileDialog, dialog)
    qtbot.waitUntil(files.isVisible)
    field = files.findChild(QLineEdit, "fileNameEdit")
    assert field.text().endswith(f".{ending}")
    files.setDirectory(str(tmp_path))
    files.selectFile("mine")
    save = files.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Exported to" in trained.statusBar().currentMessage(), timeout=60_000)
    assert (tmp_path / f"mine.{ending}").read_text(encoding="utf-8").startswith(beginning)


def test_without_stars_there_is_nothing_to_write(window: MainWindow) -> None:
    for name in ("actionExportReport", "actionExportScript"):
        action = window.findChild(QAction, name)
        assert not action.isEnabled() and "Open a table" in action.toolTip()


def test_the_page_wears_the_colours_of_the_window() -> None:
    light, _, dark = STYLE.partition("prefers-color-scheme: dark")
    for part, colors in ((light, LIGHT), (dark, DARK)):
        written = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", part))
        for name in ("sunken", "border", "text", "muted", "primary", "warning", "ink"):
            assert written[name] == getattr(colors, name)
        assert written["page"] == colors.card
