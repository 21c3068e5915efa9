"""The contour layer: density contours as thin lines with their percent beside them."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from stellar_gui.analysis.contours import Contour
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.axes import axis_font
from stellar_gui.gui.views.map_view import MapView

_DIRECTIONS = (10.0, 130.0, 250.0)  # degrees: where round the outline the labels of successive contours sit


class ContourLayer:
    """Draws contours computed once for a set of stars, in data units, under any view."""

    def __init__(self) -> None:
        self._paths: list[tuple[str, QPainterPath, tuple[float, float]]] = []

    def set_contours(self, contours: tuple[Contour, ...]) -> None:
        """Draw other contours."""
        self._paths = []
        for contour, direction in zip(contours, _DIRECTIONS * len(contours), strict=False):
            if not contour.lines:
                continue
            path = QPainterPath()
            for line in contour.lines:
                path.addPolygon(QPolygonF([QPointF(x, y) for x, y in line.tolist()]))
            self._paths.append((f"{100 * contour.share:g} %", path, _label_place(contour, direction)))

    def paint_lines(self, painter: QPainter, plot: QRectF, view: MapView, colors: Colors) -> None:
        """Draw the lines within the plot; the painter works in logical pixels."""
        scale_x, scale_y = view.pixels_per_unit(plot)
        to_plot = QTransform(
            scale_x, 0, 0, -scale_y, plot.left() - view.x0 * scale_x, plot.bottom() + view.y0 * scale_y
        )
        painter.save()
        painter.setClipRect(plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(colors.ink)
        ink.setAlphaF(0.55)
        painter.setPen(QPen(ink, 1))
        for _, path, _ in self._paths:
            painter.drawPath(to_plot.map(path))
        painter.restore()

    def paint_labels(self, painter: QPainter, plot: QRectF, view: MapView, colors: Colors, font: QFont) -> None:
        """Draw the percent of each contour whose label lies within the plot."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(axis_font(font))
        metrics = painter.fontMetrics()
        halo = QColor(colors.card)
        halo.setAlphaF(0.85)
        for text, _, (x, y) in self._paths:
            box = QRectF(0, 0, metrics.horizontalAdvance(text) + 6, metrics.height())
            box.moveCenter(view.to_pixel(x, y, plot))
            if plot.contains(box):
                letters = QPainterPath()
                letters.addText(box.left() + 3, box.top() + metrics.ascent(), painter.font(), text)
                painter.strokePath(letters, QPen(halo, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.setPen(QColor(colors.text))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


def _label_place(contour: Contour, direction: float) -> tuple[float, float]:
    """The point of the longest line that lies farthest in a direction, the line's extent taken as a square."""
    line = max(contour.lines, key=len)
    extent = np.ptp(line, axis=0)
    angle = math.radians(direction)
    reach = (line / np.where(extent > 0, extent, 1.0)) @ np.array([math.cos(angle), math.sin(angle)])
    x, y = line[int(np.argmax(reach))].tolist()
    return x, y
