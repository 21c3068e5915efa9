"""The row of selecting tools and modes above the map of a survey."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from stellar_gui.gui import icons
from stellar_gui.gui.actions import MODE_ACTIONS, MODES, SPECS, TOOLS
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.views.tools import Tool

_TOOLS: Final = ("actionToolPick", "actionToolRectangle", "actionToolCircle", "actionToolLasso", "actionToolPolygon")
_GAP = 14


class SurveyTools(QWidget):
    """Buttons with the names, icons and letters of the main window's."""

    def __init__(self, star_map: StarMap, parent: QWidget) -> None:
        super().__init__(parent)
        self._map = star_map
        self._buttons: dict[str, QToolButton] = {}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        for names in (_TOOLS, MODE_ACTIONS):
            group = QButtonGroup(self)
            for name in names:
                button = _button(name)
                group.addButton(button)
                line.addWidget(button)
                self._buttons[name] = button
            line.addSpacing(_GAP)
        fit = _button("actionFit")
        fit.setCheckable(False)
        fit.clicked.connect(lambda _=False: star_map.fit())
        line.addWidget(fit)
        for name in _TOOLS:
            self._buttons[name].clicked.connect(lambda _=False, tool=TOOLS[name]: star_map.set_tool(tool))
        for name, mode in MODES.items():
            self._buttons[name].clicked.connect(lambda _=False, mode=mode: star_map.set_mode(mode))
        star_map.toolChanged.connect(self._follow_tool)
        self._buttons["actionToolPick"].setChecked(True)
        self._buttons["actionModeReplace"].setChecked(True)

    def _follow_tool(self, tool: Tool) -> None:
        name = next((name for name in _TOOLS if TOOLS[name] is tool), None)
        if name is None:
            self._map.set_tool(Tool.PICK)
        else:
            self._buttons[name].setChecked(True)


def _button(name: str) -> QToolButton:
    spec = SPECS[name]
    button = QToolButton()
    button.setObjectName(f"survey{name[6:]}")
    text = spec.text.replace("&", "")
    button.setAccessibleName(text)
    keys = f" ({spec.shortcut})" if isinstance(spec.shortcut, str) else ""
    button.setToolTip(f"{spec.tip}{keys}")
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setIconSize(QSize(20, 20))
    if spec.glyph is not None:
        icons.attach(button, spec.glyph)
    return button
