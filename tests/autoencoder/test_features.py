"""Features: every set turns back into magnitudes, and into those alone that it says it holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import FEATURES, TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.features import Features, without_dust
from stellar_gui.autoencoder.scaling import Scaling
from stellar_gui.errors import InputError
from tests.autoencoder.conftest import curved_stars

stars_5 = arrays(np.float32, st.tuples(st.integers(2, 30), st.just(5)), elements=st.floats(0, 30, width=32))


@pytest.mark.parametrize("kind", FEATURES)
@given(stars=stars_5)
def test_every_feature_set_turns_back_into_magnitudes(kind: str, stars: NDArray[np.float32]) -> None:
    features = Features.of(kind, Scaling.fit(stars))
    taken = features.take(stars)
    assert taken.shape == (len(stars), features.count) and taken.dtype == np.float32
    np.testing.assert_allclose(features.restore(taken, features.brightness(stars)), stars, atol=2e-3)


@pytest.mark.parametrize(("kind", "count"), [("magnitudes", 5), ("colours-r", 5), ("colours", 4)])
def test_features_have_no_mean_and_unit_variance(kind: str, count: int) -> None:
    stars = curved_stars(70_000)
    taken = Features.of(kind, Scaling.fit(stars)).take(stars)
    np.testing.assert_allclose(taken.mean(axis=0), np.zeros(count), atol=1e-4)
    np.testing.assert_allclose(taken.std(axis=0), np.ones(count), atol=1e-3)


def test_magnitudes_are_whitened() -> None:
    stars = curved_stars(5_000)
    np.testing.assert_allclose(
        np.cov(Features.of("magnitudes", Scaling.fit(stars)).take(stars).T), np.eye(5), atol=1e-3
    )


@pytest.mark.parametrize("kind", ["colours", "colours-r"])
def test_colours_are_colours_in_the_order_of_the_bands(kind: str) -> None:
    stars = curved_stars(300)
    taken = Features.of(kind, Scaling.fit(stars)).take(stars)
    for k in range(4):
        assert np.corrcoef(taken[:, k], stars[:, k] - stars[:, k + 1])[0, 1] == pytest.approx(1, abs=1e-6)
    if kind == "colours-r":
        assert np.corrcoef(taken[:, 4], stars[:, 2])[0, 1] == pytest.approx(1, abs=1e-6)


def test_colours_alone_do_not_hold_the_brightness_and_say_so() -> None:
    stars = curved_stars(300)
    features = Features.of("colours", Scaling.fit(stars))
    assert features.passes_brightness
    np.testing.assert_allclose(features.take(stars + np.float32(3)), features.take(stars), atol=1e-4)
    restored = features.restore(features.take(stars))
    np.testing.assert_allclose(restored.mean(axis=1), stars.mean(), atol=1e-4)
    np.testing.assert_allclose(np.diff(restored, axis=1), np.diff(stars, axis=1), atol=1e-4)
    assert not Features.of("colours-r", Scaling.fit(stars)).passes_brightness


def test_principal_components_leave_what_they_leave() -> None:
    train, test = curved_stars(500, seed=1), curved_stars(300, seed=2)
    mean = train.mean(axis=0, dtype=np.float64)
    for kind in FEATURES:
        level = test.mean(axis=1, keepdims=True) if kind == "colours" else 0.0
        fitted = train - train.mean(axis=1, keepdims=True) if kind == "colours" else train
        centre = mean - mean.mean() if kind == "colours" else mean
        _, _, directions = np.linalg.svd(fitted - centre, full_matrices=False)
        kept = (test - level - centre) @ directions[:2].T @ directions[:2] + centre + level
        left = Features.of(kind, Scaling.fit(train)).principal_component_residuals(test, 2)
        np.testing.assert_allclose(left, test - kept, atol=1e-4)


def test_extinction_is_taken_away_only_where_it_is_asked_for_and_known() -> None:
    stars = curved_stars(10)
    dust = Details(extinction=np.full((10, 5), 0.5, np.float32))
    np.testing.assert_array_equal(without_dust(stars, dust, TrainingConfig()), stars)
    np.testing.assert_array_equal(without_dust(stars, dust, TrainingConfig(deredden=True)), stars - np.float32(0.5))
    with pytest.raises(InputError, match="extinction of these stars is not known"):
        without_dust(stars, Details(), TrainingConfig(deredden=True))


def test_details_are_of_the_same_stars_and_bands() -> None:
    with pytest.raises(ValueError, match="one column per band"):
        Details(errors=np.zeros((3, 4), np.float32))
    with pytest.raises(ValueError, match="different numbers"):
        Details(errors=np.zeros((3, 5), np.float32), masked=np.zeros((4, 5), bool))
    taken = Details(errors=np.arange(15, dtype=np.float32).reshape(3, 5)).take(np.array([2, 0]))
    assert taken.errors is not None and taken.errors[:, 0].tolist() == [10, 0] and taken.masked is None
