"""stellar-gui clusters: the stars with their clusters."""

from pathlib import Path

import numpy as np
import pytest

from stellar_gui.catalog.reading import read_catalog
from tests.cli.conftest import Run


@pytest.mark.parametrize("method", ["gmm", "hdbscan"])
def test_the_stars_are_written_with_their_clusters(run: Run, session: Path, tmp_path: Path, method: str) -> None:
    out = tmp_path / "clusters.parquet"
    told = run("clusters", session, out, "--method", method, "--space", "features", "--json")
    assert told.status == 0 and told.err == ""
    cluster = read_catalog(out).table["cluster"]
    assert len(cluster) == 1200
    assert told.json["method"] == method and told.json["space"] == "features"
    part = cluster.dropna().to_numpy(int)
    assert told.json["stars"] == len(part)
    assert told.json["sizes"] == np.bincount(part[part >= 0]).tolist()
    assert told.json["noise"] == pytest.approx(np.mean(part == -1))
    assert told.json["sizes"] == sorted(told.json["sizes"], reverse=True)


def test_people_read_a_table_of_clusters(run: Run, session: Path, tmp_path: Path) -> None:
    out = tmp_path / "clusters.csv"
    told = run("clusters", session, out, "--components", "3", "--overlap", "100")
    assert told.status == 0
    assert "in 3 clusters" in told.out and "\n  cluster 2 " in told.out and str(out) in told.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--smallest", "2"], "--smallest is of the other method"),
        (["--method", "hdbscan", "--components", "2"], "--components is of the other method"),
        (["--method", "hdbscan", "--smallest", "60"], "at most 50 percent"),
        (["--components", "0"], "from 1"),
        (["--components", "1000"], "from 1 to 100"),
    ],
)
def test_wrong_options_are_told(run: Run, session: Path, tmp_path: Path, options: list[str], words: str) -> None:
    told = run("clusters", session, tmp_path / "out.csv", *options)
    assert told.status == 2 and words in told.sentence
    assert not (tmp_path / "out.csv").exists()


def test_a_session_without_a_map_is_refused(run: Run, stars: Path, tmp_path: Path) -> None:
    from stellar_gui.progress import drain
    from stellar_gui.session.session import Session
    from stellar_gui.session.storage.archive import save_session

    path = tmp_path / "bare.stellar"
    drain(save_session(Session(read_catalog(stars)), path))
    told = run("clusters", path, tmp_path / "out.csv")
    assert told.status == 2 and "bare.stellar" in told.sentence and "train first" in told.sentence
