"""Makes the README's pictures: opens the sample, trains, lassoes the white dwarfs, and saves the window in both themes.

Run in the program's environment:  QT_QPA_PLATFORM=offscreen .venv/bin/python resources/screenshot.py
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("XDG_CONFIG_HOME", tempfile.mkdtemp())

import numpy as np
import pandas as pd
from PySide6.QtCore import QEventLoop, QTimer

from stellar_gui.analysis.selection import Mode
from stellar_gui.gui.application import create_application
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.theme import ThemeChoice, theme

SIZE = (1680, 1000)
OUT = Path(__file__).parent


def wait_until(condition: object, seconds: float = 300) -> None:
    """Run the event loop until condition() holds."""
    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: condition() and loop.quit())
    timer.start(50)
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()
    if not condition():
        sys.exit("the window did not come to rest in time")
