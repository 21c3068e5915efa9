"""VOTables made by astropy, by this program, and by nobody sane."""

import base64
import gzip
import io
import struct
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.io import votable
from astropy.io.votable.ucd import check_ucd
from astropy.table import MaskedColumn, Table
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.formats.raw_table import Limits
from stellar_gui.catalog.reading import load_table, read_catalog, tables_in
from stellar_gui.catalog.writing import write_table
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from stellar_gui.session.export import added_meta, added_names
from tests.catalog.tables import IDENTIFIERS, saved, stars, table_of
from tests.catalog.test_bad_files import refused

FIELDS = "".join(f'<FIELD name="{band}" datatype="double" unit="mag"/>' for band in "ugriz")


def document(inside: str, prolog: str = "") -> str:
    head = f'<?xml version="1.0"?>\n{prolog}<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
    return f"{head}<RESOURCE>{inside}</RESOURCE></VOTABLE>"


def table(fields: str, data: str, attributes: str = "") -> str:
    return f"<TABLE {attributes}>{fields}<DATA>{data}</DATA></TABLE>"


def rows(*cells: str) -> str:
    return f"<TABLEDATA><TR>{''.join(f'<TD>{cell}</TD>' for cell in cells)}</TR></TABLEDATA>"


def stream(data: bytes, kind: str = "BINARY", attributes: str = 'encoding="base64"') -> str:
    return f"<{kind}><STREAM {attributes}>{base64.b64encode(data).decode()}</STREAM></{kind}>"


@pytest.mark.parametrize("form", ["tabledata", "binary", "binary2"])
def test_each_serialisation_of_astropy(tmp_path: Path, form: str):
    frame = stars(5, objid=[2**63 - 1, -(2**63), *IDENTIFIERS, 0], flag=[True, False, True, True, False])
    source = Table.from_pandas(frame.assign(single=np.float32([0.1, -1e-20, np.inf, 1, 2])))
    source["name"] = ["star", "", "a b", "c", "d"]
    source["vector"] = np.arange(10.0).reshape(5, 2)
    source["u"].unit = "mag"
    source["u"].description = "the u & g"
    source["u"].meta["ucd"] = "phot.mag;em.opt.U"
    path = tmp_path / "stars.vot"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source.write(path, format="votable", tabledata_format=form)
    raw = drain(load_table(path))
    found = raw.frame
    pd.testing.assert_frame_equal(found[list(frame)], frame, check_exact=True)
    np.testing.assert_array_equal(found["single"], source["single"])
    assert found["single"].dtype == np.float32
    assert found["name"].fillna("").to_list() == ["star", "", "a b", "c", "d"]
    assert [list(cell) for cell in found["vector"]] == np.arange(10.0).reshape(5, 2).tolist()
    assert raw.units["u"] == "mag"
    assert raw.column_meta["u"] == ColumnMeta("phot.mag;em.opt.U", "the u & g")


@pytest.mark.parametrize("form", ["binary2", "tabledata"])
def test_masked_values_of_astropy_are_missing(tmp_path: Path, form: str):
    source = Table(
        {
            "objid": MaskedColumn(IDENTIFIERS, mask=[False, True], fill_value=-1),
            "u": MaskedColumn([1.5, 2.5], mask=[True, False]),
        }
    )
    document = votable.from_table(source)
    document.get_first_table().fields[0].values.null = -1
    path = tmp_path / "stars.xml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        votable.table.writeto(document, str(path), tabledata_format=form)
    found = table_of(path)
    assert found["objid"].to_list() == [IDENTIFIERS[0], pd.NA]
    np.testing.assert_array_equal(found["u"], [np.nan, 2.5])


