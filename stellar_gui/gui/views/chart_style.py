"""What the small charts share: axes with plain numbers, a legend beside the points, the theme's colours, no mouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from superqt.utils import QSignalThrottler

from stellar_gui.gui.theme import tabular_font, theme
from stellar_gui.numbers import MINUS

MARK = 7.0  # diameter of a star's mark, in logical pixels
DASH_PATTERN = [3.0, 2.0]  # dash and gap, in line widths
LINE = 1.6  # width of a curve, in logical pixels
REDRAW_MS = 500  # between two drawings of what changes while one looks
REDRAW_SLOWLY_MS = 1000  # the same of charts that stand beside several others
_TICK = 4


def small_font(base: QFont) -> QFont:
    """The font of tick labels and legends: one point smaller, never under 7.5 points, digits of one width."""
    font = tabular_font(base)
    font.setPointSizeF(max(base.pointSizeF() - 1.0, 7.5))
    return font


class Mark(Enum):
    """How a legend's entry is drawn."""

    DOT = auto()
    RING = auto()
    LIMIT = auto()
    LINE = auto()
    DASHES = auto()
    DIAMONDS = auto()
    BARS = auto()
    BAND = auto()
    SPREAD = auto()
    NONE = auto()


@dataclass(frozen=True)
class LegendEntry:
    """One sample and its words; color is the name of a field of `theme.Colors`, or hexadecimal."""

    mark: Mark
    color: str
    text: str


class Legend(QWidget):
    """Samples and words in a row, broken into more rows where it is narrow; it stands above a chart, never on it."""

    _SWATCH, _AFTER_SWATCH, _BETWEEN = 18, 5, 14

    def __init__(self) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._entries: tuple[LegendEntry, ...] = ()

    def entries(self) -> tuple[LegendEntry, ...]:
        """What is shown."""
        return self._entries

    def set_entries(self, entries: Sequence[LegendEntry]) -> None:
        """Show other entries."""
        if tuple(entries) != self._entries:
            self._entries = tuple(entries)
            self.updateGeometry()
            self.update()

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The rows that width calls for; one row when empty, so that a chart does not jump."""
        places = self._places(width)
        return self._row_height() * (1 + max((row for row, _ in places), default=0))

    def sizeHint(self) -> QSize:
        """One row; a layout asks for the height that its width calls for."""
        return QSize(200, self._row_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the entries."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(small_font(self.font()))
            height = self._row_height()
            for entry, (row, left) in zip(self._entries, self._places(self.width()), strict=True):
                swatch = QRectF(left, row * height, self._SWATCH, height)
                _paint_mark(painter, entry.mark, QColor(getattr(theme.colors, entry.color, entry.color)), swatch)
                painter.setPen(QColor(theme.colors.muted))
                beside = left + self._swatch_width(entry)
                words = QRectF(beside, swatch.top(), self.width() - beside, height)
                painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, entry.text)

    def _swatch_width(self, entry: LegendEntry) -> int:
        return 0 if entry.mark is Mark.NONE else self._SWATCH + self._AFTER_SWATCH

    def _row_height(self) -> int:
        return self._metrics().height() + 3

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(small_font(self.font()))

    def _places(self, width: int) -> list[tuple[int, int]]:
        """The row number and left edge of each entry."""
        metrics = self._metrics()
        places, row, left = [], 0, 0
        for entry in self._entries:
            needed = self._swatch_width(entry) + metrics.horizontalAdvance(entry.text)
            if left and left + needed > width:
                row, left = row + 1, 0
            places.append((row, left))
            left += needed + self._BETWEEN
        return places


class PlainAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of plain numbers: true minus, no SI prefix."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, maxTickLength=_TICK)
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The ticks' labels."""
        return [text.replace("-", MINUS) for text in super().tickStrings(values, scale, spacing)]


