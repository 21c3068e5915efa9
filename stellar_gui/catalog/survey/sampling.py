"""A random sample of a survey's rows: which ones, and reading them without the row groups that hold none."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from stellar_gui.catalog.survey.parts import Survey
from stellar_gui.errors import InputError

STARS: Final = 250_000
"""Rows of a sample where nothing else is said."""
_BATCH_ROWS: Final = 1 << 16
_BATCH_BYTES: Final = 64 << 20


@dataclass(frozen=True)
class Sample:
    """So many rows, each as likely as any other, without one twice; the same seed chooses the same rows."""

    rows: int = STARS
    seed: int = 0

    def __post_init__(self) -> None:
        if self.rows < 1:
            raise InputError(f"a sample has at least one row, not {self.rows:,}")
        if self.seed < 0:
            raise InputError(f"a seed is 0 or more, not {self.seed}")

    def words(self, taken: int, of: int) -> str:
        """What a catalogue says that holds this part of a survey."""
        return f"random sample of {taken:,} of {of:,} rows, seed {self.seed}"


@dataclass(frozen=True)
class Piece:
    """Some rows that were taken; done, total: how many were looked at so far, and will be."""

    table: pa.Table
    done: int
    total: int


def chosen_rows(rows: int, wanted: int, seed: int) -> NDArray[np.int64]:
    """(m,) int64, ascending, m = min(wanted, rows): different numbers below `rows`, every set of them equally likely.

    They depend on nothing but the three numbers. Memory: 16 bytes for each of m, and for no others.
    """
    rng = np.random.default_rng(seed)
    wanted = min(wanted, rows)
    if 2 * wanted <= rows:
        return _different(rng, rows, wanted)
    return np.delete(np.arange(rows, dtype=np.int64), _different(rng, rows, rows - wanted))


def _different(rng: np.random.Generator, rows: int, count: int) -> NDArray[np.int64]:
    found = np.empty(0, dtype=np.int64)
    while len(found) < count:
        found = np.sort(np.concatenate([found, rng.integers(rows, size=count - len(found))]))
        found = found[np.diff(found, prepend=-1) > 0]  # ten times faster than np.unique, which hashes
    return found


def sampled(survey: Survey, sample: Sample) -> Generator[Piece, None, None]:
    """The rows of a sample in the survey's order, some ten thousand at a time."""
    chosen = chosen_rows(survey.rows, sample.rows, sample.seed)
    size = batch_rows(survey)
    start = 0
    for part in survey.parts:
        if (within := _between(chosen, start, part.rows)).size:
            with pq.ParquetFile(part.path) as file:
                place = start
                for group in range(file.num_row_groups):
                    rows = file.metadata.row_group(group).num_rows
                    if not _between(within, place, rows).size:
                        place += rows
                        continue
                    for batch in file.iter_batches(size, row_groups=[group]):
                        taken = pa.array(_between(within, place, len(batch)) - place)
                        place += len(batch)
                        yield Piece(pa.Table.from_batches([batch]).take(taken), place, survey.rows)
        start += part.rows


def batch_rows(survey: Survey) -> int:
    """How many rows of a survey are held at once while some of them are chosen."""
    return max(1, min(_BATCH_ROWS, _BATCH_BYTES // row_bytes(survey)))


def row_bytes(survey: Survey) -> int:
    """Bytes of a row in memory, at least: 4 for a column whose values differ in their lengths."""
    width = 0.0
    for field in survey.schema:
        try:
            width += field.type.bit_width / 8
        except ValueError:
            width += 4
    return max(1, round(width))


def _between(numbers: NDArray[np.int64], start: int, count: int) -> NDArray[np.int64]:
    first, last = np.searchsorted(numbers, (start, start + count))
    return numbers[first:last]
