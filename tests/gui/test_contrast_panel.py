"""What sets it apart: the panel follows the selection while it is seen, by mouse and keyboard."""

from collections.abc import Callable, Generator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui import numbers
from stellar_gui.analysis.coloring import DENSITY
from stellar_gui.analysis.contrast import Contrast, contrast
from stellar_gui.analysis.findings import Finding
from stellar_gui.analysis.recipe_axes import axes_of
from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.contrast_panel import ContrastPanel
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.histogram_pair import HistogramPair
from stellar_gui.gui.views.sed_plot import SedPlot
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.progress import drain
from stellar_gui.session.session import Session
from tests.gui.map_helpers import drag

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(trained: MainWindow, session: Session, qtbot: QtBot) -> Generator[ContrastPanel, None, None]:
    """The panel, opened from the Analyse menu on a session with two subsets, which overlap; closed afterwards."""
    r = session.catalog.magnitudes[:, 2]
    subsets = {"bright": r < 18.5, "faint": r > 18.0, "none": np.zeros(len(r), dtype=bool)}
    trained.workspace.show(replace(session, subsets=subsets))
    trained.findChild(QAction, "actionAnalyseContrast").trigger()
    found = trained.findChild(ContrastPanel, "contrastPanel")
    qtbot.waitUntil(lambda: not found.visibleRegion().isEmpty())
    yield found
    found.close()


@pytest.fixture
def select(trained: MainWindow, panel: ContrastPanel, qtbot: QtBot) -> Callable[[np.ndarray], None]:
    """Select stars, and wait until they are compared."""

    def choose(mask: np.ndarray) -> None:
        trained.workspace.select(np.flatnonzero(mask & trained.workspace.kept), Mode.REPLACE, "lasso")
        wait(panel, qtbot)

    return choose


def wait(panel: ContrastPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: panel.facts().endswith("stars"))


def table(panel: ContrastPanel) -> QTableWidget:
    return panel.findChild(QTableWidget, "contrastTable")


def quantities(panel: ContrastPanel) -> list[str]:
    shown = table(panel)
    return [shown.item(row, 0).toolTip().split("\n")[0] for row in range(shown.rowCount())]


def expected(window: MainWindow, other: np.ndarray | None = None) -> Contrast:
    workspace = window.workspace
    own = workspace.selection
    against = workspace.kept & (~own if other is None else other)
    axes = axes_of(workspace.selection_recipe, workspace.catalog)
    return drain(contrast(workspace.catalog, workspace.embedding, {}, own, against, axes))


def text(panel: ContrastPanel, name: str) -> str:
    return panel.findChild(QLabel, name).text()


def blue(window: MainWindow) -> np.ndarray:
    magnitudes = window.workspace.catalog.magnitudes
    return magnitudes[:, 0] - magnitudes[:, 1] < 0.6


def test_it_is_closed_at_first_and_says_what_to_do(trained: MainWindow, qtbot: QtBot) -> None:
    assert trained.findChild(ContrastPanel, "contrastPanel") is None
    trained.findChild(QAction, "actionAnalyseContrast").trigger()
    closed = trained.findChild(ContrastPanel, "contrastPanel")
    qtbot.waitUntil(closed.isVisible)
    assert text(closed, "contrastEmpty").startswith("Select stars on a map")
    assert closed.findChild(QLabel, "contrastEmpty").isVisible()
    assert not table(closed).isVisible()
    assert not closed.findChild(QComboBox, "contrastAgainstCombo").isVisible()
    trained.findChild(QAction, "actionSelectAll").trigger()
    qtbot.waitUntil(lambda: text(closed, "contrastEmpty").startswith("All stars are selected"))
    closed.close()


