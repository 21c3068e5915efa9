"""What a star map shows of a survey: counts of all stars, and the stars themselves where they have been read."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.map_data import MapData
from stellar_gui.analysis.plane_index.pyramid import CountPyramid
from stellar_gui.analysis.plane_index.reading import PlaneIndex
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.regions import Bounds, Rectangle, Region
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.analysis.thinning import Levels
from stellar_gui.progress import Progress

MOST_READ: Final = 3_000_000
"""Stars that are read for a view; where it holds more, their counts are drawn."""
_MARGIN: Final = 0.25


@dataclass(frozen=True, eq=False)
class SurveyCounts:
    """Draws the counts wherever the stars have not been read; loaded: the part of the plane in which they have."""

    pyramid: CountPyramid
    loaded: Bounds | None = None

    def stands_for(self, view: Bounds) -> bool:
        """Whether a view is drawn from the counts."""
        return self.loaded is None or not _within(view, self.loaded)

    def pixel_counts(self, raster: Raster) -> NDArray[np.float64]:
        """As `CountPyramid.pixel_counts`."""
        return self.pyramid.pixel_counts(raster)

    def stars_in(self, view: Bounds) -> int:
        """About how many stars are in a view."""
        least, most = self.pyramid.estimate(Rectangle(*view))
        return (least + most) // 2


class SurveyIndex(GridIndex):
    """The stars that have been read, and how many there are where they have not."""

    def __init__(self, x: NDArray[np.float32], y: NDArray[np.float32], counts: SurveyCounts) -> None:
        super().__init__(x, y)
        self._counts = counts

    def count(self, region: Region) -> int:
        """How many stars are in a region; about, where they have not been read."""
        if self._counts.loaded is not None and _within(region.bounds, self._counts.loaded):
            return super().count(region)
        least, most = self._counts.pyramid.estimate(region)
        return (least + most) // 2


def counted_map(index: PlaneIndex) -> MapData:
    """The map of all stars by their counts alone."""
    nothing = np.empty(0, np.float32)
    return _map(nothing, nothing, SurveyCounts(index.pyramid))


def loaded_map(index: PlaneIndex, view: Bounds) -> Generator[Progress, None, MapData]:
    """The map with the stars of a view, and a little around it. Yields Progress in rows; raises InputError."""
    wide = _widened(view)
    if not can_load(index, wide):
        wide = view
    stars = yield from index.stars_in(wide)
    return _map(stars.x, stars.y, SurveyCounts(index.pyramid, wide))


def can_load(index: PlaneIndex, view: Bounds) -> bool:
    """Whether the stars of a view are few enough to be read."""
    _, most = index.pyramid.estimate(Rectangle(*view))
    return most + index.pyramid.outside <= MOST_READ


def _map(x: NDArray[np.float32], y: NDArray[np.float32], counts: SurveyCounts) -> MapData:
    levels = Levels.of(SurveyIndex(x, y, counts), counts=counts)
    return MapData(x, y, levels, (), counts.pyramid.home, counts.pyramid.outside)


def _widened(view: Bounds) -> Bounds:
    x0, x1, y0, y1 = view
    across, up = _MARGIN * (x1 - x0), _MARGIN * (y1 - y0)
    return x0 - across, x1 + across, y0 - up, y1 + up


def _within(inner: Bounds, outer: Bounds) -> bool:
    return inner[0] >= outer[0] and inner[1] <= outer[1] and inner[2] >= outer[2] and inner[3] <= outer[3]
