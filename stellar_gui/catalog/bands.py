"""The five SDSS bands and their published constants."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Band:
    """One photometric band of the SDSS.

    wavelength: effective wavelength, nm (Fukugita et al. 1996, AJ 111, 1748, as listed by SDSS).
    softening: asinh softening parameter b, in units of the zero-point flux (Stoughton et al. 2002, AJ 123, 485).
    zero_flux: asinh magnitude of zero flux, -2.5 log10(b), mag (same table).
    limit: 95 percent completeness limit for point sources, mag (same paper).
    extinction: A_band / E(B-V) for R_V = 3.1 (Schlafly and Finkbeiner 2011, ApJ 737, 103, table 6).
    """

    name: str
    wavelength: float
    softening: float
    zero_flux: float
    limit: float
    extinction: float


BANDS: Final = (
    Band("u", 354.3, 1.4e-10, 24.63, 22.0, 4.239),
    Band("g", 477.0, 0.9e-10, 25.11, 22.2, 3.303),
    Band("r", 623.1, 1.2e-10, 24.80, 22.2, 2.285),
    Band("i", 762.5, 1.8e-10, 24.36, 21.3, 1.698),
    Band("z", 913.4, 7.4e-10, 22.83, 20.5, 1.263),
)
BAND_NAMES: Final = tuple(band.name for band in BANDS)
