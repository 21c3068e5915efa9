"""A small table of numbers band by band, as high as its rows and without scroll bars."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.gui.theme import theme
from stellar_gui.gui.widgets.table_style import (
    LEFT,
    PADDING,
    RIGHT,
    TightDelegate,
    copy_rows,
    make_quiet,
    row_height,
    table_font,
    text_width,
)
from stellar_gui.numbers import fixed

_SMALLER = (0.5, 1.0, 1.5, 2.0)  # points off the window's font, tried in this order until all fits
_USUAL_NUMBER = "88.888"
_SHORTEST_LABEL = 50  # logical pixels


class BandRow(NamedTuple):
    """A named row: values (5,), mag, u g r i z, to so many digits; signed ones (residuals) always wear a sign."""

    label: str
    values: NDArray[np.floating]
    digits: int = 3
    signed: bool = False


class BandTable(QTableWidget):
    """Named rows of five numbers under u g r i z; the font shrinks a little before a label is elided.

    Ctrl+C copies the selected cells, or with none or all selected the whole table with its titles.
    """

    def __init__(self) -> None:
        super().__init__(0, 1 + len(BAND_NAMES))
        self.setObjectName("bandTable")
        self.setAccessibleName("Values per band, in magnitudes")
        self._labels: list[QTableWidgetItem] = []
        make_quiet(self).setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, title in enumerate(["", *BAND_NAMES]):
            self.setHorizontalHeaderItem(column, _cell(title, RIGHT))
        self.setItemDelegate(TightDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._mute_labels)
        theme.changed.connect(self._fit)  # a new style sheet has put the application's font back
        self._fit()

    def set_rows(self, rows: Sequence[BandRow | tuple[str, NDArray[np.floating], int, bool]]) -> None:
        """Show these rows; what is not finite is shown as a dash."""
        self._labels.clear()
        self.setRowCount(len(rows))
        for place, (label, values, digits, signed) in enumerate(rows):
            texts = [fixed(float(value), digits, signed) for value in values]
            cells = [_cell(label, LEFT), *(_cell(text, RIGHT) for text in texts)]
            for column, cell in enumerate(cells):
                self.setItem(place, column, cell)
            self._labels.append(cells[0])
        self._mute_labels()
        self._fit()

    def sizeHint(self) -> QSize:
        """As high as the rows."""
        return QSize(300, self.height())

    def minimumSizeHint(self) -> QSize:
        """Wide enough for the numbers in the smallest font."""
        font = table_font(QApplication.font(), _SMALLER[-1])
        return QSize(len(BAND_NAMES) * self._number_width(font) + _SHORTEST_LABEL, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width among the columns."""
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_rows(self._chosen_text())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Fit the columns to another font of the window."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ApplicationFontChange:
            self._fit()

    def _chosen_text(self) -> list[list[str]]:
        chosen = self.selectedRanges()
        cells = sum(block.rowCount() * block.columnCount() for block in chosen)
        if cells in (0, self.rowCount() * self.columnCount()):
            titles = [["", *BAND_NAMES]]
            return titles + [self._texts(row, range(self.columnCount())) for row in range(self.rowCount())]
        block = chosen[0]
        columns = range(block.leftColumn(), block.rightColumn() + 1)
        return [self._texts(row, columns) for row in range(block.topRow(), block.bottomRow() + 1)]

    def _texts(self, row: int, columns: range) -> list[str]:
        return [str(self.model().index(row, column).data()) for column in columns]

    def _mute_labels(self) -> None:
        for label in self._labels:
            label.setForeground(QColor(theme.colors.muted))

    def _label_width(self, font: QFont) -> int:
        return max((text_width(font, label.text()) for label in self._labels), default=0) + 2 * PADDING

    def _number_width(self, font: QFont) -> int:
        """Room for two digits before the point at least, so that the columns stand still from star to star."""
        columns = range(1, self.columnCount())
        texts = [text for row in range(self.rowCount()) for text in self._texts(row, columns)]
        return max(text_width(font, text) for text in [*texts, _USUAL_NUMBER]) + 2 * PADDING

    def _fit(self) -> None:
        """Choose the font and the columns' widths for the width at hand, and the height for the rows."""
        width, bands = self.viewport().width(), len(BAND_NAMES)
        for smaller in _SMALLER:
            font = table_font(QApplication.font(), smaller)
            label, number = self._label_width(font), self._number_width(font)
            if label + bands * number <= width:
                break
        self.setFont(font)
        self.horizontalHeader().setFont(font)
        share = max((width - label) // bands, number)
        for column in range(bands):
            self.setColumnWidth(column + 1, share)
        self.setColumnWidth(0, max(width - bands * share, 0))
        for row, cell in enumerate(self._labels):
            self.setRowHeight(row, row_height(font))
            cell.setToolTip(cell.text() if label > self.columnWidth(0) else "")
        height = self.horizontalHeader().sizeHint().height() + self.rowCount() * row_height(font)
        if height != self.height() or height != self.maximumHeight():
            self.setFixedHeight(height)


def _cell(text: str, alignment: Qt.AlignmentFlag) -> QTableWidgetItem:
    cell = QTableWidgetItem(text)
    cell.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    cell.setTextAlignment(alignment)
    return cell
