"""The geometry of handles: where they lie, and what a dragged one leaves of its region."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.analysis.regions import Circle, Polygon, Rectangle, Region, Stroke, x_range, y_range
from stellar_gui.gui.views.handles import Finished, Grip, Handle, dragged, handles, without_corner
from stellar_gui.gui.views.outlines import lines_of

VIEW = -5.0, 5.0, -5.0, 5.0
SCALE = 60.0, 60.0

numbers = st.floats(-1e3, 1e3).map(lambda value: round(value, 6))
points = st.tuples(numbers, numbers)
sizes = st.floats(1e-3, 1e3)
rectangles = st.builds(Rectangle.between, points, points)
ranges = st.one_of(
    st.builds(lambda a, b: x_range(min(a, b), max(a, b)), numbers, numbers),
    st.builds(lambda a, b: y_range(min(a, b), max(a, b)), numbers, numbers),
)
circles = st.builds(Circle, numbers, numbers, sizes, sizes)
polygons = st.lists(points, min_size=3, max_size=9).map(Polygon.through)
NAMES = {Rectangle: "rectangle", Circle: "circle", Polygon: "polygon"}


def handles_of(region: Region, name: str | None = None) -> list[Handle]:
    return handles(Finished(name or NAMES[type(region)], region), VIEW, *SCALE)


def kinds(found: list[Handle]) -> list[tuple[Grip, tuple[int, int]]]:
    return [(handle.grip, handle.sides) for handle in found]


def test_a_rectangle_has_four_corners_four_edges_and_a_middle() -> None:
    found = {handle.sides: handle for handle in handles_of(Rectangle(-1, 3, -2, 2))}
    assert {sides: handle.point for sides, handle in found.items()} == {
        (a, b): ((-1, 1, 3)[a + 1], (-2, 0, 2)[b + 1]) for a in (-1, 0, 1) for b in (-1, 0, 1)
    }
    assert [sides for sides, handle in found.items() if handle.grip is Grip.MOVE] == [(0, 0)]
    assert not any(handle.line for handle in found.values())


def test_a_side_is_taken_at_the_middle_of_its_part_in_view() -> None:
    found = {handle.sides: handle.point for handle in handles_of(Rectangle(-1, 3, 0, 1e6))}
    assert found[(1, 0)] == (3, 2.5)
    assert found[(0, 0)] == (1, 2.5)
    away = {handle.sides: handle.point for handle in handles_of(Rectangle(10, 12, 0, 2))}
    assert away[(0, 0)] == (11, 1)


def test_a_range_has_two_sides_that_are_taken_anywhere_and_a_middle() -> None:
    assert kinds(handles_of(x_range(-1, 2))) == [(Grip.SIDES, (-1, 0)), (Grip.MOVE, (0, 0)), (Grip.SIDES, (1, 0))]
    assert [handle.line for handle in handles_of(y_range(-1, 2))] == [True, False, True]
    assert [handle.point for handle in handles_of(y_range(-1, 2))] == [(0, -1), (0, 0.5), (0, 2)]


def test_a_circle_has_four_radii_and_its_centre() -> None:
    found = handles_of(Circle(1, 2, 0.5, 1.5))
    assert [handle.point for handle in found] == [(0.5, 2), (1.5, 2), (1, 0.5), (1, 3.5), (1, 2)]
    assert found[-1].grip is Grip.MOVE


def test_a_polygon_has_its_corners_the_middles_between_them_and_one_to_move_it() -> None:
    square = Polygon(((0, 0), (2, 0), (2, 2), (0, 2)))
    found = handles_of(square)
    assert [handle.point for handle in found if handle.grip is Grip.CORNER] == list(square.corners)
    assert {handle.point for handle in found if handle.grip is Grip.NEW_CORNER} == {(1, 0), (2, 1), (1, 2), (0, 1)}
    assert [handle.point for handle in found if handle.grip is Grip.MOVE] == [(1, 1)]
    assert kinds(handles_of(square, "lasso")) == [(Grip.MOVE, (0, 0))]


def test_small_regions_keep_the_handles_that_there_is_room_for() -> None:
    assert all(all(handle.sides) for handle in handles_of(Rectangle(0, 0.1, 0, 0.1)))
    assert len(handles_of(Circle(0, 0, 0.1, 0.1))) == 4
    assert not any(handle.grip is Grip.NEW_CORNER for handle in handles_of(Polygon(((0, 0), (0.2, 0), (0, 0.2)))))


def test_what_cannot_be_edited_has_no_handle() -> None:
    assert handles_of(Stroke(((0, 0), (1, 1)), 1, 1), "brush") == []
    assert handles_of(Polygon(((0, 0), (1, 1))), "lasso") == []


@given(st.one_of(rectangles, ranges, circles, polygons))
def test_a_handle_dragged_by_nothing_leaves_the_region_as_it_was(region: Region) -> None:
    for handle in handles_of(region):
        assert dragged(region, handle, 0.0, 0.0) == region


@given(st.one_of(rectangles, ranges), numbers, numbers)
def test_a_rectangle_stays_upright_and_only_the_sides_taken_move(region: Rectangle, by_x: float, by_y: float) -> None:
    for handle in handles_of(region):
        found = dragged(region, handle, by_x, by_y)
        assert isinstance(found, Rectangle)
        assert found.x0 <= found.x1
        assert found.y0 <= found.y1
        along_x, along_y = handle.sides
        if handle.grip is Grip.MOVE:
            moved = region.x0 + by_x, region.x1 + by_x, region.y0 + by_y, region.y1 + by_y
        else:
            x = region.x0 + by_x * (along_x < 0), region.x1 + by_x * (along_x > 0)
            y = region.y0 + by_y * (along_y < 0), region.y1 + by_y * (along_y > 0)
            moved = *sorted(x), *sorted(y)
        assert found.bounds == moved


@given(circles, numbers, numbers)
def test_a_circle_never_loses_its_size(region: Circle, by_x: float, by_y: float) -> None:
    for handle in handles_of(region):
        found = dragged(region, handle, by_x, by_y)
        assert isinstance(found, Circle)
        assert found.radius_x > 0
        assert found.radius_y > 0
        moved = (found.x, found.y) != (region.x, region.y)
        assert moved == (handle.grip is Grip.MOVE and (by_x, by_y) != (0, 0))


@pytest.mark.parametrize("sides", [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_a_radius_dragged_to_the_centre_stays(sides: tuple[int, int]) -> None:
    region = Circle(0, 0, 2, 3)
    handle = next(handle for handle in handles_of(region) if handle.sides == sides)
    assert dragged(region, handle, -2.0 * sides[0], -3.0 * sides[1]) == region


@given(polygons, numbers, numbers)
def test_a_polygon_moves_whole_or_by_one_corner(region: Polygon, by_x: float, by_y: float) -> None:
    for handle in handles_of(region):
        found = dragged(region, handle, by_x, by_y)
        assert isinstance(found, Polygon)
        old, new = list(region.corners), list(found.corners)
        if handle.grip is Grip.MOVE:
            assert new == [(x + by_x, y + by_y) for x, y in old]
        elif handle.grip is Grip.CORNER:
            x, y = old[handle.number]
            assert new == [*old[: handle.number], (x + by_x, y + by_y), *old[handle.number + 1 :]]
        elif (by_x, by_y) != (0, 0):
            assert new[: handle.number] + new[handle.number + 1 :] == old
            assert new[handle.number] == (handle.point[0] + by_x, handle.point[1] + by_y)


@given(polygons)
def test_a_corner_goes_while_three_are_left(region: Polygon) -> None:
    for handle in handles_of(region):
        found = without_corner(region, handle)
        assert isinstance(found, Polygon)
        goes = handle.grip is Grip.CORNER and len(region.corners) > 3
        assert len(found.corners) == len(region.corners) - goes
        assert (found == region) is not goes


@pytest.mark.parametrize(
    "path", [((1.0, 2.0),), ((1.0, 2.0), (1.0, 2.0)), ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (0.0, 1.0))]
)
def test_the_lines_of_a_stroke_are_where_its_stars_end(path: tuple[tuple[float, float], ...]) -> None:
    stroke = Stroke(path, 0.5, 2.0)
    lines = lines_of(stroke)
    assert len(lines) == (2 if len(path) > 2 else 1)
    x, y = np.concatenate([np.array(line) for line in lines]).T
    larger, smaller = Stroke(path, 0.51, 2.04), Stroke(path, 0.49, 1.96)
    assert larger.contains(x, y).all()
    assert not smaller.contains(x, y).any()
