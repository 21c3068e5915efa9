"""The outlines of tools: what is drawn is what is selected."""

import numpy as np
import pytest

from stellar_gui.analysis.regions import Polygon, Rectangle
from stellar_gui.gui.views.outlines import CircleOutline, PolygonOutline, XRangeOutline, YRangeOutline


def test_the_line_of_a_circle_goes_round_its_region() -> None:
    outline = CircleOutline((2.0, -1.0), 100.0, 10.0)
    outline.add((2.3, 3.0))
    x, y = np.array(outline.points()).T
    np.testing.assert_allclose(np.hypot((x - 2) * 100, (y + 1) * 10), 50)
    assert outline.region().bounds == pytest.approx((1.5, 2.5, -6, 4))


def test_a_circle_without_a_radius_is_its_centre() -> None:
    outline = CircleOutline((2.0, -1.0), 100.0, 10.0)
    assert outline.region().contains(np.array([2.0, 2.01]), np.array([-1.0, -1.0])).tolist() == [True, False]


@pytest.mark.parametrize("ends", [(1.0, 4.0), (4.0, 1.0)])
def test_ranges_run_either_way(ends: tuple[float, float]) -> None:
    for made, region in (
        (XRangeOutline((ends[0], 7)), Rectangle(1, 4, -np.inf, np.inf)),
        (YRangeOutline((7, ends[0])), Rectangle(-np.inf, np.inf, 1, 4)),
    ):
        made.add((ends[1], ends[1]))
        assert made.region() == region
        assert set(made.points()) == {(a, b) for a in region.bounds[:2] for b in region.bounds[2:]}


def test_a_polygon_holds_sets_and_takes_back_corners() -> None:
    outline = PolygonOutline()
    for corner in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)):
        outline.add((5.0, 5.0))
        outline.add(corner)
        assert not outline.can_close
        outline.set_corner()
    assert outline.can_close
    outline.add((0.0, 1.0))
    assert outline.region() == Polygon(((0, 0), (1, 0), (1, 1), (0, 1)))
    outline.take_back()
    outline.take_back()
    assert outline.points() == [(0, 0), (1, 0)]
    assert not outline.can_close
