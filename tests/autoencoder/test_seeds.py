from itertools import pairwise

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.seeds import train_seeds
from stellar_gui.autoencoder.training import train
from stellar_gui.errors import TrainingError
from stellar_gui.progress import Progress, drain
from tests.autoencoder.conftest import SMALL

QUICK = TrainingConfig(epochs=3, batch_size=64, network=SMALL)


def test_side_by_side_gives_what_one_after_the_other_gives(stars: NDArray[np.float32]) -> None:
    details = Details(masked=np.random.default_rng(0).random(stars.shape) < 0.05)
    work, progress = train_seeds(stars, QUICK, [4, 9], details), []
    while True:
        try:
            progress.append(next(work))
        except StopIteration as end:
            models = end.value
            break
    assert [model.config.seed for model in models] == [4, 9]
    for model in models:
        assert model.id == drain(train(stars, model.config, details)).id
    assert progress[-1] == Progress(2.0, 2.0, "trainings")
    assert all(before.done <= after.done for before, after in pairwise(progress))


def test_closing_ends_the_processes(stars: NDArray[np.float32]) -> None:
    before = set(psutil.Process().children())
    work = train_seeds(stars, TrainingConfig(epochs=100_000, batch_size=64, network=SMALL), [1, 2])
    next(work)
    assert len(set(psutil.Process().children()) - before) == 2
    work.close()
    assert set(psutil.Process().children()) == before


def test_the_first_failure_is_told_in_its_words(stars: NDArray[np.float32]) -> None:
    with pytest.raises(TrainingError, match="too few stars to train on"):
        drain(train_seeds(stars[:10], QUICK, [1, 2]))


def test_no_seeds_give_no_models(stars: NDArray[np.float32]) -> None:
    assert drain(train_seeds(stars, QUICK, [])) == []
