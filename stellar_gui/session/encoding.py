"""Applying a saved model to tables: magnitudes to latent positions and back, in bounded memory."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.embedding import embed
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import EXTINCTION_ROLES, REDDENING, ColumnRoles, listing, numbers, recognise
from stellar_gui.catalog.dust.dust_map import COLUMN as DUST_COLUMN
from stellar_gui.catalog.dust.dust_map import outside_note, with_reddening
from stellar_gui.catalog.formats.arrow_frame import from_frame, to_frame
from stellar_gui.catalog.formats.raw_table import LIMITS
from stellar_gui.catalog.formats.text_pieces import require_memory
from stellar_gui.catalog.quality import Quality, check
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.writing import save_table
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain
from stellar_gui.session.details import details_of
from stellar_gui.session.export import (
    MEAN_MAGNITUDE,
    QUALITY,
    added_meta,
    added_names,
    added_units,
    embedding_columns,
    latent_names,
    origin,
    reason_column,
    source_names,
)
from stellar_gui.session.piece_writing import table_writer
from stellar_gui.session.pieces import Piece, Types, read_table_pieces
from stellar_gui.session.storage.archive import StoredModel

_CHECKED_ROLES: Final = (*BAND_NAMES, "identifier", "class")


@dataclass(frozen=True)
class Encoded:
    """How many rows a table has, how many of them were encoded, and how many of these a dust map does not cover."""

    rows: int
    encoded: int
    dust_note: str = ""


@dataclass(frozen=True)
class Decoded:
    """How many rows a table has, and whether each was given the training stars' mean magnitude for want of its own."""

    rows: int
    typical_brightness: bool


def encode_file(
    stored: StoredModel,
    source: Path,
    target: Path,
    columns: Mapping[str, str] = MappingProxyType({}),
    dust_map: Path | None = None,
    table: str | None = None,
) -> Generator[Progress, None, Encoded]:
    """Write a table's rows, all and in order, with what the model makes of them.

    Added are the columns of `embedding_columns`, and `quality`: empty for a good row; a row that fails the session's
    checks has its reason there and nothing in the others. A source's column of such a name is renamed as `source_names`
    says. The table is read twice, piece by piece: once for the checks, for which about 40 bytes a row are kept, and
    once to be written. source and target may be the same file.

    columns: the user's column by role; else the bands are the session's columns where the table has them, else as
    recognised in the first piece. table: as for `load_table`.
    dust_map: which tells the extinction in place of columns; E(B-V) from it is added as `ebv_map`.
    Raises InputError for a table that cannot be used, OutputError where the target cannot be written.
    """
    if dust_map is not None and not stored.model.config.deredden:
        raise InputError("The model does not correct for extinction; leave out the dust map.")
    yield Progress(0, 100, "%")
    positions = dust_map is not None
    catalog, types, first = yield from _read_checked_columns(stored, source, columns, positions, table)
    if dust_map is not None:
        catalog = yield from _halfway(with_reddening(catalog, dust_map))
    quality = check(catalog, stored.manifest.cuts)
    details = details_of(catalog, quality, stored.model.config)
    metadata = origin(catalog.provenance, stored.manifest.cuts, stored.model, "all rows")
    added = added_names(stored.model.config.network.latent, stored.model.features.passes_brightness)
    if dust_map is not None:
        added = (DUST_COLUMN, *added)
    names = source_names(list(types), added)
    units = {name: first.units[old] for name, old in zip(names, types, strict=True) if old in first.units}
    units |= {name: "mag" for name in added if name == DUST_COLUMN}
    meta = {name: first.column_meta[old] for name, old in zip(names, types, strict=True) if old in first.column_meta}
    start = 0
    with table_writer(target, metadata, units | added_units(added), meta | added_meta(added)) as writer:
        for piece in read_table_pieces(source, types, table):
            rows = slice(start, start + len(piece.table))
            start = rows.stop
            if start > len(catalog):
                break
            new = from_frame(_encoded(stored, catalog, quality, details, rows))
            arrays = [*piece.table.columns, *(new[name].cast(_type(name)) for name in added)]
            writer.write(pa.table(arrays, names=[*names, *added]))
            yield Progress(50 + 50 * piece.share, 100, "%")
        if start != len(catalog):
            raise InputError(f"{source.name}: the file has changed while it was read; encode it again.")
    return Encoded(len(catalog), int(quality.kept.sum()), outside_note(catalog, quality.kept))


