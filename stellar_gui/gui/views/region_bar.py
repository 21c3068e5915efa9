"""The bar over a map with the numbers of the last region, in data units, to be read and changed."""

import math
from dataclasses import replace

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from stellar_gui.analysis.regions import Circle, Polygon, Rectangle, Region
from stellar_gui.gui import icons
from stellar_gui.gui.theme import tabular_font
from stellar_gui.gui.views.handles import Finished
from stellar_gui.gui.views.outlines import LassoOutline, PolygonOutline
from stellar_gui.numbers import MINUS, count

_FIELD_LETTERS = 8
_ABOVE_AXIS = 10  # logical pixels from the plot's lower side
_MOST_DECIMALS = 12
_EXPONENT_FROM = 1e7
_ROUND, _STRAIGHT = ("Centre along {}", "Radius along {}"), ("Least {}", "Greatest {}")
_NOTES = {
    PolygonOutline.name: "drag a corner, or the middle of an edge for another",
    LassoOutline.name: "drag the cross to move it",
}


class RegionBar(QFrame):
    """Shows a finished region at the lower side of the plot; where that is too narrow on two lines, else not at all.

    `edited` brings the region with the numbers that the user has entered; `closed`, that it is no longer wanted.
    """

    edited = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("regionBar")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._finished: Finished | None = None
        self._decimals = 3, 3
        self._title = QLabel()
        self._title.setObjectName("regionTitle")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._note = QLabel()
        self._note.setProperty("muted", True)
        self._fields = {name: _field(name) for name in ("X0", "X1", "Y0", "Y1")}
        self._joints = QLabel(), QLabel()
        self._groups = tuple(
            _group(axis, self._fields[f"{axis.upper()}0"], joint, self._fields[f"{axis.upper()}1"])
            for axis, joint in zip("xy", self._joints, strict=True)
        )
        for field in self._fields.values():
            field.editingFinished.connect(self._read)
        close = QToolButton()
        close.setObjectName("closeRegionButton")
        close.setAccessibleName("Let go of the region")
        close.setToolTip("Let go of the region; the selection stays (Esc)")
        close.setAutoRaise(True)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        icons.attach(close, "mdi6.close")
        close.clicked.connect(self.closed)
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lines.setSpacing(10)
        self._lines.addWidget(self._title)
        self._lines.addWidget(self._note)
        for group in self._groups:
            self._lines.addWidget(group)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 4, 3)
        row.setSpacing(6)
        row.addLayout(self._lines)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_region(
        self, finished: Finished | None, units_per_pixel: tuple[float, float], plot: QRectF, frame: str = ""
    ) -> None:
        """Show a region's numbers with the decimals that a pixel is worth; None hides the bar.

        frame: what the numbers are counted from, where the axes do not say it.
        """
        self._finished = finished
        if finished is None:
            self.hide()
            return
        self._decimals = _decimals(units_per_pixel[0]), _decimals(units_per_pixel[1])
        self._title.setText(f"{_title(finished)} ({frame})" if frame else _title(finished))
        self._note.setText(_NOTES.get(finished.name, ""))
        self._note.setVisible(finished.name in _NOTES)
        round_ = isinstance(finished.region, Circle)
        for group, joint, pair in zip(self._groups, self._joints, _numbers(finished.region), strict=True):
            joint.setText("\N{PLUS-MINUS SIGN}" if round_ else "\N{EN DASH}")
            group.setVisible(pair is not None)
        for name, field in self._fields.items():
            meaning = (_ROUND if round_ else _STRAIGHT)[int(name[1])].format(name[0].lower())
            field.setAccessibleName(meaning)
            field.setToolTip(meaning)
        self._write(finished.region)
        self.place_in(plot)

    def place_in(self, plot: QRectF) -> None:
        """Lie at the middle of the plot's lower side; hidden where there is no room."""
        if self._finished is None:
            return
        inner = plot.adjusted(6, 6, -6, -_ABOVE_AXIS)
        for direction in (QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom):
            self._lines.setDirection(direction)
            self._lines.setSpacing(10 if direction is QBoxLayout.Direction.LeftToRight else 3)
            self._row.activate()
            size = self.sizeHint()
            if size.width() <= inner.width():
                break
        self.setVisible(size.width() <= inner.width() and 3 * size.height() <= inner.height())
        self.setGeometry(
            round(inner.center().x() - size.width() / 2),
            round(inner.bottom() - size.height()),
            size.width(),
            size.height(),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Presses on the bar are not for the map below."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As a press."""
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel over the bar is not for the map below."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that a field leaves are not for the map, but for Escape."""
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            event.accept()

    def _write(self, region: Region) -> None:
        """Fill the fields; one whose number is the same keeps its cursor."""
        for axis, pair in zip("XY", _numbers(region), strict=True):
            decimals = self._decimals["XY".index(axis)]
            for number, value in enumerate(pair or ()):
                field, text = self._fields[f"{axis}{number}"], _text(value, decimals)
                field.setProperty("shown", text)
                if field.text() != text:
                    field.setText(text)
                    field.setCursorPosition(0)

    def _read(self) -> None:
        """Take over the fields that were changed; what cannot be taken gives way to the number before."""
        if self._finished is None:
            return
        region = self._finished.region
        numbers: dict[str, float] = {}
        for axis, pair in zip("XY", _numbers(region), strict=True):
            for number, value in enumerate(pair or ()):
                field = self._fields[f"{axis}{number}"]
                untouched = field.text() == field.property("shown")
                entered = value if untouched else _number(field.text())
                numbers[f"{axis}{number}"] = value if entered is None else entered
        changed = _with_numbers(region, numbers)
        self._write(changed)
        if changed != region:
            self._finished = replace(self._finished, region=changed)
            self.edited.emit(changed)


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(f"region{name}")
    field.setFont(tabular_font(field.font()))
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    field.setFixedWidth(field.fontMetrics().horizontalAdvance("0" * _FIELD_LETTERS) + 10)
    return field


def _group(axis: str, first: QLineEdit, joint: QLabel, second: QLineEdit) -> QWidget:
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(5)
    name = QLabel(axis)
    for label in (name, joint):
        label.setProperty("muted", True)
    for widget in (name, first, joint, second):
        row.addWidget(widget)
    return group


def _title(finished: Finished) -> str:
    name = finished.name.capitalize()
    if isinstance(finished.region, Polygon):
        corners = "corners" if finished.name == PolygonOutline.name else "points"
        return f"{name}, {count(len(finished.region.corners))} {corners}"
    return name


def _numbers(region: Region) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """The two numbers along x and along y that describe a region; None where there are none."""
    match region:
        case Rectangle(x0, x1, y0, y1):
            return (x0, x1) if math.isfinite(x0) else None, (y0, y1) if math.isfinite(y0) else None
        case Circle(x, y, radius_x, radius_y):
            return (x, radius_x), (y, radius_y)
    return None, None


def _with_numbers(region: Region, numbers: dict[str, float]) -> Region:
    """The region with other numbers; as it was where a radius is not above zero."""
    match region:
        case Rectangle(x0, x1, y0, y1):
            first = numbers.get("X0", x0), numbers.get("Y0", y0)
            return Rectangle.between(first, (numbers.get("X1", x1), numbers.get("Y1", y1)))
        case Circle() if numbers["X1"] > 0 and numbers["Y1"] > 0:
            return replace(region, x=numbers["X0"], y=numbers["Y0"], radius_x=numbers["X1"], radius_y=numbers["Y1"])
    return region


def _decimals(units_per_pixel: float) -> int:
    """The fewest decimals that tell half a pixel."""
    return min(max(math.ceil(-math.log10(units_per_pixel / 2)), 0), _MOST_DECIMALS)


def _text(value: float, decimals: int) -> str:
    text = f"{round(value, decimals) + 0.0:.{decimals}f}" if abs(value) < _EXPONENT_FROM else f"{value:.8g}"
    return text.replace("-", MINUS)


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(MINUS, "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
