"""The map that knows the star under the pointer: its ring, its tooltip, and which star a click means."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QTimer, Signal
from PySide6.QtWidgets import QToolTip, QWidget

from stellar_gui.analysis.map_data import MapData
from stellar_gui.gui.views.legend_map import LegendMap

REACH = 12.0  # logical pixels within which a star is picked or hovered
_HOVER_AFTER = 20  # ms


class HoverMap(LegendMap):
    """A map that moves and says which star the pointer rests on.

    tooltip_for: from a row of the catalogue to the text shown beside its star; empty for none.
    """

    starHovered = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tooltip_for: Callable[[int], str] = lambda row: ""
        self._pointer: QPointF | None = None
        self._waiting = False
        self._hover_timer = QTimer(self, singleShot=True, interval=_HOVER_AFTER)
        self._hover_timer.timeout.connect(self._hover)

    @property
    def answers(self) -> bool:
        """Whether stars can be hovered, picked and selected; not in a preview, nor while other stars are awaited."""
        return self._preview is None and not self._waiting

    def set_data(self, data: MapData, keep_view: bool = False) -> None:
        """As the canvas does; what was awaited has come."""
        self._end_hover()
        self._waiting = False
        super().set_data(data, keep_view)

    def await_data(self) -> None:
        """Keep the picture, without answering for its stars, until `set_data` brings others."""
        self._end_hover()
        self._waiting = True

    def _point_at(self, pointer: QPointF | None) -> None:
        """The pointer has moved, without a button held, or has left."""
        self._pointer = pointer
        if pointer is None:
            self._end_hover()
        else:
            self._hover_timer.start()

    def _star_at(self, position: QPointF) -> int | None:
        scale_x, scale_y = self._view.pixels_per_unit(self.plot_rect())
        found = self._data.index.nearest(*self.to_data(position), scale_x, scale_y, within=REACH)
        return None if found is None else found[0]

    def _hover(self) -> None:
        pointer = self._pointer
        if pointer is None or not self.answers:
            return
        bare = self.plot_rect().contains(pointer) and not self._on_legend(pointer)
        row = self._star_at(pointer) if bare else None
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
