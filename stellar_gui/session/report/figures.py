"""The figures of a report: the losses of a training, and maps of the stars as pixels under lines."""

import base64
import io
from collections.abc import Generator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stellar_gui import numbers
from stellar_gui.analysis.coloring import Labels
from stellar_gui.analysis.counting import StarCounts, StarField
from stellar_gui.analysis.density import Scale, Stretch
from stellar_gui.analysis.hues import LabelHues, StarColors
from stellar_gui.analysis.map_data import MapData
from stellar_gui.analysis.raster import Raster
from stellar_gui.analysis.subset_marks import SubsetField
from stellar_gui.analysis.subsets import Subsets
from stellar_gui.autoencoder.report import History, ResidualTrend
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.session.report.markup import Markup, joined, tag
from stellar_gui.session.report.svg_chart import Frame, clipped, figure, log_ticks

DENSITY: Final = {
    "light": ("#ffffff", "#dfeaf6", "#bdd7ec", "#93c3df", "#6fabd3", "#4a90c2", "#3577b0"),
    "dark": ("#1d2126", "#28405a", "#2d5580", "#306396", "#3474b0", "#4489c8", "#5c9edb"),
}
"""From no star to the densest pixel, kept so near to the page that lines in its ink are seen on all of it."""
LABELS: Final = ("#0072b2", "#cc79a7", "#009e73", "#56b4e9", "#b59a00", "#7b3fbf", "#8c5a2b", "#d55e00")
"""As in the window, Okabe and Ito's (2008) before others; all are seen on white and on black."""
REST: Final = "#8a9099"

_MAP_HEIGHT, _LOSS_HEIGHT, _TREND_HEIGHT = 580.0, 300.0, 280.0
_FINE: Final = 2
_SHADES: Final = 250
_OPACITIES: Final = 27
_LEAST: Final = (0.45, 0.3)  # share of the ramp for one star, of a thousand and of many
_LEAST_COLORED: Final = (1.0, 0.6)


def losses(history: History, unit: str) -> Markup:
    """How the losses of training and validation stars fell; unit: of TrainingConfig.loss_unit."""
    epoch = history.epoch.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        train, low, high, validation = (
            np.where(np.isfinite(values) & (values > 0), np.log10(values), np.nan)
            for values in (history.train_loss, history.train_low, history.train_high, history.validation_loss)
        )
    known = np.concatenate((train, validation, low, high))
    known = known[np.isfinite(known)]
    if not len(known):
        return Markup("")
    bottom, top = float(known.min()), float(known.max())
    room = 0.05 * max(top - bottom, 0.1)
    bounds = (min(0.0, float(epoch[0])), max(float(epoch[-1]), 1.0), bottom - room, top + room)
    frame, kept = Frame(bounds, _LOSS_HEIGHT), np.flatnonzero(history.epoch == history.best_epoch)
    drawn = [
        frame.axes(("epoch", "loss (mag²)" if unit else "loss (no unit)"), y_ticks=log_ticks(bounds[2], bounds[3])),
        frame.band(epoch, low, high, "spread"),
        frame.line(epoch, train, "train"),
        frame.line(epoch, validation, "validation"),
    ]
    if len(kept):
        x, y = float(frame.x(epoch[kept[0]])), float(frame.y(validation[kept[0]]))
        drawn.append(tag("circle", cx=x, cy=y, r=5, class_="kept"))
    first, last = history.validation_loss[0], history.validation_loss[-1]
    return figure(
        joined(drawn),
        _LOSS_HEIGHT,
        f"Chart of the loss against epoch: the validation loss goes from {first:.4g} to {last:.4g}.",
        "Loss against epoch: training stars as a line within the spread of their batches (16 to 84 %), validation "
        f"stars as a dashed line; the kept epoch, {history.best_epoch:,}, is ringed.",
        "figure-loss",
    )


