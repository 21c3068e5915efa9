"""The axes of a map: ticks at round numbers, their labels, and how they are drawn."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from stellar_gui.gui.theme import Colors, tabular_font
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.numbers import MINUS

TICK = 5.0
_GAP = 5.0
_SPACING_X, _SPACING_Y = 64.0, 48.0  # logical pixels between labelled ticks, at least
_PLAIN_DIGITS = 6
_SUPERSCRIPTS = str.maketrans("-0123456789", "\N{SUPERSCRIPT MINUS}⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Ticks:
    """Labelled ticks with their labels, and the small ones between."""

    major: tuple[float, ...]
    labels: tuple[str, ...]
    minor: tuple[float, ...]


def ticks(low: float, high: float, most: int) -> Ticks:
    """At most about `most` labelled ticks at multiples of 1, 2 or 5 times a power of ten within [low, high]."""
    raw = (high - low) / max(most, 1)
    power = math.floor(math.log10(raw))
    base = 10.0**power
    choices = [(m * base, parts) for m, parts in ((0.5, 5), (1, 5), (2, 4), (5, 5), (10, 5))]
    step, parts = next(choice for choice in choices if choice[0] >= raw * (1 - 1e-9))
    if not _multiples(low, high, step):
        step, parts = max(choice for choice in choices if choice[0] < step)
    major = tuple(k * step for k in _multiples(low, high, step))
    small = step / parts
    minor = tuple(k * small for k in _multiples(low, high, small) if k % parts)
    return Ticks(major, _labels(major, math.floor(math.log10(step) + 1e-9)), minor)


def _multiples(low: float, high: float, step: float) -> range:
    """The k for which k * step lies within [low, high]."""
    return range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)


def _labels(values: tuple[float, ...], last_digit: int) -> tuple[str, ...]:
    """Plain numbers down to 10**last_digit; powers of ten only where plain ones would be too long to read."""
    largest = max((abs(value) for value in values), default=0.0)
    if largest < 10**_PLAIN_DIGITS and -last_digit <= _PLAIN_DIGITS:
        digits = max(-last_digit, 0)
        return tuple(f"{round(value, digits) + 0.0:.{digits}f}".replace("-", MINUS) for value in values)
    power = math.floor(math.log10(largest))
    digits = max(power - last_digit, 0)
    unit = f"·10{str(power).translate(_SUPERSCRIPTS)}"
    return tuple(f"{value / 10**power:.{digits}f}{unit}".replace("-", MINUS) if value else "0" for value in values)


def axis_font(base: QFont) -> QFont:
    """The font of ticks and axis titles."""
    font = tabular_font(base)
    font.setPointSizeF(max(base.pointSizeF() - 0.5, 7.5))
    return font


@dataclass(frozen=True)
class Margins:
    """Logical pixels around the plot for ticks, labels and titles."""

    left: float
    right: float
    top: float
    bottom: float

    @classmethod
    def for_font(cls, font: QFont) -> "Margins":
        """Room for a title and six digits at the left, a title and one line of digits below."""
        metrics = QFontMetricsF(axis_font(font))
        line = metrics.height()
        return cls(
            left=math.ceil(TICK + _GAP + metrics.horizontalAdvance(f"{MINUS}00.00") + 4 + line),
            right=14.0,
            top=math.ceil(2 * line + 8),
            bottom=math.ceil(TICK + _GAP + 2 * line + 4),
        )


def paint_axes(
    painter: QPainter,
    plot: QRectF,
    view: MapView,
    titles: tuple[str, str],
    colors: Colors,
    font: QFont,
    numbered: bool = True,
    snapped: bool = True,
) -> None:
    """Draw both axes around the plot, without ticks where nothing is plotted; the painter works in logical pixels.

    snapped: on whole pixels and one device pixel wide, for the screen; else in their true places, for figures.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setFont(axis_font(font))
    line, text = QPen(QColor(colors.muted), 1), QPen(QColor(colors.muted))
    line.setCosmetic(snapped)
    place = round if snapped else float
    nothing = Ticks((), (), ())
    along_x = nothing if not numbered else ticks(view.x0, view.x1, max(int(plot.width() / _SPACING_X), 2))
    along_y = nothing if not numbered else ticks(view.y0, view.y1, max(int(plot.height() / _SPACING_Y), 2))
    left, right, top, bottom = plot.left(), plot.right(), plot.top(), plot.bottom()
    scale_x, _ = view.pixels_per_unit(plot)
    painter.setPen(line)
    lines = [QLineF(left, top, left, bottom), QLineF(left, bottom, right, bottom)]
    for values, length in ((along_x.major, TICK), (along_x.minor, TICK / 2)):
        columns = (place(left + (value - view.x0) * scale_x) for value in values)
        lines += [QLineF(column, bottom, column, bottom + length) for column in columns]
    for values, length in ((along_y.major, TICK), (along_y.minor, TICK / 2)):
        rows = (place(view.to_pixel(view.x0, value, plot).y()) for value in values)
        lines += [QLineF(left - length, row, left, row) for row in rows]
    painter.drawLines(lines)
    painter.setPen(text)
    height = float(painter.fontMetrics().height())
    flags = Qt.AlignmentFlag
    for value, label in zip(along_x.major, along_x.labels, strict=True):
        x = left + (value - view.x0) * scale_x
        half = painter.fontMetrics().horizontalAdvance(label) / 2 + 1
        centre = min(max(x, half), right + 14.0 - half)
        painter.drawText(
            QRectF(centre - 60, bottom + TICK + 2, 120, height), flags.AlignHCenter | flags.AlignTop, label
        )
    for value, label in zip(along_y.major, along_y.labels, strict=True):
        y = view.to_pixel(view.x0, value, plot).y()
        where = QRectF(left - TICK - _GAP - 120, y - height / 2, 120, height)
        painter.drawText(where, flags.AlignRight | flags.AlignVCenter, label)
    paint_titles(painter, plot, titles)
    painter.restore()


def paint_titles(painter: QPainter, plot: QRectF, titles: tuple[str, str]) -> None:
    """Write what stands at the axes, in the painter's font and pen; the painter is left turned."""
    x_title, y_title = titles
    height = QFontMetricsF(painter.font()).height()
    middle = Qt.AlignmentFlag.AlignCenter
    painter.drawText(QRectF(plot.left(), plot.bottom() + TICK + 4 + height, plot.width(), height), middle, x_title)
    painter.translate(height / 2, plot.center().y())
    painter.rotate(-90)
    painter.drawText(QRectF(-plot.height() / 2, -height / 2, plot.height(), height), middle, y_title)
