"""The decoder as an instrument: magnitudes at any places of the latent plane, and along a path, as a table."""

import json
from collections.abc import Generator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar_gui.analysis.paths import PlanePath
from stellar_gui.analysis.populated import NEIGHBOURS, SHARE, PopulatedRegion, Surroundings
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.columns import listing, numbers
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.writing import save_table
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress
from stellar_gui.session.export import MEAN_MAGNITUDE, UCD_BANDS, added_meta, latent_names, origin
from stellar_gui.session.session import Session

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

COLOURS: Final = tuple(pairwise(BAND_NAMES))
"""The pairs of neighbouring bands whose differences are the colours."""

PLANE: Final = latent_names(2)


@dataclass(frozen=True, eq=False)
class Probed:
    """What the decoder makes of m places of the latent plane, and the stars around them.

    points: (m, 2) float64, latent units. magnitudes: (m, 5) float32, mag, u g r i z; corrected for extinction if the
    network's are. brightness: (m,) float32, mag, the nearest star's mean magnitude, where that goes round the network;
    else None. All arrays are read-only.
    """

    points: NDArray[np.float64]
    magnitudes: NDArray[np.float32]
    around: Surroundings
    brightness: NDArray[np.float32] | None

    def __post_init__(self) -> None:
        for array in (self.points, self.magnitudes, self.brightness):
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.points)

    @property
    def colours(self) -> NDArray[np.float32]:
        """(m, 4) float32, mag: u-g, g-r, r-i, i-z."""
        return self.magnitudes[:, :-1] - self.magnitudes[:, 1:]

    @property
    def extrapolated(self) -> NDArray[np.bool_]:
        """(m,) bool: which places lie outside the populated region."""
        return self.around.extrapolated

    def place(self, number: int) -> "Probed":
        """One of the places alone."""
        one = slice(number, number + 1)
        around = self.around
        return Probed(
            self.points[one],
            self.magnitudes[one],
            Surroundings(around.row[one], around.distance[one], around.extrapolated[one]),
            None if self.brightness is None else self.brightness[one],
        )


@dataclass(frozen=True, eq=False)
class Probe:
    """A model's decoder together with the stars that it has placed.

    What a place of the plane leaves open is the nearest star's: further latent coordinates, where the model has more
    than two, and the mean magnitude, where that goes round the network.
    """

    model: "TrainedModel"
    embedding: Embedding
    region: PopulatedRegion

    @classmethod
    def of(cls, model: "TrainedModel", embedding: Embedding) -> "Probe":
        """Raises InputError where `no_plane` tells why there is nothing to probe."""
        if (obstacle := no_plane(embedding)) is not None:
            raise InputError(obstacle)
        return cls(model, embedding, PopulatedRegion.of(embedding.latent))

    def at(self, points: NDArray[np.floating]) -> Probed:
        """Decode places (m, 2), finite, in latent units; about 1 ms for one or for 200."""
        places = np.array(points, np.float64)
        around = self.region.around(places)
        latent = self.embedding.latent[around.row]
        latent[:, :2] = places
        known = self.embedding.brightness
        brightness = None if known is None else known[around.row]
        return Probed(places, self.model.decode(latent, brightness), around, brightness)


def no_plane(embedding: Embedding) -> str | None:
    """Why there is no latent plane to probe, as one sentence; None if there is."""
    if embedding.latent.shape[1] < 2:
        return "This model has one latent coordinate; a plane to probe has two."
    if not np.isfinite(embedding.error).any():
        return "No star takes part; loosen the quality checks."
    return None


