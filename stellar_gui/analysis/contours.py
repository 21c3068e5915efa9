"""Contours of the stars' density that enclose given shares of them."""

from dataclasses import dataclass

import numpy as np
import shapely
from fast_histogram import histogram2d
from numpy.typing import NDArray

from stellar_gui.analysis.regions import Bounds
from stellar_gui.analysis.spatial import GridIndex

SHARES = (0.5, 0.68, 0.9, 0.95, 0.99)

_SIDE = 128
_CHUNK = 1_000_000
_TOLERANCE = 0.01  # cells
_WIDTHS = (5.0, 3.0, 1.8, 1.1)  # of the Gaussians, in cells, from the coarsest
_STARS_TO_TRUST = 25.0
_LEAST_STARS = 50
_ISLAND = 0.002  # of all stars
_HOLE = 0.001  # of the grid


@dataclass(frozen=True, eq=False)
class Contour:
    """The lines around the densest places that together hold a share of the stars; lines: (m, 2) float64 each."""

    share: float
    lines: tuple[NDArray[np.float64], ...]


def contours(index: GridIndex, shares: tuple[float, ...] = SHARES) -> tuple[Contour, ...]:
    """One contour for each share; none where fewer than 50 stars leave no density to speak of.

    The density is smoothed by a Gaussian whose width follows the local number of stars; islands of less than 0.2
    percent of the stars are dropped.
    """
    x0, x1, y0, y1 = index.bulk
    if len(index) < _LEAST_STARS or not (x1 > x0 and y1 > y0):
        return ()
    cells_x, cells_y = (x1 - x0) / _SIDE, (y1 - y0) / _SIDE
    border = int(3 * _WIDTHS[0])
    side = _SIDE + 2 * border
    x0, x1 = x0 - border * cells_x, x1 + border * cells_x
    y0, y1 = y0 - border * cells_y, y1 + border * cells_y
    counts = _counts(index, side, (x0, x1, y0, y1))
    density = _smoothed(counts)
    order = np.argsort(density, axis=None)[::-1]
    held = np.cumsum(counts.ravel()[order])
    made = []
    for share in shares:
        level = _level(density.ravel()[order], held, share * len(index))
        if level is None:
            continue
        cells = _lines(_without_islands(density, counts, level), level)
        lines = tuple(np.array([x0, y0]) + (_smooth_line(line) + 0.5) * [cells_x, cells_y] for line in cells)
        made.append(Contour(share, lines))
    return tuple(made)


def _counts(index: GridIndex, side: int, bounds: Bounds) -> NDArray[np.float64]:
    """Stars in side x side cells; some at a time, since the histogram keeps other threads from running."""
    x0, x1, y0, y1 = bounds
    counts = np.zeros((side, side))
    for first in range(0, len(index), _CHUNK):
        part = slice(first, first + _CHUNK)
        counts += histogram2d(index.y[part], index.x[part], bins=(side, side), range=((y0, y1), (x0, x1)))
    return counts


def _smoothed(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy import ndimage  # costs a fifth of a second, which the empty window need not wait for

    density = ndimage.gaussian_filter(counts, _WIDTHS[0])
    for width in _WIDTHS[1:]:
        finer = ndimage.gaussian_filter(counts, width)
        stars = 4 * np.pi * width**2 * density
        trust = stars / (stars + _STARS_TO_TRUST)
        density = trust * finer + (1 - trust) * density
    return np.asarray(density)


def _level(falling: NDArray[np.float64], held: NDArray[np.float64], stars: float) -> float | None:
    """The density above which cells hold that many stars.

    falling: (m,), the densities from the highest down; held: (m,), the stars down to each.
    """
    place = int(np.searchsorted(held, stars))
    if place + 1 >= len(held) or falling[place] <= 0:
        return None
    return float(falling[place : place + 2].mean())


def _without_islands(density: NDArray[np.float64], counts: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    from scipy import ndimage

    result = density.copy()
    islands, number = ndimage.label(density >= level)
    stars = ndimage.sum_labels(counts, islands, np.arange(number + 1))
    small = stars < max(_ISLAND * counts.sum(), 5)
    small[0] = False
    result[small[islands]] = level * 0.999
    holes, number = ndimage.label(result < level)
    area = np.bincount(holes.ravel(), minlength=number + 1)
    small = area < _HOLE * density.size
    small[0] = False
    result[small[holes]] = level * 1.001
    return result


def _lines(density: NDArray[np.float64], level: float) -> list[NDArray[np.float64]]:
    """Closed lines at the level by marching squares, (m, 2) x, y in cells; the density is below it at the border.

    Of the two ways through a saddle the one that keeps the dense corners apart is taken.
    """
    above = density >= level
    kind = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    segments = []
    for case, sides in _SIDES.items():
        row, column = np.nonzero(kind == case)
        for first, second in sides:
            segments.append(np.stack([_crossing(density, level, row, column, s) for s in (first, second)], axis=1))
    pieces = np.concatenate(segments) if segments else np.empty((0, 2, 2))
    if not len(pieces):
        return []
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(pieces)))
    return [shapely.get_coordinates(line) for line in shapely.get_parts(merged)]


# bits of a square's corners: lower left 1, lower right 2, upper right 4, upper left 8; b, r, t, l: its sides
_SIDES: dict[int, tuple[tuple[str, str], ...]] = {
    1: (("l", "b"),),
    2: (("b", "r"),),
    3: (("l", "r"),),
    4: (("r", "t"),),
    5: (("l", "b"), ("r", "t")),
    6: (("b", "t"),),
    7: (("l", "t"),),
    8: (("t", "l"),),
    9: (("t", "b"),),
    10: (("b", "r"), ("t", "l")),
    11: (("t", "r"),),
    12: (("r", "l"),),
    13: (("r", "b"),),
    14: (("b", "l"),),
}


def _crossing(
    density: NDArray[np.float64], level: float, row: NDArray[np.intp], column: NDArray[np.intp], side: str
) -> NDArray[np.float64]:
    """(m, 2) x, y: where the level lies on a side of each square, the same number from both its neighbours."""
    row, column = row + (side == "t"), column + (side == "r")
    level_side = side in "bt"
    here = density[row, column]
    there = density[row + (not level_side), column + level_side]
    along = (level - here) / (there - here)
    return np.stack([column + along * level_side, row + along * (not level_side)], axis=1)


def _smooth_line(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """A closed line with its corners cut twice (Chaikin 1974), without the points that add less than an eye can see."""
    for _ in range(2):
        start, end = line[:-1], line[1:]
        cut = np.stack([0.75 * start + 0.25 * end, 0.25 * start + 0.75 * end], axis=1).reshape(-1, 2)
        line = np.concatenate([cut, cut[:1]])
    return np.asarray(shapely.get_coordinates(shapely.simplify(shapely.linestrings(line), _TOLERANCE)))
