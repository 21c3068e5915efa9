"""A session comes back from its file as it was; what is no session, or a hostile one, is told in one sentence."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stellar_gui.analysis.coloring import ColorChoice, Group
from stellar_gui.autoencoder.checkpoint import Checkpoint
from stellar_gui.autoencoder.config import Command
from stellar_gui.autoencoder.model_file import to_bytes
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.errors import InputError, OutputError
from stellar_gui.progress import Progress, drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_model, load_session, manifest_of, save_session
from stellar_gui.session.storage.manifest import FORMAT_VERSION, Manifest, read_manifest
from stellar_gui.session.view import View

SAMPLES = Path(__file__).with_name("samples")


@pytest.fixture(scope="module")
def saved(trained: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sessions") / "run.stellar"
    drain(save_session(trained, path))
    return path


def rewritten(saved: Path, path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of a session whose members were changed."""
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def with_manifest(saved: Path, path: Path, **values: Any) -> Path:
    """A copy of a session whose manifest says something else."""

    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | values).encode()

    return rewritten(saved, path, change)


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        drain(load_session(path))
    text = str(caught.value)
    assert "\n" not in text and path.name in text
    return text


def assert_same(found: Session, expected: Session) -> None:
    pd.testing.assert_frame_equal(found.catalog.table, expected.catalog.table, check_dtype=False)
    np.testing.assert_array_equal(found.catalog.magnitudes, expected.catalog.magnitudes)
    assert dict(found.catalog.columns) == dict(expected.catalog.columns)
    assert dict(found.catalog.units) == dict(expected.catalog.units)
    assert found.catalog.provenance == expected.catalog.provenance
    assert found.cuts == expected.cuts
    assert list(found.subsets) == list(expected.subsets)
    for name, members in expected.subsets.items():
        np.testing.assert_array_equal(found.subsets[name], members)
    assert (found.selection is None) == (expected.selection is None)
    if expected.selection is not None:
        np.testing.assert_array_equal(found.selection, expected.selection)
    assert found.created == expected.created
    if expected.model is not None and expected.embedding is not None:
        assert found.model is not None and found.embedding is not None
        assert found.model.id == expected.model.id
        assert found.model.config == expected.model.config
        for name in ("latent", "reconstruction", "residual", "error"):
            np.testing.assert_array_equal(getattr(found.embedding, name), getattr(expected.embedding, name))


def test_a_session_comes_back_as_it_was(trained: Session, saved: Path) -> None:
    assert_same(drain(load_session(saved)), trained)


def test_a_session_of_version_1_opens_and_is_saved_as_one_of_today(tmp_path: Path) -> None:
    found = drain(load_session(SAMPLES / "version-1.stellar"))
    assert found.model is not None and found.embedding is not None
    assert found.model.id == "f3fab8c5761d" and found.model.config.features == "magnitudes"
    assert found.model.report.test_mse == pytest.approx(2.1107713556847516)
    np.testing.assert_array_equal(found.model.history.validation_mse, found.model.history.validation_loss)
    assert found.checkpoint is None and found.cuts == QualityCuts()
    placed = found.model.encode(found.catalog.magnitudes[found.quality.kept])
    np.testing.assert_allclose(placed, found.embedding.latent[found.quality.kept], atol=1e-6)
    np.testing.assert_allclose(placed[0], [-0.7866008281707764, -0.4028822183609009], atol=1e-6)
    drain(save_session(found, tmp_path / "run.stellar"))
    assert read_manifest(tmp_path / "run.stellar").program_version
    assert_same(drain(load_session(tmp_path / "run.stellar")), found)


def test_a_paused_training_is_saved_and_goes_on_to_the_same_model(trained: Session, tmp_path: Path) -> None:
    assert trained.model is not None
    config = replace(trained.model.config, epochs=3)
    expected = drain(fit(trained.catalog, trained.cuts, config))
    work = fit(trained.catalog, trained.cuts, config)
    next(work)
    next(work)
    checkpoint = work.send(Command.CHECKPOINT)
    work.close()
    assert isinstance(checkpoint, Checkpoint)
    path = tmp_path / "run.stellar"
    drain(save_session(replace(trained, checkpoint=checkpoint), path))
    told = read_manifest(path).checkpoint
    assert told is not None and told["fraction"] == checkpoint.fraction and told["training"]["seed"] == 7
    found = drain(load_session(path))
    assert_same(found, trained)
    drain(save_session(found, tmp_path / "again.stellar"))
    assert (tmp_path / "again.stellar").read_bytes() == path.read_bytes()
    resumed = drain(fit(found.catalog, found.cuts, config, found.checkpoint))
    assert resumed.model is not None and expected.model is not None
    assert resumed.embedding is not None and expected.embedding is not None
    assert resumed.model.id == expected.model.id and resumed.checkpoint is None
    np.testing.assert_array_equal(resumed.embedding.latent, expected.embedding.latent)

    refusal(rewritten(path, tmp_path / "a.stellar", lambda members: members.pop("checkpoint.safetensors")))
    broken = rewritten(path, tmp_path / "b.stellar", lambda m: m.update({"checkpoint.safetensors": b"cos\nsystem"}))
    assert "damaged" in refusal(broken)


