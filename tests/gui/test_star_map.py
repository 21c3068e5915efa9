"""The star map by real mouse and key events: every tool and mode, navigation, hovering, and data that is not there."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.regions import Polygon, Rectangle, Stroke
from stellar_gui.analysis.selection import Mode
from stellar_gui.errors import OutputError
from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool
from tests.gui.map_helpers import MODIFIERS, NO_MODIFIER, Recorder, click, drag, snapped, wheel

Left, Right, Middle = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
Shift, Ctrl, Alt = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
Key = Qt.Key

DRAGGED = [tool for tool in Tool if tool not in (Tool.PICK, Tool.POLYGON, Tool.PROBE)]
CLICK_SELECTS = [tool for tool in DRAGGED if tool is not Tool.BRUSH]
ROUND_BOX = [(-1.5, -0.5), (0.5, -0.5), (0.5, 1.0), (-1.5, 1.0)]


@pytest.mark.parametrize(("modifier", "mode"), MODIFIERS)
@pytest.mark.parametrize("tool", DRAGGED)
def test_each_tool_selects_exactly_its_region_in_each_mode(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool, modifier: Qt.KeyboardModifier, mode: Mode
) -> None:
    x, y = star_map.data.x, star_map.data.y
    star_map.set_tool(tool)
    path = ROUND_BOX if tool is Tool.LASSO else [(-1.5, -0.5), (-0.5, 0.0), (0.5, 1.0)]
    drawn = snapped(star_map, path)
    (x0, x1), (y0, y1) = star_map.view_range()
    unit = (x1 - x0) / star_map.plot_rect().width(), (y1 - y0) / star_map.plot_rect().height()
    (from_x, from_y), (to_x, to_y) = np.float64(drawn[0]), np.float64(drawn[-1])
    inside = {
        Tool.RECTANGLE: Rectangle.between(drawn[0], drawn[-1]).contains(x, y),
        Tool.CIRCLE: np.hypot((x - from_x) / unit[0], (y - from_y) / unit[1])
        <= np.hypot((to_x - from_x) / unit[0], (to_y - from_y) / unit[1]),
        Tool.X_RANGE: (x >= from_x) & (x <= to_x),
        Tool.Y_RANGE: (y >= from_y) & (y <= to_y),
        Tool.LASSO: Polygon.through(drawn).contains(x, y),
        Tool.BRUSH: Stroke(tuple(drawn), 24 * unit[0], 24 * unit[1]).contains(x, y),
    }[tool]
    drag(qtbot, star_map, path, modifier)
    assert len(heard.gestures) == 1
    rows, told, text = heard.gestures[0]
    np.testing.assert_array_equal(rows, np.flatnonzero(inside))
    assert told is (Mode.ADD if tool is Tool.BRUSH and mode is Mode.REPLACE else mode)
    assert text == f"{tool.value.lower()}, {len(rows):,} stars"
    assert 100 < len(rows) < 3900


def test_a_mode_button_holds_until_changed_and_a_key_overrides_it_for_one_gesture(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    star_map.set_tool(Tool.RECTANGLE)
    star_map.set_mode(Mode.INTERSECT)
    drag(qtbot, star_map, [(-1.5, -0.5), (0.5, 1.0)])
    drag(qtbot, star_map, [(-1.5, -0.5), (0.5, 1.0)], Shift)
    drag(qtbot, star_map, [(-1.8, -0.7), (0.5, 1.0)])
    assert [mode for _, mode, _ in heard.gestures] == [Mode.INTERSECT, Mode.ADD, Mode.INTERSECT]


def test_the_key_is_read_at_the_press_and_holds_for_the_gesture(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    star_map.set_tool(Tool.RECTANGLE)
    canvas = star_map.viewport()
    qtbot.mousePress(canvas, Left, Shift, pos=star_map.to_pixel(-1.5, -0.5))
    qtbot.mouseMove(canvas, star_map.to_pixel(0, 0.5))
    qtbot.mouseRelease(canvas, Left, NO_MODIFIER, pos=star_map.to_pixel(0.5, 1.0))
    assert heard.gestures[0][1] is Mode.ADD


def test_a_self_crossing_lasso_leaves_out_what_it_goes_round_twice(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    star_map.set_tool(Tool.LASSO)
    star = [(1 + np.sin(t), np.cos(t)) for t in 2 * np.pi * np.arange(5) * 2 / 5]
    drag(qtbot, star_map, star)
    rows = heard.gestures[0][0]
    away = np.hypot(star_map.data.x[rows] - 1, star_map.data.y[rows])
    assert len(rows) > 10
    assert away.min() > 0.3


def test_pick_draws_rectangles_only_with_a_key_held(qtbot: QtBot, star_map: StarMap, heard: Recorder) -> None:
    before = star_map.view_range()
    drag(qtbot, star_map, [(-1.5, -0.5), (0.5, 1.0)], Shift)
    assert heard.gestures[0][1] is Mode.ADD
    assert star_map.view_range() == before
    star_map.drop_region()
    drag(qtbot, star_map, [(-1.5, -0.5), (0.5, 1.0)])
    assert len(heard.gestures) == 1
    (x0, _), (y0, _) = star_map.view_range()
    assert (x0, y0) == pytest.approx((before[0][0] - 2, before[1][0] - 1.5), abs=0.02)


@pytest.mark.parametrize("tool", Tool)
def test_every_tool_pans_with_the_middle_button_or_the_space_bar(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool
) -> None:
    star_map.set_tool(tool)
    (x0, _), _ = star_map.view_range()
    drag(qtbot, star_map, [(0, 0), (1, 0)], button=Middle)
    assert star_map.view_range()[0][0] == pytest.approx(x0 - 1, abs=0.02)
    qtbot.keyPress(star_map, Key.Key_Space)
    drag(qtbot, star_map, [(0, 0), (-1, 0)])
    qtbot.keyRelease(star_map, Key.Key_Space)
    assert star_map.view_range()[0][0] == pytest.approx(x0, abs=0.03)
    assert heard.gestures == []


def test_a_click_with_pick_activates_the_nearest_star_and_selects_nothing(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    click(qtbot, star_map, (3, 3))
    assert heard.heard == ["activated 3999"]
    assert heard.gestures == []


@pytest.mark.parametrize("tool", CLICK_SELECTS)
def test_a_click_with_a_selecting_tool_follows_the_modes(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool
) -> None:
    star_map.set_tool(tool)
    click(qtbot, star_map, (3, 3))
    assert np.flatnonzero(heard.selection).tolist() == [3999]
    click(qtbot, star_map, (-1, 0), Shift)
    assert heard.selection.sum() == 2
    assert [text for _, _, text in heard.gestures] == ["click, 1 star"] * 2


@pytest.mark.parametrize("tool", [Tool.PICK, *CLICK_SELECTS])
def test_control_click_toggles_one_star(qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool) -> None:
    star_map.set_tool(tool)
    click(qtbot, star_map, (3, 3), Ctrl)
    assert np.flatnonzero(heard.selection).tolist() == [3999]
    click(qtbot, star_map, (3, 3), Ctrl)
    assert not heard.selection.any()


@pytest.mark.parametrize("tool", [Tool.PICK, *DRAGGED])
def test_a_click_on_nothing_asks_to_clear_unless_a_key_is_held(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool
) -> None:
    star_map.set_tool(tool)
    heard.heard.clear()
    click(qtbot, star_map, (2.5, -0.8), Shift)
    assert heard.heard == []
    click(qtbot, star_map, (2.5, -0.8))
    assert heard.heard == ["clear"]


def test_less_than_four_pixels_of_movement_is_a_click(qtbot: QtBot, star_map: StarMap, heard: Recorder) -> None:
    star_map.set_tool(Tool.RECTANGLE)
    canvas, start = star_map.viewport(), star_map.to_pixel(3, 3) - QPoint(1, 1)
    for away, gestures in ((QPoint(2, 2), "click, 1 star"), (QPoint(4, 4), "rectangle, 1 star")):
        qtbot.mousePress(canvas, Left, pos=start)
        qtbot.mouseMove(canvas, start + away)
        qtbot.mouseRelease(canvas, Left, pos=start + away)
        assert heard.gestures[-1][2] == gestures


def test_a_press_of_the_brush_without_movement_takes_the_stars_under_it(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    star_map.set_tool(Tool.BRUSH)
    click(qtbot, star_map, (1, 0))
    assert len(heard.gestures) == 1
    assert heard.selection.sum() > 20


def test_brackets_change_the_brush(qtbot: QtBot, star_map: StarMap, heard: Recorder) -> None:
    star_map.set_tool(Tool.BRUSH)
    counts = []
    for key in (Key.Key_BracketRight, Key.Key_BracketLeft, Key.Key_BracketLeft):
        qtbot.keyClick(star_map, key)
        click(qtbot, star_map, (1, 0))
        counts.append(len(heard.gestures[-1][0]))
    assert counts[0] > counts[1] > counts[2]


def test_a_live_count_comes_while_drawing_and_the_final_one_on_release(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    star_map.set_tool(Tool.LASSO)
    canvas = star_map.viewport()
    qtbot.mousePress(canvas, Left, pos=star_map.to_pixel(*ROUND_BOX[0]))
    with qtbot.waitSignal(star_map.liveCount, timeout=2000) as live:
        for point in ROUND_BOX[1:]:
            qtbot.mouseMove(canvas, star_map.to_pixel(*point))
    qtbot.mouseRelease(canvas, Left, pos=star_map.to_pixel(*ROUND_BOX[-1]))
    assert live.args == [len(heard.gestures[0][0])]


@pytest.mark.parametrize("tool", DRAGGED)
def test_escape_ends_the_gesture_then_the_tool_then_the_selection(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool
) -> None:
    star_map.set_tool(tool)
    heard.heard.clear()
    canvas = star_map.viewport()
    qtbot.mousePress(canvas, Left, pos=star_map.to_pixel(-1.5, -0.5))
    qtbot.mouseMove(canvas, star_map.to_pixel(0.5, 1.0))
    qtbot.keyClick(star_map, Key.Key_Escape)
    qtbot.mouseRelease(canvas, Left, pos=star_map.to_pixel(0.5, 1.0))
    assert heard.gestures == []
    assert heard.heard == []
    qtbot.keyClick(star_map, Key.Key_Escape)
    assert heard.heard == ["tool Pick"]
    qtbot.keyClick(star_map, Key.Key_Escape)
    assert heard.heard == ["tool Pick", "clear"]


def test_escape_takes_back_a_move_under_way(qtbot: QtBot, star_map: StarMap) -> None:
    before, canvas = star_map.view_range(), star_map.viewport()
    qtbot.mousePress(canvas, Left, pos=star_map.to_pixel(0, 0))
    qtbot.mouseMove(canvas, star_map.to_pixel(1, 1))
    assert star_map.view_range() != before
    qtbot.keyClick(star_map, Key.Key_Escape)
    qtbot.mouseRelease(canvas, Left, pos=star_map.to_pixel(1, 1))
    assert star_map.view_range() == before


@pytest.mark.parametrize("notches", [3, -2])
def test_the_wheel_zooms_at_the_pointer(star_map: StarMap, notches: int) -> None:
    (x0, x1), _ = star_map.view_range()
    pixel = star_map.to_pixel(1.2, -0.4)
    point = star_map.to_data(pixel)
    wheel(star_map, pixel, notches)
    assert star_map.to_data(pixel) == pytest.approx(point, abs=1e-9)
    (new_x0, new_x1), _ = star_map.view_range()
    assert (new_x1 - new_x0 < x1 - x0) == (notches > 0)


def test_wheel_and_drag_on_an_axis_change_that_axis_alone(qtbot: QtBot, star_map: StarMap) -> None:
    plot, before = star_map.plot_rect(), star_map.view_range()
    below, beside = QPoint(300, round(plot.bottom()) + 12), QPoint(round(plot.left()) - 12, 200)
    wheel(star_map, below)
    x_zoomed = star_map.view_range()
    assert x_zoomed[0] != before[0]
    assert x_zoomed[1] == before[1]
    wheel(star_map, beside)
    assert star_map.view_range()[0] == x_zoomed[0]
    assert star_map.view_range()[1] != before[1]
    x_range, y_range = star_map.view_range()
    qtbot.mousePress(star_map.viewport(), Left, pos=below)
    qtbot.mouseMove(star_map.viewport(), below + QPoint(50, 30))
    qtbot.mouseRelease(star_map.viewport(), Left, pos=below + QPoint(50, 30))
    assert star_map.view_range()[0][0] < x_range[0]
    assert star_map.view_range()[1] == y_range


def test_right_drag_stretches_and_a_right_click_opens_the_menu(qtbot: QtBot, star_map: StarMap) -> None:
    (x0, x1), (y0, y1) = star_map.view_range()
    drag(qtbot, star_map, [(0, 0), (1, 0)], button=Right)
    (new_x0, new_x1), new_y = star_map.view_range()
    assert new_x1 - new_x0 < x1 - x0
    assert new_y == pytest.approx((y0, y1))
    with qtbot.waitSignal(star_map.contextMenuRequested) as menu:
        click(qtbot, star_map, (0, 0), button=Right)
    assert menu.args == [star_map.viewport().mapToGlobal(star_map.to_pixel(0, 0))]


def test_keys_move_zoom_fit_and_go_back(qtbot: QtBot, star_map: StarMap, heard: Recorder) -> None:
    everything = star_map.view_range()
    qtbot.keyClick(star_map, Key.Key_Plus)
    zoomed = star_map.view_range()
    assert zoomed[0][1] - zoomed[0][0] == pytest.approx(0.8 * (everything[0][1] - everything[0][0]))
    qtbot.keyClick(star_map, Key.Key_Right)
    assert star_map.view_range()[0][0] > zoomed[0][0]
    qtbot.keyClick(star_map, Key.Key_Backspace)
    assert star_map.view_range() == everything
    star_map.set_tool(Tool.RECTANGLE)
    drag(qtbot, star_map, [(-1.5, -0.5), (0.5, 1.0)])
    qtbot.keyClick(star_map, Key.Key_F, Shift)
    (x0, x1), _ = star_map.view_range()
    selected = star_map.data.x[heard.selection]
    assert x0 < selected.min() < selected.max() < x1 < 1.0
    qtbot.keyClick(star_map, Key.Key_Backspace)
    assert star_map.view_range() == everything


def test_the_map_begins_with_the_bulk_and_fit_shows_every_star(qtbot: QtBot, star_map: StarMap) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 5000)).astype(np.float32)
    x[0] = 1000
    star_map.set_stars(x, y)
    assert star_map.view_range()[0][1] < 10
    star_map.fit()
    assert star_map.view_range()[0][1] > 1000
    star_map.fit()
    assert star_map.view_range()[0][1] > 1000


@pytest.mark.parametrize(
    ("key", "tool"),
    [
        (Key.Key_R, Tool.RECTANGLE),
        (Key.Key_C, Tool.CIRCLE),
        (Key.Key_X, Tool.X_RANGE),
        (Key.Key_Y, Tool.Y_RANGE),
        (Key.Key_L, Tool.LASSO),
        (Key.Key_G, Tool.POLYGON),
        (Key.Key_B, Tool.BRUSH),
    ],
)
def test_letters_choose_tools(qtbot: QtBot, star_map: StarMap, key: Qt.Key, tool: Tool) -> None:
    with qtbot.waitSignal(star_map.toolChanged) as changed:
        qtbot.keyClick(star_map, key)
    assert changed.args == [tool]
    qtbot.keyClick(star_map, Key.Key_P)
    assert star_map.tool is Tool.PICK


def test_the_hint_follows_tool_part_and_key(qtbot: QtBot, star_map: StarMap) -> None:
    star_map.set_tool(Tool.LASSO)
    assert star_map.hint.startswith("Lasso: drag around stars")
    with qtbot.waitSignal(star_map.hintChanged) as changed:
        qtbot.keyPress(star_map, Key.Key_Shift)
    assert changed.args[0].startswith("Lasso, adding")
    qtbot.keyRelease(star_map, Key.Key_Shift)
    assert star_map.hint.startswith("Lasso: drag around stars")
    qtbot.mouseMove(star_map.viewport(), QPoint(300, round(star_map.plot_rect().bottom()) + 12))
    assert star_map.hint.startswith("Axis")


def test_hovering_rings_the_nearest_star_and_shows_its_tooltip(qtbot: QtBot, star_map: StarMap) -> None:
    star_map.tooltip_for = lambda row: f"<b>star {row}</b>"
    with qtbot.waitSignal(star_map.starHovered, timeout=2000) as hovered:
        qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(3, 3) + QPoint(5, 0))
    assert hovered.args == [3999]
    qtbot.waitUntil(lambda: QToolTip.text() == "<b>star 3999</b>")
    with qtbot.waitSignal(star_map.starHovered, timeout=2000) as left:
        qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(2.5, -0.8))
    assert left.args == [-1]


def test_nothing_is_hovered_while_a_button_is_held(qtbot: QtBot, star_map: StarMap) -> None:
    rows: list[int] = []
    star_map.starHovered.connect(rows.append)
    star_map.set_tool(Tool.LASSO)
    qtbot.mousePress(star_map.viewport(), Left, pos=star_map.to_pixel(0, 2))
    with qtbot.waitSignal(star_map.liveCount, timeout=2000):
        qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(3, 3))
    qtbot.mouseRelease(star_map.viewport(), Left, pos=star_map.to_pixel(3, 3))
    assert rows == []


def test_stars_that_are_not_shown_or_have_no_place_are_never_selected(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, stars: tuple[NDArray[np.float32], NDArray[np.float32]]
) -> None:
    x, y = stars[0].copy(), stars[1].copy()
    x[::5] = np.nan
    y[1::5] = np.inf
    shown = np.arange(4000) % 3 > 0
    star_map.set_stars(x, y, shown, keep_view=True)
    star_map.set_tool(Tool.RECTANGLE)
    plot = star_map.plot_rect()
    drag(qtbot, star_map, [star_map.to_data(plot.bottomLeft()), star_map.to_data(plot.topRight() - QPointF(1, -1))])
    expected = np.flatnonzero(shown & np.isfinite(x) & np.isfinite(y))
    np.testing.assert_array_equal(heard.gestures[0][0], expected)


def test_a_preview_shows_positions_that_cannot_be_selected_and_then_gives_the_stars_back(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    before, picture = star_map.view_range(), channels(star_map.grab_image())
    star_map.set_tool(Tool.RECTANGLE)
    star_map.set_preview(np.random.default_rng(0).normal(size=(500, 2)) * 40)
    assert star_map.view_range()[0][1] > 50
    assert np.abs(channels(star_map.grab_image()) - picture).max() > 100
    drag(qtbot, star_map, [(-30, -30), (30, 30)])
    click(qtbot, star_map, (0, 0))
    assert heard.gestures == []
    star_map.set_preview(None)
    assert star_map.view_range() == before
    assert (
        np.abs(channels(star_map.grab_image()) - picture).max() <= 16
    )  # Qt's own antialiasing is not the same each time


EMPTY = np.empty(0, np.float32)
LINE = np.linspace(0, 1, 50, dtype=np.float32)
ODD_COLUMNS = {
    "no star": (EMPTY, EMPTY),
    "one star": (np.array([2.5], np.float32), np.array([-1], np.float32)),
    "constant column": (np.full(50, 3.25, np.float32), LINE),
    "both constant": (np.full(50, 3.25, np.float32), np.full(50, -7, np.float32)),
    "NaN column": (np.full(50, np.nan, np.float32), LINE),
    "infinite values": (np.where(LINE > 0.5, np.inf, LINE).astype(np.float32), LINE),
    "huge values": (LINE * np.float32(1e30), LINE),
    "tiny range": (1000 + LINE * np.float32(1e-3), LINE),
}


@pytest.mark.parametrize("name", ODD_COLUMNS)
def test_odd_columns_are_drawn_and_answer_every_gesture(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, name: str
) -> None:
    x, y = ODD_COLUMNS[name]
    star_map.set_stars(x, y)
    heard.selection = np.zeros(len(x), bool)
    star_map.set_selection(np.ones(len(x), bool))
    star_map.grab_image()
    star_map.set_active(0)
    star_map.set_preview(np.stack([x, y], axis=1))
    star_map.grab_image()
    star_map.set_preview(None)
    plot = star_map.plot_rect()
    corner_to_corner = [star_map.to_data(plot.bottomLeft()), star_map.to_data(plot.topRight() - QPointF(1, -1))]
    for tool in DRAGGED:
        star_map.set_tool(tool)
        drag(qtbot, star_map, [*corner_to_corner, star_map.to_data(plot.center())])
        star_map.viewport().grab()
        star_map.drop_region()
    star_map.set_tool(Tool.POLYGON)
    for corner in (*corner_to_corner, star_map.to_data(plot.center() + QPointF(40, 0))):
        click(qtbot, star_map, corner)
    qtbot.keyClick(star_map, Key.Key_Return)
    assert heard.gestures[-1][2].startswith("polygon")
    star_map.drop_region()
    star_map.set_tool(Tool.RECTANGLE)
    drag(qtbot, star_map, corner_to_corner)
    assert len(heard.gestures[-1][0]) == np.count_nonzero(np.isfinite(x) & np.isfinite(y))
    for key in (Key.Key_F, Key.Key_Plus, Key.Key_Left, Key.Key_Backspace):
        qtbot.keyClick(star_map, key)
        star_map.grab_image()


def test_zooming_without_end_stays_drawable(star_map: StarMap) -> None:
    for notches in (300, -900):
        for _ in range(abs(notches) // 10):
            wheel(star_map, star_map.to_pixel(*star_map.to_data(star_map.plot_rect().center())), notches // 30)
        (x0, x1), (y0, y1) = star_map.view_range()
        assert np.isfinite([x0, x1, y0, y1]).all()
        assert x0 < x1
        assert not star_map.grab_image().isNull()


def channels(image: QImage) -> NDArray[np.int16]:
    return np.frombuffer(image.constBits(), np.uint8).astype(np.int16)


def color_count(image: QImage, name: str) -> int:
    wanted = getattr(theme.colors, name)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1) & 0xFFFFFF
    return int(np.count_nonzero(pixels == int(wanted[1:], 16)))


def test_a_change_of_theme_repaints_everything_and_keeps_the_selection(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    star_map.set_tool(Tool.RECTANGLE)
    drag(qtbot, star_map, [(-1.5, -0.5), (0.5, 1.0)])
    selection = heard.selection
    try:
        for choice in (ThemeChoice.DARK, ThemeChoice.LIGHT):
            theme.choose(choice)
            image = star_map.grab_image()
            assert color_count(image, "card") > 0.3 * image.width() * image.height()
            assert color_count(image, "accent") > 50
    finally:
        theme.choose(ThemeChoice.SYSTEM)
    assert heard.selection is selection
    assert len(heard.gestures) == 1


@pytest.mark.parametrize("stretch", ["asinh", "log", "linear", "sqrt"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_stretch_draws_at_every_scale(star_map: StarMap, stretch: str, scale: float) -> None:
    star_map.set_stretch(stretch)
    image = star_map.grab_image(scale)
    assert image.width() == round(star_map.viewport().width() * scale)
    assert color_count(image, "card") < 0.98 * image.width() * image.height()


def test_figures_are_written_whole(star_map: StarMap, tmp_path: Path) -> None:
    star_map.save_figure(tmp_path / "map.png", scale=2)
    picture = QImage(str(tmp_path / "map.png"))
    assert picture.width() == 2 * star_map.viewport().width()
    star_map.save_figure(tmp_path / "map.svg")
    drawing = ElementTree.parse(tmp_path / "map.svg").getroot()
    names = [element.tag.rpartition("}")[2] for element in drawing.iter()]
    words = {"".join(element.itertext()).strip() for element in drawing.iter() if element.tag.endswith("text")}
    assert "latent 1 (latent units)" in words
    assert names.count("image") == 1
    star_map.save_figure(tmp_path / "map.pdf")
    assert (tmp_path / "map.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.pdf", "map.png", "map.svg"]


@pytest.mark.parametrize("make", [lambda folder: folder / "map.gif", lambda folder: folder / "missing" / "map.png"])
def test_a_figure_that_cannot_be_written_says_why(
    star_map: StarMap, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    with pytest.raises(OutputError):
        star_map.save_figure(make(tmp_path))
    assert list(tmp_path.iterdir()) == []
