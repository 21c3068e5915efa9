"""The zip archive around a session refuses what no session holds, before it is unpacked."""

import io
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain
from stellar_gui.session.storage.container import CATALOG, LIMITS, MANIFEST, MODEL, read_members, write_members

MEMBERS = {MANIFEST: b"{}", CATALOG: b"PAR1" * 1000, MODEL: bytes(range(256))}
ALL = frozenset(LIMITS)


def write(path: Path, members: dict[str, bytes] = MEMBERS) -> Path:
    drain(write_members(path, members))
    return path


def read(path: Path) -> dict[str, bytes]:
    return drain(read_members(path, ALL))


def hostile(path: Path, change: Callable[[zipfile.ZipFile], None]) -> Path:
    """An archive with the usual manifest and whatever change adds."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MANIFEST, b"{}")
        change(archive)
    return path


def test_members_come_back_and_the_same_members_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.stellar"), write(tmp_path / "b.stellar")
    assert read(first) == MEMBERS
    assert first.read_bytes() == second.read_bytes()


def test_only_the_wanted_members_are_unpacked(tmp_path: Path) -> None:
    assert drain(read_members(write(tmp_path / "a.stellar"), frozenset({MANIFEST}))) == {MANIFEST: b"{}"}


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    steps = list(read_members(write(tmp_path / "a.stellar"), ALL))
    total = sum(map(len, MEMBERS.values()))
    assert steps[-1] == Progress(total, total, "bytes")


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "/etc/passwd", "C:\\evil.exe", "model.pkl", "data.pkl", "sub/manifest.json", "a\nb", "x" * 5000],
)
def test_a_member_that_no_session_holds_is_refused_by_name(tmp_path: Path, name: str) -> None:
    path = hostile(tmp_path / "a.stellar", lambda archive: archive.writestr(name, b"x"))
    with pytest.raises(InputError, match="no part of a session") as caught:
        read(path)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_the_same_member_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = hostile(tmp_path / "a.stellar", lambda archive: archive.writestr(MANIFEST, b"[]"))
    with pytest.raises(InputError, match="twice"):
        read(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo(MODEL)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    path = hostile(tmp_path / "a.stellar", lambda archive: archive.writestr(info, b"/etc/passwd"))
    with pytest.raises(InputError, match="link"):
        read(path)


def test_a_rare_compression_is_refused(tmp_path: Path) -> None:
    path = hostile(tmp_path / "a.stellar", lambda archive: archive.writestr(MODEL, b"x" * 99, zipfile.ZIP_LZMA))
    with pytest.raises(InputError, match="compressed"):
        read(path)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.stellar")
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1  # general purpose flag, bit 0, of the first entry of the central directory
    path.write_bytes(data)
    with pytest.raises(InputError, match="encrypted"):
        read(path)


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    zeros = b"\0" * 100_000_000
    path = hostile(tmp_path / "a.stellar", lambda archive: archive.writestr(CATALOG, zeros, zipfile.ZIP_DEFLATED))
    with pytest.raises(InputError, match="would unpack to 100,000,002 bytes"):
        next(read_members(path, ALL))


def test_a_manifest_of_hundreds_of_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.stellar"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, b" " * 20_000_000)
    with pytest.raises(InputError, match="would unpack"):
        drain(read_members(path, frozenset({MANIFEST})))


def test_a_bomb_that_declares_little_is_stopped_at_what_it_declares(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, b"{}")
        archive.writestr(CATALOG, b"\0" * 50_000_000)
    data = bytearray(buffer.getvalue())
    size = (50_000_000).to_bytes(4, "little")
    while (place := data.find(size)) >= 0:
        data[place : place + 4] = (1000).to_bytes(4, "little")
    path = tmp_path / "a.stellar"
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        read(path)


@pytest.mark.parametrize(
    "content", [b"", b"u,g,r,i,z\n1,2,3,4,5\n", b"PK\x03\x04" + b"\0" * 500, b"\x80\x04\x95pickle."]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.stellar"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.stellar: not a session"):
        read(path)


@given(cut=st.floats(0, 1, exclude_max=True))
@settings(max_examples=30, deadline=None)
def test_a_cut_archive_is_refused(tmp_path_factory: pytest.TempPathFactory, cut: float) -> None:
    path = write(tmp_path_factory.mktemp("cut") / "a.stellar")
    data = path.read_bytes()
    path.write_bytes(data[: int(cut * len(data))])
    with pytest.raises(InputError):
        read(path)


@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_a_flipped_byte_is_noticed_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, place: float, value: int
) -> None:
    path = write(tmp_path_factory.mktemp("flip") / "a.stellar")
    data = bytearray(path.read_bytes())
    data[int(place * len(data))] = value
    path.write_bytes(data)
    try:
        members = read(path)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert all(members[name] == MEMBERS[name] for name in members)


def test_files_that_cannot_be_opened_say_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none.stellar")
    with pytest.raises(InputError, match="a folder"):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe.stellar")
    with pytest.raises(InputError, match="not an ordinary file"):
        read(tmp_path / "pipe.stellar")
