"""Clusters among the stars of a session, on its latent plane or among its network's features."""

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.clusters import Clustering, ClusterSettings, find_clusters
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress
from stellar_gui.session.details import details_of
from stellar_gui.session.session import Session


def cluster_points(session: Session, space: str) -> NDArray[np.float32]:
    """(n, k) where the stars lie, dimensionless, NaN for those that take no part.

    space: "latent", their positions on the plane; "features", the numbers that the network reads: whitened magnitudes,
    or scaled colours. Raises InputError for a session without a model.
    """
    model, embedding = session.model, session.embedding
    if model is None or embedding is None:
        raise InputError("Clusters are looked for on the map, and there is none yet; train first.")
    if space == "latent":
        return embedding.latent
    kept = session.quality.kept
    points = np.full((len(kept), model.features.count), np.nan, np.float32)
    details = details_of(session.catalog, session.quality, model.config)
    points[kept] = model.inputs(session.catalog.magnitudes[kept], details.take(kept))
    return points


def cluster_stars(session: Session, settings: ClusterSettings) -> Generator[Progress | None, None, Clustering]:
    """The clusters of a session's stars. Raises InputError as `cluster_points` and `find_clusters` do."""
    yield None
    return (yield from find_clusters(cluster_points(session, settings.space), settings))
