"""A table of stars of any size: it holds row numbers and columns, and makes text only for what is seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from stellar_gui.gui.theme import theme
from stellar_gui.gui.widgets.plain import plain_tip
from stellar_gui.gui.widgets.table_style import (
    LEFT,
    PADDING,
    RIGHT,
    SORT_MARK,
    TightDelegate,
    copy_rows,
    make_quiet,
    row_height,
    table_font,
    text_width,
)
from stellar_gui.numbers import MINUS, fixed

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SAMPLE = 200  # rows looked at for the width of a column of texts
_SHORTEST_TEXT = 60  # logical pixels that an identifier keeps before the table scrolls sideways


@dataclass(frozen=True, eq=False)
class Column:
    """A column of the catalogue: values of all n rows, an array or a Series.

    digits: decimals of a measured number; None for an identifier or a text, which is shown whole.
    """

    title: str
    values: ArrayLike | pd.Series
    digits: int | None
    tooltip: str = ""


class StarModel(QAbstractTableModel):
    """The chosen rows of a catalogue in the order of one column, as Qt's table views read them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[Column, ...] = ()
        self._values: tuple[pd.api.extensions.ExtensionArray, ...] = ()
        self._rows: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._order: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._sorting: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns shown."""
        return self._columns

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; no row is left, since the row numbers may belong to another catalogue."""
        self.beginResetModel()
        self._columns = tuple(columns)
        self._values = tuple(pd.Series(column.values).array for column in columns)
        self._rows = self._order = np.empty(0, dtype=np.int64)
        self._sorting = (-1, Qt.SortOrder.AscendingOrder)
        self.endResetModel()

    def set_rows(self, rows: NDArray[np.integer]) -> None:
        """Show these rows of the catalogue, sorted as before."""
        self.beginResetModel()
        self._rows = np.array(rows, dtype=np.int64)
        self._order = self._sorted_order()
        self.endResetModel()

    def set_values(self, column: int, values: ArrayLike | pd.Series) -> None:
        """Show other values in a column; the order stays."""
        self._columns = tuple(
            replace(one, values=values) if place == column else one for place, one in enumerate(self._columns)
        )
        self._values = tuple(
            pd.Series(values).array if place == column else one for place, one in enumerate(self._values)
        )
        if len(self._rows):
            self.dataChanged.emit(self.index(0, column), self.index(len(self._rows) - 1, column))

    def catalogue_row(self, row: int) -> int:
        """The catalogue's row number at a row of the table."""
        return int(self._rows[self._order[row]])

    def place_of(self, catalogue_row: int) -> int | None:
        """The table's row of a row of the catalogue; None where it is not in the table."""
        places = np.flatnonzero(self._rows[self._order] == catalogue_row)
        return int(places[0]) if len(places) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Stars in the table."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Columns in the table."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, alignment and, for identifiers, the whole text as a tooltip."""
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if column.digits is None else RIGHT
        if role == Qt.ItemDataRole.ToolTipRole and column.digits is None:
            return plain_tip(self.text(index.row(), index.column()))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles, their alignment and tooltips."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(column.tooltip) or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if column.digits is None else RIGHT
        return None

    def text(self, row: int, column: int) -> str:
        """What a cell shows."""
        return self._text(self._values[column][self.catalogue_row(row)], column)

    def _text(self, value: Any, column: int) -> str:
        digits = self._columns[column].digits
        if pd.isna(value):
            return fixed(float("nan"))
        if digits is not None:
            return fixed(float(value), digits)
        negative = isinstance(value, int | np.integer) and value < 0
        return f"{MINUS}{-int(value)}" if negative else str(value)

    def widest_texts(self, column: int) -> list[str]:
        """Texts that no other of the column exceeds in width: the extremes of numbers, a sample of other values."""
        values = self._values[column]
        if pd.api.types.is_numeric_dtype(values.dtype):
            taken = pd.Series(values.take(self._rows)).dropna()
            extremes = [] if taken.empty else [taken.min(), taken.max()]
        else:
            places = np.unique(np.linspace(0, len(self._rows) - 1, min(len(self._rows), _SAMPLE)).astype(np.int64))
            extremes = list(values.take(self._rows[places]))
        return [self._text(value, column) for value in extremes]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column, missing values last either way, or by -1 as the rows were given; keeps the selection."""
        self.layoutAboutToBeChanged.emit()
        before = self._order
        self._sorting = (column, order)
        self._order = self._sorted_order()
        kept = self.persistentIndexList()
        if kept:
            places = np.empty(len(before), dtype=np.int64)
            places[self._order] = np.arange(len(before))
            moved = places[before[[index.row() for index in kept]]].tolist()
            self.changePersistentIndexList(
                kept, [self.index(row, index.column()) for row, index in zip(moved, kept, strict=True)]
            )
        self.layoutChanged.emit()

    def _sorted_order(self) -> NDArray[np.int64]:
        column, order = self._sorting
        if column < 0:
            return np.arange(len(self._rows), dtype=np.int64)
        taken = pd.Series(self._values[column].take(self._rows))
        ascending = order is Qt.SortOrder.AscendingOrder
        return taken.sort_values(ascending=ascending, kind="stable", na_position="last").index.to_numpy(dtype=np.int64)


