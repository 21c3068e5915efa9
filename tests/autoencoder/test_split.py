import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.split import split
from stellar_gui.errors import TrainingError

shares = st.tuples(*[st.floats(0.001, 1.0)] * 3, st.floats(0.0, 1.0)).map(
    lambda parts: tuple(part / sum(parts) for part in parts[:3])
)


@given(st.integers(3, 500), st.integers(0, 2**63 - 1), shares)
def test_parts_are_disjoint_not_empty_and_of_their_size(
    stars: int, seed: int, fractions: tuple[float, float, float]
) -> None:
    parts = split(stars, seed, fractions)
    rows = np.concatenate([parts.train, parts.validation, parts.test])
    assert len(np.unique(rows)) == len(rows) <= stars
    assert rows.min() >= 0 and rows.max() < stars
    for part, fraction in zip((parts.train, parts.validation, parts.test), fractions, strict=True):
        assert len(part) >= 1
        assert abs(len(part) - fraction * stars) <= 3


@given(st.integers(3, 500))
def test_fractions_of_one_deal_every_star_out(stars: int) -> None:
    parts = split(stars, 0, TrainingConfig().fractions)
    assert len(parts.train) + len(parts.validation) + len(parts.test) == stars


def test_the_default_is_the_lectures() -> None:
    parts = split(255_000, 0, TrainingConfig().fractions)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (150_000, 5_000, 100_000)


def test_the_seed_settles_the_parts() -> None:
    first, same, other = (split(1000, seed, (0.6, 0.1, 0.3)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.train, same.train)
    np.testing.assert_array_equal(first.test, same.test)
    assert not np.array_equal(first.train, other.train)
    assert not np.array_equal(first.train, np.sort(first.train))


def test_two_stars_cannot_be_dealt_out() -> None:
    with pytest.raises(TrainingError, match="too few"):
        split(2, 0, (0.5, 0.25, 0.25))


def test_parts_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        split(10, 0, (0.5, 0.25, 0.25)).train[0] = 1
