"""The link between the workspace and one map: what it shows, and what a gesture on it selects."""

import math
from collections.abc import Generator
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from stellar_gui import numbers
from stellar_gui.analysis.coloring import DENSITY, ColorChoice, Coloring, Group, Labels, coloring
from stellar_gui.analysis.findings import Finding, by_name
from stellar_gui.analysis.hues import StarColors
from stellar_gui.analysis.map_data import MapData, map_data
from stellar_gui.analysis.planes import Plane, SkyPlane
from stellar_gui.analysis.recipes import Combined, Drawn, Operation, Recipe, Rows
from stellar_gui.analysis.regions import Bounds
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.statistics import error_ranks
from stellar_gui.analysis.subsets import Subset
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.hue_image import LegendEntry
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress, drain

AT_ONCE = 50_000
"""Stars whose map is made within some 10 ms, so that no worker is needed."""


_Found = tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class _Source:
    """What a map is made of; embedding: None where plane and colours do without."""

    plane: Plane
    catalog: Catalog
    embedding: Embedding | None
    kept: NDArray[np.bool_]
    visible: NDArray[np.bool_] | None

    @property
    def shown(self) -> NDArray[np.bool_]:
        return self.kept if self.visible is None else self.kept & self.visible


@dataclass(frozen=True)
class _Wanted:
    """What a map is to be coloured by: labels that are tried, or else a choice among what was found by then."""

    choice: ColorChoice
    found: _Found
    trial: Labels | None

    @property
    def is_density(self) -> bool:
        return self.trial is None and self.choice == DENSITY


@dataclass(frozen=True, eq=False)
class _Colored:
    """A map's colouring, made in a worker; stars: None for density."""

    data: MapData
    wanted: _Wanted
    stars: StarColors | None


@dataclass(frozen=True, eq=False)
class _Prepared:
    """What a map shows, made in a worker."""

    source: _Source
    colors: _Colored


