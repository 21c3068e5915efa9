"""The autoencoder network of the lecture: two stacks of linear layers around a narrow middle."""

import math
from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor, nn

from stellar_gui.autoencoder.config import BANDS, NetworkConfig

_ACTIVATIONS: Final[dict[str, Callable[[], nn.Module]]] = {
    "silu": nn.SiLU,
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
}


class AutoEncoder(nn.Module):
    """f(x) = decoder(encoder(x)); x: (k, inputs) float32, the latent between the two (k, latent) float32.

    encoder: inputs -> hidden (depth times) -> latent, decoder: latent -> hidden (depth times) -> inputs. After each
    hidden linear layer the activation, then LayerNorm; the last linear layer of each half is bare.
    inputs: 5, or as many as there are features.
    """

    def __init__(self, config: NetworkConfig, inputs: int = BANDS) -> None:
        super().__init__()
        self.encoder = _half(inputs, config.latent, config)
        self.decoder = _half(config.latent, inputs, config)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruction of x, of the same shape."""
        reconstruction: Tensor = self.decoder(self.encoder(x))
        return reconstruction


def empty_network(config: NetworkConfig, inputs: int = BANDS) -> AutoEncoder:
    """A network whose shapes are known and whose weights take no memory yet; torch's random state is left alone."""
    with torch.device("meta"):
        return AutoEncoder(config, inputs)


def new_network(config: NetworkConfig, generator: torch.Generator, inputs: int = BANDS) -> AutoEncoder:
    """A network on the CPU; first weights drawn from generator, as torch draws a Linear's and a LayerNorm's."""
    network = empty_network(config, inputs).to_empty(device="cpu")
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            bound = 1 / math.sqrt(layer.in_features)
            nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
        elif isinstance(layer, nn.LayerNorm):
            layer.reset_parameters()
    return network


def flatten_parameters(network: AutoEncoder) -> nn.Parameter:
    """All parameters and gradients of a network as one, (p,) float32: each becomes a view of its piece.

    The weights of the layers between hidden layers come first, as the optimiser expects. One optimiser step over one
    vector costs a tenth of one over 36 small tensors; saving the weights is one copy.
    """
    first = _hidden_weights(network)
    parameters = [*first, *(item for item in network.parameters() if not any(item is weight for weight in first))]
    flat = nn.Parameter(torch.cat([parameter.detach().reshape(-1) for parameter in parameters]))
    gradient = flat.grad = torch.zeros_like(flat)
    start = 0
    for parameter in parameters:
        end = start + parameter.numel()
        parameter.data = flat.data[start:end].view_as(parameter)
        parameter.grad = gradient[start:end].view_as(parameter)
        start = end
    return flat


def hidden_matrices(config: NetworkConfig) -> tuple[int, int]:
    """How many weight matrices from hidden to hidden layer a network has, and their side."""
    return 2 * (config.depth - 1), config.hidden


def _hidden_weights(network: AutoEncoder) -> list[Tensor]:
    linear = [[layer for layer in half if isinstance(layer, nn.Linear)] for half in (network.encoder, network.decoder)]
    return [layer.weight for layers in linear for layer in layers[1:-1]]


def _half(inputs: int, outputs: int, config: NetworkConfig) -> nn.Sequential:
    layers: list[nn.Module] = []
    for width in (inputs, *[config.hidden] * (config.depth - 1)):
        layers += [nn.Linear(width, config.hidden), _ACTIVATIONS[config.activation](), nn.LayerNorm(config.hidden)]
    return nn.Sequential(*layers, nn.Linear(config.hidden, outputs))
