"""Which labels, such as classes and clusters, are more common in one group of stars than in another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.coloring import ColorChoice, Labels, coloring
from stellar_gui.analysis.findings import UNLABELLED, Finding
from stellar_gui.catalog.catalog import Catalog


@dataclass(frozen=True)
class LabelShare:
    """A label's share, 0 to 1, of the first and of the second of two groups of stars.

    choice: the column or finding; title: what people call it; selected_on: whether the first group was chosen by it.
    """

    choice: ColorChoice
    title: str
    label: str
    shares: tuple[float, float]
    selected_on: bool = False

    @property
    def difference(self) -> float:
        """The first share less the second."""
        return self.shares[0] - self.shares[1]


def label_shares(
    choices: Iterable[ColorChoice],
    catalog: Catalog,
    findings: Mapping[str, Finding],
    rows: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> tuple[LabelShare, ...]:
    """The labels of some columns and findings whose shares differ, those that differ most first.

    rows: of either group, neither of them empty. A missing label is none.
    """
    found = [one for choice in choices for one in _of_one(choice, catalog, findings, rows)]
    return tuple(sorted((one for one in found if one.difference), key=lambda one: -abs(one.difference)))


def _of_one(
    choice: ColorChoice,
    catalog: Catalog,
    findings: Mapping[str, Finding],
    rows: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> list[LabelShare]:
    labels = coloring(choice, catalog, None, findings)
    assert isinstance(labels, Labels)
    names = [*labels.names, labels.rest]
    if choice.name in findings and not any((findings[choice.name].values[group] == UNLABELLED).any() for group in rows):
        names[-1] = labels.rest.removesuffix(" or missing")
    first, second = (np.bincount(labels.code[group], minlength=len(names)) / len(group) for group in rows)
    told = zip(names, first.tolist(), second.tolist(), strict=True)
    return [LabelShare(choice, labels.title, name, (own, other)) for name, own, other in told if name != "missing"]
