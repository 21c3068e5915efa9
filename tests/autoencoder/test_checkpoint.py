"""An interrupted training goes on to the bit, from memory and from a file; what is no checkpoint of it is refused."""

import json
import struct
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import load, save

from stellar_gui.autoencoder.checkpoint import Checkpoint, from_bytes, to_bytes
from stellar_gui.autoencoder.config import Command, TrainingConfig
from stellar_gui.autoencoder.details import NO_DETAILS, Details
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.presets import PRESETS
from stellar_gui.autoencoder.split import split
from stellar_gui.autoencoder.training import train
from stellar_gui.errors import InputError, TrainingError
from stellar_gui.progress import drain
from tests.autoencoder.conftest import SMALL, stray_stars

KEY = "stellar-gui checkpoint"
QUICK = TrainingConfig(seed=5, epochs=4, batch_size=64, network=SMALL)
CONFIGS = {
    **{name: replace(preset.config, seed=4, epochs=4, network=SMALL) for name, preset in PRESETS.items()},
    "noise": replace(QUICK, denoise=True, loss="weighted"),
    "patience": replace(QUICK, epochs=30, learning_rate=0.3, patience=2),
}


@pytest.fixture(scope="module")
def stars() -> NDArray[np.float32]:
    return stray_stars(600)


def _checkpoint(
    stars: NDArray[np.float32], config: TrainingConfig, steps: int, details: Details = NO_DETAILS
) -> Checkpoint:
    """What a training that is then dropped answers after so many steps."""
    work = train(stars, config, details)
    for _ in range(steps):
        next(work)
    found = work.send(Command.CHECKPOINT)
    assert isinstance(found, Checkpoint)
    work.close()
    return found


def _assert_same(found: TrainedModel, expected: TrainedModel) -> None:
    assert found.id == expected.id
    assert (found.epochs, found.stopped_because) == (expected.epochs, expected.stopped_because)
    pairs = [
        (found.history, expected.history),
        (found.report, expected.report),
        (found.report.trend, expected.report.trend),
    ]
    for one, other in pairs:
        for part in fields(other):
            if part.name != "trend":
                np.testing.assert_array_equal(getattr(one, part.name), getattr(other, part.name), part.name)


def _details(count: int) -> Details:
    return Details(errors=np.random.default_rng(1).uniform(0.01, 0.3, (count, 5)).astype(np.float32))


@pytest.mark.parametrize("name", CONFIGS)
def test_to_go_on_from_a_file_gives_what_no_interruption_gives(stars: NDArray[np.float32], name: str) -> None:
    config, details = CONFIGS[name], _details(len(stars))
    expected = drain(train(stars, config, details))
    per_epoch = config.steps_per_epoch(split(len(stars), config.seed, config.fractions).train.size)
    for steps in (1, per_epoch, per_epoch + 1, 2 * per_epoch - 1):
        checkpoint = from_bytes(to_bytes(_checkpoint(stars, config, steps, details)))
        assert checkpoint.step == steps and checkpoint.epoch == steps // per_epoch
        _assert_same(drain(train(stars, config, details, checkpoint)), expected)


@pytest.mark.parametrize("name", PRESETS)
def test_interrupted_at_every_step_a_training_is_the_same(name: str) -> None:
    stars, config = stray_stars(150), replace(PRESETS[name].config, epochs=3, batch_size=32, network=SMALL)
    expected, checkpoint = drain(train(stars, config)), None
    model: TrainedModel | None = None
    while model is None:
        work = train(stars, config, resume=checkpoint)
        try:
            next(work)
            found = work.send(Command.CHECKPOINT)
            assert isinstance(found, Checkpoint)
            checkpoint = from_bytes(to_bytes(found))
            work.close()
            if found.fraction == 1.0:
                model = drain(train(stars, config, resume=checkpoint))
        except StopIteration as end:
            model = end.value
    _assert_same(model, expected)


def test_a_checkpoint_changes_nothing_of_the_training_that_gives_it(stars: NDArray[np.float32]) -> None:
    expected, work = drain(train(stars, QUICK)), train(stars, QUICK)
    command: Command | None = None
    given = 0
    while True:
        try:
            given += isinstance(work.send(command), Checkpoint)
            command = Command.CHECKPOINT if command is None else None
        except StopIteration as end:
            _assert_same(end.value, expected)
            break
    assert given > 3


def test_a_training_that_was_stopped_can_go_on(stars: NDArray[np.float32]) -> None:
    work = train(stars, QUICK)
    for _ in range(8):
        next(work)
    work.send(Command.STOP)
    stopped = drain(work)
    assert stopped.stopped_because and stopped.checkpoint is not None and stopped.checkpoint.step == 8
    again = from_bytes(to_bytes(stopped.checkpoint))
    finished = drain(train(stars, QUICK, resume=again))
    _assert_same(finished, drain(train(stars, QUICK)))
    assert finished.checkpoint is None


