import hashlib
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from stellar_gui.catalog.bands import BANDS
from stellar_gui.catalog.dust.dust_map import COLUMN, outside_note, reddening, with_reddening
from stellar_gui.catalog.photometry import extinction
from stellar_gui.catalog.simulation import simulate
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain
from tests.catalog.dust_maps import in_icrs, ring_centres, write_healpix, write_polar
from tests.catalog.tables import opened, saved

NOWHERE = np.zeros(1), np.zeros(1)


@pytest.mark.parametrize("per_row", [1, 16])
def test_a_star_has_the_value_of_its_ring_pixel_in_galactic_coordinates(tmp_path: Path, per_row: int) -> None:
    nside = 4
    values = np.arange(12 * nside**2, dtype=np.float32) / 100
    path = write_healpix(tmp_path / "map.fits", {"EBV": values}, nside, per_row)
    found = drain(reddening(path, *in_icrs(*ring_centres(nside))))
    np.testing.assert_allclose(found.values, values, rtol=1e-6)
    assert found.source == f"map.fits (SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()})"


@pytest.mark.parametrize("system", ["C", "EQUATORIAL", "celestial"])
def test_an_equatorial_map_needs_no_rotation(tmp_path: Path, system: str) -> None:
    values = np.linspace(0, 1, 12 * 16**2, dtype=np.float32)
    path = write_healpix(tmp_path / "map.fits", {"SIGNAL": values}, 16, COORDSYS=system)
    np.testing.assert_allclose(drain(reddening(path, *ring_centres(16))).values, values, rtol=1e-6)


def test_nested_pixels_are_children_of_the_twelve_base_pixels(tmp_path: Path) -> None:
    parents = np.repeat(np.arange(12), 8**2).astype(np.float32)
    path = write_healpix(tmp_path / "map.fits", {"EBV": parents}, 8, ORDERING="NESTED", COORDSYS="C")
    np.testing.assert_array_equal(drain(reddening(path, *ring_centres(1))).values, np.arange(12))
    # within a base pixel the first child of the four is the southern one, the last the northern one
    quarters = np.tile(np.arange(4), 12).astype(np.float32)
    path = write_healpix(tmp_path / "quarters.fits", {"EBV": quarters}, 2, ORDERING="NESTED", COORDSYS="C")
    found = drain(reddening(path, np.full(4, 45.0), np.array([10.0, 41.8, 75.0, -75.0]))).values
    np.testing.assert_array_equal(found[[0, 2, 3]], [0, 3, 0])


def test_a_partial_map_covers_its_own_pixels_only_and_unseen_ones_are_not_known(tmp_path: Path) -> None:
    kept = np.array([17, 3, 11])
    columns = {"PIXEL": kept, "EBV": np.array([0.17, 0.03, 0.11], np.float32)}
    path = write_healpix(tmp_path / "part.fits", columns, 2, INDXSCHM="EXPLICIT", COORDSYS="C")
    expected = np.full(48, np.nan)
    expected[kept] = kept / 100
    found = drain(reddening(path, *ring_centres(2)))
    np.testing.assert_allclose(found.values, expected, rtol=1e-6)
    unseen = np.full(48, 0.2, np.float32)
    unseen[:3] = [-1.6375e30, np.nan, np.inf]
    path = write_healpix(tmp_path / "unseen.fits", {"EBV": unseen}, 2, COORDSYS="C")
    assert np.isnan(drain(reddening(path, *ring_centres(2))).values).sum() == 3


def test_a_map_of_true_reddening_is_brought_to_the_scale_of_the_coefficients(tmp_path: Path) -> None:
    ebv = np.full(48, 0.43, np.float32)
    columns = {"TAU353": ebv / 1.49e4, "EBV_ERR": ebv, "EBV": ebv}
    path = write_healpix(tmp_path / "planck.fits", columns, 2, ORDERING="NESTED")
    np.testing.assert_allclose(drain(reddening(path, *NOWHERE)).values, 0.5, rtol=1e-6)


