"""The panel of clusters, by mouse and keyboard: preview, full run, corrections and their undoing."""

from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QComboBox, QLabel, QMenu, QPushButton, QSlider, QSpinBox
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.cluster_edits import sizes
from stellar_gui.analysis.clusters import ClusterSettings
from stellar_gui.analysis.findings import Finding
from stellar_gui.analysis.recipes import applied
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.cluster_form import ClusterForm
from stellar_gui.gui.panels.cluster_panel import ClusterPanel
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.hue_palette import label_colors
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.widgets.cluster_table import ClusterTable

LEFT = Qt.MouseButton.LeftButton
Widget = TypeVar("Widget", bound=QObject)


def child(window: MainWindow, kind: type[Widget], name: str) -> Widget:
    found = window.findChild(kind, name)
    assert found is not None
    return found


def click(window: MainWindow, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(child(window, QPushButton, name), LEFT)


def finding(window: MainWindow) -> Finding:
    found = window.workspace.findings.get("cluster")
    assert found is not None
    return found


def choose_rows(window: MainWindow, qtbot: QtBot, *rows: int) -> None:
    """Click on rows of the table, on all but the first with Ctrl."""
    table = child(window, ClusterTable, "clusterTable")
    for k, row in enumerate(rows):
        place = table.visualItemRect(table.item(row, 0)).center()
        keys = Qt.KeyboardModifier.ControlModifier if k else Qt.KeyboardModifier.NoModifier
        qtbot.mouseClick(table.viewport(), LEFT, keys, place)


@pytest.fixture
def opened(trained: MainWindow, qtbot: QtBot) -> MainWindow:
    """The panel on the trained session, three parts asked for and none to be merged."""
    child(trained, QAction, "actionAnalyseCluster").trigger()
    parts, slider = child(trained, QSpinBox, "clusterComponentsSpin"), child(trained, QSlider, "clusterOverlapSlider")
    parts.setFocus()
    parts.selectAll()
    qtbot.keyClicks(parts, "3")
    qtbot.keyClick(slider, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: trained.workspace.tasks.running == (), timeout=20_000)
    return trained


@pytest.fixture
def found(opened: MainWindow, qtbot: QtBot) -> MainWindow:
    click(opened, qtbot, "clusterRunButton")
    qtbot.waitUntil(lambda: opened.workspace.findings.get("cluster") is not None)
    qtbot.waitUntil(lambda: opened.workspace.tasks.running == ())
    return opened


def test_without_a_map_the_panel_says_what_to_do(window: MainWindow) -> None:
    child(window, QAction, "actionAnalyseCluster").trigger()
    panel = child(window, ClusterPanel, "clusterPanel")
    assert any("train the autoencoder" in label.text() for label in panel.findChildren(QLabel) if label.isVisible())
    assert not child(window, QPushButton, "clusterRunButton").isVisible()


def test_moving_a_slider_tells_at_once_what_would_be_found(opened: MainWindow, qtbot: QtBot) -> None:
    told = child(opened, QLabel, "clusterPreview")
    assert told.text().startswith("Preview: 3 clusters")
    qtbot.keyClick(child(opened, QSlider, "clusterOverlapSlider"), Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: told.text().startswith("Preview: 1 cluster "))
    assert "noise" in told.text()
    ends = [label for label in opened.findChildren(QLabel) if label.text() in ("fewer", "more clusters")]
    assert [label.text() for label in ends if label.isVisible()] == ["fewer", "more clusters"]
    assert opened.workspace.findings.get("cluster") is None


def test_the_stars_of_a_preview_have_its_colours_on_the_map_until_it_ends(found: MainWindow, qtbot: QtBot) -> None:
    told, star_map = child(found, QLabel, "clusterPreview"), child(found, StarMap, "latentView")
    star_map.set_contours_visible(False)
    before, steps = star_map.grab_image(), found.workspace.undo_stack.count()
    qtbot.keyClick(child(found, QSlider, "clusterOverlapSlider"), Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: told.text().startswith("Preview: 1 cluster "))
    tried = star_map.grab_image()
    assert tried != before and len(finding(found).labels) == 4 and found.workspace.undo_stack.count() == steps
    click(found, qtbot, "clusterCancelButton")
    assert star_map.grab_image() == before and not told.text().startswith("Preview")
    assert not child(found, QPushButton, "clusterCancelButton").isVisible()


def test_the_button_stays_where_it_is_while_settings_are_tried(trained: MainWindow, qtbot: QtBot) -> None:
    child(trained, QAction, "actionAnalyseCluster").trigger()
    button, told = child(trained, QPushButton, "clusterRunButton"), child(trained, QLabel, "clusterPreview")
    form = child(trained, ClusterForm, "clusterForm")
    trained.grab()
    before = button.mapTo(trained, QPoint()) - form.mapTo(trained, QPoint())
    qtbot.keyClick(child(trained, QSlider, "clusterOverlapSlider"), Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: told.text().startswith("Preview: 1 cluster "), timeout=20_000)
    trained.grab()
    assert button.mapTo(trained, QPoint()) - form.mapTo(trained, QPoint()) == before


def test_a_run_ends_the_preview(opened: MainWindow, qtbot: QtBot) -> None:
    told = child(opened, QLabel, "clusterPreview")
    assert told.text().startswith("Preview")
    click(opened, qtbot, "clusterRunButton")
    qtbot.waitUntil(lambda: opened.workspace.findings.get("cluster") is not None)
    assert not told.text().startswith("Preview") and opened.workspace.display.trial is None


@pytest.mark.parametrize("way", ["another colour", "another panel"])
def test_a_preview_ends_with(opened: MainWindow, qtbot: QtBot, way: str) -> None:
    assert opened.workspace.display.trial is not None
    if way == "another colour":
        colours = child(opened, QComboBox, "colourByCombo")
        colours.setFocus()
        qtbot.keyClick(colours, Qt.Key.Key_Down)
    else:
        child(opened, ClusterPanel, "clusterPanel").close()
    assert opened.workspace.display.trial is None
    assert not child(opened, QLabel, "clusterPreview").text().startswith("Preview")


def test_density_has_a_slider_of_its_own(opened: MainWindow, qtbot: QtBot) -> None:
    method = child(opened, QComboBox, "clusterMethodCombo")
    method.setFocus()
    qtbot.keyClick(method, Qt.Key.Key_Down)
    assert method.currentData() == "hdbscan"
    slider = child(opened, QSlider, "clusterSmallestSlider")
    assert slider.isVisible() and not child(opened, QSlider, "clusterOverlapSlider").isVisible()
    qtbot.waitUntil(lambda: opened.workspace.tasks.running == ())
    before = child(opened, QLabel, "clusterPreview").text()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: child(opened, QLabel, "clusterPreview").text() != before)


