"""The map: drawing, lassoing and hovering, against pyqtgraph's scatter plot, shapely and numpy on the same stars."""

import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

import numpy as np
import pyqtgraph as pg
import shapely
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from stellar_gui.analysis.regions import Polygon
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.gui.views.star_map import StarMap

MANY, SURVEY = 255_000, 10_000_000
SIZE = 900, 700

Columns = tuple[NDArray[np.float32], NDArray[np.float32]]


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; with quick, less often."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    repetitions = 7 if quick else 15
    many = mixture(MANY)
    results = [_frame(application, many, repetitions), _lasso(many, 5.0, repetitions)]
    stars = mixture(SURVEY)
    index = GridIndex(*stars)
    results.append(_lasso(stars, 10.0, 5, index))
    results.append(_hover(stars, index, 5))
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


def _frame(application: QApplication, stars: Columns, repetitions: int) -> dict[str, Any]:
    star_map = StarMap()
    star_map.resize(*SIZE)
    star_map.show()
    star_map.set_stars(*stars)
    plot = pg.PlotWidget()
    plot.resize(*SIZE)
    plot.addItem(pg.ScatterPlotItem(*stars, pen=None))
    plot.show()
    application.processEvents()
    steps = iter(range(1, 10_000))

    def ours() -> None:
        star_map._set_view(star_map._view.moved(1e-3 * (-1) ** next(steps), 0))
        star_map.viewport().repaint()

    def peer() -> None:
        plot.getViewBox().translateBy(x=1e-3 * (-1) ** next(steps))
        plot.viewport().repaint()

    result = compared(f"pan frame, {len(stars[0]):,} stars, against ScatterPlotItem", ours, peer, 12.0, repetitions)
    star_map.close()
    plot.close()
    return result


def _lasso(stars: Columns, bar: float, repetitions: int, index: GridIndex | None = None) -> dict[str, Any]:
    index = index or GridIndex(*stars)
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
    work: str, ours: Callable[[], object], peer: Callable[[], object], bar: float, repetitions: int
) -> dict[str, Any]:
    """Both sides timed in turn; ratio: how many times faster ours is; medians in milliseconds with quartiles."""
    ours(), peer()
    times = np.array([[_milliseconds(ours), _milliseconds(peer)] for _ in range(repetitions)])
    mine, theirs = np.median(times, axis=0).tolist()
    low, high = np.quantile(times[:, 0], [0.25, 0.75]).tolist()
    ratio = theirs / mine
    return {
        "work": work,
        "ours": mine,
        "peer": theirs,
        "ratio": ratio,
        "bar": bar,
        "met": ratio >= bar,
        "unit": "ms",
        "spread": [low, high],
    }


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)
