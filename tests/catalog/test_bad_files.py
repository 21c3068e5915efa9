"""Files that cannot be opened: each gives one sentence that starts with the file's name and says what to do."""

import gzip
import os
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.catalog.formats.raw_table import Limits, limits_of, opening_memory
from stellar_gui.catalog.reading import load_catalog, load_table, read_catalog
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from tests.catalog.tables import HEAD, ROWS, saved, stars

PLAIN = "\n".join([HEAD, *ROWS]) + "\n"


def refused(path: Path, message: str, limits: Limits | None = None, called: str | None = None) -> str:
    """The sentence with which a file is refused, after a look at its form.

    called: what it names; by default the file, and its folder too where it is not there.
    """
    with pytest.raises(InputError, match=message) as failure:
        drain(load_catalog(path) if limits is None else load_catalog(path, limits=limits))
    text = str(failure.value)
    assert text.startswith(f"{called or (path.name if path.exists() else path)}: ")
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 500
    return text


def test_a_missing_file(tmp_path: Path):
    refused(tmp_path / "stars.csv", "there is no such file")
    refused(tmp_path / "nowhere" / "stars.parquet", "there is no such file")


def test_a_folder(tmp_path: Path):
    (tmp_path / "stars.csv").mkdir()
    refused(tmp_path / "stars.csv", "this is a folder")


def test_a_named_pipe_is_not_opened(tmp_path: Path):
    os.mkfifo(tmp_path / "stars.csv")
    refused(tmp_path / "stars.csv", "a pipe or device cannot be opened")


def test_a_device_is_not_opened():
    refused(Path("/dev/zero"), "a pipe or device cannot be opened")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission(tmp_path: Path):
    path = saved(tmp_path, PLAIN)
    path.chmod(0)
    refused(path, "you have no permission to read it")


def test_a_path_through_a_file(tmp_path: Path):
    refused(saved(tmp_path, PLAIN) / "inside.csv", "it cannot be read .not a directory.", called="inside.csv")


def test_a_loop_of_links(tmp_path: Path):
    path = tmp_path / "stars.csv"
    path.symlink_to(path)
    refused(path, "it cannot be read .too many levels of symbolic links.", called="stars.csv")


def test_a_name_that_no_file_can_have(tmp_path: Path):
    with pytest.raises(InputError, match="no file can have this name"):
        read_catalog(tmp_path / "a\0b.csv")


@pytest.mark.parametrize("name", ["stars.csv", "stars.csv.gz", "stars.parquet"])
def test_an_empty_file(tmp_path: Path, name: str):
    refused(saved(tmp_path, b"", name), "the file is empty")


@pytest.mark.parametrize("text", [HEAD, HEAD + "\n", HEAD + "\n\n  \n# end\n", "#Table1\n" + HEAD])
def test_a_header_only(tmp_path: Path, text: str):
    refused(saved(tmp_path, text), "column names but no rows")


@pytest.mark.parametrize("text", ["\n\n", "# only\n# comments\n", "\ufeff"])
def test_no_table_at_all(tmp_path: Path, text: str):
    refused(saved(tmp_path, text), "no table in it")


def test_an_empty_gzip(tmp_path: Path):
    refused(saved(tmp_path, gzip.compress(b""), "stars.csv.gz"), "no table in it")


def test_numbers_without_column_names(tmp_path: Path):
    refused(saved(tmp_path, "\n".join(ROWS)), "line 1 holds numbers where the column names should be")


def test_no_magnitudes(tmp_path: Path):
    refused(
        saved(tmp_path, "name,mass\na,1\n"), r"bands u, g, r, i, z have no column among name, mass; .*--column u=NAME"
    )


def test_one_band_missing(tmp_path: Path):
    refused(saved(tmp_path, "u,g,r,z\n1,2,3,4\n"), "band i has no column among u, g, r, z")


def test_text_where_a_band_should_be(tmp_path: Path):
    refused(saved(tmp_path, "u,g,r,i,z\nbright,2,3,4,5\nfaint,2,3,4,5\n"), r"\(u without any number\)")


