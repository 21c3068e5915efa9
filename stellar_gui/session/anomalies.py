"""How odd the stars of a session are, as a finding; the one place that the window and the command line use."""

from collections.abc import Generator
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.anomalies import Method, anomaly_scores, ranking
from stellar_gui.analysis.findings import ANOMALY_SCORE, Finding
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.photometry import photometric_errors
from stellar_gui.progress import Progress


def score_stars(
    catalog: Catalog, embedding: Embedding, model_id: str, method: Method
) -> Generator[Progress, None, Finding]:
    """The finding `anomaly_score` of a catalogue's stars, put in order; NaN for rows that take no part.

    model_id: of the model that made the embedding, for the recipe. Raises InputError as `anomaly_scores` does.
    """
    errors = photometric_errors(catalog) if method.needs_errors else None
    score = yield from anomaly_scores(method, catalog.magnitudes, embedding, errors)
    recipe = {"method": method.name, "model": model_id}
    finding = Finding(ANOMALY_SCORE, "Anomaly score", score, method.unit, recipe=recipe)
    order_of(finding)
    return finding


_orders: WeakKeyDictionary[Finding, NDArray[np.intp]] = WeakKeyDictionary()


def order_of(scores: Finding) -> NDArray[np.intp]:
    """Rows of the stars that have a score, the oddest first; sorted at the first call, kept as long as the finding."""
    order = _orders.get(scores)
    if order is None:
        order = _orders[scores] = ranking(scores.values)
        order.setflags(write=False)
    return order
