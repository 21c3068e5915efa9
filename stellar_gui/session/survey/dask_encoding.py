"""Encoding a HATS catalogue by lsdb on a Dask cluster: partition by partition, with its margin cache."""

import re
from collections.abc import Generator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from stellar_gui.analysis.plane_index.writing import index_path, write_total
from stellar_gui.catalog.atomic import atomic_folder, require_new_folder
from stellar_gui.catalog.catalog import Provenance
from stellar_gui.catalog.dust.dust_map import outside_words
from stellar_gui.errors import InputError, OutputError, StellarError
from stellar_gui.progress import Progress
from stellar_gui.session.encoder import Encoder, dust_for, roles_for
from stellar_gui.session.encoding import Encoded
from stellar_gui.session.export import origin, source_names
from stellar_gui.session.storage.archive import StoredModel
from stellar_gui.session.survey.dask_cluster import await_idle, connected, require_alike, require_extra
from stellar_gui.session.survey.dask_source import Source, allowed_class_occurs, open_source
from stellar_gui.session.survey.dask_worker import (
    SOURCE_ROW,
    WorkerPlan,
    encode_partition,
    path_of,
    plugin_for,
    with_added,
)

if TYPE_CHECKING:
    from distributed import Client
    from lsdb import Catalog

PROPERTY: Final = "stellar_gui_"
"""Before each key of our provenance among a catalogue's properties."""
_COMPRESSION: Final = MappingProxyType({"compression": "zstd", "compression_level": 3})
"""In place of the highest level, which takes eight times as long for files that are 4 % smaller."""
_TICK: Final = 0.2
"""Seconds between two looks at what the workers have told."""


def encode_hats(
    stored: StoredModel,
    address: str,
    target: Path,
    columns: Mapping[str, str] = MappingProxyType({}),
    dust_map: Path | None = None,
    cluster: str | None = None,
    workers: int | None = None,
) -> Generator[Progress, None, Encoded]:
    """Encode a HATS catalogue on the workers of a Dask cluster; what comes of it is a HATS catalogue.

    Rows keep their partition and order. Added are the columns of `Encoder`, and `source_row`, int64: the number of the
    partition in the source, counted from 0 in the order of HEALPix order and pixel number as in `open_survey`, times
    2**32, plus the number of the row in the partition. It tells rows apart where identifiers do not, and leads back to
    the source. Source columns of added names are renamed as `source_names` says. The default margin cache is encoded
    alike, and both become a collection; rows of a margin are copies, and have no `source_row`.

    Whether classes are checked is settled for the whole catalogue. Identifiers are compared within a partition, since
    no worker sees all: HATS puts rows into partitions by position, so that the rows of one star share one, unless the
    border of a pixel runs between them.

    address: a folder, or what `open_source` opens. columns: the user's column by role. dust_map: found at the same path
    by all workers. cluster: address of a Dask scheduler whose workers have this version of the program, and see the
    folder of the target; None for one of this computer. workers: of that, one for each core where it is None.
    The target appears when it is whole.
    Yields Progress in rows. Raises InputError for a catalogue that cannot be used, OutputError where there is something
    at the target already, or it cannot be written, ServerError where the cluster cannot be reached.
    """
    from stellar_gui.autoencoder.model_file import to_bytes

    require_extra()
    require_new_folder(target)
    yield Progress(0, 0, "rows", note="opening the catalogue")
    source = open_source(address)
    cuts = stored.manifest.cuts
    dust = yield from dust_for(stored, dust_map)
    roles = roles_for(stored, source.first, source.name, columns, dust is not None)
    encoder = Encoder(stored, roles, name=source.name, dust=dust)
    yield Progress(0, 0, "rows", note="starting the workers" if cluster is None else "reaching the cluster")
    with connected(cluster, workers) as client, atomic_folder(target) as folder:
        require_alike(client, folder)
        checks_class = "class" in roles and (yield from allowed_class_occurs(client, source, roles["class"], cuts))
        mapped = stored.model.config.network.latent > 1
        name = re.sub(r"[^\w.-]+", "_", target.name)
        home = folder if source.margin is None else folder / name
        plan = WorkerPlan(
            topic=f"stellar-gui-{uuid4().hex}",
            manifest=stored.manifest.to_json(),
            model=to_bytes(stored.model),
            catalog=source.name,
            roles=roles,
            checks_class=checks_class,
            dust_map=None if dust_map is None else dust_map.absolute(),
            names=_new_names(source, encoder),
            numbers=source.numbers,
            result=folder if mapped else None,
            home=home.relative_to(folder),
        )
        provenance = Provenance(source.name, source.address, dust_map=None if dust is None else dust.source)
        facts = origin(provenance, cuts, stored.model, "all rows", written="")
        counts = yield from _write(client, source, encoder, plan, folder, name, facts)
        if mapped:
            parts = [home / path_of(place) for place in sorted(source.numbers)]
            index = {index_path(folder, part.relative_to(folder).as_posix()): part for part in parts}
            write_total(folder, index, stored.model.id)
    return Encoded(counts.of("rows"), counts.of("encoded"), outside_words(counts.of("outside"), counts.of("encoded")))


