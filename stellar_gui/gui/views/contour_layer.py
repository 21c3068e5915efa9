"""The contour layer: density contours as thin lines with their percent beside them."""

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF

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
        to_plot = view.transform(plot)
        painter.save()
        painter.setClipRect(plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(colors.ink)
        ink.setAlphaF(0.55)
        painter.setPen(QPen(ink, 1))
        for _, path, _ in self._paths:
            painter.drawPath(to_plot.map(path))
        painter.restore()

    def paint_labels(
        self, painter: QPainter, plot: QRectF, view: MapView, colors: Colors, font: QFont, ratio: float | None = None
    ) -> None:
        """Draw the percent of each contour whose label lies within the plot; as images of a pixel ratio, if given."""
        metrics = QFontMetricsF(axis_font(font))
        for text, _, (x, y) in self._paths:
            box = QRectF(0, 0, math.ceil(metrics.horizontalAdvance(text)) + 6, math.ceil(metrics.height()))
            box.moveCenter(view.to_pixel(x, y, plot))
            if not plot.contains(box):
                continue
            if ratio is None:
                _paint_label(painter, box, text, colors, font)
            else:
                painter.drawImage(
                    box.topLeft(), _label_image(text, box.width(), box.height(), colors, font.toString(), ratio)
                )


@lru_cache(maxsize=32)
def _label_image(text: str, width: float, height: float, colors: Colors, font: str, ratio: float) -> QImage:
    """A label on a transparent ground; font: what its toString gives."""
    image = QImage(math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    base = QFont()
    base.fromString(font)
    painter = QPainter(image)
    _paint_label(painter, QRectF(0, 0, width, height), text, colors, base)
    painter.end()
    return image


def _paint_label(painter: QPainter, box: QRectF, text: str, colors: Colors, font: QFont) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(axis_font(font))
    halo = QColor(colors.card)
    halo.setAlphaF(0.85)
    letters = QPainterPath()
    letters.addText(box.left() + 3, box.top() + painter.fontMetrics().ascent(), painter.font(), text)
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
