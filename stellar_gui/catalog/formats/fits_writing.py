"""Writing binary FITS tables: every value exactly, missing ones as the standard says."""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds
from numpy.typing import NDArray

from stellar_gui.catalog.formats.arrow_frame import DESCRIPTION, UCD, UNIT, told
from stellar_gui.catalog.formats.arrow_plain import numbers_and_text
from stellar_gui.catalog.formats.escaping import to_ascii
from stellar_gui.catalog.formats.fits_columns import CODES, SHIFTS
from stellar_gui.catalog.formats.fits_file import BLOCK
from stellar_gui.catalog.formats.fits_text import history_lines
from stellar_gui.errors import OutputError
from stellar_gui.progress import Progress

_ROWS: Final = 1 << 16
_LONGEST_ROW: Final = 1 << 20
_LETTERS: Final = {
    pa.bool_(): "L", pa.int8(): "B", pa.uint8(): "B", pa.int16(): "I", pa.uint16(): "I", pa.int32(): "J",
    pa.uint32(): "J", pa.int64(): "K", pa.uint64(): "K", pa.float16(): "E", pa.float32(): "E", pa.float64(): "D",
}  # fmt: skip


class _Column:
    """How a column is stored: letter, width of text, the shift of its sign, and what stands for a missing integer."""

    def __init__(self, name: str, values: pa.ChunkedArray) -> None:
        kind = values.type
        self.letter = _LETTERS.get(kind, "A")
        self.width, self.shift, self.null = 1, 0, 0
        self.has_null = False
        if self.letter == "A":
            self.width = max(pc.max(pc.binary_length(values)).as_py() or 1, 1)
            if self.width > _LONGEST_ROW:
                raise OutputError(f"the texts in column “{name}” are too long for FITS; write Parquet instead.")
        elif kinds.is_integer(kind):
            if kind in (pa.int8(), pa.uint16(), pa.uint32(), pa.uint64()):
                self.shift = SHIFTS[self.letter][0]
            if values.null_count:
                self.null, self.has_null = self._unused(name, values), True

    @property
    def form(self) -> str:
        """TFORM."""
        return f"{self.width}A" if self.letter == "A" else self.letter

    @property
    def stored(self) -> np.dtype[Any]:
        """The type of a stored value."""
        return np.dtype(f"S{self.width}" if self.letter == "A" else CODES[self.letter])

    def cells(self, values: pa.ChunkedArray) -> NDArray[Any]:
        """(n,) of type `stored`."""
        missing = values.is_null().to_numpy() if values.null_count else None
        if self.letter == "A":
            return _texts(values, missing, self.stored)
        if self.letter == "L":
            flags = np.where(values.fill_null(False).to_numpy(), ord("T"), ord("F")).astype(np.uint8)
            return flags if missing is None else np.where(missing, 0, flags).astype(np.uint8)
        if self.letter in "ED":
            return np.asarray(values.to_numpy(), self.stored)
        cells = self._shifted(values.fill_null(0).to_numpy())
        return cells if missing is None else np.where(missing, self.null, cells)

    def _shifted(self, values: NDArray[Any]) -> NDArray[Any]:
        if not self.shift:
            return values
        stored = self.stored.newbyteorder("=")
        bits = values.view(stored)
        return bits ^ (stored.type(1 << 7) if self.letter == "B" else np.iinfo(stored).min)

    def _unused(self, name: str, values: pa.ChunkedArray) -> int:
        """The lowest stored value that no cell has."""
        lowest = int(np.iinfo(self.stored).min)
        used = np.unique(self._shifted(values.drop_null().to_numpy()))
        free = np.flatnonzero(used != lowest + np.arange(len(used), dtype=used.dtype))
        value = lowest + (int(free[0]) if len(free) else len(used))
        if value > np.iinfo(self.stored).max:
            raise OutputError(f"column “{name}” has every value, so none can stand for missing; write Parquet instead.")
        return value


def write_fits(
    table: pa.Table, path: Path, metadata: Mapping[str, str], comments: str
) -> Generator[Progress, None, None]:
    """Write the table, whose fields' metadata tell units, UCDs and descriptions, as the first extension.

    Unsigned integers by TZERO, missing integers by TNULL, missing truth values by zero bytes, missing text by NUL (an
    empty one is a blank), metadata as HISTORY. Lists and times become text, which is UTF-8.
    Yields Progress in rows. Raises OutputError for what FITS cannot hold; OSError.
    """
    from astropy.io import fits

    table = numbers_and_text(table)
    columns = [_Column(name, values) for name, values in zip(table.column_names, table.columns, strict=True)]
    layout = np.dtype({"names": [f"f{k}" for k in range(len(columns))], "formats": [c.stored for c in columns]})
    header = fits.BinTableHDU().header
    header["NAXIS1"], header["NAXIS2"] = layout.itemsize, len(table)
    header["TFIELDS"] = len(columns)
    for k, (field, column) in enumerate(zip(table.schema, columns, strict=True), 1):
        _describe(header, k, field, column)
    header["EXTNAME"] = "STARS"
    for line in history_lines(metadata):
        header["HISTORY"] = line
    with path.open("wb") as file:
        file.write(fits.PrimaryHDU().header.tostring().encode("ascii"))
        file.write(header.tostring().encode("ascii"))
        for start in range(0, len(table), _ROWS):
            piece = table.slice(start, _ROWS)
            rows = np.empty(len(piece), layout)
            for k, column in enumerate(columns):
                rows[f"f{k}"] = column.cells(piece.column(k))
            file.write(rows.view(np.uint8).data)
            yield Progress(start + len(piece), len(table), "rows")
        file.write(bytes(-layout.itemsize * len(table) % BLOCK))


def _describe(header: Any, k: int, field: pa.Field, column: _Column) -> None:
    header[f"TTYPE{k}"] = to_ascii(field.name)
    header[f"TFORM{k}"] = column.form
    for key, text in (("TUNIT", told(field, UNIT)), ("TUCD", told(field, UCD)), ("TCOMM", told(field, DESCRIPTION))):
        if text:
            header[f"{key}{k}"] = to_ascii(text)
    if column.shift:
        header[f"TZERO{k}"] = column.shift
    if column.has_null:
        header[f"TNULL{k}"] = column.null


def _texts(values: pa.ChunkedArray, missing: NDArray[np.bool_] | None, stored: np.dtype[Any]) -> NDArray[Any]:
    """UTF-8 in cells of one width, filled with NUL; an empty text is a blank, a missing one nothing."""
    texts = np.array([value.encode() if value else b" " for value in values.to_pylist()], dtype=stored)
    return texts if missing is None else np.where(missing, b"", texts).astype(stored)
