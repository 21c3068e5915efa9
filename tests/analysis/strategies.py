"""Random stars and outlines, with the awkward ones that chance would seldom make."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from stellar_gui.analysis.regions import Circle, Polygon, Rectangle, Region, Stroke, x_range, y_range

_LATTICE = st.integers(-8, 8).map(lambda k: k / 2)
_FREE = st.floats(-5, 5, width=32)
_FAR = st.sampled_from([-1e6, 1e6, 300.0])


def coordinates() -> st.SearchStrategy[float]:
    """A number near the data; often one of a lattice, so that points fall on edges and corners."""
    return st.one_of(_LATTICE, _FREE, _LATTICE)


def corners() -> st.SearchStrategy[tuple[tuple[float, float], ...]]:
    """An outline's corners: self-crossing as often as not, with corners off the data and repeated corners."""
    place = st.one_of(coordinates(), coordinates(), coordinates(), _FAR)
    return st.lists(st.tuples(place, place), min_size=3, max_size=12).map(tuple)


def regions() -> st.SearchStrategy[Region]:
    """Any region."""
    point = st.tuples(coordinates(), coordinates())
    radius = st.floats(0.01, 4)
    return st.one_of(
        corners().map(Polygon),
        st.builds(Rectangle.between, point, point),
        st.builds(Circle, coordinates(), coordinates(), radius, radius),
        st.tuples(coordinates(), coordinates()).map(sorted).map(lambda ends: x_range(*ends)),
        st.tuples(coordinates(), coordinates()).map(sorted).map(lambda ends: y_range(*ends)),
        st.builds(Stroke, st.lists(point, min_size=1, max_size=6).map(tuple), radius, radius),
    )


@st.composite
def stars(draw: st.DrawFn) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """x, y and shown: none, one, many; in one place, on a lattice, with outliers, NaN and infinite coordinates."""
    count = draw(st.sampled_from([0, 1, 2, 30, 400, 3000]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["cloud", "lattice", "one place", "column", "outliers"]))
    x, y = rng.normal(size=(2, count)) * 2
    if kind == "lattice":
        x, y = np.round(x * 2) / 2, np.round(y * 2) / 2
    elif kind == "one place":
        x[:], y[:] = 0.5, -1.0
    elif kind == "column":
        x[:] = 1.0
    elif kind == "outliers":
        x[::50] *= 1e5
        y[::70] = -9999
    if draw(st.booleans()):
        for bad in (np.nan, np.inf, -np.inf):
            x[rng.random(count) < 0.05] = bad
            y[rng.random(count) < 0.05] = bad
    return x.astype(np.float32), y.astype(np.float32), rng.random(count) < draw(st.sampled_from([0.0, 0.7, 1.0]))
