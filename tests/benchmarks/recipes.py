"""The experiment behind the default training: what each of its parts is worth, one changed at a time, on real stars."""

import time
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import torch

from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.features import Features
from stellar_gui.autoencoder.jitter import Jitter
from stellar_gui.autoencoder.learner import AVERAGE_STEPS, GRADIENT_LIMIT
from stellar_gui.autoencoder.network import flatten_parameters, hidden_matrices, new_network
from stellar_gui.autoencoder.objective import Stars as Prepared
from stellar_gui.autoencoder.optimiser import Muon
from stellar_gui.autoencoder.scaling import Scaling
from stellar_gui.autoencoder.schedule import one_cycle
from stellar_gui.autoencoder.split import split
from tests.benchmarks._lecture import Stars, real_stars, simulated_stars


@dataclass(frozen=True)
class Recipe:
    """How to train; the defaults are the program's, but for its choice of the best epoch: the last one is taken.

    betas, decay: of AdamW where Muon is not used. huber: mag, 0 for the quadratic loss. average: steps, 1 for none.
    whitened: whether the inputs are, or else only standardised band by band.
    """

    batch: int = 512
    rate: float = 1e-2
    muon: bool = True
    betas: tuple[float, float] = (0.9, 0.999)
    decay: float = 0.0
    jitter: bool = True
    limit: float = GRADIENT_LIMIT
    huber: float = 0.0
    average: int = AVERAGE_STEPS
    whitened: bool = True


RECIPES = {
    "the default": Recipe(),
    "no jitter": Recipe(jitter=False),
    "AdamW for Muon": Recipe(muon=False),
    "AdamW, betas 0.9 and 0.95": Recipe(muon=False, betas=(0.9, 0.95)),
    "AdamW, weight decay 0.01": Recipe(muon=False, decay=1e-2),
    "AdamW, weight decay 0.1": Recipe(muon=False, decay=0.1),
    "AdamW, no jitter": Recipe(muon=False, jitter=False),
    "AdamW, no jitter, gradient not limited": Recipe(muon=False, jitter=False, limit=float("inf")),
    "peak learning rate halved": Recipe(rate=5e-3),
    "peak learning rate doubled": Recipe(rate=2e-2),
    "batches of 256": Recipe(batch=256),
    "batches of 1,024": Recipe(batch=1024),
    "Huber loss beyond 1 mag": Recipe(huber=1.0),
    "standardised, not whitened": Recipe(whitened=False),
    "weights not averaged": Recipe(average=1),
}


def run(quick: bool) -> list[dict[str, Any]]:
    """Medians of five seeds, all of one number of steps; with quick one seed and 300 steps."""
    torch.set_num_threads(1)
    real = real_stars()
    stars, name = (simulated_stars(10_000), "simulated") if real is None else (real, "real")
    seeds, steps = (range(1), 300) if quick else (range(5), 5_000)
    results = {recipe: [_trained(stars, RECIPES[recipe], seed, steps) for seed in seeds] for recipe in RECIPES}
    peer = median(error for error, _ in results["the default"])
    rows = []
    for recipe, result in results.items():
        errors = [error for error, _ in result]
        seconds = median(seconds for _, seconds in result)
        rows.append(
            {
                "work": f"{recipe}; {steps:,} steps on {len(stars):,} {name} stars in {seconds:.1f} s",
                "ours": median(errors), "peer": peer, "unit": "mag^2", "ratio": median(errors) / peer, "bar": "-",
                "met": True, "spread": [min(errors), max(errors)],
            }
        )  # fmt: skip
    return rows


def _trained(stars: Stars, recipe: Recipe, seed: int, steps: int) -> tuple[float, float]:
    """Test error, mag^2, and seconds."""
    begin = time.perf_counter()
    parts = split(len(stars), seed, TrainingConfig().fractions)
    scaling = _standard(stars[parts.train]) if not recipe.whitened else Scaling.fit(stars[parts.train])
    features = Features.of("magnitudes", scaling)
    train, test = (torch.from_numpy(features.take(stars[rows])) for rows in (parts.train, parts.test))
    back = torch.from_numpy(features.backward.astype(np.float32))
    generator = torch.Generator().manual_seed(seed)
    network = new_network(NetworkConfig(), generator)
    weights = flatten_parameters(network)
    principal = Features.of("magnitudes", Scaling.fit(stars[parts.train]))
    jitter = Jitter(principal, 2, stars[parts.train], len(train))
    jitter._to_features = torch.linalg.inv(back)
    average = weights.detach().clone()
    optimiser: torch.optim.Optimizer = Muon(weights, hidden_matrices(NetworkConfig()), recipe.rate)
    if not recipe.muon:
        optimiser = torch.optim.AdamW([weights], recipe.rate, recipe.betas, weight_decay=recipe.decay, fused=True)
    per_epoch = len(train) // recipe.batch
    gradient = weights.grad
    assert gradient is not None
    for step in range(steps):
        if step % per_epoch == 0:
            epoch = Prepared(train[torch.randperm(len(train), generator=generator)])
            if recipe.jitter:
                epoch = jitter.moved(epoch, generator)
        batch = epoch.features[step % per_epoch * recipe.batch :][: recipe.batch]
        optimiser.param_groups[0]["lr"] = one_cycle(step / steps, recipe.rate)
        gradient.zero_()
        residual = (network(batch) - batch) @ back
        if recipe.huber:
            zeros = torch.zeros_like(residual)
            loss = 2 * torch.nn.functional.huber_loss(residual, zeros, delta=recipe.huber)
        else:
            loss = residual.square().mean()
        loss.backward()
        norm = float(gradient.norm())
        if norm > recipe.limit:
            gradient.mul_(recipe.limit / norm)
        optimiser.step()
        average.lerp_(weights.detach(), max(1 / recipe.average, 1 / (1 + step / 10)))
    weights.data.copy_(average)
    seconds = time.perf_counter() - begin
    with torch.inference_mode():
        error = float(((network(test) - test) @ back).square().mean())
    return error, seconds


def _standard(stars: Stars) -> Scaling:
    """Each band with mean 0 and variance 1, the bands left as they are."""
    return Scaling(stars.mean(axis=0, dtype=np.float64), np.eye(5), stars.std(axis=0, dtype=np.float64))
