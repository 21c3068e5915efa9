"""The cells into which the plane is cut: where a place lies, in an order in which neighbours stay together.

The order is that of Morton 1966 ("A computer oriented geodetic data base"): the bits of column and row, interleaved, so
that the four cells of a coarser level follow each other.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.regions import Bounds

EXTENT: Final = 8.0
"""The cells cover the plane from -EXTENT to EXTENT, in standard deviations of the stars of the training."""
LEVEL: Final = 12
SIDE: Final = 1 << LEVEL
OUTSIDE: Final = SIDE * SIDE
"""The number of the cell for all stars beyond the others."""
SIZE: Final = 2 * EXTENT / SIDE

_MOST_RANGES: Final = 256


def cell_of(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.uint32]:
    """(n,) uint32: the cell of each place, (n,) finite numbers each."""
    column, row = _along(x), _along(y)
    inside = (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)
    cells = np.full(len(x), OUTSIDE, dtype=np.uint32)
    cells[inside] = cells_at(column[inside], row[inside])
    return cells


def cells_at(columns: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.uint32]:
    """(n,) uint32: the cells at columns and rows of any level, (n,) each."""
    return _spread(columns) | (_spread(rows) << np.uint32(1))


def columns_and_rows(cells: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Column and row, (n,) uint32 each, of cells of any level."""
    return _gather(cells), _gather(cells >> np.uint32(1))


def cell_ranges(view: Bounds) -> NDArray[np.int64]:
    """(k, 2) int64, ascending: first and last of runs of cells that hold every cell of a view, and few others."""
    x0, x1, y0, y1 = view
    left, right = (int(np.clip(value, 0, SIDE - 1)) for value in (_index(x0), _index(x1)))
    bottom, top = (int(np.clip(value, 0, SIDE - 1)) for value in (_index(y0), _index(y1)))
    ranges: list[tuple[int, int]] = []
    if x1 >= -EXTENT and x0 <= EXTENT and y1 >= -EXTENT and y0 <= EXTENT:
        ranges = _quarters(left, right, bottom, top)
    if reaches_beyond(view):
        ranges.append((OUTSIDE, OUTSIDE))
    return np.array(ranges, dtype=np.int64).reshape(-1, 2)


def reaches_beyond(view: Bounds) -> bool:
    """Whether stars in a view may lie beyond the cells, to which the upper ends of the plane do not belong."""
    x0, x1, y0, y1 = view
    return x0 < -EXTENT or x1 >= EXTENT or y0 < -EXTENT or y1 >= EXTENT


def _quarters(left: int, right: int, bottom: int, top: int) -> list[tuple[int, int]]:
    """Runs of cells that cover a rectangle of columns and rows: squares are cut into four while they are few."""
    squares = [(0, 0, 0)]
    whole: list[tuple[int, int]] = []
    for level in range(LEVEL + 1):
        width = SIDE >> level
        partly = []
        for code, column, row in squares:
            if column > right or column + width <= left or row > top or row + width <= bottom:
                continue
            within = left <= column and column + width - 1 <= right and bottom <= row and row + width - 1 <= top
            if within or level == LEVEL:
                whole.append((code, code + width * width - 1))
            else:
                partly.append((code, column, row))
        if 4 * len(partly) + len(whole) > _MOST_RANGES or not partly:
            whole += [(code, code + width * width - 1) for code, _, _ in partly]
            break
        half = width // 2
        squares = [
            (code + quarter * half * half, column + half * (quarter & 1), row + half * (quarter >> 1))
            for code, column, row in partly
            for quarter in range(4)
        ]
    merged: list[tuple[int, int]] = []
    for first, last in sorted(whole):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def edges(level: int = LEVEL) -> NDArray[np.float64]:
    """(2**level + 1,) float64: the borders of a level's columns, and of its rows."""
    return np.linspace(-EXTENT, EXTENT, (1 << level) + 1)


def _index(value: float) -> float:
    return float(np.floor(np.clip(value, -2 * EXTENT, 2 * EXTENT) / SIZE)) + SIDE // 2


def _along(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """Columns, or rows; the division by a power of two is exact, also of the smallest numbers below zero."""
    numbers = np.floor(values.astype(np.float64) / SIZE) + SIDE // 2
    within: NDArray[np.int64] = np.clip(numbers, -1, SIDE).astype(np.int64)
    return within


def _spread(values: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The bits of 16-bit numbers, a zero between each two."""
    spread = values.astype(np.uint32)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        spread = (spread | (spread << np.uint32(shift))) & np.uint32(mask)
    return spread


def _gather(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Each second bit, put together."""
    gathered = codes & np.uint32(0x55555555)
    for shift, mask in ((1, 0x33333333), (2, 0x0F0F0F0F), (4, 0x00FF00FF), (8, 0x0000FFFF)):
        gathered = (gathered | (gathered >> np.uint32(shift))) & np.uint32(mask)
    return gathered
