"""Clusters by density: HDBSCAN on a graph of neighbours, some ten times as fast as on all pairs of stars."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from scipy.sparse import csr_array

NOISE: Final = -1
NEIGHBOURS: Final = 10
"""A star's distance to its tenth neighbour, its core distance, says how thin the stars lie about it."""
SMALLEST: Final = 5
"""Stars of the smallest cluster that there can be."""

_EDGES: Final = 16
_THINNING: Final = 8
_COINCIDENT: Final = 1e-9  # stars at the same place, whose edge must not vanish from the sparse matrix
_BATCH: Final = 65_536


class NeighbourGraph:
    """Stars (m, k) and the distances to their neighbours, from which clusters of any smallest size are found.

    HDBSCAN (Campello, Moulavi & Sander 2013) takes all pairs of stars; here it is given those of each star with its 16
    nearest, of each among ever thinner random samples of the stars with its 16 nearest there, and with the nearest of
    the next thinner sample, so that the graph hangs together. Core distances are exact.
    """

    def __init__(self, points: NDArray[np.float64], seed: int) -> None:
        from scipy.spatial import KDTree

        self._tree = KDTree(points)
        self._core = self._tree.query(points, [min(NEIGHBOURS, len(points))])[0][:, 0]
        self._graph = _graph(points, seed)

    def clusters(self, smallest: int) -> NDArray[np.int16]:
        """(m,) int16: each star's cluster of at least so many stars, counted from 0, or NOISE."""
        from sklearn.cluster import HDBSCAN

        finder = HDBSCAN(
            min_cluster_size=max(smallest, SMALLEST), min_samples=NEIGHBOURS, metric="precomputed", copy=True
        )
        labels: NDArray[np.int16] = finder.fit_predict(self._graph).astype(np.int16)
        return np.maximum(labels, NOISE)

    def place(
        self, labels: NDArray[np.int16], points: NDArray[np.float64]
    ) -> Generator[Progress, None, NDArray[np.int16]]:
        """(n,) int16: the label of each of other stars (n, k), that of the nearest star of the graph.

        Farther from it than its core distance, a star is noise.
        """
        placed = np.full(len(points), NOISE, np.int16)
        for start in range(0, len(points), _BATCH):
            rows = slice(start, start + _BATCH)
            distance, nearest = self._tree.query(points[rows])
            placed[rows] = np.where(distance <= self._core[nearest], labels[nearest], NOISE)
            yield Progress(min(start + _BATCH, len(points)), len(points), "stars")
        return placed


def _graph(points: NDArray[np.float64], seed: int) -> "csr_array":
    from scipy.sparse import csr_array
    from scipy.spatial import KDTree

    stars = len(points)
    level = np.random.default_rng(seed).permutation(stars)
    starts, ends, lengths = [], [], []
    while len(level) > 1:
        tree = KDTree(points[level])
        distance, nearest = tree.query(points[level], min(_EDGES + 1, len(level)))
        starts.append(np.repeat(level, distance.shape[1]))
        ends.append(level[nearest.ravel()])
        lengths.append(distance.ravel())
        if len(level) <= _EDGES + 1:
            break
        thinner = level[: max(len(level) // _THINNING, _EDGES + 1)]
        distance, nearest = KDTree(points[thinner]).query(points[level])
        starts.append(level)
        ends.append(thinner[nearest])
        lengths.append(distance)
        level = thinner
    start, end, length = map(np.concatenate, (starts, ends, lengths))
    apart = start != end
    start, end = np.minimum(start, end)[apart], np.maximum(start, end)[apart]
    _, once = np.unique(start * stars + end, return_index=True)
    start, end, length = start[once], end[once], np.maximum(length[apart][once], _COINCIDENT)
    both = (np.concatenate([start, end]), np.concatenate([end, start]))
    return csr_array((np.concatenate([length, length]), both), shape=(stars, stars))
