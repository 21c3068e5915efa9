import time

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.corner import corner_histograms
from stellar_gui.gui.theme import DARK, LIGHT, ThemeChoice, theme
from stellar_gui.gui.views.corner_plot import CornerPlot


@pytest.fixture
def magnitudes() -> NDArray[np.float32]:
    random = np.random.default_rng(2)
    common = random.normal(19, 1.2, (3000, 1))
    return (common + random.normal(0, 0.15, (3000, 5))).astype(np.float32)


@pytest.fixture
def plot(qtbot: QtBot) -> CornerPlot:
    theme.choose(ThemeChoice.LIGHT)
    widget = CornerPlot()
    qtbot.addWidget(widget)
    widget.resize(400, 400)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def picture_of(plot: CornerPlot, row: int, column: int) -> QImage:
    """One frame's inside, without its border."""
    return plot.grab(plot.cell_frame(row, column).toRect().adjusted(2, 2, -2, -2)).toImage()


def drawn(image: QImage) -> NDArray[np.bool_]:
    """(height, width): where a picture differs from its most common colour, the background."""
    pixels = np.array([[image.pixel(x, y) for x in range(image.width())] for y in range(image.height())])
    values, counts = np.unique(pixels, return_counts=True)
    return pixels != values[counts.argmax()]


def has_colour(image: QImage, colour: str) -> bool:
    wanted = QColor(colour).rgb()
    return any(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_bright_stars_are_at_the_left_and_at_the_top(plot: CornerPlot, magnitudes: NDArray[np.float32]) -> None:
    plot.set_data(corner_histograms(magnitudes))
    y, x = np.nonzero(drawn(picture_of(plot, 3, 0)))
    assert np.corrcoef(x, y)[0, 1] > 0.8  # pixels count downward, as magnitudes do


def test_without_data_only_frames_are_drawn(plot: CornerPlot, magnitudes: NDArray[np.float32]) -> None:
    plot.set_data(corner_histograms(magnitudes))
    assert drawn(picture_of(plot, 2, 2)).any()
    plot.set_data(None)
    assert not drawn(picture_of(plot, 2, 2)).any()
    assert not drawn(picture_of(plot, 4, 1)).any()
    whole = plot.grab().toImage()
    corner = plot.cell_frame(4, 1).topLeft().toPoint()
    assert whole.pixelColor(corner + QPoint(10, 0)) == QColor(LIGHT.border)


def test_selection_wears_the_accent_and_leaves_with_none(plot: CornerPlot, magnitudes: NDArray[np.float32]) -> None:
    data = corner_histograms(magnitudes)
    plot.set_data(data)
    assert not has_colour(picture_of(plot, 1, 0), LIGHT.accent)
    plot.set_selection(corner_histograms(magnitudes[magnitudes[:, 0] < 18], data.limits))
    assert has_colour(picture_of(plot, 1, 0), LIGHT.accent)
    assert has_colour(picture_of(plot, 2, 2), LIGHT.accent)
    plot.set_selection(None)
    assert not has_colour(picture_of(plot, 1, 0), LIGHT.accent)


def test_selection_within_other_limits_is_refused(plot: CornerPlot, magnitudes: NDArray[np.float32]) -> None:
    data = corner_histograms(magnitudes)
    other = corner_histograms(magnitudes, data.limits + 1)
    with pytest.raises(ValueError, match="limits"):
        plot.set_selection(other)
    plot.set_data(data)
    with pytest.raises(ValueError, match="limits"):
        plot.set_selection(other)


def test_theme_change_repaints(plot: CornerPlot, magnitudes: NDArray[np.float32]) -> None:
    plot.set_data(corner_histograms(magnitudes))
    assert has_colour(picture_of(plot, 4, 3), LIGHT.density[0])
    theme.choose(ThemeChoice.DARK)
    assert has_colour(picture_of(plot, 4, 3), DARK.density[0])
    theme.choose(ThemeChoice.LIGHT)


def test_tooltip_names_the_bands_and_counts_the_stars(
    qtbot: QtBot, plot: CornerPlot, magnitudes: NDArray[np.float32]
) -> None:
    magnitudes[:4, 0] = 45.0
    data = corner_histograms(magnitudes, np.array([[14.0, 24.0]] * 5))
    plot.set_data(data)
    assert plot.describe(2, 2).startswith("r, 3,000 stars")
    place = plot.cell_frame(1, 0).center().toPoint()
    QApplication.sendEvent(plot, QHelpEvent(QEvent.Type.ToolTip, place, plot.mapToGlobal(place)))
    qtbot.waitUntil(QToolTip.isVisible)
    assert QToolTip.text() == "g against u, 3,000 stars\n4 beyond the frame"
    empty = plot.cell_frame(1, 1).topRight().toPoint() + QPoint(30, 0)
    QApplication.sendEvent(plot, QHelpEvent(QEvent.Type.ToolTip, empty, plot.mapToGlobal(empty)))
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


@pytest.mark.parametrize("size", [(260, 260), (260, 300), (320, 260), (900, 900)])
def test_frames_keep_inside_the_widget_and_nearly_square(plot: CornerPlot, size: tuple[int, int]) -> None:
    plot.resize(*size)
    frames = [plot.cell_frame(row, column) for row in range(5) for column in range(row + 1)]
    for frame in frames:
        assert 0.65 < frame.width() / frame.height() < 1.55
        assert frame.width() > 30
        assert frame.left() > 20
        assert frame.right() <= size[0]
        assert frame.bottom() < size[1] - 20
    for one in frames:
        assert not any(one.intersects(other) for other in frames if other is not one)


def test_height_follows_the_width(plot: CornerPlot) -> None:
    assert plot.heightForWidth(300) == 252
    assert plot.heightForWidth(2000) == 900
    assert plot.heightForWidth(10) == plot.minimumSizeHint().height()


def test_labels_are_round_magnitudes_inside_the_range(plot: CornerPlot, magnitudes: NDArray[np.float32]) -> None:
    data = corner_histograms(magnitudes)
    plot.set_data(data)
    for width in (260, 400, 900):
        plot.resize(width, width)
        for band in range(5):
            ticks = plot.ticks(band, plot.cell_frame(4, band).width(), 20)
            labels = [float(text) for _, text in ticks if text]
            bright, faint = data.limits[band]
            assert len(labels) >= 2
            assert all(bright <= label <= faint for label in labels)
            for position, text in ticks:
                if text:
                    assert position == pytest.approx((float(text) - bright) / (faint - bright))


def test_255_000_stars_are_drawn_in_a_moment(plot: CornerPlot, magnitudes: NDArray[np.float32]) -> None:
    plot.resize(900, 900)
    data = corner_histograms(np.repeat(magnitudes, 85, axis=0))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        plot.set_data(data)
        plot.repaint()
        times.append(time.perf_counter() - start)
    assert data.stars == 255_000
    assert min(times) < 0.1
