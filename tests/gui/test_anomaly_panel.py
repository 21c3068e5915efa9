"""The panel of odd stars, by mouse and keyboard: rank, select above the threshold, walk, rate."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QDockWidget, QLabel, QMenuBar, QPushButton
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.anomalies import DEFAULT, METHODS
from stellar_gui.analysis.findings import UNLABELLED
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.anomaly_panel import AnomalyPanel
from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.views.score_histogram import ScoreHistogram
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.widgets.star_table import StarTable
from stellar_gui.progress import drain
from stellar_gui.session.export import export_table
from stellar_gui.session.storage.archive import load_session

LEFT = Qt.MouseButton.LeftButton


def child(window: MainWindow, kind: type, name: str) -> object:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def choose(window: MainWindow, name: str) -> None:
    combo = child(window, QComboBox, "anomalyMethod")
    combo.setCurrentIndex(combo.findData(name))


@pytest.fixture
def opened(trained: MainWindow) -> MainWindow:
    """The panel opened from the menu."""
    child(trained, QAction, "actionAnalyseAnomaly").trigger()
    return trained


@pytest.fixture
def ranked(opened: MainWindow, qtbot: QtBot) -> MainWindow:
    """The stars ranked by reconstruction error."""
    choose(opened, "error")
    with qtbot.waitSignal(opened.workspace.ranking.rankingChanged, timeout=20_000):
        qtbot.mouseClick(child(opened, QPushButton, "rankButton"), LEFT)
    qtbot.waitUntil(lambda: opened.workspace.tasks.running == ())
    return opened


@pytest.fixture
def listed(ranked: MainWindow) -> StarTable:
    table = child(ranked, StarTable, "anomalyList")
    table.setFocus()
    return table


def by_error(window: MainWindow) -> list[int]:
    error = window.workspace.embedding.error
    order = np.argsort(-error, kind="stable")
    return order[np.isfinite(error[order])].tolist()


def test_the_panel_opens_from_the_menu_and_says_what_each_score_finds(opened: MainWindow) -> None:
    menus = [action.text() for action in opened.findChild(QMenuBar).actions()]
    assert "&Analyse" in menus
    panel = child(opened, AnomalyPanel, "anomalyPanel")
    assert not panel.visibleRegion().isEmpty()
    told = child(opened, QLabel, "anomalyFinds")
    assert told.text() == METHODS[DEFAULT].finds
    choose(opened, "sparse_latent")
    assert told.text() == METHODS["sparse_latent"].finds


def test_before_a_training_it_says_what_to_do(window: MainWindow) -> None:
    child(window, QAction, "actionAnalyseAnomaly").trigger()
    panel = child(window, AnomalyPanel, "anomalyPanel")
    assert any("Train the autoencoder" in label.text() for label in panel.findChildren(QLabel) if label.isVisible())
    assert not child(window, QPushButton, "rankButton").isVisible()


def test_a_score_that_needs_errors_is_not_offered_without_them(opened: MainWindow) -> None:
    choose(opened, "error_scaled")
    assert not child(opened, QPushButton, "rankButton").isEnabled()
    assert "photometric errors" in child(opened, QLabel, "anomalyNote").text()


def test_ranking_lists_the_stars_the_oddest_first_and_can_be_undone(ranked: MainWindow, listed: StarTable) -> None:
    assert listed.catalogue_rows() == by_error(ranked)
    finding = ranked.workspace.findings.get("anomaly_score")
    assert finding is not None and finding.unit == "mag"
    assert finding.recipe == {"method": "error", "model": ranked.workspace.model.id}
    child(ranked, QAction, "actionUndo").trigger()
    assert ranked.workspace.findings.get("anomaly_score") is None
    assert not listed.isVisible()
    child(ranked, QAction, "actionRedo").trigger()
    assert listed.isVisible() and listed.catalogue_rows() == by_error(ranked)


def test_the_scores_shown_are_named_where_another_is_chosen(ranked: MainWindow) -> None:
    note = child(ranked, QLabel, "anomalyNote")
    assert note.text() == ""
    choose(ranked, "bands")
    assert note.text() == "Below: reconstruction error."


def test_the_threshold_is_dragged_and_what_lies_above_selected(ranked: MainWindow, qtbot: QtBot) -> None:
    histogram = child(ranked, ScoreHistogram, "anomalyHistogram")
    error = ranked.workspace.embedding.error
    stars = int(np.isfinite(error).sum())
    count = child(ranked, QLabel, "anomalyCount")
    assert f": {stars - int(0.99 * stars)} stars · 1." in count.text()
    middle = histogram.plot.height() // 3
    start, end = (QPoint(histogram.pixel_of(score), middle) for score in (histogram.threshold, np.nanmedian(error)))
    with qtbot.waitSignal(histogram.thresholdMoved):
        qtbot.mousePress(histogram, LEFT, pos=start)
        qtbot.mouseMove(histogram, end)
        qtbot.mouseRelease(histogram, LEFT, pos=end)
    assert histogram.threshold == pytest.approx(np.nanmedian(error), rel=0.1)
    above = error >= np.float32(histogram.threshold)
    assert f": {np.count_nonzero(above)} stars" in count.text()
    qtbot.mouseClick(child(ranked, QPushButton, "selectAboveButton"), LEFT)
    np.testing.assert_array_equal(ranked.workspace.selection, above)
    assert "odd stars" in child(ranked, QAction, "actionUndo").text()


def test_the_threshold_moves_by_keys(ranked: MainWindow, qtbot: QtBot) -> None:
    histogram = child(ranked, ScoreHistogram, "anomalyHistogram")
    histogram.setFocus()
    before = histogram.threshold
    qtbot.keyClick(histogram, Qt.Key.Key_Left)
    lower = histogram.threshold
    qtbot.keyClick(histogram, Qt.Key.Key_Right)
    assert lower < before
    assert histogram.threshold == pytest.approx(before)


def test_after_ranking_the_keys_walk_on_from_the_oddest_star(ranked: MainWindow, qtbot: QtBot) -> None:
    rows, workspace = by_error(ranked), ranked.workspace
    assert workspace.active == rows[0]
    focused = QApplication.focusWidget()
    assert focused is child(ranked, StarTable, "anomalyList")
    qtbot.keyClick(focused, Qt.Key.Key_Right)
    assert workspace.active == rows[1]


def test_left_and_right_walk_the_list(ranked: MainWindow, listed: StarTable, qtbot: QtBot) -> None:
    rows, workspace = by_error(ranked), ranked.workspace
    assert workspace.active == rows[0]
    for _ in range(2):
        qtbot.keyClick(listed, Qt.Key.Key_Right)
    assert workspace.active == rows[2]
    qtbot.keyClick(listed, Qt.Key.Key_Left)
    assert workspace.active == rows[1]
    star = child(ranked, QDockWidget, "starPanel")
    star.setFocus()
    qtbot.keyClick(star, Qt.Key.Key_Right)
    assert workspace.active == rows[2]
    assert listed.selectionModel().selectedRows()[0].row() == 2


def test_stars_are_rated_by_key_in_list_and_map(ranked: MainWindow, listed: StarTable, qtbot: QtBot) -> None:
    rows, workspace = by_error(ranked), ranked.workspace
    qtbot.keyClick(listed, Qt.Key.Key_4)
    star_map = child(ranked, StarMap, "latentView")
    star_map.setFocus()
    qtbot.mouseClick(star_map.viewport(), LEFT, pos=star_map.to_pixel(*workspace.embedding.latent[rows[1]]))
    picked = workspace.active
    qtbot.keyClick(star_map, Qt.Key.Key_0)
    rating = workspace.findings.get("rating")
    assert {row: int(rating.values[row]) for row in (rows[0], picked)} == {rows[0]: 4, picked: 0}
    assert np.count_nonzero(rating.values != UNLABELLED) == 2
    assert listed.model().index(0, 3).data() == "4"
    assert child(ranked, AnomalyPanel, "anomalyPanel").facts().endswith("2 rated")
    child(ranked, QAction, "actionUndo").trigger()
    assert workspace.ranking.rating_of(picked) is None and workspace.ranking.rating_of(rows[0]) == 4


def test_the_same_rating_again_takes_it_away(ranked: MainWindow, listed: StarTable, qtbot: QtBot) -> None:
    qtbot.keyClick(listed, Qt.Key.Key_3)
    assert child(ranked, QDockWidget, "starPanel").facts() == "rated 3"
    qtbot.keyClick(listed, Qt.Key.Key_3)
    assert ranked.workspace.ranking.rated == 0
    assert child(ranked, QDockWidget, "starPanel").facts() == ""


def test_u_goes_to_the_next_star_without_a_rating(ranked: MainWindow, listed: StarTable, qtbot: QtBot) -> None:
    rows, workspace = by_error(ranked), ranked.workspace
    for row, rating in ((rows[0], 1), (rows[1], 2), (rows[3], 5)):
        workspace.ranking.rate(row, rating)
    visited = []
    for _ in range(3):
        qtbot.keyClick(listed, Qt.Key.Key_U)
        visited.append(workspace.active)
    assert visited == [rows[2], rows[4], rows[5]]
    workspace.set_active(rows[-1])
    qtbot.keyClick(listed, Qt.Key.Key_U)
    assert workspace.active == rows[2], "after the last star the first without a rating"


def test_without_a_picked_star_nothing_can_be_rated(opened: MainWindow) -> None:
    assert not child(opened, QAction, "actionRate3").isEnabled()
    assert not child(opened, QAction, "actionNextUnrated").isEnabled()
    opened.workspace.set_active(5)
    assert child(opened, QAction, "actionRate3").isEnabled()


def test_ratings_are_saved_and_exported(ranked: MainWindow, listed: StarTable, qtbot: QtBot, tmp_path: Path) -> None:
    rows = by_error(ranked)
    qtbot.keyClick(listed, Qt.Key.Key_5)
    ranked.save_session(tmp_path / "rated.stellar")
    qtbot.waitUntil(lambda: not ranked.workspace.tasks.running)
    saved = drain(load_session(tmp_path / "rated.stellar"))
    table = export_table(saved, np.array(rows[:2]))
    assert table["rating"].tolist()[0] == 5 and table["rating"].isna().tolist() == [False, True]
    np.testing.assert_allclose(table["anomaly_score"], table["rec_error"], rtol=1e-5)
    ranked.workspace.show(saved)
    assert ranked.workspace.ranking.rating_of(rows[0]) == 5
    assert listed.catalogue_rows() == rows


def test_scores_of_another_model_are_told_from_those_of_the_one_shown(ranked: MainWindow) -> None:
    from dataclasses import replace

    session = ranked.workspace.session()
    (scores,) = session.findings
    other = replace(scores, recipe={"method": "error", "model": "another"})
    ranked.workspace.show(replace(session, findings=(other,)))
    assert "another run" in child(ranked, QLabel, "anomalyNote").text()


@pytest.mark.parametrize("choice", [ThemeChoice.DARK, ThemeChoice.LIGHT])
def test_the_histogram_wears_the_theme(ranked: MainWindow, choice: ThemeChoice) -> None:
    theme.choose(choice)
    image = child(ranked, ScoreHistogram, "anomalyHistogram").grab().toImage()
    assert image.pixelColor(3, 3).name() == theme.colors.card
