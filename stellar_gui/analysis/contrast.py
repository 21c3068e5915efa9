"""What sets one group of stars apart from another: the effect size of every number known of them, strongest first."""

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pandas.api import types

from stellar_gui.analysis.coloring import (
    LATENTS,
    ColorChoice,
    Group,
    Values,
    color_choices,
    coloring,
    column_values,
)
from stellar_gui.analysis.findings import Finding
from stellar_gui.analysis.label_shares import LabelShare, label_shares
from stellar_gui.analysis.statistics import SelectionSummary, summarise
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.progress import Progress

Mask = NDArray[np.bool_]

RESAMPLES: Final = 499
CONFIDENCE: Final = 95  # percent
STRENGTHS: Final = ((0.71, "large"), (0.64, "medium"), (0.56, "small"), (0.0, "negligible"))
"""What an AUC, that or 1 - that, is called from where on (Vargha & Delaney 2000, J. Educ. Behav. Stat. 25, 101)."""

_SEED: Final = 0
_CLASSES: Final = 64  # of equal count, of either group, in which the stars are drawn anew
_TAILS: Final = (0.005, 0.995)  # quantiles between which a histogram is drawn
_FEWEST_BINS, _MOST_BINS = 8, 60


@dataclass(frozen=True, eq=False)
class Effect:
    """How one quantity differs between two groups of stars; of pairs of values, the first is of the first group.

    choice: the quantity, as maps are coloured by it; title, unit: what people read, the unit may be empty.
    stars: how many have a value; only they count. medians: in unit.
    delta: Cliff's delta, -1 to 1: how much oftener a star of the first group has the larger value than the smaller one,
    over all pairs; ties count for neither (Cliff 1993, Psychol. Bull. 114, 494). interval: that of CONFIDENCE percent.
    edges: (b + 1,) float64, in unit, of the bins of a histogram; shares: (2, b) float64, the part of each group in each
    bin; what is farther out is in none. selected_on: whether the first group was chosen by this quantity, so that the
    effect says nothing new. Arrays are read-only.
    """

    choice: ColorChoice
    title: str
    unit: str
    stars: tuple[int, int]
    medians: tuple[float, float]
    delta: float
    interval: tuple[float, float]
    edges: NDArray[np.float64]
    shares: NDArray[np.float64]
    selected_on: bool = False

    def __post_init__(self) -> None:
        self.edges.setflags(write=False)
        self.shares.setflags(write=False)

    @property
    def difference(self) -> float:
        """The first median less the second."""
        return self.medians[0] - self.medians[1]

    @property
    def auc(self) -> float:
        """The chance that a star of the first group has the larger value of a pair, ties counted half."""
        return (self.delta + 1) / 2

    @property
    def strength(self) -> str:
        """The effect in a word, as in STRENGTHS."""
        larger = max(self.auc, 1 - self.auc)
        return next(word for least, word in STRENGTHS if larger >= least)

    @property
    def digits(self) -> int:
        """Decimals that tell its values apart: up to 6 by the histogram's width, of magnitudes at least 3."""
        finer = -int(np.floor(np.log10(self.edges[-1] - self.edges[0])))
        return min(max(2 + finer, 3) if self.unit == "mag" else max(3 + finer, 0), 6)


@dataclass(frozen=True, eq=False)
class Contrast:
    """What sets the first of two groups of stars apart from the second.

    stars: how many are in each; common: how many in both. effects: the strongest first, those selected on last.
    labels: whose shares differ, in the same order. magnitudes: the medians and the 16th to 84th percentiles of either
    group's magnitudes.
    """

    stars: tuple[int, int]
    common: int
    effects: tuple[Effect, ...]
    labels: tuple[LabelShare, ...]
    magnitudes: tuple[SelectionSummary, SelectionSummary]


def contrast(
    catalog: Catalog,
    embedding: Embedding | None,
    findings: Mapping[str, Finding],
    own: Mask,
    other: Mask,
    selected_on: Collection[ColorChoice] = (),
) -> Generator[Progress, None, Contrast]:
    """Compare two groups of a catalogue's n stars in every quantity of which both have values.

    embedding, findings (by name): of the n stars; own, other: (n,) bool, the groups. Stars in both are compared as
    members of both. selected_on: by what the first group was chosen, as `axes_of` its recipe tells. The same
    groups give the same answer to the last digit.
    """
    rows = np.flatnonzero(own), np.flatnonzero(other)
    choices = _quantities(catalog, embedding, findings)
    effects = []
    for done, choice in enumerate(choices):
        yield Progress(done, len(choices), "quantities")
        values = _values(choice, catalog, embedding, findings)
        effect = _effect(choice, values, rows)
        if effect is not None:
            effects.append(replace(effect, selected_on=choice in selected_on))
    named = [choice for choice in color_choices(catalog, findings) if _is_named(choice, choices, findings)]
    labels = label_shares(named, catalog, findings, rows) if all(map(len, rows)) else ()
    labels = tuple(replace(label, selected_on=label.choice in selected_on) for label in labels)
    yield Progress(len(choices), len(choices), "quantities")
    first, second = (summarise(catalog.magnitudes, None, group) for group in rows)
    return Contrast(
        stars=(len(rows[0]), len(rows[1])),
        common=int(np.count_nonzero(own & other)),
        effects=tuple(sorted(effects, key=lambda effect: (effect.selected_on, -abs(effect.delta)))),
        labels=tuple(sorted(labels, key=lambda label: label.selected_on)),
        magnitudes=(first, second),
    )


