"""The populated region of the latent plane."""

import numpy as np
import pytest

from stellar_gui.analysis.populated import NEIGHBOURS, SHARE, PopulatedRegion


@pytest.fixture(scope="module")
def latent() -> np.ndarray:
    """3,000 stars on a ring of radius 2, one far away alone, and two rows that take no part."""
    rng = np.random.default_rng(0)
    angle, radius = rng.uniform(0, 2 * np.pi, 3000), rng.normal(2, 0.1, 3000)
    ring = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return np.vstack([[np.nan, np.nan], ring, [9, 9], [np.nan, 1]]).astype(np.float32)


def test_the_region_holds_its_share_of_the_stars(latent: np.ndarray) -> None:
    region = PopulatedRegion.of(latent)
    stars = latent[np.isfinite(latent).all(axis=1)]
    held = 1 - region.around(stars).extrapolated.mean()
    assert SHARE <= held < SHARE + 0.002


def test_holes_and_the_surroundings_of_a_lone_star_are_extrapolated(latent: np.ndarray) -> None:
    places = np.array([[2, 0], [0, -2], [0, 0], [9, 9], [9.01, 9], [-30, 4]])
    around = PopulatedRegion.of(latent).around(places)
    assert around.extrapolated.tolist() == [False, False, True, True, True, True]


def test_the_nearest_star_is_that_of_all_distances(latent: np.ndarray) -> None:
    places = np.random.default_rng(1).uniform(-4, 10, (50, 2))
    away = np.hypot(*(latent[None].astype(float) - places[:, None]).transpose(2, 0, 1))
    around = PopulatedRegion.of(latent).around(places)
    np.testing.assert_array_equal(around.row, np.nanargmin(away, axis=1))
    np.testing.assert_allclose(around.distance, np.nanmin(away, axis=1))


def test_further_latent_coordinates_do_not_count(latent: np.ndarray) -> None:
    further = np.column_stack([latent, np.arange(len(latent), dtype=np.float32)])
    places = np.array([[2.0, 0.1], [0.0, 0.0]])
    plain, deep = PopulatedRegion.of(latent).around(places), PopulatedRegion.of(further).around(places)
    np.testing.assert_array_equal(plain.row, deep.row)
    np.testing.assert_array_equal(plain.extrapolated, deep.extrapolated)


@pytest.mark.parametrize("stars", [1, 2, NEIGHBOURS - 1])
def test_few_stars_are_enough(stars: int) -> None:
    latent = np.column_stack([np.arange(stars), np.zeros(stars)]).astype(np.float32)
    around = PopulatedRegion.of(latent).around(np.array([[0.0, 0.0], [100.0, 0.0]]))
    assert around.row.tolist() == [0, stars - 1]
    assert around.extrapolated.tolist() == [False, True]