def test_saving_again_gives_the_same_bytes(trained: Session, saved: Path, tmp_path: Path) -> None:
    drain(save_session(trained, tmp_path / "again.stellar"))
    assert (tmp_path / "again.stellar").read_bytes() == saved.read_bytes()
    drain(save_session(drain(load_session(saved)), tmp_path / "loaded.stellar"))
    assert (tmp_path / "loaded.stellar").read_bytes() == saved.read_bytes()


def test_a_session_before_training_comes_back(trained: Session, tmp_path: Path) -> None:
    plain = Session(trained.catalog)
    drain(save_session(plain, tmp_path / "plain.stellar"))
    found = drain(load_session(tmp_path / "plain.stellar"))
    assert_same(found, plain)
    assert found.model is None and found.embedding is None


def test_columns_that_the_user_chose_come_back(trained: Session, tmp_path: Path) -> None:
    table = trained.catalog.table.assign(psfMag_u=20.0, myclass="STAR")
    catalog = replace(trained.catalog, table=table).with_columns({"u": "psfMag_u", "class": "myclass", "redshift": ""})
    drain(save_session(Session(catalog), tmp_path / "run.stellar"))
    found = drain(load_session(tmp_path / "run.stellar")).catalog
    assert dict(found.columns) == dict(catalog.columns)
    assert dict(found.chosen) == dict(catalog.chosen)
    assert "redshift" not in found.columns
    assert dict(found.candidates) == dict(catalog.candidates)


def test_loaded_arrays_are_read_only(saved: Path) -> None:
    found = drain(load_session(saved))
    assert found.selection is not None and found.embedding is not None
    for array in (found.selection, *found.subsets.values(), found.embedding.latent, found.embedding.residual):
        assert not array.flags.writeable


def test_saving_and_loading_yield_progress(trained: Session, saved: Path, tmp_path: Path) -> None:
    steps = [*save_session(trained, tmp_path / "run.stellar"), *load_session(saved)]
    assert len(steps) > 4 and all(isinstance(step, Progress) for step in steps)


def test_an_embedding_of_other_rows_is_made_anew(trained: Session, tmp_path: Path) -> None:
    assert trained.model is not None and trained.embedding is not None
    stricter = replace(trained, cuts=QualityCuts(magnitude_range=(10.0, 19.0)))
    drain(save_session(stricter, tmp_path / "run.stellar"))
    found = drain(load_session(tmp_path / "run.stellar"))
    assert found.embedding is not None
    kept = stricter.quality.kept
    np.testing.assert_array_equal(np.isfinite(found.embedding.latent).all(axis=1), kept)
    np.testing.assert_allclose(found.embedding.latent[kept], trained.embedding.latent[kept], atol=1e-4)


def test_what_was_there_stays_where_saving_fails(trained: Session, tmp_path: Path) -> None:
    path = tmp_path / "run.stellar"
    path.write_bytes(b"precious")
    work = save_session(trained, path)
    for _ in work:
        if any(tmp_path.glob(".*")):
            break
    work.close()
    assert path.read_bytes() == b"precious"
    assert [item.name for item in tmp_path.iterdir()] == ["run.stellar"]
    with pytest.raises(OutputError):
        drain(save_session(trained, tmp_path / "none" / "run.stellar"))


def test_the_manifest_tells_what_info_tells_without_the_tables(trained: Session, saved: Path) -> None:
    manifest = read_manifest(saved)
    assert manifest.rows == 800
    assert manifest.subsets == tuple(trained.subsets)
    assert manifest.model is not None and trained.model is not None
    assert manifest.model["id"] == trained.model.id
    assert sum(manifest.summary["quality"].values()) == 800


