"""Where the survey looks: spectroscopic plates over the SDSS footprint, and the dust in front of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

TO_GALACTIC: Final = np.array(
    [
        [-0.0548755604, -0.8734370902, -0.4838350155],
        [+0.4941094279, -0.4448296300, +0.7469822445],
        [-0.8676661490, -0.1980763734, +0.4559837762],
    ]
)
"""Rotation of equatorial (ICRS) to Galactic unit vectors (ESA 1997, The Hipparcos Catalogue, vol. 1, eq. 1.5.11)."""

PLATE_RADIUS: Final = 1.49
"""Radius of a spectroscopic plate, deg (York et al. 2000, AJ 120, 1579)."""
STARS_PER_PLATE: Final = 120
"""About the number of stars among the 640 to 1000 targets of a plate, calibration stars included."""

DUST_AT_POLE: Final = 0.022
"""E(B-V) of a plane-parallel dust layer towards the Galactic poles, mag; gives the survey's median of 0.03 to 0.04."""
DUST_HEIGHT: Final = 0.134
"""Scale height of the dust, kpc (Drimmel and Spergel 2001, ApJ 556, 181)."""


@dataclass(frozen=True, eq=False)
class Sightlines:
    """Directions of n objects and the dust behind which a very distant one lies.

    ra, dec: (n,) float64, deg; direction: (n, 3) float64, Galactic unit vectors (to the centre, along the rotation, to
    the north pole); reddening: (n,) float64, E(B-V) of the whole column, mag.
    """

    ra: NDArray[np.float64]
    dec: NDArray[np.float64]
    direction: NDArray[np.float64]
    reddening: NDArray[np.float64]

    def __getitem__(self, rows: slice | NDArray[np.bool_]) -> "Sightlines":
        return Sightlines(self.ra[rows], self.dec[rows], self.direction[rows], self.reddening[rows])

    def reddening_to(self, distance: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) float64, mag: E(B-V) in front of an object at distance (n,), kpc, in an exponential dust layer."""
        height = np.abs(distance * self.direction[:, 2])
        return self.reddening * -np.expm1(-height / DUST_HEIGHT)


def draw_sightlines(rng: np.random.Generator, count: int) -> Sightlines:
    """Draw count directions on plates within the footprint of the survey.

    Plates lie above 25 deg of Galactic latitude in the north, in the stripes below -25 deg in the south, and a few on
    the low-latitude fields of SEGUE (Yanny et al. 2009, AJ 137, 4377). E(B-V) follows the cosecant of the latitude with
    log-normal clouds (Schlegel, Finkbeiner and Davis 1998, ApJ 500, 525).
    """
    plates = _plate_centres(rng, max(1, count // STARS_PER_PLATE))
    centre = plates[rng.integers(len(plates), size=count)]
    offset = np.radians(PLATE_RADIUS) * np.sqrt(rng.random(count))
    angle = rng.uniform(0.0, 2.0 * np.pi, count)
    dec = np.degrees(centre[:, 1] + offset * np.sin(angle))
    ra = np.degrees(centre[:, 0] + offset * np.cos(angle) / np.cos(centre[:, 1])) % 360.0
    direction = _galactic_direction(np.radians(ra), np.radians(dec))
    column = DUST_AT_POLE / np.maximum(np.abs(direction[:, 2]), 0.12)
    return Sightlines(ra, dec, direction, column * _clouds(rng, direction))


def _plate_centres(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """(count, 2) float64, rad: ra and dec of plate centres, even over the footprint."""
    found = np.empty((0, 2))
    while len(found) < count:
        ra = rng.uniform(0.0, 2.0 * np.pi, 8 * count + 64)
        dec = np.arcsin(rng.uniform(-0.34, 0.94, len(ra)))
        latitude = np.degrees(np.arcsin(_galactic_direction(ra, dec)[:, 2]))
        legacy = (latitude > 25.0) & (np.degrees(dec) > -4.0)
        stripes = (latitude < -25.0) & (np.abs(np.degrees(dec) - 12.0) < 23.0)
        segue = (np.abs(latitude) > 9.0) & (rng.random(len(ra)) < 0.1)
        found = np.concatenate([found, np.column_stack([ra, dec])[legacy | stripes | segue]])
    return found[:count]


def _galactic_direction(ra: NDArray[np.float64], dec: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) float64: Galactic unit vectors of positions ra, dec (n,), rad."""
    equatorial = np.column_stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    direction: NDArray[np.float64] = equatorial @ TO_GALACTIC.T
    return direction


def _clouds(rng: np.random.Generator, direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) float64: factor of about 1 that varies over the sky on scales of 1 to 20 deg."""
    waves = rng.normal(size=(10, 3)) * np.geomspace(3.0, 60.0, 10)[:, None]
    phases = rng.uniform(0.0, 2.0 * np.pi, 10)
    field = np.sin(direction @ waves.T + phases).sum(axis=1) * np.sqrt(2.0 / len(waves))
    return np.asarray(np.exp(0.5 * field))
