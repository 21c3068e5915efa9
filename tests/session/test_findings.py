"""Findings are saved with the session and exported beside the stars' own columns."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stellar_gui.analysis.findings import Finding
from stellar_gui.progress import drain
from stellar_gui.session.export import export_table
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_session, save_session


@pytest.fixture
def session(trained: Session) -> Session:
    codes = (np.arange(len(trained.catalog)) % 3 - 1).astype(np.int16)
    scores = np.linspace(0, 1, len(trained.catalog), dtype=np.float32)
    scores[5] = np.nan
    recipe = {"method": "hdbscan", "parameters": {"least": 30, "naïve": [1.5, None]}}
    return replace(
        trained,
        findings=(
            Finding("cluster", "Cluster", codes, labels={0: "large", 1: "small", -1: "noise"}, recipe=recipe),
            Finding("u_rec", "Score", scores, unit="mag"),
        ),
    )


def test_findings_come_back_from_the_file(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "run.stellar"
    drain(save_session(session, path))
    opened = drain(load_session(path))
    assert len(opened.findings) == 2
    for before, after in zip(session.findings, opened.findings, strict=True):
        np.testing.assert_array_equal(after.values, before.values)
        assert (after.name, after.title, after.unit) == (before.name, before.title, before.unit)
        assert list(after.labels.items()) == list(before.labels.items())
        assert after.recipe == before.recipe


def test_findings_are_exported_as_columns(session: Session) -> None:
    rows = np.array([7, 5, 0])
    table = export_table(session, rows)
    pd.testing.assert_series_equal(table["cluster"], pd.Series([0, 1, -1], dtype="Int16", name="cluster"))


def test_a_finding_of_other_rows_is_refused(trained: Session) -> None:
    with pytest.raises(ValueError, match="other rows"):
        replace(trained, findings=(Finding("score", "Score", np.zeros(3, np.float32)),))
