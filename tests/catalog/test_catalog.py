import numpy as np
import pandas as pd
import pytest

from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.errors import InputError
from tests.catalog.tables import stars


def catalog(frame: pd.DataFrame) -> Catalog:
    return Catalog(frame, recognise(frame).roles, Provenance("stars.csv"))


def test_magnitudes_are_read_only_float32_with_nan_for_text_and_gaps():
    frame = stars(4, u=["18.5", "faint", "", None])
    magnitudes = catalog(frame).magnitudes
    assert magnitudes.dtype == np.float32
    assert magnitudes.shape == (4, 5)
    np.testing.assert_array_equal(magnitudes[:, 0], np.float32([18.5, np.nan, np.nan, np.nan]))
    np.testing.assert_array_equal(magnitudes[:, 1], frame["g"].to_numpy(dtype=np.float32))
    with pytest.raises(ValueError, match="read-only"):
        magnitudes[0, 0] = 1.0


def test_nullable_integers_are_magnitudes_too():
    frame = stars(3, u=pd.array([18, None, 20], dtype="Int64"))
    np.testing.assert_array_equal(catalog(frame).magnitudes[:, 0], np.float32([18, np.nan, 20]))


def test_the_table_does_not_follow_changes_of_its_source_or_of_its_columns():
    frame = stars(4)
    before = frame["u"].to_list()
    value = catalog(frame)
    frame.loc[0, "u"] = 99.0
    frame["new"] = 1
    column = value.table["u"]
    column.iloc[1] = 99.0
    assert value.table["u"].to_list() == before
    assert "new" not in value.table


def test_the_table_has_a_plain_index():
    frame = stars(4).set_index(pd.Index([3, 1, 2, 0]))
    assert catalog(frame).table.index.equals(pd.RangeIndex(4))


def test_with_columns_keeps_earlier_choices_and_gives_up_the_one_whose_column_is_taken():
    frame = stars(4, blue=stars(4)["g"], violet=stars(4)["r"])
    value = catalog(frame).with_columns({"u": "blue"}).with_columns({"g": "violet"})
    assert [value.columns[band] for band in "ug"] == ["blue", "violet"]
    again = value.with_columns({"r": "blue"})
    assert [again.columns[band] for band in "ugr"] == ["u", "violet", "blue"]
    assert again.chosen == {"g": "violet", "r": "blue"}
    assert value.columns["u"] == "blue"


def test_with_columns_recomputes_what_depends_on_them():
    value = catalog(stars(4, blue=[20.0, 21.0, 22.0, 23.0]))
    assert value.magnitudes[0, 0] != 20.0
    assert value.with_columns({"u": "blue"}).magnitudes[0, 0] == 20.0


def test_with_columns_can_leave_a_role_to_no_column():
    value = catalog(stars(4, objid=range(4)))
    assert "identifier" not in value.with_columns({"identifier": ""}).columns


def test_a_wrong_choice_is_told_with_the_name_of_the_table():
    with pytest.raises(InputError, match=r"^stars\.csv: there is no column “blue” for u; .*\.$"):
        catalog(stars(4)).with_columns({"u": "blue"})


def test_labels_are_in_capitals_and_missing_where_unknown():
    labels = catalog(stars(5, **{"class": ["star", " STAR", None, "", "Galaxy"]})).labels
    assert labels is not None
    assert labels.astype(object).tolist() == ["STAR", "STAR", np.nan, np.nan, "GALAXY"]


def test_labels_of_photometric_types_are_their_names():
    labels = catalog(stars(4, type=[6, 3, 0, 6])).labels
    assert labels is not None
    assert labels.tolist() == ["STAR", "GALAXY", "UNKNOWN", "STAR"]
    assert catalog(stars(4)).labels is None


def test_numbers_of_a_role_are_float64():
    value = catalog(stars(3, ra=pd.array([10, None, 30], dtype="Int64"), dec=[1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(value.numbers("ra"), [10.0, np.nan, 30.0])
    assert value.numbers("ra").dtype == np.float64


def test_a_star_whose_identifier_has_lost_digits_is_called_by_its_row() -> None:
    bands = {band: [20.0, 21.0] for band in "ugriz"}
    exact = catalog(pd.DataFrame({"objid": [1237648704589529178, 1237648704589529179], **bands}))
    lossy = catalog(pd.DataFrame({"objid": [1.23764870458952e18, 1.23764870458952e18], **bands}))
    assert exact.star_name(1) == "Star 1237648704589529179"
    assert lossy.star_name(1) == "Star in row 2"
