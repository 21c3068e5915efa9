import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.statistics import summarise
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BANDS
from stellar_gui.gui.theme import DARK, LIGHT, ThemeChoice, theme
from stellar_gui.gui.views.sed_plot import SedPlot

ORIGINAL = np.array([19.2, 18.7, 18.75, 18.95, 19.15], dtype=np.float32)
RECONSTRUCTION = np.array([19.4, 18.9, 19.0, 19.05, 19.1], dtype=np.float32)
DETECTED = np.zeros(5, dtype=bool)


@pytest.fixture
def sed(qtbot: QtBot) -> SedPlot:
    theme.choose(ThemeChoice.LIGHT)
    plot = SedPlot()
    qtbot.addWidget(plot)
    plot.resize(320, 230)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def scatters(sed: SedPlot, symbol: str) -> list[tuple[float, float]]:
    """(wavelength, magnitude) of the marks of one shape."""
    items = [item for item in sed.plot.plotItem.items if isinstance(item, pg.ScatterPlotItem)]
    return [pair for item in items if item.opts["symbol"] == symbol for pair in zip(*item.getData(), strict=True)]


def lines(sed: SedPlot) -> list[pg.PlotDataItem]:
    return [item for item in sed.plot.plotItem.items if isinstance(item, pg.PlotDataItem)]


def words(sed: SedPlot) -> list[str]:
    return [entry.text for entry in sed.legend.entries()]


def pixel_of(sed: SedPlot, wavelength: float, magnitude: float) -> QPoint:
    scene = sed.plot.getViewBox().mapViewToScene(QPointF(wavelength, magnitude))
    return sed.plot.mapTo(sed, sed.plot.mapFromScene(scene))


def test_star_shows_both_magnitudes_at_the_bands_wavelengths(sed: SedPlot) -> None:
    sed.set_star(ORIGINAL, RECONSTRUCTION, DETECTED)
    wavelengths = [band.wavelength for band in BANDS]
    np.testing.assert_allclose(scatters(sed, "o"), list(zip(wavelengths, ORIGINAL, strict=True)))
    x, y = lines(sed)[0].getData()
    np.testing.assert_allclose(x, wavelengths)
    np.testing.assert_allclose(y, RECONSTRUCTION)
    assert words(sed) == ["original", "reconstructed"]
    image = sed.grab().toImage()
    ratio = image.devicePixelRatio()
    assert image.pixelColor(pixel_of(sed, 354.3, 19.2) * ratio) == QColor(LIGHT.ink)


def test_bright_is_up_and_all_marks_are_inside_with_half_a_magnitude_at_least(sed: SedPlot) -> None:
    sed.set_star(np.full(5, 18.0, np.float32), None, DETECTED)
    assert pixel_of(sed, 500, 17.9).y() < pixel_of(sed, 500, 18.1).y()
    low, high = sed.plot.getViewBox().viewRange()[1]
    assert low < 17.8 < 18.2 < high
    assert 0.5 <= high - low < 1
    assert lines(sed) == []
    assert words(sed) == ["original"]


def test_bands_without_a_detection_are_open_triangles(sed: SedPlot) -> None:
    missed = np.array([True, False, False, False, True])
    sed.set_star(ORIGINAL, RECONSTRUCTION, missed)
    assert [round(x, 1) for x, _ in scatters(sed, "t")] == [354.3, 913.4]
    assert [round(x, 1) for x, _ in scatters(sed, "o")] == [477.0, 623.1, 762.5]
    assert words(sed) == ["original", "reconstructed", "not detected"]


def test_star_with_gaps_and_a_star_of_nothing_draw_what_there_is(sed: SedPlot) -> None:
    original = ORIGINAL.copy()
    original[2] = np.nan
    sed.set_star(original, np.full(5, np.nan, np.float32), DETECTED)
    assert len(scatters(sed, "o")) == 4
    sed.set_star(np.full(5, np.nan, np.float32), None, DETECTED)
    assert scatters(sed, "o") == []
    sed.grab()


def test_selection_shows_medians_and_their_spread(sed: SedPlot) -> None:
    random = np.random.default_rng(0)
    magnitudes = (ORIGINAL + random.normal(0, 0.5, (400, 5))).astype(np.float32)
    reconstruction = magnitudes - np.float32(0.1)
    embedding = Embedding(np.zeros((400, 2), np.float32), reconstruction, magnitudes - reconstruction)
    summary = summarise(magnitudes, embedding, np.arange(400))
    sed.set_selection(summary)
    np.testing.assert_allclose([y for _, y in scatters(sed, "o")], summary.original_median)
    np.testing.assert_allclose(lines(sed)[0].getData()[1], summary.reconstructed_median)
    low, high = sed.plot.getViewBox().viewRange()[1]
    assert low < summary.original_p16.min() < summary.original_p84.max() < high
    assert words(sed) == ["original", "reconstructed", "median, 16–84 %"]
    sed.set_selection(summarise(magnitudes, embedding, np.empty(0, dtype=np.int64)))
    assert scatters(sed, "o") == []


def test_clear_leaves_no_marks_and_no_numbers(sed: SedPlot) -> None:
    sed.set_star(ORIGINAL, RECONSTRUCTION, DETECTED)
    sed.clear()
    assert sed.plot.plotItem.items == []
    assert words(sed) == []
    assert not sed.plot.getAxis("left").style["showValues"]


def test_axes_name_quantity_and_unit_without_prefixes(sed: SedPlot) -> None:
    for side, title in (("left", "magnitude (mag)"), ("bottom", "wavelength (nm)")):
        axis = sed.plot.getAxis(side)
        assert axis.label.toPlainText().strip() == title
        assert axis.tickStrings([-1000.0, 2000.0], 1.0, 1000.0) == ["−1000", "2000"]


def test_mouse_and_wheel_leave_the_axes_alone(qtbot: QtBot, sed: SedPlot) -> None:
    sed.set_star(ORIGINAL, RECONSTRUCTION, DETECTED)
    before = sed.plot.getViewBox().viewRange()
    place = sed.rect().center()
    qtbot.mousePress(sed, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(sed, place + QPoint(40, 20))
    qtbot.mouseRelease(sed, Qt.MouseButton.LeftButton, pos=place + QPoint(40, 20))
    wheel = QWheelEvent(
        QPointF(place),
        QPointF(sed.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(sed, wheel)
    assert not wheel.isAccepted()
    assert sed.childAt(place) is None  # Qt, too, gives a wheel over the plot to the chart, which passes it on
    assert sed.plot.getViewBox().viewRange() == before


def test_legend_stands_above_the_plot_in_as_many_rows_as_it_needs(qtbot: QtBot, sed: SedPlot) -> None:
    sed.set_star(ORIGINAL, RECONSTRUCTION, np.array([True, False, False, False, False]))
    sed.resize(600, 230)
    one_row = sed.legend.heightForWidth(600)
    assert one_row == sed.legend.heightForWidth(10_000)
    sed.resize(200, 230)
    qtbot.waitUntil(lambda: sed.legend.height() == sed.legend.heightForWidth(200) >= 2 * one_row)
    assert sed.legend.geometry().bottom() < sed.plot.geometry().top()


def test_theme_change_repaints(sed: SedPlot) -> None:
    sed.set_star(ORIGINAL, RECONSTRUCTION, DETECTED)
    theme.choose(ThemeChoice.DARK)
    image = sed.grab().toImage()
    ratio = image.devicePixelRatio()
    assert image.pixelColor(pixel_of(sed, 354.3, 19.2) * ratio) == QColor(DARK.ink)
    theme.choose(ThemeChoice.LIGHT)
