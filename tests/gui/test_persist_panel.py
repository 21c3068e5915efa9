"""The persistence panel through the real window: run, cancel, what is told, and the control map beside the real one."""

from collections.abc import Generator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.persist_panel import NO_GROUP, NO_MAP, PersistPanel
from stellar_gui.gui.views.map_stamps import MapStamps
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.strip_chart import StripChart
from stellar_gui.session.session import Session

LEFT = Qt.MouseButton.LeftButton


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    qtbot.mouseClick(window.findChild(QPushButton, name), LEFT)


def text(window: MainWindow, name: str) -> str:
    return window.findChild(QLabel, name).text()


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=280_000)


@pytest.fixture
def panel(window: MainWindow) -> Generator[PersistPanel, None, None]:
    """The panel, opened by the menu; closed again, so that the next window does not remember it."""
    window.findChild(QAction, "actionAnalysePersist").trigger()
    found = window.findChild(PersistPanel, "persistPanel")
    assert found.isVisible()
    yield found
    found.close()
    window.findChild(QWidget, "controlPanel").close()
    window.findChild(QWidget, "selectionPanel").raise_()


def select_clump(window: MainWindow, session: Session) -> None:
    """The 100 stars nearest to the map's first one that takes part."""
    latent = session.embedding.latent
    first = np.flatnonzero(session.quality.kept)[0]
    distance = np.nan_to_num(np.hypot(*(latent - latent[first]).T), nan=np.inf)
    window.workspace.select(np.argsort(distance)[:100], Mode.REPLACE, "a clump")


def test_it_says_what_is_needed_first(window: MainWindow, qtbot: QtBot, panel: PersistPanel, session: Session) -> None:
    run = window.findChild(QPushButton, "persistRunButton")
    assert text(window, "persistNote") == NO_MAP
    assert not run.isEnabled()
    window.workspace.show(session)
    idle(window, qtbot)
    assert text(window, "persistNote") == NO_GROUP
    assert not run.isEnabled()
    select_clump(window, session)
    assert run.isEnabled()


@pytest.mark.timeout(300)  # several processes begin, which takes a busy machine long
def test_a_subset_is_tested_and_the_control_map_opens_beside(
    trained: MainWindow, qtbot: QtBot, panel: PersistPanel, session: Session
) -> None:
    select_clump(trained, session)
    trained.findChild(QAction, "actionNewSubset").trigger()
    name = next(iter(trained.workspace.subsets))
    choice, runs = trained.findChild(QComboBox, "persistSubset"), trained.findChild(QSpinBox, "persistRuns")
    assert [choice.itemText(k) for k in range(choice.count())] == [name, "Selected stars"]
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Home)
    runs.setFocus()
    runs.selectAll()
    qtbot.keyClicks(runs, "1")
    press(qtbot, trained, "persistRunButton")
    idle(trained, qtbot)
    report = panel.test.report
    assert report is not None and report.runs == 1 and report.members == 100
    assert text(trained, "persistVerdict") == report.sentence
    assert panel.facts() == name
    told = trained.findChild(StripChart, "jaccardChart").accessibleDescription()
    assert told.startswith(f"this group: {report.mean('jaccard'):.2f} ± 0.00; random patches: ")
    assert f"{100 * report.neighbours_kept:.0f} %" in text(trained, "persistNeighbours")

    stamps = trained.findChild(MapStamps, "persistMaps")
    assert stamps.accessibleDescription() == "this map, training 1, control map"
    image, wanted = stamps.grab().toImage(), QColor(trained.workspace.subsets.of_name(name).color)
    near = [
        abs(image.pixelColor(x, y).hue() - wanted.hue()) < 12 and image.pixelColor(x, y).saturation() > 80
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    ]
    assert any(near)

    panel_map = trained.findChild(QWidget, "controlPanel")
    assert not panel_map.isVisible()
    press(qtbot, trained, "openControlMapButton")
    qtbot.waitUntil(panel_map.isVisible)
    beside = trained.findChild(StarMap, "controlView")
    np.testing.assert_array_equal(beside.data.x, report.control_map.latent[:, 0])
    assert "No structure" in text(trained, "controlNote")
    assert trained.findChild(StarMap, "latentView").isVisible()

    trained.workspace.show(session)
    idle(trained, qtbot)
    assert panel.test.report is None
    assert not trained.findChild(QLabel, "persistVerdict").isVisible()


def test_a_test_is_cancelled_and_too_few_stars_are_told(
    trained: MainWindow, qtbot: QtBot, panel: PersistPanel, session: Session
) -> None:
    select_clump(trained, session)
    press(qtbot, trained, "persistRunButton")
    assert not trained.findChild(QPushButton, "persistRunButton").isVisible()
    press(qtbot, trained, "persistCancelButton")
    idle(trained, qtbot)
    assert panel.test.report is None
    assert trained.findChild(QPushButton, "persistRunButton").isVisible()
    trained.workspace.select(np.flatnonzero(session.quality.kept)[:5], Mode.REPLACE, "five")
    press(qtbot, trained, "persistRunButton")
    idle(trained, qtbot)
    assert "5 stars take part, and 20 are needed" in text(trained, "persistNote")
