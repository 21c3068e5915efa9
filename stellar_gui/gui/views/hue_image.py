"""The coloured star layer: the hue says a number or a label, the opacity how many stars."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from stellar_gui.analysis.coloring import Values
from stellar_gui.analysis.counting import StarCounts
from stellar_gui.analysis.density import Scale
from stellar_gui.analysis.hues import Hues, LabelHues, Limits, StarColors, ValueHues
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.color_maps import ColorMaps, value_ramp
from stellar_gui.gui.views.color_ramp import STEPS
from stellar_gui.gui.views.hue_palette import OPACITIES, hue_colors, painted_labels, painted_values, rest_color

_TABLE = 4096
_FINENESS = 64


@dataclass(frozen=True, eq=False)
class ValueKey:
    """What a colour bar tells: title and unit, the range, its shades (STEPS, 3) sRGB from the smallest number on.

    is_reversed: the smallest number stands at the right; beyond: whether numbers in view lie below it, and above it.
    """

    title: str
    unit: str
    limits: Limits
    shades: NDArray[np.float64]
    is_reversed: bool
    beyond: tuple[bool, bool]


@dataclass(frozen=True)
class LegendEntry:
    """One label: name, colour, how many selected stars have it (None without a selection), and how many at all."""

    name: str
    color: str
    selected: int | None
    all: int


@dataclass(frozen=True)
class LabelKey:
    """What a legend tells; labels that no star of the map has are left out."""

    title: str
    entries: tuple[LegendEntry, ...]


def key_of(
    hues: Hues, stars: StarColors, selected: list[int] | None, colors: Colors, maps: ColorMaps
) -> ValueKey | LabelKey:
    """The colour bar or the legend of a drawn layer; selected: by label, the rest last."""
    coloring = stars.coloring
    if isinstance(coloring, Values):
        assert isinstance(hues, ValueHues)
        ramp = value_ramp(colors, *_shades(coloring, maps))
        return ValueKey(coloring.title, coloring.unit, hues.limits, ramp, coloring.reversed, hues.beyond)
    names = (*coloring.names, coloring.rest)
    shades = (*hue_colors(colors, coloring.hues), rest_color(colors))
    entries = zip(names, shades, stars.totals.tolist(), strict=True)
    return LabelKey(
        coloring.title,
        tuple(
            LegendEntry(name, color, None if selected is None else selected[place], total)
            for place, (name, color, total) in enumerate(entries)
            if total
        ),
    )


class HuePainter:
    """Paints pictures of counts and their hues; keeps its arrays from frame to frame, since fresh memory is slow."""

    def __init__(self) -> None:
        self._entry = np.empty((0, 0), np.intp)

    def paint(
        self, counts: StarCounts, hues: Hues, stars: StarColors, scale: Scale, colors: Colors, maps: ColorMaps
    ) -> QImage:
        """The opaque picture, by one table look-up for each pixel."""
        coloring, dimmed = stars.coloring, counts.selected is not None
        if isinstance(coloring, Values):
            assert isinstance(hues, ValueHues)
            table = painted_values(colors, *_shades(coloring, maps), dimmed)
            hue = _value_entries(hues, coloring.centre)
        else:
            assert isinstance(hues, LabelHues)
            table = painted_labels(colors, coloring.hues, dimmed)
            hue = hues.code.astype(np.intp)
        hue *= OPACITIES
        height, width = counts.every.shape
        if self._entry.shape != counts.every.shape:
            self._entry = np.empty(counts.every.shape, np.intp)
        entry = self._entry
        _opacities(counts.every, scale, entry)
        if hues.side == 1:
            entry += hue
        else:
            wide = np.repeat(hue, hues.side, axis=1)[:, :width]
            for line in range(hues.side):
                lines = entry[line :: hues.side]
                lines += wide[: len(lines)]
        image = QImage(width, height, QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.bits(), np.uint32).reshape(height, width)
        np.take(table, entry, mode="clip", out=pixels)
        return image


def _shades(coloring: Values, maps: ColorMaps) -> tuple[str, bool]:
    """The name of the map of a colouring by numbers, and whether its last shade is for the smallest."""
    return maps.diverging if coloring.diverging else maps.sequential, coloring.reversed


def _value_entries(hues: ValueHues, centre: float) -> NDArray[np.intp]:
    """The shade of each cell, STEPS where it has no number."""
    low, high = hues.limits
    position = (hues.mean - np.float32(low - centre)) * np.float32((STEPS - 1) / (high - low))
    np.clip(position, 0, STEPS - 1, out=position)
    position[np.isnan(position)] = STEPS
    entries: NDArray[np.intp] = np.rint(position).astype(np.intp)
    return entries


def _opacities(counts: NDArray[np.int32] | NDArray[np.float32], scale: Scale, into: NDArray[np.intp]) -> None:
    """The place of each count among the opacities."""
    whole = np.issubdtype(counts.dtype, np.integer)
    fineness = 1.0 if whole else min(max(_TABLE / scale.top, 1.0), _FINENESS)
    entries = int(scale.top * fineness) + 2
    table = np.rint(scale.shade(np.arange(entries) / fineness) * (OPACITIES - 1)).astype(np.intp)
    entry = (counts if whole else counts * np.float32(fineness)).astype(np.intp)
    np.take(table, entry, mode="clip", out=into)
