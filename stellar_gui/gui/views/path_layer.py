"""What the probe tool leaves on a map: the path with its start and end, a marker on it, and the pinned place."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen

from stellar_gui.analysis.runs import runs
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.axes import axis_font
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.marks import paint_diamond

Point = tuple[float, float]

_LINE, _HALO, _END = 1.8, 4.6, 4.5
_DASHES = [3.0, 2.2]


@dataclass
class PathLayer:
    """points: (m, 2) data units, empty without a path; extrapolated: (m,) bool, drawn dashed."""

    points: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    extrapolated: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    marker: Point | None = None
    pin: Point | None = None

    def paint(self, painter: QPainter, plot: QRectF, view: MapView, colors: Colors, font: QFont) -> None:
        """Draw over the stars, within the plot."""
        if len(self.points):
            places = [view.to_pixel(x, y, plot) for x, y in self.points.tolist()]
            pieces = [(places[part], dashed) for part, dashed in runs(self.extrapolated)]
            paint_path(painter, plot, pieces, colors)
            _paint_ends(painter, plot, places[0], places[-1], colors, font)
        for point in (self.pin, self.marker):
            if point is not None:
                paint_diamond(painter, plot, view.to_pixel(*point, plot), colors)


def paint_path(painter: QPainter, plot: QRectF, pieces: list[tuple[list[QPointF], bool]], colors: Colors) -> None:
    """Lines through places of the widget, dashed or not, with a halo that lifts them off the stars."""
    painter.save()
    painter.setClipRect(plot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    halo = QColor(colors.card)
    halo.setAlpha(200)
    lines = [(_line(places), dashed) for places, dashed in pieces]
    for color, width in ((halo, _HALO), (QColor(colors.ink), _LINE)):
        for line, dashed in lines:
            pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)
            if dashed and width == _LINE:
                pen.setDashPattern(_DASHES)
            painter.strokePath(line, pen)
    painter.restore()


def _line(places: list[QPointF]) -> QPainterPath:
    line = QPainterPath(places[0])
    for place in places[1:]:
        line.lineTo(place)
    return line


def _paint_ends(painter: QPainter, plot: QRectF, start: QPointF, end: QPointF, colors: Colors, font: QFont) -> None:
    """An open circle at the start, a full one at the end, and their names."""
    painter.save()
    painter.setClipRect(plot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(axis_font(font))
    for place, name, fill in ((start, "start", colors.card), (end, "end", colors.ink)):
        painter.setPen(QPen(QColor(colors.card), 4.0))
        painter.drawEllipse(place, _END, _END)
        painter.setPen(QPen(QColor(colors.ink), _LINE))
        painter.setBrush(QColor(fill))
        painter.drawEllipse(place, _END, _END)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        words = QPainterPath()
        words.addText(place + QPointF(_END + 5, -_END - 1), painter.font(), name)
        painter.strokePath(words, QPen(QColor(colors.card), 3.0))
        painter.fillPath(words, QColor(colors.text))
    painter.restore()
