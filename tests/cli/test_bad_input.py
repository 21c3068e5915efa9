"""Bad input on the command line: one line on standard error, the right status, nothing written."""

import gzip
import json
import os
import resource
import signal
import sys
import zipfile
from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cli.conftest import Run

HEADER = "objid,u,g,r,i,z\n"
ROW = "{},19.5,18.2,17.7,17.5,17.4\n"


def text(content: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(content, encoding="utf-8") and None


def data(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def truncated_parquet(path: Path) -> None:
    pd.DataFrame({band: np.arange(500.0) for band in "ugriz"}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-30])


def lying_parquet(path: Path) -> None:
    path.write_bytes(b"PAR1" + b"\x15\x00" * 200 + (400).to_bytes(4, "little") + b"PAR1")


def bomb(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(HEADER.encode() + b"9" * 50_000_000)


BAD = {
    "folder.csv": (Path.mkdir, "folder"),
    "empty.csv": (Path.touch, "empty"),
    "header.csv": (text(HEADER), "no rows"),
    "words.csv": (text("name,place\nVega,Lyra\n"), "bands u, g, r, i, z have no column"),
    "four.csv": (text("u,g,r,i\n19,18,17,16\n"), "band z has no column"),
    "texts.csv": (text("u,g,r,i,z\n" + "red,blue,a,b,c\n" * 30), "without any number"),
    "cut.parquet": (truncated_parquet, "cut off or damaged"),
    "lying.parquet": (lying_parquet, "cut off or damaged"),
    "picture.csv": (data(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20), "PNG picture"),
    "pickle.csv": (data(b"\x80\x04\x95\x10\0\0\0\0\0\0\0}" * 5), "pickle.csv"),
    "pipe.csv": (os.mkfifo, "pipe"),
    "wide.csv": (text(",".join(f"c{k}" for k in range(10_000)) + "\n" + "1," * 9_999 + "1\n"), "columns"),
    "bomb.csv.gz": (bomb, "longer than"),
    "cut.csv.gz": (data(gzip.compress((HEADER + ROW.format(1) * 50).encode())[:-20]), "cut off"),
    "text.stellar": (text("u,g,r,i,z\n"), "not a session"),
    "cut.stellar": (data(b"PK\x03\x04" + b"\0" * 500), "not a session"),
    "empty.stellar": (Path.touch, "not a session"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_used_is_told_in_one_line(run: Run, tmp_path: Path, name: str) -> None:
    make, words = BAD[name]
    make(tmp_path / name)
    told = run("info", tmp_path / name)
    assert told.status == 2
    assert told.out == ""
    assert words in told.sentence and name in told.sentence
    assert len(told.err) < 500 or name == "wide.csv"


@pytest.mark.parametrize("name", ["missing.csv", "words.csv", "cut.parquet", "header.csv", "picture.csv"])
def test_train_and_encode_tell_the_same_and_write_nothing(run: Run, session: Path, tmp_path: Path, name: str) -> None:
    if name in BAD:
        BAD[name][0](tmp_path / name)
    expected = run("info", tmp_path / name)
    assert expected.status == 2
    before = sorted(tmp_path.iterdir())
    assert run("train", tmp_path / name, "-o", tmp_path / "run.stellar") == expected
    encoded = run("encode", session, tmp_path / name, "-o", tmp_path / "out.csv")
    assert encoded.status == 2 and name in encoded.sentence
    assert sorted(tmp_path.iterdir()) == before


def test_all_rows_failing_the_checks_are_told_with_reasons(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(HEADER + "1,-9999,18,17,16,15\n" * 30, encoding="utf-8")
    told = run("train", tmp_path / "bad.csv", "-o", tmp_path / "run.stellar")
    assert told.status == 2
    assert "all 30 rows fail the quality checks (30 placeholder magnitude)" in told.sentence


def test_too_few_stars_are_a_failure(run: Run, tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text(HEADER + "".join(ROW.format(k) for k in range(3)), encoding="utf-8")
    told = run("train", tmp_path / "few.csv", "-o", tmp_path / "run.stellar")
    assert told.status == 1
    assert "too few" in told.sentence
    assert not (tmp_path / "run.stellar").exists()


def test_fewer_stars_than_a_batch_are_no_error(run: Run, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(18, 1, (60, 5))
    pd.DataFrame(rows, columns=list("ugriz")).to_csv(tmp_path / "few.csv", index=False)
    assert run("train", tmp_path / "few.csv", "-o", tmp_path / "run.stellar", "--epochs", "1").status == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("utf16.csv", (HEADER + ROW.format(1) * 3).encode("utf-16")),
        ("latin1.csv", ("objid,u,g,r,i,z,näme\n" + "1,19,18,17,16,15,Bärenhüter\n" * 3).encode("latin-1")),
        ("decimal.csv", b"objid;u;g;r;i;z\n" + b"1;19,5;18,2;17,7;17,5;17,4\n" * 3),
        ("units.csv", b"objid,u [mag],g [mag],r [mag],i [mag],z [mag]\n" + b"1,19,18,17,16,15\n" * 3),
        ("blanks.txt", b"objid u g r i z\n" + b"1  19 18 17   16 15\n" * 3),
        ("table1.csv", b"#Table1\nobjid,u,g,r,i,z\n" + b"1,19,18,17,16,15\n" * 3),
    ],
)
def test_odd_but_good_tables_open(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert run("info", tmp_path / name, "--json").json["rows"] == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_file_without_read_permission_is_told(run: Run, tmp_path: Path) -> None:
    for name in ("stars.csv", "run.stellar"):
        (tmp_path / name).touch(mode=0o000)
        told = run("info", tmp_path / name)
        assert told.status == 2 and "permission" in told.sentence


@pytest.mark.parametrize("place", ["none/out.csv", "none/deep/out.parquet"])
def test_an_output_that_cannot_be_written_is_a_failure(run: Run, session: Path, tmp_path: Path, place: str) -> None:
    told = run("export", session, tmp_path / place)
    assert told.status == 1
    assert "folder does not exist" in told.sentence


def test_a_place_that_cannot_be_written_is_told_before_training(run: Run, stars: Path, tmp_path: Path) -> None:
    told = run("train", stars, "-o", tmp_path / "none" / "run.stellar", "--epochs", "100000")
    assert told.status == 1
    assert "folder does not exist" in told.sentence


def test_a_name_that_cannot_be_opened_in_the_window_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    for name, words in (
        (tmp_path / ("x" * 300), "too long"),
        (tmp_path / "a.csv" / "b", "not a directory"),
        ("a\0b", "no file can have this name"),
        (tmp_path / "none.csv", "there is no file"),
    ):
        told = run(name)
        assert told.status == 2 and words in told.sentence


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is out of bounds for root")
def test_a_folder_without_permission_is_told(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0)
    told = run(folder / "a.csv")
    folder.chmod(0o700)
    assert told.status == 2 and "permission denied" in told.sentence


@pytest.mark.parametrize("limits", [("0", "inf"), ("-inf", "inf"), ("0", "nan"), ("5", "5")])
def test_a_magnitude_range_of_no_use_is_told_before_the_training(
    run: Run, stars: Path, tmp_path: Path, limits: tuple[str, str]
) -> None:
    told = run("train", stars, "-o", tmp_path / "run.stellar", "--magnitude-range", *limits)
    assert told.status == 2 and "range" in told.sentence
    assert list(tmp_path.iterdir()) == []


def test_more_stars_than_can_be_simulated_are_told(run: Run, tmp_path: Path) -> None:
    told = run("simulate", tmp_path / "a.csv", "--stars", "10000001")
    assert told.status == 2 and "ask for 1 to 10,000,000" in told.sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["info", "train"])
def test_classes_that_cannot_be_told_apart_are_warned_of(run: Run, stars: Path, tmp_path: Path, command: str) -> None:
    with_class = tmp_path / "class.csv"
    pd.read_csv(stars).assign(**{"class": "STAR"}).to_csv(with_class, index=False)
    out = ("-o", tmp_path / "run.stellar", "--epochs", "1") if command == "train" else ()
    for table, words in ((stars, "no column with classes"), (with_class, "No row has the class ZZZ")):
        told = run(command, table, *out, "--classes", "zzz")
        assert told.status == 0
        assert told.err.startswith(f"warning: {table.name}: {words}") and told.err.count("\n") == 1
    assert run(command, stars, *out, "--classes", "all").err == ""
    assert run(command, stars, *out).err == ""
    assert run(command, stars, *out, "--classes", " ,").status == 2


def test_a_damaged_summary_is_told(run: Run, session: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.stellar"
    with zipfile.ZipFile(session) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps(json.loads(content) | {"summary": {}}).encode()
            new.writestr(name, content)
    for options in ((), ("--json",)):
        told = run("info", path, *options)
        assert told.status == 2 and told.out == "" and "damaged" in told.sentence


@pytest.fixture
def full_disk() -> Generator[None, None, None]:
    """No file may grow beyond 20 kB, as on a full disk."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.parquet"])
@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_is_a_failure_that_leaves_what_was_there(
    run: Run, session: Path, stars: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    out.write_bytes(b"precious")
    for arguments in (
        ("export", session, out),
        ("simulate", out, "--stars", "2000"),
        ("encode", session, stars, "-o", out),
    ):
        told = run(*arguments)
        assert told.status == 1
        assert "could not be written" in told.sentence
        assert out.read_bytes() == b"precious"
        assert [item.name for item in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "arguments",
    [
        ("info",),
        ("info", "a.csv", "b.csv"),
        ("info", "a.csv", "--nonsense"),
        ("info", "a.csv", "--js"),
        ("info", "a.csv", "--column", "u"),
        ("info", "a.csv", "--magnitude-range", "1"),
        ("info", "a.csv", "--magnitude-range", "20", "10"),
        ("train", "a.csv"),
        ("train", "a.csv", "-o", "run.csv"),
        ("train", "a.csv", "-o", "run.stellar", "--epochs", "-1"),
        ("train", "a.csv", "-o", "run.stellar", "--epochs", "0"),
        ("train", "a.csv", "-o", "run.stellar", "--epochs", "3", "--time-budget", "2"),
        ("train", "a.csv", "-o", "run.stellar", "--time-budget", "nan"),
        ("train", "a.csv", "-o", "run.stellar", "--learning-rate", "fast"),
        ("train", "a.csv", "-o", "run.stellar", "--hidden", "100000000"),
        ("train", "a.csv", "-o", "run.stellar", "--latent", "0"),
        ("simulate", "out.docx"),
        ("simulate", "out.csv", "--stars", "0"),
        ("simulate", "out.csv", "--stars", "many"),
        ("encode", "run.stellar", "a.csv"),
        ("nonsense",),
        ("nonsense", "a.csv"),
        ("--nonsense",),
        ("--demo", "a.csv"),
    ],
)
def test_wrong_use_is_told_in_one_line_with_status_2(
    run: Run, stars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_bytes(stars.read_bytes())
    told = run(*arguments)
    assert told.status == 2
    assert told.out == ""
    assert told.sentence
    assert [item.name for item in tmp_path.iterdir()] == ["a.csv"]


def test_a_column_that_is_not_there_is_told(run: Run, stars: Path) -> None:
    told = run("info", stars, "--column", "u=psfMag_u")
    assert told.status == 2 and "psfMag_u" in told.sentence
    told = run("info", stars, "--column", "colour=u")
    assert told.status == 2 and "colour" in told.sentence


def test_commands_that_want_a_session_refuse_a_table(run: Run, stars: Path, tmp_path: Path) -> None:
    for arguments in (("export", stars), ("encode", stars, stars, "-o"), ("decode", stars, stars, "-o")):
        told = run(*arguments, tmp_path / "out.csv")
        assert told.status == 2 and "not a session" in told.sentence


def test_a_hostile_session_is_refused_by_every_command(run: Run, session: Path, stars: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.stellar"
    path.write_bytes(session.read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../.bashrc", "rm -rf")
    out = tmp_path / "out.csv"
    for arguments in (
        ("info", path),
        ("export", path, out),
        ("encode", path, stars, "-o", out),
        ("decode", path, stars, "-o", out),
    ):
        told = run(*arguments)
        assert told.status == 2 and "'../../.bashrc'" in told.sentence


def test_a_name_with_a_line_break_stays_on_one_line(run: Run, tmp_path: Path) -> None:
    told = run("info", tmp_path / "a\nb.csv")
    assert told.status == 2 and "a b.csv" in told.sentence


@pytest.mark.parametrize("command", ["info", "train"])
def test_a_path_that_is_not_there_is_named_with_its_folder(run: Run, tmp_path: Path, command: str) -> None:
    missing = tmp_path / "nowhere" / "stars.csv"
    options = ["-o", tmp_path / "run.stellar"] if command == "train" else []
    assert run(command, missing, *options).sentence.startswith(f"{missing}: there is no such file")


def test_a_folder_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "stars.csv"
    assert run("simulate", target, "--stars", "100").sentence.startswith(f"{target}: its folder does not exist")


@pytest.mark.parametrize("options", [["--workers", "2"], ["--cluster", "tcp://127.0.0.1:9"]])
def test_without_the_extra_a_catalogue_on_workers_says_what_to_install(
    run: Run, session: Path, tmp_path: Path, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lsdb", None)
    done = run("encode", session, "hats://survey", "-o", tmp_path / "out", *options)
    assert done.status == 2
    assert done.sentence.endswith("not installed; install them with: pip install 'stellar-gui[survey]'")
    assert list(tmp_path.iterdir()) == []
