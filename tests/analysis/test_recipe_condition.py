"""Recipes as conditions of pandas and SQL choose the same stars; where there is none, a sentence says so."""

import sqlite3
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stellar_gui.analysis.planes import ColorColor, ColorMagnitude, LatentPlane, ResidualPlane, SkyPlane
from stellar_gui.analysis.recipe_condition import NoConditionError, as_pandas, as_sql, identifiers
from stellar_gui.analysis.recipe_text import described
from stellar_gui.analysis.recipes import (
    EVERYTHING,
    Combined,
    Drawn,
    Gestures,
    Imported,
    Label,
    Operation,
    Recipe,
    Rows,
    Typed,
    applied,
)
from stellar_gui.analysis.regions import Circle, Polygon, Rectangle, Stroke, x_range, y_range
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.sky import Projection
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.catalog.simulation import simulate

BLUE = Drawn(ColorMagnitude(), Rectangle(-1.0, 0.32, 14.0, 20.0))
ROUND = Drawn(ColorColor(0), Circle(1.1, 0.4, 0.4, 0.3))
FAINT = Drawn(ColorMagnitude(), y_range(18.0, 25.0))
LASSO = Drawn(LatentPlane(), Polygon(((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))), "abc")


@pytest.fixture(scope="module")
def columns() -> StarColumns:
    """Stars in a table whose bands, kinds and further columns are called as tables call them, some values missing."""
    table = simulate(400, seed=1).table.rename(columns={band: f"modelMag_{band}" for band in "ugriz"})
    table["spectral class"] = np.where(np.arange(400) % 3 == 0, "it's A", "B")
    table.loc[::7, "spectral class"] = None
    table.loc[::5, "modelMag_u"] = np.nan
    catalog = Catalog(table, recognise(table).roles, Provenance("stars"))
    random = np.random.default_rng(0)
    latent, others = random.normal(size=(400, 2)).astype(np.float32), random.normal(size=(400, 5)).astype(np.float32)
    return StarColumns(catalog, Embedding(latent, others, others), "abc")


def exported(columns: StarColumns) -> pd.DataFrame:
    return columns.catalog.table.assign(
        **{name: columns.find(name) for name in columns.network_names},
    )


CONDITIONS: list[Recipe] = [
    BLUE,
    ROUND,
    FAINT,
    EVERYTHING,
    Gestures(BLUE, ((Mode.ADD, ROUND), (Mode.REMOVE, FAINT))),
    Gestures(None, ((Mode.ADD, ROUND), (Mode.INTERSECT, FAINT))),
    Typed('0 < u - g <= 1.2 & `spectral class` != "it\'s A" | r < 16'),
    Typed("blue & ~faint & -u < -17.5", (("blue", BLUE), ("faint", Typed("r > 19")))),
    Label("kind", "main sequence"),
    Combined(Operation.UNION, (("a", BLUE), ("b", ROUND))),
    Combined(Operation.INTERSECTION, (("a", BLUE), ("b", FAINT))),
    Combined(Operation.DIFFERENCE, (("a", BLUE), ("b", ROUND), ("c", FAINT))),
    Combined(Operation.SYMMETRIC_DIFFERENCE, (("a", BLUE), ("b", ROUND), ("c", FAINT))),
]
ON_NETWORK: list[Recipe] = [
    Drawn(LatentPlane(), Rectangle(-0.5, 1.0, -1.0, 0.5), "abc"),
    Drawn(LatentPlane(flat=True), x_range(-0.5, 1.0), "abc"),
    Drawn(ResidualPlane(2), y_range(-0.5, 0.5), "abc"),
    Typed("latent_1 > 0 & u - g < 0.6"),
]


@pytest.mark.parametrize("recipe", [*CONDITIONS, *ON_NETWORK])
def test_pandas_finds_the_same_stars(columns: StarColumns, recipe: Recipe) -> None:
    table = exported(columns)
    expected = np.flatnonzero(applied(recipe, columns)).tolist()
    assert len(expected) > 0
    assert table.query(as_pandas(recipe, columns)).index.tolist() == expected


@pytest.mark.parametrize("recipe", CONDITIONS)
def test_a_database_finds_the_same_stars(columns: StarColumns, recipe: Recipe) -> None:
    with sqlite3.connect(":memory:") as database:
        columns.catalog.table.to_sql("stars", database, index_label="place")
        found = database.execute(f"SELECT place FROM stars WHERE {as_sql(recipe, columns)} ORDER BY place")
        assert [row for (row,) in found] == np.flatnonzero(applied(recipe, columns)).tolist()
    database.close()


@pytest.mark.parametrize(
    ("recipe", "write", "words"),
    [
        (LASSO, as_pandas, "no short condition; copy the identifiers"),
        (Drawn(ColorMagnitude(), Stroke(((0.0, 1.0),), 1.0, 1.0)), as_sql, "no short condition"),
        (Drawn(SkyPlane(Projection.whole_sky(0.0)), Rectangle(0, 1, 0, 1)), as_sql, "projected sky"),
        (Rows("picked one by one"), as_pandas, "list of stars"),
        (Imported("a.txt", "objid", 3), as_sql, "list of stars"),
        *[(recipe, as_sql, "which the autoencoder made") for recipe in ON_NETWORK],
        (Combined(Operation.SYMMETRIC_DIFFERENCE, tuple((str(k), BLUE) for k in range(30))), as_pandas, "too long"),
    ],
)
def test_where_there_is_no_condition_a_sentence_says_so(
    columns: StarColumns, recipe: Recipe, write: Any, words: str
) -> None:
    with pytest.raises(NoConditionError, match=words):
        write(recipe, columns)


def test_identifiers_are_the_catalogue_s_or_rows_from_one(columns: StarColumns) -> None:
    mask = np.arange(400) % 100 == 3
    assert identifiers(columns.catalog, mask) == [str(n) for n in columns.catalog.table["objid"][mask]]
    table = columns.catalog.table.drop(columns="objid")
    assert identifiers(Catalog(table, recognise(table).roles, Provenance("a")), mask)[:2] == ["4", "104"]


def test_a_recipe_is_told_in_words() -> None:
    recipe = Combined(
        Operation.DIFFERENCE,
        (
            ("ring", Gestures(LASSO, ((Mode.ADD, BLUE), (Mode.REMOVE, FAINT)))),
            ("few", Typed("blue & r < 18", (("blue", Imported("a.txt", "objid", 1200)),))),
        ),
    )
    assert described(recipe).splitlines() == [
        "difference: stars of the first that are in none of the others",
        "    ring: outline of 3 corners, drawn on: Latent view, model abc",
        "    add: rectangle with g \N{MINUS SIGN} r from \N{MINUS SIGN}1 to 0.32 and r from 14 to 20, "
        "drawn on: Colour\N{EN DASH}magnitude",
        "    remove: range with r from 18 to 25, drawn on: Colour\N{EN DASH}magnitude",
        "    few: expression: blue & r < 18",
        "        blue was a list of 1,200 identifiers from a.txt, looked up in objid",
    ]
