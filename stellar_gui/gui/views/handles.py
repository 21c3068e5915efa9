"""The handles of a finished region: where they lie, and the region that a dragged one leaves; pure geometry."""

import math
from dataclasses import dataclass, replace
from enum import Enum, auto

from stellar_gui.analysis.regions import Bounds, Circle, Polygon, Rectangle, Region
from stellar_gui.gui.views.outlines import LEAST_CORNERS, LassoOutline, Point

_ROOM_BETWEEN = 16.0  # logical pixels from a handle that is always there to one that needs room


class Grip(Enum):
    """What a handle takes hold of."""

    MOVE = auto()
    SIDES = auto()
    CORNER = auto()
    NEW_CORNER = auto()


@dataclass(frozen=True)
class Finished:
    """The region of the last gesture, with the name of its outline, such as "rectangle"."""

    name: str
    region: Region


@dataclass(frozen=True)
class Handle:
    """A place at which a region is taken hold of.

    point: in data units. sides: of SIDES, which side moves along x and along y: -1 the one of low numbers, 1 the one of
    high numbers, 0 none. number: of CORNER, which one; of NEW_CORNER, the one before which it is put in. line: whether
    the whole line through the point, across the axis of its side, takes hold.
    """

    grip: Grip
    point: Point
    sides: tuple[int, int] = (0, 0)
    number: int = 0
    line: bool = False


def handles(finished: Finished, view: Bounds, scale_x: float, scale_y: float) -> list[Handle]:
    """The handles of a region; none of a brush's stroke. A lasso, with its many points, is only moved as a whole.

    view: what is seen of the plane; the middle of a side is that of its part in view. scale_x, scale_y: pixels per unit
    of each column; handles that would crowd others are left out.
    """
    region = finished.region
    match region:
        case Rectangle():
            return _of_rectangle(region, view, scale_x, scale_y)
        case Circle(x, y, radius_x, radius_y):
            radii = [
                Handle(Grip.SIDES, (x + a * radius_x, y + b * radius_y), (a, b))
                for a, b in ((-1, 0), (1, 0), (0, -1), (0, 1))
            ]
            roomy = radius_x * scale_x >= _ROOM_BETWEEN and radius_y * scale_y >= _ROOM_BETWEEN
            return [*radii, Handle(Grip.MOVE, (x, y))] if roomy else radii
        case Polygon(corners) if len(corners) >= LEAST_CORNERS:
            x0, x1, y0, y1 = region.bounds
            move = Handle(Grip.MOVE, ((x0 + x1) / 2, (y0 + y1) / 2))
            return [move] if finished.name == LassoOutline.name else [*_of_corners(corners, scale_x, scale_y), move]
    return []


def dragged(region: Region, handle: Handle, by_x: float, by_y: float) -> Region:
    """The region after its handle was dragged by data units; a rectangle stays upright, a circle keeps a size.

    Dragged by nothing it is the region itself.
    """
    match region:
        case Rectangle(x0, x1, y0, y1):
            along_x, along_y = handle.sides
            every = handle.grip is Grip.MOVE
            first = x0 + by_x * (every or along_x < 0), y0 + by_y * (every or along_y < 0)
            second = x1 + by_x * (every or along_x > 0), y1 + by_y * (every or along_y > 0)
            return Rectangle.between(first, second)
        case Circle(x, y, radius_x, radius_y):
            if handle.grip is Grip.MOVE:
                return replace(region, x=x + by_x, y=y + by_y)
            along_x, along_y = handle.sides
            return replace(
                region,
                radius_x=abs(radius_x + by_x * along_x) or radius_x,
                radius_y=abs(radius_y + by_y * along_y) or radius_y,
            )
        case Polygon(corners):
            if handle.grip is Grip.MOVE:
                return Polygon(tuple((x + by_x, y + by_y) for x, y in corners))
            x, y = handle.point
            after = handle.number + (handle.grip is Grip.CORNER)
            if handle.grip is Grip.CORNER:
                x, y = corners[handle.number]
            elif by_x == by_y == 0:
                return region
            return Polygon((*corners[: handle.number], (x + by_x, y + by_y), *corners[after:]))
    return region


def without_corner(region: Region, handle: Handle) -> Region:
    """The polygon without the corner of a handle; the region as it is where it has no more than three."""
    if not isinstance(region, Polygon) or handle.grip is not Grip.CORNER or len(region.corners) <= LEAST_CORNERS:
        return region
    return Polygon((*region.corners[: handle.number], *region.corners[handle.number + 1 :]))


def _of_rectangle(region: Rectangle, view: Bounds, scale_x: float, scale_y: float) -> list[Handle]:
    seen_x, seen_y = _part_in_view(region.x0, region.x1, *view[:2]), _part_in_view(region.y0, region.y1, *view[2:])
    middle = sum(seen_x) / 2, sum(seen_y) / 2
    roomy_x = (seen_x[1] - seen_x[0]) * scale_x >= 2 * _ROOM_BETWEEN
    roomy_y = (seen_y[1] - seen_y[0]) * scale_y >= 2 * _ROOM_BETWEEN
    found = []
    for a, x in ((-1, region.x0), (0, middle[0]), (1, region.x1)):
        for b, y in ((-1, region.y0), (0, middle[1]), (1, region.y1)):
            if not (math.isfinite(x) and math.isfinite(y)):
                continue
            if (a or roomy_x) and (b or roomy_y):
                grip = Grip.SIDES if a or b else Grip.MOVE
                line = bool(a and math.isinf(region.y0)) or bool(b and math.isinf(region.x0))
                found.append(Handle(grip, (x, y), (a, b), line=line))
    return found


def _part_in_view(low: float, high: float, view_low: float, view_high: float) -> tuple[float, float]:
    """The part of an interval that is seen; the interval itself where none of it is."""
    seen = max(low, view_low), min(high, view_high)
    return seen if seen[0] <= seen[1] else (low, high)


def _of_corners(corners: tuple[Point, ...], scale_x: float, scale_y: float) -> list[Handle]:
    found = [Handle(Grip.CORNER, corner, number=number) for number, corner in enumerate(corners)]
    for number, (end_x, end_y) in enumerate(corners):
        start_x, start_y = corners[number - 1]
        if math.hypot((end_x - start_x) * scale_x, (end_y - start_y) * scale_y) >= 2 * _ROOM_BETWEEN:
            middle = (start_x + end_x) / 2, (start_y + end_y) / 2
            found.append(Handle(Grip.NEW_CORNER, middle, number=number or len(corners)))
    return found
