"""The star layer: the stars in view as an image of the pixels, discs when they are few, the selection over it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from stellar_gui.analysis.density import Scale, Stretch, block_counts, disc_counts, robust_top
from stellar_gui.analysis.regions import Bounds
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.color_ramp import STEPS, blend, packed, ramp, rgb

MOST_DISCS = 20_000
_DIMMED = 0.45
_FINENESS = 64  # table entries for each star of the first few, so that rims are smooth
_TABLE = 4096
_LARGEST_TABLE = 1 << 20


@dataclass(frozen=True)
class Raster:
    """Where and how finely stars are drawn.

    bounds: the view; width, height: device pixels; ratio: device pixels for each logical one.
    """

    bounds: Bounds
    width: int
    height: int
    ratio: float


@dataclass(frozen=True)
class StarImage:
    """The drawn layer.

    image: opaque, of the raster's size; marks: the selection's, transparent elsewhere, or None; scale: from counts to
    `shades`; most: the largest count; unit: what is counted, for the colour bar; dimmed: whether the colours are
    faded; stars: about how many are in view.
    """

    image: QImage
    marks: QImage | None
    scale: Scale
    most: float
    unit: str
    dimmed: bool
    stars: int


class DensityLayer:
    """Draws the stars of an index, and those of them that are selected."""

    def __init__(self) -> None:
        self._index: GridIndex | None = None
        self._selected: Stars | None = None

    def set_index(self, index: GridIndex | None) -> None:
        """Draw other stars, none selected."""
        self._index, self._selected = index, None

    def set_selection(self, mask: NDArray[np.bool_] | None) -> None:
        """Mark other stars; mask: (n,) bool over the index's rows of the catalogue."""
        if self._index is None or mask is None or not mask.any():
            self._selected = None
            return
        chosen = mask[self._index.row]
        self._selected = Stars(self._index.x[chosen], self._index.y[chosen])

    @property
    def selected(self) -> "Stars | None":
        """The coordinates of the selected stars that are drawn."""
        return self._selected

    def draw(self, raster: Raster, stretch: Stretch, colors: Colors) -> StarImage:
        """The stars in view."""
        x, y = self._in_view(raster.bounds)
        few = len(x) <= MOST_DISCS
        radius = disc_radius(len(x)) * raster.ratio
        counts = _count(x, y, raster, radius if few else None)
        least = float(np.interp(np.log10(max(len(x), 1)), (3.0, 5.5), (0.5, 0.22)))
        scale = Scale(stretch, robust_top(counts), least)
        dimmed = self._selected is not None
        image = _painted(counts, scale, packed(shades(colors, dimmed)), QImage.Format.Format_RGB32)
        marks = None
        if self._selected is not None:
            chosen = self._selected.within(raster.bounds) if few else self._selected
            marked = _count(chosen.x, chosen.y, raster, radius + 0.4 * raster.ratio if few else None)
            marks = _painted(marked, scale, _mark_table(scale, colors), QImage.Format.Format_ARGB32_Premultiplied)
        unit = "stars overlapping" if few else "stars per 2 \N{MULTIPLICATION SIGN} 2 pixels"
        return StarImage(image, marks, scale, float(counts.max()), unit, dimmed, len(x))

    def _in_view(self, bounds: Bounds) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        index = self._index
        if index is None:
            empty = np.empty(0, np.float32)
            return empty, empty
        near = index.near(bounds)
        if len(near) == 1:
            return index.x[near[0]], index.y[near[0]]
        if not near:
            return index.x[:0], index.y[:0]
        return np.concatenate([index.x[part] for part in near]), np.concatenate([index.y[part] for part in near])


@dataclass(frozen=True)
class Stars:
    """The coordinates of some stars; x, y: (m,) float32."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]

    def within(self, bounds: Bounds) -> "Stars":
        """Those in a view and close around it."""
        x0, x1, y0, y1 = bounds
        margin_x, margin_y = 0.02 * (x1 - x0), 0.02 * (y1 - y0)
        near = (self.x > x0 - margin_x) & (self.x < x1 + margin_x)
        near &= (self.y > y0 - margin_y) & (self.y < y1 + margin_y)
        return Stars(self.x[near], self.y[near])


def disc_radius(stars: int) -> float:
    """Logical pixels: 2.2 for a few stars, shrinking to 0.9 as they crowd, so that the change to blocks is not seen."""
    return float(np.clip(2.2 * (max(stars, 1) / 1000) ** -0.3, 0.9, 2.2))


@lru_cache(maxsize=8)
def shades(colors: Colors, dimmed: bool) -> NDArray[np.float64]:
    """(STEPS, 3) sRGB: the theme's density ramp, faded while a selection lies over it."""
    full = ramp(colors.density)
    return blend(full, colors.card, _DIMMED) if dimmed else full


def _count(x: NDArray[np.float32], y: NDArray[np.float32], raster: Raster, radius: float | None) -> NDArray[np.float32]:
    shape = raster.height, raster.width
    if radius is None:
        return block_counts(x, y, raster.bounds, shape)
    return disc_counts(x, y, raster.bounds, shape, radius)


def _painted(counts: NDArray[np.float32], scale: Scale, colors: NDArray[np.uint32], form: QImage.Format) -> QImage:
    """The image of counts by one table look-up for each pixel; the table has an entry for each star at least."""
    fineness = min(max(_TABLE / scale.top, 1.0), _FINENESS)
    entries = min(int(scale.top * fineness) + 1, _LARGEST_TABLE)
    table = colors[np.rint(scale.shade(np.arange(entries) / fineness) * (STEPS - 1)).astype(np.intp)]
    pixels = np.take(table, (counts * np.float32(fineness)).astype(np.int32), mode="clip")
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, form).copy()


def _mark_table(scale: Scale, colors: Colors) -> NDArray[np.uint32]:
    """Selected stars: the accent, opaque from one star on, a little deeper where they crowd."""
    position = np.linspace(0, 1, STEPS)
    opacity = np.clip(position / scale.least, 0, 1)
    crowded = np.clip((position - scale.least) / (1 - scale.least), 0, 1)
    tint = rgb(colors.accent) + 0.35 * crowded[:, None] * (rgb(colors.ink) - rgb(colors.accent))
    return packed(tint, opacity)
