"""Long random sequences of gestures and edits by the mouse: undo and redo return the exact selections."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.regions import Circle, Polygon, Rectangle
from stellar_gui.analysis.selection import Mode, combine
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool
from tests.gui.map_helpers import MODIFIERS, NO_MODIFIER, click, drag

STEPS = 60
Point = tuple[float, float]
Mask = NDArray[np.bool_]


def somewhere(rng: np.random.Generator, star_map: StarMap, count: int) -> list[Point]:
    """Points of the plot, in data units; the bar with the numbers lies below them."""
    plot = star_map.plot_rect().adjusted(40, 40, -40, -80)
    places = rng.random((count, 2)) * (plot.width(), plot.height())
    return [star_map.to_data(plot.topLeft() + QPointF(x, y)) for x, y in places.tolist()]


def gesture(
    qtbot: QtBot, rng: np.random.Generator, star_map: StarMap, tool: Tool, modifier: Qt.KeyboardModifier
) -> None:
    star_map.drop_region()  # a press may lie on a handle
    star_map.set_tool(tool)
    points = somewhere(rng, star_map, 5)
    if tool is Tool.POLYGON:
        for number, corner in enumerate(points):
            click(qtbot, star_map, corner, NO_MODIFIER if number else modifier)
        qtbot.keyClick(star_map, Qt.Key.Key_Return)
    else:
        drag(qtbot, star_map, points, modifier)


def edit(qtbot: QtBot, rng: np.random.Generator, star_map: StarMap) -> bool:
    """Drag a handle of the region on the map; False where there is none."""
    match star_map.region:
        case Rectangle(x0, x1, y0, y1) if np.isfinite([x0, x1, y0, y1]).all():
            handle = (x0, x1)[rng.integers(2)], (y0, y1)[rng.integers(2)]
        case Rectangle(x0, x1, y0, y1):
            middle = somewhere(rng, star_map, 1)[0]
            handle = (x0, middle[1]) if np.isfinite(x0) else (middle[0], y1)
        case Circle(x, y, _, _):
            handle = x, y
        case Polygon(corners) if star_map.tool is Tool.POLYGON:
            handle = corners[rng.integers(len(corners))]
        case Polygon() as polygon:
            x0, x1, y0, y1 = polygon.bounds
            handle = (x0 + x1) / 2, (y0 + y1) / 2
        case _:
            return False
    if not star_map.plot_rect().contains(QPointF(star_map.to_pixel(*handle))):
        return False
    drag(qtbot, star_map, [handle, *somewhere(rng, star_map, 2)])
    return True


def in_region(star_map: StarMap) -> Mask:
    region = star_map.region
    assert region is not None
    return region.contains(star_map.data.x, star_map.data.y)


@pytest.mark.parametrize("seed", [1, 2])
def test_undo_and_redo_return_the_exact_selections(trained: MainWindow, qtbot: QtBot, seed: int) -> None:
    rng = np.random.default_rng(seed)
    workspace, stack = trained.workspace, trained.workspace.undo_stack
    star_map = trained.findChild(StarMap, "latentView")
    assert star_map is not None
    tools = [tool for tool in Tool if tool not in (Tool.PICK, Tool.PROBE)]
    snapshots, names = [workspace.selection.copy()], set()
    base, mode = snapshots[0], Mode.REPLACE
    for _ in range(STEPS):
        if rng.random() >= 0.4 or not edit(qtbot, rng, star_map):
            base = workspace.selection.copy()
            tool, (modifier, mode) = tools[rng.integers(len(tools))], MODIFIERS[rng.integers(len(MODIFIERS))]
            mode = Mode.ADD if tool is Tool.BRUSH and mode is Mode.REPLACE else mode
            gesture(qtbot, rng, star_map, tool, modifier)
        if star_map.region is not None:
            hit = in_region(star_map) & workspace.kept
            np.testing.assert_array_equal(workspace.selection, combine(base, hit, mode))
        if not np.array_equal(workspace.selection, snapshots[-1]):
            snapshots.append(workspace.selection.copy())
            names.add(stack.undoText().partition(",")[0])
        assert stack.count() == stack.index() == len(snapshots) - 1
    assert len(snapshots) > 30
    assert len({name for name in names if name.startswith("edit")}) >= 4
    assert len({name for name in names if not name.startswith("edit")}) == len(tools)
    for expected in snapshots[-2::-1]:
        stack.undo()
        np.testing.assert_array_equal(workspace.selection, expected)
    assert not stack.canUndo()
    for expected in snapshots[1:]:
        stack.redo()
        np.testing.assert_array_equal(workspace.selection, expected)
    assert not stack.canRedo()
