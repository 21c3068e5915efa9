"""The embedding: latent position, reconstruction and residual of every star."""

from collections.abc import Generator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

BATCH: Final = 65_536
"""Stars between two yields."""


@dataclass(frozen=True, eq=False)
class Embedding:
    """What a trained model says of a catalogue; row k is row k of the catalogue, NaN where the row took no part.

    latent: (n, m) float32, dimensionless, m the latent dimension.
    reconstruction, residual = original - reconstruction: (n, 5) float32, mag, u g r i z.
    All arrays are read-only.
    """

    latent: NDArray[np.float32]
    reconstruction: NDArray[np.float32]
    residual: NDArray[np.float32]

    def __post_init__(self) -> None:
        for item in fields(self):
            getattr(self, item.name).setflags(write=False)

    def __len__(self) -> int:
        return len(self.latent)

    @cached_property
    def error(self) -> NDArray[np.float32]:
        """(n,) float32, mag: root mean square of a star's five residuals. Read-only."""
        error: NDArray[np.float32] = np.sqrt(np.mean(self.residual**2, axis=1))
        error.setflags(write=False)
        return error


def embed(
    model: "TrainedModel", magnitudes: NDArray[np.float32], kept: NDArray[np.bool_]
) -> Generator[Progress, None, Embedding]:
    """Place every kept star in a model's latent space and reconstruct it.

    magnitudes: (n, 5) float32, mag, finite where kept, (n,) bool, is set. Other rows of the embedding are NaN. Works in
    batches: memory beyond input and output does not grow with n.
    """
    stars = len(magnitudes)
    latent = np.full((stars, model.config.network.latent), np.nan, np.float32)
    reconstruction = np.full(magnitudes.shape, np.nan, np.float32)
    residual = np.full(magnitudes.shape, np.nan, np.float32)
    for start in range(0, stars, BATCH):
        rows = start + np.flatnonzero(kept[start : start + BATCH])
        batch = magnitudes[rows]
        latent[rows] = model.encode(batch)
        reconstruction[rows] = model.decode(latent[rows])
        residual[rows] = batch - reconstruction[rows]
        yield Progress(min(start + BATCH, stars), stars, "stars")
    return Embedding(latent, reconstruction, residual)
