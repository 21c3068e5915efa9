"""How much noise denoising removes from simulated stars, whose truth is known, against the catalogue and PCA.

The truth is in asinh magnitudes, as the catalogue is; beyond the depth of the survey they differ from logarithmic ones.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from stellar_gui.analysis.denoising import NoiseRemoval, noise_removal
from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.autoencoder.split import split
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation.photometry import asinh_magnitude
from stellar_gui.catalog.simulation.sample import SimulatedStars, simulate_with_truth
from stellar_gui.progress import drain
from stellar_gui.session.denoising import denoisable
from stellar_gui.session.pipeline import fit

RANGES = ((0.0, 17.0), (17.0, 19.0), (19.0, 21.0), (21.0, 30.0))
"""Of the true r, mag."""


def run(quick: bool) -> list[dict[str, Any]]:
    """The deviation from the truth that 68 percent of the test stars do not exceed; with quick of fewer stars."""
    sample = simulate_with_truth(20_000 if quick else 255_000, seed=0)
    rows, trained = [], {}
    for latent in (2, 3):
        for span in (None, *RANGES):
            removal = _removal(sample, latent, span, trained)
            where = "all stars" if span is None else f"r {span[0]:g} to {span[1]:g}"
            for k, band in enumerate(BAND_NAMES):
                rows.append(_row(f"{latent} latent numbers, {where} ({removal.stars:,}), {band}", removal, k))
    return rows


def _removal(
    sample: SimulatedStars, latent: int, span: tuple[float, float] | None, trained: dict[int, Any]
) -> NoiseRemoval:
    """Of the test stars whose reconstruction is believed, with a true r in a range."""
    if latent not in trained:
        config = replace(TrainingConfig(seed=0), network=NetworkConfig(latent=latent))
        trained[latent] = drain(fit(sample.catalog, QualityCuts(), config))
    session = trained[latent]
    model = session.model
    tested = np.flatnonzero(session.quality.kept)[split(model.stars, model.config.seed, model.config.fractions).test]
    tested = tested[denoisable(session)[tested]]
    if span is not None:
        r = sample.true_magnitudes[tested, 2]
        tested = tested[(r >= span[0]) & (r < span[1])]
    observed = session.catalog.magnitudes[tested]
    components = observed - model.features.principal_component_residuals(observed, latent)
    truth = asinh_magnitude(10 ** (-0.4 * sample.true_magnitudes[tested]))
    return noise_removal(truth, observed, session.embedding.reconstruction[tested], components)


def _row(work: str, removal: NoiseRemoval, band: int) -> dict[str, Any]:
    ours, peer = float(removal.denoised.typical[band]), float(removal.observed.typical[band])
    pca = float(removal.components.typical[band])
    return {
        "work": f"{work}; PCA {pca:.3f}", "ours": ours, "peer": peer, "unit": "mag", "ratio": ours / peer, "bar": "-",
        "met": True, "pca": pca,
        "rms": [float(part.rms[band]) for part in (removal.denoised, removal.observed, removal.components)],
    }  # fmt: skip
