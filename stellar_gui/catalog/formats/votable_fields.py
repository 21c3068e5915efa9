"""The fields of VOTables, and their values as Arrow arrays: from text, and from the binary forms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar_gui.catalog.formats.byte_texts import from_bytes, from_pieces, without

DATATYPES: Final = {
    "boolean": "u1", "bit": "u1", "unsignedByte": "u1", "short": ">i2", "int": ">i4", "long": ">i8", "float": ">f4",
    "double": ">f8", "floatComplex": ">f4", "doubleComplex": ">f8", "char": "u1", "unicodeChar": ">u2",
}  # fmt: skip
"""numpy's type of a stored element by datatype (VOTable 1.5, section 2.1); a complex number has two elements."""

_COMPLEX: Final = ("floatComplex", "doubleComplex")
_SIZE: Final = re.compile(r"^(?:\d+x)*(?:\d+\*?|\*)$")
_LARGEST: Final = 1 << 31


@dataclass(frozen=True)
class VoField:
    """A column as a VOTable describes it.

    datatype: one of DATATYPES. length: elements of a cell, None where it changes from row to row. null: what stands for
    a missing integer.
    """

    name: str
    datatype: str
    length: int | None
    null: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it holds characters."""
        return self.datatype in ("char", "unicodeChar")

    @property
    def element(self) -> np.dtype[Any]:
        """The type of a stored element."""
        return np.dtype(DATATYPES[self.datatype])

    @property
    def is_scalar(self) -> bool:
        """Whether each cell is one number or truth value."""
        return self.length == 1 and not self.is_text and self.datatype not in _COMPLEX

    def width(self, length: int) -> int:
        """Bytes of a cell with so many elements."""
        if self.datatype == "bit":
            return -(-length // 8)
        return length * self.element.itemsize * (2 if self.datatype in _COMPLEX else 1)


def field_of(name: str, datatype: str, arraysize: str | None, null: str) -> VoField:
    """The field with these attributes; ValueError where they mean nothing."""
    size = (arraysize or "1").replace(" ", "")
    if datatype not in DATATYPES or not _SIZE.match(size):
        raise ValueError(f"{datatype} {size}")
    if size.endswith("*"):
        return VoField(name, datatype, None, null)
    length = 1
    for part in size.split("x"):
        length = min(length * int(part), _LARGEST)
    return VoField(name, datatype, length, null)


def from_texts(field: VoField, cells: Sequence[str]) -> pa.Array:
    """The field's values from a column of TD elements; an empty one is missing. ValueError where one cannot be read."""
    texts = pc.utf8_trim_whitespace(pa.array(cells, pa.string()))
    if field.is_text:
        cells = pa.array(cells, pa.string())
        return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)
    if field.is_scalar:
        return _numbers(field, texts)
    if field.datatype == "bit":
        texts = pc.replace_substring_regex(texts, "([01])", r"\1 ")
    parts = pc.split_pattern_regex(pc.utf8_trim_whitespace(texts), r"[\s,]+")
    values = pa.ListArray.from_arrays(parts.offsets, _numbers(field, parts.flatten()))
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, values.type), values)


def from_cells(field: VoField, cells: NDArray[Any], missing: NDArray[np.bool_] | None) -> pa.Array:
    """The field's values from (n, elements in a cell) stored ones; missing: (n,) bool, where it is told (BINARY2)."""
    if field.datatype == "unicodeChar":
        return from_strings(field, [row.tobytes() for row in cells], missing)
    if field.datatype == "char":
        return _texts(from_bytes(cells.view(np.uint8), None), missing)
    values = _stored(field, cells.ravel(), missing if field.is_scalar else None)
    return values if field.is_scalar else pa.FixedSizeListArray.from_arrays(values, len(values) // max(len(cells), 1))


def from_strings(field: VoField, cells: Sequence[bytes], missing: NDArray[np.bool_] | None) -> pa.Array:
    """Text from its bytes, up to the first NUL; ValueError where it is damaged."""
    if field.datatype == "unicodeChar":
        cells = [cell.decode("utf-16-be", "replace").encode() for cell in cells]
    return _texts(from_pieces(list(cells), None), missing)


def from_lists(field: VoField, cells: Sequence[bytes], missing: NDArray[np.bool_] | None) -> pa.Array:
    """Cells of changing length from their bytes."""
    if field.is_text:
        return from_strings(field, cells, missing)
    counts = np.array([len(cell) for cell in cells], np.int64) // field.element.itemsize
    values = _stored(field, np.frombuffer(b"".join(cells), field.element), None)
    edges = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
    return pa.ListArray.from_arrays(edges, values)


def _stored(field: VoField, stored: NDArray[Any], missing: NDArray[np.bool_] | None) -> pa.Array:
    if field.datatype == "bit" and field.is_scalar:
        return pa.array(stored != 0, mask=_either(missing, None))
    if field.datatype == "boolean":
        true, false = np.isin(stored, list(b"Tt1")), np.isin(stored, list(b"Ff0"))
        return pa.array(true, mask=_either(~(true | false), missing))
    native = np.ascontiguousarray(stored, stored.dtype.newbyteorder("="))
    if missing is None and field.null and native.dtype.kind in "iu":
        missing = native == int(field.null, 0)
    return pa.array(native, mask=_either(missing, None))


def _texts(texts: pa.Array, missing: NDArray[np.bool_] | None) -> pa.Array:
    """Without a mask an empty text is missing, as BINARY cannot tell."""
    return without(texts, pc.equal(texts, "") if missing is None else pa.array(missing))


def _numbers(field: VoField, texts: pa.Array) -> pa.Array:
    """Numbers or truth values from trimmed text."""
    null = pa.scalar(None, pa.string())
    texts = pc.if_else(pc.is_in(texts, pa.array(["", field.null])), null, texts)
    if field.datatype == "boolean" or (field.datatype == "bit" and field.is_scalar):
        lower = pc.utf8_lower(texts)
        lower = pc.if_else(pc.is_in(lower, pa.array(["?", "null"])), null, lower)
        known = pc.or_(pc.is_null(lower), pc.is_in(lower, pa.array(["t", "true", "1", "f", "false", "0"])))
        if not pc.all(known).as_py():
            raise ValueError("not a truth value")
        return pc.if_else(pc.is_null(lower), pa.scalar(None, pa.bool_()), pc.is_in(lower, pa.array(["t", "true", "1"])))
    kind = pa.from_numpy_dtype(field.element.newbyteorder("="))
    if pa.types.is_integer(kind) and pc.any(pc.match_substring_regex(texts, "^[+-]?0[xX]")).as_py():
        return pa.array([None if text is None else int(text, 0) for text in texts.to_pylist()], kind)
    try:
        return pc.utf8_ltrim(texts, "+").cast(kind)
    except pa.ArrowInvalid as error:
        raise ValueError(str(error)) from error


def _either(first: NDArray[np.bool_] | None, second: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    masks = [mask for mask in (first, second) if mask is not None and mask.any()]
    return None if not masks else masks[0] if len(masks) == 1 else masks[0] | masks[1]
