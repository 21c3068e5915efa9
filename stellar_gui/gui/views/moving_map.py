"""The map whose view can be moved: fitting, zooming, going back, and the keys for it."""

import math
import time

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from stellar_gui.analysis.map_data import MapData
from stellar_gui.analysis.regions import Bounds
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.painted_map import PaintedMap

_ONE_ZOOM = 0.6  # s: steps closer together are one entry of the views' history
_HISTORY = 100
_ARROW_STEPS = 10  # arrow presses across the view

_Keys, _Modifiers = Qt.Key, Qt.KeyboardModifier


class MovingMap(PaintedMap):
    """A map canvas that moves at the user's wish and remembers where it was."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history: list[MapView] = []
        self._last_zoom = -math.inf

    def set_data(self, data: MapData, keep_view: bool = False) -> None:
        """As the canvas does; views of other stars are forgotten."""
        if not keep_view:
            self._history.clear()
        super().set_data(data, keep_view)

    def show_part(self, bounds: Bounds) -> None:
        """Show a part of the plane."""
        self._go(MapView(*bounds, self._view.y_down))

    def fit(self) -> None:
        """Show every last star, or all the sky."""
        bounds = (self._data.index if self._preview is None else self._preview).bounds
        if self._sky is not None and self._sky.home is not None:
            bounds = self._sky.home
        elif not self._has_stars:
            return
        elif self._preview is None and self._data.levels.counts is not None:
            bounds = self._data.home
        self._go(MapView.around(bounds, y_down=self._view.y_down))

    def fit_selection(self) -> None:
        """Show the selected stars; without any, nothing happens."""
        extent = self._layer.extent_of_selection()
        if extent is not None:
            self._go(MapView.around(extent, 0.15, self._view.y_down))

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

    def _view_key(self, event: QKeyEvent) -> bool:
        """Answer a key that moves the view; False for any other."""
        key, shift = event.key(), bool(event.modifiers() & _Modifiers.ShiftModifier)
        if event.modifiers() & ~(_Modifiers.ShiftModifier | _Modifiers.KeypadModifier):
            return False
        if key in _ARROWS:
            across, up = _ARROWS[_Keys(key)]
            (x0, x1), (y0, y1) = self.view_range()
            self._remember_view_of_zoom()
            self._set_view(self._view.moved(across * (x1 - x0) / _ARROW_STEPS, up * (y1 - y0) / _ARROW_STEPS))
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

    def _go(self, view: MapView) -> None:
        if self._fitted(view) != self._view:
            self._remember_view(self._view)
            self._last_zoom = -math.inf
            self._set_view(view)

    def _zoom(self, factor_x: float, factor_y: float, about: QPointF) -> None:
        x, y = self.to_data(about)
        self._remember_view_of_zoom()
        self._set_view(self._view.zoomed(*self._factors(factor_x, factor_y), x, y))

    def _factors(self, along_x: float, along_y: float) -> tuple[float, float]:
        """The factors of a zoom; on a map of the sky the stronger one along both axes."""
        if self._sky is None:
            return along_x, along_y
        stronger = max(along_x, along_y, key=lambda factor: abs(math.log(factor)))
        return stronger, stronger

    def _remember_view_of_zoom(self) -> None:
        now = time.monotonic()
        if now - self._last_zoom > _ONE_ZOOM:
            self._remember_view(self._view)
        self._last_zoom = now

    def _remember_view(self, view: MapView) -> None:
        self._history = [*self._history[-_HISTORY + 1 :], view]


_ARROWS = {
    _Keys.Key_Left: (-1, 0),
    _Keys.Key_Right: (1, 0),
    _Keys.Key_Down: (0, -1),
    _Keys.Key_Up: (0, 1),
}
