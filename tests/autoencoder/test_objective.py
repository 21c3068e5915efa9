"""Losses: what they are by hand, that gradients flow, that masks never leak."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import FEATURES, LOSS_SCALES, LOSSES, TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.features import Features
from stellar_gui.autoencoder.network import new_network
from stellar_gui.autoencoder.objective import CALIBRATION_ERROR, Objective
from stellar_gui.autoencoder.scaling import Scaling
from stellar_gui.autoencoder.training import train
from stellar_gui.autoencoder.training_set import TrainingSet
from stellar_gui.errors import TrainingError
from stellar_gui.progress import drain
from tests.autoencoder.conftest import SMALL, curved_stars, stray_stars

CHOICES = [
    (features, loss_in, loss)
    for features, loss_in, loss in product(FEATURES, LOSS_SCALES, LOSSES)
    if (features, loss_in) != ("magnitudes", "colours")
]
QUICK = TrainingConfig(seed=2, epochs=3, batch_size=64, network=SMALL)


def _details(count: int, **arrays: Any) -> Details:
    errors = np.random.default_rng(1).uniform(0.01, 0.3, (count, 5)).astype(np.float32)
    return Details(**{"errors": errors, **arrays})


def _objective(config: TrainingConfig, stars: NDArray[np.float32], details: Details) -> tuple[Features, Objective]:
    features = Features.of(config.features, Scaling.fit(stars))
    return features, Objective(config, features, details)


@pytest.mark.parametrize(("features", "loss_in", "loss"), CHOICES)
def test_gradients_reach_every_weight_and_the_loss_is_the_mean_over_stars(
    features: str, loss_in: str, loss: str
) -> None:
    stars, config = curved_stars(200), replace(QUICK, features=features, loss_in=loss_in, loss=loss)
    details = _details(200, masked=np.random.default_rng(0).random((200, 5)) < 0.1)
    kind, objective = _objective(config, stars, details)
    prepared = objective.stars(kind.take(stars), details)
    network = new_network(SMALL, torch.Generator().manual_seed(0), kind.count)
    output = network(prepared.features)
    value = objective.loss(output, prepared)
    torch.autograd.backward(value)
    assert all(bool(weights.grad.abs().sum() > 0) for weights in network.parameters() if weights.grad is not None)
    assert all(weights.grad is not None for weights in network.parameters())
    given = output.detach().requires_grad_()
    (expected,) = torch.autograd.grad(objective.loss(given, prepared), given)
    found, gradient = objective.loss_and_gradient(output.detach(), prepared)
    assert found == pytest.approx(float(value.detach()), rel=1e-6)
    torch.testing.assert_close(gradient, expected)
    assert objective.per_star(output.detach(), prepared).mean() == pytest.approx(float(value.detach()), rel=1e-4)


def test_the_quadratic_loss_in_magnitudes_is_the_mean_squared_residual() -> None:
    stars, config = curved_stars(100), TrainingConfig()
    for kind in FEATURES:
        features, objective = _objective(replace(config, features=kind), stars, Details())
        prepared = objective.stars(features.take(stars), Details())
        output = prepared.features + torch.randn(prepared.features.shape, generator=torch.Generator().manual_seed(1))
        residual = objective.residuals(output, prepared)
        restored = features.restore(output.numpy(), features.brightness(stars))
        np.testing.assert_allclose(residual, stars - restored, atol=1e-3)
        assert float(objective.loss(output, prepared)) == pytest.approx(np.mean(np.square(residual)), rel=1e-4)
        given = output.clone().requires_grad_()
        (expected,) = torch.autograd.grad(objective.loss(given, prepared), given)
        torch.testing.assert_close(objective.loss_and_gradient(output, prepared)[1], expected)


def test_a_huber_loss_is_quadratic_within_delta_and_linear_beyond() -> None:
    stars = curved_stars(50)
    config = TrainingConfig(features="colours", loss_in="colours", loss="huber", huber_delta=0.5)
    features, objective = _objective(config, stars, Details())
    prepared = objective.stars(features.take(stars), Details())
    for off, expected in ((0.3, 0.09), (0.5, 0.25), (2.0, 2 * 0.5 * 2.0 - 0.25)):
        assert float(objective.loss(prepared.features + off, prepared)) == pytest.approx(expected, rel=1e-3)


def test_weights_are_inverse_variances_of_mean_one() -> None:
    stars = curved_stars(100)
    details = _details(100)
    features, objective = _objective(TrainingConfig(loss="weighted"), stars, details)
    weights = objective.stars(features.take(stars), details).weights
    assert weights is not None and details.errors is not None
    inverse = 1 / (np.square(details.errors.astype(np.float64)) + CALIBRATION_ERROR**2)
    np.testing.assert_allclose(weights.numpy(), inverse / inverse.mean(), rtol=1e-4)


def test_a_star_without_errors_weighs_like_a_typical_one() -> None:
    stars, errors = curved_stars(9), np.full((9, 5), 0.1, np.float32)
    errors[3] = np.nan
    errors[4] = 99.0
    details = Details(errors=errors)
    features, objective = _objective(TrainingConfig(loss="weighted"), stars, details)
    weights = objective.stars(features.take(stars), details).weights
    assert weights is not None
    np.testing.assert_allclose(weights.numpy(), 1, rtol=1e-5)


@pytest.mark.parametrize("setting", [{"loss": "weighted"}, {"denoise": True}])
@pytest.mark.parametrize("errors", [None, np.full((60, 5), np.nan, np.float32)])
def test_errors_that_are_needed_and_not_known_are_asked_for(setting: Any, errors: Any) -> None:
    with pytest.raises(TrainingError, match="photometric errors of the stars are not known"):
        next(train(curved_stars(60), replace(QUICK, **setting), Details(errors=errors)))


def test_noise_is_added_to_the_input_alone_and_has_the_errors_size() -> None:
    stars = curved_stars(20_000)
    errors = np.tile(np.array([0.05, 0.1, 0.2, 0.3, 0.4], np.float32), (20_000, 1))
    details = Details(errors=errors)
    features, objective = _objective(TrainingConfig(denoise=True), stars, details)
    prepared = objective.stars(features.take(stars), details, noisy=True)
    given = objective.input(prepared, torch.Generator().manual_seed(0)).numpy()
    added = features.restore(given) - stars
    np.testing.assert_allclose(added.std(axis=0), errors[0], rtol=0.05)
    np.testing.assert_allclose(added.mean(axis=0), 0, atol=0.02)
    np.testing.assert_array_equal(prepared.features.numpy(), features.take(stars))
    quiet = objective.stars(features.take(stars), details)
    assert objective.input(quiet, torch.Generator()) is quiet.features


@pytest.mark.parametrize(("features", "loss_in", "loss"), CHOICES)
def test_what_stands_in_a_masked_band_changes_nothing(features: str, loss_in: str, loss: str) -> None:
    stars = stray_stars(400)
    masked = np.random.default_rng(3).random(stars.shape) < 0.05
    config = replace(QUICK, epochs=2, features=features, loss_in=loss_in, loss=loss, denoise=True)
    other = stars.copy()
    other[masked] = np.random.default_rng(4).uniform(-50, 50, np.count_nonzero(masked))
    details = _details(400, masked=masked)
    prepared = TrainingSet(stars, config, details)
    learned_from = prepared.stars(prepared.split.train)
    assert prepared.jitter().moved(learned_from, torch.Generator()) is not learned_from
    one, two = (drain(train(values, config, details)) for values in (stars, other))
    assert one.id == two.id
    latent = one.encode(stars, details)
    np.testing.assert_array_equal(latent, two.encode(other, details))
    np.testing.assert_array_equal(one.reconstruct(stars, latent, details), two.reconstruct(other, latent, details))
    for name in ("train_mse", "validation_mse", "test_mse", "pca_mse", "rms_per_band", "bias_per_band"):
        np.testing.assert_array_equal(getattr(one.report, name), getattr(two.report, name))
    for name in ("train_loss", "validation_loss"):
        np.testing.assert_array_equal(getattr(one.history, name), getattr(two.history, name))


def test_a_masked_band_is_predicted_from_the_others() -> None:
    stars = curved_stars(3000)
    masked = np.zeros(stars.shape, bool)
    masked[::5, 4] = True
    hidden = np.where(masked, np.float32(22.83), stars)
    config = TrainingConfig(epochs=60, batch_size=64, network=replace(SMALL, hidden=24))
    details = Details(masked=masked)
    model = drain(train(hidden, config, details))
    predicted = model.reconstruct(hidden, model.encode(hidden, details), details)
    off = (predicted - stars)[masked]
    assert np.sqrt(np.mean(off**2)) < 0.5 * stars[:, 4].std()
    assert model.report.rms_per_band[4] < 0.25


def test_too_few_complete_stars_are_told() -> None:
    masked = np.zeros((100, 5), bool)
    masked[:, 0] = True
    with pytest.raises(TrainingError, match="Only 0 of the stars to train with were detected in all five bands"):
        next(train(curved_stars(100), QUICK, Details(masked=masked)))


@pytest.mark.parametrize(("features", "loss_in", "loss"), CHOICES)
def test_every_choice_trains_to_the_same_model_twice(features: str, loss_in: str, loss: str) -> None:
    stars, details = curved_stars(150), _details(150)
    config = replace(QUICK, features=features, loss_in=loss_in, loss=loss, denoise=loss == "huber")
    one, two = (drain(train(stars, config, details)) for _ in range(2))
    assert one.id == two.id and np.isfinite(one.report.test_mse)


def test_corrected_extinction_comes_back_in_the_reconstruction() -> None:
    stars = curved_stars(2000)
    dust = np.random.default_rng(5).uniform(0, 3, (2000, 1)) * np.array([4.2, 3.3, 2.3, 1.7, 1.3])
    reddened, details = (stars + dust).astype(np.float32), Details(extinction=dust.astype(np.float32))
    config = TrainingConfig(epochs=30, batch_size=64, network=SMALL, deredden=True)
    model = drain(train(reddened, config, details))
    plain = drain(train(stars, replace(config, deredden=False)))
    latent = model.encode(reddened, details)
    residual = reddened - model.reconstruct(reddened, latent, details)
    assert model.report.test_mse == pytest.approx(plain.report.test_mse, rel=0.2)
    assert np.mean(residual**2) == pytest.approx(model.report.train_mse, rel=0.2)
