"""What the parts of a map, the buttons and the keys held mean for a gesture."""

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, Qt

from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.views.handles import Finished, Grip, Handle
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.outlines import LEAST_CORNERS
from stellar_gui.gui.views.tools import Tool

CLICK = 4.0  # logical pixels: less movement is a click

_Keys, _Modifiers = Qt.Key, Qt.KeyboardModifier

MODE_KEYS = _Modifiers.ShiftModifier | _Modifiers.ControlModifier | _Modifiers.AltModifier
MODIFIER_OF_KEY = {
    _Keys.Key_Shift: _Modifiers.ShiftModifier,
    _Keys.Key_Control: _Modifiers.ControlModifier,
    _Keys.Key_Alt: _Modifiers.AltModifier,
}


class Part(Enum):
    """Where on the map the pointer is."""

    PLOT = auto()
    X_AXIS = auto()
    Y_AXIS = auto()


class Action(Enum):
    """What a held button does once the pointer has moved; a corner is set at once."""

    OUTLINE = auto()
    CORNER = auto()
    TRACE = auto()
    EDIT = auto()
    PAN = auto()
    STRETCH = auto()


@dataclass
class Press:
    """A button that is held: where it went down and what it does."""

    button: Qt.MouseButton
    start: QPointF
    part: Part
    action: Action
    mode: Mode
    modifiers: Qt.KeyboardModifier
    view: MapView
    moved: bool = False


def part_at(position: QPointF, plot: QRectF) -> Part | None:
    """The part of the map at a place of the viewport; None in its corners and above the plot."""
    if plot.contains(position):
        return Part.PLOT
    if plot.left() <= position.x() <= plot.right() and position.y() > plot.bottom():
        return Part.X_AXIS
    if plot.top() <= position.y() <= plot.bottom() and position.x() < plot.left():
        return Part.Y_AXIS
    return None


def mode_of(held: Qt.KeyboardModifier, chosen: Mode) -> Mode:
    """The mode of a gesture that begins with these keys held; without any, the chosen one."""
    if held & _Modifiers.ControlModifier:
        return Mode.INTERSECT if held & _Modifiers.ShiftModifier else Mode.REMOVE
    if held & _Modifiers.AltModifier:
        return Mode.REMOVE
    return Mode.ADD if held & _Modifiers.ShiftModifier else chosen


def hint_of(part: Part | None, mode: Mode, tool: Tool, space: bool, preview: bool, corners: int) -> str:
    """What the pointer can do, for the status bar.

    space: whether the space bar is held; corners: of the polygon that is under way, 0 if there is none.
    """
    if preview:
        return "The map as it was learned, nothing to select on it; drag moves it, the wheel zooms"
    if part in (Part.X_AXIS, Part.Y_AXIS):
        return "Axis: drag moves and the wheel zooms this axis alone"
    if space:
        return "Drag moves the map"
    if corners:
        verb = f", {_MODE_HINTS[mode]}" if mode is not Mode.REPLACE else ""
        closes = (
            "double click, Enter or its first corner closes it" if corners >= LEAST_CORNERS else "click sets corners"
        )
        return f"{tool.value}{verb}: {closes}; Backspace takes back a corner, Esc cancels"
    if mode is Mode.REPLACE:
        more = "" if tool in (Tool.PICK, Tool.PROBE) else "; Shift adds, Ctrl removes, Ctrl+Shift intersects"
        return f"{tool.value}: {tool.hint}{more}"
    used = Tool.RECTANGLE if tool is Tool.PICK else tool
    return f"{used.value}, {_MODE_HINTS[mode]}: {used.hint}; Esc cancels"


def handle_hint(handle: Handle, finished: Finished) -> str:
    """What a handle does, for the status bar."""
    match handle.grip:
        case Grip.MOVE:
            does = f"drag moves the {finished.name}"
        case Grip.CORNER:
            does = "drag moves the corner, Ctrl+click or Delete takes it out"
        case Grip.NEW_CORNER:
            does = "drag makes another corner"
        case _:
            does = f"drag changes the {finished.name}"
    return f"{finished.name.capitalize()}: {does}; Esc lets go of it, the selection stays"


def legend_hint(label: str) -> str:
    """What the pointer can do on a label's line of the legend."""
    return f"Legend: click hides or shows {label}, double click shows it alone, or all again"


_MODE_HINTS = {Mode.ADD: "adding", Mode.REMOVE: "removing", Mode.INTERSECT: "intersecting"}
