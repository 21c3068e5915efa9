"""HATS catalogues encoded by lsdb on two local workers, against one process over the same files."""

import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.storage.archive import StoredModel, load_model, save_session
from stellar_gui.session.survey.dask_cluster import connected
from stellar_gui.session.survey.dask_encoding import encode_hats
from stellar_gui.session.survey.encoding import encode_folder
from tests.benchmarks._rows import row

WORKERS = 2
MACHINES, CORES, SURVEY = 100, 8, 1_000_000_000
"""For which the time is calculated: machines, workers on each, stars."""
_STARS = 250_000


@dataclass(frozen=True)
class _Laps:
    """Seconds: until the first partition is done, from there to the last, from there until the catalogue is whole."""

    start: float
    work: float
    end: float
    closing: float

    @property
    def total(self) -> float:
        return self.start + self.work + self.end + self.closing


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure at five million stars, with quick at half a million; told is also what 100 machines would take."""
    if find_spec("lsdb") is None:
        raise SystemExit("cluster: skipped, since lsdb is not installed: pip install 'stellar-gui[survey]'")
    stars, repetitions = (500_000, 1) if quick else (5_000_000, 3)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        drain(
            save_session(
                drain(fit(simulate(_STARS, seed=0), QualityCuts(), TrainingConfig(epochs=2))), folder / "s.stellar"
            )
        )
        stored = drain(load_model(folder / "s.stellar"))
        partitions = _write(folder / "survey", stars)
        laps, alone = [], []
        for _ in range(repetitions):
            laps.append(_on_workers(stored, folder))
            alone.append(_in_one_process(stored, folder))
    middle = sorted(laps, key=lambda lap: lap.total)[len(laps) // 2]
    print(_calculation(middle, stars, partitions), file=sys.stderr)
    ours, peer = middle.total, float(np.median(alone))
    work = f"encode {stars:,} stars in {partitions} HATS partitions by lsdb with {WORKERS} workers, against one process"
    speeds = [stars / lap.total for lap in laps]
    whole = row(work, stars / ours, stars / peer, "stars/s", peer / ours, ">=", 0, speeds)
    steady = row(
        "the same once the workers have started",
        stars / middle.work * (partitions - WORKERS) / partitions,
        stars / peer,
        "stars/s",
        peer / middle.work * (partitions - WORKERS) / partitions,
        ">=",
        0,
        [stars / lap.work for lap in laps],
    )
    return [whole | {"bar": "reported"}, steady | {"bar": "reported"}]


def _write(folder: Path, stars: int) -> int:
    """Stars all over a part of the sky as a HATS catalogue; how many partitions it has."""
    import lsdb

    random = np.random.default_rng(0)
    table = pd.concat([simulate(_STARS, seed=0).table] * (stars // _STARS), ignore_index=True)
    table["objid"] = np.arange(stars) + 10**18
    table["ra"], table["dec"] = random.uniform(120, 240, stars), random.uniform(0, 60, stars)
    for band in BAND_NAMES:
        table[band] += random.normal(0, 0.01, stars)
    catalog = lsdb.from_dataframe(
        table, catalog_name="survey", ra_column="ra", dec_column="dec", partition_rows=stars // 20
    )
    catalog.write_catalog(folder, as_collection=False, progress_bar=False, write_table_kwargs={"compression": "zstd"})
    return len(catalog.get_healpix_pixels())


def _on_workers(stored: StoredModel, folder: Path) -> _Laps:
    target = folder / "by lsdb"
    begin = first = last = time.perf_counter()
    for step in encode_hats(stored, str(folder / "survey"), target, workers=WORKERS):
        if first == begin and step.done:
            first = time.perf_counter()
        if last == begin and step.total and step.done == step.total:
            last = time.perf_counter()
    end = time.perf_counter()
    shutil.rmtree(target)
    closing = _closing()
    return _Laps(first - begin, last - first, end - last - closing, closing)


def _closing() -> float:
    """How long it takes to end a cluster of this computer."""
    with connected(None, WORKERS) as client:
        client.run(import_module, "torch")
        begin = time.perf_counter()
    return time.perf_counter() - begin


def _in_one_process(stored: StoredModel, folder: Path) -> float:
    target = folder / "alone"
    begin = time.perf_counter()
    drain(encode_folder(stored, folder / "survey", target))
    seconds = time.perf_counter() - begin
    shutil.rmtree(target)
    return seconds


def _calculation(laps: _Laps, stars: int, partitions: int) -> str:
    """What a survey would take on many machines, from the time of a partition."""
    each = laps.work * WORKERS / max(partitions - WORKERS, 1)
    last = laps.end / partitions
    many = SURVEY * partitions / stars
    work, end = many * each / (MACHINES * CORES), many * last
    return (
        f"a partition of {stars / partitions:,.0f} stars takes a worker {each:.2f} s, and the program that "
        f"asks {last:.2f} s at the end; {SURVEY:,} stars are {many:,.0f} such partitions. "
        f"On {MACHINES} machines of {CORES} workers: "
        f"{laps.start:.0f} s to start, {many:,.0f} x {each:.2f} s / {MACHINES * CORES} = {work:.0f} s of work, "
        f"{many:,.0f} x {last:.2f} s = {end:.0f} s at the end, together {(laps.start + work + end) / 60:.0f} minutes"
    )
