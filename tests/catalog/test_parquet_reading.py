from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stellar_gui.catalog.formats.raw_table import Limits
from stellar_gui.catalog.reading import load_catalog, read_catalog
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from tests.catalog.tables import stars


def written(folder: Path, table: pa.Table, **options: object) -> Path:
    path = folder / "stars.parquet"
    pq.write_table(table, path, **options)
    return path


def magnitudes(count: int) -> dict[str, pa.Array]:
    return {band: pa.array(np.linspace(15.0, 20.0, count)) for band in "ugriz"}


def test_every_type_survives(tmp_path: Path):
    columns = magnitudes(3) | {
        "objid": pa.array([2**63 - 1, None, 5]),
        "large": pa.array([2**64 - 1, 0, 1], pa.uint64()),
        "single": pa.array([0.1, None, 3.0], pa.float32()),
        "flag": pa.array([True, None, False]),
        "class": pa.array(["STAR", None, ""]).dictionary_encode(),
        "name": pa.array(["é", None, "x"]),
        "spectrum": pa.array([[1.0, 2.0], [], None]),
        "box": pa.array([{"a": 1}, None, {"a": 3}]),
        "when": pa.array([1, 2, None], pa.timestamp("ms")),
        "nothing": pa.nulls(3),
    }
    catalog = read_catalog(written(tmp_path, pa.table(columns)))
    table = catalog.table
    assert table["objid"].to_list() == [2**63 - 1, pd.NA, 5]
    assert table["large"].to_list() == [2**64 - 1, 0, 1]
    assert table["single"].dtype == np.float32
    assert table["flag"].to_list() == [True, pd.NA, False]
    assert table["class"].to_list() == ["STAR", np.nan, ""]
    assert table["name"].to_list() == ["é", np.nan, "x"]
    assert list(table["spectrum"].iloc[0]) == [1.0, 2.0]
    assert table["box"].iloc[2] == {"a": 3}
    assert table["when"].isna().to_list() == [False, False, True]
    assert table["nothing"].isna().all()
    assert catalog.columns["class"] == "class"


def test_decimal_magnitudes_are_numbers(tmp_path: Path):
    columns = magnitudes(2) | {"u": pa.array([Decimal("18.25"), None])}
    np.testing.assert_array_equal(read_catalog(written(tmp_path, pa.table(columns))).magnitudes[:, 0], [18.25, np.nan])


def test_a_nested_column_is_no_band(tmp_path: Path):
    columns = magnitudes(2) | {"u": pa.array([[1.0], [2.0]])}
    with pytest.raises(InputError, match="band u has no column"):
        read_catalog(written(tmp_path, pa.table(columns)))


def test_metadata_and_units_of_fields(tmp_path: Path):
    schema = pa.schema(
        [pa.field(band, pa.float64(), metadata={"unit": "mag"} if band == "u" else None) for band in "ugriz"],
        metadata={"stellar_gui.source": "DR18", "query": "SELECT 1", "pandas": "{}"},
    )
    catalog = read_catalog(written(tmp_path, pa.table(magnitudes(2), schema=schema)))
    assert catalog.metadata == {"source": "DR18", "query": "SELECT 1"}
    assert catalog.units == {"u": "mag"}
    assert catalog.provenance.query == "SELECT 1"


def test_an_index_of_pandas_stays_a_column(tmp_path: Path):
    path = tmp_path / "stars.parquet"
    stars(3).set_index(pd.Index([5, 9, 7], name="star")).to_parquet(path)
    catalog = read_catalog(path)
    assert catalog.table["star"].to_list() == [5, 9, 7]
    assert catalog.table.index.equals(pd.RangeIndex(3))


def test_duplicate_names_become_different(tmp_path: Path):
    arrays = [*magnitudes(2).values(), pa.array([1.0, 2.0])]
    catalog = read_catalog(written(tmp_path, pa.table(arrays, names=[*"ugriz", "u"])))
    assert list(catalog.table.columns) == [*"ugriz", "u.1"]


