"""Figures through the dialog, by mouse and keyboard, and what is in the files."""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from stellar_gui.errors import OutputError
from stellar_gui.gui.figure_dialog import LEAST, MOST, FigureDialog, size_in_mm, style_of
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.settings import FigureChoices, Settings
from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.views import figure
from stellar_gui.gui.views.figure_style import FigureStyle, Look
from stellar_gui.gui.views.star_map import StarMap

Left, Key = Qt.MouseButton.LeftButton, Qt.Key


@pytest.fixture(autouse=True)
def first_choices() -> Iterator[None]:
    yield
    QSettings("stellar-gui", "stellar-gui").remove("figure")


@pytest.fixture
def dialog(qtbot: QtBot, star_map: StarMap, tmp_path: Path) -> FigureDialog:
    return opened(qtbot, star_map, tmp_path)


def opened(qtbot: QtBot, star_map: StarMap, folder: Path) -> FigureDialog:
    settings = Settings()
    settings.remember_folder(str(folder / "any"))
    made = FigureDialog(star_map, "latent_view", settings, star_map)
    made.open()
    qtbot.waitExposed(made)
    return made


def choose(qtbot: QtBot, dialog: QWidget, name: str, text: str) -> None:
    combo = dialog.findChild(QComboBox, name)
    combo.setFocus()
    qtbot.keyClick(combo, Key.Key_Home)
    while combo.currentText() != text:
        before = combo.currentIndex()
        qtbot.keyClick(combo, Key.Key_Down)
        assert combo.currentIndex() > before


def enter(qtbot: QtBot, dialog: QWidget, name: str, value: str) -> None:
    spin = dialog.findChild(QDoubleSpinBox, name)
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, value)
    qtbot.keyClick(spin, Key.Key_Tab)


def save_as(qtbot: QtBot, dialog: FigureDialog, name: str, ending: str = ".png") -> None:
    """Press Save, choose the kind of file, type a name and press Enter."""
    qtbot.mouseClick(dialog.findChild(QPushButton, "figureSaveButton"), Left)
    files = dialog.findChild(QFileDialog, "figureFileDialog")
    kind = next(text for text in files.nameFilters() if ending in text)
    choose(qtbot, files, "fileTypeCombo", kind)
    assert files.findChild(QLineEdit, "fileNameEdit").text() == f"latent_view{ending}"
    line = files.findChild(QLineEdit, "fileNameEdit")
    line.selectAll()
    qtbot.keyClicks(line, name)
    qtbot.keyClick(line, Key.Key_Return)


def streams(pdf: bytes) -> list[bytes]:
    """The unpacked streams of a PDF."""
    found = []
    for match in re.finditer(rb"/FlateDecode.*?stream\r?\n", pdf, re.DOTALL):
        found.append(zlib.decompressobj().decompress(pdf[match.end() :]))
    return found


def words(drawing: Path) -> set[str]:
    root = ElementTree.parse(drawing).getroot()
    return {"".join(element.itertext()).strip() for element in root.iter() if element.tag.endswith("}text")}


def shares(image: QImage) -> tuple[float, float]:
    """The shares of light and of dark pixels."""
    gray = image.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(gray.constBits(), np.uint8).reshape(gray.height(), gray.bytesPerLine())[:, : gray.width()]
    return float(np.mean(pixels > 200)), float(np.mean(pixels < 60))


def test_a_png_has_its_size_times_its_scale_and_the_choices_are_remembered(
    qtbot: QtBot, star_map: StarMap, dialog: FigureDialog, tmp_path: Path
) -> None:
    choose(qtbot, dialog, "figureUnitCombo", "px")
    enter(qtbot, dialog, "figureWidthSpin", "500")
    enter(qtbot, dialog, "figureHeightSpin", "350")
    choose(qtbot, dialog, "figureScaleCombo", "2 ×")
    choose(qtbot, dialog, "figureLookCombo", "As on screen")
    contours = dialog.findChild(QCheckBox, "figureContoursCheck")
    qtbot.keyClick(contours, Key.Key_Space)
    assert dialog.findChild(QComboBox, "figureSizeCombo").currentText() == "Own"
    assert "1,000 × 700 pixels (192 dpi)" in dialog.findChild(QLabel, "figureFacts").text()
    with qtbot.waitSignals([dialog.saved, dialog.finished]):
        save_as(qtbot, dialog, "mine.png")
    picture = QImage(str(tmp_path / "mine.png"))
    assert picture.size() == QSize(1000, 700)
    assert picture.dotsPerMeterX() == pytest.approx(192 / 0.0254, abs=1)
    again = opened(qtbot, star_map, tmp_path)
    choices = again.choices
    assert (choices.size, choices.unit, choices.look, choices.scale, choices.contours) == (
        "own",
        "px",
        "screen",
        2,
        False,
    )
    assert again.findChild(QDoubleSpinBox, "figureWidthSpin").value() == 500
    assert again.findChild(QDoubleSpinBox, "figureHeightSpin").value() == 350


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_an_ending_left_out_is_that_of_the_kind_chosen(
    qtbot: QtBot, dialog: FigureDialog, tmp_path: Path, ending: str
) -> None:
    with qtbot.waitSignal(dialog.saved) as saved:
        save_as(qtbot, dialog, "map", ending)
    assert saved.args == [str(tmp_path / f"map{ending}")]
    assert [path.name for path in tmp_path.iterdir()] == [f"map{ending}"]


