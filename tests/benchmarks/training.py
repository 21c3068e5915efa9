"""Training: how soon and how well, against the lecture's own loop; what a step costs; memory of encode and decode."""

import copy
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, TensorDataset

from stellar_gui.autoencoder.config import BANDS, NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.details import NO_DETAILS
from stellar_gui.autoencoder.evaluation import validate
from stellar_gui.autoencoder.learner import AVERAGE_STEPS, Learner
from stellar_gui.autoencoder.network import AutoEncoder, flatten_parameters
from stellar_gui.autoencoder.objective import Stars as Prepared
from stellar_gui.autoencoder.seeds import train_seeds
from stellar_gui.autoencoder.split import split
from stellar_gui.autoencoder.training import TrainingProgress, train
from stellar_gui.autoencoder.training_set import TrainingSet
from stellar_gui.progress import drain
from tests.benchmarks._lecture import BATCH, SIMULATED, Stars, lecture_loop, real_stars, simulated_stars
from tests.benchmarks._rows import row
from tests.benchmarks._training_window import window_rows

MIB = 2**20
MEMORY = """
import sys, threading, time
import numpy as np, psutil
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.training import train
from stellar_gui.progress import drain

count = int(sys.argv[1])
rng = np.random.default_rng(0)
magnitudes = rng.normal(19, 1, (count, 5)).astype(np.float32)
model = drain(train(magnitudes[:1000], TrainingConfig(epochs=1)))
latent = np.full((count, 2), 1, np.float32)  # written to, so that the output's memory is there before
reconstruction = np.full((count, 5), 1, np.float32)
model.decode(model.encode(magnitudes[:20_000]))
process = psutil.Process()
before = peak = process.memory_info().rss
going = True
def watch():
    global peak
    while going:
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.002)
watcher = threading.Thread(target=watch)
watcher.start()
begin = time.perf_counter()
del latent, reconstruction
latent = model.encode(magnitudes)
reconstruction = model.decode(latent)
seconds = time.perf_counter() - begin
going = False
watcher.join()
print(peak - before, seconds)
"""


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure, on one thread; with quick one seed, 1,500 of the lecture's iterations and shorter runs of ours."""
    torch.set_num_threads(1)
    seeds = range(1) if quick else range(5)
    simulated, real = simulated_stars(), real_stars()
    small, name = (simulated[:10_000], "simulated") if real is None else (real, "real")
    default, hurried = TrainingConfig(), TrainingConfig(time_budget=3.0)
    return [
        *_against_lecture(small, name, 1_500 if quick else 30_000, hurried if quick else default, seeds, (20.0, 0.75)),
        *_against_lecture(
            simulated, "simulated", 1_500 if quick else 100_000, hurried if quick else default, seeds, (15.0, 0.9)
        ),
        *_steps(simulated, 3 if quick else 15),
        *window_rows(30_000 if quick else SIMULATED, epochs=3 if quick else 12, repetitions=2 if quick else 5),
        _side_by_side(small, replace(default, epochs=20 if quick else None)),
        _memory(1_000_000 if quick else 10_000_000),
    ]


def _against_lecture(
    stars: Stars, name: str, iterations: int, config: TrainingConfig, seeds: range, bars: tuple[float, float]
) -> list[dict[str, Any]]:
    """How soon ours has the test error of the lecture's loop, and the test error after ours; pairs of one seed each."""
    peers, times, errors = [], [], []
    for seed in seeds:
        settings = replace(config, seed=seed)
        parts = split(len(stars), seed, settings.fractions)
        peer = lecture_loop(stars, parts, seed, iterations)
        reached, error = _ours(stars, settings, parts.test, peer.test_mse)
        peers.append(peer)
        times.append(reached)
        errors.append(error)
    mine, theirs = median(times), median(peer.seconds for peer in peers)
    error, peer_error = median(errors), median(peer.test_mse for peer in peers)
    work = f"{len(stars):,} {name} stars, against {iterations:,} iterations of the lecture's loop, seeds: {len(seeds)}"
    run = "default run" if config.time_budget is None else f"run of {config.time_budget:g} s"
    return [
        row(f"{work}: time until its test error", mine, theirs, "s", theirs / mine, ">=", bars[0], times),
        row(
            f"{work}: test error after our {run}", error, peer_error, "mag^2", error / peer_error, "<=", bars[1], errors
        ),
    ]


def _ours(stars: Stars, config: TrainingConfig, test: NDArray[np.int64], target: float) -> tuple[float, float]:
    """Seconds until a training that is stopped would leave at most the target on the test stars; its final error.

    While a training waits for its next step its clock stands still, so the tests between cost it nothing.
    """
    work = train(stars, config)
    reached, tested, tested_at = math.inf, -1, -1.0
    while True:
        try:
            report = next(work)
        except StopIteration as end:
            error = float(end.value.report.test_mse)
            return (min(reached, end.value.seconds) if error <= target else reached), error
        if not isinstance(report, TrainingProgress) or work.gi_frame is None or reached < math.inf:
            continue
        if report.best_epoch != tested and report.fraction - tested_at >= 0.02 and report.fraction < 1:
            tested, tested_at = report.best_epoch, report.fraction
            if _best_error(work.gi_frame.f_locals["training"], test) <= target:
                reached = report.elapsed


