import numpy as np
import pytest
from numpy.typing import NDArray

from stellar_gui.analysis.counting import MOST_DISCS, StarCounts, StarField
from stellar_gui.analysis.density import Scale, Stretch, robust_top
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.analysis.thinning import FRAME_STARS, Levels
from stellar_gui.progress import drain

WHOLE = Raster((-4.0, 4.0, -4.0, 4.0), 300, 200, 1.0)
PART = Raster((-1.0, 0.5, -0.5, 1.0), 300, 200, 1.0)
STARS = 2 * FRAME_STARS


@pytest.fixture(scope="module")
def columns() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=(2, STARS)).astype(np.float32)
    x[::3] *= 0.2
    return x, y


@pytest.fixture(scope="module")
def levels(columns: tuple[NDArray[np.float32], NDArray[np.float32]]) -> Levels:
    return Levels.of(GridIndex(*columns))


@pytest.fixture
def field(levels: Levels) -> StarField:
    return StarField(levels)


def expected_counts(x: NDArray[np.float32], y: NDArray[np.float32], raster: Raster) -> NDArray[np.int64]:
    x0, x1, y0, y1 = raster.bounds
    column = np.floor((x.astype(float) - x0) / (x1 - x0) * raster.width).astype(int)
    line = raster.height - 1 - np.floor((y.astype(float) - y0) / (y1 - y0) * raster.height).astype(int)
    inside = (column >= 0) & (column < raster.width) & (line >= 0) & (line < raster.height)
    counts = np.zeros((raster.height + 1, raster.width + 1), int)
    for down in (0, 1):
        for right in (0, 1):
            np.add.at(counts, (line[inside] + down, column[inside] + right), 1)
    return counts[:-1, :-1]


def test_all_stars_are_counted_exactly_a_part_between_two_yields(
    field: StarField, columns: tuple[NDArray[np.float32], NDArray[np.float32]]
) -> None:
    x, y = columns
    mask = x > 0.3
    field.select(mask)
    counts = drain(field.count_all(WHOLE))
    np.testing.assert_array_equal(counts.every, expected_counts(x, y, WHOLE))
    np.testing.assert_array_equal(counts.selected, expected_counts(x[mask], y[mask], WHOLE))
    assert counts.step == 1


def test_one_frame_counts_a_sample_of_many_and_all_of_few(field: StarField) -> None:
    assert field.count(WHOLE).step == 4
    close = Raster((0.0, 0.2, 0.0, 0.2), 300, 200, 1.0)
    assert field.count(close).step == 1
    tiny = Raster((3.0, 3.3, 3.0, 3.3), 300, 200, 1.0)
    counts = field.count(tiny)
    assert counts.discs
    assert counts.stars <= MOST_DISCS


@pytest.mark.parametrize("selected", [False, True])
@pytest.mark.parametrize("raster", [WHOLE, PART])
def test_a_sample_is_as_bright_as_all_stars(field: StarField, columns: tuple, raster: Raster, selected: bool) -> None:
    field.select(columns[1] < 0.5 if selected else None)
    sample = tile_shades(field.count(raster), selected)
    everything = tile_shades(drain(field.count_all(raster)), selected)
    assert np.abs(sample - everything).max() < 0.04
    assert abs(float((sample - everything).mean())) < 0.01


def tile_shades(counts: StarCounts, selected: bool) -> NDArray[np.float64]:
    """The mean shade of each of 5 x 6 parts of the picture."""
    scale = Scale(Stretch.ASINH, robust_top(counts.every), 0.22)
    shades = scale.shade(counts.selected if selected and counts.selected is not None else counts.every)
    return shades.reshape(5, 40, 6, 50).mean(axis=(1, 3))


def test_nothing_selected_is_no_selection(field: StarField) -> None:
    field.select(np.zeros(STARS, bool))
    assert field.count(WHOLE).selected is None
    assert field.extent_of_selection() is None


def test_the_extent_of_the_selection(field: StarField, columns: tuple) -> None:
    x, y = columns
    mask = (x > 1) & (y < -1)
    field.select(mask)
    assert field.extent_of_selection() == (x[mask].min(), x[mask].max(), y[mask].min(), y[mask].max())
