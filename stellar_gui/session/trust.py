"""How far a session's latent plane can be trusted: what window and command line ask, from model and catalogue."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.neighbourhoods import NeighbourhoodsKept, neighbourhoods_kept, sampled
from stellar_gui.analysis.projections import UMAP_STARS, principal_components, umap_plane
from stellar_gui.analysis.trust import LatentCells, Stretch, TrustMap
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.quality import Quality
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress
from stellar_gui.session.details import details_of

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

LATENT: Final = "latent"
PCA: Final = "pca"
UMAP: Final = "umap"
FEWEST: Final = 21
"""Stars without which not even ten neighbours can be compared."""


@dataclass(frozen=True, eq=False)
class TrustReport:
    """Neighbourhoods kept; stars: how many were compared; planes: by name, LATENT, PCA and, if it was given, UMAP."""

    stars: int
    planes: Mapping[str, NeighbourhoodsKept]


def trust_map(model: "TrainedModel", embedding: Embedding) -> TrustMap:
    """Errors, density and local stretch on the latent plane; the model has two latent coordinates at least."""
    from stellar_gui.autoencoder.jacobian import decoder_jacobian

    cells = LatentCells.of(embedding)
    return TrustMap(cells, Stretch.of(decoder_jacobian(model, cells.point)))


def comparable(model: "TrainedModel", catalog: Catalog, quality: Quality) -> NDArray[np.float32]:
    """(m, d) float32: what the network is given of the m kept stars, in the measure in which they are compared.

    That is magnitudes, in mag, where the features are whitened magnitudes, since whitened ones have no principal
    components and drown neighbours in noise; else the features, each with unit variance.
    """
    kept = quality.kept
    inputs = model.inputs(catalog.magnitudes[kept], details_of(catalog, quality, model.config).take(kept))
    return model.features.restore(inputs) if model.config.features == "magnitudes" else inputs


def principal_plane(model: "TrainedModel", catalog: Catalog, quality: Quality) -> NDArray[np.float32]:
    """(n, 2) float32 over the catalogue's rows: the first two principal components, NaN where a row takes no part."""
    return _over_rows(principal_components(comparable(model, catalog, quality)), quality.kept)


def umap_places(
    model: "TrainedModel", catalog: Catalog, quality: Quality
) -> Generator[None, None, NDArray[np.float32]]:
    """(n, 2) float32 over the catalogue's rows: 10,000 stars placed by UMAP, NaN for others; see `umap_plane`."""
    features = comparable(model, catalog, quality)
    chosen = sampled(len(features), UMAP_STARS)
    placed = np.full((len(features), 2), np.nan, np.float32)
    placed[chosen] = yield from umap_plane(features[chosen])
    return _over_rows(placed, quality.kept)


def assess_trust(
    model: "TrainedModel",
    catalog: Catalog,
    quality: Quality,
    embedding: Embedding,
    umap: NDArray[np.float32] | None = None,
) -> Generator[Progress, None, TrustReport]:
    """Compare the neighbourhoods that the latent plane keeps with those that principal components keep, and UMAP.

    As many principal components are taken as there are latent coordinates. umap: what `umap_places` gives.
    Raises InputError where fewer than 21 stars take part.
    """
    features = comparable(model, catalog, quality)
    if len(features) < FEWEST:
        raise InputError(f"{catalog.provenance.name}: only {len(features)} stars take part; {FEWEST} are needed.")
    chosen = sampled(len(features))
    components = principal_components(features, embedding.latent.shape[1])
    planes = {LATENT: embedding.latent[quality.kept][chosen], PCA: components[chosen]}
    if umap is not None:
        planes[UMAP] = umap[quality.kept][chosen]
    kept = yield from neighbourhoods_kept(features[chosen], planes)
    return TrustReport(len(chosen), kept)


def _over_rows(positions: NDArray[np.float32], kept: NDArray[np.bool_]) -> NDArray[np.float32]:
    over_rows = np.full((len(kept), positions.shape[1]), np.nan, np.float32)
    over_rows[kept] = positions
    over_rows.setflags(write=False)
    return over_rows
