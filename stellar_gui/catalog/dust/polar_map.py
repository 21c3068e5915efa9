"""Maps of E(B-V) in two polar images, as those of Schlegel, Finkbeiner and Davis 1998 (ApJ 500, 525)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.errors import InputError

LARGEST_SIDE: Final = 16_384
NORTH: Final = 1
SOUTH: Final = -1


Projection = Callable[[NDArray[np.float64], NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Galactic longitude and latitude, deg, to x and y in pixels, counted from 0 at the centre of the first one."""


@dataclass(frozen=True, eq=False)
class Half:
    """A galactic hemisphere, in Lambert's zenithal equal-area projection about its pole; image: (height, width) mag."""

    image: NDArray[np.floating[Any]]
    project: Projection


@dataclass(frozen=True, eq=False)
class PolarMap:
    """E(B-V) in one or both galactic hemispheres, linearly interpolated between the four pixels about a star.

    halves: by hemisphere, NORTH or SOUTH.
    """

    halves: Mapping[int, Half]

    @property
    def frame(self) -> str:
        """Longitudes and latitudes are galactic."""
        return "galactic"

    @classmethod
    def of(cls, image: Any, name: str) -> "PolarMap | None":
        """The hemisphere in an image of a FITS file; None where its header does not speak of such a projection.

        It is told by SFD's own keywords LAM_NSGP and LAM_SCAL, or by a world coordinate system in galactic ZEA.
        Raises InputError for one that contradicts itself.
        """
        header = image.header
        own = "LAM_NSGP" in header and "LAM_SCAL" in header
        if not own and [str(header.get(key, "")) for key in ("CTYPE1", "CTYPE2")] != ["GLON-ZEA", "GLAT-ZEA"]:
            return None
        if header["NAXIS"] != 2 or max(header["NAXIS1"], header["NAXIS2"]) > LARGEST_SIDE:
            raise InputError(f"{name}: not an image of a size that polar dust maps have; choose another map.")
        pole, project = _of_keywords(header) if own else _of_coordinates(header)
        if pole not in (NORTH, SOUTH) or not np.isfinite(project(np.zeros(1), np.full(1, 45.0 * pole))).all():
            raise InputError(f"{name}: its header does not say where on the sky its pixels lie; copy the map again.")
        return cls({pole: Half(image.data, project)})

    def at(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) float64, mag: E(B-V) at n places, deg; NaN in a hemisphere that is not there."""
        from scipy.ndimage import map_coordinates

        found = np.full(len(longitude), np.nan)
        for pole, half in self.halves.items():
            rows = np.flatnonzero((latitude >= 0) == (pole == NORTH))
            x, y = half.project(longitude[rows], latitude[rows])
            place = np.stack([y, x])
            edge = np.array(half.image.shape)[:, None] - 0.5
            inside = ((place >= -0.5) & (place <= edge)).all(axis=0)
            image = np.asarray(half.image, np.float32)
            found[rows[inside]] = map_coordinates(image, place[:, inside], np.float64, order=1, mode="nearest")
        return found


def _of_keywords(header: Any) -> tuple[int, Projection]:
    """Pole and projection of an image with SFD's own keywords: appendix C of the paper."""
    pole, scale = int(header["LAM_NSGP"]), float(header["LAM_SCAL"])
    middle_x, middle_y = float(header["CRPIX1"]) - 1, float(header["CRPIX2"]) - 1
    if not scale > 0:
        pole = 0

    def project(
        longitude: NDArray[np.float64], latitude: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        along, radius = np.radians(longitude), scale * np.sqrt(1 - pole * np.sin(np.radians(latitude)))
        return middle_x + radius * np.cos(along), middle_y - pole * radius * np.sin(along)

    return pole, project


def _of_coordinates(header: Any) -> tuple[int, Projection]:
    """Pole and projection of an image with a world coordinate system about one; 0 where it is about no pole."""
    from astropy.wcs import WCS

    latitude = float(header["CRVAL2"])
    pole = int(np.sign(latitude)) if abs(abs(latitude) - 90) < 1e-6 else 0
    return pole, WCS(header, naxis=2).world_to_pixel_values
