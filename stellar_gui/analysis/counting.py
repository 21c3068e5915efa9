"""How many stars, and selected ones, fall on each pixel of a view: within one frame, or all of them in steps."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.density import BlockCounts, Discs, pixel_counts
from stellar_gui.analysis.hues import HueCount, Hues, Limits, StarColors, disc_hues
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.regions import Bounds
from stellar_gui.analysis.thinning import FRAME_STARS, Level, Levels

MOST_DISCS = 20_000

_CHUNK = 1_000_000  # stars counted between two yields
_Number = TypeVar("_Number", np.int32, np.float32, np.uint8)
_RIM = 0.4  # logical pixels by which a selected star's disc is larger


@dataclass(frozen=True, eq=False)
class StarCounts:
    """The counts of a raster, top row first.

    every, selected: (height, width); int32, the stars on blocks of 2 x 2 pixels, where `step` is not 1 an estimate
    from one star in every step; or float32, sums of `discs`. selected is None where nothing is selected. stars: about
    how many are in view. The arrays hold until the next count.
    """

    every: NDArray[np.int32] | NDArray[np.float32]
    selected: NDArray[np.int32] | NDArray[np.float32] | None
    stars: int
    step: int = 1
    discs: bool = False
    hues: Hues | None = None
    complete: bool = True


class StarField:
    """The stars of an index at all its levels, which of them are selected, and what they are coloured by."""

    def __init__(self, levels: Levels) -> None:
        self._levels = levels
        self._mask: NDArray[np.bool_] | None = None
        self._selected: dict[int, _Selected] = {}
        self._colors: StarColors | None = None
        self._locked: Limits | None = None
        self._blocks, self._selected_blocks = BlockCounts(), BlockCounts()

    def select(self, mask: NDArray[np.bool_] | None) -> None:
        """Count other stars as selected; mask: (n,) bool over the catalogue's rows."""
        self._mask = mask if mask is not None and mask.any() else None
        self._selected.clear()

    def color_by(self, colors: StarColors | None, locked: Limits | None) -> None:
        """Find the hues of other numbers or labels, None for none; locked: the numbers' range, None to follow them."""
        if colors is not None and colors.levels is not self._levels:
            raise ValueError("a colouring must be made for the stars of the map")
        self._colors, self._locked = colors, locked

    def selected_labels(self) -> list[int] | None:
        """How many selected stars have each label, the rest last; None where nothing is selected."""
        if self._mask is None or self._colors is None:
            return None
        counts: list[int] = self._colors.among(self._mask).tolist()
        return counts

    def extent_of_selection(self) -> Bounds | None:
        """The extent of the selected stars that are shown; None without any."""
        if self._mask is None:
            return None
        index = self._levels.index
        chosen = _of_rows(self._mask, index.row)
        x, y = index.x[chosen], index.y[chosen]
        return (float(x.min()), float(x.max()), float(y.min()), float(y.max())) if len(x) else None

    def count(self, raster: Raster) -> StarCounts:
        """As many stars, and hues as fine, as one frame has time for; a sample where `step` of the answer is not 1."""
        return self._count(raster, fine=False)

    def _count(self, raster: Raster, fine: bool) -> StarCounts:
        counts = self._levels.counts
        if counts is not None and counts.stands_for(raster.bounds):
            return StarCounts(self._blocks.of(counts.pixel_counts(raster)), None, counts.stars_in(raster.bounds))
        places, stars = self._levels.near(raster.bounds)
        level = self._levels.within_budget(stars)
        parts = level.parts(places)
        x, y = _taken(level.x, parts), _taken(level.y, parts)
        chosen = None if self._mask is None else self._selected_of(level, parts, self._mask)
        entries = None if self._colors is None else _taken(self._colors.of_level(level), parts)
        if stars <= MOST_DISCS:
            return self._in_discs(x, y, chosen, entries, raster)
        every = self._blocks.of(_pixels(x, y, raster), level.step)
        selected = None if chosen is None else self._selected_blocks.of(_pixels(*chosen, raster), level.step)
        hues = self._hue_count(raster, len(x), level.step, fine)
        if hues is None or entries is None:
            return StarCounts(every, selected, stars, level.step, complete=level.step == 1)
        hues.add(x, y, entries)
        complete = level.step == 1 and not hues.coarse
        return StarCounts(every, selected, stars, level.step, hues=hues.hues(self._locked), complete=complete)

    def count_all(self, raster: Raster) -> Generator[None, None, StarCounts]:
        """All stars, a part of them between two yields."""
        places, stars = self._levels.near(raster.bounds)
        if self._levels.within_budget(stars).step == 1:
            return self._count(raster, fine=True)
        index = self._levels.index
        every = np.zeros((raster.height, raster.width))
        selected = None if self._mask is None else np.zeros_like(every)
        hues = self._hue_count(raster, stars)
        for parts in _chunks(places):
            x, y = _taken(index.x, parts), _taken(index.y, parts)
            every += _pixels(x, y, raster)
            if selected is not None and self._mask is not None:
                chosen = _of_rows(self._mask, _taken(index.row, parts))
                selected += _pixels(x[chosen], y[chosen], raster)
            if hues is not None and self._colors is not None:
                yield
                hues.add(x, y, _taken(self._colors.of_level(self._levels.all[0]), parts))
            yield
        marked = None if selected is None else self._selected_blocks.of(selected)
        found = None if hues is None else hues.hues(self._locked)
        return StarCounts(self._blocks.of(every), marked, stars, hues=found)

    def _hue_count(self, raster: Raster, stars: int, step: int = 1, fine: bool = True) -> HueCount | None:
        return None if self._colors is None else HueCount(self._colors.coloring, raster, stars, step, fine)

    def _in_discs(
        self,
        x: NDArray[np.float32],
        y: NDArray[np.float32],
        chosen: tuple[NDArray[np.float32], NDArray[np.float32]] | None,
        entries: NDArray[Any] | None,
        raster: Raster,
    ) -> StarCounts:
        shape, radius = (raster.height, raster.width), disc_radius(len(x))
        discs = Discs.of(x, y, raster.bounds, shape, radius * raster.ratio)
        selected = None
        if chosen is not None:
            selected = Discs.of(*chosen, raster.bounds, shape, (radius + _RIM) * raster.ratio).sums()
        hues = None
        if self._colors is not None and entries is not None:
            hues = disc_hues(self._colors.coloring, discs, x, y, entries, raster, self._locked)
        return StarCounts(discs.sums(), selected, len(x), discs=True, hues=hues)

    def _selected_of(
        self, level: Level, parts: list[slice], mask: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The coordinates of a level's selected stars; those of small levels are kept from frame to frame."""
        if len(level.row) > FRAME_STARS:
            chosen = _of_rows(mask, _taken(level.row, parts))
            return _taken(level.x, parts)[chosen], _taken(level.y, parts)[chosen]
        if level.step not in self._selected:
            self._selected[level.step] = _Selected.of(level, mask)
        return self._selected[level.step].taken(parts)


@dataclass(frozen=True, eq=False)
class _Selected:
    """The selected stars of a level; place: (m,) int32, ascending, their places in it; x, y: (m,) float32."""

    place: NDArray[np.int32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]

    @classmethod
    def of(cls, level: Level, mask: NDArray[np.bool_]) -> "_Selected":
        place = np.flatnonzero(_of_rows(mask, level.row)).astype(np.int32)
        return cls(place, level.x[place], level.y[place])

    def taken(self, parts: list[slice]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The coordinates of those in slices of the level."""
        starts = np.searchsorted(self.place, [part.start for part in parts]).tolist()
        stops = np.searchsorted(self.place, [part.stop for part in parts]).tolist()
        own = [slice(start, stop) for start, stop in zip(starts, stops, strict=True) if start < stop]
        return _taken(self.x, own), _taken(self.y, own)


def disc_radius(stars: int) -> float:
    """Logical pixels: 2.2 for a few stars, shrinking to 0.9 as they crowd, so that the change to blocks is not seen."""
    return float(np.clip(2.2 * (max(stars, 1) / 1000) ** -0.3, 0.9, 2.2))


def _pixels(x: NDArray[np.float32], y: NDArray[np.float32], raster: Raster) -> NDArray[np.float64]:
    return pixel_counts(x, y, raster.bounds, (raster.height, raster.width))


def _of_rows(mask: NDArray[np.bool_], row: NDArray[np.int32]) -> NDArray[np.bool_]:
    """mask[row], six times faster for valid rows in random order."""
    return np.take(mask, row, mode="clip")


def _taken(values: NDArray[_Number], parts: list[slice]) -> NDArray[_Number]:
    """The values of slices, one after the other; a view where there is one slice."""
    if len(parts) == 1:
        return values[parts[0]]
    return np.concatenate([values[part] for part in parts]) if parts else values[:0]


def _chunks(parts: list[slice]) -> Iterator[list[slice]]:
    """The slices in order, cut and gathered so that each group holds about a million places."""
    group: list[slice] = []
    room = _CHUNK
    for part in parts:
        start = part.start
        while start < part.stop:
            stop = min(part.stop, start + room)
            group.append(slice(start, stop))
            room -= stop - start
            start = stop
            if not room:
                yield group
                group, room = [], _CHUNK
    if group:
        yield group
