"""The command `anomalies`: the stars of a session, the oddest first."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stellar_gui.analysis.anomalies import DEFAULT, METHODS
from stellar_gui.catalog.reading import load_table
from stellar_gui.progress import drain
from stellar_gui.session.anomalies import score_stars
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_session, save_session
from tests.cli.conftest import Run


def test_the_stars_are_sorted_by_their_score(run: Run, session: Path, tmp_path: Path) -> None:
    out = tmp_path / "odd.parquet"
    told = run("anomalies", session, out, "--method", "error", "--json")
    assert told.status == 0 and told.err == ""
    opened = drain(load_session(session))
    assert told.json["method"] == "error"
    assert told.json["stars"] == np.count_nonzero(opened.quality.kept)
    assert told.json["stars"] + told.json["left_out"] == len(opened.catalog)
    found = drain(load_table(out)).frame
    assert len(found) == told.json["stars"]
    assert found["anomaly_score"].is_monotonic_decreasing
    np.testing.assert_allclose(found["anomaly_score"], found["rec_error"], rtol=1e-5)
    assert set(found["objid"]) == set(opened.catalog.table["objid"][opened.quality.kept])


def test_rows_that_take_no_part_are_left_out(run: Run, stars: Path, tmp_path: Path) -> None:
    table = pd.read_csv(stars)
    table.loc[:9, "u"] = -9999
    table.to_csv(tmp_path / "stars.csv", index=False)
    path = tmp_path / "run.stellar"
    assert run("train", tmp_path / "stars.csv", "-o", path, "--epochs", "1").status == 0
    told = run("anomalies", path, tmp_path / "odd.csv", "--method", "error_r", "--json").json
    found = pd.read_csv(tmp_path / "odd.csv", comment="#")
    assert told["left_out"] >= 10 and len(found) == told["stars"] == 1200 - told["left_out"]
    assert not set(found["objid"]) & set(table["objid"][:10])


def test_the_default_is_told_with_what_it_finds(run: Run, session: Path, tmp_path: Path) -> None:
    told = run("anomalies", session, tmp_path / "odd.csv")
    assert told.status == 0
    assert METHODS[DEFAULT].finds in told.out
    assert f"method {DEFAULT}" in (tmp_path / "odd.csv").read_text().split("objid")[0]


def test_help_lists_the_methods(run: Run) -> None:
    told = run("anomalies", "--help").out
    assert all(f"{name} " in told and method.title in told for name, method in METHODS.items())


def test_what_cannot_be_ranked_is_told(run: Run, session: Path, tmp_path: Path) -> None:
    out = tmp_path / "odd.csv"
    unknown = run("anomalies", session, out, "--method", "luck")
    assert unknown.status == 2 and "luck" in unknown.sentence
    scaled = run("anomalies", session, out, "--method", "error_scaled")
    assert scaled.status == 2 and "photometric errors" in scaled.sentence
    opened = drain(load_session(session))
    drain(save_session(Session(opened.catalog), tmp_path / "untrained.stellar"))
    untrained = run("anomalies", tmp_path / "untrained.stellar", out)
    assert untrained.status == 2 and "no trained model" in untrained.sentence
    assert not out.exists()


def test_a_score_that_the_session_had_is_replaced(run: Run, session: Path, tmp_path: Path) -> None:
    opened = drain(load_session(session))
    assert opened.embedding is not None and opened.model is not None
    old = drain(score_stars(opened.catalog, opened.embedding, opened.model.id, METHODS["sparse_latent"]))
    drain(save_session(replace(opened, findings=(old,)), tmp_path / "scored.stellar"))
    out = tmp_path / "odd.parquet"
    assert run("anomalies", tmp_path / "scored.stellar", out, "--method", "error").status == 0
    found = drain(load_table(out)).frame
    assert found["anomaly_score"].iloc[0] == pytest.approx(found["rec_error"].max(), rel=1e-5)
