"""Opening a table: reading, recognising, checking and hashing 255,000 stars, against pandas' reader alone."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from stellar_gui.catalog.quality import QualityCuts, check
from stellar_gui.catalog.reading import read_catalog
from stellar_gui.catalog.writing import write_table

STARS = 255_000


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; with quick, less often."""
    repetitions = 9 if quick else 25
    table = stars(STARS)
    with tempfile.TemporaryDirectory() as folder:
        plain, exported = Path(folder, "plain.csv"), Path(folder, "exported.csv")
        table.to_csv(plain, index=False)
        write_table(table.assign(**{"class": "STAR"}), exported, {"source": "plain.csv"})
        parquet = Path(folder, "stars.parquet")
        table.to_parquet(parquet)
        return [
            compared("open 255,000 stars, CSV", lambda: opened(plain), lambda: pd.read_csv(plain), repetitions, 2.0),
            compared(
                "open 255,000 stars, our CSV with text",
                lambda: opened(exported),
                lambda: pd.read_csv(exported, comment="#"),
                repetitions,
                2.0,
            ),
            compared(
                "write 255,000 stars, CSV",
                lambda: write_table(table, Path(folder, "ours.csv")),
                lambda: table.to_csv(Path(folder, "peer.csv"), index=False),
                5,
                2.0,
            ),
            compared(
                "write 255,000 stars, Parquet",
                lambda: write_table(table, Path(folder, "ours.parquet")),
                lambda: table.to_parquet(Path(folder, "peer.parquet"), compression="zstd"),
                repetitions,
                2.0,
            ),
        ]


def stars(count: int, seed: int = 0) -> pd.DataFrame:
    """A table like the lecture's, with SDSS's identifiers of 19 digits before it."""
    rng = np.random.default_rng(seed)
    columns = {
        "objid": rng.integers(1237645879551000000, 1237680530000000000, count),
        "ra": rng.uniform(0.0, 360.0, count),
        "dec": rng.uniform(-10.0, 70.0, count),
        "redshift": rng.normal(0.0, 5e-4, count),
    }
    typical = {"u": 20.5, "g": 19.0, "r": 18.4, "i": 18.1, "z": 18.0}
    columns |= {band: rng.normal(magnitude, 1.2, count).round(5) for band, magnitude in typical.items()}
    return pd.DataFrame(columns)


def opened(path: Path) -> int:
    """Open as the window does; the number of kept stars."""
    return int(np.count_nonzero(check(read_catalog(path), QualityCuts()).kept))


def compared(
    work: str, ours: Callable[[], object], peer: Callable[[], object], repetitions: int, bar: float
) -> dict[str, Any]:
    """Median seconds of both, timed in turn after one unmeasured call each."""
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for repetition in range(repetitions + 1):
        for name, call in (("ours", ours), ("peer", peer)):
            begin = time.perf_counter()
            call()
            if repetition:
                times[name].append(time.perf_counter() - begin)
    mine, theirs = median(times["ours"]), median(times["peer"])
    return {
        "work": work, "ours": mine, "peer": theirs, "ratio": mine / theirs, "bar": bar, "met": mine <= bar * theirs,
        "unit": "s",
    }  # fmt: skip
