"""White dwarfs on their cooling sequence, alone or with the light of an M dwarf companion."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.catalog.simulation.photometry import from_colors

_HYDROGEN: Final = np.array(
    [
        [5500, 16.053, 14.914, 14.388, 14.210, 14.149],
        [6000, 15.218, 14.407, 14.022, 13.902, 13.884],
        [6500, 14.604, 13.998, 13.719, 13.649, 13.666],
        [7000, 14.139, 13.652, 13.455, 13.425, 13.473],
        [7500, 13.767, 13.349, 13.216, 13.221, 13.296],
        [8000, 13.458, 13.077, 12.995, 13.031, 13.132],
        [9000, 12.959, 12.597, 12.599, 12.690, 12.839],
        [10000, 12.557, 12.185, 12.255, 12.394, 12.590],
        [11000, 12.232, 11.857, 11.986, 12.166, 12.400],
        [12000, 11.985, 11.627, 11.802, 12.015, 12.272],
        [13000, 11.820, 11.479, 11.690, 11.924, 12.193],
        [14000, 11.635, 11.328, 11.573, 11.826, 12.106],
        [15000, 11.439, 11.183, 11.458, 11.725, 12.013],
        [16000, 11.251, 11.052, 11.350, 11.628, 11.923],
        [17000, 11.075, 10.930, 11.249, 11.537, 11.837],
        [20000, 10.610, 10.607, 10.974, 11.284, 11.599],
        [25000, 9.982, 10.151, 10.577, 10.915, 11.249],
        [30000, 9.426, 9.726, 10.197, 10.557, 10.905],
        [35000, 9.003, 9.382, 9.881, 10.251, 10.605],
        [40000, 8.749, 9.167, 9.679, 10.056, 10.412],
        [50000, 8.422, 8.879, 9.408, 9.790, 10.149],
        [60000, 8.193, 8.672, 9.210, 9.597, 9.957],
        [80000, 7.849, 8.354, 8.904, 9.296, 9.658],
        [100000, 7.579, 8.099, 8.658, 9.052, 9.416],
    ]
)
"""Effective temperature, K, and absolute u g r i z, mag, of a hydrogen atmosphere (DA) of log g = 8."""

_HELIUM: Final = np.array(
    [
        [5500, 0.929, 0.491, 0.155, 0.036],
        [6000, 0.744, 0.373, 0.093, -0.008],
        [7000, 0.490, 0.201, 0.002, -0.075],
        [8000, 0.332, 0.082, -0.062, -0.122],
        [9000, 0.217, -0.005, -0.111, -0.159],
        [10000, 0.122, -0.076, -0.149, -0.187],
        [12000, -0.026, -0.187, -0.202, -0.229],
        [14000, -0.120, -0.262, -0.239, -0.257],
        [16000, -0.171, -0.307, -0.266, -0.275],
        [18000, -0.193, -0.333, -0.281, -0.286],
        [20000, -0.213, -0.353, -0.292, -0.292],
        [25000, -0.259, -0.394, -0.313, -0.306],
        [30000, -0.289, -0.423, -0.329, -0.317],
        [35000, -0.340, -0.456, -0.347, -0.329],
        [40000, -0.387, -0.483, -0.360, -0.339],
    ]
)
"""Effective temperature, K, and u-g, g-r, r-i, i-z, mag, of a helium atmosphere (DB, DC) of one solar mass.

Both tables: the Montreal model grids (Holberg and Bergeron 2006, AJ 132, 1221; Kowalski and Saumon 2006, ApJ 651, L137;
Tremblay et al. 2011, ApJ 730, 128; Bergeron et al. 2011, ApJ 737, 28). Gravity hardly changes the colours of helium.
"""

HELIUM_SHARE: Final = 0.16
"""Share of white dwarfs without hydrogen lines (Kleinman et al. 2013, ApJS 204, 5)."""


def draw_white_dwarfs(
    rng: np.random.Generator, temperature: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Colours (n, 4) and absolute magnitude in r (n,), float64, mag, of white dwarfs of a temperature (n,), K.

    The spread of their masses scatters the absolute magnitude by 0.3 mag.
    """
    logarithm = np.log(temperature)
    hydrogen = np.log(_HYDROGEN[:, 0])
    magnitudes = np.column_stack([np.interp(logarithm, hydrogen, _HYDROGEN[:, k]) for k in range(1, 6)])
    colors = magnitudes[:, :-1] - magnitudes[:, 1:]
    helium = np.column_stack([np.interp(logarithm, np.log(_HELIUM[:, 0]), _HELIUM[:, k]) for k in range(1, 5)])
    colors = np.where(rng.random(len(temperature))[:, None] < HELIUM_SHARE, helium, colors)
    return colors, magnitudes[:, 2] + 0.3 * rng.normal(size=len(temperature))


def add_light(
    colors: NDArray[np.float64],
    absolute_r: NDArray[np.float64],
    other_colors: NDArray[np.float64],
    other_absolute_r: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Colours (n, 4) and absolute magnitude in r (n,), float64, mag, of two stars seen as one: their fluxes add up."""
    total = -2.5 * np.log10(
        10.0 ** (-0.4 * from_colors(colors, absolute_r)) + 10.0 ** (-0.4 * from_colors(other_colors, other_absolute_r))
    )
    return total[:, :-1] - total[:, 1:], total[:, 2]
