"""Tables for other programs: a session's stars with latent positions, reconstructed magnitudes and their provenance."""

import json
from collections.abc import Collection, Generator, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar_gui import __version__
from stellar_gui.analysis.findings import ANOMALY_SCORE, CLUSTER, RATING
from stellar_gui.analysis.recipes import Recipe
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Provenance
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.quality import QualityCuts, Reason
from stellar_gui.catalog.writing import save_table
from stellar_gui.progress import Progress
from stellar_gui.session.recipe_words import finding_in_line, subset_in_line
from stellar_gui.session.session import Session, now

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

SOURCE_SUFFIX: Final = "_source"
ERROR: Final = "rec_error"
QUALITY: Final = "quality"
MEAN_MAGNITUDE: Final = "mean_magnitude"
UCD_BANDS: Final = {"u": "em.opt.U", "g": "em.opt.B", "r": "em.opt.R", "i": "em.opt.I", "z": "em.opt.I"}
"""The word for each band's wavelength in the UCD1+ vocabulary (IVOA, 2023)."""


def latent_names(dimension: int) -> tuple[str, ...]:
    """Column names of the latent coordinates: latent_1, latent_2, ..."""
    return tuple(f"latent_{k}" for k in range(1, dimension + 1))


def added_names(dimension: int, brightness: bool = False) -> tuple[str, ...]:
    """Names of the columns that encoding adds, in order: those of `embedding_columns`, and `quality`.

    brightness: whether each star's mean magnitude goes round the network.
    """
    passed = (MEAN_MAGNITUDE,) if brightness else ()
    kinds = [f"{band}_{kind}" for kind in ("rec", "res") for band in BAND_NAMES]
    return (*latent_names(dimension), *passed, *kinds, ERROR, QUALITY)


def added_units(columns: Iterable[str]) -> dict[str, str]:
    """Units by column name, of the added magnitudes among some columns."""
    magnitudes = {f"{band}_{kind}" for kind in ("rec", "res") for band in BAND_NAMES} | {ERROR, MEAN_MAGNITUDE}
    return {name: "mag" for name in columns if name in magnitudes}


def added_meta(columns: Iterable[str]) -> dict[str, ColumnMeta]:
    """UCDs and descriptions by column name, of the added columns among some."""
    meta = {
        ERROR: ColumnMeta("stat.error;phot.mag", "root mean square of the star's five residuals"),
        MEAN_MAGNITUDE: ColumnMeta("phot.mag;em.opt;stat.mean", "mean of the star's magnitudes"),
        QUALITY: ColumnMeta("meta.code.qual", "why the row takes no part; empty where it does"),
        CLUSTER: ColumnMeta("meta.code.class", "number of the star's cluster, the largest is 0; -1 for noise"),
        ANOMALY_SCORE: ColumnMeta("stat.value", "how odd the star is, the larger the odder"),
        RATING: ColumnMeta("meta.code", "the user's rating of the star, 0 to 5"),
    }
    for band, word in UCD_BANDS.items():
        meta[f"{band}_rec"] = ColumnMeta(f"phot.mag;{word}", f"{band} magnitude as the autoencoder gives it back")
        meta[f"{band}_res"] = ColumnMeta(
            f"stat.fit.residual;phot.mag;{word}", f"{band} magnitude, original minus reconstruction"
        )
    latent = ColumnMeta("stat.param", "coordinate on the latent map, in units of the stars' standard deviation")
    return {name: meta.get(name, latent) for name in columns if name in meta or name.startswith("latent_")}


def source_names(source: Sequence[str], added: Collection[str]) -> list[str]:
    """How a source's columns are called beside the added ones.

    An added column always carries its own name. Where the source has a column of that name already (an exported table
    that was opened again), the source's keeps its values and place under the name `NAME_source`, or, if there is such a
    one too, `NAME_source_2`, `NAME_source_3`, ...
    """
    taken = {*source, *added}
    names = []
    for name in source:
        if name in added:
            name = free_name(f"{name}{SOURCE_SUFFIX}", taken)
            taken.add(name)
        names.append(name)
    return names


