"""The lecture's training loop, as its author wrote it, and the stars on which both loops learn."""

import copy
import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import NetworkConfig
from stellar_gui.autoencoder.network import AutoEncoder
from stellar_gui.autoencoder.split import Split
from stellar_gui.catalog.quality import QualityCuts, check
from stellar_gui.catalog.reading import read_catalog
from stellar_gui.catalog.simulation import simulate
from tests.conftest import REAL_STARS

Stars = NDArray[np.float32]

SIMULATED = 255_000
BATCH, RATE, DIVISOR, VALIDATE_EVERY = 512, 2e-3, 20.0, 250


def real_stars(name: str = "sdss_stars_modelmag") -> Stars | None:
    """Magnitudes (n, 5) of the real stars that pass the default checks; None where the file is absent."""
    path = REAL_STARS / f"{name}.csv"
    if not path.is_file():
        return None
    catalog = read_catalog(path)
    return catalog.magnitudes[check(catalog, QualityCuts()).kept]


def simulated_stars(count: int = SIMULATED) -> Stars:
    """Magnitudes (n, 5) of the built-in sample's stars that pass the default checks."""
    catalog = simulate(count, seed=0)
    return catalog.magnitudes[check(catalog, QualityCuts()).kept]


@dataclass(frozen=True)
class Result:
    """Test error, mag^2, of the weights of the best validation loss, and the loop's seconds without the testing."""

    test_mse: float
    seconds: float


def lecture_loop(stars: Stars, parts: Split, seed: int, iterations: int) -> Result:
    """Inputs over 20, Adam at 2e-3, 512 stars drawn at random, the weights of the best validation loss kept.

    The validation, every 250 iterations, is in the loop's time.
    """
    torch.manual_seed(seed)
    begin = time.perf_counter()
    train, validation, test = (
        torch.from_numpy(stars[rows] / np.float32(DIVISOR)) for rows in (parts.train, parts.validation, parts.test)
    )
    network = AutoEncoder(NetworkConfig())
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    lowest, best = float("inf"), copy.deepcopy(network.state_dict())
    for iteration in range(1, iterations + 1):
        batch = train[torch.randint(len(train), (BATCH,))]
        loss = torch.nn.functional.mse_loss(network(batch), batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if iteration % VALIDATE_EVERY == 0 or iteration == iterations:
            error = mean_square(network, validation)
            if error < lowest:
                lowest, best = error, copy.deepcopy(network.state_dict())
    seconds = time.perf_counter() - begin
    network.load_state_dict(best)
    return Result(mean_square(network, test) * DIVISOR**2, seconds)


def mean_square(network: torch.nn.Module, stars: torch.Tensor) -> float:
    """Mean squared residual over stars and columns, in the square of the inputs' unit."""
    with torch.inference_mode():
        parts = [float((network(part) - part).square().sum()) for part in stars.split(8192)]
    return sum(parts) / stars.numel()
