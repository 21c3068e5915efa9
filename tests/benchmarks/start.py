"""From the start of the program to its visible window, against an empty window of the same libraries."""

import subprocess
import sys
import time
from statistics import median

OURS = """
from stellar_gui.gui.application import create_application
application = create_application(["stellar-gui"])
from stellar_gui.gui.main_window import MainWindow
window = MainWindow()
window.show()
application.processEvents()
"""
PEER = """
import numpy, pandas, pyqtgraph
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication(["empty"])
window = QMainWindow()
window.resize(1680, 1000)
window.show()
application.processEvents()
"""
BAR = 2.5


def run(quick: bool) -> list[dict[str, object]]:
    """Whole processes, alternately; seconds."""
    repetitions = 5 if quick else 11
    times: dict[str, list[float]] = {OURS: [], PEER: []}
    for _ in range(repetitions + 1):
        for code in times:
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
            times[code].append(time.perf_counter() - begin)
    ours, peer = (median(times[code][1:]) for code in (OURS, PEER))
    ratio = ours / peer
    return [
        {
            "work": "start to visible window",
            "ours": ours,
            "peer": peer,
            "ratio": ratio,
            "bar": f"<= {BAR}",
            "met": ratio <= BAR,
            "unit": "s",
        }
    ]
