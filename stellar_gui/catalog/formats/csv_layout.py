"""How a text table is laid out: comments, column names, separator, decimal sign and where its rows begin."""

import contextlib
import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.column_names import split_unit
from stellar_gui.catalog.formats.ecsv_header import FIRST, EcsvHeader, read_header
from stellar_gui.catalog.formats.raw_table import Limits
from stellar_gui.catalog.formats.text_pieces import to_text, too_long_line
from stellar_gui.errors import InputError

COLUMN_FACTS: Final = ("units", "types", "ucds", "descriptions")
"""Keys of the comments that tell something of the columns, by name."""

SEPARATORS: Final = (",", ";", "\t", "|", None)
_SAMPLE_LINES: Final = 100
_SAMPLE_BYTES: Final = 1 << 16
_METADATA: Final = re.compile(r"^#\s*([A-Za-z_][\w .-]*): (.*)$", re.DOTALL)
_TOKEN: Final = re.compile(r'"((?:[^"]|"")*)"|(\S+)')
_NUMBER: Final = re.compile(r"^[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?$")
_DECIMAL_POINT: Final = re.compile(r"^[+-]?\d*\.\d+([eE][+-]?\d+)?$")
_DECIMAL_COMMA: Final = re.compile(r"^[+-]?\d*,\d+([eE][+-]?\d+)?$")
_PADDED: Final = re.compile(r"^0\d+$")


@dataclass(frozen=True)
class Layout:
    """What is known of a text table before its rows are read.

    names: the columns, each once. separator: None for runs of blanks and tabs, one blank in ECSV. decimal: `.` or `,`.
    metadata: `# key: value` comments before the column names, or ECSV's. units, types (Arrow's names), column_meta: by
    column.
    padded: columns of digits with leading zeros, which are kept as text.
    trailing: whether the last column has no name, perhaps since rows end in a separator.
    words_missing: whether words such as NA stand for missing values, not only empty cells as in ECSV.
    start: offset of the first row in the text, bytes; line: number of lines before it.
    """

    names: tuple[str, ...]
    separator: str | None
    decimal: str
    metadata: Mapping[str, str]
    units: Mapping[str, str]
    types: Mapping[str, str]
    column_meta: Mapping[str, ColumnMeta]
    padded: frozenset[str]
    trailing: bool
    words_missing: bool
    start: int
    line: int


def read_layout(path: Path, text: bytes, limits: Limits) -> Layout:
    """Find the layout of a table from the first piece of its text.

    The column names are the first line that is neither blank nor a comment, or the last comment where that line holds
    numbers and as many of them. An ECSV's comments are its header.
    Raises InputError where there are no column names, or too many.
    """
    lines = _lines(path, text, limits)
    comments: list[str] = []
    head = None
    for head in lines:
        if head.text.startswith("#"):
            comments.append(head.text)
        elif head.text.strip():
            break
    else:
        raise InputError(
            f"{path.name}: no table in it, only comments or blank lines; choose a table with column names."
        )
    if max(map(head.text.count, ",;\t|")) >= limits.columns or len(head.text.split()) > limits.columns:
        raise InputError(
            f"{path.name}: more than {limits.columns:,} columns; keep the ones you need and save the table again."
        )
    sample: list[str] = []
    for line in lines:
        if line.text.strip() and not line.text.startswith("#"):
            sample.append(line.text)
        if len(sample) == _SAMPLE_LINES or line.end - head.end > _SAMPLE_BYTES:
            break

    ecsv = _ecsv(path, comments)
    separator = ecsv.separator if ecsv else _separator(head.text, sample)
    first = split(head.text, separator)
    start, number = head.end, head.number
    if not ecsv and any(_NUMBER.match(cell.strip()) for cell in first):
        commented = comments[-1].lstrip("#").strip() if comments and not _METADATA.match(comments[-1]) else ""
        separator_there = _separator(commented, [head.text, *sample])
        if commented and len(split(commented, separator_there)) == len(split(head.text, separator_there)):
            sample, separator, first = [head.text, *sample], separator_there, split(commented, separator_there)
            start, number = head.start, head.number - 1
        elif all(_NUMBER.match(cell.strip()) or not cell.strip() for cell in first):
            raise InputError(
                f"{path.name}: line {head.number} holds numbers where the column names should be; "
                "add a first line such as ra,dec,u,g,r,i,z."
            )
    rows = [split(line, separator) for line in sample]
    if rows and all(len(row) == len(first) + 1 and not row[-1].strip() for row in rows):
        first.append("")
    names = unique_names([cell.strip() for cell in first])
    header = ecsv or _comment_header(comments, separator)
    units = {name: unit for name in names if (unit := split_unit(name)[1])} | dict(header.units)
    return Layout(
        names=names,
        separator=separator,
        decimal=_decimal(rows) if separator != "," else ".",
        metadata=header.metadata,
        units={name: unit for name, unit in units.items() if name in names},
        types=header.types,
        column_meta={name: meta for name, meta in header.column_meta.items() if meta != ColumnMeta() and name in names},
        padded=frozenset(
            name for k, name in enumerate(names) if any(len(row) > k and _PADDED.match(row[k].strip()) for row in rows)
        ),
        trailing=not first[-1].strip(),
        words_missing=ecsv is None,
        start=start,
        line=number,
    )


