"""SAMP in the window: another program on a hub of the test's own, both ways, and one that sends what it should not."""

import queue
from collections.abc import Generator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from astropy.table import Table
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from pyvo.samp import SAMPIntegratedClient, conf

from stellar_gui.analysis.recipes import Rows
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.widgets.subset_tree import SubsetTree
from stellar_gui.gui.workspace import NO_STAR
from stellar_gui.session.session import Session

MTYPES = ("table.load.fits", "table.select.rowList", "table.highlight.row", "coord.pointAt.sky")


class Other:
    """The other program; `heard` holds mtype and parameters of what it got, or status and parts of an answer."""

    def __init__(self, name: str = "TOPCAT") -> None:
        conf.use_internet = False
        self.client = SAMPIntegratedClient(name=name, addr="127.0.0.1")
        self.heard: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()
        self.client.connect()
        for mtype in MTYPES:
            self.client.bind_receive_notification(mtype, self.hear)

    def hear(self, private_key: str, sender: str, mtype: str, params: dict[str, Any], extra: object) -> None:
        self.heard.put((mtype, params))

    def answered(self, private_key: str, sender: str, tag: str, answer: dict[str, Any]) -> None:
        self.heard.put((answer["samp.status"], answer))

    def notify(self, mtype: str, **params: object) -> None:
        named = {key.replace("_", "-"): value for key, value in params.items()}
        self.client.notify_all({"samp.mtype": mtype, "samp.params": named})


@pytest.fixture(autouse=True)
def own_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keeps the hub and the other hubs that it looks for away from the user's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SAMP_HUB", f"std-lockurl:{(tmp_path / 'hub').as_uri()}")
    return tmp_path / "hub"


@pytest.fixture
def connected(trained: MainWindow, qtbot: QtBot) -> MainWindow:
    trigger(trained, "actionSampConnect")
    qtbot.waitUntil(lambda: label(trained) == "SAMP: no other program", timeout=20_000)
    return trained


@pytest.fixture
def other(connected: MainWindow, qtbot: QtBot) -> Generator[Other, None, None]:
    program = Other()
    qtbot.waitUntil(lambda: label(connected) == "SAMP: TOPCAT", timeout=20_000)
    yield program
    program.client.disconnect()


@pytest.fixture
def shared(connected: MainWindow, other: Other, qtbot: QtBot) -> dict[str, Any]:
    """What the other program was told of the table that was sent to it."""
    return send(connected, other, qtbot, "actionSampSendTable", "table.load.fits")


def trigger(window: MainWindow, name: str) -> None:
    action = window.findChild(QAction, name)
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def label(window: MainWindow) -> str:
    return window.findChild(QLabel, "sampLabel").text()


def status(window: MainWindow) -> str:
    return window.statusBar().currentMessage()


def send(window: MainWindow, other: Other, qtbot: QtBot, action: str, mtype: str) -> dict[str, Any]:
    """What the other program hears after an action of the window."""
    trigger(window, action)
    qtbot.waitUntil(lambda: not other.heard.empty(), timeout=20_000)
    heard, params = other.heard.get()
    assert heard == mtype
    return params


def test_the_table_is_sent_as_fits_with_what_was_derived(
    connected: MainWindow, shared: dict[str, Any], session: Session, qtbot: QtBot
) -> None:
    assert shared["name"] == session.catalog.provenance.name
    table = Table.read(shared["url"].removeprefix("file://"))
    assert len(table) == len(session.catalog)
    np.testing.assert_array_equal(table["latent_1"], session.embedding.latent[:, 0])
    qtbot.waitUntil(lambda: status(connected) == "Sent the table to TOPCAT")


def test_rows_star_and_position_are_sent(
    connected: MainWindow, other: Other, shared: dict[str, Any], qtbot: QtBot
) -> None:
    workspace = connected.workspace
    workspace.select_all()
    selected = np.flatnonzero(workspace.selection)
    params = send(connected, other, qtbot, "actionSampSendSelection", "table.select.rowList")
    assert params["table-id"] == shared["table-id"]
    assert params["row-list"] == [str(row) for row in selected]

    star = int(selected[7])
    workspace.set_active(star)
    qtbot.waitUntil(lambda: not other.heard.empty(), timeout=20_000)
    assert other.heard.get() == (
        "table.highlight.row",
        {"table-id": shared["table-id"], "url": shared["url"], "row": str(star)},
    )
    params = send(connected, other, qtbot, "actionSampSendPosition", "coord.pointAt.sky")
    assert float(params["ra"]) == workspace.catalog.numbers("ra")[star]
    assert float(params["dec"]) == workspace.catalog.numbers("dec")[star]


