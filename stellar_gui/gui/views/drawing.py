"""An outline while it is drawn: its line on the map, and the stars that it has reached so far."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF

from stellar_gui.analysis.regions import Polygon
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.marks import paint_bubble, paint_corner
from stellar_gui.gui.views.outlines import LEAST_CORNERS, BrushOutline, Outline, Point, PolygonOutline
from stellar_gui.numbers import count
from stellar_gui.numbers import stars as number_of_stars

_LINE, _HALO, _HALO_OPACITY = 1.6, 4.2, 0.8
_FILL, _NEXT_FILL, _BRUSH_FILL = 0.10, 0.05, 0.22  # opacity


class Drawing:
    """A selecting gesture under way over the stars of an index; mode: the one read when it began."""

    def __init__(self, outline: Outline, mode: Mode, index: GridIndex) -> None:
        self.outline = outline
        self.mode = mode
        self._index = index
        self._count = 0
        self._count_with_next: int | None = None
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

    def count_with(self, corner: Point | None) -> None:
        """Count also what a polygon would hold with one more corner; None where no corner is to come."""
        self._count_with_next = None
        if corner is not None and isinstance(self.outline, PolygonOutline):
            corners = [*self.outline.points(), corner]
            if len(corners) >= LEAST_CORNERS:
                self._count_with_next = self._index.count(Polygon.through(corners))

    def rows(self) -> NDArray[np.int64]:
        """(m,) int64, ascending: the stars that the gesture selects."""
        if isinstance(self.outline, BrushOutline):
            return np.flatnonzero(self._under(self.outline))
        return self._index.inside(self.outline.region())

    def paint(self, painter: QPainter, view: MapView, plot: QRectF, brush_radius: float, colors: Colors) -> None:
        """Draw the outline; the painter works in logical pixels, within the plot."""
        places = QPolygonF([place_of(point, view, plot) for point in self.outline.points()])
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
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawPolygon(places, Qt.FillRule.OddEvenFill)
            line = QPainterPath()
            line.addPolygon(places)
            if not isinstance(self.outline, PolygonOutline):
                line.closeSubpath()
            paint_line(painter, line, colors)

    def paint_corners(
        self,
        painter: QPainter,
        view: MapView,
        plot: QRectF,
        next_corner: QPointF | None,
        on_first: bool,
        colors: Colors,
    ) -> None:
        """Of a polygon, draw the corners and, dashed, the edges that are not there yet.

        next_corner: where a click would set another corner; None where it would set none. on_first: whether the
        pointer is on the first corner, which closes the outline.
        """
        if not isinstance(self.outline, PolygonOutline):
            return
        places = [place_of(point, view, plot) for point in self.outline.points()]
        missing = QPolygonF([places[-1], *([] if next_corner is None else [next_corner]), places[0]])
        fill = QColor(colors.accent)
        fill.setAlphaF(_NEXT_FILL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(missing)
        line = QPainterPath()
        line.addPolygon(missing)
        paint_line(painter, line, colors, dashed=True)
        for number, place in enumerate(places):
            paint_corner(painter, place, colors, chosen=on_first and number == 0)

    def paint_count(self, painter: QPainter, plot: QRectF, pointer: QPointF, colors: Colors, font: QFont) -> None:
        """Write the live count beside the pointer; of a polygon also the one with its next corner."""
        text = number_of_stars(self._count)
        if isinstance(self.outline, PolygonOutline):
            corners, following = len(self.outline.points()), self._count_with_next
            if corners < LEAST_CORNERS:
                text = "1 corner" if corners == 1 else f"{corners} corners"
            if following is not None:
                what = number_of_stars(following) if corners < LEAST_CORNERS else count(following)
                text += f", {what} with the next"
        paint_bubble(painter, plot, pointer, text, colors, font)

    def _under(self, outline: BrushOutline) -> NDArray[np.bool_]:
        """(n,) bool: the stars under the brush; only the path since the last call is looked at."""
        points = len(outline.points())
        if points > self._points_brushed:
            region = outline.region_from(self._points_brushed - 1)
            self._brushed[self._index.rows_of(self._index.hits(region))] = True
            self._points_brushed = points
        return self._brushed


def place_of(point: Point, view: MapView, plot: QRectF) -> QPointF:
    """Where a point lies on the widget; infinitely far away, a little outside the plot."""
    x0, x1, y0, y1 = view.bounds
    x, y = point
    if math.isinf(x):
        x = x1 + (x1 - x0) if x > 0 else x0 - (x1 - x0)
    if math.isinf(y):
        y = y1 + (y1 - y0) if y > 0 else y0 - (y1 - y0)
    return view.to_pixel(x, y, plot)


def paint_line(painter: QPainter, line: QPainterPath, colors: Colors, dashed: bool = False) -> None:
    """The line of outlines and of the brush's circle, with a halo that lifts it off selected stars."""
    halo = QColor(colors.card)
    halo.setAlphaF(_HALO_OPACITY)
    pen = QPen(halo, _HALO)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(line, pen)
    pen.setColor(QColor(colors.accent))
    pen.setWidthF(_LINE)
    if dashed:
        pen.setDashPattern([4, 3])
    painter.strokePath(line, pen)


def paint_thin_line(painter: QPainter, line: QPainterPath, colors: Colors) -> None:
    """The line of a finished region, light on the stars around it and quick to paint at any number of points."""
    halo = QColor(colors.card)
    halo.setAlphaF(_HALO_OPACITY)
    for color, width in ((halo, 3.4), (QColor(colors.accent), 1.0)):
        pen = QPen(color, width)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        painter.strokePath(line, pen)
