import copy
import math

import pytest
import torch

from stellar_gui.autoencoder.optimiser import BETAS, EPSILON, LARGEST_SIDE, MOMENTUM, Muon


def _weights(count: int, side: int, others: int, seed: int = 0) -> torch.nn.Parameter:
    generator = torch.Generator().manual_seed(seed)
    return torch.nn.Parameter(torch.randn(count * side * side + others, generator=generator))


def _steps(weights: torch.nn.Parameter, muon: Muon, steps: int, seed: int = 1) -> None:
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        weights.grad = torch.randn(weights.shape, generator=generator)
        muon.step()


@pytest.mark.parametrize("matrices", [(0, 40), (3, 6), (2, LARGEST_SIDE + 1)])
def test_other_weights_move_as_torchs_adamw_moves_them(matrices: tuple[int, int]) -> None:
    count, side = matrices
    weights = _weights(count, side, 50)
    peer = torch.nn.Parameter(weights.detach().clone())
    adamw = torch.optim.AdamW([peer], lr=0.01, betas=BETAS, eps=EPSILON, weight_decay=0.0)
    _steps(weights, Muon(weights, matrices, 0.01), 5)
    generator = torch.Generator().manual_seed(1)
    for _ in range(5):
        peer.grad = torch.randn(peer.shape, generator=generator)
        adamw.step()
    end = count * side * side if side <= LARGEST_SIDE else 0
    torch.testing.assert_close(weights[end:], peer[end:])


def test_matrices_move_by_steps_whose_singular_values_are_about_equal() -> None:
    weights = _weights(4, 12, 3)
    before = weights.detach().clone()
    _steps(weights, Muon(weights, (4, 12), 0.01), 1)
    moved = (before - weights.detach())[: 4 * 144].view(4, 12, 12) / (0.01 * 0.2 * math.sqrt(12))
    values = torch.linalg.svdvals(moved)
    assert 0.5 < values.median() < 1.3 and values.max() < 1.3
    gradient = torch.randn(4 * 144 + 3, generator=torch.Generator().manual_seed(1))[: 4 * 144].view(4, 12, 12)
    left, _, right = torch.linalg.svd(gradient)
    assert ((moved * (left @ right)).sum(dim=(1, 2)) / 12 > 0.6).all()


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="torch before 2.9 has no Muon")
def test_matrices_move_nearly_as_torchs_own_muon_moves_them() -> None:
    weights = _weights(1, 16, 1)
    peer = torch.nn.Parameter(weights.detach()[:256].view(16, 16).clone())
    muon = torch.optim.Muon([peer], lr=0.01, weight_decay=0.0, momentum=MOMENTUM, adjust_lr_fn="match_rms_adamw")
    start = peer.detach().clone()
    _steps(weights, Muon(weights, (1, 16), 0.01), 4)
    generator = torch.Generator().manual_seed(1)
    for _ in range(4):
        peer.grad = torch.randn(257, generator=generator)[:256].view(16, 16)
        muon.step()
    moved, expected = weights.detach()[:256].view(16, 16) - start, peer.detach() - start
    assert (moved - expected).norm() < 0.03 * expected.norm()


def test_a_gradient_of_zeros_leaves_numbers() -> None:
    weights = _weights(2, 5, 4)
    before = weights.detach().clone()
    muon = Muon(weights, (2, 5), 0.01)
    weights.grad = torch.zeros_like(weights)
    muon.step()
    assert torch.equal(weights.detach(), before)


def test_its_state_can_be_saved_and_taken_up() -> None:
    weights = _weights(2, 5, 4)
    muon = Muon(weights, (2, 5), 0.01)
    _steps(weights, muon, 3)
    again = torch.nn.Parameter(weights.detach().clone())
    other = Muon(again, (2, 5), 0.5)
    other.load_state_dict(copy.deepcopy(muon.state_dict()))
    _steps(weights, muon, 3, seed=2)
    _steps(again, other, 3, seed=2)
    assert torch.equal(weights.detach(), again.detach())
