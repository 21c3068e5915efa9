"""Clusters corrected by hand keep their numbers, and remember what was done."""

from dataclasses import replace

import numpy as np
import pytest

from stellar_gui.analysis.cluster_edits import as_subset, assigned, joined, new_cluster, sizes
from stellar_gui.analysis.cluster_recipe import silhouette
from stellar_gui.analysis.clusters import label_names
from stellar_gui.analysis.findings import UNLABELLED, Finding
from stellar_gui.analysis.neighbour_graph import NOISE
from stellar_gui.analysis.recipes import Label


@pytest.fixture
def finding() -> Finding:
    codes = np.array([0, 0, 0, 1, 1, 2, NOISE, UNLABELLED], np.int16)
    recipe = {"silhouette": 0.5, "silhouettes": [0.1, 0.2, 0.3], "note": "as tested"}
    return Finding("cluster", "Cluster", codes, labels=label_names(3), recipe=recipe)


ALL = np.ones(8, bool)


def test_stars_move_to_a_cluster_and_the_others_stay(finding: Finding) -> None:
    edited = assigned(finding, np.array([1, 0, 0, 0, 0, 0, 1, 1], bool), 1)
    assert edited.values.tolist() == [1, 0, 0, 1, 1, 2, 1, UNLABELLED]
    assert sizes(edited) == {0: 2, 1: 4, 2: 1, NOISE: 0}
    assert edited.recipe["silhouettes"] == [None, None, 0.3] and edited.recipe["silhouette"] is None
    assert edited.recipe["edits"] == ["2 stars to cluster 1"]
    assert finding.values[0] == 0 and "edits" not in finding.recipe


def test_stars_move_to_noise_and_to_a_new_cluster(finding: Finding) -> None:
    assert assigned(finding, ALL, NOISE).values.tolist() == [NOISE] * 7 + [UNLABELLED]
    code = new_cluster(finding)
    edited = assigned(finding, finding.values == 0, code)
    assert edited.values.tolist() == [3, 3, 3, 1, 1, 2, NOISE, UNLABELLED]
    assert edited.labels == {1: "cluster 1", 2: "cluster 2", 3: "cluster 3", NOISE: "noise"}
    assert edited.recipe["silhouettes"] == [None, 0.2, 0.3, None]


def test_clusters_are_merged_into_the_first_of_them(finding: Finding) -> None:
    edited = joined(finding, [2, 0])
    assert edited.values.tolist() == [0, 0, 0, 1, 1, 0, NOISE, UNLABELLED]
    assert list(edited.labels) == [0, 1, NOISE]
    assert new_cluster(edited) == 2
    assert joined(edited, [0, 1]).recipe["edits"] == [
        "merged cluster 0, cluster 2",
        "merged cluster 0, cluster 1",
    ]


def test_a_cluster_becomes_a_subset_that_knows_where_it_comes_from(finding: Finding) -> None:
    subset = as_subset(finding, 1)
    assert subset.name == "cluster 1" and subset.mask.tolist() == [False, False, False, True, True, False, False, False]
    assert subset.recipe == Label("cluster", 1, "as tested")
    assert as_subset(finding, NOISE).mask.sum() == 1


@pytest.mark.parametrize("odd", [5, "text", {"a": 1}, [["a"], "b", 10**400], 10**400, None, True])
def test_a_recipe_of_another_kind_is_not_told(finding: Finding, odd: object) -> None:
    strange = replace(finding, recipe=dict.fromkeys(("silhouettes", "silhouette", "edits", "note"), odd))
    merged = joined(strange, [0, 1])
    assert merged.recipe["silhouette"] is None
    assert set(merged.recipe["silhouettes"]) == {None}
    assert merged.recipe["edits"][-1] == "merged cluster 0, cluster 1"
    assert silhouette(strange.recipe) is None
    assert as_subset(strange, 0).name == "cluster 0"
