"""A small trained session."""

import numpy as np
import pytest

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session


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
