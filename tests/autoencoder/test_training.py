from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.pace import Pace
from stellar_gui.autoencoder.presets import PRESETS
from stellar_gui.autoencoder.split import split
from stellar_gui.autoencoder.training import Command, TrainingProgress, train
from stellar_gui.errors import TrainingError
from stellar_gui.progress import drain
from tests.autoencoder.conftest import SMALL, curved_stars

QUICK = TrainingConfig(seed=5, epochs=4, batch_size=64, network=SMALL)


def _report_after_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "is_due", lambda *_: True)


def _stopped_after(stars: NDArray[np.float32], config: TrainingConfig, steps: int) -> TrainedModel:
    work = train(stars, config)
    for _ in range(steps):
        next(work)
    try:
        work.send(Command.STOP)
        while True:
            next(work)
    except StopIteration as end:
        model: TrainedModel = end.value
        return model


def _reports(stars: NDArray[np.float32], config: TrainingConfig) -> tuple[list[TrainingProgress], int, TrainedModel]:
    """The reports of a training, how many times it yielded without one, and its model."""
    reports, empty, work = [], 0, train(stars, config)
    while True:
        try:
            item = next(work)
        except StopIteration as end:
            return reports, empty, end.value
        if item is None:
            empty += 1
        else:
            reports.append(item)


