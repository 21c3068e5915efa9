"""Tables of any length read piece by piece, so that memory does not grow with them."""

import json
import shutil
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import gettempdir
from typing import Final
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.columns import LARGEST_EXACT_FLOAT
from stellar_gui.catalog.formats.arrow_frame import column_meta_of, from_frame, units_of
from stellar_gui.catalog.formats.csv_layout import read_layout, unique_names
from stellar_gui.catalog.formats.csv_table import read_text_table
from stellar_gui.catalog.formats.fits_table import open_fits, read_fits
from stellar_gui.catalog.formats.parquet_table import read_parquet
from stellar_gui.catalog.formats.raw_table import LIMITS
from stellar_gui.catalog.formats.text_pieces import read_pieces
from stellar_gui.catalog.reading import load_table, reader_of
from stellar_gui.errors import InputError, OutputError
from stellar_gui.progress import drain

_LIMITS: Final = replace(LIMITS, unpacked=1 << 40, memory=1 << 41)
"""For a table that is never there as a whole: as long as a terabyte of text."""

_BATCH_ROWS: Final = 1 << 16
_TYPES: Final = b"# types:"


@dataclass(frozen=True, eq=False)
class Piece:
    """Some rows of a table, all of its columns; share: of the file that has been read with them, 0 to 1."""

    table: pa.Table
    units: Mapping[str, str]
    column_meta: Mapping[str, ColumnMeta]
    share: float


def read_table_pieces(
    path: Path,
    types: Mapping[str, pa.DataType] | None = None,
    table: str | None = None,
    columns: Sequence[str] | None = None,
) -> Generator[Piece, None, None]:
    """The rows of a table in order, some ten thousand at a time; a VOTable is read as a whole first.

    types: by column, as `Types` found them when the table was read before; without them a column of a text table may
    have another type in each piece. table: as for `load_table`.
    Raises InputError as `load_table` does, OutputError where there is no room for temporary files.
    """
    with closing(load_table(path, _LIMITS, table)) as whole:
        next(whole)  # the checks of the file and its header
    try:
        empty = True
        for piece in _pieces(path, types, table, columns):
            empty = False
            yield piece
        if empty:
            raise InputError(path.name)
    except (InputError, pa.ArrowException, OSError) as error:
        drain(load_table(path, table=table))  # says what is wrong with the file, and in which line
        raise InputError(f"{path.name}: cannot be read; save it again.") from error


class Types:
    """The types of a table's columns, from all of its pieces."""

    def __init__(self) -> None:
        self._found: dict[str, set[pa.DataType]] = {}
        self._exact: dict[str, bool] = {}

    def add(self, table: pa.Table) -> None:
        """Take in a piece; a column without a value in it says nothing."""
        for name, column in zip(table.column_names, table.columns, strict=True):
            found = self._found.setdefault(name, set())
            if column.null_count < len(column):
                found.add(column.type)
                if pa.types.is_integer(column.type):
                    limits = pc.min_max(column).as_py()
                    exact = max(abs(limits["min"]), abs(limits["max"])) < LARGEST_EXACT_FLOAT
                    self._exact[name] = self._exact.get(name, True) and exact

    def settled(self) -> dict[str, pa.DataType]:
        """One type by column, that of a whole-table reading: integers among floats become floats, else text wins."""
        return {name: self._settle(name, found) for name, found in self._found.items()}

    def _settle(self, name: str, found: set[pa.DataType]) -> pa.DataType:
        if len(found) <= 1:
            return next(iter(found), pa.float64())
        if all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in found) and self._exact.get(
            name, True
        ):
            return pa.float64()
        return pa.string()


def _pieces(
    path: Path, types: Mapping[str, pa.DataType] | None, table: str | None, columns: Sequence[str] | None
) -> Iterator[Piece]:
    reader = reader_of(path)
    if reader is read_parquet:
        return _parquet_pieces(path, columns)
    if reader is read_fits:
        return _fits_pieces(path, table)
    return _text_pieces(path, types) if reader is read_text_table else _whole_pieces(path, table)


