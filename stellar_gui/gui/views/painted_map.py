"""The picture of a star map: stars, contours, axes, colour bar or legend, on the screen or in a figure."""

from copy import copy
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from stellar_gui.analysis.hues import Limits
from stellar_gui.analysis.raster import Raster
from stellar_gui.gui.theme import Colors, theme
from stellar_gui.gui.views.axes import paint_axes
from stellar_gui.gui.views.color_bar import ColorBar, paint_color_bar, paint_value_bar
from stellar_gui.gui.views.density_layer import CELL, StarImage
from stellar_gui.gui.views.figure_style import FigureStyle, Look
from stellar_gui.gui.views.hue_image import LabelKey, ValueKey
from stellar_gui.gui.views.map_canvas import LEAST_PLOT, MapCanvas
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.marks import paint_note, paint_ring
from stellar_gui.numbers import stars as number_of_stars

_ROOMY, _SMALLEST_TEXT = 420.0, 0.75  # logical pixels; text of 9 points is then 6.75 at least


class PaintedMap(MapCanvas):
    """A map canvas on the screen; figures are painted by the same code."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color_bar = ColorBar()

    def lock_range(self, locked: bool) -> None:
        """Keep the range of the colour bar as it is now, or let it follow the numbers in view."""
        key = self._drawn().key if locked else None
        self._locked = key.limits if isinstance(key, ValueKey) else None
        self._recolor()

    @property
    def color_range(self) -> Limits | None:
        """The range of the colour bar, in the unit of the numbers; None where there is none."""
        key = self._drawn().key
        return key.limits if isinstance(key, ValueKey) else None

    def figure_style(self) -> FigureStyle:
        """A figure of the map as it is on the screen."""
        size = self.viewport().size()
        return FigureStyle(size.width(), size.height())

    def grab_image(self, scale: float = 1.0, style: FigureStyle | None = None) -> QImage:
        """The map as a picture with scale device pixels for each logical one, without rings and gestures."""
        style = style or self.figure_style()
        image = QImage(round(style.width * scale), round(style.height * scale), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        painter = QPainter(image)
        self.paint_figure(painter, scale, style)
        painter.end()
        return image

    def paint_figure(self, painter: QPainter, ratio: float, style: FigureStyle) -> None:
        """Paint the map in logical pixels; lines and text as they come, the star layer as an image at the ratio.

        A narrow figure for paper is painted larger and scaled down, so that its colour bar finds room.
        """
        smaller = 1.0
        if style.look is Look.PUBLICATION:
            smaller = min(max(style.width / _ROOMY, _SMALLEST_TEXT), 1.0)
        painter.save()
        painter.scale(smaller, smaller)
        area = QRectF(0, 0, style.width / smaller, style.height / smaller)
        self._paint(painter, area, ratio * smaller, style.look.colors, style)
        painter.restore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the map, then what lies over it."""
        ratio = self.viewport().devicePixelRatioF()
        with QPainter(self.viewport()) as painter:
            self._paint(painter, QRectF(self.viewport().rect()), ratio, theme.colors, None)
            self._paint_rings(painter, theme.colors)
            self._paint_gesture(painter, theme.colors)

    def _paint_gesture(self, painter: QPainter, colors: Colors) -> None:
        """What a gesture shows while it lasts; drawn by the subclass that knows gestures."""

    def _paint(self, painter: QPainter, area: QRectF, ratio: float, colors: Colors, figure: FigureStyle | None) -> None:
        """Paint the map into an area; figure: None on the screen, where a sample may stand for all stars."""
        plot = self._plot_in(area)
        if plot.width() < LEAST_PLOT or plot.height() < LEAST_PLOT:
            painter.fillRect(area, QColor(colors.card))
            return
        for margin in _around(plot, area):
            painter.fillRect(margin, QColor(colors.card))
        font, legend = self.font(), self._legend
        if figure is not None:
            font, legend = _unhinted(font), copy(legend)
        view = self._view
        if figure is not None and self._sky is not None:
            view = view.with_equal_scales(plot)
        raster = _raster(view, plot, ratio)
        drawn = (self._picture.image if figure is None else self._picture.whole)(raster, self._stretch, colors)
        painter.drawImage(plot, drawn.image)
        still = self._preview is None
        shaded, outlined = still and self._shading.shades_cells, still and self._shading.draws_ellipses
        if shaded:
            self._shading.paint_cells(painter, plot, view, colors, self._maps)
        has_subsets = still and drawn.key is None and not shaded
        if has_subsets:
            coloured = self._subsets.image(raster, colors, drawn.marks is not None, figure is not None)
            if coloured is not None:
                painter.drawImage(plot, coloured)
        has_contours = self._contours_visible and still and not outlined and (figure is None or figure.contours)
        if has_contours:
            self._contours.paint_lines(painter, plot, view, colors)
        if drawn.marks is not None:
            painter.drawImage(plot, drawn.marks)
        if outlined:
            self._shading.paint_ellipses(painter, plot, view, colors, font)
        if has_contours:
            sharpness = ratio if figure is None else None
            self._contours.paint_labels(painter, plot, view, colors, font, sharpness)
        numbered = self._has_stars
        if self._sky is not None and numbered:
            self._sky.paint(painter, plot, view, self._titles, colors, font)
        else:
            paint_axes(painter, plot, view, self._titles, colors, font, numbered, snapped=figure is None)
        on_paper = figure is not None and figure.look is Look.PUBLICATION
        legend_area = None
        if shaded:
            paint_value_bar(painter, plot, self._shading.key(colors, self._maps), colors, font)
        elif isinstance(drawn.key, LabelKey):
            stars, hidden = self._data.index, self._hidden_labels
            legend_area = legend.paint(painter, plot, view, stars, drawn.key, hidden, colors, font)
        elif isinstance(drawn.key, ValueKey):
            paint_value_bar(painter, plot, drawn.key, colors, font)
        elif drawn.stars:
            unit = drawn.unit.replace(CELL, _cell(raster)) if on_paper else drawn.unit
            if figure is None:
                self._color_bar.paint(painter, plot, drawn, colors, font, ratio)
            else:
                paint_color_bar(painter, plot, replace(drawn, unit=unit), colors, font)
        subsets = self._subsets.key(colors) if has_subsets else None
        if subsets is not None:
            told = legend.paint(painter, plot, view, self._data.index, subsets, frozenset(), colors, font)
            legend_area = None if told is None else replace(told, rows=())  # nothing to hide or show by a click
        if figure is None:
            self._legend_area = legend_area
        at_home = self._preview is None and self._view == self._home and self._sky is None
        if at_home and self._data.outside and not on_paper:
            text = f"{number_of_stars(self._data.outside)} outside the view"
            paint_note(painter, plot, text, colors, font)

    def _paint_rings(self, painter: QPainter, colors: Colors) -> None:
        plot = self.plot_rect()
        for row, bold in ((self._hovered, False), (self._active, True)):
            if self._preview is None and 0 <= row < len(self._data.x):
                x, y = float(self._data.x[row]), float(self._data.y[row])
                if np.isfinite(x) and np.isfinite(y):
                    paint_ring(painter, plot, self._view.to_pixel(x, y, plot), bold, colors)

    def _drawn(self) -> StarImage:
        """The star layer as the screen shows it."""
        raster = _raster(self._view, self.plot_rect(), self.viewport().devicePixelRatioF())
        return self._picture.image(raster, self._stretch, theme.colors)


