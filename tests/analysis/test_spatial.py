import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stellar_gui.analysis.regions import Polygon, Rectangle, Region
from stellar_gui.analysis.spatial import GridIndex
from tests.analysis.strategies import coordinates, regions, stars

Columns = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]


def takes_part(columns: Columns) -> NDArray[np.bool_]:
    x, y, shown = columns
    return shown & np.isfinite(x) & np.isfinite(y)


@settings(max_examples=300, deadline=None)
@given(stars(), regions())
def test_a_regions_stars_are_those_of_the_whole_column_tested_one_by_one(columns: Columns, region: Region) -> None:
    x, y, _ = columns
    index = GridIndex(*columns)
    expected = np.flatnonzero(region.contains(x, y) & takes_part(columns))
    np.testing.assert_array_equal(index.inside(region), expected)
    np.testing.assert_array_equal(np.sort(index.rows_of(index.hits(region))), expected)
    assert index.count(region) == len(expected)


@settings(max_examples=300, deadline=None)
@given(
    stars(),
    coordinates(),
    coordinates(),
    st.sampled_from([1e-3, 1.0, 250.0]),
    st.sampled_from([0.3, 1.0]),
    st.sampled_from([0.0, 0.5, 12.0, np.inf]),
)
def test_the_nearest_star_is_the_brute_force_one(
    columns: Columns, x: float, y: float, scale: float, aspect: float, within: float
) -> None:
    stars_x, stars_y, _ = columns
    rows = np.flatnonzero(takes_part(columns))
    away = np.hypot((stars_x[rows] - np.float64(x)) * scale, (stars_y[rows] - np.float64(y)) * scale * aspect)
    found = GridIndex(*columns).nearest(x, y, scale, scale * aspect, within)
    least = away.min(initial=np.inf)
    if found is None:
        assert least > within or not len(rows)
        return
    row, distance = found
    assert distance <= within
    assert distance == pytest.approx(least, rel=1e-12, abs=1e-12)
    assert row == rows[np.isclose(away, least, rtol=1e-12, atol=0)].min()


@settings(max_examples=100, deadline=None)
@given(stars(), coordinates(), coordinates(), st.floats(0, 5), st.floats(0, 5))
def test_what_is_drawn_holds_every_star_of_the_view(
    columns: Columns, x: float, y: float, width: float, height: float
) -> None:
    index, view = GridIndex(*columns), (x, x + width, y, y + height)
    inside = set(index.inside(Rectangle(*view)).tolist())
    near = [row for part in index.near(view) for row in index.row[part].tolist()]
    assert inside <= set(near)
    assert len(near) == len(set(near))


def test_every_star_that_takes_part_is_in_the_grid_once() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 5000)).astype(np.float32)
    x[::7], shown = np.nan, rng.random(5000) < 0.5
    index = GridIndex(x, y, shown)
    np.testing.assert_array_equal(np.sort(index.row), np.flatnonzero(shown & np.isfinite(x)))
    np.testing.assert_array_equal(index.x, x[index.row])
    np.testing.assert_array_equal(index.y, y[index.row])


def test_a_lasso_of_many_corners_agrees_with_shapely_on_every_star() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 100_000)).astype(np.float32)
    angle = np.linspace(0, 6 * np.pi, 200)
    outline = np.stack([np.cos(angle) * (1 + 0.4 * np.sin(7 * angle)), np.sin(angle)], axis=1)
    expected = shapely.contains_xy(shapely.Polygon(outline), x, y)
    np.testing.assert_array_equal(GridIndex(x, y).mask(Polygon.through(outline)), expected)


def test_an_empty_index_answers() -> None:
    nothing = np.empty(0, np.float32)
    index = GridIndex(nothing, nothing)
    assert len(index.inside(Rectangle(-1, 1, -1, 1))) == 0
    assert index.nearest(0, 0) is None
    assert index.bounds == index.bulk == (0, 1, 0, 1)


def test_the_bulk_leaves_far_outliers_out() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 10_000)).astype(np.float32)
    x[0] = 1e6
    index = GridIndex(x, y)
    assert index.bulk[1] < 10
    assert index.bounds[1] == pytest.approx(1e6)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        GridIndex(np.zeros(2, np.float32), np.zeros(3, np.float32))


def test_the_index_adds_at_most_twenty_four_bytes_a_star() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(2, 300_000)).astype(np.float32)
    index = GridIndex(x, y)
    arrays = [value for value in vars(index).values() if isinstance(value, np.ndarray)]
    assert sum(array.nbytes for array in arrays) <= 24 * len(x)
