"""What a table tells of its magnitudes: their errors, the extinction by dust, and bands without a detection."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.catalog.bands import BAND_NAMES, BANDS
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.column_names import plain
from stellar_gui.catalog.columns import ERROR_ROLES, EXTINCTION_ROLES, REDDENING
from stellar_gui.errors import InputError

LARGEST_EXTINCTION: Final = 90.0
"""mag; what lies beyond is a placeholder, as are values below zero by more than the dust maps' noise."""
SMALLEST_EXTINCTION: Final = -1.0


def photometric_errors(catalog: Catalog) -> NDArray[np.float32] | None:
    """(n, 5) float32, mag, one standard deviation: the catalogued errors of n stars.

    NaN where one is missing or a placeholder, and in a band without a column; None where no band has one.
    """
    if not has_photometric_errors(catalog):
        return None
    errors = np.full((len(catalog), len(BANDS)), np.nan, np.float32)
    for k, role in enumerate(ERROR_ROLES):
        if role in catalog.columns:
            with np.errstate(over="ignore"):
                errors[:, k] = catalog.numbers(role)
    errors[~((errors > 0) & np.isfinite(errors))] = np.nan
    return errors


def has_photometric_errors(catalog: Catalog) -> bool:
    """Whether a column tells the photometric errors."""
    return any(role in catalog.columns for role in ERROR_ROLES)


def has_extinction(catalog: Catalog) -> bool:
    """Whether a column tells the extinction in a band, or E(B-V)."""
    return any(role in catalog.columns for role in (REDDENING, *EXTINCTION_ROLES))


def dereddened_column(catalog: Catalog) -> str | None:
    """The first column of magnitudes whose name says that they are corrected for extinction; None without one."""
    columns = (catalog.columns[band] for band in BAND_NAMES)
    return next((column for column in columns if "dered" in plain(column)), None)


def extinction(catalog: Catalog) -> NDArray[np.float32] | None:
    """(n, 5) float32, mag: by how much dust dims n stars in each band; NaN where not known, None without a column.

    From five columns of extinction where the table has them, else from E(B-V), else from the extinction in one band,
    best r; with the coefficients of Schlafly and Finkbeiner 2011 (ApJ 737, 103, table 6, R_V = 3.1).
    Raises InputError where the magnitudes are called dereddened already.
    """
    if not has_extinction(catalog):
        return None
    by_band = [band for band, role in zip(BAND_NAMES, EXTINCTION_ROLES, strict=True) if role in catalog.columns]
    if (corrected := dereddened_column(catalog)) is not None:
        raise InputError(
            f"{catalog.provenance.name}: the magnitudes in {corrected} are corrected for extinction already; train "
            "without the correction, or choose other columns."
        )
    coefficients = np.array([band.extinction for band in BANDS])
    if len(by_band) == len(BANDS):
        values = np.column_stack([catalog.numbers(role) for role in EXTINCTION_ROLES])
    elif REDDENING in catalog.columns:
        values = catalog.numbers(REDDENING)[:, None] * coefficients
    else:
        band = "r" if "r" in by_band else by_band[0]
        values = catalog.numbers(f"extinction_{band}")[:, None] * coefficients / coefficients[BAND_NAMES.index(band)]
    known = np.isfinite(values) & (values > SMALLEST_EXTINCTION) & (values < LARGEST_EXTINCTION)
    return np.where(known, values, np.nan).astype(np.float32)
