"""Colours of unresolved quasars, the contaminants of every sample of blue stars."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.catalog.bands import BANDS

_MEDIAN: Final = np.array(
    [
        [0.05, 0.326, 0.282, 0.379, 0.088],
        [0.15, 0.159, 0.358, 0.410, 0.056],
        [0.25, 0.153, 0.348, 0.236, 0.243],
        [0.35, 0.131, 0.254, 0.092, 0.513],
        [0.45, 0.239, 0.103, 0.189, 0.197],
        [0.55, 0.322, -0.084, 0.179, 0.032],
        [0.65, 0.318, -0.019, 0.125, -0.017],
        [0.75, 0.285, 0.040, -0.002, 0.136],
        [0.85, 0.231, 0.058, -0.041, 0.125],
        [0.95, 0.138, 0.159, -0.056, 0.092],
        [1.05, 0.152, 0.230, -0.045, 0.030],
        [1.15, 0.082, 0.249, 0.010, -0.074],
        [1.25, 0.063, 0.253, 0.004, -0.076],
        [1.35, 0.046, 0.252, 0.036, -0.042],
        [1.45, 0.172, 0.148, 0.123, -0.022],
        [1.55, 0.203, 0.092, 0.206, -0.022],
        [1.65, 0.162, 0.074, 0.213, 0.012],
        [1.75, 0.077, 0.023, 0.259, 0.014],
        [1.85, 0.048, 0.015, 0.262, 0.049],
        [1.95, 0.039, 0.032, 0.209, 0.134],
        [2.05, 0.133, 0.121, 0.148, 0.205],
        [2.20, 0.289, 0.072, 0.119, 0.224],
        [2.40, 0.570, 0.062, 0.077, 0.250],
        [2.60, 0.795, 0.172, 0.083, 0.252],
        [2.80, 1.046, 0.145, 0.107, 0.174],
        [3.00, 1.475, 0.245, 0.088, 0.112],
    ]
)
"""Redshift and median u-g, g-r, r-i, i-z, mag (Richards et al. 2001, AJ 121, 2308, table of median colours)."""

SLOPE_SPREAD: Final = 0.33
"""Standard deviation of the spectral slope: 95 percent lie within 0.65 (Richards et al. 2001)."""


def draw_quasar_colors(rng: np.random.Generator, redshift: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 4) float64, mag: u-g, g-r, r-i, i-z of quasars of a redshift (n,), 0.05 to 3.

    The spectral slope of each scatters all its colours together; lines and absorption add 0.05 mag to each colour.
    """
    median = np.column_stack([np.interp(redshift, _MEDIAN[:, 0], _MEDIAN[:, k]) for k in range(1, 5)])
    wavelength = np.log10([band.wavelength for band in BANDS])
    slope = SLOPE_SPREAD * rng.normal(size=len(redshift))
    return median + 2.5 * slope[:, None] * np.diff(wavelength) + 0.05 * rng.normal(size=median.shape)
