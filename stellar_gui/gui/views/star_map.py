"""The star map: what presses, drags, clicks, the wheel and the keys do on it."""

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from stellar_gui.analysis.map_data import MapData
from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.views import figure
from stellar_gui.gui.views.figure_style import FigureStyle
from stellar_gui.gui.views.gestures import (
    CLICK,
    MODE_KEYS,
    MODIFIER_OF_KEY,
    Action,
    Part,
    Press,
    mode_of,
    part_at,
)
from stellar_gui.gui.views.probing_map import ProbingMap
from stellar_gui.gui.views.tools import Tool

_Buttons, _Keys, _Cursor = Qt.MouseButton, Qt.Key, Qt.CursorShape


class StarMap(ProbingMap):
    """The map of any two columns on which stars are picked and selected; it knows only what it is given.

    A gesture ends in one `gestureFinished(rows, mode, text)`: rows (m,) int64 ascending, the Mode, and its text for
    the undo stack, such as "lasso, 3,412 stars"; edits of its `region` follow in `regionEdited(rows, text)`. Membership
    is decided in data coordinates over all stars shown, whatever is drawn.
    """

    starActivated = Signal(int)
    clearRequested = Signal()
    pointerMoved = Signal(float, float)
    pointerLeft = Signal()
    contextMenuRequested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.viewport().setMouseTracking(True)

    def set_data(self, data: MapData, keep_view: bool = False) -> None:
        """As the canvas does; a gesture under way ends without effect."""
        self.cancel_gesture()
        super().set_data(data, keep_view)
        self._update_pointer()

    def await_data(self) -> None:
        """Keep the picture, without answering for its stars; a gesture under way ends without effect."""
        self.cancel_gesture()
        super().await_data()
        self._update_pointer()

    def set_preview(self, positions: NDArray[np.floating] | None, keep_view: bool = False) -> None:
        """As the canvas does; a gesture under way ends without effect."""
        self.cancel_gesture()
        self._end_hover()
        super().set_preview(positions, keep_view)
        self._update_pointer()

    def save_figure(self, path: Path, scale: float = 2.0, style: FigureStyle | None = None) -> None:
        """Write the map as a PNG, SVG or PDF file, by the path's ending. Raises OutputError.

        scale: pixels of a PNG for each logical one; style: None for the map as it is on the screen.
        """
        figure.save_figure(self, path, style or self.figure_style(), scale)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A button goes down: from here it is a click until the pointer moves."""
        event.accept()
        part = part_at(event.position(), self.plot_rect())
        if self._press is not None or part is None:
            return
        self._end_hover()
        self._remember_modifiers(event.modifiers())
        if self._clicks_legend(event):
            self._press_label(event.position())
            return
        action = self._action_of(event.button(), part, event.modifiers())
        if action is not None:
            mode = mode_of(self._modifiers, self._mode)
            self._press = Press(event.button(), event.position(), part, action, mode, event.modifiers(), self._view)
            if self._take_hold(self._press):
                self._press.action = Action.EDIT
            elif action is Action.CORNER:
                self._hold_corner(event.position(), mode)
        self._update_pointer()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or look for the star under the pointer."""
        event.accept()
        self.pointerMoved.emit(*self.to_data(event.position()))
        press = self._press
        if press is None:
            if self._drawing is None:
                self._point_at(event.position())
            self._pointer = event.position()
            self._remember_modifiers(event.modifiers())
            if self._drawing is not None:
                self._count_soon()
            elif self._tool is Tool.BRUSH:
                self._repaint()
            return
        self._pointer = event.position()
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
        if press is None and event.button() is _Buttons.LeftButton:
            self._release_label(event.position())
        if press is None or event.button() is not press.button:
            return
        if press.moved:
            self._continue(press, event.position())
        self._press = None
        self._release(press, event.position())
        self._remember_modifiers(event.modifiers())
        self._update_pointer()
        self._repaint()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a quick pair closes a polygon; for any other tool it is a press like any other."""
        part = part_at(event.position(), self.plot_rect())
        if self._clicks_legend(event):
            event.accept()
            self._double_click_label(event.position())
        elif part is not None and self._action_of(event.button(), part, event.modifiers()) is Action.CORNER:
            event.accept()
            self._close_polygon_at(event.position())
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer: both axes over the plot, one over an axis."""
        event.accept()
        part = part_at(event.position(), self.plot_rect())
        if part is None or self._press is not None:
            return
        factor = math.exp(-0.0014 * (event.angleDelta().y() or event.angleDelta().x()))
        self._end_hover()
        along_x = factor if part is not Part.Y_AXIS else 1.0
        along_y = factor if part is not Part.X_AXIS else 1.0
        self._zoom(along_x, along_y, event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the map; others go on to the window."""
        key = event.key()
        self._remember_modifiers(event.modifiers() | MODIFIER_OF_KEY.get(_Keys(key), Qt.KeyboardModifier.NoModifier))
        if key == _Keys.Key_Space and not event.isAutoRepeat():
            self._space = True
            self._update_pointer()
        elif key == _Keys.Key_Escape:
            self._escape()
        elif key == _Keys.Key_Menu:
            self.contextMenuRequested.emit(self.viewport().mapToGlobal(self.plot_rect().center().toPoint()))
        elif not (
            self._polygon_key(event) or self._region_key(event) or self._view_key(event) or self._tool_key(event)
        ):
            super().keyPressEvent(event)
            return
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """The pointer leaves; two fingers pinch."""
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
            self._update_pointer()
            self.pointerLeft.emit()
            self._repaint()
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            factor = 1 / max(1 + event.value(), 0.1)
            self._zoom(factor, factor, event.position())
            return True
        return super().viewportEvent(event)

    def _clicks_legend(self, event: QMouseEvent) -> bool:
        """Whether a press is on the legend and no gesture under way, so that it begins none."""
        free = self._press is None and self._drawing is None
        return free and event.button() is _Buttons.LeftButton and self._on_legend(event.position())

    def _action_of(self, button: Qt.MouseButton, part: Part, modifiers: Qt.KeyboardModifier) -> Action | None:
        if button is _Buttons.RightButton:
            return Action.STRETCH
        if button is _Buttons.MiddleButton or part is not Part.PLOT:
            return Action.PAN
        if button is not _Buttons.LeftButton:
            return None
        pans = self._space or (self._acting is Tool.PICK and not modifiers & MODE_KEYS)
        if pans or not self.answers:
            return Action.PAN
        if self._acting is Tool.PROBE:
            return Action.TRACE
        return Action.CORNER if self._tool is Tool.POLYGON else Action.OUTLINE

    def _begin(self, press: Press) -> None:
        if press.action is Action.OUTLINE:
            self._begin_drawing(press.start, press.mode)
        elif press.action is Action.TRACE:
            self._begin_trace(press.start)
        elif press.action in (Action.PAN, Action.STRETCH):
            self._remember_view(press.view)

    def _continue(self, press: Press, position: QPointF) -> None:
        away = position - press.start
        scale_x, scale_y = press.view.pixels_per_unit(self.plot_rect())
        free_x, free_y = press.part is not Part.Y_AXIS, press.part is not Part.X_AXIS
        if press.action is Action.PAN:
            self._set_view(press.view.moved(-away.x() / scale_x * free_x, away.y() / scale_y * free_y))
        elif press.action is Action.STRETCH:
            x, y = press.view.to_data(press.start, self.plot_rect())
            factor_x, factor_y = math.exp(-away.x() / 150 * free_x), math.exp(away.y() / 150 * free_y)
            self._set_view(press.view.zoomed(*self._factors(factor_x, factor_y), x, y))
        else:
            self._draw_to(position)

    def _release(self, press: Press, position: QPointF) -> None:
        if press.action is Action.EDIT:
            if self._let_go(press):
                return
            press.action = self._action_of(press.button, press.part, press.modifiers) or Action.PAN
            if press.action is Action.CORNER:
                self._hold_corner(press.start, press.mode)
        if press.action is Action.CORNER:
            self._set_corner(position if press.moved else press.start)
        elif not press.moved:
            self._click(press)
        elif press.action is Action.OUTLINE:
            self._finish()
        elif press.action is Action.TRACE:
            self._finish_trace()

    def _click(self, press: Press) -> None:
        if press.button is _Buttons.RightButton:
            self.contextMenuRequested.emit(self.viewport().mapToGlobal(press.start.toPoint()))
            return
        if press.button is not _Buttons.LeftButton or press.part is not Part.PLOT or self._space:
            return
        if not self.answers:
            return
        if self._acting is Tool.PROBE:
            self.placeProbed.emit(*self.to_data(press.start))
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
        elif self._acting is not Tool.PICK or press.mode is not Mode.REPLACE:
            self._emit_click(row, press.mode)
        self.starActivated.emit(row)

    def _dab(self, press: Press) -> None:
        if self._begin_drawing(press.start, press.mode).count():
            self._finish()
            return
        self._drawing = None
        if press.mode is Mode.REPLACE:
            self.clearRequested.emit()

    def _emit_click(self, row: int, mode: Mode) -> None:
        self.drop_region()
        self.gestureFinished.emit(np.array([row], np.int64), mode, "click, 1 star")

    def _escape(self) -> None:
        if self._press is not None or self._drawing is not None:
            self.cancel_gesture()
        elif self.region is not None:
            self.drop_region()
        elif self.pinned:
            self.pinDropped.emit()
        elif self._tool is not Tool.PICK:
            self.set_tool(Tool.PICK)
        else:
            self.clearRequested.emit()
