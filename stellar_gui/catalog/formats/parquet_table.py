"""Reading Parquet tables, whose header is checked before it is believed."""

from collections.abc import Generator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from stellar_gui.catalog.column_names import split_unit
from stellar_gui.catalog.formats.arrow_frame import column_meta_of, is_text, to_frame, unfolded_size, units_of
from stellar_gui.catalog.formats.csv_layout import unique_names
from stellar_gui.catalog.formats.raw_table import LIMITS, Limits, RawTable
from stellar_gui.catalog.formats.text_pieces import require_memory, too_large
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

if TYPE_CHECKING:
    import pyarrow.parquet as pq

PREFIX: Final = "stellar_gui."
_WIDTHS: Final = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 12}
_OTHERS: Final = ("pandas", "ARROW:schema")


def read_parquet(path: Path, limits: Limits = LIMITS) -> Generator[Progress, None, RawTable]:
    """Read a Parquet table row group by row group; nested columns come as they are.

    Yields Progress in rows. Raises InputError for a damaged file, one beyond the limits, and one without rows; OSError.
    """
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            _check_header(path, file, limits)
            schema = file.schema_arrow
        texts = [field.name for field in schema if is_text(field.type)]
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            rows = file.metadata.num_rows
            groups: list[pa.Table] = []
            allowed = limits.unpacked_from(path.stat().st_size)
            read = memory = 0
            yield Progress(0, rows, "rows")
            for number in range(file.num_row_groups):
                group = file.read_row_group(number)
                read += len(group)
                memory += sum(unfolded_size(column) for column in group.columns)
                if memory > allowed:
                    raise too_large(path, allowed)
                require_memory(path, memory, read, limits)
                groups.append(group.cast(schema))
                yield Progress(read, rows, "rows")
            table = pa.concat_tables(groups) if groups else schema.empty_table()
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise InputError(f"{path.name}: the Parquet file is cut off or damaged; download or copy it again.") from error
    if read != rows:
        raise InputError(
            f"{path.name}: the Parquet file is damaged: it has {read:,} rows instead of {rows:,}; copy it again."
        )
    if not rows:
        raise InputError(f"{path.name}: the table has column names but no rows; choose a table with stars in it.")
    return to_raw(table)


def to_raw(table: pa.Table) -> RawTable:
    """A table of a Parquet file with what its schema says of it and its columns."""
    names, schema = unique_names(table.column_names), table.schema
    units = {name: unit for name in names if (unit := split_unit(name)[1])} | units_of(schema)
    return RawTable(
        frame=to_frame(table, names),
        units=MappingProxyType(units),
        metadata=MappingProxyType(_metadata(schema)),
        column_meta=MappingProxyType(column_meta_of(schema)),
    )


def key_values(metadata: Mapping[str, str]) -> dict[str, str]:
    """Metadata as Parquet holds it, under this program's prefix; of a file's name that is not UTF-8, escapes."""
    return {f"{PREFIX}{key}": value.encode("utf-8", "backslashreplace").decode() for key, value in metadata.items()}


def _check_header(path: Path, file: "pq.ParquetFile", limits: Limits) -> None:
    header = file.metadata
    if header.num_columns > limits.columns:
        raise InputError(
            f"{path.name}: more than {limits.columns:,} columns; keep the ones you need and save the table again."
        )
    groups = [header.row_group(number) for number in range(header.num_row_groups)]
    width = sum(_WIDTHS.get(file.schema.column(k).physical_type, 4) for k in range(header.num_columns))
    allowed = limits.unpacked_from(path.stat().st_size)
    if max(header.num_rows * width, sum(group.total_byte_size for group in groups)) > allowed:
        raise too_large(path, allowed)
    require_memory(path, header.num_rows * width, header.num_rows, limits)
    if header.num_rows < 0 or sum(group.num_rows for group in groups) != header.num_rows:
        raise InputError(f"{path.name}: the Parquet file is damaged: its header contradicts itself; copy it again.")


def _metadata(schema: pa.Schema) -> dict[str, str]:
    found = ((key.decode("utf-8", "replace"), value) for key, value in (schema.metadata or {}).items())
    return {key.removeprefix(PREFIX): value.decode("utf-8", "replace") for key, value in found if key not in _OTHERS}
