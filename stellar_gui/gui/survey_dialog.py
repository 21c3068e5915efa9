"""The dialog that asks which part of a survey to open: a random sample, or a cone on the sky."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from stellar_gui import numbers
from stellar_gui.catalog.survey.parts import Survey
from stellar_gui.catalog.survey.taking import STARS, Cone, Sample, Taking
from stellar_gui.errors import InputError
from stellar_gui.gui.widgets.panel import caption

_LARGEST_SEED = 2**31 - 1
_LARGEST_SAMPLE = 100_000_000
_INDENT = 24


class SurveyDialog(QDialog):
    """Says how large a survey is; `chosen` hears the part to open."""

    chosen = Signal(object)

    def __init__(self, survey: Survey, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("surveyDialog")
        self.setWindowTitle("Open a part of a survey")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._sample = QRadioButton("A &random sample of the stars")
        self._sample.setObjectName("surveySample")
        self._cone = QRadioButton("All stars in a &cone on the sky")
        self._cone.setObjectName("surveyCone")
        group = QButtonGroup(self)
        group.addButton(self._sample)
        group.addButton(self._cone)
        self._rows = _spin("surveyRows", "Stars of the sample", 1, min(survey.rows, _LARGEST_SAMPLE))
        self._rows.setGroupSeparatorShown(True)
        self._rows.setSingleStep(50_000)
        self._rows.setValue(min(STARS, survey.rows))
        self._seed = _spin("surveySeed", "Seed of the sample", 0, _LARGEST_SEED)
        self._ra = _line("surveyRa", "Right ascension of the middle", "180.0 or 12h00m00s")
        self._dec = _line("surveyDec", "Declination of the middle", "-1.25 or -1d15m00s")
        self._radius = _line("surveyRadius", "Radius", "2.0")
        self._sample_fields = _fields(("Stars", self._rows), ("Seed", self._seed))
        self._cone_fields = _fields(
            ("Right ascension (deg)", self._ra), ("Declination (deg)", self._dec), ("Radius (deg)", self._radius)
        )
        self._problem = caption("")
        self._problem.setObjectName("surveyProblem")
        self._problem.setProperty("warning", True)
        self._problem.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 4)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        about = caption(_about(survey))
        about.setObjectName("surveyAbout")
        for widget in (about, self._sample, self._sample_fields, self._cone, self._cone_fields, self._problem):
            layout.addWidget(widget)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(440)
        group.buttonToggled.connect(self._check)
        for field in (self._ra, self._dec, self._radius):
            field.textChanged.connect(self._check)
        self._sample.setChecked(True)
        self.accepted.connect(lambda: self.chosen.emit(self._taking()))

    def _taking(self) -> Taking:
        """What is chosen. Raises InputError where the cone is none."""
        if self._sample.isChecked():
            return Sample(self._rows.value(), self._seed.value())
        return Cone(_angle(self._ra, hours=True), _angle(self._dec), _angle(self._radius))

    def _check(self) -> None:
        sampled = self._sample.isChecked()
        self._sample_fields.setEnabled(sampled)
        self._cone_fields.setEnabled(not sampled)
        filled = sampled or all(field.text().strip() for field in (self._ra, self._dec, self._radius))
        problem = ""
        if filled:
            try:
                self._taking()
            except InputError as error:
                problem = f"{str(error)[0].upper()}{str(error)[1:]}."
        self._problem.setText(problem)
        self._buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(filled and not problem)


def _about(survey: Survey) -> str:
    files = f"{len(survey.parts):,} files" if len(survey.parts) > 1 else "1 file"
    size = numbers.file_size(sum(part.size for part in survey.parts))
    kind = "HATS catalogue" if survey.hats is not None else "survey"
    return f"{survey.path.name} is a {kind} of {numbers.stars(survey.rows)} in {files}, {size}; a part of it is opened."


def _spin(name: str, accessible: str, least: int, most: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setObjectName(name)
    spin.setAccessibleName(accessible)
    spin.setRange(least, most)
    return spin


def _line(name: str, accessible: str, example: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(accessible)
    line.setPlaceholderText(example)
    return line


def _fields(*rows: tuple[str, QWidget]) -> QWidget:
    holder = QWidget()
    form = QFormLayout(holder)
    form.setContentsMargins(_INDENT, 0, 0, 6)
    for text, field in rows:
        form.addRow(text, field)
    return holder


def _angle(field: QLineEdit, hours: bool = False) -> float:
    """Degrees, from a number or from sexagesimal text. Raises InputError."""
    text = field.text().strip()
    try:
        return float(text)
    except ValueError:
        pass
    from astropy.coordinates import Angle
    from astropy.units import deg, hourangle

    try:
        angle = Angle(text, unit=hourangle if hours else deg)
    except (ValueError, TypeError) as error:
        name = field.accessibleName().lower()
        raise InputError(f"{name}: “{text}” is no angle") from error
    return round(float(angle.deg), 9)
