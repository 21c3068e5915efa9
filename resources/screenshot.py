"""Makes the README's pictures: opens the sample, trains, opens maps, lassoes the white dwarfs, saves both themes.

Run in the program's environment:  .venv/bin/python resources/screenshot.py
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
    os.environ[name] = tempfile.mkdtemp()

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QPushButton, QToolButton
from shapely.geometry import MultiPoint

from stellar_gui.gui.application import create_application
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.views.star_map import StarMap

SIZE = (1560, 1000)
OUT = Path(__file__).parent / "images"
GROUP = "white dwarf"
LEVEL = 5


def wait_until(condition: Callable[[], object], seconds: float = 300) -> None:
    """Run the event loop until the condition holds."""
    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: condition() and loop.quit())
    timer.start(50)
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()
    if not condition():
        sys.exit("the window did not come to rest in time")


def settle(window: MainWindow) -> None:
    """Wait until nothing is under way and all is painted."""
    wait_until(lambda: not window.workspace.tasks.running)
    loop = QEventLoop()
    QTimer.singleShot(800, loop.quit)
    loop.exec()


def lasso(window: MainWindow, kind: str) -> None:
    """Draw round the inner half of a population, as a hand with a mouse would."""
    workspace = window.workspace
    star_map = window.findChild(StarMap, "latentView")
    members = workspace.kept & (workspace.catalog.table["kind"].to_numpy() == kind)
    latent = workspace.embedding.latent[members]
    centre = np.median(latent, axis=0)
    distance = np.hypot(*((latent - centre) / np.std(latent, axis=0)).T)
    outline = MultiPoint(latent[distance < np.quantile(distance, 0.5)]).convex_hull.buffer(0.04)
    window.findChild(QAction, "actionToolLasso").trigger()
    path = [
        star_map.to_pixel(*outline.exterior.interpolate(part, normalized=True).coords[0])
        for part in np.linspace(0, 1, 60)
    ]
    canvas, left = star_map.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=path[0])
    for pixel in path[1:]:
        QTest.mouseMove(canvas, pixel)
    QTest.mouseRelease(canvas, left, pos=path[-1])


def few_colors(image: QImage) -> QImage:
    """The picture with every fifth level of each colour only: half the size in the repository, the same to the eye."""
    image = image.convertToFormat(QImage.Format.Format_RGBX8888)
    pixels = np.frombuffer(image.bits(), np.uint8).reshape(image.height(), -1, 4)
    pixels[:] = np.rint(pixels / LEVEL) * LEVEL
    return image.convertToFormat(QImage.Format.Format_RGB888)


def main() -> None:
    application = create_application(["stellar-gui"])
    window = MainWindow()
    window.resize(*SIZE)
    window.show()
    theme.choose(ThemeChoice.LIGHT)
    window.open_sample()
    wait_until(lambda: window.workspace.catalog is not None)
    settle(window)
    QTest.mouseClick(window.findChild(QPushButton, "trainButton"), Qt.MouseButton.LeftButton)
    wait_until(lambda: window.workspace.model is not None)
    settle(window)
    window.findChild(QToolButton, "filmstripClose").click()
    for name in ("actionShowColorMagnitudePanel", "actionShowSkyPanel", "actionShowColorUgrPanel"):
        window.findChild(QAction, name).trigger()
    window.findChild(QDockWidget, "colorMagnitudePanel").raise_()
    settle(window)
    lasso(window, GROUP)
    selected = np.flatnonzero(window.workspace.selection)
    window.workspace.set_active(int(selected[len(selected) // 2]))
    settle(window)
    OUT.mkdir(exist_ok=True)
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        theme.choose(choice)
        settle(window)
        image = few_colors(window.grab().toImage())
        image.save(str(OUT / f"window-{choice.value}.png"))
    window.workspace.mark_saved()
    window.close()
    application.quit()


if __name__ == "__main__":
    main()
