"""Reading VOTables in every serialisation, with nothing fetched from elsewhere and no promise of a header believed."""

import base64
import binascii
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.formats.arrow_frame import annotated, to_raw_table
from stellar_gui.catalog.formats.csv_layout import mapping_of, unique_names
from stellar_gui.catalog.formats.csv_types import as_declared
from stellar_gui.catalog.formats.escaping import original
from stellar_gui.catalog.formats.file_bytes import file_bytes
from stellar_gui.catalog.formats.fits_table import fits_table
from stellar_gui.catalog.formats.raw_table import LIMITS, Limits, RawTable
from stellar_gui.catalog.formats.text_pieces import require_memory
from stellar_gui.catalog.formats.votable_binary import binary_arrays
from stellar_gui.catalog.formats.votable_fields import VoField, field_of, from_texts
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

Event = tuple[bool, str, Any, tuple[int, int]]

TYPES: Final = "types"
_CHUNK: Final = 20_000
_TABLE: Final = re.compile(rb"<(?:[\w.-]+:)?TABLE(?=[\s>])([^>]*)>")
_NAME: Final = re.compile(rb"\s(name|ID)\s*=\s*[\"']([^\"']*)[\"']")
_TEXT_BYTES: Final = 64


def read_votable(path: Path, limits: Limits = LIMITS, table: str | None = None) -> Generator[Progress, None, RawTable]:
    """Read a VOTable: TABLEDATA, BINARY, BINARY2 or FITS within the file; missing values stay missing.

    table: name, ID or number (from 1) of a table in the file; the first one without it.
    Yields Progress in bytes. Raises InputError for a damaged file, one that wants something from elsewhere or defines
    entities, one beyond the limits, and one without rows; OSError.
    """
    yield Progress(0, path.stat().st_size, "bytes")
    data = file_bytes(path, limits)
    require_memory(path, len(data), 0, limits)
    source = _Source(data)
    with _events(path, source) as events:
        return (yield from _Reader(path, source, limits, table).read(events))


def votable_tables(path: Path, limits: Limits = LIMITS) -> tuple[str, ...]:
    """The tables in a VOTable: each one's name or ID, or else its number from 1."""
    names = []
    for number, match in enumerate(_TABLE.finditer(file_bytes(path, limits).data), 1):
        known = dict(_NAME.findall(match[1]))
        names.append((known.get(b"name") or known.get(b"ID") or str(number).encode()).decode("utf-8", "replace"))
    return tuple(name if names.count(name) == 1 else str(k) for k, name in enumerate(names, 1))


class _Source:
    """The bytes of a file and how far they have been read."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self.data = data
        self.place = 0

    def read(self, count: int) -> bytes:
        """The next bytes, at most so many."""
        begin = self.place
        self.place = min(begin + count, len(self.data))
        return self.data[begin : self.place].tobytes()


@contextmanager
def _events(path: Path, source: _Source) -> Iterator[Iterable[Event]]:
    """The file's elements as they begin and end, the text of each with its end."""
    from astropy.utils.xml import iterparser

    if b"\0" in source.data[:256].tobytes():
        raise InputError(f"{path.name}: a VOTable has to be UTF-8; save it again.")
    if re.search(b"<!ENTITY", source.data.data):
        raise InputError(f"{path.name}: it defines XML entities, which no VOTable needs and which may be harmful.")
    try:
        with iterparser.get_xml_iterator(source.read) as events:
            yield events
    except (ValueError, LookupError, OverflowError, pa.ArrowException) as error:
        raise InputError(f"{path.name}: the VOTable is cut off or damaged; download or copy it again.") from error


