"""Colours and absolute magnitudes of red giants, blue horizontal branch stars and RR Lyrae."""

from typing import Final

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

from stellar_gui.catalog.simulation.locus import hot_star_red_colors

_GIANT_UG: Final = np.array(
    [
        [1.4630, 0.3132, -0.0105, -0.0224],
        [-1.5851, -0.2423, -0.0372, 0.0],
        [2.8655, 0.0958, 0.0, 0.0],
        [-0.7469, 0.0, 0.0, 0.0],
    ]
)
_GIANT_RI: Final = np.array(
    [
        [-0.0957, -0.0370, -0.0120, -0.0020],
        [0.4728, 0.0026, -0.0019, 0.0],
        [-0.1645, -0.0057, 0.0, 0.0],
        [0.0488, 0.0, 0.0, 0.0],
    ]
)
_GIANT_IZ: Final = np.array(
    [
        [-0.0551, -0.0229, -0.0165, -0.0033],
        [0.0762, -0.0365, -0.0006, 0.0],
        [0.1899, 0.0244, 0.0, 0.0],
        [-0.0805, 0.0, 0.0, 0.0],
    ]
)
"""Coefficients of (g-i)**row [Fe/H]**column of u-g, r-i and i-z (Zhang et al. 2021, RAA 21, 319, table 1)."""

HORIZONTAL_BRANCH_R: Final = 0.55
"""Absolute magnitude in r of RR Lyrae, mag (M_V = 0.6; Sesar et al. 2010, ApJ 708, 717)."""


def giant_colors(g_minus_i: NDArray[np.float64], metallicity: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 4) float64, mag: u-g, g-r, r-i, i-z of red giants (Zhang et al. 2021, RAA 21, 319).

    g_minus_i: (n,), mag, 0.55 to 1.2; metallicity: (n,), [Fe/H], -2.5 to -0.3. Values beyond take those at the limit.
    """
    x, y = np.clip(g_minus_i, 0.55, 1.2), np.clip(metallicity, -2.5, -0.3)
    ug, ri, iz = (polynomial.polyval2d(x, y, table) for table in (_GIANT_UG, _GIANT_RI, _GIANT_IZ))
    return np.column_stack([ug, x - ri, ri, iz])


def giant_absolute_r(g_minus_r: NDArray[np.float64], metallicity: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) float64, mag: absolute magnitude in r of red giants, -2.5 to 3.

    The inverse of g-r as a function of magnitude and [Fe/H] on the giant branches of six globular clusters
    (Palaversa et al. 2025, AJ 169, 119, and its public code).
    """
    feh = np.clip(metallicity, -2.3, -0.5)
    return np.clip((0.7455 + 0.0835 * feh - g_minus_r) / (0.1225 + 0.0325 * feh), -2.5, 3.0)


def horizontal_branch_colors(g_minus_r: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 4) float64, mag: u-g, g-r, r-i, i-z of blue horizontal branch stars, -0.3 < g-r < 0.05.

    u-g, which gravity makes redder than that of a dwarf: Deason, Belokurov and Evans 2011, MNRAS 416, 2903.
    """
    ug = polynomial.polyval(g_minus_r, [1.167, -0.775, -1.934, 9.936])
    return np.column_stack([ug, g_minus_r, *hot_star_red_colors(g_minus_r)])


def horizontal_branch_absolute_r(g_minus_r: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) float64, mag: absolute magnitude in r (Deason, Belokurov and Evans 2011, MNRAS 416, 2903)."""
    absolute_g = polynomial.polyval(g_minus_r, [0.434, -0.169, 2.319, 20.449, 94.517])
    return absolute_g - g_minus_r


def draw_rr_lyrae_colors(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """(count, 4) float64, mag: u-g, g-r, r-i, i-z of RR Lyrae at random phases, across the instability strip.

    They fill the box of Sesar et al. 2010 (ApJ 708, 717): 0.7 < u-g < 1.35, -0.15 < g-r < 0.40, -0.15 < r-i < 0.22,
    -0.21 < i-z < 0.25; three in four spend most of the cycle near minimum light, where they are reddest.
    """
    gr = np.where(rng.random(count) < 0.75, rng.normal(0.22, 0.07, count), rng.normal(0.02, 0.08, count))
    ug = rng.normal(1.13, 0.05, count)
    ri, iz = hot_star_red_colors(gr)
    colors = np.column_stack([ug, gr, ri + 0.02, iz])
    inside: NDArray[np.float64] = np.clip(colors, [0.7, -0.15, -0.15, -0.21], [1.35, 0.40, 0.22, 0.25])
    return inside
