"""Reading the index of a survey's latent plane: the counts of all stars, and the stars of a view alone."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from stellar_gui.analysis.plane_index.cells import LEVEL, OUTSIDE, cell_ranges, reaches_beyond
from stellar_gui.analysis.plane_index.pyramid import CountPyramid
from stellar_gui.analysis.plane_index.writing import MAP_FOLDER, TOTAL, facts_in, index_path
from stellar_gui.analysis.regions import Bounds, Region
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

_PART, _NUMBER, _FIRST, _LAST, _ROWS = range(5)
_BROKEN = (OSError, KeyError, ValueError, TypeError, IndexError, pa.ArrowException)


@dataclass(frozen=True, eq=False)
class StarsInView:
    """Stars of a part of the plane, (m,) each: x, y float32; part int32, the number of their part; row uint32 in it."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    part: NDArray[np.int32]
    row: NDArray[np.uint32]

    def __post_init__(self) -> None:
        for array in (self.x, self.y, self.part, self.row):
            array.setflags(write=False)


@dataclass(frozen=True, eq=False)
class PlaneIndex:
    """The index in a folder of encoded parts.

    parts: their paths; rows: of all; model: the id of the model whose plane it is; pyramid: the counts; stars: of each
    part, how many of its rows are on the plane.
    """

    folder: Path
    parts: tuple[Path, ...]
    rows: int
    model: str
    pyramid: CountPyramid
    stars: tuple[int, ...]

    def stars_in(self, view: Bounds) -> Generator[Progress, None, StarsInView]:
        """The stars of a view, of whose parts only the row groups are read that may hold some. Yields Progress in rows.

        Raises InputError where an index file is missing or damaged.
        """
        groups = self._groups_of(cell_ranges(view))
        total, done = int(self._groups[_ROWS, groups].sum()), 0
        found: list[tuple[NDArray[Any], ...]] = []
        yield Progress(0, total, "rows")
        for number, (x, y, rows) in self._read(groups, ("x", "y", "row")):
            done += len(x)
            inside = (x >= view[0]) & (x <= view[1]) & (y >= view[2]) & (y <= view[3])
            found.append((x[inside], y[inside], np.full(int(inside.sum()), number, np.int32), rows[inside]))
            yield Progress(done, total, "rows")
        empty = (np.empty(0, np.float32), np.empty(0, np.float32), np.empty(0, np.int32), np.empty(0, np.uint32))
        return StarsInView(*(np.concatenate(column) for column in zip(empty, *found, strict=True)))

    def count(self, region: Region, most: int) -> Generator[Progress, None, tuple[int, int]]:
        """At least and at most how many stars lie in a region: both the same where no more than `most` need be read.

        The stars of the cells on its outline, and those beyond the cells where it reaches there, are looked at one by
        one, part after part. Yields Progress in rows. Raises InputError as `stars_in` does.
        """
        least, cells = self.pyramid.outline(region)
        doubtful = self.pyramid.stars_at(cells)
        if reaches_beyond(region.bounds) and self.pyramid.outside:
            cells = np.append(cells, np.uint32(OUTSIDE))
            doubtful += self.pyramid.outside
        if not doubtful:
            return least, least
        groups = self._groups_of(np.column_stack([cells, cells]))
        total, done = int(self._groups[_ROWS, groups].sum()), 0
        if total > most:
            return least, least + doubtful
        yield Progress(0, total, "rows")
        for _, (x, y, cell) in self._read(groups, ("x", "y", "cell")):
            done += len(x)
            looked_at = cells[np.minimum(np.searchsorted(cells, cell), len(cells) - 1)] == cell
            least += int(np.count_nonzero(region.contains(x[looked_at], y[looked_at])))
            yield Progress(done, total, "rows")
        return least, least

    def parts_in(self, region: Region) -> Generator[Progress, None, tuple[int, ...]]:
        """The numbers of the parts of which some stars may lie in a region."""
        groups = self._groups_of(cell_ranges(region.bounds))
        yield Progress(1, 1, "parts")
        return tuple(np.unique(self._groups[_PART, groups]).tolist())

    def index_of(self, number: int) -> Path:
        """The index file of a part."""
        return index_path(self.folder, self.parts[number].relative_to(self.folder).as_posix())

    def _groups_of(self, ranges: NDArray[np.integer]) -> NDArray[np.int64]:
        """The row groups in which some cell of the ranges may be: (k, 2), ascending, first and last of each."""
        first, last = self._groups[_FIRST], self._groups[_LAST]
        before = np.searchsorted(ranges[:, 1], first, side="left")
        upto = np.searchsorted(ranges[:, 0], last, side="right")
        return np.flatnonzero(upto > before)

    @cached_property
    def _groups(self) -> NDArray[np.int64]:
        """(5, k): by row group of all index files part, number in its file, first and last cell, rows."""
        found: list[tuple[int, int, int, int, int]] = []
        for number, part in enumerate(self.parts):
            try:
                metadata = pq.read_metadata(self.index_of(number))
                if metadata.num_rows != self.stars[number]:
                    raise ValueError("an index of another part")
                for group in range(metadata.num_row_groups):
                    facts = metadata.row_group(group)
                    if facts.num_rows:
                        cells = facts.column(0).statistics
                        found.append((number, group, int(cells.min), int(cells.max), facts.num_rows))
            except (*_BROKEN, AttributeError) as error:
                raise _stale(part.name) from error
        return np.array(found, dtype=np.int64).reshape(-1, 5).T

    def _read(
        self, groups: NDArray[np.int64], columns: Sequence[str]
    ) -> Iterator[tuple[int, tuple[NDArray[Any], ...]]]:
        """By part, its number and what row groups of it hold."""
        part, numbers = self._groups[_PART, groups], self._groups[_NUMBER, groups]
        for number in np.unique(part).tolist():
            try:
                with pq.ParquetFile(self.index_of(number)) as file:
                    table = file.read_row_groups(numbers[part == number].tolist(), list(columns))
                found = tuple(table[name].to_numpy() for name in columns)
            except _BROKEN as error:
                raise _stale(self.parts[number].name) from error
            yield number, found


