"""The film of a training: how many frames it keeps, and that they lie as the model's own coordinates do."""

from dataclasses import replace

import numpy as np
import pytest

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.film import MOST_FRAMES, Film, FilmRecorder
from stellar_gui.autoencoder.training import TrainingProgress, train
from stellar_gui.catalog.simulation import simulate


@pytest.fixture(scope="module")
def progress() -> TrainingProgress:
    """The last report of a short training."""
    reports = [item for item in train(simulate(200, seed=0).magnitudes, TrainingConfig(epochs=1)) if item is not None]
    return reports[-1]


@pytest.mark.parametrize("reports", [2, 50, MOST_FRAMES, MOST_FRAMES + 1, 500, 5_000])
def test_a_film_has_even_steps_from_the_first_report_to_the_last(progress: TrainingProgress, reports: int) -> None:
    recorder = FilmRecorder()
    for epoch in range(1, reports + 1):
        recorder.record(replace(progress, epoch=epoch, validation_mse=1 / epoch))
    film = recorder.film()
    assert film.epoch[0] == 1 and film.epoch[-1] == reports
    assert min(reports, MOST_FRAMES // 2) <= len(film) <= MOST_FRAMES
    assert len(set(np.diff(film.epoch[:-1]).tolist())) <= 1
    assert 0 < film.epoch[-1] - film.epoch[-2] <= max(2, 2 * reports // (MOST_FRAMES // 2))
    np.testing.assert_allclose(film.validation_mse, 1 / film.epoch)


def test_frames_are_turned_to_lie_as_the_model_places_the_stars(progress: TrainingProgress) -> None:
    angle = np.radians(130)
    turn = np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])
    recorder = FilmRecorder()
    for epoch, size in ((1, 0.5), (2, 1.0)):
        recorder.record(replace(progress, epoch=epoch, latent=(size * progress.latent @ turn).astype(np.float32)))
    recorder.record(replace(progress, epoch=3))
    film = recorder.film()
    np.testing.assert_allclose(film.frame(2), progress.latent, atol=0.01)
    np.testing.assert_allclose(film.frame(1), progress.latent, atol=0.01)
    np.testing.assert_allclose(film.frame(0), 0.5 * progress.latent, atol=0.01)
    with pytest.raises(ValueError, match="read-only"):
        film.latent[0] = 0


def test_one_report_makes_no_film(progress: TrainingProgress) -> None:
    recorder = FilmRecorder()
    assert recorder.film() is None
    recorder.record(progress)
    assert recorder.film() is None


def test_what_does_not_belong_together_is_no_film() -> None:
    latent, epoch, error = np.zeros((2, 5, 2), np.float16), np.arange(2), np.zeros(2)
    assert len(Film(latent, epoch, error)) == 2
    for wrong in (
        (latent, epoch[:1], error),
        (latent[0], epoch, error),
        (latent, error, error),
    ):
        with pytest.raises(ValueError, match="film"):
            Film(*wrong)
    with pytest.raises(ValueError, match="finite"):
        Film.of({"latent": latent + np.inf, "epoch": epoch, "validation_mse": error})
