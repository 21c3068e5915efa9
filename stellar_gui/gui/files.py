"""Opening, saving and exporting: the dialogs, and the work behind them in workers."""

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from stellar_gui import numbers
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.survey.parts import Survey, can_be_parted, open_survey
from stellar_gui.errors import EmptyPartError, MissingBandsError, OutputError, SeveralTablesError, TooLargeError
from stellar_gui.gui.column_dialog import ColumnDialog
from stellar_gui.gui.dialogs import show_error
from stellar_gui.gui.exporter import Exporter
from stellar_gui.gui.recovery import LeftOver
from stellar_gui.gui.settings import Settings
from stellar_gui.gui.table_dialog import TableDialog
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Workspace, prepare
from stellar_gui.session.opening import SESSION_ENDING, is_session, open_path, require_one_table
from stellar_gui.session.session import Session

if TYPE_CHECKING:
    from stellar_gui.catalog.survey.taking import Taking

OPEN_FILTER = (
    "Tables and sessions (*.csv *.csv.gz *.tsv *.txt *.dat *.parquet *.fits *.fit *.fits.gz "
    "*.vot *.vot.gz *.xml *.ecsv *.stellar *.stellarz);;All files (*)"
)
SESSION_FILTER = "Stellar GUI sessions (*.stellar)"
EXPORT_FILTERS = (
    "CSV table (*.csv)",
    "Compressed CSV table (*.csv.gz)",
    "Parquet table (*.parquet)",
    "FITS table (*.fits)",
    "VOTable (*.vot)",
    "ECSV table (*.ecsv)",
)


