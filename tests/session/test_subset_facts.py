"""Subsets in session files: they come back with all they are, older ones open, and what is none is refused."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.analysis.planes import ColorColor, ColorMagnitude, LatentPlane, ResidualPlane, SkyPlane
from stellar_gui.analysis.recipes import (
    EVERYTHING,
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
)
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.sky import Projection
from stellar_gui.analysis.subsets import Subset, Subsets
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from stellar_gui.session.export import export_table
from stellar_gui.session.selecting import select_as_in, select_by_expression
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_session, save_session
from stellar_gui.session.storage.manifest import read_manifest
from stellar_gui.session.storage.subset_facts import SubsetFacts, from_json, to_json
from tests.analysis.strategies import regions

PLANES = st.sampled_from(
    [
        LatentPlane(),
        LatentPlane(flat=True),
        ColorMagnitude(),
        ColorColor(2),
        ResidualPlane(4),
        SkyPlane(Projection.whole_sky(150.0)),
        SkyPlane(Projection.field(10.5, -20.25)),
    ]
)
RECIPES: st.SearchStrategy[Recipe] = st.deferred(
    lambda: st.one_of(
        st.builds(Rows, st.text(max_size=5)),
        st.just(EVERYTHING),
        st.builds(Drawn, PLANES, regions(), st.none() | st.just("f3fab8c5761d")),
        st.builds(Label, st.text(max_size=5), st.integers(-5, 5) | st.text(max_size=5), st.text(max_size=5)),
        st.builds(Imported, st.text(max_size=5), st.text(max_size=5), st.integers(0, 10**6)),
        st.builds(
            Gestures, st.none() | RECIPES, st.lists(st.tuples(st.sampled_from(Mode), RECIPES), max_size=2).map(tuple)
        ),
        st.builds(Typed, st.sampled_from(["u < 3", "a | `b c`"]), NAMED),
        st.builds(Combined, st.sampled_from(Operation), NAMED.filter(bool)),
    )
)
NAMED = st.deferred(lambda: st.lists(st.tuples(st.text(max_size=3), RECIPES), max_size=2).map(tuple))


@given(RECIPES, st.booleans(), st.text(max_size=20))
def test_facts_come_back_from_json(recipe: Recipe, visible: bool, notes: str) -> None:
    facts = (SubsetFacts("#009e73", visible, notes, recipe),)
    assert from_json(json.loads(json.dumps(to_json(facts))), 1) == facts


def test_a_session_brings_its_subsets_back(trained: Session, tmp_path: Path) -> None:
    mask = np.arange(800) % 3 == 0
    whole = Subsets(
        (
            Subset("far", mask, "#123456", False, "a note\nof two lines", Typed("r > 20")),
            Subset("near", ~mask, recipe=Combined(Operation.COMPLEMENT, (("far", Typed("r > 20")),))),
        )
    )
    drain(save_session(replace(trained, subsets=whole), tmp_path / "a.stellar"))
    found = drain(load_session(tmp_path / "a.stellar")).subsets
    for before, after in zip(whole.all, found.all, strict=True):
        assert replace(after, mask=before.mask) == replace(before) or after.recipe == before.recipe
        assert (after.name, after.color, after.visible, after.notes, after.recipe) == (
            *(before.name, before.color, before.visible, before.notes),
            before.recipe,
        )
        np.testing.assert_array_equal(after.mask, before.mask)
    assert read_manifest(tmp_path / "a.stellar").subsets == ("far", "near")


def test_subsets_of_version_3_become_lists_of_rows(tmp_path: Path) -> None:
    found = drain(load_session(Path(__file__).with_name("samples") / "version-3.stellar"))
    magnitudes = found.catalog.magnitudes
    assert [(each.name, each.recipe, each.visible) for each in found.subsets.all] == [
        ("blue", ROWS, True),
        ("bright", ROWS, True),
    ]
    np.testing.assert_array_equal(found.subsets["bright"], magnitudes[:, 2] < 17)
    drain(save_session(found, tmp_path / "a.stellar"))
    assert dict(drain(load_session(tmp_path / "a.stellar")).subsets).keys() == {"blue", "bright"}


PLAIN: dict[str, Any] = {"color": "#009e73", "visible": True, "notes": "", "recipe": {"kind": "rows", "what": "rows"}}
REGION = {"kind": "circle", "centre": [0, 0], "radii": [1, 1]}
DRAWN = {"kind": "drawn", "plane": {"kind": "latent", "flat": False}, "region": REGION, "model": None}


def nested(depth: int) -> dict[str, Any]:
    recipe: dict[str, Any] = {"kind": "everything"}
    for _ in range(depth):
        recipe = {"kind": "combined", "operation": "union", "operands": [{"name": "a", "recipe": recipe}]}
    return recipe


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {"color": "red"},
        {"color": "#009E7Z"},
        {"visible": 1},
        {"notes": None},
        {"recipe": None},
        {"recipe": {"kind": "python"}},
        {"recipe": {"kind": "rows"}},
        {"recipe": {"kind": "typed", "expression": "__import__('os')", "subsets": []}},
        {"recipe": {"kind": "typed", "expression": "u < 1", "subsets": {}}},
        {"recipe": DRAWN | {"plane": {"kind": "color_color", "first": 3}}},
        {"recipe": DRAWN | {"plane": {"kind": "residual", "band": "y"}}},
        {"recipe": DRAWN | {"plane": {"kind": "sky", "projection": "AIT", "ra": 0, "dec": 100}}},
        {"recipe": DRAWN | {"model": 3}},
        {"recipe": DRAWN | {"region": REGION | {"radii": [0, 1]}}},
        {"recipe": DRAWN | {"region": REGION | {"centre": [True, 1]}}},
        {"recipe": DRAWN | {"region": REGION | {"centre": [10**400, 1]}}},
        {"recipe": DRAWN | {"region": {"kind": "rectangle", "sides": [0, 1, 2]}}},
        {"recipe": DRAWN | {"region": {"kind": "rectangle", "sides": [None] * 4}}},
        {"recipe": DRAWN | {"region": {"kind": "rectangle", "sides": [0, None, 1, 2]}}},
        {"recipe": {"kind": "label", "column": "cluster", "value": 2**63, "how": ""}},
        {"recipe": DRAWN | {"region": {"kind": "polygon", "corners": [[0, "x"]]}}},
        {"recipe": {"kind": "label", "column": "cluster", "value": True, "how": ""}},
        {"recipe": {"kind": "imported", "source": "a", "column": "b", "listed": -1}},
        {"recipe": {"kind": "combined", "operation": "union", "operands": []}},
        {"recipe": {"kind": "combined", "operation": "xor", "operands": [{"name": "a", "recipe": PLAIN["recipe"]}]}},
        {"recipe": {"kind": "gestures", "first": None, "then": [{"mode": "toggle", "recipe": PLAIN["recipe"]}]}},
        {"recipe": nested(100)},
        {"recipe": nested(3000)},
    ],
)
def test_facts_that_are_wrong_are_refused(trained: Session, tmp_path: Path, wrong: Any) -> None:
    drain(save_session(trained, tmp_path / "good.stellar"))
    with zipfile.ZipFile(tmp_path / "good.stellar") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members["manifest.json"])
    manifest["subset_facts"][0] = PLAIN | wrong if isinstance(wrong, dict) else wrong
    try:
        members["manifest.json"] = json.dumps(manifest).encode()
    except RecursionError:
        text = json.dumps(manifest | {"subset_facts": 0}).replace('"subset_facts": 0', '"subset_facts": ' + "[" * 3000)
        members["manifest.json"] = text.encode()
    with zipfile.ZipFile(tmp_path / "bad.stellar", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match="damaged"):
        drain(load_session(tmp_path / "bad.stellar"))


def test_an_expression_selects_among_the_stars_that_take_part(trained: Session) -> None:
    selected = select_by_expression(trained, "r < 18 | ~blue", "most")
    kept, magnitudes = trained.quality.kept, trained.catalog.magnitudes
    expected = ((magnitudes[:, 2] < 18) | ~trained.subsets["blue"]) & kept
    np.testing.assert_array_equal(selected.subsets["most"], expected)
    assert selected.subsets.of_name("most").recipe == Typed("r < 18 | ~blue", (("blue", ROWS),))
    again = select_by_expression(selected, "r < 17", "blue")
    assert list(again.subsets) == list(selected.subsets)
    assert again.subsets.of_name("blue").color == trained.subsets.of_name("blue").color
    with pytest.raises(InputError, match="a column “g” already"):
        select_by_expression(trained, "r < 17", "g")


def test_a_recipe_is_applied_to_another_session(trained: Session) -> None:
    other = select_by_expression(trained, "g - r < 0.4", "blue ones")
    few = Session(trained.catalog.with_columns({}), trained.cuts)
    found = select_as_in(few, other, "blue ones")
    np.testing.assert_array_equal(found.subsets["blue ones"], other.subsets["blue ones"])
    with pytest.raises(InputError, match="no rule"):
        select_as_in(few, other, "blue")
    with pytest.raises(InputError, match="keeps no recipe"):
        select_as_in(few, other, "selection")
    with pytest.raises(InputError, match="no subset “none such”"):
        select_as_in(few, other, "none such")


def test_exports_have_a_flag_for_each_subset_if_asked(trained: Session) -> None:
    rows = np.arange(100)
    plain, flagged = export_table(trained, rows), export_table(trained, rows, flags=True)
    assert list(flagged.columns) == [*plain.columns, *trained.subsets]
    for name, mask in trained.subsets.items():
        assert flagged[name].tolist() == mask[:100].tolist()
