"""The application object and the start of the window."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType

import pyqtgraph
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from stellar_gui import __version__
from stellar_gui.errors import StellarError
from stellar_gui.gui import theme
from stellar_gui.gui.settings import Settings
from stellar_gui.logfile import set_up_logging

INTERRUPTED = 130
HEARTBEAT_MS = 200


def create_application(argv: Sequence[str]) -> QApplication:
    """The running QApplication, or a new one, with our theme, name and plot settings.

    Raises StellarError where no display or no font is at hand.
    """
    running = QApplication.instance()
    if isinstance(running, QApplication):
        application = running
    else:
        _require_display()
        application = QApplication(list(argv))
    application.setApplicationName("Stellar GUI")
    application.setApplicationVersion(__version__)
    if not QFontDatabase.families():
        raise StellarError("No font is installed, so no text can be drawn: install one, for example fonts-dejavu-core.")
    pyqtgraph.setConfigOption("mouseRateLimit", 0)
    pyqtgraph.setConfigOption("antialias", True)
    theme.theme.choose(Settings().theme)
    theme.install(application)
    set_up_logging()
    return application


def run_window(path: str | None, demo: bool) -> int:
    """Open the window, on a file or on the sample if asked for, and return the exit status when it closes."""
    application = create_application(["stellar-gui"])
    from stellar_gui.gui.main_window import MainWindow

    heartbeat = _quit_on_interrupt(application)
    window = MainWindow()
    heartbeat.start(HEARTBEAT_MS)
    sys.excepthook = _last_resort(window.report)
    window.show()
    if path is not None:
        window.open_path(path)
    elif demo:
        window.open_sample()
    status = int(application.exec())
    window.close()
    return status


def _quit_on_interrupt(application: QApplication) -> QTimer:
    """Let Ctrl-C in the terminal end the program; the timer lets Python see the signal while Qt waits."""
    interrupted = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    heartbeat = QTimer()
    heartbeat.timeout.connect(lambda: application.exit(INTERRUPTED) if interrupted.is_set() else None)
    return heartbeat


def _last_resort(report: Callable[[Exception], None]) -> Callable[..., None]:
    """The hook for exceptions that nobody caught: they go to the log and to one message; the program goes on."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, Exception):
            report(error)
        else:
            QApplication.quit()

    return hook


def _require_display() -> None:
    wanted = os.environ.get("QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not wanted:
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            raise StellarError(
                "No display was found: start the program in a desktop session, "
                "or set QT_QPA_PLATFORM=offscreen to run it without one."
            )
