"""A session on a part of a survey: it is saved, exported, reported and repeated as that part."""

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.catalog.survey.cone import Cone
from stellar_gui.catalog.survey.sampling import STARS, Sample
from stellar_gui.catalog.survey.taking import Taking
from stellar_gui.progress import drain
from stellar_gui.session.export import export_rows
from stellar_gui.session.opening import load_stars, open_path
from stellar_gui.session.pipeline import fit
from stellar_gui.session.report import sections
from stellar_gui.session.script.document import write_script
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_model, load_session, save_session
from stellar_gui.session.survey.encoding import encode_folder
from tests.catalog.hats_folder import write_hats

ROWS = 1500
WORDS = "random sample of 500 of 1,500 rows, seed 3"


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("surveys") / "sky"
    write_hats(simulate(ROWS, seed=4).table, folder, 1)
    return folder


@pytest.fixture(scope="module")
def part(survey: Path) -> Session:
    """A model trained on a sample of 500 stars."""
    catalog = drain(load_stars(survey, taking=Sample(500, 3)))
    return drain(fit(catalog, QualityCuts(), TrainingConfig(seed=1, epochs=2)))


def test_a_folder_opens_as_the_default_sample(survey: Path) -> None:
    session = drain(open_path(survey))
    assert session.catalog.provenance.part == f"random sample of 1,500 of 1,500 rows, seed {Sample().seed}"
    assert Sample().rows == STARS


def test_a_saved_session_knows_its_part(part: Session, tmp_path: Path) -> None:
    drain(save_session(part, tmp_path / "run.stellar"))
    found = drain(load_session(tmp_path / "run.stellar"))
    assert found.catalog.provenance == part.catalog.provenance
    assert found.catalog.provenance.part == WORDS


def test_an_older_session_is_of_no_part() -> None:
    samples = Path(__file__).parent / "samples"
    for path in samples.glob("*.stellar"):
        assert drain(load_session(path)).catalog.provenance.part is None


@pytest.mark.parametrize("ending", [".parquet", ".fits"])
def test_exports_tell_the_part_and_opening_them_keeps_it(part: Session, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"stars{ending}"
    drain(export_rows(part, np.arange(20), path, "selection"))
    assert drain(open_path(path)).catalog.metadata["source_part"] == WORDS
    if ending == ".parquet":
        assert pq.read_schema(path).metadata[b"stellar_gui.source_part"].decode() == WORDS


def test_the_report_tells_the_part(part: Session) -> None:
    for section in (sections.data(part), sections.provenance(part)):
        assert WORDS in str(section)


@pytest.mark.parametrize("taking", [Sample(500, 3), Cone(180.0, 20.0, 60.0)])
def test_the_script_takes_the_same_part_again(survey: Path, tmp_path: Path, taking: Taking) -> None:
    session = Session(drain(load_stars(survey, taking=taking)))
    session = drain(fit(session.catalog, session.cuts, TrainingConfig(seed=1, epochs=1)))
    script = drain(write_script(session, tmp_path / "again.py"))[0]
    runpy.run_path(str(script), run_name="__main__")
    repeated = drain(load_session(tmp_path / "again_repeated.stellar"))
    pd.testing.assert_frame_equal(repeated.catalog.table, session.catalog.table)
    assert replace(repeated.catalog.provenance, opened=None) == replace(session.catalog.provenance, opened=None)
    assert repeated.embedding is not None and session.embedding is not None
    np.testing.assert_array_equal(repeated.embedding.latent, session.embedding.latent)


def test_the_script_refuses_a_survey_that_has_changed(part: Session, survey: Path, tmp_path: Path) -> None:
    other = tmp_path / "sky"
    write_hats(simulate(ROWS, seed=4).table.assign(u=20.0), other, 1)
    script = drain(write_script(part, tmp_path / "again.py"))[0]
    text = script.read_text(encoding="utf-8").replace(repr(str(survey.resolve()))[1:-1], str(other))
    script.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit, match="is not the file of the session"):
        runpy.run_path(str(script), run_name="__main__")


def test_an_encoded_survey_opens_as_well(part: Session, survey: Path, tmp_path: Path) -> None:
    drain(save_session(part, tmp_path / "run.stellar"))
    drain(encode_folder(drain(load_model(tmp_path / "run.stellar")), survey, tmp_path / "encoded"))
    for taking in (Sample(300), Cone(180.0, 20.0, 60.0)):
        plain = drain(load_stars(survey, taking=taking))
        found = drain(load_stars(tmp_path / "encoded", taking=taking))
        assert "latent_1" in found.table.columns and found.provenance.part == plain.provenance.part
        np.testing.assert_array_equal(found.magnitudes, plain.magnitudes)
