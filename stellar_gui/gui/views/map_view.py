"""The part of the plane that a map shows, and the arithmetic between data units and pixels."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from stellar_gui.analysis.framing import LEAST_SPAN, MARGIN, framed
from stellar_gui.analysis.regions import Bounds


@dataclass(frozen=True)
class MapView:
    """The ranges shown, x0 < x1 and y0 < y1 in data units; y grows up the screen, or down it as magnitudes do."""

    x0: float
    x1: float
    y0: float
    y1: float
    y_down: bool = False

    @classmethod
    def around(cls, bounds: Bounds, margin: float = MARGIN, y_down: bool = False) -> "MapView":
        """A view of the bounds with a margin on each side; of one value, a unit range around it."""
        return cls(*framed(bounds, margin), y_down)

    @property
    def bounds(self) -> Bounds:
        """x0, x1, y0, y1."""
        return self.x0, self.x1, self.y0, self.y1

    def to_pixel(self, x: float, y: float, plot: QRectF) -> QPointF:
        """Where a point of the plane lies on the widget, plot being the plot's rectangle there."""
        up = (y - self.y0) / (self.y1 - self.y0)
        return QPointF(
            plot.left() + (x - self.x0) / (self.x1 - self.x0) * plot.width(),
            plot.bottom() - (1 - up if self.y_down else up) * plot.height(),
        )

    def to_data(self, pixel: QPointF, plot: QRectF) -> tuple[float, float]:
        """The point of the plane at a place of the widget."""
        up = (plot.bottom() - pixel.y()) / plot.height()
        return (
            self.x0 + (pixel.x() - plot.left()) / plot.width() * (self.x1 - self.x0),
            self.y0 + (1 - up if self.y_down else up) * (self.y1 - self.y0),
        )

    def pixels_per_unit(self, plot: QRectF) -> tuple[float, float]:
        """The scale along x and along y."""
        return plot.width() / (self.x1 - self.x0), plot.height() / (self.y1 - self.y0)

    def transform(self, plot: QRectF) -> QTransform:
        """From data units to places on the widget."""
        scale_x, scale_y = self.pixels_per_unit(plot)
        origin = self.to_pixel(0.0, 0.0, plot)
        return QTransform(scale_x, 0, 0, scale_y if self.y_down else -scale_y, origin.x(), origin.y())

    def moved(self, right: float, up: float) -> "MapView":
        """The view moved over the plane, to the right and up the screen, in data units."""
        y = -up if self.y_down else up
        return replace(self, x0=self.x0 + right, x1=self.x1 + right, y0=self.y0 + y, y1=self.y1 + y)

    def with_equal_scales(self, plot: QRectF) -> "MapView":
        """The view widened along one axis, so that both have as many pixels for a unit."""
        scale_x, scale_y = self.pixels_per_unit(plot)
        x, y = (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2
        return self._about(x, y, plot, min(scale_x, scale_y))

    def resized(self, before: QRectF, after: QRectF) -> "MapView":
        """The view with the same middle and the same scales, the plot having become smaller or larger."""
        x, y = (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2
        return self._about(x, y, after, self.pixels_per_unit(before)[0])

    def _about(self, x: float, y: float, plot: QRectF, scale: float) -> "MapView":
        half_x, half_y = plot.width() / scale / 2, plot.height() / scale / 2
        return replace(self, x0=x - half_x, x1=x + half_x, y0=y - half_y, y1=y + half_y)

    def zoomed(self, factor_x: float, factor_y: float, x: float, y: float) -> "MapView":
        """The view with its spans multiplied by the factors, (x, y) staying where it is; self at the limit."""
        new = self
        if factor_x != 1:
            new = replace(new, x0=x + (self.x0 - x) * factor_x, x1=x + (self.x1 - x) * factor_x)
        if factor_y != 1:
            new = replace(new, y0=y + (self.y0 - y) * factor_y, y1=y + (self.y1 - y) * factor_y)
        return new if new._can_be_drawn() else self

    def towards(self, other: "MapView", share: float) -> "MapView":
        """The view a share of the way to another."""
        x0, x1, y0, y1 = (a + share * (b - a) for a, b in zip(self.bounds, other.bounds, strict=True))
        return MapView(x0, x1, y0, y1, other.y_down)

    def _can_be_drawn(self) -> bool:
        def wide_enough(low: float, high: float) -> bool:
            return 1e15 > high - low > LEAST_SPAN * max(abs(low), abs(high)) + 1e-12

        return wide_enough(self.x0, self.x1) and wide_enough(self.y0, self.y1)
