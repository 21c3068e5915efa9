"""Writing a session as a page of HTML or as a Python script: the dialogs, and the work behind them in workers."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from stellar_gui.gui.settings import Settings
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Workspace
from stellar_gui.session.session import Session

Writer = Callable[[Session, Path], Generator[Any, None, object]]


class PageExports(QObject):
    """What the File menu does with a whole session beside saving it; `exported` hears the path of what was written."""

    exported = Signal(str)

    def __init__(self, workspace: Workspace, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._settings = settings
        self._window = window

    def ask_report(self) -> None:
        """Ask where the report is to go."""
        self._ask("report", "Write a report", "Web page (*.html)", "_report.html", self.export_report)

    def export_report(self, path: str | Path) -> None:
        """Write the session as one page of HTML."""

        def write(session: Session, target: Path) -> Generator[Any, None, object]:
            from stellar_gui.session.report.page import write_report

            return write_report(session, target)

        self._write("Writing the report", write, Path(path))

    def ask_script(self) -> None:
        """Ask where the script is to go."""
        self._ask("script", "Write a Python script", "Python script (*.py)", "_session.py", self.export_script)

    def export_script(self, path: str | Path) -> None:
        """Write the session as a Python script that repeats it."""

        def write(session: Session, target: Path) -> Generator[Any, None, object]:
            from stellar_gui.session.script.document import write_script

            return write_script(session, target)

        self._write("Writing the script", write, Path(path))

    def _ask(self, name: str, title: str, kind: str, proposed: str, chosen: Callable[[str], None]) -> None:
        catalog = self._workspace.catalog
        if catalog is None:
            return
        dialog = QFileDialog(self._window, title, self._settings.last_folder, kind)
        dialog.setObjectName(f"{name}FileDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(proposed.rpartition(".")[2])
        stem = catalog.provenance.name.removesuffix(".gz").rsplit(".", 1)[0].replace(" ", "_").lower()
        dialog.selectFile(stem + proposed)
        dialog.fileSelected.connect(chosen)
        dialog.open()

    def _write(self, title: str, write: Writer, target: Path) -> None:
        session = self._workspace.session()
        if session is None:
            return

        def done(_: object) -> None:
            self._settings.remember_folder(str(target))
            self.exported.emit(str(target))

        task = Task(title, lambda: write(session, target), outlives=True)
        task.finished.connect(done)
        task.failed.connect(self._workspace.report)
        self._workspace.tasks.start(task)
