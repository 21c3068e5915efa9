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

CLUSTER: Final = "cluster"
ANOMALY_SCORE: Final = "anomaly_score"
RATING: Final = "rating"
"""The names of what the program's own analyses find, and of the user's ratings by hand, 0 to 5."""

MOST_LABELS: Final = 1_000
"""Of one finding."""

_LARGEST: Final = 32767
_CODES: Final = {
    "anomaly_score": range(0),
    "cluster": range(-1, _LARGEST),
    "rating": range(6),
}
"""The codes that a column may have by which the program itself knows numbers (none), clusters and ratings."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, eq=False)
class Finding:
    """A number or a label for each of n stars, and how it was found.

    name: of the column in exports and expressions, lower-case letters, digits and underscores; title, unit: what
    people read, the unit may be empty. values: (n,) float32, NaN where there is none; of labels (n,) int16 codes,
    UNLABELLED where there is none; read-only. labels: what each code is called, in the order of legends; empty for
    numbers. recipe: method, settings and model as plain values of JSON.
    Raises ValueError for another name, shape or dtype, a code that has no text, more than MOST_LABELS, or labels that
    a column of this name does not have: `cluster` has those from -1 on, `rating` 0 to 5, `anomaly_score` none.
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
        codes = _CODES.get(self.name)
        if len(self.labels) > MOST_LABELS or not all(UNLABELLED < code <= _LARGEST for code in self.labels):
            raise ValueError(f"{self.name}: too many labels, or codes out of range")
        if codes is not None and (bool(self.labels) != bool(codes) or not all(code in codes for code in self.labels)):
            raise ValueError(f"{self.name}: not the labels of such a column")
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
