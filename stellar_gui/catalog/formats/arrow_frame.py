"""Between Arrow tables and data frames, without a digit lost on the way."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.formats.raw_table import RawTable

UNIT: Final = b"unit"
UCD: Final = b"ucd"
DESCRIPTION: Final = b"description"
_NULLABLE: Final = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def to_frame(table: pa.Table, names: tuple[str, ...]) -> pd.DataFrame:
    """The table as a data frame with these column names.

    Integers and truth values with gaps become pandas' nullable types, never floats; a column without any value becomes
    float64.
    """
    series = {k: _to_series(column) for k, column in enumerate(table.columns)}
    frame = pd.DataFrame(series, index=pd.RangeIndex(len(table)), copy=False)
    frame.columns = pd.Index(names, dtype="str" if names else object)
    return frame


def from_frame(
    frame: pd.DataFrame,
    units: Mapping[str, str] = MappingProxyType({}),
    column_meta: Mapping[str, ColumnMeta] = MappingProxyType({}),
) -> pa.Table:
    """The frame as an Arrow table without its index, as `annotated` makes it; NaN becomes null.

    A column that mixes types Arrow cannot hold together becomes text.
    """
    arrays = [_to_array(frame.iloc[:, k]) for k in range(frame.shape[1])]
    return annotated(pa.table(arrays, names=[str(name) for name in frame.columns]), units, column_meta)


def annotated(table: pa.Table, units: Mapping[str, str], column_meta: Mapping[str, ColumnMeta]) -> pa.Table:
    """The table with units, UCDs and descriptions in its fields' metadata, and nothing else there."""
    fields = []
    for field in table.schema:
        meta = column_meta.get(field.name, ColumnMeta())
        texts = {UNIT: units.get(field.name), UCD: meta.ucd, DESCRIPTION: meta.description}
        known = {key: text.encode() for key, text in texts.items() if text}
        fields.append(field.with_metadata(known) if known else field.remove_metadata())
    return pa.table(table.columns, schema=pa.schema(fields))


def units_of(schema: pa.Schema) -> dict[str, str]:
    """The units in the metadata of a schema's fields."""
    return {field.name: unit for field in schema if (unit := told(field, UNIT))}


def column_meta_of(schema: pa.Schema) -> dict[str, ColumnMeta]:
    """The UCDs and descriptions in the metadata of a schema's fields."""
    found = {field.name: ColumnMeta(told(field, UCD), told(field, DESCRIPTION)) for field in schema}
    return {name: meta for name, meta in found.items() if meta != ColumnMeta()}


def told(field: pa.Field, key: bytes) -> str:
    """What the metadata of a field say under UNIT, UCD or DESCRIPTION; empty where nothing."""
    return str((field.metadata or {}).get(key, b"").decode("utf-8", "replace"))


def to_raw_table(table: pa.Table, metadata: Mapping[str, str]) -> RawTable:
    """The table, whose fields' metadata tell units, UCDs and descriptions, as it is opened."""
    return RawTable(
        frame=to_frame(table, tuple(table.column_names)),
        units=MappingProxyType(units_of(table.schema)),
        metadata=MappingProxyType(dict(metadata)),
        column_meta=MappingProxyType(column_meta_of(table.schema)),
    )


def is_text(kind: pa.DataType) -> bool:
    """Whether a type is text or bytes of any length."""
    return bool(
        kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_binary(kind) or kinds.is_large_binary(kind)
    )


def unfolded_size(column: pa.ChunkedArray) -> int:
    """Bytes of a column once every entry of dictionary-encoded text stands for itself."""
    if not kinds.is_dictionary(column.type) or not is_text(column.type.value_type):
        return int(column.nbytes)
    return sum(
        pc.sum(pc.binary_length(chunk.dictionary).cast(pa.int64()).take(chunk.indices)).as_py() or 0
        for chunk in column.chunks
    )


def _to_series(column: pa.ChunkedArray) -> Any:
    if kinds.is_null(column.type):
        column = column.cast(pa.float64())
    if kinds.is_floating(column.type):
        return column.to_numpy()
    series = column.to_pandas(types_mapper=_NULLABLE.get if column.null_count else None)
    return series.astype("str") if kinds.is_string(column.type) or kinds.is_large_string(column.type) else series


def _to_array(column: pd.Series) -> pa.Array | pa.ChunkedArray:
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return pa.array([None if missing else str(value) for value, missing in zip(column, column.isna(), strict=True)])
