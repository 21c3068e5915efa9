"""The catalogue: an immutable table of stars with recognised columns, units and provenance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.columns import ColumnRoles


@dataclass(frozen=True)
class Provenance:
    """Where a catalogue comes from.

    name: what the user calls it, usually the file's name.
    path: absolute path of the file, None for a simulated or downloaded table.
    size: bytes; sha256: hex digest of the file; both None without a file.
    opened: ISO 8601 time, UTC.
    query: the SQL query or the simulation's settings, where known.
    """

    name: str
    path: str | None = None
    size: int | None = None
    sha256: str | None = None
    opened: str | None = None
    query: str | None = None


@dataclass(frozen=True, eq=False)
class Catalog:
    """A table of n stars; row k keeps its place in everything that is derived from it.

    table: every column of the source, untouched, with a plain RangeIndex; never changed after construction.
    columns: which column plays which role (bands, position, identifier, class).
    units: unit strings by column name, as far as known.
    """

    table: pd.DataFrame
    columns: ColumnRoles
    provenance: Provenance
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def magnitudes(self) -> NDArray[np.float32]:
        """(n, 5) float32, mag, in the order u g r i z; NaN where a value is missing or not a number. Read-only."""
        values = np.empty((len(self.table), len(BAND_NAMES)), dtype=np.float32)
        for k, band in enumerate(BAND_NAMES):
            column = pd.to_numeric(self.table[self.columns[band]], errors="coerce")
            values[:, k] = column.to_numpy(dtype=np.float32, na_value=np.nan)
        values.setflags(write=False)
        return values