class _Reader:
    """Takes one table from a VOTable's elements."""

    def __init__(self, path: Path, source: _Source, limits: Limits, table: str | None) -> None:
        self._path, self._source, self._limits, self._wanted = path, source, limits, table
        self._fields: list[dict[str, str]] = []
        self._metadata: dict[str, str] = {}
        self._pieces: list[pa.Table] | None = None
        self._seen: list[str] = []

    def read(self, events: Iterable[Event]) -> Generator[Progress, None, RawTable]:
        """Go through the whole file, so that what is damaged at its end is noticed too."""
        open_tags: list[str] = []
        taken = inside = False
        info: dict[str, str] = {}
        mode = ""
        iterator = iter(events)
        for start, tag, data, _ in iterator:
            if not start:
                open_tags.pop()
                parent = open_tags[-1] if open_tags else ""
                if tag == "DESCRIPTION" and data:
                    self._describe(parent, data, inside)
                elif tag == "INFO" and info.get("name"):
                    self._metadata[original(info["name"])] = original(info.get("value") or data)
                elif tag == "STREAM" and inside and not taken:
                    taken = True
                    self._take_stream(mode, data)
                elif tag == "TABLE":
                    inside = False
                continue
            open_tags.append(tag)
            if tag == "TABLE":
                inside = not taken and self._is_wanted(data)
            elif tag == "FIELD" and inside:
                self._fields.append(dict(data))
            elif tag == "VALUES" and inside and open_tags[-2:-1] == ["FIELD"]:
                self._fields[-1]["null"] = data.get("null", "")
            elif tag == "INFO":
                info = data
            elif tag == "PARAM" and data.get("name"):
                self._metadata[original(data["name"])] = original(data.get("value", ""))
            elif tag == "TABLEDATA" and inside:
                taken = True
                yield from self._take_rows(iterator)
                open_tags.pop()
            elif tag in ("BINARY", "BINARY2", "FITS") and inside:
                mode = tag
            elif tag == "PARQUET" and inside:
                raise self._elsewhere()
            elif tag == "STREAM" and inside:
                self._check_stream(data)
        return self._raw_table()

    def _is_wanted(self, attributes: dict[str, str]) -> bool:
        name = attributes.get("name") or attributes.get("ID") or ""
        self._seen.append(name or str(len(self._seen) + 1))
        mine = (str(len(self._seen)), name, attributes.get("ID"))
        return self._wanted is None or self._wanted in mine or self._wanted.lower() == name.lower()

    def _describe(self, parent: str, text: str, inside: bool) -> None:
        if parent == "FIELD" and inside:
            self._fields[-1]["description"] = text
        elif parent in ("TABLE", "RESOURCE", "VOTABLE") and (inside or parent != "TABLE"):
            self._metadata.setdefault("description", text)

    def _check_stream(self, attributes: dict[str, str]) -> None:
        if "href" in attributes:
            raise self._elsewhere()
        if attributes.get("encoding", "base64") != "base64":
            raise InputError(
                f"{self._path.name}: its table is packed inside the file; save it as BINARY2 or TABLEDATA."
            )

    def _elsewhere(self) -> InputError:
        return InputError(
            f"{self._path.name}: its rows are in another file or on a server, and nothing is fetched from there; "
            "save it as one file."
        )

    def _vo_fields(self) -> list[VoField]:
        if len(self._fields) > self._limits.columns:
            raise InputError(
                f"{self._path.name}: more than {self._limits.columns:,} columns; keep the ones you need and save the "
                "table again."
            )
        names = unique_names([original(field.get("name") or field.get("ID") or "") for field in self._fields])
        return [
            field_of(name, field.get("datatype", ""), field.get("arraysize"), field.get("null", ""))
            for name, field in zip(names, self._fields, strict=True)
        ]

    def _take_rows(self, events: Iterator[Event]) -> Generator[Progress, None, None]:
        """The rows of TABLEDATA."""
        fields = self._vo_fields()
        width, rows = len(fields), 0
        cells: list[str] = []
        self._pieces = []
        for start, tag, data, _ in events:
            if start:
                if tag == "TD" and data:
                    raise ValueError("an encoded cell")
            elif tag == "TD":
                cells.append(data)
            elif tag == "TR":
                rows += 1
                if len(cells) != width * rows:
                    raise ValueError("a row has another number of cells")
                if rows == _CHUNK:
                    self._add(fields, cells)
                    yield Progress(self._source.place, len(self._source.data), "bytes")
                    cells, rows = [], 0
            elif tag == "TABLEDATA":
                break
        if rows:
            self._add(fields, cells)

    def _add(self, fields: list[VoField], cells: list[str]) -> None:
        assert self._pieces is not None
        arrays = [from_texts(field, cells[k :: len(fields)]) for k, field in enumerate(fields)]
        self._append(pa.table(arrays, names=[field.name for field in fields]))

    def _append(self, piece: pa.Table) -> None:
        assert self._pieces is not None
        self._pieces.append(piece)
        memory = sum(each.nbytes for each in self._pieces)
        require_memory(self._path, memory, sum(map(len, self._pieces)), self._limits)

    def _take_stream(self, mode: str, text: str) -> None:
        try:
            data = np.frombuffer(base64.b64decode(text), np.uint8)
        except binascii.Error as error:
            raise ValueError("not base64") from error
        self._pieces = []
        if mode == "FITS":
            source = fits_table(self._path, data, self._limits, None)
            require_memory(self._path, source.memory, len(source.rows), self._limits)
            self._append(source.take(0, len(source.rows)))
            return
        fields = self._vo_fields()
        if fields and len(data):
            arrays = binary_arrays(fields, data, masked=mode == "BINARY2")
            self._append(pa.table(arrays, names=[field.name for field in fields]))

    def _raw_table(self) -> RawTable:
        if not self._seen or (self._wanted is not None and not (self._fields or self._pieces)):
            has = (
                f"no table “{self._wanted}” in it; it has {', '.join(self._seen[:30])}"
                if self._seen
                else "no table in it"
            )
            raise InputError(f"{self._path.name}: {has}.")
        if not self._pieces or not sum(map(len, self._pieces)):
            raise InputError(
                f"{self._path.name}: the table has column names but no rows; choose a table with stars in it."
            )
        table = pa.concat_tables(self._pieces)
        types = mapping_of(self._metadata.pop(TYPES, ""))
        columns = [
            as_declared(column, types.get(name)) for name, column in zip(table.column_names, table.columns, strict=True)
        ]
        described = dict(zip(table.column_names, self._fields, strict=False))
        units = {name: original(field.get("unit", "")) for name, field in described.items()}
        meta = {
            name: ColumnMeta(field.get("ucd", ""), original(field.get("description", "")))
            for name, field in described.items()
        }
        if not self._fields:
            return to_raw_table(table, self._metadata)
        return to_raw_table(
            annotated(pa.table(columns, names=table.column_names), units, meta), MappingProxyType(self._metadata)
        )
