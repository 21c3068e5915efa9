"""What sets two groups apart: Cliff's delta against all pairs, its interval, histograms, and which quantities count."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from stellar_gui.analysis.coloring import ERROR, LATENTS, ColorChoice, Group, coloring
from stellar_gui.analysis.contrast import Contrast, Effect, cliffs_delta, contrast, delta_interval
from stellar_gui.analysis.findings import Finding
from stellar_gui.analysis.planes import MINUS, ColorMagnitude
from stellar_gui.analysis.recipe_axes import axes_of
from stellar_gui.analysis.recipes import Drawn, Gestures, Typed
from stellar_gui.analysis.regions import Rectangle
from stellar_gui.analysis.selection import Mode
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.catalog.simulation import simulate
from stellar_gui.progress import Progress, drain

STARS = 600
GROUP = np.arange(STARS) % 3 == 0
values = st.one_of(st.integers(-4, 4), st.floats(-5, 5, width=32))
samples = arrays(np.float32, st.integers(1, 30), elements=values).map(np.sort)


def with_columns(**columns: object) -> Catalog:
    table = simulate(STARS, seed=1).table.assign(**columns)
    return Catalog(table, recognise(table).roles, Provenance("stars.csv"), units={"feh": "dex"})


def compared(catalog: Catalog, embedding: Embedding | None = None, *findings: Finding) -> Contrast:
    return drain(contrast(catalog, embedding, {one.name: one for one in findings}, GROUP, ~GROUP))


def effects(found: Contrast) -> dict[str, Effect]:
    return {effect.choice.name: effect for effect in found.effects}


def embedded() -> Embedding:
    rng = np.random.default_rng(0)
    latent, reconstruction, residual = (rng.normal(size=(STARS, k)).astype(np.float32) for k in (3, 5, 5))
    latent[:, 2] += 3 * GROUP
    return Embedding(latent, reconstruction, residual)


def by_all_pairs(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    return float(np.sign(first[:, None].astype(np.float64) - second[None, :]).mean())


@given(samples, samples)
@settings(deadline=None)
def test_delta_is_that_of_all_pairs_with_ties_counted_for_neither(
    first: NDArray[np.float32], second: NDArray[np.float32]
) -> None:
    delta = cliffs_delta(first, second)
    assert delta == pytest.approx(by_all_pairs(first, second), abs=1e-12)
    assert cliffs_delta(second, first) == -delta
    assert cliffs_delta(first, first) == 0


@given(samples, samples)
@settings(max_examples=20, deadline=None)
def test_the_interval_lies_between_the_extremes(first: NDArray[np.float32], second: NDArray[np.float32]) -> None:
    low, high = delta_interval(first, second)
    assert -1 <= low <= high <= 1
    if first[-1] < second[0]:
        assert (low, high) == (-1, -1)


@pytest.mark.parametrize(("own", "other", "distinct"), [(40, 60, 5), (40, 300, 0), (400, 1500, 0)])
def test_the_interval_is_that_of_drawing_stars_anew(own: int, other: int, distinct: int) -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(0.4, 1, own), rng.normal(0, 1.3, other)
    if distinct:
        first, second = (np.clip(np.rint(one), -distinct // 2, distinct // 2) for one in (first, second))
    drawn = [cliffs_delta(*(np.sort(rng.choice(one, len(one))) for one in (first, second))) for _ in range(1000)]
    found = delta_interval(np.sort(first), np.sort(second))
    np.testing.assert_allclose(found, np.percentile(drawn, [2.5, 97.5]), atol=0.15 * np.ptp(found))


def test_effects_are_sorted_by_strength_and_tell_the_direction() -> None:
    rng = np.random.default_rng(5)
    found = compared(
        with_columns(
            feh=rng.normal(size=STARS) - 5 * GROUP,
            weak=rng.normal(size=STARS) + 0.5 * GROUP,
            flag=np.where(GROUP, rng.random(STARS) < 0.9, rng.random(STARS) < 0.3),
        )
    )
    assert found.stars == (200, 400) and found.common == 0
    assert found.effects[0].choice == ColorChoice(Group.COLUMN, "feh")
    sizes = [abs(effect.delta) for effect in found.effects]
    assert sizes == sorted(sizes, reverse=True)
    named = effects(found)
    assert named["feh"].delta < -0.95 and named["feh"].auc < 0.025
    assert named["feh"].strength == "large" and named["feh"].unit == "dex"
    assert named["weak"].strength in ("small", "medium") and 0 < named["weak"].interval[0] < named["weak"].delta
    shares = [float(found) for found in (named["flag"].shares[0, 1], named["flag"].shares[1, 1])]
    assert named["flag"].delta == pytest.approx(shares[0] - shares[1])
    assert {"u", "g−r", "redshift", "ra"} <= set(named)
    assert not {"objid", "kind", ERROR.name, LATENTS[0].name} & set(named)


def test_medians_and_histograms_are_of_the_values_that_there_are() -> None:
    rng = np.random.default_rng(6)
    feh = rng.normal(-1, 0.4, STARS)
    feh[:60], feh[60:80] = np.nan, -9999
    feh[80] = 900.0
    effect = effects(compared(with_columns(feh=feh, gone=np.where(GROUP, np.nan, 1.0))))["feh"]
    known = np.isfinite(feh) & (feh != -9999)
    own, other = feh[known & GROUP], feh[known & ~GROUP]
    assert effect.stars == (len(own), len(other))
    np.testing.assert_allclose(effect.medians, [np.median(own), np.median(other)], atol=1e-5)
    assert effect.difference == effect.medians[0] - effect.medians[1]
    assert effect.delta == pytest.approx(by_all_pairs(own.astype(np.float32), other.astype(np.float32)), abs=1e-4)
    assert effect.edges[-1] < 2
    for share, group in zip(effect.shares, (own, other), strict=True):
        np.testing.assert_allclose(share, np.histogram(group, effect.edges)[0] / len(group), atol=2 / len(group))
        assert share.sum() >= 0.98


def test_catalogued_errors_are_in_magnitudes_and_keep_their_digits() -> None:
    rng = np.random.default_rng(2)
    errors = {f"err_{band}": rng.uniform(0.002, 0.02, STARS) + 0.005 * GROUP for band in "ugriz"}
    named = effects(compared(with_columns(**errors, mjd=rng.uniform(51_000, 59_000, STARS))))
    assert named["err_u"].unit == "mag" and named["err_u"].delta > 0.2
    assert {name: named[name].digits for name in ("u", "g−r", "err_u", "mjd")} == {
        "u": 3,
        "g−r": 3,
        "err_u": 4,
        "mjd": 0,
    }


def test_what_one_group_has_no_value_of_is_left_out() -> None:
    assert "gone" not in effects(compared(with_columns(gone=np.where(GROUP, np.nan, 1.0))))


@pytest.mark.parametrize("value", [0.0, 17.5, -3e9])
def test_a_column_of_one_value_sets_nothing_apart(value: float) -> None:
    effect = effects(compared(with_columns(same=np.full(STARS, value))))["same"]
    assert effect.delta == 0 and effect.interval == (0, 0) and effect.strength == "negligible"
    assert effect.medians == (value, value)
    np.testing.assert_allclose(effect.shares.sum(axis=1), 1)


def test_what_the_network_says_and_findings_count_too() -> None:
    embedding = embedded()
    score = Finding("score", "Score", np.arange(STARS, dtype=np.float32))
    cluster = Finding("cluster", "Cluster", np.zeros(STARS, np.int16), labels={0: "all"})
    found = compared(with_columns(), embedding, score, cluster)
    named = effects(found)
    assert found.effects[0].choice == LATENTS[2]
    assert {ERROR.name, "Residual u", *(choice.name for choice in LATENTS[:3]), "score"} <= set(named)
    assert not {LATENTS[3].name, "cluster"} & set(named)
    assert named[ERROR.name].medians[0] == pytest.approx(np.median(embedding.error[GROUP]), rel=1e-5)


def test_maps_can_be_coloured_by_a_latent_coordinate() -> None:
    catalog, embedding = with_columns(), embedded()
    shown = [coloring(LATENTS[place], catalog, embedding) for place in (1, 4)]
    assert shown[0].of(7) == pytest.approx(float(embedding.latent[7, 1]), abs=1e-6)
    assert np.isnan(shown[1].of(7))


def test_magnitudes_of_both_groups_are_summed_up() -> None:
    catalog = with_columns()
    found = compared(catalog)
    for summary, group in zip(found.magnitudes, (GROUP, ~GROUP), strict=True):
        expected = np.percentile(catalog.magnitudes[group], [16, 50, 84], axis=0)
        np.testing.assert_allclose([summary.original_p16, summary.original_median, summary.original_p84], expected)


def test_a_group_against_itself_differs_in_nothing_and_says_that_it_is_the_same() -> None:
    found = drain(contrast(with_columns(), None, {}, GROUP, GROUP))
    assert found.common == 200
    assert all(effect.delta == 0 and effect.interval[0] <= 0 <= effect.interval[1] for effect in found.effects)


def test_the_answer_is_the_same_each_time_and_does_not_hang_on_other_columns() -> None:
    first, again = compared(with_columns()), compared(with_columns(more=np.arange(STARS)))
    for name, effect in effects(first).items():
        other = effects(again)[name]
        assert (effect.delta, effect.interval) == (other.delta, other.interval)
        np.testing.assert_array_equal(effect.shares, other.shares)


def test_progress_counts_the_quantities() -> None:
    told = list(contrast(with_columns(), None, {}, GROUP, ~GROUP))
    assert all(isinstance(one, Progress) and one.unit == "quantities" for one in told)
    assert [one.done for one in told] == list(range(len(told))) and told[-1].done == told[-1].total


def test_row_order_does_not_matter() -> None:
    order = np.random.default_rng(8).permutation(STARS)
    catalog = with_columns()
    moved = replace(catalog, table=pd.DataFrame(catalog.table.iloc[order]))
    first, other = compared(catalog), drain(contrast(moved, None, {}, GROUP[order], ~GROUP[order]))
    assert [effect.choice for effect in first.effects] == [effect.choice for effect in other.effects]
    np.testing.assert_allclose(
        [effect.delta for effect in first.effects], [effect.delta for effect in other.effects], atol=2e-4
    )


def test_labels_are_told_by_their_shares_and_what_was_selected_on_comes_last() -> None:
    kinds = np.where(GROUP | (np.arange(STARS) % 6 == 1), "QSO", "STAR")
    catalog = with_columns(**{"class": kinds})
    clusters = Finding(
        "cluster", "Cluster", np.where(GROUP, -1, 0).astype(np.int16), labels={0: "cluster 0", -1: "noise"}
    )
    drawn = Gestures(
        Drawn(ColorMagnitude(), Rectangle(0.0, 1.0, 15.0, 20.0)), ((Mode.REMOVE, Typed("u - g < 1 & cluster == 0")),)
    )
    axes = axes_of(drawn, catalog)
    found = drain(contrast(catalog, None, {"cluster": clusters}, GROUP, ~GROUP, axes))
    last = [effect.choice.name for effect in found.effects if effect.selected_on]
    assert set(last) == {"u", "g", "r", f"u{MINUS}g", f"g{MINUS}r"}
    assert [effect.choice.name for effect in found.effects][-len(last) :] == last
    told = [
        (label.title, label.label, label.shares, label.selected_on) for label in found.labels if label.title != "kind"
    ]
    assert told == [
        ("class", "QSO", (1.0, 0.25), False),
        ("class", "STAR", (0.0, 0.75), False),
        ("cluster", "cluster 0", (0.0, 1.0), True),
        ("cluster", "noise", (1.0, 0.0), True),
    ]