def test_a_run_labels_all_stars_and_colours_the_map(found: MainWindow) -> None:
    assert child(found, QComboBox, "colourByCombo").currentText() == "Cluster"
    table, counted = child(found, ClusterTable, "clusterTable"), sizes(finding(found))
    assert [table.item(row, 0).text() for row in range(table.rowCount())] == [*finding(found).labels.values()]
    assert [table.item(row, 1).text() for row in range(table.rowCount())] == [f"{n:,}" for n in counted.values()]
    assert sum(counted.values()) == found.workspace.kept.sum()
    assert child(found, ClusterPanel, "clusterPanel").facts().startswith("3 clusters")


def test_a_session_with_clusters_shows_the_settings_that_found_them(found: MainWindow, qtbot: QtBot) -> None:
    session, form = found.workspace.session(), child(found, ClusterForm, "clusterForm")
    used = form.settings()
    assert session is not None and used.components == 3
    found.workspace.show(replace(session, findings=()))
    form.show_settings(ClusterSettings())
    found.workspace.show(session)
    assert form.settings() == used and found.workspace.display.trial is None
    qtbot.waitUntil(lambda: found.workspace.tasks.running == ())


def test_undoing_a_run_takes_the_clusters_away(found: MainWindow) -> None:
    undo = child(found, QAction, "actionUndo")
    assert "find clusters" in undo.text()
    undo.trigger()
    assert not child(found, ClusterTable, "clusterTable").isVisible()


def test_a_cancelled_run_leaves_nothing(opened: MainWindow, qtbot: QtBot) -> None:
    click(opened, qtbot, "clusterRunButton")
    assert not child(opened, QPushButton, "clusterRunButton").isEnabled()
    click(opened, qtbot, "clusterCancelButton")
    assert child(opened, QPushButton, "clusterRunButton").isEnabled()
    qtbot.waitUntil(lambda: opened.workspace.tasks.running == ())
    assert opened.workspace.findings.get("cluster") is None


