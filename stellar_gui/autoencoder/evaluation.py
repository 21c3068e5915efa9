"""How far reconstructions lie from the stars."""

from collections.abc import Iterator
from typing import Final, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder.model import BATCH
from stellar_gui.autoencoder.network import AutoEncoder
from stellar_gui.autoencoder.objective import Objective, Stars
from stellar_gui.autoencoder.report import BandErrors, ResidualSums

_EXACT: Final = 1e-12
"""mag^2; a smaller error is none."""

Number = TypeVar("Number", bound=np.generic)


def residuals(network: AutoEncoder, objective: Objective, stars: Stars) -> NDArray[np.float32]:
    """Original - reconstruction of n stars: (n, 5) float32, mag; NaN in masked bands."""
    with torch.inference_mode():
        return objective.residuals(network(stars.features), stars)


def validate(network: AutoEncoder, objective: Objective, stars: Stars) -> tuple[NDArray[np.float64], BandErrors]:
    """Each star's part of the loss, (n,), and the errors band by band, of n stars."""
    sums = ResidualSums()
    with torch.inference_mode():
        outputs = [network(stars.take(part).features) for part in _slices(len(stars))]
        losses = objective.per_star(torch.cat(outputs), stars)
        for part, output in zip(_slices(len(stars)), outputs, strict=True):
            sums.add(objective.residuals(output, stars.take(part)))
    return losses, sums.errors()


def latent_shares(network: AutoEncoder, objective: Objective, stars: Stars) -> NDArray[np.float64]:
    """(m,) by which share the mean squared residual of stars grows when a latent coordinate is withheld.

    Withheld, a coordinate is 0, the mean of the training stars, for the latent space is in its canonical form.
    """
    with torch.inference_mode():
        sums = [ResidualSums() for _ in range(1 + network.encoder(stars.features[:1]).shape[1])]
        for part in _slices(len(stars)):
            some = stars.take(part)
            latent = network.encoder(some.features)
            sums[0].add(objective.residuals(network.decoder(latent), some))
            for k, withheld in enumerate(sums[1:]):
                without = latent.clone()
                without[:, k] = 0
                withheld.add(objective.residuals(network.decoder(without), some))
    whole, *others = (found.errors().mse for found in sums)
    shares: NDArray[np.float64] = np.array(others) / max(whole, _EXACT) - 1
    return shares


def batches(values: NDArray[Number]) -> Iterator[NDArray[Number]]:
    """An array's rows, as many at a time as pass the network at once."""
    for part in _slices(len(values)):
        yield values[part]


def _slices(stars: int) -> Iterator[slice]:
    for start in range(0, stars, BATCH):
        yield slice(start, start + BATCH)
