"""The report on a trained network: how good it is, against what, and what to be warned of."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import BANDS
from stellar_gui.autoencoder.report import EvaluationReport, ResidualSums, ResidualTrend

TREND_BINS: Final = 12
FEWEST_IN_BIN: Final = 10
FEWEST_STEPS: Final = 1_000
"""Batches in which the default network cannot do its best: measured on 10,000 real and 60,000 simulated stars, the
error after so many is still a fifth to a half larger than after 5,000."""
FALLING: Final = 0.05
"""Share of the validation loss whose fall over the last tenth of the training says that it has not settled..."""
LEARNED_BY_HEART: Final = 1.3
"""Mean squared residual of stars not learned from over that of those learned from, beyond which they part..."""
STANDARD_ERRORS: Final = 3.0
"""...if that is more than so many standard errors."""
UNUSED: Final = 0.01
"""Share by which the error must grow when a latent coordinate is withheld, or it is unused."""


@dataclass(frozen=True, eq=False)
class LastTenth:
    """Each validation star's part of the loss, (n,) float64, after nine tenths of the training and at its end.

    What falls on the same few stars may fall by the luck of one of them: the paired differences tell.
    """

    before: NDArray[np.float64]
    after: NDArray[np.float64]

    @property
    def fall(self) -> float:
        """The share by which the validation loss fell."""
        return float(1 - self.after.mean() / max(self.before.mean(), np.finfo(float).tiny))

    @property
    def falls(self) -> bool:
        """Whether it fell by 5 %, and by more than three standard errors of the stars' paired differences."""
        fallen = self.before - self.after
        error = fallen.std() / np.sqrt(len(fallen))
        return self.fall > FALLING and bool(fallen.mean() > STANDARD_ERRORS * error)


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found on the three parts of a split.

    train, validation, test: residuals, summed up.
    residual, pca_residual: (n, 5) float32, mag, of the n test stars, the latter what principal components leave.
    magnitudes: (n, 5) float32, mag, of the test stars; errors: (n, 5), mag, NaN where not known.
    latent_shares: (m,) by which the mean squared residual grows when each latent coordinate is withheld.
    """

    train: ResidualSums
    validation: ResidualSums
    test: ResidualSums
    residual: NDArray[np.float32]
    pca_residual: NDArray[np.float32]
    magnitudes: NDArray[np.float32]
    errors: NDArray[np.float32] | None
    latent_shares: NDArray[np.float64]


def report_on(findings: Findings, last_tenth: LastTenth | None, steps: int) -> EvaluationReport:
    """The report on what a training of so many steps (batches) led to; last_tenth: None where it did not get there."""
    train, validation, test = (part.errors() for part in (findings.train, findings.validation, findings.test))
    sums = ResidualSums()
    sums.add(findings.pca_residual)
    pca = sums.errors()
    return EvaluationReport(
        train_stars=findings.train.stars,
        validation_stars=findings.validation.stars,
        test_stars=findings.test.stars,
        train_mse=train.mse,
        validation_mse=validation.mse,
        test_mse=test.mse,
        pca_mse=pca.mse,
        rms_per_band=test.rms,
        bias_per_band=test.bias,
        bias_error_per_band=test.bias_error,
        median_per_band=np.array([np.median(band) if len(band) else np.nan for band in _sizes(findings.residual)]),
        pca_rms_per_band=pca.rms,
        noise_per_band=_noise(findings),
        trend=residual_trend(findings.magnitudes, findings.residual),
        warnings=tuple(_warnings(findings, last_tenth, steps)),
    )


def residual_trend(magnitudes: NDArray[np.float32], residual: NDArray[np.float32]) -> ResidualTrend:
    """How the residuals (n, 5), mag, of stars depend on their magnitudes (n, 5), mag, band by band.

    Twelve bins of equal width between each band's first and last percent; NaN in those with fewer than ten stars.
    """
    shape = (BANDS, TREND_BINS)
    middle, low, median, high = (np.full(shape, np.nan) for _ in range(4))
    stars = np.zeros(shape, np.int64)
    for band in range(BANDS):
        counted = ~np.isnan(residual[:, band])
        values, left = magnitudes[counted, band].astype(np.float64), residual[counted, band]
        if not len(values):
            continue
        first, last = np.percentile(values, [1, 99])
        edges = np.linspace(first, last, TREND_BINS + 1)
        middle[band] = (edges[1:] + edges[:-1]) / 2
        if edges[0] == edges[-1]:
            continue
        place = np.where((values < edges[0]) | (values > edges[-1]), -1, np.digitize(values, edges[1:-1]))
        for k in range(TREND_BINS):
            inside = left[place == k]
            stars[band, k] = len(inside)
            if len(inside) >= FEWEST_IN_BIN:
                low[band, k], median[band, k], high[band, k] = np.percentile(inside, [16, 50, 84])
    return ResidualTrend(middle, low, median, high, stars)


def _noise(findings: Findings) -> NDArray[np.float64]:
    """(5,) mag: root mean square of the test stars' photometric errors; NaN where they are not known."""
    if findings.errors is None:
        return np.full(BANDS, np.nan)
    errors = np.where(np.isnan(findings.residual), np.nan, findings.errors.astype(np.float64))
    return np.array([np.sqrt(np.mean(band**2)) if len(band) else np.nan for band in _sizes(errors)])


def _sizes(values: NDArray[np.floating]) -> list[NDArray[np.float64]]:
    """Band by band, the sizes of those of the values (n, 5) that are known."""
    return [np.abs(band[~np.isnan(band)]).astype(np.float64) for band in values.T]


def _warnings(findings: Findings, last_tenth: LastTenth | None, steps: int) -> list[str]:
    found = []
    sentence = _not_converged(findings, last_tenth, steps)
    trained, trained_error = findings.train.per_star()
    others, others_error = findings.test.per_star()
    if others > LEARNED_BY_HEART * trained and others - trained > STANDARD_ERRORS * np.hypot(
        trained_error, others_error
    ):
        sentence = ""
        found.append(
            f"The errors part: {np.sqrt(others):.3f} mag rms on the test stars, {np.sqrt(trained):.3f} on those "
            "learned from. Train on more stars, for a shorter time, or with a smaller network."
        )
    unused = [str(k) for k, share in enumerate(findings.latent_shares, 1) if share < UNUSED]
    if unused:
        found.append(
            f"Latent coordinate {' and '.join(unused)} is hardly used: without it the test error stays the same. Train "
            "longer or with another seed, or with fewer latent dimensions."
        )
    return [*found, sentence] if sentence else found


def _not_converged(findings: Findings, last_tenth: LastTenth | None, steps: int) -> str:
    squares = np.square(findings.residual, dtype=np.float64)
    more = np.nansum(squares - np.square(findings.pca_residual, dtype=np.float64), axis=1)
    if more.mean() > STANDARD_ERRORS * more.std() / np.sqrt(len(more)):
        return (
            "The network has not converged: as many principal components reconstruct the test stars better. Train "
            "longer."
        )
    if steps < FEWEST_STEPS:
        return (
            f"The network can hardly have converged in {steps:,} batches; train for at least {FEWEST_STEPS:,}, by more "
            "epochs or smaller batches."
        )
    if last_tenth is not None and last_tenth.falls:
        return (
            f"The network has not converged: the validation loss fell by {100 * last_tenth.fall:.0f} % over the last "
            "tenth of the training. Train longer."
        )
    return ""
