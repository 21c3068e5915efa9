"""Getting stars from SkyServer: what it may answer, each told apart, against a server on loopback."""

import gzip
import io
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stellar_gui.catalog.reading import read_catalog
from stellar_gui.catalog.sky_server import transfer
from stellar_gui.catalog.sky_server.answer import Answer
from stellar_gui.catalog.sky_server.examples import LECTURE
from stellar_gui.catalog.sky_server.fetching import Fetched, Query, fetch
from stellar_gui.catalog.sky_server.pace import Pace
from stellar_gui.catalog.sky_server.server import Server
from stellar_gui.catalog.sky_server.sql import Split
from stellar_gui.catalog.sky_server.transfer import Head, TransferLimits
from stellar_gui.errors import InputError, OutputError, ServerError
from stellar_gui.progress import drain
from tests.sky_server import Handler, SkyServer, csv_answer

AT_ONCE = TransferLimits(interval=0)
SQL = "SELECT TOP 100 p.objid, p.ra, p.dec, p.u, p.g, p.r, p.i, p.z FROM PhotoObj AS p"


def get(server: SkyServer, path: Path, sql: str = SQL, limits: TransferLimits = AT_ONCE, **more: object) -> Fetched:
    return drain(fetch(Query(sql, Server(server.address), **more), path, limits))  # type: ignore[arg-type]


def sentence(server: SkyServer, folder: Path, sql: str = SQL, limits: TransferLimits = AT_ONCE) -> str:
    """The error's sentence; nothing must be left on the disk."""
    with pytest.raises(ServerError) as caught:
        get(server, folder / "stars.parquet", sql, limits)
    assert list(folder.iterdir()) == []
    return str(caught.value).replace(server.address.removeprefix("http://"), "HOST")


@pytest.mark.parametrize("mark", ["#Table1\n", "", "\ufeff#Table1\r\n\r\n"])
def test_stars_are_kept_with_their_origin(server: SkyServer, tmp_path: Path, mark: str) -> None:
    server.answers(csv_answer(20, mark))
    done = get(server, tmp_path / "stars.parquet", LECTURE + " ;\n")
    assert (done.rows, done.cut_off, done.limit) == (20, 0, 255_000) and not done.warning
    catalog = read_catalog(tmp_path / "stars.parquet")
    assert len(catalog) == 20 and catalog.table["objid"][0] == 1237648721229774920
    assert catalog.provenance.query == LECTURE.strip()
    assert catalog.metadata["server"] == server.address and catalog.metadata["data_release"] == "DR18"
    assert catalog.metadata["queried"].endswith("+00:00") and "complete" not in catalog.metadata
    assert catalog.units["u"] == "mag" and catalog.units["ra"] == "deg"
    assert server.asked == [("GET", "/dr18/SkyServerWS/SearchTools/SqlSearch", LECTURE.strip())]


def test_the_real_csv_form_is_read(server: SkyServer, tmp_path: Path, real_stars: Path) -> None:
    server.answers((real_stars / "skyserver_rect_308.csv").read_bytes())
    assert get(server, tmp_path / "stars.csv", stars=500).rows == 367
    table = pd.read_csv(tmp_path / "stars.csv", comment="#")
    assert len(table) == 367 and table["objid"][0] == 1237648721229774920


def test_long_queries_are_posted(server: SkyServer, tmp_path: Path) -> None:
    sql = SQL + " -- " + "very " * 500
    get(server, tmp_path / "stars.parquet", sql)
    assert server.asked[0][0] == "POST" and server.asked[0][2] == sql.strip()


def test_a_result_of_exactly_the_limit_is_probably_cut_off(server: SkyServer, tmp_path: Path) -> None:
    done = get(server, tmp_path / "stars.parquet", stars=20)
    assert done.cut_off == 1 and done.warning.startswith("Probably cut off: these are exactly the 20 rows")
    assert "TOP 20 " in server.asked[0][2]
    assert "probably cut off" in read_catalog(tmp_path / "stars.parquet").metadata["complete"]


def chunked(body: bytes, end: bytes = b"0\r\n\r\n") -> Callable[[Handler], None]:
    def behaviour(handler: Handler) -> None:
        handler.head(Transfer_Encoding="chunked")
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(body), body) + end)

    return behaviour


def until_closed(body: bytes) -> Callable[[Handler], None]:
    def behaviour(handler: Handler) -> None:
        handler.head(Connection="close")
        handler.wfile.write(body)

    return behaviour


def too_short(handler: Handler) -> None:
    handler.head(Content_Length="100000")
    handler.wfile.write(csv_answer(20))