class StarTable(QTableView):
    """The list of a selection's stars; a click, Enter or an arrow key activates the star of that row."""

    rowActivated = Signal(int)
    """The catalogue's row number of the star that the user has gone to."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("starTable")
        self.setAccessibleName("Stars of the selection")
        self._model = StarModel(self)
        self._active: int | None = None
        self._by_user = True
        self.setModel(self._model)
        header = make_quiet(self)
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSortingEnabled(True)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setItemDelegate(TightDelegate(self))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self._activate_new)
        theme.changed.connect(self.viewport().update)
        theme.changed.connect(self._fit)  # a new style sheet has put the application's font back
        self._fit()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns, and no star until `set_rows`."""
        self._active = None
        self._model.set_columns(columns)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._fit()

    def set_rows(self, rows: NDArray[np.integer]) -> None:
        """Show the stars at these row numbers of the catalogue, sorted as the header says."""
        self._active = None
        self._model.set_rows(rows)
        self._fit()

    def set_values(self, column: int, values: ArrayLike | pd.Series) -> None:
        """Show other values in a column; order, marked star and widths stay."""
        self._model.set_values(column, values)

    def set_current(self, row: int | None) -> None:
        """Mark the star at a row number of the catalogue and scroll to it, without activating it.

        None, or a star that is not in the table, marks none.
        """
        place = None if row is None else self._model.place_of(row)
        self._active = None if place is None else row
        self._by_user = False
        if place is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.selectRow(place)
            self.scrollTo(self._model.index(place, 0))
        self._by_user = True

    def catalogue_rows(self) -> list[int]:
        """The catalogue's row numbers in the order shown."""
        return [self._model.catalogue_row(row) for row in range(self._model.rowCount())]

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Activate the star that the user has moved to."""
        super().currentChanged(current, previous)
        if self._by_user:
            self._activate_new(current)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Take the focus; Qt then makes the first row current, which is not the user's choice of a star."""
        self._by_user = False
        super().focusInEvent(event)
        self._by_user = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on Ctrl+C, activate on Enter."""
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_rows(self._chosen_text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._active = None
            self._activate_new(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width among the columns."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the rows to another font of the window."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ApplicationFontChange:
            self._fit()

    def _activate_new(self, index: Index) -> None:
        if not index.isValid():
            return
        row = self._model.catalogue_row(index.row())
        if row != self._active:
            self._active = row
            self.rowActivated.emit(row)

    def _chosen_text(self) -> list[list[str]]:
        columns = range(self._model.columnCount())
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        titles = [column.title for column in self._model.columns]
        return [titles, *([self._model.text(place, column) for column in columns] for place in places)]

    def _fit(self) -> None:
        """Give numbers the width that they need, identifiers the rest, and what is left over to all alike."""
        font = table_font(QApplication.font())
        self.setFont(font)
        self.horizontalHeader().setFont(font)
        self.verticalHeader().setDefaultSectionSize(row_height(font))
        needed = [self._needed_width(column, font) for column in range(self._model.columnCount())]
        spare = self.viewport().width() - sum(needed)
        texts = [place for place, column in enumerate(self._model.columns) if column.digits is None]
        for place in texts if spare < 0 else ():
            given = max(needed[place] + spare // len(texts), min(_SHORTEST_TEXT, needed[place]))
            needed[place] = given
        extra = max(spare, 0) // max(len(needed), 1)
        for place, width in enumerate(needed):
            self.setColumnWidth(place, width + extra)

    def _needed_width(self, column: int, font: QFont) -> int:
        """The width of the title with its sort mark, or of the widest cell."""
        widest = max((text_width(font, text) for text in self._model.widest_texts(column)), default=0)
        title = text_width(font, self._model.columns[column].title) + SORT_MARK
        return max(widest, title) + 2 * PADDING
