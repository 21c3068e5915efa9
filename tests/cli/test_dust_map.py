from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stellar_gui.catalog.reading import load_table
from stellar_gui.progress import drain
from stellar_gui.session.storage.archive import load_session
from tests.catalog.dust_maps import write_healpix
from tests.cli.conftest import Run


@pytest.fixture
def north(tmp_path: Path) -> Path:
    """A map of the far north alone, in equatorial pixels, where E(B-V) is 0.1 or 0.3."""
    columns = {"PIXEL": np.arange(4), "EBV": np.array([0.1, 0.3] * 2, np.float32)}
    return write_healpix(tmp_path / "north.fits", columns, 1, INDXSCHM="EXPLICIT", COORDSYS="C")


def test_a_dust_map_is_trained_with_and_travels_with_the_session(
    run: Run, stars: Path, north: Path, tmp_path: Path
) -> None:
    path = tmp_path / "run.stellar"
    told = run("train", stars, "-o", path, "--dust-map", north, "--epochs", "1", "--json")
    assert told.status == 0 and "stars lie outside the dust map and are not corrected" in told.err
    session = drain(load_session(path))
    assert session.model.config.deredden and session.catalog.columns["ebv"] == "ebv_map"
    assert session.catalog.provenance.dust_map.startswith("north.fits (SHA-256 ")
    ebv = session.catalog.table["ebv_map"]
    assert set(ebv.dropna().round(4)) == {0.1, 0.3} and ebv.isna().any()

    assert run("export", path, tmp_path / "out.csv").status == 0
    assert "# dust_map: north.fits (SHA-256 " in (tmp_path / "out.csv").read_text()

    told = run("encode", path, stars, "-o", tmp_path / "encoded.parquet", "--dust-map", north)
    assert told.status == 0 and "outside the dust map" in told.err
    encoded = drain(load_table(tmp_path / "encoded.parquet"))
    np.testing.assert_allclose(encoded.frame["ebv_map"], ebv, rtol=1e-6)
    np.testing.assert_allclose(encoded.frame["u_res"], session.embedding.residual[:, 0], atol=1e-4)
    assert encoded.units["ebv_map"] == "mag" and encoded.metadata["dust_map"].startswith("north.fits")


def test_a_model_that_corrects_for_extinction_wants_to_know_it_and_another_does_not(
    run: Run, stars: Path, session: Path, north: Path, tmp_path: Path
) -> None:
    told = run("encode", session, stars, "-o", tmp_path / "out.csv", "--dust-map", north)
    assert told.status == 2 and told.sentence.endswith("leave out the dust map.")
    path = tmp_path / "run.stellar"
    assert run("train", stars, "-o", path, "--dust-map", north, "--epochs", "1").status == 0
    told = run("encode", path, stars, "-o", tmp_path / "out.csv")
    assert told.status == 2 and "give a dust map" in told.sentence
    pd.read_csv(stars)[list("ugriz")].to_csv(tmp_path / "nowhere.csv", index=False)
    for arguments in (("encode", path, tmp_path / "nowhere.csv"), ("train", tmp_path / "nowhere.csv")):
        told = run(*arguments, "-o", tmp_path / "out.stellar" if arguments[0] == "train" else tmp_path / "out.csv",
                   "--dust-map", north)  # fmt: skip
        assert told.status == 2 and told.sentence.startswith("nowhere.csv: no columns of right ascension")
    told = run("train", stars, "-o", path, "--dust-map", stars)
    assert told.status == 2 and told.sentence.startswith("stars.csv: no FITS file")
