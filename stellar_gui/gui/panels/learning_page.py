"""How a training goes: learning rate, gradient, and the errors of each band, epoch by epoch."""

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from stellar_gui.autoencoder.report import History
from stellar_gui.autoencoder.training_progress import TrainingProgress
from stellar_gui.gui.views.band_evolution import BandEvolution
from stellar_gui.gui.views.epoch_chart import EpochCurve
from stellar_gui.gui.widgets.panel import caption

LOW, HIGH = 96, 150  # logical pixels of a chart


class LearningPage(QWidget):
    """Four small charts, which follow a training while it runs and keep the history of the model in use."""

    def __init__(self) -> None:
        super().__init__()
        self._missing = caption("An earlier version trained this model and did not record gradient and bands.")
        self._rate = EpochCurve("rateChart", "learning rate", logarithmic=False)
        self._gradient = EpochCurve("gradientChart", "gradient norm", logarithmic=True)
        self._rms = BandEvolution("rmsChart", "rms (mag)", logarithmic=True)
        self._bias = BandEvolution("biasChart", "bias (mag)", logarithmic=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for chart in (self._rate, self._gradient, self._rms, self._bias):
            chart.setMinimumHeight(LOW)
            chart.setMaximumHeight(HIGH)
            layout.addWidget(chart, 1)
        self._about_bands = caption(
            "Above, against epoch; rms and bias of the validation stars: in each band's column from its first epoch at "
            "the left to the last."
        )
        layout.addWidget(self._about_bands)
        layout.addWidget(self._missing)
        layout.addStretch(0)

    def show_progress(self, progress: TrainingProgress) -> None:
        """Show where a training under way is."""
        self._show(progress.history, progress.learning_rate, progress.gradient_norm)

    def show_history(self, history: History) -> None:
        """Show how a model was trained."""
        self._show(history, None, None)

    def _show(self, history: History, rate: float | None, gradient: float | None) -> None:
        recorded = not len(history) or bool(np.isfinite(history.rms_per_band).any())
        self._missing.setVisible(not recorded)
        for widget in (self._gradient, self._rms, self._bias, self._about_bands):
            widget.setVisible(recorded)
        self._rate.set_values(history.epoch, history.learning_rate, rate)
        self._gradient.set_values(history.epoch, history.gradient_norm, gradient)
        self._rms.set_values(history.epoch, history.rms_per_band)
        self._bias.set_values(history.epoch, history.bias_per_band)
