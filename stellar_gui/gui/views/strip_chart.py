"""A strip of dots from 0 to 1 over the bands of what they are to be compared with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from stellar_gui import numbers
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import pen, shade, small_font

_DOT = 7.0
_GAP = 10
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Strip:
    """One line of a strip chart: its name, and either the values of its dots or the limits of its band; and its mean.

    All lie from 0 to 1; a mean that is NaN draws nothing.
    """

    name: str
    mean: float
    dots: tuple[float, ...] = ()
    band: tuple[float, float] | None = None

    @property
    def text(self) -> str:
        """The strip's numbers in words."""
        if not np.isfinite(self.mean):
            return f"{self.name}: none"
        if self.band is None:
            return f"{self.name}: {numbers.fixed(self.mean, 2)} ± {numbers.fixed(float(np.std(self.dots)), 2)}"
        low, high = (numbers.fixed(value, 2) for value in self.band)
        return f"{self.name}: {low} to {high}, mean {numbers.fixed(self.mean, 2)}"


class StripChart(QWidget):
    """Strips under a title, on one axis from 0 to 1; the highest end of a band is drawn through all of them."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._strips: tuple[Strip, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_strips(self, strips: Sequence[Strip]) -> None:
        """Show other strips, from the uppermost."""
        self._strips = tuple(strips)
        text = "; ".join(strip.text for strip in strips)
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(text)
        self.setToolTip(f"{self._title}\n" + "\n".join(strip.text for strip in strips))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as title, strips and axis need."""
        return QSize(280, self._line() * (2 + len(self._strips)) + 4)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for a panel."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title, names, bands, dots and axis."""
        colors, line = theme.colors, self._line()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(colors.text))
            painter.drawText(QRectF(0, 0, self.width(), line), int(Qt.AlignmentFlag.AlignVCenter), self._title)
            painter.setFont(small_font(self.font()))
            plot = self._plot(painter, line)
            self._paint_axis(painter, plot)
            for place, strip in enumerate(self._strips):
                middle = plot.top() + (place + 0.5) * line
                words = QRectF(0, middle - line / 2, plot.left() - _GAP, line)
                painter.setPen(QColor(colors.muted))
                painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), strip.name)
                if np.isfinite(strip.mean):
                    self._paint_strip(painter, plot, middle, strip)

    def _paint_strip(self, painter: QPainter, plot: QRectF, middle: float, strip: Strip) -> None:
        def x(value: float) -> float:
            return plot.left() + value * plot.width()

        color = theme.colors.primary if strip.band is None else theme.colors.muted
        if strip.band is not None:
            low, high = strip.band
            painter.fillRect(QRectF(x(low), middle - 5, max(x(high) - x(low), 2.0), 10), shade(color))
        painter.setPen(pen(color, 2.0))
        painter.drawLine(QPointF(x(strip.mean), middle - 7), QPointF(x(strip.mean), middle + 7))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade(color))
        for value in strip.dots:
            painter.setPen(pen(color, 1.2))
            painter.drawEllipse(QPointF(x(value), middle), _DOT / 2, _DOT / 2)

    def _paint_axis(self, painter: QPainter, plot: QRectF) -> None:
        colors, line = theme.colors, self._line()
        for tick in _TICKS:
            x = plot.left() + tick * plot.width()
            painter.setPen(pen(colors.border, 1.0))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom() + 3))
            painter.setPen(QColor(colors.muted))
            label = QRectF(x - 20, plot.bottom() + 3, 40, line)
            painter.drawText(label, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), f"{tick:g}")
        painter.setPen(pen(colors.border, 1.0))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())

    def _plot(self, painter: QPainter, line: int) -> QRectF:
        metrics = painter.fontMetrics()
        left = max((metrics.horizontalAdvance(strip.name) for strip in self._strips), default=0) + _GAP
        return QRectF(left, line + 2, self.width() - left - _DOT, line * len(self._strips))

    def _line(self) -> int:
        return self.fontMetrics().height() + 5
