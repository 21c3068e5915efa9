"""Stars from SkyServer in the real window, by mouse and keyboard, against a server on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui.catalog.sky_server.examples import LECTURE
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.sky_server_panel import SkyServerPanel
from stellar_gui.gui.settings import Settings, SkyServerChoices
from stellar_gui.gui.workspace import Workspace
from tests.sky_server import SkyServer, csv_answer


class Hands:
    """What a user sees and does in the panel."""

    def __init__(self, panel: SkyServerPanel, workspace: Workspace, qtbot: QtBot) -> None:
        self.panel, self.workspace, self.qtbot = panel, workspace, qtbot
        self.editor = self.panel.findChild(QPlainTextEdit, "skyServerQuery")

    def click(self, name: str) -> None:
        button = self.panel.findChild(QPushButton, name)
        assert button.isVisible() and button.isEnabled(), name
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def type_in(self, name: str, text: str) -> None:
        field = self.panel.findChild(QWidget, name)
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)

    def write(self, text: str) -> None:
        self.editor.setFocus()
        self.editor.selectAll()
        self.qtbot.keyClicks(self.editor, text)

    def text(self, name: str) -> str:
        """What a label says; empty where it is not seen."""
        label = self.panel.findChild(QLabel, name)
        return label.text() if label.isVisible() else ""

    def sent(self) -> str:
        return self.panel.findChild(QPlainTextEdit, "skyServerSent").toPlainText()

    def sees(self, name: str, words: str) -> None:
        self.qtbot.waitUntil(lambda: words in self.text(name), timeout=30_000)

    def idle(self) -> None:
        self.qtbot.waitUntil(lambda: self.workspace.tasks.running == (), timeout=30_000)


@pytest.fixture
def hands(qtbot: QtBot, qapp: object, server: SkyServer, tmp_path: Path) -> Iterator[Hands]:
    """The panel alone, its server the tests' own."""
    parent = QWidget()
    qtbot.addWidget(parent)
    workspace = Workspace(parent)
    panel = SkyServerPanel(workspace, _settings(tmp_path), parent)
    panel.show()
    qtbot.waitExposed(panel)
    made = Hands(panel, workspace, qtbot)
    made.type_in("skyServerAddress", server.address)
    yield made
    panel.cancel()
    workspace.tasks.shut_down()


@pytest.fixture
def at_home(window: MainWindow, qtbot: QtBot, server: SkyServer, tmp_path: Path) -> Hands:
    """The panel of the real window, opened from the welcome page."""
    _settings(tmp_path)
    qtbot.mouseClick(window.findChild(QPushButton, "welcomeFetch"), Qt.MouseButton.LeftButton)
    made = Hands(window.findChild(SkyServerPanel, "skyServerPanel"), window.workspace, qtbot)
    made.type_in("skyServerAddress", server.address)
    return made


def _settings(folder: Path) -> Settings:
    """As at the first start, the files in this folder."""
    settings = Settings()
    settings.sky_server = SkyServerChoices()
    settings.remember_folder(str(folder / "any"))
    return settings


def test_the_lectures_query_is_ready_and_what_is_sent_is_shown(hands: Hands, server: SkyServer) -> None:
    assert hands.editor.toPlainText() == LECTURE
    assert hands.sent().startswith(f"GET {server.address}/dr18/SkyServerWS/SearchTools/SqlSearch?cmd=SELECT+TOP+255000")
    assert "Others on the way can read it" in hands.text("skyServerWhere")
    hands.type_in("skyServerAddress", "https://skyserver.sdss.org")
    assert hands.text("skyServerWhere") == "This will be sent to skyserver.sdss.org, and nothing else."
    assert server.asked == []
    for name in ("Example", "Query", "Stars", "Release", "Address", "Split", "Parts", "Path", "Sent", "Progress"):
        assert hands.panel.findChild(QWidget, f"skyServer{name}").accessibleName()


