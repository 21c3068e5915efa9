"""The counts behind a corner plot: one histogram per band and one density per pair of bands."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from fast_histogram import histogram1d, histogram2d
from numpy.typing import NDArray

from stellar_gui.catalog.bands import BANDS

CORNER_BINS = 120
_ROBUST_PERCENT = (0.1, 99.9)
_MARGIN = 0.04
_ROUNDING = 0.5
_WITHOUT_STARS = (0.0, 30.0)
_LARGEST = 1e4  # mag; the sentinel -9999 is just inside, and bins keep a width whatever a table holds


@dataclass(frozen=True, eq=False)
class CornerData:
    """Counts of stars by magnitude, for every band and every pair of bands; arrays are read-only.

    stars: stars with five finite magnitudes, all of them counted in no more than one cell of each array.
    limits: (5, 2) float64, mag, the bright and the faint end of each band's bins, the same in every array.
    histograms: (5, 120) float64, stars per bin; densities: (5, 5, 120, 120) float32, stars per cell, indexed
    [row band, column band, row bin, column bin], filled below the diagonal (row band > column band), else 0.
    """

    stars: int
    limits: NDArray[np.float64]
    histograms: NDArray[np.float64]
    densities: NDArray[np.float32]

    def __post_init__(self) -> None:
        for array in (self.limits, self.histograms, self.densities):
            array.setflags(write=False)


def corner_histograms(magnitudes: NDArray[np.floating], limits: NDArray[np.float64] | None = None) -> CornerData:
    """Count the stars of magnitudes (n, 5), mag, u g r i z; rows that are not finite are left out.

    limits: (5, 2), mag, of a `CornerData` to compare with. Without them each band's limits are its percentiles 0.1
    and 99.9, widened by 4 % and rounded outward to half a magnitude; stars beyond are in no bin.
    """
    complete = magnitudes[np.isfinite(magnitudes).all(axis=1)]
    columns = np.ascontiguousarray(complete.T, dtype=np.float64)
    if limits is None:
        limits = np.array([_robust_limits(column) for column in columns])
    ranges = [(float(bright), float(faint)) for bright, faint in limits]
    histograms = np.array(
        [histogram1d(column, CORNER_BINS, span) for column, span in zip(columns, ranges, strict=True)], dtype=np.float64
    )
    densities = np.zeros((len(BANDS), len(BANDS), CORNER_BINS, CORNER_BINS), dtype=np.float32)
    for column, row in combinations(range(len(BANDS)), 2):
        densities[row, column] = histogram2d(columns[row], columns[column], CORNER_BINS, (ranges[row], ranges[column]))
    return CornerData(len(complete), np.array(limits, dtype=np.float64), histograms, densities)


def _robust_limits(values: NDArray[np.float64]) -> tuple[float, float]:
    if not len(values):
        return _WITHOUT_STARS
    low, high = np.clip(np.percentile(values, _ROBUST_PERCENT), -_LARGEST, _LARGEST)
    margin = _MARGIN * (high - low)
    bright = np.floor((low - margin) / _ROUNDING) * _ROUNDING
    faint = np.floor((high + margin) / _ROUNDING) * _ROUNDING + _ROUNDING
    return float(bright), float(faint)
