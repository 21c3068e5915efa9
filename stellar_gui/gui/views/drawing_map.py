"""The map on which outlines are drawn: how each begins, goes on and ends, its picture and its live count."""

from PySide6.QtCore import QEvent, QLineF, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.drawing import Drawing, paint_line
from stellar_gui.gui.views.gestures import CLICK
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.outlines import (
    BrushOutline,
    CircleOutline,
    LassoOutline,
    Outline,
    PolygonOutline,
    RectangleOutline,
    XRangeOutline,
    YRangeOutline,
)
from stellar_gui.gui.views.tool_map import ToolMap
from stellar_gui.gui.views.tools import Tool
from stellar_gui.numbers import stars as number_of_stars

_LIVE_EVERY = 33  # ms between live counts
_CLOSING = 8.0  # logical pixels about a polygon's first corner: a click there closes it

_Keys = Qt.Key
_ENTER = (_Keys.Key_Return, _Keys.Key_Enter)


class DrawingMap(ToolMap):
    """A map with an outline under way: dragged with a held button or, of a polygon, set corner by corner.

    A finished outline ends in one `gestureFinished(rows, mode, text)`: rows (m,) int64 ascending, the Mode read when it
    began, and its text for the undo stack, such as "lasso, 3,412 stars".
    """

    gestureFinished = Signal(object, object, str)
    liveCount = Signal(int)
    drawingCancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live_timer = QTimer(self, singleShot=True, interval=_LIVE_EVERY)
        self._live_timer.timeout.connect(self._count_live)

    def cancel_gesture(self) -> None:
        """End a gesture under way without effect; a move of the view is taken back."""
        if self._drawing is not None:
            self._drawing = None
            self.drawingCancelled.emit()
        self._live_timer.stop()
        super().cancel_gesture()

    def hideEvent(self, event: QHideEvent) -> None:
        """A map that is put away ends its gesture without effect."""
        self.cancel_gesture()
        super().hideEvent(event)

    def event(self, event: QEvent) -> bool:
        """While a polygon is under way, its keys come before the window's shortcuts."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._polygon is not None
            and event.key() in (*_ENTER, _Keys.Key_Backspace)
        ):
            event.accept()
            return True
        return super().event(event)

    @property
    def _polygon(self) -> PolygonOutline | None:
        """The polygon under way."""
        outline = None if self._drawing is None else self._drawing.outline
        return outline if isinstance(outline, PolygonOutline) else None

    def _begin_drawing(self, place: QPointF, mode: Mode) -> Drawing:
        self._drawing = Drawing(self._new_outline(place), mode, self._data.index)
        return self._drawing

    def _new_outline(self, place: QPointF) -> Outline:
        start = self.to_data(place)
        scale_x, scale_y = self._view.pixels_per_unit(self.plot_rect())
        match self._tool:
            case Tool.LASSO:
                return LassoOutline(start)
            case Tool.POLYGON:
                return PolygonOutline()
            case Tool.CIRCLE:
                return CircleOutline(start, scale_x, scale_y)
            case Tool.X_RANGE:
                return XRangeOutline(start)
            case Tool.Y_RANGE:
                return YRangeOutline(start)
            case Tool.BRUSH:
                return BrushOutline(start, self._brush_radius / scale_x, self._brush_radius / scale_y)
        return RectangleOutline(start)

    def _draw_to(self, place: QPointF) -> None:
        """The pointer has come to a place with the button held."""
        if self._drawing is None:
            return
        polygon = self._polygon
        if polygon is None or self._sets_corner(polygon, place):
            self._drawing.add(self.to_data(place))
        else:
            polygon.let_go()
        self._count_soon()

    def _finish(self) -> None:
        """Select what the outline holds."""
        drawing, self._drawing = self._drawing, None
        self._live_timer.stop()
        if drawing is None:
            return
        rows, mode = drawing.rows(), drawing.mode
        if isinstance(drawing.outline, BrushOutline) and mode is Mode.REPLACE:
            mode = Mode.ADD
        self.gestureFinished.emit(rows, mode, f"{drawing.outline.name}, {number_of_stars(len(rows))}")
        self._update_pointer()
        self._repaint()

    def _hold_corner(self, place: QPointF, mode: Mode) -> None:
        """The button goes down with the polygon tool: the first press begins a polygon."""
        self._pointer = place
        if self._drawing is None:
            self._begin_drawing(place, mode)
        self._draw_to(place)

    def _set_corner(self, place: QPointF) -> None:
        """The button comes up: set the corner, or close the polygon on its first one."""
        self._pointer = place
        polygon = self._polygon
        if polygon is None:
            return
        if self._on_first_corner:
            self._finish()
        else:
            polygon.set_corner()
            self._count_soon()

    def _close_polygon_at(self, place: QPointF) -> None:
        """The second press of a pair, most often on the corner that the first has set; elsewhere it sets its own."""
        polygon = self._polygon
        if polygon is None:
            return
        ends = polygon.corners[:1] + polygon.corners[-1:]
        if not any(self._near(corner, place, _CLOSING) for corner in ends):
            polygon.add(self.to_data(place))
            polygon.set_corner()
        self._close_polygon()

    def _close_polygon(self) -> None:
        """Join the last corner to the first; with fewer than three corners nothing happens."""
        polygon = self._polygon
        if polygon is not None and polygon.can_close:
            polygon.let_go()
            self._press = None
            self._finish()

    def _polygon_key(self, event: QKeyEvent) -> bool:
        """Answer a key that changes the polygon under way, whatever is held for the mode; False for any other."""
        polygon = self._polygon
        if polygon is None:
            return False
        if event.key() in _ENTER:
            self._close_polygon()
        elif event.key() == _Keys.Key_Backspace:
            polygon.take_back()
            if not polygon.points():
                self.cancel_gesture()
            else:
                self._count_soon()
                self._update_pointer()
        else:
            return False
        return True

    def _sets_corner(self, polygon: PolygonOutline, place: QPointF) -> bool:
        """Whether a click at the place would set a corner: not on the last one, nor on the first, which closes."""
        if not polygon.corners:
            return True
        first, last = polygon.corners[0], polygon.corners[-1]
        return not (self._near(first, place, _CLOSING) or self._near(last, place, CLICK))

    @property
    def _on_first_corner(self) -> bool:
        """Whether the pointer is where a click closes the polygon."""
        polygon, place = self._polygon, self._pointer
        if polygon is None or place is None or not polygon.can_close:
            return False
        return polygon.held is None and self._near(polygon.corners[0], place, _CLOSING)

    def _near(self, corner: tuple[float, float], place: QPointF, reach: float) -> bool:
        return QLineF(self._view.to_pixel(*corner, self.plot_rect()), place).length() < reach

    def _set_view(self, view: MapView) -> None:
        super()._set_view(view)
        if self._polygon is not None:
            self._count_soon()

    def _count_soon(self) -> None:
        if not self._live_timer.isActive():
            self._live_timer.start()
        self._repaint()

    def _count_live(self) -> None:
        if self._drawing is not None:
            following = self._next_corner()
            self._drawing.count_with(None if following is None else self.to_data(following))
            self.liveCount.emit(self._drawing.count())
            self._repaint()

    def _paint_gesture(self, painter: QPainter, colors: Colors) -> None:
        plot = self.plot_rect()
        painter.save()
        painter.setClipRect(plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._drawing is not None:
            self._drawing.paint(painter, self._view, plot, self._brush_radius, colors)
            self._drawing.paint_corners(painter, self._view, plot, self._next_corner(), self._on_first_corner, colors)
        if self._tool is Tool.BRUSH and self._pointer is not None and not self._space and self._preview is None:
            circle = QPainterPath()
            circle.addEllipse(self._pointer, self._brush_radius, self._brush_radius)
            paint_line(painter, circle, colors)
        painter.restore()
        if self._drawing is not None and self._pointer is not None:
            self._drawing.paint_count(painter, plot, self._pointer, colors, self.font())

    def _next_corner(self) -> QPointF | None:
        """Where a click would set another corner of the polygon under way; None where it would set none."""
        polygon, place = self._polygon, self._pointer
        if polygon is None or place is None or self._press is not None or self._space:
            return None
        return place if self.plot_rect().contains(place) and self._sets_corner(polygon, place) else None
