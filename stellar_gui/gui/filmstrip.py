"""The filmstrip below the latent map: the training of the run shown, frame by frame, to scrub and to play."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton

from stellar_gui import numbers
from stellar_gui.autoencoder.film import Film
from stellar_gui.gui import icons
from stellar_gui.gui.theme import tabular_font
from stellar_gui.gui.workspace import Workspace

PACE = 66
"""Milliseconds that a frame is shown while the film plays."""


class Filmstrip(QFrame):
    """Asks the workspace to show frames of the current run's film; at the right end the map shows all stars.

    It opens by itself when a training has ended, and `open` brings it back.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("filmstrip")
        self.setAccessibleName("Film of the training")
        self._workspace = workspace
        self._film: Film | None = None
        self._was_recording = False
        self._play = _button("filmstripPlay", "mdi6.play", "Play the film of the training")
        self._pause = _button("filmstripPause", "mdi6.pause", "Hold the film")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("filmstripSlider")
        self.slider.setProperty("themed", True)
        self.slider.setAccessibleName("Frame of the training's film")
        self.slider.setToolTip("The training of this run; at the right end all stars are shown (Esc)")
        self.slider.setPageStep(10)
        self._label = QLabel()
        self._label.setObjectName("filmstripLabel")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setFont(tabular_font(self._label.font()))
        self._label.setProperty("muted", True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        close = _button("filmstripClose", "mdi6.close", "Close the film; Training > Show training film brings it back")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for widget in (self._play, self._pause, self.slider, self._label, close):
            line.addWidget(widget)
        line.setStretchFactor(self.slider, 1)
        self._timer = QTimer(self, interval=PACE)
        self._timer.timeout.connect(self._advance)
        self._play.clicked.connect(self.play)
        self._pause.clicked.connect(self.pause)
        self.slider.valueChanged.connect(self._seek)
        self.slider.sliderPressed.connect(self.pause)
        close.clicked.connect(self.put_away)
        workspace.runs.runsChanged.connect(self._follow_runs)
        workspace.previewChanged.connect(self._follow_preview)
        self.pause()
        self.hide()

    @property
    def film(self) -> Film | None:
        """The film of the run shown."""
        return self._film

    @property
    def available(self) -> bool:
        """Whether the run shown has a film."""
        return self._film is not None

    def open(self) -> None:
        """Show the strip, ready for the keyboard."""
        if self._film is not None:
            self.show()
            self.slider.setFocus()

    def put_away(self) -> None:
        """Close the strip and show all stars again."""
        self._rewind()
        self.hide()

    def play(self) -> None:
        """Show frame after frame, from the beginning where the film is at its end."""
        if self._film is None:
            return
        if self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self._timer.start()
        self._play.hide()
        self._pause.show()

    def pause(self) -> None:
        """Stay at the frame shown."""
        self._timer.stop()
        self._pause.hide()
        self._play.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, Space plays and holds."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        elif event.key() == Qt.Key.Key_Space:
            (self.pause if self._timer.isActive() else self.play)()
        else:
            super().keyPressEvent(event)

    def _advance(self) -> None:
        self.slider.setValue(self.slider.value() + 1)
        if self.slider.value() == self.slider.maximum():
            self.pause()

    def _seek(self, number: int) -> None:
        if self._film is None:
            return
        self._show_label()
        if number < self.slider.maximum():
            self._workspace.set_preview(self._film.frame(number), from_film=True)
        else:
            self._leave()

    def _leave(self) -> None:
        if self._workspace.film_shown:
            self._workspace.set_preview(None)

    def _rewind(self) -> None:
        """Go to the end of the film, where the map shows all stars."""
        self.pause()
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, 0 if self._film is None else len(self._film) - 1)
            self.slider.setValue(self.slider.maximum())
        self._show_label()
        self._leave()

    def _show_label(self) -> None:
        if self._film is None:
            return
        label, number = self._label, self.slider.value()
        last, worst = int(self._film.epoch[-1]), float(self._film.validation_mse.max())
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance(_told(last, last, worst)) + 8)
        label.setText(_told(int(self._film.epoch[number]), last, float(self._film.validation_mse[number])))

    def _follow_runs(self) -> None:
        runs = self._workspace.runs
        has_ended, self._was_recording = self._was_recording and not runs.recording, runs.recording
        film = None if runs.current is None or runs.recording else runs.current.film
        if film is not None and film.latent.shape[2] < 2:
            film = None
        if film is not self._film:
            self._film = film
            self._rewind()
        if film is None:
            self.hide()
        elif has_ended:
            self.show()

    def _follow_preview(self) -> None:
        if self._workspace.preview is not None and not self._workspace.film_shown:
            self.pause()
            self.hide()


def _told(epoch: int, last: int, error: float) -> str:
    return f"epoch {numbers.count(epoch)} of {numbers.count(last)} \N{MIDDLE DOT} {numbers.fixed(error, 4)} mag²"


def _button(name: str, glyph: str, meaning: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(meaning)
    button.setToolTip(meaning)
    button.setAutoRaise(True)
    icons.attach(button, glyph)
    return button
