"""Text files in pieces of whole lines, as UTF-8, whatever their encoding and compression."""

import codecs
import gzip
import zlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from stellar_gui.catalog.formats.raw_table import Limits, opening_memory, size_in_words
from stellar_gui.errors import InputError, TooLargeError

PIECE: Final = 4 << 20
_GZIP: Final = b"\x1f\x8b"
_HEAD: Final = 4096
_CONTROLS: Final = bytes({*range(32)} - set(b"\t\n\v\f\r\x1a\x1b"))
_MARKS: Final = (
    (codecs.BOM_UTF8, ""),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Piece:
    """Whole lines of a file.

    text: UTF-8, or Latin-1 where the file is; done: bytes of the file read so far.
    """

    text: bytes
    done: int


def read_pieces(path: Path, limits: Limits) -> Generator[Piece]:
    """Read a text file, plain or gzip (told by its content), in pieces that end with a line and never inside quotes.

    UTF-16 and UTF-32 become UTF-8; a byte order mark is left out; carriage returns alone become line feeds.
    Raises InputError for a damaged or cut-off gzip file, text beyond the limits, and what is not text; OSError.
    """
    with path.open("rb") as raw:
        packed = raw.read(len(_GZIP)) == _GZIP
        raw.seek(0)
        stream = gzip.GzipFile(fileobj=raw) if packed else raw
        decoder: codecs.IncrementalDecoder | None = None
        returns_only = False
        held, total = b"", 0
        allowed = limits.unpacked_from(path.stat().st_size) if packed else limits.unpacked
        while True:
            try:
                chunk = stream.read(PIECE)
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise InputError(
                    f"{path.name}: the compressed file is cut off or damaged; download or copy it again."
                ) from error
            last = len(chunk) < PIECE
            begins = total == 0
            total += len(chunk)
            if begins:
                chunk, decoder = _begin(chunk)
            if total > allowed:
                raise too_large(path, allowed)
            if decoder is not None:
                chunk = _decoded(path, decoder, chunk, last)
            if b"\0" in chunk or (begins and _mostly_controls(chunk[:_HEAD])):
                raise InputError(
                    f"{path.name}: not a text table, or a damaged one: it holds control characters; save it as CSV."
                )
            if begins:
                returns_only = b"\n" not in chunk and b"\r" in chunk
            if returns_only:
                chunk = chunk.replace(b"\r", b"\n")
            end = len(chunk) if last else _end_of_lines(held, chunk, limits.line)
            if end or last:
                yield Piece(b"".join((held, memoryview(chunk)[:end])), raw.tell())
                held = chunk[end:]
            else:
                held += chunk
            if last:
                return
            if len(held) > limits.line:
                raise too_long_line(path, limits)


def too_large(path: Path, allowed: int) -> InputError:
    """The error for a table that unpacks to more bytes than allowed."""
    return TooLargeError(
        f"{path.name}: the table takes more than {size_in_words(allowed)} when it is unpacked; "
        "open a part of it, with fewer rows or columns."
    )


def require_memory(path: Path, table: int, rows: int, limits: Limits) -> None:
    """Raise InputError where a table of that many bytes and rows takes more memory to open than the limits allow."""
    if opening_memory(table, rows) > limits.memory:
        raise TooLargeError(
            f"{path.name}: to open the table takes more than {size_in_words(limits.memory)} of memory; "
            "open a part of it, with fewer rows or columns."
        )


def too_long_line(path: Path, limits: Limits, number: int | None = None) -> InputError:
    """The error for a line beyond the limit, whose number is told where it is known."""
    where = "a line" if number is None else f"line {number:,}"
    return InputError(
        f"{path.name}: {where} is longer than {size_in_words(limits.line)}; "
        "this is not a table of stars, or a quotation mark is never closed."
    )


def to_text(line: bytes) -> str:
    """Decode bytes as UTF-8 or, where they are not, as Latin-1."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _mostly_controls(head: bytes) -> bool:
    return 10 * len(head.translate(None, _CONTROLS)) < 9 * len(head)


def _begin(chunk: bytes) -> tuple[bytes, codecs.IncrementalDecoder | None]:
    """The first chunk without its byte order mark, and the decoder that the file needs to become UTF-8, if any."""
    for mark, encoding in _MARKS:
        if chunk.startswith(mark):
            return (chunk, codecs.getincrementaldecoder(encoding)()) if encoding else (chunk[len(mark) :], None)
    head = chunk[:_HEAD]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        other = head[1 - offset :: 2]
        zeros = head[offset::2].count(0)
        if zeros and zeros > 0.7 * len(head[offset::2]) and not other.count(0):
            return chunk, codecs.getincrementaldecoder(encoding)()
    return chunk, None


def _decoded(path: Path, decoder: codecs.IncrementalDecoder, chunk: bytes, last: bool) -> bytes:
    try:
        return decoder.decode(chunk, last).encode("utf-8")
    except UnicodeError as error:
        raise InputError(
            f"{path.name}: its UTF-16 or UTF-32 text is cut off or damaged; save it again as UTF-8."
        ) from error


def _end_of_lines(held: bytes, text: bytes, reach: int) -> int:
    """Where in text, which goes on from what was held, the last line ends that is not inside quotes; 0 for nowhere.

    The last line at all, where quotation marks do not pair within reach.
    """
    last = end = text.rfind(b"\n") + 1
    if b'"' not in text and b'"' not in held:
        return end
    begin = 0
    if not held:
        while begin < end and text.startswith(b"#", begin):  # in comments, quotation marks need not pair
            begin = text.find(b"\n", begin) + 1
    codes = np.frombuffer(text, np.uint8, end - begin, begin)
    quotes = held.count(b'"') + np.count_nonzero(codes == ord('"'))  # several times faster than bytes.count
    while quotes % 2 and end > max(begin, len(text) - reach):
        before = text.rfind(b"\n", begin, end - 1) + 1 or begin
        quotes -= text.count(b'"', before, end)
        end = before
    return last if quotes % 2 else end
