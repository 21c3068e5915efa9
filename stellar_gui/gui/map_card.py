"""The middle of the window: the welcome, the way to a first map, or the star map of the latent plane."""

import math
from collections.abc import Generator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QStackedWidget

from stellar_gui.analysis.coloring import DENSITY, ColorChoice, Coloring, Labels, color_choices, coloring
from stellar_gui.analysis.hues import StarColors
from stellar_gui.analysis.map_data import MapData, map_data
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.statistics import error_ranks
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.color_control import ColorControl
from stellar_gui.gui.invitation import Invitation
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.welcome import Welcome
from stellar_gui.gui.widgets import numbers
from stellar_gui.gui.widgets.card import Card
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress, drain

if TYPE_CHECKING:
    from numpy.typing import NDArray

TITLE = "Latent view"
AT_ONCE = 50_000
"""Stars whose map is made within some 10 ms, so that no worker is needed."""


@dataclass(frozen=True, eq=False)
class _Prepared:
    """What the map shows of an embedding, made in a worker."""

    embedding: Embedding
    data: MapData
    colors: "_Colored"


@dataclass(frozen=True, eq=False)
class _Colored:
    """A map's colouring, made in a worker; stars: None for density."""

    data: MapData
    choice: ColorChoice
    stars: StarColors | None


def _prepare(
    catalog: Catalog, embedding: Embedding, kept: "NDArray[np.bool_]", choice: ColorChoice
) -> Generator[Progress, None, _Prepared]:
    flat = embedding.latent.shape[1] == 1
    data = yield from map_data(embedding.latent[:, 0], embedding.error if flat else embedding.latent[:, 1], kept)
    error_ranks(embedding)  # sorted here, so that the first tooltip need not
    return _Prepared(embedding, data, _colored(catalog, embedding, data, choice))


def _colored(catalog: Catalog, embedding: Embedding, data: MapData, choice: ColorChoice) -> _Colored:
    stars = None if choice == DENSITY else StarColors.of(coloring(choice, catalog, embedding), data.levels)
    return _Colored(data, choice, stars)


