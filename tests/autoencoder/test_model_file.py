import json
import pickle
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import load, save

from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.model_file import from_bytes, to_bytes
from stellar_gui.autoencoder.training import train
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from tests.autoencoder.conftest import curved_stars

KEY = "stellar-gui model"


def _changed(data: bytes, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> bytes:
    """A model file after change(settings, arrays)."""
    (length,) = struct.unpack("<Q", data[:8])
    values, arrays = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][KEY]), load(data)
    change(values, arrays)
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, {KEY: json.dumps(values)})


def test_a_model_survives_its_file(stars: NDArray[np.float32], model: TrainedModel) -> None:
    data = to_bytes(model)
    again = from_bytes(data)
    assert (again.id, again.config, again.stars, again.seconds, again.epochs, again.stopped_because) == (
        (model.id, model.config, model.stars, model.seconds, model.epochs, model.stopped_because)
    )
    latent = model.encode(stars)
    np.testing.assert_array_equal(again.encode(stars), latent)
    np.testing.assert_array_equal(again.decode(latent), model.decode(latent))
    for name in ("epoch", "train_loss", "validation_loss", "learning_rate", "best_epoch"):
        np.testing.assert_array_equal(getattr(again.history, name), getattr(model.history, name))
    assert vars(again.report).keys() == vars(model.report).keys()
    for name, value in vars(model.report).items():
        if name != "trend":
            np.testing.assert_array_equal(getattr(again.report, name), value)
    for name, value in vars(model.report.trend).items():
        np.testing.assert_array_equal(getattr(again.report.trend, name), value)
    assert to_bytes(again) == data == to_bytes(model)


def test_a_model_of_another_shape_with_one_test_star_survives_too() -> None:
    config = TrainingConfig(
        epochs=2, fractions=(0.8, 0.1, 0.01), network=NetworkConfig(latent=3, hidden=5, depth=1, activation="tanh")
    )
    model = drain(train(curved_stars(30), config))
    again = from_bytes(to_bytes(model))
    assert model.report.test_stars == 1 and np.isnan(again.report.bias_error_per_band).all()
    assert again.config == config and again.id == model.id


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(model: TrainedModel, share: float) -> None:
    data = to_bytes(model)
    with pytest.raises(InputError):
        from_bytes(data[: int(share * len(data))])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        from_bytes(data)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_harmless(model: TrainedModel, place: float, value: int) -> None:
    data = bytearray(to_bytes(model))
    (length,) = struct.unpack("<Q", data[:8])
    data[int(place * (8 + length))] = value
    try:
        read = from_bytes(bytes(data))
    except InputError:
        return
    assert np.isfinite(read.encode(curved_stars(5))).all()


def _pickled() -> bytes:
    return pickle.dumps({"weights": [1, 2, 3]})


def _header(content: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(content) if length is None else length) + content


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04" + bytes(100),
        _pickled(),
        _header(b"{}"),
        _header(b"[]"),
        _header(b"null"),
        _header(b"{" * 50),
        _header(b"[" * 200_000),
        _header(b"{}", 2**63),
        _header(b"{}", 2**40),
        _header(json.dumps({"__metadata__": {KEY: "[]"}}).encode()),
        _header(json.dumps({"__metadata__": {"format": "pt"}, "w": {"dtype": "F32"}}).encode()),
    ],
)
def test_what_is_no_model_file_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="no model of Stellar GUI"):
        from_bytes(data)


def test_an_absurd_declared_size_is_refused(model: TrainedModel) -> None:
    data = to_bytes(model)
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header["network.encoder.0.weight"]["shape"] = [2**40, 2**20]
    header["network.encoder.0.weight"]["data_offsets"] = [0, 2**62]
    with pytest.raises(InputError, match="damaged"):
        from_bytes(_header(json.dumps(header).encode()) + data[8 + length :])


def test_a_newer_versions_file_is_named_as_such(model: TrainedModel) -> None:
    data = _changed(to_bytes(model), lambda values, _: values.update(format_version=3))
    with pytest.raises(InputError, match="newer version"):
        from_bytes(data)


def test_settings_of_a_newer_version_are_named_as_such(model: TrainedModel) -> None:
    data = _changed(to_bytes(model), lambda values, _: values["config"].update(dropout=0.1))
    with pytest.raises(InputError, match="newer version"):
        from_bytes(data)


def _set(name: str, array: NDArray[Any]) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    return lambda _, arrays: arrays.update({name: array})


CHANGES = {
    "not a number": lambda _, arrays: arrays["network.decoder.0.weight"].fill(np.nan),
    "infinite": lambda _, arrays: arrays["network.decoder.0.bias"].fill(np.inf),
    "weights of another shape": _set("network.encoder.0.weight", np.zeros((8, 4), np.float32)),
    "weights of another kind": _set("network.encoder.0.weight", np.zeros((8, 5), np.float64)),
    "weights of no kind here": _set("network.encoder.0.weight", np.zeros((8, 5), np.float16)),
    "missing weights": lambda _, arrays: arrays.pop("network.encoder.0.weight"),
    "missing scaling": lambda _, arrays: arrays.pop("scaling.mean"),
    "no scale": _set("scaling.scale", np.zeros(5)),
    "skew axes": _set("scaling.axes", np.ones((5, 5))),
    "scaling of another shape": _set("scaling.mean", np.zeros(4)),
    "scaling not finite": _set("scaling.mean", np.full(5, np.nan)),
    "history of two lengths": _set("history.train_loss", np.zeros(2)),
    "report of another shape": _set("report.rms_per_band", np.zeros(6)),
    "another network": lambda values, _: values["config"]["network"].update(hidden=40),
    "an absurd network": lambda values, _: values["config"]["network"].update(hidden=10**9),
    "no settings": lambda values, _: values.pop("config"),
    "no trend": lambda _, arrays: arrays.pop("trend.low"),
    "trend of another shape": _set("trend.stars", np.zeros((4, 3), np.int64)),
    "a report of another version": lambda _, arrays: arrays.pop("report.noise_per_band"),
    "warnings of 3": lambda values, _: values.update(warnings=[3]),
    "no warnings": lambda values, _: values.pop("warnings"),
    "stars in words": lambda values, _: values.update(stars="many"),
    "no report": lambda values, _: values.update(report=None),
    "stopped because of 3": lambda values, _: values.update(stopped_because=3),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_does_not_fit_together_is_refused(
    model: TrainedModel, change: Callable[[dict[str, Any], dict[str, Any]], None]
) -> None:
    with pytest.raises(InputError, match="damaged"):
        from_bytes(_changed(to_bytes(model), change))


def test_an_unchanged_copy_is_read(model: TrainedModel) -> None:
    assert from_bytes(_changed(to_bytes(model), lambda values, arrays: None)).id == model.id
