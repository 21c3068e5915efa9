"""A recipe in words, one line for each of its parts."""

import math
from collections.abc import Iterator

from stellar_gui.analysis.planes import MINUS, Plane
from stellar_gui.analysis.recipes import (
    Combined,
    Drawn,
    Everything,
    Gestures,
    Imported,
    Label,
    Recipe,
    Rows,
    Typed,
)
from stellar_gui.analysis.regions import Circle, Polygon, Rectangle, Region, Stroke
from stellar_gui.analysis.selection import Mode

_INDENT = "    "
_VERBS = {Mode.REPLACE: "then only", Mode.ADD: "add", Mode.REMOVE: "remove", Mode.INTERSECT: "intersect with"}


def described(recipe: Recipe) -> str:
    """The recipe in words; parts of parts are indented."""
    return "\n".join(_lines(recipe))


def _lines(recipe: Recipe) -> Iterator[str]:
    match recipe:
        case Rows(what):
            yield f"a list of stars: {what}"
        case Everything():
            yield "all stars that take part"
        case Drawn(plane, region, model):
            on = plane.name if model is None else f"{plane.name}, model {model}"
            yield f"{_shape(region, plane)}, drawn on: {on}"
        case Gestures(first, then):
            yield from ("nothing",) if first is None else _lines(first)
            for mode, part in then:
                yield from _led(f"{_VERBS[mode]}: ", part)
        case Typed(text, subsets):
            yield f"expression: {text}"
            for name, part in subsets:
                yield from _led(f"{_INDENT}{name} was ", part)
        case Label(column, value, how):
            yield f"{column} is {value}" + (f" ({how})" if how else "")
        case Imported(source, column, listed):
            yield f"a list of {listed:,} identifiers from {source}, looked up in {column}"
        case Combined(operation, operands):
            yield f"{operation.value.lower()}: {operation.explanation}"
            for name, part in operands:
                yield from _led(f"{_INDENT}{name}: ", part)


def _led(words: str, recipe: Recipe) -> Iterator[str]:
    """A part's lines behind some words."""
    first, *others = _lines(recipe)
    yield f"{words}{first}"
    yield from (f"{_INDENT}{line}" for line in others)


def _shape(region: Region, plane: Plane) -> str:
    x, y = (title.rpartition(" (")[0] for title in plane.titles)
    match region:
        case Rectangle(x0, x1, y0, y1):
            sides = [f"{name} {_span(low, high)}" for name, low, high in ((x, x0, x1), (y, y0, y1)) if low > -math.inf]
            kind = "rectangle" if len(sides) == 2 else "range"
            return f"{kind} with {' and '.join(sides)}"
        case Circle(centre_x, centre_y, radius_x, radius_y):
            place = f"{x} {_number(centre_x)}, {y} {_number(centre_y)}"
            return f"circle about {place} with half axes {_number(radius_x)} and {_number(radius_y)}"
        case Polygon(corners):
            return f"outline of {len(corners):,} corners"
        case Stroke(path, radius_x, radius_y):
            return f"brush stroke over {len(path):,} points with half axes {_number(radius_x)} and {_number(radius_y)}"
    return "region"


def _span(low: float, high: float) -> str:
    return f"from {_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", MINUS)
