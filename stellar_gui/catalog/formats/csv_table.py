"""Reading text tables (CSV and its relatives) with Arrow's parser: fast, and every number as it was written."""

import csv
import io
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from stellar_gui.catalog.formats.arrow_frame import is_text, to_frame
from stellar_gui.catalog.formats.csv_layout import Layout, read_layout, split
from stellar_gui.catalog.formats.csv_types import MISSING, as_declared, as_numbers, decoded, joined
from stellar_gui.catalog.formats.raw_table import LIMITS, Limits, RawTable
from stellar_gui.catalog.formats.text_pieces import (
    Piece,
    read_pieces,
    require_memory,
    to_text,
    too_large,
    too_long_line,
)
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

_TEXT: Final = pa.binary()  # as text, but a file that is not UTF-8 is no error


def read_text_table(path: Path, limits: Limits = LIMITS) -> Generator[Progress, None, RawTable]:
    """Read a text table: separators `,` `;` `|` tab or blanks, comments, decimal commas, any usual encoding, gzip.

    Each column has one type for the whole file: integers of 64 bits (nullable where a value is missing), floats rounded
    correctly, truth values, or text; dates, integers beyond 64 bits or with leading zeros, and columns that are not
    all of one type stay text as written. A table that this program wrote gets the types back that its header tells.

    Yields Progress in bytes of the file. Raises InputError for what is not a table; OSError.
    """
    size = path.stat().st_size
    yield Progress(0, size, "bytes")
    with closing(read_pieces(path, limits)) as pieces:
        first = next(pieces, Piece(b"", 0))
        layout = read_layout(path, first.text, limits)
        parser = _Parser(path, layout, limits)
        as_text = layout.padded | {name for name, kind in layout.types.items() if kind in ("string", "large_string")}
        tables = yield from parser.parse(chain([first], pieces), layout.names, as_text)
    if not tables:
        raise InputError(f"{path.name}: the table has column names but no rows; choose a table with stars in it.")
    columns = {name: joined([table.column(name) for table in tables]) for name in layout.names}
    last = columns[layout.names[-1]]
    if layout.trailing and len(columns) > 1 and last is not None and last.null_count == len(last):
        del columns[layout.names[-1]]
    unsettled = [name for name, column in columns.items() if column is None]
    again: dict[str, pa.ChunkedArray] = {}
    if unsettled:
        with closing(read_pieces(path, limits)) as pieces:
            held = sum(column.nbytes for column in columns.values() if column is not None)
            texts = yield from parser.parse(pieces, unsettled, unsettled, held)
        again = {
            name: pa.chunked_array([c for table in texts for c in table.column(name).chunks]) for name in unsettled
        }
    settled: list[pa.ChunkedArray] = []
    for name, column in columns.items():
        if column is None:
            column = again[name]
        if not is_text(column.type):
            settled.append(as_declared(column, layout.types.get(name)))
        elif name in as_text:
            settled.append(_ecsv_text(decoded(column)) if layout.separator == " " else decoded(column))
        else:
            settled.append(as_declared(as_numbers(decoded(column), layout.decimal), layout.types.get(name)))
    yield Progress(size, size, "bytes")
    return RawTable(
        frame=to_frame(pa.table(settled, names=list(columns)), tuple(columns)),
        units=MappingProxyType(dict(layout.units)),
        metadata=MappingProxyType(dict(layout.metadata)),
        column_meta=MappingProxyType(dict(layout.column_meta)),
    )


