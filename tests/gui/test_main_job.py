"""The main job by mouse and keyboard: open a table, train, lasso, look at a star, export, and read the export back."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from stellar_gui.catalog.reading import read_catalog
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.views.corner_plot import CornerPlot
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.widgets.panel import Panel
from stellar_gui.gui.widgets.star_table import StarTable
from stellar_gui.gui.workspace import NO_STAR
from tests.gui.map_helpers import click, drag

OPEN_TIMEOUT = 30_000


def star_map(window: MainWindow) -> StarMap:
    found = window.findChild(StarMap, "latentView")
    assert found is not None
    return found


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert found is not None, name
    return found


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=OPEN_TIMEOUT)


def open_table(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=OPEN_TIMEOUT):
        window.open_path(path)
    idle(window, qtbot)


def train(window: MainWindow, qtbot: QtBot, epochs: int) -> None:
    window.findChild(QSpinBox, "epochsSpin").setValue(epochs)
    with qtbot.waitSignal(window.workspace.embeddingChanged, timeout=60_000):
        qtbot.mouseClick(window.findChild(QPushButton, "trainButton"), Qt.MouseButton.LeftButton)
    idle(window, qtbot)


def lasso_right_half(window: MainWindow, qtbot: QtBot) -> np.ndarray:
    """Lasso the stars right of the median by a path round the whole right side; return the mask expected."""
    latent = window.workspace.embedding.latent
    middle = float(np.nanmedian(latent[:, 0]))
    canvas = star_map(window)
    plot = canvas.plot_rect()
    (left, top), (right, bottom) = canvas.to_data(plot.topLeft()), canvas.to_data(plot.bottomRight())
    width, height = 0.002 * (right - left), 0.002 * (top - bottom)
    action(window, "actionToolLasso").trigger()
    path = [
        (middle, bottom + height),
        (right - width, bottom + height),
        (right - width, top - height),
        (middle, top - height),
    ]
    with qtbot.waitSignal(window.workspace.selectionChanged):
        drag(qtbot, star_map(window), path)
    pixel, tall = (right - left) / plot.width(), (top - bottom) / plot.height()
    x, y = latent.T
    expected = window.workspace.kept & (x > middle) & (x < right) & (y > bottom) & (y < top)
    edges = np.abs([x - middle, x - right]) <= 3 * pixel
    undecided = edges.any(axis=0) | (np.abs([y - bottom, y - top]) <= 3 * tall).any(axis=0)
    np.testing.assert_array_equal(window.workspace.selection[~undecided], expected[~undecided])
    return expected


def test_from_a_table_to_an_exported_selection(
    window: MainWindow, qtbot: QtBot, table_path: Path, tmp_path: Path
) -> None:
    open_table(window, qtbot, table_path)
    workspace = window.workspace
    assert window.findChild(QLabel, "shownLabel").text().endswith("of 1,500 stars")
    train(window, qtbot, epochs=2)
    assert workspace.embedding is not None
    lasso_right_half(window, qtbot)
    assert workspace.selection.any()
    assert "lasso" in action(window, "actionUndo").text()

    stars = window.findChild(StarTable, "selectionList")
    qtbot.mouseClick(
        stars.viewport(), Qt.MouseButton.LeftButton, pos=stars.visualRect(stars.model().index(0, 0)).center()
    )
    assert workspace.selection[workspace.active]
    panel = window.findChild(Panel, "starPanel")
    identifier = workspace.catalog.columns["identifier"]
    assert panel.title() == f"Star {workspace.catalog.table[identifier].iloc[workspace.active]}"
    assert "percentile" in window.findChild(QLabel, "starError").text()

    exported = tmp_path / "group.csv"
    window.export_selection(exported)
    idle(window, qtbot)
    again = read_catalog(exported)
    rows = np.flatnonzero(workspace.selection)
    source = workspace.catalog.table.iloc[rows].reset_index(drop=True)
    pd.testing.assert_frame_equal(again.table[list(source.columns)], source, check_dtype=False)
    np.testing.assert_array_equal(again.table["latent_1"].to_numpy(np.float32), workspace.embedding.latent[rows, 0])
    np.testing.assert_array_equal(again.table["rec_error"].to_numpy(np.float32), workspace.embedding.error[rows])

    action(window, "actionUndo").trigger()
    assert not workspace.selection.any()
    action(window, "actionRedo").trigger()
    assert np.array_equal(np.flatnonzero(workspace.selection), rows)


def test_the_real_stars_open_train_and_export(
    window: MainWindow, qtbot: QtBot, real_stars: Path, tmp_path: Path
) -> None:
    open_table(window, qtbot, real_stars / "sdss_stars_modelmag.csv")
    train(window, qtbot, epochs=3)
    lasso_right_half(window, qtbot)
    exported = tmp_path / "group.parquet"
    window.export_selection(exported)
    idle(window, qtbot)
    again = read_catalog(exported).table
    kept_text = (real_stars / "sdss_stars_modelmag.csv").read_text(encoding="utf-8")
    assert len(again) == window.workspace.selection.sum()
    assert all(f"{identifier}," in kept_text for identifier in again["objid"].head(50))


@pytest.mark.parametrize("name", ["sdss_dr14_spectro.csv", "sdss_stars_modelmag.csv", "skyserver_rect_308.csv"])
def test_every_real_file_opens(window: MainWindow, qtbot: QtBot, real_stars: Path, name: str) -> None:
    open_table(window, qtbot, real_stars / name)
    assert window.workspace.kept.sum() > 300
    assert window.windowTitle().startswith(name)


def test_a_session_opens_with_its_map(window: MainWindow, qtbot: QtBot, session_path: Path) -> None:
    with qtbot.waitSignal(window.workspace.embeddingChanged, timeout=OPEN_TIMEOUT):
        window.open_path(session_path)
    assert star_map(window).isVisible()
    assert window.findChild(QLabel, "trainingVerdict").text().startswith("Numbers in mag")


def test_a_saved_session_comes_back_with_its_selection(trained: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    lasso_right_half(trained, qtbot)
    selected = trained.workspace.selection.copy()
    path = tmp_path / "run.stellar"
    trained.save_session(path)
    idle(trained, qtbot)
    assert not trained.isWindowModified()
    action(trained, "actionClearSelection").trigger()
    with qtbot.waitSignal(trained.workspace.catalogChanged, timeout=OPEN_TIMEOUT):
        trained.workspace.mark_saved()
        trained.open_path(path)
    np.testing.assert_array_equal(trained.workspace.selection, selected)


def test_the_selection_is_copied_as_tab_separated_text(trained: MainWindow, qtbot: QtBot) -> None:
    trained.workspace.select_all()
    action(trained, "actionCopySelection").trigger()
    idle(trained, qtbot)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[-1] == "rec_error"
    assert len(lines) == trained.workspace.selection.sum() + 1


def test_a_click_picks_the_nearest_star_and_a_click_on_nothing_clears(trained: MainWindow, qtbot: QtBot) -> None:
    workspace = trained.workspace
    row = int(np.flatnonzero(workspace.kept)[np.nanargmax(workspace.embedding.latent[workspace.kept, 0])])
    action(trained, "actionToolPick").trigger()
    click(qtbot, star_map(trained), tuple(workspace.embedding.latent[row].tolist()))
    assert workspace.active == row
    assert trained.findChild(Panel, "starPanel").title() != "Star"


def test_hovering_shows_the_star_in_the_panel_and_leaving_brings_the_picked_one_back(
    trained: MainWindow, qtbot: QtBot
) -> None:
    workspace = trained.workspace
    panel = trained.findChild(Panel, "starPanel")
    first, second = np.flatnonzero(workspace.kept)[:2].tolist()
    workspace.set_active(first)
    picked = panel.title()
    workspace.set_hovered(second)
    assert panel.title() not in (picked, "Star")
    workspace.set_hovered(NO_STAR)
    assert panel.title() == picked


def test_select_all_invert_and_clear(trained: MainWindow) -> None:
    workspace = trained.workspace
    action(trained, "actionSelectAll").trigger()
    np.testing.assert_array_equal(workspace.selection, workspace.kept)
    action(trained, "actionInvertSelection").trigger()
    assert not workspace.selection.any()
    action(trained, "actionUndo").trigger()
    action(trained, "actionClearSelection").trigger()
    assert not workspace.selection.any()


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_map_is_saved_as_a_picture(trained: MainWindow, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"map.{ending}"
    trained.save_figure(path)
    head = path.read_bytes()[:100]
    assert head.startswith(b"\x89PNG") if ending == "png" else b"<svg" in path.read_bytes()


def test_the_corner_plot_shows_the_selection(trained: MainWindow, qtbot: QtBot) -> None:
    corner = trained.findChild(CornerPlot, "cornerPlot")
    lasso_right_half(trained, qtbot)
    idle(trained, qtbot)
    assert f"{trained.workspace.selection.sum():,} selected" in corner.describe(1, 0)
    action(trained, "actionClearSelection").trigger()
    idle(trained, qtbot)
    assert "selected" not in corner.describe(1, 0)
