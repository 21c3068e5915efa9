"""A part of a survey as a catalogue: a seeded random sample of its rows, or a cone on the sky; the rest is not read."""

import hashlib
import json
import re
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.formats.arrow_frame import unfolded_size
from stellar_gui.catalog.formats.parquet_table import to_raw
from stellar_gui.catalog.formats.raw_table import LIMITS, Limits, opening_memory, size_in_words
from stellar_gui.catalog.reading import catalog_of, kind_of, recognised
from stellar_gui.catalog.survey.cone import Cone, in_cone
from stellar_gui.catalog.survey.parts import Part, Survey, open_survey
from stellar_gui.catalog.survey.sampling import Piece, Sample, row_bytes, sampled
from stellar_gui.errors import EmptyPartError, InputError, TooLargeError
from stellar_gui.progress import Progress

Taking = Sample | Cone

_HEAD_ROWS: Final = 1000
_FOOTER_END: Final = 8
"""Bytes at the end of a Parquet file: the length of its footer and a magic word."""


def taking_of(words: str) -> Taking | None:
    """The sample, of as many rows as came, or the cone that says of itself `words`; None for other text."""
    if found := re.fullmatch(r"random sample of ([\d,]+) of [\d,]+ rows, seed (\d+)", words):
        return Sample(int(found[1].replace(",", "")), int(found[2]))
    number = r"(-?[\d.]+(?:e[+-]?\d+)?)"
    if found := re.fullmatch(rf"cone of {number} deg around RA {number}, Dec {number}: .*", words):
        return Cone(float(found[2]), float(found[3]), float(found[1]))
    return None


def load_part(
    path: Path, taking: Taking, columns: Mapping[str, str] = MappingProxyType({}), limits: Limits = LIMITS
) -> Generator[Progress, None, Catalog]:
    """Read a sample or a cone of a Parquet file, a folder of them or a HATS catalogue; see `open_to_take`, `take`."""
    survey = yield from open_to_take(path)
    return (yield from take(survey, taking, columns, limits))


def open_to_take(path: Path) -> Generator[Progress, None, Survey]:
    """Open a survey as `open_survey` does. Raises InputError too for a file of another kind, or none."""
    path = Path(path)
    if not path.is_dir() and kind_of(path) != ".parquet":
        raise InputError(f"{path.name}: a sample or cone is taken of Parquet files alone; open all of this table.")
    return (yield from open_survey(path))


def take(
    survey: Survey, taking: Taking, columns: Mapping[str, str] = MappingProxyType({}), limits: Limits = LIMITS
) -> Generator[Progress, None, Catalog]:
    """Read a sample or a cone of a survey with all of its columns, and recognise them.

    The rows come in the survey's order. Only the row groups are read that hold some of them; of a HATS catalogue only
    the partitions that a cone touches. columns: as for `load_catalog`.
    Yields Progress in rows. Raises InputError as `load_catalog` does, where a cone is empty or cannot be told, and
    where what is asked for does not fit in memory: fewer rows are to be taken then; no column is left out unasked.
    """
    name = survey.path.name
    opened = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        if isinstance(taking, Sample):
            _require_memory(survey, row_bytes(survey) * min(taking.rows, survey.rows), limits)
            pieces = sampled(survey, taking)
        else:
            pieces = in_cone(survey, taking, _position(survey, columns))
        table = yield from _gathered(survey, pieces, limits)
        sha256 = digest_of(survey)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{name}: one of its files is damaged or has changed; copy it again.") from error
    if not len(table):
        raise EmptyPartError(f"{name}: no stars in that cone; choose another place or a larger radius.")
    source = Provenance(
        name=name,
        path=str(survey.path.resolve()),
        size=sum(part.size for part in survey.parts),
        sha256=sha256,
        opened=opened,
        part=taking.words(len(table), survey.rows),
    )
    raw = to_raw(table)
    return catalog_of(raw, recognised(raw, columns, name), columns, source)


def digest_of(survey: Survey) -> str:
    """Hex digest (SHA-256) that stands for a survey's content: of its files' names, rows, bytes and footers.

    A footer tells where each column's pages are, and their ranges where the writer took them. Raises OSError.
    """
    facts = [[survey.name_of(part), part.rows, part.size, _footer_digest(part)] for part in survey.parts]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _footer_digest(part: Part) -> str:
    with part.path.open("rb") as file:
        file.seek(part.size - _FOOTER_END)
        length = int.from_bytes(file.read(4), "little")
        file.seek(max(0, part.size - _FOOTER_END - length))
        return hashlib.sha256(file.read(length)).hexdigest()


def _gathered(
    survey: Survey, pieces: Generator[Piece, None, None], limits: Limits
) -> Generator[Progress, None, pa.Table]:
    tables, size = [survey.schema.empty_table()], 0
    for piece in pieces:
        if len(piece.table):
            tables.append(piece.table)
            size += sum(unfolded_size(column) for column in piece.table.columns)
            _require_memory(survey, size, limits, sum(map(len, tables)))
        yield Progress(piece.done, piece.total, "rows")
    return pa.concat_tables(tables)


def _require_memory(survey: Survey, size: int, limits: Limits, rows: int = 0) -> None:
    if opening_memory(size, rows) > limits.memory:
        raise TooLargeError(
            f"{survey.path.name}: that part takes more than {size_in_words(limits.memory)} of memory with its "
            f"{len(survey.schema):,} columns; take a smaller sample or cone."
        )


def _position(survey: Survey, columns: Mapping[str, str]) -> tuple[str, str]:
    """The columns of right ascension and declination. Raises InputError where there are none."""
    chosen = columns.get("ra", ""), columns.get("dec", "")
    names = survey.schema.names
    if set(chosen) <= set(names):
        return chosen
    if survey.hats is not None and set(survey.hats.position) <= set(names):
        return survey.hats.position
    first = next(part for part in survey.parts if part.rows)
    with pq.ParquetFile(first.path) as file:
        head = pa.Table.from_batches([next(file.iter_batches(_HEAD_ROWS))])
    roles = recognised(to_raw(head), columns, survey.path.name).roles
    if not {"ra", "dec"} <= roles.keys():
        raise InputError(
            f"{survey.path.name}: no columns of right ascension and declination, so that no cone can be taken; "
            "take a sample, or name them, as in --column ra=NAME --column dec=NAME."
        )
    return roles["ra"], roles["dec"]
