"""The columns of FITS tables: their forms in the header, and their values as Arrow arrays, exactly."""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar_gui.catalog.formats.byte_texts import from_bytes, from_pieces

CODES: Final = {
    "L": "u1", "X": "u1", "B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8", "C": ">c8",
    "M": ">c16", "A": "S", "P": ">i4", "Q": ">i8",
}  # fmt: skip
"""numpy's type by the letter of a binary table's TFORM (FITS standard 4.0, table 18)."""

SHIFTS: Final = {"B": (-(2**7), "i1"), "I": (2**15, "u2"), "J": (2**31, "u4"), "K": (2**63, "u8")}
"""By letter, the TZERO that changes an integer's sign convention, and the type that the values then have (table 19)."""

_BINARY: Final = re.compile(r"^\s*(\d*)([LXBIJKAEDCMPQ])(.*)$")
_ARRAY: Final = re.compile(r"^([LXBIJKAEDCM])")
_TEXT: Final = re.compile(r"^\s*([AIFED])(\d+)(?:\.\d+)?\s*$")


@dataclass(frozen=True)
class FitsColumn:
    """A column as its table's header describes it.

    code: letter of the form. repeat: values in each cell. place, width: bytes of a row. element: letter of the elements
    where their number changes from row to row. scale, zero: what turns stored into physical values. null: the stored
    value that stands for a missing one, an integer in a binary table, text in an ASCII table.
    """

    name: str
    code: str
    repeat: int
    place: int
    width: int
    element: str = ""
    scale: float = 1.0
    zero: float = 0.0
    null: int | str | None = None

    @property
    def memory(self) -> int:
        """Bytes that a cell takes at least once it is read."""
        return max(self.width, 8) + (120 if self.repeat != 1 and self.code != "A" else 0)


