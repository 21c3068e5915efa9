"""Choosing stars of an encoded survey by a recipe, part by part, without ever holding all of them."""

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from stellar_gui.analysis.plane_index.drawing import drawing_of
from stellar_gui.analysis.plane_index.reading import PlaneIndex
from stellar_gui.analysis.recipes import Recipe, applied, models_of, typed
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import ColumnRoles, numbers, recognise
from stellar_gui.catalog.formats.arrow_frame import column_meta_of, to_frame, units_of
from stellar_gui.catalog.formats.parquet_table import PREFIX
from stellar_gui.catalog.survey.parts import Survey
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress
from stellar_gui.session.export import MEAN_MAGNITUDE, QUALITY, latent_names, source_metadata
from stellar_gui.session.overlap import ahead, behind
from stellar_gui.session.piece_writing import table_writer
from stellar_gui.session.recipe_words import subset_in_line
from stellar_gui.session.session import now
from stellar_gui.session.storage.manifest import read_manifest
from stellar_gui.session.survey.parts import rows_of

_MODEL: Final = f"{PREFIX}model".encode()
_HEAD_ROWS: Final = 1000


@dataclass(frozen=True)
class Chosen:
    """How many rows were looked at, and how many of them were chosen."""

    rows: int
    chosen: int


def where(survey: Survey, text: str) -> Recipe:
    """The recipe of a typed expression on a survey's columns. Raises InputError where it is wrong, or not encoded."""
    columns = _columns_of(survey)
    blank = columns.of(to_frame(survey.schema.empty_table(), tuple(survey.schema.names)))
    recipe = typed(text, {}, blank)
    applied(recipe, blank)
    return recipe


def rule_of(session: Path, name: str) -> Recipe:
    """The recipe of a session's subset. Raises InputError where it has none of that name."""
    manifest = read_manifest(session)
    facts = {known: told.recipe for known, told in zip(manifest.subsets, manifest.subset_facts, strict=True)}
    if name not in facts:
        known = ", ".join(facts) or "none"
        raise InputError(f"{session.name}: there is no subset “{name}”; its subsets: {known}.")
    return facts[name]


def export_chosen(
    survey: Survey, recipe: Recipe, target: Path, index: PlaneIndex | None = None
) -> Generator[Progress, None, Chosen]:
    """Write the stars of an encoded survey that a recipe chooses, with all of their columns, in order.

    index: of the survey's map, by which parts are passed over of which no star can lie in a region. Memory does not
    grow with the survey, but where the target's format is held as a whole (FITS, VOTable, ECSV).
    Yields Progress in rows. Raises InputError where the recipe cannot be applied or nothing is chosen; OutputError.
    """
    columns = _columns_of(survey)
    wanted = yield from _parts_to_read(survey, recipe, index)
    total = sum(survey.parts[number].rows for number in wanted)
    metadata = source_metadata(Provenance(survey.path.name, str(survey.path.absolute()))) | {
        "rows": "those that a recipe chooses",
        "rows_recipe": subset_in_line(recipe),
        "model": columns.model,
        "written": now(),
    }
    done = chosen = 0
    yield Progress(0, total, "rows")
    units, meta = units_of(survey.schema), column_meta_of(survey.schema)
    with (
        table_writer(target, metadata, units, meta) as writer,
        behind(writer.write) as write,
        closing(ahead(_tables(survey, wanted))) as tables,
    ):
        for table in tables:
            found = table.filter(pa.array(columns.chosen(table, recipe)))
            done += len(table)
            chosen += len(found)
            if len(found):
                write(found)
            yield Progress(done, total, "rows")
        if not chosen:
            raise InputError(f"{survey.path.name}: no star is chosen; nothing was written.")
    return Chosen(survey.rows, chosen)


def load_chosen(
    survey: Survey, recipe: Recipe, most: int, seed: int, index: PlaneIndex | None = None
) -> Generator[Progress, None, Catalog]:
    """The stars that a recipe chooses as a catalogue: all of them, or a seeded sample of `most`.

    Memory does not grow with what is chosen beyond twice that.
    Yields Progress in rows. Raises InputError as `export_chosen` does.
    """
    columns = _columns_of(survey)
    wanted = yield from _parts_to_read(survey, recipe, index)
    rng, keys, kept = np.random.default_rng(seed), np.empty(0), survey.schema.empty_table()
    total, done, chosen = sum(survey.parts[number].rows for number in wanted), 0, 0
    with closing(ahead(_tables(survey, wanted))) as tables:
        for table in tables:
            found = table.filter(pa.array(columns.chosen(table, recipe)))
            done, chosen = done + len(table), chosen + len(found)
            keys = np.concatenate([keys, rng.random(len(found))])
            kept = pa.concat_tables([kept, found])
            if len(keys) > 2 * most:
                keys, kept = _fewest(keys, kept, most)
            yield Progress(done, total, "rows")
    if not chosen:
        raise InputError(f"{survey.path.name}: no star is chosen; draw another region.")
    _, kept = _fewest(keys, kept, most)
    frame = to_frame(kept, tuple(kept.column_names))
    found_roles = recognise(frame)
    told = f"{chosen:,} of {survey.rows:,} rows chosen on the map"
    sampled = f"random sample of {len(frame):,} of {told}, seed {seed}"
    return Catalog(
        frame,
        found_roles.roles,
        Provenance(
            survey.path.name,
            str(survey.path.resolve()),
            opened=now(),
            query=subset_in_line(recipe),
            part=told if len(frame) == chosen else sampled,
        ),
        units_of(survey.schema),
        found_roles.candidates,
        found_roles.ambiguous,
        column_meta=column_meta_of(survey.schema),
    )


