"""Clusters: groups that are there are found by both methods, the largest first, and noise stays noise."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from stellar_gui.analysis.clusters import ClusterFinder, ClusterSettings, as_finding, by_size, find_clusters
from stellar_gui.analysis.findings import UNLABELLED
from stellar_gui.analysis.mixture import fit_mixture, merged
from stellar_gui.analysis.neighbour_graph import NOISE, NeighbourGraph
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain

GMM = ClusterSettings("gmm")
HDBSCAN_ = ClusterSettings("hdbscan")


def groups(*sizes: int, seed: int = 0, dimension: int = 2) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Round groups of so many stars, ten of their widths apart, in a random order; and which star is of which."""
    random = np.random.default_rng(seed)
    which = random.permutation(np.repeat(np.arange(len(sizes)), sizes))
    points = random.normal(size=(len(which), dimension))
    points[:, 0] += 10 * which
    return points.astype(np.float32), which


@pytest.mark.parametrize("settings", [GMM, HDBSCAN_], ids=["gmm", "hdbscan"])
@pytest.mark.parametrize("dimension", [2, 5])
def test_groups_apart_are_found_and_counted_by_size(settings: ClusterSettings, dimension: int) -> None:
    points, which = groups(200, 600, 400, dimension=dimension)
    found = drain(find_clusters(points, settings))
    assert len(found.sizes) == 3
    in_one = found.labels >= 0
    np.testing.assert_array_equal(found.labels[in_one], np.array([2, 0, 1])[which[in_one]])
    np.testing.assert_array_equal(found.sizes, np.bincount(found.labels[in_one]))
    assert found.noise == np.mean(found.labels == NOISE) < 0.1
    assert found.silhouette is not None and found.silhouette > 0.6
    assert (found.silhouettes > 0.6).all()
    assert found.silhouettes.min() <= found.silhouette <= found.silhouettes.max()


@pytest.mark.parametrize("settings", [GMM, HDBSCAN_], ids=["gmm", "hdbscan"])
def test_a_star_far_from_all_others_is_noise(settings: ClusterSettings) -> None:
    points, _ = groups(300, 300)
    points[7] = (5, 60)
    assert drain(find_clusters(points, settings)).labels[7] == NOISE


@pytest.mark.parametrize("settings", [GMM, HDBSCAN_], ids=["gmm", "hdbscan"])
def test_rows_that_take_no_part_have_no_label_and_change_nothing(settings: ClusterSettings) -> None:
    points, _ = groups(300, 200)
    alone = drain(find_clusters(points, settings))
    gaps = np.insert(points, [0, 100, 100], np.nan, axis=0)
    found = drain(find_clusters(gaps, settings))
    absent = np.isnan(gaps).any(axis=1)
    assert (found.labels[absent] == UNLABELLED).all()
    np.testing.assert_array_equal(found.labels[~absent], alone.labels)
    assert found.noise == alone.noise


@pytest.mark.parametrize("settings", [GMM, HDBSCAN_], ids=["gmm", "hdbscan"])
def test_of_many_stars_some_are_drawn_and_the_others_placed_by_them(settings: ClusterSettings) -> None:
    points, which = groups(3000, 2000)
    finder = ClusterFinder(points, most=1000)
    found = drain(finder.clusters(points, settings))
    assert found.sampled == 1000 and "1,000" in found.note
    assert (found.labels != UNLABELLED).all()
    in_one = found.labels >= 0
    np.testing.assert_array_equal(found.labels[in_one], which[in_one])
    assert found.noise < 0.1
    tried = drain(finder.preview(settings))
    drawn = tried.labels != UNLABELLED
    assert drawn.sum() == 1000
    assert adjusted_rand_score(which[drawn], tried.labels[drawn]) > 0.9


@pytest.mark.parametrize("settings", [GMM, HDBSCAN_], ids=["gmm", "hdbscan"])
def test_the_same_seed_gives_the_same_labels(settings: ClusterSettings) -> None:
    points, _ = groups(300, 200)
    np.testing.assert_array_equal(
        drain(find_clusters(points, settings)).labels, drain(find_clusters(points, settings)).labels
    )


def test_a_mixture_tells_progress_and_the_criterion_of_every_number_it_tried() -> None:
    points, _ = groups(300, 300, 300)
    work, told = find_clusters(points, GMM), []
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            found = end.value
            break
    done = [item.done / item.total for item in told if isinstance(item, Progress)]
    assert len(done) == len(found.bic) and done == sorted(done) and done[-1] == 1
    assert min(found.bic, key=lambda pair: pair[1])[0] == found.components == 3


