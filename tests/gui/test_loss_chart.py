import numpy as np
import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from stellar_gui.gui.theme import DARK, LIGHT, ThemeChoice, theme
from stellar_gui.gui.views.loss_chart import LossChart, log_ticks, plain_number

EPOCHS = np.arange(1, 41)
TRAINING = 0.05 + np.exp(-EPOCHS / 4.0)
VALIDATION = TRAINING * 1.1


@pytest.fixture
def chart(qtbot: QtBot) -> LossChart:
    theme.choose(ThemeChoice.LIGHT)
    made = LossChart()
    qtbot.addWidget(made)
    made.resize(320, 220)
    made.show()
    qtbot.waitExposed(made)
    return made


def curves(chart: LossChart) -> list[pg.PlotDataItem]:
    return [item for item in chart.plot.plotItem.items if isinstance(item, pg.PlotDataItem)]


def rings(chart: LossChart) -> list[tuple[float, float]]:
    items = [item for item in chart.plot.plotItem.items if isinstance(item, pg.ScatterPlotItem)]
    return [pair for item in items for pair in zip(*item.getData(), strict=True)]


def words(chart: LossChart) -> list[str]:
    return [entry.text for entry in chart.legend.entries()]


def shown(chart: LossChart, loss: float) -> bool:
    low, high = chart.plot.getViewBox().viewRange()[1]
    return low < np.log10(loss) < high


def test_both_curves_and_the_best_epoch_are_drawn(chart: LossChart) -> None:
    chart.set_history(EPOCHS, TRAINING, VALIDATION, 38)
    for curve, losses in zip(curves(chart), (TRAINING, VALIDATION), strict=True):
        x, y = curve.getData()
        np.testing.assert_array_equal(x, EPOCHS)
        np.testing.assert_allclose(10**y, losses)
    assert rings(chart) == [(38, pytest.approx(np.log10(VALIDATION[37])))]
    assert words(chart) == ["training", "validation", "best: epoch 38"]
    assert shown(chart, TRAINING.min())
    assert shown(chart, VALIDATION.max())


def test_neither_curve_wears_the_selections_colour(chart: LossChart) -> None:
    chart.set_history(EPOCHS, TRAINING, VALIDATION, 38)
    colours = [curve.opts["pen"].color().name() for curve in curves(chart)]
    assert colours == [LIGHT.primary, LIGHT.ink]
    theme.choose(ThemeChoice.DARK)
    assert [curve.opts["pen"].color().name() for curve in curves(chart)] == [DARK.primary, DARK.ink]
    theme.choose(ThemeChoice.LIGHT)


def test_single_epoch_is_a_visible_dot(chart: LossChart) -> None:
    chart.set_history([1], [0.2], [0.25], None)
    assert [curve.opts["symbol"] for curve in curves(chart)] == ["o", "o"]
    assert shown(chart, 0.2)
    assert shown(chart, 0.25)
    assert words(chart) == ["training", "validation"]
    assert chart.plot.getAxis("bottom").tickValues(0.5, 1.5, 250)[0][1] == [1.0]


def test_constant_losses_and_losses_over_decades_are_inside(chart: LossChart) -> None:
    chart.set_history(EPOCHS, np.full(40, 0.1), np.full(40, 0.1), 1)
    assert shown(chart, 0.1)
    low, high = chart.plot.getViewBox().viewRange()[1]
    assert high - low >= 0.1
    chart.set_history(EPOCHS, 10.0 ** (3 - EPOCHS / 5.0), 10.0 ** (3 - EPOCHS / 6.0), 40)
    assert shown(chart, 1e-5)
    assert shown(chart, 600)
    chart.grab()


def test_losses_that_have_no_logarithm_leave_gaps(chart: LossChart) -> None:
    chart.set_history([1, 2, 3, 4], [0.2, np.nan, 0.0, 0.1], [np.inf, 0.3, -1.0, 0.2], 1)
    (_, training), (_, validation) = (curve.getData() for curve in curves(chart))
    np.testing.assert_array_equal(np.isfinite(training), [True, False, False, True])
    np.testing.assert_array_equal(np.isfinite(validation), [False, True, False, True])
    assert rings(chart) == []
    chart.set_history([1], [np.nan], [np.nan], 1)
    assert curves(chart) == []
    chart.grab()


def test_clear_leaves_no_curve_and_no_numbers(chart: LossChart) -> None:
    chart.set_history(EPOCHS, TRAINING, VALIDATION, 38)
    chart.clear()
    assert chart.plot.plotItem.items == []
    assert words(chart) == []
    assert not chart.plot.getAxis("left").style["showValues"]


def test_axis_is_in_square_magnitudes_with_plain_numbers(chart: LossChart) -> None:
    axis = chart.plot.getAxis("left")
    assert axis.label.toPlainText().strip() == "loss (mag²)"
    assert axis.tickStrings([-1.0, np.log10(0.05), 0.0, 2.0], 1.0, None) == ["0.1", "0.05", "1", "100"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (0.085, "0.085"),
        (0.30000000000000004, "0.3"),
        (200.0, "200"),
        (0.001, "0.001"),
        (1e-5, "10⁻⁵"),
        (2e-4, "2·10⁻⁴"),
        (5e4, "5·10⁴"),
    ],
)
def test_tick_labels(value: float, text: str) -> None:
    assert plain_number(value) == text


@pytest.mark.parametrize(
    ("bottom", "top", "labels"),
    [
        (0.04, 1.5, ["0.05", "0.1", "0.2", "0.5", "1"]),
        (0.082, 0.099, ["0.085", "0.09", "0.095"]),
        (0.9e-4, 1.1e3, ["10⁻⁴", "0.001", "0.01", "0.1", "1", "10", "100", "1000"]),
    ],
)
def test_ticks_of_usual_ranges(bottom: float, top: float, labels: list[str]) -> None:
    labelled, _ = log_ticks(np.log10(bottom), np.log10(top), 150)
    assert [plain_number(value) for value in labelled] == labels


@given(st.floats(-12, 8), st.floats(0.1, 15), st.floats(60, 800))
def test_labels_never_crowd_and_never_leave_the_axis(low: float, span: float, length: float) -> None:
    high = low + span
    labelled, bare = log_ticks(low, high, length)
    places = np.log10(labelled)
    assert len(labelled) >= 1
    assert ((places >= low - 1e-9) & (places <= high + 1e-9)).all()
    assert (np.diff(places) * length / span >= 16).all()
    assert not set(labelled) & set(bare)
