"""One answer, checked while it is written to disk: a table, or the error that tells what it is instead."""

import csv
import re
from collections.abc import Sequence
from typing import IO, Final

from stellar_gui.catalog.formats.raw_table import LIMITS, size_in_words
from stellar_gui.catalog.sky_server.messages import message, refusal
from stellar_gui.catalog.sky_server.transfer import Head, broken_off
from stellar_gui.errors import ServerError

_HEAD: Final = 1 << 16
_SECOND_TABLE: Final = re.compile(rb"\n#Table\d")
_OVERLAP: Final = 16
_TOLERANCE: Final = 100
"""Lines, such as blank ones, that an answer may have beyond the rows that were asked for."""


class Answer:
    """Takes an answer block by block and writes its CSV, from the line of column names on, to a file.

    rows: lines after the column names so far. Every method raises ServerError where the answer is no table.
    """

    def __init__(self, file: IO[bytes], host: str, head: Head, limit: int | None) -> None:
        self.rows = 0
        self._file, self._host, self._head, self._limit = file, host, head, limit
        self._names: Sequence[str] | None = None
        self._held = b""
        self._last = b""

    def add(self, block: bytes) -> None:
        """Take the next block."""
        if self._names is not None:
            self._write(block)
            return
        self._held += block
        if len(self._held) >= _HEAD:
            self._begin()

    def finish(self) -> None:
        """Check that the end is there."""
        if self._names is None:
            self._begin()
        if not self._last:
            return
        cells = _cells(self._last)
        if not self._head.framed or len(cells) != len(self._names or ()):
            raise broken_off(self._host)
        self.rows += 1
        self._file.write(b"\n")

    def _begin(self) -> None:
        head, self._held = self._held, b""
        said = message(head, self._head.status)
        if said is not None:
            page = head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
            raise refusal(self._host, said, page, self._head.status)
        if _SECOND_TABLE.search(head.lstrip()):
            raise self._several()
        start = len(head) - len(head.lstrip(b"\xef\xbb\xbf\r\n\t "))
        while head.startswith((b"#", b"\r", b"\n"), start):
            start = head.find(b"\n", start) + 1 or len(head)
        line, end, _ = head[start:].partition(b"\n")
        if not end and not self._head.framed:
            raise broken_off(self._host)
        self._names = _cells(line)
        self._file.write(line + b"\n")
        self._write(head[start + len(line) + len(end) :])

    def _write(self, block: bytes) -> None:
        joined = self._last + block
        if _SECOND_TABLE.search(b"\n" + joined, max(len(self._last) - _OVERLAP, 0)):
            raise self._several()
        self._file.write(block)
        self.rows += block.count(b"\n")
        self._last = joined[joined.rfind(b"\n") + 1 :]
        if len(self._last) > LIMITS.line:
            raise ServerError(
                f"{self._host} sent a line longer than {size_in_words(LIMITS.line)}, so this is no table of stars; "
                "check the server's address."
            )
        if self._limit is not None and self.rows > self._limit + _TOLERANCE:
            raise ServerError(
                f"{self._host} sent more than the {self._limit:,} rows that were asked for, so it was stopped; check "
                "the server's address."
            )

    def _several(self) -> ServerError:
        return ServerError(f"{self._host} answered with several tables; send one SELECT at a time.")


def _cells(line: bytes) -> list[str]:
    return next(csv.reader([line.decode("utf-8", "replace").strip("\r\n")]), [])
