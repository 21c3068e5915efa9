import time

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from pytestqt.qtbot import QtBot

from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.widgets.star_table import Column, StarTable

IDENTIFIERS = np.array([1237650795682726190, 1237648722289295504, 9223372036854775807, 1237648722289295505, 7])
COLOUR = np.array([-0.3, 1.25, np.nan, 0.5, -1.0], dtype=np.float32)
ERROR = pd.Series([0.4, 0.1, 0.2, np.nan, 0.3], index=[10, 11, 12, 13, 14])


@pytest.fixture
def table(qtbot: QtBot) -> StarTable:
    theme.choose(ThemeChoice.LIGHT)
    made = StarTable()
    qtbot.addWidget(made)
    made.resize(420, 220)
    made.set_columns(
        [
            Column("identifier", IDENTIFIERS, None),
            Column("u−g", COLOUR, 3, "Colour, mag"),
            Column("error", ERROR, 2, "Root mean square residual, mag"),
        ]
    )
    made.set_rows(np.array([0, 1, 2, 3]))
    made.show()
    qtbot.waitExposed(made)
    return made


def texts(table: StarTable, column: int) -> list[str]:
    return [table.model().index(row, column).data() for row in range(table.model().rowCount())]


def click_row(qtbot: QtBot, table: StarTable, row: int, key: Qt.KeyboardModifier | None = None) -> None:
    place = table.visualRect(table.model().index(row, 0)).center()
    modifier = key or Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def click_title(qtbot: QtBot, table: StarTable, column: int) -> None:
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + header.sectionSize(column) // 2, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def current_row(table: StarTable) -> int | None:
    rows = table.selectionModel().selectedRows()
    return table.catalogue_rows()[rows[0].row()] if rows else None


def test_identifiers_are_exact_and_numbers_have_a_true_minus(table: StarTable) -> None:
    assert texts(table, 0) == [str(number) for number in IDENTIFIERS[:4]]
    assert texts(table, 1) == ["−0.300", "1.250", "–", "0.500"]
    assert texts(table, 2) == ["0.40", "0.10", "0.20", "–"]
    titles = [table.model().headerData(column, Qt.Orientation.Horizontal) for column in range(3)]
    assert titles == ["identifier", "u−g", "error"]
    tooltip = table.model().headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert tooltip == "Colour, mag"


def test_unsigned_negative_nullable_and_text_identifiers_are_shown_whole(table: StarTable) -> None:
    table.set_columns(
        [
            Column("unsigned", np.array([18446744073709551615, 0], dtype=np.uint64), None),
            Column("negative", np.array([-9223372036854775808, 1], dtype=np.int64), None),
            Column("nullable", pd.Series([1237650795682726191, None], dtype="Int64"), None),
            Column("text", pd.Series(["J1200-05", None]), None),
        ]
    )
    table.set_rows(np.array([0, 1]))
    assert [texts(table, column)[0] for column in range(4)] == [
        "18446744073709551615",
        "−9223372036854775808",
        "1237650795682726191",
        "J1200-05",
    ]
    assert texts(table, 2)[1] == texts(table, 3)[1] == "–"
    table.grab()


def test_clicks_on_a_title_sort_up_down_and_back_with_missing_values_last(qtbot: QtBot, table: StarTable) -> None:
    click_title(qtbot, table, 1)
    assert table.catalogue_rows() == [0, 3, 1, 2]
    click_title(qtbot, table, 1)
    assert table.catalogue_rows() == [1, 3, 0, 2]
    click_title(qtbot, table, 1)
    assert table.catalogue_rows() == [0, 1, 2, 3]
    click_title(qtbot, table, 2)
    assert table.catalogue_rows() == [1, 2, 0, 3]


def test_identifiers_beyond_a_floats_precision_sort_exactly(qtbot: QtBot, table: StarTable) -> None:
    click_title(qtbot, table, 0)
    assert table.catalogue_rows() == [1, 3, 0, 2]


def test_other_rows_keep_the_sorting(qtbot: QtBot, table: StarTable) -> None:
    click_title(qtbot, table, 1)
    table.set_rows(np.array([1, 4, 0]))
    assert table.catalogue_rows() == [4, 0, 1]


def test_other_columns_start_unsorted_and_empty(qtbot: QtBot, table: StarTable) -> None:
    click_title(qtbot, table, 1)
    table.set_columns([Column("r", np.array([2.0, 1.0]), 1)])
    assert table.catalogue_rows() == []
    table.set_rows(np.array([0, 1]))
    assert table.catalogue_rows() == [0, 1]