@pytest.mark.parametrize("body", [csv_answer(20), csv_answer(20).rstrip(b"\n")])
def test_chunked_answers_and_a_last_line_without_an_end_are_whole(
    server: SkyServer, tmp_path: Path, body: bytes
) -> None:
    server.behaviour = chunked(body)
    assert get(server, tmp_path / "stars.parquet").rows == 20


def test_an_answer_that_ends_with_the_connection_is_whole_if_its_last_line_is(
    server: SkyServer, tmp_path: Path
) -> None:
    server.behaviour = until_closed(csv_answer(20))
    assert get(server, tmp_path / "stars.parquet").rows == 20


@pytest.mark.parametrize(
    "behaviour",
    [
        too_short,
        chunked(csv_answer(20), b""),
        until_closed(csv_answer(20)[:-1]),
        until_closed(csv_answer(20)[:-30]),
        chunked(csv_answer(20)[:-30]),
        lambda handler: handler.whole(gzip.compress(csv_answer(50))[:-9], Content_Encoding="gzip"),
    ],
    ids=["length", "chunks", "no end of line", "half a line", "half a line in chunks", "gzip"],
)
def test_an_answer_that_breaks_off_is_not_kept(
    server: SkyServer, tmp_path: Path, behaviour: Callable[[Handler], None]
) -> None:
    server.behaviour = behaviour
    assert sentence(server, tmp_path) == ("the answer of HOST broke off in the middle, so it was not kept; try again.")


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (
            b"<html><head>\n<title>Skyserver Error</title>\n</head><body bgcolor=white>\n<h2>An error occured</h2><H3>"
            b"<font color=red><br>Incorrect syntax near 'FORM'.</font></H3></BODY></HTML>",
            200,
            "HOST refused the query: “Incorrect syntax near 'FORM'”.",
        ),
        (
            b"<!doctype html><html><head><title>SQL Search</title><script>error()</script></head><body>Welcome</body>",
            200,
            "HOST answered with a web page instead of a table; check the server's address and the data release: “Wel",
        ),
        (b"#Table1\nerror_message\nInvalid column name 'uu'.\n", 200, "HOST refused the query: “error_message Invalid"),
        (b'{"ErrorCode": 400, "ErrorMessage": "Incorrect syntax near X."}', 400, "“Incorrect syntax near X”."),
        (b"ERROR: Maximum 60 queries allowed per minute, please wait.", 200, "HOST refused the query: “ERROR: Maximum"),
        (
            b"<html><body><h1>503 Service Unavailable</h1>No server</body></html>",
            503,
            "HOST is out of order (status 503); try again later: “503 Service Unavailable",
        ),
        (b"not here", 404, "HOST has no such page; check the data release and the server's address: “not here”."),
        (b"", 429, "HOST has been asked too often; wait a minute and try again."),
        (b"", 200, "HOST sent an empty answer; try again later."),
        (b"No objects have been found\n", 200, "HOST found nothing for this query; widen its conditions."),
        (b"#Table1\n", 200, "HOST found nothing for this query; widen its conditions."),
        (b"#Table1\nra,dec\n\n", 200, "HOST found nothing for this query; widen its conditions."),
        (b"#Table1\nobjid,ra,dec,u,g,r,i,z\n", 200, "HOST found nothing for this query; widen its conditions."),
        (csv_answer(20) + b"\n" + csv_answer(20).replace(b"#Table1", b"#Table2"), 200, "several tables; send one"),
        (csv_answer(5) + b"1,2,3\n", 200, "the table that HOST sent cannot be read (line 7 has 3 values where"),
        (b"\x00\x01\x02,\x03\n" * 50, 200, "the table that HOST sent cannot be read ("),
    ],
)
def test_answers_that_are_no_table_are_told_apart(
    server: SkyServer, tmp_path: Path, body: bytes, status: int, expected: str
) -> None:
    server.answers(body, status)
    told = sentence(server, tmp_path)
    assert expected in told and "\n" not in told and len(told) < 500


@pytest.mark.parametrize("step", [1, 7, 70_000])
def test_how_an_answer_is_cut_into_blocks_does_not_matter(step: int) -> None:
    whole = csv_answer(900)
    for body, end in ((whole, "900 rows"), (whole + whole.replace(b"#Table1", b"#Table2"), "several tables")):
        file = io.BytesIO()
        answer = Answer(file, "host", Head(200, True), None)
        try:
            for start in range(0, len(body), step):
                answer.add(body[start : start + step])
            answer.finish()
        except ServerError as error:
            assert end in str(error)
        else:
            assert f"{answer.rows} rows" == end and b"#Table1\n" + file.getvalue() == whole


