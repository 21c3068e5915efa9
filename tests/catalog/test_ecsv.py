"""ECSV tables made by astropy, by this program, and by nobody sane."""

import gzip
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.table import MaskedColumn, Table

from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.writing import write_table
from stellar_gui.progress import drain
from tests.catalog.tables import IDENTIFIERS, saved, stars
from tests.catalog.test_bad_files import refused

HEADER = "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a, datatype: int64}\n# - {name: b, datatype: string}\n"


@pytest.mark.parametrize("delimiter", [" ", ","])
def test_a_table_of_astropy(tmp_path: Path, delimiter: str):
    source = Table(
        {
            "objid": MaskedColumn([*IDENTIFIERS, 2**63 - 1], mask=[False, True, False]),
            "large": np.array([2**64 - 1, 0, 1], np.uint64),
            "single": np.float32([0.1, np.nan, -1e-20]),
            "u": [15.9634, np.inf, 5e-324],
            "name": MaskedColumn(["é, x", "NA", "007"], mask=[False, False, False]),
            "flag": [True, False, True],
            "vector": np.arange(6).reshape(3, 2),
        }
    )
    source["u"].unit = "mag"
    source["u"].description = "the u: magnitude"
    source["u"].meta["ucd"] = "phot.mag;em.opt.U"
    source.meta.update({"source": "é\nx", "seed": 3, "list": [1, 2]})
    source.write(tmp_path / "stars.ecsv", delimiter=delimiter)
    raw = drain(load_table(tmp_path / "stars.ecsv"))
    expected = pd.DataFrame(
        {
            "objid": pd.array([IDENTIFIERS[0], None, 2**63 - 1], dtype="Int64"),
            "large": source["large"],
            "single": source["single"],
            "u": source["u"],
            "name": ["é, x", "NA", "007"],
            "flag": [True, False, True],
            "vector": ["[0,1]", "[2,3]", "[4,5]"],
        }
    )
    pd.testing.assert_frame_equal(raw.frame, expected, check_exact=True)
    assert raw.units == {"u": "mag"}
    assert raw.column_meta == {"u": ColumnMeta("phot.mag;em.opt.U", "the u: magnitude")}
    assert raw.metadata == {"source": "é\nx", "seed": "3", "list": "[1, 2]"}


def test_what_astropy_reads_from_ours(tmp_path: Path):
    path = tmp_path / "out.ecsv"
    frame = stars(
        3, objid=pd.array([2**63 - 1, None, 7], dtype="Int64"), name=["a", 'é "b"', "c"], flag=[True, False, True]
    )
    meta = {"u": ColumnMeta("phot.mag;em.opt.U", "u: magnitude")}
    write_table(frame, path, {"source": "stars.csv\n2"}, {"u": "mag"}, column_meta=meta)
    table = Table.read(path)
    assert table["objid"].tolist() == [2**63 - 1, None, 7]
    assert table["name"].tolist() == ["a", 'é "b"', "c"]
    assert table["flag"].tolist() == [True, False, True]
    np.testing.assert_array_equal(table["u"], frame["u"])
    assert (str(table["u"].unit), table["u"].description, table["u"].meta) == (
        "mag", "u: magnitude", {"ucd": "phot.mag;em.opt.U"},
    )  # fmt: skip
    assert dict(table.meta) == {"source": "stars.csv\n2"}


def test_units_and_mixed_columns_as_astropy_tags_them(tmp_path: Path):
    header = HEADER.replace("a, datatype", "a, unit: !astropy.units.Unit {unit: mag}, datatype")
    text = header + "# meta: !!omap\n# - {x: !numpy.bool true}\n# schema: astropy-2.0\na b\n1 x\n"
    raw = drain(load_table(saved(tmp_path, gzip.compress(text.encode()), "stars.ecsv.gz")))
    assert raw.units == {"a": "mag"}
    assert raw.metadata == {"x": "true"}
    assert raw.frame["b"].to_list() == ["x"]


def test_aliases_that_would_unfold_to_a_bomb_are_left_out(tmp_path: Path):
    lines = ["# meta:", "#   a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"#   a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 12)]
    raw = drain(load_table(saved(tmp_path, HEADER + "\n".join(lines) + "\na b\n1 x\n", "stars.ecsv")))
    assert raw.metadata == {}
    assert raw.frame["a"].to_list() == [1]


@pytest.mark.parametrize(
    "header",
    [
        "# %ECSV 1.0\n# ---\n# datatype: [\n",
        "# %ECSV 1.0\n",
        "# %ECSV 1.0\n# ---\n# datatype: x\n",
        "# %ECSV 1.0\n# ---\n# " + "[" * 5000 + "\n",
        "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: [a], datatype: int64}\n# x: {[1]: 2}\n# - y\n",
    ],
)
def test_a_damaged_header(tmp_path: Path, header: str):
    refused(saved(tmp_path, header + "a b\n1 x\n", "stars.ecsv"), "the header of this ECSV table is damaged")


@pytest.mark.parametrize("key", ["name", "datatype", "unit"])
def test_a_bomb_in_place_of_a_name_type_or_unit_is_refused(tmp_path: Path, key: str):
    lines = ["# a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"# a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 12)]
    column = {"name": "a", "datatype": "int64", "unit": "mag"} | {key: "*a11"}
    flow = ", ".join(f"{name}: {value}" for name, value in column.items())
    header = "\n".join(["# %ECSV 1.0", "# ---", *lines, "# datatype:", f"# - {{{flow}}}"])
    refused(saved(tmp_path, f"{header}\na\n1\n", "stars.ecsv"), "the header of this ECSV table is damaged")


def test_what_has_an_unknown_tag_is_a_plain_value(tmp_path: Path):
    bad = f"# meta: !!python/object/apply:os.mkdir [{tmp_path}/made]\n"
    assert drain(load_table(saved(tmp_path, HEADER + bad + "a b\n1 x\n", "stars.ecsv"))).frame["a"].to_list() == [1]
    assert not (tmp_path / "made").exists()


def test_rows_that_are_cut_off(tmp_path: Path):
    write_table(stars(5), tmp_path / "out.ecsv")
    data = (tmp_path / "out.ecsv").read_bytes()
    refused(saved(tmp_path, data[: data.rindex(b",")], "stars.ecsv"), "line 16 has 4 values where there are 5")
    refused(saved(tmp_path, data[: data.index(b"u,g,r")], "stars.ecsv"), "no table in it")


def test_a_type_that_does_not_fit_leaves_the_text(tmp_path: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        raw = drain(load_table(saved(tmp_path, HEADER + "a b\nmany x\n2 y\n", "stars.ecsv")))
    assert raw.frame["a"].to_list() == ["many", "2"]
