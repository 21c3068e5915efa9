"""The formats of tables in the window: what its dialogs offer, and a file with several tables."""

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QFileDialog, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.selection import Mode
from stellar_gui.catalog.reading import READERS, read_catalog
from stellar_gui.catalog.writing import WRITERS
from stellar_gui.gui.files import EXPORT_FILTERS, OPEN_FILTER
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.table_dialog import TableDialog
from stellar_gui.session.session import Session


@pytest.fixture
def two_tables(session: Session, tmp_path: Path) -> Path:
    """A FITS file with a table of one number, and one of the session's stars."""
    path = tmp_path / "two.fits"
    stars = Table.from_pandas(session.catalog.table)
    units = [fits.BinTableHDU(Table({"a": [1]}), name="OTHER"), fits.BinTableHDU(stars, name="STARS")]
    fits.HDUList([fits.PrimaryHDU(), *units]).writeto(path)
    return path


def test_the_dialogs_offer_every_format() -> None:
    offered = OPEN_FILTER.partition("(")[2].partition(")")[0].split()
    assert {f"*{ending}" for ending in READERS} <= set(offered)
    exported = {name.partition("*")[2].rstrip(")") for name in EXPORT_FILTERS}
    assert exported == WRITERS.keys() - {".xml"}  # another name of a VOTable


def test_a_file_with_several_tables_asks_which_one(window: MainWindow, qtbot: QtBot, two_tables: Path) -> None:
    window.open_path(two_tables)
    qtbot.waitUntil(lambda: window.findChild(TableDialog, "tableDialog") is not None, timeout=20_000)
    dialog = window.findChild(TableDialog, "tableDialog")
    tables = dialog.findChild(QListWidget, "tableList")
    assert [tables.item(k).text() for k in range(tables.count())] == ["OTHER", "STARS"]
    qtbot.keyClick(tables, Qt.Key.Key_Down)
    accept = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open)
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        qtbot.mouseClick(accept, Qt.MouseButton.LeftButton)
    assert len(window.workspace.catalog) == 1500


@pytest.mark.parametrize("ending", [".fits", ".vot", ".ecsv"])
def test_a_selection_is_exported_and_opened_again(
    trained: MainWindow, qtbot: QtBot, tmp_path: Path, ending: str
) -> None:
    kept = np.flatnonzero(trained.workspace.kept)[:40]
    trained.workspace.select(kept, Mode.REPLACE, "forty stars")
    path = tmp_path / f"group{ending}"
    trained.export_selection(path)
    qtbot.waitUntil(lambda: trained.workspace.tasks.running == (), timeout=20_000)
    assert read_catalog(path).metadata["rows"] == "selection"
    trained.workspace.mark_saved()
    with qtbot.waitSignal(trained.workspace.catalogChanged, timeout=20_000):
        trained.open_path(path)
    assert len(trained.workspace.catalog) == 40


@pytest.mark.parametrize(
    ("kind", "written"),
    [("Folder for PyTorch and ONNX (*)", "mine/README.md"), ("One ONNX file (*.onnx)", "mine.onnx")],
)
def test_the_model_is_exported_as_a_folder_or_a_file(
    trained: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str, written: str
) -> None:
    trained.findChild(QAction, "actionExportModel").trigger()
    dialog = trained.findChild(QFileDialog, "modelFileDialog")
    kinds, name = dialog.findChild(QComboBox, "fileTypeCombo"), dialog.findChild(QLineEdit, "fileNameEdit")
    kinds.setFocus()
    while kinds.currentText() != kind:
        qtbot.keyClick(kinds, Qt.Key.Key_Down)
    assert name.text().endswith("_model.onnx" if written.endswith(".onnx") else "_model")
    dialog.setDirectory(str(tmp_path))
    name.setFocus()
    name.selectAll()
    qtbot.keyClicks(name, "mine")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Exported to" in trained.statusBar().currentMessage(), timeout=20_000)
    assert (tmp_path / written).stat().st_size > 500
    assert trained.workspace.tasks.running == ()
