"""Regions of the plane that gestures draw: which stars each contains, and which cells of a grid it covers.

Every region answers twice: `contains` decides star by star and is exact; `cover` sorts a grid's cells into those
surely outside, those surely inside and those to be decided star by star, so that the work follows the outline.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import shapely

Bounds = tuple[float, float, float, float]
"""x minimum, x maximum, y minimum, y maximum."""

OUTSIDE, PARTLY, WHOLE = 0, 1, 2
"""What `cover` says of a cell; PARTLY is always a safe answer."""

_SLACK = 1e-9  # relative; far above the rounding errors of double precision, far below a cell


class Region(Protocol):
    """A set of points of the plane, in data coordinates."""

    @property
    def bounds(self) -> Bounds:
        """The smallest upright rectangle around the region; minimum above maximum where the region is empty."""

    def contains(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.bool_]:
        """(n,) bool: which of the points (n,), (n,) are inside; a NaN or infinite coordinate never is."""

    def cover(self, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.uint8]:
        """(len(rows) - 1, len(columns) - 1) uint8: OUTSIDE, PARTLY or WHOLE for each cell between ascending edges.

        The first and the last edge may be infinite.
        """


@dataclass(frozen=True)
class Rectangle:
    """All points with x0 <= x <= x1 and y0 <= y <= y1: the outline belongs to it. Infinite sides make ranges."""

    x0: float
    x1: float
    y0: float
    y1: float

    @classmethod
    def between(cls, first: tuple[float, float], second: tuple[float, float]) -> "Rectangle":
        """The rectangle with two opposite corners given in any order."""
        (ax, ay), (bx, by) = first, second
        return cls(min(ax, bx), max(ax, bx), min(ay, by), max(ay, by))

    @property
    def bounds(self) -> Bounds:
        """The rectangle itself."""
        return self.x0, self.x1, self.y0, self.y1

    def contains(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.bool_]:
        """(n,) bool: inside or on the outline, and finite."""
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        within = (x >= self.x0) & (x <= self.x1) & (y >= self.y0) & (y <= self.y1)
        inside: NDArray[np.bool_] = within & np.isfinite(x) & np.isfinite(y)
        return inside

    def cover(self, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Whole cells lie between the sides; cells that a side meets are to be decided star by star."""
        along_x = _cover_interval(columns, self.x0, self.x1)
        along_y = _cover_interval(rows, self.y0, self.y1)
        return np.minimum(along_y[:, None], along_x[None, :])


def x_range(low: float, high: float) -> Rectangle:
    """All points with low <= x <= high."""
    return Rectangle(low, high, -np.inf, np.inf)


def y_range(low: float, high: float) -> Rectangle:
    """All points with low <= y <= high."""
    return Rectangle(-np.inf, np.inf, low, high)