def test_the_clock_goes_on_too(stars: NDArray[np.float32]) -> None:
    config = TrainingConfig(time_budget=0.3, network=SMALL)
    work = train(stars, config)
    checkpoint: Checkpoint | None = None
    while checkpoint is None:
        next(work)
        found = work.send(Command.CHECKPOINT)
        assert isinstance(found, Checkpoint)
        if found.seconds > 0.1:
            checkpoint = found
    assert drain(train(stars, config, resume=checkpoint)).seconds >= 0.3


def test_a_checkpoint_survives_its_file(stars: NDArray[np.float32]) -> None:
    checkpoint = _checkpoint(stars, QUICK, 7)
    data = to_bytes(checkpoint)
    again = from_bytes(data)
    assert to_bytes(again) == data
    assert again.config == checkpoint.config and again.fraction == checkpoint.fraction
    assert again.arrays.keys() == checkpoint.arrays.keys()
    with pytest.raises(ValueError, match="read-only"):
        again.arrays["weights"][0] = 1


def test_other_stars_and_other_settings_are_refused_in_words(stars: NDArray[np.float32]) -> None:
    checkpoint = _checkpoint(stars, QUICK, 3)
    other = stars.copy()
    other[5, 2] += 0.1
    with pytest.raises(TrainingError, match="of other stars"):
        next(train(other, QUICK, resume=checkpoint))
    with pytest.raises(TrainingError, match="other settings"):
        next(train(stars, replace(QUICK, seed=6), resume=checkpoint))


def _changed(data: bytes, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> bytes:
    (length,) = struct.unpack("<Q", data[:8])
    values, arrays = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][KEY]), dict(load(data))
    change(values, arrays)
    return save({name: np.asarray(array, order="C") for name, array in arrays.items()}, {KEY: json.dumps(values)})


CHANGES: dict[str, Callable[[dict[str, Any], dict[str, Any]], object]] = {
    "no weights": lambda _, arrays: arrays.pop("state.weights"),
    "weights of another shape": lambda _, arrays: arrays.update({"state.weights": np.zeros(3, np.float32)}),
    "weights of another kind": lambda _, arrays: arrays.update({"state.best": np.zeros(3)}),
    "not a number": lambda _, arrays: arrays.update({"state.average": arrays["state.average"] * np.float32(np.nan)}),
    "optimiser": lambda _, arrays: arrays.update({"state.optimiser.momentum": np.zeros(2, np.float32)}),
    "random state": lambda _, arrays: arrays.update({"state.generator": np.zeros(7, np.uint8)}),
    "random state of no generator": lambda _, arrays: arrays.update({"state.generator": np.ones(5056, np.uint8)}),
    "order of no generator": lambda _, arrays: arrays.update({"state.order": np.ones(5056, np.uint8)}),
    "losses": lambda _, arrays: arrays.update({"state.losses": np.zeros((2, 2))}),
    "frame": lambda _, arrays: arrays.update({"state.frame": np.zeros((2, 2))}),
    "lowest": lambda _, arrays: arrays.update({"state.lowest": np.zeros(2)}),
    "history": lambda _, arrays: arrays.update({"history.train_loss": np.zeros(9)}),
    "step": lambda values, _: values.update(step=10**9),
    "step in words": lambda values, _: values.update(step="many"),
    "fraction": lambda values, _: values.update(fraction=7.0),
    "no settings": lambda values, _: values.pop("config"),
    "no errors": lambda _, arrays: arrays.pop("errors.rms"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_does_not_fit_together_is_refused(
    stars: NDArray[np.float32], change: Callable[[dict[str, Any], dict[str, Any]], object]
) -> None:
    data = to_bytes(_checkpoint(stars, QUICK, 9))
    with pytest.raises(InputError, match="damaged"):
        next(train(stars, QUICK, resume=from_bytes(_changed(data, change))))


def test_a_newer_versions_checkpoint_is_named_as_such(stars: NDArray[np.float32]) -> None:
    data = _changed(to_bytes(_checkpoint(stars, QUICK, 1)), lambda values, _: values.update(format_version=2))
    with pytest.raises(InputError, match="newer version"):
        from_bytes(data)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(stars: NDArray[np.float32], share: float) -> None:
    data = to_bytes(_checkpoint(stars[:40], QUICK, 1))
    with pytest.raises(InputError):
        from_bytes(data[: int(share * len(data))])
