"""What the tables share: tight cells, a quiet header with the sort mark, and text for the clipboard."""

import math
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QGuiApplication, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from stellar_gui.gui.theme import tabular_font, theme
from stellar_gui.numbers import MINUS

PADDING = 3  # logical pixels at the left and the right of a cell's text
SORT_MARK = 9  # room for the sort mark, in logical pixels
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_MISSING = "\N{EN DASH}"


def table_font(base: QFont, smaller: float = 1.0) -> QFont:
    """The font of a table: digits of one width, smaller by so many points, never under 7.5."""
    font = tabular_font(base)
    font.setPointSizeF(max(base.pointSizeF() - smaller, 7.5))
    return font


def row_height(font: QFont) -> int:
    """The height of a row in that font, in logical pixels."""
    return QFontMetrics(font).height() + 5


def text_width(font: QFont, text: str) -> int:
    """The logical pixels that a text needs, rounded up; QFontMetrics rounds down, and the text is then elided."""
    return math.ceil(QFontMetricsF(font).horizontalAdvance(text))


def copy_rows(rows: Iterable[Sequence[str]]) -> None:
    """Put cells on the clipboard as tab-separated text, with the minus and the gaps that a spreadsheet reads."""
    lines = ("\t".join("" if cell == _MISSING else cell.replace(MINUS, "-") for cell in row) for row in rows)
    QGuiApplication.clipboard().setText("\n".join(lines))


def make_quiet(view: QTableView) -> QHeaderView:
    """Let a table show text on the card's ground and nothing else: no grid, frame, row numbers or editing.

    Returns its new horizontal header.
    """
    header = QuietHeader(view)
    view.setHorizontalHeader(header)
    view.verticalHeader().setMinimumSectionSize(1)
    view.verticalHeader().hide()
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setFrameShape(QTableView.Shape.NoFrame)
    view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
    view.setTabKeyNavigation(False)
    return header


class TightDelegate(QStyledItemDelegate):
    """Cells whose text is elided rather than cut, in the model's alignment and colour; no focus frame."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell."""
        self.initStyleOption(option, index)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.colors.chosen))
        room = option.rect.adjusted(PADDING, 0, -PADDING, 0)
        text = option.fontMetrics.elidedText(option.text, option.textElideMode, room.width())
        brush = index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setFont(option.font)
        painter.setPen(QColor(theme.colors.text) if brush is None else brush.color())
        painter.drawText(room, option.displayAlignment, text)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The text with its padding."""
        self.initStyleOption(option, index)
        return QSize(text_width(option.font, option.text) + 2 * PADDING, row_height(option.font))


class QuietHeader(QHeaderView):
    """Muted column titles over a hairline; a small triangle beside the title of the column that sorts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setMinimumSectionSize(1)
        self.setHighlightSections(False)
        theme.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        """One line of text."""
        return QSize(super().sizeHint().width(), row_height(self.font()) + 1)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803
        """Draw one title."""
        painter.save()
        painter.fillRect(rect, QColor(theme.colors.card))
        painter.setPen(QPen(QColor(theme.colors.border), 0))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        model, role = self.model(), Qt.ItemDataRole
        title = str(model.headerData(logicalIndex, self.orientation(), role.DisplayRole) or "")
        alignment = Qt.AlignmentFlag(model.headerData(logicalIndex, self.orientation(), role.TextAlignmentRole) or LEFT)
        sorts = self.isSortIndicatorShown() and self.sortIndicatorSection() == logicalIndex
        room = rect.adjusted(PADDING, 0, -PADDING, -1)
        text = QFontMetrics(self.font()).elidedText(
            title, Qt.TextElideMode.ElideRight, room.width() - (SORT_MARK if sorts else 0)
        )
        color = QColor(theme.colors.text if sorts else theme.colors.muted)
        painter.setFont(self.font())
        painter.setPen(color)
        painter.drawText(room, alignment, text)
        if sorts:
            width = text_width(self.font(), text)
            to_the_right = bool(alignment & Qt.AlignmentFlag.AlignRight)
            x = room.right() - width - SORT_MARK / 2 + 1 if to_the_right else room.left() + width + SORT_MARK / 2 + 1
            self._paint_mark(painter, QPointF(x, rect.center().y()), color)
        painter.restore()

    def _paint_mark(self, painter: QPainter, middle: QPointF, color: QColor) -> None:
        up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        tip = QPointF(0, -2.5 if up else 2.5)
        base = QPointF(3.5, -tip.y())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF([middle + tip, middle + base, middle + QPointF(-base.x(), base.y())]))
