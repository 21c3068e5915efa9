"""Stretches of a line whose points are alike."""

import numpy as np
from numpy.typing import NDArray


def runs(flags: NDArray[np.bool_]) -> list[tuple[slice, bool]]:
    """The points of each stretch between changes of flags (m,), and whether the flag is set there.

    A stretch with the flag begins at the last point before it and goes on to the first beyond, so that lines through
    the points leave no gap.
    """
    edges = np.flatnonzero(np.diff(flags)) + 1
    starts, stops = np.append(0, edges), np.append(edges, len(flags))
    found = []
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        flagged = bool(flags[start])
        reach = 1 if flagged else 0
        found.append((slice(max(start - reach, 0), min(stop + reach, len(flags))), flagged))
    return found
