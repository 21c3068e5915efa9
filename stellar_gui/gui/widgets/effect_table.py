"""The table of effects: quantity, medians of both groups, their difference, and the effect size as a drawing."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from stellar_gui import numbers
from stellar_gui.analysis.contrast import CONFIDENCE, Effect
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import shade
from stellar_gui.gui.views.histogram_pair import named
from stellar_gui.gui.widgets.plain import plain_tip
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

QUANTITY, OWN, OTHER, DIFFERENCE, DELTA = range(5)
ROWS_SHOWN = 7
_SMALLER = (0.5, 1.0, 1.5, 2.0)  # points off the window's font, tried in this order until the quantities fit
_LONGEST_QUANTITY = 130  # logical pixels of a quantity's name for which the font shrinks
_LONGEST_TITLE = 64  # logical pixels of a group's name as a title, at most
_SHORTEST_BAR, _LONGEST_BAR = 64, 120
_SAMPLE = 200  # effects looked at for the width of a column
_EFFECT = int(Qt.ItemDataRole.UserRole)
_TOOLTIPS = {
    OWN: "Median of the selected stars",
    OTHER: "Median of the stars that they are compared with",
    DIFFERENCE: "Median of the selected stars less that of the others",
    DELTA: "Cliff's delta, −1 to 1: to the right where the selected stars have the larger values; "
    f"the line is its {CONFIDENCE} % bootstrap interval",
}


class EffectTable(QTableWidget):
    """Effects in the order given; `effectChosen` brings the one that the user goes to by mouse or keys.

    Ctrl+C copies all of it, with the interval in numbers, as tab-separated text.
    """

    effectChosen = Signal(object)

    def __init__(self) -> None:
        super().__init__(0, 5)
        self._effects: tuple[Effect, ...] = ()
        self._labels: list[QTableWidgetItem] = []
        self._names = ("", "")
        make_quiet(self).setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setItemDelegate(TightDelegate(self))
        self.setItemDelegateForColumn(DELTA, _DeltaDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.currentCellChanged.connect(self._choose)
        theme.changed.connect(self._fit)  # a new style sheet has put the application's font back
        self._fit()

    def set_effects(self, effects: Sequence[Effect], names: tuple[str, str], current: int) -> None:
        """Show effects of two groups of these names, the one in that place marked."""
        self._effects, self._names = tuple(effects), names
        with QSignalBlocker(self):
            self._fill()
            self._fit()
            self.setCurrentCell(current, QUANTITY)

    def sizeHint(self) -> QSize:
        """As high as a few rows; the rest is scrolled to."""
        return QSize(300, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width among the columns."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+C from the window, which would copy stars."""
        if isinstance(event, QKeyEvent) and _overrides_copy(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            titles = ("quantity", "unit", *self._names, "difference", "delta", "low", "high", "effect")
            copy_rows([titles, *(_row_to_copy(effect) for effect in self._effects)])
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Fit the columns to another font of the window."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ApplicationFontChange:
            self._fit()

    def _fill(self) -> None:
        self._labels.clear()
        for column, title in enumerate(self._titles()):
            cell = QTableWidgetItem(title)
            cell.setTextAlignment({QUANTITY: LEFT, DELTA: Qt.AlignmentFlag.AlignCenter}.get(column, RIGHT))
            cell.setToolTip(_TOOLTIPS.get(column, ""))
            self.setHorizontalHeaderItem(column, cell)
        self.setRowCount(len(self._effects))
        for row, effect in enumerate(self._effects):
            cells = [_cell(text, LEFT if column == QUANTITY else RIGHT) for column, text in enumerate(_texts(effect))]
            for column, cell in enumerate(cells):
                self.setItem(row, column, cell)
            again = "\nThe selection was made by it" if effect.selected_on else ""
            cells[QUANTITY].setToolTip(plain_tip(f"{named(effect)}\n{told(effect)}{again}"))
            cells[DELTA].setToolTip(plain_tip(told(effect)))
            cells[DELTA].setData(_EFFECT, effect)
            cells[DELTA].setData(Qt.ItemDataRole.AccessibleTextRole, told(effect))
            self._labels.append(cells[QUANTITY])

    def _titles(self) -> tuple[str, str, str, str, str]:
        return "", *self._names, "diff.", "Cliff's \N{GREEK SMALL LETTER DELTA}"

    def _choose(self, row: int, column: int, before: int) -> None:
        if row != before and 0 <= row < len(self._effects):
            self.effectChosen.emit(self._effects[row])

    def _fit(self) -> None:
        """Choose font and widths for the room at hand; units are shown where they fit."""
        width = self.viewport().width()
        for smaller in _SMALLER:
            font = table_font(QApplication.font(), smaller)
            numeric = [self._width(font, column) for column in (OWN, OTHER, DIFFERENCE)]
            titles = [text_width(font, effect.title) + 2 * PADDING for effect in self._effects[:_SAMPLE]]
            quantity, rest = min(max(titles, default=0), _LONGEST_QUANTITY), width - sum(numeric)
            if quantity + _SHORTEST_BAR <= rest:
                break
        bar = min(max(rest - quantity, _SHORTEST_BAR), _LONGEST_BAR)
        self.setFont(font)
        self.horizontalHeader().setFont(font)
        for column, size in zip(range(5), (max(rest - bar, 0), *numeric, bar), strict=True):
            self.setColumnWidth(column, size)
        self.verticalHeader().setDefaultSectionSize(row_height(font))
        for label, effect in zip(self._labels, self._effects, strict=False):
            fits = text_width(font, named(effect)) + 2 * PADDING <= self.columnWidth(QUANTITY)
            label.setText(named(effect) if fits else effect.title)
            for column in range(DELTA) if effect.selected_on else ():
                if (cell := self.item(label.row(), column)) is not None:
                    cell.setForeground(QColor(theme.colors.muted))
        self.setMinimumHeight(self.horizontalHeader().sizeHint().height() + ROWS_SHOWN * row_height(font))

    def _width(self, font: QFont, column: int) -> int:
        title = min(text_width(font, self._titles()[column]), _LONGEST_TITLE)
        texts = {_texts(effect)[column] for effect in self._effects[:_SAMPLE]}
        return max([title, *(text_width(font, text) for text in texts)]) + 2 * PADDING


class _DeltaDelegate(TightDelegate):
    """A scale from -1 to 1 about its zero: a bar to the effect, a dot on it, a line for its interval."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell."""
        effect: Effect = index.data(_EFFECT)
        colors = theme.colors
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colors.chosen))
        area = QRectF(option.rect).adjusted(8, 0, -8, 0)
        middle, half = area.center(), area.width() / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.drawLine(QPointF(area.left(), middle.y()), QPointF(area.right(), middle.y()))
        painter.setPen(QPen(QColor(colors.muted), 1))
        painter.drawLine(QPointF(middle.x(), area.top() + 3), QPointF(middle.x(), area.bottom() - 2))
        place, low, high = (middle.x() + value * half for value in (effect.delta, *effect.interval))
        painter.fillRect(QRectF(middle.x(), middle.y() - 3, place - middle.x(), 6).normalized(), shade(colors.primary))
        painter.setPen(QPen(QColor(colors.primary), 1.6))
        painter.drawLine(QPointF(low, middle.y()), QPointF(high, middle.y()))
        for end in (low, high):
            painter.drawLine(QPointF(end, middle.y() - 3), QPointF(end, middle.y() + 3))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.primary))
        painter.drawEllipse(QPointF(place, middle.y()), 3.0, 3.0)
        painter.restore()


