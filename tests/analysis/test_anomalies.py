"""Anomaly scores: what each finds, among stars on a simple locus of which a few were made odd."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pytest
from numpy.typing import NDArray

from stellar_gui.analysis import nearest as neighbours
from stellar_gui.analysis.anomalies import METHODS, anomaly_scores, ranking
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain

STARS = 600
SLOPES = np.array([1.6, 0.9, 0.2, 0.1, -0.1])
ODD: Mapping[str, int] = MappingProxyType({"spoilt": 11, "rim": 22, "alone": 33, "out": 44, "masked": 55})


@pytest.fixture
def magnitudes() -> NDArray[np.float32]:
    """Stars along a line of temperature at brightnesses from 16 to 20 mag; one is fainter in r by 1 mag."""
    rng = np.random.default_rng(0)
    temperature, brightness = rng.uniform(-1, 1, STARS), rng.uniform(16, 20, STARS)
    made = brightness[:, None] + temperature[:, None] * SLOPES + rng.normal(scale=0.02, size=(STARS, 5))
    made[ODD["spoilt"], 2] += 1.0
    made[ODD["alone"]] = [18.0, 21.0, 17.0, 20.0, 18.0]
    return made.astype(np.float32)


@pytest.fixture
def embedding(magnitudes: NDArray[np.float32]) -> Embedding:
    """A network that knows brightness and temperature; one star lies far from the others, one takes no part, and in
    one the u band was not detected.
    """
    plane = np.column_stack([np.ones(5), SLOPES])
    latent = magnitudes @ np.linalg.pinv(plane).T
    reconstruction = (latent @ plane.T).astype(np.float32)
    residual = magnitudes - reconstruction
    latent[ODD["rim"]] = [30.0, 9.0]
    residual[ODD["masked"], 0] = np.nan
    for values in (latent, reconstruction, residual):
        values[ODD["out"]] = np.nan
    return Embedding(latent.astype(np.float32), reconstruction, residual)


def top(
    name: str, magnitudes: NDArray[np.float32], embedding: Embedding, errors: NDArray[np.float32] | None = None
) -> int:
    return int(ranking(drain(anomaly_scores(METHODS[name], magnitudes, embedding, errors)))[0])


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if not method.needs_errors])
def test_every_star_that_takes_part_has_a_score(
    name: str, magnitudes: NDArray[np.float32], embedding: Embedding
) -> None:
    score = drain(anomaly_scores(METHODS[name], magnitudes, embedding))
    assert score.dtype == np.float32
    np.testing.assert_array_equal(np.flatnonzero(~np.isfinite(score)), [ODD["out"]])
    assert score[np.isfinite(score)].min() >= 0


@pytest.mark.parametrize("name", ["bands", "surroundings", "rank", "error", "error_u", "sparse_colours", "forest"])
def test_colours_that_no_other_star_has_are_odd(
    name: str, magnitudes: NDArray[np.float32], embedding: Embedding
) -> None:
    assert top(name, magnitudes, embedding) == ODD["alone"]


def test_a_spoilt_band_is_odd_where_its_neighbours_in_the_others_differ(
    magnitudes: NDArray[np.float32], embedding: Embedding
) -> None:
    score = drain(anomaly_scores(METHODS["bands"], magnitudes, embedding))
    assert set(ranking(score)[:2]) == {ODD["alone"], ODD["spoilt"]}
    assert 8 < score[ODD["spoilt"]] < 12, "1 mag over 0.1 mag and a little noise"


def test_a_star_at_the_rim_of_the_map_is_odd_by_its_sparse_surroundings(
    magnitudes: NDArray[np.float32], embedding: Embedding
) -> None:
    assert top("sparse_latent", magnitudes, embedding) == ODD["rim"]


def test_the_error_of_a_band_is_the_size_of_its_residual_and_what_is_not_detected_has_none(
    magnitudes: NDArray[np.float32], embedding: Embedding
) -> None:
    score = drain(anomaly_scores(METHODS["error_u"], magnitudes, embedding))
    assert score[3] == pytest.approx(abs(embedding.residual[3, 0]))
    assert score[ODD["masked"]] == 0
    total = drain(anomaly_scores(METHODS["error"], magnitudes, embedding))
    np.testing.assert_allclose(total, embedding.error, rtol=1e-5)


def test_over_photometric_errors_a_precise_star_is_odder_than_a_noisy_one(
    magnitudes: NDArray[np.float32], embedding: Embedding
) -> None:
    errors = np.full(magnitudes.shape, 0.02, np.float32)
    errors[ODD["alone"]] = 5.0
    errors[7] = np.nan
    assert top("error_scaled", magnitudes, embedding, errors) == ODD["spoilt"]
    assert drain(anomaly_scores(METHODS["error_scaled"], magnitudes, embedding, errors))[7] == 0
    with pytest.raises(InputError, match="err_r"):
        drain(anomaly_scores(METHODS["error_scaled"], magnitudes, embedding))


def test_what_stood_in_a_band_that_was_not_detected_plays_no_part(
    magnitudes: NDArray[np.float32], embedding: Embedding
) -> None:
    other = magnitudes.copy()
    other[ODD["masked"], 0] = 24.6
    for name in ("bands", "sparse_colours", "surroundings"):
        np.testing.assert_array_equal(
            drain(anomaly_scores(METHODS[name], magnitudes, embedding)),
            drain(anomaly_scores(METHODS[name], other, embedding)),
        )


@pytest.mark.parametrize("name", ["bands", "rank", "forest", "error", "error_scaled"])
def test_progress_ends_with_all_that_was_announced(
    name: str, magnitudes: NDArray[np.float32], embedding: Embedding
) -> None:
    errors = np.full(magnitudes.shape, 0.02, np.float32)
    told = list(anomaly_scores(METHODS[name], magnitudes, embedding, errors))
    assert told[0].done == 0
    assert told[-1] == Progress(told[0].total, told[0].total, "stars")


def test_too_few_stars_are_refused(magnitudes: NDArray[np.float32], embedding: Embedding) -> None:
    few = Embedding(embedding.latent[:19], embedding.reconstruction[:19], embedding.residual[:19])
    with pytest.raises(InputError, match="Only 19 stars take part"):
        drain(anomaly_scores(METHODS["bands"], magnitudes[:19], few))


def test_a_table_smaller_than_the_number_of_look_alikes_is_ranked(
    magnitudes: NDArray[np.float32], embedding: Embedding
) -> None:
    few = Embedding(embedding.latent[:34], embedding.reconstruction[:34], embedding.residual[:34])
    assert set(ranking(drain(anomaly_scores(METHODS["bands"], magnitudes[:34], few)))[:2]) == {11, 33}


def test_stars_all_alike_are_not_odd(embedding: Embedding) -> None:
    alike = np.full((200, 5), 18.0, np.float32)
    still = Embedding(np.zeros((200, 2), np.float32), alike.copy(), np.zeros((200, 5), np.float32))
    for name, method in METHODS.items():
        if not method.needs_errors and name != "forest":
            np.testing.assert_array_equal(drain(anomaly_scores(method, alike, still)), 0.0)


def test_the_same_stars_have_the_same_scores(magnitudes: NDArray[np.float32], embedding: Embedding) -> None:
    for name in ("rank", "forest"):
        first, second = (drain(anomaly_scores(METHODS[name], magnitudes, embedding)) for _ in range(2))
        np.testing.assert_array_equal(first, second)


def test_the_largest_rank_is_that_of_the_score_by_which_a_star_is_odder(
    magnitudes: NDArray[np.float32], embedding: Embedding
) -> None:
    score, *others = (
        drain(anomaly_scores(METHODS[name], magnitudes, embedding)) for name in ("rank", "bands", "surroundings")
    )
    best = np.min([np.argsort(ranking(other)) for other in others], axis=0) + 1
    taking_part = np.flatnonzero(np.isfinite(score))
    np.testing.assert_allclose(score[taking_part], np.log10(len(taking_part) / best), atol=1e-5)


def test_equal_scores_rank_in_the_order_of_their_rows() -> None:
    score = np.array([1, 3, np.nan, 3, 2], np.float32)
    np.testing.assert_array_equal(ranking(score), [1, 3, 4, 0])


def brute_force(points: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return np.sort(apart, axis=1)[:, :count]


def test_the_nearest_are_those_of_all_pairs_and_no_star_is_its_own() -> None:
    points = np.random.default_rng(0).normal(size=(300, 3))
    points[:4] = points[0]
    found = np.full((300, 5), np.nan)
    for near in neighbours.nearest(points, 5):
        found[near.rows] = near.distance
        assert not (near.neighbour == near.rows[:, None]).any()
    np.testing.assert_allclose(found, brute_force(points, 5), atol=1e-12)


def test_of_many_stars_a_part_are_the_references(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "MOST_REFERENCES", 100)
    points = np.random.default_rng(0).normal(size=(300, 2))
    seen = {int(one) for near in neighbours.nearest(points, 5) for one in near.neighbour.ravel()}
    rows = np.concatenate([near.rows for near in neighbours.nearest(points, 5)])
    assert len(seen) <= 100
    np.testing.assert_array_equal(np.sort(rows), np.arange(300))
