"""The regions that gestures have drawn on the latent plane, together as one region."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.planes import LatentPlane
from stellar_gui.analysis.recipes import Drawn, Gestures, Recipe
from stellar_gui.analysis.regions import OUTSIDE, WHOLE, Bounds, Region
from stellar_gui.analysis.selection import Mode, combine


@dataclass(frozen=True)
class Drawing:
    """Regions, each joined to those before it by its mode; with none before the first."""

    steps: tuple[tuple[Mode, Region], ...]

    @property
    def bounds(self) -> Bounds:
        """A rectangle around all regions."""
        bounds = np.array([region.bounds for _, region in self.steps])
        low, high = bounds.min(axis=0), bounds.max(axis=0)
        return float(low[0]), float(high[1]), float(low[2]), float(high[3])

    def contains(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.bool_]:
        """(n,) bool: as `Region.contains`."""
        mask = np.zeros(np.shape(x), bool)
        for mode, region in self.steps:
            mask = combine(mask, region.contains(x, y), mode)
        return mask

    def cover(self, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.uint8]:
        """As `Region.cover`, by the logic of three values of Kleene 1938."""
        covered = np.full((len(rows) - 1, len(columns) - 1), OUTSIDE, np.uint8)
        for mode, region in self.steps:
            step = region.cover(columns, rows)
            match mode:
                case Mode.REPLACE:
                    covered = step
                case Mode.ADD:
                    covered = np.maximum(covered, step)
                case Mode.INTERSECT:
                    covered = np.minimum(covered, step)
                case Mode.REMOVE:
                    covered = np.minimum(covered, np.uint8(WHOLE) - step)
        return covered


def drawing_of(recipe: Recipe) -> Region | None:
    """What a recipe of regions on the latent plane draws; None where it consists of anything else as well."""
    if isinstance(recipe, Drawn):
        return recipe.region if isinstance(recipe.plane, LatentPlane) and not recipe.plane.flat else None
    if not isinstance(recipe, Gestures):
        return None
    steps = [*([] if recipe.first is None else [(Mode.REPLACE, recipe.first)]), *recipe.then]
    drawn = [(mode, drawing_of(part)) for mode, part in steps]
    found = tuple((mode, region) for mode, region in drawn if region is not None)
    return Drawing(found) if len(found) == len(drawn) > 0 else None
