"""Tables of any length written piece by piece, so that memory does not grow with them."""

import gzip
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq

from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.formats.arrow_frame import annotated, is_text, to_frame
from stellar_gui.catalog.formats.parquet_table import key_values
from stellar_gui.catalog.writing import save_arrow, write_table, writer_for, writes_parquet, writes_text
from stellar_gui.errors import OutputError
from stellar_gui.progress import drain
from stellar_gui.session.pieces import no_room, temporary_folder


class TableWriter(Protocol):
    """Takes the pieces of a table, which have the same columns and types."""

    def write(self, table: pa.Table) -> None:
        """Add rows."""

    def close(self) -> None:
        """Finish the file."""


@contextmanager
def table_writer(
    path: Path, metadata: Mapping[str, str], units: Mapping[str, str], column_meta: Mapping[str, ColumnMeta]
) -> Iterator[TableWriter]:
    """Write a table piece by piece, atomically, in the form that `save_table` gives it; the ending chooses the format.

    metadata, units and column_meta are kept; but a CSV has no comments, so that every program reads it. Where the
    header tells what is known only at the end (FITS, VOTable, ECSV), the pieces are held in memory until then.
    Raises OutputError where the file cannot be written.
    """
    if writes_text(path):
        with (
            atomic_target(path) as temporary,
            temporary_folder() as folder,
            closing(_TextWriter(temporary, path.name, folder)) as text_writer,
        ):
            yield text_writer
    elif writes_parquet(path):
        with (
            atomic_target(path) as temporary,
            closing(ParquetWriter(temporary, metadata, units, column_meta)) as writer,
        ):
            yield writer
    else:
        writer_for(path)
        held: list[pa.Table] = []
        yield _Held(held)
        drain(save_arrow(annotated(pa.concat_tables(held), units, column_meta), path, metadata))


def holds_all(path: Path) -> bool:
    """Whether `table_writer` holds all pieces in memory for a path's ending. Raises OutputError for an unknown one."""
    return not (writes_text(path) or writes_parquet(path))


class _Held:
    """Keeps the pieces in a list."""

    def __init__(self, pieces: list[pa.Table]) -> None:
        self.write = pieces.append

    def close(self) -> None:
        pass


class ParquetWriter:
    """Writes pieces of a table to a Parquet file, with metadata, units and meanings in it."""

    def __init__(
        self,
        path: Path,
        metadata: Mapping[str, str],
        units: Mapping[str, str],
        column_meta: Mapping[str, ColumnMeta],
        compression: str = "zstd",
    ) -> None:
        self._path, self._metadata, self._units, self._column_meta = path, metadata, units, column_meta
        self._compression = compression
        self._writer: pq.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        """Add rows; the first piece settles the columns."""
        if self._writer is None:
            schema = annotated(table, self._units, self._column_meta).schema
            schema = schema.with_metadata(key_values(self._metadata))
            texts = [field.name for field in schema if is_text(field.type)]
            self._writer = pq.ParquetWriter(self._path, schema, compression=self._compression, use_dictionary=texts)
        self._writer.write_table(table.cast(self._writer.schema))

    def tell(self, facts: Mapping[str, str]) -> None:
        """Add to the metadata of a file that has some rows, before it is closed."""
        if self._writer is not None:
            self._writer.add_key_value_metadata(dict(facts))

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()


class _TextWriter:
    """Each piece is written as a table of its own, of which all but the first leave out the column names."""

    def __init__(self, path: Path, name: str, folder: Path) -> None:
        self._part = folder / "part.csv"
        self._raw = path.open("wb")
        self._file: IO[bytes] = self._raw
        if name.lower().endswith(".gz"):
            self._file = cast("IO[bytes]", gzip.GzipFile("", "wb", compresslevel=6, fileobj=self._raw, mtime=0))
        self._empty = True

    def write(self, table: pa.Table) -> None:
        try:
            write_table(to_frame(table, tuple(table.column_names)), self._part, comments=False)
        except OutputError as error:
            raise no_room(self._part.parent, error.__cause__ or error) from error
        with self._part.open("rb") as part:
            if not self._empty:
                part.readline()
            shutil.copyfileobj(part, self._file)
        self._empty = False

    def close(self) -> None:
        self._file.close()
        self._raw.close()
