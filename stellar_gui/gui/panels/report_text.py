"""A model's report in words and numbers, for the panel and the clipboard."""

import math
from typing import TYPE_CHECKING, NamedTuple

from stellar_gui import numbers
from stellar_gui.autoencoder.report import EvaluationReport
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.gui.widgets.band_table import BandRow
from stellar_gui.session.model_words import class_sentence, comparison

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

LEGEND = (
    "Original minus reconstruction of the test stars, mag. median: of the sizes; PCA: what principal components leave; "
    "noise: catalogued photometric errors."
)


class Part(NamedTuple):
    """A part of the split, or what is compared with it: mse in mag^2, NaN where not known, and how many stars."""

    name: str
    mse: float
    stars: int


def parts(report: EvaluationReport) -> list[Part]:
    """The mean squared residuals of the split's parts and of the principal components."""
    return [
        Part("test", report.test_mse, report.test_stars),
        Part("validation", report.validation_mse, report.validation_stars),
        Part("training", report.train_mse, report.train_stars),
        Part("PCA, test", report.pca_mse, report.test_stars),
    ]


def square(report: EvaluationReport, mse: float) -> str:
    """A mean squared residual, mag^2, as a number with at least three digits that count in the report's smallest."""
    smallest = min((part.mse for part in parts(report) if part.mse > 0), default=1.0)
    return numbers.fixed(mse, min(max(4, 2 - math.floor(math.log10(smallest))), 8))


def band_rows(report: EvaluationReport) -> list[BandRow]:
    """The report band by band, mag."""
    return [
        BandRow("rms", report.rms_per_band),
        BandRow("median", report.median_per_band),
        BandRow("bias", report.bias_per_band, 4, True),
        BandRow("± s.e.", report.bias_error_per_band, 4),
        BandRow("PCA", report.pca_rms_per_band),
        BandRow("noise", report.noise_per_band),
    ]


def as_text(model: "TrainedModel", accuracy: float | None) -> str:
    """The report as plain text to be read."""
    report = model.report
    lines = [
        f"Autoencoder, seed {model.config.seed}: {numbers.count(model.epochs)} epochs in "
        f"{numbers.duration(model.seconds)}",
        *(f"Warning: {warning}" for warning in report.warnings),
        "",
        f"{'mean squared residual':<22}{'mag²':>10}{'stars':>12}",
        *(f"{part.name:<22}{square(report, part.mse):>10}{numbers.count(part.stars):>12}" for part in parts(report)),
    ]
    if text := comparison(report, model.config):
        lines.append(f"The test error is {text}.")
    lines += ["", f"{'mag':<8}" + "".join(f"{name:>10}" for name in BAND_NAMES)]
    for label, values, digits, signed in band_rows(report):
        lines.append(f"{label:<8}" + "".join(f"{numbers.fixed(value, digits, signed):>10}" for value in values))
    lines += [LEGEND]
    if text := class_sentence(accuracy):
        lines.append(text)
    return "\n".join(lines)


def as_table(report: EvaluationReport) -> list[list[str]]:
    """The report band by band, one row per quantity under its title, mag to six digits."""
    rows = [[label, *(_exact(value) for value in values)] for label, values, *_ in band_rows(report)]
    return [["mag", *BAND_NAMES], *rows]


def _exact(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else ""
