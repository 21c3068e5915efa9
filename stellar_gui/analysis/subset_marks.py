"""Where a map shows which subset: each star of one marks its pixels, the uppermost subset's mark is seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.counting import MOST_DISCS, disc_radius
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.thinning import Level, Levels

Codes = NDArray[np.uint8]

_RIM = 0.2  # logical pixels by which a disc is larger than one of the density
_FAINTEST = 150  # opacity, of 255, of a star alone where many are in view


@dataclass(frozen=True, eq=False)
class _Members:
    """A level's stars that are in a subset; place: (m,) int64, ascending, their places in it; code: (m,) uint8."""

    place: NDArray[np.int64]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    code: Codes

    @classmethod
    def of(cls, level: Level, codes: Codes) -> "_Members":
        code = np.take(codes, level.row, mode="clip")
        place = np.flatnonzero(code)
        return cls(place, level.x[place], level.y[place], code[place])

    def within(self, parts: list[slice]) -> "_Members":
        """Those in slices of the level."""
        starts = np.searchsorted(self.place, [part.start for part in parts]).tolist()
        stops = np.searchsorted(self.place, [part.stop for part in parts]).tolist()
        own = [slice(start, stop) for start, stop in zip(starts, stops, strict=True) if start < stop]
        if own == [slice(0, len(self.place))]:
            return self
        return _Members(
            np.concatenate([self.place[part] for part in own] or [self.place[:0]]),
            np.concatenate([self.x[part] for part in own] or [self.x[:0]]),
            np.concatenate([self.y[part] for part in own] or [self.y[:0]]),
            np.concatenate([self.code[part] for part in own] or [self.code[:0]]),
        )


class SubsetField:
    """The stars of an index at all its levels, and which subset each shows."""

    def __init__(self, levels: Levels) -> None:
        self._levels = levels
        self._codes: Codes | None = None
        self._members: dict[int, _Members] = {}

    def show(self, codes: Codes | None) -> None:
        """Show other subsets; codes: (n,) uint8 over the catalogue's rows, 0 in none, a higher one above a lower."""
        self._codes = codes if codes is not None and codes.any() else None
        self._members.clear()

    def marks(self, raster: Raster, whole: bool = False) -> NDArray[np.uint16] | None:
        """(height, width) uint16, the picture's top row first: 256 times the code seen, plus its opacity.

        None without any star near the view.
        Of more stars in view than one frame has time for, a sample, unless the whole is asked for.
        """
        if self._codes is None:
            return None
        places, stars = self._levels.near(raster.bounds)
        level = self._levels.all[0] if whole else self._levels.within_budget(stars)
        if level.step not in self._members:
            self._members[level.step] = _Members.of(level, self._codes)
        members = self._members[level.step].within(level.parts(places))
        if not len(members.place):
            return None
        across, down = _pixels(members, raster)
        if stars <= MOST_DISCS:
            marks = _discs(across, down, members.code, raster, (disc_radius(stars) + _RIM) * raster.ratio)
        else:
            marks = _dots(across, down, members.code, raster)
        return np.ascontiguousarray(marks[::-1]) if raster.y_down else marks


def _pixels(members: _Members, raster: Raster) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Places in pixels from the left and from the top, where y grows upwards."""
    x0, x1, y0, y1 = raster.bounds
    with np.errstate(over="ignore"):
        across = (members.x - np.float32(x0)) * np.float32(raster.width / (x1 - x0))
        up = (members.y - np.float32(y0)) * np.float32(raster.height / (y1 - y0))
    return across, raster.height - up


def _discs(
    across: NDArray[np.float32], down: NDArray[np.float32], code: Codes, raster: Raster, radius: float
) -> NDArray[np.uint16]:
    """Discs with smooth rims."""
    reach = int(np.ceil(radius + 0.5))
    offsets = np.arange(-reach, reach + 1, dtype=np.int32)
    column, row = np.floor(across).astype(np.int32), np.floor(down).astype(np.int32)
    near = (column >= -reach) & (column < raster.width + reach) & (row >= -reach) & (row < raster.height + reach)
    column, row, code = column[near], row[near], code[near]
    from_left, from_top = column - across[near] + np.float32(0.5), row - down[near] + np.float32(0.5)
    along_x = np.square(from_left[:, None] + offsets, dtype=np.float32)
    along_y = np.square(from_top[:, None] + offsets, dtype=np.float32)
    away = np.sqrt(along_y[:, :, None] + along_x[:, None, :])
    star, down_by, across_by = np.nonzero(away < radius + 0.5)
    opacity = (255 * np.minimum(radius + 0.5 - away[star, down_by, across_by], 1)).astype(np.uint16)
    place_x, place_y = column[star] + offsets[across_by], row[star] + offsets[down_by]
    seen = (place_x >= 0) & (place_x < raster.width) & (place_y >= 0) & (place_y < raster.height)
    value = (code.astype(np.uint16) << 8)[star[seen]] + opacity[seen]
    marks = np.zeros(raster.height * raster.width, np.uint16)
    np.maximum.at(marks, (place_y * raster.width + place_x)[seen], value)
    return marks.reshape(raster.height, raster.width)


def _dots(across: NDArray[np.float32], down: NDArray[np.float32], code: Codes, raster: Raster) -> NDArray[np.uint16]:
    """Blocks of 2 x 2 pixels, to the right and below as in the density, more opaque where stars crowd."""
    seen = (across >= 0) & (across < raster.width) & (down >= 0) & (down < raster.height)
    pixel, code = down[seen].astype(np.int32) * raster.width + across[seen].astype(np.int32), code[seen]
    count = np.bincount(pixel)[pixel]
    most = max(int(count.max(initial=1)), 2)
    crowding = np.log(np.maximum(np.arange(most + 1), 1)) / np.log(most)
    opacity = (_FAINTEST + (255 - _FAINTEST) * crowding).astype(np.uint16)[count]
    above = np.argsort(code, kind="stable")  # so that the highest code on a pixel is written last
    flat = np.zeros(raster.height * raster.width, np.uint16)
    flat[pixel[above]] = ((code.astype(np.uint16) << 8) + opacity)[above]
    one = flat.reshape(raster.height, raster.width)
    beside = one.copy()
    np.maximum(one[:, 1:], one[:, :-1], out=beside[:, 1:])
    marks = beside.copy()
    np.maximum(beside[1:], beside[:-1], out=marks[1:])
    return marks
