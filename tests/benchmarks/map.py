"""The map: drawing, lassoing and hovering, against pyqtgraph's scatter plot, shapely and numpy on the same stars."""

import itertools
import os
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

import numpy as np
import pyqtgraph as pg
import shapely
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from stellar_gui.analysis.coloring import Coloring, Labels, Values
from stellar_gui.analysis.density import Stretch
from stellar_gui.analysis.hues import StarColors
from stellar_gui.analysis.map_data import MapData, map_data
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.regions import Polygon
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.progress import drain

MANY, SURVEY = 255_000, 10_000_000
SIZE = 900, 700

Columns = tuple[NDArray[np.float32], NDArray[np.float32]]


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; with quick, less often."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    repetitions = 7 if quick else 15
    many, survey = mixture(MANY), mixture(SURVEY)
    memory, data = _memory(survey)
    small, large = _shown(application, drain(map_data(*many))), _shown(application, data)
    results = [
        _against_scatter_plot(application, small, many, repetitions),
        _moving(small, large, repetitions),
        *(_at_rest(small, large, repetitions, *view) for view in (("whole view", 1.0, 10.0), ("1 % of it", 0.1, 3.0))),
        _moving(small, large, repetitions, selection=True),
        _linked(application, small, repetitions),
        *(_colored(small, coloring, repetitions) for coloring in _colorings(many[0])),
        _lasso(many, small.data.index, 5.0, repetitions),
        _lasso(survey, large.data.index, 10.0, 5),
        _hover(survey, large.data.index, 3 * repetitions),
        memory,
    ]
    small.close()
    large.close()
    return results


def mixture(stars: int, seed: int = 0) -> Columns:
    """Bent Gaussian clumps of very different width, as a latent plane has."""
    rng = np.random.default_rng(seed)
    centre, axes = rng.normal(scale=1.4, size=(6, 2)), rng.normal(scale=0.35, size=(6, 2, 2))
    kind = rng.choice(6, stars, p=[0.35, 0.25, 0.2, 0.1, 0.07, 0.03])
    first, second = rng.normal(size=(2, stars)).astype(np.float32)
    x = centre[kind, 0] + axes[kind, 0, 0] * first + axes[kind, 0, 1] * second
    y = centre[kind, 1] + axes[kind, 1, 0] * first + axes[kind, 1, 1] * second + 0.3 * x**2
    return x.astype(np.float32), y.astype(np.float32)


def _shown(application: QApplication, data: MapData) -> StarMap:
    star_map = StarMap()
    star_map.resize(*SIZE)
    star_map.show()
    star_map.set_data(data)
    application.processEvents()
    return star_map


def _panning(star_map: StarMap) -> Callable[[], None]:
    """A function that moves the view a little, to and fro, and paints it."""
    steps = itertools.count()

    def frame() -> None:
        star_map._set_view(star_map._view.moved(1e-3 * (-1) ** next(steps), 0))
        star_map.viewport().repaint()

    return frame


def _against_scatter_plot(
    application: QApplication, star_map: StarMap, stars: Columns, repetitions: int
) -> dict[str, Any]:
    plot = pg.PlotWidget()
    plot.resize(*SIZE)
    plot.addItem(pg.ScatterPlotItem(*stars, pen=None))
    plot.show()
    application.processEvents()
    steps = itertools.count()

    def peer() -> None:
        plot.getViewBox().translateBy(x=1e-3 * (-1) ** next(steps))
        plot.viewport().repaint()

    work = f"pan frame, {len(stars[0]):,} stars, against ScatterPlotItem"
    result = compared(work, _panning(star_map), peer, 12.0, repetitions, burst=5)
    plot.close()
    return result


def _moving(small: StarMap, large: StarMap, repetitions: int, selection: bool = False) -> dict[str, Any]:
    for star_map in (small, large):
        star_map.set_selection((star_map.data.x > 0) if selection else np.zeros(len(star_map.data.x), bool))
    work = f"pan frame, {_size(large)}{', half selected' * selection}, times that of {_size(small)}"
    return compared(work, _panning(large), _panning(small), 2.0, 3 * repetitions, at_most=True)


def _linked(application: QApplication, small: StarMap, repetitions: int) -> dict[str, Any]:
    """A new selection, marked and painted on five maps of the same stars, against a pan frame of one."""
    x, y = small.data.x, small.data.y
    planes = ((x, y), (y, x), (x + y, x - y), (x, x * y), (y, x**2))
    views = [_shown(application, drain(map_data(*plane))) for plane in planes]
    turn = itertools.count()
    selections = [x > 0, y > 0]

    def ours() -> None:
        selection = selections[next(turn) % 2]
        for view in views:
            view.set_selection(selection)
            view.viewport().repaint()

    work = f"selection shown in five linked views of {_size(small)}, times one view's frame"
    result = compared(work, ours, _panning(small), 6.0, repetitions, at_most=True)
    for view in views:
        view.close()
    return result


def _colorings(x: NDArray[np.float32]) -> tuple[Coloring, ...]:
    """A number and eight labels that change across the map, with some noise."""
    noisy = x + np.random.default_rng(2).normal(scale=0.2, size=len(x)).astype(np.float32)
    code = np.clip(2 * noisy + 4, 0, 7).astype(np.uint8)
    return Values("number", "", noisy, 0.0), Labels("label", tuple("abcdefgh"), code, "missing")


