"""A map as a file: PNG at a chosen scale, or SVG and PDF with vector axes and texts and the star layer as pixels."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QSaveFile, QSizeF
from PySide6.QtGui import QImage, QImageWriter, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from stellar_gui import __version__
from stellar_gui.errors import OutputError
from stellar_gui.gui.views.figure_style import FigureStyle
from stellar_gui.gui.views.painted_map import PaintedMap

FORMATS = {".png": "PNG picture", ".svg": "SVG drawing", ".pdf": "PDF document"}
STAR_DPI = 300
"""Dots per inch of the star layer in SVG and PDF."""
MM_PER_INCH = 25.4

_TITLE = "Star map"


def image(canvas: PaintedMap, style: FigureStyle, scale: float) -> QImage:
    """The map as a picture of one pixel ratio, scale pixels for each logical one; its true size is in its metadata."""
    picture = canvas.grab_image(scale, style)
    picture.setDevicePixelRatio(1)
    dots_per_metre = round(canvas.logicalDpiX() * scale / MM_PER_INCH * 1000)
    picture.setDotsPerMeterX(dots_per_metre)
    picture.setDotsPerMeterY(dots_per_metre)
    return picture


def png(canvas: PaintedMap, style: FigureStyle, scale: float) -> bytes:
    """The map as pixels, scale of them for each logical one."""
    data = QByteArray()
    buffer = _opened(data)
    QImageWriter(buffer, QByteArray(b"png")).write(image(canvas, style, scale))
    return bytes(data.data())


def svg(canvas: PaintedMap, style: FigureStyle) -> bytes:
    """The map as a drawing: axes, contours, texts and colour bar as vectors, the stars as an image."""
    data = QByteArray()
    buffer = _opened(data)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(canvas.logicalDpiX())
    generator.setSize(QRect(0, 0, style.width, style.height).size())
    generator.setViewBox(QRect(0, 0, style.width, style.height))
    generator.setTitle(_TITLE)
    painter = QPainter(generator)
    canvas.paint_figure(painter, STAR_DPI / canvas.logicalDpiX(), style)
    painter.end()
    return bytes(data.data())


def pdf(canvas: PaintedMap, style: FigureStyle) -> bytes:
    """The map as one page of its size: as the SVG, with the fonts in the file and the stars without loss."""
    data = QByteArray()
    buffer = _opened(data)
    dpi = canvas.logicalDpiX()
    writer = QPdfWriter(buffer)
    writer.setResolution(dpi)
    writer.setTitle(_TITLE)
    writer.setCreator(f"Stellar GUI {__version__}")
    size = QSizeF(style.width, style.height) / dpi
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Inch, _TITLE, QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF())
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    canvas.paint_figure(painter, STAR_DPI / dpi, style)
    painter.end()
    return bytes(data.data())


def save_figure(canvas: PaintedMap, path: Path, style: FigureStyle, scale: float) -> None:
    """Write the map in the format of the path's ending; the file appears whole or not at all. Raises OutputError."""
    makers = {
        ".png": lambda: png(canvas, style, scale),
        ".svg": lambda: svg(canvas, style),
        ".pdf": lambda: pdf(canvas, style),
    }
    make = makers.get(path.suffix.lower())
    if make is None:
        raise OutputError(f"{path.name} is neither a .png, a .svg nor a .pdf file; choose one of these endings.")
    file = QSaveFile(str(path))
    if file.open(QIODevice.OpenModeFlag.WriteOnly):
        content = make()
        if file.write(content) == len(content) and file.commit():
            return
    raise OutputError(f"{path} could not be written: {file.errorString()}. Choose another folder.")


def _opened(data: QByteArray) -> QBuffer:
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
