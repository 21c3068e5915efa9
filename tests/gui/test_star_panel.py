"""The star panel's link to SkyServer and its list of all columns."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.widgets.row_view import RowView


class Browser(QObject):
    """Takes the place of the web browser and remembers the addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.visited: list[QUrl] = []

    @Slot(QUrl)
    def visit(self, address: QUrl) -> None:
        self.visited.append(address)


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, table_path: Path) -> MainWindow:
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=30_000):
        window.open_path(table_path)
    window.workspace.set_active(7)
    return window


def test_the_star_opens_in_sky_server_by_its_position(opened: MainWindow, qtbot: QtBot) -> None:
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "visit")
    try:
        qtbot.mouseClick(opened.findChild(QPushButton, "skyServerButton"), Qt.MouseButton.LeftButton)
    finally:
        QDesktopServices.unsetUrlHandler("https")
    row = opened.workspace.catalog.table.iloc[7]
    (address,) = browser.visited
    assert address.toString() == (
        f"https://skyserver.sdss.org/dr18/VisualTools/explore/summary?ra={row['ra']}&dec={row['dec']}"
    )


def test_simulated_stars_have_no_page(trained: MainWindow) -> None:
    trained.workspace.set_active(7)
    button = trained.findChild(QPushButton, "skyServerButton")
    assert not button.isEnabled()
    assert "Simulated" in button.toolTip()


def test_all_columns_of_the_star_are_shown(opened: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(opened.findChild(QToolButton, "rowButton"), Qt.MouseButton.LeftButton)
    view = opened.findChild(RowView, "starRow")
    shown = {view.item(k, 0).text(): view.item(k, 1).text() for k in range(view.rowCount())}
    table = opened.workspace.catalog.table
    assert list(shown) == list(table.columns)
    assert shown["objid"] == str(table["objid"].iloc[7])
    opened.workspace.set_active(8)
    assert view.item(0, 1).text() == str(table["objid"].iloc[8])
