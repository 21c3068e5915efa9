import numpy as np
import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from stellar_gui.gui.theme import DARK, LIGHT, ThemeChoice, theme
from stellar_gui.gui.views.loss_chart import LossChart, loss_curves
from stellar_gui.gui.views.scale_axis import log_ticks, plain_number
from tests.gui.histories import history, old_history

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


def fills(chart: LossChart) -> list[pg.FillBetweenItem]:
    return [item for item in chart.plot.plotItem.items if isinstance(item, pg.FillBetweenItem)]


def spread(chart: LossChart) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    (fill,) = fills(chart)
    low, high = (curve.getData()[1] for curve in fill.curves)
    return low, high


def title(chart: LossChart) -> str:
    return str(chart.plot.getAxis("left").label.toPlainText()).strip()


def words(chart: LossChart) -> list[str]:
    return [entry.text for entry in chart.legend.entries()]


def shown(chart: LossChart, loss: float) -> bool:
    low, high = chart.plot.getViewBox().viewRange()[1]
    return low < np.log10(loss) < high


def test_rms_in_magnitudes_of_both_parts_the_spread_of_batches_and_the_best_epoch_are_drawn(chart: LossChart) -> None:
    chart.set_history(history(TRAINING, VALIDATION, 38), "mag^2")
    for curve, losses in zip(curves(chart), (TRAINING, VALIDATION), strict=True):
        x, y = curve.getData()
        np.testing.assert_array_equal(x, EPOCHS)
        np.testing.assert_allclose(10**y, np.sqrt(losses))
    low, high = spread(chart)
    np.testing.assert_allclose(10**low, np.sqrt(0.8 * TRAINING))
    np.testing.assert_allclose(10**high, np.sqrt(1.2 * TRAINING))
    assert rings(chart) == [(38, pytest.approx(np.log10(VALIDATION[37]) / 2))]
    assert words(chart) == ["training", "validation", "best: epoch 38"]
    assert title(chart) == "rms (mag)"
    assert shown(chart, np.sqrt(TRAINING.min()))
    assert shown(chart, np.sqrt(1.2 * TRAINING.max()))


def test_the_menu_turns_to_the_loss_as_trained_and_back(chart: LossChart) -> None:
    chart.set_history(history(TRAINING, VALIDATION, 38), "mag^2")
    chart.findChild(QAction, "actionLossAsTrained").trigger()
    np.testing.assert_allclose(10 ** curves(chart)[0].getData()[1], TRAINING)
    assert title(chart) == "loss (mag²)"
    chart.findChild(QAction, "actionLossInMagnitudes").trigger()
    np.testing.assert_allclose(10 ** curves(chart)[0].getData()[1], np.sqrt(TRAINING))


def test_a_loss_without_a_unit_has_magnitudes_for_the_validation_stars_only(chart: LossChart) -> None:
    chart.set_history(history(TRAINING, VALIDATION, 38, mse=np.full(40, 0.04)), "")
    (curve,) = curves(chart)
    np.testing.assert_allclose(10 ** curve.getData()[1], 0.2)
    assert words(chart) == ["validation", "best: epoch 38", "training: see the loss"]
    chart.findChild(QAction, "actionLossAsTrained").trigger()
    assert title(chart) == "loss (no unit)"
    assert words(chart) == ["training", "validation", "best: epoch 38"]


def test_a_loss_in_magnitudes_that_is_not_their_mean_square_is_not_drawn_as_one() -> None:
    robust = history(TRAINING, VALIDATION, mse=2 * VALIDATION)
    assert np.isnan(loss_curves(robust, "mag^2", True).training).all()
    np.testing.assert_array_equal(loss_curves(robust, "mag^2", False).training, TRAINING)


def test_both_axes_can_be_linear_or_logarithmic(chart: LossChart) -> None:
    chart.set_history(history(TRAINING, VALIDATION, 38), "mag^2")
    chart.findChild(QAction, "actionLossLogarithmic").trigger()
    chart.findChild(QAction, "actionEpochsLogarithmic").trigger()
    x, y = curves(chart)[0].getData()
    np.testing.assert_allclose(x, np.log10(EPOCHS))
    np.testing.assert_allclose(y, np.sqrt(TRAINING))
    (left, right), (low, high) = chart.plot.getViewBox().viewRange()
    assert left < 0 < np.log10(40) < right
    assert low <= 0 < y.max() < high
    ticks = chart.plot.getAxis("bottom").tickValues(left, right, 250)
    assert all(round(10**place, 9) in EPOCHS for _, places in ticks for place in places)
    chart.grab()