def _best_error(training: Any, rows: NDArray[np.int64]) -> float:
    """Mean squared residual, mag^2, of stars under the weights that a training would keep now."""
    network = copy.deepcopy(training._learner.averaged_network)
    flatten_parameters(network).data.copy_(training._best.weights)
    return validate(network, training._objective, training._set.stars(rows))[1].mse


def _steps(stars: Stars, repetitions: int) -> list[dict[str, Any]]:
    """Our whole loop, with validation and reports, against DataLoaders' and against its matrix products."""
    steps = 250
    sides = _stepping(stars), _ordinary(stars), _fed_by_loader(stars), _matrix_products()
    times = np.array([[_seconds(side, steps) for side in sides] for _ in range(repetitions + 1)])[1:]
    mine, ordinary, fed, limit = np.median(times, axis=0) / steps
    speeds = BATCH * steps / times[:, 0]
    return [
        row(
            f"stars per second, batches of {BATCH}: our whole loop, against torch's ordinary step (autograd, AdamW not "
            "fused, same network) fed by a shuffling DataLoader",
            BATCH / mine, BATCH / ordinary, "stars/s", ordinary / mine, ">=", 2.0, speeds,
        ),
        row(
            f"stars per second, batches of {BATCH}: our whole loop, against our own step fed by a shuffling DataLoader",
            BATCH / mine, BATCH / fed, "stars/s", fed / mine, ">=", 1.0, speeds,
        ),
        row(
            f"one step of {BATCH} stars, against its matrix products alone",
            1e3 * mine, 1e3 * limit, "ms", mine / limit, "<=", 4.0, 1e3 * times[:, 0] / steps,
        ),
    ]  # fmt: skip


def _stepping(stars: Stars) -> Callable[[], object]:
    work = train(stars, TrainingConfig(epochs=1_000, batch_size=BATCH))
    return lambda: next(work)


def _ordinary(stars: Stars) -> Callable[[], object]:
    """The step of torch's tutorials on what its own loader hands out, with the default collation: no validation."""
    torch.manual_seed(0)
    prepared = TrainingSet(stars, TrainingConfig(), NO_DETAILS)
    features = prepared.stars(prepared.split.train).features
    network = AutoEncoder(NetworkConfig())
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    loader = DataLoader(TensorDataset(features), BATCH, shuffle=True, drop_last=True)

    def steps() -> Iterator[float]:
        while True:
            for (batch,) in loader:
                loss = torch.nn.functional.mse_loss(network(batch), batch)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                yield float(loss.detach())

    work = steps()
    return lambda: next(work)


def _fed_by_loader(stars: Stars) -> Callable[[], object]:
    """Our step, jitter included, on what torch's own loader hands out."""
    config = TrainingConfig()
    prepared = TrainingSet(stars, config, NO_DETAILS)
    generator, jitter = torch.Generator().manual_seed(0), prepared.jitter()
    learner = Learner(config, BANDS, prepared.objective, generator)
    features = prepared.stars(prepared.split.train).features
    loader = DataLoader(TensorDataset(features), BATCH, shuffle=True, drop_last=True)

    def steps() -> Iterator[float]:
        while True:
            for (batch,) in loader:
                loss, _ = learner.learn(jitter.moved(Prepared(batch), generator), 1e-3, AVERAGE_STEPS)
                yield loss

    work = steps()
    return lambda: next(work)


def _matrix_products() -> Callable[[], object]:
    """The three products of each linear layer: forward, and back to its weights and, but for the first, its inputs."""
    layers = [module for module in AutoEncoder(NetworkConfig()).modules() if isinstance(module, torch.nn.Linear)]
    operands = [
        (layer.weight.detach(), torch.randn(BATCH, layer.in_features), torch.randn(BATCH, layer.out_features))
        for layer in layers
    ]

    def products() -> None:
        for k, (weight, inputs, outputs) in enumerate(operands):
            torch.mm(inputs, weight.T)
            torch.mm(outputs.T, inputs)
            if k:
                torch.mm(outputs, weight)

    return products


def _side_by_side(stars: Stars, config: TrainingConfig) -> dict[str, Any]:
    """Five seeds in processes of their own against one after the other in this one."""
    begin = time.perf_counter()
    ours = drain(train_seeds(stars, config, range(5)))
    middle = time.perf_counter()
    peers = [drain(train(stars, replace(config, seed=seed))) for seed in range(5)]
    mine, theirs = middle - begin, time.perf_counter() - middle
    same = all(one.id == other.id for one, other in zip(ours, peers, strict=True))
    return row(
        f"five seeds on {len(stars):,} stars side by side, against one after the other; "
        f"{'the same' if same else 'OTHER'} models",
        mine, theirs, "s", theirs / mine, ">=", 1.8, [mine], met=same and theirs >= 1.8 * mine,
    )  # fmt: skip


def _memory(count: int) -> dict[str, Any]:
    """A process of its own: resident memory at its peak, beyond input and output."""
    told = subprocess.run([sys.executable, "-c", MEMORY, str(count)], check=True, capture_output=True, text=True).stdout
    added, seconds = (float(word) for word in told.split())
    allowed = 300.0
    return row(
        f"encode and decode {count:,} stars in {seconds:.0f} s: peak memory beyond input and output",
        added / MIB, count * BANDS * 4 * 2 / MIB, "MiB", added / MIB / allowed, "<=", allowed, [added / MIB],
        met=added / MIB <= allowed,
    )  # fmt: skip


def _seconds(work: Callable[[], object], times: int) -> float:
    begin = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - begin