def told(effect: Effect) -> str:
    """The effect size with its interval and what it is called: 'Cliff's δ +0.312, 95 %: +0.281 to +0.354, small'."""
    delta, low, high = (numbers.fixed(value, 3, signed=True) for value in (effect.delta, *effect.interval))
    return f"Cliff's \N{GREEK SMALL LETTER DELTA} {delta}, {CONFIDENCE} %: {low} to {high}, {effect.strength}"


def _overrides_copy(event: QKeyEvent) -> bool:
    return event.type() is QEvent.Type.ShortcutOverride and event.matches(QKeySequence.StandardKey.Copy)


def _texts(effect: Effect) -> tuple[str, str, str, str, str]:
    own, other = (numbers.short(value, effect.digits) for value in effect.medians)
    return named(effect), own, other, numbers.short(effect.difference, effect.digits, signed=True), ""


def _row_to_copy(effect: Effect) -> tuple[str, ...]:
    values = (*effect.medians, effect.difference)
    sizes = (effect.delta, *effect.interval)
    return (
        effect.title,
        effect.unit,
        *(f"{value:.9g}" for value in values),
        *(f"{value:.4f}" for value in sizes),
        effect.strength,
    )


def _cell(text: str, alignment: Qt.AlignmentFlag) -> QTableWidgetItem:
    cell = QTableWidgetItem(text)
    cell.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    cell.setTextAlignment(alignment)
    return cell
