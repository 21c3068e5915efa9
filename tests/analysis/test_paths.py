"""Points at even steps along a line of corners."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stellar_gui.analysis.paths import PlanePath
from stellar_gui.errors import InputError

CORNERS = arrays(np.float64, st.tuples(st.integers(2, 12), st.just(2)), elements=st.integers(-50, 50).map(float))


def test_steps_are_even_along_the_line_and_not_along_its_pieces() -> None:
    path = PlanePath.through(np.array([[0, 0], [3, 0], [3, 1]]), steps=5)
    np.testing.assert_allclose(path.points, [[0, 0], [1, 0], [2, 0], [3, 0], [3, 1]], atol=1e-12)
    np.testing.assert_allclose(path.length, [0, 1, 2, 3, 4])
    assert path.total == 4


@given(CORNERS, st.integers(2, 60))
def test_a_path_begins_and_ends_at_its_corners_and_never_leaves_the_line(corners: np.ndarray, steps: int) -> None:
    if len(np.unique(corners, axis=0)) < 2:
        return
    path = PlanePath.through(corners, steps)
    np.testing.assert_allclose(path.points[[0, -1]], corners[[0, -1]], atol=1e-9)
    step = path.total / (steps - 1)
    assert (np.hypot(*np.diff(path.points, axis=0).T) <= step * (1 + 1e-9)).all()
    ends = path.corners[:-1, None], path.corners[1:, None]
    along = ends[1] - ends[0]
    share = ((path.points - ends[0]) * along).sum(-1) / (along**2).sum(-1)
    away = np.linalg.norm(ends[0] + np.clip(share, 0, 1)[..., None] * along - path.points, axis=-1).min(axis=0)
    np.testing.assert_allclose(away, 0, atol=1e-9)


def test_a_corner_that_repeats_the_one_before_counts_once() -> None:
    path = PlanePath.through(np.array([[1, 1], [1, 1], [2, 1], [2, 1]]), steps=3)
    np.testing.assert_array_equal(path.corners, [[1, 1], [2, 1]])
    np.testing.assert_allclose(path.points[:, 0], [1, 1.5, 2])


@pytest.mark.parametrize(("length", "step"), [(-1.0, 0), (0.9, 1), (2.4, 2), (99.0, 4)])
def test_a_length_belongs_to_the_nearest_step(length: float, step: int) -> None:
    assert PlanePath.through(np.array([[0, 0], [4, 0]]), steps=5).nearest_step(length) == step


@pytest.mark.parametrize(
    ("corners", "steps", "sentence"),
    [
        (np.empty((0, 2)), 5, "two different corners"),
        (np.array([[1.0, 1.0], [1.0, 1.0]]), 5, "two different corners"),
        (np.array([[1.0, np.nan], [1.0, 1.0]]), 5, "not a number"),
        (np.array([[0.0, 0.0], [1.0, 1.0]]), 1, "2 points at least"),
    ],
)
def test_what_is_no_path_is_refused_in_a_sentence(corners: np.ndarray, steps: int, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        PlanePath.through(corners, steps)
