"""Dask clusters: one of this computer for as long as it is needed, or one that runs already (the extra `survey`)."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stellar_gui import __version__
from stellar_gui.errors import InputError, OutputError, ServerError
from stellar_gui.session.survey import dask_worker

if TYPE_CHECKING:
    from distributed import Client

_PACKAGES: Final = ("lsdb", "distributed", "cryptography")
_LOOPBACK: Final = "127.0.0.1"
_CONNECTING: Final = 10
"""Seconds after which a cluster that does not answer, or has no workers, is given up."""
_LEAVING: Final = 30
"""Seconds after which workers that still compute for us are left alone."""


def require_extra() -> None:
    """Raise InputError where the packages of the extra `survey` are not installed."""
    if any(find_spec(package) is None for package in _PACKAGES):
        raise InputError(
            "HATS catalogues are encoded on several workers by packages that are not installed; "
            "install them with: pip install 'stellar-gui[survey]'"
        )


@contextmanager
def connected(address: str | None, workers: int | None) -> Iterator["Client"]:
    """A client of the cluster at an address; without one, of a cluster of this computer, which ends with the block.

    workers: processes of the local cluster, one for each core where it is None; each computes on one thread. The local
    cluster listens on loopback alone, has no dashboard, and asks for a key made for it, so that no other user of the
    computer can give it work. Raises ServerError where a cluster cannot be reached or has no workers.
    """
    from distributed import Client

    with ExitStack() as stack:
        cluster = stack.enter_context(_local_cluster(workers or os.cpu_count() or 1)) if address is None else address
        try:
            client = stack.enter_context(Client(cluster, timeout=_CONNECTING))
        except (OSError, ValueError) as error:
            raise ServerError(
                f"No Dask cluster answers at {address}; give the address of a scheduler, such as tcp://host:8786."
            ) from error
        try:
            client.wait_for_workers(1, timeout=_CONNECTING)
        except TimeoutError as error:
            raise ServerError(f"The cluster at {address} has no workers; start some: dask worker {address}") from error
        yield client


@contextmanager
def _local_cluster(workers: int) -> Iterator[Any]:
    import dask
    from distributed import LocalCluster, Security

    no_pages: dict[str, list[str]] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
    with (
        dask.config.set(no_pages),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=_LOOPBACK,
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": f"{_LOOPBACK}:0"},
            silence_logs=logging.CRITICAL,
            preload=[dask_worker.__name__],
        ) as cluster,
    ):
        yield cluster


def require_alike(client: "Client", folder: Path) -> None:
    """Raise InputError where workers lack this version of the program, OutputError where they do not see the folder."""
    try:
        told = client.run(_version_and_sight, str(folder)).values()
    except ImportError as error:
        raise InputError(
            f"The workers cannot import Stellar GUI ({error}); install it, with the extra `survey`, on every machine."
        ) from error
    if other := sorted({version for version, _ in told} - {__version__}):
        raise InputError(
            f"The workers have version {', '.join(other)} of Stellar GUI; install {__version__} there too."
        )
    blind = sum(not sees for _, sees in told)
    if blind:
        raise OutputError(
            f"{folder.parent}: {blind:,} of {len(told):,} workers do not see this folder; choose one that all share."
        )


def await_idle(client: "Client") -> None:
    """Wait until no worker computes any more, a while at most: what a worker has begun cannot be cancelled."""
    deadline, idle = time.monotonic() + _LEAVING, 0
    while idle < 2 and time.monotonic() < deadline:  # twice, since a worker may begin before it hears of the end
        idle = 0 if any(client.run(_computing).values()) else idle + 1
        time.sleep(0.1)


def _version_and_sight(folder: str) -> tuple[str, bool]:
    """Runs on a worker: its version of the program, and whether it sees a folder."""
    return __version__, Path(folder).is_dir()


def _computing(dask_worker: Any) -> int:
    """Runs on a worker: how many tasks it computes at this moment."""
    return int(dask_worker.state.executing_count)
