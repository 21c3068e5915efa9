"""The form of a training's settings: presets, what cannot work, and settings that come back as they were."""

from collections.abc import Generator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.presets import PRESETS, TRADE
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.gui.panels.training_form import TrainingForm

UNLIKE = TrainingConfig(
    seed=2**40,
    time_budget=12.3,
    batch_size=77,
    learning_rate=0.00123456,
    fractions=(0.5, 0.2, 0.3),
    network=NetworkConfig(latent=3, hidden=12, depth=2, activation="relu"),
    features="colours-r",
    loss_in="whitened",
    loss="huber",
    huber_delta=0.12345,
    denoise=True,
    deredden=True,
    patience=9,
)


@pytest.fixture
def form(qtbot: QtBot) -> Generator[TrainingForm, None, None]:
    made = TrainingForm()
    qtbot.addWidget(made)
    made.resize(360, 600)
    made.show()
    qtbot.waitExposed(made)
    yield made


def field(form: TrainingForm, kind: type[QWidget], name: str) -> QWidget:
    found = form.findChild(kind, name)
    assert found is not None, name
    return found


def choose(qtbot: QtBot, form: TrainingForm, name: str, text: str) -> None:
    """Choose the item that begins so by the arrow keys."""
    combo = field(form, QComboBox, name)
    unfold(qtbot, form)
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Home)
    for _ in range(combo.count()):
        if not combo.currentText().startswith(text):
            qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentText().startswith(text), combo.currentText()


def unfold(qtbot: QtBot, form: TrainingForm) -> None:
    more = field(form, QToolButton, "moreSettingsButton")
    if not more.isChecked():
        qtbot.mouseClick(more, Qt.MouseButton.LeftButton)


def tick(qtbot: QtBot, form: TrainingForm, name: str) -> None:
    box = field(form, QCheckBox, name)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center() - box.rect().bottomRight() / 2 * 0.8)


def table(prefix: str = "", **columns: float) -> Catalog:
    magnitudes = {f"{prefix}{band}": np.linspace(15, 20, 9) for band in "ugriz"}
    frame = pd.DataFrame(magnitudes | {name: np.full(9, value) for name, value in columns.items()})
    return Catalog(frame, recognise(frame).roles, Provenance("stars.csv"))


def item_state(combo: QComboBox, value: str) -> tuple[bool, str]:
    item = combo.model().item(combo.findData(value))
    return item.isEnabled(), item.toolTip()


def test_at_first_it_is_the_default(form: TrainingForm) -> None:
    assert form.config() == TrainingConfig()
    assert field(form, QComboBox, "presetCombo").currentText() == "Reconstruct"
    assert field(form, QLabel, "presetTrade").text() == TRADE
    assert not field(form, QComboBox, "featuresCombo").isVisible()


@pytest.mark.parametrize("config", [TrainingConfig(), UNLIKE, *(preset.config for preset in PRESETS.values())])
def test_every_setting_of_a_model_comes_back(form: TrainingForm, config: TrainingConfig) -> None:
    form.show_config(config)
    assert form.config() == config


def test_what_no_field_can_show_stays_when_others_change(form: TrainingForm) -> None:
    form.show_config(UNLIKE)
    field(form, QSpinBox, "hiddenSpin").setValue(20)
    assert form.config() == replace(UNLIKE, network=replace(UNLIKE.network, hidden=20))
    field(form, QComboBox, "lengthCombo").setCurrentText("epochs")
    assert form.config().time_budget is None


def test_a_preset_fills_the_fields_and_keeps_what_it_does_not_speak_of(form: TrainingForm, qtbot: QtBot) -> None:
    field(form, QSpinBox, "seedSpin").setValue(5)
    field(form, QSpinBox, "patienceSpin").setValue(30)
    preset = field(form, QComboBox, "presetCombo")
    preset.setFocus()
    qtbot.keyClick(preset, Qt.Key.Key_Down)
    assert preset.currentText() == "Structure"
    assert form.config() == replace(PRESETS["structure"].config, seed=5, patience=30)
    assert field(form, QSpinBox, "epochsSpin").value() == 80
    qtbot.keyClick(preset, Qt.Key.Key_Up)
    assert form.config() == TrainingConfig(seed=5, patience=30)


def test_a_change_by_hand_makes_own_settings_and_back_the_preset(form: TrainingForm, qtbot: QtBot) -> None:
    preset = field(form, QComboBox, "presetCombo")
    choose(qtbot, form, "lossCombo", "Huber")
    assert preset.currentText() == "Own settings"
    delta = field(form, QDoubleSpinBox, "deltaSpin")
    assert delta.isVisible()
    delta.setValue(0.5)
    assert form.config() == TrainingConfig(loss="huber", huber_delta=0.5)
    choose(qtbot, form, "lossCombo", "Quadratic")
    assert not delta.isVisible()
    assert preset.currentText() == "Reconstruct"
    assert form.config() == TrainingConfig()