def test_one_column(tmp_path: Path):
    path = saved(tmp_path, "u\n18.5\n\n19.5\n")
    refused(path, "bands g, r, i, z have no column among u")
    assert drain(load_table(path)).frame["u"].count() == 2


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([*ROWS, "1,2,3"], "line 4 has 3 values where there are 8 column names"),
        ([ROWS[0], "", "# comment", "7", ROWS[1]], "line 5 has 1 value where"),
        ([*ROWS, ROWS[0] + ",9"], "line 4 has 9 values where"),
        (["1," + '"two\nlines"' + ",3,4,5,6,7,8", "1,2"], "line 4 has 2 values where"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_rows_of_different_length(tmp_path: Path, rows: list[str], message: str, packed: bool):
    text = "\n".join([HEAD, *rows]).encode()
    refused(saved(tmp_path, gzip.compress(text) if packed else text), message)


def test_rows_of_different_length_between_blanks(tmp_path: Path):
    refused(saved(tmp_path, "a b c\n1 2 3\n# no\n4  5\n"), "line 4 has 2 values where there are 3 column names")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "a JPEG picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04" + bytes(100), "a zip archive"),
        (b"\n<!doctype html>\n<html>", "a web page"),
    ],
)
@pytest.mark.parametrize("name", ["stars.csv", "stars.parquet", "stars"])
def test_other_kinds_of_file_are_named(tmp_path: Path, content: bytes, kind: str, name: str):
    refused(saved(tmp_path, content, name), f"this is {kind}.*, not a table of stars; open one of .csv, .csv.gz")


@pytest.mark.parametrize("content", [bytes(1000), PLAIN.encode() + b"\0\0", b"\x01\x02\x03\x7f" * 50, b"a,b\n1,\0\n"])
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_not_text(tmp_path: Path, content: bytes, packed: bool):
    refused(saved(tmp_path, gzip.compress(content) if packed else content), "it holds control characters")


def test_utf_16_that_is_cut_off(tmp_path: Path):
    refused(saved(tmp_path, PLAIN.encode("utf-16")[:-1]), "its UTF-16 or UTF-32 text is cut off")


@pytest.mark.parametrize("damage", [lambda data: data[:-200], lambda data: data[:60] + b"\x00" * 60 + data[120:]])
def test_a_damaged_gzip(tmp_path: Path, damage):
    text = HEAD + "\n" + "\n".join(f"{k},{k * 0.37},2,3,4,5,6,{k / 7}" for k in range(2000))
    refused(saved(tmp_path, damage(gzip.compress(text.encode()))), "the compressed file is cut off or damaged")


def test_ten_thousand_columns_are_refused_quickly(tmp_path: Path):
    names = [f"c{k}" for k in range(10_000)]
    text = "\n".join([",".join(names), *[",".join("1" * 10_000)] * 200])
    begin = time.perf_counter()
    refused(saved(tmp_path, text), "more than 2,000 columns")
    assert time.perf_counter() - begin < 1.0
    refused(saved(tmp_path, text.replace(",", " ")), "more than 2,000 columns")


def test_many_columns_within_the_limit_open(tmp_path: Path):
    names = ["u", "g", "r", "i", "z", *(f"c{k}" for k in range(1_900))]
    catalog = read_catalog(saved(tmp_path, ",".join(names) + "\n" + ",".join("1" * len(names))))
    assert catalog.table.shape == (1, 1_905)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_unpacks_beyond_the_limit(tmp_path: Path, packed: bool):
    text = (HEAD + "\n" + "\n".join(ROWS * 20_000)).encode()
    path = saved(tmp_path, gzip.compress(text) if packed else text)
    message = "takes more than 1 MiB when it is unpacked"
    refused(path, message, Limits(unpacked=1 << 20))
    assert len(drain(load_catalog(path, limits=Limits(unpacked=1 << 25)))) == 40_000


def test_a_compressed_file_that_unpacks_to_many_times_its_size(tmp_path: Path):
    path = saved(tmp_path, gzip.compress((HEAD + "\n" + "\n".join(ROWS * 20_000)).encode()))
    size = path.stat().st_size
    refused(path, "takes more than 64 KiB when it is unpacked", Limits(ratio=2, always_allowed=1 << 16))
    assert len(drain(load_catalog(path, limits=Limits(ratio=2, always_allowed=1 << 25)))) == 40_000
    assert Limits().unpacked_from(size) == 256 << 20
    assert Limits().unpacked_from(10 << 20) == 2_000 << 20
    assert Limits().unpacked_from(1 << 40) == Limits().unpacked


