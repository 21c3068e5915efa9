"""The pointer over a map: a cross that wears the sign of what the gesture will do."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QFont, QPainter, QPen, QPixmap

from stellar_gui.analysis.selection import Mode

_SIZE, _MIDDLE, _ARM, _FREE = 32, 11, 8, 2


@lru_cache(maxsize=32)
def cross(mode: Mode, ratio: float) -> QCursor:
    """A cross with the mode's sign at its lower right, sharp at ratio device pixels for each logical one."""
    pixmap = QPixmap(round(_SIZE * ratio), round(_SIZE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for width, color in ((3.4, "#ffffff"), (1.4, "#14181d")):
        painter.setPen(QPen(QColor(color), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            start = QPointF(_MIDDLE + _FREE * x, _MIDDLE + _FREE * y)
            painter.drawLine(start, QPointF(_MIDDLE + _ARM * x, _MIDDLE + _ARM * y))
    if mode.symbol:
        badge = QRectF(_MIDDLE + 4, _MIDDLE + 4, 14, 14)
        painter.setPen(QPen(QColor("#ffffff"), 1.2))
        painter.setBrush(QColor("#14181d"))
        painter.drawEllipse(badge)
        font = QFont()
        font.setPixelSize(12)
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, mode.symbol)
    painter.end()
    return QCursor(pixmap, _MIDDLE, _MIDDLE)
