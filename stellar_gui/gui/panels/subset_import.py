"""Importing subsets: a pasted or read list of identifiers, or the recipes of another session's subsets."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from stellar_gui import numbers
from stellar_gui.analysis.identifiers import Found, find_stars
from stellar_gui.analysis.recipes import applied
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.analysis.subsets import Subset
from stellar_gui.errors import InputError
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.widgets.panel import caption
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress

PASTED = "a pasted list"
LARGEST_LIST = 100 * 2**20
_FILTERS = ("Lists and sessions (*.txt *.csv *.dat *.stellar)", "All files (*)")


class ImportDialog(QDialog):
    """Takes identifiers or a file; `found` brings the name of a subset that was made, to be edited."""

    found = Signal(str)

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("importSubsetDialog")
        self.setWindowTitle("Import subsets")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        catalog = workspace.catalog
        column = None if catalog is None else catalog.columns.get("identifier")
        what = f"identifiers (column {column})" if column else "row numbers (from 1)"
        self._text = QPlainTextEdit()
        self._text.setObjectName("identifierText")
        self._text.setAccessibleName("Identifiers of stars")
        self._text.setPlaceholderText("apart by spaces, commas or line ends")
        self._answer = caption("")
        self._answer.setObjectName("importAnswer")
        file = QPushButton("From a file\N{HORIZONTAL ELLIPSIS}")
        file.setObjectName("importFileButton")
        file.setToolTip("A text file of identifiers, or a session whose subsets' recipes are applied to these stars")
        file.clicked.connect(self._ask_file)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Make subset")
        buttons.accepted.connect(lambda: self._find(self._text.toPlainText(), PASTED))
        buttons.rejected.connect(self.reject)
        line = QHBoxLayout()
        line.addWidget(file)
        line.addStretch(1)
        line.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(caption(f"Paste the stars' {what}, or choose a file of them."))
        layout.addWidget(self._text, 1)
        layout.addWidget(self._answer)
        layout.addLayout(line)
        self.resize(460, 340)

    def take_file(self, path: str | Path) -> None:
        """Make a subset of the identifiers of a text file, or apply the recipes of a session's subsets."""
        path = Path(path)
        if path.suffix.lower() == ".stellar":
            self._apply(path)
        else:
            self._find(None, path.name, path)

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, "A list of identifiers, or a session")
        dialog.setNameFilters(list(_FILTERS))
        dialog.fileSelected.connect(self.take_file)
        dialog.open()

    def _find(self, text: str | None, source: str, path: Path | None = None) -> None:
        catalog = self._workspace.catalog
        if catalog is None:
            return
        task = Task("Finding the stars", lambda: find_stars(catalog, _read(path) if text is None else text, source))
        task.finished.connect(self._take_stars)
        task.failed.connect(self._refuse)
        self._workspace.tasks.start(task)

    def _take_stars(self, found: Found) -> None:
        subsets = self._workspace.subset_list
        notes = f"{numbers.count(found.found)} of {numbers.count(found.listed)} listed names found"
        source = Path(found.recipe.source).stem if found.recipe.source != PASTED else "imported"
        name = subsets.put(subsets.free_name(source), found.mask, found.recipe, notes)
        self.accept()
        self.found.emit(name)

    def _apply(self, path: Path) -> None:
        columns = self._workspace.columns
        if columns is None:
            return
        task = Task("Applying the recipes", lambda: _applied_subsets(path, columns))
        task.finished.connect(self._take_subsets)
        task.failed.connect(self._refuse)
        self._workspace.tasks.start(task)

    def _take_subsets(self, answer: tuple[list[Subset], list[str]]) -> None:
        subsets, refused = answer
        if subsets:
            what = "1 subset" if len(subsets) == 1 else f"{len(subsets)} subsets"
            self._workspace.subset_list.put_all(subsets, f"apply {what} of a session")
        if refused:
            self._answer.setText("\n".join(refused))
        else:
            self.accept()

    def _refuse(self, error: Exception) -> None:
        self._answer.setText(str(error))


def _read(path: Path | None) -> str:
    assert path is not None
    try:
        if path.stat().st_size > LARGEST_LIST:
            raise InputError(f"{path.name}: larger than {LARGEST_LIST >> 20} MB; give a list of identifiers alone.")
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"{path.name}: it cannot be read ({(error.strerror or str(error)).lower()}).") from error


def _applied_subsets(path: Path, columns: StarColumns) -> Generator[Progress, None, tuple[list[Subset], list[str]]]:
    """The subsets of a session with the stars that their recipes choose here, and why some could not be applied."""
    from stellar_gui.session.storage.archive import load_session

    session = yield from load_session(path)
    if not len(session.subsets):
        raise InputError(f"{path.name}: no subsets in it.")
    subsets, refused = [], []
    for subset in session.subsets.all:
        try:
            subsets.append(replace(subset, mask=applied(subset.recipe, columns)))
        except InputError as error:
            refused.append(f"{subset.name}: {error}.")
    return subsets, refused
