"""What colours the pixels of a view: the mean of the stars' numbers there, or their commonest label."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from fast_histogram import histogram2d
from numpy.typing import NDArray

from stellar_gui.analysis.coloring import Coloring, Labels, Values
from stellar_gui.analysis.density import Discs, sample_side
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.thinning import Level, Levels

_CELL = 2  # device pixels: as far as a star's mark reaches
_COARSE, _FEW_LABELS = 4, 2  # cells while the view moves, of numbers or of more labels than these
_SAMPLE = 10_000  # stars in view by which the range is found
_TAIL = 0.01

Limits = tuple[float, float]


@dataclass(frozen=True, eq=False)
class ValueHues:
    """Means of numbers on the cells of a raster.

    mean: (rows, columns) float32, less the centre of the colouring, top row first, NaN where no star has a number;
    side: device pixels of a cell, the first at the top left; limits: the range from the first to the last shade;
    beyond: whether numbers in view lie below it, and above it.
    """

    mean: NDArray[np.float32]
    side: int
    limits: Limits
    beyond: tuple[bool, bool]


@dataclass(frozen=True, eq=False)
class LabelHues:
    """Commonest labels on the cells of a raster; code: (rows, columns) uint8 as in Labels; side as in ValueHues."""

    code: NDArray[np.uint8]
    side: int


Hues = ValueHues | LabelHues


@dataclass(frozen=True, eq=False)
class StarColors:
    """A colouring in the order of the stars of a map, at all its levels.

    by_step: float32 offsets or uint8 codes by the level's step; totals: (labels + 1,) int64, how many of the stars
    that were counted have each label, the rest last; empty for numbers. Adds 4 bytes a star, or 1. All read-only.
    """

    coloring: Coloring
    levels: Levels
    by_step: dict[int, NDArray[Any]]
    totals: NDArray[np.int64]

    @classmethod
    def of(cls, coloring: Coloring, levels: Levels, counted: NDArray[np.bool_] | None = None) -> "StarColors":
        """Sort a colouring of the catalogue's rows as the stars of a map are.

        counted: (n,) bool, the rows that the totals are of, whether on the map or not; those on the map if None.
        """
        given = coloring.offset if isinstance(coloring, Values) else coloring.code
        if len(given) != levels.index.size:
            raise ValueError("a colouring must have one entry for each row of the catalogue")
        by_step = {level.step: np.take(given, level.row) for level in levels.all}
        for array in by_step.values():
            array.setflags(write=False)
        totals = np.empty(0, np.int64)
        if isinstance(coloring, Labels):
            codes = by_step[1] if counted is None else coloring.code[counted]
            totals = np.bincount(codes, minlength=len(coloring.names) + 1)
        return cls(coloring, levels, by_step, totals)

    def of_level(self, level: Level) -> NDArray[Any]:
        """The entries of a level's stars."""
        return self.by_step[level.step]

    def among(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Of the labels, how many stars of a mask (n,) bool have each; all of them are taken to be on the map."""
        assert isinstance(self.coloring, Labels)
        return np.bincount(self.coloring.code[mask], minlength=len(self.totals))


class HueCount:
    """Gathers the hues of stars that come in parts.

    The hue of a pixel is that of the stars whose marks may reach it: in its cell of 2 x 2 pixels, and in those to the
    left and above. Of a sample it is that of the neighbourhood over which its stars are spread.

    coarse: whether larger cells were taken to save time.
    """

    def __init__(self, coloring: Coloring, raster: Raster, stars: int, step: int = 1, fine: bool = True) -> None:
        """Begin; stars: how many will come; step: all stars for each of them; fine: whether there is time to be."""
        self._coloring = coloring
        self._raster = raster
        self._sampled = step > 1
        self.coarse = not fine and (isinstance(coloring, Values) or len(coloring.names) > _FEW_LABELS)
        self._side = max(sample_side(step) if self._sampled else _CELL, _COARSE if self.coarse else _CELL)
        columns, rows = -(-raster.width // self._side), -(-raster.height // self._side)
        x0, x1, y0, y1 = raster.bounds
        right = x0 + (x1 - x0) * columns * self._side / raster.width
        bottom = y1 - (y1 - y0) * rows * self._side / raster.height
        self._shape, self._range = (rows, columns), ((bottom, y1), (x0, right))
        kinds = 2 if isinstance(coloring, Values) else len(coloring.names) + 1
        self._sums: list[NDArray[np.float64] | None] = [None] * kinds
        self._values = _InView(raster, max(stars // _SAMPLE, 1))

    def add(self, x: NDArray[np.float32], y: NDArray[np.float32], entries: NDArray[Any]) -> None:
        """Take more stars with their offsets or codes; all (m,)."""
        if isinstance(self._coloring, Labels):
            for code in range(len(self._sums)):
                chosen = np.flatnonzero(entries == code)
                if len(chosen):
                    self._take(code, np.take(x, chosen, mode="clip"), np.take(y, chosen, mode="clip"))
            return
        self._values.add(x, y, entries)
        known = ~np.isnan(entries)
        if not known.all():
            x, y, entries = x[known], y[known], entries[known]
        self._take(0, x, y)
        self._take(1, x, y, entries)

    def hues(self, locked: Limits | None) -> Hues:
        """The hues of all that came; locked: the range to be used, else that of the numbers in view."""
        if isinstance(self._coloring, Labels):
            best, code = np.zeros(self._shape), np.full(self._shape, len(self._coloring.names), np.uint8)
            for place, counts in enumerate(self._sums):
                if counts is not None and not self._coloring.gives_way(place):
                    _prefer(best, code, place, self._gathered(counts))
            return LabelHues(code, self._side)
        counts, sums = (np.zeros(self._shape) if kind is None else self._gathered(kind) for kind in self._sums)
        return ValueHues(_mean(sums, counts), self._side, *self._values.range(self._coloring, locked))

    def _take(
        self, kind: int, x: NDArray[np.float32], y: NDArray[np.float32], weights: NDArray[np.float32] | None = None
    ) -> None:
        counts = histogram2d(y, x, bins=self._shape, range=self._range, weights=weights)
        before = self._sums[kind]
        self._sums[kind] = counts if before is None else before + counts

    def _gathered(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sums over neighbouring cells, top row first."""
        cells = cells[::-1]
        if self._sampled:
            cells = np.pad(cells, 1, mode="edge")
            cells = cells[:-2] + 2 * cells[1:-1] + cells[2:]
            return cells[:, :-2] + 2 * cells[:, 1:-1] + cells[:, 2:]
        across = cells.copy()
        across[:, 1:] += cells[:, :-1]
        result = across.copy()
        result[1:] += across[:-1]
        return result


def disc_hues(
    coloring: Coloring,
    discs: Discs,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    entries: NDArray[Any],
    raster: Raster,
    locked: Limits | None,
) -> Hues:
    """The hues of stars drawn as discs; x, y, entries: (m,), discs those of the same stars."""
    if isinstance(coloring, Labels):
        shape = raster.height, raster.width
        best, code = np.zeros(shape), np.full(shape, len(coloring.names), np.uint8)
        for place in np.unique(entries).tolist():
            if not coloring.gives_way(place):
                _prefer(best, code, place, discs.sums(entries == place))
        return LabelHues(code, 1)
    values = _InView(raster, 1)
    values.add(x, y, entries)
    known = ~np.isnan(entries)
    sums = discs.sums(known, np.nan_to_num(entries))
    return ValueHues(_mean(sums, discs.sums(known)), 1, *values.range(coloring, locked))


class _InView:
    """A sample of the numbers within a raster."""

    def __init__(self, raster: Raster, stride: int) -> None:
        self._bounds, self._stride = raster.bounds, stride
        self._parts: list[NDArray[np.float32]] = []

    def add(self, x: NDArray[np.float32], y: NDArray[np.float32], entries: NDArray[np.float32]) -> None:
        x, y, entries = (column[:: self._stride] for column in (x, y, entries))
        x0, x1, y0, y1 = self._bounds
        self._parts.append(entries[(x >= x0) & (x <= x1) & (y >= y0) & (y <= y1) & ~np.isnan(entries)])

    def range(self, coloring: Values, locked: Limits | None) -> tuple[Limits, tuple[bool, bool]]:
        """The limits and what lies beyond them."""
        found = np.concatenate(self._parts) if self._parts else np.empty(0, np.float32)
        low, high = robust_limits(found, coloring.centre, coloring.diverging) if locked is None else locked
        if not len(found):
            return (low, high), (False, False)
        return (low, high), (coloring.centre + found.min() < low, coloring.centre + found.max() > high)


def robust_limits(offset: NDArray[np.float32], centre: float, diverging: bool) -> Limits:
    """The 1st and the 99th percentile of numbers, given as offsets from a centre; of no width, a unit about them.

    diverging: as far to either side of 0 as the farther of the two.
    """
    if not len(offset):
        return centre - 0.5, centre + 0.5
    low, high = (centre + float(value) for value in np.quantile(offset.astype(np.float64), (_TAIL, 1 - _TAIL)))
    if diverging:
        farther = max(abs(low), abs(high))
        low, high = -farther, farther
    least = 1e-6 * max(abs(low), abs(high))
    return (low, high) if high - low > least else (low - max(0.5, least), high + max(0.5, least))


def _mean(sums: NDArray[Any], counts: NDArray[Any]) -> NDArray[np.float32]:
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: NDArray[np.float32] = (sums / counts).astype(np.float32)
    return mean


def _prefer(best: NDArray[np.float64], code: NDArray[np.uint8], place: int, counts: NDArray[Any]) -> None:
    """Give a label the cells where it has more stars than any before it."""
    np.copyto(code, np.uint8(place), where=counts > best)
    np.maximum(best, counts, out=best)
