"""Stars and a small trained model shared by the tests of the autoencoder."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.training import train
from stellar_gui.progress import drain

SMALL = NetworkConfig(hidden=8, depth=2)


def curved_stars(count: int, seed: int = 0) -> NDArray[np.float32]:
    """(count, 5) mag: a surface with two coordinates, curved in five dimensions, with 0.02 mag of noise."""
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1, 1, (2, count))
    surface = np.stack([a, b, a * b, a**2 - b**2, np.sin(3 * a)], axis=1)
    return (18 + surface + rng.normal(0, 0.02, surface.shape)).astype(np.float32)


def stray_stars(count: int, share: float = 0.01) -> NDArray[np.float32]:
    """(count, 5) mag: curved stars, of which a share has one band wrong by 5 mag, so that a training moves them."""
    stars = curved_stars(count)
    rows = np.arange(round(share * count))
    stars[rows, rows % 5] += 5
    return stars


@pytest.fixture(scope="session")
def stars() -> NDArray[np.float32]:
    return curved_stars(600)


@pytest.fixture(scope="session")
def model(stars: NDArray[np.float32]) -> TrainedModel:
    return drain(train(stars, TrainingConfig(seed=3, epochs=12, batch_size=32, network=SMALL)))
