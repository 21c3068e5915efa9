"""The decoder's derivatives, against finite differences of the magnitudes that it gives."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.jacobian import decoder_jacobian
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.training import train
from stellar_gui.progress import drain

STEP = 1e-5


def decoded(model: TrainedModel, latent: NDArray[np.float64]) -> NDArray[np.float64]:
    """As `decode`, in double precision."""
    decoder = deepcopy(model.network.decoder).double()
    with torch.no_grad():
        return decoder(torch.from_numpy(latent)).numpy() @ model.features.backward + model.scaling.mean


def differences(model: TrainedModel, latent: NDArray[np.float64]) -> NDArray[np.float64]:
    columns = []
    for axis in range(latent.shape[1]):
        away = STEP * np.eye(latent.shape[1])[axis]
        columns.append((decoded(model, latent + away) - decoded(model, latent - away)) / (2 * STEP))
    return np.stack(columns, axis=2)


@pytest.mark.parametrize(
    ("features", "activation", "latent"), [("magnitudes", "silu", 2), ("colours-r", "tanh", 3), ("colours", "gelu", 1)]
)
def test_derivatives_agree_with_finite_differences(
    stars: NDArray[np.float32], features: str, activation: str, latent: int
) -> None:
    network = NetworkConfig(hidden=8, depth=3, activation=activation, latent=latent)
    model = drain(train(stars, TrainingConfig(seed=2, epochs=2, features=features, network=network)))
    points = model.encode(stars[:40]).astype(np.float64)
    jacobian = decoder_jacobian(model, points)
    assert jacobian.dtype == np.float64
    assert jacobian.shape == (40, 5, latent)
    assert np.abs(jacobian).max() > 0.1
    np.testing.assert_allclose(jacobian, differences(model, points), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(decoded(model, points), model.decode(points.astype(np.float32)), atol=1e-3)


def test_the_model_is_left_as_it_was(model: TrainedModel, stars: NDArray[np.float32]) -> None:
    before = model.decode(model.encode(stars))
    decoder_jacobian(model, model.encode(stars))
    np.testing.assert_array_equal(model.decode(model.encode(stars)), before)
    assert not any(weights.requires_grad for weights in model.network.parameters())


def test_no_points_have_no_derivatives(model: TrainedModel) -> None:
    assert decoder_jacobian(model, np.empty((0, 2))).shape == (0, 5, 2)
