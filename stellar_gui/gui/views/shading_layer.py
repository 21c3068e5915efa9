"""The shading layer: cells of the latent plane in the shades of a colour bar, or the decoder's stretch as ellipses."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QPolygonF

from stellar_gui.analysis.trust import Shading, TrustMap
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.axes import axis_font
from stellar_gui.gui.views.color_maps import ColorMaps, is_dark, value_ramp
from stellar_gui.gui.views.color_ramp import STEPS, packed
from stellar_gui.gui.views.hue_image import ValueKey
from stellar_gui.gui.views.map_view import MapView

_TAILS = 1.0, 99.0  # percent of the cells beyond the colour bar's ends
_SPACING = 38.0  # logical pixels between two ellipses at least
_LARGEST, _OF_ALL = 0.55, 90.0  # the semi-axis of that percentile reaches so far to the next ellipse
_CORNERS = np.linspace(0, 2 * np.pi, 33)
_PAD = 8.0


class ShadingLayer:
    """Draws how far a latent plane can be trusted, where stars populate it; nothing without a trust map.

    The more, the farther a shade is from the card: dark on a light theme, bright on a dark one.
    """

    def __init__(self) -> None:
        self._trust: TrustMap | None = None
        self._shading = Shading.NONE
        self._values: NDArray[np.float64] | None = None
        self._limits = 0.0, 1.0
        self._image: tuple[tuple[Colors, str], QImage] | None = None

    def set_shading(self, trust: TrustMap | None, shading: Shading) -> None:
        """Draw another map of trust, or another shading."""
        self._trust, self._shading, self._image = trust, shading, None
        values = None if trust is None else trust.values(shading)
        self._values = None if values is None or not np.isfinite(values).any() else values
        if self._values is not None:
            self._limits = _limits(self._values)

    @property
    def shades_cells(self) -> bool:
        """Whether cells are drawn, to which the colour bar belongs then."""
        return self._values is not None

    @property
    def draws_ellipses(self) -> bool:
        """Whether ellipses are drawn, beside which contours would not be told apart."""
        return self._trust is not None and self._shading is Shading.ELLIPSES

    def key(self, colors: Colors, maps: ColorMaps) -> ValueKey:
        """What the colour bar tells of the cells."""
        assert self._values is not None
        low, high = self._limits
        beyond = bool(np.nanmin(self._values) < low), bool(np.nanmax(self._values) > high)
        return ValueKey(self._shading.value, "", self._limits, _ramp(colors, maps), False, beyond)

    def paint_cells(self, painter: QPainter, plot: QRectF, view: MapView, colors: Colors, maps: ColorMaps) -> None:
        """Draw the populated cells, opaque."""
        if self._trust is None or self._values is None:
            return
        if self._image is None or self._image[0] != (colors, maps.sequential):
            self._image = (colors, maps.sequential), _cells_image(self._values, self._limits, _ramp(colors, maps))
        x0, x1, y0, y1 = self._trust.cells.bounds
        painter.save()
        painter.setClipRect(plot)
        painter.drawImage(QRectF(view.to_pixel(x0, y1, plot), view.to_pixel(x1, y0, plot)), self._image[1])
        painter.restore()

    def paint_ellipses(self, painter: QPainter, plot: QRectF, view: MapView, colors: Colors, font: QFont) -> None:
        """Draw an ellipse in some of the populated cells, evenly, and what its semi-axes mean."""
        if self._trust is None:
            return
        scale_x, scale_y = view.pixels_per_unit(plot)
        to_pixels = np.array([scale_x, -scale_y])
        chosen, apart = self._sparse(scale_x, scale_y)
        stretch, point = self._trust.stretch, self._trust.cells.point[chosen, :2]
        if not len(point):
            return
        first = stretch.direction[chosen]
        second = np.stack([-first[:, 1], first[:, 0]], axis=1)
        axes = np.stack([first, second], axis=1) * stretch.semi_axes[chosen][:, :, None] * to_pixels
        reach = float(np.percentile(np.linalg.norm(axes, axis=2).max(axis=1), _OF_ALL))
        larger = _LARGEST * apart / max(reach, 1e-12)
        around = np.stack([np.cos(_CORNERS), np.sin(_CORNERS)], axis=1) @ axes * larger
        origin = view.to_pixel(0.0, 0.0, plot)
        centre = point * to_pixels + [origin.x(), origin.y()]
        outlines = [QPolygonF([QPointF(x, y) for x, y in line]) for line in (centre[:, None] + around).tolist()]
        painter.save()
        painter.setClipRect(plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _stroke(painter, outlines, colors)
        value = _round_value(float(np.median(stretch.semi_axes[chosen, 0])))
        _paint_scale(painter, plot, value, value * larger * scale_x, value * larger * scale_y, colors, font)
        painter.restore()

    def _sparse(self, scale_x: float, scale_y: float) -> tuple[NDArray[np.bool_], float]:
        """(k,) bool: of the populated cells every so many-th, along both axes; the pixels between two of them."""
        assert self._trust is not None
        cells = self._trust.cells
        x0, x1, y0, y1 = cells.bounds
        side = len(cells.stars)
        wide, high = (x1 - x0) / side * scale_x, (y1 - y0) / side * scale_y
        every_x, every_y = max(math.ceil(_SPACING / wide), 1), max(math.ceil(_SPACING / high), 1)
        chosen = (cells.column % every_x == every_x // 2) & (cells.row % every_y == every_y // 2)
        return chosen, min(wide * every_x, high * every_y)


def _limits(values: NDArray[np.float64]) -> tuple[float, float]:
    """The ends of the colour bar, of values that are not all missing."""
    low, high = np.percentile(values[np.isfinite(values)], _TAILS).tolist()
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _ramp(colors: Colors, maps: ColorMaps) -> NDArray[np.float64]:
    """(STEPS, 3) sRGB, the last farthest from the card."""
    return value_ramp(colors, maps.sequential, not is_dark(colors))


def _cells_image(values: NDArray[np.float64], limits: tuple[float, float], ramp: NDArray[np.float64]) -> QImage:
    """One pixel for each cell, the highest row first, transparent where there is no number."""
    low, high = limits
    shade = np.clip((np.nan_to_num(values, nan=low, neginf=low) - low) / (high - low), 0, 1)
    table = packed(ramp)
    pixels = np.where(np.isnan(values), np.uint32(0), table[np.rint(shade * (STEPS - 1)).astype(np.intp)])[::-1]
    image = QImage(pixels.shape[1], pixels.shape[0], QImage.Format.Format_ARGB32_Premultiplied)
    np.frombuffer(image.bits(), np.uint32).reshape(pixels.shape)[:] = pixels
    return image


def _stroke(painter: QPainter, outlines: list[QPolygonF], colors: Colors) -> None:
    """Thin lines with a halo that lifts them off the stars; one by one, since a long path is slow to paint."""
    halo = QColor(colors.card)
    halo.setAlphaF(0.75)
    for color, width in ((halo, 3.0), (QColor(colors.ink), 1.2)):
        pen = QPen(color, width)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        painter.setPen(pen)
        for outline in outlines:
            painter.drawPolyline(outline)


def _paint_scale(
    painter: QPainter, plot: QRectF, value: float, half_width: float, half_height: float, colors: Colors, font: QFont
) -> None:
    """In the lower left corner, the ellipse of a plane that is stretched by a value in every direction."""
    painter.setFont(axis_font(font))
    metrics = painter.fontMetrics()
    text = f"{value:g} mag per latent unit"
    height = max(2 * half_height, metrics.height()) + 2 * _PAD
    box = QRectF(0, 0, 2 * half_width + metrics.horizontalAdvance(text) + 3 * _PAD, height)
    box.moveBottomLeft(plot.bottomLeft() + QPointF(_PAD, -_PAD))
    ground = QColor(colors.card)
    ground.setAlphaF(0.88)
    painter.setPen(QPen(QColor(colors.border), 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    middle = QPointF(box.left() + _PAD + half_width, box.center().y())
    corners = zip((half_width * np.cos(_CORNERS)).tolist(), (half_height * np.sin(_CORNERS)).tolist(), strict=True)
    _stroke(painter, [QPolygonF([middle + QPointF(x, y) for x, y in corners])], colors)
    painter.setPen(QColor(colors.muted))
    where = box.adjusted(2 * half_width + 2 * _PAD, 0, 0, 0)
    painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


@lru_cache(maxsize=8)
def _round_value(value: float) -> float:
    """1, 2 or 5 times a power of ten, the nearest at or below a positive value; 1 for any other."""
    if not (math.isfinite(value) and value > 0):
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in (1, 2, 5) if step * power <= value * (1 + 1e-9))
