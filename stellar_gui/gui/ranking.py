"""The ranking of odd stars and their ratings: which star comes next, and what the user thinks of it."""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from stellar_gui.analysis.anomalies import METHODS, Method
from stellar_gui.analysis.findings import ANOMALY_SCORE, RATING, UNLABELLED, Finding
from stellar_gui.session.anomalies import order_of

if TYPE_CHECKING:
    from stellar_gui.gui.workspace import Workspace

RATINGS: Final = range(6)

_NO_ROWS: Final[NDArray[np.intp]] = np.empty(0, dtype=np.intp)


class Ranking(QObject):
    """The findings `anomaly_score` and `rating` of a workspace, as a list of stars that is walked and rated.

    rankingChanged: other scores; ratingsChanged: other ratings; both come after the workspace's own signal.
    """

    rankingChanged = Signal()
    ratingsChanged = Signal()

    def __init__(self, workspace: "Workspace") -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._scores: Finding | None = None
        self._ratings: Finding | None = None
        self._rows = self._place = _NO_ROWS
        for signal in (workspace.catalogChanged, workspace.findings.findingsChanged):
            signal.connect(self._follow)

    @property
    def scores(self) -> Finding | None:
        """The scores by which the stars are ranked; None before they are."""
        return self._scores

    @property
    def method(self) -> Method | None:
        """How the scores were made; None where they were not, or by a method that this program does not know."""
        return None if self._scores is None else METHODS.get(str(self._scores.recipe.get("method")))

    @property
    def rows(self) -> NDArray[np.intp]:
        """(k,) catalogue rows of the ranked stars, the oddest first."""
        return self._rows

    @property
    def ratings(self) -> Finding | None:
        """The ratings, 0 to 5, of those stars that have one."""
        return self._ratings

    @property
    def rated(self) -> int:
        """How many stars are rated."""
        return 0 if self._ratings is None else int(np.count_nonzero(self._ratings.values != UNLABELLED))

    def place_of(self, row: int) -> int | None:
        """A star's place, from 0 for the oddest; None for one that is not ranked."""
        place = int(self._place[row]) if 0 <= row < len(self._place) else -1
        return None if place < 0 else place

    def rating_of(self, row: int) -> int | None:
        """A star's rating; None for one that has none."""
        code = UNLABELLED if self._ratings is None or row < 0 else int(self._ratings.values[row])
        return None if code == UNLABELLED else code

    def rate(self, row: int, rating: int) -> None:
        """Give a star of the open catalogue a rating, as an undoable step; the same again takes it away."""
        catalog = self._workspace.catalog
        assert catalog is not None and rating in RATINGS
        before = None if self._ratings is None else self._ratings.values
        values = np.full(len(catalog), UNLABELLED, np.int16) if before is None else before.astype(np.int16)
        taken_back = values[row] == rating
        values[row] = UNLABELLED if taken_back else rating
        labels = {code: str(code) for code in RATINGS}
        text = f"{'unrate' if taken_back else f'rate {rating}:'} {catalog.star_name(row).lower()}"
        self._workspace.findings.put(Finding(RATING, "Rating", values, labels=labels), text)

    def walk(self, steps: int) -> None:
        """Activate the star so many places further down the ranking, its first or last at most."""
        place = self.place_of(self._workspace.active)
        if len(self._rows):
            wanted = 0 if place is None else min(max(place + steps, 0), len(self._rows) - 1)
            self._workspace.set_active(int(self._rows[wanted]))

    def go_to_unrated(self) -> None:
        """Activate the next star down the ranking that has no rating; after the last, the first such."""
        place = self.place_of(self._workspace.active)
        after = np.roll(self._rows, 0 if place is None else -place - 1)
        if self._ratings is not None:
            after = after[self._ratings.values[after] == UNLABELLED]
        if len(after):
            self._workspace.set_active(int(after[0]))

    def _follow(self) -> None:
        findings = self._workspace.findings
        scores, ratings = findings.get(ANOMALY_SCORE), findings.get(RATING)
        if ratings is not self._ratings:
            self._ratings = ratings
            self.ratingsChanged.emit()
        if scores is not self._scores:
            self._scores = scores
            self._rows = _NO_ROWS if scores is None else order_of(scores)
            self._place = np.full(0 if scores is None else len(scores.values), -1)
            self._place[self._rows] = np.arange(len(self._rows))
            self.rankingChanged.emit()


def walk_actions(ranking: Ranking, place: QWidget) -> list[QAction]:
    """Actions that go up and down the ranking by the arrow keys while the keyboard is in some place."""
    actions = []
    for name, text, key, steps in (
        ("actionPreviousRanked", "Previous star", "Left", -1),
        ("actionNextRanked", "Next star", "Right", 1),
    ):
        action = QAction(text, place)
        action.setObjectName(name)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _=False, steps=steps: ranking.walk(steps))
        actions.append(action)
    return actions
