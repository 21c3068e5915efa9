"""The raster: where and how finely the stars of a view are drawn."""

from dataclasses import dataclass

from stellar_gui.analysis.regions import Bounds


@dataclass(frozen=True)
class Raster:
    """Where and how finely stars are drawn.

    bounds: the view; width, height: device pixels; ratio: device pixels for each logical one; y_down: whether y grows
    down the picture.
    """

    bounds: Bounds
    width: int
    height: int
    ratio: float
    y_down: bool = False
