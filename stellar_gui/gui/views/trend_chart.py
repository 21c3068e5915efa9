"""The residuals of one band against its magnitude."""

import numpy as np
import pyqtgraph as pg

from stellar_gui.autoencoder.report import ResidualTrend
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import MARK, Chart, LegendEntry, Mark, PlainAxis, pen, shade

_PADDING = 0.1
_SMALLEST_SPAN = 1e-3  # mag


class TrendChart(Chart):
    """Median residual and the band from 16 to 84 percent in bins of magnitude, over a line at zero."""

    def __init__(self) -> None:
        super().__init__(PlainAxis("bottom"), PlainAxis("left"))
        self.setObjectName("trendChart")
        self.setAccessibleName("Residual against magnitude")
        self._trend = ResidualTrend.none()
        self._band = 0
        self.set_axis_title("left", "residual (mag)")
        self._apply_theme()

    def set_trend(self, trend: ResidualTrend, band: int) -> None:
        """Show a band, 0 to 4 for u g r i z, of a trend."""
        self._trend, self._band = trend, band
        self._draw()

    def _draw(self) -> None:
        self.plot.clear()
        trend, band = self._trend, self._band
        self.set_axis_title("bottom", f"{BAND_NAMES[band]} (mag)")
        known = np.isfinite(trend.median[band])
        for side in ("left", "bottom"):
            self.show_ticks(side, bool(known.any()))
        if not known.any():
            self.legend.set_entries(())
            return
        x = trend.magnitude[band][known]
        low, median, high = (values[band][known] for values in (trend.low, trend.median, trend.high))
        edges = [pg.PlotCurveItem(x, edge, pen=None) for edge in (low, high)]
        self.plot.addItem(pg.FillBetweenItem(*edges, brush=shade(theme.colors.primary)))
        self.plot.addItem(pg.InfiniteLine(0.0, angle=0, pen=pen(theme.colors.muted, 1.0)))
        self.plot.addItem(
            pg.PlotDataItem(
                x,
                median,
                pen=pen(theme.colors.primary),
                symbol="d",
                symbolSize=MARK,
                symbolBrush=theme.colors.primary,
                symbolPen=None,
                antialias=True,
            )
        )
        self.legend.set_entries([LegendEntry(Mark.BAND, "primary", "median, 16–84 %")])
        margin = max(0.04 * (x[-1] - x[0]), 0.05)
        self.plot.setXRange(x[0] - margin, x[-1] + margin, padding=0)
        bottom, top = min(float(low.min()), 0.0), max(float(high.max()), 0.0)
        room = max(top - bottom, _SMALLEST_SPAN) * _PADDING
        self.plot.setYRange(bottom - room, top + room, padding=0)
