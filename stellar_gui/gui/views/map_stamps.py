"""Small maps in rows, each under its name, with the members of a group in a colour."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.chart_style import pen, small_font
from stellar_gui.gui.views.stamp import stamp

LARGEST = 108
SMALLEST = 80
GAP = 6
_PALEST = 0.45  # how much of the group's colour a pixel with a single member takes


@dataclass(frozen=True, eq=False)
class MapStamp:
    """A map's name, and the numbers of all stars and of members on its pixels, (side, side) uint16, top row first."""

    name: str
    stars: NDArray[np.uint16]
    members: NDArray[np.uint16]


class MapStamps(QWidget):
    """As many stamps in a row as the width has room for, at least three."""

    def __init__(self) -> None:
        super().__init__()
        self._stamps: tuple[MapStamp, ...] = ()
        self._color = ""
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def set_stamps(self, stamps: Sequence[MapStamp], color: str) -> None:
        """Show other maps, the members in a colour, hexadecimal; an empty one is the selection's."""
        self._stamps, self._color = tuple(stamps), color
        self.setAccessibleDescription(", ".join(one.name for one in stamps))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of the rows that width calls for."""
        columns, side = self._grid(width)
        rows = -(-len(self._stamps) // columns)
        return max(rows * (side + self._line() + GAP) - GAP, 0)

    def sizeHint(self) -> QSize:
        """Three in a row."""
        width = 3 * (SMALLEST + GAP)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Three small ones in a row."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the maps."""
        columns, side = self._grid(self.width())
        line = self._line()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setFont(small_font(self.font()))
            for place, one in enumerate(self._stamps):
                row, column = divmod(place, columns)
                corner = QPoint(column * (side + GAP), row * (side + line + GAP))
                frame = QRect(corner, QSize(side, side))
                painter.drawImage(frame, self._image(one))
                painter.setPen(pen(theme.colors.border, 1.0))
                painter.drawRect(frame.adjusted(0, 0, -1, -1))
                painter.setPen(QColor(theme.colors.muted))
                words = QRect(corner + QPoint(0, side), QSize(side, line))
                painter.drawText(words, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom), one.name)

    def _image(self, one: MapStamp) -> QImage:
        image = stamp(one.stars, theme.colors)
        height, width = one.members.shape
        pixels = np.frombuffer(image.bits(), np.uint8).reshape(height, width, 4)
        color = QColor(self._color or theme.colors.accent)
        share = one.members / np.maximum(one.stars, 1)
        weight = np.where(one.members > 0, _PALEST + (1 - _PALEST) * share, 0.0)[:, :, None]
        target = np.array([color.blue(), color.green(), color.red()], np.float64)
        pixels[:, :, :3] = np.rint((1 - weight) * pixels[:, :, :3] + weight * target)
        return image

    def _grid(self, width: int) -> tuple[int, int]:
        """Stamps in a row, and their side."""
        columns = max((width + GAP) // (LARGEST + GAP), 3)
        return columns, min((width - (columns - 1) * GAP) // columns, LARGEST)

    def _line(self) -> int:
        return self.fontMetrics().height() + 2
