"""Small dust maps as FITS files, and where on the sky their pixels lie, from the published formulas."""

from pathlib import Path

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits
from numpy.typing import NDArray


def ring_centres(nside: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude, deg, of the pixels in ring order (Gorski et al. 2005, eq. 4 to 9)."""
    heights, longitudes = [], []
    for ring in range(1, 4 * nside):
        if nside <= ring <= 3 * nside:
            count, height = 4 * nside, 4 / 3 - 2 * ring / (3 * nside)
            start = 0.5 if (ring - nside) % 2 == 0 else 0.0
        else:
            near = min(ring, 4 * nside - ring)
            count, height, start = 4 * near, (1 - near**2 / (3 * nside**2)) * (1 if ring < nside else -1), 0.5
        longitudes += [360 * (k + start) / count for k in range(count)]
        heights += [height] * count
    return np.array(longitudes), np.degrees(np.arcsin(heights))


def in_icrs(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Right ascension and declination, deg, of galactic places."""
    places = SkyCoord(longitude, latitude, unit="deg", frame="galactic").icrs
    return places.ra.deg, places.dec.deg


def write_healpix(
    path: Path,
    columns: dict[str, NDArray[np.generic]],
    nside: int,
    per_row: int = 1,
    units: dict[str, str] | None = None,
    **cards: str,
) -> Path:
    made = []
    for name, values in columns.items():
        kind = "K" if values.dtype.kind == "i" else "E"
        width = 1 if kind == "K" else per_row
        shaped = values.reshape(-1, width) if width > 1 else values
        made.append(fits.Column(name, f"{width}{kind}", (units or {}).get(name), array=shaped))
    table = fits.BinTableHDU.from_columns(made)
    told = {"PIXTYPE": "HEALPIX", "NSIDE": nside, "ORDERING": "RING", "COORDSYS": "G", "INDXSCHM": "IMPLICIT", **cards}
    table.header.update({key: value for key, value in told.items() if value is not None})
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(path)
    return path


def write_polar(folder: Path, side: int = 32, keywords: str = "LAM", poles: tuple[int, ...] = (1, -1)) -> Path:
    """SFD's pair on a small scale: E(B-V) is 0.1 + x / 1000 in the north, 0.5 + y / 1000 in the south, at x, y."""
    y, x = np.mgrid[:side, :side].astype(np.float32)
    for pole in poles:
        unit = fits.PrimaryHDU(0.1 + x / 1000 if pole > 0 else 0.5 + y / 1000)
        unit.header["CRPIX1"] = unit.header["CRPIX2"] = (side + 1) / 2
        if keywords == "LAM":
            unit.header.update({"LAM_NSGP": pole, "LAM_SCAL": side / 2})
        else:
            step = np.degrees(np.sqrt(2)) / (side / 2)
            unit.header.update({"CTYPE1": "GLON-ZEA", "CTYPE2": "GLAT-ZEA", "CRVAL1": 90.0 * pole})
            unit.header.update(
                {"CRVAL2": 90.0 * pole, "CD1_1": -step * pole, "CD2_2": step * pole, "CD1_2": 0.0, "CD2_1": 0.0}
            )
            unit.header.update({"LONPOLE": 180.0, "LATPOLE": 90.0 * pole})
        unit.writeto(folder / f"SFD_dust_{side}_{'n' if pole > 0 else 's'}gp.fits")
    return folder / f"SFD_dust_{side}_{'n' if poles[0] > 0 else 's'}gp.fits"
