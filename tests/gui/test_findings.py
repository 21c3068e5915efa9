"""Findings in the window: offered as colours, followed when they change, undone in one step, exported."""

import numpy as np
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.coloring import DENSITY, ColorChoice, Group
from stellar_gui.analysis.findings import Finding
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.views.star_map import StarMap


def clusters(window: MainWindow, shift: int = 0) -> Finding:
    codes = ((np.arange(len(window.workspace.selection)) + shift) % 3 - 1).astype(np.int16)
    return Finding("cluster", "Cluster", codes, labels={0: "large", 1: "small", -1: "noise"})


@pytest.fixture
def found(trained: MainWindow) -> MainWindow:
    trained.workspace.findings.put(clusters(trained), "find clusters")
    trained.workspace.display.set_color(ColorChoice(Group.FINDING, "cluster"))
    return trained


def told(window: MainWindow, row: int) -> str:
    """What a star's tooltip on the map says of its cluster."""
    star_map = window.findChild(StarMap, "latentView")
    assert star_map is not None
    return next(label for label in ("large", "small", "noise") if label in star_map.tooltip_for(row))


def test_a_finding_is_offered_and_colours_the_map(found: MainWindow) -> None:
    combo = found.findChild(QComboBox, "colourByCombo")
    assert combo is not None and combo.currentText() == "Cluster"
    assert [told(found, row) for row in range(3)] == ["noise", "large", "small"]


def test_the_map_follows_a_finding_that_is_found_anew(found: MainWindow) -> None:
    found.workspace.findings.put(clusters(found, shift=1), "find clusters")
    assert [told(found, row) for row in range(3)] == ["large", "small", "noise"]


def test_undoing_a_finding_takes_its_colours_back(found: MainWindow, qtbot: QtBot) -> None:
    undo = found.findChild(QAction, "actionUndo")
    assert undo is not None and "find clusters" in undo.text()
    with qtbot.waitSignal(found.workspace.findings.findingsChanged):
        undo.trigger()
    assert found.workspace.findings.all == ()
    assert found.workspace.display.color == DENSITY
    combo = found.findChild(QComboBox, "colourByCombo")
    assert combo is not None and combo.findText("Cluster") == -1


def test_findings_are_of_the_session_and_leave_with_it(found: MainWindow) -> None:
    session = found.workspace.session()
    assert session is not None and [finding.name for finding in session.findings] == ["cluster"]
    found.workspace.findings.remove("cluster")
    assert found.workspace.findings.get("cluster") is None
    found.workspace.show(session)
    assert found.workspace.findings.get("cluster") is session.findings[0]