def _unhinted(font: QFont) -> QFont:
    """The font with letters in their true places, which look uneven only on a coarse screen."""
    font = QFont(font)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _cell(raster: Raster) -> str:
    """How large 2 x 2 pixels are in the units of the axes, which hold however large the figure is printed."""
    x0, x1, y0, y1 = raster.bounds
    width, height = 2 * (x1 - x0) / raster.width, 2 * (y1 - y0) / raster.height
    return f"{width:.2g} \N{MULTIPLICATION SIGN} {height:.2g} units"


def _raster(view: MapView, plot: QRectF, ratio: float) -> Raster:
    width, height = max(round(plot.width() * ratio), 1), max(round(plot.height() * ratio), 1)
    return Raster(view.bounds, width, height, ratio, view.y_down)


def _around(plot: QRectF, area: QRectF) -> tuple[QRectF, ...]:
    """The area outside the plot, and its outermost pixel, which an image may not cover at a broken pixel ratio."""
    inner = plot.adjusted(1, 1, -1, -1)
    return (
        QRectF(area.topLeft(), QPointF(area.right(), inner.top())),
        QRectF(QPointF(area.left(), inner.bottom()), area.bottomRight()),
        QRectF(area.left(), inner.top(), inner.left() - area.left(), inner.height()),
        QRectF(inner.right(), inner.top(), area.right() - inner.right(), inner.height()),
    )
