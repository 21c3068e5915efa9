"""Clusters of stars: a label for every star, found by density or as Gaussian mixtures, and how well they hold apart."""

from collections.abc import Generator
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.findings import CLUSTER, UNLABELLED, Finding
from stellar_gui.analysis.mixture import TRIED, Mixture, fit_mixture, merged
from stellar_gui.analysis.neighbour_graph import NOISE, NeighbourGraph
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

METHODS: Final = ("gmm", "hdbscan")
"""Gaussian mixture; clusters by density."""
SPACES: Final = ("latent", "features")
"""Where distances are taken: on the latent plane; among the numbers that the network reads."""
MOST_STARS: Final = 20_000
"""Stars in which clusters are looked for; of more, as many drawn at random, and the others are placed by them."""
FEWEST_STARS: Final = 50
FEWEST_TOGETHER: Final = 10
"""Stars of the sample that a mixture's cluster needs; a smaller one is noise."""
MOST_COMPONENTS: Final = 100
MOST_CLUSTERS: Final = 900
"""So many can be shown, kept and, with others made by hand, saved."""

_FEWEST_DIFFERENT: Final = 10
_SILHOUETTE_STARS, _SILHOUETTE_PREVIEW = 3_000, 1_000
_BATCH: Final = 65_536


@dataclass(frozen=True)
class ClusterSettings:
    """How clusters are looked for; what belongs to the other method does not matter.

    method, space: one of METHODS and of SPACES. smallest: stars of the smallest cluster (HDBSCAN), as a share of all
    that take part. components: of the mixture, None for as many as the BIC asks for; overlap: nats from which on
    overlapping components are one cluster (see `merged`; 0 merges all, infinity none). seed: of the stars drawn and of
    the mixture's start.
    """

    method: str = "gmm"
    space: str = "latent"
    smallest: float = 0.01
    components: int | None = None
    overlap: float = 0.06
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Clustering:
    """A cluster for each of n stars.

    labels: (n,) int16, 0 for the largest cluster and so on by size, NOISE (-1), or UNLABELLED where a row takes no
    part. sizes: stars of each cluster. noise: of the stars that take part, the share in no cluster.
    silhouettes: the mean silhouette (Rousseeuw 1987) of each cluster, on some of its stars drawn at random, noise
    left out; silhouette: the mean of all these stars; None and NaN with fewer than two clusters.
    components: of the mixture, None for HDBSCAN; bic: as in Mixture. sampled: stars in which the clusters were looked
    for. Arrays are read-only.
    """

    labels: NDArray[np.int16]
    settings: ClusterSettings
    sizes: NDArray[np.int64]
    noise: float
    silhouette: float | None
    silhouettes: NDArray[np.float64]
    sampled: int
    components: int | None = None
    bic: tuple[tuple[int, float], ...] = field(default=())

    def __post_init__(self) -> None:
        for item in fields(self):
            if isinstance(values := getattr(self, item.name), np.ndarray):
                values.setflags(write=False)

    @property
    def note(self) -> str:
        """How the labels were found, in a sentence or two."""
        stars = int(np.count_nonzero(self.labels != UNLABELLED))
        if self.settings.method == "hdbscan":
            how = f"HDBSCAN, smallest cluster {self.settings.smallest:.2%} of the stars."
            rest = (
                "the others have the label of the nearest of them, or are noise beyond its tenth neighbour's distance."
            )
        else:
            chosen = "" if self.settings.components is not None else ", chosen by BIC"
            parts = f"{self.components} Gaussian component{'s' if self.components != 1 else ''}{chosen}"
            how = (
                f"{parts}, merged from an overlap of {self.settings.overlap:g} on; noise lies outside of all, or in "
                f"fewer than {FEWEST_TOGETHER} stars."
            )
            rest = "the others are placed by the mixture."
        return how if self.sampled == stars else f"{how} Found in {self.sampled:,} stars; {rest}"


