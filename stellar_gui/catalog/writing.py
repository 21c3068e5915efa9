"""Writing a table to CSV or Parquet, atomically, with its origin and units in the file."""

import gzip
import json
import re
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.types as kinds

from stellar_gui.catalog.arrow_frame import from_frame, is_text
from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.catalog.csv_types import MISSING
from stellar_gui.catalog.parquet_table import key_values
from stellar_gui.catalog.reading import ending
from stellar_gui.errors import OutputError
from stellar_gui.progress import Progress, drain

__all__ = ["WRITERS", "atomic_target", "save_table", "write_table"]

Writer = Callable[[pa.Table, Path, Mapping[str, str], str], Generator[Progress, None, None]]

_CSV_ROWS: Final = 1 << 16
_PARQUET_ROWS: Final = 1 << 18
_SPECIAL: Final = r'[",\r\n#]|^\s|\s$|^$'
_RESERVED: Final = ("units", "types")


def write_table(
    frame: pd.DataFrame,
    path: Path,
    metadata: Mapping[str, str] = MappingProxyType({}),
    units: Mapping[str, str] = MappingProxyType({}),
    comments: bool = True,
) -> None:
    """Write a table in one go; see `save_table`."""
    drain(save_table(frame, path, metadata, units, comments))


def save_table(
    frame: pd.DataFrame,
    path: Path,
    metadata: Mapping[str, str] = MappingProxyType({}),
    units: Mapping[str, str] = MappingProxyType({}),
    comments: bool = True,
) -> Generator[Progress, None, None]:
    """Write a table without its index; the ending of path chooses the format. Closing the generator gives up.

    Every number is written so that reading gives it back exactly: integers in full, floats in the shortest form that
    is theirs alone. Missing values are empty cells (CSV) or nulls (Parquet).

    metadata: what to say of the table, by key; `# key: value` comments before a CSV's column names, key-value metadata
        `stellar_gui.KEY` in Parquet. units: by column, likewise.
    comments: whether a CSV has its comment header; without, programs that know no comments read it as it is.
    Yields Progress in rows. Raises OutputError where the file cannot be written; what was there is then left as it was.
    """
    path = Path(path)
    end = ending(path, WRITERS)
    if end is None:
        raise OutputError(f"{path.name}: the ending does not tell a format; use one of {', '.join(WRITERS)}.")
    table = from_frame(frame, units)
    yield Progress(0, len(table), "rows")
    with atomic_target(path) as temporary:
        yield from WRITERS[end](
            table, temporary, metadata, _comments(table.schema, metadata, units) if comments else ""
        )


def _write_csv(
    table: pa.Table, path: Path, metadata: Mapping[str, str], comments: str
) -> Generator[Progress, None, None]:
    with path.open("wb") as file:
        yield from _write_rows(table, file, comments)


def _write_csv_gz(
    table: pa.Table, path: Path, metadata: Mapping[str, str], comments: str
) -> Generator[Progress, None, None]:
    with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as file:
        yield from _write_rows(table, file, comments)


def _write_rows(table: pa.Table, file: "IO[bytes] | gzip.GzipFile", comments: str) -> Generator[Progress, None, None]:
    file.write(comments.encode())
    file.write((",".join(map(_heading, table.column_names)) + "\n").encode())
    table = _plain(table)
    quoting = "needed" if any(map(_needs_quotes, table.columns)) else "none"
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style=quoting)
    for start in range(0, len(table), _CSV_ROWS):
        file.write(_csv(table.slice(start, _CSV_ROWS), options))
        yield Progress(min(start + _CSV_ROWS, len(table)), len(table), "rows")


def _csv(table: pa.Table, options: pyarrow.csv.WriteOptions) -> memoryview:
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, sink, options)
    return memoryview(sink.getvalue())


def _heading(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if re.search(_SPECIAL, name) else name


def _needs_quotes(column: pa.ChunkedArray) -> bool:
    """Whether a column has text that without quotation marks would be read as something else."""
    if not is_text(column.type):
        return False
    special = pc.match_substring_regex(column, _SPECIAL)
    return bool(pc.any(pc.or_(special, pc.is_in(column, pa.array(MISSING, column.type)))).as_py())


def _comments(schema: pa.Schema, metadata: Mapping[str, str], units: Mapping[str, str]) -> str:
    """The comment header, one line for each entry; a value that would not fit in a line as it is becomes JSON."""
    known = {name: units[name] for name in schema.names if units.get(name)}
    lines = [f"# {_key(key)}: {_value(value)}\n" for key, value in metadata.items() if key not in _RESERVED]
    if known:
        lines.append(f"# units: {json.dumps(known, ensure_ascii=False)}\n")
    types = {field.name: str(field.type) for field in schema}
    lines.append(f"# types: {json.dumps(types, ensure_ascii=False)}\n")
    return "".join(lines)


def _key(key: str) -> str:
    return "".join(character if character.isalnum() or character in "_.- " else "_" for character in key)


def _value(value: str) -> str:
    plain = value == value.strip() and value.isprintable() and not value.startswith('"')
    return value if plain else json.dumps(value)


def _plain(table: pa.Table) -> pa.Table:
    """The table with every column that CSV knows no form for as text."""
    columns = []
    for column in table.columns:
        kind = column.type
        if kinds.is_dictionary(kind):
            column = column.cast(kind.value_type)
        elif kinds.is_nested(kind) or kinds.is_duration(kind):
            column = pa.chunked_array(
                [[None if value is None else str(value) for value in column.to_pylist()]], pa.string()
            )
        columns.append(column)
    return pa.table(columns, names=table.column_names)


def _write_parquet(
    table: pa.Table, path: Path, metadata: Mapping[str, str], comments: str
) -> Generator[Progress, None, None]:
    import pyarrow.parquet as pq

    table = table.replace_schema_metadata(key_values(metadata))
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for start in range(0, max(len(table), 1), _PARQUET_ROWS):
            writer.write_table(table.slice(start, _PARQUET_ROWS))
            yield Progress(min(start + _PARQUET_ROWS, len(table)), len(table), "rows")


WRITERS: Final[Mapping[str, Writer]] = MappingProxyType(
    {".csv": _write_csv, ".csv.gz": _write_csv_gz, ".parquet": _write_parquet}
)
"""Writer by ending: writes an Arrow table, with metadata or a comment header, to a path that is a temporary file."""
