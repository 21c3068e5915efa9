"""Fair samples of the stars of a grid index, for drawing while there is no time for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.regions import Bounds
from stellar_gui.analysis.spatial import GridIndex

FRAME_STARS = 400_000
"""As many stars as are drawn in one frame."""

_FIRST_STEP = 4
_SEED = 0


class Counts(Protocol):
    """Counts of stars that are not at hand one by one."""

    def stands_for(self, view: Bounds) -> bool:
        """Whether a view is drawn from the counts."""

    def stars_in(self, view: Bounds) -> int:
        """About how many stars are in a view."""

    def pixel_counts(self, raster: Raster) -> NDArray[np.float64]:
        """(height, width) float64: the stars on each pixel, bottom row first."""


@dataclass(frozen=True, eq=False)
class Level:
    """One star of every `step` that follow each other in the order of an index, drawn at random once and for all.

    Neighbours in that order are neighbours in the plane, so that every place loses the same share of its stars.

    step: 1 is the whole index; row: (m,) int32, the catalogue's rows; x, y: (m,) float32. All read-only.
    """

    step: int
    row: NDArray[np.int32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]

    def __post_init__(self) -> None:
        for array in (self.row, self.x, self.y):
            array.setflags(write=False)

    def parts(self, places: Sequence[slice]) -> list[slice]:
        """The slices of this level that stand for slices of the index's places; none of its stars comes twice."""
        if self.step == 1:
            return list(places)
        parts = [slice(-(-part.start // self.step), -(-part.stop // self.step)) for part in places]
        return [part for part in parts if part.start < part.stop]


@dataclass(frozen=True, eq=False)
class Levels:
    """An index thinned by 1, 4, 8, 16, ... until what is left can be drawn in a frame; adds 6 bytes a star at most.

    counts: of more stars than the index holds, which are drawn in place of its stars where they stand for them.
    """

    index: GridIndex
    all: tuple[Level, ...]
    counts: Counts | None = None

    @classmethod
    def of(cls, index: GridIndex, frame_stars: int = FRAME_STARS, counts: Counts | None = None) -> "Levels":
        """Thin an index; the same stars in the same order always give the same sample."""
        levels = [Level(1, index.row, index.x, index.y)]
        rng, step = np.random.default_rng(_SEED), _FIRST_STEP
        while len(levels[-1].row) > frame_stars:
            first = np.arange(0, len(index), step, dtype=np.int64)
            place = np.minimum(first + rng.integers(0, step, len(first), dtype=np.int8), len(index) - 1)
            levels.append(Level(step, index.row[place], index.x[place], index.y[place]))
            step *= 2
        return cls(index, tuple(levels), counts)

    def near(self, view: Bounds) -> tuple[list[slice], int]:
        """The places of the stars of a view and a few around it, and how many they are."""
        places = self.index.near(view)
        return places, sum(part.stop - part.start for part in places)

    def within_budget(self, stars: int, frame_stars: int = FRAME_STARS) -> Level:
        """The fullest level of which so many of the index's stars can be drawn in a frame."""
        return next((level for level in self.all if stars <= level.step * frame_stars), self.all[-1])