def count_on_plane(index: PlaneIndex, recipe: Recipe, most: int) -> Generator[Progress, None, tuple[int, int]]:
    """At least and at most how many stars a recipe of regions on the latent plane holds.

    Both are the same where no more than `most` stars need be read for that. Yields Progress in rows. Raises InputError
    for a recipe of anything else, and where an index file is missing or damaged.
    """
    region = drawing_of(recipe)
    if region is None:
        raise InputError(
            "only regions on the latent plane can be counted without reading the survey; export the stars."
        )
    return (yield from index.count(region, most))


@dataclass(frozen=True)
class _Columns:
    """What recipes are applied to: roles by column, and what made the embedding."""

    roles: Mapping[str, str]
    latent: tuple[str, ...]
    model: str

    def chosen(self, table: pa.Table, recipe: Recipe) -> NDArray[np.bool_]:
        """(n,) bool: which of some rows a recipe chooses."""
        return applied(recipe, self.of(to_frame(table, tuple(table.column_names))))

    def of(self, frame: pd.DataFrame) -> StarColumns:
        """What can be said of some rows."""
        catalog = Catalog(frame, ColumnRoles(self.roles), Provenance("survey"))
        kept = frame[QUALITY].isna().to_numpy(dtype=np.bool_)
        return StarColumns(catalog, self._embedding(frame), self.model, kept)

    def _embedding(self, frame: pd.DataFrame) -> Embedding:
        def columns(names: tuple[str, ...]) -> NDArray[np.float32]:
            return np.column_stack([numbers(frame[name]).astype(np.float32) for name in names])

        passed = MEAN_MAGNITUDE in frame
        return Embedding(
            columns(self.latent),
            columns(tuple(f"{band}_rec" for band in BAND_NAMES)),
            columns(tuple(f"{band}_res" for band in BAND_NAMES)),
            numbers(frame[MEAN_MAGNITUDE]).astype(np.float32) if passed else None,
        )


def _columns_of(survey: Survey) -> _Columns:
    """Raises InputError where the survey was not encoded by this program."""
    names, metadata = survey.schema.names, survey.schema.metadata or {}
    latent = tuple(name for name in latent_names(len(names)) if name in names)
    if not latent or QUALITY not in names or _MODEL not in metadata:
        raise InputError(
            f"{survey.path.name}: this survey is not encoded; use `stellar-gui encode RUN.stellar SURVEY -o FOLDER`."
        )
    first = next(part for part in survey.parts if part.rows)
    with closing(rows_of(first.path, rows=min(first.rows, _HEAD_ROWS))) as tables:
        head = next(tables)
    found = recognise(to_frame(head, tuple(head.column_names)))
    return _Columns(MappingProxyType(dict(found.roles)), latent, metadata[_MODEL].decode())


def _parts_to_read(
    survey: Survey, recipe: Recipe, index: PlaneIndex | None
) -> Generator[Progress, None, tuple[int, ...]]:
    """The numbers of the parts of which some stars may be chosen."""
    model = (survey.schema.metadata or {}).get(_MODEL, b"").decode()
    for other in models_of(recipe) - {model}:
        raise InputError(
            f"{survey.path.name}: the region was drawn on the plane of another model ({other}); encode with that one."
        )
    region = drawing_of(recipe)
    known = {} if index is None else {path: number for number, path in enumerate(index.parts)}
    if index is None or region is None or any(part.path not in known for part in survey.parts):
        return tuple(range(len(survey.parts)))
    near = yield from index.parts_in(region)
    return tuple(number for number, part in enumerate(survey.parts) if known[part.path] in near)


def _tables(survey: Survey, wanted: tuple[int, ...]) -> Generator[pa.Table, None, None]:
    for number in wanted:
        part = survey.parts[number]
        try:
            yield from rows_of(part.path)
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{part.path.name}: this part is missing or damaged; encode the survey again.") from error


def _fewest(keys: NDArray[np.float64], table: pa.Table, most: int) -> tuple[NDArray[np.float64], pa.Table]:
    """The rows of the lowest keys, in order."""
    if len(keys) <= most:
        return keys, table
    rows = np.sort(np.argpartition(keys, most)[:most])
    return keys[rows], table.take(pa.array(rows)).combine_chunks()
