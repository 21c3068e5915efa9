"""The axes of a map of the sky: meridians and parallels with their degrees, drawn over the stars."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from stellar_gui.analysis.regions import Bounds
from stellar_gui.analysis.sky import Projection, ProjectionKind
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.axes import TICK, axis_font, paint_titles
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.numbers import MINUS

_STEPS = (30.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)  # deg
_SPACING = 80.0  # logical pixels between two lines, at least
_POINTS = 181  # of a line
_SAMPLES = 13  # places across the view by which its positions are found
_GAP = 6.0
_POLE = 89.999


@dataclass(frozen=True, eq=False)
class _Line:
    """A meridian or a parallel: its label and its (m, 2) points on the plane, NaN where it has no place."""

    label: str
    points: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Net:
    """The lines of a view.

    outline: (m, 2), the edge of all the sky, empty for a field; whole: whether all of it is in view; joined: whether
    the meridians meet within the view, at its lower end.
    """

    meridians: tuple[_Line, ...]
    parallels: tuple[_Line, ...]
    outline: NDArray[np.float64]
    whole: bool
    joined: bool


class SkyAxes:
    """Draws the net of a projection under any view."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection

    @property
    def frame(self) -> str:
        """What coordinates of the plane are counted from."""
        ra, dec = (_degrees(value, 0.1) for value in (self.projection.ra, self.projection.dec))
        return f"degrees west and north of ra {ra}°, dec {dec}°"

    @property
    def home(self) -> Bounds | None:
        """The extent of all the sky, where it is all on the plane."""
        return extent(self.projection) if self.projection.kind is ProjectionKind.AITOFF else None

    def paint(
        self, painter: QPainter, plot: QRectF, view: MapView, titles: tuple[str, str], colors: Colors, font: QFont
    ) -> None:
        """Draw net, degrees and titles; the painter works in logical pixels."""
        net = _net(self.projection, view, plot.width(), plot.height())
        painter.save()
        painter.setFont(axis_font(font))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(plot)
        line = QColor(colors.muted)
        line.setAlphaF(0.45)
        painter.setPen(QPen(line, 1))
        for one in (*net.meridians, *net.parallels):
            painter.drawPath(_path(_on_widget(one.points, view, plot)))
        if len(net.outline):
            painter.setPen(QPen(QColor(colors.muted), 1))
            painter.drawPath(_path(_on_widget(net.outline, view, plot)))
        painter.restore()
        if not net.whole:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(QColor(colors.muted), 1))
            painter.drawLine(plot.topLeft(), plot.bottomLeft())
            painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        self._paint_labels(painter, plot, view, net, colors)
        painter.setPen(QColor(colors.muted))
        paint_titles(painter, plot, titles)
        painter.restore()

    def _paint_labels(self, painter: QPainter, plot: QRectF, view: MapView, net: _Net, colors: Colors) -> None:
        metrics = QFontMetricsF(painter.font())
        height = metrics.height()
        taken: list[QRectF] = []
        for one in net.parallels:
            place = _end(_on_widget(one.points, view, plot), plot, Qt.Edge.LeftEdge, inside=True)
            if place is not None:
                width = metrics.horizontalAdvance(one.label)
                box = QRectF(place.x() - _GAP - width, place.y() - height / 2, width, height)
                _paint_label(painter, box, one.label, colors, taken)
        for one in net.meridians:
            places = _on_widget(one.points, view, plot)
            width = metrics.horizontalAdvance(one.label)
            if net.joined:
                place = QPointF(*places[len(places) // 2].tolist())
                box = QRectF(place.x() + 3, place.y() + 1, width, height)
            else:
                end = _end(places, plot, Qt.Edge.BottomEdge, inside=False)
                if end is None:
                    continue
                box = QRectF(end.x() - width / 2, end.y() + TICK, width, height)
            _paint_label(painter, box, one.label, colors, taken)


@lru_cache(maxsize=16)
def _net(projection: Projection, view: MapView, width: float, height: float) -> _Net:
    """The lines in a view of a plot of that size (logical pixels)."""
    across = np.linspace(view.x0, view.x1, _SAMPLES)
    up = np.linspace(view.y0, view.y1, _SAMPLES)
    x, y = (grid.ravel() for grid in np.meshgrid(across, up))
    ra, dec = projection.to_sky(x, y)
    seen = np.isfinite(ra)
    outline, whole, joined = np.empty((0, 2)), False, False
    if projection.kind is ProjectionKind.AITOFF:
        outline = _outline(projection)
        left, right, bottom, top = extent(projection)
        joined = view.y0 < bottom and view.x0 < 0 < view.x1
        whole = joined and view.y1 > top and view.x0 < left and right < view.x1
    scale = width / (view.x1 - view.x0)
    step = next((step for step in reversed(_STEPS) if step * scale >= _SPACING), _STEPS[0])
    low, high = (float(dec[seen].min()), float(dec[seen].max())) if seen.any() else (-90.0, 90.0)
    steepest = max(np.cos(np.radians(min(max(abs(low), abs(high)), 89.0))), 0.02)
    step_ra = step
    if projection.kind is ProjectionKind.GNOMONIC:
        step_ra = next((wide for wide in reversed(_STEPS) if wide >= step / steepest * 0.99), _STEPS[0])
    offset = (ra[seen] - projection.ra + 180) % 360 - 180
    near_pole = max(abs(low), abs(high)) > 88 or len(outline) > 0
    first, last = (-180.0, 180.0) if near_pole or not seen.any() else (float(offset.min()), float(offset.max()))
    low, high = max(low - step, -90.0), min(high + step, 90.0)
    middle = (projection.ra + first, projection.ra + last)
    ras = sorted({round(k * step_ra % 360, 6) for k in range(int(middle[0] // step_ra), int(middle[1] // step_ra) + 2)})
    decs = [k * step for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]
    along = np.linspace(max(low, -_POLE), min(high, _POLE), _POINTS)
    edge = 180.0 - 1e-6
    reach = max(min(first - step_ra, -edge), -edge) if near_pole else first - step_ra
    round_ = np.linspace(reach, edge if near_pole else last + step_ra, _POINTS)
    meridians = tuple(
        _Line(f"{_degrees(one, step_ra)}°", np.stack(projection.to_plane(np.full(_POINTS, one), along), axis=1))
        for one in ras
    )
    parallels = tuple(
        _Line(
            f"{'+' if one > 0 else ''}{_degrees(one, step)}°",
            np.stack(projection.to_plane((projection.ra + round_) % 360, np.full(_POINTS, float(one))), axis=1),
        )
        for one in decs
        if abs(one) < 90
    )
    return _Net(meridians, parallels, outline, whole, joined)


def extent(projection: Projection) -> Bounds:
    """The extent of all the sky on the plane, in its unit."""
    x, y = _outline(projection).T
    return float(x.min()), float(x.max()), float(y.min()), float(y.max())


@lru_cache(maxsize=4)
def _outline(projection: Projection) -> NDArray[np.float64]:
    up = np.linspace(-90, 90, _POINTS)
    sides = [projection.to_plane(np.full(_POINTS, projection.ra + 180 + side) % 360, up) for side in (-1e-6, 1e-6)]
    (x, y), (other_x, other_y) = sides
    ring = np.stack([np.concatenate([x, other_x[::-1]]), np.concatenate([y, other_y[::-1]])], axis=1)
    return np.concatenate([ring, ring[:1]])


def _degrees(value: float, step: float) -> str:
    digits = max(-int(np.floor(np.log10(step) + 1e-9)), 0)
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", MINUS)


def _on_widget(points: NDArray[np.float64], view: MapView, plot: QRectF) -> NDArray[np.float64]:
    """(m, 2) places of points of the plane, in logical pixels."""
    origin = view.to_pixel(0.0, 0.0, plot)
    scale_x, scale_y = view.pixels_per_unit(plot)
    return np.array([origin.x(), origin.y()]) + points * [scale_x, -scale_y]


def _path(places: NDArray[np.float64]) -> QPainterPath:
    """A line through the places, broken where they have none."""
    path = QPainterPath()
    known = np.isfinite(places.sum(axis=1))
    for piece in np.split(np.arange(len(places)), np.flatnonzero(~known)):
        kept = piece[known[piece]]
        if len(kept) > 1:
            path.addPolygon(QPolygonF([QPointF(*place) for place in places[kept].tolist()]))
    return path


def _end(places: NDArray[np.float64], plot: QRectF, edge: Qt.Edge, inside: bool) -> QPointF | None:
    """Where a line crosses an edge of the plot or, if inside is allowed, comes nearest to it without leaving the plot.

    None for a line that does neither.
    """
    x, y = places[:, 0], places[:, 1]
    across, down = (x >= plot.left()) & (x <= plot.right()), (y >= plot.top()) & (y <= plot.bottom())
    here = np.flatnonzero(across & down).tolist()
    if not here:
        return None
    axis, side = (0, plot.left()) if edge is Qt.Edge.LeftEdge else (1, plot.bottom())
    sign = 1 if edge is Qt.Edge.LeftEdge else -1
    last = min(here, key=lambda k: sign * places[k, axis])
    for beyond in (last - 1, last + 1):
        if not 0 <= beyond < len(places) or not np.isfinite(places[beyond]).all():
            continue
        inside = inside and beyond in here
        if sign * (places[beyond, axis] - side) < 0:
            share = (side - places[last, axis]) / (places[beyond, axis] - places[last, axis])
            crossing = places[last] + share * (places[beyond] - places[last])
            return QPointF(*crossing.tolist())
    return QPointF(*places[last].tolist()) if inside else None


def _paint_label(painter: QPainter, box: QRectF, text: str, colors: Colors, taken: list[QRectF]) -> None:
    """A label with a halo, unless it would lie on another."""
    if any(box.adjusted(-_GAP, 0, _GAP, 0).intersects(other) for other in taken):
        return
    taken.append(box)
    halo = QColor(colors.card)
    halo.setAlphaF(0.9)
    letters = QPainterPath()
    letters.addText(box.left(), box.top() + painter.fontMetrics().ascent(), painter.font(), text)
    painter.strokePath(letters, QPen(halo, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setPen(QColor(colors.text))
    painter.drawText(box.adjusted(0, 0, 2, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
