import numpy as np
import pytest

from stellar_gui.analysis.planes import ColorColor, ColorMagnitude, LatentPlane, Plane, ResidualPlane, SkyPlane
from stellar_gui.analysis.sky import Projection
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.simulation import simulate

PLANES = [
    LatentPlane(),
    LatentPlane(flat=True),
    ColorMagnitude(),
    *(ColorColor(first) for first in range(3)),
    *(ResidualPlane(band) for band in range(5)),
    SkyPlane(Projection.whole_sky(180.0)),
]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return simulate(200, seed=1)


@pytest.fixture(scope="module")
def embedding(catalog: Catalog) -> Embedding:
    latent = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    reconstruction = catalog.magnitudes + np.float32(0.25)
    return Embedding(latent, reconstruction, catalog.magnitudes - reconstruction)


@pytest.mark.parametrize("plane", PLANES, ids=lambda plane: f"{plane.name}-{plane.titles[1]}")
def test_every_plane_has_a_place_for_each_star_titles_with_units_and_words(
    plane: Plane, catalog: Catalog, embedding: Embedding
) -> None:
    x, y = plane.coordinates(catalog, embedding)
    assert x.shape == y.shape == (200,)
    assert np.isfinite(x).all() and np.isfinite(y).all()
    assert all("(" in title for title in plane.titles)
    assert plane.place(float(x[0]), float(y[0])) and plane.name
    assert plane.obstacle(catalog) is None


def test_the_numbers_are_those_that_the_axes_name(catalog: Catalog, embedding: Embedding) -> None:
    u, g, r, i, z = catalog.magnitudes.T
    for plane, x, y in (
        (ColorMagnitude(), g - r, r),
        (ColorColor(0), u - g, g - r),
        (ColorColor(1), g - r, r - i),
        (ColorColor(2), r - i, i - z),
        (ResidualPlane(3), i, np.full(200, -0.25)),
        (LatentPlane(), embedding.latent[:, 0], embedding.latent[:, 1]),
    ):
        found = plane.coordinates(catalog, embedding)
        np.testing.assert_allclose(found[0], x, atol=1e-5)
        np.testing.assert_allclose(found[1], y, atol=1e-5)
    assert ColorMagnitude().y_down and not ColorColor(0).y_down
    assert ColorColor(1).titles == ("g − r (mag)", "r − i (mag)")


def test_a_table_without_positions_has_no_sky(catalog: Catalog) -> None:
    table = catalog.table.drop(columns=["ra", "dec"])
    columns = {role: column for role, column in catalog.columns.items() if role not in ("ra", "dec")}
    told = SkyPlane(Projection.whole_sky(0.0)).obstacle(Catalog(table, columns, catalog.provenance))
    assert told is not None and "ra and dec" in told
