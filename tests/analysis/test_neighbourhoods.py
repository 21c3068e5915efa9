"""Neighbourhoods kept, against scikit-learn's trustworthiness."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.manifold import trustworthiness

from stellar_gui.analysis.neighbourhoods import MOST_STARS, NEIGHBOURS, neighbourhoods_kept, sampled
from stellar_gui.progress import Progress, drain


def stars(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points in five dimensions, and a plane that folds them."""
    features = np.random.default_rng(1).normal(size=(count, 5)) * [3, 2, 1, 0.5, 0.2]
    return features, np.stack([np.abs(features[:, 0]), features[:, 1] + features[:, 2] ** 2], axis=1)


def test_both_numbers_are_those_of_scikit_learn_whose_spaces_swap_for_continuity() -> None:
    features, plane = stars(620)  # more than two blocks, the last one short
    other = features[:, 3:]
    found = drain(neighbourhoods_kept(features, {"plane": plane, "other": other}))
    for name, positions in (("plane", plane), ("other", other)):
        for k in NEIGHBOURS:
            theirs = trustworthiness(features, positions, n_neighbors=k)
            assert found[name].trustworthiness[k] == pytest.approx(theirs, abs=1e-12)
            assert found[name].continuity[k] == pytest.approx(
                trustworthiness(positions, features, n_neighbors=k), abs=1e-12
            )
    assert found["plane"].trustworthiness[10] < found["plane"].continuity[10] < 1  # folded, so strangers meet


def test_a_plane_that_keeps_everything_is_trusted_to_the_full() -> None:
    features, _ = stars(300)
    found = drain(neighbourhoods_kept(features, {"turned": 2 * features[:, ::-1]}))["turned"]
    assert set(found.trustworthiness.values()) == set(found.continuity.values()) == {1.0}


def test_too_few_stars_for_so_many_neighbours_give_no_number() -> None:
    features, plane = stars(61)
    found = drain(neighbourhoods_kept(features, {"plane": plane}))["plane"]
    assert found.trustworthiness[30] == pytest.approx(trustworthiness(features, plane, n_neighbors=30))
    assert math.isnan(found.trustworthiness[100]) and math.isnan(found.continuity[100])


def test_progress_is_told_star_by_star() -> None:
    features, plane = stars(600)
    told = list(neighbourhoods_kept(features, {"plane": plane}))
    assert all(isinstance(item, Progress) and item.total == 600 for item in told)
    assert [item.done for item in told] == [250, 500, 600]


def test_the_sample_is_the_same_each_time_and_a_smaller_one_is_part_of_a_larger() -> None:
    small, large = sampled(30_000), sampled(30_000, 10_000)
    assert len(small) == MOST_STARS and len(large) == 10_000
    assert np.all(np.diff(small) > 0)
    assert np.isin(small, large).all()
    np.testing.assert_array_equal(small, sampled(30_000))
    np.testing.assert_array_equal(sampled(70), np.arange(70))
