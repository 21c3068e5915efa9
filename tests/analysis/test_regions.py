import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.analysis.regions import OUTSIDE, WHOLE, Circle, Polygon, Rectangle, Region, Stroke, x_range, y_range
from tests.analysis.oracles import even_odd
from tests.analysis.strategies import coordinates, corners, regions

BOW_TIE = Polygon(((0, 0), (2, 2), (2, 0), (0, 2)))
PENTAGRAM = Polygon.through([(np.sin(t), np.cos(t)) for t in 2 * np.pi * np.arange(5) * 2 / 5])


@settings(max_examples=300)
@given(corners(), st.lists(st.tuples(coordinates(), coordinates()), min_size=1, max_size=20))
def test_a_polygon_is_the_exact_even_odd_answer(
    outline: tuple[tuple[float, float], ...], points: list[tuple[float, float]]
) -> None:
    x, y = np.array(points, np.float32).T
    answer = Polygon(outline).contains(x, y)
    expected = [bool(even_odd(outline, float(a), float(b))) for a, b in zip(x, y, strict=True)]
    assert answer.tolist() == expected


def test_a_part_that_is_gone_round_twice_is_outside() -> None:
    x, y = np.array([0.0, 0.0, 0.9]), np.array([0.0, 0.8, 0.0])
    assert PENTAGRAM.contains(x, y).tolist() == [False, True, False]
    assert BOW_TIE.contains(np.array([0.5, 1.5, 1.0, 1.0]), np.array([1.0, 1.0, 0.5, 1.0])).tolist() == [
        True,
        True,
        False,
        False,
    ]


def test_points_on_a_polygons_outline_are_outside_and_on_a_rectangles_inside() -> None:
    x, y = np.array([0.0, 1.0, 0.5]), np.array([0.0, 0.5, 0.5])
    square = Polygon(((0, 0), (1, 0), (1, 1), (0, 1)))
    assert square.contains(x, y).tolist() == [False, False, True]
    assert Rectangle(0, 1, 0, 1).contains(x, y).all()


def test_circle_and_stroke_measure_in_their_own_units() -> None:
    circle = Circle(1, 1, 2, 0.5)
    assert circle.contains(np.array([3.0, 1.0, 3.0, 1.0]), np.array([1.0, 1.5, 1.5, 1.51])).tolist() == [
        True,
        True,
        False,
        False,
    ]
    stroke = Stroke(((0, 0), (10, 0)), 1, 2)
    assert stroke.contains(np.array([5.0, 11.0, 5.0, 11.5]), np.array([2.0, 0.0, 2.1, 0.0])).tolist() == [
        True,
        True,
        False,
        False,
    ]


def test_ranges_take_all_of_the_other_axis() -> None:
    x, y = np.array([0.0, 1.0, 2.0]), np.array([-1e9, 0.0, 1e9])
    assert x_range(0, 1).contains(x, y).tolist() == [True, True, False]
    assert y_range(0, np.inf).contains(x, y).tolist() == [False, True, True]


@pytest.mark.parametrize("region", [Rectangle(-9, 9, -9, 9), x_range(-9, 9), BOW_TIE, PENTAGRAM, Circle(0, 0, 9, 9)])
def test_no_region_holds_a_star_without_a_place(region: Region) -> None:
    bad = np.array([np.nan, np.inf, -np.inf, 0.5, 0.5, 0.5])
    assert not region.contains(bad, bad[::-1]).any()


@pytest.mark.parametrize("few", [(), ((0.0, 0.0),), ((0.0, 0.0), (1.0, 1.0))])
def test_fewer_than_three_corners_hold_nothing(few: tuple[tuple[float, float], ...]) -> None:
    polygon = Polygon(few)
    x0, x1, _, _ = polygon.bounds
    assert not polygon.contains(np.array([0.0, 0.5]), np.array([0.0, 0.5])).any()
    assert x0 > x1


def test_a_brush_without_width_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Stroke(((0, 0),), 0, 1)


@settings(max_examples=200)
@given(regions(), st.randoms(use_true_random=False))
def test_cover_never_promises_what_contains_denies(region: Region, random: object) -> None:
    rng = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined]
    columns = np.concatenate(([-np.inf], np.linspace(-4, 4, 12), [np.inf]))
    rows = np.concatenate(([-np.inf], np.linspace(-3, 5, 9), [np.inf]))
    cover = region.cover(columns, rows)
    x, y = rng.uniform(-6, 6, 400), rng.uniform(-6, 6, 400)
    x[:50], y[50:100] = rng.choice(columns[1:-1], 50), rng.choice(rows[1:-1], 50)
    cell = cover[np.searchsorted(rows, y, "right") - 1, np.searchsorted(columns, x, "right") - 1]
    inside = region.contains(x, y)
    assert inside[cell == WHOLE].all()
    assert not inside[cell == OUTSIDE].any()


@pytest.mark.parametrize("closed", [False, True])
def test_four_sides_that_fold_back_on_themselves_hold_nothing(closed: bool) -> None:
    corners = [(1.0, 1.5), (0.0, 1.5), (0.0, 0.0), (0.0, 1.5)]
    folded = Polygon.through([*corners, corners[0]] if closed else corners)
    x, y = np.random.default_rng(0).uniform(-1, 2, (2, 1000))
    assert not folded.contains(x, y).any()
    assert Polygon.through([(0, 0), (1, 0), (1, 1), (0, 1)]).contains(
        np.array([0.5, 1.0]), np.array([0.5, 0.5])
    ).tolist() == [
        True,
        False,
    ]
