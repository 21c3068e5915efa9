"""What the survey's spectrographs were pointed at: shares of the populations, their colours and magnitudes.

SDSS took spectra of stars for many reasons: calibration stars at r of 15 to 19, the colour-selected classes of SEGUE
(Yanny et al. 2009, AJ 137, 4377), nearby M dwarfs (West et al. 2011, AJ 141, 97), and candidates for quasars as faint
as g = 22 that turned out to be blue stars (Richards et al. 2002, AJ 123, 2945; Ross et al. 2012, ApJS 199, 3). No
published formula describes the sum; the quantiles here are round numbers that imitate the resulting table of stars.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Kind(StrEnum):
    """The true population of a simulated object, as written in the column `kind`."""

    MAIN_SEQUENCE = "main sequence"
    GIANT = "giant"
    HORIZONTAL_BRANCH = "blue horizontal branch"
    WHITE_DWARF = "white dwarf"
    BINARY = "white dwarf + M dwarf"
    RR_LYRAE = "RR Lyrae"
    QUASAR = "quasar"


SHARES: Final = {
    Kind.MAIN_SEQUENCE: 0.778,
    Kind.GIANT: 0.032,
    Kind.HORIZONTAL_BRANCH: 0.054,
    Kind.WHITE_DWARF: 0.096,
    Kind.BINARY: 0.016,
    Kind.RR_LYRAE: 0.012,
    Kind.QUASAR: 0.012,
}


@dataclass(frozen=True)
class Quantiles:
    """A distribution given by its values at some probabilities, even between them.

    probabilities: ascending from 0 to 1; values: as many, ascending.
    """

    probabilities: tuple[float, ...]
    values: tuple[float, ...]

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """(count,) float64: values drawn from the distribution."""
        return np.interp(rng.random(count), self.probabilities, self.values)


_STEPS: Final = (0.0, 0.01, 0.05, 0.16, 0.30, 0.50, 0.70, 0.84, 0.95, 1.0)

BLUE_DWARF_SHARE: Final = 0.075
"""Share of main sequence stars bluer than the turn-off: A dwarfs and blue stragglers."""
BLUE_DWARF_COLOR: Final = Quantiles(_STEPS, (-0.25, -0.21, -0.17, -0.11, -0.05, 0.01, 0.05, 0.08, 0.10, 0.12))
"""g-r, mag."""
BLUE_DWARF_R: Final = Quantiles(_STEPS, (13.6, 14.9, 15.4, 16.2, 17.0, 17.9, 18.6, 19.1, 19.8, 20.8))

# fmt: off
DWARF_COLOR: Final = Quantiles(
    (0.0, 0.03, 0.07, 0.205, 0.35, 0.42, 0.47, 0.52, 0.572, 0.629, 0.684, 0.742, 0.790,
     0.812, 0.824, 0.831, 0.837, 0.841, 0.860, 0.889, 0.911, 0.923, 0.933, 0.943, 0.966, 1.0),
    (0.12, 0.22, 0.31, 0.44, 0.58, 0.73, 0.93, 1.23, 1.53, 1.83, 2.12, 2.42, 2.72,
     2.97, 3.10, 3.22, 3.36, 3.42, 3.48, 3.59, 3.72, 3.80, 3.93, 4.05, 4.35, 5.10),
)
# fmt: on
"""g-i, mag: F and G stars in the majority, an excess of M6 dwarfs at 3.5, L dwarfs at the end."""
_DWARF_R_COLORS: Final = (0.20, 0.42, 0.57, 0.72, 0.90, 1.45, 2.05, 2.35, 2.65, 2.95, 3.25, 3.55, 3.85, 4.20, 4.80)
_DWARF_R: Final = (
    (13.6, 14.8, 15.3, 16.1, 16.9, 17.8, 18.5, 18.9, 19.3, 20.6),
    (13.6, 15.0, 15.4, 16.0, 16.4, 17.0, 17.7, 18.3, 19.2, 20.6),
    (13.6, 15.0, 15.4, 16.0, 16.5, 17.0, 17.6, 18.0, 19.1, 20.6),
    (13.4, 14.8, 15.4, 16.1, 16.7, 17.3, 17.8, 18.3, 19.9, 21.2),
    (13.4, 14.8, 15.6, 16.4, 16.9, 17.5, 18.3, 19.5, 20.5, 21.4),
    (13.6, 15.1, 15.8, 16.7, 17.1, 17.7, 18.7, 19.6, 20.5, 21.5),
    (13.8, 15.5, 16.1, 16.9, 17.4, 17.9, 18.9, 20.1, 21.0, 21.8),
    (14.5, 15.8, 16.7, 17.3, 17.8, 18.8, 20.0, 20.7, 21.4, 22.0),
    (14.5, 16.0, 16.7, 17.5, 18.2, 19.3, 20.0, 20.8, 21.5, 22.3),
    (14.5, 16.0, 16.9, 18.3, 19.3, 19.9, 20.4, 21.1, 21.7, 22.6),
    (15.0, 17.0, 18.3, 19.4, 20.1, 20.7, 21.1, 21.4, 22.3, 23.4),
    (16.7, 18.3, 19.0, 19.9, 20.4, 20.8, 21.2, 21.4, 22.3, 23.4),
    (16.7, 18.6, 19.4, 20.2, 20.6, 21.1, 21.5, 22.1, 23.0, 23.8),
    (17.5, 19.4, 20.4, 21.0, 21.3, 21.9, 22.7, 23.1, 23.5, 24.0),
    (18.5, 20.8, 21.6, 22.3, 22.7, 23.1, 23.4, 23.6, 23.9, 24.3),
)

GIANT_COLOR: Final = Quantiles(_STEPS, (0.55, 0.56, 0.60, 0.67, 0.74, 0.82, 0.92, 1.02, 1.14, 1.20))
"""g-i, mag."""
GIANT_R: Final = Quantiles(_STEPS, (13.4, 14.5, 15.0, 15.8, 16.4, 16.9, 17.4, 17.8, 18.4, 19.5))

HORIZONTAL_BRANCH_COLOR: Final = Quantiles(_STEPS, (-0.30, -0.27, -0.24, -0.20, -0.16, -0.11, -0.05, -0.01, 0.03, 0.05))
"""g-r, mag."""
HORIZONTAL_BRANCH_R: Final = Quantiles(_STEPS, (13.8, 14.9, 15.4, 16.2, 17.0, 17.8, 18.6, 19.1, 19.8, 20.8))

WHITE_DWARF_TEMPERATURE: Final = Quantiles(
    _STEPS, (5800, 6500, 7300, 8800, 10_500, 12_800, 16_500, 20_500, 32_000, 95_000)
)
"""K."""
WHITE_DWARF_R: Final = Quantiles(_STEPS, (14.8, 16.0, 17.1, 18.4, 19.1, 19.7, 20.1, 20.4, 20.6, 21.2))

BINARY_TEMPERATURE: Final = Quantiles(
    _STEPS, (7000, 8000, 9000, 11_000, 13_000, 16_000, 20_000, 25_000, 40_000, 80_000)
)
"""K, of the white dwarf."""
BINARY_COLOR: Final = Quantiles(_STEPS, (1.8, 1.9, 2.0, 2.2, 2.4, 2.65, 2.9, 3.1, 3.4, 3.8))
"""g-i, mag, of the M dwarf."""
BINARY_R: Final = Quantiles(_STEPS, (14.8, 16.0, 16.8, 17.8, 18.6, 19.2, 19.8, 20.1, 20.6, 21.3))

RR_LYRAE_R: Final = Quantiles(_STEPS, (14.0, 14.6, 15.2, 16.0, 16.7, 17.4, 18.3, 18.9, 19.7, 20.8))

QUASAR_REDSHIFT: Final = Quantiles(_STEPS, (0.08, 0.2, 0.4, 0.8, 1.2, 1.7, 2.2, 2.5, 2.8, 3.0))
QUASAR_R: Final = Quantiles(_STEPS, (16.0, 17.0, 18.0, 19.0, 19.8, 20.4, 21.1, 21.5, 22.0, 22.6))


def draw_dwarf_r(rng: np.random.Generator, g_minus_i: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) float64, mag: r without extinction of main sequence stars of a g-i (n,), mag; redder stars are fainter."""
    uniform = rng.random(len(g_minus_i))
    place = np.interp(g_minus_i, _DWARF_R_COLORS, np.arange(len(_DWARF_R_COLORS)))
    r = np.zeros(len(g_minus_i))
    for node, values in enumerate(_DWARF_R):
        near = np.flatnonzero(np.abs(place - node) < 1.0)
        r[near] += (1.0 - np.abs(place[near] - node)) * np.interp(uniform[near], _STEPS, values)
    return r