@dataclass(frozen=True)
class Stroke:
    """The brush: an ellipse with semi-axes radius_x, radius_y (a circle on the screen) swept along a path of centres.

    path: the centres (x, y). The outline belongs to it. Distances are computed in double precision.
    """

    path: tuple[tuple[float, float], ...]
    radius_x: float
    radius_y: float

    def __post_init__(self) -> None:
        if not (self.radius_x > 0 and self.radius_y > 0):
            raise ValueError("the radii of a stroke or circle must be above zero")

    @property
    def bounds(self) -> Bounds:
        """The path's extent, one radius larger on each side."""
        if not self.path:
            return np.inf, -np.inf, np.inf, -np.inf
        x, y = np.array(self.path).T
        return (
            float(x.min()) - self.radius_x,
            float(x.max()) + self.radius_x,
            float(y.min()) - self.radius_y,
            float(y.max()) + self.radius_y,
        )

    def contains(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.bool_]:
        """(n,) bool: at most one radius from the path, in units of the radii."""
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        inside = np.zeros(np.shape(x), bool)
        for start, end in self._segments():
            inside |= self._within(x, y, start, end, 1.0)
        return inside

    def cover(self, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Each segment's capsule is convex: a cell is whole when its four corners are inside one capsule."""
        result = np.zeros((len(rows) - 1, len(columns) - 1), np.uint8)
        for start, end in self._segments():
            _lay_over(result, self._segment_bounds(start, end), columns, rows, self._cover_segment(start, end))
        return result

    def _segments(self) -> list[tuple[tuple[float, float], tuple[float, float]]]:
        return [*zip(self.path, self.path[1:], strict=False)] if len(self.path) > 1 else [(p, p) for p in self.path]

    def _segment_bounds(self, start: tuple[float, float], end: tuple[float, float]) -> Bounds:
        return Stroke((start, end), self.radius_x, self.radius_y).bounds

    def _cover_segment(self, start: tuple[float, float], end: tuple[float, float]) -> "_CellRule":
        def rule(columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.uint8]:
            corners_x, corners_y = np.meshgrid(columns, rows)
            inside = self._within(corners_x, corners_y, start, end, 1.0 - _SLACK)
            whole = inside[:-1, :-1] & inside[1:, :-1] & inside[:-1, 1:] & inside[1:, 1:]
            half_x, half_y = np.diff(columns) / 2, np.diff(rows) / 2
            with np.errstate(invalid="ignore"):  # the middle of an unbounded cell
                centres_x, centres_y = np.meshgrid(columns[:-1] + half_x, rows[:-1] + half_y)
            reach = np.hypot(half_x[None, :] / self.radius_x, half_y[:, None] / self.radius_y)
            near = self._within(centres_x, centres_y, start, end, (1.0 + reach) * (1.0 + _SLACK))
            unbounded = ~np.isfinite(reach)
            return np.where(whole, WHOLE, np.where(near | unbounded, PARTLY, OUTSIDE)).astype(np.uint8)

        return rule

    def _within(
        self,
        x: NDArray[np.floating],
        y: NDArray[np.floating],
        start: tuple[float, float],
        end: tuple[float, float],
        reach: "float | NDArray[np.float64]",
    ) -> NDArray[np.bool_]:
        """Whether points lie at most `reach` radii from the segment."""
        along_x, along_y = (end[0] - start[0]) / self.radius_x, (end[1] - start[1]) / self.radius_y
        with np.errstate(invalid="ignore", over="ignore"):
            from_x, from_y = (x - start[0]) / self.radius_x, (y - start[1]) / self.radius_y
            length = along_x**2 + along_y**2
            foot = np.clip((from_x * along_x + from_y * along_y) / length, 0.0, 1.0) if length > 0 else 0.0
            distance = (from_x - foot * along_x) ** 2 + (from_y - foot * along_y) ** 2
            inside: NDArray[np.bool_] = distance <= np.square(reach)
        return inside & np.isfinite(distance)


@dataclass(frozen=True)
class Circle:
    """An ellipse with axes along x and y, a circle on the screen; the outline belongs to it."""

    x: float
    y: float
    radius_x: float
    radius_y: float

    @property
    def bounds(self) -> Bounds:
        """The centre and one radius to each side."""
        return self._stroke.bounds

    def contains(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.bool_]:
        """(n,) bool: at most one radius from the centre, in units of the radii."""
        return self._stroke.contains(x, y)

    def cover(self, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.uint8]:
        """A cell is whole when its four corners are inside."""
        return self._stroke.cover(columns, rows)

    @property
    def _stroke(self) -> Stroke:
        return Stroke(((self.x, self.y),), self.radius_x, self.radius_y)


@dataclass(frozen=True)
class Polygon:
    """The lasso: the points that a closed outline goes round by the even-odd rule; points on the outline are outside.

    corners: (x, y) each, finite; the last joins the first. Where the outline crosses itself, a part that it goes
    round twice is outside. Points are decided by GEOS's ray counting with robust orientation, through shapely.
    """

    corners: tuple[tuple[float, float], ...]
    _points: NDArray[np.float64] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_points", np.array(self.corners, np.float64).reshape(-1, 2))

    @classmethod
    def through(cls, points: Sequence[Sequence[float]] | NDArray[np.float64]) -> "Polygon":
        """The polygon with the corners given as (m, 2) numbers."""
        return cls(tuple((float(x), float(y)) for x, y in points))

    @property
    def bounds(self) -> Bounds:
        """The corners' extent."""
        if len(self.corners) < 3:
            return np.inf, -np.inf, np.inf, -np.inf
        (x0, y0), (x1, y1) = self._points.min(axis=0), self._points.max(axis=0)
        return float(x0), float(x1), float(y0), float(y1)

    def contains(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.bool_]:
        """(n,) bool: strictly inside by the even-odd rule."""
        if len(self.corners) < 3:
            return np.zeros(np.shape(x), bool)
        import shapely

        inside: NDArray[np.bool_] = shapely.contains_xy(self._geometry, x, y) & np.isfinite(x) & np.isfinite(y)
        return inside

    def cover(self, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Cells that the outline meets are to be decided; in all others every point has the same parity."""
        shape = len(rows) - 1, len(columns) - 1
        if len(self.corners) < 3:
            return np.zeros(shape, np.uint8)
        touched = self._touched(columns, rows)
        odd = self._parity(columns, rows)
        return np.where(touched, PARTLY, np.where(odd, WHOLE, OUTSIDE)).astype(np.uint8)

    @cached_property
    def _geometry(self) -> "shapely.Polygon":
        import shapely

        first = self._points[:1]
        # closed twice: GEOS takes four level and upright sides for a rectangle, even where they fold back
        polygon = shapely.Polygon(np.concatenate([self._points, first, first]))
        shapely.prepare(polygon)
        return polygon

    @property
    def _edges(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self._points, np.roll(self._points, -1, axis=0)

    def _touched(self, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which cells an edge may meet: for each edge and each row of cells, the columns that the edge spans there."""
        start, end = self._edges
        slack = _SLACK * max(_largest(columns), _largest(rows), float(np.abs(self._points).max()))
        low, high = np.minimum(start, end) - slack, np.maximum(start, end) + slack
        first = np.searchsorted(rows, low[:, 1], "right") - 1
        last = np.searchsorted(rows, high[:, 1], "right") - 1
        first, last = np.maximum(first, 0), np.minimum(last, len(rows) - 2)
        spans = np.maximum(last - first + 1, 0)
        edge = np.repeat(np.arange(len(start)), spans)
        row = np.arange(len(edge)) - np.repeat(np.cumsum(spans) - spans, spans) + first[edge]
        x_at_top = _x_at(start[edge], end[edge], rows[row + 1] + slack)
        x_at_bottom = _x_at(start[edge], end[edge], rows[row] - slack)
        level = start[edge, 1] == end[edge, 1]
        left = np.where(level, low[edge, 0], np.maximum(np.minimum(x_at_top, x_at_bottom) - slack, low[edge, 0]))
        right = np.where(level, high[edge, 0], np.minimum(np.maximum(x_at_top, x_at_bottom) + slack, high[edge, 0]))
        from_column = np.maximum(np.searchsorted(columns, left, "right") - 1, 0)
        to_column = np.minimum(np.searchsorted(columns, right, "right") - 1, len(columns) - 2)
        on_grid = from_column <= to_column
        changes = np.zeros((len(rows) - 1, len(columns)), np.int32)
        np.add.at(changes, (row[on_grid], from_column[on_grid]), 1)
        np.subtract.at(changes, (row[on_grid], to_column[on_grid] + 1), 1)
        return np.cumsum(changes, axis=1)[:, :-1] > 0

    def _parity(self, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether the outline goes round a cell an odd number of times, counted along the row's middle."""
        start, end = self._edges
        middle = _middles(rows)
        low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
        first, last = np.searchsorted(middle, low, "left"), np.searchsorted(middle, high, "left")
        spans = last - first
        edge = np.repeat(np.arange(len(start)), spans)
        row = np.arange(len(edge)) - np.repeat(np.cumsum(spans) - spans, spans) + first[edge]
        crossing = _x_at(start[edge], end[edge], middle[row])
        column = np.clip(np.searchsorted(columns, crossing, "right"), 0, len(columns) - 1)
        flips = np.zeros((len(rows) - 1, len(columns)), np.int32)
        np.add.at(flips, (row, column), 1)
        return (np.cumsum(flips, axis=1)[:, :-1] & 1).astype(bool)


class _CellRule(Protocol):
    def __call__(self, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.uint8]: ...


def _cover_interval(edges: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    left, right = edges[:-1], edges[1:]
    whole = (left >= low) & (right <= high) & np.isfinite(left) & np.isfinite(right)
    meets = (right >= low) & (left <= high)
    return np.where(whole, WHOLE, np.where(meets, PARTLY, OUTSIDE)).astype(np.uint8)


def _lay_over(
    result: NDArray[np.uint8],
    bounds: Bounds,
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    rule: _CellRule,
) -> None:
    """Raise result to the rule's answers, asking it only about the cells within bounds."""
    x0, x1, y0, y1 = bounds
    left, right = _cells_between(columns, x0, x1)
    bottom, top = _cells_between(rows, y0, y1)
    if left <= right and bottom <= top:
        part = result[bottom : top + 1, left : right + 1]
        np.maximum(part, rule(columns[left : right + 2], rows[bottom : top + 2]), out=part)


def _cells_between(edges: NDArray[np.float64], low: float, high: float) -> tuple[int, int]:
    """The first and the last cell that meet the interval; first above last where none does."""
    slack = _SLACK * max(_largest(edges), abs(low), abs(high))
    first = max(int(np.searchsorted(edges, low - slack, "right")) - 1, 0)
    last = min(int(np.searchsorted(edges, high + slack, "right")) - 1, len(edges) - 2)
    return first, last


def _largest(edges: NDArray[np.float64]) -> float:
    finite = edges[np.isfinite(edges)]
    return float(np.abs(finite).max()) if finite.size else 0.0


def _middles(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """A finite value strictly inside each cell, also where a cell has an infinite side."""
    low, high = edges[:-1].copy(), edges[1:].copy()
    if np.isinf(low[0]):
        low[0] = high[0] - 2 - 2 * abs(high[0]) if np.isfinite(high[0]) else -1.0
    if np.isinf(high[-1]):
        high[-1] = low[-1] + 2 + 2 * abs(low[-1])
    return low + (high - low) / 2


def _x_at(start: NDArray[np.float64], end: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the lines through start and end reach y; a level line answers its start, an infinite y an infinite x."""
    rise = end[:, 1] - start[:, 1]
    level = rise == 0
    with np.errstate(invalid="ignore", over="ignore"):
        share = (y - start[:, 1]) / np.where(level, 1.0, rise)
        x = start[:, 0] + share * (end[:, 0] - start[:, 0])
    return np.where(level | np.isnan(x), start[:, 0], x)
