"""What is found out of a table in pieces is what pandas finds in the whole."""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import ColumnRoles
from stellar_gui.catalog.quality import QualityCuts, Reason, WholeTable, check
from stellar_gui.progress import drain
from stellar_gui.session.whole_table import table_facts

ROLES = {**{band: band for band in "ugriz"}, "identifier": "name", "class": "class"}

INTEGERS = st.lists(st.integers(-(2**62), 2**62) | st.integers(0, 5), min_size=1, max_size=40)
LARGE = st.lists(st.integers(2**63, 2**64 - 1) | st.integers(0, 5), min_size=1, max_size=40)
GAPS = st.lists(st.integers(-9, 9) | st.none(), min_size=1, max_size=40)
FLOATS = st.lists(st.sampled_from([0.0, -0.0, 1.0, 1.5, -2.25, 7.0, np.nan]), min_size=1, max_size=40)
TEXTS = st.lists(st.sampled_from(["a", "b", " ", "", "é", "007", "7", None]), min_size=1, max_size=40)


def table(names: list[object], kind: str) -> pd.DataFrame:
    column = pd.Series(names, dtype=kind) if kind else pd.Series(names)
    bands = dict.fromkeys("ugriz", 18.0)
    return pd.DataFrame(
        {**bands, "name": column, "class": ["STAR", "QSO"] * (len(names) // 2) + ["QSO"] * (len(names) % 2)}
    )


def pieces_of(frame: pd.DataFrame, size: int) -> Iterator[tuple[pd.DataFrame, float]]:
    for start in range(0, len(frame), size):
        part = frame.iloc[start : start + size].reset_index(drop=True)
        yield part, min(1.0, (start + size) / len(frame))


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (INTEGERS, "int64"),
        (LARGE, "uint64"),
        (GAPS, "Int64"),
        (FLOATS, "float64"),
        (TEXTS, "str"),
        (TEXTS, "category"),
    ],
)
@pytest.mark.parametrize("spilled_at_once", [1, 6, 1 << 20])
def test_repeated_identifiers_are_those_of_the_whole_table(
    names: st.SearchStrategy, kind: str, spilled_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stellar_gui.session.whole_table._SPILLED_AT_ONCE", spilled_at_once)

    @settings(max_examples=25, deadline=None)
    @given(names, st.integers(1, 9))
    def holds(values: list[object], size: int) -> None:
        frame = table(values, kind)
        facts = drain(table_facts(lambda: pieces_of(frame, size), ROLES, QualityCuts()))
        catalog = Catalog(frame, ColumnRoles(ROLES), Provenance("stars"))
        whole = check(catalog, QualityCuts())
        parts = [facts.repeated(slice(start, min(start + 7, len(frame)))) for start in range(0, len(frame), 7)]
        found = check(catalog, QualityCuts(), WholeTable(np.concatenate(parts), facts.checks_class))
        assert facts.rows == len(frame)
        np.testing.assert_array_equal(found.reason, whole.reason)

    holds()


def test_one_identifier_of_all_rows_takes_no_memory_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stellar_gui.session.whole_table._SPILLED_AT_ONCE", 1 << 12)
    rows, piece = 400_000, table([5] * 1000, "int64")

    def pieces() -> Iterator[tuple[pd.DataFrame, float]]:
        yield from ((piece, number * 1000 / rows) for number in range(1, rows // 1000 + 1))

    tracemalloc.start()
    try:
        facts = drain(table_facts(pieces, ROLES, QualityCuts()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert int(facts.repeated(slice(0, rows)).sum()) == rows - 1
    assert peak < 4 * rows


def test_rounded_identifiers_are_not_compared() -> None:
    frame = table([1237648720000000000, 1237648720000000000, 1237648721000000000], "int64")
    facts = drain(table_facts(lambda: pieces_of(frame, 2), ROLES, QualityCuts()))
    assert not facts.repeated(slice(0, 3)).any()


def test_a_class_that_occurs_late_is_checked_from_the_first_row_on() -> None:
    frame = table(list(range(6)), "int64").assign(**{"class": ["QSO"] * 5 + ["star"]})
    facts = drain(table_facts(lambda: pieces_of(frame, 2), ROLES, QualityCuts()))
    assert facts.checks_class
    catalog = Catalog(frame.head(2), ColumnRoles(ROLES), Provenance("stars"))
    found = check(catalog, QualityCuts(), WholeTable(facts.repeated(slice(0, 2)), facts.checks_class))
    assert set(found.reason.tolist()) == {Reason.OTHER_CLASS}
