"""Several trainings of the same stars side by side, each in a process of its own on one thread."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.details import NO_DETAILS, Details
from stellar_gui.errors import StellarError, TrainingError
from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

SIDE_BY_SIDE: Final = 8
"""Processes at a time at most, each of a few hundred MB; more than there are cores, so that none idles at the end."""
NICENESS: Final = 5
"""Given to the processes where the system knows it, so that the window comes first."""
LONGEST_SILENCE: Final = 0.2
"""Seconds after which progress is yielded anyway, so that whoever waits can give up while the processes begin."""

_STARS: Final = "stars.npz"
_MAGNITUDES: Final = "magnitudes"


def train_seeds(
    magnitudes: NDArray[np.float32], config: TrainingConfig, seeds: Sequence[int], details: Details = NO_DETAILS
) -> Generator[Progress, None, "list[TrainedModel]"]:
    """Train on the same stars (n, 5) float32, mag, with each of the seeds; the models are those that `train` gives.

    details: what else is known of the stars, as `train` takes it.

    A small network gains nothing by a second thread, but two processes are twice as fast on two cores. They are given
    stars and settings as files, and models come back as model files: nothing is unpickled. Closing the generator ends
    the processes. Yields progress in trainings, from time to time.

    Raises TrainingError as `train` does, with the words of the first training that fails.
    """
    from stellar_gui.autoencoder.model_file import from_bytes

    with tempfile.TemporaryDirectory(prefix="stellar-gui-") as name, contextlib.ExitStack() as ended:
        folder = Path(name)
        arrays: dict[str, Any] = {_MAGNITUDES: magnitudes, **details.arrays()}
        np.savez(folder / _STARS, **arrays)
        told: SimpleQueue[tuple[int, float | None]] = SimpleQueue()
        waiting, running = list(range(len(seeds))), dict[int, subprocess.Popen[str]]()
        done = [0.0] * len(seeds)
        while waiting or running:
            while waiting and len(running) < SIDE_BY_SIDE:
                k = waiting.pop(0)
                running[k] = _started(folder, k, replace(config, seed=seeds[k]))
                ended.callback(_end, running[k])
                threading.Thread(target=_listen, args=(running[k], k, told), daemon=True).start()
            with contextlib.suppress(Empty):
                k, fraction = told.get(timeout=LONGEST_SILENCE)
                if fraction is None:
                    _check(running.pop(k))
                    fraction = 1.0
                done[k] = fraction
            yield Progress(sum(done), len(seeds), "trainings")
        return [from_bytes(_model_path(folder, k).read_bytes()) for k in range(len(seeds))]


def _started(folder: Path, k: int, config: TrainingConfig) -> "subprocess.Popen[str]":
    command = [sys.executable, "-P", "-m", __name__, str(folder), str(k), json.dumps(config.to_dict())]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
    )


def _listen(process: "subprocess.Popen[str]", k: int, told: "SimpleQueue[tuple[int, float | None]]") -> None:
    """Pass on how far a process is, a number a line, and None at its end."""
    assert process.stdout is not None
    with contextlib.suppress(ValueError):  # the pipe is closed where the trainings are given up
        for line in process.stdout:
            told.put((k, float(line)))
    told.put((k, None))


def _check(process: "subprocess.Popen[str]") -> None:
    assert process.stderr is not None
    words = process.stderr.read().strip()
    if process.wait() != 0:
        raise TrainingError(words.splitlines()[-1] if words else "A training ended without a word; try again.")


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _model_path(folder: Path, k: int) -> Path:
    return folder / f"{k}.safetensors"


def _work(folder: Path, k: int, config: TrainingConfig) -> None:
    """What a process does: train, say how far it is, leave the model."""
    from stellar_gui.autoencoder.model_file import to_bytes
    from stellar_gui.autoencoder.training import TrainingProgress, train

    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with np.load(folder / _STARS, allow_pickle=False) as stars:
        arrays = dict(stars)
    work = train(arrays.pop(_MAGNITUDES), config, Details(**arrays))
    while True:
        try:
            report = next(work)
        except StopIteration as end:
            _model_path(folder, k).write_bytes(to_bytes(end.value))
            return
        if isinstance(report, TrainingProgress):
            print(report.fraction, flush=True)


if __name__ == "__main__":
    try:
        _work(Path(sys.argv[1]), int(sys.argv[2]), TrainingConfig.from_dict(json.loads(sys.argv[3])))
    except StellarError as error:
        sys.exit(str(error))
