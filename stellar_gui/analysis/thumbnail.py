"""A map the size of a stamp: the stars of an embedding counted on a few pixels."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.density import pixel_counts
from stellar_gui.analysis.framing import framed
from stellar_gui.analysis.regions import Bounds
from stellar_gui.autoencoder.embedding import Embedding

SIDE: Final = 64
_TAIL: Final = 0.005
_SAMPLE: Final = 20_000


def thumbnail(embedding: Embedding) -> NDArray[np.uint16]:
    """(SIDE, SIDE) uint16, top row first, read-only: how many stars lie on each pixel of the latent map.

    It shows the stars without the outermost half percent on each side; one latent coordinate is drawn against the
    reconstruction error, as on the map.
    """
    return marked_thumbnail(embedding, np.zeros(len(embedding), bool))[0]


def marked_thumbnail(embedding: Embedding, members: NDArray[np.bool_]) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """The thumbnail, and the same of the members, (n,) bool, alone, on the same part of the plane."""
    flat = embedding.latent.shape[1] == 1
    x, y = embedding.latent[:, 0], embedding.error if flat else embedding.latent[:, 1]
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        empty = np.zeros((SIDE, SIDE), np.uint16)
        empty.setflags(write=False)
        return empty, empty
    sample = np.flatnonzero(known)[:: max(np.count_nonzero(known) // _SAMPLE, 1)]
    (left, right), (bottom, top) = (np.quantile(values[sample], (_TAIL, 1 - _TAIL)).tolist() for values in (x, y))
    bounds = framed((left, right, bottom, top), 0.06)
    return _counted(x[known], y[known], bounds), _counted(x[known & members], y[known & members], bounds)


def _counted(x: NDArray[np.float32], y: NDArray[np.float32], bounds: Bounds) -> NDArray[np.uint16]:
    pixels = pixel_counts(x, y, bounds, (SIDE, SIDE))[::-1]
    counts = np.minimum(pixels, np.iinfo(np.uint16).max).astype(np.uint16)
    counts.setflags(write=False)
    return counts
