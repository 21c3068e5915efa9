"""The part of the plane that a map shows, and the arithmetic between data units and pixels."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF

from stellar_gui.analysis.framing import LEAST_SPAN, MARGIN, framed
from stellar_gui.analysis.regions import Bounds


@dataclass(frozen=True)
class MapView:
    """The ranges shown, x0 < x1 and y0 < y1 in data units; y points up on the screen."""

    x0: float
    x1: float
    y0: float
    y1: float

    @classmethod
    def around(cls, bounds: Bounds, margin: float = MARGIN) -> "MapView":
        """A view of the bounds with a margin on each side; of one value, a unit range around it."""
        return cls(*framed(bounds, margin))

    @property
    def bounds(self) -> Bounds:
        """x0, x1, y0, y1."""
        return self.x0, self.x1, self.y0, self.y1

    def to_pixel(self, x: float, y: float, plot: QRectF) -> QPointF:
        """Where a point of the plane lies on the widget, plot being the plot's rectangle there."""
        return QPointF(
            plot.left() + (x - self.x0) / (self.x1 - self.x0) * plot.width(),
            plot.bottom() - (y - self.y0) / (self.y1 - self.y0) * plot.height(),
        )

    def to_data(self, pixel: QPointF, plot: QRectF) -> tuple[float, float]:
        """The point of the plane at a place of the widget."""
        return (
            self.x0 + (pixel.x() - plot.left()) / plot.width() * (self.x1 - self.x0),
            self.y0 + (plot.bottom() - pixel.y()) / plot.height() * (self.y1 - self.y0),
        )

    def pixels_per_unit(self, plot: QRectF) -> tuple[float, float]:
        """The scale along x and along y."""
        return plot.width() / (self.x1 - self.x0), plot.height() / (self.y1 - self.y0)

    def moved(self, x: float, y: float) -> "MapView":
        """The view moved by data units."""
        return MapView(self.x0 + x, self.x1 + x, self.y0 + y, self.y1 + y)

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
        pairs = zip(self.bounds, other.bounds, strict=True)
        return replace(
            other, **dict(zip(("x0", "x1", "y0", "y1"), (a + share * (b - a) for a, b in pairs), strict=True))
        )

    def _can_be_drawn(self) -> bool:
        def wide_enough(low: float, high: float) -> bool:
            return 1e15 > high - low > LEAST_SPAN * max(abs(low), abs(high)) + 1e-12

        return wide_enough(self.x0, self.x1) and wide_enough(self.y0, self.y1)
