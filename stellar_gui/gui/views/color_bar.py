"""The colour bar above a map: how many stars each shade stands for."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.axes import axis_font
from stellar_gui.gui.views.color_ramp import STEPS
from stellar_gui.gui.views.density_layer import StarImage, palette
from stellar_gui.gui.widgets.numbers import count

_LENGTH, _THICKNESS = 150.0, 8.0
_BETWEEN_LABELS = 10.0


def paint_color_bar(painter: QPainter, plot: QRectF, stars: StarImage, colors: Colors, font: QFont) -> None:
    """Draw the bar, its ticks and its unit right-aligned above the plot; nothing for a plot too narrow for it."""
    painter.save()
    painter.setFont(axis_font(font))
    metrics = painter.fontMetrics()
    line = metrics.height()
    bar = QRectF(plot.right() - _LENGTH - 8, plot.top() - 2 * line - 1, _LENGTH, _THICKNESS)
    unit = metrics.horizontalAdvance(stars.unit)
    if bar.left() - 8 - unit < plot.left():
        painter.restore()
        return
    first = int(stars.scale.least * (STEPS - 1))
    strip = np.ascontiguousarray(palette(colors, stars.dimmed)[first:][None, :])
    image = QImage(strip.data, strip.shape[1], 1, 4 * strip.shape[1], QImage.Format.Format_RGB32).copy()
    painter.drawImage(bar, image)
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
        span = (x - half - _BETWEEN_LABELS, x + half + _BETWEEN_LABELS)
        if any(span[0] < high and low < span[1] for low, high in taken):
            continue
        taken.append((x - half, x + half))
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
        where = QRectF(x - half - 2, bar.bottom() + 3, 2 * half + 4, line)
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, label)
    painter.restore()


def _labels(stars: StarImage) -> list[tuple[float, str]]:
    """Values to be labelled, the most important first: the ends, then powers of ten, then halves and fifths of them."""
    top = stars.scale.top
    above = "\N{GREATER-THAN OR EQUAL TO} " if stars.most > top * 1.001 else ""
    values = [(1.0, "1"), (top, above + count(round(top)))]
    powers = range(1, math.ceil(math.log10(max(top, 1.0))))
    values += [(10.0**k, count(10**k)) for k in powers]
    values += [(factor * 10.0**k, count(factor * 10**k)) for factor in (3, 2, 5) for k in range(len(powers) + 1)]
    return [(value, label) for value, label in values if value <= top]
