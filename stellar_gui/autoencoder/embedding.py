"""The embedding: latent position, reconstruction and residual of every star."""

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


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
        error = np.sqrt(np.mean(self.residual**2, axis=1))
        error.setflags(write=False)
        return error
