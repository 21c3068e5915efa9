"""The catalogue: an immutable table of stars with recognised columns, units and provenance."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.columns import ColumnRoles, is_rounded, numbers, recognise
from stellar_gui.errors import InputError

PHOTOMETRIC_TYPES = (
    "UNKNOWN",
    "COSMIC_RAY",
    "DEFECT",
    "GALAXY",
    "GHOST",
    "KNOWNOBJ",
    "STAR",
    "TRAIL",
    "SKY",
    "NOTATYPE",
)
"""The classes behind the numbers 0 to 9 of SDSS's photometric `type` (PhotoType of SkyServer's schema browser)."""


@dataclass(frozen=True)
class Provenance:
    """Where a catalogue comes from.

    name: what the user calls it, usually the file's name.
    path: absolute path of the file, None for a simulated or downloaded table.
    size: bytes; sha256: hex digest of the file; both None without a file.
    opened: ISO 8601 time, UTC.
    query: the SQL query or the simulation's settings, where known.
    dust_map: the files of the user's dust map that E(B-V) was taken from, with their SHA-256; None without one.
    part: which rows of a survey these are, as `survey.taking` words it; None for all of a table.
    """

    name: str
    path: str | None = None
    size: int | None = None
    sha256: str | None = None
    opened: str | None = None
    query: str | None = None
    dust_map: str | None = None
    part: str | None = None


@dataclass(frozen=True, eq=False)
class Catalog:
    """A table of n stars; row k keeps its place in everything that is derived from it.

    table: every column of the source, untouched, with a plain RangeIndex; a shallow copy of what was given, so that
        under pandas' copy-on-write a later change of either frame leaves the other alone. Never changed: take
        columns from it (they too are copied on write), and copy it (`table.copy()`) to add to it.
    columns: which column plays which role (bands, position, redshift, identifier, class).
    units: unit strings by column name, as far as known.
    candidates: by role, every column that could play it.
    ambiguous: roles whose column is a guess that the user should confirm.
    metadata: what the file says of itself in its comment header or key-value metadata.
    chosen: column by role as the user chose it; the other roles were recognised.
    column_meta: UCDs and descriptions by column name, as far as known.
    """

    table: pd.DataFrame
    columns: ColumnRoles
    provenance: Provenance
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    candidates: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    ambiguous: frozenset[str] = frozenset()
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    chosen: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    column_meta: Mapping[str, ColumnMeta] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        table = self.table.copy(deep=False)
        table.index = pd.RangeIndex(len(table))
        object.__setattr__(self, "table", table)
        for name in ("units", "candidates", "metadata", "chosen", "column_meta"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def magnitudes(self) -> NDArray[np.float32]:
        """(n, 5) float32, mag, in the order u g r i z. Read-only.

        NaN where a value is missing or not a number, infinite where it is beyond float32.
        """
        values = np.empty((len(self.table), len(BAND_NAMES)), dtype=np.float32)
        for k, band in enumerate(BAND_NAMES):
            with np.errstate(over="ignore"):
                values[:, k] = numbers(self.table[self.columns[band]])
        values.setflags(write=False)
        return values

    @cached_property
    def labels(self) -> pd.Categorical | None:
        """The n stars' classes in capitals (STAR, GALAXY, QSO, ...), missing where unknown; None without such a column.

        Numbers in a column `type` are SDSS's photometric types and become their names.
        """
        if "class" not in self.columns:
            return None
        codes, values = pd.factorize(self.table[self.columns["class"]])
        names = pd.Index([_label(value) for value in values], dtype=object)
        merged, categories = pd.factorize(names)
        if "" in categories:
            merged[merged == categories.get_loc("")] = -1
        return pd.Categorical.from_codes(np.append(merged, -1)[codes], categories=categories)

    def numbers(self, role: str) -> NDArray[np.float64]:
        """(n,) float64: the values of a role's column, NaN where one is missing; KeyError where no column plays it."""
        return numbers(self.table[self.columns[role]])

    @cached_property
    def naming_column(self) -> str | None:
        """The column of identifiers, unless they have lost digits and tell no star from another."""
        column = self.columns.get("identifier")
        return None if column is None or is_rounded(self.table[column]) else column

    def star_name(self, row: int) -> str:
        """What a star is called: its identifier, or its row counted from 1."""
        column = self.naming_column
        value = None if column is None else self.table[column].iloc[row]
        return f"Star in row {row + 1:,}" if value is None or pd.isna(value) else f"Star {value}"

    def with_columns(self, chosen: Mapping[str, str]) -> "Catalog":
        """The same table with the user's column for some roles, the others recognised anew.

        Earlier choices stay, unless a new one takes their column; an empty name leaves a role to no column.
        Raises InputError for an unknown role or column.
        """
        taken = set(chosen.values())
        kept = {role: column for role, column in self.chosen.items() if column not in taken or not column}
        choice = kept | dict(chosen)
        try:
            found = recognise(self.table, choice)
        except InputError as error:
            raise InputError(f"{self.provenance.name}: {error}.") from error
        return replace(
            self,
            columns=found.roles,
            candidates=found.candidates,
            ambiguous=found.ambiguous,
            chosen=MappingProxyType(choice),
        )


def _label(value: object) -> str:
    if types.is_integer(value) and 0 <= int(value) < len(PHOTOMETRIC_TYPES):
        return PHOTOMETRIC_TYPES[int(value)]
    return str(value).strip().upper()
