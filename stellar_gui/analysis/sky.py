"""The sky as a plane: Aitoff's projection for all of it, the gnomonic one for small fields."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_MOST_FROM_CENTRE = 75.0  # deg: the gnomonic projection of a hemisphere is infinitely large
_SMALL_FIELD = 15.0  # deg from its centre
_SAMPLE = 200_000
_ROUND = 30.0  # deg: the middle meridian of all the sky is a multiple of it

Coordinates = NDArray[np.float64]


class ProjectionKind(Enum):
    """How the sphere is laid on a plane; the value is the code of FITS (Calabretta and Greisen 2002, A&A 395, 1077)."""

    AITOFF = "AIT"
    GNOMONIC = "TAN"


@dataclass(frozen=True)
class Projection:
    """A projection of the sky about a centre (deg); the plane's unit is the degree at the centre, x grows to the west.

    East is thus at the left, as on the sky above an observer who looks south.
    """

    kind: ProjectionKind
    ra: float
    dec: float

    @classmethod
    def whole_sky(cls, ra: float) -> "Projection":
        """All of the sky about the multiple of 30 degrees on the equator that is next to a right ascension."""
        return cls(ProjectionKind.AITOFF, _ROUND * round(ra / _ROUND) % 360, 0.0)

    @classmethod
    def field(cls, ra: float, dec: float) -> "Projection":
        """A small field about its centre, in which great circles are straight."""
        return cls(ProjectionKind.GNOMONIC, ra % 360, dec)

    @classmethod
    def around(cls, ra: Coordinates, dec: Coordinates) -> "Projection":
        """A projection that suits stars at (n,) positions (deg): of their field if it is small, else of all the sky.

        Of very many stars a sample is looked at.
        """
        step = max(len(ra) // _SAMPLE, 1)
        ra, dec = np.asarray(ra, np.float64)[::step], np.asarray(dec, np.float64)[::step]
        known = _known(ra, dec)
        if not known.any():
            return cls.whole_sky(180.0)
        along, up = np.radians(ra[known]), np.radians(dec[known])
        places = np.stack([np.cos(up) * np.cos(along), np.cos(up) * np.sin(along), np.sin(up)])
        middle = places.mean(axis=1)
        middle /= max(float(np.linalg.norm(middle)), 1e-12)
        centre = float(np.degrees(np.arctan2(middle[1], middle[0]))) % 360
        if np.degrees(np.arccos(np.clip(middle @ places, -1, 1))).max() < _SMALL_FIELD:
            return cls.field(centre, float(np.degrees(np.arcsin(middle[2]))))
        return cls.whole_sky(centre)

    def to_plane(self, ra: Coordinates, dec: Coordinates) -> tuple[Coordinates, Coordinates]:
        """(n,) x and y of (n,) positions, all in deg; NaN where a position is not finite or has no place."""
        ra, dec = np.asarray(ra, np.float64), np.asarray(dec, np.float64)
        known = _known(ra, dec)
        if self.kind is ProjectionKind.GNOMONIC:
            known[known] = _separation(ra[known], dec[known], self.ra, self.dec) <= _MOST_FROM_CENTRE
        x, y = np.full(ra.shape, np.nan), np.full(ra.shape, np.nan)
        if known.any():
            x[known], y[known] = self._wcs.wcs_world2pix(ra[known], dec[known], 0)
        return x, y

    def to_sky(self, x: Coordinates, y: Coordinates) -> tuple[Coordinates, Coordinates]:
        """(n,) right ascension, 0 to 360, and declination of (n,) places of the plane; NaN outside the projection."""
        ra, dec = self._wcs.wcs_pix2world(np.asarray(x, np.float64), np.asarray(y, np.float64), 0)
        return np.asarray(ra), np.asarray(dec)

    def position(self, x: float, y: float) -> tuple[float, float] | None:
        """The position (deg) at one place of the plane; None outside the projection."""
        ra, dec = self.to_sky(np.array([x]), np.array([y]))
        return (float(ra[0]), float(dec[0])) if np.isfinite(ra[0]) and np.isfinite(dec[0]) else None

    @cached_property
    def _wcs(self):  # type: ignore[no-untyped-def]  # astropy has no types
        from astropy.wcs import WCS  # costs a third of a second, which the empty window need not wait for

        wcs = WCS(naxis=2)
        wcs.wcs.ctype = [f"RA---{self.kind.value}", f"DEC--{self.kind.value}"]
        wcs.wcs.crval = [self.ra, self.dec]
        wcs.wcs.crpix = [1.0, 1.0]
        wcs.wcs.cdelt = [-1.0, 1.0]
        return wcs


def _known(ra: Coordinates, dec: Coordinates) -> NDArray[np.bool_]:
    return np.isfinite(ra) & np.isfinite(dec) & (np.abs(dec) <= 90) & (np.abs(ra) <= 360)


def star_near(ra: Coordinates, dec: Coordinates, at_ra: float, at_dec: float, within: float) -> int | None:
    """Row of the star next to a place on the sky, of (n,) positions (all in deg); None where none is within so much."""
    close = np.flatnonzero(np.abs(dec - at_dec) <= within)
    apart = _separation(ra[close], dec[close], at_ra, at_dec)
    apart[~np.isfinite(apart)] = np.inf
    if not len(close) or apart.min() > within:
        return None
    return int(close[apart.argmin()])


def _separation(ra: Coordinates, dec: Coordinates, ra0: float, dec0: float) -> Coordinates:
    """Angle from a point (deg), by the haversine formula."""
    up, up0 = np.radians(dec), np.radians(dec0)
    half = np.sin((up - up0) / 2) ** 2 + np.cos(up) * np.cos(up0) * np.sin(np.radians(ra - ra0) / 2) ** 2
    return np.asarray(np.degrees(2 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))))
