"""Charts over the length of a path through the latent plane: colours as curves, and magnitudes as a strip of SEDs."""

from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent

from stellar_gui.analysis.runs import runs
from stellar_gui.catalog.bands import BAND_NAMES, BANDS
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import (
    DASH_PATTERN,
    LINE,
    Chart,
    LegendEntry,
    Mark,
    PlainAxis,
    pen,
    small_font,
)
from stellar_gui.gui.views.hue_palette import label_colors

COLUMNS = 7
"""SEDs in the strip."""

_COLUMN_WIDTH = 0.72  # share of a column's room that its curve takes
_PADDING = 0.08
_SMALLEST_SPAN = 0.2  # mag
_BESIDE = 0.01  # share of the length left free at both ends


class PathChart(Chart):
    """A chart over path length in latent units, extrapolated stretches shaded, with a marker at one length.

    `lengthPointed(length)` and `pointerLeft` tell of the pointer, `stepped(steps)` of the arrow keys.
    """

    lengthPointed = Signal(float)
    pointerLeft = Signal()
    stepped = Signal(int)

    def __init__(self, name: str, accessible: str) -> None:
        super().__init__(PlainAxis("bottom"), PlainAxis("left"))
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setMouseTracking(True)
        self.legend.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._length: NDArray[np.float64] = np.empty(0)
        self._values: NDArray[np.floating] = np.empty((0, 0))
        self._extrapolated = np.empty(0, bool)
        self._marker = pg.InfiniteLine(0.0, angle=90)
        self._marked: float | None = None

    def set_path(
        self, length: NDArray[np.float64], values: NDArray[np.floating], extrapolated: NDArray[np.bool_]
    ) -> None:
        """Show values (m, k), mag, at lengths (m,), latent units, dashed where they are extrapolated, (m,) bool."""
        self._length, self._values, self._extrapolated = length, values, extrapolated
        self._marked = None
        self._draw()

    def set_marker(self, length: float | None) -> None:
        """Mark a length, or none."""
        self._marked = length
        self._place_marker()

    def pixel_of(self, length: float) -> int:
        """Where a length stands, in logical pixels from the left."""
        place = self.plot.getViewBox().mapViewToScene(QPointF(length, 0.0))
        return int(self.plot.mapTo(self, self.plot.mapFromScene(place)).x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the length under the pointer."""
        box = self.plot.getViewBox()
        scene = self.plot.mapToScene(self.plot.mapFrom(self, event.position().toPoint()))
        if len(self._length) and box.sceneBoundingRect().contains(QPointF(scene)):
            self.lengthPointed.emit(box.mapSceneToView(QPointF(scene)).x())
        else:
            self.pointerLeft.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is over no length."""
        super().leaveEvent(event)
        self.pointerLeft.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step along the path."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if steps is None or not len(self._length):
            super().keyPressEvent(event)
        else:
            self.stepped.emit(steps)

    def _draw(self) -> None:
        self.plot.clear()
        shown = len(self._length) > 0
        self.plot.getAxis("left").setWidth(_axis_width(self))
        for side in ("left", "bottom"):
            self.show_ticks(side, shown)
        if not shown:
            self.legend.set_entries(())
            return
        for part, extrapolated in runs(self._extrapolated):
            if extrapolated:
                ends = self._length[part]
                area = pg.LinearRegionItem((ends[0], ends[-1]), movable=False, brush=_veil(), pen=pg.mkPen(None))
                area.setZValue(-10)
                self.plot.addItem(area)
        self._draw_values()
        room = _BESIDE * self._length[-1]
        self.plot.setXRange(-room, self._length[-1] + room, padding=0)
        low, high = self._range()
        room = max(high - low, _SMALLEST_SPAN) * _PADDING
        self.plot.setYRange(low - room, high + room, padding=0)
        self._marker.setPen(pen(theme.colors.primary, 1.2))
        self.plot.addItem(self._marker)
        self._place_marker()

    def _range(self) -> tuple[float, float]:
        """Of the values where there are stars, and beyond it half as far again for those that are extrapolated."""
        known = self._values if self._extrapolated.all() else self._values[~self._extrapolated]
        low, high = float(known.min()), float(known.max())
        further = max(high - low, _SMALLEST_SPAN) / 2
        return max(float(self._values.min()), low - further), min(float(self._values.max()), high + further)

    def _draw_values(self) -> None:
        """Draw what the chart is for; subclasses override it."""
        raise NotImplementedError

    def _place_marker(self) -> None:
        self._marker.setVisible(self._marked is not None)
        if self._marked is not None:
            self._marker.setValue(self._marked)

    def _add_line(
        self, x: NDArray[np.floating], y: NDArray[np.floating], color: str, extrapolated: bool, width: float = LINE
    ) -> None:
        line = pen(color, width)
        if extrapolated:
            line = pen(color, width, Qt.PenStyle.CustomDashLine)
            line.setDashPattern(DASH_PATTERN)
            line.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.plot.addItem(pg.PlotCurveItem(np.asarray(x, float), np.asarray(y, float), pen=line, antialias=True))


class PathColours(PathChart):
    """u-g, g-r, r-i and i-z as curves over path length."""

    def __init__(self) -> None:
        super().__init__("pathColours", "Colours along the path")
        self.set_axis_title("left", "colour (mag)")
        self.set_axis_title("bottom", "path length (latent units)")
        self._apply_theme()

    def sizeHint(self) -> QSize:
        """Room for four curves."""
        return QSize(300, 230)

    def _draw_values(self) -> None:
        colors = label_colors(theme.colors, self._values.shape[1])
        for k, color in enumerate(colors):
            for part, extrapolated in runs(self._extrapolated):
                self._add_line(self._length[part], self._values[part, k], color, extrapolated)
        names = [f"{blue}\N{MINUS SIGN}{red}" for blue, red in pairwise(BAND_NAMES)]
        entries = [LegendEntry(Mark.LINE, color, name) for color, name in zip(colors, names, strict=True)]
        self.legend.set_entries(entries)


class PathStrip(PathChart):
    """Magnitudes against wavelength at evenly spaced places of the path, each in a column about its length; bright is
    up.
    """

    def __init__(self) -> None:
        super().__init__("pathStrip", "Magnitudes against wavelength along the path")
        self.plot.invertY(True)
        self.set_axis_title("left", "magnitude (mag)")
        self._apply_theme()

    def minimumSizeHint(self) -> QSize:
        """The smallest size at which the curves can be told apart."""
        return QSize(200, 110)

    def sizeHint(self) -> QSize:
        """Lower than the curves of the colours."""
        return QSize(300, 170)

    def _draw_values(self) -> None:
        self.plot.getAxis("bottom").setStyle(showValues=False)
        wavelengths = np.array([band.wavelength for band in BANDS])
        room = self._length[-1] / COLUMNS
        across = (wavelengths - wavelengths.mean()) / np.ptp(wavelengths) * _COLUMN_WIDTH * room
        for column in range(COLUMNS):
            middle = (column + 0.5) * room
            number = int(np.argmin(np.abs(self._length - middle)))
            extrapolated = bool(self._extrapolated[number])
            x, y = middle + across, self._values[number].astype(float)
            self._add_line(x, y, theme.colors.primary, extrapolated)
            self.plot.addItem(
                pg.ScatterPlotItem(
                    x,
                    y,
                    symbol="d",
                    size=5.5,
                    brush=theme.colors.card if extrapolated else theme.colors.primary,
                    pen=pen(theme.colors.primary, 1.0),
                    antialias=True,
                )
            )
        entries = [LegendEntry(Mark.DIAMONDS, "primary", "u to z, decoded")]
        if self._extrapolated.any():
            entries.append(LegendEntry(Mark.DASHES, "muted", "extrapolated"))
        self.legend.set_entries(entries)


def _axis_width(chart: Chart) -> int:
    """Logical pixels for the left axis with its title, the same for all charts of a path, which stand above another."""
    labels = QFontMetrics(small_font(chart.font())).horizontalAdvance("\N{MINUS SIGN}00.0")
    return labels + chart.fontMetrics().height() + 10


def _veil() -> QColor:
    """The shade over extrapolated stretches."""
    veil = QColor(theme.colors.muted)
    veil.setAlphaF(0.12)
    return veil
