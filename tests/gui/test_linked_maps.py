"""The linked maps through the real window: docks with colours, magnitudes, residuals and the sky, all of one mind."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.planes import SkyPlane
from stellar_gui.analysis.sky import ProjectionKind
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.map_panel import MapPanel
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool
from stellar_gui.session.session import Session
from tests.gui.map_helpers import click, drag

NAMES = ("colorMagnitude", "colorUgr", "colorGri", "colorRiz", "sky", "residual")


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=20_000)


def open_map(qtbot: QtBot, window: MainWindow, name: str) -> StarMap:
    """Open a map by its entry in the Window menu."""
    entry = window.findChild(QAction, f"actionShow{name[0].upper()}{name[1:]}Panel")
    panel, star_map = window.findChild(MapPanel, f"{name}Panel"), window.findChild(StarMap, f"{name}View")
    assert entry is not None and panel is not None and star_map is not None
    if not entry.isChecked():
        entry.trigger()
    panel.raise_()
    qtbot.waitUntil(lambda: panel.link.up_to_date or panel.link.obstacle is not None, timeout=20_000)
    idle(window, qtbot)
    return star_map


def at(star_map: StarMap, row: int) -> tuple[float, float]:
    return float(star_map.data.x[row]), float(star_map.data.y[row])


def test_maps_are_put_away_at_first_and_cost_nothing(trained: MainWindow) -> None:
    for name in NAMES:
        panel = trained.findChild(MapPanel, f"{name}Panel")
        assert panel is not None and not panel.isVisible()
        assert len(panel.map.data.x) == 0


@pytest.mark.parametrize("name", NAMES)
def test_each_map_opens_shows_every_star_that_takes_part_and_closes(
    qtbot: QtBot, trained: MainWindow, name: str
) -> None:
    star_map = open_map(qtbot, trained, name)
    assert star_map.isVisible()
    np.testing.assert_array_equal(np.sort(star_map.data.index.row), np.flatnonzero(trained.workspace.kept))
    panel = trained.findChild(MapPanel, f"{name}Panel")
    assert panel is not None
    assert panel.facts() == f"{int(trained.workspace.kept.sum()):,} stars"
    panel.close()
    assert not star_map.isVisible()


def test_bright_stars_are_at_the_top_of_the_colour_magnitude_map(qtbot: QtBot, trained: MainWindow) -> None:
    star_map = open_map(qtbot, trained, "colorMagnitude")
    rows = star_map.data.index.row
    bright, faint = (int(rows[k]) for k in (np.argmin(star_map.data.y[rows]), np.argmax(star_map.data.y[rows])))
    star_map.fit()
    assert star_map.to_pixel(*at(star_map, bright)).y() < star_map.to_pixel(*at(star_map, faint)).y()
    image = star_map.grab_image()
    for row in (bright, faint):
        pixel = star_map.to_pixel(*at(star_map, row))
        near = [image.pixel(pixel + QPoint(dx, dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        assert any(color != image.pixel(QPoint(int(star_map.plot_rect().right()) - 3, pixel.y())) for color in near)


def test_a_selection_on_one_map_is_exact_and_shown_on_all(qtbot: QtBot, trained: MainWindow) -> None:
    latent = trained.findChild(StarMap, "latentView")
    maps = [open_map(qtbot, trained, name) for name in ("colorMagnitude", "colorUgr")]
    assert latent is not None
    trained.workspace.clear_selection()
    diagram = maps[0]
    qtbot.keyClick(diagram, Qt.Key.Key_R)
    assert latent.tool is maps[1].tool is diagram.tool is Tool.RECTANGLE
    before = [one.grab_image() for one in (latent, maps[1])]
    (x0, x1), (y0, y1) = diagram.view_range()
    corners = [(x0 + 0.3 * (x1 - x0), y0 + 0.3 * (y1 - y0)), (x0 + 0.6 * (x1 - x0), y0 + 0.7 * (y1 - y0))]
    corners = [diagram.to_data(diagram.to_pixel(*corner)) for corner in corners]
    drag(qtbot, diagram, corners)
    (ax, ay), (bx, by) = corners
    x, y = diagram.data.x, diagram.data.y
    inside = (x >= min(ax, bx)) & (x <= max(ax, bx)) & (y >= min(ay, by)) & (y <= max(ay, by))
    expected = inside & trained.workspace.kept
    assert expected.any()
    np.testing.assert_array_equal(trained.workspace.selection, expected)
    for one, image in zip((latent, maps[1]), before, strict=True):
        assert one.grab_image() != image
    trained.workspace.undo_stack.undo()
    assert not trained.workspace.selection.any()


def test_a_picked_and_a_hovered_star_are_ringed_everywhere(qtbot: QtBot, trained: MainWindow) -> None:
    latent = trained.findChild(StarMap, "latentView")
    assert latent is not None
    sky = open_map(qtbot, trained, "sky")
    row = int(sky.data.index.row[7])
    click(qtbot, sky, at(sky, row))
    picked = trained.workspace.active
    assert np.hypot(*(np.array(at(sky, picked)) - at(sky, row))) < 5
    before = latent.viewport().grab().toImage()
    qtbot.mouseMove(sky.viewport(), QPoint(2, 2))
    trained.workspace.set_hovered(row)
    assert latent.viewport().grab().toImage() != before


def test_the_sky_changes_between_whole_and_field_about_what_is_in_view(qtbot: QtBot, trained: MainWindow) -> None:
    sky = open_map(qtbot, trained, "sky")
    panel = trained.findChild(MapPanel, "skyPanel")
    combo = trained.findChild(QComboBox, "skyChoice")
    assert panel is not None and combo is not None and isinstance(panel.link.plane, SkyPlane)
    assert panel.link.plane.projection.kind is ProjectionKind.AITOFF
    row = int(sky.data.index.row[3])
    x, y = at(sky, row)
    centre = sky.plot_rect().center().toPoint()
    drag(qtbot, sky, [(x, y), sky.to_data(centre)])
    for _ in range(8):
        sky.zoom_in()
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: panel.link.up_to_date)
    plane = panel.link.plane
    assert isinstance(plane, SkyPlane) and plane.projection.kind is ProjectionKind.GNOMONIC
    assert np.hypot(*at(sky, row)) < 2
    (x0, x1), (y0, y1) = sky.view_range()
    assert x0 < 0 < x1 and y0 < 0 < y1
    scale_x, scale_y = sky.plot_rect().width() / (x1 - x0), sky.plot_rect().height() / (y1 - y0)
    assert scale_x == pytest.approx(scale_y)


def test_the_residual_of_another_band_can_be_chosen(qtbot: QtBot, trained: MainWindow, session: Session) -> None:
    star_map = open_map(qtbot, trained, "residual")
    combo = trained.findChild(QComboBox, "residualChoice")
    assert combo is not None and session.embedding is not None
    assert [combo.itemText(k) for k in range(combo.count())] == [f"Residual {band}" for band in "ugriz"]
    combo.setCurrentIndex(3)
    combo.activated.emit(3)
    idle(trained, qtbot)
    rows = star_map.data.index.row
    np.testing.assert_array_equal(star_map.data.y[rows], session.embedding.residual[rows, 3])


def test_before_a_training_the_catalogues_maps_work_and_the_others_say_what_to_do(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    window.workspace.show(Session(catalog=session.catalog, cuts=session.cuts))
    idle(window, qtbot)
    diagram = open_map(qtbot, window, "colorMagnitude")
    assert len(diagram.data.index) == int(window.workspace.kept.sum())
    window.workspace.clear_selection()
    (x0, x1), (y0, y1) = diagram.view_range()
    diagram.set_tool(Tool.X_RANGE)
    drag(qtbot, diagram, [((x0 + x1) / 2, (y0 + y1) / 2), (x1 - 0.02 * (x1 - x0), (y0 + y1) / 2)])
    assert window.workspace.selection.any()
    residual = open_map(qtbot, window, "residual")
    panel = window.findChild(MapPanel, "residualPanel")
    assert panel is not None and panel.link.obstacle == "Train the autoencoder first."
    assert not residual.isVisible()


def test_a_table_without_positions_says_so(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    catalog = session.catalog
    columns = {role: column for role, column in catalog.columns.items() if role not in ("ra", "dec")}
    bare = Catalog(catalog.table.drop(columns=["ra", "dec"]), columns, catalog.provenance)
    window.workspace.show(Session(catalog=bare, cuts=session.cuts))
    sky = open_map(qtbot, window, "sky")
    panel = window.findChild(MapPanel, "skyPanel")
    assert panel is not None and panel.link.obstacle is not None and "ra and dec" in panel.link.obstacle
    assert not sky.isVisible()


def test_hidden_labels_are_neither_shown_nor_selected_on_any_map_until_they_come_back(
    qtbot: QtBot, trained: MainWindow
) -> None:
    workspace = trained.workspace
    latent = trained.findChild(StarMap, "latentView")
    combo = trained.findChild(QComboBox, "colourByCombo")
    assert latent is not None and combo is not None and workspace.catalog is not None
    diagram = open_map(qtbot, trained, "colorMagnitude")
    combo.setCurrentIndex(combo.findText("kind"))
    combo.activated.emit(combo.currentIndex())
    idle(trained, qtbot)
    kinds = workspace.catalog.table["kind"].to_numpy()
    values, counts = np.unique(kinds[workspace.kept], return_counts=True)
    commonest = str(values[np.argmax(counts)])
    latent.viewport().repaint()
    area = latent._legend_area
    assert area is not None
    where = next(where for where, label in area.rows if label == commonest).center().toPoint()
    view = latent.view_range()
    qtbot.mouseClick(latent.viewport(), Qt.MouseButton.LeftButton, pos=where)
    idle(trained, qtbot)
    others = workspace.kept & (kinds != commonest)
    for one in (latent, diagram):
        np.testing.assert_array_equal(np.sort(one.data.index.row), np.flatnonzero(others))
    assert latent.view_range() == view
    workspace.select_all()
    np.testing.assert_array_equal(workspace.selection, others)
    latent.viewport().repaint()
    area = latent._legend_area
    assert area is not None
    where = next(where for where, label in area.rows if label == commonest).center().toPoint()
    qtbot.mouseDClick(latent.viewport(), Qt.MouseButton.LeftButton, pos=where)
    idle(trained, qtbot)
    np.testing.assert_array_equal(workspace.shown, workspace.kept & (kinds == commonest))
    workspace.display.hide_labels(frozenset())
    idle(trained, qtbot)
    assert len(diagram.data.index) == int(workspace.kept.sum())


def test_what_changes_while_a_map_is_away_is_there_when_it_comes_back(
    qtbot: QtBot, trained: MainWindow, session: Session
) -> None:
    star_map = open_map(qtbot, trained, "colorGri")
    panel = trained.findChild(MapPanel, "colorGriPanel")
    assert panel is not None
    panel.close()
    rows = np.flatnonzero(trained.workspace.kept)[:40]
    other = Session(catalog=session.catalog, cuts=session.cuts, embedding=session.embedding)
    trained.workspace.show(other)
    idle(trained, qtbot)
    trained.workspace.select_all()
    trained.workspace.set_active(int(rows[3]))
    star_map = open_map(qtbot, trained, "colorGri")
    before = star_map.grab_image()
    star_map.set_selection(np.zeros(len(trained.workspace.selection), bool))
    assert star_map.grab_image() != before


def test_the_layout_can_be_reset_with_maps_open_and_floating(qtbot: QtBot, trained: MainWindow) -> None:
    open_map(qtbot, trained, "colorMagnitude")
    open_map(qtbot, trained, "sky")
    panel = trained.findChild(MapPanel, "skyPanel")
    reset = trained.findChild(QAction, "actionResetLayout")
    assert panel is not None and reset is not None
    panel.setFloating(True)
    reset.trigger()
    for name in NAMES:
        one = trained.findChild(MapPanel, f"{name}Panel")
        assert one is not None and not one.isVisible() and not one.isFloating()
    assert open_map(qtbot, trained, "sky").isVisible()


def test_a_gesture_ends_without_effect_when_its_map_is_put_away(qtbot: QtBot, trained: MainWindow) -> None:
    diagram = open_map(qtbot, trained, "colorMagnitude")
    panel = trained.findChild(MapPanel, "colorMagnitudePanel")
    label = trained.findChild(QLabel, "selectedLabel")
    assert panel is not None and label is not None
    trained.workspace.clear_selection()
    diagram.set_tool(Tool.POLYGON)
    (x0, x1), (y0, y1) = diagram.view_range()
    for share in (0.3, 0.5, 0.7):
        click(qtbot, diagram, (x0 + share * (x1 - x0), y0 + share**2 * (y1 - y0)))
    qtbot.waitUntil(lambda: "outline" in label.text())
    panel.close()
    assert label.text() == "0 selected"
    assert not trained.workspace.selection.any()


def test_a_map_that_floated_when_the_window_closed_is_there_again(qtbot: QtBot, window: MainWindow) -> None:
    entry = window.findChild(QAction, "actionShowColorUgrPanel")
    panel = window.findChild(MapPanel, "colorUgrPanel")
    assert entry is not None and panel is not None
    entry.trigger()
    panel.setFloating(True)
    window.close()
    other = MainWindow()
    try:
        other.show()
        qtbot.waitExposed(other)
        again = other.findChild(MapPanel, "colorUgrPanel")
        assert again is not None and again.isFloating()
        qtbot.waitUntil(lambda: again.isVisible())
        again.setFloating(False)
        reset = other.findChild(QAction, "actionResetLayout")
        assert reset is not None
        reset.trigger()
    finally:
        other.close()
        other.deleteLater()
