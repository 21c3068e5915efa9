"""Writing the index of a survey's latent plane: each part's stars by the cells of the plane, and the counts of all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from stellar_gui.analysis.plane_index.cells import LEVEL, OUTSIDE, cell_of
from stellar_gui.catalog.atomic import atomic_target

MAP_FOLDER: Final = "_latent_map"
"""In a folder of encoded parts: for each part a file of the same name, and the counts of all."""
TOTAL: Final = "_total.parquet"
FORMAT_VERSION: Final = 1
KEY: Final = b"stellar_gui.latent_map"

_GROUP_ROWS: Final = 1 << 14
_STARS: Final = pa.schema([("cell", pa.uint32()), ("row", pa.uint32()), ("x", pa.float32()), ("y", pa.float32())])


def index_path(folder: Path, name: str) -> Path:
    """The index file of a part of that name, with `/`, in a folder of encoded parts.

    Its folders' names have `_` before them, so that readers of HATS, which look for partitions in every folder of a
    catalogue, take no index for one.
    """
    *folders, file = name.split("/")
    return folder.joinpath(MAP_FOLDER, *(f"_{item}" for item in folders), file)


def write_part_index(target: Path, latent: NDArray[np.float32]) -> None:
    """Write which stars of a part lie in which cell, atomically; the same part gives the same bytes.

    latent: (n, 2) float32, the positions of its n rows, NaN in rows that take no part. The stars are sorted by cell, in
    row groups whose statistics tell their cells, so that those of a view can be read alone; 13 bytes a star or so.
    Raises OutputError.
    """
    row = np.flatnonzero(np.isfinite(latent).all(axis=1))
    x, y = latent[row, 0], latent[row, 1]
    cell = cell_of(x, y)
    order = np.argsort(cell, kind="stable")
    columns = [cell[order], row[order].astype(np.uint32), x[order], y[order]]
    told = {"version": FORMAT_VERSION, "rows": len(latent), "stars": len(row)}
    table = pa.table([pa.array(column) for column in columns], schema=_STARS)
    _write(table, target, told)


def write_total(folder: Path, parts: Mapping[Path, Path], model: str) -> None:
    """Write how many stars of all parts lie in each cell.

    folder: of the encoded parts; parts: encoded part by index file; model: the id of the model whose plane it is.
    Memory does not grow with the parts. Raises OutputError; OSError.
    """
    counts = np.zeros(OUTSIDE + 1, dtype=np.uint32)
    listed = []
    for index, part in parts.items():
        told = facts_in(index)
        with pq.ParquetFile(index) as file:
            for group in range(file.num_row_groups):
                cells, numbers = np.unique(file.read_row_group(group, ["cell"])["cell"].to_numpy(), return_counts=True)
                counts[cells] += numbers.astype(np.uint32)
        listed.append([part.relative_to(folder).as_posix(), told["rows"], told["stars"]])
    occupied = np.flatnonzero(counts)
    table = pa.table({"cell": occupied.astype(np.uint32), "count": counts[occupied]})
    told = {"version": FORMAT_VERSION, "level": LEVEL, "model": model, "parts": listed}
    _write(table, folder / MAP_FOLDER / TOTAL, told)


def facts_in(path: Path) -> dict[str, object]:
    """What an index file says of itself. Raises KeyError, ValueError, OSError or ArrowException for any other file."""
    found = json.loads((pq.read_metadata(path).metadata or {})[KEY])
    if not isinstance(found, dict) or found.get("version") != FORMAT_VERSION:
        raise ValueError("an index of another version")
    return found


def _write(table: pa.Table, target: Path, told: Mapping[str, object]) -> None:
    schema = table.schema.with_metadata({KEY: json.dumps(dict(told), ensure_ascii=False)})
    encoding = {name: "DELTA_BINARY_PACKED" if name == "cell" else "PLAIN" for name in table.column_names}
    with (
        atomic_target(target) as temporary,
        pq.ParquetWriter(
            temporary,
            schema,
            compression="none",
            use_dictionary=False,
            write_statistics=["cell"],
            column_encoding=encoding,
        ) as writer,
    ):
        writer.write_table(table.cast(schema), row_group_size=_GROUP_ROWS)
