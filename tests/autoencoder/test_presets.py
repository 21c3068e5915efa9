"""The presets are what they say."""

from dataclasses import replace

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.presets import PRESETS, preset_of


def test_the_default_is_the_first_preset() -> None:
    assert list(PRESETS) == ["reconstruct", "structure"]
    assert PRESETS["reconstruct"].config == TrainingConfig()


def test_a_config_is_told_by_its_features_and_loss() -> None:
    for name, preset in PRESETS.items():
        assert preset_of(preset.config) == name
        assert preset_of(replace(preset.config, seed=8, epochs=3, denoise=True)) == name
    assert preset_of(TrainingConfig(loss_in="whitened")) is None
