"""The stars that meet an expression: columns and subsets looked up by name, arithmetic and comparisons by numpy."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar_gui.analysis.expression.parser import ExpressionError
from stellar_gui.analysis.expression.tree import (
    Arithmetic,
    Comparison,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Text,
    quoted,
    text_of,
)
from stellar_gui.analysis.star_columns import StarColumns

Mask = NDArray[np.bool_]
Value = int | float | str | NDArray[Any]

_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_COMPUTE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def evaluate(expression: Expression, columns: StarColumns) -> Mask:
    """(n,) bool, read-only: the stars that meet a condition.

    A value that is missing or not finite meets no comparison, not even `!=`; `~` turns a condition round as a set, over
    all rows. Columns of whole numbers are compared to whole numbers in all their digits.
    Raises ExpressionError for an unknown name, or where numbers, texts and conditions do not go together.
    """
    with np.errstate(all="ignore"):
        mask = _condition(expression, columns)
    mask.setflags(write=False)
    return mask


def _condition(expression: Expression, columns: StarColumns) -> Mask:
    match expression:
        case Logic(left, sign, right):
            first, second = _condition(left, columns), _condition(right, columns)
            return first & second if sign == "&" else first | second
        case Not(operand):
            return ~_condition(operand, columns)
        case Comparison(operands, operators, at):
            values = [_value(operand, columns) for operand in operands]
            mask = np.ones(len(columns), bool)
            for sign, left_value, right_value in zip(operators, values, values[1:], strict=False):
                mask &= _compared(left_value, sign, right_value, at, len(columns))
            return mask
        case Name(name, at):
            found = _looked_up(expression, columns)
            if found.dtype == np.bool_:
                return found.copy()
            raise ExpressionError(f"“{name}” at {at} is no condition; compare it with something, as {name} > 0", at)
    raise ExpressionError(f"{text_of(expression)} is no condition; compare it with something, as u - g < 0.6", 1)


def _value(expression: Expression, columns: StarColumns) -> Value:
    """A number or text for each star, or one for all."""
    match expression:
        case Number(number):
            return number
        case Text(text):
            return text
        case Name(name, at):
            found = _looked_up(expression, columns)
            if found.dtype == np.bool_:
                raise ExpressionError(f"“{name}” at {at} is a condition already; write it alone, or ~ before it", at)
            return found
        case Negative(operand, at):
            turned = _number(operand, columns, at)
            return -turned.astype(np.float64) if isinstance(turned, np.ndarray) else -turned
        case Arithmetic(left, sign, right, at):
            first, second = _number(left, columns, at), _number(right, columns, at)
            result = _COMPUTE[sign](np.asarray(first, np.float64), np.asarray(second, np.float64))
            return np.asarray(result)
    at = getattr(expression, "at", 1)
    raise ExpressionError(f"{text_of(expression)} is a condition and cannot be compared; use & or | at {at}", at)


def _number(expression: Expression, columns: StarColumns, at: int) -> int | float | NDArray[Any]:
    value = _value(expression, columns)
    if isinstance(value, str) or _is_text(value):
        raise ExpressionError(f"{text_of(expression)} is text, with which nothing can be computed at {at}", at)
    return value


def _compared(left: Value, sign: str, right: Value, at: int, stars: int) -> Mask:
    if _is_text(left) != _is_text(right):
        raise ExpressionError(f"{sign} at {at} compares a text with a number", at)
    if _is_text(left):
        if sign not in ("==", "!="):
            raise ExpressionError(f"texts cannot be ordered by {sign} at {at}; use == or !=", at)
        known = _has_text(left) & _has_text(right)
    else:
        known = np.isfinite(np.asarray(left, np.float64)) & np.isfinite(np.asarray(right, np.float64))
    met = np.asarray(_COMPARE[sign](left, right)).astype(bool) & known
    return np.broadcast_to(met, (stars,))


def _looked_up(name: Name, columns: StarColumns) -> NDArray[Any]:
    found = columns.find(name.name)
    if found is not None:
        return found
    near = columns.nearest(name.name)
    hint = f"; did you mean {quoted(near)}?" if near else ""
    raise ExpressionError(f"unknown column “{name.name}” at {name.at}{hint}", name.at)


def _is_text(value: Value) -> bool:
    return isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype == object)


def _has_text(value: Value) -> Mask:
    return np.ones((), bool) if isinstance(value, str) else pd.notna(np.asarray(value))
