"""The language of conditions: what it means, that it can be written back, and what its errors say."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stellar_gui.analysis.expression import Expression, ExpressionError, evaluate, parse, text_of
from stellar_gui.analysis.expression.tree import (
    COMPARISONS,
    Arithmetic,
    Comparison,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Text,
)
from stellar_gui.analysis.findings import UNLABELLED, Finding
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise

STARS = 6
BIG = 2**60


def made(**columns: Any) -> Catalog:
    bands = {band: 18.0 - k + np.arange(STARS) / 2 for k, band in enumerate("ugriz")}
    table = pd.DataFrame({**bands, **columns})
    return Catalog(table, recognise(table).roles, Provenance("made"))


@pytest.fixture
def columns() -> StarColumns:
    """Six stars, the fourth of which lacks everything that can be lacking."""
    nan = np.nan
    latent = np.array([[-1, 1], [0, 0.5], [1, 0], [nan, nan], [2, -1], [3, -2]], np.float32)
    magnitudes = np.ones((STARS, 5), np.float32)
    embedding = Embedding(latent, magnitudes, magnitudes * latent[:, :1])
    catalog = made(
        g=[17.0, 17.5, 17.9, nan, 18.0, 20.0],
        objid=[BIG, BIG + 1, BIG + 2, BIG + 3, BIG + 4, BIG + 5],
        kind=["STAR", "QSO", "STAR", None, 'it\'s "odd"', "STAR"],
        clean=[True, False, True, True, False, True],
        redshift=[0.0, np.inf, 0.5, nan, 1.0, -np.inf],
        **{"weird name": np.arange(STARS)},
    )
    cluster = Finding(
        "cluster", "Cluster", np.array([0, 0, 1, UNLABELLED, -1, 1], np.int16), labels={-1: "", 0: "", 1: ""}
    )
    subsets = {"blue": np.arange(STARS) < 3, "odd ones `x`": np.arange(STARS) % 2 == 1}
    return StarColumns(catalog, embedding, subsets=subsets, findings=(cluster,))


def met(text: str, columns: StarColumns) -> list[int]:
    return np.flatnonzero(evaluate(parse(text), columns)).tolist()


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("latent_1 > 0", [2, 4, 5]),
        ("latent_1 > 0 & u - g < 0.6", [5]),
        ("latent_1 > 0 | u - g < 0.6", [2, 4, 5]),
        ("latent_1>0&latent_2<-1.5", [5]),
        ("latent_1 > 0 and u - g < 0.6", [5]),
        ("latent_1 > 0 OR u - g < 0.6", [2, 4, 5]),
        ("not latent_1 != 1", [2, 3]),
        ("blue and latent_1 >= 0 or clean and not blue", [1, 2, 3, 5]),
        ("0 < latent_1 <= 2", [2, 4]),
        ("1 == latent_1", [2]),
        ("latent_1 != 1", [0, 1, 4, 5]),
        ("~latent_1 != 1", [2, 3]),
        ("~(latent_1 > 0)", [0, 1, 3]),
        ("rec_error > 1.5", [4, 5]),
        ("u_res < 0", [0]),
        ("blue", [0, 1, 2]),
        ("~blue & `odd ones ``x```", [3, 5]),
        ("blue & latent_1 >= 0 | clean & ~blue", [1, 2, 3, 5]),
        ("kind == 'STAR'", [0, 2, 5]),
        ('kind != "STAR"', [1, 4]),
        ("kind == 'it\\'s \"odd\"'", [4]),
        ("'QSO' == kind", [1]),
        ("clean", [0, 2, 3, 5]),
        (f"objid == {BIG + 1}", [1]),
        (f"objid > {BIG + 3}", [4, 5]),
        ("redshift > -5", [0, 2, 4]),
        ("1 / redshift > 0", [2, 4]),
        ("`weird name` * 2 - 1 >= 7", [4, 5]),
        ("-latent_1 - -1 > 1", [0]),
        ("2 + 3 * latent_1 == 5", [2]),
        ("(2 + 3) * latent_1 == 5", [2]),
        ("8 / 2 / latent_1 == 2", [4]),
        ("cluster == 0", [0, 1]),
        ("cluster != 0", [2, 4, 5]),
        ("identifier == 'x' | blue", None),
        ("1 < 2", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_what_an_expression_means(columns: StarColumns, text: str, stars: list[int] | None) -> None:
    if stars is None:
        with pytest.raises(ExpressionError, match="compares a text with a number"):
            met(text, columns)
    else:
        assert met(text, columns) == stars


@pytest.mark.parametrize(
    ("text", "sentence", "at"),
    [
        ("u - gg < 3", "unknown column “gg” at 5; did you mean g?", 5),
        ("Latent_1 > 0", "unknown column “Latent_1” at 1; did you mean latent_1?", 1),
        ("`odd ones` | blue", "unknown column “odd ones” at 1; did you mean `odd ones ``x```?", 1),
        ("blue & 哲学 > 1", "unknown column “哲学” at 8", 8),
        ("u = 3", "write == for equal in place of the = at 3", 3),
        ("u < 3 and", "a column, a number or a condition is missing where it ends at 10", 10),
        ("u not blue", "“~” at 3 follows without an operator", 3),
        ("blue ! clean", "! at 6 is no operator; write ~ for not", 6),
        ("u \N{MINUS SIGN} g < 1", "“\N{MINUS SIGN}” at 3 is no operator; write - for minus", 3),
        ("u < ", "a column, a number or a condition is missing where it ends at 5", 5),
        ("", "a column, a number or a condition is missing where it ends at 1", 1),
        ("(u < 3", "the bracket at 1 is not closed", 1),
        ("u < 3)", "the bracket at 6 closes nothing", 6),
        ("u g", "“g” at 3 follows without an operator", 3),
        ("kind == 'STAR", "the ' at 9 is not closed", 9),
        ("u", "“u” at 1 is no condition; compare it with something, as u > 0", 1),
        ("u - g", "u - g is no condition; compare it with something, as u - g < 0.6", 1),
        ("blue > 1", "“blue” at 1 is a condition already; write it alone, or ~ before it", 1),
        ("(u < 1) < 2", "u < 1 is a condition and cannot be compared; use & or | at 4", 4),
        ("kind < 'STAR'", "texts cannot be ordered by < at 6; use == or !=", 6),
        ("kind == 3", "== at 6 compares a text with a number", 6),
        ("u + kind > 3", "kind is text, with which nothing can be computed at 3", 3),
        ("u @ 3", "“@” at 3 has no meaning here", 3),
        ("1e999 < u", "1e999 at 1 is too large a number", 1),
        ("~" * 60 + "blue", "too many brackets within each other at 51", 51),
        ("u.__class__ == 1", "“.” at 2 has no meaning here", 2),
    ],
)
def test_errors_say_what_is_wrong_and_where(columns: StarColumns, text: str, sentence: str, at: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(parse(text), columns)
    assert (str(caught.value), caught.value.at) == (sentence, at)
    with pytest.raises(ExpressionError, match=re.escape(sentence)):
        evaluate(parse(text), columns.blank())


@pytest.mark.parametrize("text", ["u" * 20_000, "1 < " * 300 + "2", "(" * 5_000, "-" * 5_000 + "u"])
def test_endless_expressions_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


NAMES = st.sampled_from(["u", "latent_1", "a`b", "two words", "and", "1st", "名"])
VALUES = st.deferred(
    lambda: st.one_of(
        st.builds(Number, st.integers(0, 10**20)),
        st.builds(Number, st.floats(0, 1e300)),
        st.builds(Text, st.text(max_size=5)),
        st.builds(Name, NAMES),
        st.builds(Negative, VALUES),
        st.builds(Arithmetic, VALUES, st.sampled_from("+-*/"), VALUES),
    )
)
CONDITIONS: st.SearchStrategy[Expression] = st.deferred(
    lambda: st.one_of(
        st.builds(Name, NAMES),
        st.lists(st.sampled_from(COMPARISONS), min_size=1, max_size=3).flatmap(
            lambda signs: st.builds(Comparison, st.tuples(*[VALUES] * (len(signs) + 1)), st.just(tuple(signs)))
        ),
        st.builds(Not, CONDITIONS),
        st.builds(Logic, CONDITIONS, st.sampled_from("&|"), CONDITIONS),
    )
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(CONDITIONS)
def test_what_is_written_is_read_back_as_the_same(tree: Expression) -> None:
    assert parse(text_of(tree)) == tree


@given(st.text(alphabet="ug12 &|~()<>=!+-*/.'`\"e_", max_size=30))
def test_no_text_does_more_than_select_or_complain(text: str) -> None:
    columns = StarColumns(made())
    try:
        mask = evaluate(parse(text), columns)
    except ExpressionError as error:
        assert 1 <= error.at <= len(text) + 1
    else:
        assert mask.shape == (STARS,) and mask.dtype == np.bool_


MASKS = st.lists(st.booleans(), min_size=STARS, max_size=STARS).map(lambda bits: np.array(bits, bool))


@given(MASKS, MASKS, MASKS)
def test_the_algebra_is_that_of_numpy(a: Any, b: Any, c: Any) -> None:
    columns = StarColumns(made(), subsets={"a": a, "b": b, "c": c})

    def found(text: str) -> Any:
        return evaluate(parse(text), columns)

    np.testing.assert_array_equal(found("a | b & ~c"), a | (b & ~c))
    np.testing.assert_array_equal(found("(a | b) & ~c"), (a | b) & ~c)
    np.testing.assert_array_equal(found("~(a & b)"), found("~a | ~b"))
    np.testing.assert_array_equal(found("a & (b | c)"), found("a & b | a & c"))
    np.testing.assert_array_equal(found("~~a"), a)


def test_blank_columns_keep_every_name(columns: StarColumns) -> None:
    blank = columns.blank()
    assert blank.names == columns.names and len(blank) == 0
    for name in (*columns.names, *columns.subsets):
        assert columns.find(name).shape == (STARS,)
        assert blank.find(name).dtype == columns.find(name).dtype
