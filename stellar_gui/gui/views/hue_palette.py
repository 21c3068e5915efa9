"""The colours of labels, safe for colour-blind eyes, and the tables by which numbers and labels are painted."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.color_maps import is_dark, value_ramp
from stellar_gui.gui.views.color_ramp import oklab, packed, rgb

OPACITIES = 64

# Okabe and Ito (2008), "Color universal design"; the two nearest to the accent last, black as the theme's ink
_OKABE_ITO = ("#0072b2", "#cc79a7", "#009e73", "#56b4e9", "", "#f0e442", "#e69f00", "#d55e00")
_YELLOW, _YELLOW_ON_LIGHT = "#f0e442", "#b8a800"
_LIGHTNESS = (0.5, 0.8)  # of further label colours, in Oklab
_LEAST_CHROMA = 0.06


@lru_cache(maxsize=8)
def label_colors(colors: Colors, labels: int) -> tuple[str, ...]:
    """A colour for each label, the commonest first: Okabe and Ito's eight, then ones as far from all others as can be.

    The latter after Glasbey et al. (2007), "Colour displays for categorical images".
    """
    first = [on_theme(color or colors.ink, colors) for color in _OKABE_ITO]
    chosen = first[:labels]
    if labels <= len(first):
        return tuple(chosen)
    candidates = [
        QColor(red, green, blue).name()
        for red in range(0, 256, 32)
        for green in range(0, 256, 32)
        for blue in range(0, 256, 32)
    ]
    places = np.array([oklab(color) for color in candidates])
    fit = (places[:, 0] > _LIGHTNESS[0]) & (places[:, 0] < _LIGHTNESS[1])
    fit &= np.hypot(places[:, 1], places[:, 2]) > _LEAST_CHROMA
    places, candidates = places[fit], [color for color, good in zip(candidates, fit, strict=True) if good]
    taken = np.array([oklab(color) for color in (*first, colors.accent, colors.card, colors.muted)])
    nearest = np.linalg.norm(places[:, None] - taken, axis=2).min(axis=1)
    for _ in range(labels - len(first)):
        best = int(np.argmax(nearest))
        chosen.append(candidates[best])
        nearest = np.minimum(nearest, np.linalg.norm(places - places[best], axis=1))
    return tuple(chosen)


def hue_colors(colors: Colors, hues: tuple[int, ...]) -> tuple[str, ...]:
    """Of the label colours, those with these places."""
    every = label_colors(colors, max(hues, default=-1) + 1)
    return tuple(every[hue] for hue in hues)


def on_theme(color: str, colors: Colors) -> str:
    """The colour as it is drawn: yellow darker on a light ground, any other as it is."""
    return _YELLOW_ON_LIGHT if color == _YELLOW and not is_dark(colors) else color


def rest_color(colors: Colors) -> str:
    """The grey of what has no number, or no colour of its own."""
    return "#7d838b" if is_dark(colors) else "#a2a7ae"


@lru_cache(maxsize=16)
def painted_values(colors: Colors, name: str, is_reversed: bool, dimmed: bool) -> NDArray[np.uint32]:
    """((STEPS + 1) * OPACITIES,) uint32: the shades of a colour map and the grey, as `_painted` has them."""
    return _painted(np.vstack([value_ramp(colors, name, is_reversed), rgb(rest_color(colors))]), colors, dimmed)


@lru_cache(maxsize=16)
def painted_labels(colors: Colors, hues: tuple[int, ...], dimmed: bool) -> NDArray[np.uint32]:
    """((m + 1) * OPACITIES,) uint32: the colours of m labels and the grey, as `_painted` has them."""
    shades = (*hue_colors(colors, hues), rest_color(colors))
    return _painted(np.array([rgb(color) for color in shades]), colors, dimmed)


def _painted(full: NDArray[np.float64], colors: Colors, dimmed: bool) -> NDArray[np.uint32]:
    """RGB32, read-only: each of the colours (m, 3) sRGB from the card's to all of it; dimmed: fainter altogether."""
    opacity = np.linspace(0, dimming(colors) if dimmed else 1.0, OPACITIES)[:, None]
    card = rgb(colors.card)
    table = packed((card + opacity * (full[:, None, :] - card)).reshape(-1, 3))
    table.setflags(write=False)
    return table


def dimming(colors: Colors) -> float:
    """The opacity left to coloured stars while others are selected."""
    return 0.5 if is_dark(colors) else 0.4
