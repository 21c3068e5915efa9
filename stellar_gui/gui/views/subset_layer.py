"""The subsets of a map: their stars in their colours over the density, under the selection."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtGui import QImage

from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.subset_marks import Codes, SubsetField
from stellar_gui.analysis.thinning import Levels
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.color_ramp import packed, rgb
from stellar_gui.gui.views.hue_image import LabelKey, LegendEntry
from stellar_gui.gui.views.hue_palette import dimming, on_theme

_Key = tuple[Raster, Colors, bool]


class SubsetLayer:
    """Draws the stars of the visible subsets; the last picture is kept."""

    def __init__(self, levels: Levels) -> None:
        self._field = SubsetField(levels)
        self._codes: Codes | None = None
        self._entries: tuple[LegendEntry, ...] = ()
        self._drawn: tuple[_Key, QImage | None] | None = None

    def set_levels(self, levels: Levels) -> None:
        """Draw other stars, in no subset."""
        self._field = SubsetField(levels)
        self._codes, self._entries, self._drawn = None, (), None

    def set_subsets(self, codes: Codes, entries: Sequence[LegendEntry]) -> None:
        """Draw other subsets; codes: (n,) uint8, 0 in none, k in that of the k-th entry; higher ones lie above."""
        if codes is not self._codes or tuple(entries) != self._entries:
            self._field.show(codes)
            self._codes, self._entries, self._drawn = codes, tuple(entries), None

    def key(self, colors: Colors) -> LabelKey | None:
        """What a legend tells of the subsets, the uppermost first; None without any."""
        entries = [replace(entry, color=on_theme(entry.color, colors)) for entry in self._entries[::-1]]
        return LabelKey("subsets", tuple(entries)) if entries else None

    def image(self, raster: Raster, colors: Colors, dimmed: bool, whole: bool = False) -> QImage | None:
        """The subsets, transparent elsewhere; None without a star of one. dimmed: fainter, under a selection.

        whole: all stars, however long it takes.
        """
        key = raster, colors, dimmed
        if whole:
            return self._painted(*key, whole=True)
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = key, self._painted(*key, whole=False)
        return self._drawn[1]

    def _painted(self, raster: Raster, colors: Colors, dimmed: bool, whole: bool) -> QImage | None:
        marks = self._field.marks(raster, whole)
        if marks is None:
            return None
        opacity = np.linspace(0, dimming(colors) if dimmed else 1.0, 256)
        shades = [packed(np.tile(rgb(on_theme(entry.color, colors)), (256, 1)), opacity) for entry in self._entries]
        table = np.concatenate([np.zeros(256, np.uint32), *shades])
        image = QImage(raster.width, raster.height, QImage.Format.Format_ARGB32_Premultiplied)
        pixels = np.frombuffer(image.bits(), np.uint32).reshape(raster.height, raster.width)
        np.take(table, marks, mode="clip", out=pixels)
        return image
