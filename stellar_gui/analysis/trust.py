"""How far distances on the latent plane can be trusted, cell by cell: errors, stars, the decoder's local stretch."""

from dataclasses import dataclass, fields
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.framing import framed
from stellar_gui.analysis.regions import Bounds
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.autoencoder.embedding import Embedding

LEAST_STARS: Final = 3
"""A cell with fewer stars is not populated and tells nothing."""

_STARS_PER_CELL = 6
_SIDES = (12, 96)


@dataclass(frozen=True, eq=False)
class Stretch:
    """The pull-back metric G = J^T J of a decoder at k points of the latent plane, J its Jacobian.

    After Arvanitidis et al. 2018, "Latent space oddity", ICLR.
    log_area: (k,) float64, log10 of sqrt(det G), mag^2 per latent unit^2: into how large an area in magnitudes a unit
    square of the plane is decoded. semi_axes: (k, 2) float64, mag per latent unit, the larger first: how fast
    magnitudes change along the directions in which they do so most and least. direction: (k, 2) float64, the unit
    vector of the first. All arrays are read-only.
    """

    log_area: NDArray[np.float64]
    semi_axes: NDArray[np.float64]
    direction: NDArray[np.float64]

    def __post_init__(self) -> None:
        _freeze(self)

    @classmethod
    def of(cls, jacobian: NDArray[np.float64]) -> "Stretch":
        """From Jacobians (k, 5, m), mag per latent unit, m >= 2; of more than two coordinates the first two count."""
        _, semi_axes, directions = np.linalg.svd(jacobian[:, :, :2], full_matrices=False)
        with np.errstate(divide="ignore"):
            log_area = np.log10(semi_axes).sum(axis=1)
        return cls(log_area, semi_axes, directions[:, 0])


@dataclass(frozen=True, eq=False)
class LatentCells:
    """A grid of s x s cells over the bulk of the stars on the latent plane; row 0 is the lowest.

    bounds: of the grid. stars: (s, s) int32. error: (s, s) float64, mag, mean reconstruction error of a cell's stars,
    NaN where it is not populated. row, column: (k,) places of the populated cells; point: (k, m) float64, the mean
    latent position of the stars of each. All arrays are read-only.
    """

    bounds: Bounds
    stars: NDArray[np.int32]
    error: NDArray[np.float64]
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    point: NDArray[np.float64]

    def __post_init__(self) -> None:
        _freeze(self)

    @classmethod
    def of(cls, embedding: Embedding) -> "LatentCells":
        """Of an embedding with two latent coordinates at least; cells are finer the more stars there are."""
        latent = embedding.latent
        bounds = framed(GridIndex(latent[:, 0], latent[:, 1]).bulk, margin=0.0)
        x0, x1, y0, y1 = bounds
        side = int(np.clip(np.sqrt(np.isfinite(latent[:, 0]).sum() / _STARS_PER_CELL), *_SIDES))
        inside = (latent[:, 0] >= x0) & (latent[:, 0] < x1) & (latent[:, 1] >= y0) & (latent[:, 1] < y1)
        latent, error = latent[inside].astype(np.float64), embedding.error[inside]
        column = _cell(latent[:, 0], x0, x1, side)
        cell = _cell(latent[:, 1], y0, y1, side) * side + column
        stars = np.bincount(cell, minlength=side * side)
        populated = np.flatnonzero(stars >= LEAST_STARS)
        mean = np.full(side * side, np.nan)
        mean[populated] = np.bincount(cell, error, side * side)[populated] / stars[populated]
        sums = np.stack([np.bincount(cell, axis, side * side)[populated] for axis in latent.T], axis=1)
        return cls(
            bounds,
            stars.astype(np.int32).reshape(side, side),
            mean.reshape(side, side),
            *np.divmod(populated, side),
            sums / stars[populated, None],
        )

    @property
    def log_density(self) -> NDArray[np.float64]:
        """(s, s) float64: log10 of the stars per latent unit^2; NaN where a cell is not populated."""
        x0, x1, y0, y1 = self.bounds
        area = (x1 - x0) * (y1 - y0) / self.stars.size
        return self.spread(np.log10(self.stars[self.row, self.column] / area))

    def spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(s, s): a value for each populated cell, (k,), in its place; NaN elsewhere."""
        grid = np.full(self.stars.shape, np.nan)
        grid[self.row, self.column] = values
        return grid


class Shading(Enum):
    """What the latent plane is shaded by; the value is the title of its colour bar, with its unit."""

    NONE = ""
    ERROR = "mean reconstruction error (mag)"
    AREA = "log₁₀ stretch (mag² per unit²)"
    ELLIPSES = "stretch (mag per unit)"
    DENSITY = "log₁₀ stars per unit²"


@dataclass(frozen=True, eq=False)
class TrustMap:
    """The cells of a latent plane, and the decoder's stretch at the mean position of each populated one."""

    cells: LatentCells
    stretch: Stretch

    def values(self, shading: Shading) -> NDArray[np.float64] | None:
        """(s, s) float64: what each cell is shaded by, NaN where it is not populated; None for what shades no cells."""
        match shading:
            case Shading.ERROR:
                return self.cells.error
            case Shading.AREA:
                return self.cells.spread(self.stretch.log_area)
            case Shading.DENSITY:
                return self.cells.log_density
        return None


def _cell(values: NDArray[np.floating], low: float, high: float, side: int) -> NDArray[np.intp]:
    return np.minimum(((values - low) * (side / (high - low))).astype(np.intp), side - 1)


def _freeze(value: "Stretch | LatentCells") -> None:
    for item in fields(value):
        if isinstance(array := getattr(value, item.name), np.ndarray):
            array.setflags(write=False)
