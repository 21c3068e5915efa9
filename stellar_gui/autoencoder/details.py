"""What is known of stars beside their magnitudes: photometric errors, non-detections, extinction."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import BANDS


@dataclass(frozen=True, eq=False)
class Details:
    """What is known of n stars beside their magnitudes, bands in the order u g r i z; None where nothing is.

    errors: (n, 5) float32, mag, one standard deviation; NaN where it is not known.
    masked: (n, 5) bool, bands without a detection, whose magnitude plays no part.
    extinction: (n, 5) float32, mag, by which dust dims the star; finite.
    All arrays are read-only. Raises ValueError for arrays of different shapes.
    """

    errors: NDArray[np.float32] | None = None
    masked: NDArray[np.bool_] | None = None
    extinction: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        arrays = self.arrays()
        for array in arrays.values():
            array.setflags(write=False)
        if any(array.ndim != 2 or array.shape[1] != BANDS for array in arrays.values()):
            raise ValueError("details have one column per band")
        if len({len(array) for array in arrays.values()}) > 1:
            raise ValueError("details of different numbers of stars")

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """What is known, by name."""
        found = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: array for name, array in found.items() if array is not None}

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_] | slice) -> "Details":
        """The same of some of the stars."""
        return Details(**{name: array[rows] for name, array in self.arrays().items()})


NO_DETAILS = Details()
