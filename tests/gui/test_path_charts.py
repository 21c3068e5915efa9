"""The charts over the length of a path."""

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.views.chart_style import Mark
from stellar_gui.gui.views.path_charts import COLUMNS, PathChart, PathColours, PathStrip

LENGTH = np.linspace(0, 4, 41)
EXTRAPOLATED = LENGTH > 3
COLOURS = np.column_stack([np.sin(LENGTH), np.cos(LENGTH), 0.1 * LENGTH, np.where(EXTRAPOLATED, 90.0, 0.5)])
MAGNITUDES = np.column_stack([np.full(41, band) for band in (20.0, 19, 18, 17.5, 17)])


def shown(qtbot: QtBot, chart: PathChart, values: np.ndarray) -> PathChart:
    theme.choose(ThemeChoice.LIGHT)
    qtbot.addWidget(chart)
    chart.resize(340, 230)
    chart.set_path(LENGTH, values, EXTRAPOLATED)
    chart.show()
    qtbot.waitExposed(chart)
    return chart


@pytest.fixture
def colours(qtbot: QtBot) -> PathChart:
    return shown(qtbot, PathColours(), COLOURS)


def curves(chart: PathChart, dashed: bool) -> list[pg.PlotCurveItem]:
    items = [item for item in chart.plot.plotItem.items if isinstance(item, pg.PlotCurveItem)]
    return [item for item in items if (item.opts["pen"].style() is Qt.PenStyle.CustomDashLine) is dashed]


def test_each_colour_is_a_curve_that_is_dashed_where_it_is_extrapolated(colours: PathChart) -> None:
    assert [entry.text for entry in colours.legend.entries()] == ["u−g", "g−r", "r−i", "i−z"]
    assert len(curves(colours, False)) == len(curves(colours, True)) == 4
    for known, beyond in zip(curves(colours, False), curves(colours, True), strict=True):
        assert known.getData()[0][-1] == beyond.getData()[0][0] == 3.0


def test_extrapolated_values_do_not_squeeze_the_others(colours: PathChart) -> None:
    low, high = colours.plot.getViewBox().viewRange()[1]
    assert low < -1 and 1 < high < 4


def test_the_strip_has_one_sed_a_column_with_bright_magnitudes_up(qtbot: QtBot) -> None:
    strip = shown(qtbot, PathStrip(), MAGNITUDES)
    assert len(curves(strip, False)) == 5 and len(curves(strip, True)) == COLUMNS - 5
    first, second = (curve.getData()[0] for curve in curves(strip, False)[:2])
    assert first.max() < second.min()
    assert strip.plot.getViewBox().yInverted()
    assert Mark.DASHES in {entry.mark for entry in strip.legend.entries()}


def test_the_pointer_and_the_arrow_keys_go_along_the_path(qtbot: QtBot, colours: PathChart) -> None:
    pointed, steps = [], []
    colours.lengthPointed.connect(pointed.append)
    colours.stepped.connect(steps.append)
    place = colours.plot.geometry().center()
    place.setX(colours.pixel_of(1.5))
    qtbot.mouseMove(colours, QPoint(1, 1))
    qtbot.mouseMove(colours, place)
    qtbot.waitUntil(lambda: bool(pointed))
    assert pointed[-1] == pytest.approx(1.5, abs=0.02)
    qtbot.keyClick(colours, Qt.Key.Key_Left)
    qtbot.keyClick(colours, Qt.Key.Key_Right)
    assert steps == [-1, 1]


@pytest.mark.parametrize("choice", [ThemeChoice.DARK, ThemeChoice.LIGHT])
def test_the_marker_stands_at_its_length_in_both_themes(colours: PathChart, choice: ThemeChoice) -> None:
    theme.choose(choice)
    colours.set_marker(2.0)
    image = colours.grab().toImage()
    place = colours.plot.geometry().center().y()
    shades = [image.pixelColor(colours.pixel_of(2.0) + beside, place).name() for beside in (-1, 0, 1)]
    assert theme.colors.primary in shades
    theme.choose(ThemeChoice.LIGHT)


def test_without_a_path_the_chart_is_empty(qtbot: QtBot) -> None:
    chart = PathColours()
    qtbot.addWidget(chart)
    chart.grab()
    assert chart.legend.entries() == () and curves(chart, False) == []
