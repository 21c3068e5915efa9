"""The probe tool and the path panel, by mouse and keyboard."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.path_panel import PathPanel
from stellar_gui.gui.panels.star_panel import StarPanel
from stellar_gui.gui.views.path_charts import PathColours
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool
from stellar_gui.gui.widgets.band_table import BandTable
from stellar_gui.gui.workspace import NO_STAR
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.probing import Probe
from tests.gui.map_helpers import click, drag, snapped, wheel

LEFT = Qt.MouseButton.LeftButton


def child(window: MainWindow, kind: type, name: str) -> object:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


@pytest.fixture
def star_map(trained: MainWindow) -> StarMap:
    found = child(trained, StarMap, "latentView")
    found.setFocus()
    return found


@pytest.fixture
def probing(trained: MainWindow, star_map: StarMap, qtbot: QtBot) -> MainWindow:
    """The probe tool chosen by its key, and ready."""
    qtbot.keyClick(star_map, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: trained.workspace.tasks.running == (), timeout=20_000)
    return trained


def a_star(window: MainWindow) -> tuple[float, float]:
    """Where a star amid the others is."""
    latent = window.workspace.embedding.latent[window.workspace.kept]
    middle = np.median(latent, axis=0)
    x, y = latent[np.argmin(((latent - middle) ** 2).sum(axis=1))]
    return float(x), float(y)


def corner_of(star_map: StarMap) -> tuple[float, float]:
    """A place in view without stars."""
    (x0, x1), (y0, y1) = star_map.view_range()
    return x1 - 0.02 * (x1 - x0), y0 + 0.02 * (y1 - y0)


def point(window: MainWindow, qtbot: QtBot, star_map: StarMap, place: tuple[float, float]) -> None:
    with qtbot.waitSignal(window.workspace.probing.placeChanged):
        qtbot.mouseMove(star_map.viewport(), star_map.to_pixel(*place))


def expected_at(window: MainWindow, star_map: StarMap, place: tuple[float, float]) -> np.ndarray:
    workspace = window.workspace
    return Probe.of(workspace.model, workspace.embedding).at(np.array(snapped(star_map, [place]))).magnitudes[0]


def row(window: MainWindow, label: str) -> list[str]:
    """The cells beside a label of the star panel's table."""
    table = child(window, BandTable, "starMagnitudes")
    return next(
        [table.item(k, column).text() for column in range(1, 6)]
        for k in range(table.rowCount())
        if table.item(k, 0).text() == label
    )


def in_words(magnitudes: np.ndarray) -> list[str]:
    return [f"{value:.3f}" for value in magnitudes]


@pytest.fixture
def drawn(probing: MainWindow, star_map: StarMap, qtbot: QtBot) -> MainWindow:
    """A path from a star to a place without stars."""
    x, y = a_star(probing)
    drag(qtbot, star_map, [(x, y), (x + 0.2, y + 0.3), corner_of(star_map)])
    return probing


def test_without_a_model_there_is_no_probe(window: MainWindow) -> None:
    action = child(window, QAction, "actionToolProbe")
    assert not action.isEnabled() and "Train the autoencoder first" in action.toolTip()


def test_the_place_under_the_pointer_is_decoded_with_its_nearest_star(
    probing: MainWindow, star_map: StarMap, qtbot: QtBot
) -> None:
    assert child(probing, QAction, "actionToolProbe").isChecked()
    assert "decode" in star_map.hint
    place = a_star(probing)
    point(probing, qtbot, star_map, place)
    assert row(probing, "decoded") == in_words(expected_at(probing, star_map, place))
    nearest = probing.workspace.probing.here.around.row[0]
    assert row(probing, "nearest") == in_words(probing.workspace.catalog.magnitudes[nearest])
    assert probing.workspace.hovered == nearest
    panel = child(probing, StarPanel, "starPanel")
    assert panel.title().startswith("Latent") and "extrapolated" not in panel.facts()
    point(probing, qtbot, star_map, corner_of(star_map))
    assert "extrapolated" in panel.facts()
    assert "Extrapolated" in child(probing, QLabel, "starError").text()


