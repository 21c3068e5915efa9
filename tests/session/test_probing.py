"""Decoding at places of the latent plane and along a path."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stellar_gui.analysis.paths import PlanePath
from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.simulation import simulate
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.probing import Probe, path_table, save_path
from stellar_gui.session.session import Session


def trained(**settings: object) -> Session:
    latent = settings.pop("latent", 2)
    config = TrainingConfig(seed=1, epochs=1, network=NetworkConfig(latent=latent), **settings)
    return drain(fit(simulate(400, seed=5), QualityCuts(), config))


@pytest.fixture(scope="module")
def plain() -> Session:
    return trained()


def of(session: Session) -> Probe:
    return Probe.of(session.model, session.embedding)


def test_at_a_star_the_decoder_gives_that_stars_reconstruction(plain: Session) -> None:
    rows = np.flatnonzero(plain.quality.kept)[:20]
    probed = of(plain).at(plain.embedding.latent[rows])
    np.testing.assert_array_equal(probed.around.row, rows)
    np.testing.assert_allclose(probed.around.distance, 0, atol=1e-6)
    np.testing.assert_allclose(probed.magnitudes, plain.embedding.reconstruction[rows], atol=1e-4)
    assert probed.brightness is None


@pytest.mark.parametrize("settings", [{"features": "colours"}, {"latent": 3}])
def test_what_a_place_leaves_open_is_the_nearest_stars(settings: dict[str, object]) -> None:
    session = trained(**settings)
    row = int(np.flatnonzero(session.quality.kept)[7])
    place = session.embedding.latent[[row], :2]
    probed = of(session).at(place)
    assert probed.around.row.tolist() == [row]
    np.testing.assert_allclose(probed.magnitudes[0], session.embedding.reconstruction[row], atol=1e-4)


def test_one_latent_coordinate_makes_no_plane() -> None:
    session = trained(latent=1)
    with pytest.raises(InputError, match="one latent coordinate"):
        of(session)


def test_a_path_is_written_with_units_and_the_rule_of_extrapolation(plain: Session, tmp_path: Path) -> None:
    path = PlanePath.through(np.array([[-1, 0], [0.5, 0.5], [40, 0.5]]), 30)
    probed = of(plain).at(path.points)
    target = tmp_path / "path.ecsv"
    drain(save_path(plain.catalog, plain.cuts, plain.model, path, probed, target))
    raw = drain(load_table(target))
    frame = raw.frame
    assert list(frame.columns) == list(path_table(plain.catalog, path, probed).columns)
    np.testing.assert_allclose(frame["path_length"], np.linspace(0, path.total, 30))
    np.testing.assert_allclose(frame["u"] - frame["g"], frame["u_g"], atol=1e-5)
    assert raw.units["i_z"] == "mag" and "path_length" not in raw.units
    assert not frame["extrapolated"].iloc[1] and frame["extrapolated"].iloc[-1]
    stars = plain.catalog.table["objid"].to_numpy()[frame["nearest_row"].to_numpy() - 1]
    np.testing.assert_array_equal(frame["nearest_star"], stars)
    text = target.read_text(encoding="utf-8")
    assert plain.model.id in text and "99.5 percent" in text and "[40.0, 0.5]" in text


def test_a_catalogue_without_identifiers_names_rows(plain: Session) -> None:
    catalog = plain.catalog.with_columns({"identifier": ""})
    assert "identifier" not in catalog.columns
    path = PlanePath.through(np.array([[0, 0], [1, 0]]), 3)
    table = path_table(catalog, path, of(replace(plain, catalog=catalog)).at(path.points))
    assert "nearest_star" not in table and (table["nearest_row"] >= 1).all()
