"""How many stars fall on each pixel of a picture, and how counts become shades."""

import math
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from fast_histogram import histogram2d
from numpy.typing import NDArray

from stellar_gui.analysis.regions import Bounds

_BLOCK = 2
_SEED = 0
_ROBUST = 0.998
_Count = TypeVar("_Count", np.int32, np.float32)
_STARS_TO_TRUST = 3.0  # of the sample, on a block
_SOFTENING = 3.0
_FINENESS = 64  # steps of a count by which sums of discs are ranked


class Stretch(Enum):
    """The curve from a pixel's count to its shade."""

    ASINH = "asinh"
    LOG = "log"
    LINEAR = "linear"
    SQRT = "sqrt"
    EQUALISED = "equalised"


@dataclass(frozen=True, eq=False)
class Scale:
    """A stretch from one star (share `least` of the ramp) to `top` stars (all of it); less than a star fades out.

    Increasing, so that a denser pixel is never lighter; counts above top take the last shade. ranks: (2, k), of the
    equalised stretch, counts in ascending order and how much of the way from one star to top each has come.
    """

    stretch: Stretch
    top: float
    least: float
    ranks: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, counts: NDArray[np.integer] | NDArray[np.floating], stretch: Stretch, least: float) -> "Scale":
        """The scale of a picture's counts (height, width): its top is their `robust_top`.

        The equalised stretch gives shades in proportion to the pixels that wear them, among those with more than one
        star (histogram equalisation, each count in the middle of its pixels' ranks).
        """
        top = robust_top(counts)
        return cls(stretch, top, least, _ranks(counts, top) if stretch is Stretch.EQUALISED else None)

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
        elif self.ranks is not None:
            above = np.interp(counts, *self.ranks)
        shades = np.where(np.asarray(counts) < 1, self.least * counts, self.least + (1 - self.least) * above)
        return np.clip(shades, 0, 1)


