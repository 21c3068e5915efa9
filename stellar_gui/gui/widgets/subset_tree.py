"""A list of subsets: check box, colour, name, number and share of stars; renamed in place, dragged into order."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeView

from stellar_gui import numbers
from stellar_gui.analysis.subsets import Subset
from stellar_gui.gui.theme import tabular_font, theme
from stellar_gui.gui.views.hue_palette import on_theme
from stellar_gui.gui.widgets.plain import plain_tip

TITLES = ("Subset", "stars", "share")
_MIME = "application/x-stellar-subsets"
_SWATCH = 12
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class SubsetTree(QTreeView):
    """Shows subsets; double click or Enter asks for a subset's stars, F2 renames in place, Space shows or hides.

    The chosen ones can be dragged.
    """

    renamed = Signal(str, str)
    shown = Signal(list, bool)
    reordered = Signal(list)
    starsRequested = Signal(str)
    choiceChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setIndentation(0)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table = SubsetModel(self)
        self._table.renamed.connect(self.renamed)
        self._table.shown.connect(self.shown)
        self._table.reordered.connect(self.reordered)
        self.setModel(self._table)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionsClickable(False)
        self.doubleClicked.connect(self._ask_stars)
        self.selectionModel().selectionChanged.connect(self.choiceChanged)
        theme.changed.connect(self.viewport().update)

    def set_subsets(self, subsets: Sequence[Subset], counts: Sequence[int], stars: int) -> None:
        """Show subsets, with the number of members that take part, of so many stars; what was chosen stays chosen."""
        names, chosen = self._table.names, self.chosen()
        current = self.currentIndex().row()
        after = [subset.name for subset in subsets]
        if len(names) == len(after):  # a rename keeps its place
            chosen = [new if old not in after else old for old, new in zip(names, after, strict=True) if old in chosen]
        self._table.set_subsets(subsets, counts, stars)
        if self.chosen() != chosen:
            self.choose([name for name in after if name in chosen] or after[max(min(current, len(after) - 1), 0) :][:1])

    def chosen(self) -> list[str]:
        """The names of the chosen subsets, in order."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self._table.names[row] for row in rows if row < len(self._table.names)]

    def choose(self, names: Sequence[str]) -> None:
        """Choose subsets; the last one gets the cursor."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().clearSelection()
        for name in names:
            index = self._table.index(self._table.names.index(name), 0)
            self.selectionModel().setCurrentIndex(index, flags.Select | flags.Rows)
        self.choiceChanged.emit()

    def rename(self, name: str) -> None:
        """Begin to edit a name in place."""
        self.choose([name])
        index = self.currentIndex()
        self.scrollTo(index)
        self.setFocus()
        self.edit(index)

    def move_chosen(self, by: int) -> None:
        """Move the chosen subsets up (-1) or down (1)."""
        names, chosen = self._table.names, set(self.chosen())
        if by > 0:
            names.reverse()
        for place in range(1, len(names)):
            if names[place] in chosen and names[place - 1] not in chosen:
                names[place - 1 : place + 1] = [names[place], names[place - 1]]
        if by > 0:
            names.reverse()
        self.reordered.emit(names)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks for the stars, Space shows or hides the chosen ones."""
        key, editing = event.key(), self.state() is QAbstractItemView.State.EditingState
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing and self.currentIndex().isValid():
            self._ask_stars(self.currentIndex())
        elif key == Qt.Key.Key_Space and not editing and self.chosen():
            self.shown.emit(self.chosen(), not self._table.all_visible(self.chosen()))
        else:
            super().keyPressEvent(event)

    def _ask_stars(self, index: QModelIndex) -> None:
        self.starsRequested.emit(self._table.names[index.row()])


