"""Queries as text: star limit, remarks and division."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.catalog.sky_server.examples import EXAMPLES, LECTURE
from stellar_gui.catalog.sky_server.fetching import Query
from stellar_gui.catalog.sky_server.sql import Split, remarks, star_limit, with_star_limit
from stellar_gui.errors import InputError


@pytest.mark.parametrize(
    ("sql", "limit", "changed"),
    [
        ("SELECT TOP 10 ra FROM Star", 10, "SELECT TOP 7 ra FROM Star"),
        ("select distinct top ( 10 ) ra FROM Star", 10, "select distinct top ( 7 ) ra FROM Star"),
        ("-- TOP 5\nSELECT /* TOP 6 */ ra FROM Star", None, "-- TOP 5\nSELECT TOP 7 /* TOP 6 */ ra FROM Star"),
        ("SELECT 'TOP 5' AS a FROM Star", None, "SELECT TOP 7 'TOP 5' AS a FROM Star"),
        ("SELECT TOP 5 PERCENT ra FROM Star", None, "SELECT TOP 5 PERCENT ra FROM Star"),
        ("WITH a AS (SELECT TOP 3 ra FROM Star) SELECT * FROM a", None, None),
        ("SELECT", None, "SELECT TOP 7"),
        ("SELECT TOP", None, None),
        ("SELECT TOP (", None, None),
        ("", None, None),
    ],
)
def test_the_star_limit_is_read_and_written(sql: str, limit: int | None, changed: str | None) -> None:
    assert star_limit(sql) == limit
    assert with_star_limit(sql, 7) == (sql if changed is None else changed)


@given(st.text(st.sampled_from("SELECT TOP10()[]'\"-/*;,. \nra@\N{SNOWMAN}"), max_size=60), st.integers(1, 10**6))
def test_any_text_is_taken(sql: str, stars: int) -> None:
    remarks(sql)
    changed = with_star_limit(sql, stars)
    assert changed == sql or star_limit(changed) == stars


def test_what_does_not_only_read_or_is_several_is_remarked() -> None:
    assert remarks(LECTURE) == remarks("") == remarks("SELECT ';' -- ;\n ; ;") == []
    assert "no SELECT" in remarks("DROP TABLE Star")[0]
    assert "several statements" in remarks("SELECT 1; SELECT 2")[0]
    assert len(remarks("DELETE FROM Star; DROP TABLE Star")) == 2


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_examples_have_limits_and_can_be_divided(example: object) -> None:
    sql = example.sql  # type: ignore[attr-defined]
    assert remarks(sql) == [] and star_limit(sql)
    parts = Query(sql, split=Split("ra", 4)).statements()
    assert len(parts) == 4 and all(star_limit(part) == star_limit(sql) for part in parts)
    assert all(part.count("TOP") == 1 for part in parts)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT ra FROM Star; SELECT ra FROM Star", "single SELECT"),
        ("WITH a AS (SELECT ra FROM Star) SELECT ra FROM a", "single SELECT"),
        ("SELECT TOP 10 ra FROM Star ORDER BY ra", "ORDER BY"),
        ("SELECT TOP 10 dec FROM Star", "no column ra"),
        ("SELECT TOP 5 PERCENT ra FROM Star", "PERCENT"),
    ],
)
def test_queries_that_cannot_be_divided_are_told(sql: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Query(sql, split=Split("ra", 4))


def test_an_order_inside_parentheses_does_not_matter() -> None:
    sql = "SELECT ra FROM (SELECT TOP 5 ra FROM Star ORDER BY ra) AS a -- the first"
    part = Query(sql, split=Split("ra", 2), stars=9).statements()[0]
    assert part == f"SELECT TOP 9 * FROM (\n{sql}\n) AS part WHERE part.ra < 180"


@pytest.mark.parametrize("sql", ["", "  \n", ";;", "-- nothing", "SELECT ra " * 20_000])
def test_queries_that_are_none_are_refused(sql: str) -> None:
    with pytest.raises(InputError, match="the query"):
        Query(sql)
    with pytest.raises(InputError, match="divided into 2 to 1,000 parts"):
        Split("ra", 1)
    with pytest.raises(InputError, match="at least one star"):
        Query(LECTURE, stars=0)
