import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from stellar_gui.analysis.density import BlockCounts, Discs, Scale, Stretch, pixel_counts, robust_top

VIEW = (0.0, 20.0, 0.0, 10.0)
SHAPE = (10, 20)


def test_a_star_marks_a_block_of_two_by_two_pixels_from_its_own_on() -> None:
    counts = BlockCounts().of(pixel_counts(np.array([3.5], np.float32), np.array([8.5], np.float32), VIEW, SHAPE))
    assert counts.sum() == 4
    assert np.argwhere(counts).tolist() == [[1, 3], [1, 4], [2, 3], [2, 4]]


def test_a_disc_is_whole_inside_and_has_the_area_of_its_radius() -> None:
    counts = Discs.of(np.array([10.3], np.float32), np.array([5.2], np.float32), VIEW, SHAPE, radius=2.5).sums()
    assert counts.max() == 1
    assert counts.sum() == pytest.approx(np.pi * 2.5**2, rel=0.05)
    height, width = np.indices(SHAPE) + 0.5
    assert np.average(width, weights=counts) == pytest.approx(10.3, abs=0.05)
    assert np.average(height, weights=counts) == pytest.approx(4.8, abs=0.05)


def test_discs_at_and_beyond_the_border_are_cut() -> None:
    x, y = np.array([0, 20, -1, 50], np.float32), np.array([0, 10, 5, 5], np.float32)
    counts = Discs.of(x, y, VIEW, SHAPE, radius=2).sums()
    assert counts.shape == SHAPE
    assert counts[0, -1] == counts[-1, 0] == 1
    assert counts[5, 10] == 0


@pytest.mark.parametrize("stretch", Stretch)
@pytest.mark.parametrize("top", [2.0, 7.0, 5000.0])
def test_shades_rise_from_nothing_over_one_star_to_the_top(stretch: Stretch, top: float) -> None:
    scale = Scale.of(np.full((9, 9), top), stretch, least=0.3)
    shades = scale.shade(np.linspace(0, 1.2 * top, 500))
    assert (np.diff(shades) >= 0).all()
    assert scale.shade(np.array([0, 0.5, 1, top, 10 * top])) == pytest.approx([0, 0.15, 0.3, 1, 1])


@given(
    counts=arrays(np.int32, (16, 6), elements=st.integers(0, 5000) | st.integers(0, 3)),
    stretch=st.sampled_from(Stretch),
    least=st.floats(0.05, 1.0),
)
def test_a_denser_pixel_is_never_lighter(counts: NDArray[np.int32], stretch: Stretch, least: float) -> None:
    scale = Scale.of(counts, stretch, least)
    dense = np.sort(np.concatenate([counts.ravel(), np.linspace(0, 1.2 * scale.top, 300)]))
    shades = scale.shade(dense)
    assert (np.diff(shades) >= -1e-12).all()
    assert scale.shade(np.array([0, 1, scale.top, 2 * scale.top])) == pytest.approx([0, least, 1, 1])


@given(sums=arrays(np.float32, (16, 6), elements=st.floats(0, 40, width=32)), least=st.floats(0.05, 1.0))
def test_sums_of_discs_are_equalised_without_a_step_back(sums: NDArray[np.float32], least: float) -> None:
    scale = Scale.of(sums, Stretch.EQUALISED, least)
    assert (np.diff(scale.shade(np.linspace(0, 1.2 * scale.top, 500))) >= -1e-12).all()
    assert scale.shade(np.array([0, 1, scale.top])) == pytest.approx([0, least, 1])


@pytest.mark.parametrize("kind", [np.int32, np.float32])
def test_equalised_shades_are_worn_by_equal_shares_of_the_pixels(kind: type) -> None:
    counts = np.random.default_rng(3).lognormal(4, 1.2, size=(600, 800)).astype(kind)
    worn = Scale.of(counts, Stretch.EQUALISED, 0.22).shade(counts[counts > 1])
    shares = np.histogram(worn, bins=10, range=(0.22, 1))[0] / worn.size
    assert shares == pytest.approx(0.1, abs=0.01)
    asinh = Scale.of(counts, Stretch.ASINH, 0.22).shade(counts[counts > 1])
    assert np.ptp(np.histogram(asinh, bins=10, range=(0.22, 1))[0] / worn.size) > 0.1


@pytest.mark.parametrize("counts", [np.zeros((9, 9), np.int32), np.ones((9, 9), np.int32), np.full((9, 9), 5.0)])
def test_a_picture_of_one_count_is_equalised_too(counts: NDArray[np.generic]) -> None:
    scale = Scale.of(counts, Stretch.EQUALISED, 0.3)  # type: ignore[arg-type]
    assert scale.shade(np.array([0, 1, scale.top])) == pytest.approx([0, 0.3, 1])


def test_one_crowded_pixel_does_not_set_the_top() -> None:
    counts = np.ones((100, 100), np.float32)
    counts[0, 0] = 1e6
    assert robust_top(counts) == 2
    assert robust_top(np.zeros((3, 3), np.float32)) == 2
