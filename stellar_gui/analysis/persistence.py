"""Whether a group of stars stays together on maps that were trained anew, against groups that mean nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import Enum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.neighbour_graph import NOISE, NeighbourGraph

NEIGHBOURS: Final = 30
PATCHES: Final = 20
"""Compact patches that stand for groups which mean nothing."""
FEWEST_MEMBERS: Final = 20
WHOLE: Final = 0.5
"""Mean Jaccard overlap below which a group counts as dissolved (Hennig 2008, J. Multivar. Anal. 99, 1154)."""
BAND: Final = (0.05, 0.95)
"""Quantiles of the values of groups that mean nothing, between which their band lies."""

MEASURES: Final = ("jaccard", "purity")

_SMALLEST: Final = (2, 4)  # a cluster has at least such a part of the group's stars
_ALIKE: Final = 3.0  # ratio of the sizes of groups that are compared


class Verdict(Enum):
    """Whether a group persists."""

    PERSISTS = "persists"
    PARTLY = "partly"
    DOES_NOT = "does not"


class Band(NamedTuple):
    """Mean, standard deviation and the limits (quantiles of BAND) of some groups' values; NaN without any."""

    mean: float
    std: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Together:
    """How each of g groups stays together on each of p planes.

    jaccard: (g, p), the largest overlap, stars in both by stars in either, with a cluster that was found afresh on the
    plane (Hennig 2007, Comput. Stat. Data Anal. 52, 258). purity: (g, p), the mean share of members among a member's 30
    nearest neighbours on the plane. Both from 0 to 1, float64, read-only.
    """

    jaccard: NDArray[np.float64]
    purity: NDArray[np.float64]

    def __post_init__(self) -> None:
        for item in fields(self):
            getattr(self, item.name).setflags(write=False)

    def band(self, measure: str) -> Band:
        """Of the groups' values of a measure, 'jaccard' or 'purity', each the mean over the planes."""
        values = getattr(self, measure).mean(axis=1)
        if not len(values):
            return Band(*4 * (float("nan"),))
        low, high = np.quantile(values, BAND).tolist()
        return Band(float(values.mean()), float(values.std()), low, high)


class FreshPlane:
    """The places of n stars on a plane, (n, m), their neighbours, and the clusters that it has of about some size."""

    def __init__(self, places: NDArray[np.floating], size: int) -> None:
        points = places.astype(np.float64) - places.mean(axis=0, dtype=np.float64)
        points /= max(float(points.std(axis=0).max()), 1e-12)
        from scipy.spatial import KDTree

        self.tree = KDTree(points)
        neighbours = self.tree.query(points, min(NEIGHBOURS + 1, len(points)), workers=-1)[1]
        others = neighbours != np.arange(len(points))[:, None]
        others[others.all(axis=1), -1] = False
        self.neighbours: NDArray[np.intp] = neighbours[others].reshape(len(points), -1)
        graph = NeighbourGraph(points, seed=0)
        self.clusterings = tuple(graph.clusters(round(size / part)) for part in _SMALLEST)

    def jaccard(self, members: NDArray[np.intp]) -> float:
        """The largest overlap of some stars with a cluster."""
        best = 0.0
        for labels in self.clusterings:
            sizes = np.bincount(labels[labels != NOISE])
            inside = labels[members]
            both = np.bincount(inside[inside != NOISE], minlength=len(sizes))
            if len(sizes):
                best = max(best, float((both / (sizes + len(members) - both)).max()))
        return best

    def purity(self, members: NDArray[np.intp]) -> float:
        """The mean share of members among a member's neighbours."""
        mine = np.zeros(len(self.neighbours), bool)
        mine[members] = True
        return float(mine[self.neighbours[members]].mean())

    def kept(self, other: "FreshPlane") -> float:
        """The mean share of a star's neighbours on another plane that are its neighbours on this one."""
        stars = len(self.neighbours)
        row = np.repeat(np.arange(stars), self.neighbours.shape[1]) * stars
        return float(np.isin(row + self.neighbours.ravel(), row + other.neighbours.ravel()).mean())

    def patches(self, avoided: NDArray[np.intp], size: int, seed: int) -> tuple[NDArray[np.intp], ...]:
        """So many compact patches: the stars nearest to each of some random stars that are not among the avoided."""
        others = np.delete(np.arange(len(self.neighbours)), avoided)
        centres = np.random.default_rng(seed).choice(others, PATCHES, replace=len(others) < PATCHES)
        nearest = self.tree.query(self.tree.data[centres], size, workers=-1)[1]
        return tuple(nearest.reshape(PATCHES, size))

    def groups(self, size: int) -> tuple[NDArray[np.intp], ...]:
        """The plane's own clusters of a size that is like another."""
        found = [np.flatnonzero(labels == k) for labels in self.clusterings for k in range(labels.max() + 1)]
        return tuple(group for group in found if size / _ALIKE <= len(group) <= size * _ALIKE)


def together(groups: Sequence[NDArray[np.intp]], planes: Sequence[FreshPlane]) -> Together:
    """How each of some groups of stars, by their rows, stays together on each of some planes."""
    shape = (len(groups), len(planes))
    measures = [
        np.array([[getattr(plane, name)(group) for plane in planes] for group in groups], np.float64).reshape(shape)
        for name in MEASURES
    ]
    return Together(*measures)


def structure_free(magnitudes: NDArray[np.float32], seed: int, count: int) -> NDArray[np.float32]:
    """(count, 5) float32, mag: stars from a Gaussian with the mean and the covariance of stars (n, 5), finite.

    In each band they are clipped to the range of the stars.
    """
    mean, covariance = magnitudes.mean(axis=0, dtype=np.float64), np.cov(magnitudes.T.astype(np.float64))
    drawn = np.random.default_rng(seed).multivariate_normal(mean, covariance, count)
    return np.clip(drawn, magnitudes.min(axis=0), magnitudes.max(axis=0)).astype(np.float32)


def exceeds(group: Together, measure: str, nulls: Sequence[Together]) -> bool:
    """Whether a group's mean of a measure lies above the bands of all groups that mean nothing."""
    mean = group.band(measure).mean
    return all(not mean <= null.band(measure).high for null in nulls)


def verdict(group: Together, nulls: Sequence[Together]) -> Verdict:
    """What follows from the values of a group and of groups that mean nothing.

    It persists where both of its means lie above the bands of all nulls and its Jaccard overlap is at least a half;
    partly, where one of them lies above the bands; else it does not.
    """
    above = [exceeds(group, measure, nulls) for measure in MEASURES]
    if all(above) and group.band("jaccard").mean >= WHOLE:
        return Verdict.PERSISTS
    return Verdict.PARTLY if any(above) else Verdict.DOES_NOT
