"""A grid over two columns that finds the stars of a region or a view, and the star nearest to a point."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.regions import PARTLY, WHOLE, Bounds, Region

_STARS_PER_CELL = 4
_CELLS_PER_SIDE = (16, 1024)
_TAIL = 0.001
_SAMPLE = 20_000
_FEW_OTHERS = 1.1
_TIE = 2e-12  # squared distances that differ by less than rounding are the same


@dataclass(frozen=True)
class Hits:
    """The places of a region's stars: whole ranges [start, stop) and single places, none of them twice."""

    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    single: NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many stars."""
        return int((self.stops - self.starts).sum()) + len(self.single)


class GridIndex:
    """The stars of two columns, sorted by the cells of a grid.

    Only rows that are shown and have two finite coordinates take part. A *place* is a star's position in the sorted
    order: `row[place]` is its row in the catalogue, `x[place]`, `y[place]` its coordinates, so that the stars of a
    cell, and of neighbouring cells of one row of the grid, lie side by side in memory. The grid is fine where the
    stars are: it spans the columns' bulk, and its outermost cells reach to infinity. Adds 12 bytes a star to the two
    columns.

    row: (m,) int32; x, y: (m,) float32; size: number of the catalogue's rows, n. All read-only.
    """

    def __init__(
        self, x: NDArray[np.floating], y: NDArray[np.floating], shown: NDArray[np.bool_] | None = None
    ) -> None:
        """Sort the stars; x, y: (n,) numbers, taken as float32; shown: (n,) bool, all if None."""
        x, y = np.asarray(x, np.float32), np.asarray(y, np.float32)
        if x.ndim != 1 or x.shape != y.shape or (shown is not None and shown.shape != x.shape):
            raise ValueError("x, y and shown must be one-dimensional and equally long")
        self.size = len(x)
        takes_part = np.isfinite(x) & np.isfinite(y)
        if shown is not None:
            takes_part &= shown
        everything = bool(takes_part.all())
        rows = None if everything else np.flatnonzero(takes_part).astype(np.int32)
        if rows is not None:
            x, y = x[rows], y[rows]
        side = int(np.clip(np.sqrt(len(x) / _STARS_PER_CELL), *_CELLS_PER_SIDE))
        self._columns, self._rows = _edges(x, side), _edges(y, side)
        cell = _cell_of(y, self._rows) * np.int32(side)
        cell += _cell_of(x, self._columns)
        order, self._offsets = _counting_sort(cell, side * side)
        del cell
        self.row: NDArray[np.int32] = order if rows is None else rows[order]
        self.x: NDArray[np.float32] = x[order]
        self.y: NDArray[np.float32] = y[order]
        for array in (self.row, self.x, self.y, self._offsets):
            array.setflags(write=False)

    def __len__(self) -> int:
        """The number of stars that take part."""
        return len(self.row)

    @cached_property
    def bounds(self) -> Bounds:
        """The extent of all stars; (0, 1, 0, 1) without any."""
        if not len(self):
            return 0.0, 1.0, 0.0, 1.0
        return float(self.x.min()), float(self.x.max()), float(self.y.min()), float(self.y.max())

    @cached_property
    def bulk(self) -> Bounds:
        """The extent of the stars without the outermost 0.1 percent on each side, a tenth larger, within `bounds`."""
        if not len(self):
            return self.bounds
        x0, x1 = _bulk(self.x, margin=0.1)
        y0, y1 = _bulk(self.y, margin=0.1)
        return x0, x1, y0, y1

    def hits(self, region: Region) -> Hits:
        """The stars in a region; cells on its outline are decided star by star."""
        x0, x1, y0, y1 = region.bounds
        left, right = _span(self._columns, x0, x1)
        bottom, top = _span(self._rows, y0, y1)
        if x0 > x1 or y0 > y1 or left > right or bottom > top:
            nothing = np.empty(0, np.int64)
            return Hits(nothing, nothing, nothing)
        cover = region.cover(self._columns[left : right + 2], self._rows[bottom : top + 2])
        starts, stops = self._ranges(cover == WHOLE, left, bottom)
        partly = _places(*self._ranges(cover == PARTLY, left, bottom))
        return Hits(starts, stops, partly[region.contains(self.x[partly], self.y[partly])])

    def count(self, region: Region) -> int:
        """How many stars are in a region."""
        return self.hits(region).count

    def mask(self, region: Region) -> NDArray[np.bool_]:
        """(n,) bool over the catalogue's rows: which stars are in a region."""
        hits, mask = self.hits(region), np.zeros(self.size, bool)
        for start, stop in zip(hits.starts.tolist(), hits.stops.tolist(), strict=True):
            mask[self.row[start:stop]] = True
        mask[self.row[hits.single]] = True
        return mask

    def rows_of(self, hits: Hits) -> NDArray[np.int32]:
        """(m,) int32: the catalogue's rows of the stars found, in the grid's order."""
        return self.row[np.concatenate((_places(hits.starts, hits.stops), hits.single))]

    def inside(self, region: Region) -> NDArray[np.int64]:
        """(m,) int64: the catalogue's rows of the stars in a region, ascending."""
        return np.flatnonzero(self.mask(region))

    def near(self, view: Bounds) -> list[slice]:
        """Slices of places that hold every star of a view and few others: one for each row of cells, or one for all."""
        left, right = _span(self._columns, view[0], view[1])
        bottom, top = _span(self._rows, view[2], view[3])
        side = len(self._columns) - 1
        if left > right or bottom > top:
            return []
        first = np.arange(bottom, top + 1) * side
        starts, stops = self._offsets[first + left], self._offsets[first + right + 1]
        start, stop = int(starts[0]), int(stops[-1])
        if stop - start <= _FEW_OTHERS * int((stops - starts).sum()):
            return [slice(start, stop)] if start < stop else []
        return [slice(*ends) for ends in zip(starts.tolist(), stops.tolist(), strict=True) if ends[0] < ends[1]]

    def nearest(
        self, x: float, y: float, scale_x: float = 1.0, scale_y: float = 1.0, within: float = np.inf
    ) -> tuple[int, float] | None:
        """The row of the star nearest to a point, and its distance; None if there is none within the given distance.

        scale_x, scale_y: pixels per unit of each column; within and the distance are in pixels. Of stars at the same
        distance the one with the lowest row is taken.
        """
        if not len(self) or not (np.isfinite(x) and np.isfinite(y)):
            return None
        reach = min(within, _side_of_cell(self._columns) * scale_x, _side_of_cell(self._rows) * scale_y)
        while True:
            best = self._nearest_within(x, y, scale_x, scale_y, reach)
            if best is not None or reach >= within:
                return best
            box = x - reach / scale_x, x + reach / scale_x, y - reach / scale_y, y + reach / scale_y
            reach = within if self._covers_all(box) else min(within, 4 * reach)

    def _nearest_within(
        self, x: float, y: float, scale_x: float, scale_y: float, reach: float
    ) -> tuple[int, float] | None:
        box = x - reach / scale_x, x + reach / scale_x, y - reach / scale_y, y + reach / scale_y
        parts = self.near(box)
        if not parts:
            return None
        x_near, y_near, rows = (
            column[parts[0]] if len(parts) == 1 else np.concatenate([column[part] for part in parts])
            for column in (self.x, self.y, self.row)
        )
        away = np.square((x_near - np.float64(x)) * scale_x)
        away += np.square((y_near - np.float64(y)) * scale_y)
        least = float(away.min())
        if least > reach**2:
            return None
        return int(rows[away <= least * (1 + _TIE)].min()), float(np.sqrt(least))

    def _covers_all(self, box: Bounds) -> bool:
        x0, x1, y0, y1 = self.bounds
        return box[0] <= x0 and box[1] >= x1 and box[2] <= y0 and box[3] >= y1

    def _ranges(self, wanted: NDArray[np.bool_], left: int, bottom: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The ranges of places of the wanted cells, a part of the grid from the cell (left, bottom) on."""
        edges = np.diff(np.pad(wanted, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        row, first = np.nonzero(edges == 1)
        _, after = np.nonzero(edges == -1)
        cells = (row + bottom) * (len(self._columns) - 1) + left
        return self._offsets[cells + first].astype(np.int64), self._offsets[cells + after].astype(np.int64)


def _bulk(values: NDArray[np.float32], margin: float) -> tuple[float, float]:
    """The values' extent without the tails, widened by a share of it, but never beyond the values."""
    sample = values[:: max(len(values) // _SAMPLE, 1)]
    low, high = (float(v) for v in np.quantile(sample.astype(np.float64), (_TAIL, 1 - _TAIL)))
    wider = margin * (high - low)
    return max(low - wider, float(values.min())), min(high + wider, float(values.max()))


def _edges(values: NDArray[np.float32], cells: int) -> NDArray[np.float64]:
    """Ascending edges of equal cells over the bulk of the values; the outermost are infinite."""
    low, high = _bulk(values, margin=0.2) if len(values) else (0.0, 1.0)
    if not high > low:
        low, high = low - max(abs(low), 1.0), high + max(abs(high), 1.0)
    edges = np.linspace(low, high, cells + 1)
    edges[0], edges[-1] = -np.inf, np.inf
    return edges


def _side_of_cell(edges: NDArray[np.float64]) -> float:
    return float(edges[2] - edges[1])


def _cell_of(values: NDArray[np.float32], edges: NDArray[np.float64]) -> NDArray[np.int32]:
    """(n,) int32: the k with edges[k] <= value < edges[k + 1], exactly."""
    cells = len(edges) - 1
    position = values.astype(np.float64)
    position -= edges[1]
    position /= _side_of_cell(edges)
    np.floor(position, out=position)
    position += 1
    cell = np.clip(position, 0, cells - 1, out=position).astype(np.int32)
    cell -= values < edges[cell]
    cell += values >= edges[cell + 1]
    return cell


def _counting_sort(cell: NDArray[np.int32], cells: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The stable order of the cell numbers (m,) and each cell's offset in it (cells + 1,).

    A sparse matrix with one entry for each star, turned from rows to columns: scipy's conversion is a counting sort.
    """
    if not len(cell):
        return np.empty(0, np.int32), np.zeros(cells + 1, np.int32)
    from scipy.sparse import csr_array  # costs a fifth of a second, which the empty window need not wait for

    stars = len(cell)
    table = csr_array((np.ones(stars, np.int8), cell, np.arange(stars + 1, dtype=np.int32)), shape=(stars, cells))
    by_cell = table.tocsc()
    return by_cell.indices.astype(np.int32, copy=False), by_cell.indptr.astype(np.int32, copy=False)


def _span(edges: NDArray[np.float64], low: float, high: float) -> tuple[int, int]:
    """The first and the last cell that meet the interval; the first is above the last where the interval is empty."""
    if not low <= high:
        return 1, 0
    first = int(np.searchsorted(edges, low, "right")) - 1
    last = int(np.searchsorted(edges, high, "right")) - 1
    return max(first, 0), min(last, len(edges) - 2)


def _places(starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """All places of the ranges, one after the other."""
    lengths = stops - starts
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    places: NDArray[np.int64] = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return places
