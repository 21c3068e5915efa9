"""The one-cycle learning rate."""

import math
from typing import Final

WARM_UP: Final = 0.1
START: Final = 1 / 25
END: Final = 1e-3


def one_cycle(fraction: float, peak: float) -> float:
    """Learning rate when a fraction (0 to 1) of the training is done: half a cosine up to peak, half a one down.

    Smith and Topin 2019, arXiv:1708.07120. The rise, from 1/25 of the peak, takes a tenth of the training; the fall, to
    1/1000 of it, the rest.
    """
    fraction = min(max(fraction, 0.0), 1.0)
    if fraction < WARM_UP:
        return peak * _between(START, 1.0, fraction / WARM_UP)
    return peak * _between(1.0, END, (fraction - WARM_UP) / (1.0 - WARM_UP))


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1.0 + math.cos(math.pi * share)) / 2.0
