"""What is told of a training: its history and how good the model is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import BANDS


class ReadOnly:
    """A dataclass whose arrays are made read-only."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)


@dataclass(frozen=True, eq=False)
class History(ReadOnly):
    """The losses of epoch after epoch; a training that was stopped within an epoch ends with that one.

    epoch: (k,) int64, counted from 1. The others are (k,) float64 where nothing else is said.
    train_loss: mean over the epoch's batches, each before the step that it caused; in TrainingConfig.loss_unit. Where
    stars to learn from are moved or given noise it is of stars harder than those to validate with, and lies above
    validation_loss even of a network that has learned some by heart.
    validation_loss: after the epoch, in the same unit.
    learning_rate: at the epoch's end.
    validation_mse: after the epoch, mag^2, whatever the loss is.
    train_low, train_high: the 16th and 84th percentile of the batches' losses.
    gradient_norm: median over the batches, before it is limited.
    rms_per_band, bias_per_band: (k, 5), mag, of the validation stars, after the epoch.
    best_epoch: whose weights the model has; 0 for the first weights, as long as no epoch is better.
    """

    epoch: NDArray[np.int64]
    train_loss: NDArray[np.float64]
    validation_loss: NDArray[np.float64]
    learning_rate: NDArray[np.float64]
    validation_mse: NDArray[np.float64]
    train_low: NDArray[np.float64]
    train_high: NDArray[np.float64]
    gradient_norm: NDArray[np.float64]
    rms_per_band: NDArray[np.float64]
    bias_per_band: NDArray[np.float64]
    best_epoch: int

    def __len__(self) -> int:
        return len(self.epoch)

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """The arrays by name, with a prefix."""
        return {f"{prefix}{name}": getattr(self, name) for name in _HISTORY}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], prefix: str, best_epoch: int) -> "History":
        """A history from its arrays; those that version 1 of the model file lacks are made up as far as they can be.

        Raises KeyError or ValueError for arrays that are none of a history.
        """
        found = {name: arrays[f"{prefix}{name}"] for name in _HISTORY[:FIRST_HISTORY]}
        epochs = len(found["epoch"])
        for name in _HISTORY[FIRST_HISTORY:]:
            shape = (epochs, BANDS) if name.endswith("_per_band") else (epochs,)
            found[name] = arrays.get(f"{prefix}{name}", np.full(shape, np.nan))
            if found[name].shape != shape or found[name].dtype != np.float64:
                raise ValueError(name)
        for name in _HISTORY[:FIRST_HISTORY]:
            kind = np.int64 if name == "epoch" else np.float64
            if found[name].shape != (epochs,) or found[name].dtype != kind or not np.isfinite(found[name]).all():
                raise ValueError(name)
        if f"{prefix}validation_mse" not in arrays:
            found["validation_mse"] = found["validation_loss"].copy()
        return cls(best_epoch=best_epoch, **found)


FIRST_HISTORY: Final = 4
"""How many of a history's arrays version 1 of the model file has; its loss was always in mag^2."""
_HISTORY: Final = tuple(item.name for item in fields(History) if item.name != "best_epoch")


@dataclass(frozen=True, eq=False)
class BandErrors(ReadOnly):
    """The residuals (original - reconstruction) of some stars, band by band u g r i z; (5,) float64 each, mag.

    rms: root mean square. bias: mean. bias_error: its standard error, NaN for a single star.
    """

    rms: NDArray[np.float64]
    bias: NDArray[np.float64]
    bias_error: NDArray[np.float64]

    @property
    def mse(self) -> float:
        """mag^2: mean squared residual over stars and bands, the quadratic loss."""
        return float(np.nanmean(self.rms**2)) if np.isfinite(self.rms).any() else math.nan


