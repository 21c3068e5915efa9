"""The hue of every pixel against brute force: means, commonest labels, ranges, samples and discs."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stellar_gui.analysis.coloring import Labels, Values
from stellar_gui.analysis.counting import MOST_DISCS, StarCounts, StarField
from stellar_gui.analysis.hues import LabelHues, StarColors, ValueHues, robust_limits
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.analysis.thinning import Levels
from stellar_gui.progress import drain

STARS = 40_000
MANY = 900_000
WIDE = Raster((-1.0, 1.0, -1.0, 1.0), 901, 700, 1.0)
RASTER = Raster((-1.0, 1.0, -1.0, 1.0), 151, 120, 1.0)
CLOSE = Raster((-0.3, 0.3, -0.3, 0.3), 150, 120, 1.0)


@pytest.fixture(scope="module")
def levels() -> Levels:
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-1.2, 1.2, size=(2, STARS)).astype(np.float32)
    return Levels.of(GridIndex(x, y))


@pytest.fixture(scope="module")
def many() -> Levels:
    """More stars than one frame has time for, few in the outskirts."""
    x, y = np.random.default_rng(3).normal(scale=0.4, size=(2, MANY)).astype(np.float32)
    return Levels.of(GridIndex(x, y))


def by_row(levels: Levels, values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Values in the order of the index, as a column of the catalogue."""
    column = np.empty(len(levels.index), values.dtype)
    column[levels.index.row] = values
    return column


def numbers_of(levels: Levels, missing: bool = False) -> Values:
    x = levels.index.x.astype(np.float64)
    if missing:
        x[levels.index.y > 0.5] = np.nan
    return Values("x", "", by_row(levels, x).astype(np.float32), 100.0)


def labels_of(levels: Levels, count: int = 3) -> Labels:
    code = np.clip((levels.index.x + 1) / 2 * count, 0, count - 1)
    return Labels("side", tuple("abcdefgh"[:count]), by_row(levels, code).astype(np.uint8), "missing")


def counted(levels: Levels, coloring: Values | Labels, raster: Raster, whole: bool = True) -> StarCounts:
    field = StarField(levels)
    field.color_by(StarColors.of(coloring, levels), None)
    return drain(field.count_all(raster)) if whole else field.count(raster)


def brute_cells(levels: Levels, row: int, column: int) -> NDArray[np.bool_]:
    """(m,) bool: the stars of the cells that may mark pixels of a cell: its own, and those to the left and above."""
    x0, x1, y0, y1 = RASTER.bounds
    across = np.floor((levels.index.x - x0) / (x1 - x0) * RASTER.width / 2)
    down = np.floor((y1 - levels.index.y) / (y1 - y0) * RASTER.height / 2)
    return ((across == column) | (across == column - 1)) & ((down == row) | (down == row - 1))


def test_a_cell_has_the_mean_of_the_stars_that_mark_it(levels: Levels) -> None:
    coloring = numbers_of(levels, missing=True)
    hues = counted(levels, coloring, RASTER).hues
    assert isinstance(hues, ValueHues)
    assert (hues.mean.shape, hues.side) == ((60, 76), 2)
    offset = coloring.offset[levels.index.row]
    for row, column in ((40, 20), (59, 1), (30, 60), (15, 37), (3, 3)):
        here = offset[brute_cells(levels, row, column)]
        known = here[~np.isnan(here)]
        expected = known.mean() if len(known) else np.nan
        assert hues.mean[row, column] == pytest.approx(expected, abs=1e-5, nan_ok=True)
    assert np.isnan(hues.mean[3, 3])


def test_a_cell_has_the_commonest_label_of_the_stars_that_mark_it(levels: Levels) -> None:
    coloring = labels_of(levels)
    hues = counted(levels, coloring, RASTER).hues
    assert isinstance(hues, LabelHues)
    code = coloring.code[levels.index.row]
    for row, column in ((40, 20), (30, 25), (30, 50), (15, 24), (50, 74)):
        found = np.bincount(code[brute_cells(levels, row, column)], minlength=4)
        assert hues.code[row, column] == np.argmax(found)


@pytest.mark.parametrize("close", [False, True])
def test_few_labelled_stars_are_seen_among_many_of_a_rest_that_yields(levels: Levels, close: bool) -> None:
    code = np.where(np.arange(levels.index.size) % 50 == 0, 0, 1).astype(np.uint8)
    raster = CLOSE if close else RASTER
    shown = {}
    for yields in (False, True):
        hues = counted(levels, Labels("side", ("a",), code, "rest", yields), raster).hues
        assert isinstance(hues, LabelHues)
        shown[yields] = hues.code == 0
    assert (shown[True] & ~shown[False]).any() and not (shown[False] & ~shown[True]).any()


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_every_marked_pixel_has_a_hue(many: Levels, whole: bool, labelled: bool) -> None:
    counts = counted(many, labels_of(many) if labelled else numbers_of(many), WIDE, whole)
    hues = counts.hues
    assert hues is not None
    cells = hues.code == 3 if isinstance(hues, LabelHues) else np.isnan(hues.mean)
    bare = np.repeat(np.repeat(cells, hues.side, axis=0), hues.side, axis=1)[: WIDE.height, : WIDE.width]
    assert counts.complete is whole
    assert 0.5 < (counts.every > 0).mean() < 0.99
    assert not (bare & (counts.every > 0)).any()