def binary_form(form: str) -> tuple[str, int, int, str]:
    """Letter, values in a cell, bytes of a cell and letter of a changing number of elements; ValueError where wrong."""
    match = _BINARY.match(form)
    if match is None:
        raise ValueError(form)
    repeat, code = int(match[1] or 1), match[2]
    if code == "A":
        return code, repeat, repeat, ""
    if code in "PQ":
        element = _ARRAY.match(match[3])
        if element is None or repeat > 1:
            raise ValueError(form)
        return code, 1, 2 * np.dtype(CODES[code]).itemsize * repeat, element[1]
    if code == "X":
        repeat = -(-repeat // 8)
    return code, repeat, repeat * np.dtype(CODES[code]).itemsize, ""


def text_form(form: str) -> tuple[str, int]:
    """Letter and width, in characters, of a field of an ASCII table; ValueError where the form is wrong."""
    match = _TEXT.match(form)
    if match is None:
        raise ValueError(form)
    return match[1], int(match[2])


def binary_values(column: FitsColumn, rows: NDArray[np.uint8], heap: NDArray[np.uint8]) -> pa.Array:
    """The column of a binary table.

    rows: (n, bytes of a row); heap: what follows the table, where cells of changing length have their values.
    Raises ValueError where a cell lies outside the heap.
    """
    if column.width == 0:
        return pa.nulls(len(rows), pa.float64())
    if column.code == "A":
        return _texts(column, rows)
    cells = _cells(column, rows)
    if column.code in "PQ":
        return _from_heap(column, cells, heap)
    values = _elements(column, column.code, cells[:, 0] if column.repeat == 1 else cells.ravel())
    return values if column.repeat == 1 else pa.FixedSizeListArray.from_arrays(values, column.repeat)


def text_values(column: FitsColumn, rows: NDArray[np.uint8]) -> pa.Array:
    """The column of an ASCII table; ValueError where a number cannot be read."""
    texts = _texts(column, rows)
    if column.code == "A":
        return texts
    texts = pc.utf8_trim_whitespace(texts)
    missing = pc.equal(texts, "")
    if column.null is not None:
        missing = pc.or_(missing, pc.equal(texts, str(column.null).strip()))
    texts = pc.if_else(missing, pa.scalar(None, texts.type), texts)
    if column.code != "I":
        texts = pc.replace_substring_regex(texts, "[dD]", "E")
    texts = pc.utf8_ltrim(texts, "+")
    exact = column.code == "I" and column.scale == 1 and column.zero == 0
    try:
        values = texts.cast(pa.int64() if exact else pa.float64())
    except pa.ArrowInvalid as error:
        raise ValueError(str(error)) from error
    return values if exact or (column.scale == 1 and column.zero == 0) else _scaled(values, column)


def _cells(column: FitsColumn, rows: NDArray[np.uint8]) -> NDArray[Any]:
    """(n, values in a cell): the stored values where they lie in the rows."""
    kind = np.dtype(CODES[column.code])
    shape = len(rows), column.width // kind.itemsize
    return np.ndarray(shape, kind, rows.data, column.place, (rows.shape[1], kind.itemsize))


def _elements(column: FitsColumn, code: str, stored: NDArray[Any]) -> pa.Array:
    """Physical values of stored ones, missing where TNULL says so."""
    if code == "L":
        return pa.array(stored == ord("T"), mask=_if_any((stored != ord("T")) & (stored != ord("F"))))
    if code in "CM":
        parts = np.ascontiguousarray(stored).astype(stored.dtype.newbyteorder("=")).view(f"f{stored.itemsize // 2}")
        return pa.FixedSizeListArray.from_arrays(pa.array(parts), 2)
    native = np.ascontiguousarray(stored, stored.dtype.newbyteorder("="))
    missing = None
    if code in "BIJK" and isinstance(column.null, int):
        missing = _if_any(native == column.null) if _fits(column.null, native.dtype) else None
    if column.scale == 1 and column.zero == 0:
        return pa.array(native, mask=missing)
    shift, kind = SHIFTS.get(code, (None, ""))
    if column.scale == 1 and column.zero == shift:
        sign = native.dtype.type(1 << 7) if code == "B" else np.iinfo(native.dtype).min
        return pa.array((native ^ sign).view(kind), mask=missing)
    return _scaled(pa.array(native, mask=missing), column)


def _scaled(values: pa.Array, column: FitsColumn) -> pa.Array:
    return pc.add(pc.multiply(values.cast(pa.float64(), safe=False), float(column.scale)), float(column.zero))


def _from_heap(column: FitsColumn, places: NDArray[Any], heap: NDArray[np.uint8]) -> pa.Array:
    """Cells of changing length, each (number of elements, offset in the heap)."""
    kind = np.dtype("S1") if column.element == "A" else np.dtype(CODES[column.element])
    counts, offsets = places[:, 0].astype(np.int64), places[:, 1].astype(np.int64)
    used = -(-counts // 8) if column.element == "X" else counts
    ends = offsets + used * kind.itemsize
    if (counts < 0).any() or (offsets < 0).any() or (used > len(heap)).any() or (ends > len(heap)).any():
        raise ValueError("a cell lies outside the table")
    if used.sum() * kind.itemsize > 2 * len(heap):
        raise ValueError("cells share their values")
    pieces = [heap[begin:end] for begin, end in zip(offsets, ends, strict=True)]
    if column.element == "A":
        return from_pieces([piece.tobytes().rstrip(b" ") for piece in pieces], None)
    flat = np.concatenate([*pieces, np.empty(0, np.uint8)])
    values = _elements(column, column.element, flat.view(kind))
    edges = np.concatenate([[0], np.cumsum(used)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(edges), values)


def _texts(column: FitsColumn, rows: NDArray[np.uint8]) -> pa.Array:
    """Text without the blanks at its end; missing where a cell begins with NUL."""
    cells = rows[:, column.place : column.place + column.width]
    return from_bytes(cells, _if_any(cells[:, 0] == 0), padded=True)


def _if_any(mask: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    return mask if mask.any() else None


def _fits(value: int, kind: np.dtype[Any]) -> bool:
    limits = np.iinfo(kind)
    return bool(limits.min <= value <= limits.max)
