"""What a survey is encoded in: jobs of some rows each, whose outcome is a file that is there whole or not at all."""

import hashlib
import json
import shutil
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from stellar_gui import __version__
from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.catalog.formats.parquet_table import PREFIX
from stellar_gui.catalog.survey.parts import Survey
from stellar_gui.errors import OutputError
from stellar_gui.session.encoding import EncodingPlan
from stellar_gui.session.storage.archive import StoredModel

STATE: Final = "_encoding.json"
"""In a folder of encoded parts: what they are made of, so that the same work goes on and other work does not."""
BATCH_ROWS: Final = 1 << 16
ENCODED: Final = f"{PREFIX}encoded"
OUTSIDE: Final = f"{PREFIX}outside_dust_map"


@dataclass(frozen=True)
class Job:
    """Some rows of a file: from row `first` of it on, `start` of the whole table; target: the file they become."""

    source: Path
    first: int
    rows: int
    start: int
    target: Path
    index: Path | None = None


def rows_of(path: Path, first: int = 0, rows: int | None = None) -> Generator[pa.Table, None, None]:
    """Rows of a Parquet file from row `first` on, some ten thousand at a time; rows: how many, None for the rest.

    Of the file's row groups only those are read that hold some.
    """
    with pq.ParquetFile(path) as file:
        left = file.metadata.num_rows - first if rows is None else rows
        groups: list[int] = []
        skip = begin = 0
        for number in range(file.num_row_groups):
            size = file.metadata.row_group(number).num_rows
            if begin + size > first and begin < first + left:
                if not groups:
                    skip = first - begin
                groups.append(number)
            begin += size
        held = pa.table([])
        for batch in file.iter_batches(BATCH_ROWS, row_groups=groups):
            table = pa.Table.from_batches([batch])
            dropped = min(skip, len(table))
            skip -= dropped
            table = table.slice(dropped)
            held = table if not held.num_columns else pa.concat_tables([held, table])
            while left and len(held) >= min(BATCH_ROWS, left):
                part = held.slice(0, min(BATCH_ROWS, left))
                left -= len(part)
                held = held.slice(len(part))
                yield part
            if not left:
                return


def counts_in(path: Path) -> tuple[int, int] | None:
    """How many rows of an encoded part are encoded and outside the dust map; None where it is not there or damaged."""
    try:
        metadata = pq.read_metadata(path).metadata or {}
        return int(metadata[ENCODED.encode()]), int(metadata[OUTSIDE.encode()])
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return None


def fingerprint(stored: StoredModel, survey: Survey, plan: EncodingPlan) -> dict[str, Any]:
    """What encoded parts are made of: text and numbers by key."""
    digest = hashlib.sha256()
    for part in survey.parts:
        facts = part.path.stat()
        digest.update(json.dumps([survey.name_of(part), part.rows, facts.st_size, facts.st_mtime_ns]).encode())
    return {
        "format": "stellar-gui encoding",
        "format_version": 1,
        "program_version": __version__,
        "model": stored.model.id,
        "columns": dict(plan.encoder.roles),
        "origin": dict(plan.metadata),
        "rows": survey.rows,
        "source": digest.hexdigest(),
    }


def claim(folder: Path, made_of: Mapping[str, Any], ours_alone: bool) -> None:
    """Make a folder for encoded parts, or go on with one of the same work.

    ours_alone: whether what other work of this program has left there may be removed. Raises OutputError where the
    folder holds anything else.
    """
    state = folder / STATE
    try:
        if ours_alone and state.is_file() and not _same(state, made_of):
            shutil.rmtree(folder)
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder.name}: this is a file; choose a new folder for the encoded parts.")
        if folder.is_dir() and any(folder.iterdir()) and not _same(state, made_of):
            why = "the outcome of other work" if state.exists() else "other files"
            raise OutputError(f"{folder.name}: the folder holds {why}; choose a new one for the encoded parts.")
        folder.mkdir(parents=True, exist_ok=True)
        for unfinished in folder.rglob(".*.part"):
            unfinished.unlink()
    except OSError as error:
        raise OutputError(f"{folder.name}: {(error.strerror or str(error)).lower()}; choose another folder.") from error
    if not state.exists():
        with atomic_target(state) as temporary:
            temporary.write_text(json.dumps(dict(made_of), indent=1, ensure_ascii=False), encoding="utf-8")


def _same(state: Path, made_of: Mapping[str, Any]) -> bool:
    try:
        found: object = json.loads(state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    expected: object = json.loads(json.dumps(dict(made_of)))
    return bool(found == expected)


def require_apart(survey: Survey, target: Path) -> None:
    """Raise OutputError where the encoded parts would be written among the survey's own files."""
    inside = survey.folder.resolve() in (target.resolve(), *target.resolve().parents)
    if inside or target.resolve() in survey.folder.resolve().parents:
        raise OutputError(f"{target.name}: choose a folder outside of {survey.path.name} for the encoded parts.")


def total_rows(jobs: Iterable[Job]) -> int:
    """Rows of some jobs."""
    return sum(job.rows for job in jobs)
