import numpy as np
import pandas as pd
import pytest

from stellar_gui.catalog.bands import BANDS
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.catalog.quality import QualityCuts, Reason, check
from stellar_gui.errors import InputError
from tests.catalog.tables import stars

DEFAULT = QualityCuts()
EVERYTHING_OFF = QualityCuts(sentinel=False, magnitude_range=None, zero_flux=False, unique=False, classes=None)


def catalog(frame: pd.DataFrame) -> Catalog:
    return Catalog(frame, recognise(frame).roles, Provenance("stars.csv"))


def reasons(frame: pd.DataFrame, cuts: QualityCuts = DEFAULT) -> list[Reason]:
    return [Reason(code) for code in check(catalog(frame), cuts).reason]


def with_values(column: str, values: list[float]) -> pd.DataFrame:
    return stars(len(values), **{column: values})


def test_good_stars_are_kept():
    quality = check(catalog(stars(6)), QualityCuts())
    assert quality.kept.all()
    assert quality.reason.dtype == np.uint8
    assert not any(quality.removed.values())
    assert quality.note == ""
    assert set(quality.removed) == set(quality.found) == set(Reason) - {Reason.GOOD}


@pytest.mark.parametrize("limits", [(0.0, np.inf), (-np.inf, 30.0)])
def test_a_range_without_end_is_refused(limits):
    with pytest.raises(InputError, match="has no end"):
        QualityCuts(magnitude_range=limits)


def test_a_class_named_twice_counts_once():
    assert QualityCuts(classes=("STAR", "QSO", "STAR")).classes == ("STAR", "QSO")


def test_limits_beyond_single_precision_hold_every_magnitude():
    assert reasons(stars(3), QualityCuts(magnitude_range=(-1e300, 1e300))) == [Reason.GOOD] * 3


@pytest.mark.parametrize("value", [-1e308, 1e39])
def test_magnitudes_beyond_single_precision_are_not_finite(value):
    assert reasons(with_values("r", [18.0, value])) == [Reason.GOOD, Reason.NOT_FINITE]


def test_the_largest_magnitudes_of_single_precision_are_out_of_range():
    cuts = QualityCuts(sentinel=False)
    assert reasons(with_values("r", [18.0, 3.4e38, -3.4e38]), cuts)[1:] == [Reason.OUT_OF_RANGE] * 2


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_removed_whatever_is_switched_off(value):
    assert reasons(with_values("r", [18.0, value]), EVERYTHING_OFF) == [Reason.GOOD, Reason.NOT_FINITE]


@pytest.mark.parametrize("value", [-9999.0, -999.0, -99.0, 99.0, 99.99, 999.0, 9999.0])
def test_placeholders_are_removed(value):
    assert reasons(with_values("z", [18.0, value])) == [Reason.GOOD, Reason.SENTINEL]
    assert reasons(with_values("z", [18.0, value]), QualityCuts(sentinel=False))[1] is Reason.OUT_OF_RANGE


def test_the_range_includes_its_ends():
    low_to_high = [0.0, 30.0, -0.001, 30.001]
    kept = [Reason.GOOD, Reason.GOOD, Reason.OUT_OF_RANGE, Reason.OUT_OF_RANGE]
    assert reasons(with_values("g", low_to_high)) == kept
    narrow = QualityCuts(magnitude_range=(14.1, 21.3))
    frame = pd.DataFrame({band: [14.1, 21.3, 14.0999, 21.3001] for band in "ugriz"})
    assert reasons(frame, narrow) == kept


@pytest.mark.parametrize("limits", [(30.0, 0.0), (5.0, 5.0), (np.nan, 30.0)])
def test_a_range_that_holds_nothing_is_refused(limits):
    with pytest.raises(InputError, match="no magnitude is between"):
        QualityCuts(magnitude_range=limits)


