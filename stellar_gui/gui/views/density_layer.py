"""The star layer: the stars in view as an image of the pixels, discs when they are few, the selection over it."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from stellar_gui.analysis.counting import StarCounts, StarField
from stellar_gui.analysis.density import Scale, Stretch
from stellar_gui.analysis.hues import Limits, StarColors
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.regions import Bounds
from stellar_gui.analysis.thinning import Levels
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.color_maps import ColorMaps, density_ramp
from stellar_gui.gui.views.color_ramp import STEPS, packed, rgb
from stellar_gui.gui.views.hue_image import HuePainter, LabelKey, ValueKey, key_of

CELL = "2 \N{MULTIPLICATION SIGN} 2 pixels"
"""What a density counts the stars of, in words."""
_FINENESS = 64  # table entries for each star of the first few, so that rims are smooth
_TABLE = 4096
_LARGEST_TABLE = 1 << 20
_LEAST, _LEAST_COLORED = (0.5, 0.22), (1.0, 0.6)  # share of the ramp for one star, of a thousand and of many in view


@dataclass(frozen=True, eq=False)
class StarImage:
    """The drawn layer.

    image: opaque, of the raster's size; marks: the selection's, transparent elsewhere, or None; scale: from counts to
    places on the palette, (STEPS,) uint32 RGB32 of densities; most: the largest count; unit: what is counted, for the
    colour bar; stars: about how many are in view; complete: whether all of them are drawn, not a sample; key: what
    the hues mean, None where only the density is drawn.
    """

    image: QImage
    marks: QImage | None
    scale: Scale
    most: float
    palette: NDArray[np.uint32]
    unit: str
    stars: int
    complete: bool
    key: ValueKey | LabelKey | None = None


class DensityLayer:
    """Draws the stars of an index, and those of them that are selected, by their density or in colours."""

    def __init__(self, levels: Levels) -> None:
        self._field = StarField(levels)
        self._painter = HuePainter()
        self._coloring: StarColors | None = None
        self._selected_labels: list[int] | None = None
        self._maps = ColorMaps()

    def set_maps(self, maps: ColorMaps) -> None:
        """Draw densities and numbers in other colour maps."""
        self._maps = maps

    def set_levels(self, levels: Levels) -> None:
        """Draw other stars, none selected, by their density."""
        self._field = StarField(levels)
        self._coloring = self._selected_labels = None

    def set_coloring(self, coloring: StarColors | None, locked: Limits | None) -> None:
        """Colour the same stars by something else, None for their density; locked: the range of the numbers."""
        self._coloring = coloring
        self._field.color_by(coloring, locked)
        self._count_labels()

    def set_selection(self, mask: NDArray[np.bool_] | None) -> None:
        """Mark other stars; mask: (n,) bool over the rows of the catalogue."""
        self._field.select(mask)
        self._count_labels()

    def extent_of_selection(self) -> Bounds | None:
        """The extent of the selected stars that are drawn; None without any."""
        return self._field.extent_of_selection()

    def draw(self, raster: Raster, stretch: Stretch, colors: Colors) -> StarImage:
        """The stars in view, or a fair sample of them where there are too many for one frame."""
        return self._star_image(self._field.count(raster), raster, stretch, colors)

    def draw_all(self, raster: Raster, stretch: Stretch, colors: Colors) -> Generator[None, None, StarImage]:
        """All stars in view, some of them between two yields."""
        counts = yield from self._field.count_all(raster)
        return self._star_image(counts, raster, stretch, colors)

    def _count_labels(self) -> None:
        by_labels = self._coloring is not None and len(self._coloring.totals) > 0
        self._selected_labels = self._field.selected_labels() if by_labels else None

    def _star_image(self, counts: StarCounts, raster: Raster, stretch: Stretch, colors: Colors) -> StarImage:
        hues, coloring = counts.hues, self._coloring
        ends = _LEAST if hues is None else _LEAST_COLORED
        least = float(np.interp(np.log10(max(counts.stars, 1)), (3.0, 5.5), ends))
        scale = Scale.of(counts.every, stretch, least)
        shades, key = palette(colors, self._maps.sequential, counts.selected is not None), None
        if hues is None or coloring is None:
            image = _painted(counts.every, scale, shades, QImage.Format.Format_RGB32)
        else:
            image = self._painter.paint(counts, hues, coloring, scale, colors, self._maps)
            key = key_of(hues, coloring, self._selected_labels, colors, self._maps)
        marks = None
        if counts.selected is not None:
            table = _mark_table(scale, colors)
            marks = _painted(counts.selected, scale, table, QImage.Format.Format_ARGB32_Premultiplied)
        if raster.y_down:
            image = image.flipped(Qt.Orientation.Vertical)
            marks = None if marks is None else marks.flipped(Qt.Orientation.Vertical)
        unit = "stars overlapping" if counts.discs else f"stars per {CELL}"
        most = float(counts.every.max())
        return StarImage(image, marks, scale, most, shades, unit, counts.stars, counts.complete, key)


@lru_cache(maxsize=32)
def palette(colors: Colors, color_map: str, dimmed: bool) -> NDArray[np.uint32]:
    """(STEPS,) uint32: the shades of densities as Qt's RGB32; read-only."""
    table = packed(density_ramp(colors, color_map, dimmed))
    table.setflags(write=False)
    return table


def _painted(
    counts: NDArray[np.int32] | NDArray[np.float32], scale: Scale, colors: NDArray[np.uint32], form: QImage.Format
) -> QImage:
    """The image of counts by one table look-up for each pixel; the table has an entry for each star at least."""
    whole = np.issubdtype(counts.dtype, np.integer)
    fineness = 1.0 if whole else min(max(_TABLE / scale.top, 1.0), _FINENESS)
    entries = min(int(scale.top * fineness) + 2, _LARGEST_TABLE)
    table = colors[np.rint(scale.shade(np.arange(entries) / fineness) * (STEPS - 1)).astype(np.intp)]
    height, width = counts.shape
    image = QImage(width, height, form)
    pixels = np.frombuffer(image.bits(), np.uint32).reshape(height, width)
    entry = (counts if whole else counts * np.float32(fineness)).astype(np.int32, copy=False)
    np.take(table, entry, mode="clip", out=pixels)
    return image


def _mark_table(scale: Scale, colors: Colors) -> NDArray[np.uint32]:
    """Selected stars: the accent, opaque from one star on, a little deeper where they crowd."""
    position = np.linspace(0, 1, STEPS)
    opacity = np.clip(position / scale.least, 0, 1)
    crowded = np.clip((position - scale.least) / max(1 - scale.least, 1e-9), 0, 1)
    tint = rgb(colors.accent) + 0.35 * crowded[:, None] * (rgb(colors.ink) - rgb(colors.accent))
    return packed(tint, opacity)
