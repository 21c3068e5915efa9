"""How odd each star is: the scores by which stars are ranked, and what each of them finds."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis import oddness
from stellar_gui.analysis.oddness import Stars, Steps
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

FEWEST_STARS: Final = 20


@dataclass(frozen=True)
class Method:
    """A score under a name; finds: what ranks high by it, in one sentence; unit: of the score, '' for none.

    passes: how often the work goes over all stars.
    """

    name: str
    title: str
    finds: str
    unit: str
    passes: int
    work: Callable[[Stars], Steps]
    needs_errors: bool = False


def anomaly_scores(
    method: Method,
    magnitudes: NDArray[np.float32],
    embedding: Embedding,
    errors: NDArray[np.float32] | None = None,
) -> Generator[Progress, None, NDArray[np.float32]]:
    """(n,) float32: how odd each of n stars is, larger is odder; NaN where the embedding is, for what takes no part.

    magnitudes, errors: (n, 5), mag, of the embedding's rows; errors: as `photometric_errors` gives them.
    Raises InputError for fewer than 20 stars, and for a method that needs errors where none is known.
    """
    rows = np.flatnonzero(np.isfinite(embedding.error))
    if len(rows) < FEWEST_STARS:
        raise InputError(
            f"Only {len(rows)} stars take part, at least {FEWEST_STARS} are needed to tell which are odd; relax the "
            "quality checks or open a larger table."
        )
    if method.needs_errors and errors is None:
        raise InputError(
            "The photometric errors of these stars are not known: their table has no column such as err_r; name one, "
            "or rank by another score."
        )
    residual = embedding.residual[rows].astype(np.float64)
    detected = np.where(np.isfinite(residual), magnitudes[rows], embedding.reconstruction[rows]).astype(np.float64)
    known = None if errors is None else errors[rows].astype(np.float64)
    work = method.work(Stars(detected, residual, embedding.latent[rows].astype(np.float64), known))
    done, total = 0, method.passes * len(rows)
    yield Progress(0, total, "stars")
    while True:
        try:
            done += next(work)
        except StopIteration as end:
            score = np.full(len(magnitudes), np.nan, np.float32)
            score[rows] = end.value
            return score
        yield Progress(done, total, "stars")


def ranking(score: NDArray[np.float32] | NDArray[np.int16]) -> NDArray[np.intp]:
    """Row numbers of the stars that have a score, the largest first, equal ones in the order of their rows."""
    order = np.argsort(-score, kind="stable")
    return order[: np.count_nonzero(np.isfinite(score))]


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        method.name: method
        for method in (
            Method(
                "rank",
                "Band or residuals",
                "Stars with one band unlike that of their look-alikes, or with residuals unlike those of their "
                "neighbours on the map, whichever is odder. Scores from 1 are among the oddest 10 % by one of the two, "
                "from 2 among the oddest 1 %, from 3 among the oddest 0.1 %.",
                "",
                6,
                oddness.largest_rank,
            ),
            Method(
                "bands",
                "Band among look-alikes",
                "Stars with one band unlike that of the 50 most alike in the other four: a spoilt magnitude, or a rare "
                "kind such as a quasar.",
                "",
                5,
                oddness.bands,
            ),
            Method(
                "surroundings",
                "Residuals among neighbours",
                "Stars whose residuals are unlike those of the 50 around them on the map, such as white dwarfs with a "
                "red companion.",
                "",
                1,
                oddness.surroundings,
            ),
            Method(
                "error",
                "Reconstruction error",
                "Stars that the autoencoder cannot give back: rare colours, and faint stars with their noise.",
                "mag",
                1,
                oddness.error,
            ),
            *(
                Method(
                    f"error_{band}",
                    f"Reconstruction error in {band}",
                    f"Stars whose {band} magnitude the autoencoder cannot give back.",
                    "mag",
                    1,
                    oddness.error_of(k),
                )
                for k, band in enumerate(BAND_NAMES)
            ),
            Method(
                "error_scaled",
                "Residuals over their errors",
                "Stars that the autoencoder misses by many times their photometric error: bright ones before all, "
                "since the noise of faint ones is expected.",
                "",
                1,
                oddness.scaled_error,
                needs_errors=True,
            ),
            Method(
                "sparse_colours",
                "Sparse in the colours",
                "Stars far from their 10th neighbour in the four colours: colours that few stars have.",
                "mag",
                1,
                oddness.sparse(lambda stars: stars.colours),
            ),
            Method(
                "sparse_latent",
                "Sparse on the map",
                "Stars far from their 10th neighbour on the map: its rim and its gaps.",
                "latent units",
                1,
                oddness.sparse(lambda stars: stars.latent),
            ),
            Method(
                "forest",
                "Isolation forest",
                "Stars that few random cuts through the colours part from all others: extreme colours, and little "
                "else.",
                "",
                1,
                oddness.forest,
            ),
        )
    }
)
"""By name, in the order in which they are offered."""

DEFAULT: Final = "rank"
"""The most even over what `tests.benchmarks anomalies` plants: nowhere under three quarters of what the best finds."""
