"""A trained model as ONNX, for programs in any language: encoder, decoder, or both in one file."""

import json
import math
from enum import Enum
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper
from torch import nn

from stellar_gui import __version__
from stellar_gui.autoencoder.config import BANDS
from stellar_gui.autoencoder.model import TrainedModel

OPSET: Final = 17
"""The first with LayerNormalization, of 2022; ONNX Runtime has known it since 1.12."""
IR_VERSION: Final = 8
_STARS: Final = "stars"


class Part(Enum):
    """What of a model a file holds; BOTH: from magnitudes to latent coordinates and on to the reconstruction."""

    ENCODER = "encoder"
    DECODER = "decoder"
    BOTH = "autoencoder"


def onnx_file(model: TrainedModel, part: Part) -> bytes:
    """A part of a model as an ONNX file of float32 for any number of stars; the same model gives the same bytes.

    Inputs and outputs, whose doc_strings give the units: `magnitudes` (stars, 5), NaN where a band has no detection;
    `latent` (stars, m); `brightness` (stars,), the mean magnitude, of models that pass it round the network;
    `reconstruction` (stars, 5). Features, scaling and canonical form are inside; extinction is not: a model that
    corrects it has `dereddened` "true" in its metadata, and takes and gives corrected magnitudes.
    """
    graph, values = _Graph(), _values(model)
    passed = ["brightness"] if model.features.passes_brightness else []
    inputs, outputs = ["magnitudes"], ["latent", *passed]
    if part is not Part.DECODER:
        _add_encoder(graph, model)
    if part is not Part.ENCODER:
        _add_decoder(graph, model)
        inputs = inputs if part is Part.BOTH else outputs
        outputs = [*outputs, "reconstruction"] if part is Part.BOTH else ["reconstruction"]
    made = helper.make_graph(
        graph.nodes, part.value, [values[name] for name in inputs], [values[name] for name in outputs], graph.constants
    )
    file: ModelProto = helper.make_model(
        made,
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="Stellar GUI",
        producer_version=__version__,
        doc_string=f"The {part.value} of the Stellar GUI model {model.id}.",
    )
    helper.set_model_props(file, _provenance(model))
    content: bytes = file.SerializeToString(deterministic=True)
    return content


class _Graph:
    """Nodes and constants in the order in which they were added."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """A node of one output, and that output's name."""
        self.nodes.append(helper.make_node(operator, inputs, [output], name=f"{output}:{operator}", **attributes))
        return output

    def constant(self, name: str, values: ArrayLike, kind: type[np.generic] = np.float32) -> str:
        """An array in the file, and its name."""
        self.constants.append(numpy_helper.from_array(np.array(values, kind), name))
        return name


def _add_encoder(graph: _Graph, model: TrainedModel) -> None:
    """From magnitudes to latent and, where the model passes it on, brightness.

    The mean goes away in two pieces, so that float32 loses nothing: what is left of magnitudes between half of it and
    twice it after the first, which has few digits, is exact.
    """
    mean = model.scaling.mean
    rounded = mean.astype(np.float32)
    missing = graph.add("IsNaN", ["magnitudes"], "missing")
    nearly = graph.add("Sub", ["magnitudes", graph.constant("mean", rounded)], "nearly_centred")
    centred = graph.add("Sub", [nearly, graph.constant("mean_rest", mean - rounded)], "centred")
    known = graph.add("Where", [missing, graph.constant("zero", 0.0), centred], "known")
    flags = graph.add("Cast", [missing], "missing_flags", to=TensorProto.FLOAT)
    number = graph.add("MatMul", [flags, graph.constant("pattern_bits", 2.0 ** np.arange(BANDS))], "pattern_number")
    pattern = graph.add("Cast", [number], "pattern", to=TensorProto.INT64)
    filling = graph.add("Gather", [graph.constant("fillings", model.scaling.filling()), pattern], "filling")
    middle = graph.constant("middle_axis", [1], np.int64)
    row = graph.add("MatMul", [graph.add("Unsqueeze", [known, middle], "known_row"), filling], "filled_row")
    filled = graph.add("Squeeze", [row, middle], "filled")
    if model.features.passes_brightness:
        level = graph.add("ReduceMean", [filled], "level", axes=[1], keepdims=0)
        graph.add("Add", [level, graph.constant("mean_level", mean.mean())], "brightness")
    features = graph.add("MatMul", [filled, graph.constant("forward_matrix", model.features.forward)], "features")
    _add_layers(graph, model.network.encoder, "encoder", features, "latent")


