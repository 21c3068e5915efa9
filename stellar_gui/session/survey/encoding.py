"""Encoding tables larger than memory, part by part; work that breaks off goes on where it was."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from stellar_gui import __version__
from stellar_gui.analysis.plane_index.writing import index_path, write_part_index, write_total
from stellar_gui.catalog.atomic import atomic_target, require_target
from stellar_gui.catalog.catalog import Provenance
from stellar_gui.catalog.dust.dust_map import outside_words
from stellar_gui.catalog.formats.arrow_frame import column_meta_of, to_frame, units_of
from stellar_gui.catalog.survey.hats import write_hats_frame
from stellar_gui.catalog.survey.parts import Survey, open_survey
from stellar_gui.catalog.writing import writes_parquet
from stellar_gui.errors import InputError, OutputError
from stellar_gui.progress import Progress
from stellar_gui.session.encoding import Encoded, EncodedPiece, EncodingPlan, plan_encoding
from stellar_gui.session.export import latent_names
from stellar_gui.session.overlap import ahead, behind
from stellar_gui.session.piece_writing import ParquetWriter
from stellar_gui.session.pieces import Piece, is_parquet
from stellar_gui.session.storage.archive import StoredModel
from stellar_gui.session.survey.parts import (
    BATCH_ROWS,
    ENCODED,
    OUTSIDE,
    Job,
    claim,
    counts_in,
    fingerprint,
    require_apart,
    rows_of,
    total_rows,
)

FILE_ROWS: Final = 1 << 20
"""Rows of a file that is encoded to a file, of which the outcome is kept when the work breaks off."""


def encode_folder(
    stored: StoredModel,
    source: Path,
    target: Path,
    columns: Mapping[str, str] = MappingProxyType({}),
    dust_map: Path | None = None,
) -> Generator[Progress, None, Encoded]:
    """Encode a folder of Parquet files, or a HATS catalogue, to a folder of files of the same names.

    Each file is there whole or not at all, so that the same call goes on where one before broke off, and ends with the
    same bytes. Of a latent space of two dimensions or more, the index of the map of all stars is written beside each
    (`analysis.plane_index`). Columns as `encode_file` says. Of a HATS catalogue comes a HATS catalogue.
    Yields Progress in rows. Raises InputError for a survey that cannot be used, OutputError for a target that is no new
    folder, or cannot be written.
    """
    survey = yield from open_survey(source)
    require_apart(survey, target)
    plan = yield from _plan(stored, survey, columns, dust_map)
    claim(target, fingerprint(stored, survey, plan), ours_alone=False)
    mapped = stored.model.config.network.latent > 1
    jobs, start = [], 0
    for part in survey.parts:
        name = survey.name_of(part)
        index = index_path(target, name) if mapped else None
        jobs.append(Job(part.path, 0, part.rows, start, target / name, index))
        start += part.rows
    done = yield from _work(plan, jobs, "zstd")
    if survey.hats is not None:
        partitions = {job.target: part.pixel for job, part in zip(jobs, survey.parts, strict=True)}
        write_hats_frame(survey.hats, target, partitions, _schema_of_all(jobs[0].target), f"Stellar GUI {__version__}")
    if mapped:
        write_total(target, {job.index: job.target for job in jobs if job.index is not None}, stored.model.id)
    return done


def _schema_of_all(part: Path) -> pa.Schema:
    """The schema of a part, with what its metadata say of all parts."""
    schema = pq.read_schema(part)
    told = {key: value for key, value in (schema.metadata or {}).items() if key.decode() not in (ENCODED, OUTSIDE)}
    return schema.with_metadata(told)


def encode_parquet_file(
    stored: StoredModel,
    source: Path,
    target: Path,
    columns: Mapping[str, str] = MappingProxyType({}),
    dust_map: Path | None = None,
) -> Generator[Progress, None, Encoded]:
    """Encode one Parquet file to another, as `encode_file` does, so that work that broke off can go on.

    A million rows at a time are kept in a hidden folder beside the target until all are there. Yields Progress in rows.
    """
    require_target(target)
    survey = yield from open_survey(source)
    plan = yield from _plan(stored, survey, columns, dust_map)
    folder = target.with_name(f".{target.name}.encoding")
    claim(folder, fingerprint(stored, survey, plan), ours_alone=True)
    jobs = [
        Job(source, start, min(FILE_ROWS, survey.rows - start), start, folder / f"{start // FILE_ROWS:06d}.parquet")
        for start in range(0, survey.rows, FILE_ROWS)
    ]
    together = folder / "_whole.parquet"
    try:
        with closing(_writer(together, plan, "zstd")) as whole, behind(whole.write) as write:
            done = yield from _work(plan, jobs, "none", write)
    except (OSError, OutputError) as error:
        cause = error.__cause__ if isinstance(error, OutputError) else error
        why = os.strerror(cause.errno) if isinstance(cause, OSError) and cause.errno else str(error)
        raise OutputError(
            f"{target.name}: it could not be written ({why.lower().rstrip('.')}); "
            "make room, then encode again: it goes on with what is done."
        ) from error
    with atomic_target(target) as temporary:
        together.replace(temporary)
    shutil.rmtree(folder, ignore_errors=True)
    return done


def resumable(source: Path, target: Path) -> bool:
    """Whether a file is long enough, and both are Parquet, so that its encoding is to be kept when it breaks off."""
    return source.is_file() and writes_parquet(target) and is_parquet(source) and _rows(source) > FILE_ROWS


def _rows(path: Path) -> int:
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException):
        return 0


class _SurveyLook:
    """Reads a survey's parts one after another for what the checks need to know of the whole."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey

    def first(self) -> Piece:
        part = next(part for part in self._survey.parts if part.rows)
        with closing(rows_of(part.path)) as tables:
            table = next(tables)
        schema = self._survey.schema
        return Piece(table, units_of(schema), column_meta_of(schema), 0.0)

    def frames(self, columns: Sequence[str]) -> Iterator[tuple[pd.DataFrame, float]]:
        done = 0
        for part in self._survey.parts:
            with pq.ParquetFile(part.path) as file:
                for batch in file.iter_batches(BATCH_ROWS, columns=list(columns)):
                    done += len(batch)
                    yield to_frame(pa.Table.from_batches([batch]), tuple(columns)), done / self._survey.rows

    def types(self) -> dict[str, pa.DataType]:
        return dict(zip(self._survey.schema.names, self._survey.schema.types, strict=True))


