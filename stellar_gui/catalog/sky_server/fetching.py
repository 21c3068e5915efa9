"""Getting a query's stars: part by part to disk, then as one table with its provenance, resumable between the parts."""

import hashlib
import re
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from stellar_gui import __version__
from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.formats.csv_table import read_text_table
from stellar_gui.catalog.sky_server.answer import Answer
from stellar_gui.catalog.sky_server.messages import nothing_found
from stellar_gui.catalog.sky_server.server import Request, Server
from stellar_gui.catalog.sky_server.sql import Split, checked, divided, star_limit, with_star_limit
from stellar_gui.catalog.sky_server.stepping import stepped
from stellar_gui.catalog.sky_server.transfer import Head, TransferLimits, receive
from stellar_gui.catalog.writing import save_table, writer_for
from stellar_gui.errors import InputError, OutputError, ServerError
from stellar_gui.progress import Progress

SERVER_ROWS: Final = 500_000
"""Rows that SkyServer gives for one query at most."""
LIMITS: Final = TransferLimits()
PARTS_ENDING: Final = ".parts"
_BLOCK: Final = 1 << 20
_WHOLE: Final = "all.csv"
_MAGNITUDE: Final = re.compile(
    r"((psf|model|cmodel|petro|fiber|fiber2|dev|exp)mag(err)?|dered|extinction|err)_[ugriz]", re.IGNORECASE
)


@dataclass(frozen=True)
class Query:
    """What is asked of which server.

    sql: one SELECT. stars: rows of each request at most, written after TOP; None leaves the query's own limit.
    split: how the query is divided, None for one request. Raises InputError for a query that is empty, or cannot be
    divided.
    """

    sql: str
    server: Server = field(default_factory=Server)
    stars: int | None = None
    split: Split | None = None

    def __post_init__(self) -> None:
        if self.stars is not None and self.stars < 1:
            raise InputError("ask for at least one star.")
        object.__setattr__(self, "sql", checked(self.sql))
        self.statements()

    def statements(self) -> list[str]:
        """The query of each request."""
        if self.split is not None:
            return divided(self.sql, self.split, self.stars or star_limit(self.sql) or SERVER_ROWS)
        return [self.sql if self.stars is None else with_star_limit(self.sql, self.stars)]

    def requests(self) -> list[Request]:
        """All that is sent, in order."""
        return [self.server.request(sql) for sql in self.statements()]


@dataclass(frozen=True)
class Fetched:
    """A table that was kept.

    path: the file, of `size` bytes. rows: its stars. limit: the rows that a request could give, None if unlimited.
    cut_off: how many of the `parts` requests gave exactly that many.
    """

    path: Path
    size: int
    rows: int
    limit: int | None
    cut_off: int
    parts: int

    @property
    def warning(self) -> str:
        """Why there may be more stars than were kept, in one sentence; empty where all are there."""
        if not self.cut_off:
            return ""
        if self.parts == 1:
            return f"Probably cut off: these are exactly the {self.limit:,} rows that were asked for at most."
        return (
            f"Probably cut off: {self.cut_off:,} of {self.parts:,} parts have exactly the {self.limit:,} rows that "
            "were asked for at most; use more parts."
        )


def fetch(query: Query, path: Path, limits: TransferLimits = LIMITS) -> Generator[Progress, None, Fetched]:
    """Ask for a query's stars and keep them as a table; the ending of path chooses the format. Closing gives up.

    The answers are on disk before they are read. The parts of a divided query that are complete stay in the folder
    PATH.parts until all are, so that the same call after a failure asks for the missing ones only.
    Yields Progress in rows while stars arrive (of the limit), then while the table is read and written. Raises
    ServerError with one sentence for what a server may do instead of sending a table, OutputError, InputError.
    """
    path = Path(path)
    writer_for(path)
    try:
        return (yield from _fetch(query, path, limits))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise OutputError(f"{path.name}: it could not be written ({why}); make room, or try another folder.") from error


def _fetch(query: Query, path: Path, limits: TransferLimits) -> Generator[Progress, None, Fetched]:
    statements = query.statements()
    limit = star_limit(statements[0])
    with ExitStack() as stack:
        folder = _folder(path, query.split is not None, stack)
        files: list[Path] = []
        rows: list[int] = []
        for number, sql in enumerate(statements, 1):
            file = folder / f"part-{number:04d}-{_digest(query.server, sql)}.csv"
            if not file.exists():
                part = f"part {number:,} of {len(statements):,}" if query.split is not None else ""
                yield from _receive(query.server, sql, file, limits, part, sum(rows), limit)
            files.append(file)
            rows.append(_rows_in(file))
        if not sum(rows):
            raise nothing_found(query.server.host)
        try:
            frame = yield from _read(_joined(files, folder), query.server.host)
        except ServerError:  # a part that cannot be read is of no use for the next time
            _remove_parts(folder)
            raise
        yield from save_table(frame, path, _origin(query, limit, rows), _units(frame))
        _remove_parts(folder)
    cut_off = sum(count == limit for count in rows)
    return Fetched(path, path.stat().st_size, len(frame), limit, cut_off, len(statements))