def test_the_same_seed_gives_the_same_weights_whatever_the_pauses(
    stars: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = drain(train(stars, QUICK))
    _report_after_each_step(monkeypatch)
    torch.manual_seed(1)
    work, steps = train(stars, QUICK), 0
    model = None
    while model is None:
        try:
            next(work)
            steps += 1
            if steps % 7 == 0:
                drain(train(stars[:30], QUICK))
                torch.rand(steps)
        except StopIteration as end:
            model = end.value
    assert model.id == expected.id
    for name, weights in expected.network.state_dict().items():
        assert torch.equal(weights, model.network.state_dict()[name]), name


def test_another_seed_gives_other_weights(stars: NDArray[np.float32]) -> None:
    other = TrainingConfig(seed=6, epochs=4, batch_size=64, network=SMALL)
    assert drain(train(stars, QUICK)).id != drain(train(stars, other)).id


def test_torchs_random_state_and_threads_are_left_alone(stars: NDArray[np.float32]) -> None:
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    drain(train(stars, QUICK))
    work = train(stars, QUICK)
    next(work)
    work.close()
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


@settings(deadline=None, max_examples=12)
@given(st.integers(1, 20))
def test_stopped_at_any_moment_leaves_a_valid_model(steps: int) -> None:
    stars = curved_stars(600)
    model = _stopped_after(stars, QUICK, steps)
    assert model.stopped_because is not None and "Stopped in epoch" in model.stopped_because
    per_epoch = QUICK.steps_per_epoch(model.report.train_stars)
    assert model.epochs == -(-steps // per_epoch)
    assert len(model.history) == model.epochs
    assert np.isfinite(model.decode(model.encode(stars))).all()
    assert np.isfinite([model.report.train_mse, model.report.validation_mse, model.report.test_mse]).all()


def test_stopped_at_its_first_report_or_at_its_last(stars: NDArray[np.float32]) -> None:
    complete = drain(train(stars, QUICK))
    work = train(stars, QUICK)
    while not isinstance(item := next(work), TrainingProgress) or item.fraction < 1:
        pass
    with pytest.raises(StopIteration) as end:
        work.send(Command.STOP)
    assert end.value.value.stopped_because is None
    assert end.value.value.id == complete.id


def test_a_closed_training_is_over(stars: NDArray[np.float32]) -> None:
    work = train(stars, QUICK)
    next(work)
    work.close()
    with pytest.raises(StopIteration):
        next(work)


def test_pauses_are_not_counted(stars: NDArray[np.float32]) -> None:
    config = TrainingConfig(epochs=1, batch_size=64, network=SMALL)
    work, paused = train(stars, config), 0.0
    begun = perf_counter()
    model = None
    while model is None:
        try:
            next(work)
        except StopIteration as end:
            model = end.value
        held = perf_counter()
        drain(train(stars, config))
        paused += perf_counter() - held
    assert model.seconds <= perf_counter() - begun - paused
    assert paused > 0.02


def test_a_time_budget_ends_the_training_and_shapes_the_schedule(stars: NDArray[np.float32]) -> None:
    config = TrainingConfig(time_budget=0.4, batch_size=64, network=SMALL)
    reports, _, model = _reports(stars, config)
    assert reports[-1].elapsed >= 0.4
    assert model.seconds < 2.0
    assert model.stopped_because is None
    assert reports[-1].fraction == 1.0
    assert reports[-1].epochs == reports[-1].epoch == model.epochs
    assert reports[-1].learning_rate < 1e-4 < model.history.learning_rate.max()


@pytest.mark.parametrize("budget", [1e-9, 0.01])
def test_the_smallest_time_budget_leaves_a_model(stars: NDArray[np.float32], budget: float) -> None:
    model = drain(train(stars, TrainingConfig(time_budget=budget, network=SMALL)))
    assert model.epochs >= 1
    assert np.isfinite(model.report.test_mse)


def test_patience_ends_a_training_that_gets_no_better(stars: NDArray[np.float32]) -> None:
    config = TrainingConfig(epochs=400, batch_size=64, learning_rate=0.3, patience=3, network=SMALL)
    model = drain(train(stars, config))
    assert model.epochs < 400 and model.epochs == len(model.history)
    assert model.stopped_because is not None and "No lower validation loss in 3 epochs" in model.stopped_because
    lowest = int(model.history.epoch[model.history.validation_loss.argmin()])
    assert model.epochs == lowest + 3


def test_the_history_tells_spread_gradient_and_bands(stars: NDArray[np.float32]) -> None:
    history = drain(train(stars, QUICK)).history
    assert (history.train_low <= history.train_loss).all() and (history.train_loss <= history.train_high).all()
    assert (history.gradient_norm > 0).all()
    np.testing.assert_allclose(np.square(history.rms_per_band).mean(axis=1), history.validation_mse)
    np.testing.assert_allclose(history.validation_mse, history.validation_loss, rtol=1e-5)
    assert history.bias_per_band.shape == (4, 5)


def test_reports_tell_how_far_it_is(stars: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch) -> None:
    _report_after_each_step(monkeypatch)
    reports, _, model = _reports(stars, QUICK)
    per_epoch = QUICK.steps_per_epoch(model.report.train_stars)
    assert len(reports) == 4 * per_epoch + 1
    assert [report.step for report in reports[:-1]] == list(range(1, 4 * per_epoch + 1))
    assert [report.epoch for report in reports[:-1]] == [k // per_epoch + 1 for k in range(4 * per_epoch)]
    assert {report.epochs for report in reports} == {4}
    assert reports[0].best_epoch == 0
    assert reports[0].best_validation == pytest.approx(reports[0].validation_loss)
    assert (np.diff([report.elapsed for report in reports]) > 0).all()
    assert all(report.stars_per_second > 0 and np.isfinite(report.gradient_norm) for report in reports)
    last = reports[-1]
    assert (last.fraction, last.time_left) == (1.0, 0.0)
    np.testing.assert_array_equal(last.history.epoch, [1, 2, 3, 4])
    assert last.best_epoch == model.history.best_epoch
    assert last.best_validation == model.history.validation_loss[model.history.best_epoch - 1]
    np.testing.assert_allclose(last.latent, model.encode(stars[last.snapshot_rows]), atol=1e-6)


def test_snapshots_do_not_turn_over(stars: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch) -> None:
    _report_after_each_step(monkeypatch)
    reports, _, _ = _reports(stars, QUICK)
    frames = [report.latent for report in reports[:-1]]
    for frame, following in pairwise(frames):
        np.testing.assert_allclose(frame.mean(axis=0), 0, atol=1e-4)
        left, stretch, right = np.linalg.svd(following.T @ frame)
        np.testing.assert_allclose(left @ right, np.eye(2), atol=1e-3)
        assert stretch.min() > 0


def test_reports_come_a_few_times_a_second(stars: NDArray[np.float32]) -> None:
    reports, empty, model = _reports(stars, TrainingConfig(time_budget=0.7, batch_size=64, network=SMALL))
    assert 2 <= len(reports) <= 1 + model.seconds / 0.2
    assert empty > 10 * len(reports)
    assert len(reports[0].latent) == len(reports[0].snapshot_rows) == len(stars)


def test_the_snapshot_is_at_most_five_thousand_stars() -> None:
    stars = curved_stars(6000)
    reports, _, _ = _reports(stars, TrainingConfig(epochs=1, network=SMALL))
    rows = reports[-1].snapshot_rows
    assert len(rows) == 5000 == len(np.unique(rows))
    assert rows.max() < 6000


def test_the_report_is_what_the_model_gives(stars: NDArray[np.float32], model: TrainedModel) -> None:
    parts = split(len(stars), model.config.seed, model.config.fractions)
    for part, rows in (("train", parts.train), ("validation", parts.validation), ("test", parts.test)):
        residual = (stars[rows] - model.decode(model.encode(stars[rows]))).astype(np.float64)
        assert getattr(model.report, f"{part}_mse") == pytest.approx(np.mean(residual**2), rel=1e-3)
        assert getattr(model.report, f"{part}_stars") == len(rows)
    np.testing.assert_allclose(model.report.rms_per_band, np.sqrt(np.mean(residual**2, axis=0)), rtol=1e-3)
    np.testing.assert_allclose(model.report.bias_per_band, residual.mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(
        model.report.bias_error_per_band, residual.std(axis=0, ddof=1) / np.sqrt(len(residual)), rtol=1e-3
    )


def test_the_models_latent_space_is_canonical(stars: NDArray[np.float32], model: TrainedModel) -> None:
    rows = split(len(stars), model.config.seed, model.config.fractions).train
    latent = model.encode(stars[rows])
    np.testing.assert_allclose(latent.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(latent.T, ddof=0), np.eye(2), atol=1e-3)


def test_a_curved_surface_is_learned_better_than_principal_components_can() -> None:
    config = TrainingConfig(epochs=60, batch_size=64, network=NetworkConfig(hidden=24, depth=2))
    report = drain(train(curved_stars(3000), config)).report
    assert report.test_mse < 0.1 * report.pca_mse


def test_a_loss_that_is_no_number_from_the_start_is_an_error(stars: NDArray[np.float32]) -> None:
    huge = stars.copy()
    huge[::2] = 3e38
    with pytest.raises(TrainingError, match="smaller learning rate"):
        drain(train(huge, QUICK))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_loss_that_stops_being_a_number_leaves_the_last_good_weights(stars: NDArray[np.float32], preset: str) -> None:
    config = replace(PRESETS[preset].config, seed=5, epochs=4, batch_size=64, network=SMALL)
    work = train(stars, config, Details(masked=np.random.default_rng(0).random(stars.shape) < 0.02))
    per_epoch = config.steps_per_epoch(split(len(stars), config.seed, config.fractions).train.size)
    for _ in range(2 * per_epoch):
        next(work)
    assert work.gi_frame is not None
    with torch.no_grad():
        next(work.gi_frame.f_locals["training"]._learner.network.parameters()).fill_(torch.nan)
    reports = []
    with pytest.raises(StopIteration) as end:
        while True:
            reports.append(next(work))
    model = end.value.value
    assert "stopped being a number in epoch 3" in model.stopped_because
    assert 1 <= model.history.best_epoch <= 2
    assert len(model.history) == 2
    assert np.isfinite(model.decode(model.encode(stars))).all()
    assert np.isfinite(reports[-1].latent).all()


@pytest.mark.parametrize("count", [20, 21, 60])
def test_fewer_stars_than_a_batch_make_one_batch(count: int) -> None:
    model = drain(train(curved_stars(count), TrainingConfig(epochs=3, network=SMALL)))
    assert model.epochs == 3
    assert np.isfinite(model.report.test_mse)


@pytest.mark.parametrize("count", [0, 1, 19])
def test_too_few_stars_are_refused_in_words(count: int) -> None:
    with pytest.raises(TrainingError, match="too few stars to train on"):
        next(train(curved_stars(count), QUICK))


def test_magnitudes_that_are_not_finite_are_refused(stars: NDArray[np.float32]) -> None:
    broken = stars.copy()
    broken[7, 2] = np.nan
    with pytest.raises(TrainingError, match="not finite"):
        next(train(broken, QUICK))


def test_stars_that_are_all_the_same_can_be_trained_on() -> None:
    model = drain(train(np.full((50, 5), 19, np.float32), TrainingConfig(epochs=3, network=SMALL)))
    assert np.isfinite(model.encode(np.full((2, 5), 19, np.float32))).all()
    assert model.report.test_mse < 1e-4


def test_real_stars_are_learned_better_than_principal_components_can(real_stars: Path) -> None:
    table = pd.read_csv(real_stars / "sdss_stars_modelmag.csv", usecols=[f"modelmag_{band}" for band in "ugriz"])
    magnitudes = table[[f"modelmag_{band}" for band in "ugriz"]].to_numpy(np.float32)
    magnitudes = magnitudes[((magnitudes > 0) & (magnitudes < 30)).all(axis=1)]
    report = drain(train(magnitudes, TrainingConfig(seed=1))).report
    assert report.test_mse < 0.75 * report.pca_mse
