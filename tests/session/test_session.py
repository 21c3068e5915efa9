"""The session as a value, and the way from a catalogue to one."""

import numpy as np
import pandas as pd
import pytest

from stellar_gui.autoencoder.config import Command, TrainingConfig
from stellar_gui.autoencoder.training import TrainingProgress
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.errors import InputError, TrainingError
from stellar_gui.progress import Progress, drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session


def catalog(**columns: object) -> Catalog:
    table = pd.DataFrame(columns)
    return Catalog(table, recognise(table).roles, Provenance("stars.csv"))


def test_masks_are_read_only_and_of_the_catalogues_length() -> None:
    stars = simulate(30, seed=0)
    session = Session(stars, subsets={"few": np.zeros(30, bool)}, selection=np.ones(30, bool))
    with pytest.raises(ValueError, match="read-only"):
        session.subsets["few"][0] = True
    with pytest.raises(ValueError, match="29"):
        Session(stars, selection=np.ones(29, bool))
    with pytest.raises(ValueError, match="31"):
        Session(stars, subsets={"odd": np.ones(31, bool)})


def test_rows_of_subset_selection_and_all() -> None:
    mask = np.array([True, False, True])
    session = Session(simulate(3, seed=0), subsets={"halo": mask}, selection=~mask)
    assert session.rows_of(None)[0].tolist() == [0, 1, 2]
    assert session.rows_of("halo")[0].tolist() == [0, 2]
    assert session.rows_of("selection")[0].tolist() == [1]
    with pytest.raises(InputError, match="no subset “disc”; it has halo, selection"):
        session.rows_of("disc")
    with pytest.raises(InputError, match="no subsets and no selection"):
        Session(simulate(3, seed=0)).rows_of("halo")


def test_fitting_yields_training_then_embedding_and_ends_in_a_session() -> None:
    stars, cuts = simulate(300, seed=1), QualityCuts(classes=None)
    steps, work = [], fit(stars, cuts, TrainingConfig(epochs=2))
    while True:
        try:
            steps.append(next(work))
        except StopIteration as end:
            session = end.value
            break
    kinds = [type(step) for step in steps if step is not None]
    assert TrainingProgress in kinds and kinds[-1] is Progress
    assert session.catalog is stars and session.cuts == cuts
    np.testing.assert_array_equal(np.isfinite(session.embedding.latent).all(axis=1), session.quality.kept)


def test_a_stop_that_is_sent_ends_the_training_with_a_session() -> None:
    work = fit(simulate(300, seed=1), QualityCuts(), TrainingConfig(epochs=100_000))
    for _ in range(3):
        next(work)
    command: Command | None = Command.STOP
    while True:
        try:
            work.send(command)
        except StopIteration as end:
            assert end.value.model.stopped_because
            break
        command = None


def test_the_same_seed_gives_the_same_model() -> None:
    stars, config = simulate(200, seed=1), TrainingConfig(seed=5, epochs=2)
    first, second = (drain(fit(stars, QualityCuts(), config)) for _ in range(2))
    assert first.model.id == second.model.id
    np.testing.assert_array_equal(first.embedding.latent, second.embedding.latent)


def test_where_all_rows_fail_the_reasons_are_told() -> None:
    bad = [np.nan] * 6 + [-9999.0] * 4
    stars = catalog(u=bad, g=[18.0] * 10, r=[17.0] * 10, i=[16.0] * 10, z=[15.0] * 10)
    with pytest.raises(InputError) as caught:
        drain(fit(stars, QualityCuts(), TrainingConfig(epochs=1)))
    assert str(caught.value) == (
        "stars.csv: all 10 rows fail the quality checks (6 missing magnitude, 4 placeholder magnitude); "
        "relax the checks or choose other columns."
    )


def test_too_few_stars_are_told() -> None:
    with pytest.raises(TrainingError, match="too few"):
        drain(fit(simulate(5, seed=0), QualityCuts(), TrainingConfig(epochs=1)))


def test_fewer_stars_than_a_batch_train() -> None:
    session = drain(fit(simulate(60, seed=0), QualityCuts(), TrainingConfig(epochs=1, batch_size=4096)))
    assert session.model.report.train_stars < 60
