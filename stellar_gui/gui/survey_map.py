"""The map of a survey: the latent plane of all its stars in a window of its own, whose regions choose stars."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from stellar_gui import numbers
from stellar_gui.analysis.map_data import MapData
from stellar_gui.analysis.plane_index.reading import PlaneIndex, open_plane_index
from stellar_gui.analysis.plane_index.survey_stars import can_load, counted_map, loaded_map
from stellar_gui.analysis.planes import LatentPlane
from stellar_gui.analysis.recipes import Drawn, Recipe, after_gesture, applied
from stellar_gui.analysis.regions import Rectangle
from stellar_gui.analysis.selection import Mode
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.survey.parts import Survey, open_survey
from stellar_gui.errors import OutputError
from stellar_gui.gui.files import EXPORT_FILTERS
from stellar_gui.gui.save_dialog import ask_where
from stellar_gui.gui.settings import Settings
from stellar_gui.gui.survey_tools import SurveyTools
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.gui.widgets.panel import caption
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress
from stellar_gui.session.survey.selecting import Chosen, count_on_plane, export_chosen, load_chosen

SIZE: Final = (980, 820)
MOST_COUNTED: Final = 20_000_000
"""Stars that are read at most to say exactly how many a region holds."""
MOST_OPENED: Final = 250_000
REST: Final = 150
"""ms without a change of the view until its stars are read."""
ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
_SHARES: Final = 1000
_DOT: Final = " \N{MIDDLE DOT} "


class SurveyMap(QDialog):
    """Draws the counts of all stars, and the stars of the view once they are few; `opened` brings those of a region.

    Each gesture chooses by its outline alone, whatever is drawn: the recipe of all gestures is what is counted,
    exported and opened.
    """

    opened = Signal(object)

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("surveyMapPanel")
        self.setAccessibleName("Map of a survey")
        self.setWindowTitle("Map of a survey")
        self._workspace, self._settings = workspace, settings
        self._survey: Survey | None = None
        self._index: PlaneIndex | None = None
        self._recipe: Recipe | None = None
        self._reading: Task | None = None
        self._counting: Task | None = None
        self._working: Task | None = None
        self.map = StarMap()
        self.map.setObjectName("surveyMap")
        self.map.setAccessibleName("Latent plane of all stars of the survey")
        self.map.set_axes(*LatentPlane().titles)
        self._tools = SurveyTools(self.map, self)
        self._about, self._in_view, self._chosen = caption(""), QLabel(), QLabel()
        self._about.setObjectName("surveyMapAbout")
        self._in_view.setObjectName("surveyInView")
        self._in_view.setProperty("muted", True)
        self._chosen.setObjectName("surveyChosen")
        self._bar = QProgressBar()
        self._bar.setObjectName("surveyMapProgress")
        self._bar.setAccessibleName("Progress of the work on the survey")
        self._bar.setRange(0, _SHARES)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._doing = QLabel()
        self._doing.setObjectName("surveyDoing")
        self._doing.setProperty("muted", True)
        self._stop = _button("surveyStop", "&Cancel", "Stop the work on the survey", self.cancel)
        self._export = _button("surveyExport", f"&Export{ELLIPSIS}", "Write the chosen stars to a file", self._ask)
        self._open = _button(
            "surveyOpenChosen", "&Open stars", "Open the chosen stars in the window", self._open_chosen
        )
        self._select = _button(
            "surveySelect", "&Select in session", "Select the session's stars there", self._select_own
        )
        self._clear = _button("surveyClear", "C&lear", "Choose no stars", self._clear_choice)
        self._hint = caption("Draw a rectangle (R) or a lasso (L): its stars can be counted, exported and opened.")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(_line(self._about, self._tools, stretch=0))
        layout.addWidget(self.map, 1)
        layout.addLayout(_line(self._in_view, self._chosen, stretch=0))
        layout.addWidget(self._hint)
        layout.addLayout(_line(self._doing, self._stop, self._clear, self._select, self._export, self._open, stretch=0))
        layout.addWidget(self._bar)
        self.resize(*SIZE)
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._look)
        self.map.viewChanged.connect(self._rest.start)
        self.map.gestureFinished.connect(lambda _rows, mode, _text: self._choose(mode))
        self.map.regionEdited.connect(lambda _rows, _text: self._choose(None))
        self.map.clearRequested.connect(self._clear_choice)
        workspace.embeddingChanged.connect(self._show)
        self._before: Recipe | None = None
        self._mode = Mode.REPLACE
        self._show()

    @property
    def recipe(self) -> Recipe | None:
        """What is chosen; None where nothing is."""
        return self._recipe

    def open_folder(self, folder: Path) -> None:
        """Show the map of an encoded survey."""

        def work() -> Generator[Progress, None, tuple[Survey, PlaneIndex, MapData]]:
            index = yield from open_plane_index(folder)
            survey = yield from open_survey(folder)
            return survey, index, counted_map(index)

        def show(found: tuple[Survey, PlaneIndex, MapData]) -> None:
            self._survey, self._index, data = found
            self.map.set_data(data)
            self._clear_choice()
            stars = numbers.stars(self._index.pyramid.stars)
            self._about.setText(f"{folder.name}{_DOT}{stars} in {numbers.files(len(self._index.parts))}")
            self.setWindowTitle(f"{folder.name} \N{EM DASH} map of a survey")

        self._work(f"Opening the map of {folder.name}", work, show)

    def export_chosen(self, path: str | Path) -> None:
        """Write the chosen stars to a file."""
        survey, index, recipe = self._survey, self._index, self._recipe
        if survey is None or index is None or recipe is None:
            return
        target = Path(path)

        def done(found: Chosen) -> None:
            self._settings.remember_folder(str(target))
            self._doing.setText(f"Exported {numbers.stars(found.chosen)} to {target.name}")

        self._work(
            "Exporting the chosen stars", lambda: export_chosen(survey, recipe, target, index), done, outlives=True
        )

    def cancel(self) -> None:
        """Stop the work under way."""
        if self._working is not None:
            self._working.cancel()
            self._end()
            self._doing.setText("Cancelled")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop all that was done for the window alone."""
        for task in (self._reading, self._counting, self._working):
            if task is not None and not task.outlives:
                task.cancel()
        self._reading = self._counting = None
        super().closeEvent(event)

    def _look(self) -> None:
        """Say how many stars are in view, and read them once they are few."""
        index, data = self._index, self.map.data
        if index is None or data.levels.counts is None:
            return
        (x0, x1), (y0, y1) = self.map.view_range()
        view = x0, x1, y0, y1
        least, most = index.pyramid.estimate(Rectangle(*view))
        about = "" if least == most else "about "
        self._in_view.setText(f"{about}{numbers.stars((least + most) // 2)} in view")
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if not can_load(index, view):
            if len(data.index):
                self.map.exchange_stars(counted_map(index))
            return
        if not data.levels.counts.stands_for(view):
            return
        task = Task("Reading the stars in view", lambda: loaded_map(index, view), quiet=True)
        task.finished.connect(self._take_stars)
        task.failed.connect(self._workspace.report)
        self._reading = task
        self._workspace.tasks.start(task)

    def _take_stars(self, data: MapData) -> None:
        self._reading = None
        self.map.exchange_stars(data)

    def _choose(self, mode: Mode | None) -> None:
        """Take the region on the map for what its gesture chooses; mode: None where it was only edited."""
        region, index = self.map.region, self._index
        if region is None or index is None:
            return
        if mode is not None:
            self._before, self._mode = self._recipe, mode
        self._recipe = after_gesture(self._before, self._mode, Drawn(LatentPlane(), region, index.model))
        self._count()

    def _clear_choice(self) -> None:
        self._recipe = self._before = None
        self.map.drop_region()
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        self._show()

    def _count(self) -> None:
        """Say how many stars are chosen, exactly where that can be read."""
        index, recipe = self._index, self._recipe
        if self._counting is not None:
            self._counting.cancel()
        if index is None or recipe is None:
            return
        self._chosen.setText(f"counting the chosen stars{ELLIPSIS}")
        task = Task("Counting", lambda: count_on_plane(index, recipe, MOST_COUNTED), quiet=True)
        task.finished.connect(self._show_count)
        task.failed.connect(self._workspace.report)
        self._counting = task
        self._workspace.tasks.start(task)
        self._show()

    def _show_count(self, found: tuple[int, int]) -> None:
        self._counting = None
        least, most = found
        exact = least == most
        self._chosen.setText(
            f"{numbers.stars(least)} chosen" if exact else f"{numbers.count(least)} to {numbers.stars(most)} chosen"
        )
        self._show()

    def _ask(self) -> None:
        if self._survey is not None:
            stem, folder = f"{self._survey.path.name}_chosen", self._settings.last_folder
            ask_where(self, "survey", "Export the chosen stars", folder, EXPORT_FILTERS, stem, self.export_chosen)

    def _open_chosen(self) -> None:
        survey, index, recipe = self._survey, self._index, self._recipe
        if survey is None or index is None or recipe is None:
            return

        def done(catalog: Catalog) -> None:
            self._doing.setText(f"Opened {numbers.stars(len(catalog))}")
            self.opened.emit(catalog)

        self._work("Reading the chosen stars", lambda: load_chosen(survey, recipe, MOST_OPENED, 0, index), done)

    def _select_own(self) -> None:
        """Select the stars of the session that lie in the same regions."""
        columns, recipe = self._workspace.columns, self._recipe
        if columns is not None and recipe is not None:
            stars = applied(recipe, columns)
            self._workspace.select_stars(stars, Mode.REPLACE, "select by the map of a survey", recipe)

    def _work(self, title: str, work: Callable[[], Any], done: Callable[[Any], None], outlives: bool = False) -> None:
        """Do one piece of work at a time, with its progress below the map."""
        if self._working is not None:
            self._workspace.report(OutputError("Other work on the survey is under way; wait for it or cancel it."))
            return
        task = Task(title, work, outlives=outlives)
        task.finished.connect(done)
        task.failed.connect(self._fail)
        task.progressed.connect(self._show_progress)
        task.ended.connect(self._end)
        self._working = task
        self._doing.setText(f"{title}{ELLIPSIS}")
        self._workspace.tasks.start(task)
        self._show()

    def _fail(self, error: Exception) -> None:
        self._doing.setText("")
        self._workspace.report(error)

    def _end(self) -> None:
        self._working = None
        if self._doing.text().endswith(ELLIPSIS):
            self._doing.setText("")
        self._show()

    def _show_progress(self, progress: Progress) -> None:
        if progress.total:
            self._bar.setValue(round(_SHARES * progress.done / progress.total))

    def _show(self) -> None:
        """What can be done, and what is said about it."""
        busy, chosen = self._working is not None, self._recipe is not None
        self._bar.setVisible(busy)
        self._bar.setValue(0 if not busy else self._bar.value())
        self._stop.setVisible(busy)
        self._hint.setVisible(not chosen)
        self._chosen.setVisible(chosen)
        for button in (self._export, self._open):
            button.setEnabled(chosen and not busy)
        self._clear.setEnabled(chosen)
        model = self._workspace.model
        same = self._index is not None and model is not None and model.id == self._index.model
        self._select.setEnabled(chosen and same and self._workspace.embedding is not None)
        self._select.setToolTip("" if same else "The session in the window has another model than the survey.")


def _button(name: str, text: str, accessible: str, slot: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(accessible)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _=False: slot())
    return button


def _line(*widgets: QWidget, stretch: int) -> QHBoxLayout:
    """Widgets side by side; the one of that number takes the room that is left."""
    line = QHBoxLayout()
    for place, widget in enumerate(widgets):
        line.addWidget(widget, 1 if place == stretch else 0)
    return line
