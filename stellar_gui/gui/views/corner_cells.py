"""How the frames of a corner plot are filled: counts as an image, counts as a histogram."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from stellar_gui.analysis.corner import CORNER_BINS
from stellar_gui.gui.views.color_ramp import STEPS

_FAINTEST_LEVEL = 0.14  # of the colour ramp, where one star is


def useful_bins(number: int, pixels: int) -> int:
    """Bins per axis: no more than the pixels can show, nor than the stars can fill; a divisor of the bins counted."""
    wanted = min(pixels, max(math.sqrt(number) * 0.6, 24))
    return next((bins for bins in (120, 60, 40, 30) if bins <= wanted), 24)


def density_image(counts: NDArray[np.float32], bins: int, colors: NDArray[np.uint32], size: QSize) -> QImage:
    """Counts (row bin, column bin) as an image of that size; colors: (STEPS,), ARGB, by log-stretched count."""
    factor = CORNER_BINS // bins
    merged = counts.reshape(bins, factor, bins, factor).sum(axis=(1, 3))
    densest = max(float(merged.max()), 1.0)
    level = np.log1p(merged) / math.log1p(densest)
    step = (STEPS - 1) * (_FAINTEST_LEVEL + (1 - _FAINTEST_LEVEL) * level)
    pixels = np.ascontiguousarray(colors[np.where(merged > 0, step, 0).astype(np.intp)])
    image = QImage(pixels.data, bins, bins, 4 * bins, QImage.Format.Format_ARGB32_Premultiplied).copy()
    crisp = size.width() >= 2 * bins
    mode = Qt.TransformationMode.FastTransformation if crisp else Qt.TransformationMode.SmoothTransformation
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)


def paint_histogram(
    painter: QPainter, frame: QRectF, counts: NDArray[np.float64], number: int, line: QColor, fill: QColor | None
) -> None:
    """Draw one band's counts, which number stars in all, as high as the frame has room."""
    bins = useful_bins(number, int(frame.width()))
    merged = counts.reshape(bins, -1).sum(axis=1)
    if not merged.any():
        return
    first, last = np.flatnonzero(merged)[[0, -1]]
    edges = np.repeat(np.linspace(frame.left(), frame.right(), bins + 1)[first : last + 2], 2)
    tops = np.repeat(frame.bottom() - merged[first : last + 1] / merged.max() * (frame.height() - 5), 2)
    heights = np.concatenate([[frame.bottom()], tops, [frame.bottom()]])
    outline = QPolygonF([QPointF(x, y) for x, y in zip(edges.tolist(), heights.tolist(), strict=True)])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if fill is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(outline)
    painter.setPen(QPen(line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(outline)