def _folder(path: Path, lasting: bool, stack: ExitStack) -> Path:
    """Where the parts are: beside the table to come, gone at the end of the stack unless lasting."""
    try:
        if lasting:
            folder = path.with_name(path.name + PARTS_ENDING)
            folder.mkdir(exist_ok=True)
            return folder
        return Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix=".skyserver-", dir=path.parent, ignore_cleanup_errors=True)
            )
        )
    except OSError as error:
        raise OutputError(f"{path.name}: its folder cannot be written to; choose another.") from error


def _remove_parts(folder: Path) -> None:
    """Leave the folder only where it holds what is not ours."""
    for file in (*folder.glob("part-*.csv"), folder / _WHOLE):
        file.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def _digest(server: Server, sql: str) -> str:
    """A short name for a request, so that a part is never taken for another's."""
    return hashlib.sha256(f"{server.address}\n{server.release}\n{sql}".encode()).hexdigest()[:12]


def _receive(
    server: Server, sql: str, file: Path, limits: TransferLimits, part: str, before: int, limit: int | None
) -> Generator[Progress, None, None]:
    """Write one answer to a file, which is there only when it is whole."""
    request = server.request(sql)
    asked = time.monotonic()
    began, size, answer = 0.0, 0, None
    with (
        atomic_target(file) as temporary,
        temporary.open("wb") as written,
        closing(stepped(lambda: receive(request, limits))) as blocks,
    ):
        for block in blocks:
            now = time.monotonic()
            if isinstance(block, Head):
                answer, began = Answer(written, server.host, block, limit), now
            elif block is not None and answer is not None:
                answer.add(block)
                size += len(block)
            if not size or answer is None:
                told = f"waiting for {server.host} \N{MIDDLE DOT} {now - asked:.0f} s"
                yield Progress(0, 0, "rows", _together(part, told))
                continue
            rate = size / max(now - began, 0.1)
            told = (
                f"{before + answer.rows:,} rows \N{MIDDLE DOT} {_megabytes(size)} \N{MIDDLE DOT} {_megabytes(rate)}/s"
            )
            yield Progress(answer.rows, limit or 0, "rows", _together(part, told))
        if answer is None:
            raise ServerError(f"{server.host} sent an empty answer; try again later.")
        answer.finish()


def _together(part: str, told: str) -> str:
    return f"{part} \N{MIDDLE DOT} {told}" if part else told


def _megabytes(size: float) -> str:
    return f"{size / 1e6:.1f} MB"


def _rows_in(file: Path) -> int:
    """Lines of a part after its column names, but for blank ones."""
    with file.open("rb") as text:
        return sum(1 for line in text if line.strip()) - 1


def _joined(files: Sequence[Path], folder: Path) -> Path:
    """One file of all parts, whose column names must be the same."""
    if len(files) == 1:
        return files[0]
    whole = folder / _WHOLE
    with whole.open("wb") as joined:
        names = b""
        for file in files:
            with file.open("rb") as text:
                first = text.readline().strip()
                if not names:
                    joined.write(first + b"\n")
                names = names or first
                if first != names:
                    raise ServerError("the parts of the answer have different columns; get them again.")
                while block := text.read(_BLOCK):
                    joined.write(block)
    return whole


def _read(file: Path, host: str) -> Generator[Progress, None, pd.DataFrame]:
    try:
        raw = yield from read_text_table(file)
    except InputError as error:
        why = str(error).removeprefix(f"{file.name}: ").partition(";")[0].rstrip(".")
        raise ServerError(f"the table that {host} sent cannot be read ({why}); try again.") from error
    return raw.frame


def _origin(query: Query, limit: int | None, rows: Sequence[int]) -> dict[str, str]:
    told = {
        "program": f"stellar-gui {__version__}",
        "source": "SkyServer",
        "server": query.server.address,
        "data_release": query.server.release.upper(),
        "queried": datetime.now(UTC).isoformat(timespec="seconds"),
        "query": query.sql if query.stars is None else with_star_limit(query.sql, query.stars),
    }
    if query.split is not None:
        told["divided"] = f"by {query.split.column} into {query.split.parts} parts"
    if any(count == limit for count in rows):
        told["complete"] = f"probably cut off at {limit} rows"
    return told


def _units(frame: pd.DataFrame) -> dict[str, str]:
    """Units of the columns that SDSS names like this."""
    units = {name: "deg" for name in ("ra", "dec") if name in frame}
    bands = BAND_NAMES if set(BAND_NAMES) <= set(frame.columns) else ()
    return units | {name: "mag" for name in frame.columns if name in bands or _MAGNITUDE.fullmatch(name)}
