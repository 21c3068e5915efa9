"""A table of clusters: colour, name, stars, share and silhouette, as high as its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem

from stellar_gui import numbers
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.hue_palette import hue_colors, rest_color
from stellar_gui.gui.widgets.table_style import LEFT, RIGHT, copy_rows, make_quiet, row_height, table_font

SWATCH = 10
MOST_ROWS = 12
TITLES = ("cluster", "stars", "share", "mean silh.")
TOOLTIPS = (
    "",
    "",
    "Of the stars that take part",
    "Mean silhouette of the cluster's stars: 1 far from others, 0 on the border; not known after a correction",
)


@dataclass(frozen=True)
class ClusterRow:
    """A line of the table; code: the label, negative for noise; silhouette: NaN where it is not known."""

    code: int
    name: str
    stars: int
    silhouette: float


class ClusterTable(QTableWidget):
    """Lists clusters in the colours that they have on the maps; whole rows are chosen, Ctrl+C copies."""

    def __init__(self) -> None:
        super().__init__(0, len(TITLES))
        header = make_quiet(self)
        for column, (title, tip) in enumerate(zip(TITLES, TOOLTIPS, strict=True)):
            cell = QTableWidgetItem(title)
            cell.setTextAlignment(RIGHT if column else LEFT)
            cell.setToolTip(tip)
            self.setHorizontalHeaderItem(column, cell)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setIconSize(QSize(SWATCH, SWATCH))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows: tuple[ClusterRow, ...] = ()
        theme.changed.connect(self._paint_swatches)
        self.set_rows(())

    def set_rows(self, rows: Sequence[ClusterRow]) -> None:
        """Show these clusters; chosen ones that are still there stay chosen."""
        chosen = set(self.chosen())
        self._rows = tuple(rows)
        font = table_font(self.font(), 0.5)
        whole = sum(row.stars for row in rows)
        self.clearSelection()
        self.setRowCount(len(rows))
        for place, row in enumerate(rows):
            texts = (
                row.name,
                numbers.count(row.stars),
                numbers.share(row.stars, whole),
                numbers.fixed(row.silhouette, 2),
            )
            for column, text in enumerate(texts):
                cell = QTableWidgetItem(text)
                cell.setFont(font)
                cell.setTextAlignment(RIGHT if column else LEFT)
                self.setItem(place, column, cell)
            self.setRowHeight(place, row_height(font) + 2)
            if row.code in chosen:
                mode = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
                self.selectionModel().select(self.model().index(place, 0), mode)
        self._paint_swatches()
        height = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(height + min(len(rows), MOST_ROWS) * (row_height(font) + 2) + 2)

    def chosen(self) -> list[int]:
        """The codes of the chosen rows, in the order of the table."""
        return [self._rows[index.row()].code for index in sorted(self.selectionModel().selectedRows())]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on Ctrl+C, with the titles."""
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        texts = [
            [str(self.model().index(row, column).data()) for column in range(len(TITLES))]
            for row in range(self.rowCount())
        ]
        copy_rows([list(TITLES), *texts])

    def _paint_swatches(self) -> None:
        codes = tuple(row.code for row in self._rows if row.code >= 0)
        colors = dict(zip(codes, hue_colors(theme.colors, codes), strict=True))
        for place, row in enumerate(self._rows):
            cell = self.item(place, 0)
            if cell is not None:
                cell.setIcon(swatch(colors.get(row.code, rest_color(theme.colors))))


def swatch(color: str) -> QIcon:
    """A small square of a colour."""
    picture = QPixmap(2 * SWATCH, 2 * SWATCH)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(0, 0, SWATCH, SWATCH, 2, 2)
    painter.end()
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # else the style tints it in a chosen row
    return icon
