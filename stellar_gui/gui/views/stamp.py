"""A map the size of a stamp, painted in the theme's shades of density."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from stellar_gui.analysis.density import Scale, Stretch
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.color_maps import STANDARD
from stellar_gui.gui.views.color_ramp import STEPS
from stellar_gui.gui.views.density_layer import palette

_LEAST = (0.5, 0.1)  # share of the ramp for one star, of a thousand and of many


def stamp(counts: NDArray[np.uint16], colors: Colors) -> QImage:
    """The picture of stars counted on pixels (height, width), top row first; pixels without a star are the card's."""
    least = float(np.interp(np.log10(max(int(counts.sum()), 1)), (3.0, 5.0), _LEAST))
    scale = Scale.of(counts, Stretch.SQRT, least)
    shades = np.rint(scale.shade(counts.astype(np.float32)) * (STEPS - 1)).astype(np.intp)
    height, width = counts.shape
    image = QImage(width, height, QImage.Format.Format_RGB32)
    np.frombuffer(image.bits(), np.uint32).reshape(height, width)[:] = palette(colors, STANDARD, False)[shades]
    return image
