"""The network's gradients by the chain rule, written out: a third of autograd's time here goes into its bookkeeping."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

from stellar_gui.autoencoder.network import AutoEncoder

_aten = torch.ops.aten
_BACK: Final[dict[type[nn.Module], Callable[[Tensor, Tensor, Tensor], Tensor]]] = {
    nn.SiLU: lambda gradient, before, _: _aten.silu_backward.default(gradient, before),
    nn.ReLU: lambda gradient, before, _: _aten.threshold_backward.default(gradient, before, 0),
    nn.GELU: lambda gradient, before, _: _aten.gelu_backward.default(gradient, before),
    nn.Tanh: lambda gradient, _, after: _aten.tanh_backward.default(gradient, after),
}
"""Gradient behind an activation, what goes in, what comes out -> gradient before it."""


class _Values(NamedTuple):
    """What a layer was given and made of it, as the way back needs it."""

    inputs: Tensor
    before: Tensor
    after: Tensor
    mean: Tensor
    inverse_deviation: Tensor


@dataclass(frozen=True)
class _Layer:
    """A linear layer, and the activation and LayerNorm that follow it; None after the last of a half."""

    weight: Tensor
    bias: Tensor
    weight_gradient: Tensor
    bias_gradient: Tensor
    activation: nn.Module | None
    norm: nn.LayerNorm | None


class Backpropagation:
    """Passes stars through a network and a gradient back; both leave torch's graph alone.

    The gradients are those of autograd, to the rounding of float32. They overwrite the `grad` that every parameter must
    have, as after flatten_parameters.
    """

    def __init__(self, network: AutoEncoder) -> None:
        self._layers = [*_layers(network.encoder), *_layers(network.decoder)]
        self._values: list[_Values] = []

    @torch.no_grad()
    def output(self, x: Tensor) -> Tensor:
        """What the network makes of x (k, inputs); of the same shape."""
        self._values = []
        for layer in self._layers:
            inputs, x = x, torch.addmm(layer.bias, x, layer.weight.t())
            before = after = mean = inverse_deviation = x
            if layer.activation is not None and layer.norm is not None:
                after = layer.activation(before)
                x, mean, inverse_deviation = torch.native_layer_norm(
                    after, layer.norm.normalized_shape, layer.norm.weight, layer.norm.bias, layer.norm.eps
                )
            self._values.append(_Values(inputs, before, after, mean, inverse_deviation))
        return x

    @torch.no_grad()
    def back(self, gradient: Tensor) -> None:
        """Write the parameters' gradients, from that of the loss with respect to the last output, (k, inputs)."""
        for layer, values in zip(reversed(self._layers), reversed(self._values), strict=True):
            if layer.activation is not None and layer.norm is not None:
                gradient, gain, shift = _aten.native_layer_norm_backward.default(
                    gradient,
                    values.after,
                    layer.norm.normalized_shape,
                    values.mean,
                    values.inverse_deviation,
                    layer.norm.weight,
                    layer.norm.bias,
                    [True, True, True],
                )
                _gradient(layer.norm.weight).copy_(gain)
                _gradient(layer.norm.bias).copy_(shift)
                gradient = _BACK[type(layer.activation)](gradient, values.before, values.after)
            torch.mm(gradient.t(), values.inputs, out=layer.weight_gradient)
            torch.sum(gradient, 0, out=layer.bias_gradient)
            if layer is not self._layers[0]:
                gradient = gradient @ layer.weight


def _layers(half: nn.Sequential) -> list[_Layer]:
    modules, found = list(half), []
    for k, module in enumerate(modules):
        if isinstance(module, nn.Linear):
            activation, norm = modules[k + 1 : k + 3] or (None, None)
            assert norm is None or isinstance(norm, nn.LayerNorm)
            weight, bias = module.weight, module.bias
            found.append(_Layer(weight.detach(), bias.detach(), _gradient(weight), _gradient(bias), activation, norm))
    return found


def _gradient(parameter: Tensor) -> Tensor:
    assert parameter.grad is not None
    return parameter.grad