def add_columns(source: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """The source's columns, values untouched and in order, named as `source_names` says, followed by the added ones."""
    return pd.concat(
        [source.set_axis(source_names(list(source.columns), list(added.columns)), axis="columns"), added],
        axis="columns",
    )


def embedding_columns(embedding: Embedding) -> pd.DataFrame:
    """(n, m + 11) float32: latent_1 ... latent_m, u_rec ... z_rec and u_res ... z_res (mag), rec_error (mag).

    Where a star's mean magnitude goes round the network, also mean_magnitude (mag) after the latent position.
    """
    columns = dict(zip(latent_names(embedding.latent.shape[1]), embedding.latent.T, strict=True))
    if embedding.brightness is not None:
        columns[MEAN_MAGNITUDE] = embedding.brightness
    columns |= {f"{band}_rec": embedding.reconstruction[:, k] for k, band in enumerate(BAND_NAMES)}
    columns |= {f"{band}_res": embedding.residual[:, k] for k, band in enumerate(BAND_NAMES)}
    return pd.DataFrame({**columns, ERROR: embedding.error})


def reason_column(reason: NDArray[np.uint8]) -> pd.Series:
    """(n,) text from (n,) codes: why a row takes no part; missing where it is good."""
    labels = pd.Series([None if code is Reason.GOOD else code.label for code in Reason], name=QUALITY, dtype="str")
    return labels.take(reason).reset_index(drop=True)


def export_table(session: Session, rows: NDArray[np.intp] | NDArray[np.bool_], flags: bool = False) -> pd.DataFrame:
    """The chosen rows with all of the catalogue's columns, the embedding's of an embedded session, and the findings.

    rows: row numbers, in the order wanted, or a (n,) bool mask. Columns as `add_columns` and `embedding_columns` say.
    Where one of the rows takes no part, and so has empty values, the column `quality` says why. flags: whether each
    subset adds a column of its name, bool, at the end.
    """
    numbers = np.arange(len(session.catalog))[rows]
    source = session.catalog.table.take(numbers).reset_index(drop=True)
    columns: list[pd.DataFrame | pd.Series] = [
        finding.column.iloc[numbers].reset_index(drop=True) for finding in session.findings
    ]
    if session.embedding is not None:
        columns.insert(0, embedding_columns(_taken(session.embedding, numbers)))
        if not session.quality.kept[numbers].all():
            columns.append(reason_column(session.quality.reason[numbers]))
    if flags:
        columns.append(_flags(session, numbers, pd.concat(columns, axis="columns").columns if columns else ()))
    return add_columns(source, pd.concat(columns, axis="columns")) if columns else source


def export_rows(
    session: Session,
    rows: NDArray[np.intp] | NDArray[np.bool_],
    path: Path,
    what: str,
    flags: bool = False,
    recipe: Recipe | None = None,
) -> Generator[Progress, None, None]:
    """Write `export_table` of the chosen rows to path, atomically, with its origin in the file's metadata.

    what: the chosen rows in words; flags: whether the subsets add a column each; recipe: how the rows were chosen.
    Raises OutputError where the file cannot be written.
    """
    table = export_table(session, rows, flags)
    source = list(session.catalog.table.columns)
    added = list(table.columns[len(source) :])
    metadata = origin(session.catalog.provenance, session.cuts, session.model, what) | _recipes(session, flags, recipe)
    names = dict(zip(source_names(source, added), source, strict=True))
    units = {name: session.catalog.units[old] for name, old in names.items() if old in session.catalog.units}
    units |= added_units(added) | {found.name: found.unit for found in session.findings if found.unit}
    meta = {name: session.catalog.column_meta[old] for name, old in names.items() if old in session.catalog.column_meta}
    meta |= added_meta(added)
    if flags:
        meta |= _flag_meta(session, added[len(added) - len(session.subsets) :])
    yield from save_table(table, path, metadata, units, column_meta=meta)


def origin(
    source: Provenance, cuts: QualityCuts, model: "TrainedModel | None", rows: str, written: str | None = None
) -> dict[str, str]:
    """What a table's metadata says of its origin: text by key, without what is not known.

    rows: the chosen rows in words ("selection", "subset halo", "all stars"); written: ISO 8601, now by default, empty
    for files that are to be the same whenever they are written.
    """
    facts = source_metadata(source) | {"cuts": json.dumps(asdict(cuts)), "rows": rows}
    if written != "":
        facts["written"] = written or now()
    if model is not None:
        facts |= {
            "seed": str(model.config.seed),
            "model": model.id,
            "training": json.dumps(model.config.to_dict()),
        }
        if model.stopped_because is not None:
            facts["training_stopped"] = model.stopped_because
    return facts


def source_metadata(source: Provenance) -> dict[str, str]:
    """Text by key: program and version, and the source's name or path, hash, query and dust map as far as known."""
    facts = {
        "program": "Stellar GUI",
        "program_version": __version__,
        "source": source.path or source.name,
        "source_sha256": source.sha256,
        "source_query": source.query,
        "source_part": source.part,
        "dust_map": source.dust_map,
    }
    return {key: value for key, value in facts.items() if value is not None}


def _taken(embedding: Embedding, rows: NDArray[np.intp]) -> Embedding:
    return Embedding(
        latent=embedding.latent[rows],
        reconstruction=embedding.reconstruction[rows],
        residual=embedding.residual[rows],
        brightness=None if embedding.brightness is None else embedding.brightness[rows],
    )


def _recipes(session: Session, flags: bool, rows: Recipe | None) -> dict[str, str]:
    """How the rows, the findings and, where they are written, the subsets were made, in words by key of metadata."""
    told = {} if rows is None else {"rows_recipe": subset_in_line(rows)}
    if flags:
        told |= {f"subset {subset.name}": subset_in_line(subset.recipe) for subset in session.subsets.all}
    return told | {f"finding {finding.name}": finding_in_line(finding) for finding in session.findings}


def _flags(session: Session, numbers: NDArray[np.intp], taken: Iterable[str]) -> pd.DataFrame:
    names = set(taken)
    return pd.DataFrame({free_name(name, names): mask[numbers] for name, mask in session.subsets.items()})


def _flag_meta(session: Session, flags: Sequence[str]) -> dict[str, ColumnMeta]:
    """flags: the columns' names, in the order of the subsets."""
    return {
        flag: ColumnMeta("meta.code", f"whether the star is in the subset {name}")
        for flag, name in zip(flags, session.subsets, strict=True)
    }


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name, with the first free number behind it where it is taken: `u_2`."""
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate
