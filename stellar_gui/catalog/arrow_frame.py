"""Between Arrow tables and data frames, without a digit lost on the way."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

UNIT: Final = b"unit"
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


def from_frame(frame: pd.DataFrame, units: Mapping[str, str] = MappingProxyType({})) -> pa.Table:
    """The frame as an Arrow table without its index, units in the fields' metadata; NaN becomes null.

    A column that mixes types Arrow cannot hold together becomes text.
    """
    arrays, fields = [], []
    for k, name in enumerate(frame.columns):
        array = _to_array(frame.iloc[:, k])
        unit = units.get(str(name))
        arrays.append(array)
        fields.append(pa.field(str(name), array.type, metadata={UNIT: unit.encode()} if unit else None))
    return pa.table(arrays, schema=pa.schema(fields))


def units_of(schema: pa.Schema) -> dict[str, str]:
    """The units in the metadata of a schema's fields."""
    return {
        field.name: field.metadata[UNIT].decode("utf-8", "replace")
        for field in schema
        if field.metadata and field.metadata.get(UNIT)
    }


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
