import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from stellar_gui.autoencoder.scaling import SMALLEST_SCALE, Scaling
from tests.autoencoder.conftest import curved_stars

stars_5 = arrays(np.float32, st.tuples(st.integers(2, 30), st.just(5)), elements=st.floats(0, 30, width=32))


@given(stars_5)
def test_the_principal_directions_are_orthonormal_and_hold_the_covariance(stars: NDArray[np.float32]) -> None:
    scaling = Scaling.fit(stars)
    np.testing.assert_allclose(scaling.axes.T @ scaling.axes, np.eye(5), atol=1e-12)
    covariance = scaling.axes * np.square(scaling.scale) @ scaling.axes.T
    np.testing.assert_allclose(covariance, np.cov(stars.astype(np.float64).T), atol=1e-4, rtol=1e-4)


@given(stars_5, st.integers(0, 2**32 - 1))
def test_what_stands_in_a_masked_band_plays_no_part(stars: NDArray[np.float32], seed: int) -> None:
    masked = np.random.default_rng(seed).random(stars.shape) < 0.4
    scaling = Scaling.fit(stars)
    filled = scaling.fill(np.where(masked, np.float32(24.63), stars), masked)
    np.testing.assert_array_equal(filled, scaling.fill(np.where(masked, np.nan, stars), masked))
    np.testing.assert_array_equal(filled[~masked], stars[~masked])
    assert np.isfinite(filled).all()


@given(stars_5, st.integers(0, 2**32 - 1))
def test_filling_by_matrices_is_the_same(stars: NDArray[np.float32], seed: int) -> None:
    masked = np.random.default_rng(seed).random(stars.shape) < 0.4
    scaling = Scaling.fit(stars)
    matrices = scaling.filling()[masked @ 2 ** np.arange(5)]
    known = np.where(masked, 0, stars - scaling.mean)
    filled = (known[:, None] @ matrices)[:, 0] + scaling.mean
    np.testing.assert_allclose(filled, scaling.fill(stars, masked), rtol=1e-6, atol=1e-5)


def test_a_masked_band_is_filled_with_what_the_others_make_likely() -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(18, 1, 4000)
    stars = np.stack([first, 2 * first, first + 1, first - rng.normal(0, 0.01, 4000), 20 - first], axis=1)
    stars = stars.astype(np.float32)
    masked = np.zeros(stars.shape, bool)
    masked[:, [0, 4]] = True
    np.testing.assert_allclose(Scaling.fit(stars).fill(stars, masked), stars, atol=0.05)
    everything = Scaling.fit(stars).fill(stars[:3], np.ones((3, 5), bool))
    np.testing.assert_allclose(everything, np.tile(stars.mean(axis=0), (3, 1)), rtol=1e-4)


def test_directions_without_spread_are_not_blown_up() -> None:
    scaling = Scaling.fit(np.full((10, 5), 20, np.float32))
    np.testing.assert_array_equal(scaling.scale, SMALLEST_SCALE)


def test_values_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Scaling.fit(curved_stars(10)).mean[0] = 1