def test_what_is_sent_goes_to_the_chosen_program_alone(connected: MainWindow, other: Other, qtbot: QtBot) -> None:
    aladin = Other("Aladin")
    menu = connected.findChild(QMenu, "sampTargetMenu")
    qtbot.waitUntil(lambda: "Aladin" in [action.text() for action in menu.actions()], timeout=20_000)
    next(action for action in menu.actions() if action.text() == "Aladin").trigger()
    connected.workspace.set_active(int(np.flatnonzero(connected.workspace.kept)[0]))
    send(connected, aladin, qtbot, "actionSampSendPosition", "coord.pointAt.sky")
    aladin.client.disconnect()
    qtbot.waitUntil(lambda: label(connected) == "SAMP: TOPCAT", timeout=20_000)
    send(connected, other, qtbot, "actionSampSendPosition", "coord.pointAt.sky")
    assert other.heard.empty()


def test_rows_stars_and_positions_arrive(
    connected: MainWindow, other: Other, shared: dict[str, Any], qtbot: QtBot
) -> None:
    workspace = connected.workspace
    known = {"table_id": shared["table-id"], "url": shared["url"]}
    other.notify("table.select.rowList", **known, row_list=["3", "1400", "7"])
    qtbot.waitUntil(lambda: "TOPCAT" in workspace.subsets, timeout=20_000)
    np.testing.assert_array_equal(np.flatnonzero(workspace.subsets["TOPCAT"]), [3, 7, 1400])
    connected.findChild(QAction, "actionUndo").trigger()
    assert "TOPCAT" not in workspace.subsets

    first, second = np.flatnonzero(workspace.kept)[[5, 9]].tolist()
    other.notify("table.highlight.row", **known, row=str(first))
    qtbot.waitUntil(lambda: workspace.active == first, timeout=20_000)
    ra, dec = (float(workspace.catalog.numbers(role)[second]) for role in ("ra", "dec"))
    other.notify("coord.pointAt.sky", ra=str(ra), dec=str(dec))
    qtbot.waitUntil(lambda: workspace.active == second, timeout=20_000)
    assert other.heard.empty(), "a star that came by SAMP is not sent back"


@pytest.mark.parametrize("mtype, ending", [("table.load.fits", "fits"), ("table.load.votable", "vot")])
def test_a_table_opens_after_a_question_and_its_rows_are_known(
    connected: MainWindow, other: Other, session: Session, tmp_path: Path, qtbot: QtBot, mtype: str, ending: str
) -> None:
    path = tmp_path / f"other.{ending}"
    table = session.catalog.table.head(100)
    Table.from_pandas(table).write(path, format="fits" if ending == "fits" else "votable")
    before = connected.workspace.catalog
    other.notify(mtype, url=path.as_uri(), table_id="t1", name="Halo stars")
    qtbot.waitUntil(lambda: connected.findChild(QMessageBox) is not None, timeout=20_000)
    box = connected.findChild(QMessageBox)
    assert box.text().startswith("TOPCAT sends the table Halo stars.")
    assert connected.workspace.catalog is before
    other.notify(mtype, url=path.as_uri(), table_id="t2", name="Another")
    qtbot.waitUntil(lambda: "let it be sent once more" in status(connected), timeout=20_000)
    assert len(connected.findChildren(QMessageBox)) == 1
    wanted = {"offerOpen", "Do not save"}
    button = next(one for one in box.findChildren(QPushButton) if {one.objectName(), one.text()} & wanted)
    button.click()
    qtbot.waitUntil(lambda: connected.workspace.catalog is not before, timeout=20_000)
    assert len(connected.workspace.catalog) == 100
    assert connected.workspace.catalog.provenance.name == "Halo stars"
    other.notify("table.select.rowList", table_id="t1", url=path.as_uri(), row_list=["0", "99"])
    qtbot.waitUntil(lambda: "TOPCAT" in connected.workspace.subsets, timeout=20_000)
    assert np.flatnonzero(connected.workspace.subsets["TOPCAT"]).tolist() == [0, 99]


HOSTILE: list[tuple[str, dict[str, object], str]] = [
    ("table.select.rowList", {"table_id": "unknown", "row_list": ["1"]}, "a table that is not open here"),
    ("table.select.rowList", {"table_id": "KNOWN", "row_list": ["1500"]}, "of a table of 1,500 rows"),
    ("table.select.rowList", {"table_id": "KNOWN", "row_list": ["-1"]}, "not a whole number"),
    ("table.select.rowList", {"table_id": "KNOWN", "row_list": ["9" * 5000]}, "not a whole number"),
    ("table.select.rowList", {"table_id": "KNOWN", "row_list": {"0": "1"}}, "not a list"),
    ("table.select.rowList", {"table_id": ["KNOWN"], "row_list": ["1"]}, "is not a text"),
    ("table.highlight.row", {"table_id": "KNOWN", "row": 3}, "not a whole number"),
    ("table.highlight.row", {"table_id": "KNOWN", "row": "99999"}, "of a table of 1,500 rows"),
    ("table.highlight.row", {"row": "3"}, "names no table"),
    ("coord.pointAt.sky", {"ra": "nan", "dec": "0"}, "not a number of degrees"),
    ("coord.pointAt.sky", {"ra": "0", "dec": "-91"}, "not a number of degrees"),
    ("coord.pointAt.sky", {"ra": "0", "dec": "-89.99"}, "no star of the table"),
    ("table.load.fits", {"name": "no address"}, "is not a text"),
]


