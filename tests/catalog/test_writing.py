import gzip
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.pandas import column, data_frames, range_indexes

from stellar_gui.catalog.reading import load_table, read_catalog
from stellar_gui.catalog.writing import WRITERS, atomic_target, save_table, write_table
from stellar_gui.errors import OutputError
from stellar_gui.progress import drain
from tests.catalog.tables import stars, table_of

ENDINGS = sorted(WRITERS)
UNITS = {"u": "mag", "ra [deg]": "°"}
METADATA = {
    "source": "stars.csv",
    "seed": "3",
    "query": 'SELECT *\nFROM a -- "b"\\n',
    "empty": "",
    "blanks": "  x ",
    "accents": "é — 星",
    "quoted": '"x"',
}


def every_type() -> pd.DataFrame:
    return stars(
        4,
        objid=[2**63 - 1, 1237648721229774920, 1, -(2**63)],
        large=np.array([2**64 - 1, 0, 1, 2], dtype=np.uint64),
        gaps=pd.array([2**62 + 1, None, 3, None], dtype="Int64"),
        single=np.float32([0.1, 15.9634, np.nan, -1e-20]),
        whole=[1.0, 2.0, 3.0, np.nan],
        edge=[np.inf, -np.inf, 5e-324, 0.1 + 0.2],
        name=['é, "x"', None, "", "two\nlines"],
        digits=["007", "1", "", "NA"],
        flag=[True, False, True, True],
        **{"ra [deg]": [0.0, 1.0, 2.0, 3.0], 'a, "b"\n#': [1, 2, 3, 4], "#first": ["#", "# x", "a", "b"]},
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_reading_gives_back_what_was_written(tmp_path: Path, ending: str):
    frame, path = every_type(), tmp_path / f"out{ending}"
    write_table(frame, path, METADATA, UNITS)
    raw = drain(load_table(path))
    expected = frame.astype({"name": "str", "digits": "str", "#first": "str"})
    pd.testing.assert_frame_equal(raw.frame, expected)
    assert raw.metadata == METADATA
    assert raw.units == UNITS


@pytest.mark.parametrize("ending", ENDINGS)
def test_writing_twice_gives_the_same_bytes(tmp_path: Path, ending: str):
    paths = [tmp_path / f"{k}{ending}" for k in (1, 2)]
    for path in paths:
        write_table(every_type(), path, METADATA)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_comment_header_stands_before_the_column_names(tmp_path: Path):
    path = tmp_path / "out.csv"
    frame = pd.DataFrame(
        {"objid": [1237648721229774920], "u": np.float32([15.9634]), "class": ["STAR"], "gap": [np.nan]}
    )
    write_table(frame, path, {"source": "a.csv", "note": "x\ny", "odd: key": "v"}, {"u": "mag", "absent": "K"})
    assert path.read_text().splitlines() == [
        "# source: a.csv",
        '# note: "x\\ny"',
        "# odd_ key: v",
        '# units: {"u": "mag"}',
        '# types: {"objid": "int64", "u": "float", "class": "large_string", "gap": "double"}',
        "objid,u,class,gap",
        "1237648721229774920,15.9634,STAR,",
    ]
    assert pd.read_csv(path, comment="#")["objid"].to_list() == [1237648721229774920]


def test_parquet_has_metadata_and_units_in_its_schema(tmp_path: Path):
    path = tmp_path / "out.parquet"
    write_table(stars(2), path, {"source": "a.csv"}, {"u": "mag"})
    schema = pq.read_schema(path)
    assert schema.metadata[b"stellar_gui.source"] == b"a.csv"
    assert schema.field("u").metadata == {b"unit": b"mag"}


@pytest.mark.parametrize("word", ["", "NA", "nan", "a,b", 'a"b', " a", "a ", "#a", "two\nlines", "null"])
def test_text_that_would_be_misread_is_quoted(tmp_path: Path, word: str):
    frame = pd.DataFrame({"name": ["plain", word, None], "number": [1, 2, 3]})
    path = tmp_path / "out.csv"
    write_table(frame, path)
    assert path.read_text().splitlines()[2] == '"plain",1'
    pd.testing.assert_frame_equal(table_of(path), frame)


@pytest.mark.parametrize("ending", ENDINGS)
def test_lists_categories_and_mixed_values_are_written_as_well_as_can_be(tmp_path: Path, ending: str):
    frame = stars(2, spectrum=[[1.0, 2.0], None], mixed=["a", 1], kind=pd.Categorical(["x", None]), nothing=None)
    path = tmp_path / f"out{ending}"
    write_table(frame, path)
    table = table_of(path)
    assert table["mixed"].to_list() == ["a", "1"]
    assert table["kind"].to_list() == ["x", np.nan]
    assert table["nothing"].isna().all()
    assert list(table["spectrum"].iloc[0]) == ([1.0, 2.0] if ending == ".parquet" else list("[1.0, 2.0]"))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_table_without_rows_is_written(tmp_path: Path, ending: str):
    path = tmp_path / f"out{ending}"
    write_table(stars(3).iloc[:0], path)
    assert path.stat().st_size > 0


def test_an_edited_export_opens_with_the_types_that_its_text_has(tmp_path: Path):
    path = tmp_path / "out.csv"
    write_table(stars(2, number=[1, 2], single=np.float32([1.5, 2.5])), path)
    path.write_text(path.read_text().replace(",1,1.5", ",1.25,1.5").replace(",2,2.5", ",2,faint"))
    table = table_of(path)
    assert table["number"].to_list() == [1.25, 2.0]
    assert table["single"].to_list() == ["1.5", "faint"]


@pytest.mark.parametrize("name", ["out.xyz", "out", "csv", "out.gz"])
def test_an_unknown_ending_is_refused_with_those_that_are_known(tmp_path: Path, name: str):
    with pytest.raises(
        OutputError,
        match=rf"^{name}: the ending .* use one of \.csv, \.csv\.gz, \.parquet, \.fits, \.vot, \.xml, \.ecsv\.$",
    ):
        write_table(stars(2), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_endings_count_in_any_case(tmp_path: Path):
    write_table(stars(2), tmp_path / "OUT.CSV.GZ")
    assert gzip.decompress((tmp_path / "OUT.CSV.GZ").read_bytes()).startswith(b"# types")


def test_saving_tells_rows_and_leaves_nothing_when_given_up(tmp_path: Path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    frame = stars(200_000)
    work = save_table(frame, path)
    assert next(work).done == 0
    assert 0 < next(work).done < 200_000
    assert len(list(tmp_path.iterdir())) == 2
    work.close()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    steps = list(save_table(frame, path))
    assert steps[-1].done == steps[-1].total == 200_000


def test_an_existing_file_keeps_its_permissions_and_a_link_its_target(tmp_path: Path):
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_table(stars(2), link)
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert len(read_catalog(target)) == 2


def test_a_new_file_has_the_usual_permissions(tmp_path: Path):
    usual = tmp_path / "usual"
    usual.touch()
    write_table(stars(2), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").stat().st_mode == usual.stat().st_mode


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.mkdir(), "this is a folder"),
        (os.mkfifo, "a pipe or device"),
        (lambda path: path.symlink_to(path), "could not be written|loop"),
    ],
    ids=["folder", "pipe", "loop of links"],
)
def test_what_is_not_a_file_is_not_replaced(tmp_path: Path, make, message: str):
    path = tmp_path / "out.csv"
    make(path)
    with pytest.raises(OutputError, match=message) as failure:
        write_table(stars(2), path)
    assert str(failure.value).startswith("out.csv: ")
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_and_one_that_is_a_file(tmp_path: Path):
    with pytest.raises(OutputError, match=r"^/.*/out\.csv: its folder does not exist; choose another\.$"):
        write_table(stars(2), tmp_path / "nowhere" / "out.csv")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"^out\.csv: it could not be written \(not a directory\)"):
        write_table(stars(2), tmp_path / "file" / "out.csv")


