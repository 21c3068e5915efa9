"""A quantity of each band as it went from epoch to epoch, the five bands side by side."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QSize

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import MARK, REDRAW_SLOWLY_MS, Chart, LegendEntry, Mark, PlainAxis, pen
from stellar_gui.gui.views.epoch_chart import HALF_LABEL, LOW, SMALLEST_DECADES, axis_width
from stellar_gui.gui.views.scale_axis import ScaleAxis

_COLUMN = (0.09, 0.88)  # where a band's first and last epoch stand in its column of width 1
_PADDING = 0.1
_SETTLED = 0.1  # share of the epochs whose values may leave a linear axis, since the first ones dwarf the others


class BandEvolution(Chart):
    """One column per band, in which the epochs run from left to right and the last one wears a dot."""

    def __init__(self, name: str, title: str, *, logarithmic: bool) -> None:
        """name: of the object; title: the quantity, with its unit; a linear axis is even about its line at zero."""
        self.y_axis = ScaleAxis("left", logarithmic=logarithmic)
        super().__init__(PlainAxis("bottom"), self.y_axis, REDRAW_SLOWLY_MS)
        self.setObjectName(name)
        self.setAccessibleName(f"{title} of each band against epoch")
        self.legend.set_entries([LegendEntry(Mark.NONE, "muted", title)])
        self._epochs, self._values = np.empty(0), np.empty((0, len(BAND_NAMES)))
        self.plot.getAxis("bottom").setTicks([[(band + 0.5, name) for band, name in enumerate(BAND_NAMES)]])
        self.plot.setXRange(0, len(BAND_NAMES), padding=0)
        self.plot.plotItem.setContentsMargins(0, HALF_LABEL, 0, 0)
        self._edges = [pg.InfiniteLine(edge) for edge in range(1, len(BAND_NAMES))]
        self._zero = pg.InfiniteLine(0.0, angle=0)
        self._curve = pg.PlotCurveItem(antialias=True)
        self._ends = pg.ScatterPlotItem(size=MARK - 1, pen=None, antialias=True)
        for item in (*self._edges, self._zero, self._curve, self._ends):
            self.plot.addItem(item)
        self._apply_theme()

    def set_values(self, epochs: NDArray[np.integer], values: NDArray[np.float64]) -> None:
        """Show values (k, 5), u g r i z, after epochs (k,) soon; what is not finite leaves a gap."""
        if not np.array_equal(values, self._values, equal_nan=True):
            self._epochs, self._values = epochs.astype(np.float64), values
            self.draw_soon()

    @property
    def drawn(self) -> NDArray[np.float64]:
        """(k, 5): the values as they are drawn."""
        _, places = self._curve.getData()
        if places is None:
            return np.empty((0, len(BAND_NAMES)))
        values: NDArray[np.float64] = places.reshape(len(BAND_NAMES), -1)[:, :-1].T
        return 10.0**values if self.y_axis.logarithmic else values

    def columns(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(5,) each: where every band's first and last epoch stand; band k has the room from k to k + 1."""
        across = self._across()
        return across[0], across[-1]

    def minimumSizeHint(self) -> QSize:
        """As high as its own ticks need."""
        return QSize(200, LOW)

    def _draw(self) -> None:
        self.y_axis.setWidth(axis_width(self))
        places = self.y_axis.place(self._values)
        known = np.isfinite(places)
        self.show_ticks("left", bool(known.any()))
        for line in self._edges:
            line.setPen(pen(theme.colors.border, 1.0))
        self._zero.setPen(pen(theme.colors.muted, 1.0))
        self._zero.setVisible(bool(known.any()) and not self.y_axis.logarithmic)
        if not known.any():
            self._curve.clear()
            self._ends.clear()
            return
        across = self._across()
        gap = np.full((1, len(BAND_NAMES)), np.nan)
        x, y = (np.concatenate([values, gap]).T.ravel() for values in (across, places))
        self._curve.setData(x, y, pen=pen(theme.colors.primary), connect="finite")
        last = known[-1]
        self._ends.setData(across[-1, last], places[-1, last], brush=theme.colors.primary)
        self._fit(places)

    def _across(self) -> NDArray[np.float64]:
        """(k, 5): how far right each value stands."""
        first, last = self._epochs[0], self._epochs[-1]
        share = (self._epochs - first) / (last - first) if last > first else np.full(len(self._epochs), 0.5)
        left, right = _COLUMN
        return (left + (right - left) * share)[:, np.newaxis] + np.arange(len(BAND_NAMES))

    def _fit(self, places: NDArray[np.float64]) -> None:
        settled = places if self.y_axis.logarithmic else places[int(_SETTLED * len(places)) :]
        values = settled[np.isfinite(settled)]
        if not len(values):
            return
        if self.y_axis.logarithmic:
            middle = (values.min() + values.max()) / 2
            half = max(values.max() - values.min(), SMALLEST_DECADES) / 2 * (1 + 2 * _PADDING)
        else:
            middle, half = 0.0, (np.abs(values).max() or 1.0) * (1 + 2 * _PADDING)
        self.plot.setYRange(middle - half, middle + half, padding=0)
