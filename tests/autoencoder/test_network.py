from itertools import pairwise

import pytest
import torch
from torch import nn

from stellar_gui.autoencoder.config import ACTIVATIONS, NetworkConfig
from stellar_gui.autoencoder.network import AutoEncoder, flatten_parameters, hidden_matrices, new_network


def _network(config: NetworkConfig | None = None, seed: int = 0) -> AutoEncoder:
    return new_network(config or NetworkConfig(), torch.Generator().manual_seed(seed))


def test_the_default_is_the_lectures_network() -> None:
    network = _network()
    assert sum(parameter.numel() for parameter in network.parameters()) == 11_127
    hidden = [nn.Linear, nn.SiLU, nn.LayerNorm] * 4
    for half, widths in ((network.encoder, (5, 40, 40, 40, 40, 2)), (network.decoder, (2, 40, 40, 40, 40, 5))):
        assert [type(layer) for layer in half] == [*hidden, nn.Linear]
        linear = [layer for layer in half if isinstance(layer, nn.Linear)]
        assert [(layer.in_features, layer.out_features) for layer in linear] == list(pairwise(widths))
        assert all(layer.normalized_shape == (40,) for layer in half if isinstance(layer, nn.LayerNorm))


def test_forward_is_the_decoder_after_the_encoder() -> None:
    network, x = _network(), torch.linspace(-1, 1, 15).reshape(3, 5)
    torch.testing.assert_close(network(x), network.decoder(network.encoder(x)), rtol=0, atol=0)
    assert network.encoder(x).shape == (3, 2)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("depth", [1, 3])
def test_gradients_reach_every_parameter(activation: str, depth: int) -> None:
    network = _network(NetworkConfig(latent=3, hidden=6, depth=depth, activation=activation))
    network(torch.linspace(-2, 2, 50).reshape(10, 5)).square().sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_first_weights_follow_the_seed_and_leave_torchs_random_state_alone() -> None:
    state = torch.get_rng_state()
    first, same, other = _network(seed=1), _network(seed=1), _network(seed=2)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first.encoder[0].weight, same.encoder[0].weight)
    assert not torch.equal(first.encoder[0].weight, other.encoder[0].weight)


def test_first_weights_are_spread_as_torchs_own() -> None:
    layer = _network().encoder[3]
    assert isinstance(layer, nn.Linear)
    assert layer.weight.std().item() == pytest.approx(nn.Linear(40, 40).weight.std().item(), rel=0.1)
    assert layer.weight.abs().max().item() <= 40**-0.5


def test_flat_parameters_are_the_networks_own() -> None:
    network, x = _network(), torch.linspace(-1, 1, 15).reshape(3, 5)
    expected = network(x)
    flat = flatten_parameters(network)
    assert flat.shape == (11_127,)
    assert torch.equal(network(x), expected)
    network(x).square().sum().backward()
    assert flat.grad is not None
    pieces = {parameter.data_ptr(): parameter for parameter in network.parameters()}
    start = 0
    while start < flat.numel():
        parameter = pieces.pop(flat[start:].data_ptr())
        assert parameter.grad is not None
        end = start + parameter.numel()
        assert torch.equal(flat.grad[start:end], parameter.grad.reshape(-1))
        start = end
    assert not pieces
    with torch.no_grad():
        flat.zero_()
    assert not network(x).any()


@pytest.mark.parametrize(("hidden", "depth", "latent"), [(40, 4, 2), (5, 3, 5), (7, 1, 2)])
def test_the_hidden_matrices_come_first(hidden: int, depth: int, latent: int) -> None:
    config = NetworkConfig(hidden=hidden, depth=depth, latent=latent)
    network = _network(config)
    flat = flatten_parameters(network)
    count, side = hidden_matrices(config)
    assert (count, side) == (2 * (depth - 1), hidden)
    matrices = flat[: count * side * side].view(count, side, side)
    halves = [[layer for layer in half if isinstance(layer, nn.Linear)] for half in (network.encoder, network.decoder)]
    for matrix, layer in zip(matrices, [layer for layers in halves for layer in layers[1:-1]], strict=True):
        assert torch.equal(matrix, layer.weight)
