"""Axes whose scale is linear or logarithmic, with plain numbers and room between them."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stellar_gui.gui.views.chart_style import PlainAxis

_LABEL_DISTANCE = 17.0  # logical pixels between two tick labels
_WIDE_LABEL_DISTANCE = 30.0  # the same where labels stand side by side
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class ScaleAxis(PlainAxis):
    """An axis whose coordinate is what it shows, or where `logarithmic` its decimal logarithm; `place` tells which.

    whole: of whole numbers, none under 1.
    """

    def __init__(self, orientation: str, *, logarithmic: bool = False, whole: bool = False) -> None:
        super().__init__(orientation)
        self.logarithmic = logarithmic
        self._whole = whole
        self._distance = _LABEL_DISTANCE if orientation in ("left", "right") else _WIDE_LABEL_DISTANCE
        self.setStyle(maxTextLevel=0)

    def place(self, values: ArrayLike) -> NDArray[np.float64]:
        """Where values stand on the axis; NaN for what is not finite or, on a logarithm, not positive."""
        places = np.array(values, dtype=np.float64)
        places[~np.isfinite(places)] = np.nan
        if not self.logarithmic:
            return places
        places[~(places > 0)] = np.nan
        return np.log10(places)

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:  # noqa: N803
        """The usual spacings; between whole numbers none."""
        usual: list[tuple[float, float]] = super().tickSpacing(minVal, maxVal, size)
        return [spacing for spacing in usual if spacing[0] >= 1] or [(1.0, 0.0)] if self._whole else usual

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float | None, list[float]]]:  # noqa: N803
        """Labelled ticks, then bare ones."""
        if not self.logarithmic:
            usual: list[tuple[float | None, list[float]]] = super().tickValues(minVal, maxVal, size)
            return usual
        labelled, bare = log_ticks(minVal, maxVal, size, self._distance)
        if self._whole:
            labelled, bare = (
                [value for value in ticks if value >= 1 and value == round(value)] for ticks in (labelled, bare)
            )
        return [(None, list(np.log10(labelled))), (None, list(np.log10(bare)))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Plain numbers or powers of ten."""
        if not self.logarithmic:
            return super().tickStrings(values, scale, spacing)
        return [plain_number(10.0**value) for value in values]


def log_ticks(
    low: float, high: float, length: float, distance: float = _LABEL_DISTANCE
) -> tuple[list[float], list[float]]:
    """Labelled and bare ticks of a logarithmic axis from 10**low to 10**high that is length logical pixels long.
    Labels are at least a distance apart.

    Labelled are, as densely as the labels have room: every whole multiple of the powers of ten, or 1 2 5, or 1 3, or
    the powers alone, or some of these; where the axis is too short in decades for that, round linear steps.
    """
    decades = range(int(np.floor(low)), int(np.ceil(high)) + 1)
    every = _inside(low, high, (digit * 10.0**decade for decade in decades for digit in range(1, 10)))
    choices = [every, _with_digits(every, (1, 2, 5)), _with_digits(every, (1, 3))]
    choices += [
        _inside(low, high, (10.0**decade for decade in decades if decade % step == 0)) for step in (1, 2, 3, 5, 10)
    ]
    for choice in choices:
        if len(choice) >= 2 and _have_room(choice, length / (high - low), distance):
            return choice, [value for value in every if value not in choice]
    linear = _linear_ticks(low, high)
    return next(
        (ticks for ticks in linear if ticks and _have_room(ticks, length / (high - low), distance)), every[:1]
    ), []


def _linear_ticks(low: float, high: float) -> Iterator[list[float]]:
    """Multiples of round steps, densest first."""
    bottom, top = 10.0**low, 10.0**high
    finest = np.floor(np.log10(top - bottom)) - 2
    steps = (digit * 10.0 ** (finest + power) for power in range(5) for digit in (1, 2, 5))
    return ([step * k for k in range(int(np.ceil(bottom / step)), int(top // step) + 1)] for step in steps)


def _have_room(values: list[float], pixels_per_decade: float, distance: float) -> bool:
    places = np.log10(values) * pixels_per_decade
    return bool((np.diff(places) >= distance).all())


def _inside(low: float, high: float, values: Iterable[float]) -> list[float]:
    return [value for value in values if low <= np.log10(value) <= high]


def _with_digits(values: list[float], digits: tuple[int, ...]) -> list[float]:
    return [value for value in values if round(value / 10.0 ** np.floor(np.log10(value) + 1e-9)) in digits]


def plain_number(value: float) -> str:
    """A tick's label: 0.085, 20, and beyond 0.001 to 10,000 as 2·10⁻⁴."""
    if 0.000999 < value < 9999:
        return np.format_float_positional(float(f"{value:.6g}"), trim="-")
    digits, exponent = f"{value:.3e}".split("e")
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
    digits = digits.rstrip("0").rstrip(".")
    return power if digits == "1" else f"{digits}·{power}"
