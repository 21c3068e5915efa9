"""The simulated catalogue: reproducible, complete, physically plausible, and like the survey's own table of stars."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import polynomial
from numpy.typing import NDArray

from stellar_gui.catalog.bands import BAND_NAMES, BANDS
from stellar_gui.catalog.simulation import SimulatedStars, simulate, simulate_with_truth
from stellar_gui.catalog.simulation.evolved import horizontal_branch_colors
from stellar_gui.catalog.simulation.galaxy import draw_metallicity
from stellar_gui.catalog.simulation.locus import blue_dwarf_colors, dwarf_absolute_r, dwarf_colors
from stellar_gui.catalog.simulation.photometry import asinh_magnitude, flux_error, from_colors
from stellar_gui.catalog.simulation.selection import SHARES, Kind
from stellar_gui.catalog.simulation.white_dwarfs import add_light
from stellar_gui.errors import InputError

REAL_STARS = Path(__file__).parents[3] / "shared" / "data" / "sdss_stars_modelmag.csv"
COLUMNS = ["objid", "ra", "dec", "redshift", "u", "g", "r", "i", "z", "kind"]
ZERO_FLUX = np.array([band.zero_flux for band in BANDS])


@pytest.fixture(scope="module")
def stars() -> SimulatedStars:
    return simulate_with_truth(40_000, seed=1)


def measured(stars: SimulatedStars) -> NDArray[np.float64]:
    return stars.catalog.table[list(BAND_NAMES)].to_numpy()


def true_colors(stars: SimulatedStars, kind: Kind) -> NDArray[np.float64]:
    """Noise-free u-g, g-r, r-i, i-z of the stars of a kind, with their little reddening."""
    rows = (stars.catalog.table["kind"] == kind).to_numpy()
    return -np.diff(stars.true_magnitudes[rows], axis=1)


def share_inside(colors: NDArray[np.float64], *limits: tuple[float, float]) -> float:
    """Share of stars whose first colours lie within limits, one pair for each colour."""
    low, high = np.array(limits).T
    chosen = colors[:, : len(limits)]
    return float(((chosen > low) & (chosen < high)).all(axis=1).mean())


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = simulate(500, seed=7), simulate(500, seed=7)
    assert first.table.to_csv() == second.table.to_csv()
    assert first.magnitudes.tobytes() == second.magnitudes.tobytes()


def test_another_seed_gives_other_stars() -> None:
    assert not np.isin(simulate(500, seed=1).table["ra"], simulate(500, seed=2).table["ra"]).any()


def test_columns_are_those_of_the_query_with_identifier_and_truth() -> None:
    catalog = simulate(100)
    assert list(catalog.table.columns) == COLUMNS
    assert catalog.table["objid"].dtype == np.int64
    assert all(catalog.table[name].dtype == np.float64 for name in COLUMNS[1:-1])
    assert set(catalog.table["kind"]) <= {str(kind) for kind in Kind}
    assert all(type(kind) is str for kind in catalog.table["kind"])


def test_roles_units_and_provenance() -> None:
    catalog = simulate(10, seed=3)
    assert dict(catalog.columns) == {
        **{band: band for band in BAND_NAMES},
        "ra": "ra",
        "dec": "dec",
        "redshift": "redshift",
        "identifier": "objid",
    }
    assert catalog.units == {"ra": "deg", "dec": "deg", **dict.fromkeys(BAND_NAMES, "mag")}
    assert (catalog.provenance.name, catalog.provenance.path) == ("Simulated sample", None)
    assert catalog.provenance.query == "simulate stars=10 seed=3"


@settings(max_examples=50, deadline=None)
@given(count=st.integers(1, 50), seed=st.integers(0, 2**32))
def test_any_small_number_of_stars_is_complete(count: int, seed: int) -> None:
    stars = simulate_with_truth(count, seed)
    assert len(stars.catalog) == count
    assert stars.true_magnitudes.shape == (count, 5)
    assert np.isfinite(stars.catalog.table[COLUMNS[1:-1]].to_numpy()).all()
    assert stars.catalog.table["objid"].is_unique


@pytest.mark.parametrize("count", [0, -5, 10_000_001, 10**30])
def test_a_number_of_stars_out_of_reach_is_refused(count: int) -> None:
    with pytest.raises(InputError, match=f"Cannot simulate {count} stars"):
        simulate(count)


def test_every_value_is_finite_and_within_the_query(stars: SimulatedStars) -> None:
    table = stars.catalog.table
    assert np.isfinite(table[COLUMNS[1:-1]].to_numpy()).all()
    assert ((measured(stars) > 0) & (measured(stars) < 30)).all()
    assert table["ra"].between(0, 360, inclusive="left").all()
    assert table["dec"].between(-25, 75).all()


def test_identifiers_are_unique_and_of_nineteen_digits(stars: SimulatedStars) -> None:
    identifiers = stars.catalog.table["objid"]
    assert identifiers.is_unique
    assert (identifiers.astype(str).str.len() == 19).all()
    assert ((identifiers.to_numpy() >> 48 & 0x7FF) == 0).all(), "a rerun of 0 marks them as made up"


def test_no_two_rows_are_the_same_star(stars: SimulatedStars) -> None:
    assert not stars.catalog.table.duplicated(["ra", "dec"]).any()
    assert not stars.catalog.table.duplicated(list(BAND_NAMES)).any()


def test_magnitudes_have_five_decimals(stars: SimulatedStars) -> None:
    np.testing.assert_array_equal(measured(stars), measured(stars).round(5))


def test_shares_of_the_populations(stars: SimulatedStars) -> None:
    found = stars.catalog.table["kind"].value_counts(normalize=True)
    assert sum(SHARES.values()) == pytest.approx(1.0)
    for kind, share in SHARES.items():
        assert found[kind] == pytest.approx(share, abs=4 * np.sqrt(share / len(stars.catalog)))


def test_rows_are_shuffled(stars: SimulatedStars) -> None:
    first, second = np.array_split(stars.catalog.table["kind"] == Kind.WHITE_DWARF, 2)
    assert first.mean() == pytest.approx(second.mean(), rel=0.2)


def test_stars_move_as_the_galaxy_does_and_quasars_recede(stars: SimulatedStars) -> None:
    table = stars.catalog.table
    quasar = table["kind"] == Kind.QUASAR
    assert table.loc[quasar, "redshift"].between(0.05, 3.0).all()
    assert table.loc[~quasar, "redshift"].abs().max() < 0.004
    halo = table.loc[table["kind"] == Kind.HORIZONTAL_BRANCH, "redshift"].std()
    disc = table.loc[table["kind"] == Kind.WHITE_DWARF, "redshift"].std()
    assert disc < 0.5 * halo


@pytest.mark.parametrize(
    ("kind", "limits", "least"),
    [
        # the boxes are those of the papers, widened by the reddening
        (Kind.GIANT, ((0.8, 2.6), (0.38, 1.0), (0.1, 0.45)), 0.97),  # Yanny et al. 2009, AJ 137, 4377
        (Kind.HORIZONTAL_BRANCH, ((0.8, 1.5), (-0.4, 0.25)), 0.99),  # Yanny et al. 2000, ApJ 540, 825
        (Kind.WHITE_DWARF, ((-0.6, 1.0), (-0.65, 0.6)), 0.98),  # Kleinman et al. 2013, ApJS 204, 5
        (Kind.RR_LYRAE, ((0.7, 1.45), (-0.15, 0.5), (-0.15, 0.3), (-0.21, 0.32)), 0.97),  # Sesar et al. 2010
        (Kind.QUASAR, ((-0.5, 2.0), (-0.5, 0.8), (-0.4, 0.8), (-0.4, 0.9)), 0.97),  # Richards et al. 2001
    ],
)
def test_colours_of_each_population(
    stars: SimulatedStars, kind: Kind, limits: tuple[tuple[float, float], ...], least: float
) -> None:
    assert share_inside(true_colors(stars, kind), *limits) > least


@pytest.mark.parametrize(
    ("g_minus_i", "published"),
    [
        (0.70, (1.40, 0.51, 0.19, 0.06)),
        (1.10, (2.04, 0.80, 0.30, 0.14)),
        (1.50, (2.46, 1.08, 0.41, 0.22)),
        (3.00, (2.61, 1.47, 1.52, 0.81)),
    ],
)
def test_the_locus_is_the_published_one(g_minus_i: float, published: tuple[float, ...]) -> None:
    """The medians of Covey et al. 2007 (AJ 134, 2398), whose stars have about half a dex less metals than the Sun."""
    np.testing.assert_allclose(dwarf_colors(np.array([g_minus_i]), np.array([-0.5]))[0], published, atol=0.05)


def test_the_main_sequence_lies_along_the_locus(stars: SimulatedStars) -> None:
    ug, gr, ri, iz = true_colors(stars, Kind.MAIN_SEQUENCE).T
    expected = dwarf_colors(np.clip(gr + ri, 0.1, 5.1), np.full(len(gr), -0.7))
    residual = np.column_stack([ug, gr, ri, iz]) - expected
    assert (np.abs(np.median(residual, axis=0)) < [0.05, 0.02, 0.02, 0.02]).all()
    assert (np.percentile(np.abs(residual), 95, axis=0) < [0.40, 0.15, 0.15, 0.15]).all()


def test_binaries_are_blue_in_u_and_red_in_z(stars: SimulatedStars) -> None:
    ug, _, _, iz = true_colors(stars, Kind.BINARY).T
    main_ug, _, _, main_iz = true_colors(stars, Kind.MAIN_SEQUENCE).T
    assert ((ug < 0.8) & (iz > 0.2)).mean() > 0.5
    assert ((main_ug < 0.8) & (main_iz > 0.2)).mean() < 0.001


def test_metals_redden_u_as_the_photometric_metallicity_expects() -> None:
    """The locus inverts the independent polynomial of Ivezic et al. 2008, revised by Bond et al. 2010 (ApJ 716, 1)."""
    published = np.zeros((4, 4))
    published[[0, 1, 0, 1, 2, 0, 2, 1, 3, 0], [0, 0, 1, 1, 0, 2, 1, 2, 0, 3]] = [
        -13.13, 14.09, 28.04, -5.51, -5.90, -58.68, 9.14, -20.61, 0.0, 58.20,
    ]  # fmt: skip
    g_minus_i, metallicity = (grid.ravel() for grid in np.meshgrid([0.45, 0.50, 0.55], [-1.5, -1.0, -0.5]))
    colors = dwarf_colors(g_minus_i, metallicity)
    np.testing.assert_allclose(polynomial.polyval2d(colors[:, 0], colors[:, 1], published), metallicity, atol=0.3)


def test_metallicity_falls_with_height_and_is_lowest_in_the_halo() -> None:
    rng = np.random.default_rng(0)
    component, plane = np.repeat([0, 1, 2], 5000), np.zeros(15_000)
    low, high = draw_metallicity(rng, component, plane), draw_metallicity(rng, component, plane + 3.0)
    assert np.median(low[:5000]) == pytest.approx(-0.27, abs=0.06)
    assert np.median(high[:5000]) == pytest.approx(-0.82, abs=0.06)
    assert np.median(high[10_000:]) == pytest.approx(-1.46, abs=0.02)


def test_the_sun_has_its_absolute_magnitude() -> None:
    solar = dwarf_absolute_r(np.array([0.57]), np.array([0.0]))
    np.testing.assert_allclose(solar, 4.65, atol=0.3)  # Willmer 2018, ApJS 236, 47


def test_low_gravity_reddens_u_of_a_stars() -> None:
    g_minus_r = np.linspace(-0.24, 0.0, 20)
    assert (horizontal_branch_colors(g_minus_r)[:, 0] > blue_dwarf_colors(g_minus_r)[:, 0]).all()


def test_two_equal_stars_are_as_bright_as_their_fluxes_added() -> None:
    colors, r = np.array([[1.0, 0.5, 0.2, 0.1]]), np.array([5.0])
    sum_colors, sum_r = add_light(colors, r, colors, r)
    np.testing.assert_allclose(sum_colors, colors)
    np.testing.assert_allclose(sum_r, 5.0 - 2.5 * np.log10(2.0))
    np.testing.assert_allclose(from_colors(colors, r), [[6.5, 5.5, 5.0, 4.8, 4.7]])


def test_zero_flux_has_the_published_magnitude_and_bright_stars_logarithmic_ones() -> None:
    np.testing.assert_allclose(asinh_magnitude(np.zeros((1, 5)))[0], ZERO_FLUX, atol=0.005)
    bright = np.full((1, 5), 10.0 ** (-0.4 * 15.0))
    np.testing.assert_allclose(asinh_magnitude(bright), 15.0, atol=1e-6)
    assert (asinh_magnitude(np.full((1, 5), -1e-9))[0] > ZERO_FLUX).all()


def test_noise_is_a_fifth_of_the_signal_at_the_depth_of_the_survey() -> None:
    flux = 10.0 ** (-0.4 * np.array([22.3, 23.3, 23.1, 22.3, 20.8]))
    np.testing.assert_allclose(flux_error(flux) / flux, 0.2, rtol=0.02)


def test_errors_grow_with_magnitude(stars: SimulatedStars) -> None:
    error = np.abs(measured(stars) - stars.true_magnitudes)
    for k in range(5):
        bins = [(15, 17), (17, 19), (19, 20), (20, 21), (21, 22)]
        true = stars.true_magnitudes[:, k]
        medians = [np.median(error[(true > low) & (true < high), k]) for low, high in bins]
        assert medians == sorted(medians)
        assert 0.005 < medians[0] < 0.02


def test_noise_is_unbiased_where_stars_are_bright(stars: SimulatedStars) -> None:
    error = measured(stars) - stars.true_magnitudes
    for k in range(5):
        bright = stars.true_magnitudes[:, k] < 18.0
        assert abs(np.median(error[bright, k])) < 0.001


def test_undetected_bands_pile_up_at_zero_flux_mostly_in_u(stars: SimulatedStars) -> None:
    at_zero = (np.abs(measured(stars) - ZERO_FLUX) < 0.005).mean(axis=0)
    beside = (np.abs(measured(stars) - ZERO_FLUX - 0.03) < 0.005).mean(axis=0)
    assert (at_zero > 3 * beside).all()
    assert (at_zero > 0.0008).all()
    assert at_zero[0] > at_zero[1:].max()
    assert 0.03 < (measured(stars)[:, 0] > ZERO_FLUX[0] + 0.02).mean() < 0.10, "and scatter to negative fluxes"


@pytest.mark.skipif(not REAL_STARS.exists(), reason="the table of real stars is not here")
def test_magnitudes_and_colours_are_distributed_as_those_of_the_real_stars(stars: SimulatedStars) -> None:
    real = pd.read_csv(REAL_STARS)[[f"modelmag_{band}" for band in BAND_NAMES]].to_numpy()
    real = real[((real > 0) & (real < 30)).all(axis=1)]
    simulated = measured(stars)
    percentiles = [16, 50, 84]
    np.testing.assert_allclose(
        np.percentile(simulated, percentiles, axis=0), np.percentile(real, percentiles, axis=0), atol=0.25
    )
    np.testing.assert_allclose(
        np.percentile(-np.diff(simulated), percentiles, axis=0),
        np.percentile(-np.diff(real), percentiles, axis=0),
        atol=0.20,
    )
