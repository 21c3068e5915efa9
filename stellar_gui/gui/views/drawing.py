"""An outline while it is drawn: its line on the map, and the stars that it has reached so far."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.marks import paint_bubble
from stellar_gui.gui.views.tools import BrushOutline, Outline, Point
from stellar_gui.gui.widgets.numbers import stars as number_of_stars

_LINE = 1.6
_FILL, _BRUSH_FILL = 0.10, 0.22  # opacity


class Drawing:
    """A selecting gesture under way over the stars of an index."""

    def __init__(self, outline: Outline, index: GridIndex) -> None:
        self.outline = outline
        self._index = index
        self._count = 0
        self._brushed = np.zeros(index.size if isinstance(outline, BrushOutline) else 0, bool)
        self._points_brushed = 0

    def add(self, point: Point) -> None:
        """The pointer has come to a point, in data units."""
        self.outline.add(point)

    def count(self) -> int:
        """How many stars the gesture would select if it ended now."""
        if isinstance(self.outline, BrushOutline):
            self._count = int(np.count_nonzero(self._under(self.outline)))
        else:
            self._count = self._index.count(self.outline.region())
        return self._count

    def rows(self) -> NDArray[np.int64]:
        """(m,) int64, ascending: the stars that the gesture selects."""
        if isinstance(self.outline, BrushOutline):
            return np.flatnonzero(self._under(self.outline))
        return self._index.inside(self.outline.region())

    def paint(self, painter: QPainter, view: MapView, plot: QRectF, brush_radius: float, colors: Colors) -> None:
        """Draw the outline; the painter works in logical pixels, within the plot."""
        places = QPolygonF([view.to_pixel(x, y, plot) for x, y in self.outline.points()])
        fill = QColor(colors.accent)
        if isinstance(self.outline, BrushOutline):
            fill.setAlphaF(_BRUSH_FILL)
            pen = QPen(fill, 2 * brush_radius)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(places)
        else:
            fill.setAlphaF(_FILL)
            painter.setPen(outline_pen(colors))
            painter.setBrush(fill)
            painter.drawPolygon(places, Qt.FillRule.OddEvenFill)

    def paint_count(self, painter: QPainter, plot: QRectF, pointer: QPointF, colors: Colors, font: QFont) -> None:
        """Write the live count beside the pointer."""
        paint_bubble(painter, plot, pointer, number_of_stars(self._count), colors, font)

    def _under(self, outline: BrushOutline) -> NDArray[np.bool_]:
        """(n,) bool: the stars under the brush; only the path since the last call is looked at."""
        points = len(outline.points())
        if points > self._points_brushed:
            region = outline.region_from(self._points_brushed - 1)
            self._brushed[self._index.rows_of(self._index.hits(region))] = True
            self._points_brushed = points
        return self._brushed


def outline_pen(colors: Colors) -> QPen:
    """The line of outlines and of the brush's circle."""
    pen = QPen(QColor(colors.accent), _LINE)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
