"""Text in cells of a fixed number of bytes, as binary formats hold it."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar_gui.catalog.formats.csv_types import decoded


def from_bytes(cells: NDArray[np.uint8], missing: NDArray[np.bool_] | None, padded: bool = False) -> pa.Array:
    """Text (UTF-8, or Latin-1 where it is not) from (n, width) bytes, each up to its first NUL.

    missing: (n,) bool; padded: whether blanks at the end mean nothing.
    """
    width = max(cells.shape[1], 1)
    values = np.ascontiguousarray(cells).view(f"S{width}").ravel()
    nul = cells == 0
    if (nul[:, :-1] & ~nul[:, 1:]).any():
        values = np.array([value.split(b"\0", 1)[0] for value in values.tolist()], dtype=values.dtype)
    return without(_text(pa.array(np.strings.rstrip(values, b" ") if padded else values)), missing)


def from_pieces(cells: list[bytes], missing: NDArray[np.bool_] | None) -> pa.Array:
    """Text from cells of any length, each up to its first NUL."""
    return without(_text(pa.array([cell.split(b"\0", 1)[0] for cell in cells], pa.binary())), missing)


def without(values: pa.Array, missing: Any) -> pa.Array:
    """The values, null where missing, (n,) bool, says so."""
    return values if missing is None else pc.if_else(missing, pa.scalar(None, values.type), values)


def _text(values: pa.Array) -> pa.Array:
    chunks = decoded(pa.chunked_array([values])).combine_chunks()
    return chunks if isinstance(chunks, pa.Array) else pa.concat_arrays(chunks.chunks)
