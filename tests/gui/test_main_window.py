"""The window as a whole: welcome, layout, themes, actions and their explanations."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontDatabase
from PySide6.QtWidgets import QApplication, QPushButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.theme import DARK, LIGHT, Colors, ThemeChoice, theme
from stellar_gui.gui.widgets.panel import Panel

PANELS = ("dataPanel", "trainingPanel", "runsPanel", "starPanel", "selectionPanel", "subsetPanel")
RIGHT_TABS = ["Selection", "Subsets", "Report"]
ANALYSES = ("contrastPanel", "clusterPanel", "anomalyPanel", "trustPanel")
NAMES = (
    "latentView",
    "trainButton",
    "pauseButton",
    "stopButton",
    *PANELS,
)
ACTIONS = (
    "actionOpen",
    "actionOpenSample",
    "actionSaveSession",
    "actionExportSelection",
    "actionUndo",
    "actionRedo",
    "actionSelectAll",
    "actionInvertSelection",
    "actionClearSelection",
    "actionToolPick",
    "actionToolRectangle",
    "actionToolCircle",
    "actionToolXRange",
    "actionToolYRange",
    "actionToolLasso",
    "actionToolPolygon",
    "actionToolBrush",
)


def test_everything_that_others_hold_on_to_has_its_name(window: MainWindow) -> None:
    for name in NAMES:
        widget = window.findChild(QWidget, name)
        assert widget is not None, name
        assert widget.accessibleName(), name
    for name in ACTIONS:
        assert window.findChild(QAction, name) is not None, name


def test_analyses_are_closed_at_first_and_each_makes_room_for_the_next(window: MainWindow) -> None:
    assert not any(window.findChild(Panel, name) for name in ANALYSES)
    for _ in range(2):
        for name in ANALYSES:
            action = window.findChild(QAction, f"actionAnalyse{name[0].upper()}{name[1:].removesuffix('Panel')}")
            action.trigger()
            panels = [panel for panel in window.findChildren(Panel) if panel.objectName() in ANALYSES]
            (shown,) = [panel for panel in panels if not panel.isHidden()]
            assert shown.objectName() == name and shown.title() == action.text()
            assert not shown.visibleRegion().isEmpty()


def test_a_font_is_installed(qapp: object) -> None:
    assert QFontDatabase.families()


def test_nothing_open_offers_a_file_and_the_sample(window: MainWindow) -> None:
    for name in ("welcomeOpen", "welcomeSample"):
        assert window.findChild(QPushButton, name).isVisible()
    assert not window.findChild(QAction, "actionExportSelection").isEnabled()
    assert "Select stars" in window.findChild(QAction, "actionExportSelection").toolTip()


def test_the_sample_opens_by_one_button(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=30_000):
        qtbot.mouseClick(window.findChild(QPushButton, "welcomeSample"), Qt.MouseButton.LeftButton)
    assert len(window.workspace.catalog) == 255_000
    assert window.findChild(QPushButton, "invitationTrain").isVisible()


def test_tool_letters_choose_tools(trained: MainWindow, qtbot: QtBot) -> None:
    for key, name in (
        (Qt.Key.Key_L, "actionToolLasso"),
        (Qt.Key.Key_R, "actionToolRectangle"),
        (Qt.Key.Key_C, "actionToolCircle"),
        (Qt.Key.Key_X, "actionToolXRange"),
        (Qt.Key.Key_Y, "actionToolYRange"),
        (Qt.Key.Key_G, "actionToolPolygon"),
        (Qt.Key.Key_B, "actionToolBrush"),
        (Qt.Key.Key_P, "actionToolPick"),
    ):
        qtbot.keyClick(trained, key)
        assert trained.findChild(QAction, name).isChecked(), name


@pytest.mark.parametrize("name", PANELS)
def test_a_closed_panel_comes_back_with_the_layout(window: MainWindow, name: str) -> None:
    panel = window.findChild(Panel, name)
    panel.close()
    assert not panel.isVisible()
    window.findChild(QAction, "actionResetLayout").trigger()
    assert panel.isVisible() or window.tabifiedDockWidgets(panel)


def test_on_a_small_screen_the_left_column_becomes_tabs(window: MainWindow, qtbot: QtBot) -> None:
    data, training, runs = (window.findChild(Panel, name) for name in PANELS[:3])
    assert not window.tabifiedDockWidgets(data)
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.tabifiedDockWidgets(data) == [training, runs])
    assert window.width() == 1280
    assert window.height() == 800
    window.resize(1680, 1000)
    qtbot.waitUntil(lambda: not window.tabifiedDockWidgets(data))
    assert window.tabifiedDockWidgets(training) == [runs]


def test_the_theme_is_switched_and_remembered(window: MainWindow) -> None:
    window.findChild(QAction, "actionThemeDark").trigger()
    assert theme.is_dark
    assert QApplication.palette().window().color().name() == DARK.window
    window.findChild(QAction, "actionThemeLight").trigger()
    assert QApplication.palette().window().color().name() == LIGHT.window
    assert theme.choice is ThemeChoice.LIGHT


def _luminance(color: str) -> float:
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    """Contrast ratio of WCAG 2.1."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out(colors: Colors) -> None:
    for text in (colors.text, colors.muted, colors.warning):
        for ground in (colors.card, colors.window):
            assert _contrast(text, ground) >= 4.5
    assert _contrast(colors.on_primary, colors.primary) >= 4.5
    for mark in (colors.primary, colors.accent, colors.ink):
        assert _contrast(mark, colors.card) >= 3


