"""Where on the latent plane there are stars enough for a decoder to know what it says, and which star is nearest."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.spatial import KDTree

SHARE: Final = 0.995
"""The populated region holds this share of the stars."""

NEIGHBOURS: Final = 10
"""The distance to so many stars tells how crowded a place is."""

_SAMPLE = 20_000  # stars by which the region is settled
_SEED = 0


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Of m places: the row of the star nearest to each, how far away it is, and whether the place is populated.

    row: (m,) int64. distance: (m,) float64, latent units. extrapolated: (m,) bool, outside the populated region.
    All arrays are read-only.
    """

    row: NDArray[np.int64]
    distance: NDArray[np.float64]
    extrapolated: NDArray[np.bool_]

    def __post_init__(self) -> None:
        for item in fields(self):
            getattr(self, item.name).setflags(write=False)


@dataclass(frozen=True, eq=False)
class PopulatedRegion:
    """The places whose 10th nearest star is no farther away than that of 99.5 percent of the stars themselves.

    That is the highest-density region (Hyndman 1996, The American Statistician 50, 120) of the nearest-neighbour
    estimate of the stars' density (Loftsgaarden and Quesenberry 1965): it follows the stars into thin arms and holes,
    and a lone star has none around it. Distances are Euclidean, in latent units, which are the same along both axes; a
    star counts among its own ten. Where there are fewer stars than ten, the farthest counts.

    row: (k,) int64, the stars' rows in the catalogue, read-only; reach: the largest distance, latent units.
    """

    row: NDArray[np.int64]
    reach: float
    tree: "KDTree"

    def __post_init__(self) -> None:
        self.row.setflags(write=False)

    @classmethod
    def of(cls, latent: NDArray[np.floating]) -> "PopulatedRegion":
        """Of stars at (n, 2 or more) latent positions, of which the first two count and NaN takes no part.

        At least one is finite. Work for a worker; the distance is settled by 20,000 stars, drawn with a fixed seed.
        """
        from scipy.spatial import KDTree  # costs a fifth of a second, which the empty window need not wait for

        plane = np.asarray(latent[:, :2], np.float64)
        row = np.flatnonzero(np.isfinite(plane).all(axis=1))
        plane = plane[row]
        tree = KDTree(plane, balanced_tree=False, compact_nodes=False)
        drawn = np.random.default_rng(_SEED).permutation(len(plane))[:_SAMPLE]
        away, _ = tree.query(plane[drawn], k=[min(NEIGHBOURS, len(plane))])
        return cls(row, float(np.quantile(away, SHARE, method="inverted_cdf")), tree)

    def around(self, places: NDArray[np.floating]) -> Surroundings:
        """What there is around places (m, 2), finite, in latent units; in a quarter of a millisecond for one."""
        away, found = self.tree.query(places, k=[1, min(NEIGHBOURS, len(self.row))])
        row = self.row[found[:, 0]]
        return Surroundings(row, away[:, 0], away[:, 1] > self.reach)
