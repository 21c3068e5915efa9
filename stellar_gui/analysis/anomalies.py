"""How odd each star is: scores by which stars are ranked, and what each of them finds."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from stellar_gui.analysis.nearest import nearest
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress

LOOK_ALIKES: Final = 50
"""Stars with which a star's bands and residuals are compared; a group of fewer stars of its own kind stays odd."""
NEIGHBOUR: Final = 10
"""The neighbour whose distance tells how sparse a star's surroundings are."""
FEWEST_STARS: Final = 20
SMALLEST_SPREAD: Final = 0.1
"""mag, added in quadrature to what look-alikes differ by, so that no star is odd by a small fraction of that."""

_BRIGHTNESS_WEIGHT: Final = 0.25  # of a magnitude of brightness against one of colour, in who looks alike
_NORMAL: Final = 1.4826  # standard deviation of a normal distribution over its median absolute deviation
_LIMIT: Final = 3.0  # standard deviations at which the residuals that settle a covariance are cut
_TREE_PIECE: Final = 65_536

Scores = NDArray[np.float64]
Steps = Generator[int, None, Scores]


@dataclass(frozen=True, eq=False)
class Stars:
    """The n stars that take part; arrays are (n, 5) float64, mag, or (n, m), dimensionless.

    magnitudes: with the reconstruction in place of a band without a detection. residual: NaN in such a band.
    errors: photometric ones, NaN where not known; None where none is. latent: positions on the map.
    """

    magnitudes: NDArray[np.float64]
    residual: NDArray[np.float64]
    latent: NDArray[np.float64]
    errors: NDArray[np.float64] | None

    @property
    def colours(self) -> NDArray[np.float64]:
        """(n, 4), mag: u-g, g-r, r-i, i-z."""
        return self.magnitudes[:, :-1] - self.magnitudes[:, 1:]


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


def _bands(stars: Stars) -> Steps:
    """Largest of five: a band's distance from its median among the stars alike in the others, over their spread."""
    score = np.zeros(len(stars.magnitudes))
    for k in range(len(BAND_NAMES)):
        others = np.delete(stars.magnitudes, k, axis=1)
        level = others.mean(axis=1)
        alike = np.column_stack([others[:, :-1] - others[:, 1:], _BRIGHTNESS_WEIGHT * level])
        height = stars.magnitudes[:, k] - level
        for near in nearest(alike, _count(LOOK_ALIKES, stars)):
            centre, spread = _centre_and_spread(height[near.neighbour])
            distance = np.abs(height[near.rows] - centre) / np.hypot(spread, SMALLEST_SPREAD)
            score[near.rows] = np.maximum(score[near.rows], distance)
            yield len(near.rows)
    return score


def _surroundings(stars: Stars) -> Steps:
    """Mahalanobis distance of a star's residuals from those of its neighbours on the map.

    Their covariance is taken about the medians, of residuals cut at three standard deviations.
    """
    residual = np.nan_to_num(stars.residual)
    score = np.empty(len(residual))
    floor = np.square(SMALLEST_SPREAD) * np.eye(len(BAND_NAMES))
    for near in nearest(stars.latent, _count(LOOK_ALIKES, stars)):
        around = residual[near.neighbour]
        centre, spread = _centre_and_spread(around)
        limit = _LIMIT * spread[:, None]
        apart = np.clip(around - centre[:, None], -limit, limit)
        covariance = np.einsum("nki,nkj->nij", apart, apart, optimize=True) / around.shape[1] + floor
        own = residual[near.rows] - centre
        score[near.rows] = np.sqrt(np.einsum("ni,ni->n", own, np.linalg.solve(covariance, own[..., None])[..., 0]))
        yield len(near.rows)
    return score


def _largest_rank(stars: Stars) -> Steps:
    first = yield from _bands(stars)
    second = yield from _surroundings(stars)
    largest: Scores = np.maximum(rankdata(first), rankdata(second)) / len(first)
    return largest


def _error(stars: Stars) -> Steps:
    yield len(stars.residual)
    return _root_mean_square(stars.residual)


