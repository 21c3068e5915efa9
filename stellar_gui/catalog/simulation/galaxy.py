"""The Galaxy around the Sun: density, metallicity and motion of its thin disc, thick disc and halo."""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

SPEED_OF_LIGHT: Final = 299_792.458
"""km/s."""
SUN: Final = np.array([-8.0, 0.0, 0.025])
"""Position of the Sun from the Galactic centre, kpc; axes as Sightlines.direction (Juric et al. 2008, ApJ 673, 864)."""
SUN_VELOCITY: Final = np.array([11.1, 12.24 + 220.0, 7.25])
"""Velocity of the Sun, km/s, peculiar (Schoenrich, Binney and Dehnen 2010, MNRAS 403, 1829) and circular."""
ROTATION: Final = np.array([212.0, 180.0, 0.0])
"""Mean rotation of thin disc, thick disc and halo, km/s."""
DISPERSION: Final = np.array([32.0, 55.0, 115.0])
"""Dispersion of the radial velocities of thin disc, thick disc and halo, km/s (about Bond et al. 2010, ApJ 716, 1)."""
TYPICAL_METALLICITY: Final = np.array([-0.3, -0.7, -1.46])
"""[Fe/H] of thin disc, thick disc and halo with which a star's membership is decided, dex."""


class Component(IntEnum):
    """The component of the Galaxy to which a star belongs."""

    THIN_DISC = 0
    THICK_DISC = 1
    HALO = 2


def density(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) float64: number density of thin disc, thick disc and halo relative to the local thin disc.

    position: (n, 3), kpc from the Galactic centre. Parameters: table 10 of Juric et al. 2008 (ApJ 673, 864).
    """
    radius = np.hypot(position[:, 0], position[:, 1])
    height = np.abs(position[:, 2])
    thin = np.exp((8.0 - radius) / 2.6 - height / 0.3)
    thick = 0.12 * np.exp((8.0 - radius) / 3.6 - height / 0.9)
    halo = 0.0051 * (8.0 / np.maximum(np.hypot(radius, height / 0.64), 0.5)) ** 2.77
    return np.column_stack([thin, thick, halo])


def draw_component(
    rng: np.random.Generator, direction: NDArray[np.float64], distances: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Draw the Component of n stars from the density and the volume at the distance that each membership implies.

    direction: (n, 3), Galactic unit vectors; distances: (n, 3), kpc, one column for each component.
    """
    weight = np.empty_like(distances)
    for component in Component:
        distance = distances[:, component]
        weight[:, component] = density(SUN + direction * distance[:, None])[:, component] * distance**3
    cumulative = np.cumsum(weight, axis=1)
    chosen: NDArray[np.intp] = (rng.random(len(weight))[:, None] * cumulative[:, -1:] > cumulative).sum(axis=1)
    return chosen


def draw_metallicity(
    rng: np.random.Generator, component: NDArray[np.intp], height: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n,) float64: [Fe/H] of stars at a height (n,), kpc, from the Galactic plane.

    The disc's distribution is two Gaussians whose median falls with height, the halo's one of -1.46 +- 0.30
    (Ivezic et al. 2008, ApJ 684, 287, as restated by Bond et al. 2010, ApJ 716, 1).
    """
    median = -0.82 + 0.55 * np.exp(-np.abs(height) / 0.5)
    upper = np.where(rng.random(len(height)) < 0.37, 0.14, 0.0)
    disc = median - 0.067 + upper + 0.2 * rng.normal(size=len(height))
    halo = -1.46 + 0.3 * rng.normal(size=len(height))
    return np.clip(np.where(component == Component.HALO, halo, disc), -2.8, 0.4)


def draw_redshift(
    rng: np.random.Generator, component: NDArray[np.intp], direction: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n,) float64: radial velocity relative to the Sun over the speed of light, measured to 5 km/s."""
    streaming = ROTATION[component] * direction[:, 1] - direction @ SUN_VELOCITY
    spread = np.hypot(DISPERSION[component], 5.0)
    velocity: NDArray[np.float64] = streaming + spread * rng.normal(size=len(component))
    return velocity / SPEED_OF_LIGHT