@pytest.mark.parametrize("band", BANDS, ids=lambda band: band.name)
def test_zero_flux_is_removed_within_its_width_of_its_own_band_only(band):
    offsets = [-0.0051, -0.005, 0.0, 0.005, 0.0051]
    frame = with_values(band.name, [round(band.zero_flux + offset, 4) for offset in offsets])
    expected = [Reason.GOOD, *[Reason.ZERO_FLUX] * 3, Reason.GOOD]
    assert reasons(frame) == expected
    assert reasons(frame, QualityCuts(zero_flux=False)) == [Reason.GOOD] * 5
    others = [other.zero_flux for other in BANDS if other is not band]
    assert reasons(with_values(band.name, others)) == [Reason.GOOD] * 4


def test_the_first_of_several_rows_with_one_identifier_is_kept():
    frame = stars(6, objid=pd.array([7, 8, 7, None, None, 7], dtype="Int64"))
    good, duplicate = Reason.GOOD, Reason.DUPLICATE
    assert reasons(frame) == [good, good, duplicate, good, good, duplicate]
    assert reasons(frame, QualityCuts(unique=False)) == [good] * 6


def test_empty_text_is_no_identifier():
    assert reasons(stars(4, name=["a", "", "", "a"])) == [Reason.GOOD] * 3 + [Reason.DUPLICATE]


def test_rounded_identifiers_remove_nobody_and_are_told():
    quality = check(catalog(stars(4, objid=[1.23765e18] * 4)), QualityCuts())
    assert quality.kept.all()
    assert "objid" in quality.note
    assert check(catalog(stars(4, objid=[1.23765e18] * 4)), QualityCuts(unique=False)).note == ""


def test_other_classes_are_removed_where_there_are_stars():
    frame = stars(4, **{"class": ["STAR", "GALAXY", "star ", None]})
    assert reasons(frame) == [Reason.GOOD, Reason.OTHER_CLASS, Reason.GOOD, Reason.OTHER_CLASS]
    assert reasons(frame, QualityCuts(classes=None)) == [Reason.GOOD] * 4
    both = QualityCuts(classes=("star", "GALAXY"))
    assert reasons(frame, both) == [Reason.GOOD, Reason.GOOD, Reason.GOOD, Reason.OTHER_CLASS]


def test_a_class_column_without_stars_removes_nobody_and_is_told():
    quality = check(catalog(stars(2, label=["A0", "K5"])), QualityCuts())
    assert quality.kept.all()
    assert quality.note == "No row has the class STAR in label; the class is not checked."


def test_each_row_has_its_first_reason_and_all_matches_are_found():
    frame = stars(3, u=[-9999.0, 24.63, 18.0], g=[np.nan, 18.0, 31.0], objid=[1, 1, 1])
    quality = check(catalog(frame), QualityCuts())
    assert [Reason(code) for code in quality.reason] == [Reason.NOT_FINITE, Reason.ZERO_FLUX, Reason.OUT_OF_RANGE]
    assert {reason: count for reason, count in quality.removed.items() if count} == {
        Reason.NOT_FINITE: 1,
        Reason.ZERO_FLUX: 1,
        Reason.OUT_OF_RANGE: 1,
    }
    assert {reason: count for reason, count in quality.found.items() if count} == {
        Reason.NOT_FINITE: 1,
        Reason.SENTINEL: 1,
        Reason.OUT_OF_RANGE: 2,
        Reason.ZERO_FLUX: 1,
        Reason.DUPLICATE: 2,
    }
    off = check(catalog(frame), EVERYTHING_OFF)
    assert off.found == {**quality.found, Reason.OUT_OF_RANGE: 0}
    assert off.kept.tolist() == [False, True, True]


def test_counts_of_removed_and_kept_rows_make_up_the_table():
    rng = np.random.default_rng(3)
    frame = stars(500, u=rng.choice([18.0, 24.63, -9999.0, 35.0, np.nan], 500), objid=rng.integers(0, 400, 500))
    quality = check(catalog(frame), QualityCuts())
    assert sum(quality.removed.values()) + np.count_nonzero(quality.kept) == 500
    assert min(quality.removed[reason] for reason in list(Reason)[1:6]) > 0


def test_reasons_have_labels_and_results_cannot_be_changed():
    assert len({reason.label for reason in Reason}) == len(Reason)
    quality = check(catalog(stars(2)), QualityCuts())
    with pytest.raises(ValueError, match="read-only"):
        quality.kept[0] = False
