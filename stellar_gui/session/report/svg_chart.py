"""Charts as plain SVG: a frame with axes and ticks, and what is drawn within it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.regions import Bounds
from stellar_gui.numbers import MINUS
from stellar_gui.session.report.markup import Markup, joined, tag

WIDTH: Final = 736.0
"""Of a figure, in CSS pixels: the page's column."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 12.0, 10.0, 46.0
_TICK: Final = 5.0
_ACROSS, _DOWN = 110.0, 45.0  # pixels between ticks, about
_STEPS: Final = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what is written there."""

    value: float
    text: str


def ticks(low: float, high: float, about: int) -> list[Tick]:
    """Round numbers from low to high, ascending, about so many of them."""
    if not high > low:
        return [Tick(low, f"{low:g}".replace("-", MINUS))]
    rough = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in _STEPS if factor * power >= rough * 0.999)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    places = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1) * step
    return [Tick(place, f"{place + 0.0:,.{digits}f}".replace("-", MINUS)) for place in places.tolist()]


def log_ticks(low: float, high: float) -> list[Tick]:
    """Places on a logarithmic axis, given and answered as decimal logarithms: 1, 2 and 5 times the powers of ten."""
    found = [
        Tick(math.log10(factor) + power, f"{factor * 10.0**power:g}")
        for power in range(math.floor(low), math.ceil(high) + 1)
        for factor in (1, 2, 5)
    ]
    found = [tick for tick in found if low - 1e-9 <= tick.value <= high + 1e-9]
    tens = [tick for tick in found if abs(tick.value - round(tick.value)) < 1e-9]
    return tens if len(found) > 8 and len(tens) > 1 else found


@dataclass(frozen=True)
class Frame:
    """The rectangle of a chart, which shows `bounds`; height: of the whole figure, pixels."""

    bounds: Bounds
    height: float

    @property
    def left(self) -> float:
        """Of the rectangle, pixels."""
        return _LEFT

    @property
    def top(self) -> float:
        """Of the rectangle, pixels."""
        return _TOP

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the rectangle, pixels."""
        return WIDTH - _LEFT - _RIGHT, self.height - _TOP - _BOTTOM

    def x(self, values: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Pixels from the left."""
        low, high = self.bounds[:2]
        return np.asarray(_LEFT + (np.asarray(values, np.float64) - low) / (high - low) * self.size[0])

    def y(self, values: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Pixels from the top."""
        low, high = self.bounds[2:]
        up = (np.asarray(values, np.float64) - low) / (high - low)
        return np.asarray(_TOP + (1 - up) * self.size[1])

    def axes(
        self, titles: tuple[str, str], x_ticks: Sequence[Tick] | None = None, y_ticks: Sequence[Tick] | None = None
    ) -> Markup:
        """The frame's outline, ticks and titles."""
        width, height = self.size
        x_ticks = ticks(*self.bounds[:2], round(width / _ACROSS)) if x_ticks is None else x_ticks
        y_ticks = ticks(*self.bounds[2:], round(height / _DOWN)) if y_ticks is None else y_ticks
        bottom, middle = _TOP + height, _TOP + height / 2
        along = [(float(self.x(tick.value)), tick.text) for tick in x_ticks]
        up = [(float(self.y(tick.value)), tick.text) for tick in y_ticks]
        return joined(
            (
                tag("rect", x=_LEFT, y=_TOP, width=width, height=height, class_="frame"),
                *(tag("line", x1=x, x2=x, y1=bottom, y2=bottom + _TICK, class_="frame") for x, _ in along),
                *(tag("line", x1=_LEFT - _TICK, x2=_LEFT, y1=y, y2=y, class_="frame") for y, _ in up),
                *(tag("text", words, x=x, y=bottom + 18, class_="middle") for x, words in along),
                *(tag("text", words, x=_LEFT - 9, y=y + 4, class_="end") for y, words in up),
                tag("text", titles[0], x=_LEFT + width / 2, y=self.height - 6, class_="title middle"),
                tag("text", titles[1], x=14, y=middle, transform=f"rotate(-90 14 {middle:.1f})", class_="title middle"),
            )
        )

    def line(self, x: NDArray[np.floating], y: NDArray[np.floating], kind: str) -> Markup:
        """A line through points (m,), (m,), with gaps where one is not finite; kind: its class."""
        return tag("path", d=" ".join(_runs(self.x(x), self.y(y))), class_=kind)

    def band(self, x: NDArray[np.floating], low: NDArray[np.floating], high: NDArray[np.floating], kind: str) -> Markup:
        """The area between two lines, where both are finite."""
        known = np.isfinite(low) & np.isfinite(high)
        if not known.any():
            return Markup("")
        x, low, high = x[known], low[known], high[known]
        outline = next(_runs(self.x(np.concatenate((x, x[::-1]))), self.y(np.concatenate((low, high[::-1])))))
        return tag("path", d=f"{outline}Z", class_=kind)

    def outline(self, lines: Sequence[NDArray[np.float64]], kind: str) -> Markup:
        """Closed lines, (m, 2) each."""
        paths = (f"{run}Z" for line in lines for run in _runs(self.x(line[:-1, 0]), self.y(line[:-1, 1])))
        return tag("path", d=" ".join(paths), class_=kind)


def figure(picture: str, height: float, described: str, caption: str, name: str) -> Markup:
    """An SVG figure with its caption; described: what it shows, for those who cannot see it; name: its id."""
    drawn = tag(
        "svg",
        tag("defs", tag("clipPath", _inside(height), id=f"{name}-inside")),
        picture,
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        role="img",
        aria_label=described,
        xmlns="http://www.w3.org/2000/svg",
    )
    return tag("figure", drawn, tag("figcaption", caption), id=name)


def clipped(name: str, *content: str) -> Markup:
    """Content cut off at the frame of the figure of that name."""
    return tag("g", *content, clip_path=f"url(#{name}-inside)")


def _inside(height: float) -> Markup:
    return tag("rect", x=_LEFT, y=_TOP, width=WIDTH - _LEFT - _RIGHT, height=height - _TOP - _BOTTOM)


def _runs(x: NDArray[np.float64], y: NDArray[np.float64]) -> Iterator[str]:
    """The finite stretches of a line as SVG path data, to a tenth of a pixel."""
    known = np.isfinite(x) & np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    for start, stop in edges.reshape(-1, 2).tolist():
        yield "M" + "L".join(f"{x[k]:.1f},{y[k]:.1f}" for k in range(start, stop))
