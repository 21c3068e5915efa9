"""Reports come a few times a second, and never take more than their share of the time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.autoencoder.pace import INTERVAL, SHARE, Pace


@given(st.lists(st.floats(1e-4, 3.0), min_size=2, max_size=30), st.floats(1e-3, 0.5))
def test_reports_take_at_most_their_share_however_long_one_takes(costs: list[float], step: float) -> None:
    pace, now, spent = Pace(), 0.0, 0.0
    for cost in costs:
        before = now
        while not pace.is_due(now):
            now += step
        assert now - before >= INTERVAL * 0.999
        pace.told(now, now + cost)
        now, spent = now + cost, spent + cost
    while not pace.is_due(now):
        now += step
    assert spent <= SHARE * now * 1.001


def test_quick_reports_come_five_times_a_second() -> None:
    pace, now, reports = Pace(7.0), 7.0, 0
    while now < 17.0:
        now += 0.001
        if pace.is_due(now):
            pace.told(now, now + 0.001)
            reports += 1
    assert reports == pytest.approx(50, abs=2)