def test_every_datatype_as_text(tmp_path: Path):
    kinds = ["boolean", "bit", "unsignedByte", "short", "int", "long", "float", "double", "char", "unicodeChar"]
    fields = "".join(f'<FIELD name="{kind}" datatype="{kind}" arraysize="1"/>' for kind in kinds)
    fields += '<FIELD name="pair" datatype="int" arraysize="*"/><FIELD name="c" datatype="floatComplex"/>'
    fields += '<FIELD name="hex" datatype="int"><VALUES null="-9"/></FIELD>'
    first = rows("T", "1", "255", "-7", "+8", str(2**63 - 1), "+Inf", "1e-300", "a", "é", "1 2", "1 2", "0xff")
    second = rows("?", "0", "", "", "", "", "NaN", "", "", "", "", "0 0", "-9")
    text = document(table(fields, first.replace("</TABLEDATA>", "") + second.replace("<TABLEDATA>", "")))
    found = table_of(saved(tmp_path, text, "stars.vot"))
    assert found["boolean"].to_list() == [True, pd.NA]
    assert found["bit"].to_list() == [True, False]
    assert found.iloc[0, 2:6].to_list() == [255, -7, 8, 2**63 - 1]
    assert found.iloc[1, 2:6].isna().all()
    assert found["float"].iloc[0] == np.inf
    assert found["double"].iloc[0] == 1e-300
    assert found[["char", "unicodeChar"]].iloc[0].to_list() == ["a", "é"]
    assert list(found["pair"].iloc[0]) == [1, 2]
    assert list(found["c"].iloc[0]) == [1.0, 2.0]
    assert found["hex"].to_list() == [255, pd.NA]


def test_binary_rows_of_changing_length(tmp_path: Path):
    fields = (
        '<FIELD name="id" datatype="long"/><FIELD name="name" datatype="char" arraysize="*"/>'
        '<FIELD name="list" datatype="short" arraysize="*"/><FIELD name="word" datatype="unicodeChar" arraysize="3*"/>'
    )

    def row(identifier: int, name: bytes, numbers: list[int], word: str) -> bytes:
        parts = [struct.pack(">q", identifier), struct.pack(">i", len(name)), name, struct.pack(">i", len(numbers))]
        return b"".join(
            [*parts, struct.pack(f">{len(numbers)}h", *numbers), struct.pack(">i", len(word)), word.encode("utf-16-be")]
        )

    data = row(IDENTIFIERS[0], b"one", [1, 2], "é") + row(-1, b"", [], "")
    found = table_of(saved(tmp_path, document(table(fields, stream(data))), "stars.vot"))
    assert found["id"].to_list() == [IDENTIFIERS[0], -1]
    assert found["name"].to_list() == ["one", np.nan]
    assert [list(cell) for cell in found["list"]] == [[1, 2], []]
    assert found["word"].to_list() == ["é", np.nan]
    masked = b"\x00" + row(1, b"", [1], "") + b"\xc0" + row(2, b"x", [], "y")
    found = table_of(saved(tmp_path, document(table(fields, stream(masked, "BINARY2"))), "stars.vot"))
    assert found["id"].to_list() == [1, pd.NA]
    assert found["name"].to_list() == ["", np.nan]
    assert found["word"].to_list() == ["", "y"]


def test_a_fits_file_inside(tmp_path: Path):
    inner = io.BytesIO()
    Table.from_pandas(stars(5)).write(inner, format="fits")
    text = document(table(FIELDS, stream(inner.getvalue(), "FITS")))
    pd.testing.assert_frame_equal(table_of(saved(tmp_path, text, "stars.vot")), stars(5))


def test_names_with_a_prefix_and_facts_everywhere(tmp_path: Path):
    text = document(
        '<DESCRIPTION>All of it</DESCRIPTION><INFO name="QUERY" value="SELECT 1"/><PARAM name="seed" value="3"/>'
        + table(FIELDS, rows(*"12345"))
        + '<INFO name="QUERY_STATUS" value="OVERFLOW"/>'
    )
    for tag in (
        "VOTABLE",
        "RESOURCE",
        "TABLE",
        "FIELD",
        "DATA",
        "TABLEDATA",
        "TR",
        "TD",
        "INFO",
        "PARAM",
        "DESCRIPTION",
    ):
        text = (
            text.replace(f"<{tag} ", f"<vo:{tag} ")
            .replace(f"<{tag}>", f"<vo:{tag}>")
            .replace(f"</{tag}>", f"</vo:{tag}>")
        )
    catalog = read_catalog(saved(tmp_path, text.replace("xmlns=", "xmlns:vo="), "stars.xml"))
    assert catalog.magnitudes.tolist() == [[1, 2, 3, 4, 5]]
    assert catalog.provenance.query == "SELECT 1"
    expected = {"description": "All of it", "QUERY": "SELECT 1", "seed": "3", "QUERY_STATUS": "OVERFLOW"}
    assert catalog.metadata == expected
    assert catalog.units["u"] == "mag"


