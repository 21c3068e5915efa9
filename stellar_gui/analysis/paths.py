"""Paths over the latent plane: points at even steps along a line of corners."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.errors import InputError

STEPS: Final = 200
"""Points along a path, unless the user asks for another number."""

FEWEST_STEPS: Final = 2


@dataclass(frozen=True, eq=False)
class PlanePath:
    """A line of straight pieces through k corners, and m points evenly spaced along it, its two ends among them.

    corners: (k, 2) float64, latent units. length: (m,) float64, latent units from the start along the line, ascending.
    points: (m, 2) float64. All arrays are read-only.
    """

    corners: NDArray[np.float64]
    length: NDArray[np.float64]
    points: NDArray[np.float64]

    def __post_init__(self) -> None:
        for array in (self.corners, self.length, self.points):
            array.setflags(write=False)

    @classmethod
    def through(cls, corners: NDArray[np.floating], steps: int = STEPS) -> "PlanePath":
        """Through corners (k, 2) with `steps` points; corners that repeat the one before count once.

        Raises InputError for a corner that is not finite, for fewer than two different ones, and for less than two
        steps.
        """
        corners = np.array(corners, np.float64).reshape(-1, 2)
        if not np.isfinite(corners).all():
            raise InputError("A corner of the path is not a number; give both coordinates of every corner.")
        if steps < FEWEST_STEPS:
            raise InputError(f"A path has {FEWEST_STEPS} points at least.")
        moves = np.hypot(*np.diff(corners, axis=0).T) if len(corners) else np.empty(0)
        corners = corners[np.append(True, moves > 0)] if len(corners) else corners
        if len(corners) < 2:
            raise InputError("A path needs two different corners at least.")
        at_corner = np.append(0.0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T)))
        length = np.linspace(0.0, at_corner[-1], steps)
        points = np.column_stack([np.interp(length, at_corner, axis) for axis in corners.T])
        return cls(corners, length, points)

    @property
    def total(self) -> float:
        """Its whole length, latent units."""
        return float(self.length[-1])

    def nearest_step(self, length: float) -> int:
        """The place, 0 to m - 1, of the point nearest to a length along the line; the ends for what lies beyond."""
        return int(np.clip(np.rint(length / self.total * (len(self.length) - 1)), 0, len(self.length) - 1))
