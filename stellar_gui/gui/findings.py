"""The findings: what analyses say of every star, kept as columns that can be coloured by, exported and saved."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from stellar_gui.analysis.findings import Finding
from stellar_gui.gui.undo import ChangeCommand


class Findings(QObject):
    """The part of the workspace's state that is a list of findings, each of its own name; changes are undoable."""

    findingsChanged = Signal()

    def __init__(self, undo_stack: QUndoStack, parent: QObject) -> None:
        super().__init__(parent)
        self._undo_stack = undo_stack
        self._all: tuple[Finding, ...] = ()

    @property
    def all(self) -> tuple[Finding, ...]:
        """All findings, in the order of their making."""
        return self._all

    def get(self, name: str) -> Finding | None:
        """The finding of that name; None without one."""
        return next((finding for finding in self._all if finding.name == name), None)

    def reset(self, findings: tuple[Finding, ...]) -> None:
        """Hold another session's findings; the workspace tells of it, not this."""
        self._all = findings

    def put(self, finding: Finding, text: str) -> None:
        """Add a finding, in place of the one of its name if there is one, as an undoable step with a name."""
        known = {one.name for one in self._all}
        if finding.name in known:
            new = tuple(finding if one.name == finding.name else one for one in self._all)
        else:
            new = (*self._all, finding)
        self._push(new, text)

    def remove(self, name: str) -> None:
        """Forget a finding, as an undoable step."""
        finding = self.get(name)
        if finding is not None:
            self._push(tuple(one for one in self._all if one is not finding), f"remove {finding.title.lower()}")

    def _push(self, new: tuple[Finding, ...], text: str) -> None:
        old = self._all
        self._undo_stack.push(ChangeCommand(text, lambda: self._assign(new), lambda: self._assign(old)))

    def _assign(self, findings: tuple[Finding, ...]) -> None:
        self._all = findings
        self.findingsChanged.emit()
