"""The dialog that asks which part of a survey to open: a random sample, or a cone on the sky."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from stellar_gui import numbers
from stellar_gui.catalog.survey.cone import Cone
from stellar_gui.catalog.survey.parts import Survey
from stellar_gui.catalog.survey.sampling import Sample
from stellar_gui.catalog.survey.taking import Taking
from stellar_gui.errors import InputError
from stellar_gui.gui.widgets.card import headline
from stellar_gui.gui.widgets.panel import caption

_LARGEST_SEED = 2**31 - 1
_LARGEST_SAMPLE = 100_000_000
_INDENT = 24
_LABEL_WIDTH = 150
_WIDTH = 460
_TITLE = 1.15


class SurveyDialog(QDialog):
    """Says how large a survey is; `chosen` hears the part to open."""

    chosen = Signal(object)

    def __init__(self, survey: Survey, first: Taking, parent: QWidget) -> None:
        """first: the part that is proposed."""
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
        self._seed = _spin("surveySeed", "Seed of the sample", 0, _LARGEST_SEED)
        self._ra = _line("surveyRa", "Right ascension of the middle", "180.0 or 12h00m00s")
        self._dec = _line("surveyDec", "Declination of the middle", "-1.25 or -1d15m00s")
        self._radius = _line("surveyRadius", "Radius", "2.0 or 1d30m")
        self._sample_fields = _fields(("Stars", self._rows), ("Seed", self._seed))
        self._cone_fields = _fields(
            ("Right ascension (deg)", self._ra), ("Declination (deg)", self._dec), ("Radius (deg)", self._radius)
        )
        self._problem = caption("")
        self._problem.setObjectName("surveyProblem")
        self._problem.setProperty("warning", True)
        self._problem.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 4)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self._open = self._buttons.button(QDialogButtonBox.StandardButton.Open)
        self._open.setProperty("main", True)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        about = caption(_about(survey))
        about.setObjectName("surveyAbout")
        parts = (about, self._sample, self._sample_fields, self._cone, self._cone_fields, self._problem)
        for widget in (headline(survey.path.name, _TITLE), *parts):
            layout.addWidget(widget)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(_WIDTH)
        group.buttonToggled.connect(self._check)
        for field in (self._ra, self._dec, self._radius):
            field.textChanged.connect(self._check)
        for spin in (self._rows, self._seed):
            spin.setMinimumHeight(self._ra.sizeHint().height())
        self._propose(first, survey.rows)
        self._cone.toggled.connect(lambda wanted: (self._ra if wanted else self._rows).setFocus())
        self.accepted.connect(lambda: self.chosen.emit(self._taking()))

    def _propose(self, first: Taking, rows: int) -> None:
        sample = first if isinstance(first, Sample) else Sample()
        self._rows.setValue(min(sample.rows, rows))
        self._seed.setValue(sample.seed)
        if isinstance(first, Cone):
            for field, angle in ((self._ra, first.ra), (self._dec, first.dec), (self._radius, first.radius)):
                field.setText(repr(angle).removesuffix(".0"))
        (self._sample if first is sample else self._cone).setChecked(True)
        (self._rows if first is sample else self._ra).setFocus()

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
        self._open.setEnabled(filled and not problem)


def _about(survey: Survey) -> str:
    files = f"{numbers.count(len(survey.parts))} Parquet {'files' if len(survey.parts) > 1 else 'file'}"
    size = numbers.file_size(sum(part.size for part in survey.parts))
    kind = "HATS catalogue" if survey.hats is not None else "Folder" if survey.path.is_dir() else "Parquet file"
    where = "" if survey.path.is_file() else f" in {files}"
    return f"{kind} of {numbers.stars(survey.rows)}{where}, {size}. Which part of it is to be opened?"


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
        label = QLabel(text)
        label.setMinimumWidth(_LABEL_WIDTH)
        label.setBuddy(field)
        form.addRow(label, field)
    return holder


def _angle(field: QLineEdit, hours: bool = False) -> float:
    """Degrees, from a number or from sexagesimal text. Raises InputError."""
    text = field.text().strip().replace("\N{MINUS SIGN}", "-")
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
