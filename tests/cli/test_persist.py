"""The command `persist`: whether a subset stays together when the network is trained anew."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run

NUMBERS = ("jaccard", "purity")


@pytest.fixture
def path(run: Run, session: Path, tmp_path: Path) -> Path:
    """A session with a subset of blue stars, and one of a few."""
    copied = tmp_path / "run.stellar"
    shutil.copy(session, copied)
    assert run("select", copied, "u - g < 0.7", "--name", "blue").status == 0
    assert run("select", copied, "r < 15.2 & u - g < 0.5", "--name", "few").status == 0
    return copied


@pytest.mark.timeout(300)  # several processes begin, which takes a busy machine long
def test_a_subset_is_measured_against_patches_and_the_control_map(run: Run, path: Path) -> None:
    told = run("persist", path, "--subset", "blue", "--runs", "1", "--json")
    assert told.status == 0
    found = told.json
    assert found["verdict"] in ("persists", "partly", "does not")
    assert found["runs"] == 1 and 20 <= found["members"] < found["stars"] <= 1200
    for values in (found, found["null"], found["control"]):
        assert {"jaccard", "jaccard_std", "purity", "purity_std"} <= set(values)
    for name in NUMBERS:
        assert 0 <= found[name] <= 1 and found[f"{name}_std"] == 0
        assert 0 <= found["null"][name] <= found["null"][f"{name}_high"] <= 1
    assert 0 < found["neighbours_kept"] < 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--subset", "red"], "the session has no subset “red”; it has blue, few."),
        (["--subset", "few"], "stars take part, and 20 are needed; choose a larger one."),
        (["--subset", "blue", "--runs", "0"], "The number of runs is from 1 to 50, not 0."),
    ],
)
def test_what_cannot_be_measured_is_told_in_a_sentence(
    run: Run, path: Path, arguments: list[str], sentence: str
) -> None:
    told = run("persist", path, *arguments)
    assert told.status == 2 and told.out == ""
    assert sentence in told.sentence
