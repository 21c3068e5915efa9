"""Applying a saved model to tables: magnitudes to latent positions and back, in bounded memory."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Provenance
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.columns import listing, numbers
from stellar_gui.catalog.dust.dust_map import COLUMN as DUST_COLUMN
from stellar_gui.catalog.dust.dust_map import outside_words
from stellar_gui.catalog.formats.arrow_frame import from_frame, to_frame
from stellar_gui.catalog.formats.raw_table import LIMITS
from stellar_gui.catalog.formats.text_pieces import require_memory
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.writing import save_table
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress
from stellar_gui.session.encoder import Encoder, dust_for, roles_for
from stellar_gui.session.export import MEAN_MAGNITUDE, QUALITY, added_meta, latent_names, origin, source_names
from stellar_gui.session.overlap import ahead, behind
from stellar_gui.session.piece_writing import holds_all, table_writer
from stellar_gui.session.pieces import Piece, Types, is_parquet, read_table_pieces
from stellar_gui.session.storage.archive import StoredModel
from stellar_gui.session.whole_table import TableFacts, table_facts

Result = TypeVar("Result")


@dataclass(frozen=True)
class Encoded:
    """How many rows a table has, how many of them are encoded, and what to say of those outside a dust map.

    found: rows that an earlier run of the same work, which broke off, had encoded already.
    """

    rows: int
    encoded: int
    dust_note: str = ""
    found: int = 0


@dataclass(frozen=True)
class Decoded:
    """How many rows a table has, and whether each was given the training stars' mean magnitude for want of its own."""

    rows: int
    typical_brightness: bool


@dataclass(frozen=True, eq=False)
class EncodingPlan:
    """How a table is encoded: what is known of it as a whole, and what its pieces become.

    names: of the source's columns, beside the added ones; units, column_meta: of all columns; metadata: of the file.
    """

    encoder: Encoder
    facts: TableFacts
    names: tuple[str, ...]
    units: Mapping[str, str]
    column_meta: Mapping[str, ColumnMeta]
    metadata: Mapping[str, str]

    def encoded(self, table: pa.Table, start: int) -> "EncodedPiece":
        """Some rows, from row `start` of the whole table on, with the added columns."""
        rows = slice(start, start + len(table))
        columns = self.encoder.needed
        new = self.encoder(to_frame(table.select(list(columns)), columns), self.facts.repeated(rows))
        good = new[QUALITY].isna().to_numpy(dtype=np.bool_)
        outside = int(np.isnan(new[DUST_COLUMN].to_numpy()[good]).sum()) if DUST_COLUMN in new else 0
        added = from_frame(new)
        arrays = [*table.columns, *(added[name].cast(_type(name)) for name in self.encoder.added)]
        named = pa.table(arrays, names=[*self.names, *self.encoder.added])
        return EncodedPiece(named, int(good.sum()), outside, new)


@dataclass(frozen=True, eq=False)
class EncodedPiece:
    """Some rows of an encoded table; encoded: how many of them are; outside: of these, outside the dust map.

    added: the added columns as a frame.
    """

    table: pa.Table
    encoded: int
    outside: int
    added: pd.DataFrame


class Look(Protocol):
    """A table that is read as often as need be."""

    def first(self) -> Piece:
        """The first piece. Raises InputError where there is none."""

    def frames(self, columns: Sequence[str]) -> Iterator[tuple[pd.DataFrame, float]]:
        """The given columns, piece by piece, and the share of the table that has been read with each."""

    def types(self) -> dict[str, pa.DataType]:
        """Type by column, in order; asked for after `frames`."""


def plan_encoding(
    stored: StoredModel,
    first: Piece,
    provenance: Provenance,
    look: Look,
    columns: Mapping[str, str] = MappingProxyType({}),
    dust_map: Path | None = None,
) -> Generator[Progress, None, EncodingPlan]:
    """Recognise the columns in a table's first piece, and look through the table for what the checks need to know.

    look: reads the table; columns: the user's column by role.
    Raises InputError as `dust_for`, `roles_for` and `Encoder` do.
    """
    name = provenance.name
    dust = yield from dust_for(stored, dust_map)
    roles = roles_for(stored, to_frame(first.table, tuple(first.table.column_names)), name, columns, dust is not None)
    cuts = stored.manifest.cuts
    wanted = [roles[role] for role, made in _CHECKS if role in roles and made(cuts)]
    facts = yield from table_facts(lambda: look.frames(wanted), roles, cuts)
    encoder = Encoder(stored, roles, name=name, checks_class=facts.checks_class, dust=dust)
    types = look.types()
    names = source_names(list(types), encoder.added)
    units = {name: first.units[old] for name, old in zip(names, types, strict=True) if old in first.units}
    meta = {name: first.column_meta[old] for name, old in zip(names, types, strict=True) if old in first.column_meta}
    if dust is not None:
        provenance = replace(provenance, dust_map=dust.source)
    metadata = origin(provenance, cuts, stored.model, "all rows", written="")
    return EncodingPlan(
        encoder, facts, tuple(names), units | encoder.units, meta | encoder.meta, MappingProxyType(metadata)
    )


