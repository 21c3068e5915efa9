"""The zip archive around a session, or a compressed catalogue: a fixed list of members, read within limits."""

import stat
import zipfile
import zlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

MANIFEST: Final = "manifest.json"
CATALOG: Final = "catalog.parquet"
ROWS: Final = "rows.parquet"
EMBEDDING: Final = "embedding.parquet"
MODEL: Final = "model.safetensors"
CHECKPOINT: Final = "checkpoint.safetensors"
RUNS: Final = "runs.safetensors"

LIMITS: Final[Mapping[str, int]] = {
    MANIFEST: 16 * 2**20,
    CATALOG: 16 * 2**30,
    ROWS: 2**30,
    EMBEDDING: 8 * 2**30,
    MODEL: 2 * 2**30,
    CHECKPOINT: 8 * 2**30,
    RUNS: 8 * 2**30,
}
"""The only members of a session and the most bytes that each may unpack to."""


@dataclass(frozen=True)
class ArchiveKind:
    """A kind of archive: what a sentence calls it, and its only members with the most bytes that each may unpack to."""

    noun: str
    limits: Mapping[str, int]


SESSION: Final = ArchiveKind("session", LIMITS)

_CHUNK: Final = 4 * 2**20
_RATIO: Final = 200
_ALWAYS_ALLOWED: Final = 64 * 2**20
_FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)


def read_members(
    path: Path, wanted: frozenset[str], kind: ArchiveKind = SESSION
) -> Generator[Progress, None, dict[str, bytes]]:
    """The wanted members of an archive, unpacked in memory; those that the archive lacks are absent.

    Nothing is written to disk, and no more is unpacked than the archive's list declares and the limits allow.
    Raises InputError for a file that is no archive of this kind, is damaged, or holds what none of the kind holds.
    """
    _require_plain_file(path, kind)
    try:
        with zipfile.ZipFile(path) as archive:
            members = _checked_members(archive, path, kind)
            chosen = [members[name] for name in sorted(wanted & members.keys())]
            return (yield from _unpack(archive, chosen, path))
    except OSError as error:
        raise InputError(f"{path.name}: it cannot be read ({(error.strerror or str(error)).lower()}).") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError) as error:
        raise InputError(
            f"{path.name}: not a {kind.noun} of Stellar GUI, or a damaged or cut-off one; open another copy of it."
        ) from error


def write_members(path: Path, members: Mapping[str, bytes]) -> Generator[Progress, None, None]:
    """Write members to a new zip archive at path; equal members give equal bytes.

    Parquet and safetensors are stored as they are (Parquet compresses itself), JSON is deflated.
    """
    total, done = sum(len(content) for content in members.values()), 0
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _FIXED_TIME)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
            info.file_size = len(content)
            with archive.open(info, "w") as stream:
                for start in range(0, len(content), _CHUNK):
                    chunk = content[start : start + _CHUNK]
                    stream.write(chunk)
                    done += len(chunk)
                    yield Progress(done, total, "bytes")


def _require_plain_file(path: Path, kind: ArchiveKind) -> None:
    """Raise InputError where path is not a file that can be opened and read to its end."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; check the name and the folder.") from error
    except OSError as error:
        raise InputError(f"{path}: it cannot be read ({(error.strerror or str(error)).lower()}).") from error
    except ValueError as error:  # a NUL character in the name
        raise InputError(f"{path.name!r}: no file can have this name; check it.") from error
    if stat.S_ISDIR(mode):
        raise InputError(f"{path}: a folder; choose a {kind.noun} in it.")
    if not stat.S_ISREG(mode):
        raise InputError(f"{path}: not an ordinary file; copy its content to a file and open that.")


def _checked_members(archive: zipfile.ZipFile, path: Path, kind: ArchiveKind) -> dict[str, zipfile.ZipInfo]:
    """The archive's list of members by name, after all that can be refused before unpacking has been looked at."""
    entries = archive.infolist()
    for info in entries:
        if info.filename not in kind.limits:
            raise InputError(
                f"{path.name}: not opened, as it holds {_shown(info.filename)}, which is no part of a {kind.noun}."
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise InputError(f"{path.name}: not opened, as its {info.filename} is a link to another file.")
        if info.flag_bits & 1:
            raise InputError(f"{path.name}: encrypted; pack the {kind.noun} again without a password.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"{path.name}: not opened, as it is compressed in a way that a {kind.noun} is not.")
        if info.file_size > kind.limits[info.filename]:
            raise InputError(
                f"{path.name}: not opened, as its {info.filename} would unpack to {info.file_size:,} bytes."
            )
    members = {info.filename: info for info in entries}
    if len(members) != len(entries):
        raise InputError(f"{path.name}: not opened, as it holds the same member twice.")
    if MANIFEST not in members:
        raise InputError(f"{path.name}: not a {kind.noun} of Stellar GUI, as it has no {MANIFEST}.")
    total = sum(info.file_size for info in entries)
    if total > max(_ALWAYS_ALLOWED, _RATIO * path.stat().st_size):
        raise InputError(
            f"{path.name}: not opened, as it would unpack to {total:,} bytes, far more than a {kind.noun} of its size."
        )
    return members


def _unpack(
    archive: zipfile.ZipFile, chosen: list[zipfile.ZipInfo], path: Path
) -> Generator[Progress, None, dict[str, bytes]]:
    """The chosen members' bytes; at most one chunk more than the list declares is ever held."""
    total, done = sum(info.file_size for info in chosen), 0
    unpacked: dict[str, bytes] = {}
    for info in chosen:
        content = bytearray()
        with archive.open(info) as stream:
            while len(content) <= info.file_size and (chunk := stream.read(_CHUNK)):
                content += chunk
                done += len(chunk)
                yield Progress(done, total, "bytes")
        if len(content) != info.file_size:
            raise InputError(f"{path.name}: damaged; its {info.filename} has not the size that it declares.")
        unpacked[info.filename] = bytes(content)
    return unpacked


def _shown(name: str) -> str:
    """A member's name as it can be shown on one line, however long and whatever is in it."""
    return repr(name if len(name) <= 60 else name[:57] + "...")
