"""Polygons set corner by corner, circles and ranges, by real mouse and key events, against brute force."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.views.cursors import cross
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool
from tests.analysis.oracles import even_odd
from tests.gui.map_helpers import MODIFIERS, NO_MODIFIER, Recorder, click, drag, snapped, wheel

Left, Middle = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
Shift, Ctrl = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
Key = Qt.Key

ROUND_LEFT = [(-1.5, -0.5), (-0.2, -0.6), (0.4, 0.7), (-1.2, 1.0)]
CROSSING = [(1 + np.sin(t), np.cos(t)) for t in 2 * np.pi * np.arange(5) * 2 / 5]


@pytest.fixture
def polygon_map(star_map: StarMap) -> StarMap:
    star_map.set_tool(Tool.POLYGON)
    return star_map


def click_all(
    qtbot: QtBot,
    star_map: StarMap,
    corners: Sequence[tuple[float, float]],
    modifier: Qt.KeyboardModifier = NO_MODIFIER,
) -> None:
    """Move to each corner and click there; the modifier is held at the first click alone."""
    for number, corner in enumerate(corners):
        qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(*corner))
        click(qtbot, star_map, corner, NO_MODIFIER if number else modifier)


def second_click(star_map: StarMap, point: tuple[float, float]) -> None:
    """The second press and release of a double click, as the system sends them."""
    canvas, place = star_map.viewport(), QPointF(star_map.to_pixel(*point))
    for kind, held in (
        (QEvent.Type.MouseButtonDblClick, Left),
        (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
    ):
        event = QMouseEvent(kind, place, QPointF(canvas.mapToGlobal(place)), Left, held, NO_MODIFIER)
        QApplication.sendEvent(canvas, event)


def by_enter(qtbot: QtBot, star_map: StarMap, corners: Sequence[tuple[float, float]]) -> None:
    qtbot.keyClick(star_map, Key.Key_Return)


def by_keypad(qtbot: QtBot, star_map: StarMap, corners: Sequence[tuple[float, float]]) -> None:
    qtbot.keyClick(star_map, Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)


def by_double_click(qtbot: QtBot, star_map: StarMap, corners: Sequence[tuple[float, float]]) -> None:
    second_click(star_map, corners[-1])


def by_first_corner(qtbot: QtBot, star_map: StarMap, corners: Sequence[tuple[float, float]]) -> None:
    place = star_map.to_pixel(*corners[0]) + QPoint(4, -4)
    qtbot.mouseMove(star_map.viewport(), place)
    qtbot.mouseClick(star_map.viewport(), Left, pos=place)


CLOSINGS = [by_enter, by_keypad, by_double_click, by_first_corner]


def inside(star_map: StarMap, corners: Sequence[tuple[float, float]]) -> NDArray[np.int64]:
    """The stars inside the corners as the mouse sets them, by exact arithmetic."""
    data = star_map.data
    return _inside(tuple(snapped(star_map, list(corners))), tuple(data.x.tolist()), tuple(data.y.tolist()))


@cache
def _inside(outline: tuple[tuple[float, float], ...], x: tuple[float, ...], y: tuple[float, ...]) -> NDArray[np.int64]:
    return np.flatnonzero([bool(even_odd(outline, *place)) for place in zip(x, y, strict=True)])


@pytest.mark.parametrize("close", CLOSINGS)
@pytest.mark.parametrize(("modifier", "mode"), MODIFIERS)
def test_a_polygon_selects_exactly_what_it_goes_round_in_each_mode_however_it_is_closed(
    qtbot: QtBot,
    polygon_map: StarMap,
    heard: Recorder,
    modifier: Qt.KeyboardModifier,
    mode: Mode,
    close: Callable[[QtBot, StarMap, Sequence[tuple[float, float]]], None],
) -> None:
    click_all(qtbot, polygon_map, ROUND_LEFT, modifier)
    assert heard.gestures == []
    close(qtbot, polygon_map, ROUND_LEFT)
    assert len(heard.gestures) == 1
    rows, told, text = heard.gestures[0]
    np.testing.assert_array_equal(rows, inside(polygon_map, ROUND_LEFT))
    assert told is mode
    assert text == f"polygon, {len(rows):,} stars"
    assert 1000 < len(rows) < 3000
    assert heard.heard == []


def test_a_self_crossing_polygon_leaves_out_what_it_goes_round_twice(
    qtbot: QtBot, polygon_map: StarMap, heard: Recorder
) -> None:
    click_all(qtbot, polygon_map, CROSSING)
    qtbot.keyClick(polygon_map, Key.Key_Return)
    rows = heard.gestures[0][0]
    np.testing.assert_array_equal(rows, inside(polygon_map, CROSSING))
    assert np.hypot(polygon_map.data.x[rows] - 1, polygon_map.data.y[rows]).min() > 0.3


def test_the_mode_of_a_polygon_is_read_at_its_first_press(qtbot: QtBot, polygon_map: StarMap, heard: Recorder) -> None:
    click(qtbot, polygon_map, ROUND_LEFT[0], Shift)
    assert polygon_map.viewport().cursor().pixmap().cacheKey() == cross(Mode.ADD, 1.0).pixmap().cacheKey()
    polygon_map.set_mode(Mode.INTERSECT)
    for corner in ROUND_LEFT[1:]:
        click(qtbot, polygon_map, corner, Ctrl)
    qtbot.keyClick(polygon_map, Key.Key_Return, Ctrl)
    click_all(qtbot, polygon_map, ROUND_LEFT)
    qtbot.keyClick(polygon_map, Key.Key_Return)
    assert [mode for _, mode, _ in heard.gestures] == [Mode.ADD, Mode.INTERSECT]


def test_a_double_click_away_from_the_last_corner_sets_its_own(
    qtbot: QtBot, polygon_map: StarMap, heard: Recorder
) -> None:
    click_all(qtbot, polygon_map, ROUND_LEFT[:3])
    second_click(polygon_map, ROUND_LEFT[3])
    np.testing.assert_array_equal(heard.gestures[0][0], inside(polygon_map, ROUND_LEFT))


@pytest.mark.parametrize("close", CLOSINGS)
@pytest.mark.parametrize("corners", [1, 2])
def test_fewer_than_three_corners_cannot_be_closed(
    qtbot: QtBot,
    polygon_map: StarMap,
    heard: Recorder,
    corners: int,
    close: Callable[[QtBot, StarMap, Sequence[tuple[float, float]]], None],
) -> None:
    click_all(qtbot, polygon_map, ROUND_LEFT[:corners])
    close(qtbot, polygon_map, ROUND_LEFT[:corners])
    assert heard.gestures == []
    click_all(qtbot, polygon_map, ROUND_LEFT[corners:])
    by_enter(qtbot, polygon_map, ROUND_LEFT)
    np.testing.assert_array_equal(heard.gestures[0][0], inside(polygon_map, ROUND_LEFT))


def test_a_second_closing_press_begins_no_other_polygon(qtbot: QtBot, polygon_map: StarMap, heard: Recorder) -> None:
    click_all(qtbot, polygon_map, ROUND_LEFT)
    by_first_corner(qtbot, polygon_map, ROUND_LEFT)
    second_click(polygon_map, ROUND_LEFT[0])
    polygon_map.drop_region()
    assert polygon_map.hint.startswith("Polygon: click corner by corner")
    assert len(heard.gestures) == 1


def test_backspace_takes_back_the_last_corner_and_with_the_first_the_polygon(
    qtbot: QtBot, polygon_map: StarMap, heard: Recorder
) -> None:
    qtbot.keyClick(polygon_map, Key.Key_Plus)
    view = polygon_map.view_range()
    click_all(qtbot, polygon_map, [*ROUND_LEFT, (2.0, 1.5), (2.0, 0.0)])
    qtbot.keyClick(polygon_map, Key.Key_Backspace)
    qtbot.keyClick(polygon_map, Key.Key_Backspace)
    qtbot.keyClick(polygon_map, Key.Key_Return)
    np.testing.assert_array_equal(heard.gestures[0][0], inside(polygon_map, ROUND_LEFT))
    click_all(qtbot, polygon_map, ROUND_LEFT[:2])
    with qtbot.waitSignal(polygon_map.drawingCancelled):
        qtbot.keyClick(polygon_map, Key.Key_Backspace)
        qtbot.keyClick(polygon_map, Key.Key_Backspace)
    assert polygon_map.view_range() == view
    qtbot.keyClick(polygon_map, Key.Key_Backspace)
    assert polygon_map.view_range() != view
    assert len(heard.gestures) == 1


def test_escape_ends_the_polygon_then_the_tool_then_the_selection(
    qtbot: QtBot, polygon_map: StarMap, heard: Recorder
) -> None:
    click_all(qtbot, polygon_map, ROUND_LEFT)
    with qtbot.waitSignal(polygon_map.drawingCancelled):
        qtbot.keyClick(polygon_map, Key.Key_Escape)
    qtbot.keyClick(polygon_map, Key.Key_Return)
    assert heard.heard == []
    qtbot.keyClick(polygon_map, Key.Key_Escape)
    qtbot.keyClick(polygon_map, Key.Key_Escape)
    assert heard.heard == ["tool Pick", "clear"]
    assert heard.gestures == []


def test_escape_with_the_button_held_ends_the_polygon(qtbot: QtBot, polygon_map: StarMap, heard: Recorder) -> None:
    click_all(qtbot, polygon_map, ROUND_LEFT[:3])
    qtbot.mousePress(polygon_map.viewport(), Left, pos=polygon_map.to_pixel(*ROUND_LEFT[3]))
    qtbot.keyClick(polygon_map, Key.Key_Escape)
    qtbot.mouseRelease(polygon_map.viewport(), Left, pos=polygon_map.to_pixel(*ROUND_LEFT[3]))
    qtbot.keyClick(polygon_map, Key.Key_Return)
    assert heard.gestures == []


END_IT: dict[str, Callable[[StarMap], None]] = {
    "another tool": lambda star_map: star_map.set_tool(Tool.LASSO),
    "other stars": lambda star_map: star_map.set_stars(np.zeros(3, np.float32), np.zeros(3, np.float32)),
    "a preview": lambda star_map: star_map.set_preview(np.zeros((3, 2))),
    "stars awaited": lambda star_map: star_map.await_data(),
}


@pytest.mark.parametrize("end", END_IT)
def test_a_polygon_ends_without_effect_with(qtbot: QtBot, polygon_map: StarMap, heard: Recorder, end: str) -> None:
    click_all(qtbot, polygon_map, ROUND_LEFT)
    with qtbot.waitSignal(polygon_map.drawingCancelled):
        END_IT[end](polygon_map)
    qtbot.keyClick(polygon_map, Key.Key_Return)
    polygon_map.viewport().grab()
    assert heard.gestures == []


def test_the_map_moves_under_a_polygon_that_keeps_its_place(
    qtbot: QtBot, polygon_map: StarMap, heard: Recorder
) -> None:
    expected = inside(polygon_map, ROUND_LEFT)
    view = polygon_map.view_range()
    click_all(qtbot, polygon_map, ROUND_LEFT[:2])
    drag(qtbot, polygon_map, [(0, 0), (1, 0.5)], button=Middle)
    qtbot.keyPress(polygon_map, Key.Key_Space)
    drag(qtbot, polygon_map, [(0, 0), (-1, 1.5)])
    qtbot.keyRelease(polygon_map, Key.Key_Space)
    wheel(polygon_map, polygon_map.to_pixel(0, 0), 2)
    assert polygon_map.view_range() != view
    polygon_map.fit()
    assert polygon_map.view_range() == view
    click_all(qtbot, polygon_map, ROUND_LEFT[2:])
    wheel(polygon_map, polygon_map.to_pixel(0, 0), 2)
    qtbot.keyClick(polygon_map, Key.Key_Return)
    np.testing.assert_array_equal(heard.gestures[0][0], expected)


def test_a_corner_follows_the_pointer_until_it_is_let_go(qtbot: QtBot, polygon_map: StarMap, heard: Recorder) -> None:
    canvas = polygon_map.viewport()
    click_all(qtbot, polygon_map, ROUND_LEFT[:3])
    drag(qtbot, polygon_map, [(2, 2), (0, 2), ROUND_LEFT[3]])
    for place in (QPoint(2, -2), QPoint(0, 3)):  # less than a click's reach from the corner there
        qtbot.mouseClick(canvas, Left, pos=polygon_map.to_pixel(*ROUND_LEFT[3]) + place)
    qtbot.keyClick(polygon_map, Key.Key_Return)
    np.testing.assert_array_equal(heard.gestures[0][0], inside(polygon_map, ROUND_LEFT))


def test_a_corner_stays_where_it_was_pressed_if_the_pointer_trembles(
    qtbot: QtBot, polygon_map: StarMap, heard: Recorder
) -> None:
    canvas = polygon_map.viewport()
    for corner in ROUND_LEFT:
        place = polygon_map.to_pixel(*corner)
        qtbot.mousePress(canvas, Left, pos=place)
        qtbot.mouseMove(canvas, place + QPoint(2, 2))
        qtbot.mouseRelease(canvas, Left, pos=place + QPoint(2, 2))
    qtbot.keyClick(polygon_map, Key.Key_Return)
    np.testing.assert_array_equal(heard.gestures[0][0], inside(polygon_map, ROUND_LEFT))


def test_the_live_count_is_what_closing_now_selects(qtbot: QtBot, polygon_map: StarMap, heard: Recorder) -> None:
    click_all(qtbot, polygon_map, ROUND_LEFT)
    with qtbot.waitSignal(polygon_map.liveCount, timeout=2000) as live:
        qtbot.mouseMove(polygon_map.viewport(), polygon_map.to_pixel(-1, -0.9))
    polygon_map.viewport().grab()
    qtbot.keyClick(polygon_map, Key.Key_Return)
    assert live.args == [len(heard.gestures[0][0])]


def test_nothing_is_hovered_while_a_polygon_is_under_way(qtbot: QtBot, polygon_map: StarMap) -> None:
    rows: list[int] = []
    polygon_map.starHovered.connect(rows.append)
    click_all(qtbot, polygon_map, ROUND_LEFT)
    with (
        qtbot.assertNotEmitted(polygon_map.starHovered, wait=60),
        qtbot.waitSignal(polygon_map.liveCount, timeout=2000),
    ):
        qtbot.mouseMove(polygon_map.viewport(), polygon_map.to_pixel(3, 3))
    assert rows == []


def test_the_hint_tells_how_a_polygon_goes_on(qtbot: QtBot, polygon_map: StarMap) -> None:
    assert polygon_map.hint.startswith("Polygon: click corner by corner")
    click_all(qtbot, polygon_map, ROUND_LEFT[:2], Ctrl)
    assert polygon_map.hint.startswith("Polygon, removing: click sets corners; Backspace")
    click_all(qtbot, polygon_map, ROUND_LEFT[2:])
    assert polygon_map.hint.startswith("Polygon, removing: double click, Enter")
    qtbot.keyClick(polygon_map, Key.Key_Return)
    assert polygon_map.hint.startswith("Polygon: drag moves the corner")
    polygon_map.drop_region()
    assert polygon_map.hint.startswith("Polygon: click corner by corner")


def test_a_circle_is_round_on_the_screen_at_any_scale(qtbot: QtBot, star_map: StarMap, heard: Recorder) -> None:
    star_map.set_stars(star_map.data.x * np.float32(50), star_map.data.y)
    star_map.set_tool(Tool.CIRCLE)
    centre, end = star_map.to_pixel(-50, 0), star_map.to_pixel(-50, 0) + QPoint(60, 45)
    canvas = star_map.viewport()
    qtbot.mousePress(canvas, Left, pos=centre)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, Left, pos=end)
    (x0, x1), (y0, y1) = star_map.view_range()
    plot, (at_x, at_y) = star_map.plot_rect(), star_map.to_data(centre)
    away_x = (star_map.data.x.astype(float) - at_x) * plot.width() / (x1 - x0)
    away_y = (star_map.data.y.astype(float) - at_y) * plot.height() / (y1 - y0)
    rows, _, text = heard.gestures[0]
    np.testing.assert_array_equal(rows, np.flatnonzero(np.hypot(away_x, away_y) <= 75))
    assert text == f"circle, {len(rows):,} stars"
    assert 200 < len(rows) < 2000


def test_a_circle_that_comes_back_to_its_centre_holds_the_centre_alone(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    star_map.set_tool(Tool.CIRCLE)
    drag(qtbot, star_map, [(-1, 0), (0, 0), (-1, 0)])
    assert len(heard.gestures[0][0]) == 0


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(("tool", "axis"), [(Tool.X_RANGE, 0), (Tool.Y_RANGE, 1)])
def test_a_range_takes_all_of_the_other_axis_also_out_of_view(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool, axis: int, backwards: bool
) -> None:
    wheel(star_map, star_map.to_pixel(0, 0), 4)
    star_map.set_tool(tool)
    path = [(-0.7, -0.2), (0.1, 0.4), (0.2, 0.25)]
    ends = sorted(point[axis] for point in snapped(star_map, [path[0], path[-1]]))
    drag(qtbot, star_map, path[::-1] if backwards else path)
    along = (star_map.data.x, star_map.data.y)[axis]
    rows, _, text = heard.gestures[0]
    np.testing.assert_array_equal(rows, np.flatnonzero((along >= ends[0]) & (along <= ends[1])))
    assert text == f"{'xy'[axis]} range, {len(rows):,} stars"
    seen = star_map.view_range()[1 - axis]
    across = (star_map.data.y, star_map.data.x)[axis][rows]
    assert across.min() < seen[0] or across.max() > seen[1]


def test_every_tool_is_one_step_that_undo_and_redo_walk(trained: MainWindow, qtbot: QtBot) -> None:
    star_map, workspace = trained.findChild(StarMap, "latentView"), trained.workspace
    stack = workspace.undo_stack
    plot = star_map.plot_rect()
    box = [star_map.to_data(plot.center() + QPointF(x, y)) for x, y in ((-90, -60), (80, -70), (60, 75), (-70, 60))]
    selections, names = [workspace.selection.copy()], []
    for number, name in enumerate(("Rectangle", "Circle", "XRange", "YRange", "Lasso", "Polygon", "Brush")):
        trained.findChild(QAction, f"actionTool{name}").trigger()
        modifier = MODIFIERS[1 + number % 2][0]
        if name == "Polygon":
            star_map.zoom_in()
            click_all(qtbot, star_map, box, modifier)
            view, steps = star_map.view_range(), stack.count()
            qtbot.keyClick(star_map, Key.Key_Backspace)
            click(qtbot, star_map, box[3])
            assert (star_map.view_range(), stack.count()) == (view, steps)
            qtbot.keyClick(star_map, Key.Key_Return)
        else:
            drag(qtbot, star_map, box[:3], modifier)
        assert stack.count() == number + 1
        selections.append(workspace.selection.copy())
        names.append(stack.undoText().partition(",")[0])
    assert names == ["rectangle", "circle", "x range", "y range", "lasso", "polygon", "brush"]
    for expected in selections[-2::-1]:
        stack.undo()
        np.testing.assert_array_equal(workspace.selection, expected)
    for expected in selections[1:]:
        stack.redo()
        np.testing.assert_array_equal(workspace.selection, expected)