def pixel_counts(
    x: NDArray[np.float32], y: NDArray[np.float32], bounds: Bounds, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """(height, width) float64: the stars on each pixel, bottom row first."""
    x0, x1, y0, y1 = bounds
    counts: NDArray[np.float64] = histogram2d(y, x, bins=shape, range=((y0, y1), (x0, x1)))
    return counts


class BlockCounts:
    """Sums counts of pixels over blocks of 2 x 2, each pixel with its neighbours to the left and above.

    Each star thus marks a block, placed to the pixel: visible when alone and sharp when many. The answers are arrays
    that the next call overwrites: fetching fresh memory for every frame would cost more than the sums.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, type], NDArray[Any]] = {}

    def of(self, pixels: NDArray[np.float64], step: int = 1) -> NDArray[np.int32]:
        """(height, width) int32, top row first: the sums, or, of a sample, an estimate of what they would be.

        pixels: (height, width), the stars on each, bottom row first; step: all stars for each that was counted.
        """
        return self._summed(self._from_top(pixels, np.int32)) if step == 1 else self._estimated(pixels, step)

    def _estimated(self, pixels: NDArray[np.float64], step: int) -> NDArray[np.int32]:
        """A picture as bright and as grainy as that of all stars.

        Where the sample is dense it is taken as it is, times step. Where it is sparse each of its stars is spread
        over the area that its step stars would mark, and the mean turned into single marks at random, always the same
        at the same pixel.
        """
        counts = self._from_top(pixels, np.float32)
        wide = self._array("wide", pixels.shape, np.float32)
        _spread(counts, sample_side(step), wide)
        sums = self._summed(counts)
        trust = self._array("spare", pixels.shape, np.float32)
        np.add(wide, np.float32(_STARS_TO_TRUST), out=trust)
        np.divide(wide, trust, out=trust)
        sums -= wide
        sums *= trust
        sums += wide
        sums *= np.float32(step)
        sums += _grain(pixels.shape)
        estimate = self._array("estimate", pixels.shape, np.int32)
        np.copyto(estimate, sums, casting="unsafe")
        return estimate

    def _from_top(self, pixels: NDArray[np.float64], kind: type[_Count]) -> NDArray[_Count]:
        counts = self._array("counts", pixels.shape, kind)
        np.copyto(counts, pixels[::-1], casting="unsafe")
        return counts

    def _summed(self, counts: NDArray[_Count]) -> NDArray[_Count]:
        """The sums over blocks, in place of the counts."""
        across = self._array("spare", counts.shape, counts.dtype.type)
        across[:, 0] = counts[:, 0]
        np.add(counts[:, 1:], counts[:, :-1], out=across[:, 1:])
        counts[0] = across[0]
        np.add(across[1:], across[:-1], out=counts[1:])
        return counts

    def _array(self, name: str, shape: tuple[int, ...], kind: type[_Count]) -> NDArray[_Count]:
        array = self._kept.get((name, kind))
        if array is None or array.shape != shape:
            self._kept[name, kind] = array = np.empty(shape, kind)
        return array


@dataclass(frozen=True, eq=False)
class Discs:
    """The pixels that stars' discs cover.

    shape: (height, width) of the picture; star, pixel: (p,) int32, a star and a pixel that its disc covers, of a
    picture with `border` more pixels on each side; weight: (p,) float32, 1 inside a disc and falling to 0 at its rim.
    """

    shape: tuple[int, int]
    border: int
    star: NDArray[np.int32]
    pixel: NDArray[np.int32]
    weight: NDArray[np.float32]

    @classmethod
    def of(
        cls, x: NDArray[np.float32], y: NDArray[np.float32], bounds: Bounds, shape: tuple[int, int], radius: float
    ) -> "Discs":
        """The discs of stars, for up to some ten thousand, placed to a fraction of a pixel; radius: in pixels."""
        height, width = shape
        x0, x1, y0, y1 = bounds
        reach = int(np.ceil(radius + 0.5))
        across = (x.astype(np.float64) - x0) * (width / (x1 - x0))
        down = (y1 - y.astype(np.float64)) * (height / (y1 - y0))
        near = (across >= -reach) & (across < width + reach) & (down >= -reach) & (down < height + reach)
        star = np.flatnonzero(near).astype(np.int32)
        across, down = across[near], down[near]
        column, line = np.floor(across).astype(np.int32), np.floor(down).astype(np.int32)
        steps = np.arange(-reach, reach + 1, dtype=np.int32)
        from_x = (column + 0.5 - across).astype(np.float32)[:, None] + steps
        from_y = (line + 0.5 - down).astype(np.float32)[:, None] + steps
        distance = np.sqrt(np.square(from_y)[:, :, None] + np.square(from_x)[:, None, :])
        weight = np.clip(np.float32(radius + 0.5) - distance, 0, 1)
        border = 2 * reach
        lines = (line[:, None] + steps + border) * (width + 2 * border)
        pixel = lines[:, :, None] + (column[:, None] + steps + border)[:, None, :]
        marked = weight > 0
        covered = np.count_nonzero(marked, axis=(1, 2))
        return cls(shape, border, np.repeat(star, covered), pixel[marked], weight[marked])

    def sums(
        self, chosen: NDArray[np.bool_] | None = None, numbers: NDArray[np.floating] | None = None
    ) -> NDArray[np.float32]:
        """(height, width) float32: the sum of the weights at each pixel; of chosen stars (m,), times numbers (m,)."""
        star, pixel, weight = self.star, self.pixel, self.weight
        if chosen is not None and not chosen.all():
            taken = chosen[star]
            star, pixel, weight = star[taken], pixel[taken], weight[taken]
        if numbers is not None:
            weight = weight * numbers[star]
        height, width = self.shape
        border = self.border
        padded = height + 2 * border, width + 2 * border
        sums = np.bincount(pixel, weight, minlength=padded[0] * padded[1]).reshape(padded)
        return sums[border : border + height, border : border + width].astype(np.float32)


def sample_side(step: int) -> int:
    """Pixels along the side of the square over which a star of a sample of one in `step` is spread."""
    return int(2 ** round(math.log2(step) / 2))


def _two_digits(value: float) -> float:
    """A number rounded to two digits that count."""
    unit = 10.0 ** max(math.floor(math.log10(value)) - 1, 0) if value >= 10 else 0.0
    return round(value / unit) * unit if unit else value


def robust_top(counts: NDArray[np.integer] | NDArray[np.floating]) -> float:
    """The count that all but the densest 0.2 percent of marked pixels stay under, by each eighth line; at least 2.

    Rounded to two digits, so that the shades do not flicker while the view moves.
    """
    marked = _marked(counts)
    if not marked.size:
        return 2.0
    place = min(int(_ROBUST * marked.size), marked.size - 1)
    return max(_two_digits(float(np.partition(marked, place)[place])), 2.0)


def _marked(counts: NDArray[np.integer] | NDArray[np.floating]) -> NDArray[Any]:
    """The counts of at least one star on each eighth line."""
    lines = counts[::8]
    return lines[lines >= 1]


def _ranks(counts: NDArray[np.integer] | NDArray[np.floating], top: float) -> NDArray[np.float64]:
    """(2, k): counts from one star to top, and the middle of each one's ranks among the pixels of more than one star.

    Of whole counts each second pixel of `robust_top`'s is asked.
    """
    fineness = 1 if np.issubdtype(counts.dtype, np.integer) else _FINENESS
    steps = _marked(counts)[::2] if fineness == 1 else (_marked(counts) * fineness).astype(np.int32)
    pixels = np.bincount(np.minimum(steps, int(top * fineness)), minlength=fineness + 1)
    pixels[: fineness + 1] = 0
    ranks = (np.cumsum(pixels) - pixels / 2) / max(pixels.sum(), 1)
    met = np.flatnonzero(pixels[: int(top * fineness)])
    return np.stack([np.concatenate(([1.0], met / fineness, [top])), np.concatenate(([0.0], ranks[met], [1.0]))])


@lru_cache(maxsize=4)
def _grain(shape: tuple[int, int]) -> NDArray[np.float32]:
    """Random numbers from 0 to 1, one for each block of a picture; read-only."""
    height, width = shape
    blocks = np.random.default_rng(_SEED).random((height // 2 + 1, width // 2 + 1), np.float32)
    grain = np.repeat(np.repeat(blocks, _BLOCK, axis=0)[:height], _BLOCK, axis=1)[:, :width]
    grain.setflags(write=False)
    return grain


def _spread(pixels: NDArray[np.float32], side: int, into: NDArray[np.float32]) -> None:
    """The sums over blocks of four pixels, averaged over neighbourhoods about 2 * side wide."""
    height, width = pixels.shape
    padded = np.pad(pixels, ((0, -height % side), (0, -width % side)))
    rows = np.add.reduce([padded[k::side] for k in range(side)])
    cells = np.add.reduce([rows[:, k::side] for k in range(side)])
    cells = np.pad(cells, 1, mode="edge")
    cells = cells[:-2] + 2 * cells[1:-1] + cells[2:]
    cells = cells[:, :-2] + 2 * cells[:, 1:-1] + cells[:, 2:]
    cells *= np.float32(_BLOCK**2 / (16 * side**2))
    lines = np.repeat(cells, side, axis=1)[:, :width]
    for k in range(side):
        into[k::side] = lines[: len(into[k::side])]