def endless(line: bytes) -> Callable[[Handler], None]:
    def behaviour(handler: Handler) -> None:
        handler.head(Connection="close")
        handler.wfile.write(csv_answer(20))
        while True:
            handler.wfile.write(line)

    return behaviour


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (endless(csv_answer(20).splitlines(keepends=True)[-1] * 1000), "sent more than the 100 rows that were asked"),
        (endless(b"9" * 65536), "sent a line longer than 1 MiB"),
        (lambda h: h.whole(gzip.compress(b"#Table1\nra\n" + bytes(20 << 20)), Content_Encoding="gzip"), "1 MiB"),
        (lambda h: h.whole(b"", Content_Encoding="br"), "packed in a way that was not asked for"),
    ],
    ids=["rows", "line", "bomb", "encoding"],
)
def test_hostile_servers_are_stopped(
    server: SkyServer, tmp_path: Path, behaviour: Callable[[Handler], None], expected: str
) -> None:
    server.behaviour = behaviour
    assert expected in sentence(server, tmp_path)


def test_an_answer_beyond_the_size_is_stopped(server: SkyServer, tmp_path: Path) -> None:
    server.answers(gzip.compress(csv_answer(50, "") * 5000), Content_Encoding="gzip")
    limits = TransferLimits(interval=0, size=1 << 20)
    assert "is larger than 1 MiB" in sentence(server, tmp_path, "EXEC anything", limits)


def test_a_server_that_falls_silent_or_never_answers_is_given_up(server: SkyServer, tmp_path: Path) -> None:
    server.holds_back(csv_answer(20)[:500], b"rest")
    assert "fell silent" in sentence(server, tmp_path, limits=TransferLimits(interval=0, silence=0.05))
    server.behaviour = lambda handler: server.released.wait(60) and None
    assert "has not answered" in sentence(server, tmp_path, limits=TransferLimits(interval=0, answer=0.05))


def test_redirections_stay_within_the_host(server: SkyServer, tmp_path: Path) -> None:
    def moved(handler: Handler) -> None:
        if handler.path.startswith("/dr18"):
            handler.whole(b"", 302, Location="/new" + handler.path)
        else:
            handler.whole(csv_answer(20))

    server.behaviour = moved
    assert get(server, tmp_path / "stars.parquet").rows == 20
    (tmp_path / "stars.parquet").unlink()
    server.answers(b"", 302, Location="http://elsewhere.invalid/")
    assert "sends the query on to http://elsewhere.invalid, which was not followed" in sentence(server, tmp_path)
    server.behaviour = lambda handler: handler.whole(b"", 302, Location=handler.path)
    assert "round in circles" in sentence(server, tmp_path)


def test_without_a_network_one_sentence_says_so(server: SkyServer, tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        query = Query(SQL, Server(f"http://127.0.0.1:{unused.getsockname()[1]}"))
        with pytest.raises(ServerError, match=r"^127\.0\.0\.1:\d+ cannot be reached; check the network connection"):
            drain(fetch(query, tmp_path / "stars.parquet", AT_ONCE))
    query = Query(SQL, Server(server.address.replace("http", "https")))
    with pytest.raises(ServerError, match="cannot prove that it is this server"):
        drain(fetch(query, tmp_path / "stars.parquet", AT_ONCE))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "value"), [("ALL_PROXY", "ftp://proxy"), ("SSL_CERT_FILE", "/none/there.pem")])
