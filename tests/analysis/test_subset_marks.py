"""The marks of subsets on a map: where their stars are, in the uppermost subset's code."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stellar_gui.analysis.counting import MOST_DISCS, StarField
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.analysis.subset_marks import SubsetField
from stellar_gui.analysis.subsets import Subset, Subsets
from stellar_gui.analysis.thinning import Levels


def field(x: NDArray[np.float32], y: NDArray[np.float32], codes: NDArray[np.uint8]) -> SubsetField:
    made = SubsetField(Levels.of(GridIndex(x, y)))
    made.show(codes)
    return made


def crowd(stars: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    x, y = np.random.default_rng(0).uniform(-1, 1, size=(2, stars)).astype(np.float32)
    return x, y


def test_few_stars_are_discs_the_uppermost_code_on_top() -> None:
    x, y = np.array([0, 0, 0.5], np.float32), np.array([0, 0, 0.5], np.float32)
    marks = field(x, y, np.array([1, 2, 0], np.uint8)).marks(Raster((-1, 1, -1, 1), 100, 80, 1.0))
    assert marks is not None and marks.shape == (80, 100)
    assert marks[40, 50] == 2 * 256 + 255
    assert set(np.unique(marks >> 8).tolist()) == {0, 2}
    rows, columns = np.nonzero(marks)
    assert (abs(rows - 39.5) < 4).all() and (abs(columns - 49.5) < 4).all()


@pytest.mark.parametrize("y_down", [False, True])
@pytest.mark.parametrize("stars", [500, MOST_DISCS + 1])
def test_every_member_in_view_is_marked_and_nothing_else(y_down: bool, stars: int) -> None:
    x, y = crowd(stars)
    codes = (np.arange(stars) % 50 == 0).astype(np.uint8)
    raster = Raster((-0.8, 0.9, -1.2, 0.7), 170, 190, 1.0, y_down)
    marks = field(x, y, codes).marks(raster)
    members = codes.astype(bool) & (x > -0.79) & (x < 0.89) & (y > -1.19) & (y < 0.69)
    column = ((x[members] + 0.8) / 1.7 * 170).astype(int)
    up = (y[members] + 1.2) / 1.9 * 190
    row = (up if y_down else 190 - up).astype(int)
    assert marks is not None and (marks[row, column] >> 8 == 1).all()
    assert 0 < np.count_nonzero(marks) <= 25 * codes.sum()


def test_dots_lie_where_the_density_has_them() -> None:
    x, y = crowd(MOST_DISCS + 1)
    raster = Raster((-1, 1, -1, 1), 300, 300, 1.0)
    levels = Levels.of(GridIndex(x, y))
    made = SubsetField(levels)
    made.show(np.ones(len(x), np.uint8))
    marks = made.marks(raster)
    assert marks is not None
    np.testing.assert_array_equal(marks > 0, StarField(levels).count(raster).every > 0)


def test_without_a_star_in_view_there_are_no_marks() -> None:
    x, y = crowd(100)
    raster = Raster((5, 6, 5, 6), 50, 50, 1.0)
    beyond = field(x, y, np.ones(100, np.uint8)).marks(raster)
    assert beyond is None or not beyond.any()
    assert field(x, y, np.zeros(100, np.uint8)).marks(Raster((-1, 1, -1, 1), 50, 50, 1.0)) is None


def test_codes_follow_the_order_and_leave_hidden_subsets_out() -> None:
    masks = {name: np.arange(6) % k == 0 for name, k in (("a", 2), ("b", 3), ("c", 1))}
    subsets = Subsets(
        tuple(Subset(name, mask, color, name != "c") for (name, mask), color in zip(masks.items(), "xyz", strict=True))
    )
    assert subsets.drawn_colors == ("y", "x")
    assert subsets.codes.tolist() == [2, 0, 2, 1, 2, 0]
    assert Subsets().codes.shape == (0,) and Subsets().drawn_colors == ()
