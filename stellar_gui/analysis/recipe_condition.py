"""A recipe as a condition for other programs: a pandas expression, a condition of SQL and ADQL, or a list of names."""

import keyword
import re
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from typing import Final

import numpy as np

from stellar_gui.analysis.expression import Expression, names_of, parse
from stellar_gui.analysis.expression.tree import (
    Arithmetic,
    Comparison,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Text,
)
from stellar_gui.analysis.planes import ColorColor, ColorMagnitude, LatentPlane, Plane, ResidualPlane
from stellar_gui.analysis.recipes import (
    Combined,
    Drawn,
    Everything,
    Gestures,
    Imported,
    Label,
    Mask,
    Operation,
    Recipe,
    Rows,
    Typed,
)
from stellar_gui.analysis.regions import Circle, Rectangle
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.errors import InputError

_OPPOSITE: Final = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
MOST_PARTS: Final = 2_000
"""Of a condition that is written; a subset that is named twice stands in it twice."""
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EVERY: Final = Comparison((Name("r"), Name("r")), ("==",))
"""Met by every star that has an r magnitude."""


class NoConditionError(InputError):
    """A recipe that no condition can state; the sentence says why, and what to copy instead."""


def condition(recipe: Recipe) -> Expression:
    """The recipe as an expression on columns alone, without subsets.

    Rectangles, ranges and circles of columns have one, and whatever is made of such; the cuts are not part of it.
    Raises NoConditionError for all else.
    """
    match recipe:
        case Everything():
            return _EVERY
        case Drawn():
            return _drawn(recipe)
        case Gestures(first, then):
            tree = Not(_EVERY) if first is None else condition(first)
            for mode, part in then:
                tree = _after(tree, mode, condition(part))
            return tree
        case Typed(text, subsets):
            return _without_subsets(parse(text), {name: condition(part) for name, part in subsets})
        case Label(column, value):
            return Comparison((Name(column), _literal(value)), ("==",))
        case Combined(operation, operands):
            return _joined(operation, [condition(part) for _, part in operands])
        case Rows() | Imported():
            raise NoConditionError("A list of stars has no condition; copy the identifiers.")


def as_pandas(recipe: Recipe, columns: StarColumns) -> str:
    """The recipe for `DataFrame.query` on a table that was exported with all columns.

    Raises NoConditionError where there is no such expression.
    """
    return _Pandas(columns).written(condition(recipe))


def as_sql(recipe: Recipe, columns: StarColumns) -> str:
    """The recipe as a condition behind WHERE, in SQL and ADQL alike, with the names of the catalogue's source.

    Raises NoConditionError where there is none, as for columns that the database does not have.
    """
    return _Sql(columns).written(condition(recipe))


def identifiers(catalog: Catalog, mask: Mask) -> list[str]:
    """What the chosen stars are called in the identifier column, or their rows counted from 1 where there is none."""
    rows = np.flatnonzero(mask)
    column = catalog.columns.get("identifier")
    if column is None:
        return [str(row + 1) for row in rows.tolist()]
    return [str(value) for value in catalog.table[column].iloc[rows].dropna()]


def _drawn(recipe: Drawn) -> Expression:
    x, y = _axes(recipe.plane)
    match recipe.region:
        case Rectangle(x0, x1, y0, y1):
            sides = [_between(axis, low, high) for axis, low, high in ((x, x0, x1), (y, y0, y1)) if np.isfinite(low)]
            return reduce(lambda left, right: Logic(left, "&", right), sides)
        case Circle(centre_x, centre_y, radius_x, radius_y):
            squares = [
                Arithmetic(part, "*", part)
                for part in (_in_radii(x, centre_x, radius_x), _in_radii(y, centre_y, radius_y))
            ]
            return Comparison((Arithmetic(squares[0], "+", squares[1]), Number(1)), ("<=",))
    raise NoConditionError("A lasso, polygon or brush stroke has no short condition; copy the identifiers.")


def _axes(plane: Plane) -> tuple[Expression, Expression]:
    match plane:
        case LatentPlane(flat):
            return Name("latent_1"), Name("rec_error" if flat else "latent_2")
        case ColorMagnitude():
            return _color(1), Name("r")
        case ColorColor(first):
            return _color(first), _color(first + 1)
        case ResidualPlane(band):
            return Name(BAND_NAMES[band]), Name(f"{BAND_NAMES[band]}_res")
    raise NoConditionError("A region on the projected sky has no condition on columns; copy the identifiers.")


def _color(first: int) -> Expression:
    return Arithmetic(Name(BAND_NAMES[first]), "-", Name(BAND_NAMES[first + 1]))


def _literal(value: float | str) -> Expression:
    if isinstance(value, str):
        return Text(value)
    return Negative(Number(-value)) if value < 0 else Number(value)


def _between(axis: Expression, low: float, high: float) -> Expression:
    return Comparison((_literal(low), axis, _literal(high)), ("<=", "<="))


def _in_radii(axis: Expression, centre: float, radius: float) -> Expression:
    return Arithmetic(Arithmetic(axis, "-", _literal(centre)), "/", _literal(radius))


def _after(before: Expression, mode: Mode, gesture: Expression) -> Expression:
    match mode:
        case Mode.REPLACE:
            return gesture
        case Mode.ADD:
            return Logic(before, "|", gesture)
        case Mode.REMOVE:
            return Logic(before, "&", Not(gesture))
        case Mode.INTERSECT:
            return Logic(before, "&", gesture)


