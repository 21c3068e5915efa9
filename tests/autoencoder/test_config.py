import json
import math
import subprocess
import sys

import pytest

from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.errors import InputError, TrainingError


@pytest.mark.parametrize(
    "settings",
    [
        {"latent": 0},
        {"latent": 6},
        {"hidden": 0},
        {"hidden": 100_000},
        {"hidden": 40.0},
        {"hidden": True},
        {"depth": 0},
        {"depth": 1000},
        {"activation": "softplus"},
        {"activation": None},
    ],
)
def test_a_network_that_cannot_be_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(TrainingError, match="must be"):
        NetworkConfig(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"seed": -1}, "seed"),
        ({"epochs": 0}, "epochs"),
        ({"epochs": 2.5}, "epochs"),
        ({"time_budget": 0.0}, "time budget"),
        ({"time_budget": math.inf}, "time budget"),
        ({"time_budget": 5.0, "epochs": 3}, "not both"),
        ({"batch_size": 0}, "batch size"),
        ({"learning_rate": math.nan}, "learning rate"),
        ({"learning_rate": -0.1}, "learning rate"),
        ({"learning_rate": 1e9}, "learning rate"),
        ({"learning_rate": "fast"}, "learning rate"),
        ({"fractions": (0.5, 0.5)}, "three fractions"),
        ({"fractions": (0.9, 0.1, 0.1)}, "more than 1"),
        ({"fractions": (0.5, 0.0, 0.5)}, "validation"),
        ({"fractions": (0.5, math.nan, 0.5)}, "validation"),
        ({"network": {"hidden": 40}}, "NetworkConfig"),
        ({"features": "colors"}, "features must be one of magnitudes, colours-r, colours"),
        ({"loss_in": "flux"}, "scaling of the loss"),
        ({"loss_in": "colours"}, "says nothing of a star's brightness"),
        ({"loss": "absolute"}, "loss must be one of"),
        ({"huber_delta": 0}, "delta of the Huber loss"),
        ({"denoise": 1}, "denoise must be on or off"),
        ({"deredden": "yes"}, "deredden must be on or off"),
        ({"patience": 0}, "patience"),
        ({"optimiser": "sgd"}, "optimiser must be one of muon, adamw"),
        ({"jitter": 0}, "jitter must be on or off"),
    ],
)
def test_settings_that_cannot_work_are_refused_in_words(settings: dict[str, object], words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        TrainingConfig(**settings)  # type: ignore[arg-type]


def test_settings_survive_json() -> None:
    config = TrainingConfig(
        seed=2**62,
        time_budget=4.5,
        learning_rate=1e-3,
        network=NetworkConfig(latent=3, activation="gelu"),
        features="colours",
        loss_in="whitened",
        loss="huber",
        huber_delta=0.5,
        denoise=True,
        deredden=True,
        patience=7,
    )
    assert TrainingConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize("unknown", [{"momentum": 1}, {"network": {"dropout": 0.1}}])
def test_unknown_settings_are_those_of_a_newer_version(unknown: dict[str, object]) -> None:
    with pytest.raises(InputError, match="newer version"):
        TrainingConfig.from_dict(TrainingConfig().to_dict() | unknown)


@pytest.mark.parametrize(
    "content", [None, 3, [], "seed", {"seed": -4}, {"network": 7}, {"network": {"hidden": 1e9}}, {"fractions": [1, 2]}]
)
def test_damaged_settings_are_refused(content: object) -> None:
    with pytest.raises(InputError, match="damaged"):
        TrainingConfig.from_dict(content)


@pytest.mark.parametrize("stars", [12, 100, 5_880, 150_000, 6_000_000])
def test_the_default_length_is_bounded_in_steps(stars: int) -> None:
    config = TrainingConfig()
    epochs = config.epochs_for(stars)
    assert 1 <= epochs <= 1000
    assert epochs * config.steps_per_epoch(stars) <= max(13_000, config.steps_per_epoch(stars))
    if epochs < 1000:
        assert epochs * config.steps_per_epoch(stars) >= 4_900


@pytest.mark.parametrize(
    "name", ["config", "embedding", "split", "scaling", "report", "details", "features", "presets"]
)
def test_torch_is_not_imported_before_it_is_needed(name: str) -> None:
    code = f"import sys, stellar_gui.autoencoder.{name}; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_settings_from_before_there_was_a_choice_say_how_it_was() -> None:
    config = TrainingConfig.from_dict({"seed": 3})
    assert (config.seed, config.optimiser, config.jitter) == (3, "adamw", False)
