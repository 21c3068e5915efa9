"""What each anomaly score finds: spoilt bands and quasars among real stars, rare kinds among simulated ones."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from statistics import fmean
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score

from stellar_gui.analysis.anomalies import DEFAULT, METHODS, anomaly_scores
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.embedding import embed
from stellar_gui.autoencoder.training import train
from stellar_gui.catalog.quality import QualityCuts, check
from stellar_gui.catalog.reading import read_catalog
from stellar_gui.catalog.simulation import simulate
from stellar_gui.progress import drain
from tests.benchmarks._lecture import Stars, real_stars
from tests.conftest import REAL_STARS

RARE: Final = ("white dwarf", "quasar", "white dwarf + M dwarf")
PCA, PLAIN = "PCA error", "largest rank of error and sparse colours"
SCORES: Final = (*(name for name, method in METHODS.items() if not method.needs_errors), PLAIN)

Sample = tuple[Stars, NDArray[np.bool_] | NDArray[np.str_]]
Measure = Callable[[Any, NDArray[np.floating]], float]


def run(quick: bool) -> list[dict[str, Any]]:
    """Means over five trainings, one with quick, each with a spoiling, a choice of quasars or a sample of its own.

    ours: of a score; peer: of the PCA error on the same stars.
    """
    torch.set_num_threads(1)
    samples: dict[str, tuple[Callable[[int], Sample], Measure, str]] = {
        f"share of {' or '.join(RARE)} in the top 1 %, simulated": (
            lambda seed: simulated(10_000 if quick else 50_000, seed),
            share_of_rare,
            "share",
        )
    }
    if REAL_STARS.is_dir():
        samples |= {
            "1 % spoilt in one band by 0.5 to 2 mag, real": (spoilt, average_precision_score, "average precision"),
            "1 % quasars among stars, real": (with_quasars, average_precision_score, "average precision"),
        }
    rows = []
    for task, (sample, measure, unit) in samples.items():
        found = defaultdict(list)
        for seed in range(1 if quick else 5):
            stars, truth = sample(seed)
            for name, score in scores(stars, TrainingConfig(seed=seed, time_budget=3.0 if quick else 15.0)).items():
                found[name].append(measure(truth, score))
        means = {name: fmean(values) for name, values in found.items()}
        rows += [_row(f"{name}: {task}", means[name], means[PCA], unit, name == DEFAULT) for name in SCORES]
    return rows


def scores(stars: Stars, config: TrainingConfig) -> Mapping[str, NDArray[np.floating]]:
    """By name, of stars (n, 5), mag, on which a network is trained: the program's, and those to compare with."""
    model = drain(train(stars, config))
    embedding = drain(embed(model, stars, np.ones(len(stars), np.bool_)))
    found: dict[str, NDArray[np.floating]] = {
        name: drain(anomaly_scores(METHODS[name], stars, embedding)) for name in SCORES if name in METHODS
    }
    found[PCA] = np.square(model.features.principal_component_residuals(stars, 2)).mean(axis=1)
    found[PLAIN] = np.maximum(rankdata(found["error"]), rankdata(found["sparse_colours"]))
    return found


def spoilt(seed: int) -> Sample:
    """Real stars; which of them had a band made brighter or fainter."""
    stars = real_stars()
    assert stars is not None
    stars, rng, count = stars.copy(), np.random.default_rng(seed), len(stars) // 100
    rows = rng.choice(len(stars), count, replace=False)
    stars[rows, rng.integers(0, 5, count)] += rng.choice([-1, 1], count) * rng.uniform(0.5, 2, count)
    return stars, np.isin(np.arange(len(stars)), rows)


def with_quasars(seed: int) -> Sample:
    """Real stars and, in random order, one quasar for 99 of them; which they are."""
    catalog = read_catalog(REAL_STARS / "sdss_dr14_spectro.csv")
    kept, labels = check(catalog, QualityCuts(classes=None)).kept, np.asarray(catalog.labels)
    stars, quasars = (np.flatnonzero(kept & (labels == name)) for name in ("STAR", "QSO"))
    rng = np.random.default_rng(seed)
    rows = rng.permutation(np.concatenate([stars, rng.choice(quasars, len(stars) // 99, replace=False)]))
    return catalog.magnitudes[rows], labels[rows] == "QSO"


def simulated(count: int, seed: int) -> Sample:
    """The built-in sample and its kinds."""
    catalog = simulate(count, seed=seed)
    kept = check(catalog, QualityCuts()).kept
    return catalog.magnitudes[kept], catalog.table["kind"].to_numpy(dtype=str)[kept]


def share_of_rare(kinds: NDArray[np.str_], score: NDArray[np.floating]) -> float:
    """Share of rare kinds among the highest 1 percent."""
    top = np.argsort(-score)[: len(score) // 100]
    return float(np.isin(kinds[top], RARE).mean())


def _row(work: str, ours: float, peer: float, unit: str, is_default: bool) -> dict[str, Any]:
    return {
        "work": work, "ours": ours, "peer": peer, "unit": unit, "ratio": ours / peer,
        "bar": 1.0 if is_default else "-", "met": ours > peer or not is_default,
    }  # fmt: skip
