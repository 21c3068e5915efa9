"""The form of the training's settings."""

from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig

BY_EPOCHS, BY_TIME = "epochs", "seconds"
FIELD_WIDTH = 58


class TrainingForm(QWidget):
    """The settings of a training run; `config` reads them as one value."""

    def __init__(self) -> None:
        super().__init__()
        default = TrainingConfig()
        self._seed = _spin("seedSpin", "Seed of the random numbers", 0, 2**31 - 1, default.seed)
        self._epochs = _spin(
            "epochsSpin",
            "How many times each star is used; 0 leaves it to the number of stars",
            0,
            100_000,
            default.epochs or 0,
        )
        self._epochs.setSpecialValueText("auto")
        self._seconds = _spin("secondsSpin", "Time budget in seconds", 1, 86_400, 30)
        self._length = QComboBox()
        self._length.setObjectName("lengthCombo")
        self._length.setAccessibleName("What bounds the training")
        self._length.addItems([BY_EPOCHS, BY_TIME])
        self._batch = _spin("batchSpin", "Stars per step", 1, 65_536, default.batch_size)
        self._rate = QDoubleSpinBox()
        self._rate.setObjectName("rateSpin")
        self._rate.setAccessibleName("Largest learning rate of the one-cycle schedule")
        self._rate.setToolTip("Largest learning rate of the one-cycle schedule")
        self._rate.setMinimumWidth(FIELD_WIDTH)
        self._rate.setDecimals(5)
        self._rate.setRange(0.00001, 1.0)
        self._rate.setSingleStep(0.001)
        self._rate.setValue(default.learning_rate)
        self._hidden = _spin("hiddenSpin", "Neurons per hidden layer", 1, 1024, default.network.hidden)
        self._depth = _spin("depthSpin", "Hidden layers in each half", 1, 12, default.network.depth)
        length = QWidget()
        row = QHBoxLayout(length)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for field in (self._epochs, self._seconds, self._length):
            row.addWidget(field)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        cells: tuple[tuple[str, QWidget], ...] = (
            ("Train for", length),
            ("Seed", self._seed),
            ("Rate", self._rate),
            ("Batch", self._batch),
            ("Depth", self._depth),
            ("Width", self._hidden),
        )
        for k, (text, widget) in enumerate(cells):
            line, side = divmod(k, 2)
            label = QLabel(text)
            label.setProperty("muted", True)
            label.setBuddy(self._epochs if widget is length else widget)
            grid.addWidget(label, line, 2 * side)
            grid.addWidget(widget, line, 2 * side + 1)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(3, 2)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._length.currentTextChanged.connect(self._choose_length)
        self._choose_length(BY_EPOCHS)

    def config(self) -> TrainingConfig:
        """The settings as they stand."""
        by_time = self._length.currentText() == BY_TIME
        return TrainingConfig(
            seed=self._seed.value(),
            epochs=None if by_time or not self._epochs.value() else self._epochs.value(),
            time_budget=float(self._seconds.value()) if by_time else None,
            batch_size=self._batch.value(),
            learning_rate=self._rate.value(),
            network=NetworkConfig(hidden=self._hidden.value(), depth=self._depth.value()),
        )

    def show_config(self, config: TrainingConfig) -> None:
        """Set the fields to the settings of an opened model."""
        self._length.setCurrentText(BY_TIME if config.time_budget is not None else BY_EPOCHS)
        self._epochs.setValue(config.epochs or 0)
        self._seconds.setValue(round(config.time_budget or self._seconds.value()))
        self._seed.setValue(config.seed)
        self._batch.setValue(config.batch_size)
        self._rate.setValue(config.learning_rate)
        self._hidden.setValue(config.network.hidden)
        self._depth.setValue(config.network.depth)

    def _choose_length(self, text: str) -> None:
        self._epochs.setVisible(text == BY_EPOCHS)
        self._seconds.setVisible(text == BY_TIME)


def _spin(name: str, meaning: str, low: int, high: int, value: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setObjectName(name)
    spin.setAccessibleName(meaning)
    spin.setToolTip(meaning)
    spin.setRange(low, high)
    spin.setValue(value)
    spin.setGroupSeparatorShown(True)
    spin.setMinimumWidth(FIELD_WIDTH)
    return spin