class SubsetModel(QAbstractTableModel):
    """The subsets as a table of three columns; what the user changes is asked for by signals."""

    renamed = Signal(str, str)
    shown = Signal(list, bool)
    reordered = Signal(list)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._subsets: tuple[Subset, ...] = ()
        self._counts: tuple[int, ...] = ()
        self._stars = 0

    @property
    def names(self) -> list[str]:
        """The names in order."""
        return [subset.name for subset in self._subsets]

    def set_subsets(self, subsets: Sequence[Subset], counts: Sequence[int], stars: int) -> None:
        """Hold other subsets; as many as before take the places of those."""
        same = len(subsets) == len(self._subsets)
        if not same:
            self.beginResetModel()
        self._subsets, self._counts, self._stars = tuple(subsets), tuple(counts), stars
        if not same:
            self.endResetModel()
        elif subsets:
            self.dataChanged.emit(self.index(0, 0), self.index(len(subsets) - 1, len(TITLES) - 1))

    def all_visible(self, names: Sequence[str]) -> bool:
        """Whether all of these are drawn on the maps."""
        return all(subset.visible for subset in self._subsets if subset.name in names)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row for each subset."""
        return 0 if parent.isValid() else len(self._subsets)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Name, stars, share."""
        return 0 if parent.isValid() else len(TITLES)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Rows are dragged; between them they are dropped; names are edited and have a check box."""
        kind = Qt.ItemFlag
        if not index.isValid():
            return kind.ItemIsDropEnabled
        flags = kind.ItemIsEnabled | kind.ItemIsSelectable | kind.ItemIsDragEnabled | kind.ItemNeverHasChildren
        return flags | kind.ItemIsEditable | kind.ItemIsUserCheckable if index.column() == 0 else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        """The columns' titles, numbers at the right."""
        if role == _Role.TextAlignmentRole and section > 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return TITLES[section] if role == _Role.DisplayRole else None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Check box, swatch and name; counts."""
        if not index.isValid() or index.row() >= len(self._subsets):
            return None
        subset, column = self._subsets[index.row()], index.column()
        count, share = self._texts(index.row())
        if role in (_Role.DisplayRole, _Role.EditRole):
            return (subset.name, count, share)[column]
        if role == _Role.AccessibleTextRole:
            return f"{subset.name}, {count} stars, {share}, {'shown' if subset.visible else 'hidden'} on the maps"
        if role == _Role.ToolTipRole:
            return plain_tip(f"{subset.name}\n{subset.notes}".strip())
        if column == 0:
            if role == _Role.CheckStateRole:
                return Qt.CheckState.Checked if subset.visible else Qt.CheckState.Unchecked
            return swatch(subset.color) if role == _Role.DecorationRole else None
        if role == _Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        parent = self.parent()
        return tabular_font(parent.font()) if role == _Role.FontRole and isinstance(parent, QTreeView) else None

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        """Ask for another name, or for the subset to be shown or hidden."""
        if not index.isValid():
            return False
        name = self._subsets[index.row()].name
        if role == _Role.CheckStateRole:
            self.shown.emit([name], Qt.CheckState(value) == Qt.CheckState.Checked)
        elif role == _Role.EditRole:
            self.renamed.emit(name, str(value))
        else:
            return False
        return True

    def supportedDropActions(self) -> Qt.DropAction:
        """Rows are moved."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Rows of this very list."""
        return [_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The dragged names."""
        data = QMimeData()
        rows = sorted({index.row() for index in indexes})
        data.setData(_MIME, ",".join(map(str, rows)).encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index) -> bool:
        """Ask for another order: the dragged rows before the one that they were dropped on or before."""
        if not data.hasFormat(_MIME):
            return False
        rows = [int(text) for text in bytes(data.data(_MIME).data()).split(b",")]
        target = row if row >= 0 else parent.row() if parent.isValid() else len(self._subsets)
        names = self.names
        moved = [names[place] for place in rows]
        before = [name for name in names[:target] if name not in moved]
        after = [name for name in names[target:] if name not in moved]
        self.reordered.emit([*before, *moved, *after])
        return False  # the list comes anew; the view has nothing to take out

    def _texts(self, row: int) -> tuple[str, str]:
        return numbers.count(self._counts[row]), numbers.share(self._counts[row], self._stars)


def swatch(color: str) -> QIcon:
    """A small square in the colour of a subset, the same in a chosen row."""
    picture = QPixmap(_SWATCH, _SWATCH)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(on_theme(color, theme.colors)))
        painter.drawRoundedRect(0, 0, _SWATCH, _SWATCH, 2, 2)
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # else the style tints it
    return icon
