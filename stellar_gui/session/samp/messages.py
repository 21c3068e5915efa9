"""What other programs send by SAMP, checked and made values; all that a message holds is text.

The messages are those of the IVOA's list of MTypes, https://wiki.ivoa.net/twiki/bin/view/IVOA/SampMTypes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.errors import InputError

LOAD_FITS: Final = "table.load.fits"
LOAD_VOTABLE: Final = "table.load.votable"
ROW_LIST: Final = "table.select.rowList"
HIGHLIGHT: Final = "table.highlight.row"
POINT_AT: Final = "coord.pointAt.sky"
RECEIVED: Final = (LOAD_VOTABLE, LOAD_FITS, ROW_LIST, HIGHLIGHT, POINT_AT)

_LONGEST_NAME: Final = 60
_LONGEST_TEXT: Final = 4096
_MOST_DIGITS: Final = 18
"""So many digits every whole number of 64 bits can have."""


@dataclass(frozen=True)
class Message:
    """Anything received; sender: the program's name; call: by which it waits for an answer, None where it does not."""

    sender: str
    call: str | None


@dataclass(frozen=True)
class TableOffer(Message):
    """A table to be loaded; table_id, url: either may be empty where a message names no table, the address never."""

    url: str
    table_id: str
    name: str


@dataclass(frozen=True, eq=False)
class RowList(Message):
    """Rows of a table that was exchanged before: (m,) int64, 0 or more, in the order sent."""

    table_id: str
    url: str
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class Highlight(Message):
    """One row of a table that was exchanged before."""

    table_id: str
    url: str
    row: int


@dataclass(frozen=True)
class Position(Message):
    """A place on the sky, deg (ICRS)."""

    ra: float
    dec: float


@dataclass(frozen=True)
class Refusal(Message):
    """A message that could not be used; sentence: why."""

    sentence: str


def read_message(mtype: object, params: object, sender: str, call: str | None) -> Message:
    """The value of a received message; a Refusal for one that is not as the list of MTypes has it."""
    try:
        if not isinstance(params, Mapping):
            raise InputError("it has no parameters")
        if mtype in (LOAD_FITS, LOAD_VOTABLE):
            return TableOffer(sender, call, _text(params, "url", needed=True), *_table_names(params))
        if mtype == POINT_AT:
            return Position(sender, call, *_place(params))
        if mtype not in (ROW_LIST, HIGHLIGHT):
            raise InputError("its kind is not known here")
        table_id, url = _text(params, "table-id"), _text(params, "url")
        if not table_id and not url:
            raise InputError("it names no table")
        if mtype == HIGHLIGHT:
            return Highlight(sender, call, table_id, url, _row(params.get("row")))
        return RowList(sender, call, table_id, url, _rows(params.get("row-list")))
    except InputError as error:
        kind = f" {mtype}" if mtype in RECEIVED else ""
        return Refusal(sender, call, f"A message{kind} from {sender} was left out: {error}.")


def program_name(metadata: object) -> str:
    """What a program calls itself, made fit to be shown: one line, not long."""
    name = metadata.get("samp.name") if isinstance(metadata, Mapping) else None
    return shown_name(name) or "another program"


def shown_name(name: object) -> str:
    """Text of another program made fit to be shown: one line, not long; empty for anything but text."""
    if not isinstance(name, str):
        return ""
    words = "".join(letter if letter.isprintable() else " " for letter in name[:_LONGEST_TEXT]).split()
    return " ".join(words)[:_LONGEST_NAME].strip()


def _table_names(params: Mapping[str, object]) -> tuple[str, str]:
    return _text(params, "table-id"), shown_name(params.get("name"))


def _text(params: Mapping[str, object], key: str, needed: bool = False) -> str:
    value = params.get(key, "")
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or (needed and not value):
        raise InputError(f"its “{key}” is not a text of up to {_LONGEST_TEXT} letters")
    return value


def _row(value: object) -> int:
    if not isinstance(value, str) or len(value) > _MOST_DIGITS or not (value.isascii() and value.isdigit()):
        raise InputError("its row is not a whole number of 0 or more, written as text")
    return int(value)


def _rows(value: object) -> NDArray[np.int64]:
    if not isinstance(value, list):
        raise InputError("its rows are not a list")
    return np.fromiter(map(_row, value), np.int64, len(value))


def _place(params: Mapping[str, object]) -> tuple[float, float]:
    found = []
    for key, low, high in (("ra", -360.0, 360.0), ("dec", -90.0, 90.0)):
        try:
            number = float(_text(params, key, needed=True))
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise InputError(f"its “{key}” is not a number of degrees from {low:g} to {high:g}, written as text")
        found.append(number)
    return found[0] % 360, found[1]
