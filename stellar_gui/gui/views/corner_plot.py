"""The corner plot: a histogram of each band's magnitudes and a density for each pair of bands."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from stellar_gui.analysis.corner import CornerData
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import shade, small_font
from stellar_gui.gui.views.color_ramp import STEPS, packed, ramp, rgb
from stellar_gui.gui.views.corner_cells import density_image, paint_histogram, useful_bins
from stellar_gui.numbers import MINUS, count, stars

_BANDS = len(BAND_NAMES)
_GAP = 4  # logical pixels between cells
_TICK = 3
_FLATTEST = 1.5  # largest ratio of a cell's sides
_FAINTEST_OPACITY = 0.43  # of the selection's colour, where one star is
_STEPS = tuple(digit * 10.0**power for power in range(-1, 5) for digit in (1, 2, 5))  # mag, between tick labels


@dataclass(frozen=True)
class _Cell:
    """A frame of the plot: row and column are band numbers, equal on the diagonal."""

    row: int
    column: int
    frame: QRectF


class CornerPlot(QWidget):
    """All kept stars, band against band, with the selection over them in the accent colour.

    Magnitudes grow to the right and, as on every magnitude axis of astronomy, downward: bright stars are up. A band has
    the same range wherever it appears. Densities are log-stretched counts; a histogram fills its frame, that of the
    selection too, so that shapes can be compared.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("cornerPlot")
        self.setAccessibleName("Corner plot of the magnitudes")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._data: CornerData | None = None
        self._selection: CornerData | None = None
        self._drawn: QPixmap | None = None
        theme.changed.connect(self._redraw)

    def set_data(self, data: CornerData | None) -> None:
        """Show all kept stars; None leaves the empty frames. A selection shown before is taken away."""
        self._data, self._selection = data, None
        self._redraw()

    def set_selection(self, selection: CornerData | None) -> None:
        """Show selected stars over the others, counted within the same limits; None for no selection."""
        if selection is not None and (self._data is None or not np.array_equal(selection.limits, self._data.limits)):
            raise ValueError("a selection is counted within the limits of the data that it is shown over")
        self._selection = selection
        self._redraw()

    def hasHeightForWidth(self) -> bool:
        """The plot is about as high as wide."""
        return True

    def heightForWidth(self, width: int) -> int:
        """A little lower than wide, and no higher than a screen has room for."""
        return max(min(round(0.84 * width), 900), self.minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """A panel's width."""
        return QSize(300, 300)

    def minimumSizeHint(self) -> QSize:
        """The smallest size at which the labels can be read."""
        return QSize(200, 180)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew at the new size."""
        super().resizeEvent(event)
        self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the picture, drawn when something has changed or the screen has other pixels."""
        if self._drawn is None or self._drawn.devicePixelRatio() != self.devicePixelRatioF():
            self._drawn = self._picture()
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._drawn)

    def event(self, event: QEvent) -> bool:
        """Tell in a tooltip what the frame under the pointer shows."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._cell_at(QPointF(event.pos()))
            if cell is None:
                QToolTip.hideText()
                event.ignore()
            else:
                QToolTip.showText(event.globalPos(), self.describe(cell.row, cell.column), self, cell.frame.toRect())
            return True
        return super().event(event)

    def describe(self, row: int, column: int) -> str:
        """What a frame shows, in words: 'g against u, 14,138 stars'."""
        name = BAND_NAMES[row] if row == column else f"{BAND_NAMES[row]} against {BAND_NAMES[column]}"
        if self._data is None:
            return name
        counts = self._data.histograms[row] if row == column else self._data.densities[row, column]
        outside = self._data.stars - int(counts.sum(dtype=np.float64))
        lines = [f"{name}, {stars(self._data.stars)}"]
        if outside:
            lines.append(f"{count(outside)} beyond the frame")
        if self._selection is not None:
            lines.append(f"{count(self._selection.stars)} selected")
        return "\n".join(lines)

    def cell_frame(self, row: int, column: int) -> QRectF:
        """Where a frame is drawn, in the widget's logical pixels; row and column are band numbers, row >= column."""
        return next(cell.frame for cell in self._cells() if (cell.row, cell.column) == (row, column))

    def _redraw(self) -> None:
        self._drawn = None
        self.update()

    def _cell_at(self, position: QPointF) -> _Cell | None:
        return next((cell for cell in self._cells() if cell.frame.contains(position)), None)

    def _margins(self) -> tuple[float, float]:
        """Room for ticks and names at the left and at the bottom."""
        metrics = QFontMetrics(small_font(self.font()))
        name = QFontMetrics(self._name_font())
        return metrics.horizontalAdvance("00") + name.height() + _TICK + 4, metrics.height() + name.height() + _TICK + 2

    def _name_font(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _cells(self) -> list[_Cell]:
        """The frames, their edges on device pixels."""
        ratio = self.devicePixelRatioF()
        left, bottom = self._margins()
        width = (self.width() - left - 2 - _GAP * (_BANDS - 1)) / _BANDS
        height = (self.height() - bottom - 2 - _GAP * (_BANDS - 1)) / _BANDS
        width, height = min(width, _FLATTEST * height), min(height, _FLATTEST * width)
        width, height = (max(math.floor(side * ratio), 1) / ratio for side in (width, height))
        left = math.ceil(left * ratio) / ratio
        return [
            _Cell(row, column, QRectF(left + column * (width + _GAP), 1 + row * (height + _GAP), width, height))
            for row in range(_BANDS)
            for column in range(row + 1)
        ]

    def _picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        for cell in self._cells():
            if self._data is not None:
                self._paint_counts(painter, cell, self._data)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(QColor(theme.colors.border), 0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inside = 1 / ratio
            painter.drawRect(cell.frame.adjusted(0, 0, -inside, -inside))
            if cell.row == _BANDS - 1:
                self._paint_bottom_axis(painter, cell)
            if cell.column == 0:
                self._paint_left_axis(painter, cell)
        if not self._names_have_room():
            metrics = QFontMetrics(small_font(self.font()))
            painter.setFont(small_font(self.font()))
            painter.setPen(QColor(theme.colors.muted))
            last = self._cells()[-1].frame
            painter.drawText(QPointF(2, last.bottom() + self._margins()[1] - metrics.descent() - 2), "mag")
        painter.end()
        return pixmap

    def _paint_counts(self, painter: QPainter, cell: _Cell, data: CornerData) -> None:
        if cell.row == cell.column:
            blue = theme.colors.primary
            paint_histogram(painter, cell.frame, data.histograms[cell.row], data.stars, QColor(blue), shade(blue))
            if self._selection is not None:
                chosen = self._selection
                accent = QColor(theme.colors.accent)
                paint_histogram(painter, cell.frame, chosen.histograms[cell.row], chosen.stars, accent, None)
            return
        size = (cell.frame.size() * self.devicePixelRatioF()).toSize()
        bins = useful_bins(data.stars, size.width())
        colors = packed(ramp(theme.colors.density))
        painter.drawImage(cell.frame, density_image(data.densities[cell.row, cell.column], bins, colors, size))
        if self._selection is not None:
            opacity = np.concatenate([[0.0], np.linspace(_FAINTEST_OPACITY, 1, STEPS - 1)])
            colors = packed(np.broadcast_to(rgb(theme.colors.accent), (STEPS, 3)), opacity)
            counts = self._selection.densities[cell.row, cell.column]
            painter.drawImage(cell.frame, density_image(counts, bins, colors, size))

    def _paint_bottom_axis(self, painter: QPainter, cell: _Cell) -> None:
        font, name_font = small_font(self.font()), self._name_font()
        metrics = QFontMetrics(font)
        frame, below = cell.frame, cell.frame.bottom() + _TICK
        for position, label in self.ticks(cell.column, frame.width(), metrics.horizontalAdvance("00") + 5):
            x = frame.left() + position * frame.width()
            self._paint_tick(painter, QPointF(x, frame.bottom()), QPointF(x, below))
            painter.setFont(font)
            painter.setPen(QColor(theme.colors.muted))
            width = metrics.horizontalAdvance(label)
            painter.drawText(QPointF(x - width / 2, below + metrics.ascent()), label)
        painter.setFont(name_font)
        painter.setPen(QColor(theme.colors.text))
        top = below + metrics.height()
        room = QRectF(frame.left(), top, frame.width(), QFontMetrics(name_font).height())
        name = _full_name(cell.column) if self._names_have_room() else BAND_NAMES[cell.column]
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_left_axis(self, painter: QPainter, cell: _Cell) -> None:
        font, name_font = small_font(self.font()), self._name_font()
        metrics, name_metrics = QFontMetrics(font), QFontMetrics(name_font)
        frame = cell.frame
        beside = frame.left() - _TICK
        if cell.row > 0:
            for position, label in self.ticks(cell.row, frame.height(), metrics.height()):
                y = frame.top() + position * frame.height()
                self._paint_tick(painter, QPointF(frame.left(), y), QPointF(beside, y))
                painter.setFont(font)
                painter.setPen(QColor(theme.colors.muted))
                room = QRectF(0, y - metrics.height() / 2, beside - 2, metrics.height())
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
        name = _full_name(cell.row) if self._names_have_room() else BAND_NAMES[cell.row]
        painter.setFont(name_font)
        painter.setPen(QColor(theme.colors.text))
        painter.save()
        painter.translate(name_metrics.height() / 2, frame.center().y())
        if len(name) > 1:
            painter.rotate(-90)
        room = QRectF(-frame.height() / 2, -name_metrics.height() / 2, frame.height(), name_metrics.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()

    def _paint_tick(self, painter: QPainter, start: QPointF, end: QPointF) -> None:
        painter.setPen(QPen(QColor(theme.colors.muted), 0))
        painter.drawLine(start, end)

    def _names_have_room(self) -> bool:
        """Whether every name can carry its unit; if not, the unit stands once, in the corner."""
        frame = self._cells()[0].frame
        metrics = QFontMetrics(self._name_font())
        widest = max(metrics.horizontalAdvance(_full_name(band)) for band in range(_BANDS))
        return widest + 6 <= min(frame.width(), frame.height())

    def ticks(self, band: int, length: float, label_room: float) -> list[tuple[float, str]]:
        """Positions along the axis (0 to 1) and labels, round numbers as densely as they have room.

        On a short axis, where no two round numbers would fit, a less round pair does.
        """
        if self._data is None:
            return []
        bright, faint = (float(limit) for limit in self._data.limits[band])
        scale = length / (faint - bright)
        edge = (label_room / 2 - 2.5) / scale
        choices = [step * np.arange(math.ceil((bright + edge) / step), (faint - edge) // step + 1) for step in _STEPS]
        values = next(values for step, values in zip(_STEPS, choices, strict=True) if step * scale >= label_room)
        if len(values) < 2:
            pairs = (choice[[0, -1]] for choice in reversed(choices) if len(choice) > 1)
            values = next((pair for pair in pairs if np.ptp(pair) * scale >= label_room), values)
        return [((value - bright) / (faint - bright), f"{value:g}".replace("-", MINUS)) for value in values.tolist()]


def _full_name(band: int) -> str:
    return f"{BAND_NAMES[band]} (mag)"
