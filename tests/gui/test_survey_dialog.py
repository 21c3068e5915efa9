"""Opening a folder: the dialog that asks which part of the survey, and what the window says of it afterwards."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QSpinBox,
)
from pytestqt.qtbot import QtBot

from stellar_gui.catalog.formats.raw_table import Limits
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.survey_dialog import SurveyDialog
from tests.catalog.hats_folder import write_hats

STARS = 3000


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("surveys") / "sky"
    write_hats(simulate(STARS, seed=4).table, folder, order=1)
    return folder


def dialog_of(window: MainWindow, qtbot: QtBot) -> SurveyDialog:
    qtbot.waitUntil(lambda: window.findChild(SurveyDialog) is not None, timeout=20_000)
    return window.findChild(SurveyDialog)


def press_open(window: MainWindow, dialog: SurveyDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        qtbot.mouseClick(open_button(dialog), Qt.MouseButton.LeftButton)


def open_button(dialog: SurveyDialog) -> QPushButton:
    return dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open)


def test_a_dropped_folder_is_opened_as_a_sample_and_the_window_says_so(
    window: MainWindow, qtbot: QtBot, survey: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(survey))])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(5, 5), action, data, button, Qt.KeyboardModifier.NoModifier))
    dialog = dialog_of(window, qtbot)
    about = dialog.findChild(QLabel, "surveyAbout").text()
    assert about.startswith("HATS catalogue of 3,000 stars in ")
    assert dialog.findChild(QSpinBox, "surveyRows").value() == STARS
    dialog.findChild(QSpinBox, "surveyRows").setValue(1234)
    dialog.findChild(QSpinBox, "surveySeed").setValue(7)
    press_open(window, dialog, qtbot)
    assert len(window.workspace.catalog) == 1234
    told = window.findChild(QLabel, "partLabel")
    assert told.isVisible() and told.text() == "Random sample of 1,234 of 3,000 rows, seed 7"


def test_a_cone_is_given_in_degrees_or_hours_and_wrong_ones_are_told(
    window: MainWindow, qtbot: QtBot, survey: Path
) -> None:
    window.open_path(survey)
    dialog = dialog_of(window, qtbot)
    qtbot.mouseClick(
        dialog.findChild(QRadioButton, "surveyCone"), Qt.MouseButton.LeftButton, pos=QPointF(10, 8).toPoint()
    )
    assert not open_button(dialog).isEnabled()
    fields = [dialog.findChild(QLineEdit, name) for name in ("surveyRa", "surveyDec", "surveyRadius")]
    problem = dialog.findChild(QLabel, "surveyProblem")
    for texts, words in (
        (("north", "0", "2"), "is no angle"),
        (("10", "95", "2"), "no place"),
        (("10", "0", "-2"), "radius above 0"),
    ):
        for field, text in zip(fields, texts, strict=True):
            field.setText(text)
        assert words in problem.text() and not open_button(dialog).isEnabled()
    for field, text in zip(fields, ("12h00m", "+10d30m", "40"), strict=True):
        field.clear()
        qtbot.keyClicks(field, text)
    assert not problem.text()
    press_open(window, dialog, qtbot)
    part = window.workspace.catalog.provenance.part
    assert part.startswith("cone of 40 deg around RA 180, Dec 10.5: ") and part.endswith(" of 3,000 rows")
    assert 0 < len(window.workspace.catalog) < STARS


def test_a_parquet_file_that_is_too_large_can_be_opened_in_part(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.parquet"
    simulate(STARS, seed=4).table.to_parquet(path)
    limits = Limits(memory=100_000)
    monkeypatch.setattr("stellar_gui.catalog.reading.LIMITS", limits)
    monkeypatch.setattr("stellar_gui.catalog.formats.parquet_table.LIMITS", limits)
    monkeypatch.setattr("stellar_gui.catalog.reading.load_table.__defaults__", (limits, None))
    monkeypatch.setattr("stellar_gui.catalog.reading.load_catalog.__defaults__", ({}, limits, None))
    window.open_path(path)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None, timeout=20_000)
    box = window.findChild(QMessageBox)
    part = next(button for button in box.buttons() if button.text().startswith("Open a part"))
    qtbot.mouseClick(part, Qt.MouseButton.LeftButton)
    dialog = dialog_of(window, qtbot)
    dialog.findChild(QSpinBox, "surveyRows").setValue(500)
    press_open(window, dialog, qtbot)
    assert window.workspace.catalog.provenance.part == "random sample of 500 of 3,000 rows, seed 0"
    assert len(window.workspace.catalog) == 500


def test_a_folder_without_tables_is_told(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(window.workspace.errorReported, timeout=20_000) as told:
        window.open_path(tmp_path)
    assert str(told.args[0]) == f"{tmp_path.name}: no Parquet files in it; choose a folder that holds some."


def test_an_empty_cone_offers_the_dialog_again_with_what_was_asked_for(
    window: MainWindow, qtbot: QtBot, survey: Path
) -> None:
    window.open_path(survey)
    dialog = dialog_of(window, qtbot)
    dialog.findChild(QRadioButton, "surveyCone").setChecked(True)
    asked = {"surveyRa": "12.5", "surveyDec": "-89.5", "surveyRadius": "0.0001"}
    for name, text in asked.items():
        dialog.findChild(QLineEdit, name).setText(text)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "errorDialog") is not None, timeout=20_000)
    box = window.findChild(QMessageBox, "errorDialog")
    assert "no stars in that cone" in box.text()
    another = next(button for button in box.buttons() if button.text().startswith("Open another part"))
    qtbot.waitUntil(lambda: window.findChild(SurveyDialog) is None)
    qtbot.mouseClick(another, Qt.MouseButton.LeftButton)
    dialog = dialog_of(window, qtbot)
    assert {name: dialog.findChild(QLineEdit, name).text() for name in asked} == asked
    dialog.findChild(QLineEdit, "surveyRadius").setText("180")
    press_open(window, dialog, qtbot)
    assert len(window.workspace.catalog) == STARS


def test_esc_leaves_all_as_it_was_and_a_survey_is_a_recent_file(window: MainWindow, qtbot: QtBot, survey: Path) -> None:
    window.open_path(survey)
    qtbot.keyClick(dialog_of(window, qtbot), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(SurveyDialog) is None)
    assert window.workspace.catalog is None
    window.open_path(survey)
    press_open(window, dialog_of(window, qtbot), qtbot)
    qtbot.waitUntil(lambda: window.workspace.tasks.running == ())
    recent = [action.text() for menu in window.findChildren(QMenu) for action in menu.actions()]
    assert any(str(survey) in text or survey.name in text for text in recent)


def test_the_action_opens_a_folder_and_a_saved_part_is_told_when_it_is_opened_again(
    window: MainWindow, qtbot: QtBot, survey: Path, tmp_path: Path
) -> None:
    window.findChild(QAction, "actionOpenFolder").trigger()
    chooser = next(each for each in window.findChildren(QFileDialog) if each.isVisible())
    assert chooser.fileMode() is QFileDialog.FileMode.Directory
    chooser.fileSelected.emit(str(survey))
    chooser.close()
    dialog = dialog_of(window, qtbot)
    dialog.findChild(QSpinBox, "surveyRows").setValue(900)
    press_open(window, dialog, qtbot)
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=20_000)
    path = tmp_path / "part.stellar"
    window.save_session(path)
    qtbot.waitUntil(path.exists, timeout=20_000)
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=20_000)
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        window.open_path(path)
    told = window.findChild(QLabel, "partLabel")
    assert told.isVisible() and told.text() == "Random sample of 900 of 3,000 rows, seed 0"
