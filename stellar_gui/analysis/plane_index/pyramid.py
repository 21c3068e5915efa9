"""Counts of stars on the plane at every scale, for pictures and for how many stars a region holds."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from stellar_gui.analysis.framing import framed
from stellar_gui.analysis.plane_index.cells import EXTENT, LEVEL, cells_at, columns_and_rows, edges
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.regions import PARTLY, WHOLE, Bounds, Region

_SEED = 0
_TAIL = 0.001
_ROOM = 0.1
_ACROSS = 512
_STRIP = 256


@dataclass(frozen=True, eq=False)
class CountPyramid:
    """How many stars lie in each cell of the plane.

    levels: from the coarsest to the finest, (2**k, 2**k) uint32 each, the row of the smallest y first; read-only; some
    90 MB. outside: stars beyond the cells.
    """

    levels: tuple[NDArray[np.uint32], ...]
    outside: int

    def __post_init__(self) -> None:
        for level in self.levels:
            level.setflags(write=False)

    @classmethod
    def of(cls, cells: NDArray[np.uint32], counts: NDArray[np.uint32], outside: int) -> "CountPyramid":
        """From the counts of occupied cells, (k,) each."""
        side = 1 << LEVEL
        finest = np.zeros((side, side), dtype=np.uint32)
        columns, rows = columns_and_rows(cells)
        finest[rows, columns] = counts
        levels = [finest]
        while len(levels[-1]) > 1:
            finer = levels[-1]
            levels.append(finer[::2, ::2] + finer[::2, 1::2] + finer[1::2, ::2] + finer[1::2, 1::2])
        return cls(tuple(reversed(levels)), outside)

    @property
    def stars(self) -> int:
        """All stars, those beyond the cells included."""
        return int(self.levels[0].sum(dtype=np.int64)) + self.outside

    @property
    def home(self) -> Bounds:
        """The extent of all but the outermost stars."""
        level = self.levels[min(9, LEVEL)]
        borders = edges(min(9, LEVEL))
        ends = []
        for axis in (0, 1):
            share = np.cumsum(level.sum(axis=axis, dtype=np.int64))
            total = max(int(share[-1]), 1)
            low = borders[int(np.searchsorted(share, _TAIL * total))]
            high = borders[min(int(np.searchsorted(share, (1 - _TAIL) * total)) + 1, len(borders) - 1)]
            room = _ROOM * (high - low)
            ends += [max(float(low - room), -EXTENT), min(float(high + room), EXTENT)]
        return framed((ends[0], ends[1], ends[2], ends[3]))

    def pixel_counts(self, raster: Raster) -> NDArray[np.float64]:
        """(height, width) float64, whole numbers: the stars on each pixel, bottom row first.

        A cell's stars count as spread evenly over it; what falls on a pixel is rounded up or down at random, but always
        the same at the same pixel, so that sparse cells keep their stars.
        """
        x0, x1, y0, y1 = raster.bounds
        pixel = min((x1 - x0) / raster.width, (y1 - y0) / raster.height)
        number = int(np.clip(np.ceil(np.log2(2 * EXTENT / max(pixel, 1e-12))), 0, LEVEL))
        level = self.levels[number]
        rows, down = _shares(y0, y1, raster.height, len(level))
        columns, across = _shares(x0, x1, raster.width, len(level))
        sums = (across @ (down @ level[rows, columns].astype(np.float32)).T).T
        whole: NDArray[np.float64] = np.floor(sums.astype(np.float64) + _chance(sums.shape))
        return whole

    def estimate(self, region: Region) -> tuple[int, int]:
        """At least and at most how many stars a region holds, of those within the cells; in some milliseconds.

        It looks at the level on which the region is some hundred cells wide.
        """
        x0, x1, y0, y1 = np.clip(region.bounds, -EXTENT, EXTENT)
        wide = max(x1 - x0, y1 - y0, 1e-12)
        level = int(np.clip(np.floor(np.log2(_ACROSS * 2 * EXTENT / wide)), 0, LEVEL))
        least, cells = self._covered(region, level)
        columns, rows = columns_and_rows(cells)
        return least, least + int(self.levels[level][rows, columns].sum(dtype=np.int64))

    def stars_at(self, cells: NDArray[np.uint32]) -> int:
        """How many stars cells of the finest level hold together."""
        columns, rows = columns_and_rows(cells)
        return int(self.levels[-1][rows, columns].sum(dtype=np.int64))

    def outline(self, region: Region) -> tuple[int, NDArray[np.uint32]]:
        """How many stars lie in cells that are whole in a region, and the occupied cells that are partly, ascending."""
        return self._covered(region, LEVEL)

    def _covered(self, region: Region, level: int) -> tuple[int, NDArray[np.uint32]]:
        borders, counts = edges(level), self.levels[level]
        x0, x1, y0, y1 = region.bounds
        left, right = _span(borders, x0, x1)
        bottom, top = _span(borders, y0, y1)
        least, partly = 0, [np.empty(0, np.uint32)]
        if left >= right:
            return least, partly[0]
        for start in range(bottom, top, _STRIP):
            stop = min(start + _STRIP, top)
            cover = region.cover(borders[left : right + 1], borders[start : stop + 1])
            part = counts[start:stop, left:right]
            least += int(part[cover == WHOLE].sum(dtype=np.int64))
            rows, columns = np.nonzero((cover == PARTLY) & (part > 0))
            partly.append(cells_at(columns + left, rows + start))
        return least, np.sort(np.concatenate(partly))


def _span(borders: NDArray[np.float64], low: float, high: float) -> tuple[int, int]:
    """First cell, and the one after the last, that touch an interval."""
    first = int(np.searchsorted(borders, low, side="right")) - 1
    last = int(np.searchsorted(borders, high, side="right"))
    return max(first, 0), min(last, len(borders) - 1)


def _shares(low: float, high: float, pixels: int, cells: int) -> tuple[slice, sparse.csr_matrix]:
    """The cells that lie between two places, and (pixels, k) float32: the share of each that falls on each pixel."""
    borders = np.clip((np.linspace(low, high, pixels + 1) + EXTENT) * (cells / (2 * EXTENT)), 0, cells)
    first, last = int(borders[0]), min(int(np.ceil(borders[-1])), cells)
    cuts = np.unique(np.concatenate([borders, np.arange(first, last + 1)]))
    cuts = cuts[(cuts >= borders[0]) & (cuts <= borders[-1])]
    middles = (cuts[1:] + cuts[:-1]) / 2
    cell = np.floor(middles).astype(np.int64) - first
    pixel = np.clip(np.searchsorted(borders, middles) - 1, 0, pixels - 1)
    shares = np.diff(cuts).astype(np.float32)
    return slice(first, last), sparse.csr_matrix((shares, (pixel, cell)), shape=(pixels, max(last - first, 0)))


@lru_cache(maxsize=4)
def _chance(shape: tuple[int, int]) -> NDArray[np.float32]:
    """Random numbers from 0 to 1, one a pixel; read-only."""
    chance = np.random.default_rng(_SEED).random(shape, np.float32)
    chance.setflags(write=False)
    return chance
