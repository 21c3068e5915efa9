"""Colour by, through the real window: what is offered, drawn, told and kept, and that nothing else changes."""

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QMenu
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.coloring import ColorChoice, Group
from stellar_gui.analysis.findings import Finding
from stellar_gui.analysis.selection import Mode
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui import map_link
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.views.color_maps import STANDARD, value_ramp
from stellar_gui.gui.views.color_ramp import oklab
from stellar_gui.gui.views.hue_palette import label_colors
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.session.session import Session
from tests.gui.map_helpers import drag

Left = Qt.MouseButton.LeftButton


@pytest.fixture(params=["at once", "worker"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test twice: colours made at once, and in a worker as for many stars."""
    if request.param == "worker":
        monkeypatch.setattr(map_link, "AT_ONCE", 0)


@pytest.fixture(autouse=True)
def light() -> Generator[None, None, None]:
    theme.choose(ThemeChoice.LIGHT)
    yield
    theme.choose(ThemeChoice.SYSTEM)


@pytest.fixture
def star_map(trained: MainWindow) -> StarMap:
    found = trained.findChild(StarMap, "latentView")
    assert found is not None
    return found


@pytest.fixture
def combo(trained: MainWindow) -> QComboBox:
    found = trained.findChild(QComboBox, "colourByCombo")
    assert found is not None
    return found


@pytest.fixture
def lock(trained: MainWindow) -> QCheckBox:
    found = trained.findChild(QCheckBox, "lockRangeCheck")
    assert found is not None
    return found


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=20_000)


def choose(qtbot: QtBot, combo: QComboBox, name: str) -> None:
    """By the keyboard, as a user who types the first letters or walks down the list."""
    place = combo.findText(name)
    assert place >= 0, [combo.itemText(k) for k in range(combo.count())]
    combo.setFocus()
    combo.showPopup()
    combo.view().setCurrentIndex(combo.model().index(place, 0))
    qtbot.keyClick(combo.view(), Qt.Key.Key_Return)
    window = combo.window()
    assert isinstance(window, MainWindow)
    idle(window, qtbot)


def colour_menu(window: MainWindow) -> QMenu:
    view = next(action.menu() for action in window.menuBar().actions() if action.text() == "&View")
    assert isinstance(view, QMenu)
    menu = next(action.menu() for action in view.actions() if action.text() == "&Colour by")
    assert isinstance(menu, QMenu)
    return menu


def pixels(image: QImage) -> NDArray[np.int64]:
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.width(), 4)[..., 2::-1].astype(np.int64)


def has(image: QImage, color: str, least: int = 20) -> bool:
    """Whether some pixels have nearly that colour."""
    wanted = QColor(color)
    apart = np.abs(pixels(image) - (wanted.red(), wanted.green(), wanted.blue())).max(axis=2)
    return int(np.count_nonzero(apart <= 6)) >= least


def test_the_box_offers_colours_the_error_labels_and_columns_and_starts_with_density(
    trained: MainWindow, combo: QComboBox, lock: QCheckBox
) -> None:
    names = [combo.itemText(place) for place in range(combo.count())]
    assert combo.currentText() == names[0] == "Density"
    for name in ("u−g", "g−r", "r−i", "i−z", "Reconstruction error", "kind", "redshift", "ra", "u", "z"):
        assert names.count(name) == 1
    assert "objid" not in names
    assert combo.accessibleName() == "Colour by"
    assert combo.isVisible() and combo.isEnabled() and not lock.isVisible()


@pytest.mark.usefixtures("either_way")
def test_a_colour_changes_the_picture_but_neither_selection_nor_view_nor_undo(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, combo: QComboBox
) -> None:
    workspace = trained.workspace
    workspace.select(np.flatnonzero(workspace.kept)[:50], Mode.REPLACE, "test")
    star_map.setFixedSize(700, 600)  # whatever room the panel of the selection takes
    selection, view, steps = workspace.selection, star_map.view_range(), workspace.undo_stack.count()
    before = star_map.grab_image()
    for name in ("g−r", "kind", "Reconstruction error"):
        choose(qtbot, combo, name)
        assert star_map.grab_image() != before
        assert workspace.selection is selection
        assert star_map.view_range() == view
        assert workspace.undo_stack.count() == steps
    choose(qtbot, combo, "Density")
    assert np.abs(pixels(star_map.grab_image()) - pixels(before)).max() <= 16


def test_stars_wear_the_colours_of_their_kind(qtbot: QtBot, star_map: StarMap, combo: QComboBox) -> None:
    choose(qtbot, combo, "kind")
    colors = label_colors(theme.colors, 2)
    for color in colors:
        assert has(star_map.grab_image(), color)
    theme.choose(ThemeChoice.DARK)
    shown = star_map.viewport().grab().toImage()
    assert has(shown, theme.colors.card, 10_000)
    assert has(shown, colors[0])


def test_few_stars_in_view_are_discs_in_the_colour_of_their_number(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, combo: QComboBox, lock: QCheckBox
) -> None:
    choose(qtbot, combo, "g−r")
    qtbot.mouseClick(lock, Left, pos=QPoint(8, lock.height() // 2))
    limits = star_map.color_range
    catalog, data = trained.workspace.catalog, star_map.data
    assert limits is not None and catalog is not None
    place = len(data.index) // 2
    row = int(data.index.row[place])
    value = float(catalog.magnitudes[row, 1] - catalog.magnitudes[row, 2])
    for _ in range(14):
        pixel = star_map.to_pixel(float(data.x[row]), float(data.y[row]))
        centre = star_map.plot_rect().center().toPoint()
        drag(qtbot, star_map, [star_map.to_data(pixel), star_map.to_data(centre)])
        star_map.zoom_in()
    pixel = star_map.to_pixel(float(data.x[row]), float(data.y[row]))
    shade = value_ramp(theme.colors, STANDARD, False)[
        int(np.clip((value - limits[0]) / (limits[1] - limits[0]), 0, 1) * 511)
    ]
    found = pixels(star_map.grab_image())[pixel.y() - 1 : pixel.y() + 2, pixel.x() - 1 : pixel.x() + 2]
    assert np.abs(found - shade * 255).max(axis=2).min() < 12


def test_the_range_follows_the_view_until_it_is_locked(
    qtbot: QtBot, star_map: StarMap, combo: QComboBox, lock: QCheckBox
) -> None:
    choose(qtbot, combo, "r")
    whole = star_map.color_range
    assert whole is not None and 10 < whole[0] < whole[1] < 30
    assert lock.isVisible()
    for _ in range(6):
        star_map.zoom_in()
    close = star_map.color_range
    assert close is not None and close != whole
    qtbot.mouseClick(lock, Left, pos=QPoint(8, lock.height() // 2))
    assert lock.isChecked()
    star_map.fit()
    assert star_map.color_range == close
    qtbot.mouseClick(lock, Left, pos=QPoint(8, lock.height() // 2))
    star_map.previous_view()
    star_map.fit()
    assert star_map.color_range == pytest.approx(whole, abs=0.3)


def test_another_choice_unlocks_the_range(qtbot: QtBot, star_map: StarMap, combo: QComboBox, lock: QCheckBox) -> None:
    choose(qtbot, combo, "r")
    qtbot.mouseClick(lock, Left, pos=QPoint(8, lock.height() // 2))
    choose(qtbot, combo, "g−r")
    assert not lock.isChecked()
    limits = star_map.color_range
    assert limits is not None and limits[1] < 5
    choose(qtbot, combo, "kind")
    assert not lock.isVisible()
    assert star_map.color_range is None


def test_residuals_have_zero_in_the_middle(qtbot: QtBot, star_map: StarMap, combo: QComboBox) -> None:
    choose(qtbot, combo, "Residual u")
    limits = star_map.color_range
    assert limits is not None
    assert limits[0] == -limits[1] < 0


def test_the_selection_lies_over_the_colours_in_the_accent(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, combo: QComboBox
) -> None:
    choose(qtbot, combo, "kind")
    first = label_colors(theme.colors, 1)[0]
    assert not has(star_map.grab_image(), theme.colors.accent)
    trained.workspace.select(np.flatnonzero(trained.workspace.kept)[:300], Mode.REPLACE, "test")
    selected = star_map.grab_image().copy(star_map.plot_rect().toRect())
    assert has(selected, theme.colors.accent, 100)
    trained.workspace.clear_selection()
    before = star_map.grab_image().copy(star_map.plot_rect().toRect())
    assert has(before, first, 300) and not has(selected, first, 300)


def test_the_menu_and_the_box_say_the_same(qtbot: QtBot, trained: MainWindow, combo: QComboBox) -> None:
    menu = colour_menu(trained)
    actions: dict[str, QAction] = {action.text(): action for action in menu.actions() if action.text()}
    assert [name for name, action in actions.items() if action.isChecked()] == ["Density"]
    actions["g−r"].trigger()
    idle(trained, qtbot)
    assert combo.currentText() == "g−r"
    choose(qtbot, combo, "kind")
    assert [name for name, action in actions.items() if action.isChecked()] == ["kind"]


def test_the_tooltip_tells_the_number_or_label(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, combo: QComboBox
) -> None:
    catalog = trained.workspace.catalog
    assert catalog is not None
    row = int(star_map.data.index.row[10])
    assert "kind" not in star_map.tooltip_for(row)
    choose(qtbot, combo, "kind")
    assert catalog.table["kind"][row] in star_map.tooltip_for(row)
    choose(qtbot, combo, "g−r")
    color = catalog.magnitudes[row, 1] - catalog.magnitudes[row, 2]
    assert f"{color:.3f} mag".replace("-", "−") in star_map.tooltip_for(row)


def test_a_finding_of_labels_has_no_range_to_lock(trained: MainWindow, qtbot: QtBot, lock: QCheckBox) -> None:
    workspace, stars = trained.workspace, len(trained.workspace.kept)
    codes = (np.arange(stars) % 3).astype(np.int16)
    workspace.findings.put(Finding("cluster", "Cluster", codes, labels={0: "a", 1: "b", 2: "c"}), "clusters")
    workspace.findings.put(Finding("score", "Score", np.arange(stars, dtype=np.float32)), "score")
    for name, shown in (("score", True), ("cluster", False)):
        workspace.display.set_color(ColorChoice(Group.FINDING, name))
        idle(trained, qtbot)
        assert lock.isVisible() is shown


def test_a_figure_carries_the_colour_bar_or_the_legend(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, combo: QComboBox, tmp_path: Path
) -> None:
    trained.workspace.select(np.flatnonzero(trained.workspace.kept)[:300], Mode.REPLACE, "test")
    choose(qtbot, combo, "kind")
    trained.save_figure(tmp_path / "kind.svg")
    drawn = (tmp_path / "kind.svg").read_text(encoding="utf-8")
    catalog, selection = trained.workspace.catalog, trained.workspace.selection
    assert catalog is not None
    kinds = catalog.table["kind"]
    commonest = kinds[trained.workspace.kept].value_counts()
    for name, total in commonest.items():
        assert str(name) in drawn
        assert f"{np.count_nonzero(selection & (kinds == name)):,} / {total:,}" in drawn
    choose(qtbot, combo, "Reconstruction error")
    trained.save_figure(tmp_path / "error.svg")
    drawn = (tmp_path / "error.svg").read_text(encoding="utf-8")
    assert "reconstruction error (mag)" in drawn
    trained.save_figure(tmp_path / "error.png")
    assert not QImage(str(tmp_path / "error.png")).isNull()


@pytest.mark.usefixtures("either_way")
def test_a_preview_is_of_density_and_the_colours_come_back(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, combo: QComboBox, lock: QCheckBox
) -> None:
    choose(qtbot, combo, "g−r")
    before = star_map.color_range
    trained.workspace.set_preview(np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32))
    assert star_map.color_range is None
    assert not combo.isEnabled() and not lock.isEnabled()
    trained.workspace.set_preview(None)
    assert star_map.color_range == before
    assert combo.isEnabled()


@pytest.mark.usefixtures("either_way")
def test_a_new_model_of_the_same_stars_keeps_the_choice(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, combo: QComboBox, session: Session
) -> None:
    choose(qtbot, combo, "g−r")
    embedding = session.embedding
    assert embedding is not None
    other = Embedding(embedding.latent + np.float32(1), embedding.reconstruction.copy(), embedding.residual.copy())
    trained.workspace.set_model(Session(catalog=session.catalog, cuts=session.cuts, embedding=other))
    idle(trained, qtbot)
    assert combo.currentText() == "g−r"
    assert star_map.data.x[star_map.data.index.row[0]] == other.latent[star_map.data.index.row[0], 0]
    assert star_map.color_range is not None


@pytest.mark.usefixtures("either_way")
def test_another_session_starts_with_density_and_its_own_columns(
    qtbot: QtBot, trained: MainWindow, star_map: StarMap, combo: QComboBox, session: Session
) -> None:
    choose(qtbot, combo, "redshift")
    catalog = session.catalog
    table = catalog.table.drop(columns="kind").assign(metallicity=0.5)
    other = Catalog(table, catalog.columns, catalog.provenance)
    trained.workspace.show(Session(catalog=other, cuts=session.cuts, embedding=session.embedding))
    idle(trained, qtbot)
    assert combo.currentText() == "Density"
    assert star_map.color_range is None
    assert combo.findText("kind") < 0 < combo.findText("metallicity")
    choose(qtbot, combo, "metallicity")
    assert star_map.color_range == (0.0, 1.0)


def test_without_a_model_stars_can_be_coloured_by_their_catalogue_alone(
    qtbot: QtBot, trained: MainWindow, combo: QComboBox, session: Session
) -> None:
    trained.workspace.show(Session(catalog=session.catalog, cuts=session.cuts))
    idle(trained, qtbot)
    assert not combo.isVisible()
    enabled = {action.text(): action.isEnabled() for action in colour_menu(trained).actions() if action.text()}
    assert enabled["Density"] and enabled["g−r"] and enabled["kind"]
    assert not enabled["Reconstruction error"] and not enabled["Residual u"]


@pytest.mark.usefixtures("either_way")
def test_a_quick_second_choice_wins(qtbot: QtBot, trained: MainWindow, star_map: StarMap) -> None:
    actions = {action.text(): action for action in colour_menu(trained).actions()}
    actions["r"].trigger()
    actions["g−r"].trigger()
    idle(trained, qtbot)
    limits = star_map.color_range
    assert limits is not None and limits[1] < 5
    actions["r"].trigger()
    actions["Density"].trigger()
    idle(trained, qtbot)
    assert star_map.color_range is None


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_the_colours_of_labels_are_told_apart_from_each_other_and_the_ground(choice: ThemeChoice) -> None:
    theme.choose(choice)
    colors = label_colors(theme.colors, 24)
    places = np.array([oklab(color) for color in (*colors, theme.colors.card)])
    apart = np.linalg.norm(places[:, None] - places, axis=2) + np.eye(len(places))
    assert len(set(colors)) == 24
    assert apart.min() > 0.05
    assert label_colors(theme.colors, 5) == colors[:5]
