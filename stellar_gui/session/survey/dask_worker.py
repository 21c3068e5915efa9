"""What runs on a Dask worker: a partition of a HATS catalogue encoded by a model that was loaded once."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from stellar_gui.analysis.plane_index.writing import index_path, write_part_index
from stellar_gui.catalog.dust.dust_map import COLUMN as DUST_COLUMN
from stellar_gui.catalog.dust.dust_map import open_dust
from stellar_gui.catalog.formats.arrow_frame import from_frame, to_frame
from stellar_gui.catalog.survey.hats import DATASET
from stellar_gui.errors import InputError, OutputError, StellarError
from stellar_gui.progress import drain
from stellar_gui.session.encoder import Encoder
from stellar_gui.session.export import QUALITY, latent_names
from stellar_gui.session.storage.archive import StoredModel, read_model
from stellar_gui.session.storage.manifest import Manifest

if TYPE_CHECKING:
    from distributed import WorkerPlugin

SOURCE_ROW: Final = "source_row"
PARTITION_BITS: Final = 32
"""`source_row` is a partition's number, shifted by so many bits to the left, plus the row's number in the partition."""

Place = tuple[int, int]
"""Order and number of a partition's pixel."""


@dataclass(frozen=True, eq=False)
class WorkerPlan:
    """All that a worker needs to encode, sent to each one once: session and catalogue need not be known there by path.

    topic: the plan's name, under which a worker also tells what it has done; manifest, model: of the session, as bytes;
    catalog: its name, for messages; roles: column by role; checks_class: as for `Encoder`;
    dust_map: the path of a dust map, the same on every machine; names: new names of source columns;
    numbers: of the partitions, by place; result: the folder of what comes of it, None where its latent plane has no
    map; home: of the catalogue in it.
    """

    topic: str
    manifest: bytes
    model: bytes
    catalog: str
    roles: Mapping[str, str]
    checks_class: bool
    dust_map: Path | None
    names: Mapping[str, str]
    numbers: Mapping[Place, int]
    result: Path | None
    home: Path

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder, made when it is first asked for."""
        manifest = Manifest.from_json(self.manifest, self.catalog)
        assert manifest.model is not None
        stored = StoredModel(manifest, read_model(self.model, manifest.model, self.catalog))
        dust = None if self.dust_map is None else drain(open_dust(self.dust_map))
        return Encoder(stored, self.roles, name=self.catalog, checks_class=self.checks_class, dust=dust)


def with_added(frame: pd.DataFrame, encoder: Encoder, names: Mapping[str, str], number: int | None) -> pd.DataFrame:
    """A partition's rows with the columns of `Encoder` and `source_row` added, in Arrow's types.

    names: new names of some of its columns; number: of the partition; None in a margin, whose rows are copies and have
    no `source_row`. Identifiers are compared within the partition.
    """
    rows = to_frame(pa.table({name: pa.array(frame[name]) for name in encoder.needed}), encoder.needed)
    added = from_frame(encoder(rows, encoder.repeated(rows)))
    columns = {name: added[name].cast(pa.string() if name == QUALITY else pa.float32()) for name in encoder.added}
    columns[SOURCE_ROW] = _source_rows(len(frame), number)
    series = {
        name: pd.Series(pd.arrays.ArrowExtensionArray(values), index=frame.index) for name, values in columns.items()
    }
    return frame.rename(columns=dict(names)).assign(**series)


def encode_partition(frame: pd.DataFrame, pixel: Any, topic: str, margin: bool) -> pd.DataFrame:
    """A partition's rows as `with_added` gives them; the client is told how many they are, or what is wrong with them.

    pixel: hats' HealpixPixel of it; topic: of the plan; margin: whether it is a partition of a margin.
    """
    from distributed import get_worker

    worker = get_worker()
    plan: WorkerPlan = worker.plugins[topic].plan
    place = (int(pixel.order), int(pixel.pixel))
    try:
        made = with_added(frame, plan.encoder, plan.names, None if margin else plan.numbers[place])
        if plan.result is not None and not margin:
            _write_index(index_path(plan.result, (plan.home / path_of(place)).as_posix()), made)
    except StellarError as error:
        worker.log_event(topic, {"error": str(error), "input": isinstance(error, InputError)})
        raise
    good = made[QUALITY].isna().to_numpy(dtype=np.bool_)
    covered = made[DUST_COLUMN].notna().to_numpy(dtype=np.bool_) if DUST_COLUMN in plan.encoder.added else good
    counts = {"rows": len(made), "encoded": int(good.sum()), "outside": int((good & ~covered).sum())}
    worker.log_event(topic, {"place": place, "margin": margin, **counts})
    return made


def path_of(place: Place) -> Path:
    """A partition's path in the folder of a HATS catalogue."""
    order, number = place
    return Path(DATASET, f"Norder={order}", f"Dir={number // 10_000 * 10_000}", f"Npix={number}.parquet")


def dask_setup(_: object) -> None:
    """Runs in each process of a local cluster when it starts: Ctrl-C is for the program that has started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def plugin_for(plan: WorkerPlan) -> "WorkerPlugin":
    """By which every worker, also one that joins later, loads lsdb and the model once, and torch uses one thread."""
    from distributed import WorkerPlugin

    class LoadedModel(WorkerPlugin):  # type: ignore[misc]
        def __init__(self) -> None:
            self.plan = plan

        def setup(self, worker: Any) -> None:
            from stellar_gui.autoencoder.model import use_one_thread

            use_one_thread()
            import_module("lsdb")
            assert self.plan.encoder

    return LoadedModel()


def _write_index(path: Path, made: pd.DataFrame) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path.parent}: {(error.strerror or str(error)).lower()}; choose another folder.") from error
    write_part_index(path, made[list(latent_names(2))].to_numpy(np.float32, na_value=np.nan))


def _source_rows(rows: int, number: int | None) -> pa.Array:
    if number is None:
        return pa.nulls(rows, pa.int64())
    return pa.array(np.arange(rows, dtype=np.int64) + (number << PARTITION_BITS))
