"""Where a training computes: on the processor, or on a graphics processor where there is one."""

from dataclasses import replace

import torch

from stellar_gui.autoencoder.config import DEVICE_NAMES, TrainingConfig
from stellar_gui.errors import InputError


def devices() -> tuple[str, ...]:
    """The devices that this machine and this torch have, of DEVICE_NAMES; the processor first."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return tuple(name for name, present in there.items() if present)


def require_device(name: str) -> torch.device:
    """The device of that name; raises InputError where there is none."""
    there = devices()
    if name not in there:
        others = " or ".join(f"the {DEVICE_NAMES[other]} ({other})" for other in there)
        raise InputError(f"This machine, or its torch, has no {DEVICE_NAMES[name]} ({name}); train on {others}.")
    return torch.device(name)


def config_here(config: TrainingConfig) -> TrainingConfig:
    """The same settings, on the processor where their device is not here."""
    return config if config.device in devices() else replace(config, device="cpu")
