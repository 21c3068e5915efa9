"""The optimiser: Muon for the square matrices between hidden layers, AdamW for the other weights, or for all."""

import math
from typing import Any, Final, cast

import torch
from torch import Tensor

MOMENTUM: Final = 0.95
BETAS: Final = (0.9, 0.95)
EPSILON: Final = 1e-8
NEWTON_SCHULZ: Final = (3.4445, -4.7750, 2.0315)
"""Coefficients of Jordan et al.: they bring singular values near 1 in few iterations, not exactly to it."""
ITERATIONS: Final = 5
LARGEST_SIDE: Final = 128
"""Beyond this the iteration would take more time than the batch does; larger matrices move as AdamW has it."""


class Muon(torch.optim.Optimizer):
    """Steps of a network whose parameters are one vector, (p,) float32; its first numbers are k matrices (k, h, h).

    Each matrix moves along its momentum with all singular values made about equal, so that no direction is left behind:
    Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks". By the factor 0.2 sqrt(h) of Liu et
    al. 2025, arXiv:2502.16982, such a step is as long as Adam's, so that both take the same learning rate. What follows
    the matrices moves as AdamW has it (Loshchilov and Hutter 2019, arXiv:1711.05101), without weight decay. The same as
    torch.optim.Muon beside torch.optim.AdamW, but in float32 and for all matrices at once, which takes a fifth of the
    time.
    """

    def __init__(
        self, weights: Tensor, matrices: tuple[int, int], lr: float, betas: tuple[float, float] = BETAS
    ) -> None:
        """matrices: k, which may be 0, and h. betas: AdamW's."""
        super().__init__([weights], {"lr": lr})
        count, side = matrices if matrices[1] <= LARGEST_SIDE else (0, 0)
        self._betas = betas
        self._end = count * side * side
        self._shape = (count, side, side)
        self.state[weights] = {
            "step": torch.tensor(0.0, device=weights.device),
            "momentum": torch.zeros(self._shape, device=weights.device),
            "mean": torch.zeros_like(weights[self._end :]),
            "square": torch.zeros_like(weights[self._end :]),
        }

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Move the weights against their gradient."""
        group = self.param_groups[0]
        weights, rate = cast(Tensor, group["params"][0]), cast(float, group["lr"])
        gradient, state = weights.grad, self.state[weights]
        assert gradient is not None
        if self._end:
            direction = _equalised(_momentum(gradient[: self._end].view(self._shape), state["momentum"]))
            weights[: self._end].view(self._shape).add_(direction, alpha=-0.2 * math.sqrt(self._shape[1]) * rate)
        torch._fused_adamw_(
            [weights[self._end :]],
            [gradient[self._end :]],
            [state["mean"]],
            [state["square"]],
            [],
            [state["step"].add_(1.0)],
            lr=rate, beta1=self._betas[0], beta2=self._betas[1], weight_decay=0.0, eps=EPSILON,
            amsgrad=False, maximize=False,
        )  # fmt: skip


def _momentum(gradient: Tensor, running: Tensor) -> Tensor:
    """Nesterov's: the running mean, taken in advance a step further along the gradient."""
    running.lerp_(gradient, 1.0 - MOMENTUM)
    return gradient.lerp(running, MOMENTUM)


def _equalised(matrices: Tensor) -> Tensor:
    """(k, h, h) -> the same with singular values near 1, by a Newton-Schulz iteration; a matrix of zeros stays one."""
    a, b, c = NEWTON_SCHULZ
    x: Tensor = matrices / matrices.flatten(1).norm(dim=1).clamp(min=1e-20)[:, None, None]
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x