class Files(QObject):
    """What the File menu does."""

    opened = Signal()
    saved = Signal(str)
    recovered = Signal(object)
    copied = Signal(int)

    def __init__(self, workspace: Workspace, settings: Settings, exporter: Exporter, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._settings = settings
        self._exporter = exporter
        self._window = window
        self._path: str | None = None
        self._opening: Task | None = None
        self._flags = True

    @property
    def session_path(self) -> str | None:
        """Where the session was opened from or saved to last."""
        return self._path

    def ask_open(self) -> None:
        """Let the user choose a table or a session, and open it."""
        dialog = self._dialog("Open a table of stars or a session", QFileDialog.FileMode.ExistingFile, OPEN_FILTER)
        dialog.fileSelected.connect(self.open_path)
        dialog.open()

    def ask_open_folder(self) -> None:
        """Let the user choose a folder with a survey, and open a part of it."""
        self.ask_folder("Open a folder of Parquet files or a HATS catalogue", self.open_path)

    def ask_folder(self, title: str, chosen: Callable[[str], object]) -> None:
        """Let the user choose a folder; chosen is called with its path."""
        dialog = self._dialog(title, QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(chosen)
        dialog.open()

    def open_path(self, path: str | Path) -> None:
        """Open a table, a session or, of a folder, a part; asks first where unsaved work would be replaced."""
        absolute = str(Path(path).expanduser().absolute())
        if Path(absolute).is_dir():
            self._open_survey(absolute)
        else:
            self._replace_work(lambda: self._load(absolute))

    def set_columns(self, chosen: Mapping[str, str]) -> None:
        """Let other columns play the roles; asks first where that would put an unsaved model away."""
        self._replace_work(lambda: self._workspace.set_columns(chosen), self._workspace.columnsRefused.emit)

    def open_recovered(self, copy: LeftOver) -> None:
        """Open the copy of unsaved work that an earlier window left; it is saved where it was before."""

        def taken() -> None:
            self._path = copy.origin
            self._workspace.mark_unsaved()
            self.recovered.emit(copy)

        self._replace_work(lambda: self._load(str(copy.path), taken))

    def open_catalog(self, catalog: Catalog) -> None:
        """Show stars that are at hand already; asks first where unsaved work would be replaced."""

        def begin() -> None:
            self._begin_opening("Checking the stars", lambda: prepare(Session(catalog=catalog)), self._take_sample)

        self._replace_work(begin)

    def open_sample(self) -> None:
        """Open the built-in simulated sample."""
        self._replace_work(lambda: self._begin_opening("Simulating stars", _simulate, self._take_sample))

    def open_other(
        self,
        title: str,
        work: Callable[[], Any],
        *,
        taken: Callable[[], None],
        failed: Callable[[Exception], None],
        began: Callable[[Task], None],
        declined: Callable[[], None],
        reason: str,
    ) -> None:
        """Open the session that some work makes, which is in no file of the user's.

        One of taken, failed and declined is called, unless something else was opened meanwhile; began at the start of
        the work. reason: what is said before the question that is asked where unsaved work would be replaced.
        """

        def done(session: Session) -> None:
            self._take_sample(session)
            taken()

        def begin() -> None:
            began(self._begin_opening(title, work, done, failed))

        self._replace_work(begin, declined, reason)

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Save the session where it was saved before, or ask where; `then` is called once it is there."""
        if self._path is None:
            self.ask_save(then)
        else:
            self.save_to(self._path, then)

    def ask_save(self, then: Callable[[], object] | None = None) -> None:
        """Ask where to save the session, and save it; `then` is called once it is there."""
        stem = self._exporter.stem()
        self._exporter.ask("session", "Save the session", [SESSION_FILTER], stem, lambda path: self.save_to(path, then))

    def save_to(self, path: str | Path, then: Callable[[], object] | None = None) -> None:
        """Save the session as a file; `then` is called once it is there."""
        session = self._workspace.session()
        if session is None:
            return
        target = Path(path)
        if not is_session(target):
            target = target.with_name(target.name + SESSION_ENDING)
            if target.exists():
                self._workspace.report(OutputError(f"{target.name} is there already; choose it by name to replace it."))
                return
        step = self._workspace.undo_stack.index()

        def work() -> Generator[Any, None, None]:
            from stellar_gui.session.storage.archive import save_session

            return save_session(session, target)

        def done(_: object) -> None:
            self._settings.add_recent_file(str(target))
            if self._workspace.catalog is session.catalog:
                self._path = str(target)
                same_model = self._workspace.model is session.model
                same_checkpoint = self._workspace.checkpoint is session.checkpoint
                if self._workspace.undo_stack.index() == step and same_model and same_checkpoint:
                    self._workspace.mark_saved()
            self.saved.emit(str(target))
            if then is not None:
                then()

        self._run("Saving the session", work, done, outlives=True)

    def set_flags(self, flags: bool) -> None:
        """Whether exported tables get a column for each subset."""
        self._flags = flags

    def ask_export(self, subset: str | None = None) -> None:
        """Ask for a file, and export the selected stars, or those of a subset, to it."""
        what = "the selected stars" if subset is None else f"the subset {subset}"
        stem = self._exporter.stem("selection" if subset is None else "_".join(re.findall(r"\w+", subset.lower())))
        self._exporter.ask(
            "stars", f"Export {what}", EXPORT_FILTERS, stem, lambda path: self.export_selection(path, subset)
        )

    def export_selection(self, path: str | Path, subset: str | None = None) -> None:
        """Export the selected stars, or those of a subset, with all that was derived from them, to a file."""
        session = self._workspace.session()
        if session is None:
            return
        target, flags = Path(path), self._flags
        rows = np.flatnonzero(self._workspace.selection if subset is None else session.subsets[subset])
        what = "selection" if subset is None else f"subset {subset}"
        recipe = self._workspace.selection_recipe if subset is None else session.subsets.of_name(subset).recipe

        def work() -> Generator[Any, None, None]:
            from stellar_gui.session.export import export_rows

            return export_rows(session, rows, target, what, flags, recipe)

        self._exporter.write(f"Exporting the {what}", work, target, what=numbers.stars(len(rows)))

    def copy_selection(self) -> None:
        """Put the selected stars on the clipboard as tab-separated text."""
        session = self._workspace.session()
        rows = np.flatnonzero(self._workspace.selection)
        if session is None or not len(rows):
            return

        def work() -> str:
            from stellar_gui.session.export import export_table

            return str(export_table(session, rows).to_csv(sep="\t", index=False, lineterminator="\n"))

        def done(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self.copied.emit(len(rows))

        self._run("Copying the selection", work, done)

    def _open_survey(self, path: str, first: "Taking | None" = None) -> None:
        """Look at the survey's files, and ask which part of it to open; first: the part that is proposed."""

        def ask(survey: Survey) -> None:
            from stellar_gui.catalog.survey.sampling import Sample
            from stellar_gui.gui.survey_dialog import SurveyDialog

            dialog = SurveyDialog(survey, first or Sample(), self._window)
            dialog.chosen.connect(lambda taking: self._replace_work(lambda: self._load(path, taking=taking)))
            dialog.open()

        self._begin_opening("Looking at the files of the survey", lambda: open_survey(Path(path)), ask)

    def _load(
        self,
        path: str,
        then: Callable[[], object] | None = None,
        columns: Mapping[str, str] = MappingProxyType({}),
        table: str | None = None,
        taking: "Taking | None" = None,
    ) -> None:
        def work() -> Generator[Any, None, Session]:
            if table is None:
                require_one_table(Path(path))
            session = yield from open_path(Path(path), columns, table, taking)
            return prepare(session)

        def done(session: Session) -> None:
            self._path = path if is_session(Path(path)) else None
            self._workspace.show(session)
            if self._path is not None:
                self._workspace.mark_saved()
            if then is not None:
                then()
            else:
                self._settings.add_recent_file(path)
            self.opened.emit()

        def failed(error: Exception) -> None:
            if isinstance(error, SeveralTablesError):
                choose(error.tables)
            elif isinstance(error, EmptyPartError) or (
                isinstance(error, TooLargeError) and (taking is not None or can_be_parted(Path(path)))
            ):
                what = "a part of it" if taking is None else "another part"
                part = f"Open {what}\N{HORIZONTAL ELLIPSIS}"
                show_error(self._window, error, (part, lambda: self._open_survey(path, taking)))
            elif isinstance(error, MissingBandsError) and len(error.columns) >= len(BAND_NAMES):
                names = error.columns
                show_error(self._window, error, ("Choose columns\N{HORIZONTAL ELLIPSIS}", lambda: ask(names)))
            else:
                self._workspace.report(error)

        def ask(names: Sequence[str]) -> None:
            dialog = ColumnDialog(Path(path).name, names, self._window)
            dialog.chosen.connect(lambda chosen: self._load(path, then, chosen, table, taking))
            dialog.open()

        def choose(tables: Sequence[str]) -> None:
            dialog = TableDialog(Path(path).name, tables, self._window)
            dialog.chosen.connect(lambda name: self._load(path, then, columns, name))
            dialog.open()

        self._begin_opening("Opening the file", work, done, failed)

    def _take_sample(self, session: Session) -> None:
        self._path = None
        self._workspace.show(session)
        self.opened.emit()

    def _run(
        self,
        title: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
        outlives: bool = False,
    ) -> Task:
        task = Task(title, work, outlives=outlives)
        task.finished.connect(done)
        task.failed.connect(failed or self._workspace.report)
        self._workspace.tasks.start(task)
        return task

    def _begin_opening(
        self,
        title: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> Task:
        """Open something; what was asked for last is what will be shown."""
        if self._opening is not None:
            self._opening.cancel()
        self._opening = self._run(title, work, done, failed)
        return self._opening

    def _replace_work(
        self, go_on: Callable[[], object], declined: Callable[[], None] = lambda: None, reason: str = ""
    ) -> None:
        if not self._workspace.unsaved:
            go_on()
            return
        box = QMessageBox(self._window)
        box.setObjectName("unsavedDialog")
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"{reason} The session has changes that are not saved.".lstrip())
        box.setInformativeText("Save the session before other work takes its place?")
        save = box.addButton("Save\N{HORIZONTAL ELLIPSIS}", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton("Do not save", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)

        def answer() -> None:
            if box.clickedButton() is discard:
                go_on()
            elif box.clickedButton() is save:
                self.save(go_on)
            else:
                declined()

        box.finished.connect(answer)
        box.open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode, *filters: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, self._settings.last_folder)
        dialog.setFileMode(mode)
        dialog.setNameFilters(list(filters))
        return dialog


def _simulate() -> Session:
    from stellar_gui.catalog.simulation import simulate

    return prepare(Session(catalog=simulate()))
