import numpy as np
import pytest

from stellar_gui.analysis.denoising import noise_removal, unbelievable
from stellar_gui.autoencoder.embedding import Embedding


def embedding(error: np.ndarray) -> Embedding:
    """Of stars with these errors, the same in every band."""
    residual = np.repeat(error[:, None], 5, axis=1).astype(np.float32)
    return Embedding(np.zeros((len(error), 2), np.float32), np.zeros_like(residual), residual)


def test_faint_stars_may_have_larger_errors_and_one_beyond_its_likes_is_not_believed() -> None:
    rng = np.random.default_rng(3)
    r = np.repeat([15.0, 22.0], 500)
    error = np.repeat([0.01, 0.5], 500) * np.exp(0.3 * rng.normal(size=1000).clip(-2.5, 2.5))
    magnitudes = np.repeat(r[:, None], 5, axis=1).astype(np.float32)
    error[3], error[997] = 0.4, 20.0
    found = unbelievable(embedding(error), magnitudes)
    assert found[[3, 997]].all() and found.sum() < 15
    assert not found[error < 0.01].any()


def test_rows_without_a_reconstruction_are_not_judged_and_one_bad_band_moves_no_star_among_others() -> None:
    error = np.full(300, 0.1)
    error[:10] = np.nan
    magnitudes = np.linspace(15, 20, 300, dtype=np.float32)[:, None] + np.zeros(5, np.float32)
    magnitudes[50, 2] = 29.0
    error[50] = 9.0
    found = unbelievable(embedding(error), magnitudes)
    assert found[50] and found.sum() == 1
    assert not unbelievable(embedding(np.full(4, np.nan)), np.zeros((4, 5), np.float32)).any()


def test_noise_removal_compares_with_the_truth() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(15, 20, (20_000, 5))
    noise = rng.normal(size=truth.shape)
    removal = noise_removal(truth, truth + 0.2 * noise, truth + 0.05 * noise, truth + 0.1)
    assert removal.stars == 20_000
    for found, expected in ((removal.observed, 0.2), (removal.denoised, 0.05), (removal.components, 0.1)):
        np.testing.assert_allclose(found.rms, expected, rtol=0.03)
        np.testing.assert_allclose(found.typical, expected, rtol=0.03)
    assert np.isnan(noise_removal(*[np.empty((0, 5))] * 4).observed.rms).all()
    with pytest.raises(ValueError, match="read-only"):
        removal.observed.rms[0] = 1
