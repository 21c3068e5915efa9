"""The type of each column of a text table: from what Arrow made of its pieces to numbers or text without loss."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from stellar_gui.catalog.columns import LARGEST_EXACT_FLOAT
from stellar_gui.catalog.formats.text_pieces import to_text

MISSING: Final = ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A")
"""Words that stand for a missing value, where they are not in quotes; each has an n or N."""

_INTEGER: Final = r"^[+-]?(0|[1-9]\d*)$"
_PADDED: Final = r"^[+-]?0\d+$"
_NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_DECLARED: Final = {
    str(kind): kind
    for kind in (
        pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(),
        pa.float16(), pa.float32(), pa.float64(), pa.bool_(),
    )
}  # fmt: skip
"""Types by Arrow's names that a header of this program can tell and a text is turned into."""


def joined(chunks: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray | None:
    """One column from its parts in all pieces; None where it has to be read again as text.

    That is where the pieces have different types, where Arrow took text for a date, and where integers were too large
    for it and became floats.
    """
    types = {chunk.type for chunk in chunks} - {pa.null()}
    if not types:
        kind = pa.null()
    elif types <= {pa.string(), pa.binary()}:
        kind = pa.string() if types == {pa.string()} else pa.binary()
    elif types == {pa.int64(), pa.float64()}:
        kind = pa.float64()
    elif len(types) == 1 and types <= {pa.int64(), pa.float64(), pa.bool_()}:
        kind = types.pop()
    else:
        return None
    try:
        column = pa.chunked_array([array for chunk in chunks for array in _cast(chunk, kind).chunks], type=kind)
    except pa.ArrowInvalid:  # integers that a float cannot hold
        return None
    return None if kind == pa.float64() and _beyond_exact(column) else column


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column if column.type == kind else column.cast(kind)


def _beyond_exact(column: pa.ChunkedArray) -> bool:
    """Whether a column of floats has numbers so large that they may have lost digits; NaN and infinity do not count."""
    for array in column.chunks:
        values = array.to_numpy(zero_copy_only=False)
        largest = max(np.fmax.reduce(values, initial=0.0), -np.fmin.reduce(values, initial=0.0))
        if largest >= LARGEST_EXACT_FLOAT and np.any(np.isfinite(values) & (np.abs(values) >= LARGEST_EXACT_FLOAT)):
            return True
    return False


def decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Bytes as text: UTF-8, or Latin-1 value by value where they are not."""
    try:
        return _cast(column, pa.string())
    except pa.ArrowInvalid:
        return pa.chunked_array(
            [[None if value is None else to_text(value) for value in column.to_pylist()]], pa.string()
        )


def as_numbers(column: pa.ChunkedArray, decimal: str) -> pa.ChunkedArray:
    """A column of text as numbers, if every cell that is not blank is one as written; else as it is.

    Takes what Arrow leaves as text: leading plus signs, quoted empty cells, integers of more than 63 bits.
    """
    trimmed = pc.utf8_trim_whitespace(column)
    filled = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    first = pc.index(pc.is_valid(filled), True).as_py()
    if first < 0 or not any(character.isdigit() for character in filled[first].as_py()[:3]):
        return column
    if decimal != ".":
        filled = pc.replace_substring(filled, decimal, ".")

    def all_match(pattern: str) -> bool:
        return bool(pc.all(pc.match_substring_regex(filled, pattern)).as_py())

    if not all_match(_NUMBER) or pc.any(pc.match_substring_regex(filled, _PADDED)).as_py():
        return column
    unsigned = pc.utf8_ltrim(filled, "+")
    if not all_match(_INTEGER):
        return unsigned.cast(pa.float64())
    for kind in (pa.int64(), pa.uint64()):
        try:
            return unsigned.cast(kind)
        except pa.ArrowInvalid:
            continue
    return column


def as_declared(column: pa.ChunkedArray, kind: str | None) -> pa.ChunkedArray:
    """The column in the type that the file's header tells, where it can be so without loss."""
    if kind is None or kind not in _DECLARED:
        return column
    try:
        return column.cast(_DECLARED[kind], safe=not kinds.is_floating(_DECLARED[kind]))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return column
