"""Stars from SkyServer on the command line."""

from pathlib import Path

import pandas as pd

from stellar_gui.catalog.sky_server.examples import LECTURE
from tests.cli.conftest import Run
from tests.sky_server import SkyServer, csv_answer


def test_the_lectures_stars_are_fetched(run: Run, server: SkyServer, tmp_path: Path) -> None:
    out = tmp_path / "stars.csv"
    told = run("fetch", out, "--server", server.address)
    assert told.status == 0 and told.out == f"20 stars from {server.address[7:]} in {out}\n"
    assert f"sending a query to {server.address} (DR18)" in told.err
    assert len(pd.read_csv(out, comment="#")) == 20
    assert server.asked[0][2] == LECTURE.strip()
    assert run("info", out, "--json").json["rows"] == 20


def test_own_queries_limits_releases_and_parts(run: Run, server: SkyServer, tmp_path: Path) -> None:
    sql = tmp_path / "query.sql"
    sql.write_text("\ufeffSELECT TOP 9 ra, dec, u, g, r, i, z FROM Star;\n", encoding="utf-8")
    command = ("fetch", tmp_path / "stars.fits", "--sql", sql, "--server", server.address, "--release", "17")
    told = run(*command, "--stars", "20", "--split", "ra", "--parts", "2", "--json")
    assert told.status == 0 and told.json["rows"] == 40 and told.json["cut_off"] == 2
    assert "warning: Probably cut off: 2 of 2 parts" in told.err and "sending 2 queries" in told.err
    assert {path for _, path, _ in server.asked} == {"/dr17/SkyServerWS/SearchTools/SqlSearch"}
    assert all(query.startswith("SELECT TOP 20 * FROM (") for _, _, query in server.asked)


def test_show_tells_what_would_be_sent_and_sends_nothing(run: Run, server: SkyServer, tmp_path: Path) -> None:
    told = run("fetch", tmp_path / "stars.csv", "--server", server.address, "--show", "--stars", "7")
    assert told.out.startswith(f"GET {server.address}/dr18/SkyServerWS/SearchTools/SqlSearch?cmd=SELECT+TOP+7%0A")
    assert server.asked == [] and list(tmp_path.iterdir()) == []


def test_errors_are_one_line(run: Run, server: SkyServer, tmp_path: Path) -> None:
    out, here = tmp_path / "stars.csv", ("--server", server.address)
    server.answers(b"<html><body>Incorrect syntax near 'FORM'</body></html>")
    told = run("fetch", out, *here)
    assert told.status == 1 and "refused the query" in told.err.splitlines()[-1] and not out.exists()
    sql = tmp_path / "drop.sql"
    sql.write_text("DROP TABLE Star")
    assert "warning: This is no SELECT query" in run("fetch", out, *here, "--sql", sql).err
    sql.write_bytes(b"\xff\xfe\x00")
    for wrong, words in (
        (("--sql", tmp_path / "none.sql"), "the query cannot be read (no such file"),
        (("--sql", sql), "not a text in UTF-8"),
        (("--server", "ftp://host"), "no address of a server"),
        (("--release", "newest"), "no data release"),
        (("--parts", "3"), "--parts wants --split"),
        (("--split", "ra", "--parts", "1"), "2 to 1,000 parts"),
        (("--stars", "0"), "at least one star"),
    ):
        told = run("fetch", out, *here, *wrong)
        assert told.status == 2 and words in told.sentence


def test_the_answer_of_another_seed_takes_the_files_place(run: Run, server: SkyServer, tmp_path: Path) -> None:
    out = tmp_path / "stars.csv"
    run("fetch", out, "--server", server.address)
    server.answers(csv_answer(7, "", seed=2))
    assert run("fetch", out, "--server", server.address, "--json").json["rows"] == 7
    assert len(pd.read_csv(out, comment="#")) == 7
