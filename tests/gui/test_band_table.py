import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import QApplication, QTableWidgetSelectionRange, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.gui.theme import DARK, LIGHT, ThemeChoice, theme
from stellar_gui.gui.widgets.band_table import BandRow, BandTable

ORIGINAL = np.array([19.211, 18.738, 18.769, 18.962, 19.182])
RESIDUAL = np.array([-0.2554, -0.183, np.nan, 0.025, 0.0])
ROWS = [
    BandRow("original", ORIGINAL),
    BandRow("reconstructed", ORIGINAL - np.nan_to_num(RESIDUAL)),
    BandRow("residual", RESIDUAL, 3, True),
]


@pytest.fixture
def table(qtbot: QtBot) -> BandTable:
    theme.choose(ThemeChoice.LIGHT)
    panel = QWidget()
    qtbot.addWidget(panel)
    made = BandTable()
    layout = QVBoxLayout(panel)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(made)
    layout.addStretch(1)
    panel.resize(300, 200)
    panel.show()
    qtbot.waitExposed(panel)
    made.set_rows(ROWS)
    made.panel = panel  # type: ignore[attr-defined]  # keeps the parent alive as long as the table
    return made


def texts(table: BandTable) -> list[list[str]]:
    return [
        [table.model().index(row, column).data() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def clipboard() -> list[list[str]]:
    return [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]


def needed(table: BandTable, text: str) -> float:
    return QFontMetricsF(table.font()).horizontalAdvance(text)


def test_numbers_are_written_with_true_minus_signs_and_dashes(table: BandTable) -> None:
    assert texts(table)[0] == ["original", "19.211", "18.738", "18.769", "18.962", "19.182"]
    assert texts(table)[2] == ["residual", "−0.255", "−0.183", "–", "+0.025", "+0.000"]
    header = [table.model().headerData(column, Qt.Orientation.Horizontal) for column in range(6)]
    assert header == ["", *BAND_NAMES]


def test_plain_tuples_are_rows_too(table: BandTable) -> None:
    table.set_rows([("rms", np.arange(5.0), 1, False)])
    assert texts(table) == [["rms", "0.0", "1.0", "2.0", "3.0", "4.0"]]


@pytest.mark.parametrize("width", [300, 340, 500])
def test_nothing_is_clipped(qtbot: QtBot, table: BandTable, width: int) -> None:
    table.window().resize(width, 200)
    qtbot.waitUntil(lambda: table.width() == width)
    for row in texts(table):
        for column, text in enumerate(row):
            assert needed(table, text) <= table.columnWidth(column) - 6
    assert sum(table.columnWidth(column) for column in range(6)) == table.viewport().width()
    assert len({table.columnWidth(column) for column in range(1, 6)}) == 1


def test_too_narrow_a_table_elides_labels_never_numbers(qtbot: QtBot, table: BandTable) -> None:
    table.window().resize(table.minimumSizeHint().width(), 200)
    qtbot.waitUntil(lambda: table.width() == table.minimumSizeHint().width())
    for row in texts(table):
        for column, text in enumerate(row[1:], start=1):
            assert needed(table, text) <= table.columnWidth(column) - 6
    assert needed(table, "reconstructed") > table.columnWidth(0)
    assert table.model().index(1, 0).data(Qt.ItemDataRole.ToolTipRole) == "reconstructed"


def test_height_is_that_of_the_rows_without_scroll_bars(table: BandTable) -> None:
    heights = []
    for number in (0, 1, 3):
        table.set_rows(ROWS[:1] * number)
        rows = sum(table.rowHeight(row) for row in range(number))
        assert table.height() == table.horizontalHeader().height() + rows
        heights.append(table.height())
    assert heights[2] - heights[1] == 2 * table.rowHeight(0)
    assert not table.verticalScrollBar().isVisible()
    assert not table.horizontalScrollBar().isVisible()
    assert table.verticalScrollBar().maximum() == 0


def test_columns_stand_still_from_star_to_star(table: BandTable) -> None:
    table.set_rows([("residual", np.array([0.1, 0.2, 0.3, 0.4, 0.5]), 3, True), *ROWS[:2]])
    widths = [table.columnWidth(column) for column in range(6)]
    table.set_rows([("residual", np.array([-0.9, 9.2, 0.3, 0.4, -0.5]), 3, True), *ROWS[:2]])
    assert [table.columnWidth(column) for column in range(6)] == widths


def test_copy_without_a_selection_takes_the_whole_table_with_titles(qtbot: QtBot, table: BandTable) -> None:
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard()[0] == ["", *BAND_NAMES]
    assert clipboard()[3] == ["residual", "-0.255", "-0.183", "", "+0.025", "+0.000"]
    assert len(clipboard()) == 4


def test_copy_takes_the_cells_that_were_dragged_over(qtbot: QtBot, table: BandTable) -> None:
    start = table.visualItemRect(table.item(1, 2)).center()
    end = table.visualItemRect(table.item(2, 4)).center()
    qtbot.mousePress(table.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(table.viewport(), (start + end) / 2)
    qtbot.mouseMove(table.viewport(), end)
    qtbot.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, pos=end)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard() == [["18.921", "18.769", "18.937"], ["-0.183", "", "+0.025"]]


def test_copy_of_one_cell_is_its_number(qtbot: QtBot, table: BandTable) -> None:
    table.setRangeSelected(QTableWidgetSelectionRange(0, 3, 0, 3), True)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard() == [["18.769"]]


def test_labels_are_muted_in_either_theme(table: BandTable) -> None:
    assert table.item(0, 0).foreground().color() == QColor(LIGHT.muted)
    theme.choose(ThemeChoice.DARK)
    assert table.item(0, 0).foreground().color() == QColor(DARK.muted)
    image = table.grab().toImage()
    assert image.pixelColor(2, table.height() - 2) == QColor(DARK.card)
    theme.choose(ThemeChoice.LIGHT)


def test_numbers_stay_whole_when_the_theme_changes(qtbot: QtBot) -> None:
    table = BandTable()
    qtbot.addWidget(table)
    table.resize(292, 100)
    table.set_rows([("median", np.full(5, 19.979), 3, False), ("bias", np.full(5, -0.0123), 4, True)])
    table.show()
    font = table.font()
    assert font.pointSizeF() < QApplication.font().pointSizeF() - 1
    theme.choose(ThemeChoice.DARK)
    assert table.font() == font
    theme.choose(ThemeChoice.LIGHT)
    assert table.font() == font
