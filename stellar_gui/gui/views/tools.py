"""The tools of a map and the outlines that they draw: points in data units in, a region out."""

from enum import Enum
from typing import Protocol

from stellar_gui.analysis.regions import Polygon, Rectangle, Region, Stroke

Point = tuple[float, float]


class Tool(Enum):
    """What the left button does; the value is the word the user reads."""

    PICK = "Pick"
    RECTANGLE = "Rectangle"
    LASSO = "Lasso"
    BRUSH = "Brush"

    @property
    def key(self) -> str:
        """The letter that chooses the tool."""
        return self.value[0]

    @property
    def hint(self) -> str:
        """What the pointer can do, for the status bar."""
        return _HINTS[self]


_HINTS = {
    Tool.PICK: "click a star to look at it, drag to move the map, Shift-drag adds a rectangle",
    Tool.RECTANGLE: "drag a rectangle around stars",
    Tool.LASSO: "drag around stars; release closes the outline",
    Tool.BRUSH: "drag the circle over stars; [ and ] change its size",
}


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
        (ax, ay), (bx, by) = self._start, self._end
        return [(ax, ay), (bx, ay), (bx, by), (ax, by)]


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
