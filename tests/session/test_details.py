"""What a model needs beside the magnitudes, from the catalogue through the session and its file to other tables."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.presets import PRESETS
from stellar_gui.catalog.bands import BANDS
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.catalog.quality import QualityCuts, Reason, check
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.simulation import simulate
from stellar_gui.errors import InputError, TrainingError
from stellar_gui.progress import drain
from stellar_gui.session.details import details_of
from stellar_gui.session.encoding import Decoded, decode_file, encode_file
from stellar_gui.session.export import export_table
from stellar_gui.session.pipeline import fit
from stellar_gui.session.storage.archive import load_model, load_session, save_session

QUICK = TrainingConfig(seed=1, epochs=2, batch_size=64, network=NetworkConfig(hidden=8, depth=2))
ZERO_FLUX = [band.zero_flux for band in BANDS]


def catalog(table: pd.DataFrame) -> Catalog:
    return Catalog(table, recognise(table).roles, Provenance("stars.csv"))


def sample(count: int = 300) -> pd.DataFrame:
    table = simulate(count, seed=6).table
    return table[["objid", *"ugriz"]].copy()


@pytest.mark.parametrize("name", PRESETS)
def test_a_session_of_each_preset_comes_back_and_encodes_and_decodes(name: str, tmp_path: Path) -> None:
    preset = PRESETS[name].config
    config = replace(preset, seed=3, epochs=4, network=NetworkConfig(hidden=8, depth=2))
    stars = catalog(sample())
    session = drain(fit(stars, QualityCuts(zero_flux=False), config))
    drain(save_session(session, tmp_path / "run.stellar"))
    found = drain(load_session(tmp_path / "run.stellar"))
    assert found.model.config == config and found.model.id == session.model.id
    for values in ("latent", "reconstruction", "residual", "error", "brightness"):
        np.testing.assert_array_equal(getattr(found.embedding, values), getattr(session.embedding, values))

    stars.table.to_csv(tmp_path / "stars.csv", index=False)
    stored = drain(load_model(tmp_path / "run.stellar"))
    drain(encode_file(stored, tmp_path / "stars.csv", tmp_path / "encoded.parquet"))
    encoded = drain(load_table(tmp_path / "encoded.parquet")).frame
    exported = export_table(session, np.arange(len(stars)))
    np.testing.assert_allclose(encoded["z_rec"], exported["z_rec"], rtol=1e-5)
    assert ("mean_magnitude" in encoded) == ("mean_magnitude" in exported) == (name == "structure")

    assert not drain(decode_file(stored, tmp_path / "encoded.parquet", tmp_path / "out.parquet")).typical_brightness
    decoded = drain(load_table(tmp_path / "out.parquet")).frame
    for band in "ugriz":
        np.testing.assert_allclose(decoded[band], encoded[f"{band}_rec"], atol=1e-4)


def test_colours_without_a_brightness_are_decoded_at_a_typical_one(tmp_path: Path) -> None:
    config = replace(PRESETS["structure"].config, epochs=3, network=NetworkConfig(hidden=8, depth=2))
    session = drain(fit(catalog(sample()), QualityCuts(zero_flux=False), config))
    drain(save_session(session, tmp_path / "run.stellar"))
    stored = drain(load_model(tmp_path / "run.stellar"))
    export_table(session, np.arange(300))[["latent_1", "latent_2"]].to_csv(tmp_path / "latents.csv", index=False)
    told = drain(decode_file(stored, tmp_path / "latents.csv", tmp_path / "out.parquet"))
    assert told == Decoded(300, typical_brightness=True)
    decoded = drain(load_table(tmp_path / "out.parquet")).frame[list("ugriz")].to_numpy()
    np.testing.assert_allclose(decoded.mean(axis=1), session.model.scaling.mean.mean(), rtol=1e-5)
    expected = np.diff(session.embedding.reconstruction, axis=1)
    np.testing.assert_allclose(np.diff(decoded, axis=1), expected, atol=1e-4)


def test_masked_bands_keep_their_stars_and_have_a_prediction(tmp_path: Path) -> None:
    table = sample()
    table.loc[5:40, "u"] = ZERO_FLUX[0]
    table.loc[30:60, "z"] = 23.5
    table.loc[70:79, list("ugri")] = ZERO_FLUX[:4]
    stars = catalog(table)
    session = drain(fit(stars, QualityCuts(mask_zero_flux=True), QUICK))
    assert session.quality.removed[Reason.ZERO_FLUX] == 10 and session.quality.kept[5:61].all()
    residual, reconstruction = session.embedding.residual, session.embedding.reconstruction
    assert np.isnan(residual[5:41, 0]).all() and np.isfinite(residual[5:30, 1:]).all()
    assert np.isnan(residual[30:61, 4]).all() and np.isfinite(reconstruction[5:61]).all()
    np.testing.assert_allclose(session.embedding.error[5:30], np.sqrt(np.mean(residual[5:30, 1:] ** 2, axis=1)), 1e-5)
    assert np.isfinite(session.embedding.error[session.quality.kept]).all()

    drain(save_session(session, tmp_path / "run.stellar"))
    found = drain(load_session(tmp_path / "run.stellar"))
    assert found.cuts == session.cuts
    np.testing.assert_array_equal(found.embedding.residual, residual)

    table.loc[5:40, "u"] = 27.0
    other = drain(fit(catalog(table), QualityCuts(mask_zero_flux=True), QUICK))
    assert other.model.id == session.model.id
    np.testing.assert_array_equal(other.embedding.latent, session.embedding.latent)
    np.testing.assert_array_equal(other.embedding.reconstruction, reconstruction)


@pytest.mark.parametrize("columns", ["ebv", "A_r", "extinction", "A_g"])
def test_extinction_from_every_kind_of_column_is_corrected_and_comes_back(columns: str, tmp_path: Path) -> None:
    table = sample(400)
    reddening = np.random.default_rng(2).uniform(0, 1, 400)
    coefficients = np.array([band.extinction for band in BANDS])
    plain = catalog(table.copy())
    table[list("ugriz")] += reddening[:, None] * coefficients
    if columns == "ebv":
        table["EBV"] = reddening
    elif columns == "extinction":
        table[[f"extinction_{band}" for band in "ugriz"]] = reddening[:, None] * coefficients
    else:
        table[columns] = reddening * coefficients["ugriz".index(columns[-1])]
    cuts = QualityCuts(zero_flux=False, magnitude_range=None)
    dusty = catalog(table)
    session = drain(fit(dusty, cuts, replace(QUICK, deredden=True)))
    expected = drain(fit(plain, cuts, QUICK))
    np.testing.assert_allclose(session.embedding.latent, expected.embedding.latent, atol=0.02)
    np.testing.assert_allclose(session.embedding.residual, expected.embedding.residual, atol=0.01)

    drain(save_session(session, tmp_path / "run.stellar"))
    table.to_csv(tmp_path / "stars.csv", index=False)
    drain(encode_file(drain(load_model(tmp_path / "run.stellar")), tmp_path / "stars.csv", tmp_path / "out.parquet"))
    encoded = drain(load_table(tmp_path / "out.parquet")).frame
    np.testing.assert_allclose(encoded["u_res"], session.embedding.residual[:, 0], atol=1e-4)


def test_extinction_that_is_not_there_or_corrected_already_is_told() -> None:
    config = replace(QUICK, deredden=True)
    with pytest.raises(InputError, match=r"no column of E\(B-V\)"):
        drain(fit(catalog(sample()), QualityCuts(), config))
    corrected = sample().rename(columns={band: f"dered_{band}" for band in "ugriz"}).assign(EBV=0.1)
    with pytest.raises(InputError, match="dered_u are corrected for extinction already"):
        drain(fit(catalog(corrected), QualityCuts(), config))


def test_unknown_extinction_counts_as_none_and_unknown_errors_as_unknown() -> None:
    table = sample(3).assign(EBV=[0.1, np.nan, -999.0], **{f"err_{band}": [0.1, -9999.0, np.nan] for band in "ugriz"})
    stars = catalog(table)
    details = details_of(stars, check(stars, QualityCuts()), replace(QUICK, deredden=True))
    assert details.errors is not None and details.extinction is not None
    np.testing.assert_array_equal(np.isfinite(details.errors[:, 0]), [True, False, False])
    np.testing.assert_allclose(details.extinction[:, 2], [0.2285, 0, 0], rtol=1e-5)
    assert details_of(stars, check(stars, QualityCuts()), QUICK).extinction is None


def test_a_weighted_loss_asks_for_errors() -> None:
    config = replace(QUICK, loss="weighted")
    with pytest.raises(TrainingError, match="photometric errors"):
        drain(fit(catalog(sample()), QualityCuts(), config))
    errors = {f"err_{band}": 0.05 for band in "ugriz"}
    assert drain(fit(catalog(sample().assign(**errors)), QualityCuts(zero_flux=False), config)).model is not None