def test_wrapped_sentences_have_room(form: TrainingForm, qtbot: QtBot) -> None:
    choose(qtbot, form, "presetCombo", "Structure")
    for width in (320, 360, 520):
        form.resize(width, form.heightForWidth(width))
        for label in form.findChildren(QLabel):
            if label.isVisible() and label.wordWrap():
                qtbot.waitUntil(lambda label=label: label.height() >= label.heightForWidth(label.width()))


def test_in_a_compact_form_the_trade_shows_with_the_other_settings(form: TrainingForm, qtbot: QtBot) -> None:
    trade, more = field(form, QLabel, "presetTrade"), field(form, QToolButton, "moreSettingsButton")
    form.set_compact(True)
    assert not trade.isVisible()
    assert field(form, QComboBox, "presetCombo").toolTip() == TRADE
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert trade.isVisible()


def test_own_settings_unfold_the_fields(form: TrainingForm, qtbot: QtBot) -> None:
    preset = field(form, QComboBox, "presetCombo")
    preset.setFocus()
    qtbot.keyClick(preset, Qt.Key.Key_End)
    assert field(form, QComboBox, "featuresCombo").isVisible()
    assert form.config() == TrainingConfig()


def test_a_loss_in_colours_needs_colours_and_what_drives_the_map_is_said(form: TrainingForm, qtbot: QtBot) -> None:
    loss_in, said = field(form, QComboBox, "lossInCombo"), field(form, QLabel, "drivesTheMap")
    allowed, why = item_state(loss_in, "colours")
    assert not allowed
    assert "brightness" in why
    assert said.text().endswith("changes magnitudes most.")
    choose(qtbot, form, "featuresCombo", "Four colours alone")
    assert item_state(loss_in, "colours") == (True, "")
    choose(qtbot, form, "lossInCombo", "Colours")
    assert "kinds of objects" in said.text()
    assert "third number" in said.text()
    assert form.config() == TrainingConfig(features="colours", loss_in="colours")
    choose(qtbot, form, "featuresCombo", "Five")
    assert form.config() == TrainingConfig()


def test_what_a_table_cannot_give_is_disabled_and_says_why(form: TrainingForm, qtbot: QtBot) -> None:
    unfold(qtbot, form)
    loss = field(form, QComboBox, "lossCombo")
    denoise, deredden = field(form, QCheckBox, "denoiseCheck"), field(form, QCheckBox, "dereddenCheck")
    form.set_catalog(table(**{f"err_{band}": 0.02 for band in "ugriz"}, EBV=0.1))
    choose(qtbot, form, "lossCombo", "By errors")
    tick(qtbot, form, "denoiseCheck")
    tick(qtbot, form, "dereddenCheck")
    assert form.config() == TrainingConfig(loss="weighted", denoise=True, deredden=True)
    form.set_catalog(table())
    assert not denoise.isEnabled()
    assert "err_u" in denoise.toolTip()
    assert not deredden.isEnabled()
    assert "E(B" in deredden.toolTip()
    allowed, why = item_state(loss, "weighted")
    assert not allowed
    assert "err_u" in why
    assert form.config() == TrainingConfig()
    form.set_catalog(table(**{f"err_{band}": 0.02 for band in "ugriz"}))
    assert denoise.isEnabled()
    assert "err_u" not in denoise.toolTip()
    assert item_state(loss, "weighted")[0]


def test_magnitudes_that_are_corrected_already_are_not_corrected_again(form: TrainingForm) -> None:
    form.set_catalog(table("dered_", EBV=0.1))
    deredden = field(form, QCheckBox, "dereddenCheck")
    assert not deredden.isEnabled()
    assert "dered_u" in deredden.toolTip()


def test_a_device_is_chosen_where_there_is_a_choice(form: TrainingForm, qtbot: QtBot) -> None:
    combo = form.findChild(QComboBox, "deviceCombo")
    with qtbot.waitSignal(form.devicesWanted):
        qtbot.mouseClick(form.findChild(QToolButton, "moreSettingsButton"), Qt.MouseButton.LeftButton)
    form.set_devices(("cpu",))
    assert not combo.isVisible()
    form.set_devices(("cpu", "cuda"))
    assert combo.isVisible() and form.config().device == "cpu"
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert form.config() == TrainingConfig(device="cuda")
    assert form.findChild(QComboBox, "presetCombo").currentText() == "Reconstruct"


def test_settings_of_a_device_come_back_where_it_is_here(form: TrainingForm, qtbot: QtBot) -> None:
    elsewhere = TrainingConfig(seed=3, device="cuda")
    with qtbot.waitSignal(form.devicesWanted):
        form.show_config(elsewhere)
    assert form.config() == replace(elsewhere, device="cpu")
    form.set_devices(("cpu", "mps"))
    assert form.config() == replace(elsewhere, device="cpu")
    form.set_devices(("cpu", "cuda"))
    assert form.config() == elsewhere
