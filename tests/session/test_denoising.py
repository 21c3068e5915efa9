from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stellar_gui.analysis.denoising import unbelievable
from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.reading import load_table
from stellar_gui.catalog.simulation import simulate
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from stellar_gui.session.denoising import denoisable, denoise, denoised_table
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session

BANDS = [f"psfMag_{band}" for band in BAND_NAMES]
QUICK = TrainingConfig(epochs=3, batch_size=64, network=NetworkConfig(hidden=16, depth=2))


@pytest.fixture(scope="module")
def session() -> Session:
    """1,500 simulated stars under names of the survey's, with a column that has the name of one to be added."""
    base = simulate(1500, seed=5)
    table = base.table.rename(columns=dict(zip(BAND_NAMES, BANDS, strict=True))).assign(denoise_flag=7)
    catalog = replace(base, table=table, columns={**base.columns, **dict(zip(BAND_NAMES, BANDS, strict=True))})
    return drain(fit(catalog, QualityCuts(), QUICK))


def test_magnitudes_are_replaced_but_where_a_row_says_why_not(session: Session, tmp_path: Path) -> None:
    done = drain(denoise(session, tmp_path / "out.parquet", originals=True))
    read = drain(load_table(tmp_path / "out.parquet"))
    table, before = read.frame, session.catalog.table
    assert session.embedding is not None
    replaced = table["denoise_flag_2"].isna().to_numpy()
    np.testing.assert_allclose(table[BANDS][replaced], session.embedding.reconstruction[replaced], atol=1e-5)
    pd.testing.assert_frame_equal(table[BANDS][~replaced], before[BANDS][~replaced])
    originals = table[[f"{band}_original" for band in BANDS]].set_axis(BANDS, axis="columns")
    pd.testing.assert_frame_equal(originals, before[BANDS])
    others = [name for name in before.columns if name not in BANDS]
    pd.testing.assert_frame_equal(table[others], before[others])

    strange = unbelievable(session.embedding, session.catalog.magnitudes)
    np.testing.assert_array_equal(table["denoise_flag_2"] == "error too large", strange)
    assert (table["denoise_flag_2"][~session.quality.kept] == "zero-flux magnitude").any()
    assert (done.replaced, done.unbelievable, done.rejected) == (
        replaced.sum(), strange.sum(), (~session.quality.kept).sum(),
    )  # fmt: skip
    assert 0 < done.unbelievable < 0.2 * len(table)
    assert "like brightness by 3 standard deviations" in read.metadata["denoised"]
    assert read.metadata["model"] == session.model.id


def test_ucds_and_descriptions_are_written(session: Session, tmp_path: Path) -> None:
    meta = {BANDS[0]: ColumnMeta("phot.mag;em.opt.U", "magnitude"), "ra": ColumnMeta("pos.eq.ra", "right ascension")}
    drain(denoise(replace(session, catalog=replace(session.catalog, column_meta=meta)), tmp_path / "out.parquet"))
    assert dict(drain(load_table(tmp_path / "out.parquet")).column_meta).items() >= meta.items()


def test_without_the_originals_the_columns_are_the_catalogues_and_the_flag(session: Session) -> None:
    table = denoised_table(session, denoisable(session))
    assert list(table.columns) == [*session.catalog.table.columns, "denoise_flag_2"]
    assert session.catalog.table["denoise_flag"].eq(7).all()


def test_text_and_missing_magnitudes_become_numbers(session: Session) -> None:
    catalog = session.catalog
    table = catalog.table.assign(**{BANDS[0]: catalog.table[BANDS[0]].astype(str)})
    texts = replace(session, catalog=replace(catalog, table=table))
    found = denoised_table(texts, denoisable(texts))
    pd.testing.assert_frame_equal(found, denoised_table(session, denoisable(session)), check_exact=False, atol=1e-5)


def test_a_session_without_a_model_says_what_to_do(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no trained model in the session; train one first"):
        drain(denoise(Session(session.catalog), tmp_path / "out.csv"))
