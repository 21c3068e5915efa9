"""What happens at the same time ends in a state that fits together, and nothing that was asked for is lost."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QMessageBox, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.selection import Mode
from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.recovery import Recovery
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session

NARROW = QualityCuts(magnitude_range=(0.0, 20.0))


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=30_000)


@pytest.mark.parametrize(("before", "during"), [(QualityCuts(), NARROW), (NARROW, QualityCuts())])
def test_cuts_that_change_during_a_training_hold_for_its_embedding(
    window: MainWindow, qtbot: QtBot, before: QualityCuts, during: QualityCuts
) -> None:
    workspace = window.workspace
    workspace.show(Session(simulate(2000, seed=2), before))
    window.findChild(QSpinBox, "epochsSpin").setValue(100_000)
    with qtbot.waitSignal(workspace.previewChanged, timeout=30_000):
        qtbot.mouseClick(window.findChild(QPushButton, "trainButton"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(workspace.qualityChanged, timeout=30_000):
        workspace.set_cuts(during, "change the checks")
    qtbot.mouseClick(window.findChild(QPushButton, "stopButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: workspace.model is not None and workspace.embedding is not None, timeout=30_000)
    idle(window, qtbot)
    np.testing.assert_array_equal(np.isfinite(workspace.embedding.error), workspace.kept)


def test_a_model_that_comes_during_a_check_is_the_one_that_embeds(
    trained: MainWindow, qtbot: QtBot, session: Session
) -> None:
    other = drain(fit(session.catalog, session.cuts, TrainingConfig(seed=9, epochs=1)))
    trained.workspace.set_cuts(NARROW, "change the checks")
    trained.workspace.set_model(other)
    idle(trained, qtbot)
    workspace = trained.workspace
    row = int(np.flatnonzero(workspace.kept)[0])
    expected = other.model.encode(workspace.catalog.magnitudes[[row]])
    np.testing.assert_allclose(workspace.embedding.latent[[row]], expected, atol=1e-5)
    np.testing.assert_array_equal(np.isfinite(workspace.embedding.error), workspace.kept)


def test_undo_brings_back_what_a_check_had_hidden_of_the_selection(trained: MainWindow, qtbot: QtBot) -> None:
    workspace = trained.workspace
    workspace.select_all()
    everything = workspace.selection.copy()
    workspace.set_cuts(NARROW, "change the checks")
    idle(trained, qtbot)
    workspace.clear_selection()
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    idle(trained, qtbot)
    np.testing.assert_array_equal(workspace.selection, everything)


def test_an_export_goes_on_when_another_table_is_opened(
    trained: MainWindow, qtbot: QtBot, tmp_path: Path, table_path: Path
) -> None:
    trained.workspace.select_all()
    count = int(trained.workspace.selection.sum())
    trained.export_selection(tmp_path / "group.csv")
    trained.workspace.mark_saved()
    trained.open_path(table_path)
    idle(trained, qtbot)
    assert trained.workspace.model is None
    rows = [line for line in (tmp_path / "group.csv").read_text().splitlines() if not line.startswith("#")]
    assert len(rows) == count + 1


def test_the_file_that_was_asked_for_last_is_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, table_path: Path
) -> None:
    other = tmp_path / "other.csv"
    simulate(100, seed=8).table.to_csv(other, index=False)
    window.open_path(table_path)
    window.open_path(other)
    idle(window, qtbot)
    assert window.workspace.catalog.provenance.name == "other.csv"


def test_a_session_is_never_written_over_a_table(trained: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    table = tmp_path / "stars.csv"
    table.write_text("u,g,r,i,z\n", encoding="utf-8")
    trained.save_session(table)
    idle(trained, qtbot)
    assert table.read_text(encoding="utf-8") == "u,g,r,i,z\n"
    assert (tmp_path / "stars.csv.stellar").exists()


def test_a_column_that_would_put_an_unsaved_model_away_is_asked_about(trained: MainWindow, qtbot: QtBot) -> None:
    trained.workspace.mark_unsaved()
    combo = trained.findChild(QComboBox, "column_u")
    combo.setCurrentText("g")
    combo.textActivated.emit("g")
    box = trained.findChild(QMessageBox, "unsavedDialog")
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert trained.workspace.model is not None
    qtbot.waitUntil(lambda: trained.findChild(QComboBox, "column_u").currentText() == "u")


def test_a_refused_column_leaves_the_form_as_it_was(window: MainWindow, qtbot: QtBot, table_path: Path) -> None:
    window.open_path(table_path)
    idle(window, qtbot)
    combo = window.findChild(QComboBox, "column_u")
    combo.setCurrentText("kind")
    combo.textActivated.emit("kind")
    box = window.findChild(QMessageBox, "errorDialog")
    assert "kind" in box.text()
    box.close()
    qtbot.waitUntil(lambda: window.findChild(QComboBox, "column_u").currentText() == "u")


def test_one_latent_dimension_is_drawn_against_the_error(window: MainWindow, qtbot: QtBot) -> None:
    config = TrainingConfig(epochs=1, network=NetworkConfig(latent=1))
    window.workspace.show(drain(fit(simulate(500, seed=1), QualityCuts(), config)))
    idle(window, qtbot)
    window.workspace.select(np.array([0]), Mode.REPLACE, "test")
    assert not window.grab().isNull()


def test_closing_tells_where_no_copy_of_unsaved_work_can_be_kept(
    trained: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    recovery = trained.findChild(Recovery)
    monkeypatch.setattr(recovery, "_folder", tmp_path / "a file" / "recovered")
    monkeypatch.setattr(recovery, "_path", None)
    trained.workspace.set_model(replace(trained.workspace.session(), created="2026-01-01T00:00:00+00:00"))
    idle(trained, qtbot)
    trained.close()
    assert trained.isVisible()
    assert "a copy" in trained.findChildren(QMessageBox, "errorDialog")[-1].text().lower()
    trained.close()
    assert not trained.isVisible()


def test_ctrl_c_ends_the_window(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "stellar_gui", "--demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert "propagateSizeHints" in program.stderr.readline()
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=60)
    assert program.returncode == 130
