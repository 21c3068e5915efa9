"""The bar above the map that offers the unsaved work of an earlier window, once something else is open."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton

from stellar_gui.gui import icons
from stellar_gui.gui.recovery import LeftOver
from stellar_gui.gui.widgets.card import ElidedLabel


class RestoreBar(QFrame):
    """Says what is kept, newest first, and offers to restore it, to discard it, or to leave it for later."""

    restoreRequested = Signal(object)
    discardRequested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("restoreBar")
        self.setAccessibleName("Unsaved work of an earlier window")
        self._copy: LeftOver | None = None
        self._wanted, self._left = False, False
        self._text = ElidedLabel()
        self._text.setObjectName("restoreText")
        restore = QPushButton("Restore")
        restore.setObjectName("restoreButton")
        restore.clicked.connect(lambda: self.restoreRequested.emit(self._copy))
        discard = QPushButton("Discard")
        discard.setObjectName("discardUnsavedButton")
        discard.setToolTip("Remove this work for good")
        discard.clicked.connect(lambda: self.discardRequested.emit(self._copy))
        later = QToolButton()
        later.setObjectName("restoreLaterButton")
        later.setAccessibleName("Leave the unsaved work for later")
        later.setToolTip("Later; the File menu restores it too")
        later.setAutoRaise(True)
        icons.attach(later, "mdi6.close")
        later.clicked.connect(self._leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        for button in (restore, discard, later):
            row.addWidget(button)
        self._show()

    def set_copies(self, found: Sequence[LeftOver]) -> None:
        """Offer the newest of these."""
        self._copy = found[0] if found else None
        if self._copy is not None:
            self._text.setText(f"Unsaved work of {self._copy.when} on {self._copy.name} is kept.")
        self._show()

    def set_wanted(self, wanted: bool) -> None:
        """Whether there is need of the bar; the welcome page has its own offer."""
        self._wanted = wanted
        self._show()

    def _leave(self) -> None:
        self._left = True
        self._show()

    def _show(self) -> None:
        self.setVisible(self._wanted and not self._left and self._copy is not None)
