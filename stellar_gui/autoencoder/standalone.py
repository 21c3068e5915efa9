"""A trained model for other programs: weights as safetensors, and a short module that needs only torch and numpy."""

from typing import Final

import numpy as np
from safetensors.numpy import save

from stellar_gui.autoencoder.model import TrainedModel

WEIGHTS: Final = "model.safetensors"
MODULE: Final = "model.py"
_ACTIVATIONS: Final = {"silu": "SiLU", "relu": "ReLU", "gelu": "GELU", "tanh": "Tanh"}
_BRIGHTNESS: Final = """
A star's brightness goes round the network: give `decode` the mean of each star's five magnitudes too."""
_DEREDDENED: Final = """
The magnitudes are corrected for extinction, before `encode` and after `decode`."""
_SOURCE: Final = '''\
"""Encoder and decoder of the Stellar GUI model {id}: SDSS magnitudes u g r i z to latent coordinates and back.

    model = load()                                     # reads {weights} beside this file
    latent = model.encode(magnitudes)                  # (n, 5) mag -> (n, {latent}), in canonical form
    reconstruction = model.decode(latent{mean}
{notes}"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn


def half(inputs, outputs, hidden={hidden}, depth={depth}):
    layers = []
    for width in (inputs, *[hidden] * (depth - 1)):
        layers += [nn.Linear(width, hidden), nn.{activation}(), nn.LayerNorm(hidden)]
    return nn.Sequential(*layers, nn.Linear(hidden, outputs))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = half({features}, {latent}), half({latent}, {features})
        for name, shape in (("mean", (5,)), ("forward_matrix", (5, {features})), ("backward_matrix", ({features}, 5))):
            self.register_buffer(name, torch.zeros(shape, dtype=torch.float64))

    @torch.inference_mode()
    def encode(self, magnitudes):
        features = (torch.as_tensor(magnitudes, dtype=torch.float64) - self.mean) @ self.forward_matrix
        return self.encoder(features.float()).numpy()

    @torch.inference_mode()
    def decode(self, latent, brightness=None):
        features = self.decoder(torch.as_tensor(latent, dtype=torch.float32)).double()
        magnitudes = features @ self.backward_matrix + self.mean
        if brightness is not None:
            magnitudes += (torch.as_tensor(brightness, dtype=torch.float64) - self.mean.mean())[:, None]
        return magnitudes.float().numpy()


def load(path=Path(__file__).with_name("{weights}")):
    data = Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header, kinds = json.loads(data[8:start]), {{"F32": np.float32, "F64": np.float64}}
    weights = {{}}
    for name, item in header.items():
        begin, end = (start + offset for offset in item["data_offsets"])
        values = np.frombuffer(data[begin:end], kinds[item["dtype"]]).reshape(item["shape"])
        weights[name] = torch.from_numpy(values.copy())
    model = Model()
    model.load_state_dict(weights)
    return model.eval()
'''


def weights_file(model: TrainedModel) -> bytes:
    """The network's weights, and the scaling as the matrices before and behind it, as a safetensors file."""
    features = model.features
    arrays = {name: weights.numpy() for name, weights in model.network.state_dict().items()}
    arrays |= {"mean": model.scaling.mean, "forward_matrix": features.forward, "backward_matrix": features.backward}
    return bytes(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))


def module_source(model: TrainedModel) -> str:
    """The text of a Python module with functions `load`, `encode` and `decode`, which read that file."""
    network = model.config.network
    passes = model.features.passes_brightness
    return _SOURCE.format(
        id=model.id,
        weights=WEIGHTS,
        latent=network.latent,
        mean=", magnitudes.mean(axis=1))" if passes else ")",
        notes=(_BRIGHTNESS if passes else "") + (_DEREDDENED if model.config.deredden else ""),
        hidden=network.hidden,
        depth=network.depth,
        activation=_ACTIVATIONS[network.activation],
        features=model.features.count,
    )