def cliffs_delta(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Cliff's delta of two sorted arrays without NaN, neither of them empty."""
    if len(first) > len(second):
        return 0.0 - cliffs_delta(second, first)  # no negative zero
    below = np.searchsorted(second, first, "left").sum(dtype=np.int64)
    above = len(first) * len(second) - np.searchsorted(second, first, "right").sum(dtype=np.int64)
    return float((below - above) / (len(first) * len(second)))


def delta_interval(first: NDArray[np.floating], second: NDArray[np.floating]) -> tuple[float, float]:
    """The bootstrap interval of Cliff's delta of two sorted arrays, by percentiles, CONFIDENCE percent wide.

    All stars are drawn anew, RESAMPLES times, each group for itself. So that this costs the same for ten and for a
    million, values are first put into classes, 64 of equal count for either group, in which they count as tied; drawing
    stars with replacement is then drawing the classes' counts from a multinomial distribution. What the ties change in
    delta itself is added back. Where the groups do not overlap, the interval has no width.
    """
    edges = np.unique(np.concatenate([_class_edges(first), _class_edges(second)]))
    counts = [np.diff(np.searchsorted(values, edges), append=len(values)) for values in (first, second)]
    generator = np.random.default_rng(_SEED)
    drawn = [generator.multinomial(count.sum(), count / count.sum(), RESAMPLES) for count in counts]
    shift = cliffs_delta(first, second) - float(_delta_of_counts(counts[0], counts[1]))
    tail = (100 - CONFIDENCE) / 2
    low, high = np.percentile(_delta_of_counts(drawn[0], drawn[1]), [tail, 100 - tail]) + shift
    return float(np.clip(low, -1, 1)), float(np.clip(high, -1, 1))


def _class_edges(values: NDArray[np.floating]) -> NDArray[np.floating]:
    places = np.linspace(0, len(values) - 1, min(_CLASSES, len(values))).astype(np.intp)
    return values[places]


def _delta_of_counts(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cliff's delta of counts (..., k) in k classes in ascending order."""
    size = second.sum(axis=-1, keepdims=True)
    dominance: NDArray[np.int64] = (first * (2 * np.cumsum(second, axis=-1) - second - size)).sum(axis=-1)
    delta: NDArray[np.float64] = dominance / (first.sum(axis=-1) * size[..., 0])
    return delta


def _quantities(
    catalog: Catalog, embedding: Embedding | None, findings: Mapping[str, Finding]
) -> tuple[ColorChoice, ...]:
    """All that is a number, or counts as one, such as a flag."""
    numeric = [choice for choice in color_choices(catalog, findings) if choice not in LATENTS]
    numeric = [choice for choice in numeric if _is_number(choice, catalog, embedding, findings)]
    latents = () if embedding is None else LATENTS[: embedding.latent.shape[1]]
    return (*numeric, *latents)


def _is_number(
    choice: ColorChoice, catalog: Catalog, embedding: Embedding | None, findings: Mapping[str, Finding]
) -> bool:
    if choice.group is Group.NETWORK:
        return embedding is not None
    if choice.group is Group.FINDING:
        return not findings[choice.name].labels
    if choice.group is Group.LABEL:
        return choice.name != catalog.columns.get("class") and types.is_numeric_dtype(catalog.table[choice.name])
    return choice.group is not Group.DENSITY


def _is_named(choice: ColorChoice, numeric: Collection[ColorChoice], findings: Mapping[str, Finding]) -> bool:
    """Whether it gives each star a label, and is not compared as a number."""
    labelled = choice.group is Group.LABEL or (choice.group is Group.FINDING and bool(findings[choice.name].labels))
    return labelled and choice not in numeric


def _values(
    choice: ColorChoice, catalog: Catalog, embedding: Embedding | None, findings: Mapping[str, Finding]
) -> Values:
    if choice.group is Group.LABEL:
        return column_values(choice.name, catalog)
    values = coloring(choice, catalog, embedding, findings)
    assert isinstance(values, Values)
    return values


def _effect(choice: ColorChoice, values: Values, rows: tuple[NDArray[np.intp], NDArray[np.intp]]) -> Effect | None:
    """The effect of one quantity; None where a group has no value of it."""
    first, second = (_sorted_finite(values.offset[group]) for group in rows)
    if not len(first) or not len(second):
        return None
    edges, shares = _histograms(first + values.centre, second + values.centre)
    return Effect(
        choice,
        values.title,
        values.unit,
        (len(first), len(second)),
        (values.centre + _median(first), values.centre + _median(second)),
        cliffs_delta(first, second),
        delta_interval(first, second),
        edges,
        shares,
    )


def _sorted_finite(values: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.sort(values[np.isfinite(values)]).astype(np.float64)


def _median(values: NDArray[np.float64]) -> float:
    """The median of sorted values."""
    return float(values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def _histograms(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Edges (b + 1,) common to two sorted arrays, and the shares (2, b) of either in the bins.

    As many bins as Rice's rule takes for the smaller group; of a few whole numbers each has its own.
    """
    whole = all(np.array_equal(values, np.rint(values)) for values in (first, second))
    low, high = min(first[0], second[0]), max(first[-1], second[-1])
    if whole and high - low < _MOST_BINS:
        edges = np.arange(low - 0.5, high + 1.0)
    else:
        tails = np.array([np.quantile(values, _TAILS) for values in (first, second)])
        low, high = float(tails[:, 0].min()), float(tails[:, 1].max())
        half = (high - low) / 2 or max(abs(low), 1.0) * 1e-3
        bins = int(np.clip(2 * np.cbrt(min(len(first), len(second))), _FEWEST_BINS, _MOST_BINS))
        edges = np.linspace((low + high) / 2 - half, (low + high) / 2 + half, bins + 1)
    within = [np.diff(np.searchsorted(values, edges)) / len(values) for values in (first, second)]
    return edges, np.array(within)