def test_off_the_map_the_picked_star_is_back(probing: MainWindow, star_map: StarMap, qtbot: QtBot) -> None:
    workspace = probing.workspace
    workspace.set_active(3)
    point(probing, qtbot, star_map, a_star(probing))
    with qtbot.waitSignal(workspace.probing.placeChanged):
        qtbot.mouseMove(star_map.viewport(), QPoint(3, star_map.height() - 3))
    assert workspace.hovered == NO_STAR
    assert child(probing, StarPanel, "starPanel").title() == workspace.catalog.star_name(3)


def test_a_click_pins_a_place_until_esc_which_then_goes_back_to_pick(
    probing: MainWindow, star_map: StarMap, qtbot: QtBot
) -> None:
    workspace, panel = probing.workspace, child(probing, StarPanel, "starPanel")
    place = a_star(probing)
    click(qtbot, star_map, place)
    pinned = in_words(expected_at(probing, star_map, place))
    assert panel.facts() == "pinned" and star_map.pinned
    other = (place[0] + 0.4, place[1])
    point(probing, qtbot, star_map, other)
    assert row(probing, "decoded") == pinned
    assert row(probing, "pointer") == in_words(expected_at(probing, star_map, other))
    click(qtbot, star_map, other)
    assert row(probing, "decoded") == in_words(expected_at(probing, star_map, other))
    assert workspace.active == NO_STAR and not workspace.selection.any()
    qtbot.keyClick(star_map, Qt.Key.Key_Escape)
    assert not star_map.pinned and star_map.tool is Tool.PROBE
    qtbot.keyClick(star_map, Qt.Key.Key_Escape)
    assert star_map.tool is Tool.PICK


def test_another_tool_or_a_picked_star_lets_the_place_go(probing: MainWindow, star_map: StarMap, qtbot: QtBot) -> None:
    for let_go in (lambda: qtbot.keyClick(star_map, Qt.Key.Key_L), lambda: probing.workspace.set_active(5)):
        star_map.set_tool(Tool.PROBE)
        click(qtbot, star_map, a_star(probing))
        assert star_map.pinned
        let_go()
        assert not star_map.pinned


def test_on_other_maps_the_tool_picks_and_says_so(probing: MainWindow, qtbot: QtBot) -> None:
    child(probing, QAction, "actionShowColorMagnitudePanel").trigger()
    other = child(probing, StarMap, "colorMagnitudeView")
    qtbot.waitUntil(lambda: len(other.data.index) > 0)
    assert other.tool is Tool.PROBE
    star = int(np.flatnonzero(probing.workspace.kept)[9])
    click(qtbot, other, (float(other.data.x[star]), float(other.data.y[star])))
    qtbot.mouseMove(other.viewport(), other.plot_rect().center().toPoint())
    assert other.hint.startswith("Probe works on a latent view")
    assert probing.workspace.active != NO_STAR and not other.pinned


def test_of_a_model_of_colours_the_panels_say_whose_brightness_it_is(window: MainWindow, qtbot: QtBot) -> None:
    config = TrainingConfig(seed=1, epochs=1, features="colours")
    window.workspace.show(drain(fit(simulate(400, seed=5), QualityCuts(), config)))
    star_map, place = child(window, StarMap, "latentView"), a_star(window)
    star_map.set_tool(Tool.PROBE)
    point(window, qtbot, star_map, place)
    nearest = int(window.workspace.probing.here.around.row[0])
    mean = window.workspace.catalog.magnitudes[nearest].mean()
    assert f"Its mean magnitude, {mean:.3f} mag" in child(window, QLabel, "starError").text()
    drag(qtbot, star_map, [place, (place[0] + 1, place[1])])
    assert "mean magnitude of its nearest star" in child(window, QLabel, "pathNote").text()


