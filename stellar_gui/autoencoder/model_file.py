"""Model files: a trained model as safetensors, with its settings as JSON in the header."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import numpy as np
import torch

from stellar_gui import __version__
from stellar_gui.autoencoder.config import BANDS, TrainingConfig
from stellar_gui.autoencoder.features import Features
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.network import AutoEncoder, empty_network
from stellar_gui.autoencoder.report import EvaluationReport, History, ResidualTrend
from stellar_gui.autoencoder.scaling import Scaling
from stellar_gui.autoencoder.tensor_file import Arrays, item, pack, unpack
from stellar_gui.errors import InputError

FORMAT_VERSION: Final = 2
_KEY: Final = "stellar-gui model"
_PER_BAND: Final = tuple(part.name for part in fields(EvaluationReport) if part.name.endswith("_per_band"))
_FIRST_PER_BAND: Final = 3
"""How many of these version 1 has."""
_KINDS: Final = frozenset({"F32", "F64", "I64"})


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
        "warnings": list(report.warnings),
    }
    arrays = {f"network.{name}": weights.numpy() for name, weights in model.network.state_dict().items()}
    arrays |= history.arrays("history.")
    arrays |= {f"scaling.{part.name}": getattr(model.scaling, part.name) for part in fields(Scaling)}
    arrays |= {f"report.{name}": getattr(report, name) for name in _PER_BAND}
    arrays |= {f"trend.{part.name}": getattr(report.trend, part.name) for part in fields(ResidualTrend)}
    return pack(_KEY, values, arrays)


def from_bytes(data: bytes) -> TrainedModel:
    """Read what `to_bytes` wrote.

    Raises InputError, before memory for it is taken, for anything else: a damaged or truncated file, one of another
    kind, a newer version's, and one whose weights do not fit the network or are not finite.
    """
    values, arrays = unpack(data, _KEY, _KINDS, "model")
    version = values.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise InputError("The model was made by a newer version of Stellar GUI; update to open it.")
    try:
        return _model(values, arrays)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("The model file is damaged: what it says of the model does not fit together.") from error


def _model(values: Mapping[str, Any], arrays: Arrays) -> TrainedModel:
    config = TrainingConfig.from_dict(values["config"])
    scaling = _scaling(arrays)
    orthonormal = scaling.axes.shape == (BANDS, BANDS) and np.allclose(scaling.axes.T @ scaling.axes, np.eye(BANDS))
    if not (orthonormal and scaling.mean.shape == scaling.scale.shape == (BANDS,) and (scaling.scale > 0).all()):
        raise ValueError("scaling")
    history = History.of(arrays, "history.", item(values, "best_epoch", int))
    numbers = item(values, "report", dict)
    told: dict[str, Any] = {name: item(numbers, name, int) for name in _names(EvaluationReport, int)}
    told |= {name: item(numbers, name, float) for name in _names(EvaluationReport, float)}
    if values["format_version"] == 1:
        told |= dict.fromkeys(_PER_BAND, np.full(BANDS, np.nan)) | {"trend": ResidualTrend.none(), "warnings": ()}
    else:
        told |= {"trend": _trend(arrays), "warnings": tuple(item(values, "warnings", list))}
    for name in _PER_BAND[:_FIRST_PER_BAND] if values["format_version"] == 1 else _PER_BAND:
        told[name] = arrays[f"report.{name}"]
        if told[name].shape != (BANDS,) or told[name].dtype != np.float64:
            raise ValueError(name)
    if not all(isinstance(sentence, str) for sentence in told["warnings"]):
        raise TypeError("warnings")
    return TrainedModel(
        network=_network(config, scaling, arrays),
        scaling=scaling,
        config=config,
        stars=item(values, "stars", int),
        history=history,
        report=EvaluationReport(**told),
        seconds=item(values, "seconds", float),
        epochs=item(values, "epochs", int),
        stopped_because=None if values["stopped_because"] is None else item(values, "stopped_because", str),
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


def _trend(arrays: Arrays) -> ResidualTrend:
    found = {part.name: arrays[f"trend.{part.name}"] for part in fields(ResidualTrend)}
    for name, array in found.items():
        kind = np.int64 if name == "stars" else np.float64
        if array.dtype != kind or array.shape != found["stars"].shape or array.shape[:1] != (BANDS,) or array.ndim != 2:
            raise ValueError(name)
    return ResidualTrend(**found)


def _scaling(arrays: Arrays) -> Scaling:
    found = {part.name: arrays[f"scaling.{part.name}"] for part in fields(Scaling)}
    for name, array in found.items():
        if array.dtype != np.float64 or not np.isfinite(array).all():
            raise ValueError(name)
    return Scaling(**found)


def _names(kind: type[Any], *types: type[Any]) -> list[str]:
    return [part.name for part in fields(kind) if part.type in types]
