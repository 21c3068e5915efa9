import gzip
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stellar_gui.catalog.formats import text_pieces
from stellar_gui.catalog.reading import load_catalog, load_table, read_catalog
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain
from tests.catalog.tables import HEAD, IDENTIFIERS, ROWS, opened, saved, table_of

PLAIN = "\n".join([HEAD, *ROWS]) + "\n"
U = [15.9634, 15.38748]


def with_separator(separator: str) -> str:
    return PLAIN.replace(",", separator)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.rstrip("\n"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace(",", ", "),
        with_separator(";"),
        with_separator("\t"),
        with_separator("|"),
        with_separator(" "),
        with_separator("   \t "),
        "\n".join("  " + line + "  " for line in with_separator("  ").splitlines()),
        with_separator(";").replace(".", ","),
        with_separator("\t").replace(".", ","),
        "#Table1\n" + PLAIN,
        "# a comment\n#\n\n# another one, with commas; and semicolons\n" + PLAIN,
        PLAIN.replace(ROWS[1], "# between the rows\n" + ROWS[1] + "\n#,,,,,,,"),
        PLAIN + "\n\n  \n",
        "# " + with_separator(" "),
        "# made by a program\n# " + PLAIN,
        "#" + PLAIN,
        "\n".join(line + "," for line in PLAIN.splitlines()),
        "\n".join([HEAD, *(row + "," for row in ROWS)]),
        "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in PLAIN.splitlines()),
    ],
    ids=[
        "plain", "no last line feed", "windows", "old mac", "comma and blank", "semicolon", "tab", "bar", "blank",
        "blanks and tabs", "indented", "decimal comma", "decimal comma and tab", "skyserver", "comments",
        "comments between", "blank lines at the end", "commented head", "commented head after a comment",
        "commented head without blank", "commas at the ends", "commas at the ends of rows", "all quoted",
    ],
)  # fmt: skip
def test_usual_text_tables_open(tmp_path: Path, text: str):
    catalog = opened(tmp_path, text)
    assert list(catalog.table.columns) == HEAD.split(",")
    assert catalog.table["objid"].to_list() == IDENTIFIERS
    assert catalog.table["u"].to_list() == U
    assert catalog.table["dec"].to_list() == [-0.106619737770056, -0.0960825709742102]
    assert catalog.columns["identifier"] == "objid"


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt", ".dat", ".CSV", ".asc", ""])
def test_text_opens_whatever_its_ending(tmp_path: Path, ending: str):
    assert len(opened(tmp_path, PLAIN, f"stars{ending}")) == 2


@pytest.mark.parametrize("name", ["stars.csv.gz", "stars.csv", "stars.CSV.GZ"])
def test_gzip_opens_whatever_its_ending(tmp_path: Path, name: str):
    assert opened(tmp_path, gzip.compress(PLAIN.encode()), name).table["u"].to_list() == U
    assert opened(tmp_path, PLAIN, name).table["u"].to_list() == U


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_usual_encodings_open(tmp_path: Path, encoding: str):
    text = PLAIN.replace("objid", "naïve").replace(ROWS[0].split(",")[0], "Žižka ½" if "utf" in encoding else "é½")
    table = table_of(saved(tmp_path, text.encode(encoding)))
    assert list(table.columns) == ["naïve", *HEAD.split(",")[1:]]
    assert table["naïve"].iloc[0] == ("Žižka ½" if "utf" in encoding else "é½")


def test_integers_of_64_bits_stay_exact_with_gaps_among_them(tmp_path: Path):
    rows = ["9223372036854775807,18446744073709551615,1", ",,2", "null,NA,3", "-9223372036854775808,0,4"]
    table = table_of(saved(tmp_path, "\n".join(["a,b,c", *rows])))
    assert table["a"].dtype == "Int64"
    assert table["b"].dtype == "UInt64"
    assert table["a"].to_list() == [2**63 - 1, pd.NA, pd.NA, -(2**63)]
    assert table["b"].to_list() == [2**64 - 1, pd.NA, pd.NA, 0]


def test_longer_and_padded_identifiers_stay_text(tmp_path: Path):
    table = table_of(saved(tmp_path, "long,padded\n123456789012345678901,000756\n1,12\n"))
    assert table["long"].to_list() == ["123456789012345678901", "1"]
    assert table["padded"].to_list() == ["000756", "12"]


def test_damaged_identifiers_and_large_numbers_stay_floats(tmp_path: Path):
    table = table_of(saved(tmp_path, "a,b\n1.23765E+18,1e300\n1.5,-2\n"))
    assert table["a"].to_list() == [1.23765e18, 1.5]
    assert table["b"].to_list() == [1e300, -2.0]


