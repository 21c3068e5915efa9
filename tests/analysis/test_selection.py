import itertools

import numpy as np
import pytest

from stellar_gui.analysis.selection import Mode, combine

TRUTH = {
    Mode.REPLACE: [False, True, False, True],
    Mode.ADD: [False, True, True, True],
    Mode.REMOVE: [False, False, True, False],
    Mode.INTERSECT: [False, False, False, True],
}


@pytest.mark.parametrize("mode", Mode)
def test_each_mode_has_its_truth_table(mode: Mode) -> None:
    current, hit = np.array(list(itertools.product([False, True], repeat=2))).T
    result = combine(current, hit, mode)
    assert result.tolist() == TRUTH[mode]


@pytest.mark.parametrize("mode", Mode)
def test_the_result_is_new_and_read_only(mode: Mode) -> None:
    current, hit = np.array([True, False]), np.array([True, True])
    result = combine(current, hit, mode)
    assert not np.shares_memory(result, current)
    assert not np.shares_memory(result, hit)
    assert not result.flags.writeable
