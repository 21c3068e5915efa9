"""The picture of a star map: view, layers, axes and colour bar, painted on the screen or into a figure."""

from copy import copy
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from stellar_gui.analysis.density import Stretch
from stellar_gui.analysis.hues import Limits, StarColors
from stellar_gui.analysis.map_data import MapData, map_data
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.sky import Projection
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.analysis.thinning import Levels
from stellar_gui.gui.theme import Colors, theme
from stellar_gui.gui.views.axes import Margins, paint_axes
from stellar_gui.gui.views.color_bar import paint_color_bar, paint_value_bar
from stellar_gui.gui.views.color_maps import ColorMaps
from stellar_gui.gui.views.contour_layer import ContourLayer
from stellar_gui.gui.views.density_layer import DensityLayer, StarImage
from stellar_gui.gui.views.figure_style import FigureStyle, Look
from stellar_gui.gui.views.hue_image import LabelKey, ValueKey
from stellar_gui.gui.views.legend import Legend, LegendArea
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.marks import paint_note, paint_ring
from stellar_gui.gui.views.sky_axes import SkyAxes
from stellar_gui.gui.views.star_picture import StarPicture
from stellar_gui.gui.widgets.numbers import stars as number_of_stars
from stellar_gui.progress import drain

_LEAST_PLOT = 2.0  # logical pixels
_CELL = "2 \N{MULTIPLICATION SIGN} 2 pixels"
_ROOMY, _SMALLEST_TEXT = 420.0, 0.75  # logical pixels; text of 9 points is then 6.75 at least
_FOLLOWING = 0.35  # share of the way to the next view for each snapshot of a training