def test_a_table_that_takes_more_memory_than_there_is(tmp_path: Path):
    path = saved(tmp_path, "u,g,r,i,z\n" + "1,1,1,1,1\n" * 100_000)
    needed = opening_memory(100_000 * 5 * 8, 100_000)
    assert needed == 14_000_000
    refused(path, "to open the table takes more than 13 MiB of memory", Limits(memory=needed - 1))
    assert len(drain(load_catalog(path, limits=Limits(memory=needed)))) == 100_000


def test_a_table_may_take_half_of_the_memory():
    assert limits_of(4 << 30).memory == 2 << 30
    assert limits_of(1 << 40).memory == limits_of(None).memory == 6 << 30


def test_a_table_that_takes_more_memory_than_its_text(tmp_path: Path):
    path = saved(tmp_path, "u,g,r,i,z\n" + "1,1,1,1,1\n" * 100_000)
    refused(path, "takes more than 2 MiB", Limits(unpacked=2 << 20))


def test_lines_of_absurd_length(tmp_path: Path):
    refused(saved(tmp_path, "u" * (6 << 20)), "longer than 1 MiB")
    refused(saved(tmp_path, HEAD + "\n" + "1" * (6 << 20)), "longer than 1 MiB")
    refused(saved(tmp_path, HEAD + "\n" + "1" * (3 << 20) + "\n"), "line 2 is longer than 1 MiB")


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path):
    text = HEAD + "\n" + "\n".join(ROWS) + '\n1,"2,3,4,5,6,7,8\n' + "\n".join(ROWS * 10)
    refused(saved(tmp_path, text), "line 4 has 2 values where there are 8 column names")


def test_a_csv_called_parquet_and_a_parquet_called_csv_open(tmp_path: Path):
    assert len(read_catalog(saved(tmp_path, PLAIN, "stars.parquet"))) == 2
    stars(4).to_parquet(tmp_path / "other.parquet")
    assert len(read_catalog((tmp_path / "other.parquet").rename(tmp_path / "other.csv"))) == 4


def test_a_refused_file_leaves_no_open_file_behind(tmp_path: Path):
    before = {link.name for link in Path("/proc/self/fd").iterdir()}
    for content in (HEAD, "a b\n1 2 3\n", "u,g\n1,2\n"):
        with pytest.raises(InputError):
            read_catalog(saved(tmp_path, content))
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError):
        read_catalog(tmp_path / "a.parquet")
    assert {link.name for link in Path("/proc/self/fd").iterdir()} == before


cells = st.sampled_from(
    ["1", "-2.5", "1e400", "007", "x", "", '"', '"a', 'b"', '""', "#", " ", "é", "2001-01-01", "true", "+1", "1,5"]
)
separators = st.sampled_from([",", ";", "\t", " ", "|", "\n", "\r\n", "\r", ",\n", "\n#"])


@settings(max_examples=300, deadline=None)
@given(
    head=st.sampled_from(
        ["", HEAD, "a,b", "a;b", "a b", "#a b", "a", "a,", "\ufeffa,b", '# types: {"a": "int8"}\na,b']
    ),
    body=st.lists(st.tuples(separators, cells), max_size=30),
    encoding=st.sampled_from(["utf-8", "utf-16", "latin-1"]),
)
def test_any_text_gives_a_table_or_a_sentence(tmp_path_factory, head: str, body: list[tuple[str, str]], encoding: str):
    text = head + "".join(separator + cell for separator, cell in body)
    path = saved(tmp_path_factory.mktemp("any"), text.encode(encoding, "ignore"))
    try:
        frame = drain(load_table(path)).frame
    except InputError as error:
        assert str(error).startswith("stars.csv: ")
        assert "\n" not in str(error)
    else:
        assert len(frame) > 0
        assert frame.columns.is_unique


@settings(max_examples=300, deadline=None)
@given(content=st.binary(min_size=1, max_size=300))
def test_any_bytes_give_a_table_or_a_sentence(tmp_path_factory, content: bytes):
    path = saved(tmp_path_factory.mktemp("any"), content)
    try:
        frame = drain(load_table(path)).frame
    except InputError as error:
        assert str(error).startswith("stars.csv: ")
    else:
        assert len(frame) > 0
