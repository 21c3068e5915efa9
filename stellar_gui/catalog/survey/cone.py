"""A cone on the sky: all rows of a survey within a radius of a place, read without what lies elsewhere.

Of a HATS catalogue the partitions are passed over whose pixel does not touch the cone; of every file, the row groups
whose footer tells that their right ascensions, declinations or pixels lie elsewhere. What is left is told star by star.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from stellar_gui.catalog.survey.hats import SPATIAL_INDEX, Pixel
from stellar_gui.catalog.survey.parts import Part, Survey
from stellar_gui.catalog.survey.sampling import Piece, batch_rows
from stellar_gui.errors import InputError

_FINEST: Final = 29
_ROUNDING: Final = 1e-6  # deg
_EDGE_POINTS: Final = 4
_BULGE: Final = 1.05
"""A pixel reaches at most that many times farther than the farthest of the points on its edge that are looked at."""


@dataclass(frozen=True)
class Cone:
    """All rows within a radius of a place; ra, dec, radius: deg."""

    ra: float
    dec: float
    radius: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.ra) and abs(self.dec) <= 90):
            raise InputError(f"there is no place RA {self.ra:g}, Dec {self.dec:g} on the sky; Dec is from -90 to 90")
        if not 0 < self.radius <= 180:
            raise InputError(f"a cone has a radius above 0 and up to 180 deg, not {self.radius:g}")

    def words(self, taken: int, of: int) -> str:
        """What a catalogue says that holds this part of a survey."""
        radius, ra, dec = (repr(float(angle)).removesuffix(".0") for angle in (self.radius, self.ra, self.dec))
        return f"cone of {radius} deg around RA {ra}, Dec {dec}: {taken:,} of {of:,} rows"

    def holds(self, ra: NDArray[np.float64], dec: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(n,) bool: which of n places (deg) lie in the cone; one that is not on the sky does not."""
        inside: NDArray[np.bool_] = (separation(ra, dec, self.ra, self.dec) <= self.radius) & (np.abs(dec) <= 90)
        return inside


def separation(
    ra: NDArray[np.float64],
    dec: NDArray[np.float64],
    ra0: float | NDArray[np.float64],
    dec0: float | NDArray[np.float64],
) -> NDArray[np.float64]:
    """float64, deg: great-circle distance of places from others, all deg, by the haversine formula; NaN stays."""
    a, d, a0, d0 = np.radians(ra), np.radians(dec), np.radians(ra0), np.radians(dec0)
    half = np.sin((d - d0) / 2) ** 2 + np.cos(d) * np.cos(d0) * np.sin((a - a0) / 2) ** 2
    found: NDArray[np.float64] = np.degrees(2 * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
    return found


def in_cone(survey: Survey, cone: Cone, position: tuple[str, str]) -> Generator[Piece, None, None]:
    """The rows in a cone in the survey's order, some ten thousand at a time.

    position: the columns of right ascension and declination, deg. Raises InputError where they are no numbers.
    """
    for name in position:
        kind = survey.schema.field(name).type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)):
            raise InputError(f"{survey.path.name}: “{name}” is not a column of degrees, so that no cone can be taken.")
    pixels = SPATIAL_INDEX if survey.hats is not None else None
    size, done = batch_rows(survey), 0
    plan = [(part, _groups_near(part, cone, position, pixels)) for part in parts_near(survey.parts, cone)]
    total = sum(sum(groups.values()) for _, groups in plan)
    for part, groups in plan:
        with pq.ParquetFile(part.path) as file:
            for group, rows in groups.items():
                done += rows
                inside = _inside(file, group, cone, position)
                if not inside.any():
                    yield Piece(survey.schema.empty_table(), done, total)
                    continue
                place = 0
                for batch in file.iter_batches(size, row_groups=[group]):
                    chosen = inside[place : place + len(batch)]
                    place += len(batch)
                    yield Piece(pa.Table.from_batches([batch]).filter(pa.array(chosen)), done - rows + place, total)


