import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stellar_gui.analysis.sky import Projection, ProjectionKind

WHOLE = Projection.whole_sky(180.0)


@settings(deadline=None)  # the first call loads a library
@given(st.floats(0, 359.999), st.floats(-89.9, 89.9))
def test_a_position_comes_back_from_the_whole_sky(ra: float, dec: float) -> None:
    x, y = WHOLE.to_plane(np.array([ra]), np.array([dec]))
    found = WHOLE.position(float(x[0]), float(y[0]))
    assert found is not None
    assert found[1] == pytest.approx(dec, abs=1e-6)
    assert (found[0] - ra + 180) % 360 - 180 == pytest.approx(0, abs=1e-5)


@settings(deadline=None)
@given(st.floats(0, 359.999), st.floats(-89, 89), st.floats(-5, 5), st.floats(-5, 5))
def test_near_the_centre_of_a_field_a_degree_is_a_degree(ra: float, dec: float, east: float, north: float) -> None:
    field = Projection.field(ra, dec)
    x, y = field.to_plane(np.array([field.ra]), np.array([np.clip(dec + north * 0.1, -90, 90)]))
    assert float(y[0]) == pytest.approx(np.clip(north * 0.1, -90 - dec, 90 - dec), abs=1e-3)
    assert float(x[0]) == pytest.approx(0, abs=1e-6)
    found = field.position(-east, north)
    assert found is not None
    again = field.to_plane(*(np.array([value]) for value in found))
    assert (float(again[0][0]), float(again[1][0])) == pytest.approx((-east, north), abs=1e-6)


@pytest.mark.parametrize("projection", [WHOLE, Projection.field(180.0, 10.0)])
def test_east_is_at_the_left_and_north_at_the_top(projection: Projection) -> None:
    x, y = projection.to_plane(np.array([170.0, 180.0, 190.0, 180.0]), np.array([10.0, 10.0, 10.0, 20.0]))
    assert x[0] > x[1] > x[2]
    assert y[3] > y[1]


def test_the_whole_sky_keeps_areas() -> None:
    rng = np.random.default_rng(0)
    ra, dec = rng.uniform(0, 360, 200_000), np.degrees(np.arcsin(rng.uniform(-1, 1, 200_000)))
    x, y = WHOLE.to_plane(ra, dec)
    half_width, half_height = float(np.abs(x).max()), float(np.abs(y).max())
    assert half_width == pytest.approx(2 * half_height, rel=1e-3)
    inner = (x / half_width) ** 2 + (y / half_height) ** 2 < 0.25
    assert inner.mean() == pytest.approx(0.25, abs=0.005)


def test_what_has_no_place_is_not_a_number() -> None:
    ra = np.array([np.nan, np.inf, 10.0, 10.0, -9999.0, 10.0])
    dec = np.array([0.0, 0.0, np.nan, 91.0, -9999.0, 5.0])
    for projection in (WHOLE, Projection.field(10.0, 5.0)):
        x, y = projection.to_plane(ra, dec)
        assert np.isnan(x[:5]).all() and np.isnan(y[:5]).all()
        assert np.isfinite(x[5]) and np.isfinite(y[5])
    far = Projection.field(10.0, 5.0).to_plane(np.array([190.0]), np.array([0.0]))
    assert np.isnan(far[0][0])
    assert WHOLE.position(170.0, 60.0) is None


def test_the_projection_suits_the_stars() -> None:
    rng = np.random.default_rng(0)
    near = Projection.around(359.5 + rng.normal(size=500), 20 + rng.normal(size=500))
    assert near.kind is ProjectionKind.GNOMONIC
    assert abs((near.ra - 359.5 + 180) % 360 - 180) < 1 and abs(near.dec - 20) < 1
    wide = Projection.around(rng.uniform(100, 260, 500), rng.uniform(-10, 60, 500))
    assert wide == Projection.whole_sky(180.0)
    nothing = Projection.around(np.array([np.nan]), np.array([0.0]))
    assert nothing.kind is ProjectionKind.AITOFF
