"""Denoising and compressing from the command line."""

from pathlib import Path

import numpy as np
import pandas as pd

from tests.cli.conftest import Run


def test_denoise_replaces_magnitudes(run: Run, session: Path, tmp_path: Path) -> None:
    told = run("denoise", session, tmp_path / "out.csv", "--originals", "--json")
    assert told.status == 0 and set(told.json) == {"replaced", "unbelievable", "rejected"}
    table = pd.read_csv(tmp_path / "out.csv", comment="#")
    assert table["denoise_flag"].isna().sum() == told.json["replaced"] > 0
    assert (table["u"] != table["u_original"]).sum() == told.json["replaced"]
    told = run("denoise", session, tmp_path / "out.csv")
    assert told.status == 0 and "stars denoised in" in told.out
    assert run("denoise", session, tmp_path / "out.xyz").status == 2


def test_compress_info_and_decompress_agree(run: Run, stars: Path, session: Path, tmp_path: Path) -> None:
    packed, out = tmp_path / "stars.stellarz", tmp_path / "out.csv"
    made = run("compress", session, packed, "--keep-beyond", "2", "--json")
    assert made.status == 0 and made.json["latent"] == 2 and made.json["keep_beyond"] == 2.0
    told = run("info", packed, "--json").json
    assert told["compression"] == made.json and told["rows"] == made.json["rows"] == 1200
    for words in ("latent numbers", "loss, mag", "99.9 %"):
        assert words in run("info", packed).out and words in run("compress", session, packed).out
    assert run("compress", session, packed, "--keep-beyond", "2").status == 0
    decoded = run("decompress", packed, out)
    assert decoded.status == 0 and "are decoded from 2 latent numbers each" in decoded.out
    before, after = pd.read_csv(stars), pd.read_csv(out, comment="#")
    off = (after[list("ugriz")] - before[list("ugriz")]).to_numpy()
    rms = np.sqrt(np.mean(off[(off != 0).any(axis=1)] ** 2, axis=0))
    np.testing.assert_allclose(rms, [loss["rms"] for loss in made.json["loss"].values()], rtol=1e-3)
    assert "# compressed_from: " in out.read_text()


def test_wrong_names_and_files_are_told(run: Run, stars: Path, session: Path, tmp_path: Path) -> None:
    told = run("compress", session, tmp_path / "out.zip")
    assert told.status == 2 and "does not end in .stellarz" in told.sentence
    assert run("compress", session, tmp_path / "out.stellarz", "--latent", "7").status == 2
    (tmp_path / "bad.stellarz").write_bytes(stars.read_bytes())
    for command in (
        ("decompress", tmp_path / "bad.stellarz", tmp_path / "out.csv"),
        ("info", tmp_path / "bad.stellarz"),
    ):
        told = run(*command)
        assert told.status == 2 and told.sentence.startswith("bad.stellarz: not a compressed catalogue")
