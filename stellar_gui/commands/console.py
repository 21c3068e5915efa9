"""How commands talk: progress on standard error, results on standard output."""

import json
import math
import os
import sys
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TextIO, TypeVar

from stellar_gui.errors import OutputError
from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from stellar_gui.autoencoder.training import TrainingProgress

Result = TypeVar("Result")

BAR_WIDTH: Final = 24
BAR_INTERVAL: Final = 0.1
LINE_INTERVAL: Final = 5.0
SLOW: Final = 0.5
"""Units a second below which no rate is told."""


def follow(work: Generator[Any, Any, Result], title: str) -> Result:
    """Run a generator to its end, tell its progress on standard error, and return what it returns.

    On a terminal a bar is redrawn in place; otherwise a line is written every few seconds. Ctrl-C closes the generator.
    """
    meter = _Meter(title, sys.stderr)
    try:
        while True:
            try:
                item = next(work)
            except StopIteration as end:
                result: Result = end.value
                return result
            if item is not None:
                meter.show(item)
    finally:
        work.close()
        meter.clear()


def warn(sentence: str) -> None:
    """Write a warning, one line, to standard error."""
    _tell(sys.stderr, f"warning: {sentence}\n")


def say(sentence: str) -> None:
    """Write what is about to be done, one line, to standard error."""
    _tell(sys.stderr, f"{sentence}\n")


def write_result(lines: Iterable[str]) -> None:
    """Write lines for people to standard output."""
    _write("\n".join(lines))


def write_json(values: Mapping[str, Any]) -> None:
    """Write one JSON object to standard output."""
    _write(json.dumps(values, allow_nan=False))


def _write(text: str) -> None:
    """Write to standard output; raises BrokenPipeError where nobody reads it any more, else OutputError."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is not tried again at exit
        if isinstance(error, BrokenPipeError):
            raise
        raise OutputError(f"the result could not be written to standard output ({error.strerror})") from error


def _tell(stream: TextIO, text: str) -> None:
    """Write what is no result; that nobody can read it does not keep the work from being done."""
    with suppress(OSError):
        stream.write(text)
        stream.flush()


class _Meter:
    """A bar on a terminal, a line now and then otherwise."""

    def __init__(self, title: str, stream: TextIO) -> None:
        self._title = title
        self._stream = stream
        self._terminal = stream.isatty()
        self._started = time.monotonic()
        self._shown = self._started
        self._length = 0

    def show(self, item: Any) -> None:
        """Tell of a Progress or a TrainingProgress, unless that was done a moment ago."""
        moment = time.monotonic()
        if moment - self._shown < (BAR_INTERVAL if self._terminal else LINE_INTERVAL):
            return
        self._shown = moment
        text = _progress_text(item, moment - self._started) if isinstance(item, Progress) else _training_text(item)
        line = f"{self._title}: {text}"
        if self._terminal:
            _tell(self._stream, "\r" + line.ljust(self._length))
            self._length = len(line)
        else:
            _tell(self._stream, line + "\n")

    def clear(self) -> None:
        """Take the bar away."""
        if self._length:
            _tell(self._stream, "\r" + " " * self._length + "\r")


def bar(share: float) -> str:
    """A bar of fixed width, filled by a share from 0 to 1."""
    filled = round(BAR_WIDTH * min(max(share, 0.0), 1.0))
    return "[" + "#" * filled + "." * (BAR_WIDTH - filled) + "]"


def time_left(seconds: float) -> str:
    """'0:07 left', '1:02:03 left'; empty where it is not known."""
    if not math.isfinite(seconds):
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d} left" if hours else f"{minutes}:{rest:02d} left"


def _training_text(item: "TrainingProgress") -> str:
    parts = (
        f"{bar(item.fraction)} {100 * item.fraction:3.0f} %",
        f"epoch {item.epoch:,} of {item.epochs:,}",
        f"best {item.best_validation:.4f} {item.loss_unit}".rstrip(),
        f"{item.stars_per_second:,.0f} stars/s",
        time_left(item.time_left),
    )
    return "  ".join(part for part in parts if part)


def _progress_text(item: Progress, elapsed: float) -> str:
    if item.note:
        return f"{bar(item.done / item.total)}  {item.note}" if item.total else item.note
    rate = item.done / elapsed if elapsed > 0 else 0.0
    scale, unit = (1e6, "MB") if item.unit == "bytes" else (1, item.unit)
    if item.total and rate < SLOW:
        amount = f"{item.done:,.0f} of {item.total:,.0f} {unit}"
    else:
        amount = f"{item.done / scale:,.0f} {unit}, {rate / scale:,.0f}/s"
    if not item.total:
        return amount
    left = time_left((item.total - item.done) / rate) if rate else ""
    parts = f"{bar(item.done / item.total)} {100 * item.done / item.total:3.0f} %", "" if unit == "%" else amount, left
    return "  ".join(part for part in parts if part)
