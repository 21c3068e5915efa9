"""A survey: one table in any number of Parquet files, which need not fit in memory together."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import pyarrow as pa

from stellar_gui.catalog.survey.hats import DATASET, Hats, Pixel, find_hats, pixel_of
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

_ENDINGS: Final = (".parquet", ".parq", ".pq")
_NOT_PARTS: Final = ("_", ".")
_THUMBNAIL: Final = "data_thumbnail.parquet"


@dataclass(frozen=True)
class Part:
    """One file of a survey: its path, number of rows, bytes, and in a HATS catalogue its pixel of the sky."""

    path: Path
    rows: int
    size: int
    pixel: Pixel | None = None


@dataclass(frozen=True, eq=False)
class Survey:
    """A table in Parquet files of the same columns.

    path: the file or folder that the user chose; parts: its files, in the order of their pixels, else of their names;
    schema: of the first part; hats: what a HATS catalogue says of itself, None for other files.
    """

    path: Path
    parts: tuple[Part, ...]
    schema: pa.Schema
    hats: Hats | None = None

    @property
    def folder(self) -> Path:
        """The folder that the parts' names are told from (`name_of`)."""
        if self.hats is not None:
            return self.hats.folder
        return self.path if self.path.is_dir() else self.path.parent

    @cached_property
    def rows(self) -> int:
        """Rows of all parts."""
        return sum(part.rows for part in self.parts)

    def name_of(self, part: Part) -> str:
        """A part's path within the folder, with `/`."""
        return part.path.relative_to(self.folder).as_posix()


def can_be_parted(path: Path) -> bool:
    """Whether a file has the name of one of which a part can be opened as of a survey."""
    return path.suffix.lower() in _ENDINGS


def open_survey(path: Path) -> Generator[Progress, None, Survey]:
    """Read the footers of a Parquet file, or of all in a folder, and check that their columns are the same.

    Files and folders whose names begin with `_` or `.` are passed over, as other programs do. Yields Progress in files.
    Raises InputError with one sentence where there is no Parquet file, one is damaged, or two differ in their columns.
    """
    path = Path(path)
    try:
        hats = find_hats(path) if path.is_dir() else None
        files = [path] if path.is_file() else _files(path if hats is None else hats.folder / DATASET)
        if not files:
            raise InputError(f"{path.name}: no Parquet files in it; choose a folder that holds some.")
        parts: list[Part] = []
        schema: pa.Schema | None = None
        yield Progress(0, len(files), "files")
        for number, file in enumerate(files, start=1):
            rows, found = _footer(file)
            if schema is None:
                schema = found
            elif not schema.equals(found):
                raise InputError(
                    f"{file.name}: its columns are not those of {files[0].name}; {_difference(schema, found)}"
                )
            parts.append(Part(file, rows, file.stat().st_size, pixel_of(file) if hats is not None else None))
            yield Progress(number, len(files), "files")
    except OSError as error:
        raise InputError(f"{path.name}: it cannot be read ({(error.strerror or str(error)).lower()}).") from error
    if not any(part.rows for part in parts):
        raise InputError(f"{path.name}: no rows in its {len(parts):,} Parquet files; choose a folder with stars.")
    assert schema is not None
    return Survey(path, tuple(parts), schema, hats)


def _files(folder: Path) -> list[Path]:
    found = [
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in _ENDINGS
        and file.name != _THUMBNAIL
        and not any(name.startswith(_NOT_PARTS) for name in file.relative_to(folder).parts)
        and file.is_file()
    ]
    return sorted(found, key=lambda file: (pixel_of(file) or Pixel(-1, 0), file.relative_to(folder).parts))


def _footer(file: Path) -> tuple[int, pa.Schema]:
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as parquet:
            return parquet.metadata.num_rows, parquet.schema_arrow
    except (pa.ArrowException, ValueError) as error:
        raise InputError(f"{file.name}: the Parquet file is damaged or none; copy it again.") from error


def _difference(first: pa.Schema, other: pa.Schema) -> str:
    missing = [name for name in first.names if name not in other.names]
    added = [name for name in other.names if name not in first.names]
    if missing:
        return f"“{missing[0]}” is missing; keep tables of one kind in the folder."
    if added:
        return f"“{added[0]}” is one more; keep tables of one kind in the folder."
    return "their types or order differ; keep tables of one kind in the folder."
