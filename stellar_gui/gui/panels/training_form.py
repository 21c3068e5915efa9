"""The form of the training's settings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from stellar_gui.autoencoder.config import LARGEST_EPOCHS, TrainingConfig
from stellar_gui.autoencoder.presets import PRESETS, TRADE, preset_of
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.panels.dust_choice import DustChoice
from stellar_gui.gui.panels.training_options import TrainingOptions, choices, label_for, spin
from stellar_gui.gui.widgets.panel import caption

BY_EPOCHS, BY_TIME = "epochs", "seconds"
OWN_SETTINGS = "own settings"
LARGEST_SEED = 2**31 - 1


class TrainingForm(QWidget):
    """The settings of a training run; `config` reads them as one value.

    What was shown by `show_config` and not changed since comes back as it was, also where no field shows it; but for a
    device that is not here. `devicesWanted` asks, once, for `set_devices`.
    """

    changed = Signal()
    devicesWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._base = TrainingConfig()
        self._shown: dict[str, Any] = {}
        self._showing = self._compact = self._devices_asked = False
        self._preset = choices(
            "presetCombo", "Ready-made settings", {name: name.capitalize() for name in (*PRESETS, OWN_SETTINGS)}
        )
        for k, preset in enumerate(PRESETS.values()):
            self._preset.setItemData(k, preset.summary, Qt.ItemDataRole.ToolTipRole)
        self._preset.setToolTip(TRADE)
        self._trade = caption(TRADE)
        self._trade.setObjectName("presetTrade")
        self._seed = spin("seedSpin", "Seed of the random numbers", 0, LARGEST_SEED, self._base.seed)
        self._epochs = spin(
            "epochsSpin",
            "How many times each star is used; 0 leaves it to the number of stars",
            0,
            LARGEST_EPOCHS,
            0,
        )
        self._epochs.setSpecialValueText("auto")
        self._seconds = spin("secondsSpin", "Time budget in seconds", 1, 86_400, 30)
        self._length = QComboBox()
        self._length.setObjectName("lengthCombo")
        self._length.setAccessibleName("What bounds the training")
        self._length.addItems([BY_EPOCHS, BY_TIME])
        self._more = QToolButton()
        self._more.setObjectName("moreSettingsButton")
        self._more.setText("More")
        self._more.setAccessibleName("Show or hide the other settings")
        self._more.setToolTip("What the network sees, the loss, and the shape of network and training")
        self._more.setCheckable(True)
        self._more.setAutoRaise(True)
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._options = TrainingOptions()
        self._lay_out()
        self._preset.activated.connect(self._take_preset)
        self._length.currentTextChanged.connect(self._choose_length)
        self._more.toggled.connect(self._unfold)
        for field in (self._seed, self._epochs, self._seconds):
            field.valueChanged.connect(self._follow)
        self._length.currentTextChanged.connect(self._follow)
        self._options.changed.connect(self._follow)
        self._choose_length(BY_EPOCHS)
        self._unfold(False)
        self.show_config(self._base)

    def config(self) -> TrainingConfig:
        """The settings as they stand; raises TrainingError for values that cannot work."""
        changed = {name: value for name, value in self._read().items() if value != self._shown[name]}
        if changed.get("huber_delta", 0.0) is None:
            changed["huber_delta"] = TrainingConfig().huber_delta
        changed["device"] = self._options.read()["device"]
        network = {name: changed.pop(name) for name in ("hidden", "depth") if name in changed}
        return replace(self._base, network=replace(self._base.network, **network), **changed)

    @property
    def dust(self) -> DustChoice:
        """Where the extinction of a dereddened training comes from."""
        return self._options.dust

    def show_config(self, config: TrainingConfig) -> None:
        """Set the fields to the settings of a model, or of a training to go on with."""
        self._showing = True
        by_time = config.time_budget is not None
        self._length.setCurrentText(BY_TIME if by_time else BY_EPOCHS)
        self._epochs.setValue(config.epochs or 0)
        if config.time_budget is not None:
            self._seconds.setValue(max(1, min(round(config.time_budget), self._seconds.maximum())))
        self._seed.setValue(min(config.seed, LARGEST_SEED))
        self._options.show_config(config)
        self._showing = False
        self._base, self._shown = config, self._read()
        self._follow()
        if config.device != "cpu":
            self._ask_for_devices()

    def set_catalog(self, catalog: Catalog) -> None:
        """Offer what can work with the columns that a table has."""
        self._options.set_catalog(catalog)

    def set_devices(self, names: Sequence[str]) -> None:
        """Offer what can be trained on, the processor first."""
        self._options.set_devices(names)
        self._options.show_device(self._base.device)

    def set_compact(self, compact: bool) -> None:
        """Leave what the presets trade to the tooltip while the settings are folded, for the sake of what is below."""
        self._compact = compact
        self._trade.setVisible(self._more.isChecked() or not compact)

    def _read(self) -> dict[str, Any]:
        """What the fields show, by the names of TrainingConfig's fields and of its network's."""
        by_time = self._length.currentText() == BY_TIME
        return {
            "seed": self._seed.value(),
            "epochs": None if by_time or not self._epochs.value() else self._epochs.value(),
            "time_budget": float(self._seconds.value()) if by_time else None,
            **self._options.read(),
        }

    def _take_preset(self) -> None:
        """Show a preset's settings; what it does not speak of stays."""
        name = self._preset.currentData()
        if name not in PRESETS:
            self._more.setChecked(True)
            self._follow()
            return
        now, preset = self.config(), PRESETS[name].config
        self.show_config(
            replace(
                now,
                epochs=preset.epochs if now.time_budget is None else None,
                features=preset.features,
                loss_in=preset.loss_in,
                loss=preset.loss,
                huber_delta=preset.huber_delta,
                batch_size=preset.batch_size,
                learning_rate=preset.learning_rate,
                optimiser=preset.optimiser,
                jitter=preset.jitter,
            )
        )

    def _follow(self) -> None:
        """Name the preset that the fields have become."""
        if not self._showing:
            name = preset_of(self.config()) or OWN_SETTINGS
            self._preset.setCurrentIndex(self._preset.findData(name))
            self.changed.emit()

    def _choose_length(self, text: str) -> None:
        self._epochs.setVisible(text == BY_EPOCHS)
        self._seconds.setVisible(text == BY_TIME)

    def _unfold(self, shown: bool) -> None:
        self._more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._options.setVisible(shown)
        if shown:
            self._ask_for_devices()
        self.set_compact(self._compact)

    def _ask_for_devices(self) -> None:
        if not self._devices_asked:
            self._devices_asked = True
            self.devicesWanted.emit()

    def _lay_out(self) -> None:
        length = QWidget()
        row = QHBoxLayout(length)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for field in (self._epochs, self._seconds, self._length):
            row.addWidget(field)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.addWidget(label_for("Preset", self._preset), 0, 0)
        grid.addWidget(self._preset, 0, 1)
        grid.addWidget(self._more, 0, 2, 1, 2, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._trade, 1, 0, 1, 4)
        grid.addWidget(label_for("Train for", self._epochs), 2, 0)
        grid.addWidget(length, 2, 1)
        grid.addWidget(label_for("Seed", self._seed), 2, 2)
        grid.addWidget(self._seed, 2, 3)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(3, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(grid)
        column.addWidget(self._options)