def test_messages_that_cannot_be_used_are_told_in_one_sentence(
    connected: MainWindow, other: Other, shared: dict[str, Any], qtbot: QtBot
) -> None:
    workspace = connected.workspace
    subsets, active = dict(workspace.subsets), workspace.active
    for mtype, params, sentence in HOSTILE:
        known = {key: shared["table-id"] if value == "KNOWN" else value for key, value in params.items()}
        other.notify(mtype, **known)
        qtbot.waitUntil(lambda sentence=sentence: sentence in status(connected), timeout=20_000)
        assert "TOPCAT" in status(connected)
        connected.statusBar().clearMessage()
    assert dict(workspace.subsets) == subsets
    assert workspace.active == active == NO_STAR
    assert not connected.findChildren(QMessageBox)


def test_an_address_elsewhere_is_not_opened_and_the_caller_is_told(window: MainWindow, qtbot: QtBot) -> None:
    trigger(window, "actionSampConnect")
    qtbot.waitUntil(lambda: label(window) == "SAMP: no other program", timeout=20_000)
    other = Other()
    other.client.bind_receive_response("offer", other.answered)
    message = {"samp.mtype": "table.load.fits", "samp.params": {"url": "http://192.0.2.1/stars.fits", "name": "stars"}}
    other.client.call_all("offer", message)
    qtbot.waitUntil(lambda: not other.heard.empty(), timeout=20_000)
    answer, parts = other.heard.get()
    assert answer == "samp.error"
    (box,) = window.findChildren(QMessageBox)
    assert "not on this computer" in box.text()
    assert parts["samp.error"] == {"samp.errortxt": box.text()}
    assert window.workspace.catalog is None
    other.client.disconnect()


def test_a_subset_is_sent_from_its_menu(
    connected: MainWindow, other: Other, shared: dict[str, Any], qtbot: QtBot
) -> None:
    mask = np.zeros(len(connected.workspace.catalog), dtype=bool)
    mask[[4, 40]] = True
    connected.workspace.subset_list.put("halo", mask, Rows())
    tree = connected.findChild(SubsetTree)
    tree.setCurrentIndex(tree.model().index(0, 0))
    params = send(connected, other, qtbot, "actionSubsetSend", "table.select.rowList")
    assert params["row-list"] == ["4", "40"]
    qtbot.waitUntil(lambda: status(connected) == "Sent the subset halo, 2 stars, to TOPCAT")


def test_a_flood_of_messages_is_one_step_and_the_window_goes_on(
    connected: MainWindow, other: Other, shared: dict[str, Any], qtbot: QtBot
) -> None:
    workspace = connected.workspace
    rows = np.flatnonzero(workspace.kept)[:200].tolist()
    named = {"table_id": shared["table-id"], "url": shared["url"]}
    steps = workspace.undo_stack.count()
    for row in rows:
        other.notify("table.highlight.row", **named, row=str(row))
        other.notify("table.select.rowList", **named, row_list=["5"] * 50)
        other.notify("table.select.rowList", row_list=row)
    qtbot.waitUntil(lambda: "TOPCAT" in workspace.subsets and workspace.active in rows, timeout=60_000)
    trigger(connected, "actionSelectAll")
    assert workspace.selection.any()
    assert workspace.undo_stack.count() == steps + 2
    assert not connected.findChildren(QMessageBox)


def test_a_message_that_is_too_long_is_not_read(connected: MainWindow, own_hub: Path) -> None:
    lock = dict(line.split("=", 1) for line in own_hub.read_text().splitlines() if "=" in line)
    address = urlsplit(lock["samp.hub.xmlrpc.url"])
    assert address.hostname == "127.0.0.1"
    for length in (str(1 << 40), "-1", "many"):
        connection = HTTPConnection(address.hostname, address.port, timeout=20)
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", length)
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()


def test_the_hub_ends_with_the_connection_and_another_can_be_made(
    connected: MainWindow, own_hub: Path, qtbot: QtBot
) -> None:
    assert own_hub.exists()
    trigger(connected, "actionSampConnect")
    qtbot.waitUntil(lambda: not own_hub.exists() and connected.workspace.tasks.running == (), timeout=20_000)
    assert label(connected) == ""
    assert not connected.findChild(QAction, "actionSampSendTable").isEnabled()
    trigger(connected, "actionSampConnect")
    qtbot.waitUntil(lambda: label(connected) == "SAMP: no other program", timeout=20_000)
