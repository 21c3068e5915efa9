"""The settings of a training that are changed rarely: what the network sees, the loss, and the shape of both."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from stellar_gui.autoencoder.config import (
    DEVICE_NAMES,
    LARGEST_BATCH,
    LARGEST_DELTA,
    LARGEST_DEPTH,
    LARGEST_EPOCHS,
    LARGEST_HIDDEN,
    LARGEST_LEARNING_RATE,
    TrainingConfig,
)
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.dust.dust_map import has_positions
from stellar_gui.catalog.photometry import dereddened_column, has_extinction, has_photometric_errors
from stellar_gui.gui.panels.dust_choice import NO_COLUMNS, NO_POSITIONS, DustChoice
from stellar_gui.gui.widgets.panel import caption

FIELD_WIDTH = 58
FEATURES: Final = {
    "magnitudes": "Five magnitudes",
    "colours-r": "Four colours and r",
    "colours": "Four colours alone",
}
LOSS_SCALES: Final = {"magnitudes": "Magnitudes", "whitened": "Whitened", "colours": "Colours"}
LOSSES: Final = {"quadratic": "Quadratic", "weighted": "By errors", "huber": "Huber"}
SEEN: Final = {
    "magnitudes": "The network sees a star's five magnitudes.",
    "colours-r": "The network sees u\N{MINUS SIGN}g, g\N{MINUS SIGN}r, r\N{MINUS SIGN}i, i\N{MINUS SIGN}z and r.",
    "colours": "The network sees u\N{MINUS SIGN}g, g\N{MINUS SIGN}r, r\N{MINUS SIGN}i and i\N{MINUS SIGN}z alone; a "
    "star's mean magnitude goes past the map, as a third number.",
}
LOSS_MEANINGS: Final = {
    "quadratic": "The mean squared residual",
    "weighted": "Residuals count by one over the variance of the photometric errors",
    "huber": "Beyond delta, residuals count only linearly: outliers matter less",
}
DRIVEN: Final = {
    "magnitudes": "The map follows what changes magnitudes most.",
    "whitened": "Every principal direction counts the same, so that small differences shape the map as much as large "
    "ones.",
    "colours": "Every colour counts the same, so that the map follows kinds of objects, not brightness.",
}
"""By the scaling of the loss: what the map shows."""
NO_ERRORS: Final = "This table has no photometric errors: columns such as err_u or psfMagErr_u."
NO_BRIGHTNESS: Final = "A loss in colours says nothing of brightness: choose colours as features, or colours and r."
ONE_THREAD: Final = (
    "Runs on the processor, on one thread: a network this small gains nothing by more, and the window keeps a core."
)
DEVICES: Final = {"cpu": "Processor", "cuda": "CUDA", "mps": "MPS"}
DEVICE: Final = "What the training runs on; a network this small is seldom faster on a graphics processor"


class TrainingOptions(QWidget):
    """The fields of the rarely changed settings; choices that cannot work are disabled, and their tooltips say why."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        default = TrainingConfig()
        self._features = choices("featuresCombo", "What the network reads and writes", FEATURES)
        self._loss_in = choices(
            "lossInCombo", "The scaling in which the loss is taken, which decides what the map shows", LOSS_SCALES
        )
        self._loss = choices("lossCombo", "How residuals count", LOSSES)
        for name, meaning in LOSS_MEANINGS.items():
            self._loss.setItemData(self._loss.findData(name), meaning, Qt.ItemDataRole.ToolTipRole)
        self._delta = _decimal(
            "deltaSpin", "Delta of the Huber loss, beyond which residuals count only linearly", 3, LARGEST_DELTA, 0.05
        )
        self._delta_label = label_for("Delta", self._delta)
        self._denoise = _switch("denoiseCheck", "Denoising", "Adds noise of each band's photometric error to the input")
        self._deredden = _switch(
            "dereddenCheck",
            "Dereddening",
            "The network sees magnitudes without the extinction by dust; reconstructions are reddened again",
        )
        self.dust = DustChoice()
        self._dust_label = label_for("Dust from", self.dust)
        self._patience = spin(
            "patienceSpin", "Epochs without a lower validation loss after which the training ends", 0, LARGEST_EPOCHS, 0
        )
        self._patience.setSpecialValueText("off")
        self._rate = _decimal(
            "rateSpin", "Largest learning rate of the one-cycle schedule", 5, LARGEST_LEARNING_RATE, 0.001
        )
        self._batch = spin("batchSpin", "Stars per step", 1, LARGEST_BATCH, default.batch_size)
        self._hidden = spin("hiddenSpin", "Neurons per hidden layer", 1, LARGEST_HIDDEN, default.network.hidden)
        self._depth = spin("depthSpin", "Hidden layers in each half", 1, LARGEST_DEPTH, default.network.depth)
        self._device = choices("deviceCombo", DEVICE, {"cpu": DEVICES["cpu"]})
        self._device_label = label_for("Device", self._device)
        self._one_thread = caption(ONE_THREAD)
        self._driven = caption("")
        self._driven.setObjectName("drivesTheMap")
        self._lay_out()
        for combo in (self._features, self._loss_in, self._loss, self._device):
            combo.currentIndexChanged.connect(self._follow)
        for box in (self._denoise, self._deredden):
            box.toggled.connect(self.changed)
        self._deredden.toggled.connect(self._show_dust)
        self._show_dust(False)
        for field in (self._delta, self._patience, self._rate, self._batch, self._hidden, self._depth):
            field.valueChanged.connect(self.changed)
        self.show_config(default)

    def read(self) -> dict[str, Any]:
        """What the fields show, by the names of TrainingConfig's fields and its network's; a delta only with Huber."""
        return {
            "features": self._features.currentData(),
            "loss_in": self._loss_in.currentData(),
            "loss": self._loss.currentData(),
            "huber_delta": self._delta.value() if self._loss.currentData() == "huber" else None,
            "denoise": self._denoise.isChecked(),
            "deredden": self._deredden.isChecked(),
            "patience": self._patience.value() or None,
            "learning_rate": self._rate.value(),
            "batch_size": self._batch.value(),
            "hidden": self._hidden.value(),
            "depth": self._depth.value(),
            "device": self._device.currentData(),
        }

    def show_config(self, config: TrainingConfig) -> None:
        """Set the fields."""
        for combo, value in (
            (self._features, config.features),
            (self._loss_in, config.loss_in),
            (self._loss, config.loss),
        ):
            combo.setCurrentIndex(combo.findData(value))
        self._delta.setValue(config.huber_delta)
        self._denoise.setChecked(config.denoise)
        self._deredden.setChecked(config.deredden)
        self._patience.setValue(config.patience or 0)
        self._rate.setValue(config.learning_rate)
        self._batch.setValue(config.batch_size)
        self._hidden.setValue(config.network.hidden)
        self._depth.setValue(config.network.depth)
        self.show_device(config.device)
        self._follow()

    def set_devices(self, names: Sequence[str]) -> None:
        """Offer what can be trained on, the processor first; alone it is no choice and not shown."""
        with QSignalBlocker(self._device):
            self._device.clear()
            for name in names:
                self._device.addItem(DEVICES[name], name)
                self._device.setItemData(self._device.count() - 1, DEVICE_NAMES[name], Qt.ItemDataRole.ToolTipRole)
        self._show_choice_of_device()

    def show_device(self, name: str) -> None:
        """Choose a device; the processor where it is not here."""
        self._device.setCurrentIndex(max(self._device.findData(name), 0))

    def set_catalog(self, catalog: Catalog) -> None:
        """Take away what needs columns that a table does not have."""
        no_errors = None if has_photometric_errors(catalog) else NO_ERRORS
        corrected = dereddened_column(catalog)
        self.dust.set_catalog(catalog)
        no_dust = None if has_extinction(catalog) or has_positions(catalog) else f"{NO_COLUMNS}\n{NO_POSITIONS}"
        if corrected is not None:
            no_dust = f"The magnitudes in {corrected} are corrected for extinction already."
        _allow(self._denoise, no_errors)
        _allow(self._deredden, no_dust)
        _allow_item(self._loss, "weighted", no_errors, "quadratic", LOSS_MEANINGS["weighted"])

    def _show_dust(self, shown: bool) -> None:
        self.dust.setVisible(shown)
        self._dust_label.setVisible(shown)

    def _follow(self) -> None:
        """Keep the choices such that they can work, and say what drives the map."""
        colourless = self._features.currentData() == "magnitudes"
        _allow_item(self._loss_in, "colours", NO_BRIGHTNESS if colourless else None, "magnitudes")
        huber = self._loss.currentData() == "huber"
        self._delta.setVisible(huber)
        self._delta_label.setVisible(huber)
        self._one_thread.setVisible(self._device.currentData() == "cpu")
        self._driven.setText(f"{SEEN[self._features.currentData()]} {DRIVEN[self._loss_in.currentData()]}")
        self.changed.emit()

    def _show_choice_of_device(self) -> None:
        for widget in (self._device_label, self._device):
            widget.setVisible(self._device.count() > 1)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.addWidget(label_for("Features", self._features), 0, 0)
        grid.addWidget(self._features, 0, 1, 1, 3)
        grid.addWidget(label_for("Loss in", self._loss_in), 1, 0)
        grid.addWidget(self._loss_in, 1, 1, 1, 3)
        grid.addWidget(self._driven, 2, 0, 1, 4)
        grid.addWidget(label_for("Loss", self._loss), 3, 0)
        grid.addWidget(self._loss, 3, 1)
        grid.addWidget(self._delta_label, 3, 2)
        grid.addWidget(self._delta, 3, 3)
        grid.addWidget(self._denoise, 4, 0, 1, 2)
        grid.addWidget(self._deredden, 4, 2, 1, 2)
        grid.addWidget(self._dust_label, 5, 0)
        grid.addWidget(self.dust, 5, 1, 1, 3)
        cells = (
            ("Batch", self._batch),
            ("Rate", self._rate),
            ("Width", self._hidden),
            ("Depth", self._depth),
            ("Patience", self._patience),
        )
        for k, (text, widget) in enumerate(cells):
            line, side = divmod(k, 2)
            grid.addWidget(label_for(text, widget), 6 + line, 2 * side)
            grid.addWidget(widget, 6 + line, 2 * side + 1)
        grid.addWidget(self._device_label, 8, 2)
        grid.addWidget(self._device, 8, 3)
        grid.addWidget(self._one_thread, 9, 0, 1, 4)
        self._show_choice_of_device()
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(3, 2)


