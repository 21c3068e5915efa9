"""The log file: where the details of unexpected errors go; set up when first needed."""

import logging
import threading
from functools import cache
from pathlib import Path
from typing import Final

from stellar_gui import __version__

_SIZE: Final = 1_000_000
_KEPT: Final = 3


def log_path() -> Path:
    """The log file of this user, in the platform's folder for logs; it need not exist yet."""
    from platformdirs import user_log_path

    return user_log_path("stellar-gui", appauthor=False) / "stellar-gui.log"


@cache
def set_up_logging() -> logging.Logger:
    """Let what the program's modules log go to log_path(), rotated at 1 MB; silent where that cannot be written.

    The file appears with the first record. Returns the program's logger, the parent of its modules' loggers.
    """
    from logging.handlers import RotatingFileHandler

    log = logging.getLogger("stellar_gui")
    log.setLevel(logging.INFO)
    log.propagate = False
    handler: logging.Handler
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            log_path(), maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8", delay=True, errors="backslashreplace"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
    log.addHandler(handler)
    return log


def record_unexpected(error: BaseException) -> str:
    """Write an unexpected error with its traceback to the log and return the sentence that tells the user of it."""
    log = set_up_logging()
    log.error("Stellar GUI %s, thread %s", __version__, threading.current_thread().name, exc_info=error)
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    if any(isinstance(handler, logging.FileHandler) for handler in log.handlers):
        return f"something unexpected went wrong ({what}); the details are in {log_path()}"
    return f"something unexpected went wrong ({what}), and no log could be written to {log_path()}"
