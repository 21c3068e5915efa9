"""The planes that maps show: which two numbers of each star, what the axes are called, and what they need."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.sky import Projection
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog

MINUS: Final = "\N{MINUS SIGN}"

Coordinates = tuple[NDArray[np.floating], NDArray[np.floating]]


class Plane(ABC):
    """Two numbers of each star; planes of equal values are equal.

    needs_model: whether the numbers come from the autoencoder. y_down: whether y grows down the screen, as magnitudes
    do. contoured: whether the stars have a density on the plane that is worth contours.
    """

    needs_model: ClassVar[bool] = False
    y_down: ClassVar[bool] = False
    contoured: ClassVar[bool] = True

    @property
    @abstractmethod
    def name(self) -> str:
        """What the user reads."""

    @property
    @abstractmethod
    def titles(self) -> tuple[str, str]:
        """What stands at the two axes, with units."""

    @abstractmethod
    def coordinates(self, catalog: Catalog, embedding: Embedding | None) -> Coordinates:
        """(n,) x and (n,) y of the catalogue's rows, not finite where a row has none; embedding: if it is needed."""

    @abstractmethod
    def place(self, x: float, y: float) -> str:
        """A point of the plane in words, with units; empty for one that means nothing."""

    def obstacle(self, catalog: Catalog) -> str | None:
        """Why no star of a catalogue has a place on the plane, as one sentence; None if they have."""
        return None


@dataclass(frozen=True)
class LatentPlane(Plane):
    """The autoencoder's first two latent coordinates; flat: the only one, and the reconstruction error."""

    needs_model = True
    flat: bool = False

    @property
    def name(self) -> str:
        """Of the view that the program is about."""
        return "Latent view"

    @property
    def titles(self) -> tuple[str, str]:
        """In latent units."""
        return "latent 1 (latent units)", "error (mag)" if self.flat else "latent 2 (latent units)"

    def coordinates(self, catalog: Catalog, embedding: Embedding | None) -> Coordinates:
        """Of the embedding."""
        assert embedding is not None
        return embedding.latent[:, 0], embedding.error if self.flat else embedding.latent[:, 1]

    def place(self, x: float, y: float) -> str:
        """Two latent coordinates."""
        return f"latent {_fixed(x)}, {_fixed(y)}"


@dataclass(frozen=True)
class ColorMagnitude(Plane):
    """g - r against r, bright stars at the top."""

    y_down = True

    @property
    def name(self) -> str:
        """As astronomers call it."""
        return "Colour\N{EN DASH}magnitude"

    @property
    def titles(self) -> tuple[str, str]:
        """In mag."""
        return f"g {MINUS} r (mag)", "r (mag)"

    def coordinates(self, catalog: Catalog, embedding: Embedding | None) -> Coordinates:
        """Of the catalogue's magnitudes."""
        return _color(catalog, 1), catalog.magnitudes[:, 2]

    def place(self, x: float, y: float) -> str:
        """A colour and a magnitude."""
        return f"g{MINUS}r {_fixed(x)}, r {_fixed(y)} mag"


@dataclass(frozen=True)
class ColorColor(Plane):
    """Two neighbouring colours, the bluer one along x; first: the place of its bluer band among u g r i z, 0 to 2."""

    first: int

    @property
    def name(self) -> str:
        """Both colours."""
        return " / ".join(self._colors)

    @property
    def titles(self) -> tuple[str, str]:
        """In mag."""
        x, y = (color.replace(MINUS, f" {MINUS} ") for color in self._colors)
        return f"{x} (mag)", f"{y} (mag)"

    def coordinates(self, catalog: Catalog, embedding: Embedding | None) -> Coordinates:
        """Of the catalogue's magnitudes."""
        return _color(catalog, self.first), _color(catalog, self.first + 1)

    def place(self, x: float, y: float) -> str:
        """Two colours."""
        return f"{self._colors[0]} {_fixed(x)}, {self._colors[1]} {_fixed(y)} mag"

    @property
    def _colors(self) -> list[str]:
        return [f"{blue}{MINUS}{red}" for blue, red in pairwise(BAND_NAMES[self.first : self.first + 3])]


@dataclass(frozen=True)
class ResidualPlane(Plane):
    """A band's magnitude against its residual, original less reconstruction; band: its place among u g r i z."""

    needs_model = True
    band: int

    @property
    def name(self) -> str:
        """Of the band."""
        return f"Residual {BAND_NAMES[self.band]}"

    @property
    def titles(self) -> tuple[str, str]:
        """In mag."""
        band = BAND_NAMES[self.band]
        return f"{band} (mag)", f"residual {band} (mag)"

    def coordinates(self, catalog: Catalog, embedding: Embedding | None) -> Coordinates:
        """Of catalogue and embedding."""
        assert embedding is not None
        return catalog.magnitudes[:, self.band], embedding.residual[:, self.band]

    def place(self, x: float, y: float) -> str:
        """A magnitude and a residual."""
        return f"{BAND_NAMES[self.band]} {_fixed(x)}, residual {_fixed(y)} mag"


@dataclass(frozen=True)
class SkyPlane(Plane):
    """Positions on the sky in a projection."""

    contoured = False
    projection: Projection

    @property
    def name(self) -> str:
        """Of whatever field."""
        return "Sky"

    @property
    def titles(self) -> tuple[str, str]:
        """In degrees."""
        return "right ascension (deg)", "declination (deg)"

    def coordinates(self, catalog: Catalog, embedding: Embedding | None) -> Coordinates:
        """Projected right ascension and declination, in degrees of the plane."""
        return self.projection.to_plane(catalog.numbers("ra"), catalog.numbers("dec"))

    def place(self, x: float, y: float) -> str:
        """Right ascension and declination; empty outside the projection."""
        position = self.projection.position(x, y)
        if position is None:
            return ""
        ra, dec = position
        return f"ra {ra:.4f}°, dec {'+' if dec >= 0 else MINUS}{abs(dec):.4f}°"

    def obstacle(self, catalog: Catalog) -> str | None:
        """A table without positions."""
        if "ra" in catalog.columns and "dec" in catalog.columns:
            return None
        return "This table has no sky position: choose the ra and dec columns in the data panel."


@dataclass(frozen=True, eq=False)
class ProjectedPlane(Plane):
    """Where a projection has placed the stars that a model was trained on, such as their principal components.

    label: of the projection; axes: titles with units; positions: (n, 2) float32 over the catalogue's rows, NaN for
    stars without a place; None before there are any, and waiting says so, as one sentence.
    """

    needs_model = True
    label: str
    axes: tuple[str, str]
    waiting: str
    positions: NDArray[np.float32] | None = None

    @property
    def name(self) -> str:
        """The projection's."""
        return self.label

    @property
    def titles(self) -> tuple[str, str]:
        """As given."""
        return self.axes

    def coordinates(self, catalog: Catalog, embedding: Embedding | None) -> Coordinates:
        """As given."""
        assert self.positions is not None
        return self.positions[:, 0], self.positions[:, 1]

    def place(self, x: float, y: float) -> str:
        """Two numbers after the projection's name."""
        return f"{self.label} {_fixed(x)}, {_fixed(y)}"

    def obstacle(self, catalog: Catalog) -> str | None:
        """No positions yet, or those of another catalogue."""
        return None if self.positions is not None and len(self.positions) == len(catalog) else self.waiting


def _color(catalog: Catalog, first: int) -> NDArray[np.float32]:
    magnitudes = catalog.magnitudes
    return magnitudes[:, first] - magnitudes[:, first + 1]


def _fixed(value: float) -> str:
    return f"{value:.2f}".replace("-", MINUS)