def _ecsv(path: Path, comments: Sequence[str]) -> EcsvHeader | None:
    if not comments or not comments[0].startswith(FIRST):
        return None
    try:
        return read_header(comments)
    except ValueError as error:
        raise InputError(
            f"{path.name}: the header of this ECSV table is damaged; save it again, or remove its comments."
        ) from error


def _comment_header(comments: Sequence[str], separator: str | None) -> EcsvHeader:
    """What the `# key: value` comments of a CSV tell; units, types, UCDs and descriptions are JSON objects."""
    metadata = dict(_metadata(comments))
    units, types, ucds, texts = (mapping_of(metadata.pop(key, "")) for key in COLUMN_FACTS)
    meta = {name: ColumnMeta(ucds.get(name, ""), texts.get(name, "")) for name in ucds | texts}
    return EcsvHeader(separator, types, units, meta, metadata)


def split(line: str, separator: str | None) -> list[str]:
    """The cells of one line."""
    if separator is None:
        return [match[1].replace('""', '"') if match[2] is None else match[2] for match in _TOKEN.finditer(line)]
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return [line]


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Column names as pandas makes them unique: `Unnamed: 3` for an empty fourth, `u`, `u.1` for two `u`."""
    found: list[str] = []
    used = set(names)
    seen: set[str] = set()
    for k, name in enumerate(names):
        name = name or f"Unnamed: {k}"
        unique, copy = name, 0
        while unique in seen or (copy and unique in used):
            copy += 1
            unique = f"{name}.{copy}"
        seen.add(unique)
        found.append(unique)
    return tuple(found)


@dataclass(frozen=True)
class _Line:
    """A line, or several that quotes hold together; start, end: bytes; number: of the last one, from 1."""

    text: str
    start: int
    end: int
    number: int


def _lines(path: Path, text: bytes, limits: Limits) -> Iterator[_Line]:
    start, number = 0, 0
    while start < len(text):
        end = start
        comment = text.startswith(b"#", start)
        while True:
            end = text.find(b"\n", end) + 1 or len(text)
            number += 1
            if end - start > limits.line:
                raise too_long_line(path, limits, number)
            if end == len(text) or comment or text.count(b'"', start, end) % 2 == 0:
                break
        yield _Line(to_text(text[start:end]).rstrip("\r\n"), start, end, number)
        start = end


def _separator(head: str, sample: Sequence[str]) -> str | None:
    """The separator that splits most sample lines into as many cells as the head, and of these into most cells."""

    def score(separator: str | None) -> tuple[float, int]:
        width = len(split(head, separator))
        if width < 2:
            return (-1.0, width)
        widths = [
            len(cells) - (cells[-1:] == [""]) * (len(cells) > width)
            for line in sample
            if (cells := split(line, separator))
        ]
        return (widths.count(width) / max(len(widths), 1), width)

    best = max(SEPARATORS, key=score)
    return best if score(best)[0] >= 0 else ","


def _decimal(rows: Sequence[Sequence[str]]) -> str:
    cells = [cell.strip() for row in rows for cell in row]
    commas = any(_DECIMAL_COMMA.match(cell) for cell in cells)
    return "," if commas and not any(_DECIMAL_POINT.match(cell) for cell in cells) else "."


def _metadata(comments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The `# key: value` comments; a value that is a JSON string stands for its content."""
    for comment in comments:
        match = _METADATA.match(comment)
        if match is None:
            continue
        value = match[2]
        if value.startswith('"'):
            with contextlib.suppress(ValueError):
                value = str(json.loads(value))
        yield match[1], value


def mapping_of(value: str) -> dict[str, str]:
    """A JSON object of strings; empty where the value is anything else."""
    try:
        found = json.loads(value)
    except ValueError:
        return {}
    return {str(key): str(entry) for key, entry in found.items()} if isinstance(found, dict) else {}
