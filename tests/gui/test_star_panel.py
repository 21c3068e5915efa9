"""The star panel's link to SkyServer and its list of all columns."""

from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QCheckBox, QMessageBox, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.settings import Settings
from stellar_gui.gui.sky_server import no_sky_server_page, sky_server_url
from stellar_gui.gui.widgets.row_view import RowView
from tests.catalog.tables import opened as read


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


@pytest.fixture
def browser() -> Generator[Browser, None, None]:
    made = Browser()
    QDesktopServices.setUrlHandler("https", made, "visit")
    yield made
    QDesktopServices.unsetUrlHandler("https")


def click(window: MainWindow, qtbot: QtBot, kind: type, name: str) -> None:
    qtbot.mouseClick(window.findChild(kind, name), Qt.MouseButton.LeftButton)


def address_of(window: MainWindow, row: int) -> str:
    star = window.workspace.catalog.table.iloc[row]
    return f"https://skyserver.sdss.org/dr18/VisualTools/explore/summary?ra={star['ra']}&dec={star['dec']}"


def test_the_star_opens_in_sky_server_by_its_position_once_the_user_agrees(
    opened: MainWindow, qtbot: QtBot, browser: Browser
) -> None:
    click(opened, qtbot, QPushButton, "skyServerButton")
    assert browser.visited == []
    assert opened.findChild(QMessageBox, "skyServerDialog").informativeText() == address_of(opened, 7)
    click(opened, qtbot, QPushButton, "skyServerOpen")
    assert [address.toString() for address in browser.visited] == [address_of(opened, 7)]


def test_a_refusal_opens_nothing(opened: MainWindow, qtbot: QtBot, browser: Browser) -> None:
    click(opened, qtbot, QPushButton, "skyServerButton")
    qtbot.keyClick(opened.findChild(QMessageBox, "skyServerDialog"), Qt.Key.Key_Escape)
    assert browser.visited == []
    assert not Settings().opens_sky_server


def test_a_remembered_yes_is_not_asked_again(opened: MainWindow, qtbot: QtBot, browser: Browser) -> None:
    click(opened, qtbot, QPushButton, "skyServerButton")
    qtbot.keyClick(opened.findChild(QCheckBox, "skyServerAlways"), Qt.Key.Key_Space)
    click(opened, qtbot, QPushButton, "skyServerOpen")
    opened.workspace.set_active(8)
    opened.findChild(QAction, "actionOpenSkyServer").trigger()
    Settings().opens_sky_server = False
    assert [address.toString() for address in browser.visited] == [address_of(opened, 7), address_of(opened, 8)]


@pytest.mark.parametrize(
    ("identifiers", "query"), [("1237648722289295504", "id=1237648722289295504"), ("1.23765E+18", None)]
)
def test_a_table_without_positions_is_looked_up_by_exact_identifiers(
    tmp_path: Path, identifiers: str, query: str | None
) -> None:
    catalog = read(tmp_path, f"objid,u,g,r,i,z\n{identifiers},19,18,17,16,15\n")
    if query is None:
        assert "ra and dec" in no_sky_server_page(catalog)
    else:
        assert no_sky_server_page(catalog) is None
        assert sky_server_url(catalog, 0).query() == query


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
