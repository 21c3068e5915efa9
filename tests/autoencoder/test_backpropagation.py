import pytest
import torch

from stellar_gui.autoencoder.backpropagation import Backpropagation
from stellar_gui.autoencoder.config import ACTIVATIONS, NetworkConfig
from stellar_gui.autoencoder.network import flatten_parameters, new_network


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("inputs", "latent", "depth"), [(5, 2, 4), (4, 3, 1)])
def test_outputs_and_gradients_are_autograds(activation: str, inputs: int, latent: int, depth: int) -> None:
    generator = torch.Generator().manual_seed(0)
    config = NetworkConfig(latent, 12, depth, activation)
    network = new_network(config, generator, inputs)
    flat = flatten_parameters(network)
    x, wanted = (torch.randn(50, inputs, generator=generator) for _ in range(2))
    output = network(x)
    torch.autograd.backward((output - wanted).square().mean())
    assert flat.grad is not None
    expected = flat.grad.clone()
    flat.grad.fill_(7.0)
    back = Backpropagation(network)
    found = back.output(x)
    torch.testing.assert_close(found, output.detach())
    back.back((found - wanted) * (2 / found.numel()))
    torch.testing.assert_close(flat.grad, expected, rtol=1e-4, atol=1e-6 * float(expected.abs().max()))


def test_weights_that_change_are_seen() -> None:
    network = new_network(NetworkConfig(), torch.Generator().manual_seed(0))
    flat = flatten_parameters(network)
    back, x = Backpropagation(network), torch.ones(3, 5)
    flat.data.mul_(0.5)
    torch.testing.assert_close(back.output(x), network(x).detach())
