"""The workspace: the one object that holds the shared state; panels and views listen to it and ask it to change."""

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from stellar_gui import numbers
from stellar_gui.analysis.recipes import EVERYTHING, ROWS, Combined, Operation, Recipe, Rows, after_gesture, kept
from stellar_gui.analysis.selection import Mode, combine
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.analysis.subsets import Subsets
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.columns import ROLES
from stellar_gui.catalog.quality import Quality, QualityCuts, check
from stellar_gui.errors import StellarError
from stellar_gui.gui.class_accuracy import ClassAccuracy
from stellar_gui.gui.display import Display
from stellar_gui.gui.findings import Findings
from stellar_gui.gui.probing import Probing
from stellar_gui.gui.ranking import Ranking
from stellar_gui.gui.runs import Runs
from stellar_gui.gui.subsets import SubsetList
from stellar_gui.gui.tasks import Task, Tasks
from stellar_gui.gui.trust import Trust
from stellar_gui.gui.undo import Chosen, CutsCommand, Gesture, SelectionCommand
from stellar_gui.progress import Progress
from stellar_gui.session.details import place
from stellar_gui.session.session import Session
from stellar_gui.session.view import View

if TYPE_CHECKING:
    from stellar_gui.autoencoder.checkpoint import Checkpoint
    from stellar_gui.autoencoder.model import TrainedModel

UNDO_LIMIT = 100
NO_STAR = -1
_NOT_READ = ("ra", "dec", "redshift", "identifier", "class")
Mask = NDArray[np.bool_]