def path_table(catalog: Catalog, path: PlanePath, probed: Probed) -> pd.DataFrame:
    """One row for each point of a path, from its start.

    Columns: path_length, latent_1, latent_2, mean_magnitude where it goes round the network, u g r i z and the colours
    u_g, g_r, r_i, i_z (mag), extrapolated (bool), nearest_star (its identifier, where the catalogue has them),
    nearest_row (its row in the catalogue, counted from 1) and nearest_distance (latent units).
    """
    columns: dict[str, object] = {"path_length": path.length}
    columns |= dict(zip(PLANE, path.points.T, strict=True))
    if probed.brightness is not None:
        columns[MEAN_MAGNITUDE] = probed.brightness
    columns |= dict(zip(BAND_NAMES, probed.magnitudes.T, strict=True))
    columns |= {f"{blue}_{red}": probed.colours[:, k] for k, (blue, red) in enumerate(COLOURS)}
    columns["extrapolated"] = probed.extrapolated
    if "identifier" in catalog.columns:
        identifiers = catalog.table[catalog.columns["identifier"]]
        columns["nearest_star"] = identifiers.iloc[probed.around.row].reset_index(drop=True)
    columns["nearest_row"] = probed.around.row + 1
    columns["nearest_distance"] = probed.around.distance
    return pd.DataFrame(columns)


def save_path(
    catalog: Catalog, cuts: QualityCuts, model: "TrainedModel", path: PlanePath, probed: Probed, target: Path
) -> Generator[Progress, None, None]:
    """Write `path_table`, atomically, with its origin, the path's corners and the rule of `extrapolated` in its
    metadata. Raises OutputError where the file cannot be written.
    """
    table = path_table(catalog, path, probed)
    metadata = origin(catalog.provenance, cuts, model, f"{len(probed)} points along a path over the latent plane")
    metadata |= {
        "path_corners": json.dumps(path.corners.tolist()),
        "extrapolated_where": f"star number {NEIGHBOURS} by distance on the plane is farther away than that of "
        f"{100 * SHARE:g} percent of the stars",
    }
    if model.config.deredden:
        metadata["magnitudes"] = "corrected for extinction"
    names = (MEAN_MAGNITUDE, *BAND_NAMES, *(f"{blue}_{red}" for blue, red in COLOURS))
    units = {name: "mag" for name in names if name in table}
    yield from save_table(table, target, metadata, units, column_meta=_meta(table))


def path_file(
    session: Session, source: Path, target: Path, steps: int, table: str | None = None
) -> Generator[Progress, None, tuple[PlanePath, Probed]]:
    """Decode along the path through the corners that a table's columns latent_1, latent_2 give, and write `save_path`.

    table: as for `load_table`. Raises InputError for a session without a model or a table without a path.
    """
    if session.model is None or session.embedding is None:
        raise InputError(f"{session.catalog.provenance.name}: no trained model in the session; train one first.")
    raw = yield from load_table(source, table=table)
    if missing := [name for name in PLANE if name not in raw.frame.columns]:
        raise InputError(
            f"{source.name}: no column “{missing[0]}” among {listing(raw.frame.columns)}; "
            f"the corners of a path are in {' and '.join(PLANE)}."
        )
    try:
        path = PlanePath.through(np.column_stack([numbers(raw.frame[name]) for name in PLANE]), steps)
    except InputError as error:
        raise InputError(f"{source.name}: {error}") from error
    probed = Probe.of(session.model, session.embedding).at(path.points)
    yield from save_path(session.catalog, session.cuts, session.model, path, probed, target)
    return path, probed


def _meta(table: pd.DataFrame) -> dict[str, ColumnMeta]:
    meta = {
        "path_length": ColumnMeta("stat.param", "length along the path from its start, latent units"),
        "extrapolated": ColumnMeta("meta.code", "whether the point lies outside the populated region"),
        "nearest_star": ColumnMeta("meta.id", "identifier of the star nearest on the latent plane"),
        "nearest_row": ColumnMeta("meta.record", "its row in the source table, counted from 1"),
        "nearest_distance": ColumnMeta("stat.param", "its distance on the latent plane, latent units"),
    }
    meta |= {
        band: ColumnMeta(f"phot.mag;{word}", f"{band} magnitude that the decoder gives")
        for band, word in UCD_BANDS.items()
    }
    meta |= {f"{blue}_{red}": ColumnMeta("phot.color", f"{blue} minus {red}") for blue, red in COLOURS}
    meta |= added_meta([*PLANE, MEAN_MAGNITUDE])
    return {name: fact for name, fact in meta.items() if name in table}