class MapCanvas(QAbstractScrollArea):
    """Draws any two columns of numbers; it repaints at most once a turn of the event loop, whatever is asked of it.

    Places on the widget are pixels of `viewport()`; the plane is in data units. Figures are painted by the same code.
    Where there are too many stars in view for one frame, a sample is painted while the view changes; all of them follow
    soon after it has come to rest, and `drawingCompleted` says so.
    """

    viewChanged = Signal()
    drawingCompleted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._data = MapData.empty()
        self._selection: NDArray[np.bool_] | None = None
        self._preview: GridIndex | None = None
        self._view_before_preview: MapView | None = None
        self._home = self._view = MapView(0.0, 1.0, 0.0, 1.0)
        self._titles = ("x", "y")
        self._sky: SkyAxes | None = None
        self._stretch = Stretch.ASINH
        self._active = self._hovered = -1
        self._layer = DensityLayer(self._data.levels)
        self._picture = StarPicture(self._layer, self)
        self._picture.completed.connect(self._repaint)
        self._picture.completed.connect(self.drawingCompleted)
        self._contours = ContourLayer()
        self._coloring: StarColors | None = None
        self._locked: Limits | None = None
        self._legend = Legend()
        self._legend_area: LegendArea | None = None
        self._hidden_labels: frozenset[str] = frozenset()
        self._maps = ColorMaps()
        self._contours_visible = True
        theme.changed.connect(self._repaint)

    @property
    def data(self) -> MapData:
        """What is shown, or hidden by a preview."""
        return self._data

    def set_stars(
        self,
        x: NDArray[np.floating],
        y: NDArray[np.floating],
        shown: NDArray[np.bool_] | None = None,
        keep_view: bool = False,
    ) -> None:
        """Show other stars, none selected, active or hovered; for many stars, make the data in a worker instead.

        x, y: (n,) numbers over the catalogue's rows, kept as float32; shown: (n,) bool, all if None. Rows that are
        not shown, or have a coordinate that is not finite, are neither drawn nor selectable. The view fits the stars
        unless it is kept.
        """
        self.set_data(drain(map_data(x, y, shown)), keep_view)

    def set_data(self, data: MapData, keep_view: bool = False) -> None:
        """Show the stars of data, made beforehand, in a few milliseconds; none selected, active or hovered.

        They are coloured by their density until `set_coloring`.
        """
        self._data = data
        self._coloring = None
        self._selection, self._preview, self._view_before_preview = None, None, None
        self._active = self._hovered = -1
        self._layer.set_levels(data.levels)
        self._contours.set_contours(data.contours)
        self._home = self._home_view()
        if not keep_view:
            self._view = self._home
            self.viewChanged.emit()
        self._forget_drawing()

    def set_preview(self, positions: NDArray[np.floating] | None) -> None:
        """Show (m, 2) positions of a training under way instead of the stars; None brings the stars back.

        Nothing can be selected in a preview; the view glides after its extent.
        """
        if positions is None:
            if self._preview is None:
                return
            self._preview = None
            self._layer.set_levels(self._data.levels)
            self._layer.set_coloring(self._coloring, self._locked)
            self._layer.set_selection(self._selection)
            if self._view_before_preview is not None:
                self._view, self._view_before_preview = self._view_before_preview, None
        else:
            first = self._preview is None
            self._preview = GridIndex(positions[:, 0], positions[:, 1])
            self._layer.set_levels(Levels.of(self._preview))
            target = MapView.around(self._preview.bulk, y_down=self._view.y_down)
            if first:
                self._view_before_preview = self._view
            self._view = target if first else self._view.towards(target, _FOLLOWING)
        self.viewChanged.emit()
        self._forget_drawing()

    def set_selection(self, mask: NDArray[np.bool_]) -> None:
        """Mark the selected stars; mask: (n,) bool over the catalogue's rows."""
        if len(mask) != self._data.index.size:
            raise ValueError("the selection must have one entry for each row of the catalogue")
        self._selection = mask
        if self._preview is None:
            self._layer.set_selection(mask)
            self._forget_drawing()

    def set_coloring(self, coloring: StarColors | None) -> None:
        """Colour the stars shown by numbers or labels, sorted beforehand; None: by their density. Selects nothing.

        Raises ValueError for a colouring of other stars.
        """
        if coloring is not None and coloring.levels is not self._data.levels:
            raise ValueError("a colouring must be made for the stars of the map")
        self._coloring = coloring
        self._recolor()

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

    def set_active(self, row: int | None) -> None:
        """Put the bold ring on a star; None or a negative row: on none."""
        self._active = -1 if row is None else row
        self._repaint()

    def set_hovered(self, row: int | None) -> None:
        """Put the thin ring on a star; None or a negative row: on none."""
        row = -1 if row is None else row
        if row != self._hovered:
            self._hovered = row
            self._repaint()

    def set_axes(self, x_title: str, y_title: str, y_down: bool = False) -> None:
        """Name the two columns, with their units; y_down: y grows down the screen, as magnitudes do."""
        self._titles = x_title, y_title
        self._sky = None
        if y_down == self._view.y_down:
            self._repaint()
            return
        self._home, self._view = replace(self._home, y_down=y_down), replace(self._view, y_down=y_down)
        self._forget_drawing()

    def set_sky(self, projection: Projection) -> None:
        """Take the plane for a projection of the sky: a net of meridians and parallels, the same scale both ways."""
        if self._sky is not None and self._sky.projection == projection:
            return
        self.set_axes("right ascension (deg)", "declination (deg)")
        self._sky = SkyAxes(projection)
        self._home = self._view = self._home_view()
        self.viewChanged.emit()

    def set_stretch(self, name: str) -> None:
        """The curve from counts to shades: "asinh", "log", "sqrt", "linear" or "equalised"."""
        self._stretch = Stretch(name)
        self._repaint()

    def set_color_map(self, name: str) -> None:
        """Draw densities and numbers in a map of `color_maps.SEQUENTIAL`, or numbers about zero in a `DIVERGING` one.

        Raises ValueError for any other name.
        """
        self._maps = self._maps.with_map(name)
        self._layer.set_maps(self._maps)
        self._forget_drawing()

    def set_contours_visible(self, visible: bool) -> None:
        """Draw the contours of the density, or leave them out."""
        self._contours_visible = visible
        self._repaint()

    def set_hidden_labels(self, names: frozenset[str]) -> None:
        """Draw these labels hollow in the legend; whether their stars are shown is for the data to say."""
        self._hidden_labels = names
        self._repaint()

    def view_range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """((left, right), (bottom, top)) of the plot, in data units."""
        return (self._view.x0, self._view.x1), (self._view.y0, self._view.y1)

    def plot_rect(self) -> QRectF:
        """The plot's rectangle on the viewport, in logical pixels, without the axes."""
        return self._plot_in(QRectF(self.viewport().rect()))

    def to_pixel(self, x: float, y: float) -> QPoint:
        """The viewport's pixel at a point of the plane."""
        return self._view.to_pixel(x, y, self.plot_rect()).toPoint()

    def to_data(self, pixel: QPoint | QPointF) -> tuple[float, float]:
        """The point of the plane at a place of the viewport."""
        return self._view.to_data(QPointF(pixel), self.plot_rect())

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a map of the sky, keep the scale, or all of it in view."""
        super().resizeEvent(event)
        if self._sky is None or event.oldSize().isEmpty():
            return
        before = self._plot_in(QRectF(QPointF(), QSizeF(event.oldSize())))
        at_home = self._view == self._home
        self._home = self._home_view()
        self._view = self._home if at_home else self._view.resized(before, self.plot_rect())
        self.viewChanged.emit()

    def sizeHint(self) -> QSize:
        """A comfortable map."""
        return QSize(760, 620)

    def minimumSizeHint(self) -> QSize:
        """The smallest map that can be read."""
        return QSize(280, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the map, then what lies over it."""
        painter = QPainter(self.viewport())
        ratio = self.viewport().devicePixelRatioF()
        self._paint(painter, QRectF(self.viewport().rect()), ratio, theme.colors, None)
        self._paint_rings(painter, theme.colors)
        self._paint_gesture(painter, theme.colors)
        painter.end()

    def _paint_gesture(self, painter: QPainter, colors: Colors) -> None:
        """What a gesture shows while it lasts; drawn by the subclass that knows gestures."""

    def _paint(self, painter: QPainter, area: QRectF, ratio: float, colors: Colors, figure: FigureStyle | None) -> None:
        """Paint the map into an area; figure: None on the screen, where a sample may stand for all stars."""
        plot = self._plot_in(area)
        if plot.width() < _LEAST_PLOT or plot.height() < _LEAST_PLOT:
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
        has_contours = self._contours_visible and self._preview is None and (figure is None or figure.contours)
        if has_contours:
            self._contours.paint_lines(painter, plot, view, colors)
        if drawn.marks is not None:
            painter.drawImage(plot, drawn.marks)
        if has_contours:
            sharpness = ratio if figure is None else None
            self._contours.paint_labels(painter, plot, view, colors, font, sharpness)
        numbered = len(self._data.index if self._preview is None else self._preview) > 0
        if self._sky is not None and numbered:
            self._sky.paint(painter, plot, view, self._titles, colors, font)
        else:
            paint_axes(painter, plot, view, self._titles, colors, font, numbered, snapped=figure is None)
        on_paper = figure is not None and figure.look is Look.PUBLICATION
        legend_area = None
        if isinstance(drawn.key, LabelKey):
            stars, hidden = self._data.index, self._hidden_labels
            legend_area = legend.paint(painter, plot, view, stars, drawn.key, hidden, colors, font)
        elif isinstance(drawn.key, ValueKey):
            paint_value_bar(painter, plot, drawn.key, colors, font)
        elif drawn.stars:
            unit = drawn.unit.replace(_CELL, _cell(raster)) if on_paper else drawn.unit
            paint_color_bar(painter, plot, replace(drawn, unit=unit), colors, font)
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

    def _plot_in(self, area: QRectF) -> QRectF:
        margins = Margins.for_font(self.font())
        return area.adjusted(margins.left, margins.top, -margins.right, -margins.bottom)

    def _drawn(self) -> StarImage:
        """The star layer as the screen shows it."""
        raster = _raster(self._view, self.plot_rect(), self.viewport().devicePixelRatioF())
        return self._picture.image(raster, self._stretch, theme.colors)

    def _recolor(self) -> None:
        if self._preview is None:
            self._layer.set_coloring(self._coloring, self._locked)
            self._forget_drawing()

    def _home_view(self) -> MapView:
        """The view to begin with, of the stars or of all the sky."""
        sky = None if self._sky is None else self._sky.home
        if sky is not None:
            return self._fitted(MapView.around(sky))
        return self._fitted(MapView(*self._data.home, self._view.y_down))

    def _fitted(self, view: MapView) -> MapView:
        """The view, on a map of the sky with equal scales along both axes."""
        plot = self.plot_rect()
        if self._sky is None or plot.width() < _LEAST_PLOT or plot.height() < _LEAST_PLOT:
            return view
        return view.with_equal_scales(plot)

    def _set_view(self, view: MapView) -> None:
        view = self._fitted(view)
        if view != self._view:
            self._view = view
            self.viewChanged.emit()
            self._repaint()

    def _forget_drawing(self) -> None:
        self._picture.forget()
        self._repaint()

    def _repaint(self) -> None:
        self.viewport().update()


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
