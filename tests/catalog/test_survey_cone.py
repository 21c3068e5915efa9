"""A cone of a survey: exactly the stars within the radius, and nothing read of what lies elsewhere."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from astropy import units
from astropy.coordinates import SkyCoord, angular_separation
from astropy_healpix import HEALPix
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.catalog.formats.raw_table import Limits
from stellar_gui.catalog.simulation import simulate
from stellar_gui.catalog.survey.cone import Cone, _meet, in_cone, separation, touching
from stellar_gui.catalog.survey.hats import Pixel
from stellar_gui.catalog.survey.parts import Survey, open_survey
from stellar_gui.catalog.survey.taking import load_part, take
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain
from tests.catalog.hats_folder import write_hats

ROWS = 4000
PLACES = [(180.0, 30.0, 12.0), (0.0, 0.0, 8.0), (359.9, -20.0, 15.0), (75.0, 90.0, 20.0), (10.0, -88.0, 9.0)]

ascensions, declinations = st.floats(0, 360), st.floats(-90, 90)
radii = st.floats(1e-3, 180)


@pytest.fixture(scope="module")
def stars() -> pd.DataFrame:
    """Simulated stars all over the sky, some at its poles and at RA 0."""
    rng = np.random.default_rng(8)
    table = simulate(ROWS, seed=4).table
    table["ra"] = rng.uniform(0, 360, ROWS)
    table["dec"] = np.degrees(np.arcsin(rng.uniform(-1, 1, ROWS)))
    table.loc[:3, ["ra", "dec"]] = [[0.0, 90.0], [200.0, -90.0], [0.0, 0.0], [359.99, 0.0]]
    return table


@pytest.fixture(scope="module")
def folder(stars: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of ranges of RA, in which the row groups are ranges of Dec."""
    made = tmp_path_factory.mktemp("surveys") / "survey"
    made.mkdir()
    for number in range(4):
        part = stars[stars["ra"] // 90 == number].sort_values("dec")
        part.to_parquet(made / f"part_{number}.parquet", index=False, row_group_size=100)
    return made


@pytest.fixture(scope="module")
def hats(stars: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("surveys") / "sky"
    write_hats(stars, made, 2)
    return made


@pytest.fixture(scope="module")
def surveys(stars: pd.DataFrame, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Survey, ...]:
    """The folder, and a HATS catalogue of a few partitions."""
    coarse = tmp_path_factory.mktemp("surveys") / "sky"
    write_hats(stars, coarse, 0)
    return drain(open_survey(folder)), drain(open_survey(coarse))


def near(stars: pd.DataFrame, cone: Cone) -> set[int]:
    places = SkyCoord(stars["ra"].to_numpy(), stars["dec"].to_numpy(), unit="deg")
    apart = places.separation(SkyCoord(cone.ra, cone.dec, unit="deg")).deg
    return set(stars["objid"][apart <= cone.radius])


@given(ascensions, declinations, ascensions, declinations)
def test_distances_are_astropys(ra: float, dec: float, ra0: float, dec0: float) -> None:
    expected = np.degrees(angular_separation(*np.radians([ra, dec, ra0, dec0])))
    found = separation(np.array([ra]), np.array([dec]), ra0, dec0)[0]
    assert found == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["folder", "hats"])
def test_a_cone_has_exactly_the_stars_within_its_radius(
    place: tuple[float, float, float], kind: str, request: pytest.FixtureRequest, stars: pd.DataFrame
) -> None:
    cone = Cone(*place)
    expected = near(stars, cone)
    found = drain(load_part(request.getfixturevalue(kind), cone))
    assert set(found.table["objid"]) == expected and len(found) == len(expected) > 10
    assert found.provenance.part == (
        f"cone of {place[2]:g} deg around RA {place[0]:g}, Dec {place[1]:g}: {len(expected):,} of 4,000 rows"
    )


@settings(max_examples=25, deadline=None)
@given(ra=st.floats(-180, 540), dec=declinations, radius=st.floats(3, 180))
def test_any_cone_has_the_stars_that_astropy_finds(
    surveys: tuple[Survey, ...], stars: pd.DataFrame, ra: float, dec: float, radius: float
) -> None:
    cone = Cone(ra, dec, radius)
    places = SkyCoord(stars["ra"].to_numpy(), stars["dec"].to_numpy(), unit="deg")
    apart = places.separation(SkyCoord(ra, dec, unit="deg")).deg
    sure, perhaps = (set(stars["objid"][apart <= radius + margin]) for margin in (-3e-6, 3e-6))
    for survey in surveys:
        try:
            found = set(drain(take(survey, cone)).table["objid"])
        except InputError as error:
            assert "no stars in that cone" in str(error)
            found = set()
        assert sure <= found <= perhaps


@settings(deadline=None)
@given(st.integers(0, 12), st.data(), ascensions, declinations, radii)
def test_no_pixel_that_has_a_place_in_the_cone_is_passed_over(
    order: int, data: st.DataObject, ra: float, dec: float, radius: float
) -> None:
    number = data.draw(st.integers(0, 12 * 4**order - 1))
    steps = np.linspace(0, 1, 9)
    dx, dy = (grid.ravel() for grid in np.meshgrid(steps, steps))
    lon, lat = HEALPix(2**order, order="nested").healpix_to_lonlat(np.full(len(dx), number), dx, dy)
    holds = Cone(ra, dec, radius).holds(lon.deg, lat.deg).any()
    touched = touching([Pixel(order, number)], Cone(ra, dec, radius))[0]
    assert touched or not holds


def test_few_pixels_are_read_in_vain() -> None:
    pixels = [Pixel(4, number) for number in range(12 * 4**4)]
    found = touching(pixels, Cone(180, 30, 5)).sum()
    exact = len(HEALPix(16, order="nested").cone_search_lonlat(180 * units.deg, 30 * units.deg, 5 * units.deg))
    assert exact * 0.9 <= found < exact * 1.6


def rows_looked_at(survey: Path, cone: Cone) -> int:
    work = take(drain(open_survey(survey)), cone)
    seen = [item for item in work if isinstance(item, Progress)]
    return int(seen[-1].total)


def test_partitions_and_row_groups_elsewhere_are_not_read(hats: Path, folder: Path) -> None:
    assert rows_looked_at(folder, Cone(180.0, 30.0, 5.0)) < ROWS / 8
    assert rows_looked_at(hats, Cone(180.0, 30.0, 5.0)) < ROWS / 20
    survey = drain(open_survey(hats))
    for part in survey.parts:
        if part.pixel is not None and not touching([part.pixel], Cone(180.0, 30.0, 5.0))[0]:
            part.path.rename(part.path.with_suffix(".gone"))
    try:
        assert sum(len(piece.table) for piece in in_cone(survey, Cone(180.0, 30.0, 5.0), ("ra", "dec"))) > 0
    finally:
        for part in survey.parts:
            if not part.path.exists():
                part.path.with_suffix(".gone").rename(part.path)


def test_row_groups_of_hats_are_told_by_their_pixels(stars: pd.DataFrame, tmp_path: Path) -> None:
    write_hats(stars, tmp_path / "coarse", 0)
    cone = Cone(100.0, -10.0, 6.0)
    assert rows_looked_at(tmp_path / "coarse", cone) < ROWS / 6
    assert set(drain(load_part(tmp_path / "coarse", cone)).table["objid"]) == near(stars, cone)


def test_positions_that_are_missing_or_not_on_the_sky_are_outside(stars: pd.DataFrame, tmp_path: Path) -> None:
    table = stars.copy()
    table.loc[10:19, "ra"] = np.nan
    table.loc[20:29, ["ra", "dec"]] = -9999.0
    table.to_parquet(tmp_path / "stars.parquet")
    found = drain(load_part(tmp_path / "stars.parquet", Cone(0, 0, 180)))
    assert len(found) == ROWS - 20


def test_other_columns_may_hold_the_position(stars: pd.DataFrame, tmp_path: Path) -> None:
    table = stars.assign(east=stars["ra"] - 180, north=-stars["dec"]).astype({"east": np.float32})
    table.to_parquet(tmp_path / "stars.parquet")
    cone = Cone(-170.0, 40.0, 20.0)
    found = drain(load_part(tmp_path / "stars.parquet", cone, {"ra": "east", "dec": "north"}))
    moved = stars.assign(ra=table["east"].astype(float), dec=table["north"])
    assert set(found.table["objid"]) == near(moved, cone)


def test_a_cone_needs_columns_of_degrees(stars: pd.DataFrame, tmp_path: Path) -> None:
    stars.drop(columns=["ra"]).to_parquet(tmp_path / "stars.parquet")
    with pytest.raises(InputError, match=r"^stars\.parquet: no columns of right ascension"):
        drain(load_part(tmp_path / "stars.parquet", Cone(1, 2, 3)))
    stars.assign(ra="12:00:00").to_parquet(tmp_path / "stars.parquet")
    with pytest.raises(InputError, match="“ra” is not a column of degrees"):
        drain(load_part(tmp_path / "stars.parquet", Cone(1, 2, 3), {"ra": "ra", "dec": "dec"}))


def test_an_empty_cone_and_one_too_large_are_told(hats: Path) -> None:
    with pytest.raises(InputError, match="no stars in that cone; choose another place or a larger radius"):
        drain(load_part(hats, Cone(181.2345, 30.1, 1e-6)))
    with pytest.raises(InputError, match="take a smaller sample or cone"):
        drain(load_part(hats, Cone(180, 30, 60), limits=Limits(memory=100_000)))


@pytest.mark.parametrize("place", [(np.nan, 0, 1), (0, 90.1, 1), (0, np.nan, 1)])
def test_a_place_that_is_not_on_the_sky_is_refused(place: tuple[float, float, float]) -> None:
    with pytest.raises(InputError, match="there is no place"):
        Cone(*place)


@pytest.mark.parametrize("radius", [0, -1, 180.5, np.nan])
def test_a_radius_that_no_cone_has_is_refused(radius: float) -> None:
    with pytest.raises(InputError, match="a radius above 0 and up to 180 deg"):
        Cone(0, 0, radius)


def test_the_pixels_of_row_groups_alone_tell_which_to_read(stars: pd.DataFrame, tmp_path: Path) -> None:
    write_hats(stars, tmp_path / "sky", 0)
    for path in (tmp_path / "sky" / "dataset").rglob("*.parquet"):
        pq.write_table(pq.read_table(path), path, row_group_size=20, write_statistics=["_healpix_29"])
    for cone in (Cone(100.0, -10.0, 6.0), Cone(75.0, 89.0, 5.0)):
        assert rows_looked_at(tmp_path / "sky", cone) < ROWS / 6
        assert set(drain(load_part(tmp_path / "sky", cone)).table["objid"]) == near(stars, cone)


def test_columns_of_several_values_do_not_hide_where_the_stars_are(stars: pd.DataFrame, tmp_path: Path) -> None:
    table = stars.sort_values("dec")
    shape = [{"a": 1.0, "b": 2.0}] * ROWS
    nested = pd.concat([pd.DataFrame({"shape": shape}, index=table.index), table], axis=1)
    nested.to_parquet(tmp_path / "stars.parquet", row_group_size=200)
    cone = Cone(180.0, 70.0, 10.0)
    assert set(drain(load_part(tmp_path / "stars.parquet", cone)).table["objid"]) == near(stars, cone)
    assert rows_looked_at(tmp_path / "stars.parquet", cone) < ROWS / 4


def test_a_footer_whose_range_is_not_a_number_hides_nothing() -> None:
    assert _meet((np.nan, np.nan), 1.0, 2.0) and _meet((0.0, np.nan), 1.0, 2.0)
    assert not _meet((0.0, 0.9), 1.0, 2.0) and not _meet((2.1, 3.0), 1.0, 2.0)
