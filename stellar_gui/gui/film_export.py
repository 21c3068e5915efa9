"""A training's film as an animated GIF: painted by the map's own code between events, then packed in a worker."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage

from stellar_gui.analysis.framing import framed
from stellar_gui.analysis.planes import LatentPlane
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.autoencoder.film import Film
from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.views.figure_style import FigureStyle, Look
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.workspace import Workspace

PACE, LAST = 80, 1_500
"""Milliseconds that a frame is shown, and the last one."""
_COLORS = 128


class FilmExport(QObject):
    """Writes one film; `written` hears the path. It lives until it is done."""

    written = Signal(str)

    def __init__(self, workspace: Workspace, film: Film, size: QSize, path: Path) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._film = film
        self._path = path
        self._style = FigureStyle(size.width(), size.height(), Look.SCREEN, contours=False)
        self._frames: list[NDArray[np.uint8]] = []
        self._map = StarMap()
        self._map.set_axes(*LatentPlane().titles)
        last = film.frame(len(film) - 1)
        self._map.show_part(framed(GridIndex(last[:, 0], last[:, 1]).bulk, 0.1))
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._paint_next)

    def start(self) -> None:
        """Paint frame after frame between two events of the window, and pack them."""
        self._timer.start()

    def _paint_next(self) -> None:
        self._map.set_preview(self._film.frame(len(self._frames)), keep_view=True)
        self._frames.append(_pixels(self._map.grab_image(style=self._style)))
        if len(self._frames) < len(self._film):
            return
        self._timer.stop()
        self._map.deleteLater()
        task = Task("Packing the film", lambda: _write(self._frames, self._path), outlives=True)
        task.finished.connect(lambda _: self.written.emit(str(self._path)))
        task.failed.connect(self._workspace.report)
        task.ended.connect(self.deleteLater)
        self._workspace.tasks.start(task)


def _pixels(image: QImage) -> NDArray[np.uint8]:
    """(height, width, 3) uint8, red, green, blue."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return lines[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3).copy()


def _write(frames: list[NDArray[np.uint8]], path: Path) -> None:
    """The frames in the colours of the last one, which shows most of them. Raises OutputError."""
    from PIL import Image  # needed by nothing else in the window

    palette = Image.fromarray(frames[-1]).quantize(_COLORS)
    pictures = [Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    with atomic_target(path) as temporary:
        pictures[0].save(
            temporary,
            format="GIF",
            save_all=True,
            append_images=pictures[1:],
            duration=[PACE] * (len(pictures) - 1) + [LAST],
            loop=0,
            optimize=False,
        )
