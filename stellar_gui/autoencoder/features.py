"""Features: what the network reads and writes, made from magnitudes and turned back into them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import BANDS, TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.scaling import CHUNK, SMALLEST_SCALE, Scaling
from stellar_gui.errors import InputError

R_BAND: Final = 2
_COLOURS: Final = np.eye(BANDS)[:, :-1] - np.eye(BANDS)[:, 1:]
"""(5, 4): magnitudes @ it are the colours u-g, g-r, r-i, i-z."""
_LEVEL_FREE: Final = np.eye(BANDS) - 1 / BANDS
"""(5, 5): magnitudes @ it have their mean over the bands taken away."""


@dataclass(frozen=True, eq=False)
class Features:
    """An invertible linear map: features = (magnitudes - scaling.mean) @ forward; (n, k), k = `count`, dimensionless.

    'magnitudes': the five whitened by the stars' principal directions. 'colours-r': u-g, g-r, r-i, i-z and r, each with
    mean 0 and variance 1 over the fitted stars. 'colours': those four alone; they do not hold a star's brightness, the
    mean of its five magnitudes, which is passed round the network as a number of its own.
    All of it follows from the kind and the scaling of the stars' magnitudes. Arrays are float64 and read-only.
    """

    kind: str
    scaling: Scaling
    forward: NDArray[np.float64]
    backward: NDArray[np.float64]

    @classmethod
    def of(cls, kind: str, scaling: Scaling) -> "Features":
        """Features of that kind (see TrainingConfig.features) for stars with that scaling."""
        if kind == "magnitudes":
            return cls._made(kind, scaling, scaling.axes / scaling.scale, (scaling.axes * scaling.scale).T)
        combined = _COLOURS if kind == "colours" else np.column_stack([_COLOURS, np.eye(BANDS)[:, R_BAND]])
        deviation = np.sqrt(np.square((scaling.axes * scaling.scale).T @ combined).sum(axis=0))
        forward = combined / np.maximum(deviation, SMALLEST_SCALE)
        return cls._made(kind, scaling, forward, np.linalg.pinv(forward))

    @classmethod
    def _made(
        cls, kind: str, scaling: Scaling, forward: NDArray[np.float64], backward: NDArray[np.float64]
    ) -> "Features":
        for matrix in (forward, backward):
            matrix.setflags(write=False)
        return cls(kind, scaling, forward, backward)

    @property
    def count(self) -> int:
        """Numbers of a star that the network reads and writes."""
        return int(self.forward.shape[1])

    @property
    def passes_brightness(self) -> bool:
        """Whether a star's mean magnitude goes round the network, one number more than its latent coordinates."""
        return self.kind == "colours"

    def take(self, magnitudes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Magnitudes (n, 5), mag -> features (n, k) float32."""
        features = np.empty((len(magnitudes), self.count), np.float32)
        for start in range(0, len(magnitudes), CHUNK):
            features[start : start + CHUNK] = (magnitudes[start : start + CHUNK] - self.scaling.mean) @ self.forward
        return features

    def restore(
        self, features: NDArray[np.float32], brightness: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Features (n, k) -> magnitudes (n, 5) float32, mag: the inverse of `take`.

        brightness: (n,) mag, mean of each star's five magnitudes, for features that do not hold it; None gives every
        star the mean of the fitted stars. Other features do not look at it.
        """
        magnitudes = np.empty((len(features), BANDS), np.float32)
        for start in range(0, len(features), CHUNK):
            restored = features[start : start + CHUNK] @ self.backward + self.scaling.mean
            if self.passes_brightness and brightness is not None:
                restored += (brightness[start : start + CHUNK] - self.scaling.mean.mean())[:, None]
            magnitudes[start : start + CHUNK] = restored
        return magnitudes

    def brightness(self, magnitudes: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """(n,) float32, mag: the mean magnitude that goes round the network; None where none does."""
        if not self.passes_brightness:
            return None
        mean: NDArray[np.float32] = magnitudes.mean(axis=1, dtype=np.float64).astype(np.float32)
        return mean

    def principal_component_residuals(self, magnitudes: NDArray[np.float32], components: int) -> NDArray[np.float32]:
        """(n, 5) float32, mag: what so many principal components of the fitted stars' magnitudes leave of stars (n, 5).

        Where the network is given a star's brightness, so are the components: they are those of the rest.
        """
        lost = self.scaling.axes[:, components:]
        if self.passes_brightness:
            spread = (self.scaling.axes * self.scaling.scale).T @ _LEVEL_FREE
            _, _, directions = np.linalg.svd(spread)
            lost = directions[components : BANDS - 1].T
        residual = np.empty(magnitudes.shape, np.float32)
        for start in range(0, len(magnitudes), CHUNK):
            residual[start : start + CHUNK] = (magnitudes[start : start + CHUNK] - self.scaling.mean) @ lost @ lost.T
        return residual


def without_dust(magnitudes: NDArray[np.float32], details: Details, config: TrainingConfig) -> NDArray[np.float32]:
    """Magnitudes (n, 5), mag, as the network is to see them: corrected for extinction where the config says so.

    Raises InputError where it says so and the extinction is not known.
    """
    if not config.deredden:
        return magnitudes
    if details.extinction is None:
        raise InputError(
            "The extinction of these stars is not known: their table has no column of E(B-V) or of the extinction, "
            "such as extinction_r; name it, give a dust map, or leave out the correction."
        )
    return magnitudes - details.extinction
