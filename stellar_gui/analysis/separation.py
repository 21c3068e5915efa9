"""How well a map keeps kinds of objects apart."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier

NEIGHBOURS: Final = 15
MOST_STARS: Final = 40_000
"""Objects that are looked at; of more, as many drawn at random."""


def class_accuracy(latent: NDArray[np.floating], labels: pd.Categorical) -> float | None:
    """Balanced accuracy (0 to 1, mean over the classes) with which an object's class follows from its 15 neighbours.

    latent: (n, m), NaN for what takes no part; labels: n classes, missing where unknown. One half of the objects, drawn
    with a fixed seed, are asked, the others are their neighbours. Classes with fewer than 30 objects are left out; None
    with fewer than two others.
    """
    known = np.isfinite(latent).all(axis=1) & (labels.codes >= 0)
    counts = np.bincount(labels.codes[known], minlength=len(labels.categories))
    known &= (counts >= 2 * NEIGHBOURS)[labels.codes]
    if np.count_nonzero(counts >= 2 * NEIGHBOURS) < 2:
        return None
    order = np.random.default_rng(0).permutation(np.flatnonzero(known))[:MOST_STARS]
    near, asked = order[: len(order) // 2], order[len(order) // 2 :]
    found = KNeighborsClassifier(NEIGHBOURS).fit(latent[near], labels.codes[near]).predict(latent[asked])
    return float(balanced_accuracy_score(labels.codes[asked], found))
