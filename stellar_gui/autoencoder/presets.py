"""Ready-made settings: one for the best reconstruction, one for the clearest map."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from stellar_gui.autoencoder.config import TrainingConfig

TRADE: Final = (
    "“Reconstruct” gives each star's magnitudes back most exactly; “structure” draws kinds of objects farther apart, "
    "by looking at colours alone, and passes each star's mean magnitude on as a third number."
)
"""The choice between the presets in one sentence."""


@dataclass(frozen=True)
class Preset:
    """Settings under a name; summary: what they are for, in one sentence."""

    name: str
    summary: str
    config: TrainingConfig


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                "reconstruct",
                "Five magnitudes through the bottleneck, the loss in magnitudes: the smallest residuals.",
                TrainingConfig(),
            ),
            Preset(
                "structure",
                "Four colours through the bottleneck, the loss in colours and blind to outliers: the clearest groups.",
                TrainingConfig(
                    epochs=80,
                    batch_size=64,
                    learning_rate=5e-3,
                    features="colours",
                    loss_in="colours",
                    loss="huber",
                    optimiser="adamw",
                    jitter=False,
                ),
            ),
        )
    }
)
"""By name, the default first."""


def preset_of(config: TrainingConfig) -> str | None:
    """The name of the preset whose features and loss a config has; None for another combination."""
    for preset in PRESETS.values():
        wanted = preset.config
        alike = replace(
            config, features=wanted.features, loss_in=wanted.loss_in, loss=wanted.loss, huber_delta=wanted.huber_delta
        )
        if alike == config:
            return preset.name
    return None
