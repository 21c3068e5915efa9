"""How the error of training and validation stars fell, epoch by epoch."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from stellar_gui.autoencoder.report import History
from stellar_gui.gui import icons
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import DASH_PATTERN, MARK, LegendEntry, Mark, pen, shade
from stellar_gui.gui.views.epoch_chart import EpochChart
from stellar_gui.gui.views.scale_axis import ScaleAxis
from stellar_gui.numbers import count

SAME = 0.05
"""Share within which the validation loss is the mean squared residual, so that its root is an rms in magnitudes."""


@dataclass(frozen=True, eq=False)
class LossCurves:
    """What the chart draws: (k,) float64 each, in the unit of its title; NaN where it is not known."""

    training: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    validation: NDArray[np.float64]
    title: str


def loss_curves(history: History, unit: str, in_magnitudes: bool) -> LossCurves:
    """The curves as losses in their unit ('mag^2', or '' for none), or as root mean squares in mag.

    The loss of batches has no rms in magnitudes where it is not the mean squared residual: their curve is NaN then.
    """
    if not in_magnitudes:
        title = "loss (mag²)" if unit == "mag^2" else "loss (no unit)"
        return LossCurves(history.train_loss, history.train_low, history.train_high, history.validation_loss, title)
    same = unit == "mag^2" and np.allclose(history.validation_loss, history.validation_mse, rtol=SAME, atol=0)
    batches = (history.train_loss, history.train_low, history.train_high)
    training, low, high = (_root(losses) if same else np.full(len(history), np.nan) for losses in batches)
    return LossCurves(training, low, high, _root(history.validation_mse), "rms (mag)")


class LossChart(EpochChart):
    """Training stars (line, within the spread of their batches), validation stars (dashes), the kept epoch ringed.

    A menu beside the legend chooses between rms in magnitudes and the loss as trained, and the axes' scales.
    """

    def __init__(self) -> None:
        super().__init__(logarithmic=True)
        self.setObjectName("lossChart")
        self.setAccessibleName("Error against epoch")
        self._history: History | None = None
        self._unit = ""
        self._in_magnitudes = True
        self.set_axis_title("bottom", "epoch")
        self._add_menu()
        self._apply_theme()

    def set_history(self, history: History, unit: str) -> None:
        """Show a run's history, whose losses have the unit of TrainingConfig.loss_unit."""
        self._history, self._unit = history, unit
        self._draw()

    def follow(self, history: History, unit: str) -> None:
        """As set_history, but for a run that goes on: draws what is new, at most twice a second."""
        drawn, self._history, self._unit = self._history, history, unit
        if drawn is None or (len(drawn), drawn.best_epoch) != (len(history), history.best_epoch):
            self.draw_soon()

    def clear(self) -> None:
        """Show no run."""
        self._history = None
        self._draw()

    def _add_menu(self) -> None:
        self._menu = QMenu(self)
        group = QActionGroup(self)
        for name, text, in_magnitudes in (
            ("actionLossInMagnitudes", "Rms in magnitudes", True),
            ("actionLossAsTrained", "Loss as trained", False),
        ):
            action = self._switch(name, text, in_magnitudes)
            group.addAction(action)
            action.triggered.connect(lambda _, chosen=in_magnitudes: self._choose(chosen))
        self._menu.addSeparator()
        for name, text, axis in (
            ("actionLossLogarithmic", "Logarithmic error", self.y_axis),
            ("actionEpochsLogarithmic", "Logarithmic epochs", self.x_axis),
        ):
            action = self._switch(name, text, axis.logarithmic)
            action.toggled.connect(lambda on, axis=axis: self._rescale(axis, on))
        button = QToolButton()
        button.setObjectName("lossMenuButton")
        button.setAccessibleName("What the chart shows, and its scales")
        button.setToolTip("Rms or loss, logarithmic or linear axes")
        button.setAutoRaise(True)
        button.setProperty("quiet", True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(self._menu)
        icons.attach(button, "mdi6.tune-variant")
        self.add_control(button)

    def _switch(self, name: str, text: str, on: bool) -> QAction:
        action = self._menu.addAction(text)
        action.setObjectName(name)
        action.setCheckable(True)
        action.setChecked(on)
        return action

    def _choose(self, in_magnitudes: bool) -> None:
        self._in_magnitudes = in_magnitudes
        self._draw()

    def _rescale(self, axis: ScaleAxis, logarithmic: bool) -> None:
        axis.logarithmic = logarithmic
        axis.picture = None  # pyqtgraph's way to have the ticks made anew
        self._draw()

    def _draw(self) -> None:
        self.plot.clear()
        history = self._history
        shown = history is not None and len(history) > 0
        self.show_all_ticks(shown)
        if history is None or not shown:
            self.set_axis_title("left", "rms (mag)" if self._in_magnitudes else "loss")
            self.legend.set_entries(())
            return
        curves = loss_curves(history, self._unit, self._in_magnitudes)
        self.set_axis_title("left", curves.title)
        epochs = self.x_axis.place(history.epoch)
        training, low, high, validation = map(
            self.y_axis.place, (curves.training, curves.low, curves.high, curves.validation)
        )
        entries = []
        if np.isfinite(training).any():
            spread = self._add_spread(epochs, low, high)
            self.add_curve(epochs, training, pen(theme.colors.primary))
            entries.append(LegendEntry(Mark.SPREAD if spread else Mark.LINE, "primary", "training"))
        dashes = pen(theme.colors.ink, 1.4, Qt.PenStyle.CustomDashLine)
        dashes.setDashPattern(DASH_PATTERN)
        dashes.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.add_curve(epochs, validation, dashes)
        entries.append(LegendEntry(Mark.DASHES, "ink", "validation"))
        best = np.flatnonzero(history.epoch == history.best_epoch)
        if len(best) and np.isfinite(validation[best[-1]]):
            self._add_best(epochs[best[-1]], validation[best[-1]])
            entries.append(LegendEntry(Mark.RING, "ink", f"best: epoch {count(history.best_epoch)}"))
        if not np.isfinite(training).any() and np.isfinite(history.train_loss).any():
            entries.append(LegendEntry(Mark.NONE, "muted", "training: see the loss"))
        self.legend.set_entries(entries)
        self.fit(epochs, training, low, high, validation)

    def _add_spread(self, epochs: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> bool:
        known = np.isfinite(low) & np.isfinite(high)
        if np.count_nonzero(known) < 2:
            return False
        edges = [pg.PlotCurveItem(epochs[known], edge[known], pen=None) for edge in (low, high)]
        self.plot.addItem(pg.FillBetweenItem(*edges, brush=shade(theme.colors.primary)))
        return True

    def _add_best(self, epoch: float, place: float) -> None:
        ring = pg.ScatterPlotItem(
            [epoch],
            [place],
            symbol="o",
            size=MARK + 2,
            pen=pen(theme.colors.ink),
            brush=theme.colors.card,
            antialias=True,
        )
        self.plot.addItem(ring)


def _root(values: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):
        return np.sqrt(values)
