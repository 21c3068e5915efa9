"""Which addresses are opened, and how far a server's answer is believed."""

from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from stellar_gui.errors import InputError, SampError
from stellar_gui.progress import drain
from stellar_gui.session.samp.addresses import fetch, is_loopback
from stellar_gui.session.samp.lockfile import lock_path, read_lock
from stellar_gui.session.samp.messages import Highlight, RowList, TableOffer
from stellar_gui.session.samp.tables import SharedTables, open_offer, shared_offer

CONTENT = b"objid,u,g,r,i,z\n" + b"".join(b"%d,19.1,18.2,17.9,17.8,17.7\n" % k for k in range(50))


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.partition("?")[0].strip("/")
        self.send_response(302 if name == "elsewhere" else 404 if name == "missing" else 200)
        if name == "elsewhere":
            self.send_header("Location", "http://192.0.2.1/stars.csv")
        if name != "unsaid":
            self.send_header("Content-Length", str(len(CONTENT) * (2 if name == "broken" else 1)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *parts: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Generator[str, None, None]:
    with HTTPServer(("127.0.0.1", 0), Answers) as made:
        thread = Thread(target=made.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.1/t.fits",
        "http://example.org/t.fits",
        "http://127.0.0.1@example.org/t.fits",
        "http://localhost.example.org/t.fits",
        "http://2130706433/t.fits",
        "http://127.0.0.1:port/t.fits",
        "https://127.0.0.1/t.fits",
        "ftp://127.0.0.1/t.fits",
        "file://example.org/t.fits",
        "http://[::1/t.fits",
        "t.fits",
        "",
    ],
)
def test_addresses_elsewhere_are_refused(address: str, tmp_path: Path) -> None:
    assert not is_loopback(address)
    with pytest.raises(InputError, match=r"not on this computer|cannot be read"):
        drain(fetch(address, tmp_path))


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080/t", "http://localhost/t", "http://[::1]:80/t"])
def test_addresses_of_this_computer(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("name", ["stars.csv", "unsaid"])
def test_a_table_of_a_server_here_is_copied(server: str, tmp_path: Path, name: str) -> None:
    fetched = drain(fetch(f"{server}/{name}?a=b", tmp_path))
    assert fetched.temporary
    assert fetched.path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "name, limit, sentence",
    [
        ("elsewhere", 1 << 20, "answers 302"),
        ("missing", 1 << 20, "answers 404"),
        ("broken", 1 << 20, "broke off"),
        ("stars.csv", 100, "larger"),
        ("unsaid", 100, "larger"),
    ],
)
def test_what_is_not_a_whole_table_is_left_out(
    server: str, tmp_path: Path, name: str, limit: int, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        drain(fetch(f"{server}/{name}", tmp_path, limit))
    assert list(tmp_path.iterdir()) == []


def test_files_have_a_limit_too_and_must_be_files(tmp_path: Path) -> None:
    path = tmp_path / "näme with space.csv"
    path.write_bytes(CONTENT)
    fetched = drain(fetch(path.as_uri(), tmp_path))
    assert (fetched.path, fetched.temporary) == (path, False)
    with pytest.raises(InputError, match="larger"):
        drain(fetch(path.as_uri(), tmp_path, 100))
    for address in (tmp_path.as_uri(), "file:///dev/zero", "file:///no/such", "file:///%00", "file:relative"):
        with pytest.raises(InputError, match="no such file"):
            drain(fetch(address, tmp_path))


def test_an_offer_of_a_server_becomes_a_catalogue_under_its_name(server: str) -> None:
    session = drain(open_offer(TableOffer("TOPCAT", None, f"{server}/stars.csv", "t1", "Halo")))
    assert len(session.catalog) == 50
    assert session.catalog.provenance.name == "Halo"
    assert session.catalog.provenance.path is None


def test_rows_are_of_a_table_that_was_exchanged_by_its_name_or_address() -> None:
    shared = SharedTables(10).with_one(shared_offer(TableOffer("TOPCAT", None, "file:///t", "t1", "")))
    for table_id, url in (("t1", ""), ("", "file:///t"), ("other", "file:///t")):
        members = shared.members(RowList("TOPCAT", None, table_id, url, np.array([9, 0, 9])))
        assert np.flatnonzero(members).tolist() == [0, 9]
        assert shared.star(Highlight("TOPCAT", None, table_id, url, 9)) == 9
    assert not shared.members(RowList("TOPCAT", None, "t1", "", np.zeros(0, np.int64))).any()
    with pytest.raises(InputError, match="not open here"):
        shared.star(Highlight("TOPCAT", None, "t2", "", 0))
    with pytest.raises(InputError, match="row 11 of a table of 10 rows"):
        shared.star(Highlight("TOPCAT", None, "t1", "", 10))


def test_the_lock_file_tells_of_hubs_here_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SAMP_HUB", raising=False)
    assert read_lock() is None
    lock = lock_path()
    assert lock == tmp_path / ".samp"
    lock.write_text("# TOPCAT's\n\nsamp.secret=a=b\nsamp.hub.xmlrpc.url=http\\://127.0.0.1\\:2112/xmlrpc\n")
    assert read_lock() == {"samp.secret": "a=b", "samp.hub.xmlrpc.url": "http://127.0.0.1:2112/xmlrpc"}
    lock.write_bytes(b"\xff\0 no lock")
    assert read_lock() is None
    lock.write_text("samp.secret=a\nsamp.hub.xmlrpc.url=http://192.0.2.1/xmlrpc\n")
    with pytest.raises(SampError, match="not on this computer"):
        read_lock()
    monkeypatch.setenv("SAMP_HUB", "std-lockurl:http://192.0.2.1/lock")
    with pytest.raises(SampError, match="SAMP_HUB"):
        read_lock()
