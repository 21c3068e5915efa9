"""A table as its file holds it, before its columns are recognised, and the limits within which it is read."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import pandas as pd

from stellar_gui.catalog.column_meta import ColumnMeta


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table with any columns.

    frame: the rows, with a plain RangeIndex.
    units: unit strings by column name, as far as the file tells.
    metadata: what the file says of itself, by key.
    column_meta: UCDs and descriptions by column name, as far as the file tells.
    """

    frame: pd.DataFrame
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    column_meta: Mapping[str, ColumnMeta] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Limits:
    """How large a table may be; what is beyond is refused before or while it is read.

    columns: number of columns; line: bytes of one line of text; unpacked: bytes of text, or of the table in memory,
    however small the file is that they come from; ratio: how many times the size of a compressed file that may be,
    where it is more than `always_allowed` bytes; memory: bytes that opening the table may take, as `opening_memory`
    estimates them.
    """

    columns: int = 2_000
    line: int = 1 << 20
    unpacked: int = 4 << 30
    ratio: int = 200
    always_allowed: int = 256 << 20
    memory: int = 6 << 30

    def unpacked_from(self, packed: int) -> int:
        """The bytes that a compressed file of that size may unpack to."""
        return min(self.unpacked, max(self.always_allowed, self.ratio * packed))


def opening_memory(table: int, rows: int) -> int:
    """Bytes that a table of that many bytes and rows takes at most while it is opened and checked.

    The table is there twice while its columns become a data frame; each row then takes 20 bytes for its five
    magnitudes and about 40 for the quality checks.
    """
    return 2 * table + 60 * rows


def physical_memory() -> int | None:
    """Bytes of memory that the machine has; None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def limits_of(memory: int | None) -> Limits:
    """The limits on a machine with that much memory: a table may take at most half of it."""
    return Limits() if memory is None else Limits(memory=min(Limits.memory, memory // 2))


LIMITS: Final = limits_of(physical_memory())


def size_in_words(size: int) -> str:
    """A number of bytes for a message, such as `4 GiB`."""
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}"
        size //= 1024
    return f"{size:,} GiB"
