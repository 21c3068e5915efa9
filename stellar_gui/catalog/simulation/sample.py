"""The simulated catalogue: all populations behind dust, observed, shuffled and written as the survey writes them."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import ColumnRoles
from stellar_gui.catalog.simulation.photometry import observe, true_magnitudes
from stellar_gui.catalog.simulation.populations import draw_population
from stellar_gui.catalog.simulation.selection import SHARES
from stellar_gui.catalog.simulation.sky import draw_sightlines
from stellar_gui.errors import InputError

MOST_STARS: Final = 10_000_000


@dataclass(frozen=True, eq=False)
class SimulatedStars:
    """A simulated catalogue of n stars and the truth behind it; row k of both is the same star.

    true_magnitudes: (n, 5) float64, mag, noise-free logarithmic u g r i z, extinction included. Read-only.
    """

    catalog: Catalog
    true_magnitudes: NDArray[np.float64]

    def __post_init__(self) -> None:
        self.true_magnitudes.setflags(write=False)


def simulate(stars: int = 255_000, seed: int = 0) -> Catalog:
    """Simulate a catalogue like the survey's table of spectroscopic stars; the same arguments give the same bytes.

    Columns: objid (made-up identifiers of 19 digits; their rerun number is 0, which no real object has), ra, dec (deg),
    redshift, u g r i z (asinh mag, not corrected for extinction), kind (the true population, see selection.Kind).
    Raises InputError for fewer than one star, and for more than MOST_STARS (about 5 GB of memory).
    """
    return simulate_with_truth(stars, seed).catalog


def simulate_with_truth(stars: int = 255_000, seed: int = 0) -> SimulatedStars:
    """As simulate, with the noise-free magnitudes that denoising can be measured against."""
    if not 1 <= stars <= MOST_STARS:
        raise InputError(f"Cannot simulate {stars} stars: ask for 1 to {MOST_STARS:,}.")
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(stars, list(SHARES.values()))
    sky = draw_sightlines(rng, stars)
    magnitudes = np.empty((stars, len(BAND_NAMES)))
    redshift = np.empty(stars)
    end = np.cumsum(counts)
    for kind, first, last in zip(SHARES, end - counts, end, strict=True):
        rows = slice(first, last)
        drawn = draw_population(kind, rng, sky[rows])
        magnitudes[rows] = true_magnitudes(drawn.colors, drawn.r, sky[rows].reddening_to(drawn.distance))
        redshift[rows] = drawn.redshift
    measured = observe(rng, magnitudes)
    order = rng.permutation(stars)
    kinds = np.repeat(np.array([kind.value for kind in SHARES], dtype=object), counts)
    table = pd.DataFrame(
        {
            "objid": _identifiers(stars),
            "ra": sky.ra[order].round(8),
            "dec": sky.dec[order].round(8),
            "redshift": redshift[order].round(8),
            **{band: measured[order, k].round(5) for k, band in enumerate(BAND_NAMES)},
            "kind": kinds[order],
        }
    )
    roles = {band: band for band in BAND_NAMES} | {name: name for name in ("ra", "dec", "redshift")}
    catalog = Catalog(
        table,
        ColumnRoles(MappingProxyType(roles | {"identifier": "objid"})),
        Provenance("Simulated sample", query=f"simulate stars={stars} seed={seed}"),
        MappingProxyType({"ra": "deg", "dec": "deg"} | dict.fromkeys(BAND_NAMES, "mag")),
    )
    return SimulatedStars(catalog, magnitudes[order])


def _identifiers(count: int) -> NDArray[np.int64]:
    """(count,) int64: consecutive identifiers with the bits of an SDSS objID: 2, rerun 0, run, camcol, field, object.

    A field holds a thousand objects, a camera column a thousand fields.
    """
    number = np.arange(count, dtype=np.int64)
    field, column = number // 1_000, number // 1_000_000
    run = 1 + column // 6
    return 2 << 59 | run << 32 | (1 + column % 6) << 29 | (11 + field % 1_000) << 16 | (1 + number % 1_000)
