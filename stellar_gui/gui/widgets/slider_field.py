"""A number that is set by a slider or typed beside it."""

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

STEPS = 200


class SliderField(QWidget):
    """A slider and a field for one number from low to high; `changed` brings it, also while the slider is dragged.

    logarithmic: whether equal ways of the slider are equal factors. The field keeps what was typed exactly.
    """

    changed = Signal(float)

    def __init__(
        self, name: str, meaning: str, low: float, high: float, digits: int, suffix: str = "", logarithmic: bool = False
    ) -> None:
        super().__init__()
        self._low, self._high, self._logarithmic = low, high, logarithmic
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"{name}Slider")
        self.slider.setProperty("themed", True)
        self.slider.setAccessibleName(meaning)
        self.slider.setToolTip(meaning)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.field = QDoubleSpinBox()
        self.field.setObjectName(f"{name}Spin")
        self.field.setAccessibleName(meaning)
        self.field.setToolTip(meaning)
        self.field.setDecimals(digits)
        self.field.setRange(low, high)
        self.field.setSingleStep(10.0**-digits)
        self.field.setSuffix(suffix)
        self.field.setFixedWidth(82)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.slider, 1)
        line.addWidget(self.field)
        self.setFocusProxy(self.slider)
        self.slider.valueChanged.connect(self._take_slider)
        self.field.valueChanged.connect(self._take_field)

    def value(self) -> float:
        """The number."""
        return self.field.value()

    def set_value(self, value: float) -> None:
        """Change the number."""
        self.field.setValue(value)

    def _take_slider(self, step: int) -> None:
        part = step / STEPS
        if self._logarithmic:
            self.field.setValue(self._low * (self._high / self._low) ** part)
        else:
            self.field.setValue(self._low + (self._high - self._low) * part)

    def _take_field(self, value: float) -> None:
        low, high = self._low, self._high
        part = math.log(value / low) / math.log(high / low) if self._logarithmic else (value - low) / (high - low)
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(round(STEPS * part))
        self.changed.emit(value)
