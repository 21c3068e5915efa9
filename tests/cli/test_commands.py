"""The commands, each with a good table, in this process."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits
from astropy.table import Table

from stellar_gui import __version__
from stellar_gui.autoencoder.config import Command
from stellar_gui.autoencoder.device import devices
from stellar_gui.autoencoder.presets import PRESETS
from stellar_gui.catalog.reading import load_table, read_catalog
from stellar_gui.cli import COMMANDS, main
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_session, save_session
from tests.cli.conftest import Run

ADDED = ["latent_1", "latent_2", *(f"{band}_{kind}" for kind in ("rec", "res") for band in "ugriz"), "rec_error"]


def test_help_lists_the_commands_and_each_explains_itself_with_an_example(run: Run) -> None:
    listed = run("--help")
    assert listed.status == 0
    for command in COMMANDS:
        assert f"\n  {command} " in listed.out
        told = run(command, "--help")
        assert told.status == 0 and told.err == ""
        assert f"\nexample:\n  stellar-gui {command} " in told.out


def test_version(run: Run) -> None:
    assert run("--version").out == f"stellar-gui {__version__}\n"


@pytest.mark.parametrize(
    "name", ["sample.csv", "sample.csv.gz", "sample.parquet", "sample.fits", "sample.vot", "sample.xml", "sample.ecsv"]
)
def test_simulate_writes_the_same_sample_for_the_same_seed(run: Run, tmp_path: Path, name: str) -> None:
    path, again = tmp_path / name, tmp_path / f"again_{name}"
    assert run("simulate", path, "--stars", "300", "--seed", "5").status == 0
    assert run("simulate", again, "--stars", "300", "--seed", "5").status == 0
    assert path.read_bytes() == again.read_bytes()
    catalog = read_catalog(path)
    assert len(catalog) == 300
    assert "kind" in catalog.table.columns
    if not name.startswith("sample.csv"):
        assert catalog.units["u"] == "mag"
    else:
        pd.testing.assert_frame_equal(pd.read_csv(path), catalog.table)


def test_info_tells_rows_columns_bands_and_quality(run: Run, stars: Path) -> None:
    told = run("info", stars, "--json")
    assert told.status == 0 and told.err == ""
    assert set(told.json) == {"rows", "columns", "bands", "quality"}
    assert told.json["rows"] == 1200 == sum(told.json["quality"].values())
    assert told.json["columns"]["identifier"] == "objid"
    assert set(told.json["bands"]) == set("ugriz")
    assert told.json["bands"]["r"]["min"] < told.json["bands"]["r"]["median"] < told.json["bands"]["r"]["max"]
    lines = run("info", stars).out
    assert "1,200 rows" in lines and "zero flux" in lines


def test_info_of_a_session_tells_the_same(run: Run, stars: Path, session: Path) -> None:
    expected = run("info", stars, "--json").json
    told = run("info", session, "--json").json
    for key in ("rows", "columns", "quality"):
        assert told[key] == expected[key]


def test_info_takes_columns_and_quality_switches(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "stars.csv"
    magnitudes = {f"{kind}_{band}": [18.0, 24.63, 19.0] for kind in ("psfMag", "modelMag") for band in "ugriz"}
    pd.DataFrame({**magnitudes, "class": ["STAR", "STAR", "QSO"]}).to_csv(path, index=False)
    assert run("info", path, "--json").json["quality"]["good"] == 1
    assert run("info", path, "--no-zero-flux", "--json").json["quality"]["good"] == 2
    assert run("info", path, "--classes", "all", "--json").json["quality"]["good"] == 2
    assert run("info", path, "--classes", "STAR,QSO", "--json").json["quality"]["good"] == 2
    assert run("info", path, "--no-zero-flux", "--magnitude-range", "18.5", "30", "--json").json["quality"] | {
        "out_of_range": 1
    } == {
        **dict.fromkeys(("not_finite", "sentinel", "zero_flux", "duplicate"), 0),
        "good": 1,
        "out_of_range": 1,
        "other_class": 1,
    }
    assert run("info", path, "--column", "u=psfMag_u", "--json").json["columns"]["u"] == "psfMag_u"
    assert "class" not in run("info", path, "--column", "class=", "--json").json["columns"]


def test_train_prints_one_json_object_and_saves_a_session(run: Run, stars: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.stellar"
    options = (
        "--epochs",
        "2",
        "--seed",
        "3",
        "--batch-size",
        "128",
        "--hidden",
        "8",
        "--depth",
        "2",
        "--learning-rate",
        "0.01",
    )
    told = run("train", stars, "-o", path, *options, "--no-zero-flux", "--json")
    assert told.status == 0
    keys = ["stars", "epochs", "seconds", *(f"{part}_mse" for part in ("train", "validation", "test"))]
    assert list(told.json)[: len(keys) + 2] == [*keys, "rms_per_band", "bias_per_band"]
    assert told.json["stars"] == 1200
    assert told.json["epochs"] == 2
    assert set(told.json["rms_per_band"]) == set("ugriz") == set(told.json["bias_per_band"])
    squares = np.square(list(told.json["rms_per_band"].values()))
    assert told.json["test_mse"] == pytest.approx(squares.mean(), rel=1e-6)
    assert told.json["split"] == {"train": 706, "validation": 23, "test": 471}
    assert told.json["noise_per_band"] == dict.fromkeys("ugriz")
    assert told.json["warnings"] and all(told.json["median_per_band"].values())
    bins = told.json["residual_by_magnitude"]["u"]
    assert len(bins) == 12 and set(bins[0]) == {"magnitude", "low", "median", "high", "stars"}
    saved = drain(load_session(path))
    assert saved.model.config.seed == 3 and saved.model.config.network.hidden == 8
    assert saved.cuts.zero_flux is False
    assert saved.catalog.provenance.path == str(stars)


def test_a_preset_is_trained_and_its_single_settings_can_be_changed(run: Run, stars: Path, tmp_path: Path) -> None:
    path, structure = tmp_path / "run.stellar", PRESETS["structure"].config
    options = ("--preset", "structure", "--epochs", "2", "--loss", "quadratic", "--patience", "9")
    told = run("train", stars, "-o", path, *options, "--json")
    assert told.status == 0 and {"pca_mse", "class_accuracy"} <= told.json.keys()
    expected = replace(structure, epochs=2, loss="quadratic", patience=9)
    assert drain(load_session(path)).model.config == expected
    assert run("train", stars, "-o", path, "--preset", "structure", "--time-budget", "0.2").status == 0
    assert drain(load_session(path)).model.config == replace(structure, epochs=None, time_budget=0.2)


@pytest.mark.skipif("cuda" in devices(), reason="there is a CUDA device")
def test_an_interrupted_training_is_brought_to_its_end(run: Run, session: Path, tmp_path: Path) -> None:
    opened = drain(load_session(session))
    work = fit(opened.catalog, opened.cuts, opened.model.config)
    next(work)
    paused = replace(opened, model=None, embedding=None, checkpoint=work.send(Command.CHECKPOINT))
    work.close()
    few = {"few": np.arange(len(opened.catalog)) < 5}
    drain(save_session(replace(paused, subsets=few), tmp_path / "paused.stellar"))
    told = run("train", "--resume", tmp_path / "paused.stellar", "-o", tmp_path / "run.stellar")
    assert told.status == 0, told.err
    found = drain(load_session(tmp_path / "run.stellar"))
    assert found.model.id == opened.model.id and list(found.subsets) == ["few"] and found.checkpoint is None
    elsewhere = replace(paused.checkpoint, config=replace(opened.model.config, device="cuda"))
    drain(save_session(replace(paused, checkpoint=elsewhere), tmp_path / "elsewhere.stellar"))
    told = run("train", "--resume", tmp_path / "elsewhere.stellar", "-o", tmp_path / "run.stellar")
    assert "warning: The training began on the CUDA graphics processor, which is not here" in told.err
    assert drain(load_session(tmp_path / "run.stellar")).model.id == opened.model.id
    told = run("train", "--resume", session, "-o", tmp_path / "run.stellar")
    assert told.status == 2 and "no interrupted training in it" in told.sentence
    told = run("train", "--resume", session, "-o", tmp_path / "run.stellar", "--batch-size", "9")
    assert told.status == 2 and told.sentence.endswith("leave out --batch-size.")


def test_decoding_colours_without_a_brightness_warns(run: Run, stars: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.stellar"
    assert run("train", stars, "-o", path, "--preset", "structure", "--epochs", "2").status == 0
    assert run("encode", path, stars, "-o", tmp_path / "encoded.csv").status == 0
    told = run("decode", path, tmp_path / "encoded.csv", "-o", tmp_path / "out.csv")
    assert told.status == 0 and "warning" not in told.err
    pd.DataFrame({"latent_1": [0.0], "latent_2": [0.5]}).to_csv(tmp_path / "latents.csv", index=False)
    told = run("decode", path, tmp_path / "latents.csv", "-o", tmp_path / "out.csv")
    assert told.status == 0 and "no column mean_magnitude" in told.err


def test_settings_that_the_table_cannot_meet_are_told(run: Run, stars: Path, tmp_path: Path) -> None:
    for option, words in (("--deredden", "no column of E(B-V)"), ("--denoise", "photometric errors")):
        told = run("train", stars, "-o", tmp_path / "run.stellar", "--column", "ebv=", option)
        assert told.status in (1, 2) and words in told.sentence


@pytest.mark.skipif("cuda" in devices(), reason="there is a CUDA device")
def test_a_device_that_is_not_here_is_told_in_a_sentence(run: Run, stars: Path, tmp_path: Path) -> None:
    told = run("train", stars, "-o", tmp_path / "run.stellar", "--device", "cuda")
    assert told.status == 2 and told.sentence.endswith(
        "no CUDA graphics processor (cuda); train on the processor (cpu)."
    )
    assert not (tmp_path / "run.stellar").exists()


def test_train_tells_people_the_error_of_each_band(run: Run, stars: Path, tmp_path: Path) -> None:
    told = run("train", stars, "-o", tmp_path / "run.stellar", "--time-budget", "0.2")
    assert told.status == 0
    assert "test" in told.out and "\n  u " in told.out and "PCA's rms" in told.out
    assert "\nwarning: " in told.out and "warning" not in told.err


@pytest.mark.parametrize("command", ["simulate out.csv", "train a.csv -o b.stellar", "clusters a.stellar -o b.csv"])
def test_a_seed_that_no_generator_takes_is_refused(run: Run, command: str) -> None:
    refused = run(*command.split(), "--seed", "99999999999999999999")
    assert refused.status == 2 and "below 4294967296" in refused.err


def test_the_same_seed_trains_the_same_model(run: Run, stars: Path, session: Path, tmp_path: Path) -> None:
    run("train", stars, "-o", tmp_path / "run.stellar", "--epochs", "2", "--seed", "1")
    assert drain(load_session(tmp_path / "run.stellar")).model.id == drain(load_session(session)).model.id


def test_more_latent_dimensions_make_more_columns(run: Run, stars: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.stellar"
    assert run("train", stars, "-o", path, "--epochs", "1", "--latent", "3").status == 0
    assert run("export", path, tmp_path / "out.csv").status == 0
    assert "latent_3" in read_catalog(tmp_path / "out.csv").table.columns


def test_encode_keeps_every_row_and_decode_leads_back(run: Run, stars: Path, session: Path, tmp_path: Path) -> None:
    assert run("encode", session, stars, "-o", tmp_path / "encoded.parquet").status == 0
    encoded = drain(load_table(tmp_path / "encoded.parquet")).frame
    assert list(encoded.columns) == [*pd.read_csv(stars).columns, *ADDED, "quality"]
    assert len(encoded) == 1200
    failing = encoded["quality"].notna()
    assert 0 < failing.sum() < 100
    assert encoded.loc[failing, ADDED].isna().all(axis=None)
    assert encoded.loc[~failing, ADDED].notna().all(axis=None)
    assert run("decode", session, tmp_path / "encoded.parquet", "-o", tmp_path / "decoded.csv").status == 0
    decoded = drain(load_table(tmp_path / "decoded.csv")).frame
    np.testing.assert_allclose(decoded["u"], encoded["u_rec"], atol=1e-5)


def test_encoding_and_the_session_agree(run: Run, stars: Path, session: Path, tmp_path: Path) -> None:
    run("encode", session, stars, "-o", tmp_path / "encoded.csv")
    run("export", session, tmp_path / "exported.csv")
    encoded, exported = (drain(load_table(tmp_path / f"{name}.csv")).frame for name in ("encoded", "exported"))
    pd.testing.assert_frame_equal(encoded[exported.columns], exported, atol=1e-5, check_dtype=False)


def test_export_writes_all_stars_a_subset_or_the_selection(run: Run, session: Path, tmp_path: Path) -> None:
    saved = drain(load_session(session))
    halo, chosen = np.zeros(1200, bool), np.zeros(1200, bool)
    halo[[3, 5, 8]] = chosen[7] = True
    path = tmp_path / "run.stellar"
    drain(save_session(Session(saved.catalog, saved.cuts, saved.model, saved.embedding, {"halo": halo}, chosen), path))
    assert run("export", path, tmp_path / "all.csv").status == 0
    assert run("export", path, tmp_path / "halo.csv", "--subset", "halo").status == 0
    assert run("export", path, tmp_path / "one.csv", "--subset", "selection").status == 0
    assert len(read_catalog(tmp_path / "all.csv")) == 1200
    assert (
        read_catalog(tmp_path / "halo.csv").table["objid"].tolist() == saved.catalog.table["objid"][[3, 5, 8]].tolist()
    )
    assert len(read_catalog(tmp_path / "one.csv")) == 1
    failed = run("export", path, tmp_path / "none.csv", "--subset", "disc")
    assert failed.status == 2 and "halo" in failed.sentence
    assert not (tmp_path / "none.csv").exists()


def test_real_stars_go_all_the_way(run: Run, real_stars: Path, tmp_path: Path) -> None:
    for name in ("sdss_stars_modelmag.csv", "sdss_dr14_spectro.csv", "skyserver_rect_308.csv"):
        told = run("info", real_stars / name, "--json")
        assert told.status == 0 and told.json["quality"]["good"] > 300
    path = tmp_path / "run.stellar"
    told = run("train", real_stars / "sdss_stars_modelmag.csv", "-o", path, "--epochs", "1", "--json")
    assert told.json["stars"] > 9_000
    assert run("encode", path, real_stars / "sdss_dr14_spectro.csv", "-o", tmp_path / "out.parquet").status == 0
    found = drain(load_table(tmp_path / "out.parquet")).frame
    assert len(found) == 10_000
    assert (found["quality"] == "other class").sum() > 5_000


def test_a_command_goes_before_a_file_of_that_name(
    run: Run, stars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "info").write_bytes(stars.read_bytes())
    assert run("info", "info", "--json").json["rows"] == 1200
    assert run("info").status == 2


def test_json_is_ascii_on_one_line(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "stars.csv"
    pd.DataFrame({**{band: [18.0, 19.0] for band in "ugriz"}, "näme": ["a", "b"]}).to_csv(path, index=False)
    assert main(["info", str(path), "--json"]) == 0
    out = capfd.readouterr().out
    assert out.isascii() and out.count("\n") == 1
    json.loads(out)


def test_info_lists_a_sessions_runs(run: Run, session: Path, tmp_path: Path) -> None:
    (only,) = run("info", session, "--json").json["runs"]
    assert only["name"] == "reconstruct, seed 1" and only["current"] is True
    assert only["training"]["seed"] == 1 and only["test_mse"] > 0
    assert "runs" not in run("info", session).out.splitlines()
    opened = drain(load_session(session))
    other = replace(opened.run, model=replace(opened.model), name="another")
    drain(save_session(replace(opened, runs=(*opened.runs, other)), tmp_path / "two.stellar"))
    told = run("info", tmp_path / "two.stellar", "--json").json["runs"]
    assert [(one["name"], one["current"]) for one in told] == [("reconstruct, seed 1", True), ("another", False)]
    lines = run("info", tmp_path / "two.stellar").out.splitlines()
    assert lines[lines.index("runs") + 1].startswith("  * reconstruct, seed 1 ")
    assert lines[lines.index("runs") + 2].startswith("    another ")


def test_trust_compares_the_latent_plane_with_principal_components(run: Run, session: Path) -> None:
    told = run("trust", session, "--json")
    assert told.status == 0
    planes = {name: values for name, values in told.json.items() if name != "stars"}
    assert {"latent", "pca"} <= set(planes) <= {"latent", "pca", "umap"}
    assert 1100 < told.json["stars"] <= 1200
    for kept in planes.values():
        assert set(kept) == {"trustworthiness", "continuity"}
        for values in kept.values():
            assert set(values) == {"10", "30", "100"}
            assert all(0.5 < value <= 1 for value in values.values())
    rows = [line for line in run("trust", session).out.splitlines() if "k = " in line]
    assert [row.split()[0] for row in rows] == 3 * ["trustworthiness,"] + 3 * ["continuity,"]
    assert f"{planes['latent']['trustworthiness']['10']:.4f}" in rows[0]


def test_trust_needs_a_model_and_enough_stars(run: Run, stars: Path, session: Path, tmp_path: Path) -> None:
    opened = drain(load_session(session))
    bare, few = tmp_path / "bare.stellar", tmp_path / "few.stellar"
    drain(save_session(Session(opened.catalog, opened.cuts), bare))
    assert "no trained model" in run("trust", bare).sentence
    narrow = replace(opened.cuts, magnitude_range=(0.0, float(np.sort(opened.catalog.magnitudes.max(axis=1))[15])))
    drain(save_session(replace(opened, cuts=narrow, embedding=None), few))
    assert "21 are needed" in run("trust", few).sentence


def test_hdu_names_the_table_of_a_fits_file(run: Run, stars: Path, tmp_path: Path) -> None:
    path = tmp_path / "two.fits"
    mine = Table.from_pandas(pd.read_csv(stars))
    units = [fits.BinTableHDU(Table({"a": [1]}), name="OTHER"), fits.BinTableHDU(mine, name="MINE")]
    fits.HDUList([fits.PrimaryHDU(), *units]).writeto(path)
    assert run("info", path, "--hdu", "MINE", "--json").json["rows"] == 1200
    assert run("info", path, "--hdu", "2", "--json").json["rows"] == 1200
    told = run("info", path, "--hdu", "none")
    assert told.status == 2
    assert told.sentence == "two.fits: no table “none” in it; it has 1 (OTHER), 2 (MINE)."
    assert run("info", stars, "--hdu", "MINE").status == 2


def test_a_session_is_exported_in_each_format(run: Run, session: Path, tmp_path: Path) -> None:
    for name in ("out.fits", "out.vot", "out.ecsv"):
        assert run("export", session, tmp_path / name).status == 0
        assert run("info", tmp_path / name, "--json").json["rows"] == 1200