class ClusterFinder:
    """Some stars of a table, and what was worked out on the way to their clusters, for trying setting after setting.

    points: (n, k), float; a row with a value that is not finite takes no part. Raises InputError with too few stars.
    """

    def __init__(self, points: NDArray[np.floating], seed: int = 0, most: int = MOST_STARS) -> None:
        self._rows = np.flatnonzero(np.isfinite(points).all(axis=1))
        if len(self._rows) < FEWEST_STARS:
            raise InputError(
                f"Clusters are looked for in at least {FEWEST_STARS} stars, and {len(self._rows)} take part; "
                "relax the cuts or open more stars."
            )
        chosen = np.sort(np.random.default_rng(seed).permutation(len(self._rows))[:most])
        self._count = len(points)
        self._chosen = chosen
        self._seed = seed
        sample = points[self._rows[chosen]].astype(np.float64)
        self._centre, self._scale = sample.mean(axis=0), max(float(sample.std(axis=0).max()), 1e-12)
        self._sample = (sample - self._centre) / self._scale
        if len(np.unique(self._sample, axis=0)) < _FEWEST_DIFFERENT:
            raise InputError(
                "These stars lie on a few places only, so there are no clusters to find; choose other data."
            )
        self._graph: NeighbourGraph | None = None
        self._mixtures: dict[int | None, Mixture] = {}

    def preview(self, settings: ClusterSettings) -> Generator[Progress | None, None, Clustering]:
        """The clusters of the drawn stars alone; the labels of all others are UNLABELLED.

        For an answer at once the BIC is not asked: where it is to choose, the mixture has the most components.
        """
        if settings.components is None:
            settings = replace(settings, components=TRIED[-1])
        found, mixture = yield from self._found(settings)
        labels = np.full(self._count, UNLABELLED, np.int16)
        labels[self._rows[self._chosen]] = found
        return self._clustering(labels, settings, mixture, _SILHOUETTE_PREVIEW)

    def clusters(
        self, points: NDArray[np.floating], settings: ClusterSettings
    ) -> Generator[Progress | None, None, Clustering]:
        """The clusters of all stars, of the same points as this was made from."""
        found, mixture = yield from self._found(settings)
        labels = np.full(self._count, UNLABELLED, np.int16)
        others = np.delete(self._rows, self._chosen)
        rest = (points[others] - self._centre) / self._scale
        labels[self._rows[self._chosen]] = found
        if self._graph is not None and settings.method == "hdbscan":
            labels[others] = yield from self._graph.place(found, rest)
        elif mixture is not None:
            cluster = yield from self._merged(mixture, settings)
            for start in range(0, len(rest), _BATCH):
                labels[others[start : start + _BATCH]] = _labels(mixture, cluster, rest[start : start + _BATCH])
                yield Progress(min(start + _BATCH, len(rest)), len(rest), "stars")
        return self._clustering(labels, settings, mixture)

    def _found(
        self, settings: ClusterSettings
    ) -> Generator[Progress | None, None, tuple[NDArray[np.int16], Mixture | None]]:
        """Labels of the drawn stars, and the mixture of that method."""
        if settings.method == "hdbscan":
            if self._graph is None:
                self._graph = NeighbourGraph(self._sample, self._seed)
                yield None
            found = self._graph.clusters(round(settings.smallest * len(self._sample)))
            yield None
            return found, None
        most = min(MOST_COMPONENTS, len(self._sample))
        if settings.components is not None and not 1 <= settings.components <= most:
            raise InputError(f"A mixture of these stars has 1 to {most} components; choose as many.")
        if settings.components not in self._mixtures:
            mixture = yield from fit_mixture(self._sample, settings.components, self._seed)
            self._mixtures[settings.components] = mixture
        mixture = self._mixtures[settings.components]
        cluster = yield from self._merged(mixture, settings)
        return _labels(mixture, cluster, self._sample), mixture

    def _merged(self, mixture: Mixture, settings: ClusterSettings) -> Generator[None, None, NDArray[np.intp]]:
        """(k,): the cluster of each component, NOISE for those that make a cluster of a few stars only."""
        cluster = yield from merged(mixture.shares(self._sample)[0], settings.overlap)
        sizes = np.bincount(np.maximum(_labels(mixture, cluster, self._sample), 0), minlength=len(cluster))
        return np.where(sizes[cluster] < FEWEST_TOGETHER, NOISE, cluster)

    def _clustering(
        self,
        labels: NDArray[np.int16],
        settings: ClusterSettings,
        mixture: Mixture | None,
        most: int = _SILHOUETTE_STARS,
    ) -> Clustering:
        labels, sizes = by_size(labels)
        if len(sizes) > MOST_CLUSTERS:
            raise InputError(
                f"These settings give {len(sizes):,} clusters, more than {MOST_CLUSTERS}; "
                "choose a larger smallest cluster."
            )
        known = self._rows[self._chosen]
        silhouette, silhouettes = _silhouettes(self._sample, labels[known], len(sizes), self._seed, most)
        taking_part = np.count_nonzero(labels != UNLABELLED)
        return Clustering(
            labels,
            settings,
            sizes,
            noise=float(np.count_nonzero(labels == NOISE) / taking_part),
            silhouette=silhouette,
            silhouettes=silhouettes,
            sampled=len(self._sample),
            components=None if mixture is None else len(mixture.weight),
            bic=() if mixture is None else mixture.bic,
        )


