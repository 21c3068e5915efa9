"""The rows of VOTables' BINARY and BINARY2: of one width each where all fields have one, else walked through."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar_gui.catalog.formats.votable_fields import VoField, from_cells, from_lists


def binary_arrays(fields: Sequence[VoField], data: NDArray[np.uint8], masked: bool) -> list[pa.Array]:
    """The columns in the bytes of all rows.

    masked: whether each row begins with a bit for each field that tells whether it is missing (BINARY2).
    Raises ValueError where the bytes are not whole rows.
    """
    flags = -(-len(fields) // 8) if masked else 0
    if all(field.length is not None for field in fields):
        return _even_rows(fields, data, flags)
    return _walked_rows(fields, data.tobytes(), flags)


def _even_rows(fields: Sequence[VoField], data: NDArray[np.uint8], flags: int) -> list[pa.Array]:
    widths = [field.width(field.length or 0) for field in fields]
    width = flags + sum(widths)
    if width == 0 or len(data) % width:
        raise ValueError("not whole rows")
    rows = data.reshape(-1, width)
    missing = _missing(rows[:, :flags], len(fields))
    arrays, place = [], flags
    for k, (field, wide) in enumerate(zip(fields, widths, strict=True)):
        arrays.append(from_cells(field, _cells(field, rows, place, wide), None if missing is None else missing[:, k]))
        place += wide
    return arrays


def _walked_rows(fields: Sequence[VoField], data: bytes, flags: int) -> list[pa.Array]:
    cells: list[list[bytes]] = [[] for _ in fields]
    masks: list[bytes] = []
    place, end = 0, len(data)
    steps = [(cell.append, field.length, field.width) for cell, field in zip(cells, fields, strict=True)]
    while place < end:
        masks.append(data[place : place + flags])
        place += flags
        for append, length, width in steps:
            if length is None:
                length = int.from_bytes(data[place : place + 4], "big")
                place += 4
            wide = width(length)
            append(data[place : place + wide])
            place += wide
    if place != end:
        raise ValueError("not whole rows")
    missing = _missing(np.frombuffer(b"".join(masks), np.uint8).reshape(-1, flags), len(fields)) if flags else None
    arrays = []
    for k, (field, cell) in enumerate(zip(fields, cells, strict=True)):
        mask = None if missing is None else missing[:, k]
        if field.length is None:
            arrays.append(from_lists(field, cell, mask))
        else:
            wide = field.width(field.length)
            rows = np.frombuffer(b"".join(cell), np.uint8).reshape(len(cell), wide)
            arrays.append(from_cells(field, _cells(field, rows, 0, wide), mask))
    return arrays


def _missing(bits: NDArray[np.uint8], fields: int) -> NDArray[np.bool_] | None:
    """(n, fields) bool from the bits at the rows' beginnings; None where there are none."""
    return np.unpackbits(bits, axis=1)[:, :fields].astype(bool) if bits.shape[1] else None


def _cells(field: VoField, rows: NDArray[np.uint8], place: int, width: int) -> NDArray[Any]:
    """(n, elements in a cell): the stored elements where they lie in the rows."""
    if field.datatype == "bit" and not field.is_scalar:
        return np.unpackbits(rows[:, place : place + width], axis=1)[:, : field.length]
    item = field.element.itemsize
    return np.ndarray((len(rows), width // item), field.element, rows.data, place, (rows.shape[1], item))
