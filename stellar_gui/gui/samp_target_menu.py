"""The menu of the programs to which SAMP sends: all of them, or one."""

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from stellar_gui.gui.samp import Samp
from stellar_gui.session.samp.link import Program


class SampTargetMenu(QMenu):
    """Follows who is connected; what is chosen holds for everything that is sent."""

    def __init__(self, samp: Samp, parent: QWidget) -> None:
        super().__init__("Send &to", parent)
        self.setObjectName("sampTargetMenu")
        self._samp = samp
        self._group = QActionGroup(self)
        samp.stateChanged.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        for action in self._group.actions():
            self._group.removeAction(action)
            action.deleteLater()
        self.clear()
        self._add("&All programs", None)
        if self._samp.programs:
            self.addSeparator()
        for program in self._samp.programs:
            self._add(program.name.replace("&", "&&"), program)
        self.setEnabled(self._samp.connected)

    def _add(self, text: str, program: Program | None) -> None:
        action = self.addAction(text)
        action.setCheckable(True)
        action.setChecked(program == self._samp.target)
        action.triggered.connect(lambda _=False: self._samp.set_target(program))
        self._group.addAction(action)