@dataclass(frozen=True, eq=False)
class ResidualTrend(ReadOnly):
    """The residuals (original - reconstruction) of some stars against their magnitude, in bins; (5, bins) each, mag.

    magnitude: the bins' middles. low, median, high: 16th, 50th and 84th percentile of the residuals, float64, NaN where
    there are too few stars. stars: how many, int64.
    """

    magnitude: NDArray[np.float64]
    low: NDArray[np.float64]
    median: NDArray[np.float64]
    high: NDArray[np.float64]
    stars: NDArray[np.int64]

    @classmethod
    def none(cls) -> "ResidualTrend":
        """Without bins."""
        empty = np.zeros((BANDS, 0))
        return cls(empty, empty, empty, empty, np.zeros((BANDS, 0), np.int64))


@dataclass(frozen=True, eq=False)
class EvaluationReport(ReadOnly):
    """How well a model reconstructs the stars of each part of its split.

    train_stars, validation_stars, test_stars: how many stars each part has.
    train_mse, validation_mse, test_mse: mean squared residual over stars and bands, mag^2.
    pca_mse: the same of the test stars, kept by as many principal components of the training stars as there are latent
    dimensions (and by their mean magnitude, where that goes round the network).
    rms_per_band, bias_per_band, bias_error_per_band: (5,) float64, mag, of the test stars; see BandErrors.
    median_per_band: (5,) float64, mag, median absolute residual of the test stars.
    pca_rms_per_band: (5,) float64, mag, as pca_mse.
    noise_per_band: (5,) float64, mag, root mean square of the test stars' photometric errors, NaN where not known.
    trend: of the test stars' residuals with magnitude.
    warnings: what the user should know before trusting the model, in sentences.
    Of a model made by version 1, what it did not measure is NaN or empty.
    """

    train_stars: int
    validation_stars: int
    test_stars: int
    train_mse: float
    validation_mse: float
    test_mse: float
    pca_mse: float
    rms_per_band: NDArray[np.float64]
    bias_per_band: NDArray[np.float64]
    bias_error_per_band: NDArray[np.float64]
    median_per_band: NDArray[np.float64]
    pca_rms_per_band: NDArray[np.float64]
    noise_per_band: NDArray[np.float64]
    trend: ResidualTrend
    warnings: tuple[str, ...]


class ResidualSums:
    """Gathers residuals batch by batch, in bounded memory; those of masked bands are NaN and do not count.

    stars: how many so far.
    """

    def __init__(self) -> None:
        self.stars = 0
        self._counts = np.zeros(BANDS, np.int64)
        self._sum = np.zeros(BANDS)
        self._squares = np.zeros(BANDS)
        self._star_sums = np.zeros(3)

    def add(self, residual: NDArray[np.float32]) -> None:
        """Take in residuals (k, 5), mag."""
        counted = ~np.isnan(residual)
        squares = np.square(residual, dtype=np.float64)
        self.stars += len(residual)
        self._counts += np.count_nonzero(counted, axis=0)
        self._sum += residual.sum(axis=0, dtype=np.float64, where=counted)
        self._squares += squares.sum(axis=0, where=counted)
        bands = np.count_nonzero(counted, axis=1)
        star = squares.sum(axis=1, where=counted)[bands > 0] / bands[bands > 0]
        self._star_sums += (len(star), star.sum(), np.square(star).sum())

    def per_star(self) -> tuple[float, float]:
        """Mean of the stars' mean squared residuals and its standard error, mag^2."""
        count, total, squares = self._star_sums
        mean = total / max(count, 1)
        return float(mean), float(np.sqrt(max(squares / max(count, 1) - mean**2, 0.0) / max(count - 1, 1)))

    def errors(self) -> BandErrors:
        """What the residuals so far amount to; NaN in a band without any."""
        with np.errstate(invalid="ignore", divide="ignore"):
            bias, mean_square = self._sum / self._counts, self._squares / self._counts
            variance = np.maximum(mean_square - bias**2, 0.0) / (self._counts - 1)
        error = np.where(self._counts > 1, np.sqrt(variance), np.nan)
        return BandErrors(np.sqrt(mean_square), bias, error)
