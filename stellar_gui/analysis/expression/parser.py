"""From the text of an expression to its tree, by recursive descent; errors say what is wrong and where."""

import math
import re
from dataclasses import dataclass
from typing import Final, NoReturn

from stellar_gui.analysis.expression.tree import (
    COMPARISONS,
    WORDS,
    Arithmetic,
    Comparison,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Text,
)
from stellar_gui.errors import InputError

LONGEST: Final = 10_000
DEEPEST: Final = 50
"""Brackets and signs within each other, so that no text can exhaust the stack."""
MOST_TOKENS: Final = 400

_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[^\W\d]\w*)
    | `(?P<quoted>(?:[^`]|``)+)`
    | "(?P<double>(?:[^"\\]|\\.)*)"
    | '(?P<single>(?:[^'\\]|\\.)*)'
    | (?P<operator><=|>=|==|!=|[<>&|~()+*/-])
    """,
    re.VERBOSE | re.DOTALL,
)
_END: Final = "the end"


class ExpressionError(InputError):
    """An expression that means nothing; `at` is the place in its text, counted from 1."""

    def __init__(self, sentence: str, at: int) -> None:
        super().__init__(sentence)
        self.at = at


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Expression:
    """The tree of an expression.

    From the loosest to the tightest: `|` or `or`, `&` or `and`, `~` or `not`, comparisons (which may be chained),
    `+ -`, `* /`, the sign. A name stands as it is or in `backticks` (doubled within), a text in quotes of either kind.
    Raises ExpressionError, one sentence with the place.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression is longer than {LONGEST:,} characters; name its parts as subsets", 1)
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            _refuse(text, place)
        kind = str(found.lastgroup)
        sign = WORDS.get(found[0].lower()) if kind == "name" else None
        if sign is not None:
            tokens.append(_Token("operator", sign, place + 1))
        elif kind != "space":
            tokens.append(_Token(kind, found[kind], place + 1))
        place = found.end()
    if len(tokens) > MOST_TOKENS:
        raise ExpressionError("the expression has too many parts; name some of them as subsets", 1)
    return [*tokens, _Token("end", _END, len(text) + 1)]


def _refuse(text: str, place: int) -> NoReturn:
    sign, at = text[place], place + 1
    if sign in "\"'`":
        raise ExpressionError(f"the {sign} at {at} is not closed", at)
    if sign == "=":
        raise ExpressionError(f"write == for equal in place of the = at {at}", at)
    if sign == "!":
        raise ExpressionError(f"! at {at} is no operator; write ~ for not", at)
    if sign in "\N{MINUS SIGN}\N{EN DASH}":
        raise ExpressionError(f"“{sign}” at {at} is no operator; write - for minus", at)
    raise ExpressionError(f"“{sign}” at {at} has no meaning here", at)


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def whole(self) -> Expression:
        tree = self._either()
        if self._next.kind != "end":
            token = self._next
            what = "the bracket" if token.text == ")" else f"“{token.text}”"
            why = "closes nothing" if token.text == ")" else "follows without an operator"
            raise ExpressionError(f"{what} at {token.at} {why}", token.at)
        return tree

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self, *operators: str) -> _Token | None:
        token = self._next
        if token.kind != "operator" or token.text not in operators:
            return None
        self._place += 1
        return token

    def _either(self) -> Expression:
        tree = self._both()
        while operator := self._take("|"):
            tree = Logic(tree, "|", self._both(), operator.at)
        return tree

    def _both(self) -> Expression:
        tree = self._condition()
        while operator := self._take("&"):
            tree = Logic(tree, "&", self._condition(), operator.at)
        return tree

    def _condition(self) -> Expression:
        if operator := self._take("~"):
            self._deeper(operator)
            tree = Not(self._condition(), operator.at)
            self._depth -= 1
            return tree
        operands, operators, at = [self._sum()], [], 0
        while operator := self._take(*COMPARISONS):
            at = at or operator.at
            operators.append(operator.text)
            operands.append(self._sum())
        return Comparison(tuple(operands), tuple(operators), at) if operators else operands[0]

    def _sum(self) -> Expression:
        tree = self._product()
        while operator := self._take("+", "-"):
            tree = Arithmetic(tree, operator.text, self._product(), operator.at)
        return tree

    def _product(self) -> Expression:
        tree = self._signed()
        while operator := self._take("*", "/"):
            tree = Arithmetic(tree, operator.text, self._signed(), operator.at)
        return tree

    def _signed(self) -> Expression:
        if operator := self._take("-"):
            self._deeper(operator)
            tree = Negative(self._signed(), operator.at)
            self._depth -= 1
            return tree
        return self._atom()

    def _atom(self) -> Expression:
        token = self._next
        if opening := self._take("("):
            self._deeper(opening)
            tree = self._either()
            self._depth -= 1
            if not self._take(")"):
                raise ExpressionError(f"the bracket at {opening.at} is not closed", opening.at)
            return tree
        self._place += 1
        match token.kind:
            case "number":
                return Number(_number(token))
            case "name":
                return Name(token.text, token.at)
            case "quoted":
                return Name(token.text.replace("``", "`"), token.at)
            case "double" | "single":
                return Text(re.sub(r"\\(.)", r"\1", token.text, flags=re.DOTALL))
        what = "it ends" if token.kind == "end" else f"“{token.text}” stands"
        raise ExpressionError(f"a column, a number or a condition is missing where {what} at {token.at}", token.at)

    def _deeper(self, token: _Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(f"too many brackets within each other at {token.at}", token.at)


def _number(token: _Token) -> int | float:
    if token.text.isdecimal() and len(token.text) <= 300:
        return int(token.text)
    value = float(token.text)
    if not math.isfinite(value):
        raise ExpressionError(f"{token.text} at {token.at} is too large a number", token.at)
    return value
