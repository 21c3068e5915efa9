"""Real mouse gestures on a star map, given in data units."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from stellar_gui.gui.views.star_map import StarMap

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


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
