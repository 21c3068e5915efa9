"""The state of a star map's picture: its stars, its part of the plane, and how they look."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from stellar_gui.analysis.density import Stretch
from stellar_gui.analysis.hues import Limits, StarColors
from stellar_gui.analysis.map_data import MapData, map_data
from stellar_gui.analysis.sky import Projection
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.analysis.subset_marks import Codes
from stellar_gui.analysis.thinning import Levels
from stellar_gui.analysis.trust import Shading, TrustMap
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.axes import Margins
from stellar_gui.gui.views.color_maps import ColorMaps
from stellar_gui.gui.views.contour_layer import ContourLayer
from stellar_gui.gui.views.density_layer import DensityLayer
from stellar_gui.gui.views.hue_image import LegendEntry
from stellar_gui.gui.views.legend import Legend, LegendArea
from stellar_gui.gui.views.map_view import MapView
from stellar_gui.gui.views.shading_layer import ShadingLayer
from stellar_gui.gui.views.sky_axes import SkyAxes
from stellar_gui.gui.views.star_picture import StarPicture
from stellar_gui.gui.views.subset_layer import SubsetLayer
from stellar_gui.progress import drain

LEAST_PLOT = 2.0  # logical pixels
_FOLLOWING = 0.35  # share of the way to the next view for each snapshot of a training


class MapCanvas(QAbstractScrollArea):
    """Holds what is drawn of any two columns of numbers; `PaintedMap` paints it.

    Places on the widget are pixels of `viewport()`; the plane is in data units. It repaints at most once a turn of the
    event loop, whatever is asked of it.
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
        self._subsets = SubsetLayer(self._data.levels)
        self._contours = ContourLayer()
        self._shading = ShadingLayer()
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
        self._subsets.set_levels(data.levels)
        self._contours.set_contours(data.contours)
        self._home = self._home_view()
        if not keep_view:
            self._view = self._home
            self.viewChanged.emit()
        self._forget_drawing()

    def exchange_stars(self, data: MapData) -> None:
        """Show other stars of the same whole, as when some of a survey have been read; view and region stay."""
        self._data = data
        self._layer.set_levels(data.levels)
        self._subsets.set_levels(data.levels)
        self._forget_drawing()

    def set_preview(self, positions: NDArray[np.floating] | None, keep_view: bool = False) -> None:
        """Show (m, 2) positions of a training instead of the stars; None brings the stars back.

        Nothing can be selected in a preview; the view glides after its extent, unless it is kept.
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
            if not keep_view:
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

    def set_subsets(self, codes: Codes, entries: Sequence[LegendEntry]) -> None:
        """Draw stars in the colours of subsets, which begin anew with other data; not over other colours or a shading.

        codes: (n,) uint8 over the catalogue's rows, 0 in none, k in that of the k-th entry; higher ones lie above.
        entries: what the legend tells of them, from the lowest to the uppermost.
        """
        if len(codes) != self._data.index.size:
            raise ValueError("the subsets must have one entry for each row of the catalogue")
        self._subsets.set_subsets(codes, entries)
        self._repaint()

    def set_coloring(self, coloring: StarColors | None) -> None:
        """Colour the stars shown by numbers or labels, sorted beforehand; None: by their density. Selects nothing.

        Raises ValueError for a colouring of other stars.
        """
        if coloring is not None and coloring.levels is not self._data.levels:
            raise ValueError("a colouring must be made for the stars of the map")
        self._coloring = coloring
        self._recolor()

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

    def set_shading(self, trust: TrustMap | None, shading: Shading) -> None:
        """Shade the plane by how far it can be trusted; without a trust map, or by NONE, not at all."""
        self._shading.set_shading(trust, shading)
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

    @property
    def _has_stars(self) -> bool:
        """Whether anything is plotted."""
        stars = self._data.index if self._preview is None else self._preview
        return len(stars) > 0 or (self._preview is None and self._data.levels.counts is not None)

    def _plot_in(self, area: QRectF) -> QRectF:
        margins = Margins.for_font(self.font())
        return area.adjusted(margins.left, margins.top, -margins.right, -margins.bottom)

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
        if self._sky is None or plot.width() < LEAST_PLOT or plot.height() < LEAST_PLOT:
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
