"""Several runs in a session: all come back from its file, and a list of runs that is none is refused."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from stellar_gui.analysis.thumbnail import thumbnail
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.film import Film
from stellar_gui.autoencoder.model_file import to_bytes
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.run import Run, numbered, proposed_name
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_model, load_session, save_session
from stellar_gui.session.storage.container import RUNS
from stellar_gui.session.storage.manifest import read_manifest

SAMPLES = Path(__file__).with_name("samples")


@pytest.fixture(scope="module")
def several(trained: Session) -> Session:
    """Three runs, of which the second is the current one; the last has a picture and a film."""
    others = [drain(fit(trained.catalog, trained.cuts, TrainingConfig(seed=seed, epochs=1))) for seed in (1, 2)]
    rng = np.random.default_rng(0)
    film = Film(rng.normal(size=(4, 50, 2)).astype(np.float16), np.arange(1, 5), rng.random(4))
    assert trained.model is not None
    runs = (
        Run("first", others[0].model, "2026-01-02T03:04:05+00:00"),
        Run("reference “名”", trained.model, "2026-01-03T03:04:05+00:00"),
        Run("third", others[1].model, "2026-01-04T03:04:05+00:00", thumbnail(others[1].embedding), film),
    )
    return replace(trained, runs=runs)


@pytest.fixture(scope="module")
def saved(several: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "runs.stellar"
    drain(save_session(several, path))
    return path


def rewritten(saved: Path, path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        drain(load_session(path))
    return str(caught.value)


def test_all_runs_come_back_and_the_current_one_is_current(several: Session, saved: Path) -> None:
    found = drain(load_session(saved))
    assert [run.name for run in found.runs] == ["first", "reference “名”", "third"]
    for run, expected in zip(found.runs, several.runs, strict=True):
        assert run.model.id == expected.model.id
        assert run.created == expected.created and run.config == expected.config
        assert run.test_mse == expected.test_mse
    assert found.run is found.runs[1] and found.model is found.runs[1].model
    np.testing.assert_array_equal(found.embedding.latent, several.embedding.latent)
    film, expected_film = found.runs[2].film, several.runs[2].film
    for name, values in expected_film.arrays().items():
        np.testing.assert_array_equal(film.arrays()[name], values)
    np.testing.assert_array_equal(found.runs[2].picture, several.runs[2].picture)
    assert found.runs[0].picture is None and found.runs[0].film is None
    assert drain(load_model(saved)).model.id == several.model.id


def test_the_same_runs_give_the_same_bytes(several: Session, saved: Path, tmp_path: Path) -> None:
    drain(save_session(drain(load_session(saved)), tmp_path / "again.stellar"))
    assert (tmp_path / "again.stellar").read_bytes() == saved.read_bytes()


def test_the_manifest_tells_of_all_runs(several: Session, saved: Path) -> None:
    manifest = read_manifest(saved)
    assert [run["name"] for run in manifest.runs] == ["first", "reference “名”", "third"]
    assert [run["training"]["seed"] for run in manifest.runs] == [1, 7, 2]
    assert manifest.current == 1


def test_a_model_alone_makes_one_run_and_needs_no_member(trained: Session, tmp_path: Path) -> None:
    assert [run.name for run in trained.runs] == ["reconstruct, seed 7"]
    drain(save_session(trained, tmp_path / "one.stellar"))
    with zipfile.ZipFile(tmp_path / "one.stellar") as archive:
        assert RUNS not in archive.namelist()
    found = drain(load_session(tmp_path / "one.stellar"))
    assert [run.name for run in found.runs] == ["reconstruct, seed 7"]


@pytest.mark.parametrize(("version", "identity"), [(1, "f3fab8c5761d"), (2, "cf616bb6e112")])
def test_a_session_of_an_earlier_version_opens_as_one_run(version: int, identity: str) -> None:
    found = drain(load_session(SAMPLES / f"version-{version}.stellar"))
    assert [run.model.id for run in found.runs] == [identity]
    assert found.run.created == found.created
    assert found.run.name == proposed_name(found.model.config)


def test_runs_of_which_none_is_current_come_back(several: Session, tmp_path: Path) -> None:
    drain(save_session(replace(several, model=None, embedding=None), tmp_path / "a.stellar"))
    found = drain(load_session(tmp_path / "a.stellar"))
    assert found.model is None and found.run is None
    assert [run.name for run in found.runs] == [run.name for run in several.runs]


def test_a_model_of_none_of_the_runs_is_refused(several: Session) -> None:
    with pytest.raises(ValueError, match="one of its runs"):
        replace(several, runs=several.runs[::2])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("runs", None),
        ("runs", [1, 2, 3]),
        ("runs", []),
        ("current", None),
        ("current", 0),
        ("current", 3),
        ("current", -1),
        ("current", True),
        ("model", None),
    ],
)
def test_a_list_of_runs_that_is_none_is_refused(saved: Path, tmp_path: Path, key: str, value: object) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | {key: value}).encode()

    assert "damaged" in refusal(rewritten(saved, tmp_path / "a.stellar", change))


@pytest.mark.parametrize(("key", "value"), [("name", "third"), ("name", 5), ("created", "noon"), ("id", "0")])
def test_a_run_that_is_none_is_refused(saved: Path, tmp_path: Path, key: str, value: object) -> None:
    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["runs"][0][key] = value
        members["manifest.json"] = json.dumps(manifest).encode()

    assert "damaged" in refusal(rewritten(saved, tmp_path / "a.stellar", change))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("0.model", np.zeros(10, np.uint8)),
        ("0.model", np.zeros(10)),
        ("2.picture", np.zeros((64, 64), np.uint8)),
        ("2.picture", np.zeros((64, 63), np.uint16)),
        ("2.film.latent", np.zeros((4, 50), np.float16)),
        ("2.film.latent", np.full((4, 50, 2), np.nan, np.float16)),
        ("2.film.epoch", np.zeros(3, np.int64)),
        ("2.film.validation_mse", np.zeros(4, np.int64)),
    ],
)
def test_parts_that_are_none_are_refused(saved: Path, tmp_path: Path, name: str, values: np.ndarray) -> None:
    def change(members: dict[str, bytes]) -> None:
        header = json.loads(members[RUNS][8 : 8 + int.from_bytes(members[RUNS][:8], "little")])
        members[RUNS] = save(load(members[RUNS]) | {name: values}, metadata=header["__metadata__"])

    assert "damaged" in refusal(rewritten(saved, tmp_path / "a.stellar", change))


def test_missing_runs_and_a_swapped_model_are_refused(several: Session, saved: Path, tmp_path: Path) -> None:
    assert RUNS in refusal(rewritten(saved, tmp_path / "a.stellar", lambda members: members.pop(RUNS)))

    def swap(members: dict[str, bytes]) -> None:
        header = json.loads(members[RUNS][8 : 8 + int.from_bytes(members[RUNS][:8], "little")])
        other = {"0.model": np.frombuffer(to_bytes(several.model), np.uint8)}
        members[RUNS] = save(load(members[RUNS]) | other, metadata=header["__metadata__"])

    assert "not the one" in refusal(rewritten(saved, tmp_path / "b.stellar", swap))
    assert "damaged" in refusal(rewritten(saved, tmp_path / "c.stellar", lambda m: m.update({RUNS: b"\0" * 100})))


def test_names_that_are_taken_are_numbered() -> None:
    assert numbered("a", []) == "a"
    assert numbered("a", ["a"]) == "a (2)"
    assert numbered("a", ["a", "a (2)"]) == "a (3)"
