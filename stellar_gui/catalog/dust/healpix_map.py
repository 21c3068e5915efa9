"""Maps of E(B-V) in HEALPix pixels (Gorski et al. 2005, ApJ 622, 759), as FITS tables hold them."""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.errors import InputError

LARGEST_NSIDE: Final = 8192
RECALIBRATION: Final = 0.86
"""True E(B-V) over that of SFD: Schlafly and Finkbeiner 2011, ApJ 737, 103, section 6."""
_FRAMES: Final = {"G": "galactic", "C": "icrs", "Q": "icrs"}
"""Frame by the first letter of COORDSYS; EQUATORIAL and CELESTIAL mean the same, FK5 is ICRS within 0.03 arcsec."""
_NOT_REDDENING: Final = re.compile(r"^\s*[munµ]?k(_|,|\s|$)|jy", re.IGNORECASE)
_BESIDE: Final = ("pixel", "nobs", "hits")


@dataclass(frozen=True, eq=False)
class HealpixMap:
    """E(B-V) in the 12 nside^2 pixels of a sphere, or in some of them; a star has the value of the pixel it lies in.

    order: 'ring' or 'nested'. values: (rows, pixels per row), mag, where a value times `scale` is on the scale of SFD.
    pixels: (k,) int64, ascending, the numbers of the pixels that a partial map has, and places: where their values are;
    both None for a full map.
    """

    nside: int
    order: str
    frame: str
    values: NDArray[np.floating[Any]]
    scale: float = 1.0
    pixels: NDArray[np.int64] | None = None
    places: NDArray[np.intp] | None = None

    @classmethod
    def of(cls, table: Any, name: str) -> "HealpixMap":
        """The map in a table of a FITS file; values are read when they are needed.

        The column is the one that is named after E(B-V), or the only one. Beside an optical depth at 353 GHz it is the
        Planck Collaboration's (2014, A&A 571, A11), which is calibrated on quasars and so divided by 0.86.
        Raises InputError for a map that does not say what is needed, or is of something else.
        """
        header = table.header
        nside, order = int(header["NSIDE"]), str(header["ORDERING"]).strip().lower()
        order = {"nest": "nested"}.get(order, order)
        if (
            not 1 <= nside <= LARGEST_NSIDE
            or order not in ("ring", "nested")
            or (order == "nested" and nside & nside - 1)
        ):
            raise InputError(f"{name}: a HEALPix map of nside {nside} in {order} order cannot be read here.")
        system = str(header.get("COORDSYS", "")).strip().upper()
        frame = "icrs" if system.startswith("EQ") else _FRAMES.get(system[:1])
        if frame is None:
            raise InputError(
                f"{name}: its COORDSYS is {system or 'missing'}; a dust map must say G (galactic) or C (equatorial)."
            )
        column = _column(table, name)
        values = np.atleast_1d(table.data.field(column))
        values = values.reshape(-1, 1) if values.ndim == 1 else values
        if values.dtype.kind != "f" or values.ndim != 2:
            raise InputError(f"{name}: its column {column} holds no numbers of E(B-V); choose another map.")
        of_planck = any("tau353" in _plain(other) for other in table.columns.names)
        scale = 1 / RECALIBRATION if of_planck else 1.0
        if str(header.get("INDXSCHM", "")).strip().upper() != "EXPLICIT":
            if values.size != 12 * nside**2:
                raise InputError(f"{name}: {values.size:,} pixels, where nside {nside} wants {12 * nside**2:,}.")
            return cls(nside, order, frame, values, scale)
        pixels = np.asarray(table.data.field(0), np.int64).ravel()
        if len(pixels) != values.size:
            raise InputError(f"{name}: its pixels and their values are not as many; copy the dust map again.")
        places = np.argsort(pixels, kind="stable")
        return cls(nside, order, frame, values, scale, pixels[places], places)

    def at(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) float64, mag: E(B-V) at n places, deg; NaN where the map has none."""
        from astropy import units
        from astropy_healpix import lonlat_to_healpix

        wanted = np.asarray(
            lonlat_to_healpix(longitude * units.deg, latitude * units.deg, self.nside, order=self.order)
        )
        if self.pixels is None or self.places is None:
            return self._values(wanted)
        near = np.minimum(np.searchsorted(self.pixels, wanted), len(self.pixels) - 1)
        return np.where(self.pixels[near] == wanted, self._values(self.places[near]), np.nan)

    def _values(self, places: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        width = self.values.shape[1]
        found: NDArray[np.float64] = self.values[places // width, places % width].astype(np.float64)
        return found * self.scale


def _column(table: Any, name: str) -> str:
    """The column of E(B-V) among a table's."""
    names = [column for column in table.columns.names if _plain(column) not in _BESIDE]
    named = [column for column in names if re.search("ebv|reddening", _plain(column)) and "err" not in _plain(column)]
    if not named and len(names) != 1:
        raise InputError(f"{name}: no column is named after E(B-V) among {', '.join(names)}; choose another map.")
    column = str((named or names)[0])
    unit = str(table.columns[column].unit or "")
    if _NOT_REDDENING.search(unit):
        raise InputError(f"{name}: its column {column} is in {unit}, not E(B-V) in mag; choose another map.")
    return column


def _plain(name: str) -> str:
    """A column's name without case and separators."""
    return re.sub(r"[\W_]+", "", name.lower())
