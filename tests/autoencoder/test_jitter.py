from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import FEATURES
from stellar_gui.autoencoder.features import Features
from stellar_gui.autoencoder.jitter import FULL_BELOW, STRAY_WIDTH, STRAYS, Jitter
from stellar_gui.autoencoder.objective import Stars
from stellar_gui.autoencoder.scaling import Scaling
from tests.autoencoder.conftest import curved_stars, stray_stars


def _shift(
    stars: NDArray[np.float32], latent: int = 2, seed: int = 0, seen: torch.Tensor | None = None
) -> tuple[float, NDArray[np.float64]]:
    """What two principal components leave, mag, and how far 20,000 stars are moved, mag."""
    features = Features.of("magnitudes", Scaling.fit(stars))
    moved = _moved(stars, features, Stars(torch.zeros(20_000, 5), seen), latent, seed)
    left = float(np.sqrt((features.scaling.scale[2:] ** 2).sum() / 5))
    return left, moved.features.numpy() @ features.backward


def _moved(stars: NDArray[np.float32], features: Features, some: Stars, latent: int = 2, seed: int = 0) -> Stars:
    jitter = Jitter(features, latent, stars, len(stars))
    return jitter.moved(some, torch.Generator().manual_seed(seed))


def test_a_small_table_with_far_off_stars_is_moved_a_little_and_a_few_bands_far() -> None:
    left, shift = _shift(stray_stars(1_000))
    np.testing.assert_allclose(np.median(np.abs(shift), axis=0) / 0.6745, 0.5 * left, rtol=0.05)
    far = np.abs(shift) > 2.5 * left
    assert (far.sum(axis=1) <= 1).mean() > 0.999
    assert far.any(axis=1).mean() == pytest.approx(STRAYS * 0.8, rel=0.1)
    assert np.sqrt(np.mean(shift[far] ** 2)) == pytest.approx(1.1 * STRAY_WIDTH * left, rel=0.1)
    np.testing.assert_allclose(shift.mean(axis=0), 0, atol=0.1 * left)


def test_every_batch_has_its_share_of_bands_moved_far() -> None:
    left, shift = _shift(stray_stars(1_000))
    far = (np.abs(shift) > 2.5 * left).any(axis=1).reshape(20, 1_000)
    assert (np.abs(far.mean(axis=1) / (STRAYS * 0.8) - 1) < 0.5).all()


@pytest.mark.parametrize(
    ("stars", "latent"), [(curved_stars(1_000), 2), (stray_stars(1_000), 5)], ids=["clean", "nothing lost"]
)
def test_nothing_is_moved_where_it_would_only_blur(stars: NDArray[np.float32], latent: int) -> None:
    np.testing.assert_array_equal(_shift(stars, latent)[1], 0)


def test_large_tables_are_moved_less() -> None:
    relative = []
    for count in (FULL_BELOW // 2, FULL_BELOW, 4 * FULL_BELOW):
        left, shift = _shift(stray_stars(count))
        relative.append(np.median(np.abs(shift)) / left)
    assert relative[1] == pytest.approx(relative[0], rel=0.02)
    assert relative[2] == pytest.approx(relative[0] / 2, rel=0.05)


def test_masked_bands_stay() -> None:
    seen = torch.ones(20_000, 5)
    seen[::3, 1] = 0
    shift, free = _shift(stray_stars(1_000), seen=seen)[1], _shift(stray_stars(1_000))[1]
    np.testing.assert_allclose(shift, free * seen.numpy(), atol=1e-5)


@pytest.mark.parametrize("kind", FEATURES)
def test_it_acts_in_magnitudes_whatever_the_features(kind: str) -> None:
    stars = stray_stars(1_000)
    features, whitened = (Features.of(name, Scaling.fit(stars)) for name in (kind, "magnitudes"))
    some = Stars(torch.from_numpy(features.take(stars)))
    latent = 1 if features.passes_brightness else 2
    moved = _moved(stars, features, some, latent).features - some.features
    same = _moved(stars, whitened, Stars(torch.zeros(len(stars), 5))).features
    np.testing.assert_allclose(moved, same.numpy() @ whitened.backward @ features.forward, atol=1e-4)


def test_all_else_of_the_stars_is_as_before() -> None:
    stars = stray_stars(1_000)
    given = Stars(*(torch.rand(1_000, 5) for _ in range(4)))
    moved = _moved(stars, Features.of("magnitudes", Scaling.fit(stars)), given)
    assert replace(moved, features=given.features) == given


def test_the_same_state_gives_the_same_jitter() -> None:
    stars = stray_stars(1_000)
    np.testing.assert_array_equal(_shift(stars, seed=4)[1], _shift(stars, seed=4)[1])
    assert (_shift(stars, seed=4)[1] != _shift(stars, seed=5)[1]).any()
