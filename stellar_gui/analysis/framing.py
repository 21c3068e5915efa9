"""Which part of the plane to show of stars with a given extent."""

import numpy as np

from stellar_gui.analysis.regions import Bounds

MARGIN = 0.04
LEAST_SPAN = 1e-6
"""Of the coordinates' size: float32 stars cannot be told apart below."""


def framed(bounds: Bounds, margin: float = MARGIN) -> Bounds:
    """The bounds with a margin, a share of the extent, on each side; of one value, a unit range around it."""
    return *_widened(bounds[0], bounds[1], margin), *_widened(bounds[2], bounds[3], margin)


def _widened(low: float, high: float, margin: float) -> tuple[float, float]:
    if not (np.isfinite(low) and np.isfinite(high)):
        return 0.0, 1.0
    span = high - low
    if span <= LEAST_SPAN * max(abs(low), abs(high)):
        half = max(0.5, abs(low) * 0.05)
        middle = (low + high) / 2
        return middle - half, middle + half
    return low - margin * span, high + margin * span
