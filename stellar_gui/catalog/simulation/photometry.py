"""From true magnitudes to what the survey's pipeline reports: noise, failures and asinh magnitudes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.catalog.bands import BANDS

DEPTH: Final[NDArray[np.float64]] = np.array([22.3, 23.3, 23.1, 22.3, 20.8])
"""Magnitude in u g r i z at which a star's signal is five times the noise (York et al. 2000, AJ 120, 1579)."""
FLOOR: Final[NDArray[np.float64]] = np.array([0.016, 0.010, 0.009, 0.009, 0.014])
"""Error of the brightest stars in u g r i z, mag: calibration and flat field (Ivezic et al. 2004, AN 325, 583)."""
LOST: Final = np.array([0.0030, 0.0024, 0.0021, 0.0015, 0.0019])
"""Share of stars of which the pipeline lost the flux in a band, and set it to zero, although the star is bright."""
LOST_IN_SKY: Final = 0.010
"""Share of zero fluxes where the signal is below the noise."""
SHREDDED: Final = 0.016
"""Share of stars that the deblender tore apart beside a bright neighbour: each of their bands goes its own way."""
DISTURBED: Final = 0.015
"""Share of bright stars whose model magnitudes suffer from a neighbour; grows to ten times that towards the limit."""
_SOFTENING: Final[NDArray[np.float64]] = np.array([band.softening for band in BANDS])
_EXTINCTION: Final[NDArray[np.float64]] = np.array([band.extinction for band in BANDS])


def from_colors(colors: NDArray[np.float64], r: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 5) float64, mag: u g r i z of stars of colours u-g, g-r, r-i, i-z (n, 4) and a magnitude r (n,)."""
    g, i = r + colors[:, 1], r - colors[:, 2]
    return np.column_stack([g + colors[:, 0], g, r, i, i - colors[:, 3]])


def true_magnitudes(
    colors: NDArray[np.float64], r: NDArray[np.float64], reddening: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n, 5) float64, mag: noise-free logarithmic u g r i z behind dust.

    colors: (n, 4) u-g, g-r, r-i, i-z and r: (n,), mag, both without extinction; reddening: (n,), E(B-V), mag.
    Extinction in each band: Schlafly and Finkbeiner 2011, ApJ 737, 103.
    """
    return from_colors(colors, r) + reddening[:, None] * _EXTINCTION


def asinh_magnitude(flux: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 5) float64, mag: asinh magnitudes of fluxes (n, 5) in units of the zero-point flux.

    Lupton, Gunn and Szalay 1999, AJ 118, 1406, eq. 3: defined for zero flux, the published value, and below.
    """
    logarithm = np.arcsinh(flux / (2.0 * _SOFTENING)) + np.log(_SOFTENING)
    magnitude: NDArray[np.float64] = -2.5 / np.log(10.0) * logarithm
    return magnitude


def flux_error(flux: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 5) float64: standard deviation of fluxes (..., 5), both in units of the zero-point flux.

    Sky noise of a fifth of the flux at the survey's depth, photon noise, and a floor in proportion to the flux (form of
    Ivezic et al. 2019, ApJ 873, 111, eq. 5).
    """
    limit = np.power(10.0, -0.4 * DEPTH)
    sky, photons, floor = 0.04 * limit**2, 0.001 * limit * np.abs(flux), FLOOR * np.log(10.0) / 2.5 * flux
    error: NDArray[np.float64] = np.sqrt(sky + photons + floor**2)
    return error


def observe(rng: np.random.Generator, magnitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 5) float64, mag: measured asinh magnitudes of stars of true magnitudes (n, 5).

    Seeing and sky scale the noise of a star by 20 percent in all bands; neighbours disturb a few model magnitudes far
    beyond their errors (Scranton et al. 2005, astro-ph/0508564); bands whose flux was lost have zero.
    """
    flux = 10.0 ** (-0.4 * magnitudes)
    error = flux_error(flux) * np.exp(0.2 * rng.normal(size=len(flux)))[:, None]
    signal = flux / error
    noise = rng.normal(size=flux.shape)
    strength = rng.normal(size=flux.shape)
    chance = rng.random(flux.shape)

    disturbed = rng.random(flux.shape) < DISTURBED * (1.0 + 9.0 / (1.0 + (signal / 8.0) ** 2))
    measured = np.where(disturbed, flux * 10.0 ** (0.12 * strength) + 2.0 * error * noise, flux + error * noise)

    shredded = (rng.random(len(flux)) < SHREDDED)[:, None]
    measured = np.where(shredded & (chance > 0.6), flux * 10.0 ** (0.4 * strength), measured)
    measured = np.where(shredded & (chance > 0.9), 6.0 * flux_error(np.zeros(5)) * strength, measured)
    lost = (shredded & (chance < LOST / SHREDDED)) | ((signal < 1.0) & (chance < LOST_IN_SKY))
    return asinh_magnitude(np.where(lost, 3e-4 * _SOFTENING * np.abs(strength), measured))
