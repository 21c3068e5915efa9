"""Icons: Material Design glyphs by qtawesome, drawn anew when the theme changes."""

from typing import Protocol

import qtawesome
from PySide6.QtGui import QIcon, QPixmap
from shiboken6 import isValid

from stellar_gui.gui.theme import theme


class _TakesIcon(Protocol):
    def setIcon(self, icon: QIcon) -> None: ...


_attached: list[tuple[_TakesIcon, str]] = []


def attach(target: _TakesIcon, glyph: str) -> None:
    """Give an action or button the glyph (for example "mdi6.lasso"), now and at every change of theme."""
    _attached.append((target, glyph))
    target.setIcon(_icon(glyph))


def pixmap(glyph: str, size: int = 16) -> QPixmap:
    """The glyph as a picture of size x size logical pixels, in secondary text's colour."""
    icon: QIcon = qtawesome.icon(glyph, color=theme.colors.muted)
    return icon.pixmap(size, size)


def _icon(glyph: str) -> QIcon:
    colors = theme.colors
    icon: QIcon = qtawesome.icon(
        glyph, color=colors.text, color_disabled=colors.muted, color_on=colors.primary, scale_factor=1.1
    )
    return icon


def _redraw() -> None:
    _attached[:] = [(target, glyph) for target, glyph in _attached if isValid(target)]
    for target, glyph in _attached:
        target.setIcon(_icon(glyph))


theme.changed.connect(_redraw)
