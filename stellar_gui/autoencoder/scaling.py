"""How the magnitudes of stars are spread: mean, principal directions, and what a missing band is likely to be."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import BANDS

SMALLEST_SCALE: Final = 1e-3
"""mag; a direction along which the stars spread less is not blown up further."""

CHUNK: Final = 65_536
"""Rows taken at a time, so that memory beyond input and output stays bounded."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """Mean and principal directions of stars' magnitudes; their covariance is axes @ diag(scale^2) @ axes.T.

    mean: (5,) float64, mag.
    axes: (5, 5) float64, orthonormal, column k the k-th principal direction, its largest component positive.
    scale: (5,) float64, mag, standard deviation along each direction, not below 0.001, largest first.
    All arrays are read-only.
    """

    mean: NDArray[np.float64]
    axes: NDArray[np.float64]
    scale: NDArray[np.float64]

    def __post_init__(self) -> None:
        for item in fields(self):
            getattr(self, item.name).setflags(write=False)

    @classmethod
    def fit(cls, magnitudes: NDArray[np.float32]) -> "Scaling":
        """Measure mean and principal directions of stars (n, 5), mag, all finite, n >= 2."""
        total, mean = np.zeros((BANDS, BANDS)), magnitudes.mean(axis=0, dtype=np.float64)
        for start in range(0, len(magnitudes), CHUNK):
            centred = magnitudes[start : start + CHUNK] - mean
            total += centred.T @ centred
        variance, axes = np.linalg.eigh(total / (len(magnitudes) - 1))
        variance, axes = variance[::-1], axes[:, ::-1]
        axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), range(BANDS)])
        scale = np.maximum(np.sqrt(np.maximum(variance, 0.0)), SMALLEST_SCALE)
        return cls(mean, np.ascontiguousarray(axes), scale)

    def fill(self, magnitudes: NDArray[np.float32], masked: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Magnitudes (n, 5) in which each masked band, (n, 5) bool, has what the star's other bands make likely.

        That is the mean of a normal distribution with the fitted mean and covariance, given the other bands; the mean
        itself where there are none. What stood in a masked band plays no part.
        """
        filled = np.array(magnitudes, np.float32)
        patterns, which = np.unique(masked, axis=0, return_inverse=True)
        for k, hidden in enumerate(patterns):
            if not hidden.any():
                continue
            rows, seen = np.flatnonzero(which.ravel() == k), ~hidden
            known = magnitudes[np.ix_(rows, seen)] - self.mean[seen]
            filled[np.ix_(rows, hidden)] = self.mean[hidden] + known @ self._regression(hidden)
        return filled

    def filling(self) -> NDArray[np.float64]:
        """(32, 5, 5): `fill` as matrices, one for each pattern of masked bands, the sum of 2^b over masked bands b.

        Magnitudes less the mean, 0 in masked bands, @ filling[pattern] are the filled ones less the mean.
        """
        matrices = np.zeros((2**BANDS, BANDS, BANDS))
        for pattern, matrix in enumerate(matrices):
            hidden = (pattern >> np.arange(BANDS)) & 1 == 1
            matrix[~hidden, ~hidden] = 1
            matrix[np.ix_(~hidden, hidden)] = self._regression(hidden)
        return matrices

    def _regression(self, hidden: NDArray[np.bool_]) -> NDArray[np.float64]:
        """What the bands that are not hidden, (5,) bool, say of those that are; (seen, hidden)."""
        covariance, seen = self.axes * np.square(self.scale) @ self.axes.T, ~hidden
        regression = np.linalg.solve(covariance[np.ix_(seen, seen)], covariance[np.ix_(seen, hidden)])
        return np.asarray(regression, np.float64)
