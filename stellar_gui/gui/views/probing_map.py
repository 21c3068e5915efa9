"""The map whose places can be probed: the place under the pointer, a pinned one, and a path that is drawn."""

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.editing_map import EditingMap
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.path_layer import PathLayer, Point, paint_path
from stellar_gui.gui.views.tools import Tool

_PROBE_EVERY = 33  # ms between two places under a moving pointer
_STEP, _TOLERANCE = 2.0, 1.0  # logical pixels: between points of a path as it is drawn, and off it once it is thinned


class ProbingMap(EditingMap):
    """A map that tells of places rather than of stars while the probe tool is on, as far as `set_probing` lets it.

    `placePointed(x, y)` and `placeLeft` tell of the pointer, `placeProbed(x, y)` of a click, `pathDrawn(corners)` of a
    drag, corners (k, 2) float64, all in data units; `pinDropped` asks to let the pinned place go. What is to be seen of
    them is set by `set_pin`, `set_path` and `set_path_marker`.
    """

    placePointed = Signal(float, float)
    placeLeft = Signal()
    placeProbed = Signal(float, float)
    pinDropped = Signal()
    pathDrawn = Signal(object)

    _trace: list[QPointF] | None = None
    _pointed = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path_layer = PathLayer()
        self._probe_timer = QTimer(self, singleShot=True, interval=_PROBE_EVERY)
        self._probe_timer.timeout.connect(self._probe_pointer)

    @property
    def pinned(self) -> bool:
        """Whether a place is pinned."""
        return self._path_layer.pin is not None

    def set_pin(self, point: Point | None) -> None:
        """Mark the pinned place, or none."""
        self._path_layer.pin = point
        self._repaint()

    def set_path(self, points: NDArray[np.float64], extrapolated: NDArray[np.bool_]) -> None:
        """Draw a path through points (m, 2), dashed where it is extrapolated, (m,); without points none."""
        self._path_layer.points, self._path_layer.extrapolated = points, extrapolated
        self._repaint()

    def set_path_marker(self, point: Point | None) -> None:
        """Mark a place on the path, or none."""
        self._path_layer.marker = point
        self._repaint()

    def set_tool(self, tool: Tool) -> None:
        """Use another tool; with the probe put away, the pinned place goes."""
        changed = tool is not self._tool
        if changed:
            self._end_hover()
        super().set_tool(tool)
        if changed and tool is not Tool.PROBE and self.pinned:
            self.pinDropped.emit()
        if changed and self._pointer is not None and self._press is None:
            self._point_at(self._pointer)

    def cancel_gesture(self) -> None:
        """End a gesture or a path under way without effect."""
        self._trace = None
        super().cancel_gesture()

    def _point_at(self, pointer: QPointF | None) -> None:
        if self._acting is not Tool.PROBE or pointer is None:
            super()._point_at(pointer)
            return
        self._pointer = pointer
        if not self._probe_timer.isActive():
            self._probe_timer.start()

    def _set_view(self, view: MapView) -> None:
        super()._set_view(view)
        if self._acting is Tool.PROBE and self._press is None and self._pointer is not None:
            self._point_at(self._pointer)

    def _probe_pointer(self) -> None:
        """Tell where the pointer is, while it rests or moves without a button held."""
        pointer = self._pointer
        if pointer is None or self._press is not None or self._acting is not Tool.PROBE:
            return
        if self.answers and self.plot_rect().contains(pointer) and not self._on_legend(pointer):
            self._pointed = True
            self.placePointed.emit(*self.to_data(pointer))
        else:
            self._end_hover()

    def _end_hover(self) -> None:
        super()._end_hover()
        self._probe_timer.stop()
        if self._pointed:
            self._pointed = False
            self.placeLeft.emit()

    def _begin_trace(self, place: QPointF) -> None:
        self._trace = [place]

    def _draw_to(self, place: QPointF) -> None:
        if self._trace is None:
            super()._draw_to(place)
            return
        away = place - self._trace[-1]
        if math.hypot(away.x(), away.y()) >= _STEP:
            self._trace.append(place)
            self._repaint()

    def _finish_trace(self) -> None:
        """Tell of the path that was drawn, thinned to a pixel."""
        trace, self._trace = self._trace, None
        if trace is None or len(trace) < 2:
            return
        line = shapely.LineString([place.toTuple() for place in trace]).simplify(_TOLERANCE)
        self.pathDrawn.emit(np.array([self.to_data(QPointF(*corner)) for corner in line.coords]))

    def _paint_gesture(self, painter: QPainter, colors: Colors) -> None:
        if self._preview is None:
            plot = self.plot_rect()
            self._path_layer.paint(painter, plot, self._view, colors, self.font())
            if self._trace is not None and len(self._trace) > 1:
                paint_path(painter, plot, [(self._trace, False)], colors)
        super()._paint_gesture(painter, colors)
