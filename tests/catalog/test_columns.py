import numpy as np
import pandas as pd
import pytest

from stellar_gui.catalog.columns import ROLES, is_rounded, recognise
from stellar_gui.errors import InputError

REDSHIFT = np.full(6, 0.002)


def frame(*names: str, **columns: object) -> pd.DataFrame:
    """A table with magnitudes of six stars in every named column."""
    rng = np.random.default_rng(1)
    return pd.DataFrame({name: rng.uniform(15.0, 22.0, 6) for name in names} | columns)


def bands(pattern: str) -> list[str]:
    return [pattern.format(band) for band in "ugriz"]


def found(table: pd.DataFrame, **chosen: str) -> dict[str, str]:
    return dict(recognise(table, chosen).roles)


@pytest.mark.parametrize(
    "pattern",
    [
        "{}", "psfMag_{}", "modelMag_{}", "modelmag_{}", "dered_{}", "cModelMag_{}", "fiberMag_{}", "petroMag_{}",
        "fiber2Mag_{}", "{}_mag", "{}mag", "mag_{}", "{}_psf", "sdss_{}", "mag_auto_{}", "{} [mag]", "{} (mag)",
        "{}(mag)", "{}mag [AB mag]", " {} ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_bands_are_recognised_under_their_usual_names_in_any_case(pattern, case):
    names = bands(case(pattern).replace("[AB MAG]", "[AB mag]"))
    recognition = recognise(frame(*names))
    assert [recognition.roles[band] for band in "ugriz"] == names
    assert not recognition.ambiguous


@pytest.mark.parametrize(
    ("ra", "dec"),
    [("ra", "dec"), ("RAJ2000", "DEJ2000"), ("_RAJ2000", "_DEJ2000"), ("_ra", "_dec"), ("alpha", "delta"),
     ("RA_ICRS", "DE_ICRS"), ("ALPHA_J2000", "DELTA_J2000"), ("ra [deg]", "dec [deg]"), ("ra_deg", "dec_deg")],
)  # fmt: skip
def test_sky_position_is_recognised(ra, dec):
    roles = found(frame("u", "g", "r", "i", "z", ra, dec))
    assert (roles["ra"], roles["dec"]) == (ra, dec)


@pytest.mark.parametrize("name", ["redshift", "zred", "z_spec", "Z_SPEC", "zspec", "spec_z"])
def test_redshift_is_recognised(name):
    assert found(frame(*"ugriz", **{name: REDSHIFT}))["redshift"] == name


@pytest.mark.parametrize("name", ["objid", "objID", "object_id", "source_id", "specobjid", "SpecObjID", "id", "ID"])
def test_identifier_is_recognised(name):
    assert found(frame(*"ugriz", **{name: range(6)}))["identifier"] == name


@pytest.mark.parametrize("name", ["class", "CLASS", "spec_class", "label"])
def test_class_is_recognised(name):
    assert found(frame(*"ugriz", **{name: ["STAR"] * 6}))["class"] == name


def test_a_type_is_the_class_only_where_it_holds_the_codes_of_stars_or_galaxies():
    assert found(frame(*"ugriz", type=[6, 6, 3, 6, 0, 6]))["class"] == "type"
    assert "class" not in found(frame(*"ugriz", type=[11, 12, 6, 1, 2, 3]))
    assert "class" not in found(frame(*"ugriz", type=[1.5] * 6))


def test_errors_extinctions_and_colours_are_not_magnitudes():
    others = [*bands("err_{}"), *bands("psfMagErr_{}"), *bands("e_{}mag"), *bands("extinction_{}"), "u-g", "g-r"]
    recognition = recognise(frame(*others, *bands("psfMag_{}")))
    assert [recognition.candidates[band] for band in "ugriz"] == [(name,) for name in bands("psfMag_{}")]


def test_several_families_are_ambiguous_and_the_preferred_one_is_the_default():
    recognition = recognise(frame(*bands("psfMag_{}"), *bands("modelMag_{}")))
    assert [recognition.roles[band] for band in "ugriz"] == bands("modelMag_{}")
    assert recognition.candidates["u"] == ("modelMag_u", "psfMag_u")
    assert recognition.ambiguous == frozenset("ugriz")
    assert found(frame(*bands("psfMag_{}"), *bands("{}")))["u"] == "u"


def test_a_complete_family_goes_before_a_preferred_one_with_gaps():
    recognition = recognise(frame("modelMag_u", "modelMag_g", *bands("psfMag_{}")))
    assert [recognition.roles[band] for band in "ugriz"] == bands("psfMag_{}")
    assert recognition.ambiguous == {"u", "g"}


def test_a_chosen_column_takes_its_family_along_and_settles_the_question():
    recognition = recognise(frame(*bands("psfMag_{}"), *bands("modelMag_{}")), {"g": "psfMag_g"})
    assert [recognition.roles[band] for band in "ugriz"] == bands("psfMag_{}")
    assert not recognition.ambiguous


def test_a_chosen_column_outside_of_any_family_leaves_the_others():
    recognition = recognise(frame(*"ugriz", "blue"), {"u": "blue"})
    assert [recognition.roles[band] for band in "ugriz"] == ["blue", "g", "r", "i", "z"]
    assert recognition.candidates["u"] == ("blue", "u")


def test_z_is_the_redshift_when_the_z_band_has_another_name():
    recognition = recognise(frame(*bands("psfMag_{}"), z=REDSHIFT))
    assert recognition.roles["z"] == "psfMag_z"
    assert recognition.roles["redshift"] == "z"
    assert not recognition.ambiguous - {"z"}


def test_a_redshift_among_plain_magnitudes_gives_way_to_zmag_but_asks():
    recognition = recognise(frame(*"ugri", "zmag", z=REDSHIFT))
    assert (recognition.roles["z"], recognition.roles["redshift"]) == ("zmag", "z")
    assert recognition.candidates["z"] == ("zmag", "z")
    assert recognition.ambiguous == {"z"}


def test_a_z_magnitude_beside_other_families_is_no_redshift():
    recognition = recognise(frame(*"ugriz", *bands("psfMag_{}")), {"u": "psfMag_u"})
    assert "redshift" not in recognition.roles


def test_a_lonely_z_that_looks_like_a_redshift_is_the_band_but_asks():
    recognition = recognise(frame(*"ugri", z=REDSHIFT))
    assert recognition.roles["z"] == "z"
    assert recognition.ambiguous == {"z", "redshift"}


def test_the_lectures_columns_are_not_ambiguous():
    recognition = recognise(frame("ra", "dec", *"ugriz", redshift=REDSHIFT))
    assert dict(recognition.roles) == {name: name for name in ("u", "g", "r", "i", "z", "ra", "dec", "redshift")}
    assert not recognition.ambiguous


def test_a_column_plays_one_role():
    recognition = recognise(frame(*"ugri", "zmag", z=REDSHIFT), {"redshift": "z"})
    assert len(set(recognition.roles.values())) == len(recognition.roles)
    assert recognition.roles["redshift"] == "z"


def test_an_exact_identifier_goes_before_a_rounded_one():
    table = frame(*"ugriz", objid=[1.23765e18] * 6, specobjid=range(2**60, 2**60 + 6))
    recognition = recognise(table)
    assert recognition.roles["identifier"] == "specobjid"
    assert recognition.candidates["identifier"] == ("specobjid", "objid")


def test_an_empty_choice_leaves_a_role_to_no_column():
    table = frame(*"ugriz", **{"class": ["STAR"] * 6})
    assert "class" not in found(table, **{"class": ""})
    with pytest.raises(InputError, match="band u needs a column"):
        found(table, u="")


def test_a_choice_is_found_in_any_case():
    assert found(frame(*bands("psfMag_{}"), *"ugriz"), u="PSFMAG_U")["u"] == "psfMag_u"


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"mass": "u"}, r"no role “mass”.*u, g, r, i, z, ra, dec, redshift, identifier, class"),
        ({"u": "umagg"}, r"no column “umagg” for u; the columns are u, g, r, i, z"),
        ({"u": "r", "g": "r"}, "“r” cannot be both u and g"),
        ({"u": "name"}, "“name” holds no numbers"),
        ({"ra": "name"}, "“name” holds text and cannot be ra"),
    ],
)
def test_a_choice_that_cannot_be_followed_is_told_with_what_there_is(chosen, message):
    with pytest.raises(InputError, match=message):
        recognise(frame(*"ugriz", name=["a"] * 6), chosen)


