"""The panel of odd stars: ranks them by a score, selects those above a threshold, walks and rates them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from stellar_gui import numbers
from stellar_gui.analysis.anomalies import DEFAULT, METHODS, Method
from stellar_gui.analysis.findings import UNLABELLED, Finding
from stellar_gui.analysis.selection import Mode
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.photometry import has_photometric_errors
from stellar_gui.gui.ranking import walk_actions
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.views.score_histogram import ScoreHistogram
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.widgets.star_table import Column, StarTable
from stellar_gui.gui.workspace import NO_STAR, Workspace
from stellar_gui.session.anomalies import score_stars

TOP_SHARE = 0.01
"""Share of the stars that lie above the threshold at first."""
RATING_COLUMN = 3
HISTOGRAM_HEIGHT = 125
NO_ERRORS = "This table tells no photometric errors: name their columns, such as err_r, or choose another score."


class AnomalyPanel(Panel):
    """Ranks the workspace's stars and lists them, the oddest first."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Odd stars", "anomalyPanel")
        self._workspace, self._ranking = workspace, workspace.ranking
        self._task: Task | None = None
        self._focused_then: QWidget | None = None
        self._sorted: NDArray[np.float32] = np.empty(0, np.float32)
        self._empty = caption("")
        self._method = QComboBox()
        self._method.setObjectName("anomalyMethod")
        self._method.setAccessibleName("Score by which stars are ranked")
        self._method.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._method.setMinimumContentsLength(12)
        for method in METHODS.values():
            self._method.addItem(method.title, method.name)
        self._method.setCurrentIndex(self._method.findData(DEFAULT))
        self._rank = QPushButton("Rank")
        self._rank.setObjectName("rankButton")
        self._rank.setProperty("main", True)
        self._finds = caption("")
        self._finds.setObjectName("anomalyFinds")
        self._note = caption("")
        self._note.setObjectName("anomalyNote")
        self._histogram = ScoreHistogram()
        self._histogram.setFixedHeight(HISTOGRAM_HEIGHT)
        self._above = QLabel()
        self._above.setObjectName("anomalyCount")
        self._select = QPushButton("Select above")
        self._select.setObjectName("selectAboveButton")
        self._select.setToolTip("Select the stars whose score is above the threshold")
        self._list = StarTable()
        self._list.setObjectName("anomalyList")
        self._list.setAccessibleName("Stars, the oddest first")
        self._list.setToolTip("Left and Right walk the list, 0 to 5 rate the star, U goes to the next unrated one")
        self._list.setMinimumHeight(110)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._top, line = _row(self._method, self._rank), _row(self._above, self._select)
        self._parts: tuple[QWidget, ...] = (self._histogram, line, self._list)
        for part, stretch in (
            (self._empty, 0), (self._top, 0), (self._finds, 0), (self._note, 0),
            (self._histogram, 0), (line, 0), (self._list, 1),
        ):  # fmt: skip
            self.body.addWidget(part, stretch)
        self.body.addStretch(0)
        self._list.addActions(walk_actions(self._ranking, self._list))
        self._connect()
        self._show()

    def add_star_actions(self, actions: Sequence[QAction]) -> None:
        """Offer what can be done with a star in the list's context menu."""
        self._list.addActions(actions)

    def rank(self) -> None:
        """Score every star by the chosen method, in the background."""
        workspace = self._workspace
        catalog, embedding, model = workspace.catalog, workspace.embedding, workspace.model
        if catalog is None or embedding is None or model is None or self._task is not None:
            return
        method, model_id = self._chosen, model.id
        task = Task("Ranking odd stars", lambda: score_stars(catalog, embedding, model_id, method))
        task.finished.connect(self._keep)
        task.failed.connect(workspace.report)
        task.ended.connect(self._end)
        self._task = task
        self._update()
        self._focused_then = QApplication.focusWidget()
        workspace.tasks.start(task)

    @property
    def _chosen(self) -> Method:
        return METHODS[self._method.currentData()]

    def _connect(self) -> None:
        workspace = self._workspace
        self._rank.clicked.connect(self.rank)
        self._method.currentIndexChanged.connect(self._update)
        self._select.clicked.connect(self._select_above)
        self._histogram.thresholdMoved.connect(self._show_count)
        self._list.rowActivated.connect(workspace.set_active)
        workspace.catalogChanged.connect(self._show)
        workspace.embeddingChanged.connect(self._update)
        workspace.activeChanged.connect(self._follow_active)
        self._ranking.rankingChanged.connect(self._show)
        self._ranking.ratingsChanged.connect(self._show_ratings)

    def _keep(self, finding: Finding) -> None:
        """Go to the oddest star, from which the keys walk on, unless the user has gone elsewhere meanwhile."""
        self._workspace.findings.put(finding, f"rank stars by {self._method_of(finding).title.lower()}")
        self._workspace.set_active(int(self._ranking.rows[0]))
        if QApplication.focusWidget() is self._focused_then:
            self._list.setFocus()

    def _end(self) -> None:
        self._task = None
        self._update()

    def _show(self) -> None:
        """Another ranking, or other stars."""
        catalog, scores = self._workspace.catalog, self._ranking.scores
        ranked = catalog is not None and scores is not None
        for part in self._parts:
            part.setVisible(ranked)
        self._sorted = np.empty(0, np.float32)
        if catalog is not None and scores is not None:
            method = self._method_of(scores)
            self._method.setCurrentIndex(self._method.findData(method.name))
            self._sorted = scores.values[self._ranking.rows][::-1].astype(np.float32)
            title = f"score ({scores.unit})" if scores.unit else "score"
            least = self._sorted[int((1 - TOP_SHARE) * len(self._sorted))] if len(self._sorted) else np.nan
            self._histogram.set_scores(self._sorted, title, float(least))
            self._show_count(self._histogram.threshold)
            self._list.set_columns(self._columns(catalog, scores))
            self._list.set_rows(self._ranking.rows)
            self._follow_active()
        self._update()

    def _update(self) -> None:
        """What can be done, and what is to be known about it."""
        workspace, scores = self._workspace, self._ranking.scores
        trained = workspace.embedding is not None
        self._empty.setVisible(not trained)
        self._empty.setText("Train the autoencoder; then its stars can be ranked by how odd they are.")
        for part in (self._top, self._finds):
            part.setVisible(trained)
        self._finds.setText(self._chosen.finds)
        catalog = workspace.catalog
        lacks = self._chosen.needs_errors and catalog is not None and not has_photometric_errors(catalog)
        self._rank.setEnabled(trained and self._task is None and not lacks)
        self._note.setText(NO_ERRORS if lacks else self._told_of(scores))
        self._note.setVisible(bool(self._note.text()))
        rated = self._ranking.rated
        self.set_facts("" if scores is None else f"{numbers.stars(len(self._sorted))} \N{MIDDLE DOT} {rated:,} rated")

    def _told_of(self, scores: Finding | None) -> str:
        """Where the scores shown are not those that Rank would make, what they are."""
        model = self._workspace.model
        if scores is None or model is None:
            return ""
        if scores.recipe.get("model") != model.id:
            return "The scores below are of another run; rank again for the one shown."
        method = self._method_of(scores)
        return "" if method is self._chosen else f"Below: {method.title[0].lower()}{method.title[1:]}."

    def _method_of(self, scores: Finding) -> Method:
        return METHODS.get(str(scores.recipe.get("method")), METHODS[DEFAULT])

    def _show_count(self, threshold: float) -> None:
        above = len(self._sorted) - int(np.searchsorted(self._sorted, np.float32(threshold)))
        share = numbers.share(above, len(self._sorted))
        self._above.setText(
            f"from {numbers.fixed(threshold, _digits(self._sorted))}: {numbers.stars(above)} \N{MIDDLE DOT} {share}"
        )
        self._select.setEnabled(above > 0)

    def _select_above(self) -> None:
        scores, workspace = self._ranking.scores, self._workspace
        if scores is not None:
            rows = np.flatnonzero((scores.values >= np.float32(self._histogram.threshold)) & workspace.shown)
            workspace.select(rows, Mode.REPLACE, f"select odd stars, {numbers.stars(len(rows))}")

    def _columns(self, catalog: Catalog, scores: Finding) -> list[Column]:
        place = np.zeros(len(catalog), np.int64)
        place[self._ranking.rows] = np.arange(1, len(self._ranking.rows) + 1)
        identifier = catalog.naming_column
        names = pd.Series(np.arange(1, len(catalog) + 1)) if identifier is None else catalog.table[identifier]
        unit = f", {scores.unit}" if scores.unit else ""
        return [
            Column("rank", place, None, "Place in the ranking, 1 for the oddest star"),
            Column("row", names, None, "Row in the catalogue, counted from 1")
            if identifier is None
            else Column("star", names, None, "Identifier in the catalogue"),
            Column("score", scores.values, _digits(self._sorted), f"{self._method_of(scores).title}{unit}"),
            Column("rating", self._ratings(len(catalog)), 0, "Your rating, 0 to 5"),
        ]

    def _ratings(self, stars: int) -> NDArray[np.float32]:
        ratings = self._ranking.ratings
        if ratings is None:
            return np.full(stars, np.nan, np.float32)
        return np.where(ratings.values == UNLABELLED, np.nan, ratings.values).astype(np.float32)

    def _show_ratings(self) -> None:
        if self._workspace.catalog is not None and len(self._sorted):
            self._list.set_values(RATING_COLUMN, self._ratings(len(self._workspace.catalog)))
        self._update()

    def _follow_active(self) -> None:
        if self._workspace.active != NO_STAR:
            self._list.set_current(self._workspace.active)


def _digits(scores: NDArray[np.float32]) -> int:
    """Decimals that tell scores apart: four for shares, two for large ones."""
    largest = float(scores[-1]) if len(scores) else 1.0
    return 2 if largest > 10 else 3 if largest > 1 else 4


def _row(*parts: QWidget) -> QWidget:
    """Widgets side by side, the first as wide as there is room."""
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    for place, part in enumerate(parts):
        line.addWidget(part, 1 if place == 0 else 0)
    return holder
