"""The outlines that tools draw: points in data units in, a region out."""

import math
from typing import Protocol

import shapely

from stellar_gui.analysis.regions import Circle, Polygon, Rectangle, Region, Stroke, x_range, y_range

Point = tuple[float, float]

_CIRCLE_POINTS = 180  # of the line drawn; a circle of 1,000 pixels is then 0.2 pixels off
_PART = 16  # segments of a stroke that are widened at once; the time for all of them together grows with the square
LEAST_CORNERS = 3


class Outline(Protocol):
    """A gesture being drawn."""

    name: str

    def add(self, point: Point) -> None:
        """The pointer has come to a point."""

    def region(self) -> Region:
        """What the gesture selects if it ends now."""

    def points(self) -> list[Point]:
        """The points to draw a line through: a closed outline, or the path of a brush."""


class RectangleOutline:
    """From the corner of the press to the pointer."""

    name = "rectangle"

    def __init__(self, start: Point) -> None:
        self._start = self._end = start

    def add(self, point: Point) -> None:
        """Move the second corner."""
        self._end = point

    def region(self) -> Rectangle:
        """The rectangle so far."""
        return Rectangle.between(self._start, self._end)

    def points(self) -> list[Point]:
        """Its four corners."""
        return _corners_of(self.region())


class CircleOutline:
    """From the centre of the press to the pointer: a circle on the screen, an ellipse in data units.

    scale_x, scale_y: pixels per unit of each column at the press.
    """

    name = "circle"

    def __init__(self, centre: Point, scale_x: float, scale_y: float) -> None:
        self._centre = centre
        self._scale = scale_x, scale_y
        self._radii = 0.0, 0.0

    def add(self, point: Point) -> None:
        """Let the circle go through the point."""
        (x, y), (scale_x, scale_y) = self._centre, self._scale
        radius = math.hypot((point[0] - x) * scale_x, (point[1] - y) * scale_y)
        self._radii = radius / scale_x, radius / scale_y

    def region(self) -> Circle | Rectangle:
        """The circle so far; without a radius its centre alone."""
        if min(self._radii) > 0:
            return Circle(*self._centre, *self._radii)
        return Rectangle.between(self._centre, self._centre)

    def points(self) -> list[Point]:
        """Points around it, close enough to be seen as a curve."""
        return _points_around(*self._centre, *self._radii)


class XRangeOutline:
    """From the x of the press to that of the pointer, over all y."""

    name = "x range"

    def __init__(self, start: Point) -> None:
        self._start = self._end = start[0]

    def add(self, point: Point) -> None:
        """Move the second side."""
        self._end = point[0]

    def region(self) -> Rectangle:
        """The band so far, its sides included."""
        return x_range(min(self._start, self._end), max(self._start, self._end))

    def points(self) -> list[Point]:
        """Its four corners, at infinite y."""
        return _corners_of(self.region())


class YRangeOutline:
    """From the y of the press to that of the pointer, over all x."""

    name = "y range"

    def __init__(self, start: Point) -> None:
        self._start = self._end = start[1]

    def add(self, point: Point) -> None:
        """Move the second side."""
        self._end = point[1]

    def region(self) -> Rectangle:
        """The band so far, its sides included."""
        return y_range(min(self._start, self._end), max(self._start, self._end))

    def points(self) -> list[Point]:
        """Its four corners, at infinite x."""
        return _corners_of(self.region())


class LassoOutline:
    """The pointer's path, closed from its end to its start."""

    name = "lasso"

    def __init__(self, start: Point) -> None:
        self._points = [start]

    def add(self, point: Point) -> None:
        """Go on to the point."""
        self._points.append(point)

    def region(self) -> Polygon:
        """What the path goes round, by the even-odd rule."""
        return Polygon.through(self._points)

    def points(self) -> list[Point]:
        """The path."""
        return self._points


class PolygonOutline:
    """Corners set one after the other, the last joined to the first; one more may be held until it is set.

    corners: those that are set; held: the corner under the pressed pointer.
    """

    name = "polygon"

    def __init__(self) -> None:
        self.corners: list[Point] = []
        self.held: Point | None = None

    @property
    def can_close(self) -> bool:
        """Whether there are corners enough to close the outline."""
        return len(self.corners) >= LEAST_CORNERS

    def add(self, point: Point) -> None:
        """Hold a corner at the point."""
        self.held = point

    def let_go(self) -> None:
        """Hold no corner."""
        self.held = None

    def set_corner(self) -> None:
        """Set the corner that is held."""
        if self.held is not None:
            self.corners.append(self.held)
            self.held = None

    def take_back(self) -> None:
        """Take back the corner that is held, else the last one set."""
        if self.held is not None:
            self.held = None
        elif self.corners:
            self.corners.pop()

    def region(self) -> Polygon:
        """What the outline goes round, by the even-odd rule; nothing with fewer than three corners."""
        return Polygon.through(self.points())

    def points(self) -> list[Point]:
        """The corners, with the one that is held."""
        return self.corners if self.held is None else [*self.corners, self.held]


class BrushOutline:
    """The brush's centres; radii in data units."""

    name = "brush"

    def __init__(self, start: Point, radius_x: float, radius_y: float) -> None:
        self._points = [start]
        self._radii = radius_x, radius_y

    def add(self, point: Point) -> None:
        """Drag the brush to the point."""
        self._points.append(point)

    def region(self) -> Stroke:
        """All that the brush went over."""
        return Stroke(tuple(self._points), *self._radii)

    def region_from(self, first: int) -> Stroke:
        """What the brush went over since the point with that number."""
        return Stroke(tuple(self._points[max(first, 0) :]), *self._radii)

    def points(self) -> list[Point]:
        """The path of the centre."""
        return self._points


def lines_of(region: Region) -> list[list[Point]]:
    """The closed lines around a region, each by its points; of a brush's stroke also those around its holes."""
    match region:
        case Rectangle():
            return [_corners_of(region)]
        case Circle(x, y, radius_x, radius_y):
            return [_points_around(x, y, radius_x, radius_y)]
        case Polygon(corners):
            return [list(corners)]
        case Stroke(path, radius_x, radius_y):
            centres = [(x / radius_x, y / radius_y) for x, y in path]
            if len(centres) == 1:
                return [_points_around(*path[0], radius_x, radius_y)]
            parts = [
                shapely.LineString(centres[first : first + _PART + 1]) for first in range(0, len(centres) - 1, _PART)
            ]
            swept = shapely.union_all(shapely.buffer(parts, 1.0))
            rings = [ring for part in shapely.get_parts(swept) for ring in (part.exterior, *part.interiors)]
            return [[(x * radius_x, y * radius_y) for x, y in ring.coords] for ring in rings]
    return []


def _points_around(x: float, y: float, radius_x: float, radius_y: float) -> list[Point]:
    angles = (2 * math.pi * k / _CIRCLE_POINTS for k in range(_CIRCLE_POINTS))
    return [(x + radius_x * math.cos(angle), y + radius_y * math.sin(angle)) for angle in angles]


def _corners_of(rectangle: Rectangle) -> list[Point]:
    x0, x1, y0, y1 = rectangle.bounds
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
