"""What can colour the stars: which columns are offered, their numbers and labels, and what counts as missing."""

import numpy as np
import pandas as pd
import pytest

from stellar_gui.analysis.coloring import (
    COLORS,
    DENSITY,
    ERROR,
    MOST_LABELS,
    RESIDUALS,
    ColorChoice,
    Group,
    Labels,
    Values,
    color_choices,
    coloring,
)
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise

STARS = 60


@pytest.fixture
def catalog() -> Catalog:
    rng = np.random.default_rng(5)
    kinds = np.array([f"k{place:02d}" for place in range(30)])
    table = pd.DataFrame({band: rng.uniform(15, 20, STARS) for band in "ugriz"})
    table["objid"] = np.arange(STARS) + 10**18
    table["class"] = np.where(np.arange(STARS) < 40, "star ", "GALAXY")
    table.loc[3, "class"] = None
    table["kind"] = kinds[np.minimum(rng.integers(0, 30, STARS), np.arange(STARS))]
    table["note"] = [f"star {row}" for row in range(STARS)]
    table["mjd"] = 55_000.0 + np.arange(STARS) / 1000
    table["feh"] = np.where(np.arange(STARS) == 7, -9999.0, -0.5)
    table["camcol"] = 1 + np.arange(STARS) % 6
    table["clean"] = np.arange(STARS) % 2 == 0
    table["u_res"] = rng.normal(size=STARS)
    return Catalog(table, recognise(table).roles, Provenance("test"), {"mjd": "d"})


@pytest.fixture
def embedding() -> Embedding:
    rng = np.random.default_rng(6)
    residual = rng.normal(size=(STARS, 5)).astype(np.float32)
    residual[0] = np.nan
    return Embedding(rng.normal(size=(STARS, 2)).astype(np.float32), residual + 18, residual)


def values(name: str, group: Group, catalog: Catalog, embedding: Embedding) -> Values:
    made = coloring(ColorChoice(group, name), catalog, embedding)
    assert isinstance(made, Values)
    return made


def labels(name: str, catalog: Catalog, embedding: Embedding) -> Labels:
    made = coloring(ColorChoice(Group.LABEL, name), catalog, embedding)
    assert isinstance(made, Labels)
    return made


def test_density_comes_first_and_neither_identifiers_nor_free_texts_are_offered(catalog: Catalog) -> None:
    offered = color_choices(catalog)
    assert offered[:11] == (DENSITY, *COLORS, ERROR, *RESIDUALS)
    by_group = {group: [choice.name for choice in offered if choice.group is group] for group in Group}
    assert by_group[Group.LABEL] == ["class", "kind", "camcol", "clean"]
    assert by_group[Group.COLUMN] == [*"ugriz", "mjd", "feh", "u_res"]


def test_colours_are_differences_of_magnitudes_and_have_their_unit(catalog: Catalog, embedding: Embedding) -> None:
    made = coloring(COLORS[1], catalog, embedding)
    assert isinstance(made, Values)
    assert (made.title, made.unit, made.reversed) == ("g−r", "mag", False)
    expected = catalog.magnitudes[:, 1] - catalog.magnitudes[:, 2]
    np.testing.assert_allclose([made.of(row) for row in range(STARS)], expected, atol=1e-5)


def test_magnitudes_are_bright_at_the_small_end(catalog: Catalog, embedding: Embedding) -> None:
    made = values("r", Group.COLUMN, catalog, embedding)
    assert (made.unit, made.reversed) == ("mag", True)


def test_residuals_diverge_about_zero_and_errors_do_not(catalog: Catalog, embedding: Embedding) -> None:
    residual, error = coloring(RESIDUALS[0], catalog, embedding), coloring(ERROR, catalog, embedding)
    assert isinstance(residual, Values) and isinstance(error, Values)
    assert (residual.diverging, residual.centre, error.diverging) == (True, 0.0, False)
    assert values("u_res", Group.COLUMN, catalog, embedding).diverging
    assert np.isnan(residual.of(0)) and np.isnan(error.of(0))
    assert error.of(1) == pytest.approx(float(embedding.error[1]))


def test_small_differences_of_large_numbers_are_kept(catalog: Catalog, embedding: Embedding) -> None:
    made = values("mjd", Group.COLUMN, catalog, embedding)
    assert made.unit == "d"
    assert made.of(31) - made.of(30) == pytest.approx(0.001, abs=1e-7)


def test_what_was_not_measured_is_missing(catalog: Catalog, embedding: Embedding) -> None:
    made = values("feh", Group.COLUMN, catalog, embedding)
    assert np.isnan(made.of(7)) and made.of(8) == -0.5


def test_classes_are_named_as_elsewhere_and_the_commonest_comes_first(catalog: Catalog, embedding: Embedding) -> None:
    made = labels("class", catalog, embedding)
    assert made.names == ("STAR", "GALAXY")
    assert [made.of(row) for row in (0, 3, 59)] == ["STAR", "missing", "GALAXY"]


def test_labels_beyond_those_with_a_colour_are_the_rest(catalog: Catalog, embedding: Embedding) -> None:
    made = labels("kind", catalog, embedding)
    counts = catalog.table["kind"].value_counts()
    assert len(counts) > MOST_LABELS == len(made.names)
    assert [counts[name] for name in made.names] == sorted(counts, reverse=True)[:MOST_LABELS]
    assert made.rest == "other"
    assert np.count_nonzero(made.code == MOST_LABELS) == STARS - sum(counts[name] for name in made.names)


def test_whole_numbers_and_truths_are_labels_too(catalog: Catalog, embedding: Embedding) -> None:
    assert sorted(labels("camcol", catalog, embedding).names) == list("123456")
    assert sorted(labels("clean", catalog, embedding).names) == ["False", "True"]


def test_a_column_without_any_value_can_be_chosen(catalog: Catalog, embedding: Embedding) -> None:
    table = catalog.table.assign(nothing=np.nan, blank="")
    bare = Catalog(table, catalog.columns, catalog.provenance)
    made = values("nothing", Group.COLUMN, bare, embedding)
    assert np.isnan(made.offset).all() and made.centre == 0.0
    assert (labels("blank", bare, embedding).names, labels("blank", bare, embedding).of(0)) == ((), "missing")
