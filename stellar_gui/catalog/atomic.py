"""Files that appear whole or not at all."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from stellar_gui.errors import OutputError


@contextmanager
def atomic_target(path: Path) -> Iterator[Path]:
    """A temporary file in the folder of path, to be written within the block; it takes path's place at its end.

    The data are on disk (fsync) before the file is replaced in one step; an existing file's permissions stay, a
    symbolic link keeps pointing to its file. If the block raises, or its generator is closed, the temporary file is
    removed and what was at path is left as it was.
    Raises OutputError for every OSError on the way, and where path is a folder, a device or write-protected.
    """
    path = Path(path)
    try:
        target = path.resolve()
        mode = _mode(path, target)
        temporary = target.with_name(f".{target.name[:100]}.{uuid4().hex[:12]}.part")
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: NUL in the name; RuntimeError: a loop of links
        raise OutputError(f"{_named(path, error)}: {_reason(error)}.") from error
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield temporary
        if mode is not None:
            temporary.chmod(mode)
        _sync(temporary)
        temporary.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise OutputError(f"{_named(path, error)}: {_reason(error)}.") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def require_target(path: Path) -> None:
    """Raise OutputError where `atomic_target` would before anything is written: for work that takes long until then."""
    with suppress(_EnoughError), atomic_target(path):
        raise _EnoughError


class _EnoughError(Exception):
    """Ends the writing of a file, which then is not there."""


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside path, to be filled within the block; it takes path's place at its end.

    If the block raises, or its generator is closed, the temporary folder is removed with all that is in it.
    Raises OutputError where there is anything at path but an empty folder, and for every OSError on the way.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name[:100]}.{uuid4().hex[:12]}.part")
    try:
        require_new_folder(path)
        temporary.mkdir()
        yield temporary
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise OutputError(f"{_named(path, error)}: {_reason(error)}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def require_new_folder(path: Path) -> None:
    """Raise OutputError where there is anything at path but an empty folder; OSError."""
    if path.is_symlink() or path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise OutputError(f"{path.name}: there is something of this name already; choose the name of a new folder.")


def _mode(path: Path, target: Path) -> int | None:
    """The permissions of the file to be replaced, None where there is none; OutputError where it must not be."""
    try:
        facts = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(facts.st_mode):
        raise OutputError(f"{path.name or path}: this is a folder; add a file name.")
    if not stat.S_ISREG(facts.st_mode):
        raise OutputError(f"{path.name}: this is a pipe or device; choose the name of a file.")
    if not os.access(target, os.W_OK):
        raise OutputError(f"{path.name}: the file is write-protected; choose another name.")
    return stat.S_IMODE(facts.st_mode)


def _sync(path: Path) -> None:
    """Have a file or a folder on disk; a folder where the system cannot do so is left."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _named(path: Path, error: Exception) -> str:
    """The file, with its folder where that is what is wrong."""
    return str(path) if isinstance(error, FileNotFoundError) else path.name


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "its folder does not exist; choose another"
    if isinstance(error, PermissionError):
        return "you have no permission to write in its folder; choose another"
    text = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    return (
        f"it could not be written ({text.lower().rstrip('.')}); what was there before is unchanged, try another folder"
    )
