"""Opening a table of stars from a file: one registry of formats, the checks before, and the provenance after."""

import hashlib
import os
import re
import stat
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Final

from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import Recognition, recognise
from stellar_gui.catalog.formats.csv_table import read_text_table
from stellar_gui.catalog.formats.file_bytes import first_bytes
from stellar_gui.catalog.formats.fits_table import fits_tables, read_fits
from stellar_gui.catalog.formats.parquet_table import read_parquet
from stellar_gui.catalog.formats.raw_table import LIMITS, Limits, RawTable
from stellar_gui.catalog.formats.votable_table import read_votable, votable_tables
from stellar_gui.errors import InputError, MissingBandsError
from stellar_gui.progress import Progress, drain

Reader = Callable[..., Generator[Progress, None, RawTable]]
"""Reads the table of a path within limits; one of _WITH_TABLES takes a table's name or number too."""

READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        ".csv": read_text_table,
        ".csv.gz": read_text_table,
        ".tsv": read_text_table,
        ".txt": read_text_table,
        ".dat": read_text_table,
        ".parquet": read_parquet,
        ".fits": read_fits,
        ".vot": read_votable,
        ".xml": read_votable,
        ".ecsv": read_text_table,
    }
)
"""Reader by usual ending. Which one reads a file is told by its content alone (`reader_of`)."""

_WITH_TABLES: Final = (read_fits, read_votable)
_HEAD: Final = 2048
_BLANKS: Final = b"\xef\xbb\xbf \r\n\t"
_VOTABLE: Final = re.compile(rb"<([\w.-]+:)?VOTABLE[\s>]")
_FOREIGN: Final = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (such as a spreadsheet or a session)"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"(\xb5/\xfd", "a zstd archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML file"),
    (b"<svg", "a picture"),
)
_QUERY_KEYS: Final = ("query", "sql")
_HASH_BLOCK: Final = 1 << 18


def load_table(path: Path, limits: Limits = LIMITS, table: str | None = None) -> Generator[Progress, None, RawTable]:
    """Read a table with any columns.

    table: name or number of a table in a FITS file or VOTable; the first one without it.
    Raises InputError with one sentence for everything that keeps the file from being read: missing, a directory, a pipe
    or device (which is never opened), unreadable, empty, not a table, damaged, or beyond the limits.
    """
    path = Path(path)
    try:
        reader = reader_of(path)
        if table is not None and reader not in _WITH_TABLES:
            raise InputError(f"{path.name}: there is one table in such a file; leave out the name of a table.")
        raw = yield from reader(path, limits) if table is None else reader(path, limits, table)
    except OSError as error:
        raise InputError(f"{_named(path, error)}: {_reason(error)}.") from error
    except MemoryError as error:
        raise InputError(f"{path.name}: not enough memory for this table; open a part of it.") from error
    return raw


def tables_in(path: Path) -> tuple[str, ...]:
    """The tables in a FITS file or VOTable, by name or number as `load_table` takes them; () for any other file.

    Raises InputError where the file cannot be read.
    """
    path = Path(path)
    try:
        reader = reader_of(path)
        return fits_tables(path) if reader is read_fits else votable_tables(path) if reader is read_votable else ()
    except OSError as error:
        raise InputError(f"{_named(path, error)}: {_reason(error)}.") from error


def kind_of(path: Path) -> str:
    """The usual ending of files of a table's kind, by its content. Raises InputError where it cannot be read."""
    path = Path(path)
    try:
        reader = reader_of(path)
    except OSError as error:
        raise InputError(f"{_named(path, error)}: {_reason(error)}.") from error
    return next(ending for ending, each in READERS.items() if each is reader)


def load_catalog(
    path: Path,
    columns: Mapping[str, str] = MappingProxyType({}),
    limits: Limits = LIMITS,
    table: str | None = None,
) -> Generator[Progress, None, Catalog]:
    """Read a table of stars and recognise its columns; closing the generator gives up.

    columns: the user's column by role, as for `columns.recognise`. table: as for `load_table`.
    Yields Progress (bytes of a text file, rows of Parquet). Raises InputError as `load_table` and `recognise` do.
    """
    path = Path(path)
    opened = datetime.now(UTC).isoformat(timespec="seconds")
    given_up = Event()
    with ThreadPoolExecutor(1) as pool:
        try:
            work = load_table(path, limits, table)
            first = next(work)
            digest = pool.submit(_sha256, path, given_up)
            yield first
            raw = yield from work
            found = recognised(raw, columns, path.name)
            size, sha256 = digest.result()
        except OSError as error:
            raise InputError(f"{_named(path, error)}: {_reason(error)}.") from error
        finally:
            given_up.set()
    source = Provenance(name=path.name, path=str(path.resolve()), size=size, sha256=sha256, opened=opened)
    return catalog_of(raw, found, columns, source)


