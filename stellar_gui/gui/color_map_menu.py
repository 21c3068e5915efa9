"""The menu of colour maps, each with a small picture of its shades on the theme in force."""

from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QMenu

from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.color_maps import DIVERGING, SEQUENTIAL, ColorMaps, density_ramp, value_ramp
from stellar_gui.gui.views.color_ramp import packed

_SIDE = 16  # logical pixels


class Drawn(Protocol):
    """What is drawn in colour maps."""

    def set_color_map(self, name: str) -> None:
        """Use a colour map of that name."""


class ColorMapMenu(QObject):
    """Offers the maps of densities and numbers, and those of numbers about zero; `chosen` tells of the user's acts."""

    chosen = Signal(str)

    def __init__(self, maps: ColorMaps, parent: QObject) -> None:
        super().__init__(parent)
        self.menu = QMenu("Colour &map")
        self.menu.setObjectName("colourMapMenu")
        self._maps = maps
        self._actions: dict[str, QAction] = {}
        for title, names in (("Density and numbers", SEQUENTIAL), ("Numbers about zero", DIVERGING)):
            self.menu.addSection(title)
            group = QActionGroup(self)
            for name in names:
                action = QAction(name, group)
                action.setCheckable(True)
                action.setChecked(name in (maps.sequential, maps.diverging))
                action.triggered.connect(lambda _, name=name: self._choose(name))
                self.menu.addAction(action)
                self._actions[name] = action
        self._drawn = False
        self.menu.aboutToShow.connect(self._draw)
        theme.changed.connect(self._forget)

    @property
    def maps(self) -> ColorMaps:
        """The maps that are chosen."""
        return self._maps

    def dress(self, drawn: Drawn) -> None:
        """Have a map, or all of them, drawn in the colour maps that are chosen, now and from now on."""
        for name in (self._maps.sequential, self._maps.diverging):
            drawn.set_color_map(name)
        self.chosen.connect(drawn.set_color_map)

    def _choose(self, name: str) -> None:
        self._maps = self._maps.with_map(name)
        self.chosen.emit(name)

    def _forget(self) -> None:
        self._drawn = False

    def _draw(self) -> None:
        """Draw the pictures, which take a while, when somebody is to see them."""
        if not self._drawn:
            self._drawn = True
            for name, action in self._actions.items():
                action.setIcon(QIcon(_picture(name)))


def _picture(name: str) -> QPixmap:
    """The shades as the map on screen wears them, densities from sparse to dense."""
    colors = theme.colors
    ramp = density_ramp(colors, name, False) if name in SEQUENTIAL else value_ramp(colors, name, False)
    side = 2 * _SIDE
    columns = packed(ramp[np.linspace(0, len(ramp) - 1, side).astype(np.intp)])
    strip = np.ascontiguousarray(np.broadcast_to(columns, (side, side)))
    image = QImage(strip.data, side, side, 4 * side, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(2)
    return QPixmap.fromImage(image)
