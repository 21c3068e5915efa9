"""The settings of a network and of its training, as values that can be checked, compared and written as JSON."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from typing import Any, Final

from stellar_gui.errors import InputError, TrainingError

BANDS: Final = 5
"""Magnitudes of a star: u, g, r, i, z."""

ACTIVATIONS: Final = ("silu", "relu", "gelu", "tanh")
FEATURES: Final = ("magnitudes", "colours-r", "colours")
LOSS_SCALES: Final = ("magnitudes", "whitened", "colours")
LOSSES: Final = ("quadratic", "weighted", "huber")
OPTIMISERS: Final = ("muon", "adamw")
DEVICE_NAMES: Final = {"cpu": "processor", "cuda": "CUDA graphics processor", "mps": "Apple graphics processor"}
"""What a training can run on."""
LARGEST_DELTA: Final = 100.0
LARGEST_LATENT: Final = 5
LARGEST_HIDDEN: Final = 1024
LARGEST_DEPTH: Final = 12
LARGEST_EPOCHS: Final = 100_000
LARGEST_BATCH: Final = 1_000_000
LARGEST_LEARNING_RATE: Final = 1.0
LARGEST_TIME: Final = 7 * 86_400.0
DEFAULT_EPOCHS: Final = 40
FEWEST_DEFAULT_STEPS: Final = 5_000
MOST_DEFAULT_STEPS: Final = 12_000
MOST_DEFAULT_EPOCHS: Final = 1_000


class Command(Enum):
    """What can be sent to a training.

    STOP ends it early with the best model so far. CHECKPOINT is answered with a Checkpoint, from which it can go on
    later.
    """

    STOP = "stop"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True)
class NetworkConfig:
    """The shape of the network; the defaults are the lecture's, with 11,127 parameters.

    latent: numbers between encoder and decoder, 1 to 5.
    hidden, depth: width (1 to 1,024) and number (1 to 12) of the hidden layers of each half.
    activation: silu, relu, gelu or tanh.
    Raises TrainingError for other values.
    """

    latent: int = 2
    hidden: int = 40
    depth: int = 4
    activation: str = "silu"

    def __post_init__(self) -> None:
        _require_whole("number of latent dimensions", self.latent, 1, LARGEST_LATENT)
        _require_whole("hidden width", self.hidden, 1, LARGEST_HIDDEN)
        _require_whole("depth", self.depth, 1, LARGEST_DEPTH)
        _require_one_of("activation", self.activation, ACTIVATIONS)


@dataclass(frozen=True)
class TrainingConfig:
    """The settings of a training run.

    seed: of split, first weights and batches; the same seed gives the same model, bit for bit, on one machine.
    epochs: passes over the training stars; None leaves it to `epochs_for`, unless a time budget is set.
    time_budget: seconds of training, without pauses, in place of a number of epochs; such a run depends on the machine.
    batch_size: stars per step; a smaller training set makes one batch.
    learning_rate: the peak of the one-cycle schedule.
    fractions: of the stars to train, validate and test with; the lecture's 150, 5 and 100 of 255 thousand.
    features: what the network reads and writes: 'magnitudes', the lecture's five; 'colours-r', u-g, g-r, r-i, i-z and
    r; 'colours', those four alone, where each star's mean magnitude goes round the bottleneck as a number of its own.
    loss_in: the scaling in which the loss is taken, which decides what the map shows: 'magnitudes'; 'whitened', each
    principal direction weighs the same; 'colours', the features themselves, each with unit variance (not of magnitudes,
    which they would leave without a brightness).
    loss: 'quadratic'; 'weighted', by the stars' photometric errors; 'huber', beyond huber_delta (in units of loss_in)
    only linear, so that outliers count less.
    denoise: whether noise of each band's photometric error is added to the input, the target staying as it is.
    deredden: whether the network sees magnitudes corrected for extinction; reconstructions are reddened again.
    patience: epochs without a lower validation loss after which the training ends; None for no such end.
    optimiser: 'muon', for the matrices between hidden layers, AdamW moving the other weights; 'adamw' for all.
    jitter: whether stars of a small table with far-off measurements are moved a little each time they are learned from.
    device: what the training runs on, 'cpu', 'cuda' or 'mps'; all draw the same random numbers, but round differently.
    Raises TrainingError for values that cannot work.
    """

    seed: int = 0
    epochs: int | None = None
    time_budget: float | None = None
    batch_size: int = 512
    learning_rate: float = 1e-2
    fractions: tuple[float, float, float] = (150 / 255, 5 / 255, 100 / 255)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    features: str = "magnitudes"
    loss_in: str = "magnitudes"
    loss: str = "quadratic"
    huber_delta: float = 0.2
    denoise: bool = False
    deredden: bool = False
    patience: int | None = None
    optimiser: str = "muon"
    jitter: bool = True
    device: str = "cpu"

    def __post_init__(self) -> None:
        _require_whole("seed", self.seed, 0, 2**63 - 1)
        if self.epochs is not None:
            _require_whole("number of epochs", self.epochs, 1, LARGEST_EPOCHS)
        if self.time_budget is not None:
            _require_number("time budget in seconds", self.time_budget, LARGEST_TIME)
            if self.epochs is not None:
                raise TrainingError("Give either a number of epochs or a time budget, not both.")
        _require_whole("batch size", self.batch_size, 1, LARGEST_BATCH)
        _require_number("learning rate", self.learning_rate, LARGEST_LEARNING_RATE)
        if not isinstance(self.fractions, tuple) or len(self.fractions) != 3:
            raise TrainingError("Give three fractions: of the stars to train, to validate and to test with.")
        for name, fraction in zip(("training", "validation", "test"), self.fractions, strict=True):
            _require_number(f"fraction of {name} stars", fraction, 1.0)
        if sum(self.fractions) > 1 + 1e-9:
            raise TrainingError("The fractions of training, validation and test stars add up to more than 1.")
        if not isinstance(self.network, NetworkConfig):
            raise TrainingError("The shape of the network must be a NetworkConfig.")
        _require_one_of("features", self.features, FEATURES)
        _require_one_of("scaling of the loss", self.loss_in, LOSS_SCALES)
        _require_one_of("loss", self.loss, LOSSES)
        if self.loss_in == "colours" and self.features == "magnitudes":
            raise TrainingError(
                "A loss in colours says nothing of a star's brightness; choose the features colours, which pass it "
                "round the bottleneck, or colours-r."
            )
        _require_number("delta of the Huber loss", self.huber_delta, LARGEST_DELTA)
        for name, switch in (("denoise", self.denoise), ("deredden", self.deredden), ("jitter", self.jitter)):
            if not isinstance(switch, bool):
                raise TrainingError(f"The setting {name} must be on or off, not {_shown(switch)}.")
        _require_one_of("optimiser", self.optimiser, OPTIMISERS)
        _require_one_of("device", self.device, tuple(DEVICE_NAMES))
        if self.patience is not None:
            _require_whole("patience in epochs", self.patience, 1, LARGEST_EPOCHS)

    @property
    def needs_errors(self) -> bool:
        """Whether the training needs the stars' photometric errors."""
        return self.denoise or self.loss == "weighted"

    @property
    def loss_unit(self) -> str:
        """The unit of the loss: mag^2, or none."""
        return "mag^2" if self.loss_in == "magnitudes" else ""

    def steps_per_epoch(self, training_stars: int) -> int:
        """Batches in an epoch; stars beyond the last full batch wait for the next epoch, which is shuffled anew."""
        return max(1, training_stars // self.batch_size)

    def epochs_for(self, training_stars: int) -> int:
        """Epochs of a run over so many training stars, where no time budget is set.

        Where epochs is None: 40, but at least 5,000 steps in all and at most 12,000, and never more than 1,000 epochs.
        """
        if self.epochs is not None:
            return self.epochs
        per_epoch = self.steps_per_epoch(training_stars)
        steps = min(max(DEFAULT_EPOCHS * per_epoch, FEWEST_DEFAULT_STEPS), MOST_DEFAULT_STEPS)
        return min(max(1, round(steps / per_epoch)), MOST_DEFAULT_EPOCHS)

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON can hold them."""
        return {**asdict(self), "fractions": list(self.fractions)}

    @classmethod
    def from_dict(cls, content: object) -> "TrainingConfig":
        """Settings as `to_dict` gave them; what is missing is as it was before it could be chosen.

        Raises InputError for settings of a newer version, and for values that cannot work.
        """
        values = {"optimiser": "adamw", "jitter": False, **_known(cls, content)}
        if "fractions" in values and isinstance(values["fractions"], list):
            values["fractions"] = tuple(values["fractions"])
        try:
            if "network" in values:
                values["network"] = NetworkConfig(**_known(NetworkConfig, values["network"]))
            return cls(**values)
        except TrainingError as error:
            raise InputError(f"The training settings are damaged: {error}") from error


def begun_elsewhere(device: str) -> str:
    """What to say where a training goes on, on the processor, that began on a device that is not here."""
    return f"The training began on the {DEVICE_NAMES[device]}, which is not here; it goes on on the processor."


def _known(kind: type[Any], content: object) -> dict[str, Any]:
    """A dataclass's values from JSON, after a check that it has fields of these names."""
    if not isinstance(content, Mapping):
        raise InputError("The training settings are damaged; they cannot be read.")
    names = {item.name for item in fields(kind)}
    if unknown := sorted(str(name) for name in content if name not in names):
        raise InputError(
            f"The training settings were made by a newer version of Stellar GUI ({_shown(unknown[0])} is not known "
            "here); update to use them."
        )
    return dict(content)


def _require_whole(what: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise TrainingError(f"The {what} must be a whole number from {low:,} to {high:,}, not {_shown(value)}.")


def _require_number(what: str, value: object, high: float) -> None:
    """Check for a finite number above 0 and not above high."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (number and math.isfinite(value) and 0 < value <= high):  # type: ignore[arg-type, operator]
        raise TrainingError(f"The {what} must be above 0 and at most {high:,g}, not {_shown(value)}.")


def _require_one_of(what: str, value: object, names: tuple[str, ...]) -> None:
    if value not in names:
        raise TrainingError(f"The {what} must be one of {', '.join(names)}, not {_shown(value)}.")


def _shown(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:37] + "..."
