"""Colours and absolute magnitudes of main sequence stars, from A dwarfs to the coolest M dwarfs."""

from typing import Final

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

_COVEY: Final = np.array(
    [
        [0.10, 1.05, 0.02, -0.03],
        [0.20, 1.06, 0.03, -0.02],
        [0.30, 1.07, 0.06, 0.00],
        [0.40, 1.07, 0.10, 0.01],
        [0.50, 1.14, 0.13, 0.03],
        [0.60, 1.25, 0.16, 0.04],
        [0.70, 1.40, 0.19, 0.06],
        [0.80, 1.56, 0.21, 0.08],
        [0.90, 1.73, 0.24, 0.11],
        [1.00, 1.90, 0.27, 0.12],
        [1.10, 2.04, 0.30, 0.14],
        [1.20, 2.17, 0.32, 0.16],
        [1.30, 2.28, 0.35, 0.18],
        [1.40, 2.38, 0.38, 0.20],
        [1.50, 2.46, 0.41, 0.22],
        [1.60, 2.53, 0.45, 0.24],
        [1.70, 2.57, 0.49, 0.26],
        [1.80, 2.61, 0.54, 0.29],
        [1.90, 2.61, 0.59, 0.32],
        [2.00, 2.61, 0.65, 0.35],
        [2.10, 2.62, 0.71, 0.39],
        [2.20, 2.61, 0.79, 0.43],
        [2.30, 2.60, 0.88, 0.47],
        [2.40, 2.59, 0.98, 0.52],
        [2.50, 2.59, 1.08, 0.57],
        [2.60, 2.58, 1.18, 0.62],
        [2.70, 2.61, 1.28, 0.67],
        [2.80, 2.62, 1.36, 0.72],
        [2.90, 2.61, 1.45, 0.77],
        [3.00, 2.61, 1.52, 0.81],
        [3.10, 2.62, 1.60, 0.85],
        [3.20, 2.64, 1.68, 0.90],
        [3.30, 2.60, 1.75, 0.94],
        [3.40, 2.60, 1.83, 0.99],
        [3.50, 2.60, 1.92, 1.03],
        [3.60, 2.60, 2.01, 1.08],
        [3.70, 2.60, 2.08, 1.13],
        [3.80, 2.60, 2.20, 1.18],
        [3.90, 2.60, 2.27, 1.22],
        [4.00, 2.60, 2.34, 1.28],
        [4.10, 2.60, 2.43, 1.33],
        [4.24, 2.60, 2.54, 1.39],
        [4.34, 2.60, 2.64, 1.48],
        [5.10, 2.60, 3.31, 1.93],
    ]
)
"""g-i, u-g, r-i, i-z of the median stellar locus, mag (Covey et al. 2007, AJ 134, 2398, table of locus colours).

From g-i = 3.4 the u band of that sample is below its detection limit, and u-g is held at 2.60. The table ends at 4.34;
the last row is its straight continuation to the L dwarfs.
"""

_YUAN_UG: Final = np.array(
    [
        [1.5003, 0.0011, 0.1741, 0.0910, 0.0181],
        [-3.2190, 1.1675, 0.0875, 0.0031, 0.0],
        [7.9725, -0.8190, -0.0439, 0.0, 0.0],
        [-5.2923, 0.1339, 0.0, 0.0, 0.0],
        [1.1459, 0.0, 0.0, 0.0, 0.0],
    ]
)
_YUAN_RI: Final = np.array(
    [
        [-0.0596, -0.0348, -0.0239, -0.0044],
        [0.3930, -0.0261, 0.0044, 0.0],
        [-0.1532, 0.0136, 0.0, 0.0],
        [0.0613, 0.0, 0.0, 0.0],
    ]
)
_YUAN_IZ: Final = np.array(
    [
        [-0.1060, -0.0357, -0.0123, -0.0017],
        [0.2543, -0.0010, -0.0050, 0.0],
        [-0.0381, -0.0071, 0.0, 0.0],
        [0.0030, 0.0, 0.0, 0.0],
    ]
)
"""Coefficients of (g-i)**row [Fe/H]**column of u-g, r-i and i-z (Yuan et al. 2015, ApJ 799, 134, table 1)."""


def dwarf_colors(g_minus_i: NDArray[np.float64], metallicity: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 4) float64, mag: u-g, g-r, r-i, i-z of main sequence stars without extinction.

    g_minus_i: (n,), mag; metallicity: (n,), [Fe/H]. Between g-i of 0.3 and 1.6, where metals block the light of u, the
    locus depends on the metallicity (Yuan et al. 2015, valid for -2 < [Fe/H] < 0; the dependence that Ivezic et al.
    2008, ApJ 684, 287, use as a metallicity indicator); elsewhere it is that of Covey et al. 2007. M dwarfs that are
    poor in metals are redder in g-r at the same r-z (West et al. 2011, AJ 141, 97).
    """
    base = np.column_stack([np.interp(g_minus_i, _COVEY[:, 0], _COVEY[:, k]) for k in (1, 2, 3)])
    x, y = np.clip(g_minus_i, 0.3, 1.6), np.clip(metallicity, -2.0, 0.0)
    shifted = np.column_stack([polynomial.polyval2d(x, y, table) for table in (_YUAN_UG, _YUAN_RI, _YUAN_IZ)])
    weight = np.interp(g_minus_i, [0.25, 0.35, 1.4, 1.7], [0.0, 1.0, 1.0, 0.0])[:, None]
    ug, ri, iz = (weight * shifted + (1.0 - weight) * base).T
    coolness = np.interp(g_minus_i, [1.9, 2.3], [0.0, 1.0])
    gr = g_minus_i - ri + coolness * 0.10 * np.maximum(-0.4 - metallicity, 0.0)
    return np.column_stack([ug, gr, ri, iz])


def dwarf_absolute_r(g_minus_i: NDArray[np.float64], metallicity: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) float64, mag: absolute magnitude in r by photometric parallax (Ivezic et al. 2008, ApJ 684, 287).

    Valid for 0.2 < g-i < 4.0; bluer and redder stars take the value at the limit, plus 3 mag per mag of g-i beyond 4.
    """
    color = np.clip(g_minus_i, 0.2, 4.0)
    sequence = polynomial.polyval(color, [-5.06, 14.32, -12.97, 6.127, -1.267, 0.0967])
    return sequence + polynomial.polyval(metallicity, [4.50, -1.11, -0.18]) + 3.0 * np.maximum(g_minus_i - 4.0, 0.0)


def blue_dwarf_colors(g_minus_r: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 4) float64, mag: u-g, g-r, r-i, i-z of A dwarfs and blue stragglers, -0.25 < g-r < 0.1.

    u-g: Deason, Belokurov and Evans 2011, MNRAS 416, 2903. r-i and i-z: slopes of Sirko et al. 2004, AJ 127, 899,
    table 2, joined to the blue end of the locus of Covey et al. 2007.
    """
    ug = polynomial.polyval(g_minus_r, [1.078, -0.489, 0.556, 13.444])
    return np.column_stack([ug, g_minus_r, *hot_star_red_colors(g_minus_r)])


def blue_dwarf_absolute_r(g_minus_r: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) float64, mag: absolute magnitude in r of blue stragglers (Deason, Belokurov and Evans 2011)."""
    return 3.108 + 5.495 * g_minus_r - g_minus_r


def hot_star_red_colors(g_minus_r: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """r-i and i-z, (n,) float64, mag, of A type stars of any gravity (source: blue_dwarf_colors)."""
    return -0.06 + 0.52 * g_minus_r, -0.055 + 0.27 * g_minus_r
