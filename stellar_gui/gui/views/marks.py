"""Small marks over a map: the rings of the active and the hovered star, a note, the bubble with the live count."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.axes import axis_font

_ACTIVE_RADIUS, _HOVER_RADIUS = 7.5, 6.5
CORNER, HANDLE, SMALL_HANDLE = 3.0, 4.0, 2.4
"""Radii in logical pixels."""
_CHOSEN_CORNER, _GRIP, _DIAMOND = 6.0, 7.0, 6.0


def paint_ring(painter: QPainter, plot: QRectF, centre: QPointF, bold: bool, colors: Colors) -> None:
    """A ring round a star: bold for the active one, thin for the hovered one, with a halo around it."""
    painter.save()
    painter.setClipRect(plot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = _ACTIVE_RADIUS if bold else _HOVER_RADIUS
    halo = QColor(colors.card)
    halo.setAlpha(200)
    for color, width in ((halo, 4.6 if bold else 3.2), (QColor(colors.ink), 2.2 if bold else 1.2)):
        painter.setPen(QPen(color, width))
        painter.drawEllipse(centre, radius, radius)
    painter.restore()


def paint_corner(
    painter: QPainter, place: QPointF, colors: Colors, chosen: bool = False, radius: float = CORNER
) -> None:
    """A corner of an outline, or a handle; chosen: the pointer is on it."""
    painter.save()
    radius = _CHOSEN_CORNER if chosen else radius
    painter.setPen(QPen(QColor(colors.accent), 1.6))
    painter.setBrush(QColor(colors.accent if chosen else colors.card))
    painter.drawEllipse(place, radius, radius)
    painter.restore()


def paint_diamond(painter: QPainter, plot: QRectF, centre: QPointF, colors: Colors) -> None:
    """A decoded place, marked as its magnitudes are in the charts, with a halo around it."""
    painter.save()
    painter.setClipRect(plot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    arms = (QPointF(0, -_DIAMOND), QPointF(_DIAMOND, 0), QPointF(0, _DIAMOND), QPointF(-_DIAMOND, 0))
    corners = QPolygonF([centre + arm for arm in arms])
    painter.setBrush(QColor(colors.primary))
    for color, width in ((colors.card, 6.0), (colors.ink, 1.6)):
        painter.setPen(QPen(QColor(color), width))
        painter.drawPolygon(corners)
    painter.restore()


def paint_grip(painter: QPainter, place: QPointF, colors: Colors, chosen: bool = False) -> None:
    """A cross by which a region is moved as a whole; chosen: the pointer is on it."""
    painter.save()
    painter.setPen(QPen(QColor(colors.card), 5.0))
    painter.drawEllipse(place, _GRIP, _GRIP)
    painter.setPen(QPen(QColor(colors.accent), 1.6))
    painter.setBrush(QColor(colors.accent if chosen else colors.card))
    painter.drawEllipse(place, _GRIP, _GRIP)
    painter.setPen(QPen(QColor(colors.card if chosen else colors.accent), 1.6))
    arm = _GRIP - 2.5
    painter.drawLine(place - QPointF(arm, 0), place + QPointF(arm, 0))
    painter.drawLine(place - QPointF(0, arm), place + QPointF(0, arm))
    painter.restore()


def paint_note(painter: QPainter, plot: QRectF, text: str, colors: Colors, font: QFont) -> None:
    """A line of secondary text in the plot's lower right corner."""
    painter.save()
    painter.setFont(axis_font(font))
    painter.setPen(QColor(colors.muted))
    inner = plot.adjusted(8, 6, -8, -6)
    painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, text)
    painter.restore()


def paint_bubble(painter: QPainter, plot: QRectF, pointer: QPointF, text: str, colors: Colors, font: QFont) -> None:
    """A line of text beside the pointer, kept within the plot."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(axis_font(font))
    metrics = painter.fontMetrics()
    bubble = QRectF(pointer.x() + 16, pointer.y() + 14, metrics.horizontalAdvance(text) + 16, metrics.height() + 8)
    if bubble.right() > plot.right():
        bubble.moveRight(pointer.x() - 16)
    if bubble.bottom() > plot.bottom():
        bubble.moveBottom(pointer.y() - 14)
    bubble.moveLeft(max(bubble.left(), plot.left()))
    bubble.moveTop(max(bubble.top(), plot.top()))
    painter.setPen(QPen(QColor(colors.border), 1))
    painter.setBrush(QColor(colors.card))
    painter.drawRoundedRect(bubble, 4, 4)
    painter.setPen(QColor(colors.text))
    painter.drawText(bubble, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
