"""The command `select`, and subsets in exports."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from stellar_gui.analysis.recipes import Typed
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.simulation import simulate
from stellar_gui.progress import drain
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_session, save_session
from tests.cli.conftest import Run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A session of 300 stars without a model."""
    drain(save_session(Session(simulate(300, seed=6)), tmp_path / "run.stellar"))
    return tmp_path / "run.stellar"


def test_an_expression_adds_a_subset_that_exports_know(run: Run, path: Path, tmp_path: Path) -> None:
    before = drain(load_session(path))
    magnitudes, kept = before.catalog.magnitudes.astype(float), before.quality.kept
    blue = (magnitudes[:, 0] - magnitudes[:, 1] < 1.0) & kept
    told = run("select", path, "u - g < 1.0", "--name", "blue", "--json")
    assert told.status == 0 and told.err == ""
    assert told.json == {"name": "blue", "stars": blue.sum(), "share": blue.sum() / kept.sum(), "replaced": False}
    faint = run("select", path, "~blue & r > 19", "--name", "faint  ones")
    assert faint.out.endswith(f" stars are the subset faint ones of {path}\n")
    found = drain(load_session(path)).subsets
    assert list(found) == ["blue", "faint ones"]
    assert found.of_name("faint ones").recipe == Typed("~blue & r > 19", (("blue", Typed("u - g < 1.0")),))
    assert run("export", path, tmp_path / "blue.csv", "--subset", "blue", "--flags").status == 0
    table = drain(load_table(tmp_path / "blue.csv")).frame
    assert len(table) == blue.sum() and table["blue"].all() and not table["faint ones"].any()
    again = run("select", path, "u - g < 0.5", "--name", "blue", "--json")
    assert again.json["replaced"] and again.json["stars"] < blue.sum()
    told = run("select", path, "u - g < 0.4 and not r > 19", "--name", "blue")
    assert told.out.endswith(f" (replaced blue, {again.json['stars']} stars before)\n")
    assert run("info", path, "--json").json["subsets"] == ["blue", "faint ones"]


def test_a_recipe_is_taken_from_another_session(run: Run, path: Path, tmp_path: Path) -> None:
    run("select", path, "g - r < 0.3 & r < 20", "--name", "turn off")
    other = tmp_path / "other.stellar"
    drain(save_session(Session(simulate(200, seed=9)), other))
    assert run("select", other, "--from", path, "--name", "turn off").status == 0
    session = drain(load_session(other))
    magnitudes = session.catalog.magnitudes
    expected = (magnitudes[:, 1] - magnitudes[:, 2] < 0.3) & (magnitudes[:, 2] < 20) & session.quality.kept
    np.testing.assert_array_equal(session.subsets["turn off"], expected)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["u - gg < 1", "--name", "a"], "unknown column “gg” at 5; did you mean g?"),
        (["latent_1 > 0", "--name", "a"], "unknown column “latent_1” at 1"),
        (["u <", "--name", "a"], "a column, a number or a condition is missing where it ends at 4"),
        (["u = 20", "--name", "a"], "write == for equal in place of the = at 3"),
        (["u < 20", "--name", "objid"], "there is a column “objid” already; call the subset otherwise."),
        (["u < 20", "--name", " "], "a subset needs a name."),
        (["--name", "a"], "give either an EXPRESSION or --from (see stellar-gui select --help)"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    run: Run, path: Path, arguments: list[str], sentence: str
) -> None:
    before = path.read_bytes()
    failed = run("select", path, *arguments)
    assert failed.status == 2 and failed.sentence.startswith(sentence)
    assert path.read_bytes() == before


def test_help_explains_with_an_example(run: Run) -> None:
    told = run("select", "--help")
    assert told.status == 0 and '"latent_1 > 0 & u - g < 0.6" --name blue' in told.out


def test_a_session_that_cannot_be_read_stays_as_it_is(run: Run, path: Path, tmp_path: Path) -> None:
    shutil.copy(path, tmp_path / "cut.stellar")
    (tmp_path / "cut.stellar").write_bytes(path.read_bytes()[:1000])
    assert run("select", tmp_path / "cut.stellar", "u < 20", "--name", "a").status == 2
    assert (tmp_path / "cut.stellar").stat().st_size == 1000
