"""Tables for other programs: the source untouched, what the autoencoder adds, and where it comes from."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stellar_gui.analysis.cluster_edits import joined
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.reading import load_table, read_catalog
from stellar_gui.catalog.writing import write_table
from stellar_gui.progress import drain
from stellar_gui.session.export import added_names, export_rows, export_table, origin, source_names
from stellar_gui.session.selecting import select_by_expression
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_session, save_session
from tests.session.rich_session import with_findings

EMBEDDED = ["latent_1", "latent_2", *(f"{band}_{kind}" for kind in ("rec", "res") for band in "ugriz"), "rec_error"]


def test_all_columns_are_untouched_and_the_added_ones_follow(trained: Session) -> None:
    source, embedding = trained.catalog.table, trained.embedding
    assert embedding is not None
    rows = np.array([5, 3, 700])
    table = export_table(trained, rows)
    assert list(table.columns) == [*source.columns, *EMBEDDED]
    pd.testing.assert_frame_equal(table[list(source.columns)], source.take(rows).reset_index(drop=True))
    np.testing.assert_array_equal(table[["latent_1", "latent_2"]], embedding.latent[rows])
    np.testing.assert_array_equal(table[["u_rec", "g_rec", "r_rec", "i_rec", "z_rec"]], embedding.reconstruction[rows])
    np.testing.assert_array_equal(table[["u_res", "g_res", "r_res", "i_res", "z_res"]], embedding.residual[rows])
    np.testing.assert_array_equal(table["rec_error"], embedding.error[rows])
    assert {str(kind) for kind in table[EMBEDDED].dtypes} == {"float32"}


def test_residual_is_original_minus_reconstruction_and_rec_error_their_root_mean_square(trained: Session) -> None:
    table = export_table(trained, np.flatnonzero(trained.quality.kept))
    residual = np.column_stack([table[band] - table[f"{band}_rec"] for band in "ugriz"])
    np.testing.assert_allclose(table[[f"{band}_res" for band in "ugriz"]], residual, atol=3e-6)
    np.testing.assert_allclose(table["rec_error"], np.sqrt(np.mean(residual**2, axis=1)), atol=3e-6)


def test_a_mask_chooses_rows_in_their_order(trained: Session) -> None:
    mask = trained.subsets["blue"]
    pd.testing.assert_frame_equal(export_table(trained, mask), export_table(trained, np.flatnonzero(mask)))


def test_rows_that_take_no_part_have_no_values_in_the_added_columns(trained: Session) -> None:
    failing = np.flatnonzero(~trained.quality.kept)
    assert len(failing)
    assert export_table(trained, failing)[EMBEDDED].isna().all(axis=None)


def test_without_a_model_the_source_is_exported(trained: Session) -> None:
    table = export_table(Session(trained.catalog), np.arange(4))
    assert list(table.columns) == list(trained.catalog.table.columns)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (["u", "g"], ["u", "g"]),
        (["u", "latent_1", "quality"], ["u", "latent_1_source", "quality_source"]),
        (["latent_1", "latent_1_source"], ["latent_1_source_2", "latent_1_source"]),
    ],
)
def test_a_source_column_with_an_added_name_is_renamed(source: list[str], expected: list[str]) -> None:
    assert source_names(source, added_names(2)) == expected


def test_an_exported_table_can_be_opened_and_exported_again(trained: Session, tmp_path: Path) -> None:
    once = export_table(trained, np.arange(800))
    again = export_table(replace(trained, catalog=replace(trained.catalog, table=once)), np.arange(800))
    assert again.columns.is_unique
    for name in EMBEDDED:
        pd.testing.assert_series_equal(again[f"{name}_source"], once[name], check_names=False)
        pd.testing.assert_series_equal(again[name], once[name])


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet", ".fits", ".vot", ".xml", ".ecsv"])
def test_reading_the_file_back_gives_the_same_rows(trained: Session, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"stars{ending}"
    drain(export_rows(trained, trained.subsets["blue"], path, "subset blue"))
    found = read_catalog(path)
    pd.testing.assert_frame_equal(found.table, export_table(trained, trained.subsets["blue"]), check_dtype=False)
    assert found.table["latent_1"].dtype == np.float32
    assert trained.model is not None
    assert found.metadata["seed"] == "7"
    assert found.metadata["model"] == trained.model.id
    assert found.metadata["rows"] == "subset blue"
    assert found.units["u_res"] == "mag"
    assert "latent_1" not in found.units
    assert found.column_meta["g_rec"].ucd == "phot.mag;em.opt.B"
    assert found.column_meta["latent_1"].description


def test_the_origin_tells_all_that_is_known(trained: Session) -> None:
    facts = origin(trained.catalog.provenance, trained.cuts, trained.model, "selection", "2026-01-01T00:00:00+00:00")
    assert facts["program"] == "Stellar GUI"
    assert facts["written"] == "2026-01-01T00:00:00+00:00"
    assert facts["source_query"] == "simulate stars=800 seed=2"
    assert json.loads(facts["cuts"])["zero_flux"] is False
    assert "source_sha256" not in facts


def test_an_exported_file_keeps_identifiers_of_19_digits(trained: Session, tmp_path: Path) -> None:
    drain(export_rows(trained, np.arange(10), tmp_path / "stars.csv", "some"))
    frame = drain(load_table(tmp_path / "stars.csv")).frame
    np.testing.assert_array_equal(frame["objid"], trained.catalog.table["objid"][:10])


def test_the_same_table_and_origin_give_the_same_bytes(trained: Session, tmp_path: Path) -> None:
    facts = origin(trained.catalog.provenance, trained.cuts, trained.model, "all", "2026-01-01T00:00:00+00:00")
    for name in ("a.parquet", "b.parquet"):
        write_table(export_table(trained, np.arange(20)), tmp_path / name, facts)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".fits", ".vot", ".ecsv"])
def test_units_ucds_and_descriptions_go_from_file_to_session_to_file(
    trained: Session, tmp_path: Path, ending: str
) -> None:
    meta = {"ra": ColumnMeta("pos.eq.ra;meta.main", "right ascension, J2000")}
    source = tmp_path / f"stars{ending}"
    write_table(trained.catalog.table, source, units={"ra": "deg"}, column_meta=meta)
    drain(save_session(replace(trained, catalog=read_catalog(source)), tmp_path / "run.stellar"))
    drain(export_rows(drain(load_session(tmp_path / "run.stellar")), np.arange(5), tmp_path / f"out{ending}", "some"))
    found = read_catalog(tmp_path / f"out{ending}")
    assert found.units["ra"] == "deg"
    assert found.column_meta["ra"] == meta["ra"]


def test_a_renamed_column_keeps_its_meaning_and_the_added_one_has_its_own(trained: Session, tmp_path: Path) -> None:
    catalog = replace(
        trained.catalog,
        table=trained.catalog.table.assign(u_rec=1.0),
        units={"u_rec": "Jy"},
        column_meta={"u_rec": ColumnMeta("phot.flux", "a flux")},
    )
    drain(export_rows(replace(trained, catalog=catalog), np.arange(5), tmp_path / "out.fits", "some"))
    found = read_catalog(tmp_path / "out.fits")
    assert (found.units["u_rec_source"], found.units["u_rec"]) == ("Jy", "mag")
    assert found.column_meta["u_rec_source"].ucd == "phot.flux"
    assert found.column_meta["u_rec"].ucd == "phot.mag;em.opt.U"


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".fits", ".vot", ".ecsv"])
def test_a_file_says_how_its_rows_its_subsets_and_its_findings_were_made(
    trained: Session, tmp_path: Path, ending: str
) -> None:
    session = select_by_expression(with_findings(trained), "u - g < 0.9 & r > 17", "blue ones")
    finding = session.findings[0]
    corrected = joined(finding, sorted(finding.labels)[-2:])
    session = replace(session, findings=(corrected, *session.findings[1:]))
    rows, what = session.rows_of("blue ones")
    recipe = session.subsets.recipes["blue ones"]
    drain(export_rows(session, rows, tmp_path / f"out{ending}", what, flags=True, recipe=recipe))
    found = drain(load_table(tmp_path / f"out{ending}"))
    assert found.metadata["rows_recipe"] == "expression: u - g < 0.9 & r > 17"
    assert found.metadata["subset blue ones"] == found.metadata["rows_recipe"]
    assert found.metadata["subset blue"] == "a list of stars: rows"
    told = found.metadata["finding cluster"]
    assert session.model is not None
    assert f"seed: 0; model: {session.model.id}" in told and "corrected by hand: merged cluster" in told
    assert found.metadata["finding anomaly_score"] == f"method: error; model: {session.model.id}"
    assert found.metadata["finding rating"] == "made by hand"
    for name in ("blue", "blue ones", "cluster", "rating", "anomaly_score"):
        assert found.column_meta[name].description
