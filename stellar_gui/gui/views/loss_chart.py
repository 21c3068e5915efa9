"""The loss of training and validation stars, epoch by epoch, on a logarithmic axis."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import DASH_PATTERN, MARK, Chart, LegendEntry, Mark, PlainAxis, pen
from stellar_gui.gui.widgets.numbers import count

_LABEL_DISTANCE = 17.0  # logical pixels between two tick labels
_SMALLEST_SPAN = 0.1  # decades
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class LossChart(Chart):
    """The loss of training (line) and validation stars (dashes), best epoch ringed; in mag² if nothing else is said."""

    def __init__(self) -> None:
        super().__init__(_EpochAxis("bottom"), _LogAxis("left"))
        self.setObjectName("lossChart")
        self.setAccessibleName("Loss against epoch")
        self._epochs = self._training = self._validation = np.empty(0)
        self._best_epoch: int | None = None
        self.set_axis_title("bottom", "epoch")
        self.set_axis_title("left", "loss (mag²)")
        self._apply_theme()

    def set_unit(self, in_magnitudes: bool) -> None:
        """Say whether the losses are in mag² or without a unit."""
        self.set_axis_title("left", "loss (mag²)" if in_magnitudes else "loss")

    def set_history(
        self, epochs: ArrayLike, training: ArrayLike, validation: ArrayLike, best_epoch: int | None
    ) -> None:
        """Show losses (k,) at epochs (k,); what is not finite or not positive leaves a gap."""
        self._epochs = np.asarray(epochs, dtype=np.float64)
        self._training, self._validation = _log_loss(training), _log_loss(validation)
        self._best_epoch = best_epoch
        self._draw()

    def clear(self) -> None:
        """Show no run."""
        self.set_history((), (), (), None)

    def _draw(self) -> None:
        self.plot.clear()
        shown = len(self._epochs) > 0
        for side in ("left", "bottom"):
            self.show_ticks(side, shown)
        if not shown:
            self.legend.set_entries(())
            return
        dashes = pen(theme.colors.ink, 1.4, Qt.PenStyle.CustomDashLine)
        dashes.setDashPattern(DASH_PATTERN)
        dashes.setCapStyle(Qt.PenCapStyle.FlatCap)
        self._add_curve(self._training, pen(theme.colors.primary), theme.colors.primary)
        self._add_curve(self._validation, dashes, theme.colors.ink)
        entries = [LegendEntry(Mark.LINE, "primary", "training"), LegendEntry(Mark.DASHES, "ink", "validation")]
        best = np.flatnonzero(self._epochs == self._best_epoch)
        if len(best) and np.isfinite(self._validation[best[-1]]):
            self._add_best(float(self._epochs[best[-1]]), float(self._validation[best[-1]]))
            entries.append(LegendEntry(Mark.RING, "ink", f"best: epoch {count(int(self._epochs[best[-1]]))}"))
        self.legend.set_entries(entries)
        self._fit()

    def _add_curve(self, losses: NDArray[np.float64], line: QPen, color: str) -> None:
        drawable = np.count_nonzero(np.isfinite(losses))
        if not drawable:
            return  # pyqtgraph cannot bound a curve without a point
        alone = drawable == 1
        dot = {"symbol": "o", "symbolSize": MARK - 2, "symbolBrush": color, "symbolPen": None} if alone else {}
        self.plot.addItem(pg.PlotDataItem(self._epochs, losses, pen=line, connect="finite", antialias=True, **dot))

    def _add_best(self, epoch: float, loss: float) -> None:
        ring = pg.ScatterPlotItem(
            [epoch],
            [loss],
            symbol="o",
            size=MARK + 2,
            pen=pen(theme.colors.ink),
            brush=theme.colors.card,
            antialias=True,
        )
        self.plot.addItem(ring)

    def _fit(self) -> None:
        first, last = float(self._epochs[0]), float(self._epochs[-1])
        margin = max(0.03 * (last - first), 0.5)
        self.plot.setXRange(first - margin, last + margin, padding=0)
        losses = np.concatenate([self._training, self._validation])
        losses = losses[np.isfinite(losses)]
        if len(losses):
            middle = (losses.min() + losses.max()) / 2
            half = max(losses.max() - losses.min(), _SMALLEST_SPAN) / 2 * 1.16
            self.plot.setYRange(middle - half, middle + half, padding=0)


def log_ticks(low: float, high: float, length: float) -> tuple[list[float], list[float]]:
    """Labelled and bare ticks of a logarithmic axis from 10**low to 10**high that is length logical pixels long.

    Labelled are, as densely as the labels have room: every whole multiple of the powers of ten, or 1 2 5, or 1 3, or
    the powers alone, or some of these; where the axis is too short in decades for that, round linear steps.
    """
    decades = range(int(np.floor(low)), int(np.ceil(high)) + 1)
    every = _inside(low, high, (digit * 10.0**decade for decade in decades for digit in range(1, 10)))
    choices = [every, _with_digits(every, (1, 2, 5)), _with_digits(every, (1, 3))]
    choices += [
        _inside(low, high, (10.0**decade for decade in decades if decade % step == 0)) for step in (1, 2, 3, 5, 10)
    ]
    for choice in choices:
        if len(choice) >= 2 and _have_room(choice, length / (high - low)):
            return choice, [value for value in every if value not in choice]
    linear = _linear_ticks(low, high)
    return next((ticks for ticks in linear if ticks and _have_room(ticks, length / (high - low))), every[:1]), []


def _linear_ticks(low: float, high: float) -> Iterator[list[float]]:
    """Multiples of round steps, densest first."""
    bottom, top = 10.0**low, 10.0**high
    finest = np.floor(np.log10(top - bottom)) - 2
    steps = (digit * 10.0 ** (finest + power) for power in range(5) for digit in (1, 2, 5))
    return ([step * k for k in range(int(np.ceil(bottom / step)), int(top // step) + 1)] for step in steps)


def _have_room(values: list[float], pixels_per_decade: float) -> bool:
    places = np.log10(values) * pixels_per_decade
    return bool((np.diff(places) >= _LABEL_DISTANCE).all())


def _inside(low: float, high: float, values: Iterable[float]) -> list[float]:
    return [value for value in values if low <= np.log10(value) <= high]


def _with_digits(values: list[float], digits: tuple[int, ...]) -> list[float]:
    return [value for value in values if round(value / 10.0 ** np.floor(np.log10(value) + 1e-9)) in digits]


def plain_number(value: float) -> str:
    """A tick's label: 0.085, 20, and beyond 0.001 to 10,000 as 2·10⁻⁴."""
    if 0.000999 < value < 9999:
        return np.format_float_positional(float(f"{value:.6g}"), trim="-")
    digits, exponent = f"{value:.3e}".split("e")
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
    digits = digits.rstrip("0").rstrip(".")
    return power if digits == "1" else f"{digits}·{power}"


class _LogAxis(PlainAxis):
    """An axis whose coordinate is the decimal logarithm of what it shows."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.setStyle(maxTextLevel=0)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float | None, list[float]]]:  # noqa: N803
        """Labelled ticks, then bare ones."""
        labelled, bare = log_ticks(minVal, maxVal, size)
        return [(None, list(np.log10(labelled))), (None, list(np.log10(bare)))]

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        """Plain numbers or powers of ten."""
        return [plain_number(10.0**value) for value in values]


class _EpochAxis(PlainAxis):
    """An axis of whole numbers."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:  # noqa: N803
        """The usual spacings, none under one epoch."""
        usual: list[tuple[float, float]] = super().tickSpacing(minVal, maxVal, size)
        return [spacing for spacing in usual if spacing[0] >= 1] or [(1.0, 0.0)]


def _log_loss(losses: ArrayLike) -> NDArray[np.float64]:
    values = np.array(losses, dtype=np.float64)
    values[~(np.isfinite(values) & (values > 0))] = np.nan
    return np.log10(values)
