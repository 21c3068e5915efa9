"""The table of the path: to a file or to the clipboard."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from stellar_gui.gui.files import EXPORT_FILTERS
from stellar_gui.gui.settings import Settings
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Workspace


class PathExport(QObject):
    """`exported` hears the path of the file that was written, `copied` how many rows are on the clipboard."""

    exported = Signal(str)
    copied = Signal(int)

    def __init__(self, workspace: Workspace, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._settings, self._window = workspace, settings, window

    def ask(self) -> None:
        """Ask for a file, and write the table to it."""
        dialog = QFileDialog(self._window, "Export the path", self._settings.last_folder)
        dialog.setObjectName("pathFileDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(EXPORT_FILTERS))

        def follow(kind: str) -> None:
            ending = kind.partition("*.")[2].rstrip(")")
            dialog.setDefaultSuffix(ending)
            dialog.selectFile(f"path.{ending}")

        follow(EXPORT_FILTERS[0])
        dialog.filterSelected.connect(follow)
        dialog.fileSelected.connect(self.export)
        dialog.open()

    def export(self, target: str | Path) -> None:
        """Write the table of the path to a file."""
        workspace, probing = self._workspace, self._workspace.probing
        catalog, model, cuts = workspace.catalog, workspace.model, workspace.cuts
        path, along = probing.path, probing.along
        if catalog is None or model is None or path is None or along is None:
            return

        def work() -> Generator[Any, None, None]:
            from stellar_gui.session.probing import save_path

            return save_path(catalog, cuts, model, path, along, Path(target))

        def done(_: object) -> None:
            self._settings.remember_folder(str(target))
            self.exported.emit(str(target))

        task = Task("Exporting the path", work, outlives=True)
        task.finished.connect(done)
        task.failed.connect(workspace.report)
        workspace.tasks.start(task)

    def copy(self) -> None:
        """Put the table of the path on the clipboard as tab-separated text."""
        catalog, probing = self._workspace.catalog, self._workspace.probing
        if catalog is None or probing.path is None or probing.along is None:
            return
        from stellar_gui.session.probing import path_table

        table = path_table(catalog, probing.path, probing.along)
        QGuiApplication.clipboard().setText(table.to_csv(sep="\t", index=False, lineterminator="\n"))
        self.copied.emit(len(table))
