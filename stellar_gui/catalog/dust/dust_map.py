"""E(B-V) of stars from a dust map of the user's: where they lie on it, and the column that a catalogue gets.

All values are on the scale of Schlegel, Finkbeiner and Davis 1998 (ApJ 500, 525), for which the coefficients of
`catalog.bands` are made: Schlafly and Finkbeiner 2011 folded their recalibration by 0.86 into table 6, so that a map of
SFD must not be multiplied by it. Maps of true E(B-V) are divided by it instead (see `healpix_map`).
"""

import hashlib
import re
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.columns import EXTINCTION_ROLES, REDDENING, ROLES, ColumnRoles
from stellar_gui.catalog.dust.healpix_map import HealpixMap
from stellar_gui.catalog.dust.polar_map import PolarMap
from stellar_gui.catalog.photometry import LARGEST_EXTINCTION, SMALLEST_EXTINCTION
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

COLUMN: Final = "ebv_map"
"""The column of a catalogue that holds E(B-V) from a map, mag."""
LARGEST_FILE: Final = 16 << 30
_CHUNK: Final = 1 << 18
_HASH_BLOCK: Final = 1 << 22
_POLE: Final = re.compile("ngp|sgp", re.IGNORECASE)
_OTHER_POLE: Final = {"ngp": "sgp", "sgp": "ngp", "NGP": "SGP", "SGP": "NGP"}
_DAMAGED: Final = (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
"""What astropy raises at FITS files that are cut off or contradict themselves."""


class DustMap(Protocol):
    """A map of E(B-V) on a sphere in the frame 'galactic' or 'icrs'."""

    @property
    def frame(self) -> str:
        """The frame of its longitudes and latitudes."""

    def at(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) float64, mag: E(B-V) at n places, deg; NaN where the map has none."""


@dataclass(frozen=True, eq=False)
class Reddening:
    """E(B-V) of n stars.

    values: (n,) float64, mag, NaN outside the map; read-only. source: the map's files with their SHA-256.
    """

    values: NDArray[np.float64]
    source: str

    def __post_init__(self) -> None:
        self.values.setflags(write=False)


@dataclass(frozen=True, eq=False)
class OpenDust:
    """A dust map ready to be asked, and the words for its files with their SHA-256."""

    map: DustMap
    source: str

    def at(self, ra: NDArray[np.float64], dec: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) float64, mag: E(B-V) at n places, deg (ICRS); NaN outside the map and for no place on the sky."""
        values = np.full(len(ra), np.nan)
        on_sky = np.flatnonzero(np.isfinite(ra) & (np.abs(dec) <= 90))
        found = self.map.at(*_places(self.map.frame, ra[on_sky], dec[on_sky]))
        known = (found > SMALLEST_EXTINCTION) & (found < LARGEST_EXTINCTION)
        values[on_sky] = np.where(known, found, np.nan)
        return values


def open_dust(path: Path) -> Generator[Progress, None, OpenDust]:
    """Open a HEALPix map, or the polar maps of SFD.

    Of the two files of SFD one is given, and the other is looked for beside it, where its name has ngp for sgp; without
    it the other hemisphere is not covered.
    Yields Progress in bytes. Raises InputError for a file that is no such map, or is damaged.
    """
    dust, files = _open(path)
    digests = []
    for file in files:
        digest = yield from _sha256(file)
        digests.append(f"{file.name} (SHA-256 {digest})")
    return OpenDust(dust, ", ".join(digests))


def reddening(path: Path, ra: NDArray[np.float64], dec: NDArray[np.float64]) -> Generator[Progress, None, Reddening]:
    """E(B-V) at n places, (n,) deg each (ICRS), from the map in a file.

    Yields Progress in bytes, then in stars. Raises InputError as `open_dust` does.
    """
    dust = yield from open_dust(path)
    values = np.full(len(ra), np.nan)
    for start in range(0, len(ra), _CHUNK):
        rows = slice(start, start + _CHUNK)
        values[rows] = dust.at(ra[rows], dec[rows])
        yield Progress(min(start + _CHUNK, len(ra)), len(ra), "stars")
    return Reddening(values, dust.source)


def with_reddening(catalog: Catalog, path: Path) -> Generator[Progress, None, Catalog]:
    """The catalogue with the column `ebv_map`, which is what tells its extinction from now on; its provenance says so.

    Raises InputError as `reddening` does, and for a catalogue without positions.
    """
    require_positions(catalog)
    found = yield from reddening(path, catalog.numbers("ra"), catalog.numbers("dec"))
    return reddened(catalog, found)


def reddened(catalog: Catalog, found: Reddening) -> Catalog:
    """The catalogue with E(B-V) of its n stars as the column `ebv_map`."""
    roles = {**catalog.columns, REDDENING: COLUMN}
    columns = {role: roles[role] for role in ROLES if role in roles and role not in EXTINCTION_ROLES}
    others = [column for column in catalog.candidates.get(REDDENING, ()) if column != COLUMN]
    return replace(
        catalog,
        table=catalog.table.assign(**{COLUMN: found.values}),
        columns=ColumnRoles(MappingProxyType(columns)),
        provenance=replace(catalog.provenance, dust_map=found.source),
        units={**catalog.units, COLUMN: "mag"},
        candidates={**catalog.candidates, REDDENING: (COLUMN, *others)},
        chosen={**catalog.chosen, REDDENING: COLUMN, **dict.fromkeys(EXTINCTION_ROLES, "")},
    )


def require_positions(catalog: Catalog) -> None:
    """Raise InputError for a catalogue that does not say where its stars are."""
    if not has_positions(catalog):
        raise InputError(
            f"{catalog.provenance.name}: no columns of right ascension and declination, so that the stars cannot be "
            "found on a dust map; name them, as in --column ra=NAME --column dec=NAME."
        )


def has_positions(catalog: Catalog) -> bool:
    """Whether columns tell right ascension and declination."""
    return {"ra", "dec"} <= catalog.columns.keys()


def outside_note(catalog: Catalog, kept: NDArray[np.bool_]) -> str:
    """How many of the kept stars, (n,) bool, the catalogue's dust map does not cover, in one sentence; else empty."""
    if catalog.columns.get(REDDENING) != COLUMN:
        return ""
    return outside_words(int(np.isnan(catalog.numbers(REDDENING)[kept]).sum()), int(kept.sum()))


def outside_words(outside: int, stars: int) -> str:
    """How many of some stars a dust map does not cover, in one sentence; empty where it covers all."""
    if not outside:
        return ""
    return f"{outside:,} of {stars:,} stars lie outside the dust map and are not corrected for extinction."


def _open(path: Path) -> tuple[DustMap, list[Path]]:
    """The map in a file, and the files that it comes from."""
    from astropy.io.fits import VerifyError

    try:
        _require_file(path)
        with _units(path) as units:
            if (table := next((unit for unit in units if _is_healpix(unit)), None)) is not None:
                return HealpixMap.of(table, path.name), [path]
            return _polar_map(path, next((unit for unit in units if unit.is_image and unit.header["NAXIS"]), None))
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; check the name and the folder.") from error
    except PermissionError as error:
        raise InputError(f"{path.name}: you have no permission to read it; copy it to a folder of yours.") from error
    except (*_DAMAGED, VerifyError) as error:
        raise InputError(f"{path.name}: no FITS file, or a damaged or cut-off one; copy the dust map again.") from error


def _polar_map(path: Path, image: Any) -> tuple[DustMap, list[Path]]:
    """The polar map in an image, with the other hemisphere's where there is one, and their files."""
    half = None if image is None else PolarMap.of(image, path.name)
    if half is None:
        raise InputError(
            f"{path.name}: no dust map that is known here; choose a HEALPix map or one of the two polar maps of "
            "Schlegel, Finkbeiner and Davis."
        )
    other = path.with_name(_POLE.sub(lambda found: _OTHER_POLE.get(found[0], found[0]), path.name))
    if other == path or not other.is_file():
        return half, [path]
    with _units(other) as units:
        second = PolarMap.of(units[0], other.name)
    if second is None or second.halves.keys() == half.halves.keys():
        raise InputError(f"{other.name}: not the other hemisphere to {path.name}; put the right file in its place.")
    return PolarMap({**half.halves, **second.halves}), [path, other]


@contextmanager
def _units(path: Path) -> Iterator[Any]:
    """The header-data units of a FITS file, whose arrays are read when they are needed, also after the block."""
    from astropy.io import fits
    from astropy.utils.exceptions import AstropyWarning

    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore", AstropyWarning)
        with fits.open(file, memmap=True) as units:
            yield units


def _is_healpix(unit: Any) -> bool:
    return not unit.is_image and str(unit.header.get("PIXTYPE", "")).strip().upper() == "HEALPIX"


def _require_file(path: Path) -> None:
    """Raise InputError for what is no file, or too large a one."""
    if path.is_dir():
        raise InputError(f"{path.name}: a folder; choose a dust map in it.")
    if not path.is_file() and path.exists():
        raise InputError(f"{path.name}: not an ordinary file; choose a dust map.")
    if (size := path.stat().st_size) > LARGEST_FILE:
        raise InputError(f"{path.name}: {size:,} bytes, larger than any dust map; choose another file.")


def _places(
    frame: str, ra: NDArray[np.float64], dec: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude in a frame, deg, of places in ICRS."""
    if frame == "icrs":
        return ra, dec
    from astropy.coordinates import SkyCoord

    places = SkyCoord(ra, dec, unit="deg", frame="icrs").galactic
    return places.l.deg, places.b.deg


def _sha256(path: Path) -> Generator[Progress, None, str]:
    digest, done, size = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
            done += len(block)
            yield Progress(done, size, "bytes")
    return digest.hexdigest()
