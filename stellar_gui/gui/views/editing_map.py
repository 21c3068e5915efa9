"""The map on which the region of the last gesture stays editable, by its handles and by its numbers, until the next."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPolygonF, QResizeEvent, QTransform
from PySide6.QtWidgets import QApplication, QWidget

from stellar_gui.analysis.map_data import MapData
from stellar_gui.analysis.regions import Rectangle, Region
from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.drawing import Drawing, paint_thin_line, place_of
from stellar_gui.gui.views.drawing_map import DrawingMap
from stellar_gui.gui.views.gestures import MODE_KEYS, Part, Press, handle_hint
from stellar_gui.gui.views.handles import Finished, Grip, Handle, dragged, handles, without_corner
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.marks import HANDLE, SMALL_HANDLE, paint_bubble, paint_corner, paint_grip
from stellar_gui.gui.views.outlines import Point, lines_of
from stellar_gui.gui.views.region_bar import RegionBar
from stellar_gui.numbers import stars as number_of_stars

REACH = 6.0  # logical pixels within which a handle is taken hold of

_Keys, _Cursor = Qt.Key, Qt.CursorShape


@dataclass
class _Hold:
    """A handle under the pressed pointer: where, in data units, it was pressed, and the region then."""

    handle: Handle
    start: Point
    before: Finished
    count: int | None = None


class EditingMap(DrawingMap):
    """A map that keeps the region of the last gesture in sight until the next gesture, with handles and fields.

    An edit ends in one `regionEdited(rows, text)`: rows (m,) int64 ascending, now in the region, and its text for the
    undo stack, such as "edit rectangle, 3,412 stars". They take the place of the rows that the gesture has brought;
    whoever keeps the selection calls `drop_region` when it has changed otherwise.
    """

    regionEdited = Signal(object, str)

    _finished: Finished | None = None
    _hold: _Hold | None = None
    _under: Handle | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QPainterPath()
        self._bar = RegionBar(self.viewport())
        self._bar.edited.connect(self._edit)
        self._bar.closed.connect(self.drop_region)
        self.viewChanged.connect(self._show_numbers)

    @property
    def region(self) -> Region | None:
        """The region of the last gesture, as it was edited since, in data units; None once it is dropped."""
        return None if self._finished is None else self._finished.region

    def drop_region(self) -> None:
        """Let go of the region of the last gesture; the selection stays, an edit under way ends without effect."""
        if self._finished is None:
            return
        if self._hold is not None:
            self.cancel_gesture()
        typing = self._bar.isAncestorOf(QApplication.focusWidget() or self)
        self._keep(None)
        if typing:
            self.setFocus()
        self._update_pointer()

    def cancel_gesture(self) -> None:
        """End a gesture or an edit under way without effect; a move of the view is taken back."""
        hold, self._hold = self._hold, None
        if hold is not None:
            self._keep(hold.before)
            self.drawingCancelled.emit()
        super().cancel_gesture()

    def set_data(self, data: MapData, keep_view: bool = False) -> None:
        """As the canvas does; a region among other stars is dropped."""
        self.drop_region()
        super().set_data(data, keep_view)

    def await_data(self) -> None:
        """Keep the picture, without answering for its stars, nor their region."""
        self.drop_region()
        super().await_data()

    def set_preview(self, positions: NDArray[np.floating] | None, keep_view: bool = False) -> None:
        """As the canvas does; a region is dropped."""
        self.drop_region()
        super().set_preview(positions, keep_view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The numbers stay at their place."""
        super().resizeEvent(event)
        self._show_numbers()

    def _begin_drawing(self, place: QPointF, mode: Mode) -> Drawing:
        self.drop_region()
        return super()._begin_drawing(place, mode)

    def _finish(self) -> None:
        """Select what the outline holds, and keep its region, if it is more than a point."""
        if self._drawing is not None:
            outline = self._drawing.outline
            region = outline.region()
            x0, x1, y0, y1 = region.bounds
            self._keep(Finished(outline.name, region) if x0 < x1 or y0 < y1 else None)
        super()._finish()

    def _keep(self, finished: Finished | None) -> None:
        self._finished = finished
        if finished is not None and not isinstance(finished.region, Rectangle):
            self._line = _closed([[QPointF(*point) for point in line] for line in lines_of(finished.region)])
        self._show_numbers()
        self._repaint()

    def _show_numbers(self) -> None:
        scale_x, scale_y = self._view.pixels_per_unit(self.plot_rect())
        if scale_x > 0 and scale_y > 0:
            frame = "" if self._sky is None else self._sky.frame
            self._bar.show_region(self._finished, (1 / scale_x, 1 / scale_y), self.plot_rect(), frame)

    def _edit(self, region: Region) -> None:
        """Put another region in the place of the one there is, and say which stars it holds."""
        if self._finished is None or not self.answers:
            return
        self._keep(replace(self._finished, region=region))
        rows = self._data.index.inside(region)
        self.regionEdited.emit(rows, f"edit {self._finished.name}, {number_of_stars(len(rows))}")

    def _handles(self) -> list[Handle]:
        if self._finished is None or not self.answers:
            return []
        return handles(self._finished, self._view.bounds, *self._view.pixels_per_unit(self.plot_rect()))

    def _handle_at(self, place: QPointF | None, held: Qt.KeyboardModifier) -> Handle | None:
        """The handle under a place of the plot; with Ctrl held only a polygon's corner, with Shift or Alt none."""
        if place is None or self._space or self._drawing is not None or not self.plot_rect().contains(place):
            return None
        held &= MODE_KEYS
        if held and held != Qt.KeyboardModifier.ControlModifier:
            return None
        found = [(self._away(handle, place), handle) for handle in self._handles()]
        if held:
            found = [(away, handle) for away, handle in found if handle.grip is Grip.CORNER]
        away, handle = min(found, key=lambda pair: pair[0], default=(REACH, None))
        return handle if away < REACH else None

    def _away(self, handle: Handle, place: QPointF) -> float:
        away = QLineF(self._view.to_pixel(*handle.point, self.plot_rect()), place)
        if handle.line:
            return abs(away.dx()) if handle.sides[0] else abs(away.dy())
        return away.length()

    def _take_hold(self, press: Press) -> bool:
        """Whether a press takes hold of a handle."""
        if press.button is not Qt.MouseButton.LeftButton or press.part is not Part.PLOT or self._finished is None:
            return False
        handle = self._handle_at(press.start, press.modifiers)
        if handle is None:
            return False
        self._hold = _Hold(handle, self.to_data(press.start), self._finished)
        return True

    def _draw_to(self, place: QPointF) -> None:
        hold = self._hold
        if hold is None:
            super()._draw_to(place)
            return
        x, y = self.to_data(place)
        region = dragged(hold.before.region, hold.handle, x - hold.start[0], y - hold.start[1])
        self._keep(replace(hold.before, region=region))
        self._count_soon()

    def _let_go(self, press: Press) -> bool:
        """The button comes up from a handle; False where it was a click like any other."""
        hold, self._hold = self._hold, None
        self._live_timer.stop()
        if hold is None or self._finished is None:
            return True
        region = self._finished.region
        if not press.moved:
            if not press.modifiers & MODE_KEYS:
                return False
            region = without_corner(region, hold.handle)
        if region == hold.before.region:
            self.drawingCancelled.emit()
        else:
            self._edit(region)
        return True

    def _region_key(self, event: QKeyEvent) -> bool:
        """Delete takes the corner under the pointer out of a polygon; False for any other key."""
        if event.key() != _Keys.Key_Delete or self._finished is None or self._press is not None:
            return False
        handle = self._handle_at(self._pointer, Qt.KeyboardModifier.NoModifier)
        if handle is None or handle.grip is not Grip.CORNER:
            return False
        region = without_corner(self._finished.region, handle)
        if region != self._finished.region:
            self._edit(region)
        self._update_pointer()
        return True

    def _count_live(self) -> None:
        super()._count_live()
        if self._hold is not None and self._finished is not None:
            self._hold.count = self._data.index.count(self._finished.region)
            self.liveCount.emit(self._hold.count)
            self._repaint()

    def _hover(self) -> None:
        if self._handle_at(self._pointer, self._modifiers) is None:
            super()._hover()
        else:
            self._end_hover()

    def _set_view(self, view: MapView) -> None:
        super()._set_view(view)
        if self._finished is not None and self._press is None:
            self._update_pointer()

    def _update_pointer(self) -> None:
        under = self._handle_at(self._pointer, self._modifiers) if self._press is None else None
        if under != self._under:
            self._under = under
            self._repaint()
        chosen = under if self._hold is None else self._hold.handle
        if chosen is None or self._finished is None:
            super()._update_pointer()
        else:
            self.viewport().setCursor(self._cursor_of(chosen))
            self._tell(handle_hint(chosen, self._finished))

    def _cursor_of(self, handle: Handle) -> Qt.CursorShape:
        """The arrows of the directions in which a handle moves, as they are on the screen."""
        along_x, along_y = handle.sides
        if handle.grip is Grip.MOVE:
            return _Cursor.SizeAllCursor
        if handle.grip is not Grip.SIDES:
            return _Cursor.PointingHandCursor
        if not (along_x and along_y):
            return _Cursor.SizeHorCursor if along_x else _Cursor.SizeVerCursor
        plot = self.plot_rect()
        x0, x1, y0, y1 = self._view.bounds
        start, end = ((x0, y0), (x1, y1)) if along_x == along_y else ((x0, y1), (x1, y0))
        diagonal = QLineF(self._view.to_pixel(*start, plot), self._view.to_pixel(*end, plot))
        return _Cursor.SizeFDiagCursor if diagonal.dx() * diagonal.dy() > 0 else _Cursor.SizeBDiagCursor

    def _paint_gesture(self, painter: QPainter, colors: Colors) -> None:
        if self._finished is not None and self._preview is None:
            self._paint_region(painter, colors)
        super()._paint_gesture(painter, colors)
        if self._hold is not None and self._hold.count is not None and self._pointer is not None:
            text = number_of_stars(self._hold.count)
            paint_bubble(painter, self.plot_rect(), self._pointer, text, colors, self.font())

    def _paint_region(self, painter: QPainter, colors: Colors) -> None:
        plot = self.plot_rect()
        painter.save()
        painter.setClipRect(plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_thin_line(painter, self._line_on(plot), colors)
        taken = (self._under if self._pointer is not None else None) if self._hold is None else self._hold.handle
        marked = None if taken is None else (taken.grip, taken.sides, taken.number)
        for handle in self._handles():
            place = self._view.to_pixel(*handle.point, plot)
            chosen = (handle.grip, handle.sides, handle.number) == marked
            if handle.grip is Grip.MOVE:
                paint_grip(painter, place, colors, chosen)
            else:
                radius = SMALL_HANDLE if handle.grip is Grip.NEW_CORNER else HANDLE
                paint_corner(painter, place, colors, chosen, radius)
        painter.restore()

    def _line_on(self, plot: QRectF) -> QPainterPath:
        """The line around the region, on the widget; of many points it is moved there as one."""
        if isinstance(self.region, Rectangle):  # whose sides may be infinitely far away
            return _closed([[place_of(point, self._view, plot) for point in line] for line in lines_of(self.region)])
        x0, x1, y0, y1 = self._view.bounds
        start, end = self._view.to_pixel(x0, y0, plot), self._view.to_pixel(x1, y1, plot)
        scale_x, scale_y = (end.x() - start.x()) / (x1 - x0), (end.y() - start.y()) / (y1 - y0)
        to_widget = QTransform.fromTranslate(start.x() - x0 * scale_x, start.y() - y0 * scale_y).scale(scale_x, scale_y)
        return to_widget.map(self._line)


def _closed(lines: list[list[QPointF]]) -> QPainterPath:
    path = QPainterPath()
    for line in lines:
        path.addPolygon(QPolygonF(line))
        path.closeSubpath()
    return path
