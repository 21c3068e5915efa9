"""Where the extinction of a dereddened training comes from: the table's columns, or a dust map of the user's."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFileDialog

from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.dust.dust_map import has_positions
from stellar_gui.catalog.photometry import has_extinction
from stellar_gui.gui.settings import Settings

NO_COLUMNS: Final = "This table has no column of E(B\N{MINUS SIGN}V) or of the extinction, such as extinction_r."
NO_POSITIONS: Final = "This table has no right ascension and declination to find the stars on a dust map."
FILTER: Final = "Dust maps (*.fits *.fits.gz *.fit *.fz);;All files (*)"
_COLUMNS, _ASK = "columns", "ask"
_HEAD, _TAIL = 13, 12  # letters of a long name that fit beside its label


class DustChoice(QComboBox):
    """A choice between the table's columns and dust maps; the last map is remembered between two starts."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dustCombo")
        self.setAccessibleName("Where the extinction is taken from")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        self._map: Path | None = None
        self._settings = Settings()
        self.addItem("The table's columns", _COLUMNS)
        self.addItem("Choose a dust map\N{HORIZONTAL ELLIPSIS}", _ASK)
        if (remembered := self._settings.dust_map) is not None:
            self._show_map(Path(remembered))
            self.setCurrentIndex(0)
        self.currentIndexChanged.connect(self._explain)
        self.activated.connect(self._ask_where_wanted)
        self._explain()

    @property
    def dust_map(self) -> Path | None:
        """The chosen map; None where the table's columns are to tell."""
        return self._map if isinstance(self.currentData(), Path) else None

    @property
    def complete(self) -> bool:
        """Whether a source is chosen."""
        return bool(self.currentData() != _ASK)

    def set_dust_map(self, path: Path) -> None:
        """Choose a map, and remember it."""
        self._settings.dust_map = str(path)
        self._show_map(path)
        self.changed.emit()

    def set_catalog(self, catalog: Catalog) -> None:
        """Offer what can work with a table, and choose that where only one can."""
        columns, positions = has_extinction(catalog), has_positions(catalog)
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        for k in range(self.count()):
            possible, why = (columns, NO_COLUMNS) if self.itemData(k) == _COLUMNS else (positions, NO_POSITIONS)
            model.item(k).setEnabled(possible)
            if not isinstance(self.itemData(k), Path):
                model.item(k).setToolTip("" if possible else why)
        if not columns and self.currentData() == _COLUMNS:
            self.setCurrentIndex(1)
        elif columns and not positions:
            self.setCurrentIndex(0)
        self._explain()

    def _show_map(self, path: Path) -> None:
        with QSignalBlocker(self):
            if self._map is not None:
                self.removeItem(1)
            self._map = path
            self.insertItem(1, _short(path.name), path)
            self.setItemData(1, str(path), Qt.ItemDataRole.ToolTipRole)
            self.setCurrentIndex(1)
        self._explain()

    def _explain(self) -> None:
        path = self.dust_map
        self.setToolTip(
            "E(B\N{MINUS SIGN}V) or extinction from columns of the table, or E(B\N{MINUS SIGN}V) at each star's place "
            "on a HEALPix map or the polar maps of Schlegel, Finkbeiner and Davis" + (f"\n{path}" if path else "")
        )

    def _ask_where_wanted(self) -> None:
        if self.currentData() != _ASK:
            self.changed.emit()
            return
        folder = str(self._map.parent) if self._map is not None else self._settings.last_folder
        dialog = QFileDialog(self, "Choose a map of E(B\N{MINUS SIGN}V)", folder, FILTER)
        dialog.setObjectName("dustMapDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.set_dust_map(Path(path)))
        dialog.open()


def _short(name: str) -> str:
    """A file's name, its middle left out where it is long; its end tells the hemisphere, or the version."""
    return name if len(name) <= _HEAD + _TAIL else f"{name[:_HEAD]}\N{HORIZONTAL ELLIPSIS}{name[-_TAIL:]}"
