"""How far reconstructions lie from the stars."""

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.model import BATCH, run
from stellar_gui.autoencoder.network import AutoEncoder
from stellar_gui.autoencoder.report import BandErrors, ResidualSums
from stellar_gui.autoencoder.scaling import Scaling

Number = TypeVar("Number", bound=np.generic)


def residuals(network: AutoEncoder, scaling: Scaling, whitened: NDArray[np.float32]) -> NDArray[np.float32]:
    """Original - reconstruction of stars with whitened magnitudes (k, 5): (k, 5) float32, mag."""
    lost = whitened - run(network, whitened)
    residual: NDArray[np.float32] = lost @ (scaling.axes * scaling.scale).T.astype(np.float32)
    return residual


def validate(
    network: AutoEncoder, scaling: Scaling, whitened: NDArray[np.float32]
) -> tuple[NDArray[np.float64], BandErrors]:
    """Mean square of each star's residuals, (n,) mag^2, and the errors band by band, of stars (n, 5), whitened."""
    squares, sums = [], ResidualSums()
    for part in batches(whitened):
        residual = residuals(network, scaling, part)
        squares.append(np.square(residual, dtype=np.float64).mean(axis=1))
        sums.add(residual)
    return np.concatenate(squares), sums.errors()


def batches(values: NDArray[Number]) -> Iterator[NDArray[Number]]:
    """An array's rows, as many at a time as pass the network at once."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
