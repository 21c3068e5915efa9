"""The map that wears a tool: the tool and mode in use, their cursor and hint, and the keys that choose them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.views.cursors import cross
from stellar_gui.gui.views.drawing import Drawing
from stellar_gui.gui.views.gestures import (
    MODE_KEYS,
    MODIFIER_OF_KEY,
    Action,
    Part,
    Press,
    hint_of,
    legend_hint,
    mode_of,
    part_at,
)
from stellar_gui.gui.views.hover_map import HoverMap
from stellar_gui.gui.views.outlines import PolygonOutline
from stellar_gui.gui.views.tools import Tool

_BRUSH = (4.0, 24.0, 400.0)  # radius in logical pixels: least, at the start, most

NO_PROBE = "Probe works on a latent view of two coordinates"

_Keys, _Cursor = Qt.Key, Qt.CursorShape


class ToolMap(HoverMap):
    """A map that shows what the pointer would do with the tool, the mode and the keys held."""

    toolChanged = Signal(object)
    modeChanged = Signal(object)
    hintChanged = Signal(str)

    _probes = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tool, self._mode = Tool.PICK, Mode.REPLACE
        self._brush_radius = _BRUSH[1]
        self._press: Press | None = None
        self._drawing: Drawing | None = None
        self._space = False
        self._modifiers = Qt.KeyboardModifier.NoModifier
        self._hint = ""
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

    def set_probing(self, possible: bool) -> None:
        """Whether places of the plane can be decoded; where they cannot, the probe tool works as Pick does."""
        self._probes = possible
        self._update_pointer()

    def set_mode(self, mode: Mode) -> None:
        """Choose the mode of gestures made without a key held."""
        if mode is not self._mode:
            self._mode = mode
            self.modeChanged.emit(mode)
        self._update_pointer()

    def cancel_gesture(self) -> None:
        """End a gesture under way without effect; a move of the view is taken back."""
        press, self._press = self._press, None
        if press is not None and press.moved and press.action in (Action.PAN, Action.STRETCH):
            self._set_view(press.view)
        self._update_pointer()
        self._repaint()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A modifier or the space bar comes up."""
        key = _Keys(event.key())
        self._remember_modifiers(event.modifiers() & ~MODIFIER_OF_KEY.get(key, Qt.KeyboardModifier.NoModifier))
        if key == _Keys.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._update_pointer()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys that come up elsewhere are up."""
        self._space = False
        self._remember_modifiers(Qt.KeyboardModifier.NoModifier)
        super().focusOutEvent(event)

    @property
    def _acting(self) -> Tool:
        """The tool that this map works as."""
        return Tool.PICK if self._tool is Tool.PROBE and not self._probes else self._tool

    @property
    def _corners(self) -> int:
        """Of the polygon under way, 0 if there is none."""
        outline = None if self._drawing is None else self._drawing.outline
        return len(outline.corners) if isinstance(outline, PolygonOutline) else 0

    @property
    def _label_under_pointer(self) -> str | None:
        """The label that a click would toggle; none while a gesture is under way."""
        if self._pointer is None or self._press is not None or self._drawing is not None:
            return None
        return self._label_at(self._pointer)

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

    def _remember_modifiers(self, modifiers: Qt.KeyboardModifier) -> None:
        self._modifiers = modifiers & MODE_KEYS
        if self._press is None:
            self._update_pointer()

    def _update_pointer(self) -> None:
        """The cursor and the hint for what the pointer would do, or does."""
        part = Part.PLOT if self._pointer is None else part_at(self._pointer, self.plot_rect())
        pans = self._space or (self._press is not None and self._press.action is Action.PAN and self._press.moved)
        tool = self._acting
        mode = Mode.REPLACE if tool is Tool.PROBE else mode_of(self._modifiers, self._mode)
        if self._drawing is not None:
            mode = self._drawing.mode
        elif self._press is not None and tool is not Tool.PROBE:
            mode = self._press.mode
        label = self._label_under_pointer
        if label is not None:
            self.viewport().setCursor(_Cursor.PointingHandCursor)
        elif pans:
            self.viewport().setCursor(_Cursor.ClosedHandCursor if self._press else _Cursor.OpenHandCursor)
        elif part is not Part.PLOT:
            shapes = {Part.X_AXIS: _Cursor.SizeHorCursor, Part.Y_AXIS: _Cursor.SizeVerCursor}
            self.viewport().setCursor(shapes.get(part, _Cursor.ArrowCursor) if part else _Cursor.ArrowCursor)
        elif tool is Tool.PICK and mode is Mode.REPLACE:
            self.viewport().setCursor(_Cursor.ArrowCursor)
        else:
            self.viewport().setCursor(cross(mode, self.devicePixelRatioF()))
        hint = hint_of(part, mode, tool, self._space, self._preview is not None, self._corners)
        if tool is not self._tool and part is Part.PLOT and self._preview is None:
            hint = f"{NO_PROBE}. {hint}"
        self._tell(hint if label is None else legend_hint(label))

    def _tell(self, hint: str) -> None:
        if hint != self._hint:
            self._hint = hint
            self.hintChanged.emit(hint)
