"""What a session's manifest says of each subset beside its name: colour, visibility, notes, and the recipe as JSON."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from stellar_gui.analysis.expression import parse
from stellar_gui.analysis.planes import ColorColor, ColorMagnitude, LatentPlane, Plane, ResidualPlane, SkyPlane
from stellar_gui.analysis.recipes import (
    EVERYTHING,
    MOST_PARTS,
    Combined,
    Drawn,
    Everything,
    Gestures,
    Imported,
    Label,
    Operation,
    Recipe,
    Rows,
    Typed,
    size,
)
from stellar_gui.analysis.regions import Circle, Polygon, Rectangle, Region, Stroke
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.sky import Projection, ProjectionKind
from stellar_gui.analysis.subsets import COLORS, Mask, Subset, Subsets
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.errors import InputError

_COLOR: Final = re.compile(r"#[0-9a-f]{6}")
_DEEPEST: Final = 60
_UNBOUNDED: Final = (-math.inf, math.inf)


@dataclass(frozen=True)
class SubsetFacts:
    """A subset without its members."""

    color: str
    visible: bool
    notes: str
    recipe: Recipe

    def subset(self, name: str, mask: Mask) -> Subset:
        """The subset, with its name and members."""
        return Subset(name, mask, self.color, self.visible, self.notes, self.recipe)


def facts_of(subsets: Subsets) -> tuple[SubsetFacts, ...]:
    """What is to be saved of each subset beside name and members."""
    return tuple(SubsetFacts(each.color, each.visible, each.notes, each.recipe) for each in subsets.all)


def plain_facts(count: int) -> tuple[SubsetFacts, ...]:
    """Those of so many subsets in a session that keeps only names and members, as before version 4."""
    return tuple(SubsetFacts(COLORS[k % len(COLORS)], True, "", Rows()) for k in range(count))


def to_json(facts: Sequence[SubsetFacts]) -> list[dict[str, Any]]:
    """The facts as JSON values; equal facts give equal ones."""
    return [
        {"color": each.color, "visible": each.visible, "notes": each.notes, "recipe": _recipe_json(each.recipe)}
        for each in facts
    ]


def from_json(content: Any, count: int) -> tuple[SubsetFacts, ...]:
    """Read the facts of so many subsets; raises KeyError, TypeError or ValueError for anything that is none."""
    if not isinstance(content, list) or len(content) != count:
        raise ValueError("subset facts")
    return tuple(_facts(each) for each in content)


def _facts(content: Any) -> SubsetFacts:
    color, visible, notes = content["color"], content["visible"], content["notes"]
    if not isinstance(color, str) or not _COLOR.fullmatch(color):
        raise ValueError("a subset's color")
    if not isinstance(visible, bool) or not isinstance(notes, str):
        raise TypeError("a subset's notes")
    recipe = _recipe(content["recipe"], 0)
    if size(recipe) > MOST_PARTS:
        raise ValueError("a recipe of too many parts")
    return SubsetFacts(color, visible, notes, recipe)


def _recipe_json(recipe: Recipe) -> dict[str, Any]:
    match recipe:
        case Rows(what):
            return {"kind": "rows", "what": what}
        case Everything():
            return {"kind": "everything"}
        case Drawn(plane, region, model):
            return {"kind": "drawn", "plane": _plane_json(plane), "region": _region_json(region), "model": model}
        case Gestures(first, then):
            steps = [{"mode": mode.name.lower(), "recipe": _recipe_json(part)} for mode, part in then]
            return {"kind": "gestures", "first": None if first is None else _recipe_json(first), "then": steps}
        case Typed(text, subsets):
            return {"kind": "typed", "expression": text, "subsets": _named_json(subsets)}
        case Label(column, value, how):
            return {"kind": "label", "column": column, "value": value, "how": how}
        case Imported(source, column, listed):
            return {"kind": "imported", "source": source, "column": column, "listed": listed}
        case Combined(operation, operands):
            return {"kind": "combined", "operation": operation.name.lower(), "operands": _named_json(operands)}


def _named_json(named: Sequence[tuple[str, Recipe]]) -> list[dict[str, Any]]:
    return [{"name": name, "recipe": _recipe_json(part)} for name, part in named]


def _plane_json(plane: Plane) -> dict[str, Any]:
    match plane:
        case LatentPlane(flat):
            return {"kind": "latent", "flat": flat}
        case ColorMagnitude():
            return {"kind": "color_magnitude"}
        case ColorColor(first):
            return {"kind": "color_color", "first": first}
        case ResidualPlane(band):
            return {"kind": "residual", "band": BAND_NAMES[band]}
        case SkyPlane(projection):
            centre = {"ra": projection.ra, "dec": projection.dec}
            return {"kind": "sky", "projection": projection.kind.value, **centre}
    raise TypeError(f"{type(plane).__name__} has no place in a session")


def _region_json(region: Region) -> dict[str, Any]:
    match region:
        case Rectangle(x0, x1, y0, y1):
            sides = [None if math.isinf(side) else side for side in (x0, x1, y0, y1)]
            return {"kind": "rectangle", "sides": sides}
        case Circle(x, y, radius_x, radius_y):
            return {"kind": "circle", "centre": [x, y], "radii": [radius_x, radius_y]}
        case Polygon(corners):
            return {"kind": "polygon", "corners": [list(corner) for corner in corners]}
        case Stroke(path, radius_x, radius_y):
            return {"kind": "stroke", "path": [list(point) for point in path], "radii": [radius_x, radius_y]}
    raise TypeError(f"{type(region).__name__} has no place in a session")


def _recipe(content: Any, depth: int) -> Recipe:
    if depth > _DEEPEST:
        raise ValueError("a recipe of too many parts within each other")
    kind = _text(content, "kind")
    match kind:
        case "rows":
            return Rows(_text(content, "what"))
        case "everything":
            return EVERYTHING
        case "drawn":
            model = None if content["model"] is None else _text(content, "model")
            return Drawn(_plane(content["plane"]), _region(content["region"]), model)
        case "gestures":
            first = None if content["first"] is None else _recipe(content["first"], depth + 1)
            steps = [(_mode(step["mode"]), _recipe(step["recipe"], depth + 1)) for step in _list(content["then"])]
            return Gestures(first, tuple(steps))
        case "typed":
            text = _text(content, "expression")
            try:
                parse(text)
            except InputError as error:
                raise ValueError("an expression") from error
            return Typed(text, _named(content["subsets"], depth))
        case "label":
            value = content["value"]
            if isinstance(value, bool) or not isinstance(value, int | str):
                raise TypeError("a label")
            if isinstance(value, int) and not -(2**63) <= value < 2**63:
                raise ValueError("the number of a label")
            return Label(_text(content, "column"), value, _text(content, "how"))
        case "imported":
            return Imported(_text(content, "source"), _text(content, "column"), _whole(content["listed"], 2**40))
        case "combined":
            operands = _named(content["operands"], depth)
            if not operands:
                raise ValueError("an operation on nothing")
            return Combined(Operation[_text(content, "operation").upper()], operands)
    raise ValueError("a recipe of a kind that is not known")


def _named(content: Any, depth: int) -> tuple[tuple[str, Recipe], ...]:
    return tuple((_text(each, "name"), _recipe(each["recipe"], depth + 1)) for each in _list(content))


def _plane(content: Any) -> Plane:
    makers: dict[str, Callable[[], Plane]] = {
        "latent": lambda: LatentPlane(_truth(content["flat"])),
        "color_magnitude": ColorMagnitude,
        "color_color": lambda: ColorColor(_whole(content["first"], 3)),
        "residual": lambda: ResidualPlane(BAND_NAMES.index(_text(content, "band"))),
        "sky": lambda: SkyPlane(_projection(content)),
    }
    return makers[_text(content, "kind")]()


def _projection(content: Any) -> Projection:
    ra, dec = _number(content["ra"]), _number(content["dec"])
    if not (0 <= ra <= 360 and -90 <= dec <= 90):
        raise ValueError("the centre of a projection")
    return Projection(ProjectionKind(_text(content, "projection")), ra, dec)


def _region(content: Any) -> Region:
    match _text(content, "kind"):
        case "rectangle":
            low_x, high_x, low_y, high_y = _list(content["sides"])
            x, y = _sides(low_x, high_x), _sides(low_y, high_y)
            if x == y == _UNBOUNDED:
                raise ValueError("a rectangle without sides")
            return Rectangle(*x, *y)
        case "circle":
            circle = Circle(*_pair(content["centre"]), *_pair(content["radii"]))
            if not (circle.radius_x > 0 and circle.radius_y > 0):
                raise ValueError("the radii of a circle")
            return circle
        case "polygon":
            return Polygon(tuple(_pair(corner) for corner in _list(content["corners"])))
        case "stroke":
            return Stroke(tuple(_pair(point) for point in _list(content["path"])), *_pair(content["radii"]))
    raise ValueError("a region of a kind that is not known")


def _mode(name: Any) -> Mode:
    if not isinstance(name, str):
        raise TypeError("a mode")
    return Mode[name.upper()]


def _text(content: Mapping[str, Any], key: str) -> str:
    if not isinstance(content, Mapping) or not isinstance(content[key], str):
        raise TypeError(f"{key} is not text")
    return str(content[key])


def _list(content: Any) -> list[Any]:
    if not isinstance(content, list):
        raise TypeError("a list")
    return content


def _truth(content: Any) -> bool:
    if not isinstance(content, bool):
        raise TypeError("a truth value")
    return content


def _whole(content: Any, below: int) -> int:
    if isinstance(content, bool) or not isinstance(content, int) or not 0 <= content < below:
        raise ValueError("a whole number")
    return content


def _number(content: Any) -> float:
    if isinstance(content, bool) or not isinstance(content, int | float) or not math.isfinite(content):
        raise ValueError("a number")
    return float(content)


def _pair(content: Any) -> tuple[float, float]:
    first, second = _list(content)
    return _number(first), _number(second)


def _sides(low: Any, high: Any) -> tuple[float, float]:
    """Both sides of an axis, or none of a range along the other one."""
    return _UNBOUNDED if low is None and high is None else (_number(low), _number(high))
