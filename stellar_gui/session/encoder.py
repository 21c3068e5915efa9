"""The encoder: one pure function from some rows of a table to what a model makes of them, for tables of any size."""

from collections.abc import Generator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar_gui.autoencoder.embedding import embed
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.columns import EXTINCTION_ROLES, REDDENING, ColumnRoles, recognise
from stellar_gui.catalog.dust.dust_map import COLUMN as DUST_COLUMN
from stellar_gui.catalog.dust.dust_map import OpenDust, Reddening, open_dust, reddened, require_positions
from stellar_gui.catalog.quality import WholeTable, check, duplicates
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain
from stellar_gui.session.details import details_of
from stellar_gui.session.export import (
    QUALITY,
    added_meta,
    added_names,
    added_units,
    embedding_columns,
    reason_column,
)
from stellar_gui.session.storage.archive import StoredModel

_CHECKED_ROLES: Final = (*BAND_NAMES, "identifier", "class")


class Encoder:
    """Gives rows the columns that a model adds: each row for itself, so that any split of a table gives the same.

    roles: column by role; needed: the columns that it reads; added: those that it adds, in order: E(B-V) from a dust
    map, those of `embedding_columns`, and `quality`, empty for a good row; a row that fails the session's checks has
    its reason there and nothing in the others. units, meta: of the added columns.
    """

    def __init__(
        self,
        stored: StoredModel,
        roles: Mapping[str, str],
        *,
        name: str = "",
        checks_class: bool = False,
        dust: OpenDust | None = None,
    ) -> None:
        """Name: of the table, for messages; roles: column by role, as `roles_for` finds them.

        checks_class: whether an allowed class occurs in the whole table; dust: tells extinction in place of columns.
        Raises InputError for a dust map where there are no positions, or where the model does not correct for dust.
        """
        model = stored.model
        if dust is not None:
            _require_correction(stored)
        self._stored, self._dust, self._checks_class = stored, dust, checks_class
        self.roles = MappingProxyType(dict(roles))
        self._columns = ColumnRoles(self.roles)
        self._provenance = Provenance(name)
        added = added_names(model.config.network.latent, model.features.passes_brightness)
        self.added = added if dust is None else (DUST_COLUMN, *added)
        self.needed = tuple(dict.fromkeys(roles.values()))
        self.units: dict[str, str] = added_units(added) | ({} if dust is None else {DUST_COLUMN: "mag"})
        self.meta: dict[str, ColumnMeta] = added_meta(added)
        if dust is not None:
            require_positions(self._catalog(pd.DataFrame(columns=list(self.needed))))

    def __call__(self, frame: pd.DataFrame, repeated: NDArray[np.bool_] | None = None) -> pd.DataFrame:
        """(n, k) the added columns of n rows, float32 but for `quality`, text; the rows keep their index.

        frame: at least the columns `needed`. repeated: (n,) bool, rows whose identifier an earlier row has.
        """
        model, cuts = self._stored.model, self._stored.manifest.cuts
        catalog = self._catalog(frame)
        if self._dust is not None:
            found = self._dust.at(catalog.numbers("ra"), catalog.numbers("dec"))
            catalog = reddened(catalog, Reddening(found, self._dust.source))
        none = np.zeros(len(frame), dtype=np.bool_)
        quality = check(catalog, cuts, WholeTable(none if repeated is None else repeated, self._checks_class))
        details = details_of(catalog, quality, model.config)
        columns = embedding_columns(drain(embed(model, catalog.magnitudes, quality.kept, details)))
        if self._dust is not None:
            columns.insert(0, DUST_COLUMN, catalog.numbers(REDDENING).astype(np.float32))
        columns[QUALITY] = reason_column(quality.reason)
        return columns.set_axis(frame.index, axis="index")

    def repeated(self, frame: pd.DataFrame) -> NDArray[np.bool_]:
        """(n,) bool: which of n rows have the identifier of an earlier one among them, as far as the checks ask."""
        if not self._stored.manifest.cuts.unique:
            return np.zeros(len(frame), dtype=np.bool_)
        return duplicates(self._catalog(frame))[0]

    def _catalog(self, frame: pd.DataFrame) -> Catalog:
        return Catalog(frame[list(self.needed)], self._columns, self._provenance)


def dust_for(stored: StoredModel, dust_map: Path | None) -> Generator[Progress, None, OpenDust | None]:
    """The dust map for a model, opened; None without one.

    Yields Progress as `open_dust` does. Raises InputError as it does, and where the model does not correct for dust.
    """
    if dust_map is None:
        return None
    _require_correction(stored)
    return (yield from open_dust(dust_map))


def _require_correction(stored: StoredModel) -> None:
    if not stored.model.config.deredden:
        raise InputError("The model does not correct for extinction; leave out the dust map.")


def roles_for(
    stored: StoredModel, frame: pd.DataFrame, name: str, chosen: Mapping[str, str], dust_map: bool
) -> dict[str, str]:
    """Column by role, of the roles that the checks and the model look at.

    frame: some rows of the table `name`, with all of its columns. chosen: the user's column by role; without bands
    among them, the session's columns where the table has them, else as recognised. dust_map: whether positions are
    needed in place of columns of dust. Raises InputError where the bands are not found.
    """
    bands = {band: stored.manifest.columns[band] for band in BAND_NAMES}
    if not chosen.keys() & set(BAND_NAMES) and set(bands.values()) <= set(frame.columns):
        chosen = bands | dict(chosen)
    try:
        found = recognise(frame, chosen)
    except InputError as error:
        raise InputError(f"{name}: {error}.") from error
    dust = (REDDENING, *EXTINCTION_ROLES) if stored.model.config.deredden else ()
    wanted = (*_CHECKED_ROLES, *(("ra", "dec") if dust_map else dust))
    return {role: column for role, column in found.roles.items() if role in wanted}