def test_the_first_table_is_read_or_the_one_that_is_named(tmp_path: Path):
    tables = "".join(
        table(f'<FIELD name="{column}" datatype="int"/>', rows("1"), attributes)
        for column, attributes in (("a", 'name="first"'), ("b", 'ID="second"'), ("c", ""))
    )
    path = saved(tmp_path, document(tables), "stars.vot")
    assert tables_in(path) == ("first", "second", "3")
    assert list(table_of(path)) == ["a"]
    for name, column in (("FIRST", "a"), ("2", "b"), ("second", "b"), ("3", "c")):
        assert list(drain(load_table(path, table=name)).frame) == [column]
    with pytest.raises(InputError, match=r"^stars\.vot: no table “x” in it; it has first, second, 3\.$"):
        drain(load_table(path, table="x"))


@pytest.mark.parametrize("name", ["stars.csv", "stars.vot.gz", "stars"])
def test_a_votable_is_known_by_its_content(tmp_path: Path, name: str):
    data = document(table(FIELDS, rows(*"12345"))).encode()
    assert len(read_catalog(saved(tmp_path, gzip.compress(data) if name.endswith(".gz") else data, name))) == 1


def test_what_astropy_reads_from_ours(tmp_path: Path):
    path = tmp_path / "out.vot"
    frame = stars(
        3, objid=pd.array([2**63 - 1, None, 7], dtype="Int64"), name=["a", "é", "c"], flag=[True, False, True]
    )
    meta = {"u": ColumnMeta("phot.mag;em.opt.U", "u < magnitude")}
    write_table(frame, path, {"source": "stars & <co>", "seed": "3"}, {"u": "mag"}, column_meta=meta)
    found = votable.parse(str(path), verify="exception")
    element = found.get_first_table()
    assert element.array["objid"].tolist() == [2**63 - 1, None, 7]
    assert element.array["name"].tolist() == ["a", "é", "c"]
    assert element.array["flag"].tolist() == [True, False, True]
    np.testing.assert_array_equal(element.array["u"], frame["u"])
    field = element.fields[0]
    assert (str(field.unit), field.ucd, field.description) == ("mag", "phot.mag;em.opt.U", "u < magnitude")
    assert {info.name: info.value for info in found.resources[0].infos}["source"] == "stars & <co>"
    assert found.resources[0].params[0].value == 3


