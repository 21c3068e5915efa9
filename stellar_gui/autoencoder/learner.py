"""A network while it learns: its weights, their running average, and what one batch does to both."""

import math
from typing import Final

import torch

from stellar_gui.autoencoder.backpropagation import Backpropagation
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.network import (
    AutoEncoder,
    empty_network,
    flatten_parameters,
    hidden_matrices,
    new_network,
)
from stellar_gui.autoencoder.objective import Objective, Stars
from stellar_gui.autoencoder.optimiser import BETAS, Muon

GRADIENT_LIMIT: Final = 0.1
"""In the unit of the loss; longer gradients are shortened to this, so that a few stars far off do not throw the weights
about."""

AVERAGE_STEPS: Final = 200
"""Over about so many last steps the weights are averaged; over fewer at first."""

ADAMW_BETAS: Final = (0.9, 0.999)
"""Where AdamW moves all weights: its authors' values."""


class Learner:
    """A network with first weights drawn from a generator, which draws the noise of inputs later on.

    network, averaged_network: what learns, and the same with averaged weights.
    weights, average: (p,) float32, views of all their weights.
    """

    def __init__(self, config: TrainingConfig, inputs: int, objective: Objective, generator: torch.Generator) -> None:
        """objective: on the device of the config; generator: on the CPU, whatever the device."""
        self._objective, self._generator = objective, generator
        self.network: AutoEncoder = new_network(config.network, generator, inputs).to(config.device)
        weights = flatten_parameters(self.network)
        self.averaged_network = (
            empty_network(config.network, inputs).to_empty(device=config.device).requires_grad_(False)
        )
        self.averaged_network.load_state_dict(self.network.state_dict())
        self.average = flatten_parameters(self.averaged_network).detach()
        self.weights = weights.detach()
        assert weights.grad is not None
        self._gradient = weights.grad
        muon = config.optimiser == "muon"
        matrices = hidden_matrices(config.network) if muon else (0, 0)
        self.optimiser = Muon(weights, matrices, config.learning_rate, BETAS if muon else ADAMW_BETAS)
        self._pass = Backpropagation(self.network)

    def learn(self, stars: Stars, rate: float, step: int) -> tuple[float, float]:
        """Make a step, the step-th counted from 1, on a batch: its loss, and the gradient's length before its limit.

        Where that is no finite number, the weights stay as they are.
        """
        output = self._pass.output(self._objective.input(stars, self._generator))
        loss, gradient = self._objective.loss_and_gradient(output, stars)
        self._pass.back(gradient)
        length = float(self._gradient.norm())
        if math.isfinite(length):
            if length > GRADIENT_LIMIT:
                self._gradient.mul_(GRADIENT_LIMIT / length)
            self.optimiser.param_groups[0]["lr"] = rate
            self.optimiser.step()
            self.average.lerp_(self.weights, max(1 / AVERAGE_STEPS, 1 / (1 + step / 10)))
        return loss, length