def test_numbers_are_rounded_correctly(tmp_path: Path):
    texts = ["0.1", "1.7976931348623157e308", "5e-324", "0.30000000000000004", "9007199254740993.0", "+12.25", "-.5"]
    table = table_of(saved(tmp_path, "\n".join(["a,b", *(f"{text},1" for text in texts)])))
    assert table["a"].to_list() == [float(text) for text in texts]


def test_missing_values_and_placeholders(tmp_path: Path):
    cells = ["", "NaN", "nan", "null", "NULL", "NA", "-9999", "inf"]
    catalog = opened(tmp_path, "\n".join(["u,g,r,i,z", *(f"{cell},18,17,16,15" for cell in cells)]))
    expected = [np.nan] * 6 + [-9999.0, np.inf]
    np.testing.assert_array_equal(catalog.magnitudes[:, 0], np.float32(expected))


def test_text_among_numbers_is_kept_and_not_a_magnitude(tmp_path: Path):
    catalog = opened(tmp_path, "u,g,r,i,z\n18.5,18,17,16,15\nfaint,18,17,16,15\n")
    assert catalog.table["u"].to_list() == ["18.5", "faint"]
    np.testing.assert_array_equal(catalog.magnitudes[:, 0], np.float32([18.5, np.nan]))


def test_quoted_text_keeps_separators_quotes_line_feeds_and_hashes(tmp_path: Path):
    table = table_of(saved(tmp_path, '#c\na,b\n1,"x, y"\n2,"say ""no"""\n3,"two\n# lines"\n4,""\n5,\n6,5" pipe\n'))
    assert table["b"].to_list() == ["x, y", 'say "no"', "two\n# lines", "", np.nan, '5" pipe']


def test_dates_and_mixed_columns_stay_text(tmp_path: Path):
    table = table_of(saved(tmp_path, "day,mixed,flag\n2001-02-03,1,true\n2001-02-04,x,false\n"))
    assert table["day"].to_list() == ["2001-02-03", "2001-02-04"]
    assert table["mixed"].to_list() == ["1", "x"]
    assert table["flag"].to_list() == [True, False]


def test_duplicate_and_empty_column_names_become_different(tmp_path: Path):
    catalog = opened(tmp_path, "u,g,r,i,z,u,,u.1\n1,2,3,4,5,6,7,8\n")
    assert list(catalog.table.columns) == ["u", "g", "r", "i", "z", "u.2", "Unnamed: 6", "u.1"]
    assert catalog.columns["u"] == "u"


def test_a_column_without_a_name_is_left_out_only_where_it_is_empty(tmp_path: Path):
    table = table_of(saved(tmp_path, "a,b\n" + "1,2,\n" * 200 + "1,2,3\n"))
    assert list(table.columns) == ["a", "b", "Unnamed: 2"]
    assert table["Unnamed: 2"].iloc[-1] == 3
    assert list(table_of(saved(tmp_path, ",a\n0,1\n")).columns) == ["Unnamed: 0", "a"]


def test_units_in_column_names(tmp_path: Path):
    catalog = opened(tmp_path, "ra [deg],u [mag],g (mag),r(mag),i,z\n1,2,3,4,5,6\n")
    assert catalog.units == {"ra [deg]": "deg", "u [mag]": "mag", "g (mag)": "mag", "r(mag)": "mag"}
    assert catalog.columns["u"] == "u [mag]"


def test_the_comment_header_is_metadata_and_tells_the_query(tmp_path: Path):
    header = '# source: DR18\n# query: "SELECT 1\\nFROM a"\n# not metadata\n# units: {"u": "mag"}\n'
    catalog = opened(tmp_path, header + PLAIN)
    assert catalog.metadata == {"source": "DR18", "query": "SELECT 1\nFROM a"}
    assert catalog.units == {"u": "mag"}
    assert catalog.provenance.query == "SELECT 1\nFROM a"