def test_progress_counts_row_groups_and_can_be_given_up(tmp_path: Path):
    path = written(tmp_path, pa.table(magnitudes(1000)), row_group_size=100)
    assert [step.done for step in load_catalog(path)] == list(range(0, 1001, 100))
    work = load_catalog(path)
    next(work)
    next(work)
    work.close()


def test_no_rows(tmp_path: Path):
    with pytest.raises(InputError, match=r"^stars\.parquet: the table has column names but no rows"):
        read_catalog(written(tmp_path, pa.table(magnitudes(2)).slice(0, 0)))


def test_too_many_columns(tmp_path: Path):
    table = pa.table({f"c{k}": pa.array([1.0]) for k in range(2_001)})
    with pytest.raises(InputError, match="more than 2,000 columns"):
        read_catalog(written(tmp_path, table))


@pytest.mark.parametrize(
    "column",
    [
        pa.array(np.zeros(1_000_000)),
        pa.array(["x" * 10_000] * 1000).dictionary_encode(),
        pa.array(["x" * 10_000] * 1000),
    ],
    ids=["run of one number", "one word in a category", "one word as text"],
)
def test_a_small_file_that_unpacks_beyond_the_limit(tmp_path: Path, column: pa.Array):
    path = written(tmp_path, pa.table(magnitudes(len(column)) | {"x": column}).slice(0), compression="zstd")
    with pytest.raises(InputError, match="takes more than 4 MiB when it is unpacked"):
        drain(load_catalog(path, limits=Limits(unpacked=4 << 20)))


def test_a_table_that_takes_more_memory_than_there_is(tmp_path: Path):
    path = written(tmp_path, pa.table(magnitudes(1_000)))
    with pytest.raises(InputError, match="to open the table takes more than 97 KiB of memory"):
        drain(load_catalog(path, limits=Limits(memory=100_000)))


def test_a_small_file_that_unpacks_to_many_times_its_size(tmp_path: Path):
    table = pa.table(dict.fromkeys("ugriz", pa.array(np.full(8_000_000, 15.5))))
    path = written(tmp_path, table, compression="zstd")
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match="takes more than 256 MiB when it is unpacked"):
        read_catalog(path)


@pytest.mark.parametrize("kept", [4, 8, 100, 0.5, -1])
def test_a_file_that_is_cut_off(tmp_path: Path, kept: float):
    path = written(tmp_path, pa.table(magnitudes(500)))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept) if isinstance(kept, float) else kept])
    with pytest.raises(InputError, match=r"^stars\.parquet: the Parquet file is cut off or damaged"):
        read_catalog(path)


def test_a_file_with_damaged_bytes_is_refused_or_read_whole(tmp_path: Path):
    rng = np.random.default_rng(5)
    path = written(tmp_path, pa.table(magnitudes(300) | {"class": ["STAR"] * 300}), compression="snappy")
    data = path.read_bytes()
    refused = 0
    for _ in range(150):
        damaged = bytearray(data)
        for place in rng.integers(4, len(data) - 4, 3):
            damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            assert len(read_catalog(path)) == 300
        except InputError as error:
            refused += 1
            assert str(error).startswith("stars.parquet: ")
    assert refused > 20


def test_a_lying_number_of_rows_is_refused(tmp_path: Path):
    path = written(tmp_path, pa.table(magnitudes(1000)), compression="none", use_dictionary=False)
    data = path.read_bytes()
    truth, lie = b"\x16\xd0\x0f", b"\x16\xd2\x0f"  # 1000 and 1001 as a field of 64 bits in Thrift's compact protocol
    places = [k for k in range(len(data)) if data.startswith(truth, k)]
    assert len(places) >= 2  # at least the file's and its row group's
    for place in places[-1], next(k for k in places if k > data.index(b"schema")):
        path.write_bytes(data[:place] + lie + data[place + 3 :])
        with pytest.raises(InputError, match=r"the Parquet file is (cut off or )?damaged"):
            read_catalog(path)
