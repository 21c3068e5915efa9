"""The map whose legend answers the mouse: which label is under the pointer, and what clicks on it ask for."""

from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QWidget

from stellar_gui.gui.views.moving_map import MovingMap


class LegendMap(MovingMap):
    """A map that moves and has a legend to click on.

    `labelToggled` asks to hide or show a label's stars, `labelIsolated` to show them alone, or all again. The first
    click of a double click is taken back: `labelToggled` a second time, then `labelIsolated`.
    """

    labelToggled = Signal(str)
    labelIsolated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed_label: str | None = None

    def _label_at(self, place: QPointF) -> str | None:
        """The label of the legend's line at a place of the viewport."""
        return None if self._legend_area is None else self._legend_area.label_at(place)

    def _on_legend(self, place: QPointF) -> bool:
        return self._legend_area is not None and self._legend_area.box.contains(place)

    def _press_label(self, place: QPointF) -> None:
        self._pressed_label = self._label_at(place)

    def _release_label(self, place: QPointF) -> None:
        """A click is a press and a release on the same line."""
        pressed, self._pressed_label = self._pressed_label, None
        if pressed is not None and pressed == self._label_at(place):
            self.labelToggled.emit(pressed)

    def _double_click_label(self, place: QPointF) -> None:
        label = self._label_at(place)
        if label is not None:
            self.labelToggled.emit(label)
            self.labelIsolated.emit(label)
