import numpy as np
import pytest
import shapely

from stellar_gui.analysis.contours import SHARES, contours
from stellar_gui.analysis.spatial import GridIndex


@pytest.mark.parametrize("stars", [2_000, 100_000])
def test_each_contour_encloses_its_share_of_the_stars(stars: int) -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, stars)).astype(np.float32)
    x[: stars // 3] += 6
    made = contours(GridIndex(x, y))
    assert [contour.share for contour in made] == list(SHARES)
    for contour in made:
        inside = np.zeros(stars, bool)
        for line in contour.lines:
            inside ^= shapely.contains_xy(shapely.Polygon(line), x, y)
        assert inside.mean() == pytest.approx(contour.share, abs=0.03)


def test_contours_of_a_normal_cloud_are_circles_of_the_known_radius() -> None:
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=(2, 200_000)).astype(np.float32)
    for contour in contours(GridIndex(x, y)):
        assert len(contour.lines) == 1
        radius = np.hypot(*contour.lines[0].T)
        assert radius.mean() == pytest.approx(np.sqrt(-2 * np.log(1 - contour.share)), rel=0.03)
        assert radius == pytest.approx(radius.mean(), rel=0.12)


def test_a_few_stars_apart_are_no_contour_of_their_own() -> None:
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(2, 10_000)).astype(np.float32)
    x[:12], y[:12] = 7 + x[:12] / 50, 7 + y[:12] / 50
    lines = [line for contour in contours(GridIndex(x, y)) for line in contour.lines]
    assert lines
    assert max(float(line.max()) for line in lines) < 6


@pytest.mark.parametrize("stars", [0, 1, 49, 500])
def test_too_few_stars_or_all_in_one_place_have_no_contours(stars: int) -> None:
    place = np.full(stars, 2.5, np.float32)
    assert contours(GridIndex(place, place)) == ()
