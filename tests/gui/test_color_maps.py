"""The colour maps: even, seen on both cards and by every eye, told from the selection; chosen in the menu, kept."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QAction, QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.density import Stretch
from stellar_gui.analysis.map_data import map_data
from stellar_gui.analysis.raster import Raster
from stellar_gui.gui.main_window import STRETCHES, MainWindow
from stellar_gui.gui.theme import DARK, LIGHT, Colors, theme
from stellar_gui.gui.views.color_bar import paint_color_bar
from stellar_gui.gui.views.color_maps import DIVERGING, SEQUENTIAL, STANDARD, ColorMaps, density_ramp, value_ramp
from stellar_gui.gui.views.color_ramp import STEPS, lightness, oklab
from stellar_gui.gui.views.density_layer import DensityLayer
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.progress import drain

# Machado et al. (2009), "A physiologically-based model for simulation of color vision deficiency", full severity
_PROTANOPIA = np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]])
_DEUTERANOPIA = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])

both = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])


def lab(shades: NDArray[np.float64]) -> NDArray[np.float64]:
    names = [QColor.fromRgbF(*shade).name() for shade in np.clip(shades, 0, 1).tolist()]
    return np.array([oklab(name) for name in names])


def seen_by(shades: NDArray[np.float64], deficiency: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.where(shades <= 0.04045, shades / 12.92, ((shades + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ deficiency.T, 0, 1)
    return lab(np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055))


@both
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_a_denser_pixel_is_farther_from_the_card_in_lightness(colors: Colors, name: str) -> None:
    ramp = density_ramp(colors, name, False)
    assert ramp[0] == pytest.approx(np.array(QColor(colors.card).getRgbF()[:3]), abs=0.005)
    away = np.abs(lightness(ramp) - oklab(colors.card)[0])
    assert np.diff(away).min() > -1e-3
    assert away[-1] > 0.45


@both
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_larger_numbers_are_lighter_and_all_stand_out_from_the_card(colors: Colors, name: str) -> None:
    light = lightness(value_ramp(colors, name, False))
    assert np.diff(light).min() > -1e-3
    assert np.abs(light - oklab(colors.card)[0]).min() > 0.16
    np.testing.assert_array_equal(value_ramp(colors, name, True), value_ramp(colors, name, False)[::-1])


@both
@pytest.mark.parametrize("name", DIVERGING)
def test_both_sides_of_zero_part_from_the_card_alike_and_are_told_apart_by_every_eye(colors: Colors, name: str) -> None:
    ramp = value_ramp(colors, name, False)
    away = np.abs(lightness(ramp) - oklab(colors.card)[0])
    middle = int(np.argmin(away))
    assert middle == pytest.approx(STEPS / 2, abs=40)
    assert away[middle] > 0.16
    assert np.diff(away[:middle]).max() < 1e-3 and np.diff(away[middle:]).min() > -1e-3
    for deficiency in (np.eye(3), _PROTANOPIA, _DEUTERANOPIA):
        seen = seen_by(ramp, deficiency)
        assert np.linalg.norm(seen[: STEPS // 4] - seen[::-1][: STEPS // 4], axis=1).min() > 0.08


@both
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_selected_stars_are_told_from_the_faded_ones(colors: Colors, name: str) -> None:
    faded = lab(density_ramp(colors, name, True))
    assert np.linalg.norm(faded - oklab(colors.accent), axis=1).min() > 0.15


def test_a_map_replaces_the_one_of_its_kind_alone() -> None:
    maps = ColorMaps().with_map("Cividis").with_map("Blue and yellow")
    assert maps == ColorMaps("Cividis", "Blue and yellow")
    with pytest.raises(ValueError, match="no colour map jet"):
        maps.with_map("jet")


@pytest.mark.parametrize("stretch", Stretch)
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_the_ticks_of_the_colour_bar_stand_where_their_counts_are_painted(
    qtbot: QtBot, stretch: Stretch, name: str
) -> None:
    x, y = np.random.default_rng(4).normal(size=(2, 60_000)).astype(np.float32)
    layer = DensityLayer(drain(map_data(x, y)).levels)
    layer.set_maps(ColorMaps(name))
    drawn = drain(layer.draw_all(Raster((-4, 4, -4, 4), 200, 160, 1.0), stretch, LIGHT))
    bar = QImage(500, 60, QImage.Format.Format_RGB32)
    bar.fill(QColor(LIGHT.card))
    painter = QPainter(bar)
    paint_color_bar(painter, QRectF(0, 50, 490, 200), drawn, LIGHT, QFont())
    painter.end()
    picture = _pixels(bar)
    under = np.flatnonzero((picture[:, :, :] == [*QColor(LIGHT.border).getRgb()[:3]]).all(axis=2).any(axis=1)).max()
    muted = np.array(QColor(LIGHT.muted).getRgb()[:3])
    ticks = np.flatnonzero(np.abs(picture[under + 2].astype(int) - muted).max(axis=1) < 12)
    left, right = ticks.min(), ticks.max()
    assert len(ticks) >= 3
    scale = drawn.scale
    counts = np.arange(1, scale.top + 1)
    places = left + (scale.shade(counts) - scale.least) / (1 - scale.least) * (right - left)
    for tick in ticks.tolist():
        assert np.abs(places - tick).min() <= 1
        shade = picture[under - 3, min(max(tick, left + 1), right - 1)].astype(int)
        count = counts[np.argmin(np.abs(places - tick))]
        painted = int(drawn.palette[round(float(scale.shade(np.array(count))) * (STEPS - 1))])
        expected = np.array([painted >> 16 & 255, painted >> 8 & 255, painted & 255])
        assert np.abs(shade - expected).max() <= 16


def test_a_map_is_chosen_in_the_menu_drawn_and_remembered(trained: MainWindow, qtbot: QtBot) -> None:
    star_map, menu = trained.findChild(StarMap, "latentView"), _menu(trained)
    assert star_map is not None
    before = star_map.grab_image()
    actions = {action.text(): action for action in menu.actions() if action.isCheckable()}
    assert tuple(actions) == SEQUENTIAL + DIVERGING
    assert [name for name, action in actions.items() if action.isChecked()] == [STANDARD, DIVERGING[0]]
    menu.aboutToShow.emit()
    assert len({action.icon().pixmap(16, 16).toImage().pixel(8, 8) for action in actions.values()}) > 5
    try:
        actions["Magma"].trigger()
        actions["Purple and green"].trigger()
        assert star_map.grab_image() != before
        again = MainWindow()
        qtbot.addWidget(again)
        chosen = [action.text() for action in _menu(again).actions() if action.isChecked()]
        assert chosen == ["Magma", "Purple and green"]
        again.close()
    finally:
        actions[STANDARD].trigger()
        actions[DIVERGING[0]].trigger()
    assert np.abs(_pixels(star_map.grab_image()).astype(int) - _pixels(before)).max() <= 16


def test_every_stretch_of_the_menu_is_drawn(trained: MainWindow) -> None:
    star_map = trained.findChild(StarMap, "latentView")
    assert star_map is not None
    actions = {action.text(): action for action in trained.findChildren(QAction)}
    pictures = []
    for text in STRETCHES:
        actions[text].trigger()
        pictures.append(_pixels(star_map.grab_image()))
    assert "Equalised" in STRETCHES
    assert all((first != second).any() for first, second in pairwise(pictures))


def test_contours_are_switched_off_and_on(trained: MainWindow) -> None:
    star_map, switch = trained.findChild(StarMap, "latentView"), trained.findChild(QAction, "actionContours")
    assert star_map is not None and switch is not None
    assert switch.isChecked()
    ink = np.array(QColor(theme.colors.ink).getRgb()[:3])
    card = np.array(QColor(theme.colors.card).getRgb()[:3])
    line = np.rint(card + 0.55 * (ink - card))

    def lines() -> int:
        plot = _pixels(star_map.grab_image().copy(star_map.plot_rect().toRect()))
        return int(np.count_nonzero(np.abs(plot - line).max(axis=2) < 40))

    with_contours = lines()
    switch.trigger()
    assert lines() < 0.7 * with_contours
    switch.trigger()
    assert lines() == pytest.approx(with_contours, rel=0.1)


def _menu(window: MainWindow) -> QMenu:
    view = next(action.menu() for action in window.menuBar().actions() if action.text() == "&View")
    assert isinstance(view, QMenu)
    menu = next(action.menu() for action in view.actions() if action.text() == "Colour &map")
    assert isinstance(menu, QMenu)
    return menu


def _pixels(image: QImage) -> NDArray[np.uint8]:
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.width(), 4)[..., 2::-1].copy()
