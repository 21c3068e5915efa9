"""A survey's latent plane against all of its stars looked at one by one: cells, counts, views, regions, damage."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stellar_gui.analysis.plane_index.cells import (
    EXTENT,
    LEVEL,
    OUTSIDE,
    SIDE,
    SIZE,
    cell_of,
    cell_ranges,
    cells_at,
    columns_and_rows,
)
from stellar_gui.analysis.plane_index.drawing import Drawing
from stellar_gui.analysis.plane_index.pyramid import CountPyramid
from stellar_gui.analysis.plane_index.reading import PlaneIndex, has_plane_index, open_plane_index
from stellar_gui.analysis.plane_index.survey_stars import can_load, counted_map, loaded_map
from stellar_gui.analysis.plane_index.writing import KEY, MAP_FOLDER, TOTAL, write_part_index, write_total
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.regions import Bounds, Circle, Polygon, Rectangle, Region
from stellar_gui.analysis.selection import Mode
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain
from tests.analysis.strategies import regions

PARTS, ROWS = 3, 40_000
Latent = NDArray[np.float32]

TINY = np.float32(1e-30)
_EDGES = st.sampled_from([-EXTENT, EXTENT, np.nextafter(np.float32(EXTENT), np.float32(0)), 0.0, SIZE, -SIZE, -TINY])
_PLACES = st.one_of(
    st.floats(-9, 9, width=32), _EDGES, st.integers(-SIDE, SIDE).map(lambda k: k * SIZE), st.sampled_from([1e30, -1e30])
).map(np.float32)


@pytest.fixture(scope="module")
def latent() -> Latent:
    """A crowd, a wide cloud, stars on the borders of cells, far out, and rows that take no part."""
    rng = np.random.default_rng(0)
    places = rng.normal(size=(PARTS * ROWS, 2)).astype(np.float32)
    places[::2] *= 0.05
    places[1::50] = np.round(places[1::50] / SIZE) * SIZE
    places[3::500] *= 9
    places[5::700] = np.nan
    places[7::900, 1] = np.inf
    places[9::1100] = EXTENT, -TINY
    return places


@pytest.fixture(scope="module")
def folder(latent: Latent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("survey"), np.split(latent, PARTS))


@pytest.fixture(scope="module")
def index(folder: Path) -> PlaneIndex:
    return drain(open_plane_index(folder))


def written(folder: Path, parts: list[Latent]) -> Path:
    """A folder of parts with the index of their map."""
    (folder / MAP_FOLDER).mkdir()
    paths = {}
    for number, part in enumerate(parts):
        path = folder / f"{number}.parquet"
        pq.write_table(pa.table({"latent_1": part[:, 0]}), path)
        write_part_index(folder / MAP_FOLDER / path.name, part)
        paths[folder / MAP_FOLDER / path.name] = path
    write_total(folder, paths, "model")
    return folder


def finite(latent: Latent) -> Latent:
    return latent[np.isfinite(latent).all(axis=1)]


def read_rows(index: PlaneIndex, view: Bounds) -> int:
    """How many rows are read for a view, as its progress tells."""
    told: list[Progress] = list(index.stars_in(view))
    return int(told[-1].done)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(_PLACES, _PLACES), max_size=30))
def test_a_cell_holds_the_places_between_its_borders(places: list[tuple[np.float32, np.float32]]) -> None:
    x, y = np.array(places, np.float32).reshape(-1, 2).T
    cells = cell_of(x, y)
    within = (x >= -EXTENT) & (x < EXTENT) & (y >= -EXTENT) & (y < EXTENT)
    np.testing.assert_array_equal(cells < OUTSIDE, within)
    assert (cells[~within] == OUTSIDE).all()
    for number, values in zip(columns_and_rows(cells[within]), (x[within], y[within]), strict=True):
        low = number.astype(np.float64) * SIZE - EXTENT
        assert ((low <= values) & (values < low + SIZE)).all()


@given(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))
def test_a_cell_interleaves_the_bits_of_column_and_row(column: int, row: int) -> None:
    expected = sum(((column >> k & 1) << 2 * k) + ((row >> k & 1) << 2 * k + 1) for k in range(LEVEL))
    cell = cells_at(np.array([column]), np.array([row]))
    assert cell.tolist() == [expected]
    assert [number.tolist() for number in columns_and_rows(cell)] == [[column], [row]]
    coarser = [number.tolist() for number in columns_and_rows(cell >> np.uint32(2))]
    assert coarser == [[column // 2], [row // 2]]


@settings(max_examples=120, deadline=None)
@given(st.tuples(_PLACES, _PLACES), st.tuples(_PLACES, _PLACES), st.lists(st.tuples(_PLACES, _PLACES), max_size=30))
def test_the_ranges_of_a_view_hold_the_cells_of_all_its_places(
    first: tuple[np.float32, np.float32], second: tuple[np.float32, np.float32], places: list[tuple[float, float]]
) -> None:
    view = Rectangle.between((float(first[0]), float(first[1])), (float(second[0]), float(second[1])))
    x, y = np.array([*places, first, second], np.float32).T
    ranges = cell_ranges(view.bounds)
    assert (ranges[:, 0] <= ranges[:, 1]).all() and (ranges[1:, 0] > ranges[:-1, 1]).all()
    for cell in cell_of(x, y)[view.contains(x, y)].tolist():
        assert ((ranges[:, 0] <= cell) & (cell <= ranges[:, 1])).any()


@pytest.mark.parametrize("level", [3, 7, LEVEL])
def test_each_level_counts_the_stars_of_its_cells(index: PlaneIndex, latent: Latent, level: int) -> None:
    stars = finite(latent).astype(np.float64)
    within = ((stars >= -EXTENT) & (stars < EXTENT)).all(axis=1)
    columns, rows = np.floor((stars[within] + EXTENT) * 2**level / (2 * EXTENT)).astype(int).T
    expected = np.bincount(rows * 2**level + columns, minlength=4**level).reshape(2**level, 2**level)
    np.testing.assert_array_equal(index.pyramid.levels[level], expected)
    assert index.pyramid.outside == (~within).sum() > 0
    assert (index.pyramid.stars, index.rows) == (len(stars), len(latent))
    pixels = index.pyramid.pixel_counts(Raster((-EXTENT, EXTENT, -EXTENT, EXTENT), 2**level, 2**level, 1.0))
    np.testing.assert_array_equal(pixels, expected)


def test_a_picture_of_any_view_holds_about_its_stars(index: PlaneIndex, latent: Latent) -> None:
    stars = finite(latent)
    for view in ((-1.234, 0.777, -0.5, 0.61), (-9.0, 12.0, -3.3, 8.5), (2.0, 2.5, 1.0, 1.01)):
        drawn = index.pyramid.pixel_counts(Raster(view, 321, 200, 1.0)).sum()
        assert drawn == pytest.approx(Rectangle(*view).contains(*stars.T).sum(), rel=0.05, abs=20)


def test_the_home_view_shows_nearly_all_stars(index: PlaneIndex, latent: Latent) -> None:
    x0, x1, y0, y1 = index.pyramid.home
    assert -EXTENT <= x0 < x1 <= EXTENT and -EXTENT <= y0 < y1 <= EXTENT
    assert Rectangle(x0, x1, y0, y1).contains(*finite(latent).T).mean() > 0.99


@settings(max_examples=20, deadline=None)
@given(regions())
def test_a_region_is_counted_as_its_stars_one_by_one(index: PlaneIndex, latent: Latent, region: Region) -> None:
    expected = int(region.contains(*latent.T).sum())
    assert drain(index.count(region, len(latent))) == (expected, expected)
    least, most = drain(index.count(region, 0))
    assert least <= expected <= most
    inside = int(region.contains(*latent[(latent >= -EXTENT).all(axis=1) & (latent < EXTENT).all(axis=1)].T).sum())
    least, most = index.pyramid.estimate(region)
    assert least <= inside <= most


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Mode), regions()), min_size=1, max_size=4))
def test_gestures_are_counted_as_one_region(
    index: PlaneIndex, latent: Latent, steps: list[tuple[Mode, Region]]
) -> None:
    drawing = Drawing(tuple(steps))
    chosen: set[int] = set()
    for mode, region in steps:
        hit = set(np.flatnonzero(region.contains(*latent.T)).tolist())
        chosen = {Mode.REPLACE: hit, Mode.ADD: chosen | hit, Mode.REMOVE: chosen - hit, Mode.INTERSECT: chosen & hit}[
            mode
        ]
    assert set(np.flatnonzero(drawing.contains(*latent.T)).tolist()) == chosen
    assert drain(index.count(drawing, len(latent))) == (len(chosen), len(chosen))
    least, most = drain(index.count(drawing, 0))
    assert least <= len(chosen) <= most


@settings(max_examples=50, deadline=None)
@given(st.tuples(_PLACES, _PLACES), st.tuples(_PLACES, _PLACES))
def test_the_stars_of_a_view_are_told_with_part_and_row(
    index: PlaneIndex, latent: Latent, first: tuple[float, float], second: tuple[float, float]
) -> None:
    view = Rectangle.between(first, second)
    found = drain(index.stars_in(view.bounds))
    rows = found.part.astype(np.int64) * ROWS + found.row
    np.testing.assert_array_equal(np.sort(rows), np.flatnonzero(view.contains(*latent.T)))
    np.testing.assert_array_equal(np.column_stack([found.x, found.y]), latent[rows])


def test_a_view_reads_what_is_in_it_and_little_else(index: PlaneIndex, latent: Latent) -> None:
    everything = read_rows(index, (-np.inf, np.inf, -np.inf, np.inf))
    assert everything == len(finite(latent))
    assert read_rows(index, (0.51, 0.54, 0.51, 0.54)) < everything / 2
    assert read_rows(index, (7.0, 7.5, 7.0, 7.5)) <= PARTS * 16_384
    assert read_rows(index, (3.0, 2.0, 3.0, 2.0)) == 0
    lasso = Polygon.through([(0.5, 0.5), (0.9, 0.5), (0.7, 0.9)])
    assert sum(1 for _ in index.count(Rectangle(-4, 4, -4, 4), 0)) == 0
    assert 0 < max(step.done for step in index.count(lasso, len(latent))) < everything / 2
    assert drain(index.parts_in(lasso)) == tuple(range(PARTS))


def test_parts_without_stars_near_a_region_are_passed_over(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    parts = [(rng.normal(size=(500, 2)) * 0.2 + shift).astype(np.float32) for shift in (-3, 0, 3)]
    index = drain(open_plane_index(written(tmp_path, [*parts, np.full((4, 2), np.nan, np.float32)])))
    assert drain(index.parts_in(Circle(3, 3, 1, 1))) == (2,)
    assert drain(index.parts_in(Rectangle(-3.5, 0.5, -3.5, 0.5))) == (0, 1)
    assert drain(index.parts_in(Circle(30, 30, 1, 1))) == ()
    assert index.rows == 1504 and index.pyramid.stars == 1500


def test_a_map_draws_counts_until_the_stars_of_a_view_are_read(index: PlaneIndex, latent: Latent) -> None:
    counted = counted_map(index)
    assert counted.levels.counts is not None and counted.levels.counts.stands_for(counted.home)
    view = (0.0, 1.0, 0.0, 1.0)
    assert can_load(index, view)
    loaded = drain(loaded_map(index, view))
    assert loaded.levels.counts is not None and not loaded.levels.counts.stands_for(view)
    assert loaded.levels.counts.stands_for(counted.home)
    region = Rectangle(0.1, 0.8, 0.2, 0.9)
    assert loaded.index.count(region) == region.contains(*latent.T).sum()


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(_PLACES, _PLACES), max_size=40))
def test_any_stars_are_counted_and_found_again(places: list[tuple[np.float32, np.float32]]) -> None:
    latent = np.array(places, np.float32).reshape(-1, 2)
    with tempfile.TemporaryDirectory() as name:
        index = drain(open_plane_index(written(Path(name), [latent, latent[::-1]])))
        assert index.pyramid.stars == 2 * len(latent)
        found = drain(index.stars_in((-np.inf, np.inf, -np.inf, np.inf)))
    assert np.bincount(found.part, minlength=2).tolist() == [len(latent)] * 2
    np.testing.assert_array_equal(np.sort(found.row[found.part == 0]), np.arange(len(latent)))


def test_the_same_part_gives_the_same_bytes(folder: Path, latent: Latent, tmp_path: Path) -> None:
    again = written(tmp_path, np.split(latent, PARTS))
    for path in (folder / MAP_FOLDER).iterdir():
        assert (again / MAP_FOLDER / path.name).read_bytes() == path.read_bytes()
    size = sum(path.stat().st_size for path in (folder / MAP_FOLDER).glob("[0-9]*"))
    assert size < 15 * len(latent)


def test_a_pyramid_of_nothing_has_no_stars_and_a_view() -> None:
    nothing = np.empty(0, np.uint32)
    pyramid = CountPyramid.of(nothing, nothing, 0)
    x0, x1, y0, y1 = pyramid.home
    assert pyramid.stars == 0 and x0 < x1 and y0 < y1
    assert pyramid.estimate(Circle(0, 0, 1, 1)) == (0, 0)
    assert pyramid.pixel_counts(Raster((-1, 1, -1, 1), 10, 10, 1.0)).sum() == 0


def _other_version(folder: Path) -> None:
    path = folder / MAP_FOLDER / TOTAL
    table = pq.read_table(path)
    told = json.loads(table.schema.metadata[KEY]) | {"version": 99}
    pq.write_table(table.replace_schema_metadata({KEY: json.dumps(told)}), path)


def _exchanged(folder: Path) -> None:
    write_part_index(folder / MAP_FOLDER / "1.parquet", np.zeros((7, 2), np.float32))


def _overwritten(folder: Path) -> None:
    path = folder / MAP_FOLDER / "1.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes(len(content) // 2 - 4) + content[len(content) // 2 :])


def _longer(folder: Path) -> None:
    pq.write_table(pa.table({"latent_1": np.zeros(9, np.float32)}), folder / "1.parquet")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / MAP_FOLDER / TOTAL).unlink(), "no map of a survey in it; make one with `stellar-gui"),
        (lambda folder: (folder / MAP_FOLDER / TOTAL).write_bytes(b"PAR1"), "damaged; encode the survey again"),
        (
            lambda folder: pq.write_table(pa.table({"a": [1]}), folder / MAP_FOLDER / TOTAL),
            "damaged; encode the survey",
        ),
        (_other_version, "damaged; encode the survey again"),
        (_longer, "1.parquet: the index of its map does not belong to it"),
        (lambda folder: (folder / "1.parquet").unlink(), "1.parquet: this part is missing"),
        (lambda folder: (folder / MAP_FOLDER / "1.parquet").unlink(), "1.parquet: the index of its map"),
        (
            lambda folder: (folder / MAP_FOLDER / "1.parquet").write_bytes(b"no index"),
            "1.parquet: the index of its map",
        ),
        (_exchanged, "1.parquet: the index of its map does not belong to it"),
        (_overwritten, "1.parquet: the index of its map does not belong to it or is damaged"),
    ],
)
def test_an_index_that_is_missing_stale_or_damaged_is_told_in_a_sentence(
    tmp_path: Path, spoil: Callable[[Path], object], words: str
) -> None:
    rng = np.random.default_rng(2)
    written(tmp_path, [rng.normal(size=(3000, 2)).astype(np.float32) for _ in range(3)])
    assert has_plane_index(tmp_path)
    spoil(tmp_path)
    with pytest.raises(InputError, match=words) as told:
        drain(drain(open_plane_index(tmp_path)).stars_in((-9, 9, -9, 9)))
    assert "\n" not in str(told.value)
