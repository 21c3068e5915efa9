"""A map the size of a stamp counts the stars where they lie."""

import numpy as np

from stellar_gui.analysis.thumbnail import SIDE, thumbnail
from stellar_gui.autoencoder.embedding import Embedding


def embedding(latent: np.ndarray) -> Embedding:
    rest = np.random.default_rng(1).normal(size=(len(latent), 5)).astype(np.float32)
    return Embedding(latent.astype(np.float32), rest, rest.copy())


def test_stars_are_counted_where_they_lie_with_the_top_row_first() -> None:
    rng = np.random.default_rng(0)
    corners = np.array([[-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]]).repeat([6000, 3000, 1000], axis=0)
    found = thumbnail(embedding(corners + rng.normal(scale=0.05, size=corners.shape)))
    half = SIDE // 2
    quarters = [found[:half, :half], found[:half, half:], found[half:, :half], found[half:, half:]]
    assert [int(np.rint(part.sum() / 1000)) for part in quarters] == [0, 3, 6, 1]
    assert not found.flags.writeable


def test_rows_that_take_no_part_and_empty_embeddings_are_left_out() -> None:
    assert not thumbnail(embedding(np.full((10, 2), np.nan))).any()
    latent = np.random.default_rng(2).normal(size=(100, 2))
    latent[::2] = np.nan
    assert 40 <= thumbnail(embedding(latent)).sum() <= 50


def test_one_coordinate_is_drawn_against_the_error() -> None:
    assert thumbnail(embedding(np.random.default_rng(3).normal(size=(500, 1)))).sum() > 450
