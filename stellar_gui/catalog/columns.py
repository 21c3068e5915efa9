"""Which column of a table plays which role: bands, sky position, redshift, identifier, class."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class ColumnRoles(Mapping[str, str]):
    """Column name by role; a role that no column plays is absent.

    Roles: u, g, r, i, z (always present in a Catalog), ra, dec (deg), redshift, identifier, class.
    """

    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __getitem__(self, role: str) -> str:
        return self.names[role]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
