"""The status bar's messages: what an export wrote, told until it has been read."""

from pathlib import Path

import numpy as np
from PySide6.QtGui import QAction, QStatusTipEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.main_window import MainWindow


def test_an_export_tells_its_rows_and_comes_back_after_a_menus_tip(
    trained: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    bar, path = trained.statusBar(), tmp_path / "picked.csv"
    trained.workspace.select(np.flatnonzero(trained.workspace.kept)[:12], Mode.REPLACE, "test")
    trained.export_selection(path)
    told = f"Exported 12 stars to {path}"
    qtbot.waitUntil(lambda: bar.currentMessage() == told, timeout=20_000)
    tip = trained.findChild(QAction, "actionOpen").statusTip()
    QApplication.sendEvent(trained, QStatusTipEvent(tip))
    assert bar.currentMessage() == tip
    QApplication.sendEvent(trained, QStatusTipEvent(""))
    assert bar.currentMessage() == told


def test_a_message_goes_when_its_time_is_over(trained: MainWindow, qtbot: QtBot) -> None:
    bar = trained.statusBar()
    bar.showMessage("for a moment", 1)
    assert bar.currentMessage() == "for a moment"
    qtbot.waitUntil(lambda: bar.currentMessage() == "")
