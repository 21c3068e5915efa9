"""Tables as Parquet in memory: written the same way each time, read within limits."""

import io
from collections.abc import Generator
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from stellar_gui.catalog.formats.arrow_frame import from_frame, is_text, to_frame, unfolded_size
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

_GROUP_ROWS: Final = 2**18
_HARDEST: Final = 19
_ENCODINGS: Final = frozenset({"PLAIN", "RLE", "BIT_PACKED", "PLAIN_DICTIONARY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"})
_WIDTHS: Final = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "BYTE_ARRAY": 4}
"""Bytes that a value takes in memory; of text only its place in a dictionary, for what it stands is added when read."""

_ALWAYS_ALLOWED: Final = 256 * 2**20
_RATIO: Final = 200


def to_parquet(frame: pd.DataFrame, smallest: bool = False) -> Generator[Progress, None, bytes]:
    """The frame as one Parquet file, zstd-compressed; equal frames give equal bytes.

    smallest: whether to take more time for fewer bytes: numbers are split in streams of their first, second, ... bytes.
    """
    table = from_frame(frame)
    repeating = [item.name for item in table.schema if is_text(item.type) or pa.types.is_dictionary(item.type)]
    split = [item.name for item in table.schema if smallest and _has_bytes(item.type)]
    options = {"use_byte_stream_split": split, "compression_level": _HARDEST} if smallest else {}
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, table.schema, compression="zstd", use_dictionary=repeating, **options) as writer:
        for start in range(0, max(len(table), 1), _GROUP_ROWS):
            writer.write_table(table.slice(start, _GROUP_ROWS))
            yield Progress(min(start + _GROUP_ROWS, len(table)), len(table), "rows")
    return buffer.getvalue()


def from_parquet(data: bytes, rows: int, name: str) -> Generator[Progress, None, pd.DataFrame]:
    """The table of a Parquet file of that many rows, read piece by piece so that a lying header costs little.

    name is what the sentence of an InputError calls it: raised where the file is damaged, has another number of rows,
    or would take far more memory than a table of its size.
    """
    budget = max(_ALWAYS_ALLOWED, _RATIO * len(data))
    try:
        schema = pq.ParquetFile(pa.BufferReader(data)).schema_arrow
        texts = [item.name for item in schema if is_text(item.type)]
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts)
        _check_header(file.metadata, rows, budget, name)
        _require_sound_columns(data)
        _check_columns(file.metadata, budget, name)
        pieces = [schema.empty_table()]
        used = done = 0
        for group in range(file.metadata.num_row_groups):
            piece = file.read_row_group(group)
            used += sum(unfolded_size(column) for column in piece.columns)
            if used > budget:
                raise InputError(f"{name}: not opened, as its tables would unpack to {used:,} bytes.")
            pieces.append(piece.cast(schema))
            done += len(piece)
            yield Progress(done, rows, "rows")
        frame = to_frame(pa.concat_tables(pieces), tuple(schema.names))
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise InputError(f"{name}: damaged; open another copy of the file.") from error
    if len(frame) != rows or not frame.columns.is_unique:
        raise InputError(f"{name}: damaged; open another copy of the file.")
    return frame


def _has_bytes(kind: pa.DataType) -> bool:
    """Whether a type's values are numbers of a fixed number of bytes."""
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _check_header(metadata: pq.FileMetaData, rows: int, budget: int, name: str) -> None:
    """Raise InputError where the header contradicts the session, or announces more than the budget (bytes)."""
    groups = [metadata.row_group(k) for k in range(metadata.num_row_groups)]
    if metadata.num_rows != rows or sum(group.num_rows for group in groups) != rows:
        raise InputError(f"{name}: damaged; one of its tables has not the {rows:,} rows that its manifest names.")
    announced = sum(group.total_byte_size for group in groups)
    if announced > budget:
        raise InputError(f"{name}: not opened, as its tables would unpack to {announced:,} bytes.")


def _require_sound_columns(data: bytes) -> None:
    """Raise ArrowException where what the header says of its columns is damaged.

    To ask Arrow for a column's metadata ends the process in that case; to begin to read does not.
    """
    next(pq.ParquetFile(pa.BufferReader(data), pre_buffer=True).iter_batches(batch_size=1), None)


def _check_columns(metadata: pq.FileMetaData, budget: int, name: str) -> None:
    """Raise InputError where the columns announce more than the budget (bytes), or an encoding of no session."""
    groups = [metadata.row_group(k) for k in range(metadata.num_row_groups)]
    chunks = [(group.column(k), group.num_rows) for group in groups for k in range(group.num_columns)]
    announced = sum(max(chunk.num_values, count) * _WIDTHS.get(chunk.physical_type, 16) for chunk, count in chunks)
    if announced > budget:
        raise InputError(f"{name}: not opened, as its tables would unpack to {announced:,} bytes.")
    if not {encoding for chunk, _ in chunks for encoding in chunk.encodings} <= _ENCODINGS:
        raise InputError(f"{name}: not opened, as it is encoded in a way that is not used here.")
