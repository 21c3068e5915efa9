"""How one quantity is distributed among two groups of stars: two outlines in steps, the selection's in the accent."""

import pyqtgraph as pg

from stellar_gui.analysis.contrast import Effect
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import Chart, LegendEntry, Mark, PlainAxis, pen, shade
from stellar_gui.numbers import count

_ROOM = 1.06


class HistogramPair(Chart):
    """The share of either group's stars in bins of a quantity, in percent."""

    def __init__(self) -> None:
        super().__init__(PlainAxis("bottom"), PlainAxis("left"))
        self.setObjectName("histogramPair")
        self._effect: Effect | None = None
        self._names = ("", "")
        self.set_axis_title("left", "stars (%)")
        self._apply_theme()

    def set_effect(self, effect: Effect, names: tuple[str, str]) -> None:
        """Show a quantity of two groups, the selection and the one of that name behind it."""
        self._effect, self._names = effect, names
        self._draw()

    def _draw(self) -> None:
        self.plot.clear()
        effect = self._effect
        if effect is None:
            return
        self.setAccessibleName(f"Histograms of {effect.title}: {self._names[0]} and {self._names[1]}")
        self.set_axis_title("bottom", named(effect))
        percent = 100 * effect.shares
        colors = (theme.colors.accent, theme.colors.ink)
        for shares, color in reversed(list(zip(percent, colors, strict=True))):
            outline = pg.PlotCurveItem(
                effect.edges, shares, stepMode="center", pen=pen(color), fillLevel=0.0, brush=shade(color)
            )
            self.plot.addItem(outline)
        self.plot.setXRange(float(effect.edges[0]), float(effect.edges[-1]), padding=0.01)
        self.plot.setYRange(0.0, max(float(percent.max()), 1e-3) * _ROOM, padding=0)
        groups = zip(("accent", "ink"), self._names, effect.stars, strict=True)
        self.legend.set_entries([LegendEntry(Mark.SPREAD, color, f"{name}, {count(n)}") for color, name, n in groups])


def named(effect: Effect) -> str:
    """A quantity with its unit, as on an axis."""
    return f"{effect.title} ({effect.unit})" if effect.unit else effect.title
