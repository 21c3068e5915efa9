"""Bad input in the window: one clear sentence in a dialog, the current work untouched, and the program goes on."""

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui.gui.column_dialog import ColumnDialog
from stellar_gui.gui.main_window import MainWindow


def sentence(window: MainWindow, qtbot: QtBot) -> str:
    """The text of the error dialog, which is closed."""
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "errorDialog") is not None, timeout=20_000)
    box = window.findChild(QMessageBox, "errorDialog")
    text = box.text()
    with qtbot.waitSignal(box.finished):
        box.button(QMessageBox.StandardButton.Close).click()
    return text


def make(folder: Path, name: str) -> Path:
    path = folder / name
    if name == "a folder":
        path.mkdir()
    elif name == "pipe.csv":
        os.mkfifo(path)
    elif name == "empty.csv":
        path.touch()
    elif name == "header.csv":
        path.write_text("u,g,r,i,z\n", encoding="utf-8")
    elif name == "words.csv":
        path.write_text("name,place\nVega,Lyra\n", encoding="utf-8")
    elif name == "four.csv":
        path.write_text("u,g,r,i\n19,18,17,16\n", encoding="utf-8")
    elif name == "picture.csv":
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    elif name == "cut.parquet":
        path.write_bytes(b"PAR1" + b"\0" * 500)
    elif name == "cut.stellar":
        path.write_bytes(b"PK\x03\x04" + b"\0" * 500)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "missing.csv",
        "a folder",
        "pipe.csv",
        "empty.csv",
        "header.csv",
        "words.csv",
        "four.csv",
        "picture.csv",
        "cut.parquet",
        "cut.stellar",
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(
    trained: MainWindow, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    catalog, model = trained.workspace.catalog, trained.workspace.model
    trained.open_path(make(tmp_path, name))
    text = sentence(trained, qtbot)
    assert name.split(".")[0] in text
    assert "Traceback" not in text and "\n" not in text
    assert trained.workspace.catalog is catalog
    assert trained.workspace.model is model


def test_an_export_to_a_place_that_cannot_be_written_is_told(trained: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    trained.workspace.select_all()
    trained.export_selection(tmp_path / "no such folder" / "group.csv")
    assert "folder does not exist" in sentence(trained, qtbot)
    assert trained.workspace.selection.any()


def test_an_unexpected_error_names_the_log_file_and_the_program_goes_on(trained: MainWindow, qtbot: QtBot) -> None:
    trained.report(ZeroDivisionError("division by zero"))
    text = sentence(trained, qtbot)
    assert "stellar-gui.log" in text
    trained.workspace.select_all()
    assert trained.workspace.selection.any()


def test_a_file_that_is_dropped_on_the_window_opens(window: MainWindow, qtbot: QtBot, table_path: Path) -> None:
    from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(table_path))])
    place, buttons, keys = QPointF(200, 200), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), Qt.DropAction.CopyAction, data, buttons, keys)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        window.dropEvent(QDropEvent(place, Qt.DropAction.CopyAction, data, buttons, keys))
    assert len(window.workspace.catalog) == 1500


def test_unsaved_work_is_offered_at_the_next_start(trained: MainWindow, qtbot: QtBot) -> None:
    trained.workspace.mark_unsaved()
    trained.close()
    again = MainWindow()
    qtbot.addWidget(again)
    again.show()
    button = again.findChild(QWidget, "recoverButton")
    assert button is not None
    with qtbot.waitSignal(again.workspace.catalogChanged, timeout=20_000):
        button.click()
    assert again.workspace.model.id == trained.workspace.model.id
    assert again.workspace.unsaved
    again.workspace.mark_saved()
    again.close()
    third = MainWindow()
    qtbot.addWidget(third)
    assert third.findChild(QWidget, "recoverButton") is None
    third.close()


def test_opening_something_else_asks_about_unsaved_work(trained: MainWindow, qtbot: QtBot, table_path: Path) -> None:
    trained.workspace.mark_unsaved()
    trained.open_path(table_path)
    box = trained.findChild(QMessageBox, "unsavedDialog")
    assert box is not None
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert trained.workspace.model is not None
    trained.open_path(table_path)
    box = trained.findChildren(QMessageBox, "unsavedDialog")[-1]
    discard = next(button for button in box.buttons() if button.text() == "Do not save")
    with qtbot.waitSignal(trained.workspace.catalogChanged, timeout=20_000):
        discard.click()
    assert trained.workspace.model is None


def test_columns_of_unknown_names_can_be_chosen(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "strange.csv"
    path.write_text("a,b,c,d,e\n" + "".join(f"19.{k},18,17,16,15\n" for k in range(30)), encoding="utf-8")
    window.open_path(path)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "errorDialog") is not None, timeout=20_000)
    box = window.findChild(QMessageBox, "errorDialog")
    next(button for button in box.buttons() if button.text().startswith("Choose columns")).click()
    dialog = window.findChild(ColumnDialog, "columnDialog")
    accept = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open)
    for band, name in zip("ugri", "abcd", strict=True):
        dialog.findChild(QComboBox, f"choose_{band}").setCurrentText(name)
    assert not accept.isEnabled()
    dialog.findChild(QComboBox, "choose_z").setCurrentText("d")
    assert not accept.isEnabled()
    dialog.findChild(QComboBox, "choose_z").setCurrentText("e")
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        accept.click()
    assert window.workspace.catalog.magnitudes[0].tolist() == pytest.approx([19.0, 18, 17, 16, 15])