class _Counts:
    """What the workers tell, by partition, so that one that is done twice counts once; and what went wrong first."""

    def __init__(self) -> None:
        self._told: dict[tuple[object, ...], Mapping[str, int]] = {}
        self.error: StellarError | None = None

    def hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """Take in a message of `encode_partition`; called in the client's thread."""
        _, told = event
        if "error" not in told:
            self._told[told["margin"], *told["place"]] = told
        elif self.error is None:
            self.error = (InputError if told["input"] else OutputError)(told["error"])

    def of(self, kind: str) -> int:
        """The sum of the catalogue's partitions, without its margin's."""
        return sum(told[kind] for (margin, *_), told in self._told.copy().items() if not margin)

    @property
    def done(self) -> int:
        """Rows with those of the margin."""
        return sum(told["rows"] for told in self._told.copy().values())


def _write(
    client: "Client",
    source: Source,
    encoder: Encoder,
    plan: WorkerPlan,
    folder: Path,
    name: str,
    facts: Mapping[str, str],
) -> Generator[Progress, None, _Counts]:
    """Have lsdb write the encoded catalogue, in a thread of its own, while progress is told."""
    counts, encoded, whole = _Counts(), _encoded(source, encoder, plan, name), False
    shown = source.catalog.hc_structure.catalog_info.default_columns
    client.subscribe_topic(plan.topic, counts.hear)
    client.register_plugin(plugin_for(plan), name=plan.topic)
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(
            encoded.write_catalog,
            folder,
            catalog_name=name,
            as_collection=source.margin is not None,
            default_columns=[*(plan.names.get(old, old) for old in shown), *encoder.added] if shown else None,
            inherit_provenance=True,
            addl_hats_properties={f"{PROPERTY}{key}": text for key, text in facts.items()},
            write_table_kwargs=dict(_COMPRESSION),
            progress_bar=False,
        )
        try:
            while not work.done():
                done = counts.done
                note = "writing what the catalogue says of itself" if done == source.rows else ""
                yield Progress(done, source.rows, "rows", note=note)
                wait([work], timeout=_TICK)
            work.result()
            whole = True
        except (StellarError, GeneratorExit, KeyboardInterrupt):
            raise
        except Exception as error:
            raise counts.error or _failure(error, source.name) from error
        finally:
            if not whole:
                _stop(client, work)
            client.unregister_worker_plugin(plan.topic)
            client.unsubscribe_topic(plan.topic)
    return counts


def _encoded(source: Source, encoder: Encoder, plan: WorkerPlan, name: str) -> "Catalog":
    """The catalogue as it will be once the workers have encoded it, with its margin; name: of it."""
    meta = with_added(source.catalog.meta, encoder, plan.names, 0)

    def mapped(part: Any, margin: bool) -> Any:
        return part.map_partitions(encode_partition, plan.topic, margin, meta=meta, include_pixel=True)

    catalog = mapped(source.catalog, False)
    if source.margin is not None:
        catalog.margin = mapped(source.margin, True)
        catalog.margin.hc_structure.catalog_info.primary_catalog = name
    return catalog


def _stop(client: "Client", work: "Future[None]") -> None:
    """Cancel what is not done, and wait until the workers leave the folder alone."""
    from distributed import Future as Task

    while True:
        client.cancel([Task(key, client) for key in list(client.futures)])
        if work.done():
            break
        wait([work], timeout=_TICK)
    await_idle(client)


def _new_names(source: Source, encoder: Encoder) -> dict[str, str]:
    """The source's columns that are called otherwise beside the added ones."""
    old = list(source.catalog.columns)
    new = source_names(old, [*encoder.added, SOURCE_ROW])
    return {name: other for name, other in zip(old, new, strict=True) if name != other}


def _failure(error: Exception, name: str) -> StellarError:
    """What ended the work, in one sentence."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return OutputError(f"{name}: workers ended, probably for want of memory; start fewer of them on a machine.")
    text = " ".join(str(error).split()).rstrip(".")[:300]
    return OutputError(f"{name}: it could not be encoded ({text}); nothing was written.")
