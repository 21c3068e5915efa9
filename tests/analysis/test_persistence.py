"""Groups that come back on other planes are told from patches that mean nothing."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stellar_gui.analysis.persistence import (
    FreshPlane,
    Together,
    Verdict,
    exceeds,
    structure_free,
    together,
    verdict,
)

SIZE = 150


def plane(seed: int) -> NDArray[np.float64]:
    """A broad cloud of 1,500 stars, then a clump of 150 apart; other seeds shuffle places within each."""
    rng = np.random.default_rng(seed)
    turn = rng.uniform(0, 2 * np.pi)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.concatenate([rng.normal(size=(1500, 2)), rng.normal((6, 0), 0.2, (SIZE, 2))]) @ rotation


@pytest.fixture(scope="module")
def planes() -> list[FreshPlane]:
    return [FreshPlane(plane(seed), SIZE) for seed in range(3)]


CLUMP = np.arange(1500, 1500 + SIZE)


def test_a_clump_persists_and_patches_do_not(planes: list[FreshPlane]) -> None:
    first, *others = planes
    group = together([CLUMP], others)
    patches = together(first.patches(CLUMP, SIZE, seed=0), others)
    assert group.jaccard.shape == (1, 2)
    assert group.jaccard.min() > 0.9
    assert group.purity.min() > 0.98
    assert verdict(group, [patches]) is Verdict.PERSISTS
    assert patches.band("jaccard").high < 0.3
    patch = Together(patches.jaccard[:1], patches.purity[:1])
    assert verdict(patch, [patches]) is Verdict.DOES_NOT


def test_patches_are_compact_and_lie_around_stars_outside_the_group(planes: list[FreshPlane]) -> None:
    places = plane(0)
    for patch in planes[0].patches(CLUMP, 40, seed=1):
        assert len(np.unique(patch)) == 40
        centre = places[patch[0]]
        assert patch[0] < 1500
        distance = np.hypot(*(places - centre).T)
        assert set(patch) == set(np.argsort(distance)[:40])


def test_the_measures_are_those_of_their_definitions(planes: list[FreshPlane]) -> None:
    found, members = planes[1], np.concatenate([CLUMP[:100], np.arange(50)])
    mine = set(members.tolist())
    clusters = [set(np.flatnonzero(labels == k)) for labels in found.clusterings for k in range(labels.max() + 1)]
    assert found.jaccard(members) == pytest.approx(max(len(mine & one) / len(mine | one) for one in clusters))
    places = plane(1)
    shares = []
    for star in members:
        distance = np.hypot(*(places - places[star]).T)
        distance[star] = np.inf
        shares.append(len(mine & set(np.argsort(distance)[:30].tolist())) / 30)
    assert found.purity(members) == pytest.approx(np.mean(shares))


def test_neighbours_are_all_kept_on_the_same_plane_and_few_on_one_that_was_shuffled(planes: list[FreshPlane]) -> None:
    turned = FreshPlane(plane(0) @ np.array([[0, 1], [-1, 0]]) * 7 + 3, SIZE)
    assert planes[0].kept(turned) == pytest.approx(1.0)
    assert planes[0].kept(planes[1]) < 0.1


def test_stars_without_structure_have_mean_and_covariance_and_stay_in_range() -> None:
    rng = np.random.default_rng(0)
    stars = np.where(rng.random((40_000, 1)) < 0.5, 18, 21) + rng.normal(size=(40_000, 5)) @ np.diag([1, 1, 2, 1, 1])
    free = structure_free(stars.astype(np.float32), 3, 30_000)
    assert free.shape == (30_000, 5)
    assert free.dtype == np.float32
    np.testing.assert_allclose(free.mean(axis=0), stars.mean(axis=0), atol=0.05)
    np.testing.assert_allclose(np.cov(free.T), np.cov(stars.T), rtol=0.05)
    assert (free >= stars.min(axis=0) - 1e-4).all()
    assert (free <= stars.max(axis=0) + 1e-4).all()


def test_the_verdict_follows_both_measures() -> None:
    def group(jaccard: float, purity: float) -> Together:
        return Together(np.full((1, 3), jaccard), np.full((1, 3), purity))

    null = Together(np.linspace(0.1, 0.4, 20)[:, None], np.linspace(0.3, 0.6, 20)[:, None])
    none = Together(np.empty((0, 2)), np.empty((0, 2)))
    assert verdict(group(0.8, 0.9), [null, none]) is Verdict.PERSISTS
    assert verdict(group(0.45, 0.9), [null, none]) is Verdict.PARTLY
    assert verdict(group(0.8, 0.5), [null, none]) is Verdict.PARTLY
    assert verdict(group(0.2, 0.5), [null, none]) is Verdict.DOES_NOT
    assert not exceeds(group(0.8, 0.9), "jaccard", [null, group(0.85, 0.1)])
    band = null.band("jaccard")
    assert (band.low, band.mean, band.high) == pytest.approx((0.115, 0.25, 0.385))