def test_the_ending_typed_decides(qtbot: QtBot, dialog: FigureDialog, tmp_path: Path) -> None:
    with qtbot.waitSignal(dialog.saved):
        save_as(qtbot, dialog, "map.PDF", ".png")
    assert (tmp_path / "map.PDF").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", ["map.gif", "map.2"])
def test_another_ending_is_one_sentence_and_the_dialog_stays(
    qtbot: QtBot, dialog: FigureDialog, tmp_path: Path, name: str
) -> None:
    save_as(qtbot, dialog, name)
    box = dialog.findChild(QMessageBox, "errorDialog")
    assert box.text().startswith(f"{name} is neither")
    box.close()
    assert dialog.isVisible()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(qtbot: QtBot, dialog: FigureDialog, tmp_path: Path) -> None:
    path = tmp_path / "missing" / "map.pdf"
    dialog.save_to(str(path))
    box = dialog.findChild(QMessageBox, "errorDialog")
    assert box.text().startswith(f"{path} could not be written")
    box.close()
    assert dialog.isVisible()


def test_the_sizes_are_the_maps_shape_or_a_journals_column(
    qtbot: QtBot, star_map: StarMap, dialog: FigureDialog
) -> None:
    width = dialog.findChild(QDoubleSpinBox, "figureWidthSpin")
    height = dialog.findChild(QDoubleSpinBox, "figureHeightSpin")
    style = style_of(star_map, dialog.choices)
    assert QSize(style.width, style.height) == star_map.viewport().size()
    shape = width.value() / height.value()
    choose(qtbot, dialog, "figureSizeCombo", "One column, 88 mm")
    assert width.value() == 88
    assert width.value() / height.value() == pytest.approx(shape, rel=0.01)
    choose(qtbot, dialog, "figureSizeCombo", "Two columns, 180 mm")
    assert width.value() == 180
    choose(qtbot, dialog, "figureSizeCombo", "Own")
    assert width.value() == 180


def test_a_size_is_kept_within_what_can_be_drawn(star_map: StarMap) -> None:
    for width, height in ((1e9, 5e8), (0.0, 0.0), (-5.0, 2000.0)):
        drawn = size_in_mm(star_map, FigureChoices(size="own", width=width, height=height))
        assert all(LEAST <= side <= MOST for side in drawn)


def test_choices_that_cannot_be_read_are_as_at_first() -> None:
    store = QSettings("stellar-gui", "stellar-gui")
    for name, value in (("width", "nan"), ("height", "wide"), ("scale", "many"), ("contours", "false")):
        store.setValue(f"figure/{name}", value)
    assert Settings().figure == FigureChoices(contours=False)


def test_the_preview_shows_the_look(qtbot: QtBot, dialog: FigureDialog) -> None:
    try:
        theme.choose(ThemeChoice.DARK)
        preview = dialog.findChild(QLabel, "figurePreview")
        qtbot.waitUntil(lambda: not preview.pixmap().isNull())
        assert shares(preview.pixmap().toImage())[0] > 0.7
        choose(qtbot, dialog, "figureLookCombo", "As on screen")
        qtbot.waitUntil(lambda: shares(preview.pixmap().toImage())[1] > 0.7)
    finally:
        theme.choose(ThemeChoice.SYSTEM)


@pytest.mark.parametrize("size", [QSize(333, 290), QSize(900, 600)])
def test_a_pdf_has_text_with_its_font_and_the_stars_as_one_image_without_loss(star_map: StarMap, size: QSize) -> None:
    content = figure.pdf(star_map, FigureStyle(size.width(), size.height(), Look.PUBLICATION))
    assert content.count(b"/Subtype /Image") == 1
    assert b"/DCTDecode" not in content
    assert b"/FontFile2" in content
    images = re.findall(rb"/Subtype /Image\s/Width (\d+)\s/Height (\d+)", content)
    assert int(images[0][0]) > 0.7 * size.width() * 300 / 96
    box = [float(side) for side in re.search(rb"/MediaBox \[([^\]]+)\]", content)[1].split()]
    assert box[2:] == pytest.approx([size.width() * 0.75, size.height() * 0.75], abs=1)
    drawn = b"".join(streams(content))
    assert drawn.count(b"Tf") > 10  # ticks, titles and colour bar are text
    assert b"/ToUnicode" in content  # which can be searched and copied


