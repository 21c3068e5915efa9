"""Checkpoints: all that a training needs to go on, to the bit, as if it had never been interrupted."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from stellar_gui import __version__
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.report import BandErrors, History
from stellar_gui.autoencoder.tensor_file import Arrays, item, pack, unpack
from stellar_gui.errors import InputError

FORMAT_VERSION: Final = 1
_KEY: Final = "stellar-gui checkpoint"
_KINDS: Final = frozenset({"F32", "F64", "I64", "U8"})
_NUMBERS: Final = {
    "step": int,
    "best_epoch": int,
    "lowest_epoch": int,
    "best_loss": float,
    "rate": float,
    "gradient_norm": float,
    "seconds": float,
    "fraction": float,
}


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The state of a training between two steps.

    config: its settings. stars: how many were given; fingerprint: what tells them from others.
    step: batches so far; fraction: of the run that is done, 0 to 1; seconds: of training, pauses not counted.
    best_epoch, best_loss: of the weights that would be kept now. lowest_epoch: with the lowest validation loss.
    rate, gradient_norm: of the last step.
    history: of the whole epochs. errors: of the validation stars, band by band, after the last of them.
    arrays: weights, their average, the best, the optimiser's, the random generators' states (`order` at the epoch's
    start, `generator` now), each validation star's `lowest` loss and that `before` the last tenth, the losses and
    gradients of the batches since the last epoch's end, and the live view's last frame.
    """

    config: TrainingConfig
    stars: int
    fingerprint: str
    step: int
    fraction: float
    seconds: float
    best_epoch: int
    best_loss: float
    lowest_epoch: int
    rate: float
    gradient_norm: float
    history: History
    errors: BandErrors
    arrays: Mapping[str, NDArray[Any]]

    def __post_init__(self) -> None:
        for array in self.arrays.values():
            array.setflags(write=False)
        object.__setattr__(self, "arrays", MappingProxyType(dict(self.arrays)))

    @property
    def epoch(self) -> int:
        """The last whole epoch, counted from 1; 0 in the first."""
        return len(self.history)

    def numbers(self, name: str) -> list[float]:
        """An array of the losses or gradients of the batches since the last epoch's end."""
        array = self.arrays.get(name)
        if array is None or array.ndim != 1:
            raise InputError(f"The checkpoint is damaged: its {name} are none; train again.")
        values: list[float] = array.tolist()
        return values

    def frame(self, stars: int, config: TrainingConfig) -> NDArray[np.float64] | None:
        """(stars, m) the live view's last frame, None before the first."""
        if "frame" not in self.arrays:
            return None
        like = torch.zeros((stars, config.network.latent), dtype=torch.float64)
        frame: NDArray[np.float64] = self.tensor("frame", like).numpy()
        return frame

    def tensor(self, name: str, like: torch.Tensor) -> torch.Tensor:
        """A copy of an array as a tensor on the CPU; raises InputError where its shape or kind is not that of like."""
        array = self.arrays.get(name)
        if array is None or array.shape != tuple(like.shape) or torch.from_numpy(array.copy()).dtype != like.dtype:
            raise InputError(f"The checkpoint is damaged: its {name} does not fit; train again.")
        return torch.from_numpy(array.copy())


def fingerprint(magnitudes: NDArray[np.float32], details: Details) -> str:
    """What tells stars (n, 5), masked bands filled, and what is known of them from others: 64 hexadecimal digits."""
    digest = hashlib.sha256(np.ascontiguousarray(magnitudes).tobytes())
    for name, array in details.arrays().items():
        if name != "extinction":
            digest.update(name.encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def optimiser_arrays(optimiser: torch.optim.Optimizer) -> dict[str, NDArray[Any]]:
    """The state of an optimiser of one parameter vector, copied, by name."""
    return {name: tensor.cpu().numpy().copy() for name, tensor in _state(optimiser).items()}


def restore_optimiser(optimiser: torch.optim.Optimizer, checkpoint: Checkpoint) -> None:
    """Give an optimiser of one parameter vector, which has made no step yet, the state that it had.

    Raises InputError for a state that does not fit.
    """
    for name, tensor in _state(optimiser).items():
        tensor.copy_(checkpoint.tensor(name, tensor))


def _state(optimiser: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    (state,) = optimiser.state.values()
    return {f"optimiser.{name}": tensor for name, tensor in state.items()}


def to_bytes(checkpoint: Checkpoint) -> bytes:
    """The checkpoint as a safetensors file; the same checkpoint gives the same bytes."""
    values = {
        "format_version": FORMAT_VERSION,
        "program_version": __version__,
        "config": checkpoint.config.to_dict(),
        "stars": checkpoint.stars,
        "fingerprint": checkpoint.fingerprint,
        **{name: getattr(checkpoint, name) for name in _NUMBERS},
    }
    arrays = {f"state.{name}": array for name, array in checkpoint.arrays.items()}
    arrays |= checkpoint.history.arrays("history.")
    arrays |= {f"errors.{kind.name}": getattr(checkpoint.errors, kind.name) for kind in fields(BandErrors)}
    return pack(_KEY, values, arrays)


def from_bytes(data: bytes) -> Checkpoint:
    """Read what `to_bytes` wrote.

    Raises InputError for anything else: a damaged or truncated file, one of another kind, and a newer version's.
    """
    values, arrays = unpack(data, _KEY, _KINDS, "checkpoint")
    version = values.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise InputError("The checkpoint was made by a newer version of Stellar GUI; update to open it.")
    try:
        return _checkpoint(values, arrays)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("The checkpoint file is damaged: what it says does not fit together.") from error


def _checkpoint(values: Mapping[str, Any], arrays: Arrays) -> Checkpoint:
    numbers: dict[str, Any] = {name: item(values, name, kind) for name, kind in _NUMBERS.items()}
    if not all(np.isfinite(list(numbers.values()))) or numbers["step"] < 1 or not 0 <= numbers["fraction"] <= 1:
        raise ValueError("numbers")
    state = {name.removeprefix("state."): array for name, array in arrays.items() if name.startswith("state.")}
    for name, array in state.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(name)
    errors = {kind.name: arrays[f"errors.{kind.name}"] for kind in fields(BandErrors)}
    return Checkpoint(
        config=TrainingConfig.from_dict(values["config"]),
        stars=item(values, "stars", int),
        fingerprint=item(values, "fingerprint", str),
        history=History.of(arrays, "history.", numbers["best_epoch"]),
        errors=BandErrors(**errors),
        arrays=state,
        **numbers,
    )
