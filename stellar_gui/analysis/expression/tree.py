"""The tree of an expression: what its parts are, and how it is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

COMPARISONS: Final = ("<=", ">=", "==", "!=", "<", ">")
WORDS: Final = {"and": "&", "or": "|", "not": "~"}
"""The words, in small letters or capitals, that may be written for the operators; columns so called are quoted."""
_PLAIN: Final = re.compile(r"[^\W\d]\w*")

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _ATOM = range(8)


@dataclass(frozen=True)
class Number:
    """A number as written, not below zero; a whole one keeps all its digits."""

    value: int | float


@dataclass(frozen=True)
class Text:
    """A text in quotes."""

    value: str


@dataclass(frozen=True)
class Name:
    """A column or a subset; at: its place in the text, counted from 1, which does not count for equality."""

    name: str
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Negative:
    """The negative of a number."""

    operand: "Expression"
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Arithmetic:
    """Two numbers and one of + - * / between them."""

    left: "Expression"
    operator: str
    right: "Expression"
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Comparison:
    """Two or more values with a comparison between each and the next, all of which must hold: `0 < u - g < 1`."""

    operands: tuple["Expression", ...]
    operators: tuple[str, ...]
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Not:
    """The stars that do not meet a condition."""

    operand: "Expression"
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Logic:
    """Two conditions and & (both) or | (either) between them."""

    left: "Expression"
    operator: str
    right: "Expression"
    at: int = field(default=1, compare=False)


Expression = Number | Text | Name | Negative | Arithmetic | Comparison | Not | Logic


def names_of(expression: Expression) -> tuple[Name, ...]:
    """The columns and subsets that an expression names, each once, in order."""
    return tuple({name.name: name for name in _names(expression)}.values())


def text_of(expression: Expression) -> str:
    """The expression as text that parses to the same tree, with no more brackets than it needs."""
    return _written(expression)[0]


def quoted(name: str) -> str:
    """A name as it stands in an expression: in backticks where it is more than letters, digits and _."""
    return name if _PLAIN.fullmatch(name) and name.lower() not in WORDS else "`" + name.replace("`", "``") + "`"


def children(expression: Expression) -> tuple[Expression, ...]:
    """The parts that an expression is made of."""
    match expression:
        case Negative(operand) | Not(operand):
            return (operand,)
        case Arithmetic(left, _, right) | Logic(left, _, right):
            return left, right
        case Comparison(operands):
            return operands
    return ()


def _names(expression: Expression) -> Iterator[Name]:
    if isinstance(expression, Name):
        yield expression
    for child in children(expression):
        yield from _names(child)


def _written(expression: Expression) -> tuple[str, int]:
    """Text, and how tightly its outermost operator binds."""

    def at_least(part: Expression, level: int) -> str:
        text, own = _written(part)
        return text if own >= level else f"({text})"

    match expression:
        case Number(value):
            return repr(value), _ATOM
        case Text(value):
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"', _ATOM
        case Name(name):
            return quoted(name), _ATOM
        case Negative(operand):
            return f"-{at_least(operand, _SIGN)}", _SIGN
        case Arithmetic(left, operator, right):
            level = _SUM if operator in "+-" else _PRODUCT
            return f"{at_least(left, level)} {operator} {at_least(right, level + 1)}", level
        case Comparison(operands, operators):
            first, *rest = (at_least(operand, _SUM) for operand in operands)
            pairs = (f" {operator} {operand}" for operator, operand in zip(operators, rest, strict=True))
            return first + "".join(pairs), _COMPARISON
        case Not(operand):
            plain = isinstance(operand, Name | Not)
            return f"~{_written(operand)[0]}" if plain else f"~({_written(operand)[0]})", _NOT
        case Logic(left, operator, right):
            level = _AND if operator == "&" else _OR
            return f"{at_least(left, level)} {operator} {at_least(right, level + 1)}", level