def test_missing_bands_are_named_with_what_to_do():
    with pytest.raises(InputError, match=r"bands u, z have no column among g, r, i, name; .*--column u=NAME"):
        recognise(frame("g", "r", "i", name=["a"] * 6))


def test_a_band_without_any_number_is_not_recognised():
    with pytest.raises(InputError, match=r"band u has no column.*\(u without any number\)"):
        recognise(frame(*"griz", u=["bright"] * 6))
    with pytest.raises(InputError, match="band u has no column"):
        recognise(frame(*"griz", u=[np.nan] * 6))
    with pytest.raises(InputError, match="band u has no column"):
        recognise(frame(*"griz", u=[[1.0, 2.0]] * 6))


def test_a_band_with_some_text_is_recognised():
    assert found(frame(*"griz", u=["18.5", "faint", "", "19.25", None, "20"]))["u"] == "u"


def test_long_lists_of_columns_are_cut_in_messages():
    with pytest.raises(InputError, match=r"c29 and 470 more; ") as failure:
        recognise(frame(*(f"c{k}" for k in range(500))))
    assert len(str(failure.value)) < 400


def test_roles_come_in_order():
    table = frame("dec", "ra", *"zirgu", redshift=REDSHIFT, objid=range(6), **{"class": ["STAR"] * 6})
    assert tuple(recognise(table).roles) == ROLES[:10]
    more = frame("ebv", *(f"A_{band}" for band in "zirgu"), *(f"Err_{band}" for band in "zirgu"))
    assert tuple(recognise(pd.concat([more, table], axis="columns")).roles) == ROLES