def residuals(trend: ResidualTrend) -> Markup:
    """The residuals against magnitude, one small chart for each band; empty where they are not known."""
    known = np.isfinite(trend.median)
    if not known.any():
        return Markup("")
    low, high = float(np.nanmin(trend.low)), float(np.nanmax(trend.high))
    x0, x1 = float(trend.magnitude[known].min()), float(trend.magnitude[known].max())
    reach = max(abs(low), abs(high)) * 1.08
    frame = Frame((x0 - 0.3, x1 + 0.3, -reach, reach), _TREND_HEIGHT)
    drawn = [frame.axes(("magnitude (mag)", "residual (mag)"))]
    drawn.append(frame.line(np.array(frame.bounds[:2]), np.zeros(2), "zero"))
    r = BAND_NAMES.index("r")
    drawn.append(frame.band(trend.magnitude[r], trend.low[r], trend.high[r], "spread"))
    for band, name in enumerate(BAND_NAMES):
        there = np.flatnonzero(known[band])
        if not len(there):
            continue
        drawn.append(frame.line(trend.magnitude[band][there], trend.median[band][there], f"band band-{name}"))
    return figure(
        joined(drawn),
        _TREND_HEIGHT,
        "Chart of the median residual against magnitude, one line for each of u, g, r, i and z.",
        joined(
            (
                "Median residual, original minus reconstruction, of the test stars against their magnitude in the same "
                "band; shaded, the 16th to 84th percentile in r.",
                tag("span", *(_key(f"var(--{name})", name) for name in BAND_NAMES), class_="legend"),
            )
        ),
        "figure-residuals",
    )


class MapFigure:
    """Draws the stars of one map, plain, by labels or with subsets marked; titles: of the axes."""

    def __init__(self, data: MapData, titles: tuple[str, str]) -> None:
        self._data = data
        self._titles = titles
        self._frame = Frame(data.home, _MAP_HEIGHT)
        width, height = (int(_FINE * side) for side in self._frame.size)
        self._raster = Raster(data.home, width, height, _FINE)
        self._counts: StarCounts | None = None

    def density(self, name: str, described: str, caption: str) -> Generator[None, None, Markup]:
        """The number of stars on each pixel, with contours; name: the figure's id."""
        pictures = yield from self._density_pictures()
        shares = ", ".join(f"{100 * contour.share:.0f}" for contour in self._data.contours)
        told = f" Contours enclose {shares} % of the stars." if shares else ""
        inside = joined((*pictures, *self._contours()))
        return self._figure(inside, name, described, f"{caption}{self._strongest()}{told}")

    def labelled(self, labels: Labels, name: str, described: str, caption: str) -> Generator[None, None, Markup]:
        """Each pixel in the colour of its commonest label, paler where there are fewer stars."""
        field = StarField(self._data.levels)
        field.color_by(StarColors.of(labels, self._data.levels), None)
        counts = yield from field.count_all(self._raster)
        hues = counts.hues
        assert isinstance(hues, LabelHues)
        code = np.repeat(np.repeat(hues.code, hues.side, axis=0), hues.side, axis=1)
        code = np.minimum(code[: self._raster.height, : self._raster.width], len(LABELS))
        code[code >= len(labels.names)] = len(LABELS)
        opacity = np.rint(_shade(counts, _LEAST_COLORED) * _OPACITIES).astype(np.uint8)
        pixels = np.where(opacity == 0, 0, code * _OPACITIES + opacity).astype(np.uint8)
        colors = np.repeat([_rgb(color) for color in (*LABELS, REST)], _OPACITIES, axis=0)
        alpha = np.tile(np.arange(1, _OPACITIES + 1) / _OPACITIES, len(LABELS) + 1)
        picture = self._image(_png(pixels, np.vstack(([[0, 0, 0]], colors)), np.append(0.0, alpha)), "")
        return self._figure(picture, name, described, joined((caption, self._legend(labels))))

    def marked(self, subsets: Subsets, name: str, described: str, caption: str) -> Generator[None, None, Markup]:
        """The density, and over it the stars of visible subsets in their colours."""
        pictures = yield from self._density_pictures()
        field = SubsetField(self._data.levels)
        field.show(subsets.codes)
        marks = field.marks(self._raster, whole=True)
        yield None
        drawn = list(pictures)
        if marks is not None:
            colors = np.array([[0, 0, 0], *(_rgb(color) for color in subsets.drawn_colors)])
            rgba = np.dstack((colors[marks >> 8], marks & 255)).astype(np.uint8)
            drawn.append(self._image(_data_uri(Image.fromarray(rgba, "RGBA")), ""))
        shown = [subset for subset in subsets.all if subset.visible]
        keys = joined((_key(subset.color, subset.name) for subset in shown), " ")
        return self._figure(joined(drawn), name, described, joined((caption, tag("span", keys, class_="legend"))))

    def _density_pictures(self) -> Generator[None, None, list[Markup]]:
        if self._counts is None:
            self._counts = yield from StarField(self._data.levels).count_all(self._raster)
        pixels = np.rint(_shade(self._counts, _LEAST) * _SHADES).astype(np.uint8)
        yield None
        return [
            self._image(_png(pixels, _ramp(colors), np.ones(_SHADES + 1)), f"only-{theme}")
            for theme, colors in DENSITY.items()
        ]

    def _strongest(self) -> str:
        """What the strongest colour stands for; empty where stars are drawn one by one."""
        if self._counts is None or self._counts.discs:
            return ""
        x0, x1, y0, y1 = self._data.home
        width, height = self._frame.size
        top = numbers.stars(int(_scale(self._counts, _LEAST).top))
        return f" The strongest stands for {top} or more on {(x1 - x0) / width:.2g} by {(y1 - y0) / height:.2g} units."

    def _image(self, uri: str, kind: str) -> Markup:
        width, height = self._frame.size
        place = {"x": self._frame.left, "y": self._frame.top, "width": width, "height": height}
        return tag("image", href=uri, preserveAspectRatio="none", class_=kind, **place)

    def _contours(self) -> list[Markup]:
        drawn = []
        for kind in ("halo", "contour"):
            drawn += [self._frame.outline(contour.lines, kind) for contour in self._data.contours]
        for place, contour in enumerate(self._data.contours):
            if not contour.lines:
                continue
            line = max(contour.lines, key=len)
            angle = np.deg2rad(60 - 40 * place)
            at = line[np.argmax(self._frame.x(line[:, 0]) * np.cos(angle) - self._frame.y(line[:, 1]) * np.sin(angle))]
            x, y = float(self._frame.x(at[0])), float(self._frame.y(at[1]))
            drawn.append(tag("text", f"{100 * contour.share:.0f} %", x=x, y=y + 4, class_="percent middle"))
        return drawn

    def _legend(self, labels: Labels) -> Markup:
        keys = [_key(label_color(place), name) for place, name in enumerate(labels.names[: len(LABELS)])]
        if (labels.code[self._data.index.row] >= min(len(labels.names), len(LABELS))).any():
            keys.append(_key(REST, labels.rest if len(labels.names) <= len(LABELS) else "other"))
        return tag("span", joined(keys, " "), class_="legend")

    def _figure(self, picture: str, name: str, described: str, caption: str) -> Markup:
        outside = self._data.outside
        told = f" {numbers.stars(outside)} far out are not shown." if outside else ""
        inside = joined((clipped(name, picture), self._frame.axes(self._titles)))
        return figure(inside, _MAP_HEIGHT, described, joined((caption, told)), name)


