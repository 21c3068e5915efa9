import numpy as np
import pytest

from stellar_gui.autoencoder.schedule import one_cycle


def test_one_cycle_rises_to_its_peak_and_falls_to_almost_nothing() -> None:
    rates = np.array([one_cycle(fraction, 0.01) for fraction in np.linspace(0, 1, 1001)])
    peak = int(rates.argmax())
    assert rates[peak] == pytest.approx(0.01)
    assert peak == 100
    assert (np.diff(rates[: peak + 1]) > 0).all() and (np.diff(rates[peak:]) < 0).all()
    assert rates[0] == pytest.approx(0.01 / 25)
    assert rates[-1] == pytest.approx(1e-5)


def test_beyond_the_end_the_rate_stays() -> None:
    assert one_cycle(1.2, 0.01) == one_cycle(1.0, 0.01)
