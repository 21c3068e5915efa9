"""The bytes of a file that is read at its places: mapped into memory, or unpacked within limits."""

import gzip
import zlib
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.catalog.formats.raw_table import Limits
from stellar_gui.catalog.formats.text_pieces import too_large
from stellar_gui.errors import InputError

GZIP: Final = b"\x1f\x8b"


def file_bytes(path: Path, limits: Limits) -> NDArray[np.uint8]:
    """(size,) uint8, read-only: the file as it is, or unpacked where it is compressed by gzip.

    Raises InputError for a compressed file that is damaged or unpacks beyond the limits; OSError.
    """
    with path.open("rb") as file:
        if file.read(len(GZIP)) != GZIP:
            return np.memmap(path, dtype=np.uint8, mode="r")
        file.seek(0)
        allowed = limits.unpacked_from(path.stat().st_size)
        try:
            with gzip.GzipFile(fileobj=file) as unpacked:
                data = unpacked.read(allowed + 1)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InputError(
                f"{path.name}: the compressed file is cut off or damaged; download or copy it again."
            ) from error
    if len(data) > allowed:
        raise too_large(path, allowed)
    return np.frombuffer(data, np.uint8)


def first_bytes(path: Path, count: int) -> bytes:
    """The first bytes of a file, unpacked where it is compressed by gzip and sound so far; OSError."""
    with path.open("rb") as file:
        head = file.read(count)
        if not head.startswith(GZIP):
            return head
        file.seek(0)
        try:
            with gzip.GzipFile(fileobj=file) as unpacked:
                return unpacked.read(count)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            return head