class MapLink(QObject):
    """Shows the workspace's stars on a map's plane, and hands on what the user does there.

    Nothing is made ready while the link is `asleep`, as for a map that nobody sees. `drawn` tells that the map shows
    what the workspace holds; `obstacle` is why it cannot, as one sentence.
    """

    drawn = Signal()

    def __init__(self, workspace: Workspace, star_map: StarMap, plane: Plane, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._plane = plane
        self._source: _Source | None = None
        self._task: Task | None = None
        self._coloring: Coloring | None = None
        self._color_task: Task | None = None
        self._asleep = False
        self._keep_view = False
        self._next_view: Bounds | None = None
        self.map = star_map
        star_map.tooltip_for = self._tooltip
        star_map.gestureFinished.connect(self._select)
        star_map.regionEdited.connect(self._reselect)
        star_map.starActivated.connect(workspace.set_active)
        star_map.starHovered.connect(workspace.set_hovered)
        star_map.clearRequested.connect(workspace.clear_selection)
        star_map.labelToggled.connect(workspace.display.toggle_label)
        star_map.labelIsolated.connect(self._isolate)
        workspace.qualityChanged.connect(self._follow_quality)
        workspace.embeddingChanged.connect(self._follow_embedding)
        workspace.selectionChanged.connect(self._show_selection)
        workspace.subsetsChanged.connect(self._show_subsets)
        workspace.gestureChanged.connect(self._drop_region)
        workspace.activeChanged.connect(self._show_rings)
        workspace.hoveredChanged.connect(self._show_rings)
        workspace.display.colorChanged.connect(self._recolor)
        workspace.display.visibleChanged.connect(self._follow_visible)

    @property
    def plane(self) -> Plane:
        """What the map shows."""
        return self._plane

    @property
    def obstacle(self) -> str | None:
        """What the user has to do before the map can be drawn; None if it can."""
        catalog = self._workspace.catalog
        if catalog is None:
            return "Open a table of stars first."
        if self._plane.needs_model and self._workspace.embedding is None:
            return "Train the autoencoder first."
        return self._plane.obstacle(catalog)

    @property
    def up_to_date(self) -> bool:
        """Whether the map shows what the workspace holds."""
        source, workspace = self._source, self._workspace
        return (
            source is not None
            and self._task is None
            and source.catalog is workspace.catalog
            and (not self._plane.needs_model or source.embedding is workspace.embedding)
        )

    def set_plane(self, plane: Plane, view: Bounds | None = None) -> None:
        """Show another pair of numbers; view: what to show of the plane, None for all stars."""
        if plane != self._plane:
            self._plane = plane
            self._source = None
            self._next_view = view
            self.refresh()

    def set_asleep(self, asleep: bool) -> None:
        """Whether nobody sees the map; awake again, it catches up."""
        if asleep != self._asleep:
            self._asleep = asleep
            if not asleep and not self.up_to_date:
                self.refresh()
            elif not asleep:
                self._show_subsets()
                self._show_selection()
                self._show_rings()

    def refresh(self) -> None:
        """Make the map anew, of many stars in a worker; meanwhile the last picture stays, mute."""
        for task in (self._task, self._color_task):
            if task is not None:
                task.cancel()
        self._task = self._color_task = None
        workspace = self._workspace
        catalog, embedding = workspace.catalog, workspace.embedding
        if self._asleep:
            self._source = None
            return
        if self.obstacle is not None or catalog is None or not len(workspace.kept):
            self._source = self._coloring = None
            self._keep_view = False
            self.map.set_data(MapData.empty())
            self.drawn.emit()
            return
        source = _Source(self._plane, catalog, embedding, workspace.kept, workspace.display.visible)
        wanted = self._wanted()
        if len(catalog) <= AT_ONCE and not isinstance(self._plane, SkyPlane):
            self._take(drain(_prepare(source, wanted)))
            return
        self.map.await_data()
        task = Task("Preparing the map", lambda: _prepare(source, wanted), quiet=True)
        task.finished.connect(self._take)
        task.failed.connect(workspace.report)
        self._task = task
        workspace.tasks.start(task)

    def _take(self, prepared: _Prepared) -> None:
        self._task = None
        self._source = prepared.source
        self._name_axes()
        self.map.set_data(prepared.colors.data, self._keep_view)
        if self._next_view is not None:
            self.map.show_part(self._next_view)
        self._keep_view, self._next_view = False, None
        if self._is_wanted(prepared.colors):
            self._coloring = None if prepared.colors.stars is None else prepared.colors.stars.coloring
            self.map.set_coloring(prepared.colors.stars)
        else:
            self._recolor()
        self.map.set_hidden_labels(self._workspace.display.hidden_labels)
        self._show_subsets()
        self._show_selection()
        self._show_rings()
        self.drawn.emit()

    def _is_wanted(self, colors: _Colored) -> bool:
        wanted = self._wanted()
        current = wanted.choice.group is not Group.FINDING or colors.wanted.found is wanted.found
        return colors.wanted.choice == wanted.choice and colors.wanted.trial is wanted.trial and current

    def _name_axes(self) -> None:
        if isinstance(self._plane, SkyPlane):
            self.map.set_sky(self._plane.projection)
        else:
            self.map.set_axes(*self._plane.titles, y_down=self._plane.y_down)

    def _follow_quality(self) -> None:
        if not self._plane.needs_model:
            self.refresh()
        else:
            self._show_subsets()

    def _follow_embedding(self) -> None:
        if self._plane.needs_model:
            self.refresh()
        elif self._workspace.display.color.group is Group.NETWORK:
            self._recolor()

    def _follow_visible(self) -> None:
        self._keep_view = True
        self.refresh()

    def _wanted(self) -> _Wanted:
        """What to colour by now: what is chosen, or density while there is no model to colour by."""
        display, findings = self._workspace.display, self._workspace.findings
        unknown = display.color.group is Group.NETWORK and self._workspace.embedding is None
        return _Wanted(DENSITY if unknown else display.color, findings.all, display.trial)

    def _recolor(self) -> None:
        """Colour by what is chosen now, of many stars made in a worker; until then the colours stay."""
        if self._color_task is not None:
            self._color_task.cancel()
        self._color_task = None
        source, data = self._source, self.map.data
        if source is None or not self.up_to_date:
            return
        if self._asleep:
            self._source = None
            return
        wanted, embedding = self._wanted(), self._workspace.embedding
        if wanted.is_density or len(source.catalog) <= AT_ONCE:
            self._take_colors(_colored(source, embedding, data, wanted))
            return
        task = Task("Colouring the map", lambda: _colored(source, embedding, data, wanted), quiet=True)
        task.finished.connect(self._take_colors)
        task.failed.connect(self._workspace.report)
        self._color_task = task
        self._workspace.tasks.start(task)

    def _take_colors(self, colored: _Colored) -> None:
        if colored.data is not self.map.data:
            return
        self._color_task = None
        self._coloring = None if colored.stars is None else colored.stars.coloring
        self.map.lock_range(False)
        self.map.set_coloring(colored.stars)

    def _show_selection(self) -> None:
        if self.up_to_date and not self._asleep:
            self.map.set_selection(self._workspace.selection)

    def _show_subsets(self) -> None:
        subsets = self._workspace.subsets
        if self.up_to_date and not self._asleep:
            codes = subsets.codes if len(subsets) else np.zeros(len(self._workspace.kept), np.uint8)
            self.map.set_subsets(codes, [self._entry(subset) for subset in subsets.drawn])

    def _entry(self, subset: Subset) -> LegendEntry:
        """A subset in the legend, with the number of its stars that take part."""
        return LegendEntry(subset.name, subset.color, None, int(np.count_nonzero(subset.mask & self._workspace.kept)))

    def _show_rings(self) -> None:
        if self.up_to_date and not self._asleep:
            self.map.set_active(self._workspace.active)
            self.map.set_hovered(self._workspace.hovered)

    def _select(self, rows: NDArray[np.intp], mode: Mode, text: str) -> None:
        self._workspace.select(rows, mode, text, self.map, self._recipe())

    def _reselect(self, rows: NDArray[np.intp], text: str) -> None:
        self._workspace.reselect(rows, text, self._recipe())

    def _recipe(self) -> Recipe:
        """How the last gesture on the map has hit its stars."""
        region, model = self.map.region, self._workspace.model
        if region is None:
            return Rows("picked one by one")
        drawn = Drawn(self._plane, region, model.id if self._plane.needs_model and model is not None else None)
        display, subsets = self._workspace.display, self._workspace.subsets
        parts: list[tuple[str, Recipe]] = [("region", drawn)]
        only = tuple((name, subsets.of_name(name).recipe) for name in display.only)
        if len(only) > 1:
            parts.append((", ".join(display.only), Combined(Operation.UNION, only)))
        else:
            parts += only
        if display.hidden_labels:
            parts.append(("shown", Rows(f"{display.color.name} without {', '.join(sorted(display.hidden_labels))}")))
        return drawn if len(parts) == 1 else Combined(Operation.INTERSECTION, tuple(parts))

    def _isolate(self, name: str) -> None:
        if isinstance(self._coloring, Labels):
            self._workspace.display.isolate_label(name, (*self._coloring.names, self._coloring.rest))

    def _drop_region(self) -> None:
        if self._workspace.gesture_source is not self.map:
            self.map.drop_region()

    def _tooltip(self, row: int) -> str:
        catalog, embedding = self._workspace.catalog, self._workspace.embedding
        if catalog is None:
            return ""
        lines = [
            (band, f"{numbers.fixed(value)} mag")
            for band, value in zip(BAND_NAMES, catalog.magnitudes[row].tolist(), strict=True)
        ]
        if embedding is not None:
            error = float(embedding.error[row])
            rank = error_ranks(embedding).percentile(error)
            lines.append(("error", f"{numbers.fixed(error)} mag"))
            lines.append(("", f"{numbers.ordinal(rank)} percentile"))
        if self._coloring is not None and self.up_to_date and self._coloring.title not in dict(lines):
            lines.append((escape(self._coloring.title), escape(_color_text(self._coloring, row))))
        cells = "".join(
            f"<tr><td style='color:{theme.colors.muted}'>{name}&nbsp;&nbsp;</td><td align='right'>{value}</td></tr>"
            for name, value in lines
        )
        return f"<b>{escape(catalog.star_name(row))}</b><table cellspacing='0'>{cells}</table>"


def _prepare(source: _Source, wanted: _Wanted) -> Generator[Progress, None, _Prepared]:
    x, y = source.plane.coordinates(source.catalog, source.embedding)
    data = yield from map_data(x, y, source.shown, source.plane.contoured)
    if source.embedding is not None:
        error_ranks(source.embedding)  # sorted here, so that the first tooltip need not
    return _Prepared(source, _colored(source, source.embedding, data, wanted))


def _colored(source: _Source, embedding: Embedding | None, data: MapData, wanted: _Wanted) -> _Colored:
    stars = None
    if not wanted.is_density:
        found = by_name(wanted.found)
        by = wanted.trial or coloring(wanted.choice, source.catalog, embedding, found, source.kept)
        stars = StarColors.of(by, data.levels, source.kept)
    return _Colored(data, wanted, stars)


def _color_text(coloring: Coloring, row: int) -> str:
    """What a star is coloured by, in words or as a number with its unit."""
    if isinstance(coloring, Labels):
        return coloring.of(row)
    value = coloring.of(row)
    if not math.isfinite(value):
        return "missing"
    text = numbers.fixed(value) if coloring.unit == "mag" else f"{value:.7g}".replace("-", numbers.MINUS)
    return f"{text} {coloring.unit}".rstrip()