def test_the_added_columns_have_ucds_of_the_controlled_vocabulary():
    names = added_names(2, brightness=True)
    meta = added_meta(names)
    assert meta.keys() == set(names)
    for name in names:
        assert check_ucd(meta[name].ucd, check_controlled_vocabulary=True), name


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        (table(FIELDS, '<BINARY><STREAM href="http://127.0.0.1:9/x"/></BINARY>'), "nothing is fetched from there"),
        (table(FIELDS, '<BINARY2><STREAM href="file:///etc/passwd"/></BINARY2>'), "nothing is fetched from there"),
        (table(FIELDS, '<FITS><STREAM href="file:///etc/passwd"/></FITS>'), "nothing is fetched from there"),
        (table(FIELDS, '<PARQUET type="VOTable-remote-file"><STREAM href="x"/></PARQUET>'), "nothing is fetched"),
        (table(FIELDS, stream(b"", attributes='encoding="gzip"')), "packed inside the file"),
        (table(FIELDS, rows("1", "2")), "cut off or damaged"),
        (table(FIELDS, rows("1", "2", "3", "4", "faint")), "cut off or damaged"),
        (table(FIELDS, stream(bytes(39))), "cut off or damaged"),
        (table(FIELDS.replace('"double"', '"double" arraysize="99999999999x99999"'), stream(bytes(40))), "damaged"),
        (table('<FIELD name="u" datatype="double" arraysize="*"/>', stream(b"\x7f\xff\xff\xff")), "damaged"),
        (table('<FIELD name="u" datatype="double" arraysize="*"/>', stream(b"\xff\xff\xff\xf8" * 9)), "damaged"),
        (table('<FIELD name="u" datatype="quad"/>', rows("1")), "cut off or damaged"),
        (table('<FIELD name="u" datatype="int"/>', rows("99999999999")), "cut off or damaged"),
        (table(FIELDS * 401, rows("1")), "more than 2,000 columns"),
        (table(FIELDS, "<TABLEDATA/>", 'nrows="1000000000000"'), "column names but no rows"),
        (f"<TABLE>{FIELDS}</TABLE>", "column names but no rows"),
        ("", "no table in it"),
        (table(FIELDS, rows("1", "2", "3", "4", "&undefined;")), "cut off or damaged"),
        (table(FIELDS, "<TABLEDATA><TR><TABLEDATA/></TR></TABLEDATA>"), "cut off or damaged"),
    ],
)  # fmt: skip
def test_votables_that_are_refused(tmp_path: Path, inside: str, message: str):
    refused(saved(tmp_path, document(inside), "stars.vot"), message)


def test_entities_are_refused_before_they_are_read(tmp_path: Path):
    bombs = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {b} "&{a};&{a};&{a};">' for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    text = document(table(FIELDS, rows("1", "2", "3", "4", "&h;")), f"<!DOCTYPE VOTABLE [{bombs}]>")
    refused(saved(tmp_path, text, "stars.vot"), "it defines XML entities")
    outside = '<!DOCTYPE VOTABLE [<!ENTITY h SYSTEM "file:///etc/passwd">]>'
    refused(saved(tmp_path, document(table(FIELDS, rows(*"1234", "&h;")), outside), "stars.vot"), "XML entities")
    refused(saved(tmp_path, text.encode("utf-16"), "stars.vot"), "a VOTable has to be UTF-8")
    old = '<!DOCTYPE VOTABLE SYSTEM "http://us-vo.org/xml/VOTable.dtd">'
    assert len(read_catalog(saved(tmp_path, document(table(FIELDS, rows(*"12345")), old), "stars.vot"))) == 1


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_a_votable_that_is_cut_off(tmp_path: Path, keep: float):
    write_table(stars(50), tmp_path / "out.vot")
    data = (tmp_path / "out.vot").read_bytes()
    refused(saved(tmp_path, data[: int(keep * len(data))], "stars.vot"), "cut off or damaged")


def test_a_votable_beyond_the_limits(tmp_path: Path):
    write_table(stars(5000), tmp_path / "out.vot")
    refused(tmp_path / "out.vot", "to open the table takes more than", Limits(memory=1000))
    packed = saved(tmp_path, gzip.compress((tmp_path / "out.vot").read_bytes()), "out.vot.gz")
    refused(packed, "takes more than .* KiB when it is unpacked", Limits(ratio=1, always_allowed=1 << 16))


SOUND = document(table(FIELDS + '<FIELD name="n" datatype="char" arraysize="*"/>', rows(*"12345", "a"))).encode()


@settings(max_examples=150, deadline=None)
@given(place=st.integers(60, len(SOUND)), noise=st.binary(min_size=1, max_size=20))
def test_any_damage_gives_a_table_or_a_sentence(tmp_path_factory, place: int, noise: bytes):
    path = saved(tmp_path_factory.mktemp("any"), SOUND[:place] + noise + SOUND[place + len(noise) :], "stars.vot")
    try:
        frame = drain(load_table(path)).frame
    except InputError as error:
        assert str(error).startswith("stars.vot: ")
        assert "\n" not in str(error)
    else:
        assert frame.columns.is_unique
