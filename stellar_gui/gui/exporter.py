"""What all exports share: asking where, working behind the window, and telling when the file is there."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from stellar_gui.gui.save_dialog import ask_where
from stellar_gui.gui.settings import Settings
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Workspace


class Exporter(QObject):
    """Each export asks with `ask` and writes with `write`; `told` hears a sentence about each that is done."""

    told = Signal(str)

    def __init__(self, workspace: Workspace, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._settings = settings
        self._window = window

    @property
    def folder(self) -> str:
        """Where dialogs begin: the folder of the last file."""
        return self._settings.last_folder

    def ask(
        self,
        name: str,
        title: str,
        filters: Iterable[str],
        stem: str,
        chosen: Callable[[str], object],
    ) -> None:
        """Ask for a path as `ask_where` does."""
        ask_where(self._window, name, title, self.folder, filters, stem, chosen)

    def stem(self, what: str = "") -> str:
        """A name to propose: the table's, and what of it is written."""
        catalog = self._workspace.catalog
        name = catalog.provenance.name if catalog is not None else "stars"
        stem = name.removesuffix(".gz").rsplit(".", 1)[0].replace(" ", "_").lower()
        return f"{stem}_{what}" if what else stem

    def write(
        self,
        title: str,
        work: Callable[[], Any],
        target: Path,
        *,
        what: str = "",
        done: Callable[[Any], object] = lambda _: None,
        outlives: bool = True,
    ) -> None:
        """Have work write target, and call done with its result; what: 'Exported {what} to ...'; title: as in Task."""

        def finish(result: object) -> None:
            self.tell(target, what)
            done(result)

        task = Task(title, work, outlives=outlives)
        task.finished.connect(finish)
        task.failed.connect(self._workspace.report)
        self._workspace.tasks.start(task)

    def tell(self, target: Path, what: str = "") -> None:
        """Say that target is there, and let the next dialog begin in its folder."""
        self._settings.remember_folder(str(target))
        self.told.emit(f"Exported {what} to {target}" if what else f"Exported to {target}")
