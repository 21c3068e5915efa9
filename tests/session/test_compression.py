import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from stellar_gui.session.compressed_file import EXACT, LATENTS, OTHERS, SOURCE, read_description
from stellar_gui.session.compression import compress, decompress
from stellar_gui.session.opening import open_path
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from stellar_gui.session.storage.container import MANIFEST, MODEL

QUICK = TrainingConfig(seed=1, epochs=20, batch_size=64, network=NetworkConfig(hidden=16, depth=2))


@pytest.fixture(scope="module")
def session() -> Session:
    """2,000 simulated stars, some with a band without a detection, and a network of two latent numbers."""
    return drain(fit(simulate(2000, seed=5), QualityCuts(), QUICK))


@pytest.fixture(scope="module")
def packed(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compressed") / "stars.stellarz"
    drain(compress(session, path))
    return path


def magnitudes(table: pd.DataFrame) -> np.ndarray:
    return table[list(BAND_NAMES)].to_numpy(np.float64)


def test_the_stated_loss_is_the_loss_and_the_rest_comes_back_exactly(session: Session, packed: Path) -> None:
    catalog = drain(decompress(packed))
    stated = read_description(packed).compression
    assert list(catalog.table.columns) == list(session.catalog.table.columns) == list(stated.columns)
    others = [name for name in catalog.table.columns if name not in BAND_NAMES]
    pd.testing.assert_frame_equal(catalog.table[others], session.catalog.table[others])
    off = np.abs(magnitudes(catalog.table) - magnitudes(session.catalog.table))
    exact = (off == 0).all(axis=1)
    assert exact.sum() == stated.exact and exact[~session.quality.kept].all() and 0 < stated.exact < len(catalog) / 2
    for k, band in enumerate(BAND_NAMES):
        loss, found = stated.loss[band], off[~exact, k]
        np.testing.assert_allclose(
            [loss.rms, loss.p95, loss.p999],
            [np.sqrt(np.mean(found**2)), *np.percentile(found, (95, 99.9))],
            atol=2e-5,
        )
    assert np.sqrt(np.mean(off**2, axis=1)).max() <= stated.keep_beyond
    assert dict(catalog.columns) == dict(session.catalog.columns) and dict(catalog.units) == dict(session.catalog.units)


def test_rounding_the_latent_positions_adds_little_to_the_networks_own_error(session: Session, packed: Path) -> None:
    catalog, stated = drain(decompress(packed)), read_description(packed).compression
    decoded = (magnitudes(catalog.table) != magnitudes(session.catalog.table)).any(axis=1)
    assert session.embedding is not None
    own = session.embedding.reconstruction[decoded].astype(np.float64) - magnitudes(session.catalog.table)[decoded]
    for k, band in enumerate(BAND_NAMES):
        assert stated.loss[band].rms == pytest.approx(np.sqrt(np.mean(own[:, k] ** 2)), rel=0.03)


def test_the_stated_sizes_are_those_of_the_file(session: Session, packed: Path) -> None:
    stated = read_description(packed).compression
    with zipfile.ZipFile(packed) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
    assert {name: sizes[name] for name in stated.packed} == dict(stated.packed)
    assert stated.magnitudes == 20 * len(session.catalog)
    whole = stated.magnitudes / (sizes[LATENTS] + sizes[MODEL] + sizes[EXACT])
    assert stated.magnitudes_ratio == pytest.approx(whole)
    assert sizes[LATENTS] < 20 * len(session.catalog) / 5


def test_the_same_session_gives_the_same_bytes(session: Session, packed: Path, tmp_path: Path) -> None:
    drain(compress(session, tmp_path / "again.stellarz"))
    assert (tmp_path / "again.stellarz").read_bytes() == packed.read_bytes()


def test_a_smaller_error_keeps_more_stars_as_they_are(session: Session, packed: Path, tmp_path: Path) -> None:
    strict = drain(compress(session, tmp_path / "strict.stellarz", keep_beyond=0.05))
    assert strict.exact > read_description(packed).compression.exact
    nothing = drain(compress(session, tmp_path / "none.stellarz", keep_beyond=1e-9))
    assert nothing.exact == nothing.rows and nothing.loss["u"].rms is None
    table = drain(decompress(tmp_path / "none.stellarz")).table
    pd.testing.assert_frame_equal(table, session.catalog.table)


def test_any_finite_error_may_be_allowed(session: Session, tmp_path: Path) -> None:
    done = drain(compress(session, tmp_path / "all.stellarz", keep_beyond=1e300))
    assert len(drain(decompress(tmp_path / "all.stellarz"))) == done.rows
    with pytest.raises(InputError):
        drain(compress(session, tmp_path / "none.stellarz", keep_beyond=float("inf")))
    assert not (tmp_path / "none.stellarz").exists()


def test_ucds_and_descriptions_come_back(session: Session, tmp_path: Path) -> None:
    meta = {"ra": ColumnMeta("pos.eq.ra", "right ascension")}
    drain(compress(replace(session, catalog=replace(session.catalog, column_meta=meta)), tmp_path / "told.stellarz"))
    assert dict(drain(decompress(tmp_path / "told.stellarz")).column_meta) == meta


def test_more_latent_numbers_are_trained_where_no_run_has_them_and_lose_less(session: Session, tmp_path: Path) -> None:
    work = compress(session, tmp_path / "three.stellarz", latent=3)
    assert any(hasattr(step, "epoch") for step in iter_all(work))
    three = read_description(tmp_path / "three.stellarz").compression
    drain(compress(session, tmp_path / "two.stellarz", latent=2, keep_beyond=three.keep_beyond))
    two = read_description(tmp_path / "two.stellarz").compression
    assert (three.latent, two.latent) == (3, 2)
    assert sum(loss.rms or 0 for loss in three.loss.values()) < sum(loss.rms or 0 for loss in two.loss.values())


def test_a_run_of_the_session_with_as_many_numbers_is_taken(session: Session, tmp_path: Path) -> None:
    config = replace(QUICK, network=replace(QUICK.network, latent=3), epochs=1)
    other = drain(fit(session.catalog, session.cuts, config))
    both = replace(session, runs=(*session.runs, *other.runs))
    work = compress(both, tmp_path / "three.stellarz", latent=3)
    assert not any(hasattr(step, "epoch") for step in iter_all(work))
    described = read_description(tmp_path / "three.stellarz")
    assert other.model is not None and described.source.model is not None
    assert described.source.model["id"] == other.model.id


def test_colours_dust_and_masked_bands_come_back(tmp_path: Path) -> None:
    base = simulate(1500, seed=6)
    table = base.table.assign(EBV=np.random.default_rng(1).uniform(0, 0.5, len(base)))
    catalog = replace(base, table=table).with_columns({"ebv": "EBV"})
    config = replace(QUICK, features="colours", loss_in="colours", deredden=True)
    session = drain(fit(catalog, QualityCuts(mask_zero_flux=True), config))
    path = tmp_path / "colours.stellarz"
    stated = drain(compress(session, path))
    assert stated.mean_magnitude_step == 0.001
    back = drain(decompress(path)).table
    off = magnitudes(back) - magnitudes(table)
    assert np.sqrt(np.mean(off**2, axis=1)).max() <= stated.keep_beyond
    assert session.quality.masked is not None and session.quality.masked.any()
    assert (off[session.quality.masked.any(axis=1)] == 0).all()
    assert stated.exact < len(table) / 2


def test_the_program_opens_it_as_a_catalogue_that_tells_its_loss(session: Session, packed: Path) -> None:
    opened = drain(open_path(packed))
    assert opened.model is None and opened.catalog.provenance.name == "stars.stellarz"
    assert opened.catalog.provenance.query == session.catalog.provenance.query
    assert "are decoded from 2 latent numbers each; rms of the loss, mag: u 0." in opened.catalog.metadata["compressed"]
    again = drain(fit(opened.catalog, opened.cuts, replace(QUICK, epochs=1)))
    assert again.model is not None


def test_a_session_without_a_model_says_what_to_do(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no trained model"):
        drain(compress(Session(session.catalog), tmp_path / "out.stellarz"))
    assert not list(tmp_path.iterdir())


def repacked(packed: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(packed) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


def told(key: str, value: object) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[MANIFEST] = json.dumps({**json.loads(members[MANIFEST]), key: value}).encode()

    return change


def parquet(member: str, make: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        buffer = io.BytesIO()
        make(pd.read_parquet(io.BytesIO(members[member]))).to_parquet(buffer)
        members[member] = buffer.getvalue()

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda members: members.pop(MANIFEST), "has no manifest"),
        (lambda members: members.pop(SOURCE), "damaged; it has no source.json"),
        (lambda members: members.pop(LATENTS), "damaged; it has no latents.parquet"),
        (lambda members: members.update({"evil.pkl": b"x"}), "no part of a compressed catalogue"),
        (lambda members: members.update({MANIFEST: b"{"}), "its manifest cannot be read"),
        (lambda members: members.update({MANIFEST: b"[]"}), "not a compressed catalogue"),
        (lambda members: members.update({MODEL: members[MODEL][:99]}), "damaged"),
        (lambda members: members.update({OTHERS: members[OTHERS][:-9]}), "damaged"),
        (told("format_version", 99), "made by a newer version"),
        (told("rows", 5), "does not fit together"),
        (told("exact", 5), "damaged"),
        (told("latent", 3), "its latent positions are not those of its network"),
        (told("step", 0), "its manifest is not as it should be"),
        (told("step", 1e-300), "in steps that no such file has"),
        (told("mean_magnitude_step", 0.1), "in steps that no such file has"),
        (told("step", "x"), "its manifest is not as it should be"),
        (told("loss", {}), "its manifest is not as it should be"),
        (told("columns", ["u", "g", "r", "i", "z"]), "its columns are not those"),
        (told("columns", 7), "its manifest is not as it should be"),
        (parquet(LATENTS, lambda frame: frame.astype(np.float64)), "its latent positions are not those"),
        (parquet(EXACT, lambda frame: frame.assign(row=10**9)), "its list of exact magnitudes"),
        (parquet(EXACT, lambda frame: frame[::-1].reset_index(drop=True)), "its list of exact magnitudes"),
        (parquet(EXACT, lambda frame: frame.assign(row=5)), "its list of exact magnitudes"),
        (parquet(EXACT, lambda frame: frame.assign(u=frame["u"].astype(str))), "its list of exact magnitudes"),
        (parquet(OTHERS, lambda frame: frame.drop(columns="ra")), "its columns are not those"),
    ],
)
def test_what_does_not_fit_together_is_refused_in_a_sentence(
    packed: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], sentence: str
) -> None:
    path = repacked(packed, tmp_path / "bad.stellarz", change)
    with pytest.raises(InputError, match=sentence) as caught:
        drain(decompress(path))
    assert str(caught.value).startswith("bad.stellarz: ") and "\n" not in str(caught.value)


def test_cut_off_and_scribbled_files_are_refused_or_read(packed: Path, tmp_path: Path) -> None:
    whole, path = packed.read_bytes(), tmp_path / "bad.stellarz"
    rng = np.random.default_rng(0)
    damaged = [whole[:length] for length in range(0, len(whole), len(whole) // 12)]
    for _ in range(12):
        scribbled = bytearray(whole)
        for place in rng.integers(0, len(whole), 20):
            scribbled[place] ^= int(rng.integers(1, 256))
        damaged.append(bytes(scribbled))
    refused = 0
    for content in damaged:
        path.write_bytes(content)
        try:
            drain(decompress(path))
        except InputError:
            refused += 1
    assert refused >= 12
    path.write_text("u,g,r,i,z\n1,2,3,4,5\n")
    with pytest.raises(InputError, match="not a compressed catalogue"):
        drain(decompress(path))


def iter_all(work: object) -> list[object]:
    """Everything that a generator yields."""
    return [step for step in work if step is not None]  # type: ignore[attr-defined]
