"""How well a map keeps classes apart."""

import numpy as np
import pandas as pd
import pytest

from stellar_gui.analysis.separation import class_accuracy


def _labels(*counts: int) -> pd.Categorical:
    return pd.Categorical(np.repeat(["STAR", "GALAXY", "QSO"][: len(counts)], counts))


def test_classes_that_lie_apart_are_told_apart() -> None:
    latent = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], [200, 100, 50], axis=0)
    latent += np.random.default_rng(0).normal(0, 1, latent.shape)
    assert class_accuracy(latent, _labels(200, 100, 50)) == pytest.approx(1.0, abs=0.02)


def test_classes_that_lie_on_one_another_are_guessed() -> None:
    latent = np.random.default_rng(0).normal(size=(4000, 2))
    assert class_accuracy(latent, _labels(2000, 2000)) == pytest.approx(0.5, abs=0.05)


def test_what_takes_no_part_has_no_class_or_is_rare_does_not_count() -> None:
    latent = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], [200, 100, 10], axis=0)
    latent += np.random.default_rng(0).normal(0, 1, latent.shape)
    labels = _labels(200, 100, 10)
    expected = class_accuracy(latent, labels)
    assert expected == pytest.approx(1.0)
    unknown = pd.Categorical.from_codes(np.append(labels.codes, [-1, -1]), categories=labels.categories)
    more = np.vstack([latent, [[0.0, 0.0], [np.nan, 1.0]]])
    assert class_accuracy(more, unknown) == pytest.approx(1.0)
    assert class_accuracy(latent[:200], labels[:200]) is None
