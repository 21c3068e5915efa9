"""A model's settings and its quality in words, for the window and the report."""

import math
from typing import Final

from stellar_gui import numbers
from stellar_gui.autoencoder.config import DEVICE_NAMES, TrainingConfig
from stellar_gui.autoencoder.report import EvaluationReport

COUNTED: Final = ("one", "two", "three", "four", "five")
_READS: Final = {
    "magnitudes": "the five magnitudes",
    "colours-r": "the colours u−g, g−r, r−i, i−z and the magnitude r",
    "colours": "the colours u−g, g−r, r−i and i−z; each star's mean magnitude goes round the network",
}
_LOSSES: Final = {
    "quadratic": "mean squared residual",
    "weighted": "squared residuals weighted by the photometric errors",
    "huber": "Huber, linear beyond {delta:g}",
}
_SCALES: Final = {
    "magnitudes": "in magnitudes",
    "whitened": "whitened: each principal direction weighs the same",
    "colours": "in colours of unit variance",
}
_OPTIMISERS: Final = {
    "muon": "Muon for the matrices between hidden layers, AdamW for the rest",
    "adamw": "AdamW",
}
_ACTIVATIONS: Final = {"silu": "SiLU", "relu": "ReLU", "gelu": "GELU", "tanh": "tanh"}


def settings(config: TrainingConfig) -> list[tuple[str, str]]:
    """What was chosen for a training, each setting with its words; what is not in use is left out."""
    network = config.network
    layers = f"{network.depth} hidden layers of {network.hidden} before and after {_dimensions(network.latent)}"
    loss = f"{_LOSSES[config.loss].format(delta=config.huber_delta)}, {_SCALES[config.loss_in]}"
    batches = f"batches of {numbers.count(config.batch_size)} stars, one-cycle learning rate up to"
    words = [
        ("Network", f"{layers}, {_ACTIVATIONS[network.activation]} and layer normalisation"),
        ("It reads and writes", _READS[config.features]),
        ("Loss", loss),
        ("Optimiser", f"{_OPTIMISERS[config.optimiser]}; {batches} {config.learning_rate:g}"),
        ("Length", _length(config)),
        ("Seed", str(config.seed)),
    ]
    if config.denoise:
        words.append(("Noise", "of each band's photometric error, added to the input"))
    if config.deredden:
        words.append(("Extinction", "corrected before the network, and added again to reconstructions"))
    if config.jitter:
        words.append(("Jitter", "stars of a small table with far-off measurements are moved a little"))
    if config.device != "cpu":
        words.append(("Device", DEVICE_NAMES[config.device]))
    return words


def components(config: TrainingConfig) -> str:
    """The principal components that a network is compared with, in words: 'two principal components'."""
    latent = config.network.latent
    plural = "" if latent == 1 else "s"
    beside = " and the mean magnitude" if config.features == "colours" else ""
    return f"{COUNTED[latent - 1]} principal component{plural}{beside}"


def comparison(report: EvaluationReport, config: TrainingConfig) -> str:
    """How the test error compares with principal components; empty where that is not known."""
    if not (math.isfinite(report.pca_mse) and report.pca_mse > 0 and math.isfinite(report.test_mse)):
        return ""
    change = 100 * (report.test_mse / report.pca_mse - 1)
    verb = "leaves" if config.network.latent == 1 and config.features != "colours" else "leave"
    way = "less" if change < 0 else "more"
    return f"{abs(change):.0f} % {way} than {components(config)} {verb}"


def class_sentence(accuracy: float | None) -> str:
    """How well classes are told apart on the map; empty where there are none."""
    if accuracy is None:
        return ""
    return (
        f"The table's classes are told apart on the map, by 15 neighbours, with a balanced accuracy of {accuracy:.3f}."
    )


def _dimensions(latent: int) -> str:
    return f"{COUNTED[latent - 1]} latent number{'' if latent == 1 else 's'}"


def _length(config: TrainingConfig) -> str:
    if config.time_budget is not None:
        length = f"as many epochs as {numbers.duration(config.time_budget)} allow"
    elif config.epochs is not None:
        length = f"{numbers.count(config.epochs)} epochs"
    else:
        length = "epochs as the number of stars asks for"
    waits = config.patience
    return length if waits is None else f"{length}; ended after {waits:,} without a lower validation loss"
