"""What is asked of SkyServer and where the answer is kept: query, limit, data release, server, parts and file."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from stellar_gui.catalog.sky_server.examples import EXAMPLES
from stellar_gui.catalog.sky_server.fetching import Query
from stellar_gui.catalog.sky_server.server import Server
from stellar_gui.catalog.sky_server.sql import MOST_PARTS, Split, remarks, star_limit, star_limit_edit, with_star_limit
from stellar_gui.errors import InputError
from stellar_gui.gui.files import EXPORT_FILTERS
from stellar_gui.gui.settings import Settings, SkyServerChoices
from stellar_gui.gui.widgets.panel import caption
from stellar_gui.gui.widgets.sql_editor import SqlEditor

RELEASES: Final = ("DR18", "DR17", "DR16", "DR15", "DR14")
ENDING: Final = ".parquet"
_UNLIMITED: Final = [with_star_limit(example.sql, 1) for example in EXAMPLES]
_MOST_STARS: Final = 10_000_000
_EDITOR_LINES: Final = 12


class SkyServerForm(QWidget):
    """Fields that make a query; `changed` tells of every change, `runRequested` that Ctrl+Enter was pressed."""

    changed = Signal()
    runRequested = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._replaceable: str | None = None
        choices = settings.sky_server
        self._example = QComboBox()
        self._example.setObjectName("skyServerExample")
        self._example.setAccessibleName("Example to begin with")
        self._example.setPlaceholderText("Take an example")
        self._example.addItems([example.title for example in EXAMPLES])
        self._about = caption("")
        self._about.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self._editor = SqlEditor()
        self._editor.setObjectName("skyServerQuery")
        self._editor.setAccessibleName("Query in SQL")
        self._editor.setMinimumHeight(_EDITOR_LINES * self._editor.fontMetrics().lineSpacing())
        self._remark = QLabel()
        self._remark.setObjectName("skyServerRemark")
        self._remark.setProperty("warning", True)
        self._remark.setWordWrap(True)
        self._stars = _spin("skyServerStars", "Rows of each request at most", 1, _MOST_STARS, choices.stars)
        self._release = QComboBox()
        self._release.setObjectName("skyServerRelease")
        self._release.setAccessibleName("Data release")
        self._release.setEditable(True)
        self._release.addItems(RELEASES)
        self._release.setCurrentText(choices.release)
        self._server = _line("skyServerAddress", "Server's address", choices.address)
        self._split = QComboBox()
        self._split.setObjectName("skyServerSplit")
        self._split.setAccessibleName("How the query is divided")
        self._split.setToolTip("SkyServer gives 500,000 rows for one request at most; in parts there may be more")
        for text, column in (("one request", ""), ("ranges of ra", "ra"), ("ranges of objid", "objid")):
            self._split.addItem(text, column)
        self._split.setCurrentIndex(max(self._split.findData(choices.split), 0))
        self._parts = _spin("skyServerParts", "Number of parts", 2, MOST_PARTS, choices.parts)
        self._parts.setSuffix(" parts")
        self._path = _line("skyServerPath", "File to keep the stars in", "")
        self._choose = QPushButton("C&hoose\N{HORIZONTAL ELLIPSIS}")
        self._choose.setObjectName("skyServerChoose")
        self._choose.setAccessibleName("Choose the file to keep the stars in")
        self._choose.setAutoDefault(False)
        self._fields = (self._stars, self._split, self._parts, self._release, self._server, self._path)
        self._lay_out()
        self._editor.textChanged.connect(self._follow_text)
        self._editor.runRequested.connect(self.runRequested)
        self._example.activated.connect(self._take_example)
        self._stars.valueChanged.connect(self._write_limit)
        self._split.currentIndexChanged.connect(self._follow_split)
        self._choose.clicked.connect(self._ask_path)
        for signal in (self._release.currentTextChanged, self._server.textChanged, self._parts.valueChanged):
            signal.connect(lambda _: self.changed.emit())
        self._take_example(0)
        self._stars.setValue(choices.stars)
        self._follow_split()
        self.propose_path()

    def query(self) -> Query:
        """What is asked; InputError with a sentence where that cannot be sent."""
        column = self._split.currentData()
        split = Split(column, self._parts.value()) if column else None
        server = Server(self._server.text(), self._release.currentText())
        return Query(self._editor.toPlainText(), server, self._stars.value(), split)

    def path(self) -> Path:
        """Where the stars are to be kept; InputError for no name, and for a file that is there but was not chosen."""
        text = self._path.text().strip()
        if not text:
            raise InputError("Name the file in which the stars are to be kept.")
        path = Path(text).expanduser().absolute()
        if path.exists() and str(path) != self._replaceable:
            raise InputError(f"{path.name} is there already; name another, or choose it by Choose to replace it.")
        return path

    def set_open(self, open_: bool) -> None:
        """Whether anything can be changed; the query can always be read and copied."""
        self._editor.setReadOnly(not open_)
        for field in (self._example, *self._fields, self._choose):
            field.setEnabled(open_)
        if open_:
            self._follow_text()

    def remember(self) -> None:
        """Begin with these settings the next time."""
        self._settings.sky_server = SkyServerChoices(
            address=self._server.text().strip(),
            release=self._release.currentText().strip(),
            stars=self._stars.value(),
            split=self._split.currentData(),
            parts=self._parts.value(),
        )

    def propose_path(self) -> None:
        """Name a file that is not there yet, in the folder used last."""
        folder, number = Path(self._settings.last_folder), 1
        while (path := folder / f"skyserver{'' if number == 1 else f'_{number}'}{ENDING}").exists():
            number += 1
        self._replaceable = None
        self._path.setText(str(path))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._example)
        top.addWidget(self._about, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for row, column, text, field in (
            (0, 0, "&Stars at most", self._stars),
            (0, 2, "&Ask for", self._split),
            (1, 0, "&Data release", self._release),
            (1, 2, "Ser&ver", self._server),
            (2, 0, "&Keep as", self._path),
        ):
            label = QLabel(text)
            label.setBuddy(field)
            grid.addWidget(label, row, column)
        division = QHBoxLayout()
        division.setSpacing(8)
        division.addWidget(self._split, 1)
        division.addWidget(self._parts)
        grid.addWidget(self._stars, 0, 1)
        grid.addLayout(division, 0, 3, 1, 2)
        grid.addWidget(self._release, 1, 1)
        grid.addWidget(self._server, 1, 3, 1, 2)
        grid.addWidget(self._path, 2, 1, 1, 3)
        grid.addWidget(self._choose, 2, 4)
        grid.setColumnStretch(3, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._editor, 1)
        layout.addWidget(self._remark)
        layout.addLayout(grid)

    def _take_example(self, number: int) -> None:
        self._editor.replace(EXAMPLES[number].sql)

    def _follow_text(self) -> None:
        text = self._editor.toPlainText()
        written = with_star_limit(text, 1)  # an example stays itself with another limit
        number = _UNLIMITED.index(written) if written in _UNLIMITED else -1
        self._example.setCurrentIndex(number)
        self._about.setText(EXAMPLES[number].text if number >= 0 else "")
        found = remarks(text)
        self._remark.setText(" ".join(found))
        self._remark.setVisible(bool(found))
        limit = star_limit(text)
        if limit is not None and limit != self._stars.value():
            self._stars.blockSignals(True)
            self._stars.setValue(min(limit, _MOST_STARS))
            self._stars.blockSignals(False)
        self._stars.setEnabled(star_limit_edit(text, 1) is not None)
        self.changed.emit()

    def _write_limit(self, stars: int) -> None:
        """Have TOP in the query say what the field says; a query without it gets it when it is sent."""
        text = self._editor.toPlainText()
        edit = star_limit_edit(text, stars)
        if edit is not None and star_limit(text) is not None:
            self._editor.change(edit)
        self.changed.emit()

    def _follow_split(self) -> None:
        self._parts.setVisible(bool(self._split.currentData()))
        self.changed.emit()

    def _ask_path(self) -> None:
        dialog = QFileDialog(self, "Keep the stars of SkyServer as", str(Path(self._path.text()).parent))
        dialog.setObjectName("skyServerFileDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(sorted(EXPORT_FILTERS, key=lambda kind: "Parquet" not in kind))
        dialog.setDefaultSuffix(ENDING.lstrip("."))
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(kind.partition("*.")[2].rstrip(")")))
        dialog.selectFile(Path(self._path.text()).name)
        dialog.fileSelected.connect(self._take_path)
        dialog.open()

    def _take_path(self, path: str) -> None:
        self._replaceable = path
        self._settings.remember_folder(path)
        self._path.setText(path)


def _spin(name: str, meaning: str, low: int, high: int, value: int) -> QSpinBox:
    field = QSpinBox()
    field.setObjectName(name)
    field.setAccessibleName(meaning)
    field.setToolTip(meaning)
    field.setRange(low, high)
    field.setGroupSeparatorShown(True)
    field.setValue(value)
    return field


def _line(name: str, meaning: str, text: str) -> QLineEdit:
    field = QLineEdit(text)
    field.setObjectName(name)
    field.setAccessibleName(meaning)
    return field