def test_what_an_old_model_does_not_tell_is_left_out(chart: LossChart) -> None:
    chart.set_history(old_history(TRAINING, VALIDATION, 38), "mag^2")
    assert len(curves(chart)) == 2
    assert fills(chart) == []
    assert words(chart) == ["training", "validation", "best: epoch 38"]


def test_a_run_that_goes_on_is_drawn_at_most_twice_a_second(chart: LossChart, qtbot: QtBot) -> None:
    chart.follow(history(TRAINING[:1], VALIDATION[:1]), "mag^2")
    for epochs in range(2, 41):
        chart.follow(history(TRAINING[:epochs], VALIDATION[:epochs]), "mag^2")
    assert len(curves(chart)[0].getData()[0]) == 1
    qtbot.waitUntil(lambda: len(curves(chart)[0].getData()[0]) == 40, timeout=2000)


def test_a_hidden_chart_is_drawn_once_it_is_shown(chart: LossChart, qtbot: QtBot) -> None:
    chart.hide()
    chart.follow(history(TRAINING, VALIDATION), "mag^2")
    assert curves(chart) == []
    chart.show()
    qtbot.waitUntil(lambda: len(curves(chart)) == 2)


def test_neither_curve_wears_the_selections_colour(chart: LossChart) -> None:
    chart.set_history(history(TRAINING, VALIDATION, 38), "mag^2")
    colours = [curve.opts["pen"].color().name() for curve in curves(chart)]
    assert colours == [LIGHT.primary, LIGHT.ink]
    theme.choose(ThemeChoice.DARK)
    assert [curve.opts["pen"].color().name() for curve in curves(chart)] == [DARK.primary, DARK.ink]
    theme.choose(ThemeChoice.LIGHT)


def test_single_epoch_is_a_visible_dot(chart: LossChart) -> None:
    chart.set_history(history([0.04], [0.0625]), "mag^2")
    assert [curve.opts["symbol"] for curve in curves(chart)] == ["o", "o"]
    assert shown(chart, 0.2)
    assert shown(chart, 0.25)
    assert words(chart) == ["training", "validation"]
    assert chart.plot.getAxis("bottom").tickValues(0.5, 1.5, 250)[0][1] == [1.0]


def test_constant_losses_and_losses_over_decades_are_inside(chart: LossChart) -> None:
    chart.findChild(QAction, "actionLossAsTrained").trigger()
    chart.set_history(history(np.full(40, 0.1), np.full(40, 0.1), 1), "mag^2")
    assert shown(chart, 0.1)
    low, high = chart.plot.getViewBox().viewRange()[1]
    assert high - low >= 0.1
    chart.set_history(history(10.0 ** (3 - EPOCHS / 5.0), 10.0 ** (3 - EPOCHS / 6.0), 40), "mag^2")
    assert shown(chart, 1e-5)
    assert shown(chart, 600)
    chart.grab()


def test_losses_that_have_no_logarithm_leave_gaps(chart: LossChart) -> None:
    chart.findChild(QAction, "actionLossAsTrained").trigger()
    chart.set_history(history([0.2, np.nan, 0.0, 0.1], [np.inf, 0.3, -1.0, 0.2], 1), "mag^2")
    (_, training), (_, validation) = (curve.getData() for curve in curves(chart))
    np.testing.assert_array_equal(np.isfinite(training), [True, False, False, True])
    np.testing.assert_array_equal(np.isfinite(validation), [False, True, False, True])
    assert rings(chart) == []
    chart.set_history(history([np.nan], [np.nan], 1), "mag^2")
    assert curves(chart) == []
    chart.grab()


def test_clear_leaves_no_curve_and_no_numbers(chart: LossChart) -> None:
    chart.set_history(history(TRAINING, VALIDATION, 38), "mag^2")
    chart.clear()
    assert chart.plot.plotItem.items == []
    assert words(chart) == []
    assert not chart.plot.getAxis("left").style["showValues"]


def test_axis_has_plain_numbers(chart: LossChart) -> None:
    axis = chart.plot.getAxis("left")
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
