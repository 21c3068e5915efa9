"""All that a map of two columns needs to be drawn and to answer, as one value that a worker can make."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.contours import Contour, contours
from stellar_gui.analysis.framing import framed
from stellar_gui.analysis.regions import Bounds, Rectangle
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.analysis.thinning import Levels
from stellar_gui.progress import Progress, drain

_STEPS = 4
_FAR = 1.5
"""Where all stars extend this much further than their bulk, the map begins with the bulk."""
_TAIL, _ROOM, _SAMPLE = 0.005, 0.3, 100_000


@dataclass(frozen=True, eq=False)
class MapData:
    """Two columns and what was derived from them once.

    x, y: (n,) float32 over the catalogue's rows; index, levels: of the stars that are shown and have a place;
    contours: of their density; home: the view of all of them, or of their bulk where few lie far out;
    outside: how many of them lie outside it.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    levels: Levels
    contours: tuple[Contour, ...]
    home: Bounds
    outside: int

    @property
    def index(self) -> GridIndex:
        """The stars that are drawn and selectable."""
        return self.levels.index

    @classmethod
    def empty(cls) -> "MapData":
        """A map without stars."""
        nothing = np.empty(0, np.float32)
        return drain(map_data(nothing, nothing))


def map_data(
    x: NDArray[np.floating], y: NDArray[np.floating], shown: NDArray[np.bool_] | None = None, contoured: bool = True
) -> Generator[Progress, None, MapData]:
    """Prepare the map of two columns.

    x, y: (n,) numbers over the catalogue's rows, kept as float32; shown: (n,) bool, all if None. Rows that are not
    shown, or have a coordinate that is not finite, are neither drawn nor selectable. contoured: whether the plane has
    a density worth contours.
    """
    x, y = np.asarray(x, np.float32), np.asarray(y, np.float32)
    index = GridIndex(x, y, shown)
    yield Progress(1, _STEPS, "steps")
    levels = Levels.of(index)
    yield Progress(2, _STEPS, "steps")
    home = _home(index)
    outside = len(index) - index.count(Rectangle(*home))
    yield Progress(3, _STEPS, "steps")
    return MapData(x, y, levels, contours(index) if contoured else (), home, outside)


def _home(index: GridIndex) -> Bounds:
    """All stars; else their bulk; else, where even that is mostly empty, the plane about all but one in a hundred."""
    views = [framed(bounds) for bounds in (index.bounds, index.bulk, _core(index))]
    home, *smaller = views
    for view in smaller:
        wider, taller = ((home[k + 1] - home[k]) / (view[k + 1] - view[k]) for k in (0, 2))
        if max(wider, taller) > _FAR:
            home = view
    return home


def _core(index: GridIndex) -> Bounds:
    if not len(index):
        return index.bounds
    step = max(len(index) // _SAMPLE, 1)
    low_x, high_x = np.quantile(index.x[::step], (_TAIL, 1 - _TAIL)).tolist()
    low_y, high_y = np.quantile(index.y[::step], (_TAIL, 1 - _TAIL)).tolist()
    more_x, more_y = _ROOM * (high_x - low_x), _ROOM * (high_y - low_y)
    return low_x - more_x, high_x + more_x, low_y - more_y, high_y + more_y
