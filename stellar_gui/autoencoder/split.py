"""Which stars train, which validate and which test."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.errors import TrainingError

FEWEST_STARS: Final = 3


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of the three parts, (k,) int64 each, disjoint, in random order, read-only."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]

    def __post_init__(self) -> None:
        for item in fields(self):
            getattr(self, item.name).setflags(write=False)


def split(stars: int, seed: int, fractions: tuple[float, float, float]) -> Split:
    """Deal stars 0 ... stars - 1 out at random; the same arguments give the same parts.

    Each part has its fraction of the stars, to the nearest star, and at least one. Raises TrainingError for fewer than
    three stars.
    """
    if stars < FEWEST_STARS:
        raise TrainingError(f"{stars} stars are too few to train, validate and test with; at least three are needed.")
    bounds = np.minimum(np.rint(np.cumsum([0.0, *fractions]) * stars), stars).astype(np.int64)
    sizes = np.diff(bounds)
    for part in np.flatnonzero(sizes == 0):
        if sizes.sum() == stars:
            sizes[sizes.argmax()] -= 1
        sizes[part] = 1
    order = np.random.default_rng(seed).permutation(stars)
    train, validation, test, _ = (part.copy() for part in np.split(order, np.cumsum(sizes)))
    return Split(train, validation, test)
