"""The compare command: a subset against the rest or another subset, as a table and as JSON."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stellar_gui.analysis.contrast import contrast
from stellar_gui.progress import drain
from stellar_gui.session.storage.archive import load_session, save_session
from tests.cli.conftest import Run


@pytest.fixture(scope="module")
def grouped(session: Path) -> Path:
    """The session with two subsets, one of which holds no star that takes part, and a selection."""
    opened = drain(load_session(session))
    kept, blue = opened.quality.kept, opened.catalog.magnitudes[:, 0] - opened.catalog.magnitudes[:, 1] < 0.6
    path = session.with_name("grouped.stellar")
    subsets = {"blue": blue, "bright": opened.catalog.magnitudes[:, 2] < 17.5, "empty": np.zeros_like(kept)}
    drain(save_session(replace(opened, subsets=subsets, selection=blue & kept), path))
    return path


def test_a_subset_is_compared_with_the_rest(run: Run, grouped: Path) -> None:
    told = run("compare", grouped, "--subset", "blue", "--json")
    assert told.status == 0 and told.err == ""
    opened = drain(load_session(grouped))
    own = opened.subsets["blue"] & opened.quality.kept
    expected = drain(contrast(opened.catalog, opened.embedding, {}, own, opened.quality.kept & ~own))
    assert told.json["against"] == "the rest" and told.json["common"] == 0
    assert told.json["stars"] == list(expected.stars)
    assert [one["name"] for one in told.json["quantities"]] == [effect.choice.name for effect in expected.effects]
    first = told.json["quantities"][0]
    assert first["name"] == "u−g" and first["delta"] == expected.effects[0].delta and first["effect"] == "large"
    assert first["auc"] == pytest.approx((first["delta"] + 1) / 2)
    assert first["interval"] == list(expected.effects[0].interval)
    assert first["selected_on"] is False and isinstance(told.json["labels"], list)
    own_u, other_u = told.json["sed"]["u"]
    assert own_u["median"] == expected.magnitudes[0].original_median[0]
    assert other_u["p16"] < other_u["median"] < other_u["p84"]


def test_a_subset_is_compared_with_another_and_what_both_have_is_told(run: Run, grouped: Path) -> None:
    told = run("compare", grouped, "--subset", "selection", "--against", "bright")
    lines = told.out.splitlines()
    assert told.status == 0
    assert lines[0].startswith("selection (") and " against bright (" in lines[0]
    assert lines[1].endswith(" stars are in both")
    assert any(re.fullmatch(r"kind: .+ \d+\.\d%, against \d+\.\d%", line) for line in lines)
    table = [line.split() for line in lines[lines.index("") + 2 :]]
    effects = [abs(float(line[-4])) for line in table]
    assert effects == sorted(effects, reverse=True) and len(effects) == 20
    assert {line[-1] for line in table} <= {"large", "medium", "small", "negligible"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--subset", "red"], "the session has no subset “red”; it has blue, bright, empty, selection."),
        (["--subset", "empty"], "no star of “empty” takes part"),
        (["--subset", "blue", "--against", "empty"], "no star of “empty” takes part"),
        ([], "--subset"),
    ],
)
def test_what_cannot_be_compared_is_told(run: Run, grouped: Path, options: list[str], told: str) -> None:
    outcome = run("compare", grouped, *options)
    assert outcome.status == 2 and told in outcome.sentence
