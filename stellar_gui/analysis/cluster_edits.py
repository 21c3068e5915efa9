"""Clusters corrected by hand: stars assigned to another cluster, clusters merged, and made subsets."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.cluster_recipe import edits, note, silhouettes
from stellar_gui.analysis.clusters import label_names
from stellar_gui.analysis.findings import UNLABELLED, Finding
from stellar_gui.analysis.neighbour_graph import NOISE
from stellar_gui.analysis.recipes import Label
from stellar_gui.analysis.subsets import Subset


def assigned(finding: Finding, stars: NDArray[np.bool_], target: int) -> Finding:
    """The clusters with the stars of a mask (n,) in the cluster `target`, which may be NOISE or `new_cluster`.

    Stars that take no part stay without a label. Other clusters keep their numbers; one that is left empty goes.
    """
    moved = stars & (finding.values != UNLABELLED) & (finding.values != target)
    touched = {*np.unique(finding.values[moved]).tolist(), target}
    values = np.where(moved, np.int16(target), finding.values)
    return _edited(finding, values, touched, f"{np.count_nonzero(moved)} stars to {_name(target)}")


def joined(finding: Finding, clusters: Collection[int]) -> Finding:
    """The clusters with some of them as one, which has the smallest of their numbers."""
    target = min(clusters)
    values = np.where(np.isin(finding.values, list(clusters)), np.int16(target), finding.values)
    return _edited(finding, values, set(clusters), f"merged {', '.join(_name(code) for code in sorted(clusters))}")


def new_cluster(finding: Finding) -> int:
    """The number of the next new cluster."""
    return max(finding.labels) + 1


def sizes(finding: Finding) -> Mapping[int, int]:
    """How many stars each cluster has, and noise, in the order of the labels."""
    labelled = finding.values[finding.values >= NOISE]
    found = np.bincount(labelled.astype(np.int64) - NOISE, minlength=max(finding.labels) - NOISE + 1)
    return {code: int(found[code - NOISE]) for code in finding.labels}


def as_subset(finding: Finding, code: int) -> Subset:
    """The stars of a cluster, or noise, as a subset of its name, with the note of how it was found as its recipe."""
    how = note(finding.recipe)
    return Subset(finding.labels[code], finding.values == code, recipe=Label(finding.name, code, how))


def _edited(finding: Finding, values: NDArray[np.int16], touched: set[int], edit: str) -> Finding:
    """The finding with other labels; the silhouettes of the touched clusters are no longer known."""
    present = set(np.unique(values).tolist())
    labels = label_names(max(*finding.labels, *touched) + 1)
    recipe: dict[str, Any] = dict(finding.recipe)
    known = silhouettes(recipe)
    recipe["silhouettes"] = [None if k in touched else known.get(k) for k in range(max(labels) + 1)]
    recipe["silhouette"] = None
    recipe["edits"] = [*edits(recipe), edit]
    kept = {code: name for code, name in labels.items() if code in present or code == NOISE}
    return replace(finding, values=values, labels=kept, recipe=recipe)


def _name(code: int) -> str:
    return label_names(code + 1)[code]
