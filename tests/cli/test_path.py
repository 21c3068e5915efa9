"""The command `path`: the latent plane decoded along a path."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stellar_gui.progress import drain
from stellar_gui.session.probing import Probe
from stellar_gui.session.storage.archive import load_session
from tests.cli.conftest import Run


@pytest.fixture
def corners(tmp_path: Path) -> Path:
    path = tmp_path / "corners.csv"
    path.write_text("latent_1,latent_2\n-1,0\n0,0.5\n1.5,0.5\n", encoding="utf-8")
    return path


def test_the_path_is_decoded_at_even_steps(run: Run, session: Path, corners: Path, tmp_path: Path) -> None:
    out = tmp_path / "along.csv"
    told = run("path", session, corners, "-o", out, "--steps", "25", "--json")
    assert told.status == 0 and told.err == ""
    found = pd.read_csv(out, comment="#")
    assert told.json["points"] == len(found) == 25
    assert told.json["extrapolated"] == found["extrapolated"].sum()
    assert found["path_length"].iloc[-1] == pytest.approx(np.hypot(1, 0.5) + 1.5) == told.json["length"]
    opened = drain(load_session(session))
    expected = Probe.of(opened.model, opened.embedding).at(found[["latent_1", "latent_2"]].to_numpy())
    np.testing.assert_allclose(found[list("ugriz")], expected.magnitudes, atol=1e-4)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("latent_1,latent_2\n1,1\n", "corners.csv: A path needs two different corners"),
        ("latent_1,latent_2\n1,1\n,2\n", "not a number"),
        ("latent_1,y\n1,1\n2,2\n", "no column “latent_2” among latent_1, y"),
    ],
)
def test_corners_that_make_no_path_are_refused(
    run: Run, session: Path, tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "corners.csv").write_text(text, encoding="utf-8")
    told = run("path", session, tmp_path / "corners.csv", "-o", tmp_path / "out.csv")
    assert told.status == 2 and sentence in told.sentence
    assert not (tmp_path / "out.csv").exists()
