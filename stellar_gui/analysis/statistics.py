"""Numbers that sum up a group of stars: medians, spread, bias and rms per band, and where one star's error stands."""

from dataclasses import dataclass, fields
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stellar_gui.autoencoder.embedding import Embedding

_PERCENTILES = (16.0, 50.0, 84.0)
_BINS = 1024


@dataclass(frozen=True, eq=False)
class SelectionSummary:
    """What a group of stars has in common; every array is (5,) float64, mag, in the order u g r i z, read-only.

    count: stars in the group. original_*, reconstructed_*: median, 16th and 84th percentile (linear between two
    stars, as `numpy.percentile`) of the magnitudes. bias: mean residual (original - reconstruction). bias_error: its
    standard error, the sample's standard deviation over sqrt(n). rms: root mean square of the residuals.
    Values that are not finite are left out band by band; where none is left (one, for bias_error) the answer is NaN.
    """

    count: int
    original_median: NDArray[np.float64]
    original_p16: NDArray[np.float64]
    original_p84: NDArray[np.float64]
    reconstructed_median: NDArray[np.float64]
    reconstructed_p16: NDArray[np.float64]
    reconstructed_p84: NDArray[np.float64]
    bias: NDArray[np.float64]
    bias_error: NDArray[np.float64]
    rms: NDArray[np.float64]

    def __post_init__(self) -> None:
        for item in fields(self):
            if item.name != "count":
                getattr(self, item.name).setflags(write=False)


def summarise(
    magnitudes: NDArray[np.floating], embedding: Embedding | None, rows: NDArray[np.integer] | NDArray[np.bool_]
) -> SelectionSummary:
    """Sum up the stars in rows.

    magnitudes: (n, 5), mag, u g r i z; embedding: of the same n rows, None before there is one; rows: catalogue row
    numbers (k,) or a mask (n,).
    """
    numbers = np.arange(len(magnitudes))[rows]
    original = np.array([_percentiles(band) for band in _columns(magnitudes, numbers)])
    unknown = np.full_like(magnitudes[:0], np.nan)
    among = numbers if embedding is not None else numbers[:0]
    reconstruction, residuals = (
        (unknown, unknown) if embedding is None else (embedding.reconstruction, embedding.residual)
    )
    reconstructed = np.array([_percentiles(band) for band in _columns(reconstruction, among)])
    residual = np.array([_moments(band[~np.isnan(band)]) for band in _columns(residuals, among)])
    return SelectionSummary(
        len(numbers),
        original_p16=original[:, 0],
        original_median=original[:, 1],
        original_p84=original[:, 2],
        reconstructed_p16=reconstructed[:, 0],
        reconstructed_median=reconstructed[:, 1],
        reconstructed_p84=reconstructed[:, 2],
        bias=residual[:, 0],
        bias_error=residual[:, 1],
        rms=residual[:, 2],
    )


class ErrorRanks:
    """The errors of all stars, sorted once, so that one star's percentile costs a binary search.

    error: (n,), mag; what is not finite takes no part.
    """

    def __init__(self, error: ArrayLike) -> None:
        values = np.asarray(error)
        self._sorted = np.sort(values[np.isfinite(values)])

    def percentile(self, value: float) -> float:
        """Percent of the stars whose error is smaller, equal ones counted half; NaN for a value that is not finite."""
        if not len(self._sorted) or not np.isfinite(value):
            return float("nan")
        key = self._sorted.dtype.type(value)
        below, up_to = (np.searchsorted(self._sorted, key, side) for side in ("left", "right"))
        return float(50.0 * (below + up_to) / len(self._sorted))


_ranks: WeakKeyDictionary[Embedding, ErrorRanks] = WeakKeyDictionary()


def error_ranks(embedding: Embedding) -> ErrorRanks:
    """The ranks of an embedding's errors; they are sorted at the first call and kept as long as the embedding."""
    ranks = _ranks.get(embedding)
    if ranks is None:
        ranks = _ranks[embedding] = ErrorRanks(embedding.error)
    return ranks


def _columns(values: NDArray[np.floating], rows: NDArray[np.integer]) -> list[NDArray[np.floating]]:
    """The finite values of each band, one contiguous array per band."""
    columns = np.ascontiguousarray(np.take(values, rows, axis=0).T)
    return [column[np.isfinite(column)] for column in columns]


def _percentiles(values: NDArray[np.floating]) -> NDArray[np.float64]:
    if not len(values):
        return np.full(len(_PERCENTILES), np.nan)
    rank = np.array(_PERCENTILES) / 100 * (len(values) - 1)
    lower = np.floor(rank).astype(np.intp)
    upper = np.minimum(lower + 1, len(values) - 1)
    found = _order_statistics(values.astype(np.float64), np.concatenate([lower, upper]))
    below, above = np.split(found, 2)
    return below + (rank - lower) * (above - below)


def _order_statistics(values: NDArray[np.float64], ranks: NDArray[np.intp]) -> NDArray[np.float64]:
    """The values (n,) that sorting would put at ranks, in a fifth of a partition's time.

    A monotonic function sorts the values into bins; only the few bins that hold a rank are sorted themselves.
    """
    low, high = float(values.min()), float(values.max())
    scale = _BINS / (high - low) if high > low else 0.0
    if not 0.0 < scale < np.inf:
        return np.sort(values)[ranks]
    bins = ((values - low) * scale).astype(np.intp)
    ends = np.cumsum(np.bincount(bins))
    holders = np.searchsorted(ends, ranks, side="right")
    members = {holder: np.sort(values[bins == holder]) for holder in set(holders.tolist())}
    starts = np.concatenate([[0], ends])
    return np.array(
        [members[holder][rank - starts[holder]] for holder, rank in zip(holders.tolist(), ranks, strict=True)]
    )


def _moments(residual: NDArray[np.floating]) -> tuple[float, float, float]:
    count = len(residual)
    if not count:
        return float("nan"), float("nan"), float("nan")
    values = residual.astype(np.float64)
    error = float(np.std(values, ddof=1) / np.sqrt(count)) if count > 1 else float("nan")
    return float(np.mean(values)), error, float(np.sqrt(np.mean(values**2)))