def test_components_of_one_bent_sequence_are_merged_and_kept_apart_at_will() -> None:
    random = np.random.default_rng(3)
    angle = random.uniform(0, np.pi, 2000)
    arc = 10 * np.column_stack([np.cos(angle), np.sin(angle)]) + random.normal(size=(2000, 2)) / 2
    points = np.concatenate([arc, random.normal(size=(500, 2)) / 2]).astype(np.float32)
    finder = ClusterFinder(points)
    one = drain(finder.preview(ClusterSettings("gmm", overlap=0.03)))
    assert one.components is not None and one.components > 3
    np.testing.assert_array_equal(one.sizes.size, 2)
    assert adjusted_rand_score(np.arange(2500) < 2000, one.labels) > 0.98
    assert len(drain(finder.preview(ClusterSettings("gmm", overlap=1.0))).sizes) == one.components


def test_merging_takes_the_pair_that_hides_most_first() -> None:
    share = np.array([[0.5, 0.5, 0.0], [0.4, 0.6, 0.0], [0.0, 0.1, 0.9], [0.0, 0.0, 1.0]])
    assert drain(merged(share, 0.4)).tolist() == [0, 0, 1]
    assert drain(merged(share, 1.0)).tolist() == [0, 1, 2]
    assert drain(merged(share, 0.0)).tolist() == [0, 0, 0]


def test_shares_and_the_ellipsoids_are_those_of_the_mixture() -> None:
    points = np.random.default_rng(0).normal(size=(4000, 2)) @ np.array([[3.0, 1.0], [0.0, 0.5]])
    mixture = drain(fit_mixture(points, 1, 0))
    share, outside = mixture.shares(points)
    np.testing.assert_array_equal(share, 1)
    assert 0 < outside.mean() < 0.003
    np.testing.assert_allclose(
        np.cov((points - mixture.mean[0]) @ mixture.whitening[0], rowvar=False), np.eye(2), atol=1e-2
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_graph_gives_the_clusters_that_all_pairs_give(seed: int) -> None:
    random = np.random.default_rng(seed)
    points = np.concatenate([random.normal(c, w, (n, 2)) for c, w, n in ((0, 1, 600), (6, 0.5, 300), (3, 4, 200))])
    exact = HDBSCAN(min_cluster_size=40, min_samples=10, copy=True).fit_predict(points)
    assert adjusted_rand_score(exact, NeighbourGraph(points, 0).clusters(40)) > 0.95


def test_stars_at_the_same_place_are_no_obstacle() -> None:
    points, _ = groups(200, 200)
    again = np.repeat(points, 30, axis=0)
    assert len(drain(find_clusters(again, HDBSCAN_)).sizes) >= 2


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (np.full((900, 2), np.nan), "at least 50 stars, and 0"),
        (np.random.default_rng(0).normal(size=(49, 2)), "and 49 take part"),
        (np.zeros((100, 2)), "few places"),
    ],
)
def test_too_little_to_look_in_is_told(points: NDArray[np.float64], words: str) -> None:
    with pytest.raises(InputError, match=words):
        drain(find_clusters(points, GMM))


def test_counting_by_size_skips_empty_clusters_and_leaves_noise() -> None:
    labels, sizes = by_size(np.array([4, NOISE, 1, 4, UNLABELLED, 4, 1, 0], np.int16))
    assert labels.tolist() == [0, NOISE, 1, 0, UNLABELLED, 0, 1, 2]
    assert sizes.tolist() == [3, 2, 1]


def test_labels_become_a_finding_that_tells_how_they_were_found() -> None:
    points, _ = groups(300, 200)
    found = drain(find_clusters(points, GMM))
    finding = as_finding(found, "abc")
    assert finding.name == "cluster" and list(finding.labels.values()) == ["cluster 0", "cluster 1", "noise"]
    np.testing.assert_array_equal(finding.values, found.labels)
    assert finding.recipe["method"] == "gmm" and finding.recipe["model"] == "abc"
    assert finding.recipe["note"] == found.note


@pytest.mark.parametrize(("stars", "most"), [(60, 60), (300, 100)])
def test_a_mixture_of_too_many_components_is_refused(stars: int, most: int) -> None:
    points = np.random.default_rng(1).normal(size=(stars, 2))
    with pytest.raises(InputError, match=f"1 to {most} components"):
        drain(find_clusters(points, ClusterSettings(components=most + 1)))


def test_merging_can_be_stopped_between_its_steps() -> None:
    share = np.random.default_rng(2).dirichlet(np.ones(20), size=50)
    steps = merged(share, 0.0)
    assert [next(steps) for _ in range(30)] == [None] * 30
    steps.close()
