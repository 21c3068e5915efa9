"""The contour layer: density contours as thin lines with their percent on them."""

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF

from stellar_gui.analysis.contours import Contour
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.axes import axis_font
from stellar_gui.gui.views.map_view import MapView

_PLACES = 24  # round each contour, where its label may sit
_TURN = 144.0  # degrees from the favoured place of a label to that of the next contour's
_AWAY = 0.06  # of the widest contour's extent: farther from other contours no place is better than another
_INK, _EDGE = 0.55, 0.4  # opacities of a line and of the one beside it that shows it on dense stars
_GAP = 6.0  # logical pixels between two labels
_EACH = 6  # of a contour's points, one in so many says well enough how far it is

_Places = list[tuple[float, float]]


class ContourLayer:
    """Draws contours computed once for a set of stars, in data units, under any view."""

    def __init__(self) -> None:
        self._lines = QPainterPath()
        self._labels: list[tuple[str, _Places]] = []

    def set_contours(self, contours: tuple[Contour, ...]) -> None:
        """Draw other contours."""
        self._lines, self._labels = QPainterPath(), []
        contours = tuple(contour for contour in contours if contour.lines)
        for contour, places in zip(contours, _label_places(contours), strict=True):
            for line in contour.lines:
                self._lines.addPolygon(QPolygonF([QPointF(x, y) for x, y in line.tolist()]))
            self._labels.append((f"{100 * contour.share:g} %", places))

    def paint_lines(self, painter: QPainter, plot: QRectF, view: MapView, colors: Colors) -> None:
        """Draw the lines within the plot; the painter works in logical pixels."""
        if self._lines.isEmpty():
            return
        lines = view.transform(plot).map(self._lines)
        painter.save()
        painter.setClipRect(plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(1.0, 1.0)
        for name, opacity in ((colors.card, _EDGE), (colors.ink, _INK)):
            color = QColor(name)
            color.setAlphaF(opacity)
            painter.setPen(QPen(color, 1))
            painter.drawPath(lines)
            painter.translate(-1.0, -1.0)
        painter.restore()

    def paint_labels(
        self, painter: QPainter, plot: QRectF, view: MapView, colors: Colors, font: QFont, ratio: float | None = None
    ) -> None:
        """Draw the percent of each contour whose label lies within the plot, as images of a pixel ratio, if given.

        A label gives way to those before it; where the view leaves it no place of its own it is left out.
        """
        metrics, font_name = QFontMetricsF(axis_font(font)), font.toString()
        taken: list[QRectF] = []
        for text, places in self._labels:
            size = QSizeF(math.ceil(metrics.horizontalAdvance(text)) + 6, math.ceil(metrics.height()))
            box = _free_box((view.to_pixel(x, y, plot) for x, y in places), size, taken)
            if box is None:
                continue
            taken.append(box)
            if not plot.contains(box):
                continue
            if ratio is None:
                _paint_label(painter, box, text, colors, font)
            else:
                label = _label_image(text, box.width(), box.height(), colors, font_name, ratio)
                painter.drawImage(box.topLeft(), label)


@lru_cache(maxsize=32)
def _label_image(text: str, width: float, height: float, colors: Colors, font: str, ratio: float) -> QImage:
    """A label on a transparent ground; font: what its toString gives."""
    image = QImage(math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    base = QFont()
    base.fromString(font)
    painter = QPainter(image)
    _paint_label(painter, QRectF(0, 0, width, height), text, colors, base)
    painter.end()
    return image


def _paint_label(painter: QPainter, box: QRectF, text: str, colors: Colors, font: QFont) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(axis_font(font))
    halo = QColor(colors.card)
    halo.setAlphaF(0.85)
    letters = QPainterPath()
    letters.addText(box.left() + 3, box.top() + painter.fontMetrics().ascent(), painter.font(), text)
    painter.strokePath(letters, QPen(halo, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setPen(QColor(colors.text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def _free_box(places: Iterable[QPointF], size: QSizeF, taken: list[QRectF]) -> QRectF | None:
    """The box at the first of the places where it meets no other; it depends on the zoom alone, not on the view."""
    for place in places:
        box = QRectF(place.x() - size.width() / 2, place.y() - size.height() / 2, size.width(), size.height())
        if not any(box.adjusted(-_GAP, 0, _GAP, 0).intersects(other) for other in taken):
            return box
    return None


def _label_places(contours: tuple[Contour, ...]) -> list[_Places]:
    """For each contour, points of its longest line: the best for its label first.

    Best are those away from the other contours, and of these the ones in a direction of the contour's own.
    """
    longest = [max(contour.lines, key=len) for contour in contours]
    if not longest:
        return []
    extent = np.ptp(np.concatenate(longest), axis=0)
    extent = np.where(extent > 0, extent, 1.0)
    drawn = [np.concatenate(contour.lines)[::_EACH] / extent for contour in contours]
    result = []
    for number, line in enumerate(longest):
        around = _around(line / extent)
        others = np.concatenate([around[:0], *drawn[:number], *drawn[number + 1 :]])
        across, up = (np.subtract.outer(around[:, axis], others[:, axis]) for axis in (0, 1))
        away = np.sqrt((across**2 + up**2).min(axis=1, initial=_AWAY**2))
        turned = np.arange(len(around)) * (360 / len(around)) - 10 - number * _TURN
        off = np.abs((turned + 180) % 360 - 180)
        order = np.lexsort((off, -away.round(3)))
        result.append([(x, y) for x, y in (around[order] * extent).tolist()])
    return result


def _around(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """(_PLACES, 2): the points of a line that lie farthest in directions all round, anticlockwise from the right."""
    angle = np.arange(_PLACES) * (2 * np.pi / _PLACES)
    return np.asarray(line[np.argmax(line @ np.stack([np.cos(angle), np.sin(angle)]), axis=0)])
