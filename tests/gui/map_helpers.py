"""Real mouse gestures on a star map, given in data units."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.selection import Mode, combine
from stellar_gui.gui.views.star_map import StarMap

_Modifiers = Qt.KeyboardModifier
NO_MODIFIER = _Modifiers.NoModifier
MODIFIERS = [
    (NO_MODIFIER, Mode.REPLACE),
    (_Modifiers.ShiftModifier, Mode.ADD),
    (_Modifiers.ControlModifier, Mode.REMOVE),
    (_Modifiers.ControlModifier | _Modifiers.ShiftModifier, Mode.INTERSECT),
    (_Modifiers.AltModifier, Mode.REMOVE),
]


class Recorder:
    """What the map said, and the selection that follows from it."""

    def __init__(self, star_map: StarMap, stars: int) -> None:
        self.gestures: list[tuple[NDArray[np.int64], Mode, str]] = []
        self.selection = np.zeros(stars, bool)
        self.edits: list[tuple[NDArray[np.int64], str]] = []
        self.heard: list[str] = []
        self.star_map = star_map
        star_map.gestureFinished.connect(self._gesture)
        star_map.regionEdited.connect(lambda rows, text: self.edits.append((rows, text)))
        star_map.starActivated.connect(lambda row: self.heard.append(f"activated {row}"))
        star_map.clearRequested.connect(lambda: self.heard.append("clear"))
        star_map.toolChanged.connect(lambda tool: self.heard.append(f"tool {tool.value}"))

    def _gesture(self, rows: NDArray[np.int64], mode: Mode, text: str) -> None:
        self.gestures.append((rows, mode, text))
        hit = np.zeros(len(self.selection), bool)
        hit[rows] = True
        self.selection = combine(self.selection, hit, mode)
        self.star_map.set_selection(self.selection)


def drag(
    qtbot: QtBot,
    star_map: StarMap,
    path: Sequence[tuple[float, float]],
    modifier: Qt.KeyboardModifier = NO_MODIFIER,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
) -> None:
    """Press at the first point of path (data units), move through the others, release at the last."""
    canvas = star_map.viewport()
    start, *rest = [star_map.to_pixel(x, y) for x, y in path]
    qtbot.mousePress(canvas, button, modifier, pos=start)
    for pixel in rest:
        qtbot.mouseMove(canvas, pixel)
    qtbot.mouseRelease(canvas, button, modifier, pos=rest[-1])


def click(
    qtbot: QtBot,
    star_map: StarMap,
    point: tuple[float, float],
    modifier: Qt.KeyboardModifier = NO_MODIFIER,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
) -> None:
    """Press and release at a point (data units)."""
    qtbot.mouseClick(star_map.viewport(), button, modifier, pos=star_map.to_pixel(*point))


def snapped(star_map: StarMap, path: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The path as the mouse draws it, at whole pixels."""
    return [star_map.to_data(star_map.to_pixel(x, y)) for x, y in path]


def wheel(star_map: StarMap, where: QPoint, notches: int = 1) -> None:
    viewport = star_map.viewport()
    event = QWheelEvent(
        QPointF(where),
        QPointF(viewport.mapToGlobal(where)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NO_MODIFIER,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)
