"""Writing a table in the format that its name tells, atomically, with its origin, units and meanings in the file."""

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

from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.formats.arrow_frame import DESCRIPTION, UCD, UNIT, from_frame, is_text, told
from stellar_gui.catalog.formats.arrow_plain import numbers_and_text, without_nesting
from stellar_gui.catalog.formats.csv_layout import COLUMN_FACTS
from stellar_gui.catalog.formats.csv_types import MISSING
from stellar_gui.catalog.formats.ecsv_header import header_lines
from stellar_gui.catalog.formats.fits_writing import write_fits
from stellar_gui.catalog.formats.parquet_table import key_values
from stellar_gui.catalog.formats.votable_writing import write_votable
from stellar_gui.catalog.reading import ending
from stellar_gui.errors import OutputError
from stellar_gui.progress import Progress, drain

__all__ = ["WRITERS", "atomic_target", "save_table", "write_table"]

Writer = Callable[[pa.Table, Path, Mapping[str, str], str], Generator[Progress, None, None]]

_CSV_ROWS: Final = 1 << 16
_PARQUET_ROWS: Final = 1 << 18
_SPECIAL: Final = r'[",\r\n#]|^\s|\s$|^$'


def write_table(
    frame: pd.DataFrame,
    path: Path,
    metadata: Mapping[str, str] = MappingProxyType({}),
    units: Mapping[str, str] = MappingProxyType({}),
    comments: bool = True,
    column_meta: Mapping[str, ColumnMeta] = MappingProxyType({}),
) -> None:
    """Write a table in one go; see `save_table`."""
    drain(save_table(frame, path, metadata, units, comments, column_meta))


def save_table(
    frame: pd.DataFrame,
    path: Path,
    metadata: Mapping[str, str] = MappingProxyType({}),
    units: Mapping[str, str] = MappingProxyType({}),
    comments: bool = True,
    column_meta: Mapping[str, ColumnMeta] = MappingProxyType({}),
) -> Generator[Progress, None, None]:
    """Write a table without its index; the ending of path chooses the format. Closing the generator gives up.

    Every number is written so that reading gives it back exactly: integers in full, floats in the shortest form that
    is theirs alone. Missing values are empty cells (CSV, ECSV), nulls (Parquet, VOTable), or as the standard has it
    (FITS).

    metadata: what to say of the table, by key; `# key: value` comments before a CSV's column names, key-value metadata
        `stellar_gui.KEY` in Parquet, HISTORY in FITS, INFO and PARAM in VOTable, `meta` in ECSV. units, column_meta: by
        column, where the format has its place for them.
    comments: whether a CSV has its comment header; without, programs that know no comments read it as it is.
    Yields Progress in rows. Raises OutputError where the file cannot be written; what was there is then left as it was.
    """
    yield from save_arrow(from_frame(frame, units, column_meta), path, metadata, comments)


def save_arrow(
    table: pa.Table, path: Path, metadata: Mapping[str, str], comments: bool = True
) -> Generator[Progress, None, None]:
    """Write a table whose fields' metadata tell units, UCDs and descriptions; see `save_table`."""
    path = Path(path)
    writer = writer_for(path)
    yield Progress(0, len(table), "rows")
    with atomic_target(path) as temporary:
        try:
            yield from writer(table, temporary, metadata, _comments(table.schema, metadata) if comments else "")
        except OutputError as error:
            raise OutputError(f"{path.name}: {error}") from error


def writer_for(path: Path) -> Writer:
    """The writer for a path's ending; OutputError where that tells none."""
    end = ending(path, WRITERS)
    if end is None:
        raise OutputError(f"{path.name}: the ending does not tell a format; use one of {', '.join(WRITERS)}.")
    return WRITERS[end]


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


def _write_ecsv(
    table: pa.Table, path: Path, metadata: Mapping[str, str], comments: str
) -> Generator[Progress, None, None]:
    table = numbers_and_text(table)
    header = header_lines(table.schema, metadata)
    for k, field in enumerate(table.schema):
        if kinds.is_boolean(field.type):
            words = pc.if_else(table.column(k), "True", "False")
            table = table.set_column(k, field.name, words)
    with path.open("wb") as file:
        yield from _write_rows(table, file, header)


def _write_rows(table: pa.Table, file: "IO[bytes] | gzip.GzipFile", comments: str) -> Generator[Progress, None, None]:
    file.write(comments.encode())
    file.write((",".join(map(_heading, table.column_names)) + "\n").encode())
    table = without_nesting(table)
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


def _comments(schema: pa.Schema, metadata: Mapping[str, str]) -> str:
    """The comment header, one line for each entry; a value that would not fit in a line as it is becomes JSON."""
    lines = [f"# {_key(key)}: {_value(value)}\n" for key, value in metadata.items() if key not in COLUMN_FACTS]
    for key, fact in (("units", UNIT), ("ucds", UCD), ("descriptions", DESCRIPTION)):
        if known := {field.name: text for field in schema if (text := told(field, fact))}:
            lines.append(f"# {key}: {json.dumps(known, ensure_ascii=False)}\n")
    types = {field.name: str(field.type) for field in schema}
    lines.append(f"# types: {json.dumps(types, ensure_ascii=False)}\n")
    return "".join(lines)


def _key(key: str) -> str:
    return "".join(character if character.isalnum() or character in "_.- " else "_" for character in key)


def _value(value: str) -> str:
    plain = value == value.strip() and value.isprintable() and not value.startswith('"')
    return value if plain else json.dumps(value)


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
    {
        ".csv": _write_csv,
        ".csv.gz": _write_csv_gz,
        ".parquet": _write_parquet,
        ".fits": write_fits,
        ".vot": write_votable,
        ".xml": write_votable,
        ".ecsv": _write_ecsv,
    }
)
"""Writer by ending: writes an Arrow table, with metadata or a comment header, to a path that is a temporary file."""


def writes_text(path: Path) -> bool:
    """Whether a path's ending is a CSV's."""
    return writer_for(path) in (_write_csv, _write_csv_gz)


def writes_parquet(path: Path) -> bool:
    """Whether a path's ending is Parquet's."""
    return writer_for(path) is _write_parquet
