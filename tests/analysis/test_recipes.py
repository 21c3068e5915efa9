"""Recipes: applied anew they choose the same stars, and where they cannot be applied they say why."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.analysis.planes import ColorMagnitude, LatentPlane, SkyPlane
from stellar_gui.analysis.recipes import (
    EVERYTHING,
    MOST_PARTS,
    ROWS,
    Combined,
    Drawn,
    Gestures,
    Imported,
    Label,
    Operation,
    Recipe,
    Rows,
    Typed,
    after_gesture,
    applied,
    joined,
    models_of,
    size,
    typed,
)
from stellar_gui.analysis.regions import Circle, Rectangle
from stellar_gui.analysis.selection import Mode, combine
from stellar_gui.analysis.sky import Projection
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.analysis.subsets import COLORS, Subset, Subsets
from stellar_gui.catalog.simulation import simulate
from stellar_gui.errors import InputError

BLUE = Drawn(ColorMagnitude(), Rectangle(-1.0, 0.3, 14.0, 20.0))
ROUND = Drawn(ColorMagnitude(), Circle(0.5, 18.0, 0.4, 2.0))


@pytest.fixture(scope="module")
def columns() -> StarColumns:
    catalog = simulate(500, seed=1)
    return StarColumns(catalog, kept=np.arange(500) % 10 > 0)


def test_a_drawn_region_chooses_what_it_holds_among_those_that_take_part(columns: StarColumns) -> None:
    magnitudes = columns.catalog.magnitudes
    x, y = magnitudes[:, 1] - magnitudes[:, 2], magnitudes[:, 2]
    expected = (x >= -1) & (x <= 0.3) & (y >= 14) & (y <= 20) & columns.kept
    assert expected.any()
    np.testing.assert_array_equal(applied(BLUE, columns), expected)


@given(st.lists(st.tuples(st.sampled_from(Mode), st.sampled_from([BLUE, ROUND, EVERYTHING])), max_size=6))
def test_a_chain_of_gestures_is_played_again(columns: StarColumns, steps: list[tuple[Mode, Recipe]]) -> None:
    selection, recipe = np.zeros(len(columns), bool), None
    for mode, gesture in steps:
        selection = combine(selection, applied(gesture, columns), mode)
        recipe = after_gesture(recipe, mode, gesture)
        if not selection.any():
            recipe = None
    if recipe is not None:
        np.testing.assert_array_equal(applied(recipe, columns), selection)


MASKS = st.lists(st.lists(st.booleans(), min_size=8, max_size=8).map(np.array), min_size=1, max_size=4)


@given(MASKS, st.lists(st.booleans(), min_size=8, max_size=8).map(np.array))
def test_operations_are_those_of_sets(masks: list[Any], among: Any) -> None:
    first, *others = [set(np.flatnonzero(mask).tolist()) for mask in masks]
    expected = {
        Operation.UNION: first.union(*others),
        Operation.INTERSECTION: first.intersection(*others),
        Operation.DIFFERENCE: first.difference(*others),
        Operation.SYMMETRIC_DIFFERENCE: {k for k in range(8) if sum(mask[k] for mask in masks) % 2},
        Operation.COMPLEMENT: set(np.flatnonzero(among).tolist()) - first.union(*others),
    }
    for operation, members in expected.items():
        before = [mask.copy() for mask in masks]
        assert set(np.flatnonzero(joined(operation, masks, among)).tolist()) == members
        np.testing.assert_array_equal(masks, before)


def test_an_expression_remembers_the_subsets_it_names(columns: StarColumns) -> None:
    blue = applied(BLUE, columns)
    recipe = typed("blue  &\n r < 18", {"blue": BLUE, "other": ROUND}, columns)
    assert recipe == Typed("blue & r < 18", (("blue", BLUE),))
    np.testing.assert_array_equal(applied(recipe, columns), blue & (columns.catalog.magnitudes[:, 2] < 18))


def test_a_recipe_of_recipes_is_applied_from_the_inside(columns: StarColumns) -> None:
    recipe = Combined(Operation.DIFFERENCE, (("a", BLUE), ("b", Typed("r < 18"))))
    expected = applied(BLUE, columns) & ~applied(Typed("r < 18"), columns)
    np.testing.assert_array_equal(applied(recipe, columns), expected)
    label = Label("kind", "main sequence")
    np.testing.assert_array_equal(
        applied(label, columns), (columns.catalog.table["kind"] == "main sequence").to_numpy() & columns.kept
    )


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (ROWS, "no rule"),
        (Imported("list.txt", "objid", 3), "import list.txt again"),
        (Drawn(LatentPlane(), Rectangle(0, 1, 0, 1), "abc"), "train the autoencoder first"),
        (Typed("nowhere > 1"), "unknown column “nowhere”"),
        (Label("cluster", 3, "HDBSCAN"), "no column “cluster”"),
        (Gestures(BLUE, ((Mode.ADD, Rows("picked")),)), "picked"),
    ],
)
def test_what_cannot_be_applied_says_why(columns: StarColumns, recipe: Recipe, words: str) -> None:
    with pytest.raises(InputError, match=words):
        applied(recipe, columns)


def test_models_are_found_within_a_recipe() -> None:
    latent = Drawn(LatentPlane(), Rectangle(0, 1, 0, 1), "abc")
    recipe = Combined(Operation.UNION, (("a", Gestures(BLUE, ((Mode.ADD, latent),))), ("b", ROUND)))
    assert models_of(recipe) == {"abc"} and models_of(ROUND) == frozenset()


def test_an_endless_chain_is_kept_as_rows() -> None:
    recipe: Recipe | None = None
    for _ in range(2 * MOST_PARTS):
        recipe = after_gesture(recipe, Mode.ADD, BLUE)
        assert size(recipe) <= MOST_PARTS


def test_a_sky_region_is_applied_by_position(columns: StarColumns) -> None:
    plane = SkyPlane(Projection.whole_sky(180.0))
    everywhere = Drawn(plane, Rectangle(-180, 180, -90, 90))
    np.testing.assert_array_equal(applied(everywhere, columns), columns.kept)


def test_subsets_are_a_mapping_of_masks_in_their_order() -> None:
    masks = {name: np.arange(4) < k for k, name in enumerate(["a", "b", "c"])}
    subsets = Subsets.of(masks)
    assert list(subsets) == ["a", "b", "c"] and subsets == masks
    assert [each.color for each in subsets.all] == list(COLORS[:3])
    with pytest.raises(ValueError, match="read-only"):
        subsets["a"][0] = True
    again = subsets.with_one(Subset("b", ~masks["b"], notes="new", recipe=BLUE))
    assert list(again) == ["a", "b", "c"] and again.of_name("b").color == COLORS[1]
    assert again.of_name("b").notes == "new" and again["b"].sum() == 3
    assert list(again.without(["a"])) == ["b", "c"]
    assert list(again.in_order(["c", "a", "b"])) == ["c", "a", "b"]
    with pytest.raises(ValueError, match="two subsets"):
        Subsets((again.all[0], again.all[0]))
