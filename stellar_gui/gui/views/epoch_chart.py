"""What the charts of a training share: curves against epoch on linear or logarithmic axes."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics, QPen

from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import (
    MARK,
    REDRAW_MS,
    REDRAW_SLOWLY_MS,
    Chart,
    LegendEntry,
    Mark,
    pen,
    small_font,
)
from stellar_gui.gui.views.scale_axis import ScaleAxis, plain_number

SMALLEST_DECADES = 0.1
LOW = 92  # logical pixels
HALF_LABEL = 5  # room above an axis for the upper half of its highest label, in logical pixels
_PADDING = 0.08


class EpochChart(Chart):
    """Curves against epoch; subclasses draw them in `_draw` with `add_curve` and end with `fit`."""

    def __init__(self, *, logarithmic: bool, redraw_ms: int = REDRAW_MS) -> None:
        self.x_axis, self.y_axis = ScaleAxis("bottom", whole=True), ScaleAxis("left", logarithmic=logarithmic)
        super().__init__(self.x_axis, self.y_axis, redraw_ms)

    def add_curve(self, epochs: NDArray[np.float64], places: NDArray[np.float64], line: QPen) -> None:
        """Draw values at epochs, both as the axes place them; a single one as a dot, NaN as a gap."""
        drawable = np.count_nonzero(np.isfinite(places))
        if not drawable:
            return  # pyqtgraph cannot bound a curve without a point
        alone = drawable == 1
        dot = {"symbol": "o", "symbolSize": MARK - 2, "symbolBrush": line.color(), "symbolPen": None} if alone else {}
        self.plot.addItem(pg.PlotDataItem(epochs, places, pen=line, connect="finite", antialias=True, **dot))

    def fit(self, epochs: NDArray[np.float64], *places: NDArray[np.float64]) -> None:
        """Choose the ranges so that all is in view."""
        margin = 0.03 * (epochs[-1] - epochs[0])
        if not self.x_axis.logarithmic:
            margin = max(margin, 0.5)
        margin = max(margin, 0.02)
        self.plot.setXRange(epochs[0] - margin, epochs[-1] + margin, padding=0)
        values = np.concatenate(places)
        values = values[np.isfinite(values)]
        if not len(values):
            return
        low, high = float(values.min()), float(values.max())
        if self.y_axis.logarithmic:
            middle, half = (low + high) / 2, max(high - low, SMALLEST_DECADES) / 2 * (1 + 2 * _PADDING)
            low, high = middle - half, middle + half
        else:
            low, high = min(low, 0.0), (high if high > 0 else 1.0) * (1 + _PADDING)
        self.plot.setYRange(low, high, padding=0)

    def show_all_ticks(self, shown: bool) -> None:
        """Show or hide the ticks of both axes."""
        for side in ("left", "bottom"):
            self.show_ticks(side, shown)


class EpochCurve(EpochChart):
    """One quantity against epoch, named above; low enough to stand above others like it."""

    def __init__(self, name: str, title: str, *, logarithmic: bool) -> None:
        """name: of the object; title: the quantity, with its unit if it has one."""
        super().__init__(logarithmic=logarithmic, redraw_ms=REDRAW_SLOWLY_MS)
        self.setObjectName(name)
        self.setAccessibleName(f"{title} against epoch")
        self._title = title
        self.y_axis.setTickDensity(0.6)
        self.plot.plotItem.setContentsMargins(0, HALF_LABEL, 0, 0)
        self._epochs = self._values = np.empty(0)
        self.legend.set_entries([LegendEntry(Mark.NONE, "muted", title)])
        self._apply_theme()

    def set_values(self, epochs: NDArray[np.integer], values: NDArray[np.float64], now: float | None = None) -> None:
        """Show values (k,) at epochs (k,) soon; what is not finite, or has no logarithm, leaves a gap.

        now: the latest value within an epoch, told beside the title.
        """
        told = "" if now is None else f": {plain_number(float(f'{now:.2g}'))} now"
        self.legend.set_entries([LegendEntry(Mark.NONE, "muted", f"{self._title}{told}")])
        if not np.array_equal(values, self._values, equal_nan=True):
            self._epochs, self._values = epochs.astype(np.float64), values
            self.draw_soon()

    def minimumSizeHint(self) -> QSize:
        """As high as its own ticks need."""
        return QSize(200, LOW)

    def _draw(self) -> None:
        self.plot.clear()
        self.y_axis.setWidth(axis_width(self))
        self.show_all_ticks(len(self._epochs) > 0)
        if len(self._epochs):
            epochs, places = self.x_axis.place(self._epochs), self.y_axis.place(self._values)
            self.add_curve(epochs, places, pen(theme.colors.primary))
            self.fit(epochs, places)


def axis_width(chart: Chart) -> int:
    """Logical pixels for the labels of a left axis, so that charts above one another begin together."""
    return QFontMetrics(small_font(chart.font())).horizontalAdvance("\N{MINUS SIGN}0.0000") + 10