@pytest.mark.parametrize("keywords", ["LAM", "ZEA"])
@pytest.mark.parametrize("first", [1, -1])
def test_polar_maps_are_read_where_the_paper_puts_them(tmp_path: Path, keywords: str, first: int) -> None:
    path = write_polar(tmp_path, 32, keywords, (first, -first))
    rng = np.random.default_rng(5)
    longitude, latitude = rng.uniform(0, 360, 200), np.degrees(np.arcsin(rng.uniform(0.1, 0.95, 200)))
    latitude *= rng.choice([1, -1], 200)
    found = drain(reddening(path, *in_icrs(longitude, latitude)))
    pole, along = np.where(latitude > 0, 1, -1), np.radians(longitude)
    radius = np.sqrt(1 - np.abs(np.sin(np.radians(latitude))))  # Schlegel et al. 1998, eq. C1 and C2
    x, y = 16 * radius * np.cos(along) + 15.5, -16 * pole * radius * np.sin(along) + 15.5
    np.testing.assert_allclose(found.values, np.where(pole > 0, 0.1 + x / 1000, 0.5 + y / 1000), atol=1e-6)
    assert all(f"SFD_dust_32_{half}gp.fits" in found.source for half in "ns")


def test_without_the_other_file_its_hemisphere_is_not_covered(tmp_path: Path) -> None:
    path = write_polar(tmp_path, poles=(-1,))
    latitude = np.array([60.0, 10.0, -10.0, -60.0])
    found = drain(reddening(path, *in_icrs(np.array([10.0, 100.0, 190.0, 280.0]), latitude)))
    np.testing.assert_array_equal(np.isnan(found.values), latitude > 0)


def test_what_is_no_place_on_the_sky_lies_outside(tmp_path: Path) -> None:
    path = write_healpix(tmp_path / "map.fits", {"EBV": np.full(12, 0.1, np.float32)}, 1)
    found = drain(reddening(path, np.array([10.0, np.nan, 10.0, np.inf, 370.0]), np.array([10.0, 0, -9999, 0, np.nan])))
    np.testing.assert_array_equal(np.isnan(found.values), [False, True, True, True, True])


def test_the_catalogue_gets_a_column_that_goes_before_what_it_had(tmp_path: Path) -> None:
    lines = "ra,dec,u,g,r,i,z,EBV,extinction_r\n10,20,16,15,15,15,15,0.9,2.0\n-1,-95,16,15,15,15,15,0.9,2.0\n"
    catalog = opened(tmp_path, lines)
    path = write_healpix(tmp_path / "map.fits", {"EBV": np.full(12, 0.25, np.float32)}, 1)
    steps: list[Progress] = []
    work = with_reddening(catalog, path)
    while True:
        try:
            steps.append(next(work))
        except StopIteration as end:
            dusty = end.value
            break
    assert {step.unit for step in steps} == {"bytes", "stars"}
    np.testing.assert_array_equal(dusty.table[COLUMN], [0.25, np.nan])
    assert dusty.units[COLUMN] == "mag" and dusty.provenance.dust_map.startswith("map.fits (SHA-256 ")
    dust = extinction(dusty)
    assert dust is not None
    np.testing.assert_allclose(dust[0], [0.25 * band.extinction for band in BANDS], rtol=1e-6)
    assert np.isnan(dust[1]).all() and COLUMN not in catalog.table
    assert outside_note(dusty, np.ones(2, bool)).startswith("1 of 2 stars lie outside the dust map")
    assert outside_note(dusty, np.array([True, False])) == "" == outside_note(catalog, np.ones(2, bool))
    again = drain(with_reddening(dusty, write_healpix(tmp_path / "b.fits", {"EBV": np.zeros(12, np.float32)}, 1)))
    assert list(again.table.columns) == list(dusty.table.columns) and again.table[COLUMN][0] == 0


def test_the_simulated_sample_keeps_its_columns(tmp_path: Path) -> None:
    catalog = simulate(50)
    path = write_healpix(tmp_path / "map.fits", {"EBV": np.full(12, 0.25, np.float32)}, 1)
    dusty = drain(with_reddening(catalog, path))
    assert dict(dusty.columns) == {**catalog.columns, "ebv": COLUMN}


def test_stars_without_positions_cannot_be_found_on_a_map(tmp_path: Path) -> None:
    catalog = opened(tmp_path, "u,g,r,i,z\n16,15,15,15,15\n")
    with pytest.raises(InputError, match=r"stars\.csv: no columns of right ascension and declination"):
        drain(with_reddening(catalog, tmp_path / "map.fits"))


