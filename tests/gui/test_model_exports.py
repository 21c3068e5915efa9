"""Denoised and compressed catalogues out of the real window, by mouse and keyboard."""

from pathlib import Path

import numpy as np
import pandas as pd
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDoubleSpinBox, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.widgets.band_table import BandTable
from stellar_gui.session.compressed_file import read_description
from stellar_gui.session.session import Session


def dialog_of(window: MainWindow, action: str, name: str) -> QDialog:
    window.findChild(QAction, action).trigger()
    found = window.findChild(QDialog, name)
    assert found is not None and found.isVisible()
    return found


def save_as(qtbot: QtBot, dialog: QDialog, name: str, path: Path) -> None:
    qtbot.mouseClick(dialog.findChild(QPushButton, f"{name}SaveButton"), Qt.MouseButton.LeftButton)
    files = dialog.findChild(QFileDialog, f"{name}FileDialog")
    files.setDirectory(str(path.parent))
    files.selectFile(str(path))
    files.accept()


def idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=60_000)


def test_a_denoised_catalogue_is_exported(qtbot: QtBot, trained: MainWindow, session: Session, tmp_path: Path) -> None:
    dialog = dialog_of(trained, "actionExportDenoised", "denoiseDialog")
    count = dialog.findChild(QLabel, "denoiseCount")
    qtbot.waitUntil(lambda: "replaced" in count.text())
    originals = dialog.findChild(QCheckBox, "denoiseOriginalsCheck")
    originals.setFocus()
    qtbot.keyClick(originals, Qt.Key.Key_Space)
    told = count.text()
    save_as(qtbot, dialog, "denoise", tmp_path / "out.csv")
    idle(qtbot, trained)
    table = pd.read_csv(tmp_path / "out.csv", comment="#")
    replaced = table["denoise_flag"].isna()
    assert told.startswith(f"{replaced.sum():,} stars replaced") and len(table) == len(session.catalog)
    assert session.embedding is not None
    np.testing.assert_allclose(table["r"][replaced], session.embedding.reconstruction[replaced, 2], atol=1e-5)
    np.testing.assert_array_equal(table["r_original"], session.catalog.table["r"])
    assert "Exported to" in trained.statusBar().currentMessage()


def test_a_compressed_catalogue_is_exported_and_opens_like_a_table(
    qtbot: QtBot, trained: MainWindow, session: Session, tmp_path: Path
) -> None:
    dialog = dialog_of(trained, "actionExportCompressed", "compressDialog")
    latent, note = dialog.findChild(QComboBox, "compressLatentCombo"), dialog.findChild(QLabel, "compressNote")
    assert latent.currentText() == "2" and "has such a network" in note.text()
    latent.setFocus()
    qtbot.keyClick(latent, Qt.Key.Key_Down)
    assert "is trained first" in note.text()
    beyond = dialog.findChild(QDoubleSpinBox, "compressBeyondSpin")
    beyond.setFocus()
    beyond.selectAll()
    qtbot.keyClicks(beyond, "2")
    save_as(qtbot, dialog, "compress", tmp_path / "stars.stellarz")
    idle(qtbot, trained)
    told = trained.findChild(QDialog, "compressedDialog")
    stated = read_description(tmp_path / "stars.stellarz").compression
    assert (stated.latent, stated.keep_beyond) == (3, 2.0)
    assert f"{stated.exact:,} kept as they are" in told.findChild(QLabel, "compressedFacts").text()
    table = told.findChild(BandTable, "compressedTable")
    assert table.item(0, 1).text() == f"{stated.loss['u'].rms:.3f}"
    told.reject()
    assert len(trained.workspace.runs.all) == 1

    trained.workspace.mark_saved()
    trained.open_path(tmp_path / "stars.stellarz")
    qtbot.waitUntil(lambda: trained.workspace.catalog.provenance.name == "stars.stellarz", timeout=30_000)
    idle(qtbot, trained)
    opened = trained.workspace.catalog
    off = opened.magnitudes - session.catalog.magnitudes
    assert np.sqrt(np.mean(off**2, axis=1)).max() <= 2.0 and (off != 0).any()
    assert trained.workspace.model is None and trained.windowTitle().startswith("stars.stellarz")


def test_without_a_network_denoising_waits_and_says_why(window: MainWindow) -> None:
    denoise, compress = (window.findChild(QAction, f"actionExport{name}") for name in ("Denoised", "Compressed"))
    assert not denoise.isEnabled() and not compress.isEnabled()
    assert "Open a table" in compress.toolTip()
    window.workspace.show(Session(simulate(300, seed=1)))
    assert not denoise.isEnabled() and "Train the autoencoder first" in denoise.toolTip()
    assert compress.isEnabled()


def test_a_damaged_compressed_catalogue_is_told_in_a_sentence(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "bad.stellarz").write_bytes(b"PK\x03\x04 no archive")
    with qtbot.waitSignal(window.workspace.errorReported) as told:
        window.open_path(tmp_path / "bad.stellarz")
    assert str(told.args[0]).startswith("bad.stellarz: not a compressed catalogue")
    window.findChild(QDialog, "errorDialog").close()
