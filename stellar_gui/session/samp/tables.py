"""The tables that were exchanged with other programs, by which row lists and highlights are understood."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.catalog.reading import load_catalog
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress
from stellar_gui.session.samp.addresses import fetch
from stellar_gui.session.samp.messages import Highlight, RowList, TableOffer
from stellar_gui.session.session import Session

_MOST: Final = 100


@dataclass(frozen=True)
class SharedTable:
    """A table whose row k is row k of the catalogue; table_id, url: what messages call it."""

    table_id: str
    url: str


@dataclass(frozen=True)
class SharedTables:
    """The tables of a catalogue of some rows that other programs hold too, newest last; the last hundred are kept."""

    rows: int = 0
    tables: tuple[SharedTable, ...] = ()

    def with_one(self, table: SharedTable) -> "SharedTables":
        """With another table, which was exchanged just now."""
        others = tuple(other for other in self.tables if other != table)
        return replace(self, tables=(*others, table)[-_MOST:])

    @property
    def newest(self) -> SharedTable | None:
        """The table to speak of when rows are sent; None before one was exchanged."""
        return self.tables[-1] if self.tables else None

    def star(self, message: Highlight) -> int:
        """The catalogue's row that a message means; InputError where it means none."""
        self._require(message)
        if message.row >= self.rows:
            raise InputError(f"{message.sender} means row {message.row + 1:,} of a table of {self.rows:,} rows.")
        return message.row

    def members(self, message: RowList) -> NDArray[np.bool_]:
        """(n,) bool, read-only: the catalogue's rows that a message lists; InputError where it lists others."""
        self._require(message)
        if len(message.rows) and int(message.rows.max()) >= self.rows:
            raise InputError(
                f"{message.sender} lists row {int(message.rows.max()) + 1:,} of a table of {self.rows:,} rows; "
                "send the table anew, so that both programs hold the same."
            )
        mask = np.zeros(self.rows, dtype=bool)
        mask[message.rows] = True
        mask.setflags(write=False)
        return mask

    def _require(self, message: Highlight | RowList) -> None:
        for table in self.tables:
            if message.table_id == table.table_id or message.url == table.url:
                return
        raise InputError(
            f"{message.sender} speaks of a table that is not open here; send the open table to it, or load its own."
        )


def shared_offer(offer: TableOffer) -> SharedTable:
    """How messages speak of a table that was offered: by its address where it has no identifier."""
    return SharedTable(offer.table_id or offer.url, offer.url)


def open_offer(
    offer: TableOffer, columns: Mapping[str, str] = MappingProxyType({})
) -> Generator[Progress, None, Session]:
    """The table that another program offers, as the beginning of a session under the default cuts.

    columns: as for `load_catalog`. Raises InputError as that and `fetch` do.
    """
    with TemporaryDirectory(prefix="stellar-gui-", ignore_cleanup_errors=True) as folder:
        fetched = yield from fetch(offer.url, Path(folder))
        catalog = yield from load_catalog(fetched.path, columns)
    source = catalog.provenance
    path = None if fetched.temporary else source.path
    session = Session(replace(catalog, provenance=replace(source, name=offer.name or source.name, path=path)))
    _ = session.quality
    return session
