"""The part of the `survey` benchmark that reads, in a process of its own so that its memory can be told."""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from PySide6.QtWidgets import QApplication

from stellar_gui.analysis.map_data import MapData
from stellar_gui.analysis.plane_index.reading import PlaneIndex, open_plane_index
from stellar_gui.analysis.plane_index.survey_stars import can_load, counted_map, loaded_map
from stellar_gui.analysis.planes import LatentPlane
from stellar_gui.analysis.recipes import Drawn
from stellar_gui.analysis.regions import Bounds, Polygon, Rectangle
from stellar_gui.catalog.survey.parts import open_survey
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.progress import drain
from stellar_gui.session.survey.selecting import export_chosen

SIZE = 900, 700
MOST_COUNTED = 20_000_000
LASSO = Polygon.through([(1.3 + 0.25 * np.cos(k / 20), -1 + 0.25 * np.sin(k / 20)) for k in range(126)])
_SHARE = 0.01


def main() -> None:
    """Print the figures of the survey in the folder that is named, as one line of JSON."""
    folder = Path(sys.argv[1])
    application = QApplication.instance() or QApplication([])
    star_map = StarMap()
    star_map.resize(*SIZE)
    star_map.show()
    found: dict[str, Any] = {}
    found["open"], (index, data) = _timed(lambda: _opened(folder))
    found["whole"], _ = _timed(lambda: _drawn(star_map, data, data.home))
    for name, half in (("middle", 0.5), ("near", _half_for(index, 1_500_000)), ("close", _half_for(index, 100_000))):
        view = 1.3 - half, 1.3 + half, -1 - half, -1 + half
        least, most = index.pyramid.estimate(Rectangle(*view))
        found[f"{name} stars"] = (least + most) // 2
        found[name], _ = _timed(lambda view=view: _looked_at(star_map, index, view))  # type: ignore[misc]
    found["count"], (least, most) = _timed(lambda: drain(index.count(LASSO, MOST_COUNTED)))
    found["counted"] = least if least == most else -1
    found["peak"] = _peak()
    half = _half_for(index, int(_SHARE * index.pyramid.stars))
    box = Rectangle(1.3 - half, 1.3 + half, -1 - half, -1 + half)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        target = Path(name) / "chosen.parquet"
        found["export"], chosen = _timed(
            lambda: drain(
                export_chosen(drain(open_survey(folder)), Drawn(LatentPlane(), box, index.model), target, index)
            )
        )
        found["exported"], found["export peak"] = chosen.chosen, _peak()
        found["filtered"], rows = _timed(lambda: _filtered(folder, box, target))
        assert rows == chosen.chosen
    found["plain"], _ = _timed(lambda: _plain(folder))
    star_map.close()
    application.quit()
    print(json.dumps(found))


def _opened(folder: Path) -> tuple[PlaneIndex, MapData]:
    index = drain(open_plane_index(folder))
    return index, counted_map(index)


def _looked_at(star_map: StarMap, index: PlaneIndex, view: Bounds) -> None:
    _drawn(star_map, drain(loaded_map(index, view)) if can_load(index, view) else counted_map(index), view)


def _drawn(star_map: StarMap, data: MapData, view: Bounds) -> None:
    star_map.exchange_stars(data)
    star_map.show_part(view)
    star_map.grab_image()


def _half_for(index: PlaneIndex, stars: int) -> float:
    """Half the side of a square that holds about so many."""
    low, high = 0.0, 4.0
    for _ in range(30):
        half = (low + high) / 2
        least, most = index.pyramid.estimate(Rectangle(1.3 - half, 1.3 + half, -1 - half, -1 + half))
        low, high = (half, high) if (least + most) / 2 < stars else (low, half)
    return (low + high) / 2


def _plain(folder: Path) -> int:
    """All stars binned for a picture, without an index."""
    counts = np.zeros((SIZE[1], SIZE[0]), np.int64)
    for path in sorted(folder.glob("*.parquet")):
        table = pq.read_table(path, columns=["latent_1", "latent_2"])
        x, y = (table[name].to_numpy() for name in ("latent_1", "latent_2"))
        columns = ((x + 8) * (SIZE[0] / 16)).astype(np.int64)
        rows = ((y + 8) * (SIZE[1] / 16)).astype(np.int64)
        inside = (columns >= 0) & (columns < SIZE[0]) & (rows >= 0) & (rows < SIZE[1])
        numbers = rows[inside] * SIZE[0] + columns[inside]
        counts += np.bincount(numbers, minlength=counts.size).reshape(counts.shape)
    return int(counts.sum())


def _filtered(folder: Path, box: Rectangle, target: Path) -> int:
    """The same export by pyarrow alone."""
    parts = ds.dataset(sorted(str(path) for path in folder.glob("*.parquet")), format="parquet")
    x, y = ds.field("latent_1"), ds.field("latent_2")
    wanted = (x >= box.x0) & (x <= box.x1) & (y >= box.y0) & (y <= box.y1)
    rows = 0
    with pq.ParquetWriter(target, parts.schema, compression="zstd") as writer:
        for batch in parts.scanner(filter=wanted).to_batches():
            if len(batch):
                writer.write_batch(batch)
                rows += len(batch)
    return rows


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def _peak() -> float:
    """GB of memory held at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