def _error_of(band: int) -> Callable[[Stars], Steps]:
    def work(stars: Stars) -> Steps:
        yield len(stars.residual)
        return np.abs(np.nan_to_num(stars.residual[:, band]))

    return work


def _scaled_error(stars: Stars) -> Steps:
    """Root mean square over the bands whose error is known; 0 for a star without any."""
    assert stars.errors is not None
    yield len(stars.residual)
    return np.nan_to_num(_root_mean_square(stars.residual / stars.errors))


def _sparse(points: Callable[[Stars], NDArray[np.float64]]) -> Callable[[Stars], Steps]:
    def work(stars: Stars) -> Steps:
        score = np.empty(len(stars.magnitudes))
        for near in nearest(points(stars), _count(NEIGHBOUR, stars)):
            score[near.rows] = near.distance[:, -1]
            yield len(near.rows)
        return score

    return work


def _forest(stars: Stars) -> Steps:
    from sklearn.ensemble import IsolationForest

    colours = stars.colours
    forest = IsolationForest(random_state=0).fit(colours)
    score = np.empty(len(colours))
    for start in range(0, len(colours), _TREE_PIECE):
        piece = colours[start : start + _TREE_PIECE]
        score[start : start + _TREE_PIECE] = -forest.score_samples(piece)
        yield len(piece)
    return score


def _count(wanted: int, stars: Stars) -> int:
    return min(wanted, len(stars.magnitudes) - 1)


def _centre_and_spread(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median along axis 1 and standard deviation as the median absolute deviation tells it."""
    centre = np.median(values, axis=1)
    return centre, _NORMAL * np.median(np.abs(values - centre[:, None]), axis=1)


def _root_mean_square(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) from (n, 5), what is NaN left out; NaN where nothing is left."""
    known = np.isfinite(values)
    squares = np.square(np.where(known, values, 0.0)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        mean: NDArray[np.float64] = squares / known.sum(axis=1)
    return np.sqrt(mean)


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        method.name: method
        for method in (
            Method(
                "bands",
                "One band against look-alikes",
                "Stars with a band unlike that of the 50 stars most alike in the other four: a spoilt magnitude, "
                "a variable star, a rare kind such as a quasar.",
                "",
                5,
                _bands,
            ),
            Method(
                "surroundings",
                "Residuals against the surroundings",
                "Stars whose residuals are unlike those of the 50 around them on the map: kinds that lie among others "
                "there, such as white dwarfs with a red companion.",
                "",
                1,
                _surroundings,
            ),
            Method(
                "rank",
                "Largest rank of these two",
                "Stars that rank high by either of the two above: some of everything, at twice the length.",
                "",
                6,
                _largest_rank,
            ),
            Method(
                "error",
                "Reconstruction error",
                "Stars that the autoencoder cannot give back: rare colours, and faint stars with their noise.",
                "mag",
                1,
                _error,
            ),
            *(
                Method(
                    f"error_{band}",
                    f"Reconstruction error in {band}",
                    f"Stars whose {band} magnitude the autoencoder cannot give back.",
                    "mag",
                    1,
                    _error_of(k),
                )
                for k, band in enumerate(BAND_NAMES)
            ),
            Method(
                "error_scaled",
                "Residuals over photometric errors",
                "Stars that the autoencoder misses by many times their photometric error: not faint ones, whose noise "
                "is expected, but bright ones before all.",
                "",
                1,
                _scaled_error,
                needs_errors=True,
            ),
            Method(
                "sparse_colours",
                "Sparse surroundings in colours",
                "Stars far from their 10th neighbour in the four colours: colours that few stars have.",
                "mag",
                1,
                _sparse(lambda stars: stars.colours),
            ),
            Method(
                "sparse_latent",
                "Sparse surroundings on the map",
                "Stars far from their 10th neighbour on the map: its rim and its gaps.",
                "latent units",
                1,
                _sparse(lambda stars: stars.latent),
            ),
            Method(
                "forest",
                "Isolation forest",
                "Stars that few random cuts through the colours part from all others: extreme colours, hardly anything "
                "else.",
                "",
                1,
                _forest,
            ),
        )
    }
)
"""By name, in the order in which they are offered."""

DEFAULT: Final = "bands"
