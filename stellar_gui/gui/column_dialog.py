"""The dialog that asks which columns hold the five magnitudes, where their names do not tell."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.gui.widgets.panel import caption

NOT_CHOSEN = "choose a column"


class ColumnDialog(QDialog):
    """One field for each band; `chosen` hears the column by band once all five differ and are chosen."""

    chosen = Signal(object)

    def __init__(self, name: str, columns: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("columnDialog")
        self.setWindowTitle("Choose the magnitudes")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fields: dict[str, QComboBox] = {}
        form = QFormLayout()
        for band in BAND_NAMES:
            field = QComboBox()
            field.setObjectName(f"choose_{band}")
            field.setAccessibleName(f"Column of the {band} magnitude")
            field.addItems([NOT_CHOSEN, *columns])
            field.currentIndexChanged.connect(self._check)
            form.addRow(f"{band} magnitude", field)
            self._fields[band] = field
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(caption(f"The names in {name} do not tell where the magnitudes are."))
        layout.addLayout(form)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(360)
        self.accepted.connect(lambda: self.chosen.emit(self._columns()))
        self._check()

    def _columns(self) -> Mapping[str, str]:
        return {band: field.currentText() for band, field in self._fields.items() if field.currentIndex() > 0}

    def _check(self) -> None:
        columns = self._columns()
        complete = len(set(columns.values())) == len(BAND_NAMES)
        self._buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(complete)