class Chart(QWidget):
    """A legend above one plot, in the theme's colours; it answers no mouse, so that the wheel scrolls the panel.

    Subclasses fill `plot` in `_draw`, which runs whenever the content or the theme changes; content that changes many
    times a second is drawn by `draw_soon`.
    """

    def __init__(self, bottom: pg.AxisItem, left: pg.AxisItem, redraw_ms: int = REDRAW_MS) -> None:
        """redraw_ms: milliseconds between two drawings by `draw_soon`."""
        super().__init__()
        self.legend = Legend()
        self.plot = pg.PlotWidget(axisItems={"bottom": bottom, "left": left}, enableMenu=False)
        self.plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setFrameShape(QFrame.Shape.NoFrame)
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.plot.setMouseEnabled(False, False)
        self.plot.hideButtons()
        self.plot.getViewBox().disableAutoRange()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._header = QHBoxLayout()
        self._header.setSpacing(4)
        self._header.addWidget(self.legend, 1)
        layout.addLayout(self._header)
        layout.addWidget(self.plot, 1)
        self._titles: dict[str, str] = {}
        self._stale = False
        self._pace = QSignalThrottler(parent=self)
        self._pace.setTimeout(redraw_ms)
        self._pace.triggered.connect(self._draw_if_seen)
        self.plot.scene().sigPrepareForPaint.connect(self._catch_up)
        theme.changed.connect(self._apply_theme)

    def sizeHint(self) -> QSize:
        """Wide enough for a panel, lower than wide."""
        return QSize(300, 210)

    def minimumSizeHint(self) -> QSize:
        """The smallest size at which the ticks can be read."""
        return QSize(200, 140)

    def add_control(self, widget: QWidget) -> None:
        """Put a control to the right of the legend."""
        self._header.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def draw_soon(self) -> None:
        """Draw at once, but not too often, and not before the chart is in sight."""
        self._pace.throttle()

    def set_axis_title(self, side: str, title: str) -> None:
        """Name the quantity of an axis, with its unit."""
        self._titles[side] = title
        self._style_axis(side)

    def show_ticks(self, side: str, shown: bool) -> None:
        """Show or hide an axis's ticks and their labels; an empty chart keeps its axes but makes no numbers up."""
        self.plot.getAxis(side).setStyle(showValues=shown, tickLength=_TICK if shown else 0)

    def _draw(self) -> None:
        """Fill `plot` and `legend`; subclasses override it."""
        raise NotImplementedError

    def _draw_if_seen(self) -> None:
        self._stale = self.plot.viewport().visibleRegion().isEmpty()
        if not self._stale:
            self._draw()

    def _catch_up(self) -> None:
        """Draw what has changed while nobody could see it."""
        if self._stale:
            self._stale = False
            QTimer.singleShot(0, self, self._draw)

    def _apply_theme(self) -> None:
        self.plot.setBackground(theme.colors.card)
        for side in ("left", "bottom", "top"):
            self._style_axis(side)
        self.legend.update()
        self._draw()

    def _style_axis(self, side: str) -> None:
        axis = self.plot.getAxis(side)
        font = small_font(self.font())
        axis.setPen(theme.colors.border)
        axis.setTickPen(theme.colors.border)
        axis.setTextPen(theme.colors.muted)
        axis.setTickFont(font)
        if side in self._titles:
            axis.setLabel(self._titles[side], **{"color": theme.colors.muted, "font-size": f"{font.pointSizeF()}pt"})


def pen(color: str, width: float = LINE, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen whose width is in logical pixels at any zoom."""
    made = QPen(QColor(color), width, style)
    made.setCosmetic(True)
    made.setCapStyle(Qt.PenCapStyle.RoundCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return made


def shade(color: str) -> QColor:
    """The colour of an area that lies behind curves."""
    pale = QColor(color)
    pale.setAlphaF(0.22)
    return pale


def _paint_mark(painter: QPainter, mark: Mark, color: QColor, swatch: QRectF) -> None:
    middle = swatch.center()
    half = MARK / 2
    line = pen(color.name(), LINE, Qt.PenStyle.CustomDashLine if mark is Mark.DASHES else Qt.PenStyle.SolidLine)
    if mark is Mark.DASHES:
        line.setDashPattern(DASH_PATTERN)
        line.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark in (Mark.BAND, Mark.SPREAD):
        painter.fillRect(QRectF(swatch.left(), middle.y() - 4.5, swatch.width(), 9), shade(color.name()))
    if mark in (Mark.LINE, Mark.DASHES, Mark.DIAMONDS, Mark.BAND, Mark.SPREAD):
        painter.drawLine(QPointF(swatch.left() + 1, middle.y()), QPointF(swatch.right() - 1, middle.y()))
    if mark is Mark.BARS:
        painter.drawLine(middle - QPointF(0, 6), middle + QPointF(0, 6))
    if mark in (Mark.DOT, Mark.BARS):
        painter.setBrush(color)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(middle, half, half)
    elif mark is Mark.RING:
        painter.drawEllipse(middle, half, half)
    elif mark is Mark.LIMIT:
        corners = [QPointF(-half, -half), QPointF(half, -half), QPointF(0, half)]
        painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
    elif mark in (Mark.DIAMONDS, Mark.BAND):
        painter.setBrush(color)
        painter.setPen(Qt.PenStyle.NoPen)
        corners = [QPointF(0, -half), QPointF(half, 0), QPointF(0, half), QPointF(-half, 0)]
        painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
