"""The region of the last gesture by real mouse and key events: handles, numbers, Escape, undo and redo."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.regions import Circle, Polygon, Rectangle, Region, Stroke
from stellar_gui.analysis.selection import Mode, combine
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool
from tests.gui.map_helpers import MODIFIERS, NO_MODIFIER, Recorder, click, drag, snapped, wheel

Left, Middle = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
Shift, Ctrl = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
Key, Cursor = Qt.Key, Qt.CursorShape

BOX = [(-1.5, -0.5), (0.5, 1.0)]
CORNERS = [(-1.5, -0.5), (0.2, -0.6), (0.4, 0.8), (-1.2, 0.9)]
BY = (0.3, -0.25)
PATHS = {
    Tool.RECTANGLE: BOX,
    Tool.CIRCLE: [(-1.0, 0.0), (-0.5, 0.2)],
    Tool.X_RANGE: BOX,
    Tool.Y_RANGE: BOX,
    Tool.LASSO: CORNERS,
    Tool.BRUSH: CORNERS,
}
SIDES = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)]


def draw(qtbot: QtBot, star_map: StarMap, tool: Tool, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> Region:
    """Make a gesture with the tool; its region."""
    star_map.set_tool(tool)
    if tool is Tool.POLYGON:
        for number, corner in enumerate(CORNERS):
            click(qtbot, star_map, corner, NO_MODIFIER if number else modifier)
        qtbot.keyClick(star_map, Key.Key_Return)
    else:
        drag(qtbot, star_map, PATHS[tool], modifier)
    region = star_map.region
    assert region is not None
    return region


def pull(qtbot: QtBot, star_map: StarMap, point: tuple[float, float], by: tuple[float, float]) -> tuple[float, float]:
    """Drag from a point by data units; by how much the mouse has moved, in data units."""
    end = point[0] + by[0], point[1] + by[1]
    drag(qtbot, star_map, [point, (point[0] + 1, point[1] + 1), end])
    (from_x, from_y), (to_x, to_y) = snapped(star_map, [point, end])
    return to_x - from_x, to_y - from_y


def holds(star_map: StarMap, region: Region | None) -> NDArray[np.int64]:
    """The stars in a region, each decided on its own."""
    assert region is not None
    return np.flatnonzero(region.contains(star_map.data.x, star_map.data.y))


def assert_edited(star_map: StarMap, heard: Recorder, expected: tuple[float, ...], name: str) -> None:
    region = star_map.region
    assert region is not None
    found = (region.x, region.y, region.radius_x, region.radius_y) if isinstance(region, Circle) else region.bounds
    assert found == pytest.approx(expected, abs=1e-9)
    assert len(heard.edits) == 1
    rows, text = heard.edits[0]
    np.testing.assert_array_equal(rows, holds(star_map, region))
    assert text == f"edit {name}, {len(rows):,} stars"
    assert len(heard.gestures) == 1
    assert 50 < len(rows) < 3950


@pytest.mark.parametrize("sides", SIDES)
def test_a_rectangle_is_changed_by_corners_edges_and_moved_by_its_middle(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, sides: tuple[int, int]
) -> None:
    x0, x1, y0, y1 = draw(qtbot, star_map, Tool.RECTANGLE).bounds
    point = (x0, (x0 + x1) / 2, x1)[sides[0] + 1], (y0, (y0 + y1) / 2, y1)[sides[1] + 1]
    x, y = pull(qtbot, star_map, point, BY)
    whole = sides == (0, 0)
    expected = (
        x0 + x * (whole or sides[0] < 0),
        x1 + x * (whole or sides[0] > 0),
        y0 + y * (whole or sides[1] < 0),
        y1 + y * (whole or sides[1] > 0),
    )
    assert_edited(star_map, heard, expected, "rectangle")


def test_a_corner_dragged_over_the_other_side_turns_the_rectangle_over(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    x0, x1, y0, y1 = draw(qtbot, star_map, Tool.RECTANGLE).bounds
    x, y = pull(qtbot, star_map, (x0, y0), (2.5, 0.3))
    assert_edited(star_map, heard, (x1, x0 + x, y0 + y, y1), "rectangle")


@pytest.mark.parametrize("sides", [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)])
def test_a_circle_is_moved_by_its_centre_and_changed_by_its_radii(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, sides: tuple[int, int]
) -> None:
    circle = draw(qtbot, star_map, Tool.CIRCLE)
    assert isinstance(circle, Circle)
    x, y = pull(qtbot, star_map, (circle.x + sides[0] * circle.radius_x, circle.y + sides[1] * circle.radius_y), BY)
    expected = (circle.x, circle.y, circle.radius_x + x * sides[0], circle.radius_y + y * sides[1])
    if sides == (0, 0):
        expected = (circle.x + x, circle.y + y, circle.radius_x, circle.radius_y)
    assert_edited(star_map, heard, expected, "circle")


@pytest.mark.parametrize("where", [-0.4, 0.9])
@pytest.mark.parametrize("side", [-1, 0, 1])
@pytest.mark.parametrize("tool", [Tool.X_RANGE, Tool.Y_RANGE])
def test_a_range_is_changed_anywhere_on_its_lines_and_moved_by_its_middle(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool, side: int, where: float
) -> None:
    x0, x1, y0, y1 = draw(qtbot, star_map, tool).bounds
    along_x = tool is Tool.X_RANGE
    low, high = (x0, x1) if along_x else (y0, y1)
    across = where if side else sum(star_map.view_range()[along_x]) / 2
    at = (low, (low + high) / 2, high)[side + 1]
    by = pull(qtbot, star_map, (at, across) if along_x else (across, at), (0.3, 0.2))[not along_x]
    ends = low + by * (side <= 0), high + by * (side >= 0)
    expected = (*ends, -np.inf, np.inf) if along_x else (-np.inf, np.inf, *ends)
    assert_edited(star_map, heard, expected, tool.value.lower())


@pytest.mark.parametrize("tool", [Tool.LASSO, Tool.POLYGON])
def test_a_lasso_and_a_polygon_are_moved_as_a_whole(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool
) -> None:
    region = draw(qtbot, star_map, tool)
    x0, x1, y0, y1 = region.bounds
    x, y = pull(qtbot, star_map, ((x0 + x1) / 2, (y0 + y1) / 2), BY)
    assert_edited(star_map, heard, (x0 + x, x1 + x, y0 + y, y1 + y), tool.value.lower())


@pytest.mark.parametrize("number", range(4))
def test_a_corner_of_a_polygon_is_moved_and_an_edge_gets_another(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, number: int
) -> None:
    region = draw(qtbot, star_map, Tool.POLYGON)
    assert isinstance(region, Polygon)
    corners = list(region.corners)
    x, y = pull(qtbot, star_map, corners[number], BY)
    corners[number] = corners[number][0] + x, corners[number][1] + y
    assert isinstance(star_map.region, Polygon)
    np.testing.assert_allclose(star_map.region.corners, corners)
    (ax, ay), (bx, by) = corners[number - 1], corners[number]
    middle = (ax + bx) / 2, (ay + by) / 2
    x, y = pull(qtbot, star_map, middle, (-0.2, 0.1))
    corners.insert(number or 4, (middle[0] + x, middle[1] + y))
    np.testing.assert_allclose(star_map.region.corners, corners)
    np.testing.assert_array_equal(heard.edits[-1][0], holds(star_map, star_map.region))
    assert len(heard.edits) == 2
    assert len(heard.gestures) == 1


@pytest.mark.parametrize("tool", [Tool.PICK, Tool.LASSO, Tool.POLYGON])
@pytest.mark.parametrize("by_key", [False, True])
def test_control_click_or_delete_takes_a_corner_out_while_three_are_left(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool, by_key: bool
) -> None:
    corners = list(snapped(star_map, CORNERS))
    draw(qtbot, star_map, Tool.POLYGON)
    star_map.set_tool(tool)
    for left in (3, 3):
        if by_key:
            qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(*corners[1]))
            qtbot.keyClick(star_map, Key.Key_Delete)
        else:
            click(qtbot, star_map, corners[1], Ctrl)
        if len(corners) > 3:
            del corners[1]
        assert star_map.region == Polygon.through(corners)
        assert len(corners) == left
    assert [text for _, text in heard.edits] == [f"edit polygon, {len(holds(star_map, star_map.region)):,} stars"]
    qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(2.5, -0.8))
    qtbot.keyClick(star_map, Key.Key_Delete)
    assert star_map.region == Polygon.through(corners)
    assert len(heard.gestures) == 1
    assert heard.heard == ["tool Polygon", *([f"tool {tool.value}"] if tool is not Tool.POLYGON else [])]


def test_a_brush_stroke_stays_in_sight_without_handles(qtbot: QtBot, star_map: StarMap, heard: Recorder) -> None:
    region = draw(qtbot, star_map, Tool.BRUSH)
    assert isinstance(region, Stroke)
    with_it = star_map.viewport().grab().toImage()
    pull(qtbot, star_map, CORNERS[1], BY)
    assert star_map.region != region
    assert len(heard.gestures) == 2
    assert heard.edits == []
    star_map.drop_region()
    assert star_map.viewport().grab().toImage() != with_it


@pytest.mark.parametrize("modifier", [Shift, Ctrl])
def test_with_a_key_of_the_modes_a_press_on_a_handle_begins_another_gesture(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, modifier: Qt.KeyboardModifier
) -> None:
    draw(qtbot, star_map, Tool.RECTANGLE)
    drag(qtbot, star_map, [BOX[1], (1.5, 0.2)], modifier)
    assert len(heard.gestures) == 2
    assert heard.edits == []


@pytest.mark.parametrize("tool", Tool)
def test_a_click_on_a_handle_is_a_click_as_anywhere(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool
) -> None:
    star_map.set_tool(Tool.RECTANGLE)
    drag(qtbot, star_map, [(3, 3), (1.5, 1.5)])
    star_map.set_tool(tool)
    heard.heard.clear()
    click(qtbot, star_map, (3, 3))
    assert heard.edits == []
    assert ("activated 3999" in heard.heard) == (tool not in (Tool.BRUSH, Tool.POLYGON))
    assert (star_map.region is None) == (tool not in (Tool.PICK, Tool.PROBE, Tool.BRUSH))
    assert star_map.hint.startswith("Polygon: click sets corners") == (tool is Tool.POLYGON)


def test_the_region_stays_while_the_view_moves_and_the_tool_changes(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    region = draw(qtbot, star_map, Tool.RECTANGLE)
    drag(qtbot, star_map, [(2, 2), (2.2, 2.4)], button=Middle)
    wheel(star_map, star_map.to_pixel(0, 0), 2)
    star_map.set_tool(Tool.PICK)
    drag(qtbot, star_map, [(0.8, 1.2), (0.7, 1.3)])
    assert star_map.region == region
    star_map.set_tool(Tool.LASSO)
    x0, x1, y0, y1 = region.bounds
    x, y = pull(qtbot, star_map, (x1, y1), (-0.2, -0.3))
    assert_edited(star_map, heard, (x0, x1 + x, y0, y1 + y), "rectangle")


def test_dragged_and_back_is_no_edit(qtbot: QtBot, star_map: StarMap, heard: Recorder) -> None:
    region = draw(qtbot, star_map, Tool.CIRCLE)
    centre = star_map.to_data(star_map.to_pixel(-1.0, 0.0))
    with qtbot.waitSignal(star_map.drawingCancelled):
        drag(qtbot, star_map, [centre, (0.5, 0.5), centre])
    assert star_map.region == region
    assert heard.edits == []


def test_the_live_count_of_an_edit_is_what_its_release_selects(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    draw(qtbot, star_map, Tool.RECTANGLE)
    canvas, end = star_map.viewport(), star_map.to_pixel(0.9, 0.3)
    qtbot.mousePress(canvas, Left, pos=star_map.to_pixel(*BOX[1]))
    with qtbot.waitSignal(star_map.liveCount, timeout=2000) as live:
        qtbot.mouseMove(canvas, star_map.to_pixel(2, 2))
        qtbot.mouseMove(canvas, end)
    canvas.grab()
    qtbot.mouseRelease(canvas, Left, pos=end)
    assert live.args == [len(heard.edits[0][0])]


def test_escape_ends_the_edit_then_lets_go_then_ends_the_tool_then_the_selection(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    region = draw(qtbot, star_map, Tool.RECTANGLE)
    heard.heard.clear()
    canvas = star_map.viewport()
    qtbot.mousePress(canvas, Left, pos=star_map.to_pixel(*BOX[1]))
    qtbot.mouseMove(canvas, star_map.to_pixel(2, 2))
    assert star_map.region != region
    with qtbot.waitSignal(star_map.drawingCancelled):
        qtbot.keyClick(star_map, Key.Key_Escape)
    qtbot.mouseRelease(canvas, Left, pos=star_map.to_pixel(2, 2))
    assert star_map.region == region
    qtbot.keyClick(star_map, Key.Key_Escape)
    assert star_map.region is None
    assert heard.heard == []
    qtbot.keyClick(star_map, Key.Key_Escape)
    qtbot.keyClick(star_map, Key.Key_Escape)
    assert heard.heard == ["tool Pick", "clear"]
    assert heard.edits == []


END_IT: dict[str, Callable[[QtBot, StarMap], None]] = {
    "another gesture": lambda qtbot, star_map: drag(qtbot, star_map, [(2, 2), (2.5, 2.5)]),
    "other stars": lambda _, star_map: star_map.set_stars(np.zeros(3, np.float32), np.zeros(3, np.float32)),
    "no stars": lambda _, star_map: star_map.set_stars(np.full(3, np.nan), np.full(3, np.nan)),
    "a preview": lambda _, star_map: star_map.set_preview(np.zeros((3, 2))),
    "stars awaited": lambda _, star_map: star_map.await_data(),
    "a call": lambda _, star_map: star_map.drop_region(),
}


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("end", END_IT)
def test_a_region_ends_with(qtbot: QtBot, star_map: StarMap, heard: Recorder, end: str, held: bool) -> None:
    region = draw(qtbot, star_map, Tool.RECTANGLE)
    if held and end != "another gesture":
        qtbot.mousePress(star_map.viewport(), Left, pos=star_map.to_pixel(*BOX[1]))
        qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(2, 2))
    END_IT[end](qtbot, star_map)
    qtbot.mouseRelease(star_map.viewport(), Left, pos=star_map.to_pixel(2, 2))
    star_map.viewport().grab()
    assert star_map.region != region
    assert (star_map.region is None) == (end != "another gesture")
    assert heard.edits == []


def test_a_circle_without_a_radius_leaves_no_region(qtbot: QtBot, star_map: StarMap, heard: Recorder) -> None:
    star_map.set_tool(Tool.CIRCLE)
    drag(qtbot, star_map, [(-1, 0), (0, 0), (-1, 0)])
    assert len(heard.gestures) == 1
    assert star_map.region is None


def test_the_cursor_and_the_hint_say_what_a_handle_does(qtbot: QtBot, star_map: StarMap) -> None:
    x0, x1, y0, y1 = draw(qtbot, star_map, Tool.RECTANGLE).bounds
    middle = (x0 + x1) / 2, (y0 + y1) / 2
    star_map.set_tool(Tool.PICK)
    for point, shape in {
        (x0, y0): Cursor.SizeBDiagCursor,
        (x1, y1): Cursor.SizeBDiagCursor,
        (x0, y1): Cursor.SizeFDiagCursor,
        (x1, y0): Cursor.SizeFDiagCursor,
        (x0, middle[1]): Cursor.SizeHorCursor,
        (middle[0], y1): Cursor.SizeVerCursor,
        middle: Cursor.SizeAllCursor,
    }.items():
        qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(*point) + QPoint(3, -3))
        assert star_map.viewport().cursor().shape() is shape
        verb = "moves" if point == middle else "changes"
        assert star_map.hint == f"Rectangle: drag {verb} the rectangle; Esc lets go of it, the selection stays"
    qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(*middle) + QPoint(9, 0))
    assert star_map.viewport().cursor().shape() is Cursor.ArrowCursor
    assert star_map.hint.startswith("Pick")
    draw(qtbot, star_map, Tool.POLYGON)
    qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(*CORNERS[0]))
    assert star_map.hint.startswith("Polygon: drag moves the corner, Ctrl+click or Delete takes it out")
    assert star_map.viewport().cursor().shape() is Cursor.PointingHandCursor


def field(star_map: StarMap, name: str) -> QLineEdit:
    found = star_map.findChild(QLineEdit, f"region{name}")
    assert found is not None
    return found


def enter(qtbot: QtBot, star_map: StarMap, name: str, text: str) -> None:
    """Type a text into a field, as a user does, and press Enter."""
    qtbot.mouseDClick(field(star_map, name), Left)
    field(star_map, name).selectAll()
    qtbot.keyClicks(field(star_map, name), text)
    qtbot.keyClick(field(star_map, name), Key.Key_Return)


def test_the_fields_show_the_region_and_an_entered_number_is_an_edit(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    x0, x1, y0, y1 = draw(qtbot, star_map, Tool.RECTANGLE).bounds
    shown = [field(star_map, name).text().replace("\N{MINUS SIGN}", "-") for name in ("X0", "X1", "Y0", "Y1")]
    assert shown == [f"{value:.3f}" for value in (x0, x1, y0, y1)]
    enter(qtbot, star_map, "X1", "-0.25")
    assert_edited(star_map, heard, (x0, -0.25, y0, y1), "rectangle")
    assert field(star_map, "X1").text() == "\N{MINUS SIGN}0.250"
    enter(qtbot, star_map, "X0", "1.5")
    assert star_map.region == Rectangle(-0.25, 1.5, y0, y1)
    assert field(star_map, "X1").text() == "1.500"
    assert len(heard.edits) == 2


def test_leaving_a_field_takes_its_number_and_only_once(qtbot: QtBot, star_map: StarMap, heard: Recorder) -> None:
    circle = draw(qtbot, star_map, Tool.CIRCLE)
    assert isinstance(circle, Circle)
    for name, text in (("X0", "-0.9"), ("X1", "0.5"), ("Y0", "0.1"), ("Y1", "0.75")):
        qtbot.mouseClick(field(star_map, name), Left)
        field(star_map, name).selectAll()
        qtbot.keyClicks(field(star_map, name), text)
    star_map.setFocus()
    assert star_map.region == Circle(-0.9, 0.1, 0.5, 0.75)
    assert len(heard.edits) == 4
    np.testing.assert_array_equal(heard.edits[-1][0], holds(star_map, star_map.region))


@pytest.mark.parametrize("text", ["", "a", "nan", "inf", "1e999", "0", "-2", "1,5"])
def test_what_is_no_number_for_the_region_gives_way_to_the_one_before(
    qtbot: QtBot, star_map: StarMap, heard: Recorder, text: str
) -> None:
    region = draw(qtbot, star_map, Tool.CIRCLE)
    before = field(star_map, "X1").text()
    enter(qtbot, star_map, "X1", text)
    assert field(star_map, "X1").text() == before
    star_map.setFocus()
    assert star_map.region == region
    assert heard.edits == []


@pytest.mark.parametrize(("tool", "names"), [(Tool.X_RANGE, {"X0", "X1"}), (Tool.Y_RANGE, {"Y0", "Y1"})])
def test_a_range_has_two_fields(qtbot: QtBot, star_map: StarMap, heard: Recorder, tool: Tool, names: set[str]) -> None:
    draw(qtbot, star_map, tool)
    assert {name for name in ("X0", "X1", "Y0", "Y1") if field(star_map, name).isVisible()} == names
    low, high = sorted(names)
    enter(qtbot, star_map, low, "-1")
    enter(qtbot, star_map, high, "0.5")
    found = star_map.region
    assert found is not None
    assert [value for value in found.bounds if np.isfinite(value)] == [-1, 0.5]
    np.testing.assert_array_equal(heard.edits[-1][0], holds(star_map, found))


def test_keys_in_a_field_are_not_for_the_map_and_escape_lets_go(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    draw(qtbot, star_map, Tool.RECTANGLE)
    heard.heard.clear()
    qtbot.mouseClick(field(star_map, "X0"), Left)
    view = star_map.view_range()
    for key in (Key.Key_L, Key.Key_Plus, Key.Key_Backspace, Key.Key_Up, Key.Key_F):
        qtbot.keyClick(field(star_map, "X0"), key)
    assert star_map.tool is Tool.RECTANGLE
    assert star_map.view_range() == view
    qtbot.keyClick(field(star_map, "X0"), Key.Key_Escape)
    assert star_map.region is None
    assert star_map.hasFocus()
    assert heard.edits == []
    assert heard.heard == []


def test_the_close_button_lets_go_and_the_bar_lies_within_the_plot(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    draw(qtbot, star_map, Tool.RECTANGLE)
    bar = star_map.findChild(QWidget, "regionBar")
    close = star_map.findChild(QToolButton, "closeRegionButton")
    assert bar is not None
    assert close is not None
    for width in (700, 380, 280):
        star_map.resize(width, 600)
        assert bar.isVisible() == (width > 300)
        assert not bar.isVisible() or star_map.plot_rect().toRect().contains(bar.geometry())
    star_map.resize(700, 600)
    view = star_map.view_range()
    wheel_at = bar.geometry().center()
    qtbot.mouseClick(bar, Left, pos=QPoint(2, 2))
    assert star_map.region is not None
    assert star_map.view_range() == view
    assert star_map.plot_rect().contains(QPointF(wheel_at))
    qtbot.mouseClick(close, Left)
    assert star_map.region is None
    assert bar.isHidden()
    assert len(heard.gestures) == 1


def test_a_long_crossing_stroke_holds_its_stars_and_is_drawn_at_every_zoom(
    qtbot: QtBot, star_map: StarMap, heard: Recorder
) -> None:
    star_map.set_tool(Tool.BRUSH)
    turns = np.linspace(0, 30, 600)
    drag(qtbot, star_map, [(np.cos(t) * t / 20, np.sin(1.3 * t)) for t in turns.tolist()])
    assert len(heard.gestures[0][0]) == len(holds(star_map, star_map.region))
    for notches in (5, -12):
        wheel(star_map, star_map.to_pixel(0, 0), notches)
        assert not star_map.viewport().grab().isNull()


@pytest.fixture
def latent(trained: MainWindow) -> StarMap:
    found = trained.findChild(StarMap, "latentView")
    assert found is not None
    return found


def box(star_map: StarMap, width: float, height: float) -> list[tuple[float, float]]:
    """Two corners about the middle of the plot, by pixels from it."""
    centre = star_map.plot_rect().center()
    return [star_map.to_data(centre - QPointF(width, height)), star_map.to_data(centre + QPointF(width, height))]


@pytest.mark.parametrize(("modifier", "mode"), MODIFIERS)
def test_an_edit_joins_what_was_selected_before_the_gesture_by_its_mode(
    qtbot: QtBot, trained: MainWindow, latent: StarMap, modifier: Qt.KeyboardModifier, mode: Mode
) -> None:
    workspace, stack = trained.workspace, trained.workspace.undo_stack
    workspace.select(np.flatnonzero(workspace.kept)[::2], Mode.REPLACE, "half of them")
    base = workspace.selection.copy()
    latent.set_tool(Tool.RECTANGLE)
    drag(qtbot, latent, box(latent, 60, 50), modifier)
    gesture = workspace.selection.copy()
    for number, by in enumerate(((0.4, -0.6), (-0.9, 0.5)), start=1):
        assert latent.region is not None
        _, x1, y0, _ = latent.region.bounds
        pull(qtbot, latent, (x1, y0), by)
        hit = np.isin(np.arange(len(base)), holds(latent, latent.region)) & workspace.kept
        np.testing.assert_array_equal(workspace.selection, combine(base, hit, mode))
        assert stack.count() == 2 + number
        assert stack.undoText() == f"edit rectangle, {hit.sum():,} stars"
    stack.undo()
    stack.undo()
    np.testing.assert_array_equal(workspace.selection, gesture)
    stack.undo()
    np.testing.assert_array_equal(workspace.selection, base)


@pytest.mark.parametrize(
    "change",
    [
        lambda window: window.workspace.undo_stack.undo(),
        lambda window: window.workspace.select_all(),
        lambda window: window.workspace.invert_selection(),
        lambda window: window.workspace.clear_selection(),
        lambda window: window.workspace.select(np.array([], int), Mode.ADD, "another view's", object()),
    ],
)
def test_any_other_change_of_the_selection_lets_go_of_the_region(
    qtbot: QtBot, trained: MainWindow, latent: StarMap, change: Callable[[MainWindow], None]
) -> None:
    latent.set_tool(Tool.RECTANGLE)
    drag(qtbot, latent, box(latent, 60, 50))
    assert latent.region is not None
    change(trained)
    assert latent.region is None


def test_undo_and_redo_walk_over_edits_and_leave_no_region(qtbot: QtBot, trained: MainWindow, latent: StarMap) -> None:
    workspace, stack = trained.workspace, trained.workspace.undo_stack
    latent.set_tool(Tool.RECTANGLE)
    drag(qtbot, latent, box(latent, 60, 50))
    gesture = workspace.selection.copy()
    assert latent.region is not None
    pull(qtbot, latent, (latent.region.bounds[1], latent.region.bounds[3]), (1.0, 1.0))
    edited = workspace.selection.copy()
    assert (gesture != edited).any()
    stack.undo()
    np.testing.assert_array_equal(workspace.selection, gesture)
    assert latent.region is None
    stack.redo()
    np.testing.assert_array_equal(workspace.selection, edited)
    assert latent.region is None
    workspace.reselect(np.array([], int), "too late")
    np.testing.assert_array_equal(workspace.selection, edited)


def test_a_gesture_that_found_no_star_can_be_edited_until_it_does(
    qtbot: QtBot, trained: MainWindow, latent: StarMap
) -> None:
    workspace, plot = trained.workspace, latent.plot_rect()
    latent.set_tool(Tool.RECTANGLE)
    corner = [latent.to_data(plot.topLeft() + QPointF(*away)) for away in ((8, 8), (30, 30))]
    drag(qtbot, latent, corner)
    assert workspace.undo_stack.count() == 0
    assert latent.region is not None
    drag(qtbot, latent, [corner[1], latent.to_data(plot.center())])
    assert workspace.undo_stack.count() == 1
    hit = np.isin(np.arange(len(workspace.kept)), holds(latent, latent.region)) & workspace.kept
    np.testing.assert_array_equal(workspace.selection, hit)
    assert hit.any()


def test_a_cut_lets_go_of_the_region(qtbot: QtBot, trained: MainWindow, latent: StarMap) -> None:
    workspace = trained.workspace
    latent.set_tool(Tool.RECTANGLE)
    drag(qtbot, latent, box(latent, 60, 50))
    workspace.set_cuts(type(workspace.cuts)(magnitude_range=(0.0, 20.0)), "narrow")
    assert latent.region is None
    qtbot.waitUntil(lambda: workspace.tasks.running == ())
