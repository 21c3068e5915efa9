"""Clusters as Gaussian mixtures: as many components as the data ask for, and those that overlap merged to clusters."""

import warnings
from collections.abc import Generator
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from stellar_gui.progress import Progress

TRIED: Final = (1, 2, 3, 4, 5, 6, 8, 10, 12)
"""The numbers of components among which the Bayesian information criterion chooses."""
INSIDE: Final = 0.999
"""Share of a component's own stars within its ellipsoid; a star outside the ellipsoids of all components is noise."""

_ITERATIONS: Final = 300
_ROUNDING: Final = 1e-5


@dataclass(frozen=True, eq=False)
class Mixture:
    """k Gaussians in d dimensions. Arrays are float64 and read-only.

    weight: (k,), sum 1; mean: (k, d); whitening: (k, d, d), (x - mean) @ whitening has unit covariance.
    bic: (components, Bayesian information criterion) of each number that was tried; empty where the number was given.
    """

    weight: NDArray[np.float64]
    mean: NDArray[np.float64]
    whitening: NDArray[np.float64]
    bic: tuple[tuple[int, float], ...]

    def __post_init__(self) -> None:
        for item in fields(self):
            if isinstance(values := getattr(self, item.name), np.ndarray):
                values.setflags(write=False)

    def shares(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """How likely each star (n, d) belongs to each component, (n, k), and which lie outside of all, (n,) bool."""
        distance = np.stack(
            [
                np.square((points - mean) @ white).sum(axis=1)
                for mean, white in zip(self.mean, self.whitening, strict=True)
            ],
            axis=1,
        )
        logarithm = np.log(self.weight) + np.linalg.slogdet(self.whitening)[1] - distance / 2
        from scipy.special import chdtri, logsumexp

        share = np.exp(logarithm - logsumexp(logarithm, axis=1, keepdims=True))
        return share, distance.min(axis=1) > chdtri(points.shape[1], 1 - INSIDE)


def fit_mixture(points: NDArray[np.float64], components: int | None, seed: int) -> Generator[Progress, None, Mixture]:
    """Fit stars (n, d) with so many Gaussians, or, for None, with the number of TRIED with the lowest BIC.

    BIC: Schwarz 1978, Ann. Stat. 6, 461. Yields progress in stars times components.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    numbers = TRIED if components is None else (components,)
    best: Any = None
    bic: list[tuple[int, float]] = []
    for number in numbers:
        fitted = GaussianMixture(number, max_iter=_ITERATIONS, reg_covar=_ROUNDING, random_state=seed)
        with threadpool_limits(1), warnings.catch_warnings():  # threads would wait for each other ten times as long
            warnings.simplefilter("ignore", ConvergenceWarning)  # a fit that creeps on is as good for telling clusters
            fitted.fit(points)
        bic.append((number, float(fitted.bic(points))))
        if best is None or bic[-1][1] <= min(value for _, value in bic):
            best = fitted
        yield Progress(sum(numbers[: len(bic)]) * len(points), sum(numbers) * len(points), "stars")
    return Mixture(best.weights_, best.means_, best.precisions_cholesky_, tuple(bic) if components is None else ())


def merged(share: NDArray[np.float64], overlap: float) -> Generator[None, None, NDArray[np.intp]]:
    """(k,) int: the cluster, from 0 on, to which each component belongs, by the shares (n, k) of the stars in them.

    The two whose union takes away most of the entropy of the shares are merged, again and again, as long as that is at
    least `overlap` (nats for each of their stars): Baudry et al. 2010, J. Comput. Graph. Stat. 19, 332. Yields between
    the steps.
    """
    count = share.shape[1]
    cluster = np.arange(count)
    groups = {k: share[:, k] for k in range(count)}
    gain: dict[tuple[int, int], float] = {}
    for a in groups:
        gain |= {(a, b): _gain(groups[a], groups[b]) for b in groups if a < b}
        yield
    while gain:
        (kept, gone), most = max(gain.items(), key=lambda item: item[1])
        if most < overlap:
            break
        groups[kept] = groups[kept] + groups.pop(gone)
        cluster[cluster == gone] = kept
        gain = {pair: value for pair, value in gain.items() if gone not in pair}
        for other in groups:
            if other != kept:
                gain[min(kept, other), max(kept, other)] = _gain(groups[kept], groups[other])
        yield
    return np.unique(cluster, return_inverse=True)[1]


def _gain(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Nats for each of their stars by which two groups' shares are less uncertain as one."""
    union = one + other
    from scipy.special import xlogy

    return float(np.sum(xlogy(union, union) - xlogy(one, one) - xlogy(other, other)) / max(np.sum(union), 1e-12))
