"""Tables as Parquet in memory: nothing changes on the way, and a lying header costs little."""

import io
import subprocess
import sys
import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from stellar_gui.session.storage.tables import from_parquet, to_parquet


def back(frame: pd.DataFrame) -> pd.DataFrame:
    return drain(from_parquet(drain(to_parquet(frame)), len(frame), "run.stellar"))


def parquet(table: pa.Table, **options: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def frame(rows: int = 1000) -> pd.DataFrame:
    random = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "objid": random.integers(2**60, 2**61, rows),
            "huge": random.integers(2**63, 2**64 - 1, rows, dtype=np.uint64),
            "gap": pd.array([None, *random.integers(2**60, 2**61, rows - 1)], dtype="Int64"),
            "u": random.normal(20, 1, rows),
            "g": random.normal(20, 1, rows).astype(np.float32),
            "class": random.choice(["STAR", "QSO", None], rows),
            "kind": pd.Categorical(random.choice(["b", "a"], rows), categories=["b", "a", "never"]),
            "flag": random.random(rows) > 0.5,
            "seen": pd.to_datetime(random.integers(0, 10**9, rows), unit="s"),
            "empty": np.full(rows, np.nan),
        }
    )


def test_every_kind_of_column_comes_back_unchanged() -> None:
    stars = frame()
    pd.testing.assert_frame_equal(back(stars), stars)


def test_a_table_of_several_row_groups_comes_back_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stellar_gui.session.storage.tables._GROUP_ROWS", 300)
    stars = frame()
    pd.testing.assert_frame_equal(back(stars), stars)


@given(
    st.lists(
        st.tuples(st.integers(-(2**63), 2**63 - 1), st.floats(width=32), st.one_of(st.none(), st.text(max_size=5))),
        max_size=30,
    )
)
@settings(max_examples=50, deadline=None)
def test_any_values_come_back(rows: list[tuple[int, float, str | None]]) -> None:
    stars = pd.DataFrame([(1, 0.5, "a"), *rows], columns=["id", "u", "name"]).astype(
        {"id": "int64", "u": "float32", "name": "str"}
    )
    pd.testing.assert_frame_equal(back(stars), stars)


def test_equal_tables_give_equal_bytes() -> None:
    assert drain(to_parquet(frame())) == drain(to_parquet(frame()))


def test_columns_of_lists_come_back() -> None:
    stars = pd.DataFrame({"lists": [[1.0, 2.0], [3.0]]})
    assert [list(row) for row in back(stars)["lists"]] == [[1.0, 2.0], [3.0]]


def test_another_number_of_rows_is_refused() -> None:
    with pytest.raises(InputError, match=r"run\.stellar: damaged; one of its tables has not the 999 rows"):
        drain(from_parquet(drain(to_parquet(frame())), 999, "run.stellar"))


def test_numbers_that_repeat_without_end_are_refused_before_they_are_read() -> None:
    rows = 40_000_000
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int8)), pa.array([1.5]))
    data = parquet(pa.table({"u": column}), store_schema=False)
    assert len(data) < 250_000
    tracemalloc.start()
    with pytest.raises(InputError, match="would unpack to 320,000,000 bytes"):
        drain(from_parquet(data, rows, "run.stellar"))
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_long_text_that_repeats_without_end_is_refused_before_it_is_unfolded() -> None:
    rows = 1_000_000
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int8)), pa.array(["x" * 1000]))
    data = parquet(pa.table({"name": column}), store_schema=False)
    assert len(data) < 250_000
    before = pa.total_allocated_bytes()
    with pytest.raises(InputError, match="would unpack to 1,000,000,000 bytes"):
        drain(from_parquet(data, rows, "run.stellar"))
    assert pa.total_allocated_bytes() - before < 100_000_000


def test_an_encoding_that_sessions_do_not_use_is_refused() -> None:
    table = pa.table({"name": ["abc"] * 10})
    data = parquet(table, use_dictionary=False, column_encoding={"name": "DELTA_BYTE_ARRAY"})
    with pytest.raises(InputError, match="encoded"):
        drain(from_parquet(data, 10, "run.stellar"))


def test_a_damaged_description_of_a_column_does_not_end_the_process() -> None:
    code = (
        "import sys\n"
        "from stellar_gui.errors import InputError\n"
        "from stellar_gui.progress import drain\n"
        "from stellar_gui.session.storage.tables import from_parquet\n"
        "data = sys.stdin.buffer.read()\n"
        "refused = 0\n"
        "for place in range(len(data) - 8 - int.from_bytes(data[-8:-4], 'little'), len(data) - 8):\n"
        "    try:\n"
        "        drain(from_parquet(data[:place] + b'6' + data[place + 1:], 50, 'run.stellar'))\n"
        "    except InputError:\n"
        "        refused += 1\n"
        "print(refused)\n"
    )
    data = drain(to_parquet(frame(50)))
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


@given(cut=st.floats(0, 1, exclude_max=True))
@settings(max_examples=30, deadline=None)
def test_a_cut_table_is_refused(cut: float) -> None:
    data = drain(to_parquet(frame(50)))
    with pytest.raises(InputError, match="damaged"):
        drain(from_parquet(data[: int(cut * len(data))], 50, "run.stellar"))


@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_a_flipped_byte_ends_in_a_table_or_in_one_sentence(place: float, value: int) -> None:
    data = bytearray(drain(to_parquet(frame(50))))
    data[int(place * len(data))] = value
    try:
        table = drain(from_parquet(bytes(data), 50, "run.stellar"))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert len(table) == 50
