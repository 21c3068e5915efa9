"""One row of the catalogue as a list of names and values."""

from collections.abc import Mapping

import pandas as pd
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from stellar_gui.gui.theme import tabular_font

LINE_HEIGHT = 20


class RowView(QTableWidget):
    """Every column of one star, as it stands in the file."""

    def __init__(self) -> None:
        super().__init__(0, 2)
        self.setAccessibleName("All columns of the star")
        self.horizontalHeader().setVisible(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setMinimumSectionSize(LINE_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(LINE_HEIGHT)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setMinimumHeight(120)
        self.setFont(tabular_font(self.font()))

    def set_row(self, table: pd.DataFrame, row: int, units: Mapping[str, str]) -> None:
        """Show one row of a table, with units behind the values where they are known."""
        self.setRowCount(len(table.columns))
        values = table.iloc[[row]].astype(object)
        for k, name in enumerate(table.columns):
            cell = values.iloc[:, k]
            text = "" if cell.isna().iloc[0] else str(cell.iloc[0])
            unit = units.get(str(name), "")
            label, value = QTableWidgetItem(str(name)), QTableWidgetItem(f"{text} {unit}".strip())
            value.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(k, 0, label)
            self.setItem(k, 1, value)