def test_a_sample_has_nearly_the_same_hues_as_all_stars(many: Levels) -> None:
    whole, sample = (counted(many, numbers_of(many), WIDE, whole).hues for whole in (True, False))
    assert isinstance(whole, ValueHues) and isinstance(sample, ValueHues)
    assert (whole.side, sample.side) == (2, 4)
    wide = np.repeat(np.repeat(sample.mean, 2, axis=0), 2, axis=1)[: whole.mean.shape[0], : whole.mean.shape[1]]
    assert np.nanmean(np.abs(whole.mean - wide)) < 0.02
    np.testing.assert_allclose(whole.limits, sample.limits, atol=0.02)


def test_many_labels_are_found_coarsely_while_there_is_no_time_and_finely_after(levels: Levels) -> None:
    quick, fine = (counted(levels, labels_of(levels, 8), RASTER, whole) for whole in (False, True))
    assert isinstance(quick.hues, LabelHues) and isinstance(fine.hues, LabelHues)
    assert (quick.complete, quick.hues.side, fine.complete, fine.hues.side) == (False, 4, True, 2)
    wide = np.repeat(np.repeat(quick.hues.code, 2, axis=0), 2, axis=1)[:60, :76]
    assert np.mean(wide == fine.hues.code) > 0.8


def test_the_range_is_of_the_stars_in_view(levels: Levels) -> None:
    for raster, half in ((RASTER, 1.0), (CLOSE, 0.3)):
        hues = counted(levels, numbers_of(levels), raster).hues
        assert isinstance(hues, ValueHues)
        assert hues.limits == pytest.approx((100 - 0.98 * half, 100 + 0.98 * half), abs=0.02 * half)
        assert hues.beyond == (True, True)


def test_a_locked_range_stays(levels: Levels) -> None:
    field = StarField(levels)
    field.color_by(StarColors.of(numbers_of(levels), levels), (95.0, 105.0))
    hues = field.count(CLOSE).hues
    assert isinstance(hues, ValueHues)
    assert (hues.limits, hues.beyond) == ((95.0, 105.0), (False, False))


def test_discs_have_the_hue_of_their_star(levels: Levels) -> None:
    for coloring in (numbers_of(levels), labels_of(levels)):
        counts = counted(levels, coloring, CLOSE)
        assert counts.discs and counts.stars <= MOST_DISCS
        place = int(np.argmin(np.hypot(levels.index.x - 0.1, levels.index.y)))
        x, y, row = levels.index.x[place], levels.index.y[place], int(levels.index.row[place])
        line, column = int((0.3 - y) / 0.6 * CLOSE.height), int((x + 0.3) / 0.6 * CLOSE.width)
        hues = counts.hues
        if isinstance(hues, ValueHues):
            assert isinstance(coloring, Values)
            assert hues.mean[line, column] == pytest.approx(coloring.offset[row], abs=0.05)
            assert np.array_equal(np.isnan(hues.mean), counts.every == 0)
        else:
            assert isinstance(hues, LabelHues) and isinstance(coloring, Labels)
            assert hues.code[line, column] == coloring.code[row]
            assert np.array_equal(hues.code == 3, counts.every == 0)


def test_counts_are_the_same_with_and_without_hues(levels: Levels) -> None:
    for raster in (RASTER, CLOSE):
        plain = drain(StarField(levels).count_all(raster)).every.copy()
        np.testing.assert_array_equal(counted(levels, labels_of(levels), raster).every, plain)


def test_labels_are_counted_on_the_map_and_in_a_selection(levels: Levels) -> None:
    coloring = labels_of(levels)
    shown = np.arange(STARS) % 2 == 0
    half = Levels.of(GridIndex(by_row(levels, levels.index.x), by_row(levels, levels.index.y), shown))
    colors = StarColors.of(coloring, half)
    np.testing.assert_array_equal(colors.totals, np.bincount(coloring.code[::2], minlength=4))
    field = StarField(half)
    field.color_by(colors, None)
    assert field.selected_labels() is None
    field.select(shown & (coloring.code == 1))
    assert field.selected_labels() == [0, colors.totals[1], 0, 0]


def test_labels_can_be_counted_over_stars_that_the_map_does_not_show(levels: Levels) -> None:
    coloring = labels_of(levels)
    counted = np.arange(STARS) % 4 > 0
    shown = counted & (coloring.code != 1)
    part = Levels.of(GridIndex(by_row(levels, levels.index.x), by_row(levels, levels.index.y), shown))
    colors = StarColors.of(coloring, part, counted)
    np.testing.assert_array_equal(colors.totals, np.bincount(coloring.code[counted], minlength=4))
    assert StarColors.of(coloring, part).totals[1] == 0 < colors.totals[1]


def test_a_colouring_of_other_stars_is_refused(levels: Levels) -> None:
    other = Levels.of(GridIndex(np.arange(5.0), np.arange(5.0)))
    with pytest.raises(ValueError, match="each row"):
        StarColors.of(labels_of(levels), other)
    with pytest.raises(ValueError, match="stars of the map"):
        StarField(other).color_by(StarColors.of(labels_of(levels), levels), None)


@pytest.mark.parametrize(
    ("values", "diverging", "expected"),
    [
        (np.arange(101.0), False, (1.0, 99.0)),
        (np.append(np.arange(101.0), 1e9), False, (1.01, 99.99)),
        (np.linspace(-1, 4, 501), True, (-3.95, 3.95)),
        (np.full(9, 3.0), False, (2.5, 3.5)),
        (np.zeros(9), True, (-0.5, 0.5)),
        (np.empty(0), False, (-0.5, 0.5)),
    ],
)
def test_limits_leave_the_tails_out(
    values: NDArray[np.float64], diverging: bool, expected: tuple[float, float]
) -> None:
    assert robust_limits(values.astype(np.float32), 0.0, diverging) == pytest.approx(expected)
