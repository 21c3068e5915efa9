"""Unsaved work survives: it is kept in a file of its own, and offered when the program starts again."""

from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QLockFile, QObject

from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.errors import InputError, OutputError, StellarError
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import drain
from stellar_gui.session.session import Session
from stellar_gui.session.storage.manifest import read_manifest

FOLDER = "recovered"
ENDING = ".stellar"
ORIGIN = ".origin"
"""Ending of the file beside a copy which holds the path of the user's session file, where the work had one."""


@dataclass(frozen=True)
class LeftOver:
    """A copy of unsaved work; origin: the session file it belongs to, None without one; catalog: its table's name."""

    path: Path
    catalog: str
    origin: str | None
    kept: datetime

    @property
    def name(self) -> str:
        """What the user knows the work by."""
        return self.catalog if self.origin is None else Path(self.origin).name

    @property
    def when(self) -> str:
        """The local time of the copy, in words."""
        day = "" if self.kept.date() == datetime.now().date() else f"{self.kept.day} {self.kept:%B %Y}, "
        return f"{day}{self.kept:%H:%M}"


class Recovery(QObject):
    """Keeps a copy of a trained, unsaved session while the window is open; a lock tells it from left-over copies.

    A session whose training is held counts as trained.
    """

    def __init__(self, workspace: Workspace, origin: Callable[[], str | None]) -> None:
        """origin: tells the session file that the open work was opened from or saved to."""
        super().__init__(workspace)
        self._workspace = workspace
        self._origin = origin
        self._folder = platformdirs.user_data_path("stellar-gui", appauthor=False) / FOLDER
        self._path: Path | None = None
        self._lock: QLockFile | None = None
        self._kept: Session | None = None
        self._undo_index = 0
        self._task: Task | None = None

    def left_over(self) -> tuple[LeftOver, ...]:
        """Copies that no open window holds, newest first."""
        if not self._folder.is_dir():
            return ()
        found = [path for path in self._folder.glob(f"*{ENDING}") if path != self._path and _is_free(path)]
        found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        return tuple(copy for path in found if (copy := _read(path)) is not None)

    def keep(self) -> None:
        """Copy the unsaved work in the background; called when a training has ended or is held."""
        session, origin = self._workspace.session(), self._origin()
        if session is None or not self._workspace.unsaved or self._task is not None:
            return
        self._undo_index = self._workspace.undo_stack.index()
        try:
            target = self._own_path()
        except OutputError as error:
            self._workspace.report(error)
            return

        def work() -> Generator[Any, None, None]:
            return _save(session, target, origin)

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
                try:
                    drain(_save(session, self._own_path(), self._origin()))
                except StellarError as error:
                    raise _no_copy(self._folder) from error
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def forget(self) -> None:
        """Remove this window's copy, since the work is saved or given up."""
        self._kept = None
        if self._path is not None:
            self.discard(self._path)

    def discard(self, path: Path) -> None:
        """Remove a copy that nobody wants any more."""
        for file in (path, path.with_suffix(ORIGIN)):
            file.unlink(missing_ok=True)

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


def _save(session: Session, path: Path, origin: str | None) -> Generator[Any, None, None]:
    from stellar_gui.session.storage.archive import save_session

    beside = path.with_suffix(ORIGIN)
    if origin is None:
        beside.unlink(missing_ok=True)
    else:
        with atomic_target(beside) as target:
            target.write_text(origin, encoding="utf-8", errors="surrogateescape")
    return save_session(session, path)


def _read(path: Path) -> LeftOver | None:
    origin = None
    with suppress(OSError):
        origin = path.with_suffix(ORIGIN).read_text(encoding="utf-8", errors="surrogateescape") or None
    try:
        name = read_manifest(path).provenance.name
        return LeftOver(path, name, origin, datetime.fromtimestamp(path.stat().st_mtime))
    except (InputError, OSError):
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
