"""The ONNX files, run by ONNX Runtime, against the model that they were made of."""

from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import ACTIVATIONS, FEATURES, NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.model_file import from_bytes, to_bytes
from stellar_gui.autoencoder.onnx_file import OPSET, Part, onnx_file
from stellar_gui.autoencoder.presets import PRESETS
from stellar_gui.autoencoder.training import train
from stellar_gui.progress import drain
from tests.autoencoder.conftest import SMALL, curved_stars

STARS = curved_stars(600)
MASKED = np.random.default_rng(4).random(STARS.shape) < 0.2
MASKED[0] = True

Values = dict[str, NDArray[np.float32]]


def _run(content: bytes, **inputs: NDArray[np.float32]) -> Values:
    onnx.checker.check_model(content, full_check=True)
    running = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [value.name for value in running.get_outputs()]
    return dict(zip(names, running.run(names, inputs), strict=True))


def _assert_same(model: TrainedModel, magnitudes: NDArray[np.float32], details: Details) -> None:
    """That encoder, decoder and the two in one give what the model gives, to float32 rounding."""
    encoded = _run(onnx_file(model, Part.ENCODER), magnitudes=magnitudes)
    decoded = _run(onnx_file(model, Part.DECODER), **encoded)
    both = _run(onnx_file(model, Part.BOTH), magnitudes=magnitudes)
    assert list(both) == [*encoded, *decoded]
    latent = model.encode(magnitudes, details)
    expected = {"latent": latent, "reconstruction": model.reconstruct(magnitudes, latent, details)}
    brightness = model.brightness(magnitudes, details)
    expected |= {} if brightness is None else {"brightness": brightness}
    for found in (encoded | decoded, both):
        assert found.keys() == expected.keys()
        for name, values in expected.items():
            assert found[name].dtype == np.float32
            np.testing.assert_allclose(found[name], values, rtol=0, atol=1e-4, err_msg=name)


def _trained(config: TrainingConfig, details: Details | None = None) -> TrainedModel:
    return drain(train(STARS, config, *([] if details is None else [details])))


@pytest.mark.parametrize("features", FEATURES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_gives_the_same_numbers(features: str, activation: str) -> None:
    network = replace(SMALL, activation=activation)
    model = _trained(TrainingConfig(seed=1, epochs=2, features=features, network=network))
    _assert_same(model, np.where(MASKED, np.float32(np.nan), STARS), Details(masked=MASKED))


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("latent", [1, 2, 3])
def test_every_preset_and_dimension_gives_the_same_numbers(preset: str, latent: int) -> None:
    config = replace(PRESETS[preset].config, epochs=2, network=NetworkConfig(latent=latent))
    model = _trained(config, Details(masked=MASKED))
    _assert_same(model, np.where(MASKED, np.float32(np.nan), STARS), Details(masked=MASKED))
    _assert_same(model, STARS, Details())


def test_a_model_that_corrects_extinction_takes_and_gives_corrected_magnitudes() -> None:
    extinction = np.random.default_rng(2).uniform(0, 0.3, STARS.shape).astype(np.float32)
    details = Details(extinction=extinction)
    model = _trained(TrainingConfig(epochs=2, deredden=True, network=SMALL), details)
    content = onnx_file(model, Part.BOTH)
    found = _run(content, magnitudes=STARS - extinction)
    latent = model.encode(STARS, details)
    np.testing.assert_allclose(found["latent"], latent, rtol=0, atol=1e-4)
    reddened = found["reconstruction"] + extinction
    np.testing.assert_allclose(reddened, model.reconstruct(STARS, latent, details), rtol=0, atol=1e-4)
    file = onnx.load_from_string(content)
    assert {item.key: item.value for item in file.metadata_props}["dereddened"] == "true"
    assert "corrected for extinction" in file.graph.input[0].doc_string


@pytest.mark.parametrize("count", [0, 1, 7])
def test_any_number_of_stars(model: TrainedModel, count: int) -> None:
    found = _run(onnx_file(model, Part.BOTH), magnitudes=STARS[:count])
    assert found["latent"].shape == (count, 2) and found["reconstruction"].shape == (count, 5)
    np.testing.assert_allclose(found["latent"], model.encode(STARS[:count]), rtol=0, atol=1e-4)


def test_values_far_from_the_mean_lose_nothing_to_float32(model: TrainedModel) -> None:
    """A mean rounded to float32 would move these stars further than the tolerance."""
    stars = np.asarray(model.scaling.mean, np.float32) + np.float32([[2, -3, 4, 1, -2], [0, 0, 0, 0, 0]])
    found = _run(onnx_file(model, Part.ENCODER), magnitudes=stars)
    np.testing.assert_allclose(found["latent"], model.encode(stars), rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("part", Part)
def test_the_same_model_gives_the_same_bytes(model: TrainedModel, part: Part) -> None:
    assert onnx_file(from_bytes(to_bytes(model)), part) == onnx_file(model, part)


def test_the_file_says_what_it_is(model: TrainedModel) -> None:
    file = onnx.load_from_string(onnx_file(model, Part.ENCODER))
    assert [(item.domain, item.version) for item in file.opset_import] == [("", OPSET)]
    assert file.producer_name == "Stellar GUI" and model.id in file.doc_string
    said = {item.key: item.value for item in file.metadata_props}
    assert said["model_id"] == model.id and said["bands"] == "u g r i z" and said["dereddened"] == "false"
    [magnitudes], [latent] = file.graph.input, file.graph.output
    assert "in mag" in magnitudes.doc_string and "dimensionless" in latent.doc_string
    assert [axis.dim_param or axis.dim_value for axis in magnitudes.type.tensor_type.shape.dim] == ["stars", 5]