def test_a_zoom_decodes_the_place_that_has_come_under_the_pointer(
    probing: MainWindow, star_map: StarMap, qtbot: QtBot
) -> None:
    point(probing, qtbot, star_map, a_star(probing))
    with qtbot.waitSignal(star_map.placePointed):
        wheel(star_map, star_map.to_pixel(*a_star(probing)))
    assert probing.workspace.probing.here is not None


def test_a_drag_draws_a_path_and_opens_its_panel(drawn: MainWindow, star_map: StarMap) -> None:
    probing, panel = drawn.workspace.probing, child(drawn, PathPanel, "pathPanel")
    assert not panel.visibleRegion().isEmpty()
    ends = snapped(star_map, [a_star(drawn), corner_of(star_map)])
    np.testing.assert_allclose(probing.path.points[[0, -1]], ends, atol=1e-9)
    assert len(probing.path.corners) == 3
    assert not probing.along.extrapolated[0] and probing.along.extrapolated[-1]
    assert f"{probing.path.total:.2f}" in panel.facts() and "extrapolated" in panel.facts()
    assert not drawn.workspace.selection.any()


def test_esc_while_drawing_leaves_no_path(probing: MainWindow, star_map: StarMap, qtbot: QtBot) -> None:
    canvas, (x, y) = star_map.viewport(), a_star(probing)
    qtbot.mousePress(canvas, LEFT, pos=star_map.to_pixel(x, y))
    qtbot.mouseMove(canvas, star_map.to_pixel(x + 1, y))
    qtbot.keyClick(star_map, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, pos=star_map.to_pixel(x + 1, y))
    assert probing.workspace.probing.path is None and star_map.tool is Tool.PROBE


def test_the_pointer_over_the_curves_is_marked_on_the_map(drawn: MainWindow, qtbot: QtBot) -> None:
    probing, chart = drawn.workspace.probing, child(drawn, PathColours, "pathColours")
    place = QPoint(chart.pixel_of(probing.path.total / 2), chart.height() // 2)
    qtbot.mouseMove(chart, place)
    assert probing.marker == pytest.approx(len(probing.along) / 2, abs=2)
    np.testing.assert_array_equal(probing.here.points[0], probing.path.points[probing.marker])
    before = probing.marker
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert probing.marker == before + 1
    assert row(drawn, "decoded") == in_words(probing.along.magnitudes[before + 1])
    qtbot.mouseMove(chart, QPoint(1, 1))
    assert probing.marker is None and probing.here is None


def test_the_path_is_copied_and_exported_as_a_table(drawn: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    probing = drawn.workspace.probing
    qtbot.mouseClick(child(drawn, QPushButton, "copyPathButton"), LEFT)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("path_length\tlatent_1\tlatent_2\tu\t") and len(lines) == len(probing.along) + 1
    qtbot.mouseClick(child(drawn, QPushButton, "exportPathButton"), LEFT)
    dialog = child(drawn, QFileDialog, "pathFileDialog")
    dialog.fileSelected.emit(str(tmp_path / "path.parquet"))
    dialog.close()
    qtbot.waitUntil(lambda: drawn.workspace.tasks.running == ())
    table = pd.read_parquet(tmp_path / "path.parquet")
    np.testing.assert_allclose(table["path_length"], probing.path.length)
    np.testing.assert_array_equal(table["extrapolated"], probing.along.extrapolated)


def test_the_path_goes_with_its_button_or_with_its_model(drawn: MainWindow, qtbot: QtBot) -> None:
    workspace, empty = drawn.workspace, child(drawn, QLabel, "pathEmpty")
    assert not empty.isVisible()
    qtbot.mouseClick(child(drawn, QPushButton, "clearPathButton"), LEFT)
    assert workspace.probing.path is None and empty.isVisible()
    child(drawn, QAction, "actionToolPick").trigger()
    qtbot.mouseClick(child(drawn, QPushButton, "probePathButton"), LEFT)
    assert child(drawn, StarMap, "latentView").tool is Tool.PROBE
    workspace.probing.draw_path(np.array([[0.0, 0.0], [1.0, 0.0]]))
    assert workspace.probing.path is not None
    workspace.embeddingChanged.emit()
    assert workspace.probing.path is None