@pytest.mark.parametrize(
    ("bands", "errors"),
    [
        ("{}", "Err_{}"),
        ("{}", "{}_err"),
        ("{}mag", "e_{}mag"),
        ("psfMag_{}", "psfMagErr_{}"),
        ("modelMag_{}", "err_{}"),
        ("{}_mag", "{}_mag_err"),
        ("dered_{}", "modelMagErr_{}"),
    ],
)
def test_errors_are_recognised_beside_their_magnitudes(bands, errors):
    table = frame(*(form.format(band) for band in "ugriz" for form in (bands, errors)))
    roles = found(table)
    assert [roles[f"err_{band}"] for band in "ugriz"] == [errors.format(band) for band in "ugriz"]


def test_the_error_of_a_redshift_is_none_of_a_magnitude():
    assert "err_z" not in found(frame(*"ugriz", "zErr", redshift=REDSHIFT))


def test_the_errors_of_the_family_in_use_go_first():
    names = [f"{kind}{what}_{band}" for kind in ("psf", "model") for what in ("Mag", "MagErr") for band in "ugriz"]
    assert found(frame(*names))["err_u"] == "modelMagErr_u"


@pytest.mark.parametrize("name", ["EBV", "E(B-V)", "ebv"])
def test_reddening_is_recognised(name):
    assert found(frame(*"ugriz", name))["ebv"] == name


@pytest.mark.parametrize(
    ("identifiers", "rounded"),
    [
        ([1.23765e18, 1.23766e18], True),
        ([1.0, 2.0, np.nan], False),
        ([1237650795682726190, 1237648722289295504], False),
        ([1237650795682726000, 1237648722289295000], True),
        ([1000, 2000], False),
        ([4096 << 50, 4097 << 50], False),
        (["1.23765E+18"], False),
    ],
)
def test_identifiers_that_lost_digits_are_told_from_exact_ones(identifiers, rounded):
    assert is_rounded(pd.Series(identifiers)) is rounded
