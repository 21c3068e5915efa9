"""The table of the path: to a file or to the clipboard."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from stellar_gui.gui.exporter import Exporter
from stellar_gui.gui.files import EXPORT_FILTERS
from stellar_gui.gui.workspace import Workspace


class PathExport(QObject):
    """`copied` hears how many rows are on the clipboard."""

    copied = Signal(int)

    def __init__(self, workspace: Workspace, exporter: Exporter) -> None:
        super().__init__(exporter)
        self._workspace, self._exporter = workspace, exporter

    def ask(self) -> None:
        """Ask for a file, and write the table to it."""
        self._exporter.ask("path", "Export the path", EXPORT_FILTERS, "path", self.export)

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

        self._exporter.write("Exporting the path", work, Path(target))

    def copy(self) -> None:
        """Put the table of the path on the clipboard as tab-separated text."""
        catalog, probing = self._workspace.catalog, self._workspace.probing
        if catalog is None or probing.path is None or probing.along is None:
            return
        from stellar_gui.session.probing import path_table

        table = path_table(catalog, probing.path, probing.along)
        QGuiApplication.clipboard().setText(table.to_csv(sep="\t", index=False, lineterminator="\n"))
        self.copied.emit(len(table))
