"""Which reconstructions can be believed, and how much noise they remove where the truth is known."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.embedding import Embedding

SIGMAS: Final = 3.0
FEWEST_ALIKE: Final = 100
MOST_GROUPS: Final = 100
_TO_SIGMA: Final = 1.4826  # standard deviation of a normal distribution over its median absolute deviation


def unbelievable(embedding: Embedding, magnitudes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(n,) bool: the stars whose error is too large to believe their reconstruction.

    A star is compared with those of like brightness, since faint stars have larger errors for their noise alone, which
    is what a reconstruction should remove: the embedded stars are put in up to 100 groups of as many, at least 100,
    by the median of their magnitudes, (n, 5) mag. In each group the error must not exceed the median by more than
    three standard deviations, both of its logarithm, the latter told by the median absolute deviation.
    """
    found = np.zeros(len(embedding), dtype=np.bool_)
    rows = np.flatnonzero(np.isfinite(embedding.error))
    if not len(rows):
        return found
    with np.errstate(divide="ignore"):
        error = np.log(embedding.error[rows].astype(np.float64))
    order = np.argsort(np.nanmedian(magnitudes[rows], axis=1), kind="stable")
    for group in np.array_split(order, min(max(len(rows) // FEWEST_ALIKE, 1), MOST_GROUPS)):
        middle = np.median(error[group])
        spread = _TO_SIGMA * np.median(np.abs(error[group] - middle))
        found[rows[group]] = error[group] > middle + SIGMAS * spread
    found.setflags(write=False)
    return found


@dataclass(frozen=True, eq=False)
class Deviation:
    """How far magnitudes of n stars are from the truth, per band u g r i z.

    rms: (5,) float64, mag. typical: (5,) float64, mag, which 68.27 percent of the stars do not exceed; blind to
    outliers. Both NaN without a star. Read-only.
    """

    rms: NDArray[np.float64]
    typical: NDArray[np.float64]

    def __post_init__(self) -> None:
        for item in fields(self):
            getattr(self, item.name).setflags(write=False)

    @classmethod
    def of(cls, magnitudes: NDArray[np.floating], truth: NDArray[np.floating]) -> "Deviation":
        """Of magnitudes (n, 5) from true ones (n, 5), mag."""
        off = np.asarray(magnitudes, np.float64) - truth
        if not len(off):
            return cls(np.full(off.shape[1], np.nan), np.full(off.shape[1], np.nan))
        return cls(np.sqrt(np.mean(off**2, axis=0)), np.percentile(np.abs(off), 68.27, axis=0))


@dataclass(frozen=True, eq=False)
class NoiseRemoval:
    """What denoising does to stars whose noise-free magnitudes are known.

    observed, denoised: deviation of the catalogued and of the reconstructed magnitudes from the truth.
    components: that of the reconstruction from as many principal components as the network has latent numbers.
    """

    stars: int
    observed: Deviation
    denoised: Deviation
    components: Deviation


def noise_removal(
    truth: NDArray[np.floating],
    observed: NDArray[np.floating],
    denoised: NDArray[np.floating],
    components: NDArray[np.floating],
) -> NoiseRemoval:
    """Compare magnitudes of the same n stars, (n, 5) mag each; see NoiseRemoval."""
    return NoiseRemoval(len(truth), *(Deviation.of(values, truth) for values in (observed, denoised, components)))