def decode_file(
    stored: StoredModel, source: Path, target: Path, table: str | None = None
) -> Generator[Progress, None, Decoded]:
    """Write the magnitudes at a table's latent positions, row by row.

    source has the columns latent_1 ... latent_m, target these and u g r i z (mag), empty where one is not finite. Where
    the network passes a star's brightness on beside its latent position, source may have the column mean_magnitude;
    without it every row gets the mean of the training stars. Of a model that corrects for extinction, magnitudes are
    corrected ones. table: as for `load_table`.
    Raises InputError for a table without these columns, OutputError where the target cannot be written.
    """
    raw = yield from load_table(source, table=table)
    latent = latent_names(stored.model.config.network.latent)
    if missing := [name for name in latent if name not in raw.frame.columns]:
        raise InputError(
            f"{source.name}: no column “{missing[0]}” among {listing(raw.frame.columns)}; "
            f"the model wants {', '.join(latent)}."
        )
    passed = [MEAN_MAGNITUDE] if stored.model.features.passes_brightness and MEAN_MAGNITUDE in raw.frame else []
    positions = np.column_stack([_float32(raw.frame[name]) for name in [*latent, *passed]])
    finite = np.isfinite(positions).all(axis=1)
    magnitudes = np.full((len(positions), len(BAND_NAMES)), np.nan, dtype=np.float32)
    brightness = positions[finite, -1] if passed else None
    magnitudes[finite] = stored.model.decode(positions[finite, : len(latent)], brightness)
    decoded = pd.DataFrame(np.hstack([positions, magnitudes]), columns=[*latent, *passed, *BAND_NAMES])
    manifest = stored.manifest
    metadata = origin(manifest.provenance, manifest.cuts, stored.model, f"positions of {source.name}")
    units = dict.fromkeys([*passed, *BAND_NAMES], "mag")
    yield from save_table(decoded, target, metadata, units, comments=False, column_meta=added_meta([*latent, *passed]))
    return Decoded(len(decoded), typical_brightness=stored.model.features.passes_brightness and not passed)


def _read_checked_columns(
    stored: StoredModel, source: Path, chosen: Mapping[str, str], positions: bool, table: str | None
) -> Generator[Progress, None, tuple[Catalog, dict[str, pa.DataType], Piece]]:
    """What the quality checks look at, of all rows; the types of all columns; the first piece."""
    types, first = Types(), None
    parts: list[pd.DataFrame] = []
    roles: dict[str, str] = {}
    rows = 0
    for piece in read_table_pieces(source, table=table):
        if first is None:
            first = piece
            roles = _roles(stored, source, piece.table, chosen, positions)
        types.add(piece.table)
        frame = to_frame(piece.table.select(list(roles.values())), tuple(roles))
        rows += len(frame)
        require_memory(source, 0, rows, LIMITS)
        parts.append(frame.assign(**{band: _float32(frame[band]) for band in BAND_NAMES}))
        yield Progress(50 * piece.share, 100, "%")
    names = ColumnRoles(MappingProxyType({role: role for role in roles}))
    provenance = Provenance(source.name, str(source.absolute()))
    assert first is not None  # read_table_pieces gives one, or an error
    return Catalog(pd.concat(parts, ignore_index=True), names, provenance), types.settled(), first


def _roles(
    stored: StoredModel, source: Path, table: pa.Table, chosen: Mapping[str, str], positions: bool
) -> dict[str, str]:
    """Column by role, of the roles that the checks and the model look at; positions: in place of columns of dust."""
    bands = {band: stored.manifest.columns[band] for band in BAND_NAMES}
    if not chosen.keys() & set(BAND_NAMES) and set(bands.values()) <= set(table.column_names):
        chosen = bands | dict(chosen)
    try:
        found = recognise(to_frame(table, tuple(table.column_names)), chosen)
    except InputError as error:
        raise InputError(f"{source.name}: {error}.") from error
    dust = (REDDENING, *EXTINCTION_ROLES) if stored.model.config.deredden else ()
    if positions:
        dust = ("ra", "dec")
    return {role: column for role, column in found.roles.items() if role in (*_CHECKED_ROLES, *dust)}


def _encoded(stored: StoredModel, catalog: Catalog, quality: Quality, details: Details, rows: slice) -> pd.DataFrame:
    """The added columns of some rows."""
    embedding = drain(embed(stored.model, catalog.magnitudes[rows], quality.kept[rows], details.take(rows)))
    columns = embedding_columns(embedding).assign(quality=reason_column(quality.reason[rows]))
    if DUST_COLUMN in catalog.table:
        columns[DUST_COLUMN] = catalog.table[DUST_COLUMN].to_numpy()[rows]
    return columns


def _halfway(work: Generator[Progress, None, Catalog]) -> Generator[Progress, None, Catalog]:
    """Run a short piece of work between the two readings of a table."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            catalog: Catalog = end.value
            return catalog
        yield Progress(50, 100, "%")


def _float32(column: pd.Series) -> NDArray[np.float32]:
    """(n,) float32: a column's numbers, NaN where one is missing, infinite where it is beyond float32."""
    with np.errstate(over="ignore"):
        return numbers(column).astype(np.float32)


def _type(name: str) -> pa.DataType:
    return pa.string() if name == QUALITY else pa.float32()
