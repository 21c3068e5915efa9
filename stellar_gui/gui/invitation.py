"""The map's place while a catalogue has no model: what Train will do, and one button for it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from stellar_gui import numbers
from stellar_gui.gui.widgets.card import headline


class Invitation(QWidget):
    """A catalogue without a model: what Train will do, and one button for it."""

    trainRequested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = headline("", 1.5)
        text = QLabel(
            "Train the autoencoder to draw them here. It learns to pass the five magnitudes of each star through two "
            "numbers and back; stars with like magnitudes come to lie together."
        )
        text.setWordWrap(True)
        text.setProperty("muted", True)
        button = QPushButton("Train")
        button.setObjectName("invitationTrain")
        button.setProperty("main", True)
        button.clicked.connect(self.trainRequested)
        column = QWidget()
        column.setFixedWidth(400)
        inner = QVBoxLayout(column)
        inner.setSpacing(12)
        inner.addWidget(self._title)
        inner.addWidget(text)
        text.setMinimumHeight(text.heightForWidth(380))
        inner.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._button = button
        self._kept = 0
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(column, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)

    def set_busy(self, training: bool) -> None:
        """While a training starts, there is no other to begin."""
        self._button.setEnabled(self._kept > 0 and not training)

    def set_stars(self, kept: int) -> None:
        """Say how many stars wait to be trained on."""
        self._title.setText(f"{numbers.stars(kept)} ready, no map yet" if kept else "No star passes the checks")
        self._kept = kept
        self.set_busy(False)
