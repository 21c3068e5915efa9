import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.analysis.thinning import Levels
from tests.analysis.strategies import coordinates, stars


def clumps(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, count)).astype(np.float32)
    x[: count // 4] = x[: count // 4] * 0.05 + 2
    return x, y


@settings(max_examples=100, deadline=None)
@given(stars(), coordinates(), coordinates(), st.floats(0, 5), st.floats(0, 5))
def test_what_a_level_shows_of_a_view_are_some_of_its_stars_each_once(
    columns: tuple, x: float, y: float, width: float, height: float
) -> None:
    levels = Levels.of(GridIndex(*columns), frame_stars=50)
    places, near = levels.near((x, x + width, y, y + height))
    for level in levels.all:
        rows = [row for part in level.parts(places) for row in level.row[part].tolist()]
        assert len(rows) == len(set(rows))
        np.testing.assert_array_equal(level.x[: len(level.row)], columns[0][level.row])
        assert abs(len(rows) - near / level.step) <= len(places) + 1


def test_levels_halve_until_one_frame_can_draw_them() -> None:
    levels = Levels.of(GridIndex(*clumps(100_000)), frame_stars=7000)
    assert [level.step for level in levels.all] == [1, 4, 8, 16]
    assert [len(level.row) for level in levels.all] == [100_000, 25_000, 12_500, 6250]
    assert levels.within_budget(7000, 7000).step == 1
    assert levels.within_budget(7001, 7000).step == 4
    assert levels.within_budget(100_000, 7000).step == 16


def test_few_stars_are_not_thinned() -> None:
    assert [level.step for level in Levels.of(GridIndex(*clumps(5000))).all] == [1]


def test_every_place_loses_the_same_share_of_its_stars() -> None:
    x, y = clumps(400_000)
    levels = Levels.of(GridIndex(x, y), frame_stars=50_000)
    sample = levels.all[-1]
    bins = [np.linspace(-3, 3, 25)] * 2
    of_all, _, _ = np.histogram2d(x, y, bins)
    of_sample, _, _ = np.histogram2d(sample.x, sample.y, bins)
    filled = of_all > 400
    apart = (of_sample * sample.step - of_all)[filled] / np.sqrt(of_all * sample.step)[filled]
    assert np.abs(apart).max() < 1  # better than the chance of a free draw
    assert abs(apart.mean()) < 0.1


def test_the_sample_is_always_the_same() -> None:
    first, second = (Levels.of(GridIndex(*clumps(20_000)), frame_stars=1000) for _ in range(2))
    np.testing.assert_array_equal(first.all[-1].row, second.all[-1].row)


def test_a_level_is_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Levels.of(GridIndex(*clumps(20_000)), frame_stars=1000).all[-1].x[0] = 1