def test_stars_drawn_round_on_the_map_are_compared_with_the_rest(
    trained: MainWindow, panel: ContrastPanel, qtbot: QtBot
) -> None:
    star_map = trained.findChild(StarMap, "latentView")
    trained.findChild(QAction, "actionToolRectangle").trigger()
    drag(qtbot, star_map, [(-1, -1), (0.5, 0.5)])
    selected = int(trained.workspace.selection.sum())
    assert selected > 10
    wait(panel, qtbot)
    found, shown = expected(trained), table(panel)
    assert panel.facts() == numbers.stars(selected)
    assert [one.split(" (")[0] for one in quantities(panel)] == [effect.title for effect in found.effects]
    assert [effect.title for effect in found.effects if effect.selected_on] == quantities(panel)[-2:]
    strongest = found.effects[0]
    cells = [shown.item(0, column).text() for column in range(1, 4)]
    assert cells[0] == numbers.fixed(strongest.medians[0], strongest.digits)
    assert cells[2] == numbers.fixed(strongest.difference, strongest.digits, signed=True)
    read = shown.item(0, 4).data(Qt.ItemDataRole.AccessibleTextRole)
    assert numbers.fixed(strongest.delta, 3, signed=True) in read and strongest.strength in read
    assert text(panel, "contrastSentence").endswith(f"{read}.")
    panel.grab()
    curves = panel.findChild(HistogramPair, "contrastHistogram").plot.plotItem.curves
    np.testing.assert_allclose([curve.getData()[1] for curve in reversed(curves)], 100 * strongest.shares)
    medians = panel.findChild(SedPlot, "contrastSed").plot.plotItem.listDataItems()
    np.testing.assert_allclose(medians[-1].getData()[1], found.magnitudes[0].original_median)


def test_a_click_shows_another_quantity_and_the_maps_can_be_coloured_by_it(
    trained: MainWindow, panel: ContrastPanel, select: Callable[[np.ndarray], None], qtbot: QtBot
) -> None:
    select(blue(trained))
    shown, found = table(panel), expected(trained)
    qtbot.mouseClick(shown.viewport(), LEFT, pos=shown.visualItemRect(shown.item(2, 1)).center())
    histogram = panel.findChild(HistogramPair, "contrastHistogram")
    assert found.effects[2].title in histogram.accessibleName()
    qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert found.effects[3].title in histogram.accessibleName()
    assert trained.workspace.display.color == DENSITY
    button = panel.findChild(QPushButton, "contrastColourButton")
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert trained.workspace.display.color == found.effects[3].choice
    assert trained.findChild(QComboBox, "colourByCombo").currentData() == found.effects[3].choice
    wanted = found.effects[3].choice
    select(~blue(trained) & (trained.workspace.catalog.magnitudes[:, 2] < 19))
    assert expected(trained).effects[shown.currentRow()].choice == wanted


def test_it_is_compared_with_a_named_subset_as_long_as_there_is_one(
    trained: MainWindow, panel: ContrastPanel, select: Callable[[np.ndarray], None], session: Session, qtbot: QtBot
) -> None:
    workspace = trained.workspace
    select(workspace.subsets["bright"])
    combo = panel.findChild(QComboBox, "contrastAgainstCombo")
    assert [combo.itemText(place) for place in range(combo.count())] == ["the rest", "faint", "none"]
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    wait(panel, qtbot)
    found = expected(trained, workspace.subsets["faint"])
    assert combo.currentText() == "faint" and found.common > 0
    assert [one.split(" (")[0] for one in quantities(panel)] == [effect.title for effect in found.effects]
    assert text(panel, "contrastSentence").endswith(f" {numbers.stars(found.common)} in both.")
    assert table(panel).horizontalHeaderItem(2).text() == "faint"
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert "No star of “none” takes part" in text(panel, "contrastEmpty")
    assert not table(panel).isVisible() and combo.isVisible()
    trained.workspace.show(replace(session, selection=blue(trained)))
    assert combo.count() == 1
    wait(panel, qtbot)
    assert panel.facts() == numbers.stars(expected(trained).stars[0])
    assert "the rest" in text(panel, "contrastSentence")


