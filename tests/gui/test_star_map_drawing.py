"""How a map of many stars is drawn: a sample while it moves, every star when it rests, without a jump between them."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.map_data import MapData, map_data
from stellar_gui.analysis.thinning import FRAME_STARS
from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool
from stellar_gui.progress import drain
from tests.gui.map_helpers import drag

MANY = 2 * FRAME_STARS
SOON = 2000  # ms; a quarter of a second on a machine with nothing else to do
TILE = 40


@pytest.fixture(scope="module")
def data() -> MapData:
    """More stars than one frame has time for, in two clumps."""
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=(2, MANY)).astype(np.float32)
    x[::2] = 0.3 * x[::2] + 2
    return drain(map_data(x, y))


@pytest.fixture
def star_map(qtbot: QtBot, data: MapData) -> StarMap:
    made = StarMap()
    qtbot.addWidget(made)
    made.resize(620, 520)
    made.set_data(data)
    with qtbot.waitSignal(made.drawingCompleted, timeout=SOON):
        made.show()
    return made


def pixels(image: QImage) -> NDArray[np.float64]:
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.width(), 4)[..., :3].astype(float)


def plot(star_map: StarMap, image: QImage) -> NDArray[np.float64]:
    return pixels(image.copy(star_map.plot_rect().toRect()))


def tiles(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean brightness of squares, 0 to 255."""
    height, width = (side // TILE * TILE for side in picture.shape[:2])
    grey = picture[:height, :width].mean(axis=2)
    return grey.reshape(height // TILE, TILE, width // TILE, TILE).mean(axis=(1, 3))


def screen(star_map: StarMap) -> NDArray[np.float64]:
    return plot(star_map, star_map.viewport().grab().toImage())


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
@pytest.mark.parametrize("selected", [False, True])
@pytest.mark.parametrize("stretch", ["asinh", "equalised"])
def test_a_dragged_map_is_as_bright_while_it_moves_as_when_it_rests(
    qtbot: QtBot, star_map: StarMap, data: MapData, choice: ThemeChoice, selected: bool, stretch: str
) -> None:
    canvas, start, end = star_map.viewport(), star_map.to_pixel(0, 0), star_map.to_pixel(0.4, 0.3)
    try:
        theme.choose(choice)
        star_map.set_stretch(stretch)
        star_map.set_selection((data.y > 0.5) & selected)
        qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(canvas, end)
        moving = screen(star_map)
        with qtbot.waitSignal(star_map.drawingCompleted, timeout=SOON):
            qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
        resting = screen(star_map)
    finally:
        theme.choose(ThemeChoice.SYSTEM)
    apart = tiles(moving) - tiles(resting)
    assert np.abs(moving - resting).max() > 20
    assert np.abs(apart).max() < (25 if selected else 12)  # a sample blurs the straight edge of the selection
    assert abs(apart.mean()) < 1.5


def test_what_follows_at_rest_is_the_picture_of_all_stars(qtbot: QtBot, star_map: StarMap) -> None:
    with qtbot.waitSignal(star_map.drawingCompleted, timeout=SOON):
        drag(qtbot, star_map, [(0, 0), (0.5, -0.5)])
    figure = plot(star_map, star_map.grab_image())
    apart = np.abs(screen(star_map) - figure).max(axis=2)
    assert np.mean(apart > 8) < 0.01  # the contours' labels, which are images on the screen


def test_a_move_before_all_are_drawn_starts_anew(qtbot: QtBot, star_map: StarMap) -> None:
    completed: list[tuple[tuple[float, float], tuple[float, float]]] = []
    star_map.drawingCompleted.connect(lambda: completed.append(star_map.view_range()))
    canvas = star_map.viewport()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=star_map.to_pixel(0, 0))
    pixel = star_map.to_pixel(0, 0)
    for step in range(1, 6):
        qtbot.mouseMove(canvas, pixel + 8 * step * (star_map.to_pixel(1, 0) - pixel) / 100)
        canvas.repaint()
    with qtbot.waitSignal(star_map.drawingCompleted, timeout=SOON):
        qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=pixel)
    assert completed[-1] == star_map.view_range()


def test_few_stars_in_view_are_drawn_at_once(qtbot: QtBot, star_map: StarMap) -> None:
    with qtbot.assertNotEmitted(star_map.drawingCompleted, wait=150):
        for _ in range(12):
            star_map.zoom_in()
        close = screen(star_map)
    assert np.abs(close - plot(star_map, star_map.grab_image())).max() <= 16


def test_a_selection_is_of_all_stars_whatever_is_drawn(qtbot: QtBot, star_map: StarMap, data: MapData) -> None:
    star_map.set_tool(Tool.RECTANGLE)
    with qtbot.waitSignal(star_map.gestureFinished) as gesture:
        drag(qtbot, star_map, [(-1, -1), (1, 1)])
    (x0, x1), (y0, y1) = (-1.05, 1.05), (-1.05, 1.05)
    most = np.count_nonzero((data.x > x0) & (data.x < x1) & (data.y > y0) & (data.y < y1))
    assert 0.85 * most < len(gesture.args[0]) <= most


def test_waiting_for_other_stars_keeps_the_picture_and_answers_nothing(qtbot: QtBot, star_map: StarMap) -> None:
    before, heard = screen(star_map), []
    star_map.gestureFinished.connect(lambda *gesture: heard.append(gesture))
    star_map.starActivated.connect(heard.append)
    star_map.starHovered.connect(heard.append)
    star_map.await_data()
    assert np.array_equal(screen(star_map), before)
    pixel = star_map.to_pixel(0, 0)
    star_map.set_tool(Tool.BRUSH)
    qtbot.mouseClick(star_map.viewport(), Qt.MouseButton.LeftButton, pos=pixel)
    star_map.set_tool(Tool.RECTANGLE)
    view = star_map.view_range()
    drag(qtbot, star_map, [(-1, -1), (1, 1)])
    assert heard == []
    assert star_map.view_range() != view
    star_map.set_data(drain(map_data(np.arange(9.0), np.arange(9.0))))
    drag(qtbot, star_map, [(2, 2), (5.5, 5.5)])
    assert len(heard) == 1