def _fits_pieces(path: Path, table: str | None) -> Iterator[Piece]:
    source = open_fits(path, _LIMITS, table)
    done = 0
    for rows in source.pieces(_BATCH_ROWS):
        done += len(rows)
        yield Piece(rows, source.units, source.column_meta, done / len(source.rows))


def _whole_pieces(path: Path, table: str | None) -> Iterator[Piece]:
    raw = drain(load_table(path, table=table))
    rows = from_frame(raw.frame)
    for start in range(0, len(rows), _BATCH_ROWS):
        share = min(start + _BATCH_ROWS, len(rows)) / len(rows)
        yield Piece(rows.slice(start, _BATCH_ROWS), raw.units, raw.column_meta, share)


def _parquet_pieces(path: Path, columns: Sequence[str] | None) -> Iterator[Piece]:
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        names, units, meta, done = unique_names(schema.names), units_of(schema), column_meta_of(schema), 0
        wanted = None if columns is None or list(names) != schema.names else list(columns)
        for batch in file.iter_batches(_BATCH_ROWS, columns=wanted):
            done += len(batch)
            table = pa.Table.from_batches([batch])
            yield Piece(
                table.rename_columns(list(names)) if wanted is None else table,
                units,
                meta,
                done / file.metadata.num_rows,
            )


def is_parquet(path: Path) -> bool:
    """Whether a file is read as Parquet, which tells columns and types before its rows. Raises InputError; OSError."""
    return reader_of(path) is read_parquet


def _text_pieces(path: Path, types: Mapping[str, pa.DataType] | None) -> Iterator[Piece]:
    """Each piece of the text is read as a table of its own, under the whole's column names."""
    size = path.stat().st_size
    with temporary_folder() as folder, closing(read_pieces(path, _LIMITS)) as pieces:
        part, header = folder / "part.csv", b""
        for number, piece in enumerate(pieces):
            rows = piece.text
            if number == 0:
                start = read_layout(path, rows, _LIMITS).start
                header, rows = _header(rows[:start], types), rows[start:]
            if not _has_rows(rows):
                continue
            try:
                part.write_bytes(header + rows)
            except OSError as error:
                raise no_room(folder, error) from error
            raw = drain(load_table(part))
            table = from_frame(raw.frame, raw.units)
            if types is not None:
                table = pa.table({name: table[name].cast(types[name]) for name in table.column_names})
            yield Piece(table, raw.units, raw.column_meta, piece.done / size)


def _header(header: bytes, types: Mapping[str, pa.DataType] | None) -> bytes:
    """A text table's lines before its rows, with the types that the rows are to have."""
    if types is None:
        return header
    told = json.dumps({name: str(kind) for name, kind in types.items()}).encode()
    lines = [line for line in header.splitlines(keepends=True) if not line.startswith(_TYPES)]
    return _TYPES + b" " + told + b"\n" + b"".join(lines)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder of its own, removed with what is in it at the end of the block, whenever a signal ends that.

    Raises OutputError where none can be made.
    """
    try:
        folder = Path(gettempdir()) / f"stellar-gui-{uuid4().hex}"
    except OSError as error:
        raise _no_folder(error) from error
    try:
        try:
            folder.mkdir(0o700)
        except OSError as error:
            raise _no_folder(error) from error
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _no_folder(error: OSError) -> OutputError:
    return OutputError(
        f"no temporary folder could be made ({(error.strerror or str(error)).lower()}); "
        "set TMPDIR to a folder with room in which you may write."
    )


def no_room(folder: Path, error: BaseException) -> OutputError:
    """The error where a temporary folder cannot take a file."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return OutputError(
        f"temporary files could not be written in {folder.parent} ({why.lower()}); "
        "make room there, or set TMPDIR to another folder."
    )


def _has_rows(text: bytes) -> bool:
    return any(line.strip() and not line.startswith(b"#") for line in text.splitlines())