def plain(**changes: object) -> dict[str, object]:
    return {"columns": {"EBV": np.full(12, 0.1, np.float32)}, "nside": 1, **changes}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (plain(nside=3), "12 pixels, where nside 3 wants 108"),
        (plain(nside=3, ORDERING="NESTED"), "nside 3 in nested order"),
        (plain(nside=16_384), "nside 16384"),
        (plain(ORDERING="SPIRAL"), "in spiral order"),
        (plain(COORDSYS=None), "COORDSYS is missing"),
        (plain(COORDSYS="E"), "COORDSYS is E"),
        (plain(columns={name: np.zeros(12, np.float32) for name in ("I", "Q")}), "named after E.B-V. among I, Q"),
        (plain(columns={"I_STOKES": np.zeros(12, np.float32)}, units={"I_STOKES": "K_CMB"}), "in K_CMB, not E"),
        (plain(columns={"EBV": np.zeros(12, np.int64)}), "no numbers"),
        (plain(ORDERING=None), "damaged"),
        (plain(columns={"PIXEL": np.zeros(12, np.int64), "EBV": np.zeros(24, np.float32)}, per_row=2,
               INDXSCHM="EXPLICIT"), "not as many"),
    ],
)  # fmt: skip
def test_a_healpix_map_that_cannot_be_believed_is_refused_in_a_sentence(
    tmp_path: Path, settings: dict[str, object], sentence: str
) -> None:
    path = write_healpix(tmp_path / "map.fits", **settings)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=sentence) as told:
        drain(reddening(path, *NOWHERE))
    assert str(told.value).startswith("map.fits: ") and str(told.value).count("\n") == 0


def test_other_files_are_refused_in_a_sentence(tmp_path: Path) -> None:
    cases = {
        saved(tmp_path, "", "empty.fits"): "empty.fits: no FITS file",
        saved(tmp_path, "ra,dec\n1,2\n", "table.csv"): "table.csv: no FITS file",
        tmp_path / "missing.fits": "there is no such file",
        tmp_path: "a folder",
    }
    image = tmp_path / "picture.fits"
    fits.PrimaryHDU(np.zeros((4, 4), np.float32)).writeto(image)
    cases[image] = "no dust map that is known here"
    for path, sentence in cases.items():
        with pytest.raises(InputError, match=sentence):
            drain(reddening(path, *NOWHERE))


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("LAM_NSGP", 2, "does not say where"),
        ("LAM_SCAL", -5.0, "does not say where"),
        ("LAM_SCAL", "wide", "damaged"),
        ("LAM_NSGP", -1, "not the other hemisphere"),
    ],
)
def test_a_polar_map_that_cannot_be_believed_is_refused(tmp_path: Path, key: str, value: object, sentence: str) -> None:
    path = write_polar(tmp_path)
    fits.setval(path, key, value=value)
    with pytest.raises(InputError, match=sentence):
        drain(reddening(path, *NOWHERE))


def test_a_turned_polar_map_is_followed_and_one_about_no_pole_refused(tmp_path: Path) -> None:
    path = write_polar(tmp_path, keywords="ZEA", poles=(1,))
    fits.setval(path, "CRVAL1", value=30.0)
    longitude, latitude = np.array([10.0, 200.0]), np.array([30.0, 70.0])
    x = 15.5 + 16 * np.sqrt(1 - np.sin(np.radians(latitude))) * np.sin(np.radians(30.0 - longitude))
    found = drain(reddening(path, *in_icrs(longitude, latitude)))
    np.testing.assert_allclose(found.values, 0.1 + x / 1000, atol=1e-6)
    fits.setval(path, "CRVAL2", value=60.0)
    with pytest.raises(InputError, match="does not say where"):
        drain(reddening(path, *NOWHERE))


@pytest.mark.parametrize("kind", ["healpix", "polar"])
def test_maps_cut_off_or_scribbled_on_are_refused_or_read(tmp_path: Path, kind: str) -> None:
    if kind == "healpix":
        path = write_healpix(tmp_path / "map.fits", {"EBV": np.full(768, 0.1, np.float32)}, 8)
    else:
        path = write_polar(tmp_path, poles=(1,))
    whole = path.read_bytes()
    rng = np.random.default_rng(1)
    damaged = [whole[:length] for length in range(1, len(whole), 499)]
    for _ in range(60):
        scribbled = bytearray(whole)
        for place in rng.integers(0, 6000, 8):
            scribbled[place] = rng.integers(32, 127)
        damaged.append(bytes(scribbled))
    refused = 0
    for content in damaged:
        path.write_bytes(content)
        try:
            drain(reddening(path, *NOWHERE))
        except InputError:
            refused += 1
    assert refused > len(range(1, len(whole), 499)) // 2