def encode_file(
    stored: StoredModel,
    source: Path,
    target: Path,
    columns: Mapping[str, str] = MappingProxyType({}),
    dust_map: Path | None = None,
    table: str | None = None,
) -> Generator[Progress, None, Encoded]:
    """Write a table's rows, all and in order, with what the model makes of them.

    Added are the columns of `Encoder`. A source's column of such a name is renamed as `source_names` says. The table is
    read piece by piece: once, or of Parquet the identifiers and classes alone, for the checks that look at the whole,
    and once to be written. source and target may be the same file. The same table gives the same bytes.

    columns: the user's column by role; else the bands are the session's columns where the table has them, else as
    recognised in the first piece. table: as for `load_table`.
    dust_map: which tells the extinction in place of columns; E(B-V) from it is added as `ebv_map`.
    Raises InputError for a table that cannot be used, OutputError where the target cannot be written.
    """
    yield Progress(0, 100, "%")
    look = _FileLook(source, table)
    provenance = Provenance(source.name, str(source.absolute()))
    plan = yield from _half(plan_encoding(stored, look.first(), provenance, look, columns, dust_map), 0)
    if holds_all(target):
        require_memory(source, 0, plan.facts.rows, LIMITS)
    start = encoded = outside = 0
    with (
        table_writer(target, plan.metadata, plan.units, plan.column_meta) as writer,
        behind(writer.write) as write,
        closing(ahead(look.pieces())) as pieces,
    ):
        for piece in pieces:
            if start + len(piece.table) > plan.facts.rows:
                break
            made = plan.encoded(piece.table, start)
            start += len(piece.table)
            encoded, outside = encoded + made.encoded, outside + made.outside
            write(made.table)
            yield Progress(50 + 50 * piece.share, 100, "%")
        if start != plan.facts.rows:
            raise InputError(f"{source.name}: the file has changed while it was read; encode it again.")
    return Encoded(start, encoded, outside_words(outside, encoded))


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


class _FileLook:
    """One file in pieces; the types of a text table are known after one reading."""

    def __init__(self, source: Path, table: str | None) -> None:
        self._source, self._table = source, table
        self._types: dict[str, pa.DataType] | None = None

    def first(self) -> Piece:
        with closing(read_table_pieces(self._source, table=self._table)) as pieces:
            first = next(pieces)
        if is_parquet(self._source):
            self._types = dict(zip(first.table.column_names, first.table.schema.types, strict=True))
        return first

    def frames(self, columns: Sequence[str]) -> Iterator[tuple[pd.DataFrame, float]]:
        found = None if self._types is not None else Types()
        for piece in read_table_pieces(self._source, self._types, self._table, columns):
            if found is not None:
                found.add(piece.table)
            yield to_frame(piece.table.select(list(columns)), tuple(columns)), piece.share
        if found is not None:
            self._types = found.settled()

    def types(self) -> dict[str, pa.DataType]:
        assert self._types is not None
        return self._types

    def pieces(self) -> Generator[Piece, None, None]:
        """All columns, piece by piece, in the table's types."""
        yield from read_table_pieces(self._source, self._types, self._table)


_CHECKS: Final[tuple[tuple[str, Callable[[QualityCuts], bool]], ...]] = (
    ("identifier", lambda cuts: cuts.unique),
    ("class", lambda cuts: cuts.classes is not None),
)
"""Roles whose columns the checks look at as a whole, and whether some cuts do."""


def _half(work: Generator[Progress, None, Result], start: int) -> Generator[Progress, None, Result]:
    """Count the progress of a piece of work as the half of another that begins at `start` percent."""
    while True:
        try:
            item = next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
        yield Progress(start + 50 * item.done / max(item.total, 1), 100, "%")


def _float32(column: pd.Series) -> NDArray[np.float32]:
    """(n,) float32: a column's numbers, NaN where one is missing, infinite where it is beyond float32."""
    with np.errstate(over="ignore"):
        return numbers(column).astype(np.float32)


def _type(name: str) -> pa.DataType:
    return pa.string() if name == QUALITY else pa.float32()