def _plan(
    stored: StoredModel, survey: Survey, columns: Mapping[str, str], dust_map: Path | None
) -> Generator[Progress, None, EncodingPlan]:
    look = _SurveyLook(survey)
    provenance = Provenance(survey.path.name, str(survey.path.absolute()))
    try:
        plan = yield from plan_encoding(stored, look.first(), provenance, look, columns, dust_map)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{survey.path.name}: one of its files is damaged ({error}); copy it again.") from error
    return plan


def _work(
    plan: EncodingPlan, jobs: Sequence[Job], compression: str, together: Callable[[pa.Table], None] | None = None
) -> Generator[Progress, None, Encoded]:
    """Do those jobs whose outcome is not there yet; together: takes all that is encoded, in order."""
    rows, encoded, outside = total_rows(jobs), 0, 0
    pending = []
    for job in jobs:
        counts = counts_in(job.target) if job.index is None or job.index.is_file() else None
        if counts is None:
            pending.append(job)
        else:
            encoded, outside = encoded + counts[0], outside + counts[1]
    left, done = total_rows(pending), 0
    yield Progress(0, left, "rows")
    wanted = pending if together is None else jobs
    with ExitStack() as stack:
        pieces = stack.enter_context(closing(ahead(_tables(wanted, frozenset(pending)))))
        writer: _PartWriter | None = None
        for job, table, start in pieces:
            if start is None:
                if together is not None:
                    together(table)
                yield Progress(done, left, "rows")
                continue
            if writer is None or writer.job is not job:
                if writer is not None:
                    writer.finish()
                writer = stack.enter_context(_PartWriter(job, plan, compression))
            made = plan.encoded(table, start)
            writer.write(made)
            if together is not None:
                together(made.table)
            encoded, outside, done = encoded + made.encoded, outside + made.outside, done + len(table)
            yield Progress(done, left, "rows")
        if writer is not None:
            writer.finish()
    return Encoded(rows, encoded, outside_words(outside, encoded), rows - left)


def _tables(jobs: Sequence[Job], pending: frozenset[Job]) -> Generator[tuple[Job, pa.Table, int | None], None, None]:
    """All rows of some jobs, some ten thousand at a time, with the number of the first in the whole table.

    Of jobs that are not pending the encoded rows, with None.
    """
    for job in jobs:
        if job not in pending:
            try:
                for table in rows_of(job.target):
                    yield job, table, None
            except (OSError, pa.ArrowException) as error:
                job.target.unlink(missing_ok=True)
                raise InputError(
                    f"{job.target.name}: what was kept of work that broke off is damaged and now removed; encode again."
                ) from error
            continue
        start = job.start
        try:
            for table in rows_of(job.source, job.first, job.rows):
                yield job, table, start
                start += len(table)
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{job.source.name}: the Parquet file is damaged; copy it again.") from error
        if start != job.start + job.rows:
            raise InputError(f"{job.source.name}: the file has changed while it was read; encode it again.")
        if not job.rows:
            yield job, pq.read_table(job.source), start


class _PartWriter(ExitStack):
    """Writes one job's outcome in a thread of its own; `finish` puts the file in its place, else nothing is left."""

    def __init__(self, job: Job, plan: EncodingPlan, compression: str) -> None:
        super().__init__()
        self.job = job
        self._encoded = self._outside = 0
        self._latent: list[NDArray[np.float32]] = []
        try:
            job.target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{job.target.parent.name}: {(error.strerror or str(error)).lower()}.") from error
        path = self.enter_context(atomic_target(job.target))
        self._writer = self.enter_context(closing(_writer(path, plan, compression)))
        self.callback(self._tell)
        self._write = self.enter_context(behind(self._writer.write))

    def write(self, made: EncodedPiece) -> None:
        self._encoded, self._outside = self._encoded + made.encoded, self._outside + made.outside
        if self.job.index is not None:
            self._latent.append(made.added[list(latent_names(2))].to_numpy(np.float32))
        self._write(made.table)

    def finish(self) -> None:
        """Write the map's index, then the file; a part that is there has its index."""
        if self.job.index is not None:
            self.job.index.parent.mkdir(parents=True, exist_ok=True)
            write_part_index(self.job.index, np.concatenate(self._latent))
        self.close()

    def _tell(self) -> None:
        self._writer.tell({ENCODED: str(self._encoded), OUTSIDE: str(self._outside)})


def _writer(path: Path, plan: EncodingPlan, compression: str) -> ParquetWriter:
    return ParquetWriter(path, plan.metadata, plan.units, plan.column_meta, compression)
