"""The pull-back metric, the cells of the latent plane, and principal components."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from stellar_gui.analysis.projections import principal_components, umap_installed, umap_plane
from stellar_gui.analysis.trust import LEAST_STARS, LatentCells, Stretch
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.errors import StellarError
from stellar_gui.progress import drain

NUMBERS = st.floats(-10, 10, allow_subnormal=False)


def embedding_at(latent: NDArray[np.float64], error: NDArray[np.float64]) -> Embedding:
    """Stars at latent positions (n, m) with these errors, mag; NaN for the rows whose position is."""
    residual = np.repeat(error[:, None], 5, axis=1).astype(np.float32)
    return Embedding(latent.astype(np.float32), np.zeros_like(residual), residual)


@given(arrays(np.float64, (4, 5, 2), elements=NUMBERS))
def test_the_semi_axes_are_those_of_the_metric(jacobian: NDArray[np.float64]) -> None:
    stretch = Stretch.of(jacobian)
    metric = np.swapaxes(jacobian, 1, 2) @ jacobian
    values = np.linalg.eigvalsh(metric)
    np.testing.assert_allclose(stretch.semi_axes**2, values[:, ::-1], atol=1e-9 * max(metric.max(), 1))
    np.testing.assert_allclose(np.linalg.norm(stretch.direction, axis=1), 1)
    along = np.linalg.norm(np.einsum("kbm,km->kb", jacobian, stretch.direction), axis=1)
    np.testing.assert_allclose(along, stretch.semi_axes[:, 0], atol=1e-9)


def test_the_area_is_the_root_of_the_metrics_determinant_and_turning_the_magnitudes_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    jacobian = rng.normal(size=(30, 5, 2))
    stretch = Stretch.of(jacobian)
    metric = np.swapaxes(jacobian, 1, 2) @ jacobian
    np.testing.assert_allclose(stretch.log_area, np.log10(np.sqrt(np.linalg.det(metric))))
    turn, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    np.testing.assert_allclose(Stretch.of(turn @ jacobian).log_area, stretch.log_area)
    np.testing.assert_allclose(Stretch.of(10 * jacobian).log_area, stretch.log_area + 2)


def test_a_plane_stretched_along_a_diagonal() -> None:
    jacobian = np.zeros((1, 5, 2))
    jacobian[0, 0] = 6 / np.sqrt(2), 6 / np.sqrt(2)
    jacobian[0, 3] = 0.5 / np.sqrt(2), -0.5 / np.sqrt(2)
    stretch = Stretch.of(jacobian)
    np.testing.assert_allclose(stretch.semi_axes, [[6, 0.5]])
    np.testing.assert_allclose(np.abs(stretch.direction), [[np.sqrt(0.5), np.sqrt(0.5)]])
    assert stretch.log_area == pytest.approx(np.log10(3))


def test_of_more_coordinates_the_first_two_count() -> None:
    jacobian = np.random.default_rng(3).normal(size=(7, 5, 4))
    np.testing.assert_array_equal(Stretch.of(jacobian).log_area, Stretch.of(jacobian[:, :, :2]).log_area)


def test_cells_hold_every_star_of_the_bulk_with_its_error_and_its_place() -> None:
    rng = np.random.default_rng(4)
    latent, error = rng.normal(size=(6000, 3)), rng.uniform(0, 1, 6000)
    latent[:500] = np.nan
    error[:500] = np.nan
    cells = LatentCells.of(embedding_at(latent, error))
    x0, x1, y0, y1 = cells.bounds
    assert np.median(latent[500:, 0]) - x0 > 2 and y1 - np.median(latent[500:, 1]) > 2
    side = len(cells.stars)
    column = np.floor((latent[:, 0] - x0) / (x1 - x0) * side)
    row = np.floor((latent[:, 1] - y0) / (y1 - y0) * side)
    for place in (0, len(cells.row) // 2, len(cells.row) - 1):
        r, c = cells.row[place], cells.column[place]
        own = (row == r) & (column == c)
        assert cells.stars[r, c] == own.sum() >= LEAST_STARS
        assert cells.error[r, c] == pytest.approx(error[own].mean(), rel=1e-5)
        np.testing.assert_allclose(cells.point[place], latent[own].mean(axis=0), atol=1e-5)
        density = cells.stars[r, c] / ((x1 - x0) * (y1 - y0) / side**2)
        assert cells.log_density[r, c] == pytest.approx(np.log10(density))
    populated = cells.stars >= LEAST_STARS
    np.testing.assert_array_equal(np.isfinite(cells.error), populated)
    np.testing.assert_array_equal(np.isfinite(cells.log_density), populated)
    assert populated.sum() == len(cells.row) == len(cells.point)
    assert 0 < populated.sum() < populated.size
    assert cells.stars.sum() > 0.98 * 5500


def test_more_stars_make_finer_cells() -> None:
    rng = np.random.default_rng(5)
    sides = [len(LatentCells.of(embedding_at(rng.normal(size=(n, 2)), np.ones(n))).stars) for n in (50, 5000, 90_000)]
    assert sides == sorted(set(sides)) and sides[-1] <= 96


def test_stars_on_one_spot_make_no_cells_that_cannot_be_drawn() -> None:
    cells = LatentCells.of(embedding_at(np.full((20, 2), 0.5), np.ones(20)))
    assert cells.stars.sum() == 20
    assert cells.bounds[1] > cells.bounds[0] and cells.bounds[3] > cells.bounds[2]


def test_principal_components_are_scikit_learns_but_for_the_sign() -> None:
    features = np.random.default_rng(6).normal(size=(400, 5)) @ np.diag([4, 3, 2, 1, 0.5]) + 18
    ours, theirs = principal_components(features, 3), PCA(3).fit_transform(features)
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-4)
    np.testing.assert_allclose(principal_components(-features, 3), -ours, atol=1e-4)


def test_umap_places_the_same_stars_alike_or_says_what_to_install() -> None:
    features = np.random.default_rng(7).normal(size=(60, 4))
    if umap_installed():
        places = drain(umap_plane(features))
        assert places.shape == (60, 2) and np.isfinite(places).all()
        np.testing.assert_array_equal(drain(umap_plane(features)), places)
    else:
        with pytest.raises(StellarError, match="install umap-learn"):
            drain(umap_plane(features))
