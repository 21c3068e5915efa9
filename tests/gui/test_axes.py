import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.gui.views.axes import ticks


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (-3.2, 1.1, ("−3", "−2", "−1", "0", "1")),
        (0.0, 0.5, ("0.0", "0.1", "0.2", "0.3", "0.4", "0.5")),
        (14, 24, ("14", "16", "18", "20", "22", "24")),
        (0, 250_000, ("0", "50000", "100000", "150000", "200000", "250000")),
        (1e7, 3e7, ("1.0·10⁷", "1.5·10⁷", "2.0·10⁷", "2.5·10⁷", "3.0·10⁷")),
    ],
)
def test_labels_are_plain_round_numbers(low: float, high: float, labels: tuple[str, ...]) -> None:
    assert ticks(low, high, 5).labels == labels


@given(st.floats(-1e6, 1e6), st.floats(-6, 12), st.integers(2, 12))
def test_ticks_lie_within_and_labels_differ(low: float, exponent: float, most: int) -> None:
    high = low + max(10**exponent, 1e-6 * abs(low))
    made = ticks(low, high, most)
    slack = 1e-6 * (high - low)
    assert 1 <= len(made.major) <= most + 1
    assert all(low - slack <= value <= high + slack for value in made.major + made.minor)
    assert len(set(made.labels)) == len(made.labels)
    assert all(math.isfinite(value) for value in made.major)


def test_a_range_between_two_large_steps_takes_smaller_ones() -> None:
    assert ticks(0.05, 0.47, 2).labels == ("0.2", "0.4")
