"""Reading FITS tables, binary and ASCII, row by row from the mapped file."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.formats.arrow_frame import annotated, to_raw_table
from stellar_gui.catalog.formats.csv_layout import unique_names
from stellar_gui.catalog.formats.escaping import original
from stellar_gui.catalog.formats.file_bytes import file_bytes
from stellar_gui.catalog.formats.fits_columns import FitsColumn, binary_form, binary_values, text_form, text_values
from stellar_gui.catalog.formats.fits_file import TableUnit, count, damaged, table_units
from stellar_gui.catalog.formats.fits_text import metadata_of
from stellar_gui.catalog.formats.raw_table import LIMITS, Limits, RawTable
from stellar_gui.catalog.formats.text_pieces import require_memory
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from astropy.io import fits

_ROWS: Final = 1 << 18


@dataclass(frozen=True, eq=False)
class FitsTable:
    """A table in a file; its rows stay there until they are taken.

    rows: (n, bytes of a row) uint8; heap: bytes after the rows; metadata: what the headers say, by key.
    """

    path: Path
    columns: tuple[FitsColumn, ...]
    units: dict[str, str]
    column_meta: dict[str, ColumnMeta]
    metadata: dict[str, str]
    is_text: bool
    rows: NDArray[np.uint8]
    heap: NDArray[np.uint8]

    @property
    def memory(self) -> int:
        """Bytes that the table takes at least once it is read."""
        return sum(column.memory for column in self.columns) * len(self.rows)

    def take(self, start: int, stop: int) -> pa.Table:
        """Some rows, with units, UCDs and descriptions in the fields' metadata; InputError where they are damaged."""
        arrays = []
        rows = self.rows[start:stop]
        for column in self.columns:
            try:
                arrays.append(text_values(column, rows) if self.is_text else binary_values(column, rows, self.heap))
            except (ValueError, pa.ArrowException, OverflowError) as error:
                raise damaged(self.path, f"column “{column.name}” cannot be read") from error
        return annotated(pa.table(arrays, names=[column.name for column in self.columns]), self.units, self.column_meta)

    def pieces(self, rows: int) -> Iterator[pa.Table]:
        """All rows in order, so many at a time."""
        for start in range(0, len(self.rows), rows):
            yield self.take(start, start + rows)


def read_fits(path: Path, limits: Limits = LIMITS, table: str | None = None) -> Generator[Progress, None, RawTable]:
    """Read a FITS table with its scaled and unsigned numbers, and TNULL and NUL as missing values.

    table: name or number of a header-and-data unit; the first table without it.
    Yields Progress in rows. Raises InputError for a damaged file, one beyond the limits, and one without rows; OSError.
    """
    source = open_fits(path, limits, table)
    total = len(source.rows)
    require_memory(path, source.memory, total, limits)
    yield Progress(0, total, "rows")
    tables = []
    for piece in source.pieces(_ROWS):
        tables.append(piece)
        yield Progress(min(len(tables) * _ROWS, total), total, "rows")
    return to_raw_table(pa.concat_tables(tables), source.metadata)


def open_fits(path: Path, limits: Limits = LIMITS, table: str | None = None) -> FitsTable:
    """Find a table in a FITS file and check its header; see `read_fits`."""
    return fits_table(path, file_bytes(path, limits), limits, table)


def fits_tables(path: Path, limits: Limits = LIMITS) -> tuple[str, ...]:
    """The tables in a FITS file: each one's name, or else the number of its unit."""
    units: list[TableUnit] = []
    try:
        units.extend(unit for _, unit in table_units(path, file_bytes(path, limits)))
    except InputError:
        if not units:
            raise
    names = [unit.name for unit in units]
    return tuple(unit.name if unit.name and names.count(unit.name) == 1 else str(unit.number) for unit in units)


def fits_table(path: Path, data: NDArray[np.uint8], limits: Limits, table: str | None) -> FitsTable:
    """A table in the bytes of a FITS file, as `open_fits` finds it."""
    primary, unit = _chosen(path, data, table)
    header = unit.header
    if count(path, header, "TFIELDS") > limits.columns:
        raise InputError(
            f"{path.name}: more than {limits.columns:,} columns; keep the ones you need and save the table again."
        )
    if header.get("ZTABLE") is True:
        raise InputError(f"{path.name}: its table is compressed as a tile; unpack it first, with funpack.")
    width, rows = count(path, header, "NAXIS1"), count(path, header, "NAXIS2")
    columns = _columns(path, unit, width)
    if not columns or not rows:
        raise InputError(f"{path.name}: the table has no rows or columns; choose a table with stars in it.")
    end = unit.start + width * rows
    if end > len(data):
        there = (len(data) - unit.start) // width
        raise InputError(
            f"{path.name}: the FITS file is cut off: it has {there:,} rows instead of {rows:,}; "
            "download or copy it again."
        )
    heap = unit.start + count(path, header, "THEAP", width * rows)
    numbers = range(1, len(columns) + 1)
    names = [column.name for column in columns]
    return FitsTable(
        path=path,
        columns=columns,
        units={name: _text(header, f"TUNIT{k}") for name, k in zip(names, numbers, strict=True)},
        column_meta={
            name: ColumnMeta(_text(header, f"TUCD{k}"), _text(header, f"TCOMM{k}"))
            for name, k in zip(names, numbers, strict=True)
        },
        metadata=metadata_of(primary) | metadata_of(header),
        is_text=unit.is_text,
        rows=data[unit.start : end].reshape(rows, width),
        heap=data[heap : end + count(path, header, "PCOUNT", 0)],
    )


def _chosen(path: Path, data: NDArray[np.uint8], table: str | None) -> tuple["fits.Header", TableUnit]:
    found = []
    for primary, unit in table_units(path, data):
        if table is None or table in (str(unit.number), unit.name) or table.lower() == unit.name.lower():
            return primary, unit
        found.append(f"{unit.number} ({unit.name})" if unit.name else str(unit.number))
    if table is None:
        raise InputError(f"{path.name}: no table in this FITS file; choose one with a table of stars.")
    raise InputError(f"{path.name}: no table “{table}” in it; it has {', '.join(found[:30]) or 'none'}.")


def _columns(path: Path, unit: TableUnit, width: int) -> tuple[FitsColumn, ...]:
    header = unit.header
    numbers = range(1, count(path, header, "TFIELDS") + 1)
    names = unique_names([_text(header, f"TTYPE{k}") or f"col{k}" for k in numbers])
    columns, place = [], 0
    for k, name in zip(numbers, names, strict=True):
        try:
            form = str(header[f"TFORM{k}"])
            scale, zero = float(header.get(f"TSCAL{k}", 1)), float(header.get(f"TZERO{k}", 0))
            null = header.get(f"TNULL{k}")
            if unit.is_text:
                code, wide = text_form(form)
                place = count(path, header, f"TBCOL{k}") - 1
                null = None if null is None else str(null)
                columns.append(FitsColumn(name, code, 1, place, wide, "", scale, zero, null))
            else:
                code, repeat, wide, element = binary_form(form)
                null = null if isinstance(null, int) else None
                columns.append(FitsColumn(name, code, repeat, place, wide, element, scale, zero, null))
        except (KeyError, ValueError, TypeError) as error:
            raise damaged(path, f"its header does not describe column {k}") from error
        if place < 0 or place + wide > width:
            raise damaged(path, "its columns are wider than its rows")
        place += wide
    if not unit.is_text and place != width:
        raise damaged(path, "its columns are not as wide as its rows")
    return tuple(columns)


def _text(header: "fits.Header", key: str) -> str:
    return original(str(header.get(key, "")).strip())
