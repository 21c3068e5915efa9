"""The map of a survey of 100 million stars in 100 files: its index, opening, pictures, counts and exports."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from stellar_gui.analysis.plane_index.writing import MAP_FOLDER, write_part_index, write_total
from stellar_gui.catalog.bands import BAND_NAMES
from tests.benchmarks._rows import row

PARTS = 100
INDEX_BAR, OPEN_BAR, PICTURE_BAR, MEMORY_BAR, EXPORT_BAR = 1.0, 0.5, 0.5, 0.6, 2.0
_READING = "from tests.benchmarks._survey_reading import main; main()"


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; with quick, five million stars."""
    rows = 50_000 if quick else 1_000_000
    stars = PARTS * rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "survey"
        written, indexed, size = _write(folder, rows)
        told = subprocess.run(
            [sys.executable, "-c", _READING, str(folder)], check=True, capture_output=True, text=True
        ).stdout
    found = json.loads(told.splitlines()[-1])
    plain, filtered = found["plain"], found["filtered"]
    return [
        _row(f"index of {stars:,} stars, against writing the parts", indexed, written, "s", "<=", INDEX_BAR),
        _row("size of the index, against bare row and position", size / stars, 16.0, "bytes a star", "<=", 1.0),
        _row("opening, against reading the latent columns and binning them", found["open"], plain, "s", "<=", OPEN_BAR),
        _row("picture of the whole, against the same", found["whole"], plain, "s", "<=", PICTURE_BAR),
        _row(f"{found['middle stars']:,} stars in view", found["middle"], plain, "s", "<=", PICTURE_BAR),
        _row(f"{found['near stars']:,} stars in view", found["near"], plain, "s", "<=", PICTURE_BAR),
        _row(f"{found['close stars']:,} stars in view", found["close"], plain, "s", "<=", PICTURE_BAR),
        _row(f"lasso of {found['counted']:,} stars counted exactly", found["count"], plain, "s", "<=", PICTURE_BAR),
        _row("peak memory of all this, against the limit", found["peak"], MEMORY_BAR, "GB", "<=", 1.0),
        _row(f"export of {found['exported']:,}, against pyarrow", found["export"], filtered, "s", "<=", EXPORT_BAR),
        _row("peak memory with the export, against the limit", found["export peak"], 2 * MEMORY_BAR, "GB", "<=", 1.0),
    ]  # fmt: skip


def _row(work: str, ours: float, peer: float, unit: str, sign: str, bar: float) -> dict[str, Any]:
    return row(work, ours, peer, unit, ours / peer, sign, bar, [ours])


def _write(folder: Path, rows: int) -> tuple[float, float, int]:
    """Write a survey as `encode` does; s for the parts, s for the index, bytes of that."""
    (folder / MAP_FOLDER).mkdir(parents=True)
    parts, written, indexed = {}, 0.0, 0.0
    for number in range(PARTS):
        latent = _mixture(rows, number)
        columns: dict[str, Any] = {"objid": np.arange(number * rows, (number + 1) * rows)}
        columns |= {band: (19 + latent[:, 0] + k * 0.3).astype(np.float32) for k, band in enumerate(BAND_NAMES)}
        columns |= {"latent_1": latent[:, 0], "latent_2": latent[:, 1]}
        columns |= {f"{band}_{kind}": np.zeros(rows, np.float32) for kind in ("rec", "res") for band in BAND_NAMES}
        table = pa.table(columns).append_column("quality", pa.nulls(rows, pa.string()))
        table = table.replace_schema_metadata({"stellar_gui.model": "model"})
        part, index = folder / f"part_{number:03d}.parquet", folder / MAP_FOLDER / f"part_{number:03d}.parquet"
        begin = time.perf_counter()
        pq.write_table(table, part, compression="zstd", use_dictionary=False)
        middle = time.perf_counter()
        write_part_index(index, latent)
        written, indexed = written + middle - begin, indexed + time.perf_counter() - middle
        parts[index] = part
    begin = time.perf_counter()
    write_total(folder, parts, "model")
    indexed += time.perf_counter() - begin
    return written, indexed, sum(path.stat().st_size for path in (folder / MAP_FOLDER).iterdir())


def _mixture(rows: int, seed: int) -> NDArray[np.float32]:
    """(rows, 2): a bent band, a wide clump, a narrow one and a few stars all over, the same for every seed."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, rows, p=[0.6, 0.25, 0.1, 0.05])
    first, second = rng.normal(size=(2, rows))
    along = rng.uniform(-2, 2, rows)
    x = np.choose(kind, [along + 0.12 * first, 0.9 * first - 0.3, 0.15 * first + 1.5, 1.6 * first])
    y = np.choose(kind, [0.35 * along**2 - 0.6 + 0.12 * second, 0.5 * second + 0.8, 0.15 * second - 1, 1.6 * second])
    return np.column_stack([x, y]).astype(np.float32)
