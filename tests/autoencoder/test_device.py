"""A training on another device keeps everything there, and what it leaves opens and goes on on the processor."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder import checkpoint as checkpoint_file
from stellar_gui.autoencoder import model_file
from stellar_gui.autoencoder.checkpoint import Checkpoint
from stellar_gui.autoencoder.config import Command, TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.device import config_here, devices, require_device
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.pace import Pace
from stellar_gui.autoencoder.training import TrainingProgress, train
from stellar_gui.errors import InputError, TrainingError
from stellar_gui.progress import drain
from tests.autoencoder.conftest import SMALL
from tests.autoencoder.pretended_device import PretendedDevice

QUICK = TrainingConfig(seed=5, epochs=2, batch_size=64, network=SMALL)
OTHERS = {
    "by errors, with noise": replace(QUICK, loss="weighted", denoise=True),
    "colours, whitened": replace(QUICK, features="colours", loss_in="whitened", loss="huber", optimiser="adamw"),
}


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> PretendedDevice:
    """torch believes in a device of the name cuda, which complains where something is in the wrong place."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    return PretendedDevice()


@pytest.fixture
def far_off(stars: NDArray[np.float32]) -> NDArray[np.float32]:
    """Stars of which some have a band far off, so that the training moves them."""
    moved = stars.copy()
    moved[::40, 0] += 6
    return moved


def _details(stars: NDArray[np.float32]) -> Details:
    rng = np.random.default_rng(0)
    return Details(errors=rng.uniform(0.01, 0.1, stars.shape).astype(np.float32), masked=rng.random(stars.shape) < 0.02)


def _held(stars: NDArray[np.float32], config: TrainingConfig, steps: int) -> Checkpoint:
    work = train(stars, config)
    for _ in range(steps):
        next(work)
    held = work.send(Command.CHECKPOINT)
    assert isinstance(held, Checkpoint)
    work.close()
    return held


@pytest.mark.parametrize("config", [QUICK, *OTHERS.values()], ids=["plain", *OTHERS])
def test_all_is_on_the_device_and_the_model_on_the_processor(
    far_off: NDArray[np.float32], config: TrainingConfig, pretended: PretendedDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "is_due", lambda *_: True)
    details = _details(far_off)
    expected = drain(train(far_off, config, details))
    with pretended:
        work, reports = train(far_off, replace(config, device="cuda"), details), []
        model: TrainedModel | None = None
        while model is None:
            try:
                reports.append(next(work))
            except StopIteration as end:
                model = end.value
        training_weights = [pretended.holds(weights) for weights in model.network.parameters()]
    assert pretended.calls > 500
    assert not any(training_weights)
    assert {report.device for report in reports if isinstance(report, TrainingProgress)} == {"cuda"}
    assert model.config.device == "cuda"
    assert model.id == expected.id
    read = model_file.from_bytes(model_file.to_bytes(model))
    np.testing.assert_array_equal(read.encode(far_off), expected.encode(far_off))


def test_a_training_held_on_another_device_goes_on_here(
    stars: NDArray[np.float32], pretended: PretendedDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(QUICK, device="cuda")
    with pretended:
        held = _held(stars, config, 6)
        again = drain(train(stars, config, resume=held))
    monkeypatch.undo()
    held = checkpoint_file.from_bytes(checkpoint_file.to_bytes(held))
    assert held.config.device == "cuda"
    here = drain(train(stars, held.config, resume=held))
    assert here.config.device == "cpu"
    assert here.id == again.id == drain(train(stars, QUICK)).id


def test_a_training_held_here_goes_on_on_another_device(stars: NDArray[np.float32], pretended: PretendedDevice) -> None:
    held = _held(stars, QUICK, 6)
    with pretended:
        assert drain(train(stars, replace(QUICK, device="cuda"), resume=held)).config.device == "cuda"


def test_the_pretended_device_complains_as_a_real_one_does() -> None:
    with PretendedDevice():
        there, here = torch.zeros(3, device="cuda"), torch.zeros(3)
        assert there.device.type == (there + 1)[1:].device.type == "cuda"
        for wrong in (
            lambda: there + here,
            there.numpy,
            there.double,
            lambda: torch.randn(3, device="cuda", generator=torch.Generator()),
        ):
            with pytest.raises(RuntimeError):
                wrong()
        assert there.cpu().numpy().sum() == 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_here_is_refused_in_a_sentence(stars: NDArray[np.float32]) -> None:
    assert devices()[0] == "cpu" and "cuda" not in devices()
    assert require_device("cpu") == torch.device("cpu")
    assert config_here(replace(QUICK, device="cuda")) == QUICK
    with pytest.raises(InputError, match=r"has no CUDA graphics processor \(cuda\); train on the processor \(cpu\)"):
        next(train(stars, replace(QUICK, device="cuda")))
    with pytest.raises(TrainingError, match="device must be one of cpu, cuda, mps, not tpu"):
        TrainingConfig(device="tpu")
