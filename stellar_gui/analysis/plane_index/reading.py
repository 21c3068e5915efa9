"""Reading the index of a survey's latent plane: the counts of all stars, and the stars of a view alone."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from stellar_gui.analysis.plane_index.cells import LEVEL, OUTSIDE, cell_ranges
from stellar_gui.analysis.plane_index.pyramid import CountPyramid
from stellar_gui.analysis.plane_index.writing import MAP_FOLDER, TOTAL, facts_in, index_path
from stellar_gui.analysis.regions import Bounds, Region
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

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

    parts: their paths; rows: of all; model: the id of the model whose plane it is; pyramid: the counts.
    """

    folder: Path
    parts: tuple[Path, ...]
    rows: int
    model: str
    pyramid: CountPyramid

    def stars_in(self, view: Bounds) -> Generator[Progress, None, StarsInView]:
        """The stars of a view, of whose parts only the row groups are read that may hold some. Yields Progress in rows.

        Raises InputError where an index file is missing or damaged.
        """
        part, group, first, last, size = self._groups
        wanted = np.zeros(len(part), dtype=np.bool_)
        for begin, end in cell_ranges(view).tolist():
            wanted |= (first <= end) & (last >= begin)
        chosen = np.flatnonzero(wanted)
        total, done = int(size[chosen].sum()), 0
        found: list[tuple[NDArray[Any], ...]] = []
        yield Progress(0, total, "rows")
        for number in np.unique(part[chosen]).tolist():
            groups = group[chosen[part[chosen] == number]].tolist()
            x, y, rows = self._read(number, groups)
            done += len(x)
            inside = (x >= view[0]) & (x <= view[1]) & (y >= view[2]) & (y <= view[3])
            found.append((x[inside], y[inside], np.full(int(inside.sum()), number, np.int32), rows[inside]))
            yield Progress(done, total, "rows")
        empty = (np.empty(0, np.float32), np.empty(0, np.float32), np.empty(0, np.int32), np.empty(0, np.uint32))
        return StarsInView(*(np.concatenate(column) for column in zip(empty, *found, strict=True)))

    def count(self, region: Region, most: int) -> Generator[Progress, None, tuple[int, int]]:
        """At least and at most how many stars lie in a region: both the same where no more than `most` need be read.

        The stars of the cells on its outline are read and looked at one by one, but those of far-out places always.
        """
        least, greatest = self.pyramid.count(region)
        beyond = self.pyramid.outside
        if greatest - least + beyond == 0:
            return least, least
        if greatest - least + beyond > most:
            return least, greatest + beyond
        stars = yield from self.stars_in(region.bounds)
        exact = int(np.count_nonzero(region.contains(stars.x, stars.y)))
        return exact, exact

    def parts_in(self, region: Region) -> Generator[Progress, None, tuple[int, ...]]:
        """The numbers of the parts of which some stars may lie in a region."""
        part, _, first, last, _ = self._groups
        wanted = np.zeros(len(part), dtype=np.bool_)
        for begin, end in cell_ranges(region.bounds).tolist():
            wanted |= (first <= end) & (last >= begin)
        yield Progress(1, 1, "parts")
        return tuple(np.unique(part[wanted]).tolist())

    def index_of(self, number: int) -> Path:
        """The index file of a part."""
        return index_path(self.folder, self.parts[number].relative_to(self.folder).as_posix())

    @cached_property
    def _groups(self) -> tuple[NDArray[np.int64], ...]:
        """By row group of all index files: part, number in its file, first and last cell, rows."""
        found: list[tuple[int, int, int, int, int]] = []
        for number, part in enumerate(self.parts):
            try:
                metadata = pq.read_metadata(self.index_of(number))
                for group in range(metadata.num_row_groups):
                    facts = metadata.row_group(group)
                    if facts.num_rows:
                        cells = facts.column(0).statistics
                        found.append((number, group, int(cells.min), int(cells.max), facts.num_rows))
            except (*_BROKEN, AttributeError) as error:
                raise _stale(part.name) from error
        return tuple(np.array(found, dtype=np.int64).reshape(-1, 5).T)

    def _read(
        self, number: int, groups: Sequence[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint32]]:
        try:
            with pq.ParquetFile(self.index_of(number)) as file:
                table = file.read_row_groups(list(groups), ["row", "x", "y"])
        except _BROKEN as error:
            raise _stale(self.parts[number].name) from error
        return table["x"].to_numpy(), table["y"].to_numpy(), table["row"].to_numpy()


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
        listed = [(str(name), int(rows)) for name, rows, _ in facts["parts"]]  # type: ignore[attr-defined]
        if facts["level"] != LEVEL:
            raise ValueError("cells of another size")
        model = str(facts["model"])
        table = pq.read_table(total)
        cells, counts = table["cell"].to_numpy(), table["count"].to_numpy()
        within = cells < OUTSIDE
        pyramid = CountPyramid.of(cells[within], counts[within], int(counts[~within].sum()))
    except _BROKEN as error:
        raise _stale(folder.name) from error
    for number, (name, rows) in enumerate(listed):
        try:
            known = pq.read_metadata(folder / name).num_rows
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{name}: this part is missing or damaged; encode the survey again.") from error
        if known != rows:
            raise _stale(name)
        yield Progress(number + 1, len(listed), "parts")
    return PlaneIndex(folder, tuple(folder / name for name, _ in listed), sum(n for _, n in listed), model, pyramid)


def _stale(name: str) -> InputError:
    return InputError(f"{name}: the index of its map does not belong to it or is damaged; encode the survey again.")
