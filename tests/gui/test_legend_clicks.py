"""The legend under a real mouse: rows ask to hide, show or isolate their label; nothing else happens on the map."""

from collections.abc import Generator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.coloring import Labels
from stellar_gui.analysis.hues import StarColors
from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.views.hue_palette import label_colors
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool
from tests.gui.map_helpers import Recorder, click

Left = Qt.MouseButton.LeftButton
LABELS = ("dwarf", "giant")
REST = "missing"


@pytest.fixture(autouse=True, params=[ThemeChoice.LIGHT, ThemeChoice.DARK], ids=["light", "dark"])
def in_both_themes(request: pytest.FixtureRequest) -> Generator[None, None, None]:
    theme.choose(request.param)
    yield
    theme.choose(ThemeChoice.SYSTEM)


@pytest.fixture
def asked(qtbot: QtBot, star_map: StarMap) -> list[str]:
    """What the labelled map asks for."""
    code = np.arange(4000).astype(np.uint8) % 3
    star_map.set_coloring(StarColors.of(Labels("kind", LABELS, code, REST), star_map.data.levels))
    star_map.viewport().repaint()
    made: list[str] = []
    star_map.labelToggled.connect(lambda name: made.append(f"toggle {name}"))
    star_map.labelIsolated.connect(lambda name: made.append(f"isolate {name}"))
    return made


def row(star_map: StarMap, name: str) -> QPoint:
    area = star_map._legend_area
    assert area is not None
    return next(where.center().toPoint() for where, label in area.rows if label == name)


def title(star_map: StarMap) -> QPoint:
    area = star_map._legend_area
    assert area is not None
    return QPoint(round(area.box.center().x()), round(area.box.top()) + 4)


@pytest.mark.parametrize("tool", [Tool.PICK, Tool.LASSO, Tool.BRUSH, Tool.POLYGON])
def test_a_click_on_a_row_toggles_its_label_and_does_nothing_else(
    qtbot: QtBot, star_map: StarMap, asked: list[str], heard: Recorder, tool: Tool
) -> None:
    star_map.set_tool(tool)
    heard.heard.clear()
    view = star_map.view_range()
    for name in (*LABELS, REST):
        qtbot.mouseClick(star_map.viewport(), Left, pos=row(star_map, name))
    assert asked == ["toggle dwarf", "toggle giant", f"toggle {REST}"]
    assert (heard.gestures, heard.heard, star_map.view_range()) == ([], [], view)


def test_a_double_click_takes_its_first_click_back_and_isolates(
    qtbot: QtBot, star_map: StarMap, asked: list[str], heard: Recorder
) -> None:
    qtbot.mouseClick(star_map.viewport(), Left, pos=row(star_map, "giant"))
    qtbot.mouseDClick(star_map.viewport(), Left, pos=row(star_map, "giant"))
    assert asked == ["toggle giant", "toggle giant", "isolate giant"]
    assert (heard.gestures, heard.heard) == ([], [])


def test_a_press_that_leaves_its_row_asks_for_nothing_and_moves_nothing(
    qtbot: QtBot, star_map: StarMap, asked: list[str], heard: Recorder
) -> None:
    canvas, view = star_map.viewport(), star_map.view_range()
    for start in (row(star_map, "dwarf"), title(star_map)):
        qtbot.mousePress(canvas, Left, pos=start)
        qtbot.mouseMove(canvas, star_map.to_pixel(0, 0))
        qtbot.mouseRelease(canvas, Left, pos=star_map.to_pixel(0, 0))
    assert (asked, heard.gestures, heard.heard, star_map.view_range()) == ([], [], [], view)


def test_the_pointer_is_a_hand_on_a_row_alone_and_the_hint_tells_why(
    qtbot: QtBot, star_map: StarMap, asked: list[str]
) -> None:
    canvas, hand = star_map.viewport(), Qt.CursorShape.PointingHandCursor
    qtbot.mouseMove(canvas, row(star_map, "giant"))
    assert canvas.cursor().shape() is hand
    assert "giant" in star_map.hint and "double click" in star_map.hint
    qtbot.mouseMove(canvas, star_map.to_pixel(0, 0))
    assert canvas.cursor().shape() is not hand
    qtbot.mouseMove(canvas, title(star_map))
    assert canvas.cursor().shape() is not hand


def test_hidden_labels_are_hollow(qtbot: QtBot, star_map: StarMap, asked: list[str]) -> None:
    color = QColor(label_colors(theme.colors, 2)[0])

    def filled() -> int:
        area = star_map._legend_area
        assert area is not None
        where = next(where for where, label in area.rows if label == "dwarf")
        found = _pixels(star_map.viewport().grab(where.toAlignedRect()).toImage())
        return int(np.count_nonzero(np.abs(found - (color.red(), color.green(), color.blue())).max(axis=2) < 8))

    before = filled()
    star_map.set_hidden_labels(frozenset({"dwarf"}))
    assert 0 < filled() < 0.7 * before
    star_map.set_hidden_labels(frozenset())
    assert filled() == before


def test_the_legend_stays_when_no_star_is_shown(qtbot: QtBot, star_map: StarMap, asked: list[str]) -> None:
    data, code = star_map.data, np.arange(4000).astype(np.uint8) % 3
    star_map.set_stars(data.x, data.y, np.zeros(4000, bool), keep_view=True)
    labels = Labels("kind", LABELS, code, REST)
    star_map.set_coloring(StarColors.of(labels, star_map.data.levels, np.ones(4000, bool)))
    star_map.viewport().repaint()
    qtbot.mouseClick(star_map.viewport(), Left, pos=row(star_map, "dwarf"))
    assert asked == ["toggle dwarf"]


def test_where_the_legend_was_stars_are_picked_once_it_is_gone(
    qtbot: QtBot, star_map: StarMap, asked: list[str], heard: Recorder
) -> None:
    place = star_map.to_data(row(star_map, "dwarf"))
    star_map.set_coloring(None)
    star_map.viewport().repaint()
    click(qtbot, star_map, place)
    assert asked == []
    assert heard.heard


def test_a_polygon_under_way_sets_its_corners_on_the_legend_too(
    qtbot: QtBot, star_map: StarMap, asked: list[str]
) -> None:
    star_map.set_tool(Tool.POLYGON)
    click(qtbot, star_map, (0, 0))
    click(qtbot, star_map, (1, 0))
    qtbot.mouseClick(star_map.viewport(), Left, pos=row(star_map, "dwarf"))
    assert asked == []
    assert star_map._corners == 3


def _pixels(image: QImage) -> NDArray[np.int64]:
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.width(), 4)[..., 2::-1].astype(np.int64)
