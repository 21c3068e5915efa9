import time
import warnings
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from stellar_gui.analysis.corner import CORNER_BINS, corner_histograms
from stellar_gui.analysis.statistics import ErrorRanks, SelectionSummary, summarise
from stellar_gui.autoencoder.embedding import Embedding

MAGNITUDES = arrays(
    np.float32,
    st.tuples(st.integers(0, 60), st.just(5)),
    elements=st.one_of(st.floats(-5, 30, width=32), st.sampled_from([np.nan, 20.0, 24.625])),
)


def embedding_of(magnitudes: NDArray[np.float32], shift: NDArray[np.float32]) -> Embedding:
    reconstruction = magnitudes - shift
    return Embedding(np.zeros((len(magnitudes), 2), np.float32), reconstruction, magnitudes - reconstruction)


def many_stars(number: int) -> tuple[NDArray[np.float32], Embedding]:
    random = np.random.default_rng(5)
    magnitudes = random.normal([21, 19.5, 19, 18.5, 18.3], 1.5, (number, 5)).astype(np.float32)
    return magnitudes, embedding_of(magnitudes, random.normal(0.01, 0.1, (number, 5)).astype(np.float32))


def fastest_of(repetitions: int, work: Callable[[], object]) -> float:
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


@given(MAGNITUDES, st.randoms(use_true_random=False))
def test_summary_agrees_with_numpy_band_by_band(magnitudes: NDArray[np.float32], random: Random) -> None:
    shift = np.array([[random.uniform(-1, 1) for _ in range(5)] for _ in magnitudes], np.float32).reshape(-1, 5)
    embedding = embedding_of(magnitudes, shift)
    chosen = np.array([random.random() < 0.7 for _ in magnitudes], dtype=bool)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        summary = summarise(magnitudes, embedding, chosen)
    assert summary.count == chosen.sum()
    for band in range(5):
        column = magnitudes[chosen, band].astype(np.float64)
        column = column[np.isfinite(column)]
        residual = embedding.residual[chosen, band].astype(np.float64)
        residual = residual[np.isfinite(residual)]
        found = (summary.original_p16[band], summary.original_median[band], summary.original_p84[band])
        if len(column):
            np.testing.assert_allclose(found, np.percentile(column, [16, 50, 84]), rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(summary.bias[band], residual.mean(), rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(summary.rms[band], np.sqrt((residual**2).mean()), rtol=1e-9)
        else:
            assert np.isnan([*found, summary.bias[band], summary.rms[band]]).all()
        if len(column) > 1:
            expected = residual.std(ddof=1) / np.sqrt(len(residual))
            np.testing.assert_allclose(summary.bias_error[band], expected, rtol=1e-9)
        else:
            assert np.isnan(summary.bias_error[band])


def test_mask_and_row_numbers_give_the_same_summary() -> None:
    magnitudes, embedding = many_stars(500)
    mask = magnitudes[:, 0] > 21
    by_mask, by_rows = (summarise(magnitudes, embedding, rows) for rows in (mask, np.flatnonzero(mask)))
    for name in ("original_median", "reconstructed_p16", "reconstructed_p84", "bias", "bias_error", "rms"):
        np.testing.assert_array_equal(getattr(by_mask, name), getattr(by_rows, name))


def test_empty_selection_is_all_nan_without_a_warning() -> None:
    magnitudes, embedding = many_stars(10)
    summary = summarise(magnitudes, embedding, np.empty(0, dtype=np.int64))
    assert summary.count == 0
    numbers = [value for value in vars(summary).values() if isinstance(value, np.ndarray)]
    assert len(numbers) == 9
    assert np.isnan(numbers).all()


def test_summary_is_read_only() -> None:
    summary: SelectionSummary = summarise(*many_stars(10), np.arange(10))
    with pytest.raises(ValueError, match="read-only"):
        summary.bias[0] = 0.0


@given(
    arrays(np.float32, st.integers(1, 40), elements=st.one_of(st.integers(0, 5), st.just(np.nan))),
    st.integers(-1, 6),
)
def test_percentile_counts_smaller_errors_and_half_of_the_equal_ones(error: NDArray[np.float32], value: int) -> None:
    finite = error[np.isfinite(error)]
    found = ErrorRanks(error).percentile(value)
    if len(finite):
        assert found == pytest.approx(100 * ((finite < value).mean() + (finite == value).mean() / 2))
    else:
        assert np.isnan(found)


def test_percentile_of_a_star_without_an_error_is_nan() -> None:
    assert np.isnan(ErrorRanks(np.array([0.1, 0.2])).percentile(float("nan")))


def test_every_star_within_the_limits_is_in_one_bin_of_each_array() -> None:
    magnitudes, _ = many_stars(4000)
    magnitudes[7, 2] = np.nan
    data = corner_histograms(magnitudes)
    complete = np.delete(magnitudes, 7, axis=0)
    assert data.stars == 3999
    inside = (complete >= data.limits[:, 0]) & (complete < data.limits[:, 1])
    np.testing.assert_array_equal(data.histograms.sum(axis=1), inside.sum(axis=0))
    for row in range(5):
        for column in range(5):
            expected = (inside[:, row] & inside[:, column]).sum() if row > column else 0
            assert data.densities[row, column].sum() == expected


def test_density_agrees_with_numpy() -> None:
    magnitudes, _ = many_stars(3000)
    data = corner_histograms(magnitudes)
    edges = [np.linspace(*limits, CORNER_BINS + 1) for limits in data.limits]
    expected, _, _ = np.histogram2d(magnitudes[:, 3], magnitudes[:, 1], bins=(edges[3], edges[1]))
    np.testing.assert_array_equal(data.densities[3, 1], expected)


def test_limits_are_round_and_ignore_a_few_outliers() -> None:
    magnitudes, _ = many_stars(20_000)
    magnitudes[:5] = -9999
    limits = corner_histograms(magnitudes).limits
    np.testing.assert_array_equal(limits, np.round(limits * 2) / 2)
    assert (limits[:, 0] > 10).all()
    assert (limits[:, 0] <= np.percentile(magnitudes, 0.1, axis=0)).all()
    assert (limits[:, 1] >= np.percentile(magnitudes, 99.9, axis=0)).all()


def test_selection_is_counted_within_given_limits() -> None:
    magnitudes, _ = many_stars(2000)
    data = corner_histograms(magnitudes)
    chosen = corner_histograms(magnitudes[:300], data.limits)
    np.testing.assert_array_equal(chosen.limits, data.limits)
    assert (chosen.densities <= data.densities).all()


@pytest.mark.parametrize("stars", [0, 1, 2])
def test_corner_of_hardly_any_stars(stars: int) -> None:
    data = corner_histograms(np.full((stars, 5), 18.25, dtype=np.float32))
    assert data.stars == stars
    assert (data.histograms.sum(axis=1) == stars).all()
    assert (data.limits[:, 1] > data.limits[:, 0]).all()


def test_255_000_stars_are_summed_up_and_counted_in_a_moment() -> None:
    magnitudes, embedding = many_stars(255_000)
    rows = np.arange(255_000)
    assert fastest_of(5, lambda: summarise(magnitudes, embedding, rows)) < 0.1
    assert fastest_of(5, lambda: corner_histograms(magnitudes)) < 0.2
    ranks = ErrorRanks(embedding.error)
    assert fastest_of(5, lambda: ranks.percentile(0.1)) < 0.001