def test_the_stars_of_a_chosen_cluster_are_selected(found: MainWindow, qtbot: QtBot) -> None:
    choose_rows(found, qtbot, 1)
    click(found, qtbot, "clusterSelectButton")
    np.testing.assert_array_equal(found.workspace.selection, finding(found).values == 1)


def test_clusters_become_subsets_in_one_undoable_step(found: MainWindow, qtbot: QtBot) -> None:
    click(found, qtbot, "clusterSubsetsButton")
    assert list(found.workspace.subsets) == ["cluster 0", "cluster 1", "cluster 2"]
    np.testing.assert_array_equal(found.workspace.subsets["cluster 1"], finding(found).values == 1)
    child(found, QAction, "actionUndo").trigger()
    assert not len(found.workspace.subsets)
    choose_rows(found, qtbot, 2)
    click(found, qtbot, "clusterSubsetsButton")
    assert list(found.workspace.subsets) == ["cluster 2"]


def test_chosen_clusters_are_merged_in_one_undoable_step(found: MainWindow, qtbot: QtBot) -> None:
    before = finding(found).values
    choose_rows(found, qtbot, 0, 2)
    click(found, qtbot, "clusterMergeButton")
    np.testing.assert_array_equal(finding(found).values == 0, (before == 0) | (before == 2))
    child(found, QAction, "actionUndo").trigger()
    np.testing.assert_array_equal(finding(found).values, before)


def test_merging_clusters_leaves_the_others_their_colours(found: MainWindow, qtbot: QtBot) -> None:
    table = child(found, ClusterTable, "clusterTable")

    def swatches() -> dict[str, str]:
        items = [table.item(row, 0) for row in range(table.rowCount())]
        return {item.text(): item.icon().pixmap(10).toImage().pixelColor(5, 5).name() for item in items}

    before = swatches()
    choose_rows(found, qtbot, 0, 1)
    click(found, qtbot, "clusterMergeButton")
    after = swatches()
    assert [*after] == ["cluster 0", "cluster 2", "noise"]
    assert after == {name: before[name] for name in after}
    qtbot.waitUntil(lambda: found.workspace.tasks.running == ())
    picture = child(found, StarMap, "latentView").grab_image()
    pixels = np.frombuffer(picture.constBits(), np.uint32) & 0xFFFFFF
    assert (pixels == int(after["cluster 2"][1:], 16)).any()


@pytest.mark.parametrize(("entry", "code"), [("Noise", -1), ("Cluster 0", 0), ("New cluster", 3)])
def test_selected_stars_are_assigned_to_another_cluster(found: MainWindow, qtbot: QtBot, entry: str, code: int) -> None:
    before = finding(found).values
    choose_rows(found, qtbot, 2)
    click(found, qtbot, "clusterSelectButton")
    menu = child(found, QMenu, "clusterAssignMenu")

    click(found, qtbot, "clusterAssignButton")
    qtbot.waitUntil(menu.isVisible)
    action = next(action for action in menu.actions() if action.text() == entry)
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    np.testing.assert_array_equal(finding(found).values, np.where(before == 2, code, before))
    assert "Corrected by hand once; silhouettes are of" in child(found, QLabel, "clusterNote").text()
    child(found, QAction, "actionUndo").trigger()
    np.testing.assert_array_equal(finding(found).values, before)


def test_clusters_become_subsets_that_remember_them(found: MainWindow, qtbot: QtBot) -> None:
    workspace, labels = found.workspace, finding(found)
    click(found, qtbot, "clusterSubsetsButton")
    assert list(workspace.subsets) == [name for code, name in labels.labels.items() if code != -1]
    for subset in workspace.subsets.all:
        np.testing.assert_array_equal(applied(subset.recipe, workspace.columns), subset.mask)
    choose_rows(found, qtbot, 0)
    click(found, qtbot, "clusterSelectButton")
    np.testing.assert_array_equal(applied(workspace.selection_recipe, workspace.columns), workspace.selection)
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert not len(workspace.subsets)


def test_a_swatch_keeps_its_colour_in_a_chosen_row(found: MainWindow, qtbot: QtBot) -> None:
    table = child(found, ClusterTable, "clusterTable")
    wanted = QColor(label_colors(theme.colors, 3)[0]).name()

    def seen() -> set[str]:
        picture = table.viewport().grab(table.visualItemRect(table.item(0, 0))).toImage()
        return {picture.pixelColor(x, picture.height() // 2).name() for x in range(20)}

    assert wanted in seen()
    choose_rows(found, qtbot, 0)
    assert wanted in seen()
