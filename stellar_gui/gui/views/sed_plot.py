"""The spectral energy distribution: original and reconstructed magnitudes against wavelength."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QBrush, QFontMetrics

from stellar_gui.analysis.statistics import SelectionSummary
from stellar_gui.catalog.bands import BANDS
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import MARK, Chart, LegendEntry, Mark, PlainAxis, pen, shade, small_font

_WAVELENGTHS = np.array([band.wavelength for band in BANDS])
_WAVELENGTH_RANGE = (310.0, 960.0)
_SMALLEST_SPAN = 0.5
_PADDING = 0.12


@dataclass(frozen=True, eq=False)
class _Star:
    original: NDArray[np.floating]
    reconstruction: NDArray[np.floating] | None
    non_detected: NDArray[np.bool_]


class SedPlot(Chart):
    """Magnitudes of one star, or medians and 16-84 percent of many, against effective wavelength; bright is up."""

    def __init__(self) -> None:
        super().__init__(PlainAxis("bottom"), PlainAxis("left"))
        self.setObjectName("sedPlot")
        self.setAccessibleName("Magnitudes against wavelength")
        self._content: _Star | SelectionSummary | None = None
        self.plot.setAxisItems({"top": PlainAxis("top")})
        self.plot.showAxis("top")
        self.plot.getAxis("top").setTicks([[(band.wavelength, band.name) for band in BANDS]])
        self.plot.invertY(True)
        self.plot.setXRange(*_WAVELENGTH_RANGE, padding=0)
        self.set_axis_title("bottom", "wavelength (nm)")
        self.set_axis_title("left", "magnitude (mag)")
        self._apply_theme()

    def set_star(
        self,
        original: NDArray[np.floating],
        reconstruction: NDArray[np.floating] | None,
        non_detected: NDArray[np.bool_],
    ) -> None:
        """Show one star: magnitudes (5,), mag, u g r i z; bands without a detection as open triangles.

        reconstruction: (5,), mag, or None as long as there is no model.
        """
        self._content = _Star(original, reconstruction, non_detected)
        self._draw()

    def set_selection(self, summary: SelectionSummary) -> None:
        """Show many stars: medians, with bars (original) and a shaded band (reconstructed) from 16 to 84 percent."""
        self._content = summary
        self._draw()

    def clear(self) -> None:
        """Show no star."""
        self._content = None
        self._draw()

    def _draw(self) -> None:
        self.plot.clear()
        axis = self.plot.getAxis("left")
        axis.setWidth(
            QFontMetrics(small_font(self.font())).horizontalAdvance("00.00") + self.fontMetrics().height() + 12
        )
        self.show_ticks("left", self._content is not None)
        self.plot.getAxis("top").setTextPen(theme.colors.text)
        if isinstance(self._content, _Star):
            self._draw_star(self._content)
        elif self._content is not None:
            self._draw_selection(self._content)
        else:
            self.legend.set_entries(())

    def _draw_star(self, star: _Star) -> None:
        entries = []
        detected, missed = ~star.non_detected, star.non_detected
        if star.reconstruction is not None:
            self._add_reconstruction(star.reconstruction)
            entries.append(LegendEntry(Mark.DIAMONDS, "primary", "reconstructed"))
        if detected.any():
            self._add_marks(star.original, detected, "o", pg.mkBrush(theme.colors.ink))
            entries.insert(0, LegendEntry(Mark.DOT, "ink", "original"))
        if missed.any():
            self._add_marks(star.original, missed, "t", None)
            entries.append(LegendEntry(Mark.LIMIT, "ink", "not detected"))
        self._fit(star.original, *(() if star.reconstruction is None else (star.reconstruction,)))
        self.legend.set_entries(entries)

    def _draw_selection(self, summary: SelectionSummary) -> None:
        known = np.isfinite(summary.reconstructed_p16) & np.isfinite(summary.reconstructed_p84)
        edges = [
            pg.PlotCurveItem(_WAVELENGTHS[known], edge[known], pen=None)
            for edge in (summary.reconstructed_p16, summary.reconstructed_p84)
        ]
        reconstructed = bool(known.any())
        if reconstructed:
            self.plot.addItem(pg.FillBetweenItem(*edges, brush=shade(theme.colors.primary)))
        self._add_reconstruction(summary.reconstructed_median)
        known = np.isfinite(summary.original_median)
        bars = pg.PlotCurveItem(
            np.repeat(_WAVELENGTHS[known], 2),
            np.stack([summary.original_p16[known], summary.original_p84[known]], axis=1).ravel(),
            pen=pen(theme.colors.ink, 1.4),
            connect="pairs",
            antialias=True,
        )
        self.plot.addItem(bars)
        self._add_marks(summary.original_median, known, "o", pg.mkBrush(theme.colors.ink))
        self._fit(summary.original_p16, summary.original_p84, summary.reconstructed_p16, summary.reconstructed_p84)
        self.legend.set_entries(
            [
                LegendEntry(Mark.BARS, "ink", "original"),
                *([LegendEntry(Mark.BAND, "primary", "reconstructed")] if reconstructed else []),
                LegendEntry(Mark.NONE, "muted", "median, 16–84 %"),
            ]
        )

    def _add_reconstruction(self, magnitudes: NDArray[np.floating]) -> None:
        if not np.isfinite(magnitudes).any():
            return  # pyqtgraph cannot bound marks without a place
        blue = theme.colors.primary
        item = pg.PlotDataItem(
            _WAVELENGTHS,
            np.asarray(magnitudes, dtype=np.float64),
            pen=pen(blue),
            symbol="d",
            symbolSize=MARK + 1,
            symbolBrush=blue,
            symbolPen=None,
            connect="finite",
            antialias=True,
        )
        self.plot.addItem(item)

    def _add_marks(
        self, magnitudes: NDArray[np.floating], shown: NDArray[np.bool_], symbol: str, brush: QBrush | None
    ) -> None:
        shown = shown & np.isfinite(magnitudes)
        if not shown.any():
            return
        item = pg.ScatterPlotItem(
            _WAVELENGTHS[shown],
            np.asarray(magnitudes, dtype=np.float64)[shown],
            symbol=symbol,
            size=MARK if brush else MARK + 1,
            brush=brush,
            pen=None if brush else pen(theme.colors.ink, 1.4),
            antialias=True,
        )
        self.plot.addItem(item)

    def _fit(self, *magnitudes: NDArray[np.floating]) -> None:
        values = np.concatenate(magnitudes)
        values = values[np.isfinite(values)]
        if len(values):
            low, high = float(values.min()), float(values.max())
            half = max(high - low, _SMALLEST_SPAN) / 2 * (1 + 2 * _PADDING)
            middle = (low + high) / 2
            self.plot.setYRange(middle - half, middle + half, padding=0)
