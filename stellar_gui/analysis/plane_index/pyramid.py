"""Counts of stars on the plane at every scale, for pictures and for how many stars a region holds."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.framing import framed
from stellar_gui.analysis.plane_index.cells import EXTENT, LEVEL, columns_and_rows, edges
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.regions import PARTLY, WHOLE, Bounds, Region

_SEED = 0
_TAIL = 0.001
_ROOM = 0.1


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
        """(height, width) float64: the stars on each pixel, bottom row first.

        Where a pixel is smaller than the finest cell its share of the cell's stars is given as whole stars, at random
        but always the same at the same pixel.
        """
        x0, x1, y0, y1 = raster.bounds
        pixel = min((x1 - x0) / raster.width, (y1 - y0) / raster.height)
        number = int(np.clip(np.ceil(np.log2(2 * EXTENT / max(pixel, 1e-12))), 0, LEVEL))
        level, size = self.levels[number], 2 * EXTENT / (1 << number)
        if size > 2 * pixel:
            return self._shared(level, size, raster)
        across = _places(x0, x1, raster.width, size, len(level))
        down = _places(y0, y1, raster.height, size, len(level))
        part = level[down[0] : down[1], across[0] : across[1]].astype(np.float64)
        return _summed(_summed(part, down[2], raster.height, 0), across[2], raster.width, 1)

    def _shared(self, level: NDArray[np.uint32], size: float, raster: Raster) -> NDArray[np.float64]:
        x0, x1, y0, y1 = raster.bounds
        columns = np.floor((np.linspace(x0, x1, 2 * raster.width + 1)[1::2] + EXTENT) / size).astype(np.int64)
        rows = np.floor((np.linspace(y0, y1, 2 * raster.height + 1)[1::2] + EXTENT) / size).astype(np.int64)
        known = ((columns >= 0) & (columns < len(level)))[None, :] & ((rows >= 0) & (rows < len(level)))[:, None]
        last = len(level) - 1
        counts = level[np.clip(rows, 0, last)[:, None], np.clip(columns, 0, last)[None, :]] * known
        share = (x1 - x0) / raster.width * (y1 - y0) / raster.height / size**2
        wanted: NDArray[np.float64] = np.floor(counts * share + _chance(counts.shape))
        return wanted

    def count(self, region: Region) -> tuple[int, int]:
        """At least and at most how many stars a region holds, of those within the cells."""
        borders = edges()
        x0, x1, y0, y1 = region.bounds
        left, right = _span(borders, x0, x1)
        bottom, top = _span(borders, y0, y1)
        if left >= right or bottom >= top:
            return 0, 0
        cover = region.cover(borders[left : right + 1], borders[bottom : top + 1])
        part = self.levels[-1][bottom:top, left:right]
        least = int(part[cover == WHOLE].sum(dtype=np.int64))
        return least, least + int(part[cover == PARTLY].sum(dtype=np.int64))


def _span(borders: NDArray[np.float64], low: float, high: float) -> tuple[int, int]:
    """First cell, and the one after the last, that touch an interval."""
    first = int(np.searchsorted(borders, low, side="right")) - 1
    last = int(np.searchsorted(borders, high, side="right"))
    return max(first, 0), min(last, len(borders) - 1)


def _places(low: float, high: float, pixels: int, size: float, cells: int) -> tuple[int, int, NDArray[np.int64]]:
    """The cells whose middles lie in an interval: first, the one after the last, and the pixel of each."""
    first = max(int(np.ceil((low + EXTENT) / size - 0.5)), 0)
    last = min(int(np.ceil((high + EXTENT) / size - 0.5)), cells)
    middles = -EXTENT + size * (np.arange(first, max(last, first)) + 0.5)
    pixel = np.floor((middles - low) / (high - low) * pixels).astype(np.int64)
    return first, max(last, first), np.clip(pixel, 0, pixels - 1)


def _summed(values: NDArray[np.float64], places: NDArray[np.int64], pixels: int, axis: int) -> NDArray[np.float64]:
    """Sums along an axis of what lies at the same pixel."""
    shape = list(values.shape)
    shape[axis] = pixels
    sums = np.zeros(shape)
    if len(places):
        starts = np.flatnonzero(np.diff(places, prepend=-1))
        found = np.add.reduceat(values, starts, axis=axis)
        sums[(places[starts], slice(None)) if axis == 0 else (slice(None), places[starts])] = found
    return sums


@lru_cache(maxsize=4)
def _chance(shape: tuple[int, int]) -> NDArray[np.float32]:
    """Random numbers from 0 to 1, one a pixel; read-only."""
    chance = np.random.default_rng(_SEED).random(shape, np.float32)
    chance.setflags(write=False)
    return chance
