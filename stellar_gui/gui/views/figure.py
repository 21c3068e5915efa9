"""A map as a file: PNG at a chosen scale, or SVG with vector axes and the star layer as pixels."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSaveFile
from PySide6.QtGui import QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from stellar_gui.errors import OutputError
from stellar_gui.gui.views.map_canvas import MapCanvas

_DOTS_PER_INCH = 96
_PIXELS_IN_SVG = 2.0


def png(canvas: MapCanvas, scale: float) -> bytes:
    """The map as it is shown, scale pixels for each logical one."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(canvas.grab_image(scale))
    return bytes(buffer.data().data())


def svg(canvas: MapCanvas) -> bytes:
    """The map as a drawing: axes, contours and texts as vectors, the stars as an image of twice the pixels."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    size = canvas.viewport().size()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(_DOTS_PER_INCH)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle("Star map")
    painter = QPainter(generator)
    canvas.paint_figure(painter, _PIXELS_IN_SVG)
    painter.end()
    return bytes(data.data())


def save_figure(canvas: MapCanvas, path: Path, scale: float) -> None:
    """Write the map in the format of the path's ending; the file appears whole or not at all. Raises OutputError."""
    makers = {".png": lambda: png(canvas, scale), ".svg": lambda: svg(canvas)}
    make = makers.get(path.suffix.lower())
    if make is None:
        raise OutputError(f"{path.name} is neither a .png nor a .svg file; choose one of these endings.")
    file = QSaveFile(str(path))
    content = make()
    written = file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(content) == len(content)
    if not written or not file.commit():
        raise OutputError(f"{path} could not be written: {file.errorString()}. Choose another folder.")