class MapCard(Card):
    """Links the workspace to the star map: what it shows, and what a gesture on it selects."""

    trainRequested = Signal()
    menuRequested = Signal(QPoint)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(TITLE)
        self._workspace = workspace
        self._shown: Embedding | None = None
        self._task: Task | None = None
        self._coloring: Coloring | None = None
        self._color_task: Task | None = None
        self.welcome = Welcome()
        self.map = StarMap()
        self.map.setObjectName("latentView")
        self.map.setAccessibleName("Latent view: map of the stars")
        self.map.set_axes("latent 1 (latent units)", "latent 2 (latent units)")
        self.map.tooltip_for = self._tooltip
        self._invitation = Invitation()
        self._invitation.trainRequested.connect(self.trainRequested)
        self._stack = QStackedWidget()
        for page in (self.welcome, self._invitation, self.map):
            self._stack.addWidget(page)
        self.body.addWidget(self._stack)
        self.colors = ColorControl(self)
        self.header.addSpacing(8)
        for widget in (self.colors.lock, self.colors.label, self.colors.combo):
            self.header.addWidget(widget)
        self.colors.chosen.connect(self._recolor)
        self.colors.lockChanged.connect(self.map.lock_range)
        self.map.gestureFinished.connect(self._select)
        self.map.starActivated.connect(workspace.set_active)
        self.map.starHovered.connect(workspace.set_hovered)
        self.map.clearRequested.connect(workspace.clear_selection)
        self.map.contextMenuRequested.connect(self.menuRequested)
        workspace.catalogChanged.connect(self._offer_colors)
        workspace.catalogChanged.connect(self._show_page)
        workspace.catalogChanged.connect(self._warm_up)
        workspace.qualityChanged.connect(self._show_page)
        workspace.embeddingChanged.connect(self._show_stars)
        workspace.previewChanged.connect(self._show_preview)
        workspace.selectionChanged.connect(self._show_selection)
        workspace.tasks.changed.connect(self._show_busy)
        workspace.activeChanged.connect(self._show_rings)
        workspace.hoveredChanged.connect(self._show_rings)
        self._show_page()

    def _show_page(self) -> None:
        workspace = self._workspace
        if workspace.catalog is None:
            self.set_title("Welcome")
            self.set_facts("")
            self._stack.setCurrentWidget(self.welcome)
        elif workspace.embedding is None and workspace.preview is None:
            self.set_title(TITLE)
            self.set_facts("")
            self._invitation.set_stars(int(workspace.kept.sum()))
            self._stack.setCurrentWidget(self._invitation)
        else:
            self.set_title(TITLE)
            self._stack.setCurrentWidget(self.map)
        self.colors.set_visible(self._stack.currentWidget() is self.map)
        self.colors.allow(self._up_to_date and workspace.preview is None)

    def _offer_colors(self) -> None:
        """Another catalogue: its own columns, and density first."""
        catalog = self._workspace.catalog
        if self._color_task is not None:
            self._color_task.cancel()
        self._color_task = self._coloring = None
        self.map.lock_range(False)
        self.colors.set_choices((DENSITY,) if catalog is None else color_choices(catalog))

    def _recolor(self, choice: ColorChoice) -> None:
        """Colour by something else, of many stars made in a worker; until then the colours stay."""
        catalog, embedding, data = self._workspace.catalog, self._shown, self.map.data
        if self._color_task is not None:
            self._color_task.cancel()
        self._color_task = None
        if catalog is None or embedding is None or not self._up_to_date:
            return
        if choice == DENSITY or len(embedding) <= AT_ONCE:
            self._take_colors(_colored(catalog, embedding, data, choice))
            return
        task = Task("Colouring the map", lambda: _colored(catalog, embedding, data, choice), quiet=True)
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

    def _warm_up(self) -> None:
        """Have the first map's libraries loaded by a worker while the user looks at the new catalogue."""
        corners = np.array([0, 0, 1, 1], np.float32)
        self._workspace.tasks.start(
            Task("Getting ready for the map", lambda: map_data(corners, corners[::-1].copy()), quiet=True)
        )

    def _show_busy(self) -> None:
        self._invitation.set_busy(any(task.pausable for task in self._workspace.tasks.running))

    def _show_stars(self) -> None:
        """Make the map of the embedding, of many stars in a worker; meanwhile the last picture stays, mute."""
        embedding = self._workspace.embedding
        self._show_page()
        if self._task is not None:
            self._task.cancel()
        self._task = None
        catalog = self._workspace.catalog
        if embedding is None or catalog is None:
            self._shown = self._coloring = None
            self.map.set_data(MapData.empty())
            return
        kept, choice = self._workspace.kept, self.colors.choice
        if len(embedding) <= AT_ONCE:
            self._take(drain(_prepare(catalog, embedding, kept, choice)))
            return
        self.map.await_data()
        task = Task("Preparing the map", lambda: _prepare(catalog, embedding, kept, choice), quiet=True)
        task.finished.connect(self._take)
        task.failed.connect(self._workspace.report)
        self._task = task
        self._workspace.tasks.start(task)

    def _take(self, prepared: _Prepared) -> None:
        if prepared.embedding is not self._workspace.embedding:
            return
        self._task = None
        self._shown = prepared.embedding
        flat = prepared.embedding.latent.shape[1] == 1
        self.map.set_axes("latent 1 (latent units)", "error (mag)" if flat else "latent 2 (latent units)")
        self.map.set_data(prepared.data)
        if prepared.colors.choice == self.colors.choice:
            self._coloring = None if prepared.colors.stars is None else prepared.colors.stars.coloring
            self.map.set_coloring(prepared.colors.stars)
        else:
            self._recolor(self.colors.choice)
        self._show_page()
        self.set_facts(f"{numbers.stars(int(self._workspace.kept.sum()))}")
        self._show_selection()
        self._show_rings()

    def _show_preview(self) -> None:
        workspace = self._workspace
        preview = workspace.preview
        self._show_page()
        if preview is not None:
            self.map.set_preview(preview)
            shown, kept = numbers.stars(len(preview)), int(workspace.kept.sum())
            self.set_facts(
                f"training \N{MIDDLE DOT} {shown}{f' of {numbers.count(kept)}' if len(preview) < kept else ''}"
            )
        elif self._workspace.embedding is self._shown:
            self.map.set_preview(None)
            if self._shown is not None:
                self.set_facts(f"{numbers.stars(int(self._workspace.kept.sum()))}")

    @property
    def _up_to_date(self) -> bool:
        return self._shown is not None and self._shown is self._workspace.embedding

    def _show_selection(self) -> None:
        if self._up_to_date:
            self.map.set_selection(self._workspace.selection)

    def _show_rings(self) -> None:
        if self._up_to_date:
            self.map.set_active(self._workspace.active)
            self.map.set_hovered(self._workspace.hovered)

    def _select(self, rows: "NDArray[np.intp]", mode: Mode, text: str) -> None:
        self._workspace.select(rows, mode, text)

    def _tooltip(self, row: int) -> str:
        catalog, embedding = self._workspace.catalog, self._workspace.embedding
        if catalog is None or embedding is None:
            return ""
        lines = [
            (band, f"{numbers.fixed(value)} mag")
            for band, value in zip(BAND_NAMES, catalog.magnitudes[row].tolist(), strict=True)
        ]
        error = float(embedding.error[row])
        rank = error_ranks(embedding).percentile(error)
        lines.append(("error", f"{numbers.fixed(error)} mag"))
        lines.append(("", f"{numbers.ordinal(rank)} percentile"))
        if self._coloring is not None and self._up_to_date and self._coloring.title not in dict(lines):
            lines.append((escape(self._coloring.title), escape(_color_text(self._coloring, row))))
        cells = "".join(
            f"<tr><td style='color:{theme.colors.muted}'>{name}&nbsp;&nbsp;</td><td align='right'>{value}</td></tr>"
            for name, value in lines
        )
        return f"<b>{catalog.star_name(row)}</b><table cellspacing='0'>{cells}</table>"


def _color_text(coloring: Coloring, row: int) -> str:
    """What a star is coloured by, in words or as a number with its unit."""
    if isinstance(coloring, Labels):
        return coloring.of(row)
    value = coloring.of(row)
    if not math.isfinite(value):
        return "missing"
    text = numbers.fixed(value) if coloring.unit == "mag" else f"{value:.7g}".replace("-", numbers.MINUS)
    return f"{text} {coloring.unit}".rstrip()
