"""The data panel: counts, switches, the magnitude range and the choice of columns."""

from pathlib import Path

import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel
from pytestqt.qtbot import QtBot

from stellar_gui.catalog.bands import BANDS
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.widgets.panel import Panel

GOOD = {"objid": 1, "u": 19.0, "g": 18.0, "r": 17.5, "i": 17.3, "z": 17.2, "class": "STAR"}


def table(tmp_path: Path, *changes: dict[str, object], good: int = 30) -> Path:
    rows = [{**GOOD, "objid": 10**18 + k} for k in range(good)]
    rows += [{**GOOD, "objid": 2 * 10**18 + k, **change} for k, change in enumerate(changes)]
    path = tmp_path / "stars.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def open_table(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        window.open_path(path)
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=20_000)


def count(window: MainWindow, name: str) -> str:
    return window.findChild(QLabel, f"count_{name}").text()


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    box = window.findChild(QCheckBox, name)
    with qtbot.waitSignal(window.workspace.qualityChanged, timeout=20_000):
        qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center() - box.rect().bottomRight() / 2 * 0.9)


@pytest.mark.parametrize(
    ("name", "switch", "change"),
    [
        ("sentinel", "checkSentinel", {"u": -9999.0}),
        ("out_of_range", "checkRange", {"g": 31.0}),
        ("zero_flux", "checkZeroFlux", {"u": BANDS[0].zero_flux}),
        ("duplicate", "checkDuplicates", {"objid": 10**18}),
        ("other_class", "checkClass", {"class": "GALAXY"}),
    ],
)
def test_each_check_counts_its_rows_and_can_be_switched_off_and_undone(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, name: str, switch: str, change: dict[str, object]
) -> None:
    open_table(window, qtbot, table(tmp_path, change))
    assert count(window, name) == "1"
    assert window.findChild(Panel, "dataPanel").facts() == "30 of 31 stars"
    press(qtbot, window, switch)
    if name == "sentinel":
        press(qtbot, window, "checkRange")
    assert window.workspace.kept.all()
    with qtbot.waitSignal(window.workspace.qualityChanged):
        window.workspace.undo_stack.undo()
    assert window.workspace.kept.sum() == 30


def test_stars_without_a_detection_can_be_kept_with_the_band_masked(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    undetected = {band.name: band.zero_flux for band in BANDS}
    open_table(window, qtbot, table(tmp_path, {"u": BANDS[0].zero_flux}, undetected))
    assert count(window, "zero_flux") == "2"
    way = window.findChild(QComboBox, "zeroFluxCombo")
    way.setFocus()
    with qtbot.waitSignal(window.workspace.qualityChanged, timeout=20_000):
        qtbot.keyClick(way, Qt.Key.Key_Down)
    assert window.workspace.cuts.mask_zero_flux
    assert way.currentText() == "kept, band masked"
    assert count(window, "zero_flux") == "1"
    assert window.workspace.quality.masked[30].tolist() == [True, False, False, False, False]
    assert any("1 star." in label.text() for label in window.findChildren(QLabel) if "masked:" in label.text())
    press(qtbot, window, "checkDuplicates")
    assert window.workspace.cuts.mask_zero_flux
    press(qtbot, window, "checkZeroFlux")
    assert not way.isEnabled()
    assert window.workspace.quality.masked is None
    assert window.workspace.kept.all()
    for _ in range(3):
        with qtbot.waitSignal(window.workspace.qualityChanged):
            window.workspace.undo_stack.undo()
    assert way.isEnabled()
    assert way.currentText() == "left out"
    assert window.workspace.kept.sum() == 30


def test_missing_values_always_stay_out_and_are_counted(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    open_table(window, qtbot, table(tmp_path, {"r": None}))
    assert count(window, "not_finite") == "1"
    assert window.workspace.kept.sum() == 30


def test_the_range_is_edited_by_keyboard(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    open_table(window, qtbot, table(tmp_path, {"u": 25.5}))
    high = window.findChild(QDoubleSpinBox, "rangeHigh")
    high.selectAll()
    qtbot.keyClicks(high, "25")
    with qtbot.waitSignal(window.workspace.qualityChanged):
        qtbot.keyClick(high, Qt.Key.Key_Return)
    assert count(window, "out_of_range") == "1"
    assert window.workspace.kept.sum() == 30


def test_an_ambiguous_table_asks_and_takes_another_choice(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    columns = {f"psfMag_{band}": [18.0 + k for k in range(20)] for band in "ugriz"}
    columns |= {f"modelMag_{band}": [19.0 + k / 10 for k in range(20)] for band in "ugriz"}
    path = tmp_path / "both.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    open_table(window, qtbot, path)
    question = window.findChild(QLabel, "columnQuestion")
    assert question.isVisible()
    taken = window.workspace.catalog.columns["u"]
    other = "psfMag_u" if taken == "modelMag_u" else "modelMag_u"
    combo = window.findChild(QComboBox, "column_u")
    assert combo.isVisible()
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        combo.setFocus()
        combo.setCurrentText(other)
        combo.textActivated.emit(other)
    assert window.workspace.catalog.columns["u"] == other
    assert window.workspace.catalog.magnitudes[0, 0] == pytest.approx(18.0 if other == "psfMag_u" else 19.0)
