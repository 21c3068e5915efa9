"""The way from magnitudes to the network's numbers and back: whitening by the principal directions of the stars."""

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
    """An invertible linear map: whitened = (magnitudes - mean) @ axes / scale.

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

    def whiten(self, magnitudes: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 5) mag -> (n, 5) float32, dimensionless, each column with mean 0 and variance 1 over the fitted stars."""
        matrix = self.axes / self.scale
        whitened = np.empty(magnitudes.shape, np.float32)
        for start in range(0, len(magnitudes), CHUNK):
            whitened[start : start + CHUNK] = (magnitudes[start : start + CHUNK] - self.mean) @ matrix
        return whitened

    def restore(self, whitened: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 5) whitened -> (n, 5) float32, mag: the inverse of `whiten`."""
        matrix = (self.axes * self.scale).T
        magnitudes = np.empty(whitened.shape, np.float32)
        for start in range(0, len(whitened), CHUNK):
            magnitudes[start : start + CHUNK] = whitened[start : start + CHUNK] @ matrix + self.mean
        return magnitudes

    def principal_component_error(self, magnitudes: NDArray[np.float32], components: int) -> float:
        """mag^2: mean squared residual, over stars and bands, of stars (n, 5) kept by so many principal components."""
        lost, total = self.axes[:, components:], 0.0
        for start in range(0, len(magnitudes), CHUNK):
            total += float((((magnitudes[start : start + CHUNK] - self.mean) @ lost) ** 2).sum())
        return total / magnitudes.size
