"""Colour ramps: the theme's named colours joined evenly to the eye, as tables for painting images."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

STEPS = 512

# Ottosson (2020), "A perceptual color space for image processing": linear sRGB to cone response, its cube root to Oklab
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def ramp(colors: Sequence[str]) -> NDArray[np.float64]:
    """(STEPS, 3) sRGB from 0 to 1: the colours in order, joined in Oklab at even steps of perceived difference."""
    anchors = np.array([oklab(color) for color in colors])
    apart = np.linalg.norm(np.diff(anchors, axis=0), axis=1)
    along = np.concatenate(([0.0], np.cumsum(apart)))
    at = np.linspace(0, along[-1], STEPS)
    return _srgb(np.stack([np.interp(at, along, anchors[:, k]) for k in range(3)], axis=1))


def blend(colors: NDArray[np.float64], towards: str, share: float) -> NDArray[np.float64]:
    """Colours moved by a share of the way towards another; (m, 3) sRGB."""
    return colors + share * (rgb(towards) - colors)


def rgb(color: str) -> NDArray[np.float64]:
    """(3,) sRGB from 0 to 1."""
    value = QColor(color)
    return np.array([value.redF(), value.greenF(), value.blueF()])


def packed(colors: NDArray[np.float64], alpha: "float | NDArray[np.float64]" = 1.0) -> NDArray[np.uint32]:
    """(m,) uint32 in Qt's premultiplied ARGB32 for (m, 3) sRGB colours and (m,) opacities."""
    opacity = np.broadcast_to(np.asarray(alpha, np.float64), colors.shape[:1])
    red, green, blue = np.rint(colors * opacity[:, None] * 255).astype(np.uint32).T
    result: NDArray[np.uint32] = (np.rint(opacity * 255).astype(np.uint32) << 24) | (red << 16) | (green << 8) | blue
    return result


def oklab(color: str) -> NDArray[np.float64]:
    """(3,) lightness from 0 to 1, and the two axes of hue and chroma."""
    return _lab(rgb(color))


def lightness(colors: NDArray[np.float64]) -> NDArray[np.float64]:
    """(m,) Oklab's lightness from 0 to 1 of (m, 3) sRGB colours."""
    return _lab(colors)[..., 0]


def _lab(colors: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T)


def _srgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    cones = (lab @ np.linalg.inv(_TO_LAB).T) ** 3
    linear = np.clip(cones @ np.linalg.inv(_TO_CONES).T, 0, 1)
    return np.clip(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055), 0, 1)