def find_clusters(
    points: NDArray[np.floating], settings: ClusterSettings
) -> Generator[Progress | None, None, Clustering]:
    """The clusters of stars (n, k), of which rows with a value that is not finite take no part.

    Beyond 20,000 stars the clusters are looked for in as many, drawn by the seed, and the others placed by them; the
    same seed gives the same labels. Raises InputError with fewer than 50 stars, or stars that lie on a few places only.
    """
    return (yield from ClusterFinder(points, settings.seed).clusters(points, settings))


def by_size(labels: NDArray[np.int16]) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """The labels (n,) with clusters counted anew from 0, the largest first, without empty ones; and their sizes."""
    sizes = np.bincount(labels[labels >= 0])
    order = np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)]
    place = np.empty(len(sizes), np.int16)
    place[order] = np.arange(len(order))
    renamed = labels.copy()
    renamed[labels >= 0] = place[labels[labels >= 0]]
    return renamed, sizes[order].astype(np.int64)


def _labels(mixture: Mixture, cluster: NDArray[np.intp], points: NDArray[np.float64]) -> NDArray[np.int16]:
    share, outside = mixture.shares(points)
    names = np.unique(cluster)
    together = np.stack([share[:, cluster == name].sum(axis=1) for name in names], axis=1)
    return np.where(outside, NOISE, names[together.argmax(axis=1)]).astype(np.int16)


def _silhouettes(
    points: NDArray[np.float64], labels: NDArray[np.int16], clusters: int, seed: int, most: int
) -> tuple[float | None, NDArray[np.float64]]:
    """The mean silhouette of some stars, and that of each cluster's among them."""
    from sklearn.metrics import silhouette_samples

    means = np.full(clusters, np.nan)
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(labels >= 0))[:most]
    present = np.unique(labels[rows])
    if not 2 <= len(present) < len(rows):
        return None, means
    values = silhouette_samples(points[rows], labels[rows])
    for label in present.tolist():
        means[label] = values[labels[rows] == label].mean()
    return float(values.mean()), means


def as_finding(clustering: Clustering, model: str | None) -> Finding:
    """The labels as the column `cluster` of every star; the recipe tells the settings, the model's id and the note."""
    recipe = {
        **asdict(clustering.settings),
        "model": model,
        "stars_sampled": clustering.sampled,
        "components_found": clustering.components,
        "bic": [list(pair) for pair in clustering.bic],
        "silhouette": clustering.silhouette,
        "silhouettes": [None if np.isnan(value) else value for value in clustering.silhouettes.tolist()],
        "note": clustering.note,
    }
    return Finding(CLUSTER, "Cluster", clustering.labels, labels=label_names(len(clustering.sizes)), recipe=recipe)


def settings_of(finding: Finding) -> ClusterSettings | None:
    """The settings by which clusters were found; None where the recipe does not tell them."""
    recipe, names = finding.recipe, [item.name for item in fields(ClusterSettings)]
    if recipe.get("method") not in METHODS or recipe.get("space") not in SPACES or not set(names) <= set(recipe):
        return None
    return ClusterSettings(**{name: recipe[name] for name in names})


def label_names(clusters: int) -> dict[int, str]:
    """What the labels of so many clusters, and of noise, are called."""
    return {**{k: f"cluster {k}" for k in range(clusters)}, NOISE: "noise"}
