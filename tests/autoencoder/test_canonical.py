import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.autoencoder.canonical import align, canonical_form, fold
from stellar_gui.autoencoder.config import NetworkConfig
from stellar_gui.autoencoder.model import run
from stellar_gui.autoencoder.network import AutoEncoder, new_network


def _whitened(count: int = 400, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 5)).astype(np.float32)


@pytest.mark.parametrize("latent", [1, 2, 3])
@pytest.mark.parametrize("depth", [1, 3])
def test_folding_gives_canonical_coordinates_and_leaves_reconstructions(latent: int, depth: int) -> None:
    stars = _whitened()
    network = new_network(NetworkConfig(latent=latent, hidden=8, depth=depth), torch.Generator().manual_seed(4))
    before, positions = run(network, stars), run(network.encoder, stars)
    form = canonical_form(positions, stars)
    fold(network, form)
    folded = run(network.encoder, stars)
    np.testing.assert_allclose(run(network, stars), before, atol=2e-5)
    np.testing.assert_allclose(folded, form.apply(positions), atol=2e-5)
    np.testing.assert_allclose(folded.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(folded.T @ folded / len(folded), np.eye(latent), atol=1e-4)


@given(
    st.integers(0, 2**32 - 1),
    st.floats(-3, 3),
    st.booleans(),
    st.floats(0.01, 100),
)
def test_the_form_does_not_depend_on_turn_mirror_size_and_place(
    seed: int, angle: float, mirrored: bool, size: float
) -> None:
    stars = _whitened(seed=seed)
    latent = (stars[:, :2] + 0.3 * stars[:, 2:4] ** 2) * [3.0, 1.0]
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    moved = size * latent @ turn * ([1, -1] if mirrored else [1, 1]) + [5, -2]
    expected = canonical_form(latent, stars).apply(latent)
    np.testing.assert_allclose(canonical_form(moved, stars).apply(moved), expected, atol=1e-6)


def test_each_axis_grows_with_the_component_it_follows() -> None:
    stars = _whitened()
    latent = np.stack([-3 * stars[:, 1], -stars[:, 0]], axis=1)
    canonical = canonical_form(latent, stars).apply(latent)
    assert np.corrcoef(canonical[:, 0], stars[:, 1])[0, 1] > 0.99
    assert np.corrcoef(canonical[:, 1], stars[:, 0])[0, 1] > 0.99


@pytest.mark.parametrize("unused", [[1.0, 0.0], [0.0, 0.0]])
def test_an_unused_axis_is_left_unused(unused: list[float]) -> None:
    stars = _whitened()
    form = canonical_form(stars[:, :2] * np.float32(unused), stars)
    assert np.isfinite(form.matrix).all() and np.isfinite(np.linalg.inv(form.matrix)).all()
    assert np.abs(form.apply(stars[:, :2] * np.float32(unused))[:, 1]).max() < 1e-6


def test_frames_are_turned_back_to_the_one_before() -> None:
    earlier = _whitened()[:, :2].astype(np.float64)
    turned = earlier @ np.array([[0.6, 0.8], [0.8, -0.6]])
    np.testing.assert_allclose(align(turned, earlier), earlier, atol=1e-12)


def test_fold_keeps_the_weights_in_float32() -> None:
    network: AutoEncoder = new_network(NetworkConfig(hidden=4, depth=1), torch.Generator())
    stars = _whitened()
    fold(network, canonical_form(run(network.encoder, stars), stars))
    assert {weights.dtype for weights in network.state_dict().values()} == {torch.float32}