def test_an_svg_for_print_has_its_titles_as_text_and_counts_in_the_units_of_the_axes(
    star_map: StarMap, tmp_path: Path, stars: tuple[np.ndarray, np.ndarray]
) -> None:
    many = np.random.default_rng(1).normal(size=(2, 40_000)).astype(np.float32)
    star_map.set_stars(*many)
    star_map.save_figure(tmp_path / "map.svg", style=FigureStyle(333, 290, Look.PUBLICATION))
    told = words(tmp_path / "map.svg")
    assert {"latent 1 (latent units)", "latent 2 (latent units)"} <= told
    assert any(re.fullmatch(r"stars per [\d.e-]+ × [\d.e-]+ units", text) for text in told)
    drawing = (tmp_path / "map.svg").read_text(encoding="utf-8")
    assert drawing.count("<image") == 1
    assert "non-scaling-stroke" not in drawing  # lines grow with the figure


def test_a_figure_for_print_is_light_in_either_theme_and_tells_nothing_of_the_screen(star_map: StarMap) -> None:
    star_map.set_stars(np.append(star_map.data.x, np.float32(500)), np.append(star_map.data.y, np.float32(500)))
    star_map.set_active(3)
    style = FigureStyle(700, 600, Look.PUBLICATION)
    try:
        theme.choose(ThemeChoice.LIGHT)
        figure.image(star_map, style, 1)  # the first letters that Qt outlines differ in the shade of a pixel
        light = figure.image(star_map, style, 1)
        screen = figure.svg(star_map, FigureStyle(700, 600, Look.SCREEN))
        theme.choose(ThemeChoice.DARK)
        assert figure.image(star_map, style, 1) == light
    finally:
        theme.choose(ThemeChoice.SYSTEM)
    assert b"outside the view" in screen
    assert b"outside the view" not in figure.svg(star_map, style)
    assert shares(light)[0] > 0.7


def test_contours_can_be_left_out(star_map: StarMap) -> None:
    style = FigureStyle(700, 600, Look.PUBLICATION)
    bare = FigureStyle(700, 600, Look.PUBLICATION, contours=False)
    assert b"50 %" in figure.svg(star_map, style)
    assert b" %" not in figure.svg(star_map, bare).partition(b"</defs>")[2]


def test_a_figure_leaves_the_screen_as_it_was(qtbot: QtBot, star_map: StarMap) -> None:
    before = star_map.viewport().grab().toImage()
    figure.pdf(star_map, FigureStyle(333, 290, Look.PUBLICATION))
    assert star_map.viewport().grab().toImage() == before


def test_lines_are_as_wide_as_the_scale_of_a_png(star_map: StarMap) -> None:
    for scale in (1, 3):
        picture = figure.image(star_map, FigureStyle(700, 600, Look.PUBLICATION), scale)
        plot = star_map.plot_rect()
        line = round((plot.top() + 20) * scale) + 1
        left = round(plot.left() * scale)
        near = [picture.pixelColor(column, line).lightness() for column in range(left - 4 * scale, left + 2 * scale)]
        assert sum(value < 100 for value in near) == scale


def test_an_unreadable_figure_format_raises(star_map: StarMap, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="neither"):
        star_map.save_figure(tmp_path / "map")


def test_the_window_saves_through_the_dialog_and_copies(qtbot: QtBot, trained: MainWindow, tmp_path: Path) -> None:
    trained.findChild(QAction, "actionSaveFigure").trigger()
    dialog = trained.findChild(FigureDialog, "figureDialog")
    choose(qtbot, dialog, "figureSizeCombo", "One column, 88 mm")
    with qtbot.waitSignals([dialog.saved, dialog.finished]):
        dialog.save_to(str(tmp_path / "map.svg"))
    assert str(tmp_path / "map.svg") in trained.statusBar().currentMessage()
    trained.findChild(QAction, "actionCopyFigure").trigger()
    copied = QGuiApplication.clipboard().image()
    assert copied.width() == round(88 / 25.4 * 96) * 3
    assert Settings().last_folder == str(tmp_path)


def test_everything_in_the_dialog_has_a_name(dialog: FigureDialog) -> None:
    kinds = (QComboBox, QDoubleSpinBox, QCheckBox)
    named = [child for kind in kinds for child in dialog.findChildren(kind)]
    assert len(named) == 7
    assert all(child.objectName() and child.accessibleName() for child in named)