def parts_near(parts: Sequence[Part], cone: Cone) -> list[Part]:
    """The parts of which some stars may lie in a cone: all that have no pixel, and those whose pixel touches it."""
    touched = iter(touching([part.pixel for part in parts if part.pixel is not None], cone).tolist())
    return [part for part in parts if part.rows and (part.pixel is None or next(touched))]


def touching(pixels: Sequence[Pixel], cone: Cone) -> NDArray[np.bool_]:
    """(n,) bool: which of n pixels of the sky may have a place in a cone; few that have none are among them."""
    from astropy_healpix import HEALPix

    orders = np.array([pixel.order for pixel in pixels], dtype=np.int64)
    numbers = np.array([pixel.number for pixel in pixels], dtype=np.int64)
    found = np.zeros(len(pixels), dtype=bool)
    for order in np.unique(orders).tolist():
        same = orders == order
        grid = HEALPix(2**order, order="nested")
        ra, dec = (angle.to_value("deg") for angle in grid.healpix_to_lonlat(numbers[same]))
        edge_ra, edge_dec = (angle.to_value("deg") for angle in grid.boundaries_lonlat(numbers[same], _EDGE_POINTS))
        reach = separation(edge_ra, edge_dec, ra[:, None], dec[:, None]).max(axis=1) * _BULGE
        found[same] = separation(ra, dec, cone.ra, cone.dec) <= cone.radius + reach + _ROUNDING
    return found


def _inside(file: pq.ParquetFile, group: int, cone: Cone, position: tuple[str, str]) -> NDArray[np.bool_]:
    found = [np.zeros(0, dtype=bool)]
    for batch in file.iter_batches(row_groups=[group], columns=list(position)):
        ra, dec = (batch.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False) for name in position)
        found.append(cone.holds(ra, dec))
    return np.concatenate(found)


def _groups_near(part: Part, cone: Cone, position: tuple[str, str], pixels: str | None) -> dict[int, int]:
    """The row groups of a part that may hold rows in a cone, as far as its footer tells: number of rows by group."""
    near = {}
    with pq.ParquetFile(part.path) as file:
        footer = file.metadata
        leaves = {footer.schema.column(number).path: number for number in range(footer.num_columns)}
        for number in range(footer.num_row_groups):
            group = footer.row_group(number)
            ra, dec = (_range(group.column(leaves[name])) for name in position)
            index = _range(group.column(leaves[pixels])) if pixels in leaves else None
            if _declinations_near(dec, cone) and _ascensions_near(ra, cone) and _pixels_near(index, cone):
                near[number] = group.num_rows
    return near


def _range(column: Any) -> tuple[Any, Any] | None:
    known = column.statistics
    return (known.min, known.max) if known is not None and known.has_min_max else None


def _declinations_near(known: tuple[Any, Any] | None, cone: Cone) -> bool:
    return known is None or _meet(known, cone.dec - cone.radius, cone.dec + cone.radius)


def _ascensions_near(known: tuple[Any, Any] | None, cone: Cone) -> bool:
    if known is None or abs(cone.dec) + cone.radius >= 90 - _ROUNDING:
        return True
    width = np.degrees(np.arcsin(np.sin(np.radians(cone.radius)) / np.cos(np.radians(cone.dec))))
    middle = cone.ra % 360
    return any(_meet(known, middle + turn - width, middle + turn + width) for turn in (-360, 0, 360))


def _meet(known: tuple[Any, Any], low: float, high: float) -> bool:
    """Whether two ranges overlap; where one is not a number, they may."""
    first, last = float(known[0]), float(known[1])
    return not (last < low - _ROUNDING or first > high + _ROUNDING)


def _pixels_near(known: tuple[Any, Any] | None, cone: Cone) -> bool:
    """Whether the smallest pixel that holds a range of pixels of order 29 touches a cone."""
    if known is None:
        return True
    first, last = map(int, known)
    above = ((first ^ last).bit_length() + 1) // 2
    if above > _FINEST:
        return True
    return bool(touching([Pixel(_FINEST - above, first >> 2 * above)], cone)[0])
