"""Findings: what an analysis says of every star, as a named column beside the catalogue's own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNLABELLED: Final = -32768
"""The code of a star that has no label."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, eq=False)
class Finding:
    """A number or a label for each of n stars, and how it was found.

    name: of the column in exports and expressions, lower-case letters, digits and underscores; title, unit: what
    people read, the unit may be empty. values: (n,) float32, NaN where there is none; of labels (n,) int16 codes,
    UNLABELLED where there is none; read-only. labels: what each code is called, in the order of legends; empty for
    numbers. recipe: method, settings and model as plain values of JSON.
    Raises ValueError for another name, shape or dtype, or a code that has no text.
    """

    name: str
    title: str
    values: NDArray[np.float32] | NDArray[np.int16]
    unit: str = ""
    labels: Mapping[int, str] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"a finding cannot be called “{self.name}”")
        wanted = np.int16 if self.labels else np.float32
        if self.values.ndim != 1 or self.values.dtype != wanted:
            raise ValueError(f"{self.name}: {self.values.dtype} of {self.values.ndim} dimensions")
        if self.labels and not set(np.unique(self.values).tolist()) <= {*self.labels, UNLABELLED}:
            raise ValueError(f"{self.name}: a label without a name")
        self.values.setflags(write=False)
        object.__setattr__(self, "labels", MappingProxyType(dict(self.labels)))
        object.__setattr__(self, "recipe", MappingProxyType(dict(self.recipe)))

    @property
    def column(self) -> pd.Series:
        """(n,) the values as a table has them: float32, or Int16 codes with gaps."""
        if not self.labels:
            return pd.Series(self.values, name=self.name)
        return pd.Series(
            pd.arrays.IntegerArray(self.values.astype(np.int16), self.values == UNLABELLED), name=self.name
        )


def by_name(findings: Iterable[Finding]) -> Mapping[str, Finding]:
    """The findings by their names."""
    return MappingProxyType({finding.name: finding for finding in findings})
