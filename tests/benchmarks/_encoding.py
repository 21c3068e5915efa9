"""Rows of the `get` benchmark: encoding long Parquet files, against the network alone, and the memory that takes."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.embedding import embed
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.storage.archive import load_model, save_session

SPEED_BAR, MEMORY_BAR = 0.5, 1.5
GROWTH_BAR = 1.1
_STARS = 250_000
_PEAK = """
import resource, sys
from pathlib import Path
from stellar_gui.progress import drain
from stellar_gui.session.storage.archive import load_model
from stellar_gui.session.survey.encoding import encode_parquet_file
run, source, target = map(Path, sys.argv[1:])
drain(encode_parquet_file(drain(load_model(run)), source, target))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def encoding_rows(folder: Path, quick: bool) -> list[dict[str, Any]]:
    """Measure at ten million stars and at twenty; with quick, at one and two.

    The network alone is measured before and after each, since what else the computer does changes with time.
    """
    stars = 1_000_000 if quick else 10_000_000
    run = folder / "run.stellar"
    catalog = simulate(_STARS, seed=0)
    drain(save_session(drain(fit(catalog, QualityCuts(), TrainingConfig(epochs=2))), run))
    table = pa.Table.from_pandas(catalog.table, preserve_index=False)
    speeds, peaks, alone = [], [], []
    for factor in (1, 2):
        source, target = folder / "survey.parquet", folder / "encoded.parquet"
        write_survey(table, stars * factor, source)
        before = _network_alone(run)
        begin = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-c", _PEAK, str(run), str(source), str(target)],
            check=True,
            capture_output=True,
            text=True,
        )
        speeds.append(stars * factor / (time.perf_counter() - begin))
        alone.append((before + _network_alone(run)) / 2)
        peaks.append(int(told.stdout) * 1024 / 1e9)
        source.unlink()
        target.unlink()
    return [
        *(
            _row(
                f"encode {stars * factor:,} rows of Parquet, against the network alone",
                speeds[factor - 1],
                alone[factor - 1],
                ">=",
                SPEED_BAR,
                "stars/s",
            )
            for factor in (1, 2)
        ),
        _row(f"peak memory of encoding {stars:,} rows, against the limit", peaks[0], MEMORY_BAR, "<=", 1.0, "GB"),
        _row("peak memory at twice as many rows, against that", peaks[1], peaks[0], "<=", GROWTH_BAR, "GB"),
    ]


def write_survey(table: pa.Table, rows: int, path: Path) -> None:
    """Rows of a table over and over with new noise and growing identifiers."""
    rng = np.random.default_rng(0)
    with pq.ParquetWriter(path, table.schema) as writer:
        for start in range(0, rows, len(table)):
            part = table.slice(0, min(len(table), rows - start))
            for name in BAND_NAMES:
                values = part[name].to_numpy() + rng.normal(0, 0.01, len(part))
                part = part.set_column(part.schema.get_field_index(name), table.schema.field(name), pa.array(values))
            place = part.schema.get_field_index("objid")
            numbers = pa.array(np.arange(start, start + len(part)) + 10**18)
            writer.write_table(part.set_column(place, table.schema.field("objid"), numbers).cast(table.schema))


def _network_alone(run: Path) -> float:
    """Stars a second through encoder and decoder, from arrays in memory to arrays in memory."""
    model = drain(load_model(run)).model
    magnitudes = np.tile(simulate(_STARS, seed=0).magnitudes, (4, 1))
    magnitudes = np.where(np.isfinite(magnitudes), magnitudes, np.float32(20))
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        drain(embed(model, magnitudes, np.ones(len(magnitudes), np.bool_)))
        times.append(time.perf_counter() - begin)
    return len(magnitudes) / float(np.median(times))


def _row(work: str, ours: float, peer: float, sense: str, bar: float, unit: str) -> dict[str, Any]:
    ratio = ours / peer
    met = ratio >= bar if sense == ">=" else ratio <= bar
    return {"work": work, "ours": ours, "peer": peer, "ratio": ratio, "bar": f"{sense} {bar}", "met": met, "unit": unit}
