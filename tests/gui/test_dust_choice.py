"""A dust map in the training panel: chosen by mouse and keyboard, trained with, and remembered."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QPushButton, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from stellar_gui.catalog.dust.dust_map import COLUMN
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.training_form import TrainingForm
from stellar_gui.gui.settings import Settings
from stellar_gui.session.session import Session
from tests.catalog.dust_maps import write_healpix
from tests.gui.test_training_form import table


@pytest.fixture
def north(tmp_path: Path) -> Path:
    """A map of the far north alone, where E(B-V) is 0.25."""
    columns = {"PIXEL": np.arange(4), "EBV": np.full(4, 0.25, np.float32)}
    return write_healpix(tmp_path / "north.fits", columns, 1, INDXSCHM="EXPLICIT", COORDSYS="C")


def test_a_dust_map_is_chosen_and_trained_with(qtbot: QtBot, window: MainWindow, north: Path) -> None:
    workspace = window.workspace
    workspace.show(Session(simulate(900, seed=2)))
    selected = workspace.selection.copy()
    window.findChild(QSpinBox, "epochsSpin").setValue(1)
    qtbot.mouseClick(window.findChild(QToolButton, "moreSettingsButton"), Qt.MouseButton.LeftButton)
    dust, deredden = window.findChild(QComboBox, "dustCombo"), window.findChild(QCheckBox, "dereddenCheck")
    assert not dust.isVisible()
    deredden.setFocus()
    qtbot.keyClick(deredden, Qt.Key.Key_Space)
    assert dust.isVisible()
    train, warning = window.findChild(QPushButton, "trainButton"), window.findChild(QLabel, "trainingWarning")
    qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    assert warning.text().startswith("Choose a dust map") and train.isEnabled()

    dust.setFocus()
    qtbot.keyClick(dust, Qt.Key.Key_Space)
    qtbot.keyClick(dust.view(), Qt.Key.Key_Return)
    dialog = window.findChild(QFileDialog, "dustMapDialog")
    dialog.setDirectory(str(north.parent))
    dialog.selectFile(str(north))
    dialog.accept()
    assert dust.currentText() == "north.fits"
    with qtbot.waitSignal(workspace.embeddingChanged, timeout=60_000):
        qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: workspace.tasks.running == (), timeout=30_000)
    assert workspace.model.config.deredden
    assert "lie outside the dust map" in warning.text()
    ebv = workspace.catalog.table[COLUMN]
    assert set(ebv.dropna()) == {0.25} and ebv.isna().any()
    assert any(COLUMN in text for text in _texts(window.findChild(QComboBox, "colourByCombo")))
    np.testing.assert_array_equal(workspace.selection, selected)

    first = workspace.catalog
    with qtbot.waitSignal(workspace.embeddingChanged, timeout=60_000):
        qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: workspace.tasks.running == (), timeout=30_000)
    assert workspace.catalog is first and len(workspace.runs.all) == 2
    assert Settings().dust_map == str(north)


def test_a_map_that_cannot_be_read_is_told_where_training_was_asked_for(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.fits"
    broken.write_text("no map")
    window.workspace.show(Session(simulate(900, seed=2)))
    window.findChild(TrainingForm).dust.set_dust_map(broken)
    window.findChild(QCheckBox, "dereddenCheck").setChecked(True)
    train, warning = window.findChild(QPushButton, "trainButton"), window.findChild(QLabel, "trainingWarning")
    qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    assert not train.isEnabled()
    qtbot.waitUntil(lambda: window.workspace.tasks.running == ())
    assert warning.text().startswith("broken.fits: no FITS file") and train.isEnabled()
    assert window.workspace.model is None and COLUMN not in window.workspace.catalog.table


def test_what_a_table_cannot_give_is_disabled_and_the_last_map_comes_back(
    qtbot: QtBot, tmp_path: Path, north: Path
) -> None:
    Settings().dust_map = str(north)
    form = TrainingForm()
    qtbot.addWidget(form)
    dust = form.dust
    assert _texts(dust)[1] == "north.fits" and dust.dust_map is None
    form.set_catalog(table(EBV=0.1))
    assert [_enabled(dust, k) for k in range(3)] == [True, False, False]
    form.set_catalog(table(ra=10.0, dec=20.0))
    assert [_enabled(dust, k) for k in range(3)] == [False, True, True]
    assert dust.dust_map == north and form.findChild(QCheckBox, "dereddenCheck").isEnabled()
    north.unlink()
    assert Settings().dust_map is None


def _texts(combo: QComboBox) -> list[str]:
    return [combo.itemText(k) for k in range(combo.count())]


def _enabled(combo: QComboBox, place: int) -> bool:
    model = combo.model()
    assert isinstance(model, QStandardItemModel)
    return model.item(place).isEnabled()
