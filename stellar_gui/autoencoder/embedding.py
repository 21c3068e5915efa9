"""The embedding: latent position, reconstruction and residual of every star."""

from collections.abc import Generator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.details import NO_DETAILS, Details
from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

BATCH: Final = 65_536
"""Stars between two yields."""


@dataclass(frozen=True, eq=False)
class Embedding:
    """What a trained model says of a catalogue; row k is row k of the catalogue, NaN where the row took no part.

    latent: (n, m) float32, dimensionless, m the latent dimension.
    reconstruction, residual = original - reconstruction: (n, 5) float32, mag, u g r i z. Of a masked band the
    reconstruction is the predicted magnitude, and the residual NaN.
    brightness: (n,) float32, mag, the mean magnitude that goes round the network beside the latent position; None for
    features that hold it themselves.
    All arrays are read-only.
    """

    latent: NDArray[np.float32]
    reconstruction: NDArray[np.float32]
    residual: NDArray[np.float32]
    brightness: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            if (values := getattr(self, item.name)) is not None:
                values.setflags(write=False)

    def __len__(self) -> int:
        return len(self.latent)

    @cached_property
    def error(self) -> NDArray[np.float32]:
        """(n,) float32, mag: root mean square of a star's residuals, masked bands left out. Read-only."""
        error: NDArray[np.float32] = np.sqrt(np.mean(self.residual**2, axis=1))
        if (masked := np.isnan(error) & np.isfinite(self.residual).any(axis=1)).any():
            error[masked] = np.sqrt(np.nanmean(self.residual[masked] ** 2, axis=1))
        error.setflags(write=False)
        return error


def embed(
    model: "TrainedModel",
    magnitudes: NDArray[np.float32],
    kept: NDArray[np.bool_],
    details: Details = NO_DETAILS,
) -> Generator[Progress, None, Embedding]:
    """Place every kept star in a model's latent space and reconstruct it.

    magnitudes: (n, 5) float32, mag, finite where kept, (n,) bool, is set, and the band not masked. details: of the same
    n rows. Other rows of the embedding are NaN. Works in batches: memory beyond input and output does not grow with n.
    Raises InputError where the model corrects for an extinction that is not known.
    """
    stars = len(magnitudes)
    latent = np.full((stars, model.config.network.latent), np.nan, np.float32)
    reconstruction = np.full(magnitudes.shape, np.nan, np.float32)
    residual = np.full(magnitudes.shape, np.nan, np.float32)
    brightness = np.full(stars, np.nan, np.float32) if model.features.passes_brightness else None
    for start in range(0, stars, BATCH):
        rows = start + np.flatnonzero(kept[start : start + BATCH])
        batch, known = magnitudes[rows], details.take(rows)
        latent[rows] = model.encode(batch, known)
        reconstruction[rows] = model.reconstruct(batch, latent[rows], known)
        residual[rows] = batch - reconstruction[rows]
        if brightness is not None:
            brightness[rows] = model.brightness(batch, known)
        if known.masked is not None:
            residual[rows] = np.where(known.masked, np.nan, residual[rows])
        yield Progress(min(start + BATCH, stars), stars, "stars")
    return Embedding(latent, reconstruction, residual, brightness)