def test_stars_are_asked_for_kept_and_opened(
    at_home: Hands, server: SkyServer, qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    hands = at_home
    hands.type_in("skyServerStars", "20")
    assert hands.editor.toPlainText().startswith("SELECT TOP 20\n")
    hands.click("skyServerGet")
    assert server.asked == [] and hands.text("skyServerQuestion") == f"Send this to {server.address} now?"
    hands.click("skyServerBack")
    hands.editor.setFocus()
    qtbot.keyClick(hands.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    hands.click("skyServerSend")
    hands.sees("skyServerDone", f"20 stars kept in {tmp_path / 'skyserver.parquet'}")
    assert "exactly the 20 rows" in hands.text("skyServerWarning")
    hands.idle()
    catalog = window.workspace.catalog
    assert len(catalog) == 20 and catalog.provenance.query == LECTURE.replace("255000", "20").strip()
    assert len(server.asked) == 1
    hands.click("skyServerAgain")
    assert hands.panel.findChild(QLineEdit, "skyServerPath").text() == str(tmp_path / "skyserver_2.parquet")


def test_running_shows_rows_and_cancel_keeps_nothing(hands: Hands, server: SkyServer, tmp_path: Path) -> None:
    server.holds_back(csv_answer(2000), csv_answer(20, "") * 5000)
    hands.click("skyServerGet")
    hands.click("skyServerSend")
    hands.sees("skyServerDoing", " rows \N{MIDDLE DOT} ")
    assert "MB/s" in hands.text("skyServerDoing") and hands.editor.isReadOnly()
    hands.click("skyServerCancel")
    hands.sees("skyServerMessage", "Cancelled.")
    hands.idle()
    assert list(tmp_path.iterdir()) == []
    assert not hands.editor.isReadOnly()
    server.released.set()
    assert server.hung_up.wait(30)


def test_errors_stand_in_place_and_the_query_can_be_put_right(hands: Hands, server: SkyServer, tmp_path: Path) -> None:
    server.answers(b"<html><body><b>Incorrect syntax near 'FORM'.</b></body></html>")
    hands.write("SELECT ra, u, g, r, i, z FORM Star")
    hands.click("skyServerGet")
    hands.click("skyServerSend")
    hands.sees("skyServerMessage", "refused the query: “Incorrect syntax near 'FORM'”.")
    assert server.asked[0][2] == "SELECT TOP 255000 ra, u, g, r, i, z FORM Star"
    server.answers(csv_answer(20))
    hands.write("SELECT ra, u, g, r, i, z FROM Star")
    hands.click("skyServerGet")
    assert hands.text("skyServerMessage") == ""
    hands.click("skyServerSend")
    hands.sees("skyServerDone", "20 stars kept")
    assert hands.text("skyServerWarning") == ""
    hands.idle()


def test_what_cannot_be_sent_is_told_in_place(hands: Hands, server: SkyServer, tmp_path: Path) -> None:
    (tmp_path / "there.parquet").write_bytes(b"mine")
    hands.write("DROP TABLE a; DROP TABLE b")
    assert "no SELECT" in hands.text("skyServerRemark") and "several statements" in hands.text("skyServerRemark")
    assert not hands.panel.findChild(QSpinBox, "skyServerStars").isEnabled()
    hands.write(" ")
    hands.click("skyServerGet")
    assert hands.text("skyServerMessage").startswith("The query is empty") and hands.text("skyServerRemark") == ""
    hands.write("SELECT ra FROM Star")
    hands.type_in("skyServerAddress", "ftp://host")
    hands.click("skyServerGet")
    assert "no address of a server" in hands.text("skyServerMessage") and hands.sent() == ""
    hands.type_in("skyServerAddress", server.address)
    hands.type_in("skyServerPath", str(tmp_path / "there.parquet"))
    hands.click("skyServerGet")
    assert "there already" in hands.text("skyServerMessage") and server.asked == []
    hands.click("skyServerChoose")
    files = hands.panel.findChild(QFileDialog, "skyServerFileDialog")
    files.selectFile(str(tmp_path / "there.parquet"))
    files.fileSelected.emit(str(tmp_path / "there.parquet"))
    files.close()
    hands.click("skyServerGet")
    assert hands.text("skyServerQuestion")


def test_a_trusted_server_is_not_asked_about_again_and_settings_stay(
    hands: Hands, server: SkyServer, qtbot: QtBot
) -> None:
    trust = hands.panel.findChild(QWidget, "skyServerTrust")
    split = hands.panel.findChild(QComboBox, "skyServerSplit")
    split.setFocus()
    qtbot.keyClick(split, Qt.Key.Key_Down)
    hands.type_in("skyServerParts", "2")
    hands.type_in("skyServerStars", "20")
    assert hands.text("skyServerWhere").startswith("2 queries, of which this is the first,")
    hands.click("skyServerGet")
    trust.setFocus()
    qtbot.keyClick(trust, Qt.Key.Key_Space)
    hands.click("skyServerSend")
    hands.sees("skyServerDone", "40 stars kept")
    hands.idle()
    hands.click("skyServerAgain")
    hands.click("skyServerGet")
    hands.sees("skyServerDone", "40 stars kept")
    hands.idle()
    assert len(server.asked) == 4
    stored = Settings().sky_server
    assert (stored.address, stored.stars, stored.split, stored.parts) == (server.address, 20, "ra", 2)


def test_examples_are_taken_and_typing_leaves_them(hands: Hands, qtbot: QtBot) -> None:
    example = hands.panel.findChild(QComboBox, "skyServerExample")
    example.setFocus()
    qtbot.keyClick(example, Qt.Key.Key_Down)
    assert "s.subClass LIKE 'WD%'" in hands.editor.toPlainText()
    assert hands.panel.findChild(QSpinBox, "skyServerStars").value() == 50_000
    hands.editor.setFocus()
    hands.editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(hands.editor, "AND p.r < 20")
    assert example.currentIndex() == -1
    for _ in range(2):
        qtbot.keyClick(hands.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert hands.editor.toPlainText() == LECTURE and example.currentIndex() == 0


def test_the_panel_may_close_while_stars_arrive(
    at_home: Hands, server: SkyServer, window: MainWindow, tmp_path: Path
) -> None:
    hands = at_home
    (tmp_path / "other.csv").write_bytes(csv_answer(30))
    whole = csv_answer(300)
    server.holds_back(whole[:9000], whole[9000:])
    hands.click("skyServerGet")
    hands.click("skyServerSend")
    hands.sees("skyServerDoing", " rows ")
    hands.panel.close()
    window.open_path(tmp_path / "other.csv")
    hands.qtbot.waitUntil(lambda: window.workspace.catalog is not None, timeout=30_000)
    assert len(window.workspace.catalog) == 30
    server.released.set()
    hands.qtbot.waitUntil(lambda: len(window.workspace.catalog) == 300, timeout=30_000)
    window.findChild(QAction, "actionFetch").trigger()
    assert "300 stars kept" in hands.text("skyServerDone")
    hands.idle()


def test_closing_the_window_in_the_middle_gives_up(
    at_home: Hands, server: SkyServer, window: MainWindow, tmp_path: Path
) -> None:
    hands = at_home
    server.holds_back(csv_answer(2000), csv_answer(20, "") * 5000)
    hands.click("skyServerGet")
    hands.click("skyServerSend")
    hands.sees("skyServerDoing", " rows ")
    window.close()
    assert window.workspace.tasks.running == () and list(tmp_path.iterdir()) == []
    server.released.set()
    assert server.hung_up.wait(30)