def test_the_model_alone_can_be_read(trained: Session, saved: Path, tmp_path: Path) -> None:
    assert trained.model is not None
    assert drain(load_model(saved)).model.id == trained.model.id
    drain(save_session(Session(trained.catalog), tmp_path / "plain.stellar"))
    with pytest.raises(InputError, match="no trained model"):
        drain(load_model(tmp_path / "plain.stellar"))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_off_session_is_refused(saved: Path, tmp_path: Path, share: float) -> None:
    path = tmp_path / "cut.stellar"
    path.write_bytes(saved.read_bytes()[: int(share * saved.stat().st_size)])
    assert "cut-off" in refusal(path)


def test_a_newer_session_is_refused_with_what_to_do(saved: Path, tmp_path: Path) -> None:
    text = refusal(with_manifest(saved, tmp_path / "new.stellar", format_version=FORMAT_VERSION + 1))
    assert text == "new.stellar: made by a newer version of Stellar GUI; update to open it."


@pytest.mark.parametrize("member", ["manifest.json", "catalog.parquet", "rows.parquet", "model.safetensors"])
def test_a_session_without_a_member_is_refused(saved: Path, tmp_path: Path, member: str) -> None:
    assert member in refusal(rewritten(saved, tmp_path / "a.stellar", lambda members: members.pop(member)))


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"format": "stellar-gui session"}',
    ],
)
def test_what_is_no_manifest_is_refused(saved: Path, tmp_path: Path, manifest: bytes) -> None:
    refusal(rewritten(saved, tmp_path / "a.stellar", lambda members: members.update({"manifest.json": manifest})))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "something else"),
        ("format_version", "1"),
        ("format_version", True),
        ("format_version", 0),
        ("rows", 799),
        ("rows", -1),
        ("rows", 10**30),
        ("rows", "800"),
        ("created", None),
        ("provenance", []),
        ("provenance", {"name": 5}),
        ("columns", {"u": "u"}),
        ("columns", {"u": "u", "g": "g", "r": "r", "i": "i", "z": "nowhere"}),
        ("columns", {"u": "u", "g": "g", "r": "r", "i": "i", "z": "z", "pickle": "kind"}),
        ("units", {"u": 1}),
        ("cuts", {}),
        ("cuts", {"sentinel": "yes"}),
        ("subsets", ["blue", "blue", "none"]),
        ("subsets", ["blue", "odd", "none", "one more"]),
        ("has_selection", 1),
        ("model", {"id": "000000000000"}),
        ("model", []),
        ("model", {"id": 1, "training": {}}),
        ("model", {"id": "a", "training": []}),
        ("created", "yesterday"),
        ("provenance", {"name": "a", "path": None, "size": 1, "sha256": None, "opened": "at noon", "query": None}),
        ("checkpoint", 3),
        ("checkpoint", {"epoch": 1}),
        ("checkpoint", {"training": {}, "epoch": "second"}),
        ("summary", None),
        ("summary", {}),
        ("summary", {"rows": "many"}),
        ("view", None),
        ("view", {}),
        ("view", {"color": {"group": "Smell", "name": "sweet"}, "hidden": [], "active": None}),
        ("view", {"color": {"group": "Density", "name": 1}, "hidden": [], "active": None}),
        ("view", {"color": {"group": "Density", "name": "Density"}, "hidden": [[]], "active": None}),
        ("view", {"color": {"group": "Density", "name": "Density"}, "hidden": [], "active": 800}),
    ],
)
def test_a_manifest_that_is_wrong_is_refused(saved: Path, tmp_path: Path, key: str, value: object) -> None:
    refusal(with_manifest(saved, tmp_path / "a.stellar", **{key: value}))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("rows",), None),
        (("columns",), {"u": "u"}),
        (("bands", "u"), None),
        (("bands", "u", "median"), "faint"),
        (("bands", "u", "min"), float("nan")),
        (("bands", "u", "min"), 10**400),
        (("bands", "u", "column"), 5),
        (("quality", "good"), -1),
        (("quality",), []),
        (("note",), 7),
    ],
)
def test_a_summary_that_is_none_is_refused(saved: Path, tmp_path: Path, where: tuple[str, ...], value: object) -> None:
    with zipfile.ZipFile(saved) as archive:
        summary = json.loads(archive.read("manifest.json"))["summary"]
    part = summary
    for key in where[:-1]:
        part = part[key]
    part[where[-1]] = value
    assert "damaged" in refusal(with_manifest(saved, tmp_path / "a.stellar", summary=summary))


