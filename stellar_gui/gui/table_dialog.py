"""The dialog that asks which table of a file to open, where it has several."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QVBoxLayout, QWidget

from stellar_gui.gui.widgets.panel import caption


class TableDialog(QDialog):
    """A list of the tables; `chosen` hears the name of the one to open."""

    chosen = Signal(str)

    def __init__(self, name: str, tables: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tableDialog")
        self.setWindowTitle("Choose a table")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._list = QListWidget()
        self._list.setObjectName("tableList")
        self._list.setAccessibleName("Tables in the file")
        self._list.setSizeAdjustPolicy(QListWidget.SizeAdjustPolicy.AdjustToContents)
        self._list.addItems(list(tables))
        self._list.setCurrentRow(0)
        self._list.itemActivated.connect(self.accept)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(caption(f"{name} has {len(tables)} tables."))
        layout.addWidget(self._list)
        layout.addWidget(buttons)
        self.setMinimumWidth(360)
        self.accepted.connect(lambda: self.chosen.emit(self._list.currentItem().text()))
