"""The stars of each population: their colours, distances and motions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.catalog.simulation import evolved, galaxy, locus, quasars, selection, white_dwarfs
from stellar_gui.catalog.simulation.selection import Kind
from stellar_gui.catalog.simulation.sky import Sightlines

_METALLICITIES: Final = galaxy.TYPICAL_METALLICITY
_WIDTH: Final = np.array([0.030, 0.010, 0.006, 0.010])
_COOL_WIDTH: Final = np.array([0.10, 0.05, 0.03, 0.03])
"""Standard deviation of u-g, g-r, r-i, i-z about the locus, mag: F to K stars and M dwarfs (as Covey et al. 2007)."""


@dataclass(frozen=True, eq=False)
class Population:
    """n objects of one kind.

    colors: (n, 4) float64, u-g, g-r, r-i, i-z, and r: (n,) float64, mag, both noise-free and without extinction;
    distance: (n,) float64, kpc, infinite outside the Galaxy; redshift: (n,) float64.
    """

    colors: NDArray[np.float64]
    r: NDArray[np.float64]
    distance: NDArray[np.float64]
    redshift: NDArray[np.float64]


def draw_population(kind: Kind, rng: np.random.Generator, sky: Sightlines) -> Population:
    """Draw one object of a kind for each of n sightlines."""
    return _DRAWS[kind](rng, sky)


def _draw_main_sequence(rng: np.random.Generator, sky: Sightlines) -> Population:
    blue = rng.random(len(sky.ra)) < selection.BLUE_DWARF_SHARE
    return _merge(blue, _draw_blue_dwarfs(rng, sky[blue]), _draw_dwarfs(rng, sky[~blue]))


def _draw_blue_dwarfs(rng: np.random.Generator, sky: Sightlines) -> Population:
    gr = selection.BLUE_DWARF_COLOR.draw(rng, len(sky.ra))
    r = selection.BLUE_DWARF_R.draw(rng, len(sky.ra))
    colors = locus.blue_dwarf_colors(gr)
    colors += _WIDTH * rng.normal(size=colors.shape)
    return _anywhere(rng, sky, colors, r, locus.blue_dwarf_absolute_r(gr))


def _draw_dwarfs(rng: np.random.Generator, sky: Sightlines) -> Population:
    gi = selection.DWARF_COLOR.draw(rng, len(sky.ra))
    r = selection.draw_dwarf_r(rng, gi)
    expected = np.column_stack([_dwarf_distance(gi, r, np.full(len(gi), feh)) for feh in _METALLICITIES])
    component = galaxy.draw_component(rng, sky.direction, expected)
    height = galaxy.SUN[2] + expected[np.arange(len(gi)), component] * sky.direction[:, 2]
    metallicity = galaxy.draw_metallicity(rng, component, height)
    distance = _dwarf_distance(gi, r, metallicity)
    colors = locus.dwarf_colors(gi, metallicity)
    cool = np.interp(gi, [1.5, 2.5], [0.0, 1.0])[:, None]
    colors += (_WIDTH + cool * (_COOL_WIDTH - _WIDTH)) * rng.normal(size=colors.shape)
    return Population(colors, r, distance, galaxy.draw_redshift(rng, component, sky.direction))


def _draw_giants(rng: np.random.Generator, sky: Sightlines) -> Population:
    gi = selection.GIANT_COLOR.draw(rng, len(sky.ra))
    r = selection.GIANT_R.draw(rng, len(sky.ra))
    expected = np.column_stack([_giant_distance(gi, r, np.full(len(gi), feh)) for feh in _METALLICITIES])
    component = galaxy.draw_component(rng, sky.direction, expected)
    height = galaxy.SUN[2] + expected[np.arange(len(gi)), component] * sky.direction[:, 2]
    metallicity = galaxy.draw_metallicity(rng, component, height)
    distance = _giant_distance(gi, r, metallicity)
    colors = evolved.giant_colors(gi, metallicity)
    colors += _WIDTH * rng.normal(size=colors.shape)
    return Population(colors, r, distance, galaxy.draw_redshift(rng, component, sky.direction))


def _draw_horizontal_branch(rng: np.random.Generator, sky: Sightlines) -> Population:
    gr = selection.HORIZONTAL_BRANCH_COLOR.draw(rng, len(sky.ra))
    r = selection.HORIZONTAL_BRANCH_R.draw(rng, len(sky.ra))
    colors = evolved.horizontal_branch_colors(gr) + 0.015 * rng.normal(size=(len(gr), 4))
    return _halo(rng, sky, colors, r, evolved.horizontal_branch_absolute_r(gr))


def _draw_rr_lyrae(rng: np.random.Generator, sky: Sightlines) -> Population:
    colors = evolved.draw_rr_lyrae_colors(rng, len(sky.ra))
    r = selection.RR_LYRAE_R.draw(rng, len(sky.ra))
    return _halo(rng, sky, colors, r, np.full(len(r), evolved.HORIZONTAL_BRANCH_R))


def _draw_white_dwarfs(rng: np.random.Generator, sky: Sightlines) -> Population:
    temperature = selection.WHITE_DWARF_TEMPERATURE.draw(rng, len(sky.ra))
    r = selection.WHITE_DWARF_R.draw(rng, len(sky.ra))
    colors, absolute_r = white_dwarfs.draw_white_dwarfs(rng, temperature)
    colors += 0.015 * rng.normal(size=colors.shape)
    return _anywhere(rng, sky, colors, r, absolute_r)


def _draw_binaries(rng: np.random.Generator, sky: Sightlines) -> Population:
    temperature = selection.BINARY_TEMPERATURE.draw(rng, len(sky.ra))
    gi = selection.BINARY_COLOR.draw(rng, len(sky.ra))
    metallicity = np.full(len(gi), _METALLICITIES[galaxy.Component.THIN_DISC])
    colors, absolute_r = white_dwarfs.add_light(
        *white_dwarfs.draw_white_dwarfs(rng, temperature),
        locus.dwarf_colors(gi, metallicity),
        locus.dwarf_absolute_r(gi, metallicity) + 0.3 * rng.normal(size=len(gi)),
    )
    return _anywhere(rng, sky, colors, selection.BINARY_R.draw(rng, len(gi)), absolute_r)


def _draw_quasars(rng: np.random.Generator, sky: Sightlines) -> Population:
    redshift = selection.QUASAR_REDSHIFT.draw(rng, len(sky.ra))
    colors = quasars.draw_quasar_colors(rng, redshift)
    r = selection.QUASAR_R.draw(rng, len(sky.ra))
    return Population(colors, r, np.full(len(r), np.inf), redshift)


def _halo(
    rng: np.random.Generator,
    sky: Sightlines,
    colors: NDArray[np.float64],
    r: NDArray[np.float64],
    absolute_r: NDArray[np.float64],
) -> Population:
    """Stars of the halo, whose absolute magnitudes are known."""
    component = np.full(len(r), galaxy.Component.HALO, dtype=np.intp)
    return Population(colors, r, _distance(r, absolute_r), galaxy.draw_redshift(rng, component, sky.direction))


def _anywhere(
    rng: np.random.Generator,
    sky: Sightlines,
    colors: NDArray[np.float64],
    r: NDArray[np.float64],
    absolute_r: NDArray[np.float64],
) -> Population:
    """Stars of whichever component is densest at the distance that their absolute magnitudes imply."""
    distance = _distance(r, absolute_r)
    component = galaxy.draw_component(rng, sky.direction, np.repeat(distance[:, None], 3, axis=1))
    return Population(colors, r, distance, galaxy.draw_redshift(rng, component, sky.direction))


def _merge(first: NDArray[np.bool_], one: Population, other: Population) -> Population:
    """The stars of one in the rows where first (n,) is true, in order, and those of other in the rest."""
    source = np.empty(len(first), dtype=np.intp)
    source[first] = np.arange(len(one.r))
    source[~first] = len(one.r) + np.arange(len(other.r))
    return Population(
        *(np.concatenate([getattr(one, field.name), getattr(other, field.name)])[source] for field in fields(one))
    )


def _dwarf_distance(
    gi: NDArray[np.float64], r: NDArray[np.float64], metallicity: NDArray[np.float64]
) -> NDArray[np.float64]:
    return _distance(r, locus.dwarf_absolute_r(gi, metallicity))


def _giant_distance(
    gi: NDArray[np.float64], r: NDArray[np.float64], metallicity: NDArray[np.float64]
) -> NDArray[np.float64]:
    gr = evolved.giant_colors(gi, metallicity)[:, 1]
    return _distance(r, evolved.giant_absolute_r(gr, metallicity))


def _distance(r: NDArray[np.float64], absolute_r: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) float64, kpc, from magnitudes without extinction."""
    return 10.0 ** (0.2 * (r - absolute_r) - 2.0)


_DRAWS: Final[Mapping[Kind, Callable[[np.random.Generator, Sightlines], Population]]] = MappingProxyType(
    {
        Kind.MAIN_SEQUENCE: _draw_main_sequence,
        Kind.GIANT: _draw_giants,
        Kind.HORIZONTAL_BRANCH: _draw_horizontal_branch,
        Kind.WHITE_DWARF: _draw_white_dwarfs,
        Kind.BINARY: _draw_binaries,
        Kind.RR_LYRAE: _draw_rr_lyrae,
        Kind.QUASAR: _draw_quasars,
    }
)
