"""Applying a saved model to tables: magnitudes to latent positions and back, in bounded memory."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from stellar_gui.autoencoder.embedding import embed
from stellar_gui.catalog.arrow_frame import from_frame, to_frame
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import ColumnRoles, listing, numbers, recognise
from stellar_gui.catalog.quality import Quality, check
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.writing import save_table
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain
from stellar_gui.session.archive import StoredModel
from stellar_gui.session.export import (
    added_units,
    embedding_columns,
    latent_names,
    origin,
    reason_column,
    source_names,
)
from stellar_gui.session.pieces import Types, read_table_pieces, table_writer
from stellar_gui.session.session import Mask

_CHECKED_ROLES: Final = (*BAND_NAMES, "identifier", "class")


@dataclass(frozen=True)
class Encoded:
    """How many rows a table has, and how many of them were encoded."""

    rows: int
    encoded: int


def encode_file(
    stored: StoredModel, source: Path, target: Path, columns: Mapping[str, str] = MappingProxyType({})
) -> Generator[Progress, None, Encoded]:
    """Write a table's rows, all and in order, with what the model makes of them.

    Added are the columns of `embedding_columns`, and `quality`: empty for a good row; a row that fails the session's
    checks has its reason there and nothing in the others. A source's column of such a name is renamed as `source_names`
    says. The table is read twice, piece by piece: once for the checks, for which about 40 bytes a row are kept, and
    once to be written. source and target may be the same file.

    columns: the user's column by role; else the bands are the session's columns where the table has them, else as
    recognised in the first piece.
    Raises InputError for a table that cannot be used, OutputError where the target cannot be written.
    """
    yield Progress(0, 100, "%")
    catalog, types, units = yield from _read_checked_columns(stored, source, columns)
    quality = check(catalog, stored.manifest.cuts)
    metadata = origin(catalog.provenance, stored.manifest.cuts, stored.model, "all rows")
    added = (*latent_names(stored.model.config.network.latent), *_ADDED_NAMES)
    names = source_names(list(types), added)
    units = {name: units[old] for name, old in zip(names, types, strict=True) if old in units}
    units |= added_units(added)
    start = 0
    with table_writer(target, metadata, units) as writer:
        for piece in read_table_pieces(source, types):
            rows = slice(start, start + len(piece.table))
            start = rows.stop
            if start > len(catalog):
                break
            new = from_frame(_encoded(stored, catalog, quality, rows))
            arrays = [*piece.table.columns, *(new[name].cast(_type(name)) for name in added)]
            writer.write(pa.table(arrays, names=[*names, *added]))
            yield Progress(50 + 50 * piece.share, 100, "%")
        if start != len(catalog):
            raise InputError(f"{source.name}: the file has changed while it was read; encode it again.")
    return Encoded(len(catalog), int(quality.kept.sum()))
