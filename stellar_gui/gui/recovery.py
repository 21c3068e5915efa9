"""Unsaved work survives: it is kept in a file of its own, and offered when the program starts again."""

from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QLockFile, QObject

from stellar_gui.errors import InputError, OutputError, StellarError
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import drain
from stellar_gui.session.manifest import read_manifest
from stellar_gui.session.session import Session

FOLDER = "recovered"
ENDING = ".stellar"


class Recovery(QObject):
    """Keeps a copy of a trained, unsaved session while the window is open; a lock tells it from left-over copies.

    A session whose training is held counts as trained.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._folder = platformdirs.user_data_path("stellar-gui", appauthor=False) / FOLDER
        self._path: Path | None = None
        self._lock: QLockFile | None = None
        self._kept: Session | None = None
        self._undo_index = 0
        self._task: Task | None = None

    def left_over(self) -> dict[Path, str]:
        """Copies that no open window holds, newest first, each with the name of its catalogue."""
        if not self._folder.is_dir():
            return {}
        found = [path for path in self._folder.glob(f"*{ENDING}") if path != self._path and _is_free(path)]
        found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        return {path: name for path in found if (name := _catalogue_name(path)) is not None}

    def keep(self) -> None:
        """Copy the unsaved work in the background; called when a training has ended or is held."""
        session = self._workspace.session()
        if session is None or not self._workspace.unsaved or self._task is not None:
            return
        self._undo_index = self._workspace.undo_stack.index()
        try:
            target = self._own_path()
        except OutputError as error:
            self._workspace.report(error)
            return

        def work() -> Generator[Any, None, None]:
            from stellar_gui.session.archive import save_session

            return save_session(session, target)

        task = Task("Keeping a copy", work, quiet=True, outlives=True)
        task.finished.connect(lambda _: setattr(self, "_kept", session))
        task.failed.connect(lambda _: self._workspace.report(_no_copy(self._folder)))
        task.ended.connect(lambda: setattr(self, "_task", None))
        self._task = task
        self._workspace.tasks.start(task)

    def close(self) -> None:
        """On closing the window: keep what is unsaved, forget what is saved.

        Raises OutputError where no copy can be kept.
        """
        session = self._workspace.session()
        if session is None or not self._workspace.unsaved:
            self.forget()
        else:
            kept = self._kept
            as_kept = kept is not None and kept.model is session.model and kept.checkpoint is session.checkpoint
            if not as_kept or self._undo_index != self._workspace.undo_stack.index():
                from stellar_gui.session.archive import save_session

                try:
                    drain(save_session(session, self._own_path()))
                except StellarError as error:
                    raise _no_copy(self._folder) from error
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def forget(self) -> None:
        """Remove this window's copy, since the work is saved or given up."""
        self._kept = None
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def adopt(self, path: Path) -> None:
        """Take over a left-over copy that was opened: it becomes this window's own."""
        self.forget()
        if self._lock is not None:
            self._lock.unlock()
        self._path, self._lock = path, _lock(path)
        self._lock.tryLock(0)

    def _own_path(self) -> Path:
        if self._path is None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise _no_copy(self._folder) from error
            stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
            self._path = self._folder / f"{stamp}{ENDING}"
            self._lock = _lock(self._path)
            self._lock.tryLock(0)
        return self._path


def _no_copy(folder: Path) -> OutputError:
    return OutputError(
        f"A copy of the unsaved work cannot be kept in {folder}; "
        "save the session, or close the window again to give it up."
    )


def _catalogue_name(path: Path) -> str | None:
    try:
        return read_manifest(path).provenance.name
    except InputError:
        return None


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)
    return lock


def _is_free(path: Path) -> bool:
    lock = _lock(path)
    if not lock.tryLock(0):
        return False
    lock.unlock()
    return True