class _Parser:
    """Parses the rows of one file, as often as needed."""

    def __init__(self, path: Path, layout: Layout, limits: Limits) -> None:
        self._path, self._layout, self._limits = path, layout, limits

    def parse(
        self, pieces: Iterable[Piece], include: Sequence[str], as_text: Collection[str], held: int = 0
    ) -> Generator[Progress, None, list[pa.Table]]:
        """Tables of the columns to include, one for each piece of the file that has rows.

        held: bytes that the table's other columns take. A thread parses a piece while the next one is read.
        """
        size = self._path.stat().st_size
        tables: list[pa.Table] = []
        memory, rows = held, 0
        with ThreadPoolExecutor(1) as pool:
            ahead: Future[pa.Table | None] | None = None
            for number, piece in enumerate(chain(pieces, [None])):
                parsed = ahead
                if piece is not None:
                    text = piece.text if number else piece.text[self._layout.start :]
                    ahead = pool.submit(self._table, text, include, as_text, number)
                    yield Progress(piece.done, size, "bytes")
                table = parsed.result() if parsed is not None else None
                if table is not None and len(table):
                    tables.append(table)
                    memory += table.nbytes
                    rows += len(table)
                if memory > self._limits.unpacked:
                    raise too_large(self._path, self._limits.unpacked)
                require_memory(self._path, memory, rows, self._limits)
        return tables

    def _table(self, text: bytes, include: Sequence[str], as_text: Collection[str], number: int) -> pa.Table | None:
        layout = self._layout
        if layout.separator is None:
            text = _single_tabs(text)
        elif b"#" in text and (text.startswith(b"#") or b"\n#" in text):
            text = _without(text, comments_only=True)
        try:
            return self._arrow(text, include, as_text) if text else None
        except pa.ArrowInvalid:
            text = _without(text, comments_only=False)
        try:
            return self._arrow(text, include, as_text) if text else None
        except pa.ArrowInvalid as error:
            raise self._explained(number) from error

    def _arrow(self, text: bytes, include: Sequence[str], as_text: Collection[str]) -> pa.Table:
        layout = self._layout
        return pyarrow.csv.read_csv(
            pa.BufferReader(text),
            read_options=pyarrow.csv.ReadOptions(
                column_names=list(self._layout.names), block_size=max(self._limits.line, 1 << 20)
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=layout.separator or "\t",
                newlines_in_values=b'"' in text,
                ignore_empty_lines=len(self._layout.names) > 1,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=list(include),
                column_types=dict.fromkeys(as_text, _TEXT),
                decimal_point=layout.decimal,
                null_values=["", *MISSING] if layout.words_missing and (b"n" in text or b"N" in text) else [""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )

    def _explained(self, failed: int) -> InputError:
        """Why a piece cannot be parsed, with the number of the line, found by reading up to it once more."""
        path, layout = self._path, self._layout
        before = 0
        with closing(read_pieces(path, self._limits)) as pieces:
            for number, piece in enumerate(pieces):
                if number < failed:
                    before += piece.text.count(b"\n")
                    continue
                text = piece.text
                if number == 0:
                    text, before = text[layout.start :], layout.line
                for line, cells in _rows(text, layout.separator):
                    if cells is None:
                        return too_long_line(path, self._limits, before + line)
                    if len(cells) != len(self._layout.names):
                        values = "1 value" if len(cells) == 1 else f"{len(cells)} values"
                        return InputError(
                            f"{path.name}: line {before + line:,} has {values} where there are {len(layout.names)} "
                            "column names; correct or remove that line."
                        )
                break
        return InputError(f"{path.name}: the rows cannot be read as a table; save it again as plain CSV.")


def _ecsv_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text between single blanks, where ECSV has nothing but quotation marks for what is missing."""
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)


def _rows(text: bytes, separator: str | None) -> Iterator[tuple[int, list[str] | None]]:
    """The rows of a text with the number of the line where each begins, from 1; None for a cell beyond all measure."""
    if separator is None:
        for number, line in enumerate(text.split(b"\n"), 1):
            if line.strip() and not line.startswith(b"#"):
                yield number, split(to_text(line), None)
        return
    reader = csv.reader(io.StringIO(to_text(text), newline=""), delimiter=separator)
    begins = 1
    try:
        for cells in reader:
            if len(cells) > 1 or (cells and cells[0].strip() and not cells[0].startswith("#")):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        yield begins, None


def _single_tabs(text: bytes) -> bytes:
    """The lines of a text with blanks between the cells, comments left out, with one tab between the cells."""
    lines = []
    for line in text.split(b"\n"):
        if line.startswith(b"#"):
            continue
        if b'"' in line:
            cells = split(line.decode("latin-1"), None)
            lines.append("\t".join('"' + cell.replace('"', '""') + '"' for cell in cells).encode("latin-1"))
        else:
            lines.append(b"\t".join(line.split()))
    return b"\n".join(lines)


def _without(text: bytes, comments_only: bool) -> bytes:
    """The lines of a text that are not comments, nor blank unless comments_only; what is inside quotes stays."""
    kept: list[bytes] = []
    inside = False
    for line in text.split(b"\n"):
        if inside or not (line.startswith(b"#") or (not comments_only and not line.strip())):
            kept.append(line)
            inside ^= line.count(b'"') % 2 == 1
    return b"\n".join(kept)
