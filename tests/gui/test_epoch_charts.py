"""The small charts of a training's course and of the residuals' trend."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from stellar_gui.autoencoder.report import ResidualTrend
from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.views.band_evolution import BandEvolution
from stellar_gui.gui.views.chart_style import Chart
from stellar_gui.gui.views.epoch_chart import EpochCurve
from stellar_gui.gui.views.trend_chart import TrendChart

EPOCHS = np.arange(1, 21)


def put(qtbot: QtBot, chart: Chart) -> None:
    theme.choose(ThemeChoice.LIGHT)
    qtbot.addWidget(chart)
    chart.resize(300, 110)
    chart.show()
    qtbot.waitExposed(chart)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_each_band_has_a_column_of_its_own(qtbot: QtBot, logarithmic: bool) -> None:
    chart = BandEvolution("rmsChart", "rms (mag)", logarithmic=logarithmic)
    put(qtbot, chart)
    values = np.outer(1.0 / EPOCHS, [0.5, 0.4, 0.3, 0.2, 0.1])
    chart.set_values(EPOCHS, values)
    np.testing.assert_allclose(chart.drawn, values)
    left, right = chart.columns()
    np.testing.assert_array_equal(np.floor(left), range(5))
    np.testing.assert_array_equal(np.floor(right), range(5))
    assert (left < right).all()
    chart.grab()


def test_the_first_epochs_do_not_dwarf_a_bias(qtbot: QtBot) -> None:
    chart = BandEvolution("biasChart", "bias (mag)", logarithmic=False)
    put(qtbot, chart)
    values = np.full((20, 5), 0.01)
    values[0] = -3.0
    chart.set_values(EPOCHS, values)
    low, high = chart.plot.getViewBox().viewRange()[1]
    assert low == pytest.approx(-high)
    assert 0.01 < high < 0.02


@pytest.mark.parametrize("epochs", [0, 1])
def test_few_epochs_and_unknown_values_are_drawn_without_a_fuss(qtbot: QtBot, epochs: int) -> None:
    chart = BandEvolution("biasChart", "bias (mag)", logarithmic=False)
    put(qtbot, chart)
    chart.set_values(EPOCHS[:3], np.full((3, 5), np.nan))
    chart.grab()
    chart.set_values(EPOCHS[:epochs], np.full((epochs, 5), 0.0))
    chart.grab()
    curve = EpochCurve("rateChart", "learning rate", logarithmic=True)
    put(qtbot, curve)
    curve.set_values(EPOCHS[:epochs], np.zeros(epochs))
    curve.grab()
    assert curve.plot.plotItem.listDataItems() == []


def test_what_has_not_changed_is_not_drawn_again(qtbot: QtBot) -> None:
    chart = EpochCurve("rateChart", "learning rate", logarithmic=False)
    put(qtbot, chart)
    chart.set_values(EPOCHS, 0.01 / EPOCHS)
    (drawn,) = chart.plot.plotItem.listDataItems()
    chart.set_values(EPOCHS, 0.01 / EPOCHS, 0.00047)
    assert chart.plot.plotItem.listDataItems() == [drawn]
    assert chart.legend.entries()[0].text == "learning rate: 4.7·10⁻⁴ now"


def test_the_trend_is_in_view_with_its_band_and_zero(qtbot: QtBot) -> None:
    chart = TrendChart()
    put(qtbot, chart)
    chart.set_trend(ResidualTrend.none(), 3)
    chart.grab()
    assert chart.plot.plotItem.items == []
    magnitude = np.tile(np.linspace(15, 22, 12), (5, 1))
    median = np.full((5, 12), 0.2)
    median[:, 4] = np.nan
    chart.set_trend(ResidualTrend(magnitude, median - 0.1, median, median + 0.1, np.full((5, 12), 20)), 3)
    (left, right), (low, high) = chart.plot.getViewBox().viewRange()
    assert left < 15 < 22 < right
    assert low < 0 < 0.3 < high
    x, _ = chart.plot.plotItem.listDataItems()[0].getData()
    assert len(x) == 11
    theme.choose(ThemeChoice.DARK)
    chart.grab()
    theme.choose(ThemeChoice.LIGHT)
