"""The trained model: a network with its scaling, how it was trained, and how good it is."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import BANDS, TrainingConfig
from stellar_gui.autoencoder.network import AutoEncoder
from stellar_gui.autoencoder.report import EvaluationReport, History
from stellar_gui.autoencoder.scaling import Scaling

BATCH: Final = 8_192
"""Stars through the network at a time: their activations stay in the processor's cache."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch work on one thread for a while: a small network gains nothing by more, and a busy core stalls them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A network that no longer changes, from magnitudes to latent coordinates in canonical form and back.

    network: on the CPU, in evaluation mode, without gradients.
    stars: how many were given to the training; with the config's seed and fractions they settle the split:
    split(model.stars, model.config.seed, model.config.fractions).
    seconds: of training, without pauses. epochs: passes over the training stars, the last perhaps incomplete.
    stopped_because: a sentence where the training ended before its end, None otherwise.
    """

    network: AutoEncoder
    scaling: Scaling
    config: TrainingConfig
    stars: int
    history: History
    report: EvaluationReport
    seconds: float
    epochs: int
    stopped_because: str | None = None

    def __post_init__(self) -> None:
        self.network.eval().requires_grad_(False)

    @cached_property
    def id(self) -> str:
        """Twelve hexadecimal digits that tell models apart, from weights and scaling."""
        digest = hashlib.sha256()
        for name, weights in self.network.state_dict().items():
            digest.update(name.encode() + weights.numpy().tobytes())
        for values in (self.scaling.mean, self.scaling.axes, self.scaling.scale):
            digest.update(values.tobytes())
        return digest.hexdigest()[:12]

    def encode(self, magnitudes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Magnitudes (n, 5), mag, all finite -> latent positions (n, m) float32, dimensionless."""
        latent = np.empty((len(magnitudes), self.config.network.latent), np.float32)
        with one_thread():
            for rows in _batches(len(magnitudes)):
                latent[rows] = run(self.network.encoder, self.scaling.whiten(magnitudes[rows]))
        return latent

    def decode(self, latent: NDArray[np.float32]) -> NDArray[np.float32]:
        """Latent positions (n, m), dimensionless -> magnitudes (n, 5) float32, mag."""
        magnitudes = np.empty((len(latent), BANDS), np.float32)
        with one_thread():
            for rows in _batches(len(latent)):
                magnitudes[rows] = self.scaling.restore(run(self.network.decoder, latent[rows]))
        return magnitudes


def run(network: torch.nn.Module, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pass an array through a part of a network, all at once and without gradients."""
    with torch.inference_mode():
        result: NDArray[np.float32] = network(torch.tensor(values, dtype=torch.float32)).numpy()
    return result


def _batches(stars: int) -> Iterator[slice]:
    for start in range(0, stars, BATCH):
        yield slice(start, start + BATCH)