def test_a_folder_that_nobody_can_write_to():
    with pytest.raises(OutputError, match=r"^(/proc/)?out\.csv: "):
        write_table(stars(2), Path("/proc/out.csv"))


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_and_a_write_protected_file(tmp_path: Path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(OutputError, match="write-protected"):
        write_table(stars(2), path)
    tmp_path.chmod(0o555)
    with pytest.raises(OutputError, match="no permission to write in its folder"):
        write_table(stars(2), tmp_path / "new.csv")
    tmp_path.chmod(0o755)
    assert path.read_text() == "old"


WRITE_BEYOND_THE_LIMIT = """
import resource, sys
from pathlib import Path
import numpy as np, pandas as pd
from stellar_gui.catalog.writing import write_table
from stellar_gui.errors import OutputError
frame = pd.DataFrame({band: np.random.default_rng(0).uniform(15.0, 20.0, 20_000) for band in "ugriz"})
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_table(frame, Path(sys.argv[1]))
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, ending: str):
    path = tmp_path / f"out{ending}"
    path.write_text("old")
    script = [sys.executable, "-c", WRITE_BEYOND_THE_LIMIT, str(path)]
    told = subprocess.run(script, capture_output=True, text=True, timeout=60, check=True)
    assert told.stderr == ""
    assert told.stdout.startswith(f"out{ending}: it could not be written (file too large); what was there before")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000


def test_an_atomic_target_appears_only_when_it_is_whole(tmp_path: Path):
    path = tmp_path / "session.stellar"
    with atomic_target(path) as temporary:
        temporary.write_text("new")
        assert temporary.parent == tmp_path
        assert not path.exists()
    assert path.read_text() == "new"
    with pytest.raises(KeyError), atomic_target(path) as temporary:
        temporary.write_text("newer")
        raise KeyError
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path):
    path = tmp_path / ("x" * 251 + ".csv")
    write_table(stars(2), path)
    assert len(read_catalog(path)) == 2
    with pytest.raises(OutputError, match="could not be written"):
        write_table(stars(2), tmp_path / ("x" * 300 + ".csv"))


names = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda name: any(character.isalpha() for character in name))
)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=12)
identifiers = st.integers(-(2**63), 2**63 - 1)


@settings(max_examples=60, deadline=None)
@given(
    frame=data_frames(
        columns=[
            column("objid", elements=identifiers, dtype=np.int64),
            column("unsigned", elements=st.integers(0, 2**64 - 1), dtype=np.uint64),
            column("u", elements=st.floats(allow_infinity=True, allow_nan=True), dtype=np.float64),
            column("g", elements=st.floats(width=32, allow_nan=True), dtype=np.float32),
            column("word", elements=words, dtype=object),
        ],
        index=range_indexes(min_size=1, max_size=12),
    ),
    gaps=st.lists(st.none() | identifiers, min_size=12, max_size=12),
    missing=st.lists(st.booleans(), min_size=12, max_size=12),
    heading=names,
    metadata=st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True), words, max_size=3),
    ending=st.sampled_from([".csv", ".parquet", ".fits", ".vot", ".ecsv"]),
)
def test_any_table_survives_a_round_trip(tmp_path_factory, frame, gaps, missing, heading, metadata, ending):
    count = len(frame)
    frame = frame.assign(gaps=pd.array(gaps[:count], dtype="Int64"), word=frame["word"].mask(missing[:count]))
    frame = frame.astype({"word": "str"})
    if heading not in frame:
        frame = frame.rename(columns={"word": heading})
    metadata = {key: value for key, value in metadata.items() if key not in ("units", "types")}
    path = tmp_path_factory.mktemp("trip") / f"out{ending}"
    write_table(frame, path, metadata)
    raw = drain(load_table(path))
    whole = frame["gaps"].notna().all()
    expected = frame.astype({"gaps": "int64"}) if whole else frame
    pd.testing.assert_frame_equal(raw.frame, expected, check_exact=True)
    assert raw.metadata == metadata


@settings(max_examples=200, deadline=None)
@given(values=st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=50))
def test_float32_survives_the_shortest_text(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("trip") / "out.csv"
    frame = pd.DataFrame({"a": np.float32(values), "b": 1})
    write_table(frame, path)
    pd.testing.assert_frame_equal(table_of(path), frame, check_exact=True)


def test_real_stars_survive_a_round_trip(tmp_path: Path, real_stars: Path):
    for source in sorted(real_stars.glob("*.csv")):
        table = read_catalog(source).table
        for ending in ENDINGS:
            write_table(table, tmp_path / f"out{ending}")
            pd.testing.assert_frame_equal(table_of(tmp_path / f"out{ending}"), table, check_exact=True)


def test_a_column_name_like_a_number_is_not_taken_for_a_row(tmp_path: Path):
    path = tmp_path / "out.csv"
    frame = pd.DataFrame({"a": [1.5], "1e100": [2.5]})
    write_table(frame, path)
    pd.testing.assert_frame_equal(table_of(path), frame)
