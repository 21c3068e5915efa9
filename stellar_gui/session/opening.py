"""Opening what a user chooses: a session, or a table of stars as the beginning of one."""

from collections.abc import Generator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from stellar_gui.catalog.catalog import Catalog
from stellar_gui.errors import SeveralTablesError
from stellar_gui.progress import Progress
from stellar_gui.session.compressed_file import is_compressed
from stellar_gui.session.session import Session

if TYPE_CHECKING:
    from stellar_gui.catalog.survey.taking import Taking

SESSION_ENDING = ".stellar"


def is_session(path: Path) -> bool:
    """Whether a file is a session by its name."""
    return path.suffix.lower() == SESSION_ENDING


def require_one_table(path: Path) -> None:
    """Raise SeveralTablesError where a file has several tables to choose from; InputError where it cannot be read."""
    from stellar_gui.catalog.reading import tables_in

    tables = () if is_session(path) or is_compressed(path) or path.is_dir() else tables_in(path)
    if len(tables) > 1:
        raise SeveralTablesError(f"{path.name}: it has {len(tables)} tables; choose one of them.", tables)


def open_path(
    path: Path,
    columns: Mapping[str, str] = MappingProxyType({}),
    table: str | None = None,
    taking: "Taking | None" = None,
) -> Generator[Progress, None, Session]:
    """Open a session, a compressed catalogue, or a table with these columns by role under the default cuts.

    table: as for `load_table`. taking: a sample or cone of a survey; without, a sample of a folder.
    Raises InputError where the file cannot be used.
    """
    if is_compressed(path):
        from stellar_gui.session.compression import decompress

        return Session((yield from decompress(path)))
    if is_session(path):
        from stellar_gui.session.storage.archive import load_session

        return (yield from load_session(path))
    return Session((yield from load_stars(path, columns, table, taking)))


def load_stars(
    path: Path,
    columns: Mapping[str, str] = MappingProxyType({}),
    table: str | None = None,
    taking: "Taking | None" = None,
) -> Generator[Progress, None, Catalog]:
    """Read a table of stars: all of a file, or a sample or cone of a Parquet file, a folder of them or of HATS.

    Without `taking` a folder gives the default sample. Raises InputError where it cannot be used.
    """
    from stellar_gui.catalog.reading import load_catalog
    from stellar_gui.catalog.survey.sampling import Sample
    from stellar_gui.catalog.survey.taking import load_part

    if taking is None and not path.is_dir():
        return (yield from load_catalog(path, columns, table=table))
    return (yield from load_part(path, taking or Sample(), columns))
