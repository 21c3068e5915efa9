"""The legend of a map coloured by labels: in the corner of the plot where the fewest stars lie."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from stellar_gui.analysis.regions import Rectangle
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.axes import axis_font
from stellar_gui.gui.views.hue_image import LabelKey, LegendEntry
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.numbers import count

_AWAY, _PAD, _SWATCH, _GAP = 8.0, 7.0, 9.0, 7.0
_MOST_OF_PLOT = 0.6
_WIDEST_NAME = 150.0
_WORTH_A_MOVE = 4  # times as many stars under the legend as elsewhere


@dataclass(frozen=True)
class LegendArea:
    """Where a legend has been painted; box: all of it, rows: each label's line; in the painter's coordinates."""

    box: QRectF
    rows: tuple[tuple[QRectF, str], ...]

    def label_at(self, place: QPointF) -> str | None:
        """The label on whose line a place lies."""
        return next((name for row, name in self.rows if row.contains(place)), None)


class Legend:
    """Draws the key of labels; it stays in its corner until another has far more room."""

    def __init__(self) -> None:
        self._corner = 0

    def paint(
        self,
        painter: QPainter,
        plot: QRectF,
        view: MapView,
        stars: GridIndex,
        key: LabelKey,
        hidden: frozenset[str],
        colors: Colors,
        font: QFont,
    ) -> LegendArea | None:
        """Draw it over the plot, hollow the labels that are hidden; nothing where the plot is too small for it."""
        font = axis_font(font)
        metrics = QFontMetricsF(font)
        line = metrics.height() + 2
        entries = key.entries
        room = int((_MOST_OF_PLOT * plot.height() - 2 * _PAD) / line) - 1
        more = max(len(entries) - room, 0)
        if more:
            entries = entries[: room - 1]
            more = len(key.entries) - len(entries)
        names = [metrics.elidedText(entry.name, Qt.TextElideMode.ElideRight, _WIDEST_NAME) for entry in entries]
        numbers = [_numbers(entry) for entry in entries]
        last = f"and {count(more)} more" if more else ""
        name_width = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
        number_width = max((metrics.horizontalAdvance(text) for text in numbers), default=0.0)
        title = key.title
        if any(entry.selected is not None for entry in entries):
            title += "  (selected / all)"
        inner = max(
            _SWATCH + _GAP + name_width + 2 * _GAP + number_width,
            metrics.horizontalAdvance(title) + 2,
            metrics.horizontalAdvance(last) + _SWATCH + _GAP,
        )
        width, height = inner + 2 * _PAD, (len(entries) + 1 + bool(more)) * line + 2 * _PAD
        if room < 2 or width > _MOST_OF_PLOT * plot.width():
            return None
        box = self._place(plot, view, stars, width, height, metrics.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        ground = QColor(colors.card)
        ground.setAlphaF(0.88)
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4, 4)
        left, right, top = box.left() + _PAD, box.right() - _PAD, box.top() + _PAD
        left_of, right_of = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(colors.muted))
        painter.drawText(QRectF(left, top, inner + 4, line), left_of | middle, title)
        rows = []
        for entry, name, text in zip(entries, names, numbers, strict=True):
            top += line
            rows.append((QRectF(box.left(), top, width, line), entry.name))
            off = entry.name in hidden
            _paint_swatch(painter, QRectF(left, top + (line - _SWATCH) / 2, _SWATCH, _SWATCH), entry.color, off)
            painter.setPen(QColor(colors.muted if off else colors.text))
            painter.drawText(QRectF(left + _SWATCH + _GAP, top, name_width + 4, line), left_of | middle, name)
            painter.setPen(QColor(colors.muted))
            painter.drawText(QRectF(right - number_width - 4, top, number_width + 4, line), right_of | middle, text)
        if more:
            painter.drawText(QRectF(left + _SWATCH + _GAP, top + line, inner, line), left_of | middle, last)
        painter.restore()
        return LegendArea(box, tuple(rows))

    def _place(self, plot: QRectF, view: MapView, stars: GridIndex, width: float, height: float, note: float) -> QRectF:
        """The box in its corner; the lower right one leaves a line to the map's note."""
        left, right = plot.left() + _AWAY, plot.right() - _AWAY - width
        top, bottom = plot.top() + _AWAY, plot.bottom() - _AWAY - height
        corners = [
            QRectF(x, y, width, height)
            for x, y in ((right, top), (left, top), (left, bottom), (right, bottom - note - _AWAY))
        ]
        if _stars_under(corners[self._corner], plot, view, stars):
            under = [_stars_under(corner, plot, view, stars) for corner in corners]
            if under[self._corner] > _WORTH_A_MOVE * min(under):
                self._corner = under.index(min(under))
        return corners[self._corner]


def _paint_swatch(painter: QPainter, square: QRectF, color: str, hollow: bool) -> None:
    painter.setPen(QPen(QColor(color), 1.2) if hollow else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if hollow else QColor(color))
    painter.drawRoundedRect(square.adjusted(0.6, 0.6, -0.6, -0.6) if hollow else square, 2, 2)


def _numbers(entry: LegendEntry) -> str:
    return count(entry.all) if entry.selected is None else f"{count(entry.selected)} / {count(entry.all)}"


def _stars_under(box: QRectF, plot: QRectF, view: MapView, stars: GridIndex) -> int:
    corners = view.to_data(box.topLeft(), plot), view.to_data(box.bottomRight(), plot)
    return stars.count(Rectangle.between(*corners))
