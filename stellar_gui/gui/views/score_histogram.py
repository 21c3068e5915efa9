"""How many stars have which score, with a threshold that can be dragged."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent

from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import Chart, pen, shade
from stellar_gui.gui.views.scale_axis import ScaleAxis

BINS = 80
WIDE = 20.0
"""Ratio of the largest score to the median beyond which the scores' axis is logarithmic."""

_FLOOR = np.log10(0.6)  # of the axis of counts: below a single star
_LEAST_RATIO = 1e-3  # of the lowest score shown to the median, on a logarithmic axis


class ScoreHistogram(Chart):
    """Bars on a logarithmic axis of counts; a click or drag moves the threshold, as do the arrow keys, by one bar.

    Without scores it is empty.
    """

    thresholdMoved = Signal(float)
    """By the user."""

    def __init__(self) -> None:
        self._x, self._y = ScaleAxis("bottom"), ScaleAxis("left", logarithmic=True, whole=True)
        super().__init__(self._x, self._y)
        self.setObjectName("anomalyHistogram")
        self.setAccessibleName("Numbers of stars by score, with the threshold")
        self.setToolTip("Drag the threshold, or move it with the arrow keys")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.legend.hide()
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self._edges = self._counts = np.empty(0)
        self._threshold = np.nan
        self.set_axis_title("left", "stars")
        self._apply_theme()

    @property
    def threshold(self) -> float:
        """The score from which on stars count as odd; NaN without scores."""
        return self._threshold

    def set_scores(self, scores: NDArray[np.floating], title: str, threshold: float) -> None:
        """Show scores (k,), finite and not negative, under the title of their axis, with a threshold."""
        self._edges = self._counts = np.empty(0)
        self._threshold = threshold
        if len(scores):
            middle, largest = float(np.median(scores)), float(scores.max())
            self._x.logarithmic = middle > 0 and largest > WIDE * middle
            lowest = max(float(scores.min()), _LEAST_RATIO * middle)
            low, high = self._x.place([lowest, largest])
            self._edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
            places = self._x.place(np.maximum(scores, lowest))
            self._counts = np.histogram(np.clip(places, low, self._edges[-1]), self._edges)[0].astype(np.float64)
        self.set_axis_title("bottom", title)
        self._draw()

    def set_threshold(self, threshold: float) -> None:
        """Move the threshold."""
        self._threshold = threshold
        self._draw()

    def pixel_of(self, score: float) -> int:
        """Where a score stands, in logical pixels from the left."""
        place = self.plot.getViewBox().mapViewToScene(QPointF(float(self._x.place([score])[0]), 0.0))
        return int(self.plot.mapTo(self, self.plot.mapFromScene(place)).x())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the threshold to the pointer."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._move_to(event.position())
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the threshold."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the threshold by one bar."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if steps is None or not len(self._edges):
            super().keyPressEvent(event)
            return
        width = self._edges[1] - self._edges[0]
        self._take(float(self._x.place([self._threshold])[0]) + steps * width)

    def _move_to(self, position: QPointF) -> None:
        scene = self.plot.mapToScene(self.plot.mapFrom(self, position.toPoint()))
        if len(self._edges):
            self._take(self.plot.getViewBox().mapSceneToView(QPointF(scene)).x())

    def _take(self, place: float) -> None:
        place = float(np.clip(place, self._edges[0], self._edges[-1]))
        self._threshold = 10.0**place if self._x.logarithmic else place
        self._draw()
        self.thresholdMoved.emit(self._threshold)

    def _draw(self) -> None:
        self.plot.clear()
        for side in ("left", "bottom"):
            self.show_ticks(side, len(self._edges) > 0)
        if not len(self._edges):
            return
        heights = np.log10(np.maximum(self._counts, 10.0**_FLOOR))
        line = float(self._x.place([self._threshold])[0])
        split = int(np.clip(np.searchsorted(self._edges, line), 0, len(heights)))
        self._add_bars(slice(0, split), heights, theme.colors.muted)
        self._add_bars(slice(split, len(heights)), heights, theme.colors.primary)
        self.plot.addItem(pg.InfiniteLine(line, angle=90, pen=pen(theme.colors.text, 2.0)))
        margin = 0.02 * (self._edges[-1] - self._edges[0])
        self.plot.setXRange(self._edges[0] - margin, self._edges[-1] + margin, padding=0)
        self.plot.setYRange(_FLOOR, max(float(heights.max()), 0.5) * 1.06, padding=0)

    def _add_bars(self, bins: slice, heights: NDArray[np.float64], color: str) -> None:
        if bins.start == bins.stop:
            return
        self.plot.addItem(
            pg.PlotCurveItem(
                self._edges[bins.start : bins.stop + 1],
                heights[bins],
                stepMode="center",
                fillLevel=_FLOOR,
                brush=shade(color),
                pen=pen(QColor(color).name(), 1.0),
            )
        )
