"""The work behind the anomaly scores: each takes the stars and tells how odd every one of them is, in pieces."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.nearest import nearest
from stellar_gui.catalog.bands import BAND_NAMES

LOOK_ALIKES: Final = 50
"""Stars with which a star's bands and residuals are compared; a group of fewer stars of its own kind stays odd."""
NEIGHBOUR: Final = 10
"""The neighbour whose distance tells how sparse a star's surroundings are."""
SMALLEST_SPREAD: Final = 0.1
"""mag, added in quadrature to what look-alikes differ by, so that no star is odd by a small fraction of that."""

_BRIGHTNESS_WEIGHT: Final = 0.25  # of a magnitude of brightness against one of colour, in who looks alike
_NORMAL: Final = 1.4826  # standard deviation of a normal distribution over its median absolute deviation
_LIMIT: Final = 3.0  # standard deviations at which the residuals that settle a covariance are cut
_TREE_PIECE: Final = 65_536

Scores = NDArray[np.float64]
Steps = Generator[int, None, Scores]
"""Yields how many stars were looked at since the last time; returns (n,) scores, larger is odder."""


@dataclass(frozen=True, eq=False)
class Stars:
    """The n stars that take part; arrays are (n, 5) float64, mag, or (n, m), dimensionless.

    magnitudes: with the reconstruction in place of a band without a detection. residual: NaN in such a band.
    errors: photometric ones, NaN where not known; None where none is. latent: positions on the map.
    """

    magnitudes: NDArray[np.float64]
    residual: NDArray[np.float64]
    latent: NDArray[np.float64]
    errors: NDArray[np.float64] | None

    @property
    def colours(self) -> NDArray[np.float64]:
        """(n, 4), mag: u-g, g-r, r-i, i-z."""
        return self.magnitudes[:, :-1] - self.magnitudes[:, 1:]


def bands(stars: Stars) -> Steps:
    """Largest of five: a band's distance from its median among the stars alike in the others, over their spread."""
    score = np.zeros(len(stars.magnitudes))
    for k in range(len(BAND_NAMES)):
        others = np.delete(stars.magnitudes, k, axis=1)
        level = others.mean(axis=1)
        alike = np.column_stack([others[:, :-1] - others[:, 1:], _BRIGHTNESS_WEIGHT * level])
        height = stars.magnitudes[:, k] - level
        for near in nearest(alike, _count(LOOK_ALIKES, stars)):
            centre, spread = _centre_and_spread(height[near.neighbour])
            distance = np.abs(height[near.rows] - centre) / np.hypot(spread, SMALLEST_SPREAD)
            score[near.rows] = np.maximum(score[near.rows], distance)
            yield len(near.rows)
    return score


def surroundings(stars: Stars) -> Steps:
    """Mahalanobis distance of a star's residuals from those of its neighbours on the map.

    Their covariance is taken about the medians, of residuals cut at three standard deviations.
    """
    residual = np.nan_to_num(stars.residual)
    score = np.empty(len(residual))
    floor = np.square(SMALLEST_SPREAD) * np.eye(len(BAND_NAMES))
    for near in nearest(stars.latent, _count(LOOK_ALIKES, stars)):
        around = np.ascontiguousarray(residual[near.neighbour].swapaxes(1, 2))
        centre, spread = _centre_and_spread(around)
        limit = _LIMIT * spread[..., None]
        apart = np.clip(around - centre[..., None], -limit, limit)
        covariance = apart @ apart.swapaxes(1, 2) / around.shape[2] + floor
        own = residual[near.rows] - centre
        score[near.rows] = np.sqrt(np.einsum("ni,ni->n", own, np.linalg.solve(covariance, own[..., None])[..., 0]))
        yield len(near.rows)
    return score


def largest_rank(stars: Stars) -> Steps:
    """Minus the decimal logarithm of the share of stars that are at least as odd, by the score where it is smaller."""
    first = yield from bands(stars)
    second = yield from surroundings(stars)
    from scipy.stats import rankdata

    as_odd = np.minimum(rankdata(-first, "max"), rankdata(-second, "max"))
    score: Scores = np.log10(len(first)) - np.log10(as_odd)
    return score


def error(stars: Stars) -> Steps:
    """Root mean square of a star's residuals, mag."""
    yield len(stars.residual)
    return _root_mean_square(stars.residual)


def error_of(band: int) -> Callable[[Stars], Steps]:
    """Size of the residual in one band, 0 to 4 for u g r i z, mag; 0 where the band was not detected."""

    def work(stars: Stars) -> Steps:
        yield len(stars.residual)
        return np.abs(np.nan_to_num(stars.residual[:, band]))

    return work


def scaled_error(stars: Stars) -> Steps:
    """Root mean square over the bands whose error is known; 0 for a star without any."""
    assert stars.errors is not None
    yield len(stars.residual)
    return np.nan_to_num(_root_mean_square(stars.residual / stars.errors))


def sparse(points: Callable[[Stars], NDArray[np.float64]]) -> Callable[[Stars], Steps]:
    """Distance to the 10th neighbour in a space (Ramaswamy et al. 2000, SIGMOD), in its unit."""

    def work(stars: Stars) -> Steps:
        score = np.empty(len(stars.magnitudes))
        for near in nearest(points(stars), _count(NEIGHBOUR, stars)):
            score[near.rows] = near.distance[:, -1]
            yield len(near.rows)
        return score

    return work


def forest(stars: Stars) -> Steps:
    """How few random cuts through the colours part a star from others (Liu et al. 2008, ICDM), 0 to 1."""
    from sklearn.ensemble import IsolationForest

    colours = stars.colours
    trees = IsolationForest(random_state=0).fit(colours)
    score = np.empty(len(colours))
    for start in range(0, len(colours), _TREE_PIECE):
        piece = colours[start : start + _TREE_PIECE]
        score[start : start + _TREE_PIECE] = -trees.score_samples(piece)
        yield len(piece)
    return score


def _count(wanted: int, stars: Stars) -> int:
    return min(wanted, len(stars.magnitudes) - 1)


def _centre_and_spread(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median along the last axis, and the standard deviation that the median absolute deviation tells."""
    centre = _median(values)
    return centre, _NORMAL * _median(np.abs(values - centre[..., None]))


def _median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Along the last axis, several times as fast as `numpy.median` for many short rows."""
    ordered = np.sort(values, axis=-1)
    count = ordered.shape[-1]
    middle: NDArray[np.float64] = (ordered[..., (count - 1) // 2] + ordered[..., count // 2]) / 2
    return middle


def _root_mean_square(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) from (n, 5), what is NaN left out; NaN where nothing is left."""
    known = np.isfinite(values)
    squares = np.square(np.where(known, values, 0.0)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        mean: NDArray[np.float64] = squares / known.sum(axis=1)
    return np.sqrt(mean)