def test_layout_and_recent_files_are_remembered(window: MainWindow, qtbot: QtBot, table_path: object) -> None:
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=30_000):
        window.open_path(table_path)
    window.findChild(Panel, "starPanel").close()
    window.close()
    again = MainWindow()
    qtbot.addWidget(again)
    again.show()
    assert not again.findChild(Panel, "starPanel").isVisible()
    assert any(button.toolTip() == str(table_path) for button in again.findChildren(QPushButton))
    again.findChild(QAction, "actionResetLayout").trigger()
    again.close()


def test_each_panel_stands_in_one_row_of_tabs_on_low_and_high_screens(qtbot: QtBot) -> None:
    for _ in range(2):
        made = MainWindow()
        made.resize(1280, 800)
        made.show()
        qtbot.waitExposed(made)
        for height, left in ((800, ["Data", "Training", "Runs"]), (1000, ["Training", "Runs"])):
            made.resize(1680, height)
            qtbot.waitUntil(lambda made=made, left=left: sorted(_rows(made)) == sorted([left, RIGHT_TABS]))
        made.close()
        made.deleteLater()


def test_reset_layout_leaves_one_row_of_tabs_on_each_side(window: MainWindow, qtbot: QtBot) -> None:
    window.findChild(QAction, "actionAnalyseTrust").trigger()
    window.findChild(Panel, "starPanel").close()
    window.findChild(Panel, "selectionPanel").setFloating(True)
    for _ in range(2):
        window.findChild(QAction, "actionResetLayout").trigger()
        qtbot.waitUntil(lambda: sorted(_rows(window)) == sorted([["Training", "Runs"], RIGHT_TABS]))
    assert window.findChild(Panel, "starPanel").isVisible()
    assert not window.findChild(Panel, "trustPanel").isVisible()


def _rows(window: MainWindow) -> list[list[str]]:
    """The titles on each row of tabs that can be seen."""
    bars = [bar for bar in window.findChildren(QTabBar) if bar.parent() is window and bar.isVisible() and bar.count()]
    return [[bar.tabText(k) for k in range(bar.count())] for bar in bars]


def test_tabs_show_their_whole_names(window: MainWindow, qtbot: QtBot) -> None:
    window.findChild(QAction, "actionAnalyseContrast").trigger()
    assert window.findChild(QAction, "actionAnalyseContrast").text() == "What sets it apart"
    names = [*RIGHT_TABS, "Compare"]
    qtbot.waitUntil(lambda: names in _rows(window))
    row = next(bar for bar in window.findChildren(QTabBar) if bar.isVisible() and bar.count() == len(names))
    assert row.elideMode() == Qt.TextElideMode.ElideNone
    assert row.sizeHint().width() <= row.width()
