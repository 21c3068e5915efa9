"""A list of runs: picture, name, settings and error of each, the newest first."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from stellar_gui import numbers
from stellar_gui.analysis.thumbnail import SIDE
from stellar_gui.autoencoder.presets import preset_of
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.stamp import stamp
from stellar_gui.session.run import Run

AIR = 8
MARK = 3
_RUN = int(Qt.ItemDataRole.UserRole)
_IS_CURRENT = _RUN + 1
_Index = QModelIndex | QPersistentModelIndex


class RunList(QListView):
    """Shows runs; a click or Enter asks for one to be shown, F2 renames in place, Delete asks for its deletion."""

    chosen = Signal(object)
    renamed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setMouseTracking(True)
        self._runs = _RunModel(self)
        self._runs.renamed.connect(self.renamed)
        self.setModel(self._runs)
        self.setItemDelegate(_RunDelegate(self))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        theme.changed.connect(self.viewport().update)

    def set_runs(self, runs: Sequence[Run], current: Run | None) -> None:
        """Show runs, given in the order of their making; the current one is marked."""
        row = self.currentIndex().row()
        if self._runs.set_runs(runs[::-1], current) and runs:
            own = next((k for k, run in enumerate(runs[::-1]) if run is current), row)
            self.setCurrentIndex(self._runs.index(min(max(own, 0), len(runs) - 1)))

    def run(self) -> Run | None:
        """The run under the list's cursor."""
        index = self.currentIndex()
        return index.data(_RUN) if index.isValid() else None

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(_RUN))


class _RunModel(QAbstractListModel):
    renamed = Signal(object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._runs: tuple[Run, ...] = ()
        self._current: Run | None = None

    def set_runs(self, runs: Sequence[Run], current: Run | None) -> bool:
        """Hold other runs; whether there are others than before, not only in other words."""
        same = [run.model for run in runs] == [run.model for run in self._runs]
        if not same:
            self.beginResetModel()
        self._runs, self._current = tuple(runs), current
        if not same:
            self.endResetModel()
        elif runs:
            self.dataChanged.emit(self.index(0), self.index(len(runs) - 1))
        return not same

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row for each run."""
        return 0 if parent.isValid() else len(self._runs)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Names can be edited."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, tooltip and the run itself."""
        if not index.isValid():
            return None
        run = self._runs[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return run.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join((run.name, *(["shown"] if run is self._current else []), settings(run), error(run)))
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                f"{run.name}\n{settings(run)}\n{error(run)}\nTrained on {numbers.stars(run.model.stars)}, {run.created}"
            )
        if role == _RUN:
            return run
        return run is self._current if role == _IS_CURRENT else None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another name."""
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        self.renamed.emit(self._runs[index.row()], str(value))
        return True


class _RunDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The picture's height and some air."""
        return QSize(200, SIDE + AIR)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """A field over the name."""
        editor = QLineEdit(parent)
        editor.setObjectName("runNameEdit")
        editor.setAccessibleName("Name of the run")
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        """Over the name's line."""
        line = _lines(option)[0]
        editor.setGeometry(line.adjusted(-4, -2, 0, 2))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Hand the name on."""
        assert isinstance(editor, QLineEdit)
        model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Picture at the left, three lines beside it, a bar before the run that is shown."""
        run: Run = index.data(_RUN)
        current: bool = index.data(_IS_CURRENT)
        colors, area = theme.colors, _area(option)
        state = _state(option)
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(colors.chosen))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, QColor(colors.sunken))
        if current:
            painter.fillRect(QRect(area.left(), area.top(), MARK, area.height()), QColor(colors.primary))
        frame = QRect(area.topLeft() + QPoint(MARK + AIR // 2, AIR // 2), QSize(SIDE, SIDE))
        painter.fillRect(frame, QColor(colors.card))
        if run.picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(frame, stamp(run.picture, colors))
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.drawRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5))
        muted = colors.text if state & QStyle.StateFlag.State_Selected else colors.muted
        font, bold = painter.font(), painter.font()
        bold.setWeight(bold.Weight.DemiBold)
        texts = (
            (run.name, bold if current else font, colors.text),
            (settings(run), font, muted),
            (error(run) + (" \N{MIDDLE DOT} shown" if current else ""), font, muted),
        )
        for line, (text, face, color) in zip(_lines(option), texts, strict=True):
            painter.setFont(face)
            painter.setPen(QColor(color))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
        painter.restore()


def settings(run: Run) -> str:
    """What a run was trained with, in one line."""
    epochs = "1 epoch" if run.model.epochs == 1 else f"{numbers.count(run.model.epochs)} epochs"
    preset = preset_of(run.config) or "own settings"
    return f"{preset} \N{MIDDLE DOT} {epochs} \N{MIDDLE DOT} seed {run.config.seed}"


def error(run: Run) -> str:
    """How good a run is, in words."""
    return f"test error {numbers.fixed(run.test_mse, 4)} mag²"


def _area(option: QStyleOptionViewItem) -> QRect:
    rect: QRect = option.rect
    return rect


def _state(option: QStyleOptionViewItem) -> QStyle.StateFlag:
    state: QStyle.StateFlag = option.state
    return state


def _lines(option: QStyleOptionViewItem) -> tuple[QRect, QRect, QRect]:
    """Where the three lines of text stand."""
    area = _area(option)
    left, height = area.left() + MARK + AIR // 2 + SIDE + AIR + 2, (SIDE - 4) // 3
    top, width = area.top() + (area.height() - 3 * height) // 2, area.right() - left - AIR // 2
    first, second, third = (QRect(left, top + k * height, width, height) for k in range(3))
    return first, second, third
