"""A query as text: its star limit, what is odd about it, and its division into ranges of a column."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final, NamedTuple

from stellar_gui.errors import InputError

TOKEN: Final = re.compile(
    r"""(?P<comment>--[^\n]*|/\*(?s:.)*?(?:\*/|\Z))
      | (?P<string>'(?:[^']|'')*(?:'|\Z))
      | (?P<name>\[[^\]\n]*\]?|"[^"\n]*"?)
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d]\w*)
      | (?P<mark>[^\s\w])""",
    re.VERBOSE,
)
"""One piece of a query; the group that matched tells its kind."""

LONGEST: Final = 100_000
"""Characters of a query, far more than a server takes."""
MOST_PARTS: Final = 1_000
_LIMIT_TOKENS: Final = 7
_READING: Final = ("SELECT", "WITH")

# objid (SDSS DR8 on): bits 59-62 sky version 2, 48-58 rerun 301, 32-47 run, of which the survey's are below 8,200
_FIRST_OBJID: Final = (2 << 59) + (301 << 48)
_OBJIDS: Final = 8_200 << 32
SPLITS: Final = ("ra", "objid")
"""The columns by whose ranges a query can be divided."""


class Edit(NamedTuple):
    """Text to be put in place of the characters from start to end."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Split:
    """Into how many ranges of which column (`SPLITS`) a query is divided."""

    column: str
    parts: int

    def __post_init__(self) -> None:
        if self.column not in SPLITS:
            raise InputError(f"a query cannot be divided by {self.column}; use one of {', '.join(SPLITS)}.")
        if not 2 <= self.parts <= MOST_PARTS:
            raise InputError(f"a query is divided into 2 to {MOST_PARTS:,} parts, not {self.parts:,}.")

    def conditions(self) -> list[str]:
        """The condition of each part; together they hold for every value, each value in one of them."""
        shares = range(1, self.parts)
        if self.column == "ra":
            texts = [f"{360 * k / self.parts:.10g}" for k in shares]
        else:
            texts = [str(_FIRST_OBJID + _OBJIDS * k // self.parts) for k in shares]
        name = f"part.{self.column}"
        between = [f"{name} >= {a} AND {name} < {b}" for a, b in pairwise(texts)]
        return [f"{name} < {texts[0]}", *between, f"{name} >= {texts[-1]}"]


def checked(sql: str) -> str:
    """A query without blanks and semicolons at its end; InputError where it is empty or far too long."""
    if len(sql) > LONGEST:
        raise InputError(f"the query has more than {LONGEST:,} characters; shorten it.")
    tokens = _tokens(sql)
    while tokens and tokens[-1].group() == ";":
        end = tokens.pop()
        sql = sql[: end.start()] + sql[end.end() :]
    if not tokens:
        raise InputError("the query is empty; write one, or take an example.")
    return sql.strip()


def remarks(sql: str) -> list[str]:
    """What should be said of a query before it is sent: that it does not only read, or is more than one."""
    if len(sql) > LONGEST:
        return []
    tokens = _tokens(sql)
    if not tokens:
        return []
    found = []
    if tokens[0].group().upper() not in _READING:
        found.append("This is no SELECT query: SkyServer only lets tables be read, and will probably refuse it.")
    marks = [token.group() for token in tokens]
    while marks and marks[-1] == ";":
        marks.pop()
    if ";" in marks:
        found.append("These are several statements: only an answer of one table can be kept; send one at a time.")
    return found


def star_limit(sql: str) -> int | None:
    """The number after TOP in the outermost SELECT; None where there is none."""
    edit = _limit_place(_first_tokens(sql))
    return int(edit.text) if edit is not None and edit.text else None


def star_limit_edit(sql: str, stars: int) -> Edit | None:
    """What to change in a query for it to give at most that many stars; None where TOP has no place in it."""
    place = _limit_place(_first_tokens(sql))
    if place is None:
        return None
    return place._replace(text=str(stars) if place.text else f" TOP {stars}")


def with_star_limit(sql: str, stars: int) -> str:
    """The query with that star limit, unchanged where TOP has no place in it."""
    edit = star_limit_edit(sql, stars)
    return sql if edit is None else sql[: edit.start] + edit.text + sql[edit.end :]


def divided(sql: str, split: Split, stars: int) -> list[str]:
    """The query once for each part, with that star limit for each; a row without the column's value is in no part.

    Raises InputError for a query that cannot be a part of another: several statements, one not beginning with SELECT,
    one in a certain order, or one without the column.
    """
    tokens = _tokens(sql)
    words = [token.group().upper() for token in tokens]
    if words[0] != "SELECT" or ";" in words:
        raise InputError("only a single SELECT query can be divided; leave out what comes before or after it.")
    if _outer(words, "ORDER"):
        raise InputError("a query with ORDER BY cannot be divided; take that out.")
    if split.column.upper() not in words and "*" not in words:
        raise InputError(f"the query gives no column {split.column} to divide it by; add it, such as p.{split.column}.")
    if _limit_place(tokens) is None:
        raise InputError("a query with TOP ... PERCENT cannot be divided; take that out.")
    inner = _without_limit(sql, tokens)
    return [f"SELECT TOP {stars} * FROM (\n{inner}\n) AS part WHERE {condition}" for condition in split.conditions()]


def _code(sql: str) -> Iterator[re.Match[str]]:
    return (match for match in TOKEN.finditer(sql) if match.lastgroup != "comment")


def _tokens(sql: str) -> list[re.Match[str]]:
    return list(_code(sql))


def _first_tokens(sql: str) -> list[re.Match[str]]:
    """As many as a star limit may take."""
    return list(islice(_code(sql), _LIMIT_TOKENS))


def _limit_place(tokens: Sequence[re.Match[str]]) -> Edit | None:
    """Where the number after TOP stands, with its text, or an empty place for it; None where it has none."""
    words = [token.group().upper() for token in tokens[:_LIMIT_TOKENS]]
    if not words or words[0] != "SELECT":
        return None
    k = 2 if len(words) > 1 and words[1] in ("DISTINCT", "ALL") else 1
    if len(words) <= k or words[k] != "TOP":
        return Edit(tokens[k - 1].end(), tokens[k - 1].end(), "")
    k += 2 if words[k + 1 : k + 2] == ["("] else 1
    after = words[k + 1 : k + 3]
    if len(words) <= k or not words[k].isdecimal() or "PERCENT" in after:
        return None
    return Edit(tokens[k].start(), tokens[k].end(), tokens[k].group())


def _without_limit(sql: str, tokens: Sequence[re.Match[str]]) -> str:
    words = [token.group().upper() for token in tokens[:_LIMIT_TOKENS]]
    if "TOP" not in words[1:3]:
        return sql
    first = words.index("TOP", 1)
    last = first + (3 if words[first + 1] == "(" else 1)
    return sql[: tokens[first].start()] + sql[tokens[last].end() :].lstrip()


def _outer(words: Sequence[str], word: str) -> bool:
    """Whether a word stands outside all parentheses."""
    depth = 0
    for each in words:
        depth += (each == "(") - (each == ")")
        if each == word and not depth:
            return True
    return False