def has_plane_index(folder: Path) -> bool:
    """Whether a folder of encoded parts has an index of its latent plane."""
    return (folder / MAP_FOLDER / TOTAL).is_file()


def open_plane_index(folder: Path) -> Generator[Progress, None, PlaneIndex]:
    """Open the index of an encoded survey.

    Yields Progress in parts. Raises InputError where there is none, or it does not belong to the files that are there.
    """
    folder = Path(folder)
    total = folder / MAP_FOLDER / TOTAL
    if not folder.is_dir() or not total.is_file():
        raise InputError(
            f"{folder.name}: no map of a survey in it; make one with `stellar-gui encode RUN.stellar SURVEY -o FOLDER`."
        )
    try:
        facts = facts_in(total)
        listed = [(str(name), int(rows), int(stars)) for name, rows, stars in facts["parts"]]  # type: ignore[attr-defined]
        if facts["level"] != LEVEL:
            raise ValueError("cells of another size")
        model = str(facts["model"])
        table = pq.read_table(total)
        cells, counts = table["cell"].to_numpy(), table["count"].to_numpy()
        within = cells < OUTSIDE
        pyramid = CountPyramid.of(cells[within], counts[within], int(counts[~within].sum()))
    except _BROKEN as error:
        raise _stale(folder.name) from error
    for number, (name, rows, _) in enumerate(listed):
        try:
            known = pq.read_metadata(folder / name).num_rows
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{name}: this part is missing or damaged; encode the survey again.") from error
        if known != rows:
            raise _stale(name)
        yield Progress(number + 1, len(listed), "parts")
    parts, stars = tuple(folder / name for name, _, _ in listed), tuple(stars for _, _, stars in listed)
    return PlaneIndex(folder, parts, sum(rows for _, rows, _ in listed), model, pyramid, stars)


def _stale(name: str) -> InputError:
    return InputError(f"{name}: the index of its map does not belong to it or is damaged; encode the survey again.")