def _colored(star_map: StarMap, coloring: Coloring, repetitions: int) -> dict[str, Any]:
    """A frame while the view moves, against that of the density; each side sets its colours before the clock runs."""
    star_map.set_selection(np.zeros(len(star_map.data.x), bool))
    colors, frame = StarColors.of(coloring, star_map.data.levels), _panning(star_map)
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(repetitions):
        for colored in (True, False):
            star_map.set_coloring(colors if colored else None)
            frame()
            times[colored].extend(_milliseconds(frame) for _ in range(3))
    mine, theirs = (float(np.median(times[colored])) for colored in (True, False))
    low, high = np.quantile(times[True], [0.25, 0.75]).tolist()
    bar = 2.5
    return {
        "work": f"pan frame, {_size(star_map)}, coloured by a {coloring.title}, times that of their density",
        "ours": mine,
        "peer": theirs,
        "ratio": mine / theirs,
        "bar": bar,
        "met": mine / theirs <= bar,
        "unit": "ms",
        "spread": [low, high],
    }


def _at_rest(small: StarMap, large: StarMap, repetitions: int, name: str, zoom: float, bar: float) -> dict[str, Any]:
    """All stars counted, coloured and painted, against a pan frame of the smaller map, which counts all of its own."""
    middle = float(np.median(large.data.x[::100])), float(np.median(large.data.y[::100]))
    before = large._view
    large._set_view(before.zoomed(zoom, zoom, *middle))
    steps = itertools.count()

    def ours() -> None:
        large._set_view(large._view.moved(1e-3 * (-1) ** next(steps), 0))
        large.grab_image()

    work = f"redraw at rest, {_size(large)}, {name}, times a frame of {_size(small)}"
    result = compared(work, ours, _panning(small), bar, repetitions, at_most=True)
    large._set_view(before)
    return result


def _size(star_map: StarMap) -> str:
    return f"{len(star_map.data.x):,}"


def _memory(stars: Columns) -> tuple[dict[str, Any], MapData]:
    """What a map adds to its two columns, drawn at rest with half of its stars selected."""
    tracemalloc.start()
    data = drain(map_data(*stars))
    star_map = StarMap()
    star_map.resize(*SIZE)
    star_map.set_data(data)
    selection = stars[0] > 0
    star_map.set_selection(selection)
    star_map.grab_image()
    star_map._layer.draw(Raster(star_map._view.bounds, *SIZE, 1.0), Stretch.ASINH, theme.colors)
    added = (tracemalloc.get_traced_memory()[0] - selection.nbytes) / len(stars[0])
    tracemalloc.stop()
    return {
        "work": f"memory added by the map of {len(stars[0]):,} stars, for each",
        "ours": added,
        "peer": float(sum(column.itemsize for column in stars)),
        "ratio": added,
        "bar": 24.0,
        "met": added <= 24.0,
        "unit": "bytes",
        "spread": [added, added],
    }, data


def _lasso(stars: Columns, index: GridIndex, bar: float, repetitions: int) -> dict[str, Any]:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    reach = 1 + 0.3 * np.sin(9 * angle)
    outline = np.stack(
        [np.median(stars[0]) + 0.9 * reach * np.cos(angle), np.median(stars[1]) + 0.9 * reach * np.sin(angle)], axis=1
    )
    polygon, peer = Polygon.through(outline), shapely.Polygon(outline)
    np.testing.assert_array_equal(index.mask(polygon), shapely.contains_xy(peer, *stars))
    return compared(
        f"lasso of 200 corners, {len(stars[0]):,} stars, against shapely.contains_xy",
        lambda: index.mask(Polygon.through(outline)),
        lambda: shapely.contains_xy(peer, *stars),
        bar,
        repetitions,
    )


def _hover(stars: Columns, index: GridIndex, repetitions: int) -> dict[str, Any]:
    x, y = stars
    rng = np.random.default_rng(1)
    at = rng.integers(0, len(x), 50)
    points = [(float(x[row]) + 1e-3, float(y[row]) - 1e-3) for row in at]
    turn = iter(range(10_000_000))

    def ours() -> tuple[int, float] | None:
        return index.nearest(*points[next(turn) % len(points)], 200.0, 150.0, within=12.0)

    def peer() -> int:
        px, py = points[next(turn) % len(points)]
        return int(np.argmin(((x - np.float32(px)) * 200) ** 2 + ((y - np.float32(py)) * 150) ** 2))

    return compared(f"hover, nearest of {len(x):,} stars, against numpy argmin", ours, peer, 100.0, repetitions)


def compared(
    work: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    bar: float,
    repetitions: int,
    at_most: bool = False,
    burst: int = 1,
) -> dict[str, Any]:
    """Both sides timed in turn, each for a burst of calls, as frames follow each other; medians in milliseconds.

    ratio: how many times faster ours is, at least the bar; with at_most how many times as long, at most the bar.
    """
    ours(), peer()
    times = np.array([[_milliseconds(ours, burst), _milliseconds(peer, burst)] for _ in range(repetitions)])
    mine, theirs = np.median(times, axis=0).tolist()
    low, high = np.quantile(times[:, 0], [0.25, 0.75]).tolist()
    ratio = mine / theirs if at_most else theirs / mine
    return {
        "work": work,
        "ours": mine,
        "peer": theirs,
        "ratio": ratio,
        "bar": bar,
        "met": ratio <= bar if at_most else ratio >= bar,
        "unit": "ms",
        "spread": [low, high],
    }


def _milliseconds(work: Callable[[], object], burst: int = 1) -> float:
    start = time.perf_counter()
    for _ in range(burst):
        work()
    return 1e3 * (time.perf_counter() - start) / burst
