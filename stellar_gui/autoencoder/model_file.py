"""Model files: a trained model as safetensors, with its settings as JSON in the header."""

import json
import struct
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from stellar_gui import __version__
from stellar_gui.autoencoder.config import BANDS, TrainingConfig
from stellar_gui.autoencoder.features import Features
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.network import AutoEncoder, empty_network
from stellar_gui.autoencoder.report import EvaluationReport, History
from stellar_gui.autoencoder.scaling import Scaling
from stellar_gui.errors import InputError

FORMAT_VERSION: Final = 1
LARGEST_HEADER: Final = 1_000_000
"""Bytes; the header of a model with the most layers has a few tens of thousands."""

_KEY: Final = "stellar-gui model"
"""The only key of the header's metadata: with a second one, the order, and so the bytes, would be left to chance."""
_KINDS: Final = frozenset({"F32", "F64", "I64"})

Arrays = Mapping[str, NDArray[Any]]
Kind = TypeVar("Kind")


def to_bytes(model: TrainedModel) -> bytes:
    """The model as a safetensors file; the same model gives the same bytes, and the bytes the same model."""
    report, history = model.report, model.history
    values = {
        "format_version": FORMAT_VERSION,
        "program_version": __version__,
        "config": model.config.to_dict(),
        "stars": model.stars,
        "seconds": model.seconds,
        "epochs": model.epochs,
        "best_epoch": history.best_epoch,
        "stopped_because": model.stopped_because,
        "report": {name: getattr(report, name) for name in _names(EvaluationReport, int, float)},
    }
    arrays = {f"network.{name}": weights.numpy() for name, weights in model.network.state_dict().items()}
    for group, source in (("scaling", model.scaling), ("history", history), ("report", report)):
        arrays |= {f"{group}.{name}": getattr(source, name) for name in _array_names(type(source))}
    return bytes(save(arrays, metadata={_KEY: json.dumps(values)}))


def from_bytes(data: bytes) -> TrainedModel:
    """Read what `to_bytes` wrote.

    Raises InputError, before memory for it is taken, for anything else: a damaged or truncated file, one of another
    kind, a newer version's, and one whose weights do not fit the network or are not finite.
    """
    values = _header(data)
    version = values.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise InputError("The model was made by a newer version of Stellar GUI; update to open it.")
    try:
        arrays = load(data)
    except SafetensorError as error:
        raise InputError("The model file is damaged; train again or open another copy.") from error
    try:
        return _model(values, arrays)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("The model file is damaged: what it says of the model does not fit together.") from error


def _header(data: bytes) -> dict[str, Any]:
    """The settings in a safetensors header, after a look at what else it declares."""
    broken = InputError("The model file is damaged or no model of Stellar GUI; train again or open another copy.")
    if len(data) < 8:
        raise broken
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(LARGEST_HEADER, len(data) - 8):
        raise broken
    try:
        header = json.loads(data[8 : 8 + length])
        values = json.loads(header.pop("__metadata__")[_KEY])
        kinds = {entry["dtype"] for entry in header.values()}
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise broken from error
    if not isinstance(values, dict) or not kinds <= _KINDS:
        raise broken
    return values


def _model(values: Mapping[str, Any], arrays: Arrays) -> TrainedModel:
    config = TrainingConfig.from_dict(values["config"])
    scaling = Scaling(**_group("scaling", Scaling, arrays))
    orthonormal = scaling.axes.shape == (BANDS, BANDS) and np.allclose(scaling.axes.T @ scaling.axes, np.eye(BANDS))
    if not (orthonormal and scaling.mean.shape == scaling.scale.shape == (BANDS,) and (scaling.scale > 0).all()):
        raise ValueError("scaling")
    history = History(best_epoch=_item(values, "best_epoch", int), **_group("history", History, arrays))
    if history.epoch.ndim != 1 or any(
        getattr(history, name).shape != history.epoch.shape for name in _array_names(History)
    ):
        raise ValueError("history")
    numbers = _item(values, "report", dict)
    told: dict[str, Any] = {name: _item(numbers, name, int) for name in _names(EvaluationReport, int)}
    told |= {name: _item(numbers, name, float) for name in _names(EvaluationReport, float)}
    for name in _array_names(EvaluationReport):
        told[name] = arrays[f"report.{name}"]
        if told[name].shape != (BANDS,) or told[name].dtype != np.float64:
            raise ValueError(name)
    return TrainedModel(
        network=_network(config, scaling, arrays),
        scaling=scaling,
        config=config,
        stars=_item(values, "stars", int),
        history=history,
        report=EvaluationReport(**told),
        seconds=_item(values, "seconds", float),
        epochs=_item(values, "epochs", int),
        stopped_because=None if values["stopped_because"] is None else _item(values, "stopped_because", str),
    )


def _network(config: TrainingConfig, scaling: Scaling, arrays: Arrays) -> AutoEncoder:
    network = empty_network(config.network, Features.of(config.features, scaling).count)
    weights = {name: arrays[f"network.{name}"] for name in network.state_dict()}
    for name, expected in network.state_dict().items():
        if weights[name].shape != tuple(expected.shape) or weights[name].dtype != np.float32:
            raise ValueError(name)
        if not np.isfinite(weights[name]).all():
            raise InputError("The model file is damaged: some of its weights are not finite numbers.")
    network.to_empty(device="cpu")
    network.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    return network


def _group(group: str, kind: type[Any], arrays: Arrays) -> dict[str, NDArray[Any]]:
    """A dataclass's arrays, all finite."""
    found = {name: arrays[f"{group}.{name}"] for name in _array_names(kind)}
    for name, array in found.items():
        if array.dtype != (np.int64 if name == "epoch" else np.float64) or not np.isfinite(array).all():
            raise ValueError(name)
    return found


def _names(kind: type[Any], *types: type[Any]) -> list[str]:
    return [item.name for item in fields(kind) if item.type in types]


def _array_names(kind: type[Any]) -> list[str]:
    return [item.name for item in fields(kind) if item.type not in (int, float)]


def _item(content: Mapping[str, Any], key: str, kind: type[Kind]) -> Kind:
    """content[key], which must be of that kind; a truth value is no number."""
    value = content[key]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{key} is not of the right kind")
    return value
