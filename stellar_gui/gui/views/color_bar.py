"""The colour bar above a map: how many stars, or which number, each shade stands for."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QLinearGradient, QPainter, QPen, QPolygonF

from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.axes import axis_font, ticks
from stellar_gui.gui.views.color_ramp import STEPS, packed
from stellar_gui.gui.views.density_layer import StarImage
from stellar_gui.gui.views.hue_image import ValueKey
from stellar_gui.numbers import count

_LENGTH, _THICKNESS = 150.0, 8.0
_SHORTEST = 80.0
_BETWEEN_LABELS = 10.0
_BEYOND_PLOT = 12.0
_STOPS = 65
_POINT = 7.0
_LONGEST_TITLE = 260.0


def paint_color_bar(painter: QPainter, plot: QRectF, stars: StarImage, colors: Colors, font: QFont) -> None:
    """Draw the bar, its ticks and its unit right-aligned above the plot; nothing for a plot too narrow for it."""
    painter.save()
    painter.setFont(axis_font(font))
    metrics = painter.fontMetrics()
    line = metrics.height()
    unit = metrics.horizontalAdvance(stars.unit)
    length = min(plot.width() - 8 - 8 - unit, _LENGTH)
    if length < _SHORTEST:
        painter.restore()
        return
    bar = QRectF(plot.right() - length - 8, plot.top() - 2 * line - 1, length, _THICKNESS)
    first = int(stars.scale.least * (STEPS - 1))
    painter.fillRect(bar, _gradient(bar, stars.palette[first:]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(colors.border), 1))
    painter.drawRect(bar)
    painter.setPen(QColor(colors.muted))
    text = QRectF(bar.left() - 8 - unit - 4, bar.center().y() - line / 2, unit + 4, line)
    painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, stars.unit)
    taken: list[tuple[float, float]] = []
    labels = _labels(stars)
    shades = stars.scale.shade(np.array([value for value, _ in labels])).tolist()
    for (_, label), shade in zip(labels, shades, strict=True):
        x = bar.left() + (shade - stars.scale.least) / (1 - stars.scale.least) * bar.width()
        half = metrics.horizontalAdvance(label) / 2
        middle = min(x, plot.right() + _BEYOND_PLOT - half)
        span = (middle - half - _BETWEEN_LABELS, middle + half + _BETWEEN_LABELS)
        if any(span[0] < high and low < span[1] for low, high in taken):
            continue
        taken.append((middle - half, middle + half))
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
        where = QRectF(middle - half - 2, bar.bottom() + 3, 2 * half + 4, line)
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, label)
    painter.restore()


class ColorBar:
    """Draws the bar of densities on the screen, from an image that is kept while it stays the same."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._palette: NDArray[np.uint32] | None = None
        self._image = QImage()

    def paint(
        self, painter: QPainter, plot: QRectF, stars: StarImage, colors: Colors, font: QFont, ratio: float
    ) -> None:
        """As `paint_color_bar`, sharp at ratio device pixels for each logical one."""
        area = QRectF(0, 0, math.ceil(plot.right() + _BEYOND_PLOT + 2), math.ceil(plot.top()))
        scale = stars.scale
        shades = scale.top, scale.least, scale.stretch if scale.ranks is None else scale
        key = (plot.getRect(), *shades, stars.most > scale.top, stars.unit, colors, font.toString(), ratio)
        if key != self._key or stars.palette is not self._palette:
            self._key, self._palette = key, stars.palette
            size = QSizeF(area.width() * ratio, area.height() * ratio).toSize()
            self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            self._image.setDevicePixelRatio(ratio)
            self._image.fill(Qt.GlobalColor.transparent)
            with QPainter(self._image) as into:
                paint_color_bar(into, plot, stars, colors, font)
        painter.drawImage(area.topLeft(), self._image)


def paint_value_bar(painter: QPainter, plot: QRectF, key: ValueKey, colors: Colors, font: QFont) -> None:
    """Draw the bar of numbers right-aligned above the plot, pointed where numbers lie beyond it.

    Nothing for a plot too narrow for the bar; a title without room is shortened.
    """
    painter.save()
    painter.setFont(axis_font(font))
    metrics = painter.fontMetrics()
    line = metrics.height()
    title = f"{key.title} ({key.unit})" if key.unit else key.title
    around = 2 * _POINT + 12
    length = min(max(plot.width() - around - metrics.horizontalAdvance(title) - 1, _SHORTEST), _LENGTH)
    bar = QRectF(plot.right() - length - _POINT - 4, plot.top() - 2 * line - 1, length, _THICKNESS)
    room = bar.left() - _POINT - 8 - plot.left()
    if room < 0:
        painter.restore()
        return
    shades = key.shades[::-1] if key.is_reversed else key.shades
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(bar, _gradient(bar, packed(shades)))
    first, last = key.beyond[::-1] if key.is_reversed else key.beyond
    painter.setPen(Qt.PenStyle.NoPen)
    for pointed, end, away, shade in ((first, bar.left(), -_POINT, shades[0]), (last, bar.right(), _POINT, shades[-1])):
        if pointed:
            painter.setBrush(QColor.fromRgbF(*shade.tolist()))
            corners = [(end, bar.top()), (end + away, bar.center().y()), (end, bar.bottom())]
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    painter.setPen(QColor(colors.muted))
    title = metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(min(room, _LONGEST_TITLE)))
    text = QRectF(plot.left(), bar.center().y() - line / 2, room, line)
    painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, title)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    low, high = key.limits
    marks = ticks(low, high, 6)
    end = -math.inf
    places = [(value - low) / (high - low) for value in marks.major]
    if key.is_reversed:
        places = [1 - place for place in places]
    for place, label in sorted(zip(places, marks.labels, strict=True)):
        x, half = bar.left() + place * bar.width(), metrics.horizontalAdvance(label) / 2
        if x - half < end + _BETWEEN_LABELS:
            continue
        end = x + half
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
        where = QRectF(x - half - 2, bar.bottom() + 3, 2 * half + 4, line)
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, label)
    painter.restore()


def _gradient(bar: QRectF, shades: NDArray[np.uint32]) -> QLinearGradient:
    """The (m,) shades from left to right, a vector in figures."""
    places = np.linspace(0, 1, _STOPS)
    colors = shades[np.rint(places * (len(shades) - 1)).astype(np.intp)]
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    gradient.setStops([(place, QColor.fromRgb(color)) for place, color in zip(places, colors.tolist(), strict=True)])
    return gradient


def _labels(stars: StarImage) -> list[tuple[float, str]]:
    """Values to be labelled, the most important first: the ends, then powers of ten, then halves and fifths of them."""
    top = stars.scale.top
    above = "\N{GREATER-THAN OR EQUAL TO} " if stars.most > top * 1.001 else ""
    values = [(1.0, "1"), (top, above + count(round(top)))]
    powers = range(1, math.ceil(math.log10(max(top, 1.0))))
    values += [(10.0**k, count(10**k)) for k in powers]
    values += [(factor * 10.0**k, count(factor * 10**k)) for factor in (3, 2, 5) for k in range(len(powers) + 1)]
    return [(value, label) for value, label in values if value <= top]
