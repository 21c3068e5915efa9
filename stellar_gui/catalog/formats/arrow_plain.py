"""Arrow tables whose columns are of no other types than simple formats know."""

import pyarrow as pa
import pyarrow.types as kinds


def without_nesting(table: pa.Table) -> pa.Table:
    """The table with categories as their values, and with lists, structures and durations as text."""
    columns = []
    for column in table.columns:
        kind = column.type
        if kinds.is_dictionary(kind):
            column = column.cast(kind.value_type)
        elif kinds.is_nested(kind) or kinds.is_duration(kind):
            column = _written_out(column)
        columns.append(column)
    return pa.table(columns, schema=_schema(table, columns))


def numbers_and_text(table: pa.Table) -> pa.Table:
    """The table with truth values, integers, floats and `string` only; what is none of them, such as a date, is text.

    A column without any value holds floats.
    """
    table = without_nesting(table)
    columns = []
    for column in table.columns:
        kind = column.type
        if kinds.is_null(kind):
            column = column.cast(pa.float64())
        elif not (kinds.is_boolean(kind) or kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_string(kind)):
            try:
                column = column.cast(pa.string())
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                column = _written_out(column)
        columns.append(column)
    return pa.table(columns, schema=_schema(table, columns))


def _written_out(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([[None if value is None else str(value) for value in column.to_pylist()]], pa.string())


def _schema(table: pa.Table, columns: list[pa.ChunkedArray]) -> pa.Schema:
    return pa.schema([field.with_type(column.type) for field, column in zip(table.schema, columns, strict=True)])
