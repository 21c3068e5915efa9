"""A run: one training's model under a name, with its picture and its film."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.film import Film
from stellar_gui.autoencoder.presets import preset_of

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel


@dataclass(frozen=True, eq=False)
class Run:
    """A finished training; the model holds its settings, how it went and how good it is.

    created: ISO 8601 time, UTC. picture: (64, 64) uint16, see `thumbnail`, None before one was made; film: None where
    none was kept.
    """

    name: str
    model: "TrainedModel"
    created: str
    picture: NDArray[np.uint16] | None = None
    film: Film | None = None

    def __post_init__(self) -> None:
        if self.picture is not None:
            self.picture.setflags(write=False)

    @property
    def config(self) -> TrainingConfig:
        """The settings of the training."""
        return self.model.config

    @property
    def test_mse(self) -> float:
        """mag^2: the mean squared residual of the test stars."""
        return self.model.report.test_mse


def proposed_name(config: TrainingConfig) -> str:
    """What a run is called at first: 'structure, seed 3'."""
    return f"{preset_of(config) or 'own settings'}, seed {config.seed}"


def numbered(name: str, taken: Collection[str]) -> str:
    """The name, with the first free number behind it where it is taken: 'structure, seed 3 (2)'."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found
