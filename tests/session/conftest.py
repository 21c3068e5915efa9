"""A small trained session."""

import numpy as np
import pytest

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from tests.session.rich_session import rich_session


@pytest.fixture(scope="package")
def trained() -> Session:
    """800 simulated stars under cuts that are not the default, trained for two epochs, with subsets and a selection."""
    catalog = simulate(800, seed=2)
    cuts = QualityCuts(zero_flux=False, magnitude_range=(10.0, 23.0), classes=None)
    fitted = drain(fit(catalog, cuts, TrainingConfig(seed=7, epochs=2)))
    random = np.random.default_rng(1)
    return Session(
        catalog=catalog,
        cuts=cuts,
        model=fitted.model,
        embedding=fitted.embedding,
        subsets={
            "blue": random.random(800) < 0.1,
            "naïve / “odd” 名": random.random(800) < 0.5,
            "none": np.zeros(800, bool),
        },
        selection=random.random(800) < 0.2,
        created="2026-01-02T03:04:05+00:00",
    )


@pytest.fixture(scope="package")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """600 stars of a file, trained for two epochs, with subsets of every kind, clusters, odd stars and ratings."""
    return rich_session(tmp_path_factory.mktemp("stars"))
