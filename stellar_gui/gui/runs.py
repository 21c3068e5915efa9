"""The runs: the trainings that are kept, which of them is shown, and the film of the one under way."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from stellar_gui.analysis.thumbnail import thumbnail
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.autoencoder.film import FilmRecorder
from stellar_gui.gui.undo import ChangeCommand
from stellar_gui.session.run import Run, numbered, proposed_name
from stellar_gui.session.session import Session, now

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel
    from stellar_gui.autoencoder.training_progress import TrainingProgress


class Runs(QObject):
    """The part of the workspace's state that is a list of runs; a run is known by its model.

    To show another run its stars have to be placed anew: `wanted` is the run that is to be shown, `wantedChanged` asks
    the workspace for it, and once its embedding is there `current` is that one. `runsChanged` tells of any change of
    the list or of the current run; renaming and deleting are undoable steps.
    """

    runsChanged = Signal()
    wantedChanged = Signal()

    def __init__(self, undo_stack: QUndoStack, parent: QObject) -> None:
        super().__init__(parent)
        self._undo_stack = undo_stack
        self._all: tuple[Run, ...] = ()
        self._shown: TrainedModel | None = None
        self._wanted: TrainedModel | None = None
        self._recorder: FilmRecorder | None = None

    @property
    def all(self) -> tuple[Run, ...]:
        """All runs, in the order of their making."""
        return self._all

    @property
    def current(self) -> Run | None:
        """The run that is shown; None without one."""
        return self._of(self._shown)

    @property
    def wanted(self) -> Run | None:
        """The run that is to be shown: the current one unless another is on its way."""
        return self._of(self._wanted)

    @property
    def model(self) -> "TrainedModel | None":
        """The model that is shown: the current run's, or that of a deleted one while another is on its way."""
        return self._shown

    @property
    def recording(self) -> bool:
        """Whether the film of a training is being taken."""
        return self._recorder is not None

    def reset(self, session: Session) -> None:
        """Hold another session's runs; the workspace tells of it, not this."""
        self._all, self._recorder = session.runs, None
        self._shown = self._wanted = session.model
        if session.embedding is not None:
            self._take_picture(session.embedding, again=False)

    def record(self, progress: "TrainingProgress") -> None:
        """Take a report of the training under way into its film."""
        if self._recorder is None:
            self._recorder = FilmRecorder()
            self.runsChanged.emit()
        if progress.latent.shape[1] > 1:
            self._recorder.record(progress)

    def forget_film(self) -> None:
        """Drop the film of a training that came to nothing."""
        if self._recorder is not None:
            self._recorder = None
            self.runsChanged.emit()

    def add(self, model: "TrainedModel") -> None:
        """Keep a finished training with its film as a run, and let it be the one shown."""
        film = None if self._recorder is None else self._recorder.film()
        name = numbered(proposed_name(model.config), [run.name for run in self._all])
        self._recorder = None
        self._all = (*self._all, Run(name, model, now(), film=film))
        self._shown = self._wanted = model

    def switch_to(self, run: Run) -> None:
        """Show another run, once its stars are placed."""
        if self._of(run.model) is not None and run.model is not self._wanted:
            self._wanted = run.model
            self.wantedChanged.emit()

    def arrive(self, embedding: Embedding | None) -> None:
        """The wanted run's stars are placed, anew perhaps: it is the current one now; None: there is none."""
        self._shown = self._wanted
        if embedding is not None:
            self._take_picture(embedding, again=True)
        self.runsChanged.emit()

    def stay(self) -> None:
        """Want the run that is shown, since the other could not be placed."""
        self._wanted = self._shown

    def rename(self, run: Run, name: str) -> None:
        """Give a run another name, numbered where it is taken; an empty one changes nothing."""
        old = self._of(run.model)
        name = " ".join(name.split())
        if old is None or not name or name == old.name:
            return
        name = numbered(name, [other.name for other in self._all if other is not old])
        model, before = run.model, old.name
        self._undo_stack.push(
            ChangeCommand(f"rename run {before}", lambda: self._name(model, name), lambda: self._name(model, before))
        )

    def delete(self, run: Run) -> None:
        """Take a run out of the list; one that was shown gives way to its neighbour, and undo brings both back."""
        if (old := self._of(run.model)) is None:
            return
        place, was_wanted = self._all.index(old), run.model is self._wanted
        self._undo_stack.push(
            ChangeCommand(
                f"delete run {old.name}", lambda: self._remove(old), lambda: self._put_back(old, place, was_wanted)
            )
        )

    def _name(self, model: "TrainedModel", name: str) -> None:
        others = [run.name for run in self._all if run.model is not model]
        name = numbered(name, others)
        self._all = tuple(replace(run, name=name) if run.model is model else run for run in self._all)
        self.runsChanged.emit()

    def _remove(self, run: Run) -> None:
        place = next(number for number, other in enumerate(self._all) if other.model is run.model)
        self._all = self._all[:place] + self._all[place + 1 :]
        self.runsChanged.emit()
        if run.model is self._wanted:
            self._wanted = self._all[min(place, len(self._all) - 1)].model if self._all else None
            self.wantedChanged.emit()

    def _put_back(self, run: Run, place: int, is_wanted: bool) -> None:
        run = replace(run, name=numbered(run.name, [other.name for other in self._all]))
        self._all = (*self._all[:place], run, *self._all[place:])
        self.runsChanged.emit()
        if is_wanted:
            self.switch_to(run)

    def _take_picture(self, embedding: Embedding, again: bool) -> None:
        """Draw the current run's picture from its embedding, unless it has one that need not be drawn again."""
        self._all = tuple(
            replace(run, picture=thumbnail(embedding))
            if run.model is self._shown and (again or run.picture is None)
            else run
            for run in self._all
        )

    def _of(self, model: "TrainedModel | None") -> Run | None:
        return next((run for run in self._all if run.model is model), None)
