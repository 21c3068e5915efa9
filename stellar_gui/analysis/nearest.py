"""The nearest stars of each star in a space of a few numbers, found in pieces."""

from collections.abc import Generator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_REFERENCES: Final = 40_000
"""Stars among which neighbours are looked for; of more, as many drawn at random with a fixed seed."""

_PIECE: Final = 8_192


class Near(NamedTuple):
    """The neighbours of some stars: rows (m,), distance (m, k) ascending, and neighbour (m, k), rows like `rows`."""

    rows: NDArray[np.intp]
    distance: NDArray[np.float64]
    neighbour: NDArray[np.intp]


def nearest(points: NDArray[np.floating], count: int) -> Generator[Near, None, None]:
    """The `count` nearest others of each of n stars, some thousand stars at a time, all after the last.

    points: (n, d), finite, n > count. The stars come in an order in which one piece's stars lie close together, so that
    the search stays in the processor's cache. No star is its own neighbour; others at the same place are.
    """
    from scipy.spatial import cKDTree

    order = cKDTree(points).indices
    references = np.arange(len(points))
    if len(points) > MOST_REFERENCES:
        references = np.sort(np.random.default_rng(0).choice(len(points), MOST_REFERENCES, replace=False))
    tree = cKDTree(points[references])
    for start in range(0, len(points), _PIECE):
        rows = order[start : start + _PIECE]
        distance, found = tree.query(points[rows], count + 1, workers=-1)
        neighbour = references[found]
        others = neighbour != rows[:, None]
        others[others.all(axis=1), -1] = False
        shape = (len(rows), count)
        yield Near(rows, distance[others].reshape(shape), neighbour[others].reshape(shape))
