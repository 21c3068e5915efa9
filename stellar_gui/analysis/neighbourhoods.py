"""Neighbourhoods kept: how well the neighbours of stars on a plane are those that they have by their magnitudes."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.progress import Progress

NEIGHBOURS: Final = (10, 30, 100)
MOST_STARS: Final = 5_000
"""Stars that are compared with one another; of more, as many drawn at random with a fixed seed."""

_BLOCK = 250


@dataclass(frozen=True)
class NeighbourhoodsKept:
    """Two numbers from 0 to 1 for each number k of neighbours, NaN where fewer than 2 k + 1 stars are compared.

    trustworthiness: 1 where all neighbours on the plane are neighbours by magnitudes too, so that no stars look alike
    that are not. continuity: 1 where all neighbours by magnitudes are neighbours on the plane too, so that no stars
    that are alike are torn apart.
    """

    trustworthiness: Mapping[int, float]
    continuity: Mapping[int, float]


def sampled(stars: int, most: int = MOST_STARS) -> NDArray[np.intp]:
    """Which of so many stars stand for all, ascending, drawn with a fixed seed; fewer are among those of more."""
    chosen = np.random.default_rng(0).permutation(stars)[:most]
    chosen.sort()
    return chosen


def neighbourhoods_kept(
    features: NDArray[np.floating], planes: Mapping[str, NDArray[np.floating]]
) -> Generator[Progress, None, Mapping[str, NeighbourhoodsKept]]:
    """Compare the neighbours of n stars by their features (n, d) with those on each of the planes (n, m), by name.

    After Venna and Kaski 2001, ICANN, LNCS 2130, 485, in Euclidean distances; a star that is among the k nearest in one
    space but not in the other counts by how far beyond k it ranks there. Time grows with n squared, memory with n.
    """
    stars = len(features)
    intruding = {name: np.zeros(len(NEIGHBOURS)) for name in planes}
    missing = {name: np.zeros(len(NEIGHBOURS)) for name in planes}
    for start in range(0, stars, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, stars))
        near, rank = _ranked(features, rows)
        for name, positions in planes.items():
            near_there, rank_there = _ranked(positions, rows)
            intruding[name] += _beyond(near_there, rank)
            missing[name] += _beyond(near, rank_there)
        yield Progress(int(rows[-1]) + 1, stars, "stars")
    return MappingProxyType(
        {name: NeighbourhoodsKept(_shares(intruding[name], stars), _shares(missing[name], stars)) for name in planes}
    )


def _ranked(values: NDArray[np.floating], rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """For each row the 100 nearest others, (b, 100), and the rank of every other one, from 1 on, (b, n)."""
    from scipy.spatial.distance import cdist

    distance = cdist(values[rows], values, "sqeuclidean")
    distance[np.arange(len(rows)), rows] = np.inf
    order = np.argsort(distance, axis=1)
    rank = np.empty(order.shape, np.int32)
    np.put_along_axis(rank, order, np.arange(1, len(values) + 1, dtype=np.int32)[None], axis=1)
    return order[:, : max(NEIGHBOURS)], rank


def _beyond(near: NDArray[np.intp], rank: NDArray[np.int32]) -> NDArray[np.float64]:
    """For each number of neighbours, by how much in all these neighbours rank beyond it in the other space."""
    ranks = np.take_along_axis(rank, near, axis=1)
    return np.array([np.maximum(ranks[:, :k] - k, 0).sum() for k in NEIGHBOURS], np.float64)


def _shares(beyond: NDArray[np.float64], stars: int) -> Mapping[int, float]:
    return MappingProxyType(
        {
            k: 1 - 2 * total / (stars * k * (2 * stars - 3 * k - 1)) if stars > 2 * k else float("nan")
            for k, total in zip(NEIGHBOURS, beyond.tolist(), strict=True)
        }
    )