def label_color(place: int) -> str:
    """The colour of the label at a place, the commonest first."""
    return LABELS[place] if place < len(LABELS) else REST


def swatch(color: str) -> Markup:
    """A small square of a colour, which says nothing to those who do not see it."""
    return tag("span", "", class_="swatch", style=f"background:{color}", aria_hidden="true")


def _key(color: str, words: str) -> Markup:
    return tag("span", swatch(color), words, class_="key")


def _scale(counts: StarCounts, ends: tuple[float, float]) -> Scale:
    least = float(np.interp(np.log10(max(counts.stars, 1)), (3.0, 5.5), ends))
    return Scale.of(counts.every, Stretch.ASINH, least)


def _shade(counts: StarCounts, ends: tuple[float, float]) -> NDArray[np.float64]:
    return _scale(counts, ends).shade(counts.every.astype(np.float64))


def _ramp(colors: Sequence[str]) -> NDArray[np.float64]:
    """(_SHADES + 1, 3) from 0 to 255: the colours in order, at even steps."""
    anchors, at = np.array([_rgb(color) for color in colors], np.float64), np.linspace(0, len(colors) - 1, _SHADES + 1)
    return np.stack([np.interp(at, np.arange(len(colors)), anchors[:, k]) for k in range(3)], axis=1)


def _rgb(color: str) -> list[int]:
    return [int(color[place : place + 2], 16) for place in (1, 3, 5)]


def _png(pixels: NDArray[np.uint8], palette: NDArray[np.floating], alpha: NDArray[np.float64]) -> str:
    """A picture of palette places (height, width), top row first; alpha: of each place, 0 to 1."""
    image = Image.fromarray(pixels, "P")
    image.putpalette(np.rint(palette).astype(np.uint8).tobytes())
    return _data_uri(image, np.rint(255 * alpha).astype(np.uint8).tobytes())


def _data_uri(image: Image.Image, transparency: bytes | None = None) -> str:
    file = io.BytesIO()
    opaque = transparency is None or set(transparency) == {255}
    image.save(file, "PNG", optimize=True, **({} if opaque else {"transparency": transparency}))
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
