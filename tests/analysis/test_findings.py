"""A finding says of every star a number or a label, or that it has none."""

import numpy as np
import pandas as pd
import pytest

from stellar_gui.analysis.coloring import ColorChoice, Group, Labels, Values, color_choices, coloring, outside
from stellar_gui.analysis.findings import UNLABELLED, Finding, by_name
from stellar_gui.catalog.simulation import simulate

CODES = np.array([1, 0, -1, UNLABELLED, 0], np.int16)
CLUSTER = Finding("cluster", "Cluster", CODES, labels={0: "largest", 1: "second", -1: "noise"})
SCORE = Finding("score", "Score", np.array([0.5, np.nan, 2, 3, 4], np.float32), unit="mag")


def test_labels_become_a_column_of_integers_with_gaps() -> None:
    pd.testing.assert_series_equal(CLUSTER.column, pd.Series([1, 0, -1, pd.NA, 0], dtype="Int16", name="cluster"))


def test_numbers_become_a_column_of_floats() -> None:
    pd.testing.assert_series_equal(SCORE.column, pd.Series([0.5, np.nan, 2, 3, 4], dtype="float32", name="score"))


@pytest.mark.parametrize("name", ["", "Cluster", "a b", "1st", "x" * 41, "naïve"])
def test_a_name_that_no_column_should_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="called"):
        Finding(name, "Title", np.zeros(3, np.float32))


def test_values_of_another_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="float64"):
        Finding("score", "Score", np.zeros(3))
    with pytest.raises(ValueError, match="label without a name"):
        Finding("cluster", "Cluster", CODES, labels={0: "largest", -1: "noise"})


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("kind", {0: "a", 40_000: "b"}),
        ("kind", {0: "a", UNLABELLED: "b"}),
        ("kind", dict.fromkeys(range(1001), "many")),
        ("cluster", {}),
        ("cluster", {0: "a", -5: "b"}),
        ("rating", {0: "0", 6: "6"}),
        ("anomaly_score", {0: "a"}),
    ],
)
def test_labels_that_the_column_cannot_have_are_refused(name: str, labels: dict[int, str]) -> None:
    with pytest.raises(ValueError, match="labels"):
        Finding(name, "Title", np.zeros(3, np.int16 if labels else np.float32), labels=labels)


def test_values_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        SCORE.values[0] = 1


def test_stars_are_coloured_by_labels_in_the_findings_order_with_noise_in_the_rest() -> None:
    labels = coloring(ColorChoice(Group.FINDING, "cluster"), simulate(5, seed=0), None, by_name([CLUSTER, SCORE]))
    assert isinstance(labels, Labels)
    assert [labels.of(row) for row in range(5)] == ["second", "largest", *["noise or missing"] * 2, "largest"]


def test_a_label_keeps_the_colour_of_its_code_when_others_go() -> None:
    merged = Finding("cluster", "Cluster", np.array([0, 2, 5, -1], np.int16), labels={0: "a", 2: "b", 5: "c", -1: "-"})
    labels = coloring(ColorChoice(Group.FINDING, "cluster"), simulate(4, seed=0), None, by_name([merged]))
    assert isinstance(labels, Labels)
    assert labels.names == ("a", "b", "c") and labels.hues == (0, 2, 5)


def test_a_star_that_takes_no_part_does_not_give_the_rest_its_name() -> None:
    kept = CODES != UNLABELLED
    labels = coloring(ColorChoice(Group.FINDING, "cluster"), simulate(5, seed=0), None, by_name([CLUSTER]), kept)
    assert isinstance(labels, Labels)
    assert labels.rest == "noise"
    assert outside(labels, {"noise"}).tolist() == outside(labels, {"noise or missing"}).tolist() == [1, 1, 0, 0, 1]
    assert outside(labels, {"largest"}).tolist() == [1, 0, 1, 1, 0]


def test_stars_are_coloured_by_numbers() -> None:
    values = coloring(ColorChoice(Group.FINDING, "score"), simulate(5, seed=0), None, by_name([CLUSTER, SCORE]))
    assert isinstance(values, Values)
    assert values.unit == "mag"
    np.testing.assert_allclose([values.of(row) for row in range(5)], SCORE.values)


def test_findings_are_offered_to_colour_by() -> None:
    offered = color_choices(simulate(5, seed=0), ["cluster", "score"])
    assert [choice.name for choice in offered if choice.group is Group.FINDING] == ["cluster", "score"]
