"""The trained model: a network with its features, how it was trained, and how good it is."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder.checkpoint import Checkpoint
from stellar_gui.autoencoder.config import BANDS, TrainingConfig
from stellar_gui.autoencoder.details import NO_DETAILS, Details
from stellar_gui.autoencoder.features import Features, without_dust
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


def use_one_thread() -> None:
    """Let torch work on one thread in this process from now on."""
    torch.set_num_threads(1)


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A network that no longer changes, from magnitudes to latent coordinates in canonical form and back.

    network: on the CPU, in evaluation mode, without gradients.
    stars: how many were given to the training; with the config's seed and fractions they settle the split:
    split(model.stars, model.config.seed, model.config.fractions).
    seconds: of training, without pauses. epochs: passes over the training stars, the last perhaps incomplete.
    stopped_because: a sentence where the training ended before its end, None otherwise.
    checkpoint: of a training that was stopped by Command.STOP, from which it can go on; not part of the model's file.
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
    checkpoint: Checkpoint | None = None

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

    @cached_property
    def features(self) -> Features:
        """What the network reads and writes."""
        return Features.of(self.config.features, self.scaling)

    def encode(self, magnitudes: NDArray[np.float32], details: Details = NO_DETAILS) -> NDArray[np.float32]:
        """Magnitudes (n, 5), mag, finite where not masked -> latent positions (n, m) float32, dimensionless.

        details: which bands are masked, and the extinction for a model that corrects it.
        Raises InputError where that is not known.
        """
        latent = np.empty((len(magnitudes), self.config.network.latent), np.float32)
        with one_thread():
            for rows in _batches(len(magnitudes)):
                latent[rows] = run(self.network.encoder, self.inputs(magnitudes[rows], details.take(rows)))
        return latent

    def inputs(self, magnitudes: NDArray[np.float32], details: Details = NO_DETAILS) -> NDArray[np.float32]:
        """Magnitudes (n, 5), mag -> the features (n, k) float32 that the network is given; details as for `encode`."""
        return self.features.take(self._seen(magnitudes, details))

    def decode(self, latent: NDArray[np.float32], brightness: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Latent positions (n, m), dimensionless -> magnitudes (n, 5) float32, mag; corrected for extinction, if the
        network's are.

        brightness: (n,) mag, mean of each star's five magnitudes, for features that do not hold it (see Features); None
        gives each the mean of the training stars: then colours are right, and the brightness is only typical.
        """
        magnitudes = np.empty((len(latent), BANDS), np.float32)
        with one_thread():
            for rows in _batches(len(latent)):
                given = None if brightness is None else brightness[rows]
                magnitudes[rows] = self.features.restore(run(self.network.decoder, latent[rows]), given)
        return magnitudes

    def reconstruct(
        self, magnitudes: NDArray[np.float32], latent: NDArray[np.float32], details: Details = NO_DETAILS
    ) -> NDArray[np.float32]:
        """Magnitudes (n, 5) float32, mag, that the decoder gives stars (n, 5) at their latent positions (n, m).

        Comparable with the originals: with each star's own brightness where that goes round the network, and reddened
        again where the network's are corrected. In masked bands they are predictions.
        """
        reconstruction = self.decode(latent, self.brightness(magnitudes, details))
        if self.config.deredden and details.extinction is not None:
            reconstruction += details.extinction
        return reconstruction

    def brightness(self, magnitudes: NDArray[np.float32], details: Details = NO_DETAILS) -> NDArray[np.float32] | None:
        """(n,) float32, mag: the mean magnitude of stars (n, 5) that `decode` takes; None for features that hold it."""
        return self.features.brightness(self._seen(magnitudes, details)) if self.features.passes_brightness else None

    def _seen(self, magnitudes: NDArray[np.float32], details: Details) -> NDArray[np.float32]:
        """Magnitudes as the network is to see them."""
        seen = without_dust(magnitudes, details, self.config)
        return seen if details.masked is None else self.scaling.fill(seen, details.masked)


def run(network: torch.nn.Module, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pass an array through a part of a network, all at once, where its weights are and without gradients."""
    device = next(network.parameters()).device
    with torch.inference_mode():
        result: NDArray[np.float32] = network(torch.tensor(values, dtype=torch.float32, device=device)).cpu().numpy()
    return result


def _batches(stars: int) -> Iterator[slice]:
    for start in range(0, stars, BATCH):
        yield slice(start, start + BATCH)
