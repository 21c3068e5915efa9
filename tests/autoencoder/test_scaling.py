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
def test_restore_undoes_whiten(stars: NDArray[np.float32]) -> None:
    scaling = Scaling.fit(stars)
    np.testing.assert_allclose(scaling.restore(scaling.whiten(stars)), stars, atol=1e-4)
    np.testing.assert_allclose(scaling.axes.T @ scaling.axes, np.eye(5), atol=1e-12)


@given(stars_5, stars_5)
def test_distances_in_magnitudes_survive_whitening(stars: NDArray[np.float32], others: NDArray[np.float32]) -> None:
    scaling = Scaling.fit(stars)
    count = min(len(stars), len(others))
    apart = (scaling.whiten(stars[:count]) - scaling.whiten(others[:count])) * scaling.scale
    np.testing.assert_allclose(
        np.square(apart).sum(axis=1), np.square(stars[:count] - others[:count]).sum(axis=1), rtol=1e-3, atol=1e-3
    )


def test_whitened_stars_have_no_mean_and_unit_covariance() -> None:
    stars = curved_stars(70_000)
    whitened = Scaling.fit(stars).whiten(stars)
    assert whitened.dtype == np.float32
    np.testing.assert_allclose(whitened.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(whitened.T), np.eye(5), atol=1e-3)


def test_directions_without_spread_are_not_blown_up() -> None:
    scaling = Scaling.fit(np.full((10, 5), 20, np.float32))
    np.testing.assert_array_equal(scaling.scale, SMALLEST_SCALE)
    assert not scaling.whiten(np.full((10, 5), 20, np.float32)).any()


def test_principal_components_leave_what_they_leave() -> None:
    train, test = curved_stars(500, seed=1), curved_stars(300, seed=2)
    mean = train.mean(axis=0, dtype=np.float64)
    _, _, directions = np.linalg.svd(train - mean, full_matrices=False)
    kept = (test - mean) @ directions[:2].T @ directions[:2] + mean
    expected = np.mean((test - kept) ** 2)
    assert Scaling.fit(train).principal_component_error(test, 2) == pytest.approx(expected, rel=1e-6)


def test_values_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Scaling.fit(curved_stars(10)).mean[0] = 1
