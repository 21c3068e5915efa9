"""How odd the stars of a session are, as a finding; the one place that the window and the command line use."""

from collections.abc import Generator
from typing import Final

from stellar_gui.analysis.anomalies import Method, anomaly_scores
from stellar_gui.analysis.findings import Finding
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.photometry import photometric_errors
from stellar_gui.progress import Progress

ANOMALY_SCORE: Final = "anomaly_score"


def score_stars(
    catalog: Catalog, embedding: Embedding, model_id: str, method: Method
) -> Generator[Progress, None, Finding]:
    """The finding `anomaly_score` of a catalogue's stars; NaN for rows that take no part.

    model_id: of the model that made the embedding, for the recipe. Raises InputError as `anomaly_scores` does.
    """
    errors = photometric_errors(catalog) if method.needs_errors else None
    score = yield from anomaly_scores(method, catalog.magnitudes, embedding, errors)
    recipe = {"method": method.name, "model": model_id}
    return Finding(ANOMALY_SCORE, "Anomaly score", score, method.unit, recipe=recipe)