def test_nothing_is_compared_while_nobody_looks(trained: MainWindow, panel: ContrastPanel, qtbot: QtBot) -> None:
    trained.findChild(QWidget, "selectionPanel").raise_()
    qtbot.waitUntil(lambda: panel.visibleRegion().isEmpty())
    started: list[str] = []
    tasks = trained.workspace.tasks
    tasks.changed.connect(lambda: started.extend(task.title for task in tasks.running))
    trained.workspace.select_all()
    trained.workspace.select(np.flatnonzero(blue(trained) & trained.workspace.kept), Mode.REPLACE, "lasso")
    qtbot.waitUntil(lambda: tasks.running == ())
    assert "Summing up the selection" in started and "Comparing" not in started
    trained.findChild(QAction, "actionAnalyseContrast").trigger()
    wait(panel, qtbot)
    assert "Comparing" in started
    assert panel.facts() == numbers.stars(expected(trained).stars[0])


def test_the_next_selection_wins(trained: MainWindow, panel: ContrastPanel, qtbot: QtBot) -> None:
    workspace = trained.workspace
    workspace.select(np.flatnonzero(blue(trained) & workspace.kept), Mode.REPLACE, "lasso")
    workspace.invert_selection()
    wait(panel, qtbot)
    qtbot.waitUntil(lambda: workspace.tasks.running == ())
    assert panel.facts() == numbers.stars(int(workspace.selection.sum()))
    workspace.undo_stack.undo()
    wait(panel, qtbot)
    assert panel.facts() == numbers.stars(int((blue(trained) & workspace.kept).sum()))
    trained.findChild(QAction, "actionClearSelection").trigger()
    assert panel.facts() == "" and not table(panel).isVisible()


def test_findings_are_compared_once_they_are_there(
    trained: MainWindow, panel: ContrastPanel, select: Callable[[np.ndarray], None], qtbot: QtBot
) -> None:
    select(blue(trained))
    score = np.where(blue(trained), 2.0, 1.0).astype(np.float32)
    trained.workspace.findings.put(Finding("score", "Score", score), "score")
    qtbot.waitUntil(lambda: "score" in quantities(panel))


def test_labels_that_differ_are_told_above_the_table(
    trained: MainWindow, panel: ContrastPanel, select: Callable[[np.ndarray], None], qtbot: QtBot
) -> None:
    select(blue(trained))
    kinds = blue(trained).astype(np.int16)
    trained.workspace.findings.put(Finding("hue", "Hue", kinds, labels={0: "red", 1: "blue"}), "hues")
    label = panel.findChild(QLabel, "contrastLabels")
    told = "hue: red 0 % (the rest 100 %), blue 100 % (0 %)".replace(" %", "\N{NO-BREAK SPACE}%")
    qtbot.waitUntil(lambda: label.isVisible() and told in label.text().splitlines())


def test_the_table_is_copied_with_its_intervals(
    trained: MainWindow, panel: ContrastPanel, select: Callable[[np.ndarray], None], qtbot: QtBot
) -> None:
    select(blue(trained))
    qtbot.keyClick(table(panel), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    titles, *rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert titles == ["quantity", "unit", "selection", "the rest", "difference", "delta", "low", "high", "effect"]
    found = expected(trained)
    assert [row[0] for row in rows] == [effect.title.replace(numbers.MINUS, "-") for effect in found.effects]
    np.testing.assert_allclose([float(row[5]) for row in rows], [effect.delta for effect in found.effects], atol=1e-4)


def test_effects_are_drawn_and_fit_a_narrow_column(
    trained: MainWindow, panel: ContrastPanel, select: Callable[[np.ndarray], None]
) -> None:
    select(blue(trained))
    trained.resize(1280, 800)
    shown = table(panel)
    cell = shown.viewport().grab(shown.visualItemRect(shown.item(1, 4))).toImage()
    drawn = {cell.pixelColor(x, y).name() for x in range(cell.width()) for y in range(cell.height())}
    assert theme.colors.primary in drawn
    assert sum(shown.columnWidth(column) for column in range(5)) <= shown.viewport().width()
    for column in (1, 2, 3):
        assert shown.fontMetrics().horizontalAdvance(shown.item(0, column).text()) < shown.columnWidth(column)


@pytest.mark.parametrize(
    ("value", "told"),
    [(-0.25, "−0.250"), (999_999.4, "999999.400"), (1.2377e18, "1.24e+18"), (-2.5e7, "−2.50e+07"), (np.nan, "–")],
)
def test_large_numbers_are_short(value: float, told: str) -> None:
    assert numbers.short(value, 3) == told
