"""The runs panel: the trainings that are kept, to switch between, rename and delete."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.widgets.run_list import RunList
from stellar_gui.gui.workspace import Workspace


class RunsPanel(Panel):
    """Lists the workspace's runs and asks it to show, rename or delete one; `filmRequested` asks for its film."""

    filmRequested = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Runs", "runsPanel")
        self._runs = workspace.runs
        self._empty = caption("Each training is kept here as a run, to compare it with others and to return to it.")
        self.list = RunList()
        self.list.setObjectName("runList")
        self.list.setAccessibleName("Runs, the newest first")
        self.body.addWidget(self._empty)
        self.body.addWidget(self.list, 1)
        self.list.chosen.connect(self._runs.switch_to)
        self.list.renamed.connect(self._runs.rename)
        self._add_action("actionShowRun", "&Show", None, self._show_run)
        self._film = self._add_action(
            "actionFilmOfRun", "Show training &film of the run shown", None, self.filmRequested.emit
        )
        self._add_action("actionRenameRun", "&Rename", "F2", self._rename)
        self._add_action("actionDeleteRun", "&Delete", "Delete", self._delete)
        self._runs.runsChanged.connect(self._show)
        self._show()

    def _add_action(self, name: str, text: str, key: str | None, slot: Callable[[], object]) -> QAction:
        action = QAction(text, self.list)
        action.setObjectName(name)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _=False: slot())
        self.list.addAction(action)
        return action

    def _show(self) -> None:
        runs, current = self._runs.all, self._runs.current
        self._empty.setVisible(not runs)
        self.list.setVisible(bool(runs))
        self.list.set_runs(runs, current)
        self.set_facts("" if not runs else "1 run" if len(runs) == 1 else f"{len(runs)} runs")
        self._film.setEnabled(current is not None and current.film is not None and not self._runs.recording)

    def _show_run(self) -> None:
        if (run := self.list.run()) is not None:
            self._runs.switch_to(run)

    def _rename(self) -> None:
        self.list.edit(self.list.currentIndex())

    def _delete(self) -> None:
        if (run := self.list.run()) is not None:
            self._runs.delete(run)