def test_network_settings_that_cannot_be_used_are_told(
    server: SkyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    transfer._certificates.cache_clear()
    monkeypatch.setenv(name, value)
    assert "the network settings of this computer cannot be used" in sentence(server, tmp_path)


def test_parts_that_cannot_be_read_are_not_taken_again(server: SkyServer, tmp_path: Path) -> None:
    server.behaviour = lambda handler: handler.whole(csv_answer(5) + b"1,2\n" * (" < 180" in handler.query))
    with pytest.raises(ServerError, match="cannot be read"):
        get(server, tmp_path / "stars.parquet", split=Split("ra", 2))
    server.answers(csv_answer(5))
    assert get(server, tmp_path / "stars.parquet", split=Split("ra", 2)).rows == 10
    assert [file.name for file in tmp_path.iterdir()] == ["stars.parquet"]


def test_closing_gives_up_at_once_and_leaves_nothing(server: SkyServer, tmp_path: Path) -> None:
    server.holds_back(csv_answer(2000), csv_answer(20, "") * 5000)
    work = fetch(Query(SQL, Server(server.address), stars=100_000), tmp_path / "stars.parquet", AT_ONCE)
    notes = [next(work).note]
    while "rows" not in notes[-1]:
        notes.append(next(work).note)
    assert "MB" in notes[-1] and "/s" in notes[-1]
    work.close()
    assert list(tmp_path.iterdir()) == []
    server.released.set()
    assert server.hung_up.wait(30)


def test_a_divided_query_goes_on_where_it_failed(server: SkyServer, tmp_path: Path) -> None:
    bodies = [csv_answer(20, seed=1), csv_answer(0, seed=2), csv_answer(7, seed=3).replace(b"12376", b"22376")]

    def behaviour(handler: Handler) -> None:
        number = next(k for k, words in enumerate((" < 120", ">= 120", ">= 240")) if words in handler.query)
        handler.whole(bodies[number])

    def failing(handler: Handler) -> None:
        behaviour(handler) if ">= 240" not in handler.query else handler.whole(b"", 503)

    path, split = tmp_path / "stars.parquet", Split("ra", 3)
    server.behaviour = failing
    with pytest.raises(ServerError, match="out of order"):
        get(server, path, split=split, stars=20)
    assert len(list((tmp_path / "stars.parquet.parts").iterdir())) == 2 and not path.exists()
    server.behaviour = behaviour
    server.asked.clear()
    done = get(server, path, split=split, stars=20)
    assert len(server.asked) == 1 and (done.rows, done.parts, done.cut_off) == (27, 3, 1)
    assert "1 of 3 parts" in done.warning
    table = read_catalog(path).table
    assert len(table) == 27 and table["objid"].iloc[-1] == 2237648721229774926
    assert [file.name for file in tmp_path.iterdir()] == ["stars.parquet"]


def test_parts_of_another_query_are_not_taken(server: SkyServer, tmp_path: Path) -> None:
    def first_only(handler: Handler) -> None:
        handler.whole(csv_answer(5) if " < 180" in handler.query else b"", 200)

    server.behaviour = first_only
    for sql in (SQL, SQL + " WHERE p.r < 20"):
        with pytest.raises(ServerError):
            get(server, tmp_path / "stars.parquet", sql, split=Split("ra", 2))
    assert sum(" < 180" in query for _, _, query in server.asked) == 2


def shares(conditions: list[str], column: str, value: float) -> list[bool]:
    """Which of the parts' conditions hold for a value, as a database has it."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE part ({column})")
        database.execute("INSERT INTO part VALUES (?)", (value,))
        return [bool(database.execute(f"SELECT * FROM part WHERE {each}").fetchall()) for each in conditions]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("objid", (0, 1237645876861272065, 1237648721229774920, 1237680530000000000, 1 << 62)),
        ("ra", (0, 51.42857142857143, 51.428571, 100.0, 359.999999, 360)),
    ],
)
def test_every_star_is_in_one_part(column: str, values: tuple[float, ...]) -> None:
    conditions = Split(column, 7).conditions()
    for value in values:
        assert sum(shares(conditions, column, value)) == 1
    assert shares(conditions, column, {"ra": 180, "objid": 1237663000000000000}[column])[3]


def test_places_that_cannot_be_written_are_told_before_anything_is_sent(server: SkyServer, tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "stars.parquet", tmp_path / "stars.unknown"):
        with pytest.raises(OutputError):
            get(server, path)
    assert server.asked == []


def test_requests_are_a_second_apart() -> None:
    now = [100.0]
    pace = Pace(lambda: now[0])
    waits = [pace.reserve("a", 1.0), pace.reserve("a", 1.0), pace.reserve("b", 1.0)]
    now[0] += 5
    assert np.allclose([*waits, pace.reserve("a", 1.0)], [0, 1, 0, 0])


@pytest.mark.parametrize(
    ("address", "release", "expected"),
    [
        ("skyserver.sdss.org/", "DR18", "https://skyserver.sdss.org dr18"),
        (" HTTP://127.0.0.1:80/mirror ", "7", "http://127.0.0.1:80/mirror dr7"),
    ],
)
def test_addresses_are_understood(address: str, release: str, expected: str) -> None:
    server = Server(address, release)
    assert f"{server.address} {server.release}" == expected


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ftp://host",
        "https://",
        "https://user:word@host",
        "https://host?a=1",
        "https://a b",
        "https://h:x",
        "file:///a",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(InputError, match="no address of a server"):
        Server(address)
    with pytest.raises(InputError, match="no data release"):
        Server(release="newest")
