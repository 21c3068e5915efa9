"""The encoder sees each row for itself: however a table is split, its rows get the same columns."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.catalog.dust.dust_map import open_dust
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from stellar_gui.session.encoder import Encoder, roles_for
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import StoredModel, load_model, save_session
from tests.catalog.dust_maps import write_polar

ROWS = 200


@pytest.fixture(scope="module")
def stored(trained: Session, tmp_path_factory: pytest.TempPathFactory) -> StoredModel:
    path = tmp_path_factory.mktemp("sessions") / "run.stellar"
    drain(save_session(Session(trained.catalog, QualityCuts(), trained.model), path))
    return drain(load_model(path))


@pytest.fixture(scope="module")
def stars() -> pd.DataFrame:
    """Stars of two classes, some without a band, under row names that are no numbers from 0 on."""
    table = simulate(ROWS, seed=5).table.assign(**{"class": ["STAR", "STAR", "QSO", "STAR"] * (ROWS // 4)})
    table.loc[50:59, "g"] = np.nan
    return table.set_axis(np.arange(ROWS) * 3 + 7, axis="index")


def test_it_tells_what_it_reads_and_what_it_adds(stored: StoredModel, stars: pd.DataFrame) -> None:
    roles = roles_for(stored, stars, "stars", {}, dust_map=False)
    encoder = Encoder(stored, roles)
    assert set(encoder.needed) == {*"ugriz", "objid", "class"}
    found = encoder(stars[list(encoder.needed)])
    assert tuple(found.columns) == encoder.added
    pd.testing.assert_index_equal(found.index, stars.index)
    assert (encoder.units["u_rec"], encoder.meta["u_rec"].ucd) == ("mag", "phot.mag;em.opt.U")
    assert {str(kind) for name, kind in found.dtypes.items() if name != "quality"} == {"float32"}


@settings(max_examples=25, deadline=None)
@given(borders=st.sets(st.integers(1, ROWS - 1), max_size=12), checks_class=st.booleans())
def test_any_split_gives_the_same(
    stored: StoredModel, stars: pd.DataFrame, borders: set[int], checks_class: bool
) -> None:
    encoder = Encoder(stored, roles_for(stored, stars, "stars", {}, dust_map=False), checks_class=checks_class)
    repeated = np.arange(ROWS) % 17 == 3
    ends = [0, *sorted(borders), ROWS]
    parts = [encoder(stars.iloc[first:last], repeated[first:last]) for first, last in pairwise(ends)]
    pd.testing.assert_frame_equal(pd.concat(parts), encoder(stars, repeated), rtol=1e-4, atol=1e-5)


def test_a_reason_is_given_for_what_only_the_whole_table_tells(stored: StoredModel, stars: pd.DataFrame) -> None:
    roles = roles_for(stored, stars, "stars", {}, dust_map=False)
    first = stars.head(8)
    free = Encoder(stored, roles)(first)
    assert free["quality"].isna().all() and np.isfinite(free["latent_1"]).all()
    found = Encoder(stored, roles, checks_class=True)(first, np.arange(8) == 4)
    reasons = found["quality"].astype(object).where(found["quality"].notna(), None).tolist()
    assert reasons == [None, None, "other class", None, "duplicate identifier", None, "other class", None]
    assert (found["latent_1"].isna() == found["quality"].notna()).all()


def test_no_rows_give_no_rows(stored: StoredModel, stars: pd.DataFrame) -> None:
    encoder = Encoder(stored, roles_for(stored, stars, "stars", {}, dust_map=False))
    found = encoder(stars.head(0))
    assert (len(found), tuple(found.columns)) == (0, encoder.added)


def test_a_dust_map_is_refused_where_the_model_does_not_correct(
    stored: StoredModel, stars: pd.DataFrame, tmp_path: Path
) -> None:
    dust = drain(open_dust(write_polar(tmp_path)))
    with pytest.raises(InputError, match="does not correct for extinction; leave out the dust map"):
        Encoder(stored, roles_for(stored, stars, "stars", {}, dust_map=True), dust=dust)
