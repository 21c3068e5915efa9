"""A table as its file holds it, before its columns are recognised, and the limits within which it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import pandas as pd


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table with any columns.

    frame: the rows, with a plain RangeIndex.
    units: unit strings by column name, as far as the file tells.
    metadata: what the file says of itself, by key.
    """

    frame: pd.DataFrame
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Limits:
    """How large a table may be; what is beyond is refused before or while it is read.

    columns: number of columns; line: bytes of one line of text; unpacked: bytes of text, or of the table in memory,
    however small the file is that they come from.
    """

    columns: int = 2_000
    line: int = 1 << 20
    unpacked: int = 4 << 30


LIMITS: Final = Limits()


def size_in_words(size: int) -> str:
    """A number of bytes for a message, such as `4 GiB`."""
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}"
        size //= 1024
    return f"{size:,} GiB"
