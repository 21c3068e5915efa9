"""The dialog that asks how a map is saved as a figure: its size, its look and its pixels."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from stellar_gui.errors import StellarError
from stellar_gui.gui.dialogs import show_error
from stellar_gui.gui.save_dialog import ask_where
from stellar_gui.gui.settings import FigureChoices, Settings
from stellar_gui.gui.views import figure
from stellar_gui.gui.views.figure import MM_PER_INCH, STAR_DPI
from stellar_gui.gui.views.figure_style import FigureStyle, Look
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.numbers import count

LOOKS = {Look.PUBLICATION: "Publication", Look.SCREEN: "As on screen"}
SCALES = (1, 2, 3, 4)
LEAST, MOST = 50.0, 500.0
"""Smallest and largest side of a figure, mm."""

_MAP, _OWN = "map", "own"
_WIDTHS = {"column": 88.0, "page": 180.0}  # mm, of Astronomy & Astrophysics; other journals' are within 4 mm
_SIZES = {
    _MAP: "As the map",
    "column": "One column, 88 mm",
    "page": "Two columns, 180 mm",
    _OWN: "Own",
}
_UNITS = ("mm", "px")
_SOON = 60  # ms from the last change to the preview
_PREVIEW = QSize(300, 240)


def size_in_mm(star_map: StarMap, choices: FigureChoices) -> tuple[float, float]:
    """Width and height of a figure; sizes other than the user's own have the map's shape."""
    if choices.size == _OWN:
        width, height = choices.width, choices.height
    else:
        shown = star_map.viewport().size()
        width = _WIDTHS.get(choices.size, shown.width() * _mm_per_pixel(star_map))
        height = width * shown.height() / max(shown.width(), 1)
    smaller = min(MOST / max(width, height, LEAST), 1.0)
    return max(width * smaller, LEAST), max(height * smaller, LEAST)


def style_of(star_map: StarMap, choices: FigureChoices) -> FigureStyle:
    """The style that is chosen."""
    width, height = (round(side / _mm_per_pixel(star_map)) for side in size_in_mm(star_map, choices))
    look = Look.SCREEN if choices.look == Look.SCREEN.value else Look.PUBLICATION
    return FigureStyle(width, height, look, choices.contours)


def copy_figure(star_map: StarMap, settings: Settings) -> None:
    """Put the map on the clipboard as a picture, in the way in which figures were saved last."""
    choices = settings.figure
    picture = figure.image(star_map, style_of(star_map, choices), _nearest_scale(choices))
    QGuiApplication.clipboard().setImage(picture)


class FigureDialog(QDialog):
    """Saves one map; `saved` hears the path, and the choices are those of the next figure."""

    saved = Signal(str)

    def __init__(self, star_map: StarMap, name: str, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("figureDialog")
        self.setWindowTitle(f"Save figure of the {star_map.accessibleName().partition(':')[0].lower()}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._map = star_map
        self._name = name
        self._settings = settings
        choices = settings.figure
        self._own = choices.width, choices.height
        self._size = _combo("figureSizeCombo", "Size of the figure", _SIZES, choices.size)
        self._width = self._side("figureWidthSpin", "Width of the figure")
        self._height = self._side("figureHeightSpin", "Height of the figure")
        self._unit = _combo(
            "figureUnitCombo", "Unit of width and height", {unit: unit for unit in _UNITS}, choices.unit
        )
        looks = {look.value: text for look, text in LOOKS.items()}
        self._look = _combo("figureLookCombo", "Look of the figure", looks, choices.look)
        scales = {scale: f"{scale} \N{MULTIPLICATION SIGN}" for scale in SCALES}
        self._scale = _combo("figureScaleCombo", "Scale of a PNG", scales, _nearest_scale(choices))
        self._scale.setToolTip("Pixels of a PNG for each one on the screen; SVG and PDF do not need it")
        self._contours = QCheckBox("Density contours")
        self._contours.setObjectName("figureContoursCheck")
        self._contours.setAccessibleName("Draw the density contours")
        self._contours.setChecked(choices.contours)
        self._preview = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._preview.setObjectName("figurePreview")
        self._preview.setAccessibleName("Preview of the figure")
        self._preview.setFixedSize(_PREVIEW)
        self._facts = QLabel()
        self._facts.setObjectName("figureFacts")
        self._facts.setAccessibleName("Size of the files")
        self._facts.setProperty("muted", True)
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._show_preview)
        self._lay_out()
        self._show_size()
        self._size.currentIndexChanged.connect(self._choose_size)
        self._unit.currentIndexChanged.connect(self._show_size)
        for side in (self._width, self._height):
            side.valueChanged.connect(self._take_own_size)
        for combo in (self._look, self._scale):
            combo.currentIndexChanged.connect(self._show_facts)
        self._contours.toggled.connect(self._show_facts)
        star_map.destroyed.connect(self.reject)

    @property
    def choices(self) -> FigureChoices:
        """What is chosen now."""
        return FigureChoices(
            size=self._size.currentData(),
            width=self._own[0],
            height=self._own[1],
            unit=self._unit.currentData(),
            look=self._look.currentData(),
            scale=self._scale.currentData(),
            contours=self._contours.isChecked(),
        )

    def save_to(self, path: str) -> None:
        """Write the figure in the format of the path's ending, and close; says why where that fails."""
        choices = self.choices
        try:
            self._map.save_figure(Path(path), choices.scale, style_of(self._map, choices))
        except StellarError as error:
            show_error(self, error)
            return
        self._settings.figure = choices
        self._settings.remember_folder(path)
        self.saved.emit(path)
        self.accept()

    def _lay_out(self) -> None:
        sides = QHBoxLayout()
        for widget in (self._width, QLabel("\N{MULTIPLICATION SIGN}"), self._height, self._unit):
            sides.addWidget(widget)
        form = QFormLayout()
        form.addRow("&Size", self._size)
        form.addRow("&Width, height", sides)
        form.addRow("&Look", self._look)
        form.addRow("&PNG scale", self._scale)
        form.addRow("", self._contours)
        label = form.labelForField(sides)
        if isinstance(label, QLabel):
            label.setBuddy(self._width)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        save = buttons.addButton("&Save\N{HORIZONTAL ELLIPSIS}", QDialogButtonBox.ButtonRole.ActionRole)
        save.setObjectName("figureSaveButton")
        save.setAccessibleName("Choose a file and save the figure")
        save.setProperty("main", True)
        save.setDefault(True)
        save.clicked.connect(self._ask_path)
        buttons.rejected.connect(self.reject)
        left = QVBoxLayout()
        left.addLayout(form)
        left.addStretch()
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addLayout(left)
        upper.addWidget(self._preview)
        layout = QVBoxLayout(self)
        layout.addLayout(upper)
        layout.addWidget(self._facts)
        layout.addWidget(buttons)

    def _side(self, name: str, text: str) -> QDoubleSpinBox:
        side = QDoubleSpinBox()
        side.setObjectName(name)
        side.setAccessibleName(text)
        side.setKeyboardTracking(False)
        return side

    def _per_mm(self) -> float:
        return 1.0 if self._unit.currentData() == "mm" else 1.0 / _mm_per_pixel(self._map)

    def _choose_size(self) -> None:
        """Show another size; an own one begins with the one before."""
        if self._size.currentData() == _OWN:
            self._take_own_size()
        else:
            self._show_size()

    def _show_size(self) -> None:
        """Show the chosen size in the chosen unit."""
        per_mm, decimals = self._per_mm(), 1 if self._unit.currentData() == "mm" else 0
        for side, length in zip((self._width, self._height), size_in_mm(self._map, self.choices), strict=True):
            with QSignalBlocker(side):
                side.setDecimals(decimals)
                side.setSingleStep(5 if decimals else 20)
                side.setRange(LEAST * per_mm, MOST * per_mm)
                side.setValue(length * per_mm)
        self._show_facts()

    def _take_own_size(self) -> None:
        self._own = self._width.value() / self._per_mm(), self._height.value() / self._per_mm()
        with QSignalBlocker(self._size):
            self._size.setCurrentIndex(self._size.findData(_OWN))
        self._show_facts()

    def _show_facts(self) -> None:
        choices = self.choices
        style, (width, height) = style_of(self._map, choices), size_in_mm(self._map, choices)
        dpi = round(choices.scale * MM_PER_INCH / _mm_per_pixel(self._map))
        times = "\N{MULTIPLICATION SIGN}"
        self._facts.setText(
            f"PNG: {count(style.width * choices.scale)} {times} {count(style.height * choices.scale)} pixels"
            f" ({dpi} dpi) \N{MIDDLE DOT} SVG and PDF: {width:.0f} {times} {height:.0f} mm, stars at {STAR_DPI} dpi"
        )
        self._soon.start()

    def _show_preview(self) -> None:
        style, ratio = style_of(self._map, self.choices), self.devicePixelRatioF()
        picture = figure.image(self._map, style, ratio).scaled(
            _PREVIEW * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        picture.setDevicePixelRatio(ratio)
        self._preview.setPixmap(QPixmap.fromImage(picture))

    def _ask_path(self) -> None:
        filters = [f"{name} (*{ending})" for ending, name in figure.FORMATS.items()]
        ask_where(self, "figure", "Save the figure", self._settings.last_folder, filters, self._name, self.save_to)


def _combo(name: str, text: str, entries: dict[str, str] | dict[int, str], chosen: str | int) -> QComboBox:
    """A box of entries, value to text; one that is not among them leaves the first."""
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(text)
    for value, entry in entries.items():
        combo.addItem(entry, value)
    combo.setCurrentIndex(max(combo.findData(chosen), 0))
    return combo


def _nearest_scale(choices: FigureChoices) -> int:
    return min(SCALES, key=lambda scale: abs(scale - choices.scale))


def _mm_per_pixel(star_map: StarMap) -> float:
    return MM_PER_INCH / star_map.logicalDpiX()
