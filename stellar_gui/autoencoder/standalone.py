"""A trained model for PyTorch alone: weights as safetensors, and a short module that needs only torch and numpy."""

from typing import Final

import numpy as np
from safetensors.numpy import save

from stellar_gui.autoencoder.model import TrainedModel

WEIGHTS: Final = "model.safetensors"
MODULE: Final = "model.py"
_ACTIVATIONS: Final = {"silu": "SiLU", "relu": "ReLU", "gelu": "GELU", "tanh": "Tanh"}
_BRIGHTNESS: Final = ", model.fill(magnitudes).mean(axis=1))  # brightness goes round the network"
_DEREDDENED: Final = """\
The magnitudes are corrected for extinction, before `encode` and after `decode`."""
_SOURCE: Final = '''\
"""Encoder and decoder of the Stellar GUI model {id}: SDSS magnitudes u g r i z to latent coordinates and back.

    model = load()                                     # reads {weights} beside this file
    latent = model.encode(magnitudes)                  # (n, 5) mag, NaN: not detected -> (n, {latent}), canonical
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
    def __init__(self, weights):
        super().__init__()
        self.encoder, self.decoder = half({features}, {latent}), half({latent}, {features})
        for name in ("mean", "filling", "forward_matrix", "backward_matrix"):
            self.register_buffer(name, weights[name])
        self.load_state_dict(weights)

    def fill(self, magnitudes):  # NaN becomes what the star's other bands make likely
        centred = torch.as_tensor(magnitudes, dtype=torch.float64) - self.mean
        missing = centred.isnan()
        matrices = self.filling[missing.long() @ torch.tensor([1, 2, 4, 8, 16])]
        return ((centred.masked_fill(missing, 0)[:, None] @ matrices)[:, 0] + self.mean).float().numpy()

    @torch.inference_mode()
    def encode(self, magnitudes):
        features = (torch.as_tensor(self.fill(magnitudes)).double() - self.mean) @ self.forward_matrix
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
        weights[name] = torch.tensor(np.frombuffer(data[begin:end], kinds[item["dtype"]]).reshape(item["shape"]))
    return Model(weights).eval()
'''


def weights_file(model: TrainedModel) -> bytes:
    """The network's weights, and the scaling as the matrices before and behind it, as a safetensors file."""
    features = model.features
    arrays = {name: weights.numpy() for name, weights in model.network.state_dict().items()}
    arrays |= {"mean": model.scaling.mean, "filling": model.scaling.filling()}
    arrays |= {"forward_matrix": features.forward, "backward_matrix": features.backward}
    return bytes(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))


def module_source(model: TrainedModel) -> str:
    """The text of a Python module with functions `load`, `encode` and `decode`, which read that file."""
    network = model.config.network
    passes = model.features.passes_brightness
    return _SOURCE.format(
        id=model.id,
        weights=WEIGHTS,
        latent=network.latent,
        mean=_BRIGHTNESS if passes else ")",
        notes=_DEREDDENED if model.config.deredden else "",
        hidden=network.hidden,
        depth=network.depth,
        activation=_ACTIVATIONS[network.activation],
        features=model.features.count,
    )