def _joined(operation: Operation, operands: list[Expression]) -> Expression:
    def by(sign: str, parts: list[Expression]) -> Expression:
        return reduce(lambda left, right: Logic(left, sign, right), parts)

    match operation:
        case Operation.UNION:
            return by("|", operands)
        case Operation.INTERSECTION:
            return by("&", operands)
        case Operation.DIFFERENCE:
            return by("&", [operands[0], *(Not(each) for each in operands[1:])])
        case Operation.SYMMETRIC_DIFFERENCE:  # of n subsets 2^n parts, shared in the tree
            return reduce(
                lambda left, right: Logic(Logic(left, "&", Not(right)), "|", Logic(right, "&", Not(left))), operands
            )
        case Operation.COMPLEMENT:
            return Not(by("|", operands))


def _without_subsets(tree: Expression, subsets: dict[str, Expression]) -> Expression:
    match tree:
        case Name(name) if name in subsets:
            return subsets[name]
        case Not(operand):
            return replace(tree, operand=_without_subsets(operand, subsets))
        case Logic(left, _, right):
            return replace(tree, left=_without_subsets(left, subsets), right=_without_subsets(right, subsets))
    return tree


class _Pandas:
    """Writes a tree in the language of `DataFrame.query`; every part in brackets, since its precedence is another."""

    both, either = "&", "|"

    def __init__(self, columns: StarColumns) -> None:
        self._columns = columns
        self._parts = 0

    def written(self, tree: Expression) -> str:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise NoConditionError("Its condition would be too long to be of use; copy the identifiers.")
        match tree:
            case Number(value):
                return repr(value)
            case Text(value):
                return self.text(value)
            case Name(name):
                return self.name(name)
            case Negative(operand):
                return f"-{self._inner(operand)}"
            case Not(operand):
                return self.negation(operand)
            case Arithmetic(left, sign, right):
                return f"{self._inner(left)} {sign} {self._inner(right)}"
            case Logic(left, sign, right):
                joint = self.both if sign == "&" else self.either
                return f"{self._inner(left)} {joint} {self._inner(right)}"
            case Comparison(operands, operators):
                pairs = zip(pairwise(operands), operators, strict=True)
                parts = [self.comparison(left, sign, right) for (left, right), sign in pairs]
                return parts[0] if len(parts) == 1 else f" {self.both} ".join(f"({part})" for part in parts)

    def negation(self, tree: Expression) -> str:
        """The stars that do not meet a condition."""
        return f"~ {self._inner(tree)}"

    def comparison(self, left: Expression, sign: str, right: Expression) -> str:
        """Two values compared; missing ones are not unequal to anything."""
        text = f"{self._inner(left)} {sign} {self._inner(right)}"
        known = [self._inner(each) for each in (left, right) if not isinstance(each, Number | Text | Negative)]
        if sign == "!=" and known:
            return " & ".join([f"({text})", *(f"({each} == {each})" for each in known)])
        return text

    def text(self, value: str) -> str:
        """A text in quotes."""
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def name(self, name: str) -> str:
        """A column of the exported table."""
        name = self._columns.source_name(name)
        return name if _PLAIN.fullmatch(name) and not keyword.iskeyword(name) else f"`{name}`"

    def _inner(self, tree: Expression) -> str:
        text = self.written(tree)
        return text if isinstance(tree, Number | Text | Name) else f"({text})"


class _Sql(_Pandas):
    """Writes a tree as SQL, where a comparison with NULL is neither true nor false: NOT is written without it."""

    both, either = "AND", "OR"

    def negation(self, tree: Expression) -> str:
        """The stars that do not meet a condition, those with NULL among them."""
        match tree:
            case Not(operand):
                return self.written(operand)
            case Logic(left, sign, right):
                return self.written(Logic(Not(left), "|" if sign == "&" else "&", Not(right)))
            case Comparison(operands, operators):
                pairs = zip(pairwise(operands), operators, strict=True)
                turned = [self.comparison(left, _OPPOSITE[sign], right) for (left, right), sign in pairs]
                missing = [f"{self.name(name.name)} IS NULL" for name in names_of(tree)]
                return " OR ".join(f"({part})" for part in (*turned, *missing))
        return f"NOT {self._inner(tree)}"

    def comparison(self, left: Expression, sign: str, right: Expression) -> str:
        """Two values compared; what is NULL meets none of it."""
        sign = {"==": "=", "!=": "<>"}.get(sign, sign)
        return f"{self._inner(left)} {sign} {self._inner(right)}"

    def text(self, value: str) -> str:
        """A text in single quotes, doubled within."""
        return "'" + value.replace("'", "''") + "'"

    def name(self, name: str) -> str:
        """A column of the source; in double quotes where it is no plain word."""
        if name in self._columns.network_names or re.fullmatch(r"latent_\d+|rec_error|[ugriz]_re[cs]", name):
            raise NoConditionError(f"A database has no {name}, which the autoencoder made; copy the identifiers.")
        if name in self._columns.finding_names:
            raise NoConditionError(f"A database has no {name}, which an analysis found; copy the identifiers.")
        name = self._columns.source_name(name)
        return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'
