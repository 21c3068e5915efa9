"""The star map that answers the mouse and the keyboard: tools, modes, navigation, hovering."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views import figure
from stellar_gui.gui.views.cursors import cross
from stellar_gui.gui.views.map_canvas import MapCanvas
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.marks import paint_bubble
from stellar_gui.gui.views.tools import BrushOutline, LassoOutline, Outline, RectangleOutline, Tool
from stellar_gui.gui.widgets.numbers import stars as number_of_stars

CLICK = 4.0  # logical pixels: less movement is a click
REACH = 12.0  # logical pixels within which a star is picked or hovered
_LIVE_EVERY = 33  # ms between live counts
_HOVER_AFTER = 20  # ms
_ONE_ZOOM = 0.6  # s: wheel steps closer together are one entry of the views' history
_HISTORY = 100
_BRUSH = (4.0, 24.0, 400.0)  # radius in logical pixels: least, at the start, most
_NUMBER_OF_ARROW_STEPS = 10  # arrow presses across the view

_Buttons, _Keys, _Cursor = Qt.MouseButton, Qt.Key, Qt.CursorShape


class _Part(Enum):
    """Where on the map the pointer is."""

    PLOT = auto()
    X_AXIS = auto()
    Y_AXIS = auto()


class _Action(Enum):
    """What a held button does once the pointer has moved."""

    OUTLINE = auto()
    PAN = auto()
    STRETCH = auto()


@dataclass
class _Press:
    """A button that is held: where it went down and what it does."""

    button: Qt.MouseButton
    start: QPointF
    part: _Part
    action: _Action
    mode: Mode
    modifiers: Qt.KeyboardModifier
    view: MapView
    moved: bool = False


class StarMap(MapCanvas):
    """The map of any two columns on which stars are picked and selected; it knows only what it is given.

    A gesture ends in one `gestureFinished(rows, mode, text)`: rows (m,) int64 ascending, the Mode, and its text for
    the undo stack, such as "lasso, 3,412 stars". Membership is decided in data coordinates over all stars shown,
    whatever is drawn.
    """

    gestureFinished = Signal(object, object, str)
    liveCount = Signal(int)
    starActivated = Signal(int)
    starHovered = Signal(int)
    clearRequested = Signal()
    pointerMoved = Signal(float, float)
    pointerLeft = Signal()
    toolChanged = Signal(object)
    modeChanged = Signal(object)
    contextMenuRequested = Signal(QPoint)
    hintChanged = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tooltip_for: Callable[[int], str] = lambda row: ""
        self._tool, self._mode = Tool.PICK, Mode.REPLACE
        self._brush_radius = _BRUSH[1]
        self._press: _Press | None = None
        self._outline: Outline | None = None
        self._live: int | None = None
        self._brushed: NDArray[np.bool_] | None = None
        self._brushed_points = 0
        self._pointer: QPointF | None = None
        self._space = False
        self._modifiers = Qt.KeyboardModifier.NoModifier
        self._hint = ""
        self._history: list[MapView] = []
        self._last_zoom = -math.inf
        self._live_timer = self._single_shot(_LIVE_EVERY, self._count_live)
        self._hover_timer = self._single_shot(_HOVER_AFTER, self._hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.viewport().setMouseTracking(True)
        self._update_pointer()

    @property
    def tool(self) -> Tool:
        """The tool in use."""
        return self._tool

    @property
    def mode(self) -> Mode:
        """The mode of a gesture made without a key held."""
        return self._mode

    @property
    def hint(self) -> str:
        """What the pointer can do now."""
        return self._hint

    def set_tool(self, tool: Tool) -> None:
        """Use another tool until it is changed again; a gesture under way ends without effect."""
        self.cancel_gesture()
        if tool is not self._tool:
            self._tool = tool
            self.toolChanged.emit(tool)
        self._update_pointer()
        self._repaint()

    def set_mode(self, mode: Mode) -> None:
        """Choose the mode of gestures made without a key held."""
        if mode is not self._mode:
            self._mode = mode
            self.modeChanged.emit(mode)
        self._update_pointer()

    def set_stars(
        self,
        x: NDArray[np.floating],
        y: NDArray[np.floating],
        shown: NDArray[np.bool_] | None = None,
        keep_view: bool = False,
    ) -> None:
        """As the canvas does; a gesture under way ends without effect."""
        self.cancel_gesture()
        self._end_hover()
        if not keep_view:
            self._history.clear()
        super().set_stars(x, y, shown, keep_view)

    def set_preview(self, positions: NDArray[np.floating] | None) -> None:
        """As the canvas does; a gesture under way ends without effect."""
        self.cancel_gesture()
        self._end_hover()
        super().set_preview(positions)

    def fit(self) -> None:
        """Show all stars: at first their bulk, where far outliers are left out, and from there every last one."""
        everything = MapView.around((self._index if self._preview is None else self._preview).bounds)
        self._go(everything if self._view == self._home or self._preview is not None else self._home)

    def fit_selection(self) -> None:
        """Show the selected stars; without any, nothing happens."""
        selected = self._layer.selected
        if selected is not None and len(selected.x):
            x, y = selected.x, selected.y
            self._go(MapView.around((float(x.min()), float(x.max()), float(y.min()), float(y.max())), margin=0.15))

    def previous_view(self) -> None:
        """Go back to the view before the last zoom or move."""
        if self._history:
            self._set_view(self._history.pop())
            self._last_zoom = -math.inf

    def zoom_in(self) -> None:
        """Zoom about the middle of the plot."""
        self._zoom(0.8, 0.8, self.plot_rect().center())

    def zoom_out(self) -> None:
        """Zoom out about the middle of the plot."""
        self._zoom(1.25, 1.25, self.plot_rect().center())

    def save_figure(self, path: Path, scale: float = 2.0) -> None:
        """Write the map as a PNG or SVG file, by the path's ending. Raises OutputError."""
        figure.save_figure(self, path, scale)

    def cancel_gesture(self) -> None:
        """End a gesture under way without effect; a move of the view is taken back."""
        press, self._press = self._press, None
        self._outline, self._live, self._brushed = None, None, None
        self._live_timer.stop()
        if press is not None and press.moved and press.action is not _Action.OUTLINE:
            self._set_view(press.view)
        self._update_pointer()
        self._repaint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A button goes down: from here it is a click until the pointer moves."""
        event.accept()
        part = self._part(event.position())
        if self._press is not None or part is None:
            return
        self._end_hover()
        self._remember_modifiers(event.modifiers())
        action = self._action_of(event.button(), part, event.modifiers())
        if action is not None:
            mode = self._mode_now()
            self._press = _Press(event.button(), event.position(), part, action, mode, event.modifiers(), self._view)
        self._update_pointer()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or look for the star under the pointer."""
        event.accept()
        self._pointer = event.position()
        self.pointerMoved.emit(*self.to_data(event.position()))
        press = self._press
        if press is None:
            self._remember_modifiers(event.modifiers())
            self._hover_timer.start()
            if self._tool is Tool.BRUSH:
                self._repaint()
            return
        away = event.position() - press.start
        if not press.moved:
            if math.hypot(away.x(), away.y()) < CLICK:
                return
            press.moved = True
            self._begin(press)
        self._continue(press, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture, or answer the click."""
        event.accept()
        press = self._press
        if press is None or event.button() is not press.button:
            return
        if press.moved:
            self._continue(press, event.position())
        self._press = None
        if not press.moved:
            self._click(press)
        elif self._outline is not None:
            self._finish_outline(self._outline, press.mode)
        self._remember_modifiers(event.modifiers())
        self._update_pointer()
        self._repaint()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a quick pair is a press like any other."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer: both axes over the plot, one over an axis."""
        event.accept()
        part = self._part(event.position())
        if part is None or self._press is not None:
            return
        factor = math.exp(-0.0014 * (event.angleDelta().y() or event.angleDelta().x()))
        self._end_hover()
        along_x = factor if part is not _Part.Y_AXIS else 1.0
        along_y = factor if part is not _Part.X_AXIS else 1.0
        self._zoom(along_x, along_y, event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the map; others go on to the window."""
        key = event.key()
        self._remember_modifiers(event.modifiers() | _MODIFIER_KEYS.get(_Keys(key), Qt.KeyboardModifier.NoModifier))
        if key == _Keys.Key_Space and not event.isAutoRepeat():
            self._space = True
            self._update_pointer()
        elif key == _Keys.Key_Escape:
            self._escape()
        elif key == _Keys.Key_Menu:
            self.contextMenuRequested.emit(self.viewport().mapToGlobal(self.plot_rect().center().toPoint()))
        elif not (self._view_key(event) or self._tool_key(event)):
            super().keyPressEvent(event)
            return
        event.accept()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A modifier or the space bar comes up."""
        key = _Keys(event.key())
        self._remember_modifiers(event.modifiers() & ~_MODIFIER_KEYS.get(key, Qt.KeyboardModifier.NoModifier))
        if key == _Keys.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._update_pointer()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys that come up elsewhere are up."""
        self._space = False
        self._remember_modifiers(Qt.KeyboardModifier.NoModifier)
        super().focusOutEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """The pointer leaves; two fingers pinch."""
        if event.type() == QEvent.Type.Leave:
            self._pointer = None
            self._end_hover()
            self.pointerLeft.emit()
            self._repaint()
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            factor = 1 / max(1 + event.value(), 0.1)
            self._zoom(factor, factor, event.position())
            return True
        return super().viewportEvent(event)

    def _action_of(self, button: Qt.MouseButton, part: _Part, modifiers: Qt.KeyboardModifier) -> _Action | None:
        if button is _Buttons.RightButton:
            return _Action.STRETCH
        if button is _Buttons.MiddleButton or part is not _Part.PLOT:
            return _Action.PAN
        if button is not _Buttons.LeftButton:
            return None
        pans = self._space or (self._tool is Tool.PICK and not modifiers & _MODE_KEYS)
        return _Action.PAN if pans or self._preview is not None else _Action.OUTLINE

    def _begin(self, press: _Press) -> None:
        if press.action is not _Action.OUTLINE:
            self._remember_view(press.view)
            return
        self._outline = self._new_outline(self.to_data(press.start))
        self._live, self._brushed, self._brushed_points = 0, np.zeros(self._index.size, bool), 0

    def _new_outline(self, start: tuple[float, float]) -> Outline:
        if self._tool is Tool.LASSO:
            return LassoOutline(start)
        if self._tool is Tool.BRUSH:
            scale_x, scale_y = self._view.pixels_per_unit(self.plot_rect())
            return BrushOutline(start, self._brush_radius / scale_x, self._brush_radius / scale_y)
        return RectangleOutline(start)

    def _continue(self, press: _Press, position: QPointF) -> None:
        away = position - press.start
        scale_x, scale_y = press.view.pixels_per_unit(self.plot_rect())
        free_x, free_y = press.part is not _Part.Y_AXIS, press.part is not _Part.X_AXIS
        if press.action is _Action.PAN:
            self._set_view(press.view.moved(-away.x() / scale_x * free_x, away.y() / scale_y * free_y))
        elif press.action is _Action.STRETCH:
            x, y = press.view.to_data(press.start, self.plot_rect())
            factor_x, factor_y = math.exp(-away.x() / 150 * free_x), math.exp(away.y() / 150 * free_y)
            self._set_view(press.view.zoomed(factor_x, factor_y, x, y))
        elif self._outline is not None:
            self._outline.add(self.to_data(position))
            if not self._live_timer.isActive():
                self._live_timer.start()
            self._repaint()

    def _finish_outline(self, outline: Outline, mode: Mode) -> None:
        self._live_timer.stop()
        if isinstance(outline, BrushOutline):
            rows = np.flatnonzero(self._brushed_so_far(outline))
            mode = Mode.ADD if mode is Mode.REPLACE else mode
        else:
            rows = self._index.inside(outline.region())
        self._outline, self._live, self._brushed = None, None, None
        self.gestureFinished.emit(rows, mode, f"{outline.name}, {number_of_stars(len(rows))}")

    def _count_live(self) -> None:
        outline = self._outline
        if outline is None:
            return
        if isinstance(outline, BrushOutline):
            self._live = int(np.count_nonzero(self._brushed_so_far(outline)))
        else:
            self._live = self._index.count(outline.region())
        self.liveCount.emit(self._live)
        self._repaint()

    def _brushed_so_far(self, outline: BrushOutline) -> NDArray[np.bool_]:
        """(n,) bool: the stars under the brush; only the path since the last call is looked at."""
        brushed = self._brushed if self._brushed is not None else np.zeros(self._index.size, bool)
        points = len(outline.points())
        if points > self._brushed_points:
            region = outline.region_from(self._brushed_points - 1)
            brushed[self._index.rows_of(self._index.hits(region))] = True
            self._brushed_points = points
        return brushed

    def _click(self, press: _Press) -> None:
        if press.button is _Buttons.RightButton:
            self.contextMenuRequested.emit(self.viewport().mapToGlobal(press.start.toPoint()))
            return
        if press.button is not _Buttons.LeftButton or press.part is not _Part.PLOT or self._space:
            return
        if self._preview is not None:
            return
        if self._tool is Tool.BRUSH:
            self._dab(press)
            return
        row = self._star_at(press.start)
        if row is None:
            if press.mode is Mode.REPLACE:
                self.clearRequested.emit()
            return
        if press.modifiers & Qt.KeyboardModifier.ControlModifier and press.mode is Mode.REMOVE:
            selected = self._selection is not None and bool(self._selection[row])
            self._emit_click(row, Mode.REMOVE if selected else Mode.ADD)
        elif self._tool is not Tool.PICK or press.mode is not Mode.REPLACE:
            self._emit_click(row, press.mode)
        self.starActivated.emit(row)

    def _dab(self, press: _Press) -> None:
        self._begin(press)
        outline = self._outline
        if outline is not None and self._index.count(outline.region()):
            self._finish_outline(outline, press.mode)
        elif press.mode is Mode.REPLACE:
            self.clearRequested.emit()
        self._outline, self._live, self._brushed = None, None, None

    def _emit_click(self, row: int, mode: Mode) -> None:
        self.gestureFinished.emit(np.array([row], np.int64), mode, "click, 1 star")

    def _star_at(self, position: QPointF) -> int | None:
        scale_x, scale_y = self._view.pixels_per_unit(self.plot_rect())
        found = self._index.nearest(*self.to_data(position), scale_x, scale_y, within=REACH)
        return None if found is None else found[0]

    def _hover(self) -> None:
        pointer = self._pointer
        if pointer is None or self._press is not None or self._preview is not None:
            return
        row = self._star_at(pointer) if self._part(pointer) is _Part.PLOT else None
        if row is None:
            self._end_hover()
            return
        if row != self._hovered:
            self.set_hovered(row)
            self.starHovered.emit(row)
        text = self.tooltip_for(row)
        if text:
            QToolTip.showText(self.viewport().mapToGlobal(pointer.toPoint() + QPoint(6, 4)), text, self.viewport())

    def _end_hover(self) -> None:
        self._hover_timer.stop()
        QToolTip.hideText()
        if self._hovered >= 0:
            self.set_hovered(None)
            self.starHovered.emit(-1)

    def _escape(self) -> None:
        if self._press is not None:
            self.cancel_gesture()
        elif self._tool is not Tool.PICK:
            self.set_tool(Tool.PICK)
        else:
            self.clearRequested.emit()

    def _view_key(self, event: QKeyEvent) -> bool:
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
            return False
        if key in _ARROWS:
            across, up = _ARROWS[_Keys(key)]
            (x0, x1), (y0, y1) = self.view_range()
            step = 1 / _NUMBER_OF_ARROW_STEPS
            self._remember_view_of_zoom()
            self._set_view(self._view.moved(across * step * (x1 - x0), up * step * (y1 - y0)))
        elif key in (_Keys.Key_Plus, _Keys.Key_Equal):
            self.zoom_in()
        elif key == _Keys.Key_Minus:
            self.zoom_out()
        elif key == _Keys.Key_F:
            (self.fit_selection if shift else self.fit)()
        elif key == _Keys.Key_Backspace:
            self.previous_view()
        else:
            return False
        return True

    def _tool_key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.key() in (_Keys.Key_BracketLeft, _Keys.Key_BracketRight):
            factor = 1.25 if event.key() == _Keys.Key_BracketRight else 0.8
            self._brush_radius = min(max(self._brush_radius * factor, _BRUSH[0]), _BRUSH[2])
            self._repaint()
            return True
        tool = next((tool for tool in Tool if event.text().upper() == tool.key), None)
        if tool is not None:
            self.set_tool(tool)
        return tool is not None

    def _part(self, position: QPointF) -> _Part | None:
        plot = self.plot_rect()
        if plot.contains(position):
            return _Part.PLOT
        if plot.left() <= position.x() <= plot.right() and position.y() > plot.bottom():
            return _Part.X_AXIS
        if plot.top() <= position.y() <= plot.bottom() and position.x() < plot.left():
            return _Part.Y_AXIS
        return None

    def _mode_now(self) -> Mode:
        held = self._modifiers
        if held & Qt.KeyboardModifier.ControlModifier:
            return Mode.INTERSECT if held & Qt.KeyboardModifier.ShiftModifier else Mode.REMOVE
        if held & Qt.KeyboardModifier.AltModifier:
            return Mode.REMOVE
        return Mode.ADD if held & Qt.KeyboardModifier.ShiftModifier else self._mode

    def _remember_modifiers(self, modifiers: Qt.KeyboardModifier) -> None:
        self._modifiers = modifiers & _MODE_KEYS
        if self._press is None:
            self._update_pointer()

    def _update_pointer(self) -> None:
        """The cursor and the hint for what the pointer would do, or does."""
        part = _Part.PLOT if self._pointer is None else self._part(self._pointer)
        pans = self._space or (self._press is not None and self._press.action is _Action.PAN and self._press.moved)
        mode = self._press.mode if self._press is not None else self._mode_now()
        if pans:
            self.viewport().setCursor(_Cursor.ClosedHandCursor if self._press else _Cursor.OpenHandCursor)
        elif part is not _Part.PLOT:
            shapes = {_Part.X_AXIS: _Cursor.SizeHorCursor, _Part.Y_AXIS: _Cursor.SizeVerCursor}
            self.viewport().setCursor(shapes.get(part, _Cursor.ArrowCursor) if part else _Cursor.ArrowCursor)
        elif self._tool is Tool.PICK and mode is Mode.REPLACE:
            self.viewport().setCursor(_Cursor.ArrowCursor)
        else:
            self.viewport().setCursor(cross(mode, self.devicePixelRatioF()))
        hint = self._hint_for(part, mode)
        if hint != self._hint:
            self._hint = hint
            self.hintChanged.emit(hint)

    def _hint_for(self, part: _Part | None, mode: Mode) -> str:
        if self._preview is not None:
            return "Training: the map moves as it learns; drag moves it, the wheel zooms"
        if part in (_Part.X_AXIS, _Part.Y_AXIS):
            return "Axis: drag moves and the wheel zooms this axis alone"
        if self._space:
            return "Drag moves the map"
        if mode is Mode.REPLACE:
            more = "" if self._tool is Tool.PICK else "; Shift adds, Ctrl removes, Ctrl+Shift intersects"
            return f"{self._tool.value}: {self._tool.hint}{more}"
        tool = Tool.RECTANGLE if self._tool is Tool.PICK else self._tool
        return f"{tool.value}, {_MODE_HINTS[mode]}: {tool.hint}; Esc cancels"

    def _paint_gesture(self, painter: QPainter, colors: Colors) -> None:
        plot = self.plot_rect()
        painter.save()
        painter.setClipRect(plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QPen(QColor(colors.accent), 1.6)
        line.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        fill = QColor(colors.accent)
        fill.setAlphaF(0.10)
        if self._outline is not None:
            places = QPolygonF([self._view.to_pixel(x, y, plot) for x, y in self._outline.points()])
            if isinstance(self._outline, BrushOutline):
                fill.setAlphaF(0.22)
                round_pen = QPen(fill, 2 * self._brush_radius)
                round_pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                round_pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(round_pen)
                painter.drawPolyline(places)
            else:
                painter.setPen(line)
                painter.setBrush(fill)
                painter.drawPolygon(places, Qt.FillRule.OddEvenFill)
        if self._tool is Tool.BRUSH and self._pointer is not None and not self._space and self._preview is None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(line)
            painter.drawEllipse(self._pointer, self._brush_radius, self._brush_radius)
        painter.restore()
        if self._outline is not None and self._live is not None and self._pointer is not None:
            text = number_of_stars(self._live)
            paint_bubble(painter, QRectF(plot), self._pointer, text, colors, self.font())

    def _go(self, view: MapView) -> None:
        if view != self._view:
            self._remember_view(self._view)
            self._last_zoom = -math.inf
            self._set_view(view)

    def _zoom(self, factor_x: float, factor_y: float, about: QPointF) -> None:
        x, y = self.to_data(about)
        self._remember_view_of_zoom()
        self._set_view(self._view.zoomed(factor_x, factor_y, x, y))

    def _remember_view_of_zoom(self) -> None:
        now = time.monotonic()
        if now - self._last_zoom > _ONE_ZOOM:
            self._remember_view(self._view)
        self._last_zoom = now

    def _remember_view(self, view: MapView) -> None:
        self._history = [*self._history[-_HISTORY + 1 :], view]

    def _single_shot(self, after: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after)
        timer.timeout.connect(slot)
        return timer


_MODE_KEYS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_MODIFIER_KEYS = {
    _Keys.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
    _Keys.Key_Control: Qt.KeyboardModifier.ControlModifier,
    _Keys.Key_Alt: Qt.KeyboardModifier.AltModifier,
}
_ARROWS = {
    _Keys.Key_Left: (-1, 0),
    _Keys.Key_Right: (1, 0),
    _Keys.Key_Down: (0, -1),
    _Keys.Key_Up: (0, 1),
}
_MODE_HINTS = {Mode.ADD: "adding", Mode.REMOVE: "removing", Mode.INTERSECT: "intersecting"}
