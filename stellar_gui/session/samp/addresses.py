"""Tables by the addresses that messages name: files, and web servers of this computer; nothing else is opened."""

import http.client
import ipaddress
import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import url2pathname

from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

MOST_BYTES: Final = 2 << 30
_BLOCK: Final = 1 << 18
_PATIENCE: Final = 20.0
"""Seconds that a server may be silent."""
_LONGEST_NAME: Final = 60


@dataclass(frozen=True)
class Fetched:
    """A table's file; temporary: whether it is a copy made here, to be removed after reading."""

    path: Path
    temporary: bool


def is_loopback(address: str) -> bool:
    """Whether an http address is of this computer, by its number or as localhost, with no user's name in it."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "http" or "@" in parts.netloc:
        return False
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def fetch(url: str, folder: Path, limit: int = MOST_BYTES) -> Generator[Progress, None, Fetched]:
    """The file behind an address: one of this computer's, or a copy of what its server sends, made in the folder.

    Redirections are not followed. limit: bytes that it may have. Yields Progress in bytes; closing the generator
    removes what was copied. Raises InputError for any other address, for what is too large or cannot be read.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise InputError("The table's address cannot be read; nothing was opened.") from error
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return _file(parts, limit)
    if is_loopback(url):
        return (yield from _download(parts, folder, limit))
    raise InputError(
        "The table is not on this computer, and only file:// and http://127.0.0.1 addresses are opened; "
        "save it there and open the file."
    )


def _file(parts: SplitResult, limit: int) -> Fetched:
    path = Path(url2pathname(parts.path))
    try:
        size = path.stat().st_size if path.is_file() else None
    except (OSError, ValueError):
        size = None
    if size is None or not path.is_absolute():
        raise InputError(f"{path.name}: there is no such file on this computer; send the table once more.")
    if size > limit:
        raise InputError(f"{path.name}: it is larger than tables by SAMP may be; open the file itself.")
    return Fetched(path, temporary=False)


def _download(parts: SplitResult, folder: Path, limit: int) -> Generator[Progress, None, Fetched]:
    name = (
        "".join(re.findall(r"[\w.-]+", unquote(parts.path).rsplit("/", 1)[-1]))[-_LONGEST_NAME:].lstrip(".") or "table"
    )
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_PATIENCE)
    path = folder / name
    whole = False
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise InputError(f"{name}: its server answers {answer.status} in place of the table; send it once more.")
        total, done = answer.length, 0
        with path.open("xb") as file:
            while block := answer.read(_BLOCK):
                done += len(block)
                if max(done, total or 0) > limit:
                    raise InputError(f"{name}: it is larger than tables by SAMP may be; save it and open the file.")
                file.write(block)
                yield Progress(done, total or 0, "bytes")
        if total is not None and done < total:
            raise InputError(f"{name}: it broke off in the middle; send it once more.")
        whole = True
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise InputError(f"{name}: it could not be fetched from its server; send it once more.") from error
    finally:
        connection.close()
        if not whole:
            path.unlink(missing_ok=True)
    return Fetched(path, temporary=True)
