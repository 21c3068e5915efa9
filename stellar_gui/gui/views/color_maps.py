"""The colour maps to choose from: even to the eye, safe for colour-blind eyes, seen on a light and on a dark card."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.color_ramp import STEPS, blend, lightness, oklab, ramp

STANDARD: Final = "Standard"
# viridis, plasma, magma: van der Walt and Smith (2015); cividis: Nuñez et al. (2018); L1, L6: Kovesi (2015)
_SOURCES: Final = {
    STANDARD: "viridis",
    "Viridis": "viridis",
    "Cividis": "cividis",
    "Plasma": "plasma",
    "Magma": "magma",
    "Blues": "CET-L6",
    "Greys": "CET-L1",
}
_DIVERGING: Final = {
    "Blue and pink": (
        ("#08408a", "#4f8cc9", "#b3b5b8", "#c66a8c", "#84093f"),
        ("#8cc4ff", "#4a8ed0", "#6e737a", "#cf6a8a", "#ffa3b9"),
    ),
    "Purple and green": (
        ("#4b1a78", "#9575c0", "#b3b5b8", "#58a06a", "#0b5423"),
        ("#d3b0ff", "#9278c8", "#6e737a", "#4f9e68", "#92e3a4"),
    ),
    "Blue and yellow": (
        ("#123f8f", "#5d86cf", "#b3b5b8", "#a8943a", "#5f4a00"),
        ("#9dbcff", "#5f86d2", "#6e737a", "#a08d35", "#ecd75c"),
    ),
}  # on a light card and on a dark one; the middle is nearest to the card
SEQUENTIAL: Final = tuple(_SOURCES)
"""For densities and for numbers; the standard is the theme's blue for densities and viridis for numbers."""

DIVERGING: Final = tuple(_DIVERGING)
"""For numbers that are read about zero; the first is the standard."""

_STANDS_OUT = 0.165  # of Oklab's lightness, between the card and the nearest shade
_SAMPLES = 33
_DIMMING = {False: 0.5, True: 0.45}  # on a light and on a dark card: as the theme's, for maps of any hue


@dataclass(frozen=True)
class ColorMaps:
    """The names of the maps in use, one for each kind of number."""

    sequential: str = STANDARD
    diverging: str = DIVERGING[0]

    def with_map(self, name: str) -> "ColorMaps":
        """The same but for the kind of the map of that name. Raises ValueError for an unknown one."""
        if name in _SOURCES:
            return replace(self, sequential=name)
        if name in _DIVERGING:
            return replace(self, diverging=name)
        raise ValueError(f"there is no colour map {name}")


def is_dark(colors: Colors) -> bool:
    """Whether a theme paints on a dark ground."""
    return QColor(colors.card).lightnessF() < 0.5


@lru_cache(maxsize=32)
def value_ramp(colors: Colors, name: str, is_reversed: bool) -> NDArray[np.float64]:
    """(STEPS, 3) sRGB from the smallest number to the largest, read-only: the part of the map that stands out."""
    if name in _DIVERGING:
        table = ramp(_DIVERGING[name][is_dark(colors)])
    else:
        first, last = _visible(colors, name)
        table = _sampled(name, np.linspace(first, last, STEPS))
    table = np.ascontiguousarray(table[::-1] if is_reversed else table)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=32)
def density_ramp(colors: Colors, name: str, dimmed: bool) -> NDArray[np.float64]:
    """(STEPS, 3) sRGB from no star to the densest pixel, read-only: ever farther from the card in lightness.

    dimmed: faded towards the card, while a selection lies over it.
    """
    if name == STANDARD:
        full, fade = ramp(colors.density), colors.dimming
    else:
        nearest, farthest = _visible(colors, name)[:: 1 if is_dark(colors) else -1]
        shades = _sampled(name, np.linspace(nearest, farthest, _SAMPLES))
        full = ramp((colors.card, *(QColor.fromRgbF(*shade).name() for shade in shades.tolist())))
        fade = _DIMMING[is_dark(colors)]
    table = blend(full, colors.card, fade) if dimmed else full
    table.setflags(write=False)
    return table


@lru_cache(maxsize=32)
def _visible(colors: Colors, name: str) -> tuple[float, float]:
    """The part of a sequential map, of 0 to 1, that is darker than a light card or lighter than a dark one."""
    positions = np.linspace(0, 1, STEPS)
    away = lightness(_sampled(name, positions)) - oklab(colors.card)[0]
    seen = positions[away >= _STANDS_OUT] if is_dark(colors) else positions[away <= -_STANDS_OUT]
    return float(seen[0]), float(seen[-1])


def _sampled(name: str, positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """(m, 3) sRGB: a sequential map at positions from 0 to 1, dark to light."""
    return np.asarray(pg.colormap.get(_SOURCES[name]).map(positions, mode="float")[:, :3], np.float64)
