"""The spectral energy distribution: original and reconstructed magnitudes against wavelength."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QFontMetrics

from stellar_gui.analysis.statistics import SelectionSummary
from stellar_gui.catalog.bands import BANDS
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import (
    DASH_PATTERN,
    LINE,
    MARK,
    Chart,
    LegendEntry,
    Mark,
    PlainAxis,
    pen,
    shade,
    small_font,
)

_WAVELENGTHS = np.array([band.wavelength for band in BANDS])
_WAVELENGTH_RANGE = (310.0, 960.0)
_SMALLEST_SPAN = 0.5
_PADDING = 0.12


@dataclass(frozen=True, eq=False)
class _Star:
    original: NDArray[np.floating]
    reconstruction: NDArray[np.floating] | None
    non_detected: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Pair:
    own: SelectionSummary
    other: SelectionSummary
    names: tuple[str, str]


@dataclass(frozen=True, eq=False)
class DecodedPlace:
    """Magnitudes (5,), mag, that a decoder gives for a place; extrapolated: whether it has seen no stars there."""

    magnitudes: NDArray[np.floating]
    extrapolated: bool


@dataclass(frozen=True, eq=False)
class _Place:
    decoded: DecodedPlace
    nearest: NDArray[np.floating]
    non_detected: NDArray[np.bool_]
    pinned: bool
    pointer: DecodedPlace | None


class SedPlot(Chart):
    """Magnitudes of one star, or medians and 16-84 percent of many, against effective wavelength; bright is up."""

    def __init__(self) -> None:
        super().__init__(PlainAxis("bottom"), PlainAxis("left"))
        self.setObjectName("sedPlot")
        self.setAccessibleName("Magnitudes against wavelength")
        self._content: _Star | _Place | SelectionSummary | _Pair | None = None
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

    def set_place(
        self,
        decoded: DecodedPlace,
        nearest: NDArray[np.floating],
        non_detected: NDArray[np.bool_],
        pinned: bool = False,
        pointer: DecodedPlace | None = None,
    ) -> None:
        """Show what a place is decoded to, as a ghost: dashed where it is extrapolated.

        nearest, non_detected: (5,) magnitudes (mag) of the nearest star, and bands without a detection. pinned: whether
        the place is held; pointer: then the one under the pointer, drawn thinner.
        """
        self._content = _Place(decoded, nearest, non_detected, pinned, pointer)
        self._draw()

    def set_selection(self, summary: SelectionSummary) -> None:
        """Show many stars: medians, with bars (original) and a shaded band (reconstructed) from 16 to 84 percent."""
        self._content = summary
        self._draw()

    def set_pair(self, own: SelectionSummary, other: SelectionSummary, names: tuple[str, str]) -> None:
        """Show two groups, the selection and another: medians over a shaded band from 16 to 84 percent."""
        self._content = _Pair(own, other, names)
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
        elif isinstance(self._content, _Pair):
            self._draw_pair(self._content)
        elif isinstance(self._content, _Place):
            self._draw_place(self._content)
        elif self._content is not None:
            self._draw_selection(self._content)
        else:
            self.legend.set_entries(())

    def _draw_star(self, star: _Star) -> None:
        entries = []
        detected, missed = ~star.non_detected, star.non_detected
        if star.reconstruction is not None:
            self._add_line(star.reconstruction, theme.colors.primary, "d")
            entries.append(LegendEntry(Mark.DIAMONDS, "primary", "reconstructed"))
        if detected.any():
            entries.insert(0, LegendEntry(Mark.DOT, "ink", "original"))
        if missed.any():
            entries.append(LegendEntry(Mark.LIMIT, "ink", "not detected"))
        self._add_star(star.original, missed)
        self._fit(star.original, *(() if star.reconstruction is None else (star.reconstruction,)))
        self.legend.set_entries(entries)

    def _draw_place(self, place: _Place) -> None:
        decoded, pointer = place.decoded, place.pointer
        self._add_star(place.nearest, place.non_detected)
        if pointer is not None:
            self._add_ghost(pointer, theme.colors.muted, 1.0)
        self._add_ghost(decoded, theme.colors.primary, 1.0 if not place.pinned else LINE)
        entries = [
            LegendEntry(
                Mark.DASHES if decoded.extrapolated else Mark.DIAMONDS,
                "primary",
                ("pinned" if place.pinned else "decoded") + (", extrapolated" if decoded.extrapolated else ""),
            ),
            LegendEntry(Mark.DOT, "ink", "nearest star"),
        ]
        if pointer is not None:
            mark, words = (Mark.DASHES, "pointer, extrapolated") if pointer.extrapolated else (Mark.LINE, "pointer")
            entries.append(LegendEntry(mark, "muted", words))
        if place.non_detected.any():
            entries.append(LegendEntry(Mark.LIMIT, "ink", "not detected"))
        shown = [decoded.magnitudes, place.nearest, *([] if pointer is None else [pointer.magnitudes])]
        self._fit(*shown)
        self.legend.set_entries(entries)

    def _add_ghost(self, place: DecodedPlace, color: str, width: float) -> None:
        """A curve of decoded magnitudes, dashed and hollow where it is extrapolated."""
        line = pen(color, width)
        if place.extrapolated:
            line = pen(color, width, Qt.PenStyle.CustomDashLine)
            line.setDashPattern([2 * length for length in DASH_PATTERN])
        item = pg.PlotDataItem(
            _WAVELENGTHS,
            np.asarray(place.magnitudes, dtype=np.float64),
            pen=line,
            symbol="d",
            symbolSize=MARK + 1,
            symbolBrush=theme.colors.card if place.extrapolated else color,
            symbolPen=pen(color, 1.2),
            antialias=True,
        )
        self.plot.addItem(item)

    def _add_star(self, magnitudes: NDArray[np.floating], missed: NDArray[np.bool_]) -> None:
        """Measured magnitudes: dots, and open triangles in bands without a detection."""
        self._add_marks(magnitudes, ~missed, "o", pg.mkBrush(theme.colors.ink))
        self._add_marks(magnitudes, missed, "t", None)

    def _draw_selection(self, summary: SelectionSummary) -> None:
        reconstructed = self._add_band(summary.reconstructed_p16, summary.reconstructed_p84, theme.colors.primary)
        self._add_line(summary.reconstructed_median, theme.colors.primary, "d")
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

    def _draw_pair(self, pair: _Pair) -> None:
        groups = ((pair.other, theme.colors.ink), (pair.own, theme.colors.accent))
        for summary, color in groups:
            self._add_band(summary.original_p16, summary.original_p84, color)
        for summary, color in groups:
            self._add_line(summary.original_median, color, "o")
        self._fit(*(edge for summary, _ in groups for edge in (summary.original_p16, summary.original_p84)))
        entries = [
            LegendEntry(Mark.SPREAD, color, name) for color, name in zip(("accent", "ink"), pair.names, strict=True)
        ]
        self.legend.set_entries([*entries, LegendEntry(Mark.NONE, "muted", "median, 16–84 %")])

    def _add_band(self, low: NDArray[np.floating], high: NDArray[np.floating], color: str) -> bool:
        """Shade between two curves; whether there was anything to shade."""
        known = np.isfinite(low) & np.isfinite(high)
        if known.any():
            edges = [pg.PlotCurveItem(_WAVELENGTHS[known], edge[known], pen=None) for edge in (low, high)]
            self.plot.addItem(pg.FillBetweenItem(*edges, brush=shade(color)))
        return bool(known.any())

    def _add_line(self, magnitudes: NDArray[np.floating], color: str, symbol: str) -> None:
        if not np.isfinite(magnitudes).any():
            return  # pyqtgraph cannot bound marks without a place
        item = pg.PlotDataItem(
            _WAVELENGTHS,
            np.asarray(magnitudes, dtype=np.float64),
            pen=pen(color),
            symbol=symbol,
            symbolSize=MARK + 1 if symbol == "d" else MARK,
            symbolBrush=color,
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