def _add_decoder(graph: _Graph, model: TrainedModel) -> None:
    """From latent and, where the model passes it on, brightness to reconstruction."""
    features, passes = model.features, model.features.passes_brightness
    decoded = _add_layers(graph, model.network.decoder, "decoder", "latent", "decoded_features")
    backward = graph.constant("backward_matrix", features.backward)
    offset = graph.constant("decoded_mean", features.scaling.mean - features.scaling.mean.mean() * passes)
    output = "typical" if passes else "reconstruction"
    magnitudes = graph.add("Gemm", [decoded, backward, offset], output)
    if passes:
        last = graph.constant("last_axis", [1], np.int64)
        graph.add(
            "Add", [magnitudes, graph.add("Unsqueeze", ["brightness", last], "brightness_column")], "reconstruction"
        )


def _add_layers(graph: _Graph, layers: nn.Sequential, name: str, value: str, output: str) -> str:
    """The layers of half a network one after the other, the last of them giving output."""
    for number, layer in enumerate(layers):
        target = output if number == len(layers) - 1 else f"{name}.{number}"
        weights = {key: graph.constant(f"{name}.{number}.{key}", array) for key, array in _arrays(layer).items()}
        if isinstance(layer, nn.Linear):
            value = graph.add("Gemm", [value, *weights.values()], target, transB=1)
        elif isinstance(layer, nn.LayerNorm):
            value = graph.add("LayerNormalization", [value, *weights.values()], target, axis=-1, epsilon=layer.eps)
        else:
            value = _add_activation(graph, layer, value, target)
    return value


def _arrays(layer: nn.Module) -> dict[str, Any]:
    return {name: weights.numpy() for name, weights in layer.state_dict().items()}


def _add_activation(graph: _Graph, layer: nn.Module, value: str, target: str) -> str:
    """An activation in operators that every version of ONNX has: SiLU x s(x), GELU x (1 + erf(x / sqrt 2)) / 2."""
    if isinstance(layer, nn.ReLU):
        return graph.add("Relu", [value], target)
    if isinstance(layer, nn.Tanh):
        return graph.add("Tanh", [value], target)
    if isinstance(layer, nn.SiLU):
        return graph.add("Mul", [value, graph.add("Sigmoid", [value], f"{target}.sigmoid")], target)
    assert isinstance(layer, nn.GELU)
    scaled = graph.add("Mul", [value, graph.constant(f"{target}.scale", math.sqrt(0.5))], f"{target}.scaled")
    error = graph.add("Erf", [scaled], f"{target}.erf")
    raised = graph.add("Add", [error, graph.constant(f"{target}.one", 1.0)], f"{target}.raised")
    halved = graph.add("Mul", [value, graph.constant(f"{target}.half", 0.5)], f"{target}.halved")
    return graph.add("Mul", [halved, raised], target)


def _values(model: TrainedModel) -> dict[str, ValueInfoProto]:
    """All inputs and outputs that a file can have, with what they mean."""
    dust = ", corrected for extinction" if model.config.deredden else ""
    axes: dict[str, tuple[list[str | int | None], str]] = {
        "magnitudes": (
            [_STARS, BANDS],
            f"SDSS magnitudes u g r i z in mag{dust}; NaN where a band has no detection: it is given what the star's "
            "other bands make likely",
        ),
        "latent": ([_STARS, model.config.network.latent], "latent coordinates in canonical form, dimensionless"),
        "brightness": ([_STARS], f"mean of each star's five magnitudes in mag{dust}"),
        "reconstruction": ([_STARS, BANDS], f"reconstructed SDSS magnitudes u g r i z in mag{dust}"),
    }
    return {
        name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape, text)
        for name, (shape, text) in axes.items()
    }


def _provenance(model: TrainedModel) -> dict[str, str]:
    """What the file says of its model, for programs that read the metadata."""
    return {
        "model_id": model.id,
        "program": f"Stellar GUI {__version__}",
        "bands": "u g r i z",
        "magnitude_unit": "mag",
        "dereddened": json.dumps(model.config.deredden),
        "typical_brightness": f"{model.scaling.mean.mean():.4f}",
        "stars": str(model.stars),
        "test_rms": json.dumps([round(float(rms), 5) for rms in model.report.rms_per_band]),
        "config": json.dumps(model.config.to_dict()),
    }