class Workspace(QObject):
    """The current catalogue, cuts, model, embedding, subsets, selection, activated and hovered star.

    Each signal is emitted after its value changed and everything that belongs to it is in place; `progressed` brings
    the TrainingProgress of a training under way.
    """

    catalogChanged = Signal()
    qualityChanged = Signal()
    embeddingChanged = Signal()
    checkpointChanged = Signal()
    subsetsChanged = Signal()
    selectionChanged = Signal()
    gestureChanged = Signal()
    activeChanged = Signal()
    hoveredChanged = Signal()
    unsavedChanged = Signal()
    previewChanged = Signal()
    progressed = Signal(object)
    columnsRefused = Signal()
    columnsAdded = Signal()
    errorReported = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks = Tasks(self)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_LIMIT)
        self.undo_stack.cleanChanged.connect(self.unsavedChanged)
        self.findings = Findings(self.undo_stack, self)
        self.findings.findingsChanged.connect(self.unsavedChanged)
        self.ranking = Ranking(self)
        self.display = Display(self.tasks, self.findings, self)
        self.display.failed.connect(self.report)
        self.class_accuracy = ClassAccuracy(self)
        self.runs = Runs(self.undo_stack, self)
        self.runs.wantedChanged.connect(self._show_wanted_run)
        self.trust = Trust(self)
        self.subset_list = SubsetList(self.undo_stack, self._column_names, self)
        self.subset_list.subsetsChanged.connect(self._follow_subsets)
        self.subset_list.renamed.connect(self.display.rename)
        self.probing = Probing(self)
        self._catalog: Catalog | None = None
        self._cuts = self._checked_cuts = QualityCuts()
        self._quality: Quality | None = None
        self._embedding: Embedding | None = None
        self._checkpoint: Checkpoint | None = None
        self._saved_checkpoint: Checkpoint | None = None
        self._chosen = Chosen(np.zeros(0, dtype=bool))
        self._selection: Mask = np.zeros(0, dtype=bool)
        self._gesture: Gesture | None = None
        self._active = NO_STAR
        self._hovered = NO_STAR
        self._preview: NDArray[np.float32] | None = None
        self._film_shown = False
        self._model_unsaved = False
        self._more_than_table = False
        self._recheck: Task | None = None
        self._cuts_checked = True

    @property
    def catalog(self) -> Catalog | None:
        """The open catalogue."""
        return self._catalog

    @property
    def cuts(self) -> QualityCuts:
        """Which checks decide on what takes part."""
        return self._cuts

    @property
    def quality(self) -> Quality | None:
        """What the checks found, row by row."""
        return self._quality

    @property
    def kept(self) -> Mask:
        """(n,) bool: the rows that take part."""
        return self._quality.kept if self._quality is not None else np.zeros(0, dtype=bool)

    @property
    def model(self) -> "TrainedModel | None":
        """The trained model in use: the current run's."""
        return self.runs.model

    @property
    def embedding(self) -> Embedding | None:
        """Latent position and reconstruction of every kept star under the model."""
        return self._embedding

    @property
    def checkpoint(self) -> "Checkpoint | None":
        """Of a training that was paused or stopped, from which it can go on."""
        return self._checkpoint

    @property
    def subsets(self) -> Subsets:
        """Named subsets, as a mapping (n,) bool each, in their order; `subset_list` changes them."""
        return self.subset_list.value

    @property
    def columns(self) -> StarColumns | None:
        """What can be said of the stars by name, as in expressions; None without a catalogue."""
        if self._catalog is None:
            return None
        model = self.model
        return StarColumns(
            self._catalog,
            self._embedding,
            None if model is None else model.id,
            self.kept,
            self.subsets,
            self.findings.all,
        )

    @property
    def selection(self) -> Mask:
        """(n,) bool over the catalogue's rows: the selected stars, all of which take part. Read-only."""
        return self._selection

    @property
    def selection_recipe(self) -> Recipe:
        """How the selection was made."""
        return self._chosen.recipe or ROWS

    @property
    def gesture_source(self) -> object | None:
        """The view that made the last step of the selection and may change it by `reselect`; None where none may."""
        return None if self._gesture is None else self._gesture.source

    @property
    def active(self) -> int:
        """Row of the picked star, NO_STAR if none."""
        return self._active

    @property
    def hovered(self) -> int:
        """Row of the star under the pointer, NO_STAR if none."""
        return self._hovered

    @property
    def preview(self) -> NDArray[np.float32] | None:
        """(m, 2) float32: latent positions of a fixed subsample, while training or of a film, else None."""
        return self._preview

    @property
    def film_shown(self) -> bool:
        """Whether the preview is a frame of the current run's film."""
        return self._film_shown

    @property
    def shown(self) -> Mask:
        """(n,) bool: the rows that take part and are shown; only they can be selected."""
        visible = self.display.visible
        return self.kept if visible is None else self.kept & visible

    @property
    def unsaved(self) -> bool:
        """Whether closing would lose what was made of the table: a model, a training, subsets, findings or columns.

        Of a session that is in a file, whether anything was done since it was saved.
        """
        if self._checkpoint is not None and self._checkpoint is not self._saved_checkpoint:
            return True
        return self._made and (self._model_unsaved or not self.undo_stack.isClean())

    @property
    def _made(self) -> bool:
        """Whether there is more than an open table."""
        lists = self.runs.all, self.subsets, self.findings.all
        return self._more_than_table or self._checkpoint is not None or any(len(each) > 0 for each in lists)

    def session(self) -> Session | None:
        """The work as one value, for saving; None without a catalogue."""
        if self._catalog is None:
            return None
        wanted = self.runs.wanted
        model = None if wanted is None else wanted.model
        return Session(
            catalog=self._catalog,
            cuts=self._cuts,
            model=model,
            embedding=self._embedding if model is self.model else None,
            subsets=self.subsets,
            selection=self._selection,
            checkpoint=self._checkpoint,
            runs=self.runs.all,
            findings=self.findings.all,
            view=View(
                self.display.color,
                self.display.hidden_labels,
                None if self._active == NO_STAR else self._active,
            ),
        )

    def show(self, session: Session) -> None:
        """Replace all work by another session: a new undo stack, and late answers for the old one are dropped."""
        self.tasks.cancel_all()
        self._recheck, self._cuts_checked = None, True
        self.undo_stack.clear()
        self._catalog = session.catalog
        self._cuts = self._checked_cuts = session.cuts
        self._quality = session.quality
        self.runs.reset(session)
        self.findings.reset(session.findings)
        self._embedding = session.embedding
        self._checkpoint = self._saved_checkpoint = session.checkpoint
        self.subset_list.reset(session.subsets)
        rows = len(session.catalog)
        self._chosen = Chosen(np.zeros(rows, dtype=bool) if session.selection is None else session.selection)
        self._selection = _masked(self._chosen.mask, self.kept)
        self._gesture = None
        active = session.view.active
        self._active = NO_STAR if active is None or not self.kept[active] else active
        self._hovered = NO_STAR
        self._preview, self._film_shown = None, False
        self._model_unsaved = self._more_than_table = False
        self.display.reset(session.catalog)
        for signal in (
            self.catalogChanged,
            self.qualityChanged,
            self.embeddingChanged,
            self.checkpointChanged,
            self.runs.runsChanged,
            self.findings.findingsChanged,
            self.subsetsChanged,
            self.selectionChanged,
            self.gestureChanged,
            self.activeChanged,
            self.hoveredChanged,
            self.previewChanged,
            self.unsavedChanged,
        ):
            signal.emit()
        self.display.restore(session.view.color, session.view.hidden)

    def set_columns(self, chosen: Mapping[str, str]) -> None:
        """Let other columns play the named roles; runs are put away where a network reads a column that changes."""
        if self._catalog is None:
            return
        try:
            catalog = self._catalog.with_columns(chosen)
        except StellarError as error:
            self.report(error)
            self.columnsRefused.emit()
            return
        session = Session(catalog=catalog, cuts=self._cuts, subsets=self.subsets, findings=self.findings.all)
        known = self.session()
        if known is not None and _same_for_networks(known.catalog, catalog):
            session = replace(session, model=known.model, runs=known.runs)
        made = self._made

        def show(session: Session) -> None:
            self.show(session)
            if made:
                self.mark_unsaved()

        task = Task("Reading the columns", lambda: _placed(session))
        task.finished.connect(show)
        task.failed.connect(self.report)
        self.tasks.start(task)

    def extend(self, catalog: Catalog) -> None:
        """Hold the same stars with more columns; those of a model that corrects for extinction are placed anew."""
        self._catalog = catalog
        self.display.extend(catalog)
        self._model_unsaved = self._more_than_table = True
        self.columnsAdded.emit()
        if self.model is not None and self.model.config.deredden:
            self._check_anew()
        self.unsavedChanged.emit()

    def set_cuts(self, cuts: QualityCuts, text: str) -> None:
        """Change which stars take part, as an undoable step with a name."""
        if self._catalog is not None and cuts != self._cuts:
            self.undo_stack.push(CutsCommand(text, self._cuts, cuts, self._assign_cuts))

    def set_model(self, session: Session) -> None:
        """Keep a finished training as a run, with its model, embedding and, if it was stopped, where it can go on.

        Where the cuts have changed since the training began, the stars that take part now are embedded anew.
        """
        as_trained = session.cuts == self._cuts and self._cuts_checked
        if session.model is not None:
            self.runs.add(session.model)
        self._embedding = session.embedding if as_trained else None
        self._checkpoint = session.checkpoint
        self._preview, self._film_shown = None, False
        self._model_unsaved = True
        self._stop_check()
        if not as_trained:
            self._check_anew()
        self.runs.arrive(self._embedding)
        self.previewChanged.emit()
        self.embeddingChanged.emit()
        self.checkpointChanged.emit()
        self.unsavedChanged.emit()

    def set_checkpoint(self, checkpoint: "Checkpoint | None") -> None:
        """Remember where a training can go on that is held; None forgets it."""
        if checkpoint is not self._checkpoint:
            self._checkpoint = checkpoint
            self.checkpointChanged.emit()
            self.unsavedChanged.emit()

    def set_preview(self, positions: NDArray[np.float32] | None, from_film: bool = False) -> None:
        """Show where training has brought a subsample of the stars, or had, on its film; None ends it."""
        self._preview, self._film_shown = positions, from_film and positions is not None
        self.previewChanged.emit()

    def mark_unsaved(self) -> None:
        """Remember that the shown session is in no file of the user's."""
        self._model_unsaved = self._more_than_table = True
        self.unsavedChanged.emit()

    def mark_saved(self) -> None:
        """Remember that everything up to now is in a session file."""
        self._model_unsaved, self._more_than_table = False, True
        self._saved_checkpoint = self._checkpoint
        self.undo_stack.setClean()
        self.unsavedChanged.emit()

    def select(
        self,
        rows: NDArray[np.intp],
        mode: Mode,
        text: str,
        source: object | None = None,
        recipe: Recipe = ROWS,
    ) -> None:
        """Change the selection by the rows that a gesture hit, as one undoable step with a name.

        source: the view whose gesture it was, if it can still change the rows by `reselect`; recipe: how they were hit.
        """
        before = self._chosen.recipe if self._selection.any() else None
        gesture = None if source is None else Gesture(source, self._selection, before, mode)
        new = combine(self._selection, self._hit(rows), mode)
        self._push_selection(new, text, gesture, after_gesture(before, mode, recipe))

    def select_stars(self, mask: Mask, mode: Mode, what: str, recipe: Recipe) -> None:
        """Change the selection by the stars of a mask that are shown; what: where they come from, in words."""
        rows = np.flatnonzero(mask & self.shown)
        self.select(rows, mode, f"{what}, {numbers.stars(len(rows))}", recipe=recipe)

    def reselect(self, rows: NDArray[np.intp], text: str, recipe: Recipe = ROWS) -> None:
        """Let the last gesture have hit other rows, as another undoable step; nothing once it can no longer change.

        The rows join the selection from before the gesture, by the gesture's mode; recipe: how they were hit.
        """
        gesture = self._gesture
        if gesture is not None:
            new = combine(gesture.base, self._hit(rows), gesture.mode)
            self._push_selection(new, text, gesture, after_gesture(gesture.base_recipe, gesture.mode, recipe))

    def select_all(self) -> None:
        """Select every star that is shown."""
        shown = self.shown
        self._push_selection(shown, f"select all, {numbers.stars(int(shown.sum()))}", recipe=self._everything)

    def invert_selection(self) -> None:
        """Select what is shown and was not selected."""
        inverted = self.shown & ~self._selection
        recipe = self._everything
        if self._selection.any() and recipe is EVERYTHING:
            recipe = kept(Combined(Operation.COMPLEMENT, (("selection", self.selection_recipe),)))
        self._push_selection(inverted, f"invert selection, {numbers.stars(int(inverted.sum()))}", recipe=recipe)

    def clear_selection(self) -> None:
        """Select nothing."""
        self._push_selection(np.zeros(len(self._selection), dtype=bool), "clear selection")

    def set_active(self, row: int) -> None:
        """Pick a star; NO_STAR picks none."""
        if row != self._active:
            self._active = row
            self.activeChanged.emit()

    def set_hovered(self, row: int) -> None:
        """Remember the star under the pointer; NO_STAR if none."""
        if row != self._hovered:
            self._hovered = row
            self.hoveredChanged.emit()

    def report(self, error: Exception) -> None:
        """Hand an error on to whoever shows it."""
        self.errorReported.emit(error)

    @property
    def _everything(self) -> Recipe:
        """The recipe of all stars that are shown."""
        return EVERYTHING if self.display.visible is None else Rows("among the stars that were shown")

    def _follow_subsets(self) -> None:
        only = self.display.only
        if only and all(name in self.subsets for name in only):
            self.display.show_only(only, self.subsets.union(only))
        else:
            self.display.show_all()
        self.subsetsChanged.emit()

    def _column_names(self) -> tuple[str, ...]:
        columns = self.columns
        return () if columns is None else columns.names

    def _hit(self, rows: NDArray[np.intp]) -> Mask:
        hit = np.zeros(len(self._selection), dtype=bool)
        hit[rows] = True
        return hit

    def _push_selection(
        self, new: Mask, text: str, gesture: Gesture | None = None, recipe: Recipe | None = None
    ) -> None:
        if np.array_equal(new, self._selection):
            self._set_gesture(gesture)
        else:
            chosen = Chosen(new, recipe if new.any() else None)
            self.undo_stack.push(SelectionCommand(text, self._chosen, chosen, gesture, self._assign_selection))

    def _assign_selection(self, chosen: Chosen, gesture: Gesture | None) -> None:
        self._chosen = chosen
        self._selection = _masked(chosen.mask, self.kept)
        self._set_gesture(gesture)
        self.selectionChanged.emit()

    def _set_gesture(self, gesture: Gesture | None) -> None:
        if gesture is not self._gesture:
            self._gesture = gesture
            self.gestureChanged.emit()

    def _assign_cuts(self, cuts: QualityCuts) -> None:
        self._cuts, self._cuts_checked = cuts, False
        self._set_gesture(None)
        self._check_anew()

    def _show_wanted_run(self) -> None:
        """Place the stars by the run that is to be shown; without any, put the embedding away."""
        if self.runs.wanted is not None or not self._cuts_checked:
            self._check_anew()
        else:
            self._stop_check()
        if self.runs.wanted is None:
            self._embedding = None
            self.runs.arrive(None)
            self.embeddingChanged.emit()
        self.unsavedChanged.emit()

    def _check_anew(self) -> None:
        """Check the stars where the cuts have changed, and embed those that take part; earlier answers are dropped."""
        catalog, cuts, run = self._catalog, self._cuts, self.runs.wanted
        known = self._quality if self._cuts_checked else None
        model = None if run is None else run.model
        assert catalog is not None
        self._stop_check()
        title = "Checking the stars" if known is None else "Placing the stars"
        task = Task(title, lambda: _recheck(catalog, cuts, known, model), cancellable=False)
        task.finished.connect(self._take_answer)
        task.failed.connect(self._keep_quality)
        self._recheck = task
        self.tasks.start(task)

    def _stop_check(self) -> None:
        if self._recheck is not None:
            self._recheck.cancel()
        self._recheck = None

    def _keep_quality(self, error: Exception) -> None:
        """Stay with the cuts that the stars were checked under, and the run shown, since the work for others failed."""
        self._recheck, self._cuts_checked = None, True
        self._cuts = self._checked_cuts
        self.runs.stay()
        self.qualityChanged.emit()
        self.report(error)

    def _take_answer(self, answer: tuple[Quality, Embedding | None]) -> None:
        self._recheck = None
        checked_anew, self._cuts_checked = not self._cuts_checked, True
        self._quality, embedding = answer
        if embedding is not None:
            self._embedding = embedding
        if checked_anew:
            self._checked_cuts = self._cuts
            self._selection = _masked(self._chosen.mask, self.kept)
        if embedding is not None:
            self.runs.arrive(embedding)
        if checked_anew:
            if self._active != NO_STAR and not self.kept[self._active]:
                self.set_active(NO_STAR)
            self.set_hovered(NO_STAR)
            self.qualityChanged.emit()
        if embedding is not None:
            self.embeddingChanged.emit()
        if checked_anew:
            self.selectionChanged.emit()


def prepare(session: Session) -> Session:
    """The session, after its rows were checked once, here in a worker, so that the window need not."""
    _ = session.quality
    return session


def _same_for_networks(one: Catalog, other: Catalog) -> bool:
    """Whether the roles that networks read are played by the same columns."""
    return all(one.columns.get(role) == other.columns.get(role) for role in ROLES if role not in _NOT_READ)


def _placed(session: Session) -> Generator[Progress, None, Session]:
    """The session as `prepare` gives it, the stars that take part placed by its model."""
    prepare(session)
    if session.model is None:
        return session
    embedding = yield from place(session.model, session.catalog, session.quality)
    return replace(session, embedding=embedding)


def _recheck(
    catalog: Catalog, cuts: QualityCuts, known: Quality | None, model: "TrainedModel | None"
) -> Generator[Progress, None, tuple[Quality, Embedding | None]]:
    quality = check(catalog, cuts) if known is None else known
    embedding = None if model is None else (yield from place(model, catalog, quality))
    return quality, embedding


def _masked(chosen: Mask, kept: Mask) -> Mask:
    selection = chosen & kept
    selection.setflags(write=False)
    return selection