def recognised(raw: RawTable, columns: Mapping[str, str], name: str) -> Recognition:
    """The columns of a table by role. Raises InputError as `recognise` does, with the file's name before."""
    try:
        return recognise(raw.frame, columns)
    except MissingBandsError as error:
        raise MissingBandsError(f"{name}: {error}.", error.columns) from error
    except InputError as error:
        raise InputError(f"{name}: {error}.") from error


def catalog_of(raw: RawTable, found: Recognition, columns: Mapping[str, str], source: Provenance) -> Catalog:
    """A table with its columns recognised, the user's among them; its metadata tell the query that it was made by."""
    query = next((value for key, value in raw.metadata.items() if key.lower() in _QUERY_KEYS), None)
    return Catalog(
        table=raw.frame,
        columns=found.roles,
        provenance=replace(source, query=query),
        units=raw.units,
        candidates=found.candidates,
        ambiguous=found.ambiguous,
        metadata=raw.metadata,
        chosen=columns,
        column_meta=raw.column_meta,
    )


def read_catalog(path: Path, columns: Mapping[str, str] = MappingProxyType({})) -> Catalog:
    """Read a table of stars in one go; see `load_catalog`."""
    return drain(load_catalog(path, columns))


def ending(path: Path, known: Mapping[str, object]) -> str | None:
    """The longest of the known endings that a file's name has, in any case."""
    name = path.name.lower()
    return max((end for end in known if name.endswith(end)), key=len, default=None)


def _check_file(path: Path) -> None:
    try:
        facts = path.stat()
    except ValueError as error:  # a NUL character in the name
        raise InputError(f"{path.name!r}: no file can have this name; check it.") from error
    if stat.S_ISDIR(facts.st_mode):
        raise InputError(f"{path.name or path}: this is a folder; choose a table of stars in it.")
    if not stat.S_ISREG(facts.st_mode):
        raise InputError(f"{path.name}: a pipe or device cannot be opened; save the table as a file first.")
    if facts.st_size == 0:
        raise InputError(f"{path.name}: the file is empty; choose a table with column names and rows.")


def reader_of(path: Path) -> Reader:
    """The reader for what the file holds, told by its first bytes.

    Raises InputError for what is not a table, or not a file; OSError.
    """
    _check_file(path)
    head = first_bytes(path, _HEAD)
    if head.startswith(b"PAR1"):
        return read_parquet
    if head.startswith(b"SIMPLE  ="):
        return read_fits
    letters = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")
    if letters.lstrip(_BLANKS).startswith(b"<") and _VOTABLE.search(letters):
        return read_votable
    for signature, kind in _FOREIGN:
        if head.lstrip(_BLANKS).lower().startswith(signature.lower()):
            raise InputError(f"{path.name}: this is {kind}, not a table of stars; open one of {', '.join(READERS)}.")
    return read_text_table


def _named(path: Path, error: OSError) -> str:
    """The file, with its folder where that may be what is wrong."""
    return str(path) if isinstance(error, FileNotFoundError) else path.name


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file; check its name and folder"
    if isinstance(error, PermissionError):
        return "you have no permission to read it; ask its owner, or copy it to a folder of yours"
    text = os.strerror(error.errno) if error.errno else str(error)
    return f"it cannot be read ({text.lower()}); check its name and folder"


def _sha256(path: Path, given_up: Event) -> tuple[int, str]:
    """Size in bytes and hex digest of a file."""
    digest, size = hashlib.sha256(), 0
    block = memoryview(bytearray(_HASH_BLOCK))
    with path.open("rb", buffering=0) as file:
        while not given_up.is_set() and (count := file.readinto(block)):
            digest.update(block[:count])
            size += count
    return size, digest.hexdigest()
