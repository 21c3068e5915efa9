"""How many stars fall on each pixel of a picture, and how counts become shades."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from fast_histogram import histogram2d
from numpy.typing import NDArray

from stellar_gui.analysis.regions import Bounds

_BLOCK = 2
_ROBUST = 0.998
_SOFTENING = 3.0


class Stretch(Enum):
    """The curve from a pixel's count to its shade."""

    ASINH = "asinh"
    LOG = "log"
    LINEAR = "linear"
    SQRT = "sqrt"


@dataclass(frozen=True)
class Scale:
    """A stretch from one star (share `least` of the ramp) to `top` stars (all of it); less than a star fades out.

    Increasing, so that a denser pixel is never lighter; counts above top take the last shade.
    """

    stretch: Stretch
    top: float
    least: float

    def shade(self, counts: NDArray[np.floating]) -> NDArray[np.float64]:
        """Position on the ramp, 0 to 1, of counts of any shape."""
        above = np.clip((np.asarray(counts, np.float64) - 1) / max(self.top - 1, 1e-9), 0, 1)
        if self.stretch is Stretch.ASINH:
            softening = _SOFTENING / max(self.top - 1, _SOFTENING)
            above = np.arcsinh(above / softening) / np.arcsinh(1 / softening)
        elif self.stretch is Stretch.LOG:
            above = np.log1p(above * (self.top - 1)) / np.log(max(self.top, 2.0))
        elif self.stretch is Stretch.SQRT:
            above = np.sqrt(above)
        shades = np.where(np.asarray(counts) < 1, self.least * counts, self.least + (1 - self.least) * above)
        return np.clip(shades, 0, 1)


def block_counts(
    x: NDArray[np.float32], y: NDArray[np.float32], bounds: Bounds, shape: tuple[int, int]
) -> NDArray[np.float32]:
    """(height, width) float32: the stars on each pixel and its neighbours to the left and above; top row first.

    Each star thus marks a block of 2 x 2 pixels, placed to the pixel: visible when alone and sharp when many.
    """
    height, width = shape
    x0, x1, y0, y1 = bounds
    upwards: NDArray[np.float64] = histogram2d(y, x, bins=(height, width), range=((y0, y1), (x0, x1)))
    counts = upwards.astype(np.float32)[::-1]
    across = counts.copy()
    across[:, 1:] += counts[:, :-1]
    down = across.copy()
    down[1:] += across[:-1]
    return down


def disc_counts(
    x: NDArray[np.float32], y: NDArray[np.float32], bounds: Bounds, shape: tuple[int, int], radius: float
) -> NDArray[np.float32]:
    """(height, width) float32: at each pixel the sum of the stars' discs, 1 inside each and falling to 0 at its rim.

    radius: in pixels; discs are placed to a fraction of a pixel. For up to some ten thousand stars.
    """
    height, width = shape
    x0, x1, y0, y1 = bounds
    reach = int(np.ceil(radius + 0.5))
    across = (x.astype(np.float64) - x0) * (width / (x1 - x0))
    down = (y1 - y.astype(np.float64)) * (height / (y1 - y0))
    near = (across >= -reach) & (across < width + reach) & (down >= -reach) & (down < height + reach)
    across, down = across[near], down[near]
    column, line = np.floor(across).astype(np.int32), np.floor(down).astype(np.int32)
    steps = np.arange(-reach, reach + 1, dtype=np.int32)
    from_x = (column + 0.5 - across).astype(np.float32)[:, None] + steps
    from_y = (line + 0.5 - down).astype(np.float32)[:, None] + steps
    distance = np.sqrt(np.square(from_y)[:, :, None] + np.square(from_x)[:, None, :])
    weight = np.clip(np.float32(radius + 0.5) - distance, 0, 1)
    padded_width = width + 4 * reach
    padded_height = height + 4 * reach
    pixel = ((line[:, None] + steps + 2 * reach) * padded_width)[:, :, None] + (column[:, None] + steps + 2 * reach)[
        :, None, :
    ]
    marked = weight > 0
    sums = np.bincount(pixel[marked], weight[marked], minlength=padded_height * padded_width)
    inner = sums.reshape(padded_height, padded_width)[2 * reach : 2 * reach + height, 2 * reach : 2 * reach + width]
    return inner.astype(np.float32)


def robust_top(counts: NDArray[np.float32]) -> float:
    """The count that all but the densest 0.2 percent of the marked pixels stay under; at least 2."""
    marked = counts[counts >= 1]
    if not marked.size:
        return 2.0
    if marked.size > 50_000:
        marked = marked[:: marked.size // 50_000]
    place = min(int(_ROBUST * marked.size), marked.size - 1)
    return max(float(np.partition(marked, place)[place]), 2.0)
