"""The report says what the residuals are, and warns where it should, and only there."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from stellar_gui.autoencoder.assessment import TREND_BINS, Findings, LastTenth, report_on, residual_trend
from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.report import EvaluationReport, ResidualSums
from stellar_gui.autoencoder.split import split
from stellar_gui.autoencoder.training import train
from stellar_gui.progress import drain
from tests.autoencoder.conftest import SMALL, curved_stars


def _sums(residual: NDArray[np.float32]) -> ResidualSums:
    sums = ResidualSums()
    sums.add(residual)
    return sums


def _noise(count: int, size: float, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0, size, (count, 5)).astype(np.float32)


def _last_tenth(fall: float, share: float = 1.0, stars: int = 200) -> LastTenth:
    """The loss of stars of which a share gets better, such that the mean falls by a share of itself."""
    before = np.random.default_rng(0).exponential(1.0, stars)
    better = np.arange(stars) < round(share * stars)
    before[better] += 0.2 * stars / better.sum()
    return LastTenth(before, before - better * (fall * before.sum() / better.sum()))


def _report(
    train_size: float = 0.1, test_size: float = 0.1, pca_size: float = 0.3, shares: Any = (1.0, 0.5), **changes: Any
) -> EvaluationReport:
    test = _noise(2000, test_size, 1)
    findings = Findings(
        train=_sums(_noise(3000, train_size)),
        validation=_sums(_noise(100, test_size, 2)),
        test=_sums(test),
        residual=test,
        pca_residual=_noise(2000, pca_size, 3),
        magnitudes=curved_stars(2000),
        errors=changes.get("errors"),
        latent_shares=np.array(shares),
    )
    return report_on(findings, changes.get("last_tenth", _last_tenth(0.01)), changes.get("steps", 5000))


def test_a_good_training_is_warned_of_nothing() -> None:
    assert _report().warnings == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"train_size": 0.05}, "The errors part: 0.100 mag rms on the test stars, 0.050 on those learned from."),
        ({"shares": (1.0, 0.001)}, "Latent coordinate 2 is hardly used"),
        ({"shares": (0.0, -0.01)}, "Latent coordinate 1 and 2 is hardly used"),
        (
            {"pca_size": 0.05},
            "has not converged: as many principal components reconstruct the test stars better",
        ),
        ({"steps": 220}, "can hardly have converged in 220 batches"),
        ({"last_tenth": _last_tenth(0.1)}, "the validation loss fell by 10 % over the last tenth"),
    ],
)
def test_each_warning_has_its_cause(changes: dict[str, Any], words: str) -> None:
    warnings = _report(**changes).warnings
    assert len(warnings) == 1 and words in warnings[0]


@pytest.mark.parametrize("last_tenth", [None, _last_tenth(0.04), _last_tenth(-0.2), _last_tenth(0.15, share=0.01)])
def test_a_loss_that_settled_or_fell_by_the_luck_of_few_stars_is_no_warning(last_tenth: LastTenth | None) -> None:
    assert _report(last_tenth=last_tenth).warnings == ()


def test_what_differs_by_chance_is_no_parting() -> None:
    few = _report(train_size=0.1, test_size=0.11)
    assert few.warnings == ()


def test_real_causes_lead_to_the_warnings() -> None:
    shape = NetworkConfig(hidden=40, depth=2)
    few = TrainingConfig(epochs=300, batch_size=32, fractions=(0.1, 0.02, 0.8), network=shape)
    assert "errors part" in drain(train(curved_stars(300), few)).report.warnings[0]
    line = (18 + np.random.default_rng(0).normal(0, 1, (600, 1)) * [1, 2, 3, 2, 1]).astype(np.float32)
    unused = TrainingConfig(epochs=150, batch_size=32, network=replace(SMALL, latent=5))
    found = drain(train(line + _noise(600, 1e-4), unused)).report.warnings
    assert any("hardly used" in sentence for sentence in found)
    short = drain(train(curved_stars(600), TrainingConfig(epochs=1, network=SMALL))).report.warnings
    assert any("converged" in sentence for sentence in short)


def test_the_report_is_what_the_test_stars_give() -> None:
    stars = curved_stars(900)
    errors = np.random.default_rng(0).uniform(0.01, 0.1, stars.shape).astype(np.float32)
    masked = np.random.default_rng(1).random(stars.shape) < 0.05
    details = Details(errors=errors, masked=masked)
    config = TrainingConfig(seed=2, epochs=5, batch_size=64, network=SMALL)
    model = drain(train(stars, config, details))
    rows = split(900, 2, config.fractions).test
    part = details.take(rows)
    residual = stars[rows] - model.reconstruct(stars[rows], model.encode(stars[rows], part), part)
    residual[masked[rows]] = np.nan
    report = model.report
    np.testing.assert_allclose(report.median_per_band, np.nanmedian(np.abs(residual), axis=0), atol=1e-4)
    np.testing.assert_allclose(report.rms_per_band, np.sqrt(np.nanmean(residual**2, axis=0)), atol=1e-4)
    known = np.where(masked[rows], np.nan, errors[rows])
    np.testing.assert_allclose(report.noise_per_band, np.sqrt(np.nanmean(known**2, axis=0)), rtol=1e-5)
    np.testing.assert_allclose(np.square(report.pca_rms_per_band).mean(), report.pca_mse)
    assert report.trend.stars.sum(axis=1) == pytest.approx(0.98 * (~masked[rows]).sum(axis=0), abs=4)
    assert np.isnan(drain(train(stars, config)).report.noise_per_band).all()


def test_residuals_are_followed_along_the_magnitudes() -> None:
    magnitudes = np.random.default_rng(0).uniform(15, 21, (20_000, 5)).astype(np.float32)
    residual = (magnitudes - 18) * 0.1 + _noise(20_000, 0.05)
    residual[:, 3] = np.nan
    trend = residual_trend(magnitudes, residual)
    assert trend.median.shape == (5, TREND_BINS) and np.isnan(trend.median[3]).all()
    for band in (0, 1, 2, 4):
        np.testing.assert_allclose(trend.median[band], (trend.magnitude[band] - 18) * 0.1, atol=0.02)
        np.testing.assert_allclose((trend.high - trend.low)[band] / 2, 0.056, atol=0.02)
        assert trend.stars[band].min() > 1000


def test_too_few_or_equal_magnitudes_have_no_trend() -> None:
    assert np.isnan(residual_trend(curved_stars(9), _noise(9, 1)).median).all()
    assert not residual_trend(np.full((50, 5), 18, np.float32), _noise(50, 1)).stars.any()
