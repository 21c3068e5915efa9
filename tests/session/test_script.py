"""A session as a Python script that repeats it."""

import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from stellar_gui.analysis import regions
from stellar_gui.analysis.cluster_edits import assigned
from stellar_gui.analysis.regions import Region
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.dust.dust_map import with_reddening
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.script.document import write_script
from stellar_gui.session.script.python_source import Source, comment
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_session
from tests.analysis.strategies import regions as any_region
from tests.catalog.dust_maps import write_healpix


def assert_same(repeated: Session, session: Session) -> None:
    """The same latents bit for bit, subsets, selection and findings."""
    assert session.embedding is not None and repeated.embedding is not None
    np.testing.assert_array_equal(repeated.embedding.latent, session.embedding.latent)
    np.testing.assert_array_equal(repeated.quality.reason, session.quality.reason)
    assert list(repeated.subsets) == list(session.subsets)
    for one, other in zip(repeated.subsets.all, session.subsets.all, strict=True):
        np.testing.assert_array_equal(one.mask, other.mask)
        assert (one.color, one.visible, one.notes, one.recipe) == (
            other.color,
            other.visible,
            other.notes,
            other.recipe,
        )
    for found, expected in zip(repeated.findings, session.findings, strict=True):
        np.testing.assert_array_equal(found.values, expected.values)
        assert (found.name, found.labels, found.unit) == (expected.name, expected.labels, expected.unit)
    if session.selection is None:
        assert repeated.selection is None
    else:
        np.testing.assert_array_equal(repeated.selection, session.selection)


def test_the_script_repeats_the_session_to_the_bit(rich: Session, tmp_path: Path) -> None:
    script, carried = drain(write_script(rich, tmp_path / "again.py"))
    assert carried == tmp_path / "again_stars.parquet"
    subprocess.run([sys.executable, script], check=True, timeout=100, cwd=tmp_path.parent)
    repeated = drain(load_session(tmp_path / "again_repeated.stellar"))
    assert_same(repeated, rich)
    assert repeated.catalog.columns == rich.catalog.columns and repeated.cuts == rich.cuts
    assert (tmp_path / "again_repeated.parquet").exists()


def test_it_says_what_it_carries_and_repeats_the_rest_by_recipes(rich: Session, tmp_path: Path) -> None:
    script, _ = drain(write_script(rich, tmp_path / "again.py"))
    written = script.read_text(encoding="utf-8")
    assert "# “Rating” is carried: it was made by hand" in written
    assert "# “many” is a list of stars" in written and "listed(4, 8, 15)" in written
    for call in ("cluster_stars(session, ClusterSettings(components=4, overlap=0.5, seed=0))", 'METHODS["error"]'):
        assert call in written
    assert 'Typed("u - g < 0.9 & latent_1 > -100")' in written
    assert max(map(len, written.splitlines())) <= 120
    compile(written, "again.py", "exec")


def test_another_source_is_refused_before_any_work(rich: Session, tmp_path: Path) -> None:
    script, _ = drain(write_script(rich, tmp_path / "again.py"))
    other = tmp_path / "other.csv"
    assert rich.catalog.provenance.path is not None
    content = Path(rich.catalog.provenance.path).read_bytes()
    other.write_bytes(content.replace(b"STAR", b"QSO_", 1))
    lines = script.read_text(encoding="utf-8").splitlines()
    lines = [f"SOURCE = Path({str(other)!r})" if line.startswith("SOURCE =") else line for line in lines]
    script.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(SystemExit, match="is not the file of the session"):
        runpy.run_path(str(script))
    assert not (tmp_path / "again_repeated.stellar").exists()


def test_simulated_stars_and_several_runs_are_made_again(tmp_path: Path) -> None:
    catalog, cuts = simulate(300, seed=9), QualityCuts()
    first, second = (drain(fit(catalog, cuts, TrainingConfig(seed=seed, epochs=1))) for seed in (0, 1))
    runs = (replace(first.runs[0], name='the "first"'), replace(second.runs[0], name="kept"))
    session = replace(first, runs=runs)
    files = drain(write_script(session, tmp_path / "again.py"))
    assert files == (tmp_path / "again.py",)
    assert "simulate(stars=300, seed=9)" in files[0].read_text(encoding="utf-8")
    runpy.run_path(str(files[0]))
    repeated = drain(load_session(tmp_path / "again_repeated.stellar"))
    assert_same(repeated, session)
    assert [run.name for run in repeated.runs] == ['the "first"', "kept"]
    assert [run.model.id for run in repeated.runs] == [run.model.id for run in session.runs]


def test_a_dust_map_is_asked_for_again(tmp_path: Path) -> None:
    columns = {"PIXEL": np.arange(12), "EBV": np.linspace(0.05, 0.4, 12, dtype=np.float32)}
    dust = write_healpix(tmp_path / "dust.fits", columns, 1, INDXSCHM="EXPLICIT", COORDSYS="C")
    catalog = drain(with_reddening(simulate(300, seed=9), dust))
    session = drain(fit(catalog, QualityCuts(), TrainingConfig(seed=2, epochs=1, deredden=True)))
    script, *_ = drain(write_script(session, tmp_path / "again.py"))
    written = script.read_text(encoding="utf-8")
    assert "# put the path of the dust map here" in written
    script.write_text(written.replace('Path("dust.fits")', f"Path({str(dust)!r})"), encoding="utf-8")
    runpy.run_path(str(script))
    repeated = drain(load_session(tmp_path / "again_repeated.stellar"))
    assert_same(repeated, session)
    assert repeated.catalog.columns == session.catalog.columns


def test_what_was_done_by_hand_or_has_another_ground_is_carried(rich: Session, tmp_path: Path) -> None:
    clusters, scores, ratings = rich.findings
    edited = assigned(clusters, np.arange(len(rich.catalog)) % 5 == 0, 1)
    stale = replace(scores, recipe={**scores.recipe, "model": "0123456789ab"})
    session = replace(rich, findings=(edited, stale, ratings))
    script, _ = drain(write_script(session, tmp_path / "again.py"))
    written = script.read_text(encoding="utf-8")
    assert "# “Cluster” is carried: it was corrected by hand" in written
    assert "# “Anomaly score” is carried: it was made with another model" in written
    assert "# “biggest” is carried as a list of stars: its recipe makes other stars" in written
    assert "cluster_stars(" not in written


def test_a_session_without_a_model_opens_and_checks(tmp_path: Path) -> None:
    session = Session(simulate(60, seed=1), QualityCuts(zero_flux=False), selection=np.arange(60) < 3)
    script, *_ = drain(write_script(session, tmp_path / "again.py"))
    runpy.run_path(str(script))
    repeated = drain(load_session(tmp_path / "again_repeated.stellar"))
    assert repeated.cuts == session.cuts and repeated.model is None
    np.testing.assert_array_equal(repeated.selection, session.selection)


@given(any_region())
def test_values_written_as_source_make_equal_values(region: Region) -> None:
    source = Source({})
    written = source.of([region, {"a": (1, None, -0.0)}, "it's “\\n” \" \n", TrainingConfig(seed=2)])
    names = {**vars(regions), "TrainingConfig": TrainingConfig, "math": __import__("math")}
    made = eval(written, names)  # noqa: S307
    assert made == [region, {"a": (1, None, -0.0)}, "it's “\\n” \" \n", TrainingConfig(seed=2)]


def test_a_comment_stays_one_line_whatever_it_holds() -> None:
    assert comment("a\nimport os\r\x0c\u2028b\x00") == ["# a import os b"]
