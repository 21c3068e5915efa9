"""Stretches of a line whose points are alike."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.analysis.runs import runs


def test_flagged_stretches_reach_to_the_points_beside_them() -> None:
    flags = np.array([False, False, True, False, True, True])
    assert runs(flags) == [
        (slice(0, 2), False),
        (slice(1, 4), True),
        (slice(3, 4), False),
        (slice(3, 6), True),
    ]


@given(st.lists(st.booleans(), min_size=2, max_size=30))
def test_every_step_of_the_line_is_drawn_once(flags: list[bool]) -> None:
    drawn = np.zeros(len(flags) - 1, int)
    for part, flagged in runs(np.array(flags)):
        drawn[part.start : part.stop - 1] += 1
        assert flagged or not any(flags[part])
    assert (drawn == 1).all()
