"""The numbers, texts and subsets of a catalogue's stars by the names that expressions call them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from stellar_gui.analysis.findings import UNLABELLED, Finding
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.columns import numbers

Mask = NDArray[np.bool_]
_Maker = Callable[[], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class StarColumns:
    """What can be said of n stars, by name.

    In this order, what comes first is meant: u g r i z and, with an embedding, latent_1, latent_2 ..., rec_error,
    u_rec ... z_rec and u_res ... z_res; the findings, of labels their codes; the table's columns; the other roles
    (ra, dec, redshift, identifier, class); the subsets.

    embedding: None before training; model: the id of what made it; kept: (n,) bool, the stars that take part, None for
    all; subsets: (n,) bool each.
    """

    catalog: Catalog
    embedding: Embedding | None = None
    model: str | None = None
    kept: Mask | None = None
    subsets: Mapping[str, Mask] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.catalog)

    @property
    def names(self) -> tuple[str, ...]:
        """All names of columns, those first that go first."""
        return tuple(self._columns)

    @property
    def network_names(self) -> frozenset[str]:
        """The names of what the autoencoder has made."""
        return frozenset(_of_embedding(self.embedding)) if self.embedding is not None else frozenset()

    @property
    def finding_names(self) -> frozenset[str]:
        """The names of the findings."""
        return frozenset(finding.name for finding in self.findings)

    def find(self, name: str) -> NDArray[Any] | None:
        """(n,) numbers (whole, or float64 with NaN where missing), texts (object, None where missing) or bool.

        None for an unknown name.
        """
        maker = self._columns.get(name)
        return maker() if maker is not None else self.subsets.get(name)

    def nearest(self, name: str) -> str | None:
        """A known name that is spelled much like an unknown one."""
        known = [*self._columns, *self.subsets]
        same = [each for each in known if each.lower() == name.lower()]
        found = same or get_close_matches(name, known, n=1, cutoff=0.4)
        return found[0] if found else None

    def source_name(self, name: str) -> str:
        """What the catalogue's table calls a column: of a role its own name, any other as it is."""
        if name in self.network_names or name in self.finding_names:
            return name
        if name in BAND_NAMES or name not in self.catalog.table.columns:
            return self.catalog.columns.get(name, name)
        return name

    def with_subsets(self, subsets: Mapping[str, Mask]) -> "StarColumns":
        """The same columns with other subsets."""
        return replace(self, subsets=subsets)

    def blank(self) -> "StarColumns":
        """The same names without any star, by which an expression can be checked at once."""
        embedding = self.embedding
        if embedding is not None:
            embedding = Embedding(
                embedding.latent[:0],
                embedding.reconstruction[:0],
                embedding.residual[:0],
                None if embedding.brightness is None else embedding.brightness[:0],
            )
        return replace(
            self,
            catalog=replace(self.catalog, table=self.catalog.table.iloc[:0]),
            embedding=embedding,
            kept=None if self.kept is None else self.kept[:0],
            subsets={name: mask[:0] for name, mask in self.subsets.items()},
            findings=tuple(replace(finding, values=finding.values[:0]) for finding in self.findings),
        )

    @cached_property
    def _columns(self) -> dict[str, _Maker]:
        """How to make each column, by name."""
        catalog, table = self.catalog, self.catalog.table
        found: dict[str, _Maker] = {band: partial(catalog.numbers, band) for band in BAND_NAMES}
        if self.embedding is not None:
            found |= _of_embedding(self.embedding)
        for finding in self.findings:
            found.setdefault(finding.name, partial(_finding, finding))
        for name in map(str, table.columns):
            found.setdefault(name, partial(_values, table, name))
        for role, name in catalog.columns.items():
            found.setdefault(role, partial(_values, table, name))
        return found


def _of_embedding(embedding: Embedding) -> dict[str, _Maker]:
    """How to make each column of an embedding, by the names that exported tables give them."""
    found: dict[str, _Maker] = {
        f"latent_{k + 1}": partial(_column, embedding.latent, k) for k in range(embedding.latent.shape[1])
    }
    found["rec_error"] = lambda: embedding.error.astype(np.float64)
    if embedding.brightness is not None:
        brightness = embedding.brightness
        found["mean_magnitude"] = lambda: brightness.astype(np.float64)
    for kind, values in (("rec", embedding.reconstruction), ("res", embedding.residual)):
        found |= {f"{band}_{kind}": partial(_column, values, k) for k, band in enumerate(BAND_NAMES)}
    return found


def _column(values: NDArray[np.float32], place: int) -> NDArray[np.float64]:
    return values[:, place].astype(np.float64)


def _finding(finding: Finding) -> NDArray[np.float64]:
    values = finding.values.astype(np.float64)
    return np.where(finding.values == UNLABELLED, np.nan, values) if finding.labels else values


def _values(table: pd.DataFrame, name: str) -> NDArray[Any]:
    """A column of the table as `StarColumns.find` gives it."""
    column = table[name]
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biu":
        return column.to_numpy()
    if types.is_bool_dtype(column):
        return column.fillna(False).to_numpy(dtype=bool)
    if types.is_integer_dtype(column) and not column.hasnans:
        return column.to_numpy(dtype=np.int64)
    if types.is_numeric_dtype(column) or types.is_datetime64_any_dtype(column):
        return numbers(column)
    texts = column.astype(object).to_numpy(dtype=object, copy=True)
    missing = column.isna().to_numpy()
    texts[~missing] = [str(text) for text in texts[~missing]]
    texts[missing] = None
    return texts