def spin(name: str, meaning: str, low: int, high: int, value: int) -> QSpinBox:
    """A field for whole numbers."""
    field = QSpinBox()
    field.setObjectName(name)
    field.setAccessibleName(meaning)
    field.setToolTip(meaning)
    field.setRange(low, high)
    field.setValue(value)
    field.setGroupSeparatorShown(True)
    field.setMinimumWidth(FIELD_WIDTH)
    return field


def choices(name: str, meaning: str, items: Mapping[str, str]) -> QComboBox:
    """A field with a choice of items; their values are the keys."""
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(meaning)
    combo.setToolTip(meaning)
    for value, text in items.items():
        combo.addItem(text, value)
    return combo


def label_for(text: str, field: QWidget) -> QLabel:
    """The muted label of a field."""
    label = QLabel(text)
    label.setProperty("muted", True)
    label.setBuddy(field)
    return label


def _decimal(name: str, meaning: str, decimals: int, high: float, step: float) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setObjectName(name)
    field.setAccessibleName(meaning)
    field.setToolTip(meaning)
    field.setMinimumWidth(FIELD_WIDTH)
    field.setDecimals(decimals)
    field.setRange(10.0**-decimals, high)
    field.setSingleStep(step)
    return field


def _switch(name: str, text: str, meaning: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setObjectName(name)
    box.setAccessibleName(f"{text}: {meaning}")
    box.setToolTip(meaning)
    return box


def _allow(box: QCheckBox, obstacle: str | None) -> None:
    """Enable a switch, or turn it off and let its tooltip say what stands against it."""
    meaning = box.accessibleName().partition(": ")[2]
    box.setEnabled(obstacle is None)
    box.setToolTip(meaning if obstacle is None else f"{meaning}.\n{obstacle}")
    if obstacle is not None:
        box.setChecked(False)


def _allow_item(combo: QComboBox, value: str, obstacle: str | None, instead: str, meaning: str = "") -> None:
    """Enable a choice, or disable it, let its tooltip say why, and choose another in its place."""
    model, k = combo.model(), combo.findData(value)
    assert isinstance(model, QStandardItemModel)
    item = model.item(k)
    item.setEnabled(obstacle is None)
    item.setToolTip(obstacle or meaning)
    if obstacle is not None and combo.currentIndex() == k:
        combo.setCurrentIndex(combo.findData(instead))