def test_numbers_beyond_all_measure_are_refused(saved: Path, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = members["manifest.json"].replace(b'"seconds": ', b'"seconds": 1e999, "x": ')

    assert "damaged" in refusal(rewritten(saved, tmp_path / "a.stellar", change))


@pytest.mark.parametrize("classes", [("STAR", "STAR"), ("qso",), None])
def test_every_cut_that_can_be_made_comes_back(
    trained: Session, tmp_path: Path, classes: tuple[str, ...] | None
) -> None:
    cuts = QualityCuts(magnitude_range=(-1e300, 1e300), classes=classes)
    path = tmp_path / "a.stellar"
    drain(save_session(Session(trained.catalog, cuts), path))
    assert drain(load_session(path)).cuts == cuts


@pytest.mark.parametrize(
    "cuts",
    [
        {"magnitude_range": [30, 0]},
        {"magnitude_range": [0, float("nan")]},
        {"magnitude_range": [0]},
        {"magnitude_range": "ab"},
        {"classes": "STAR"},
        {"classes": [1]},
        {"unique": None},
    ],
)
def test_cuts_that_are_none_are_refused(saved: Path, tmp_path: Path, cuts: dict[str, object]) -> None:
    good = {"sentinel": True, "magnitude_range": None, "zero_flux": True, "unique": True, "classes": None}
    refusal(with_manifest(saved, tmp_path / "a.stellar", cuts=good | cuts))


def test_a_pickle_inside_is_refused(saved: Path, tmp_path: Path) -> None:
    pickle = b"cos\nsystem\n(S'touch /tmp/owned'\ntR."
    assert "'model.pkl'" in refusal(rewritten(saved, tmp_path / "a.stellar", lambda m: m.update({"model.pkl": pickle})))
    refusal(rewritten(saved, tmp_path / "b.stellar", lambda members: members.update({"model.safetensors": pickle})))
    refusal(rewritten(saved, tmp_path / "c.stellar", lambda members: members.update({"catalog.parquet": pickle})))


def test_weights_that_are_no_numbers_are_refused(trained: Session, saved: Path, tmp_path: Path) -> None:
    assert trained.model is not None
    data = bytearray(to_bytes(trained.model))
    data[-40:] = np.full(10, np.nan, np.float32).tobytes()
    refusal(rewritten(saved, tmp_path / "a.stellar", lambda m: m.update({"model.safetensors": bytes(data)})))


def test_another_sessions_model_is_refused(trained: Session, saved: Path, tmp_path: Path) -> None:
    assert trained.model is not None
    other = replace(trained.model, scaling=replace(trained.model.scaling, mean=trained.model.scaling.mean + 1))
    text = refusal(rewritten(saved, tmp_path / "a.stellar", lambda m: m.update({"model.safetensors": to_bytes(other)})))
    assert "not the one" in text


def test_a_table_of_too_few_rows_is_refused(saved: Path, tmp_path: Path) -> None:
    def shorten(members: dict[str, bytes]) -> None:
        table = pq.ParquetFile(pa.BufferReader(members["rows.parquet"])).read()
        buffer = io.BytesIO()
        pq.write_table(table.slice(1), buffer)
        members["rows.parquet"] = buffer.getvalue()

    assert "800 rows" in refusal(rewritten(saved, tmp_path / "a.stellar", shorten))


def test_flags_that_are_no_truth_values_are_refused(saved: Path, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        table = pq.ParquetFile(pa.BufferReader(members["rows.parquet"])).read()
        table = table.set_column(0, table.column_names[0], pa.array(["yes"] * 800))
        buffer = io.BytesIO()
        pq.write_table(table, buffer)
        members["rows.parquet"] = buffer.getvalue()

    refusal(rewritten(saved, tmp_path / "a.stellar", change))


def test_how_the_stars_are_shown_comes_back(trained: Session, tmp_path: Path) -> None:
    view = View(ColorChoice(Group.LABEL, "class"), frozenset({"STAR"}), 7)
    path = tmp_path / "shown.stellar"
    drain(save_session(replace(trained, view=view), path))
    assert drain(load_session(path)).view == view


def test_a_manifest_without_a_view_shows_the_density(trained: Session) -> None:
    content = json.loads(manifest_of(trained).to_json())
    del content["view"]
    assert Manifest.from_json(json.dumps(content).encode(), "older").view == View()