def test_click_activates_the_catalogues_row_once(qtbot: QtBot, table: StarTable) -> None:
    click_title(qtbot, table, 1)
    activated: list[int] = []
    table.rowActivated.connect(activated.append)
    click_row(qtbot, table, 1)
    assert activated == [3]
    click_row(qtbot, table, 0)
    assert activated == [3, 0]


def test_arrow_keys_activate_and_enter_activates_again(qtbot: QtBot, table: StarTable) -> None:
    click_row(qtbot, table, 0)
    activated: list[int] = []
    table.rowActivated.connect(activated.append)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert activated == [1, 2, 1]
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert activated == [1, 2, 1, 1]


def test_focus_alone_activates_nothing_and_a_click_on_the_first_row_does(qtbot: QtBot, table: StarTable) -> None:
    activated: list[int] = []
    table.rowActivated.connect(activated.append)
    table.activateWindow()
    table.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(table.hasFocus)
    assert activated == []
    click_row(qtbot, table, 0)
    assert activated == [0]


def test_set_current_marks_and_scrolls_without_activating(qtbot: QtBot, table: StarTable) -> None:
    number = 3000
    table.set_columns([Column("error", np.arange(number, dtype=np.float64), 1)])
    table.set_rows(np.arange(number))
    activated: list[int] = []
    table.rowActivated.connect(activated.append)
    table.set_current(2500)
    assert current_row(table) == 2500
    assert table.viewport().rect().contains(table.visualRect(table.model().index(2500, 0)))
    table.set_current(number + 5)
    assert current_row(table) is None
    table.set_current(10)
    table.set_current(None)
    assert current_row(table) is None
    assert activated == []
    table.set_current(20)
    click_row(qtbot, table, 19)
    assert activated == [19]


def test_sorting_keeps_the_marked_star_and_activates_nothing(qtbot: QtBot, table: StarTable) -> None:
    table.set_current(1)
    activated: list[int] = []
    table.rowActivated.connect(activated.append)
    for _ in range(3):
        click_title(qtbot, table, 1)
        assert current_row(table) == 1
    assert activated == []


def test_copy_gives_the_selected_rows_under_their_titles(qtbot: QtBot, table: StarTable) -> None:
    click_row(qtbot, table, 0)
    click_row(qtbot, table, 2, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\n") == [
        "identifier\tu-g\terror",
        "1237650795682726190\t-0.300\t0.40",
        "9223372036854775807\t\t0.20",
    ]


def test_numbers_are_never_elided_and_identifiers_only_when_narrow(qtbot: QtBot, table: StarTable) -> None:
    metrics = QFontMetricsF(table.font())

    def fits(column: int) -> bool:
        room = table.columnWidth(column) - 6
        return all(metrics.horizontalAdvance(text) <= room for text in texts(table, column))

    assert all(fits(column) for column in range(3))
    assert sum(table.columnWidth(column) for column in range(3)) <= table.viewport().width()
    table.resize(200, 220)
    qtbot.waitUntil(lambda: table.viewport().width() <= 200)
    assert not fits(0)
    assert fits(1)
    assert fits(2)
    assert sum(table.columnWidth(column) for column in range(3)) <= table.viewport().width()


def test_rows_have_one_small_height_and_the_model_makes_text_only_on_demand(table: StarTable) -> None:
    table.set_columns([Column("error", np.zeros(1_000_000), 3)])
    start = time.perf_counter()
    table.set_rows(np.arange(1_000_000))
    table.grab()
    assert time.perf_counter() - start < 1
    assert table.model().rowCount() == 1_000_000
    assert table.rowHeight(0) == table.rowHeight(999_999) < 2 * QFontMetricsF(table.font()).height()


def test_255_000_rows_are_sorted_in_a_moment(table: StarTable) -> None:
    random = np.random.default_rng(3)
    number = 255_000
    table.set_columns(
        [Column("id", random.integers(0, 2**62, number), None), Column("r", random.normal(size=number), 3)]
    )
    table.set_rows(np.arange(number))
    table.set_current(77)
    for column in (0, 1):
        times = []
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder) * 2:
            start = time.perf_counter()
            table.sortByColumn(column, order)
            times.append(time.perf_counter() - start)
        assert min(times) < 0.3
    assert current_row(table) == 77
