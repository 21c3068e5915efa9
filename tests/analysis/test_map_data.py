import numpy as np
import pytest

from stellar_gui.analysis.contours import contours
from stellar_gui.analysis.framing import framed
from stellar_gui.analysis.map_data import MapData, map_data
from stellar_gui.progress import Progress, drain


def test_a_map_is_made_in_steps_and_knows_its_home() -> None:
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(2, 10_000)).astype(np.float32)
    x[0], y[1], shown = 1e4, np.nan, np.arange(10_000) != 2
    work = map_data(x, y, shown)
    first = next(work)
    assert isinstance(first, Progress)
    assert 0 < first.done < first.total
    data = drain(work)
    assert len(data.index) == 9998
    assert data.home == framed(data.index.bulk)
    assert data.home[1] < 100
    x0, x1, y0, y1 = data.home
    inside = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1) & shown
    assert data.outside == 9998 - np.count_nonzero(inside)
    assert [contour.share for contour in data.contours] == [c.share for c in contours(data.index)]


def test_a_map_without_stars() -> None:
    data = MapData.empty()
    assert len(data.index) == data.outside == len(data.contours) == 0


@pytest.mark.parametrize(
    ("bounds", "view"),
    [
        ((0.0, 1.0, -2.0, 2.0), (-0.1, 1.1, -2.4, 2.4)),
        ((3.0, 3.0, 0.0, 1.0), (2.5, 3.5, -0.1, 1.1)),
        ((np.nan, np.nan, 0.0, 1.0), (0.0, 1.0, -0.1, 1.1)),
    ],
)
def test_a_frame_has_a_margin_and_never_no_width(bounds: tuple, view: tuple) -> None:
    assert framed(bounds, margin=0.1) == pytest.approx(view)
