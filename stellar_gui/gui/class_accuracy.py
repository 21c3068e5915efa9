"""How well the map keeps the classes of a catalogue apart, found in a worker once for each embedding."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from stellar_gui.gui.tasks import Task

if TYPE_CHECKING:
    from stellar_gui.gui.workspace import Workspace


class ClassAccuracy(QObject):
    """Follows the workspace's embedding; `changed` tells that `value` has been found."""

    changed = Signal()

    def __init__(self, workspace: "Workspace") -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._value: float | None = None
        self._task: Task | None = None
        workspace.embeddingChanged.connect(self._follow)

    @property
    def value(self) -> float | None:
        """Balanced accuracy by 15 neighbours, see `class_accuracy`; None where there is none, or not yet."""
        return self._value

    def _follow(self) -> None:
        """Forget what was, and look anew where at least two classes take part."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._value = None
        catalog, embedding = self._workspace.catalog, self._workspace.embedding
        labels = None if catalog is None or embedding is None else catalog.labels
        if labels is None or embedding is None:
            return
        codes = labels.codes[self._workspace.kept]
        if len(np.unique(codes[codes >= 0])) < 2:
            return

        def work() -> float | None:
            from stellar_gui.analysis.separation import class_accuracy

            return class_accuracy(embedding.latent, labels)

        self._task = Task("Telling classes apart", work, quiet=True)
        self._task.finished.connect(self._take)
        self._task.failed.connect(self._workspace.report)
        self._workspace.tasks.start(self._task)

    def _take(self, value: float | None) -> None:
        self._task, self._value = None, value
        self.changed.emit()