def test_provenance_tells_the_file(tmp_path: Path):
    catalog = opened(tmp_path, b"a,u,g,r,i,z\n1,2,3,4,5,6\n")
    provenance = catalog.provenance
    content = (tmp_path / "stars.csv").read_bytes()
    assert (provenance.name, provenance.path) == ("stars.csv", str(tmp_path / "stars.csv"))
    assert (provenance.size, provenance.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert provenance.opened is not None and provenance.opened.endswith("+00:00")


def test_columns_are_chosen_by_role(tmp_path: Path):
    path = saved(tmp_path, "u,g,r,i,z,blue\n1,2,3,4,5,6\n")
    catalog = read_catalog(path, {"u": "blue"})
    assert catalog.columns["u"] == "blue"
    assert catalog.chosen == {"u": "blue"}
    with pytest.raises(InputError, match=r"^stars\.csv: there is no column “red” for u; .*\.$"):
        read_catalog(path, {"u": "red"})


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files in pieces of 4 KiB, so that a small table has many."""
    monkeypatch.setattr(text_pieces, "PIECE", 4096)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_table_in_many_pieces_is_the_same_table(tmp_path: Path, encoding: str):
    count = 3000
    rows = [
        f'{k},{k / 7},"star ""{k}"",\nné",{"x" if k == 2500 else k},{k if k < 2000 else k + 0.5}' for k in range(count)
    ]
    table = table_of(saved(tmp_path, "\n".join(["a,b,name,mixed,late", *rows]).encode(encoding)))
    assert table["a"].to_list() == list(range(count))
    assert table["b"].to_list() == [k / 7 for k in range(count)]
    assert table["name"].to_list() == [f'star "{k}",\nné' for k in range(count)]
    assert table["mixed"].to_list() == ["x" if k == 2500 else str(k) for k in range(count)]
    assert table["late"].to_list() == [float(k) if k < 2000 else k + 0.5 for k in range(count)]


@pytest.mark.usefixtures("small_pieces")
def test_an_odd_quotation_mark_in_a_comment_does_not_count(tmp_path: Path):
    rows = [f'{k},"two\nlines {k}"' for k in range(2000)]
    table = table_of(saved(tmp_path, "\n".join(['# the 5" telescope', "a,b", *rows])))
    assert table["b"].to_list() == [f"two\nlines {k}" for k in range(2000)]


@pytest.mark.usefixtures("small_pieces")
def test_identifiers_too_large_in_a_late_piece_stay_exact(tmp_path: Path):
    identifiers = [*range(2**60, 2**60 + 900), 2**63 + 1]
    table = table_of(saved(tmp_path, "\n".join(["id,b", *(f"{value},1" for value in identifiers)])))
    assert table["id"].to_list() == identifiers


@pytest.mark.usefixtures("small_pieces")
def test_progress_counts_the_bytes_of_the_file(tmp_path: Path):
    path = saved(tmp_path, HEAD + "\n" + "\n".join(ROWS * 500))
    steps = list(load_catalog(path))
    assert steps[0] == Progress(0, path.stat().st_size, "bytes")
    assert steps[-1].done == steps[-1].total == path.stat().st_size
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert len(steps) > 10


@pytest.mark.usefixtures("small_pieces")
def test_reading_can_be_given_up(tmp_path: Path):
    work = load_catalog(saved(tmp_path, HEAD + "\n" + "\n".join(ROWS * 500)))
    assert next(work).done == 0
    assert next(work).done > 0
    work.close()
    with pytest.raises(StopIteration):
        next(work)


@pytest.mark.usefixtures("small_pieces")
def test_a_wrong_line_in_a_late_piece_is_told_by_its_number(tmp_path: Path):
    text = "# comment\n" + HEAD + "\n" + "\n".join([*ROWS * 400, "1,2,3", *ROWS])
    with pytest.raises(InputError, match=r"^stars\.csv: line 803 has 3 values where there are 8 column names; "):
        drain(load_table(saved(tmp_path, text)))


def test_real_spectroscopic_objects(real_stars: Path):
    path = real_stars / "sdss_dr14_spectro.csv"
    catalog = read_catalog(path)
    assert len(catalog) == 10_000
    assert catalog.labels is not None
    assert catalog.labels.value_counts().to_dict() == {"STAR": 4152, "GALAXY": 4998, "QSO": 850}
    assert set(catalog.columns) == {"u", "g", "r", "i", "z", "ra", "dec", "redshift", "identifier", "class"}
    assert not catalog.ambiguous


@pytest.mark.parametrize(("name", "rows"), [("sdss_stars_modelmag.csv", 10_000), ("skyserver_rect_308.csv", 367)])
def test_real_identifiers_are_as_in_the_text(real_stars: Path, name: str, rows: int):
    catalog = read_catalog(real_stars / name)
    lines = [line for line in (real_stars / name).read_text().splitlines() if not line.startswith("#")][1:]
    assert len(catalog) == len(lines) == rows
    assert catalog.table["objid"].astype(str).to_list() == [line.split(",")[0] for line in lines]
    place = list(catalog.table.columns).index(catalog.columns["u"])
    assert catalog.table[catalog.columns["u"]].to_list() == [float(line.split(",")[place]) for line in lines]
