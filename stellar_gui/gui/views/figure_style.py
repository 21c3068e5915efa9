"""How a figure of a map looks: its size, its colours, and what is drawn on it."""

from dataclasses import dataclass
from enum import Enum

from stellar_gui.gui.theme import PRINT, Colors, theme


class Look(Enum):
    """What a figure is for: paper, whatever the theme on the screen, or to show what the screen shows."""

    PUBLICATION = "publication"
    SCREEN = "screen"

    @property
    def colors(self) -> Colors:
        """The colours to paint with."""
        return PRINT if self is Look.PUBLICATION else theme.colors


@dataclass(frozen=True)
class FigureStyle:
    """width, height: logical pixels; look: colours and wording; contours: whether the contours are drawn."""

    width: int
    height: int
    look: Look = Look.SCREEN
    contours: bool = True
