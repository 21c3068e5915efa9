"""What all maps show alike: what the stars are coloured by, and which labels' stars are hidden."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from stellar_gui.analysis.coloring import DENSITY, ColorChoice, Group, Labels, color_choices, coloring, outside
from stellar_gui.analysis.findings import Finding, by_name
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.findings import Findings
from stellar_gui.gui.tasks import Task, Tasks

Mask = NDArray[np.bool_]


class Display(QObject):
    """The part of the workspace's state that is neither data nor selection; changing it is no undoable step.

    `failed` hands on an error.
    """

    colorChanged = Signal()
    visibleChanged = Signal()
    failed = Signal(object)

    def __init__(self, tasks: Tasks, findings: Findings, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._findings = findings
        findings.findingsChanged.connect(self._follow_findings)
        self._catalog: Catalog | None = None
        self._color = DENSITY
        self._hidden = self._wanted = frozenset[str]()
        self._visible: Mask | None = None
        self._only: tuple[tuple[str, ...], Mask] | None = None
        self._trial: Labels | None = None
        self._task: Task | None = None

    @property
    def color(self) -> ColorChoice:
        """What the stars are coloured by."""
        return self._color

    @property
    def trial(self) -> Labels | None:
        """Labels that the stars are coloured by for as long as settings are tried; None otherwise."""
        return self._trial

    @property
    def hidden_labels(self) -> frozenset[str]:
        """The labels, of those that the stars are coloured by, whose stars are not shown."""
        return self._hidden

    @property
    def visible(self) -> Mask | None:
        """(n,) bool: the rows with no hidden label, of some subsets where they alone are shown; None for all."""
        if self._only is None:
            return self._visible
        return self._only[1] if self._visible is None else self._only[1] & self._visible

    @property
    def only(self) -> tuple[str, ...]:
        """The subsets whose stars alone are shown; empty where all are."""
        return () if self._only is None else self._only[0]

    def show_only(self, names: Sequence[str], mask: Mask) -> None:
        """Show the stars of these subsets alone, which (n,) bool holds."""
        changed = self._only is None or not np.array_equal(mask, self._only[1])
        self._only = tuple(names), mask
        if changed:
            self.visibleChanged.emit()

    def show_all(self) -> None:
        """Show the stars of all subsets, and of none, again."""
        if self._only is not None:
            self._only = None
            self.visibleChanged.emit()

    def rename(self, old: str, new: str) -> None:
        """Know a subset whose stars alone are shown by its new name."""
        if self._only is not None:
            names = dict.fromkeys(new if name == old else name for name in self._only[0])
            self._only = tuple(names), self._only[1]

    def reset(self, catalog: Catalog) -> None:
        """Show all stars of another catalogue by their density; the workspace tells of the catalogue, not this."""
        self._catalog = catalog
        self._stop()
        self._color, self._visible, self._only, self._trial = DENSITY, None, None, None
        self._hidden = self._wanted = frozenset()

    def restore(self, color: ColorChoice, hidden: frozenset[str]) -> None:
        """Show the stars as a session has them, if its catalogue can still be coloured so."""
        found = [finding.name for finding in self._findings.all]
        if self._catalog is not None and color in color_choices(self._catalog, found):
            self.set_color(color)
            self.hide_labels(hidden)

    def extend(self, catalog: Catalog) -> None:
        """Know of more columns of the same stars; what is shown stays."""
        self._catalog = catalog

    def set_color(self, choice: ColorChoice) -> None:
        """Colour the stars by something else; all of them are shown again, and a trial ends."""
        if choice != self._color or self._trial is not None:
            self.hide_labels(frozenset())
            self._color, self._trial = choice, None
            self.colorChanged.emit()

    def set_trial(self, trial: Labels | None) -> None:
        """Colour the stars, all of which are shown again, by labels that are no finding yet; None ends it."""
        if trial is not self._trial:
            self.hide_labels(frozenset())
            self._trial = trial
            self.colorChanged.emit()

    def hide_labels(self, names: frozenset[str]) -> None:
        """Show no stars with these labels, of those that the stars are coloured by."""
        self._stop()
        self._wanted = names
        catalog, choice, found = self._catalog, self._color, by_name(self._findings.all)
        if catalog is None or not names:
            self._take((frozenset(), None))
            return
        self._task = Task("Hiding stars", lambda: (names, _visible(catalog, choice, found, names)), quiet=True)
        self._task.finished.connect(self._take)
        self._task.failed.connect(self.failed)
        self._tasks.start(self._task)

    def toggle_label(self, name: str) -> None:
        """Hide the stars of a label, or show them again; not of one that is tried."""
        if self._trial is None:
            self.hide_labels(self._wanted ^ {name})

    def isolate_label(self, name: str, names: Collection[str]) -> None:
        """Show the stars of one label alone, of all the names there are, or all stars again; not of one tried."""
        if self._trial is not None:
            return
        others = frozenset(names) - {name}
        self.hide_labels(frozenset() if self._wanted == others else others)

    def _follow_findings(self) -> None:
        """Labels found anew belong to other stars; what is no longer there cannot be coloured by; a trial ends."""
        self.set_trial(None)
        if self._color.group is not Group.FINDING:
            return
        if self._findings.get(self._color.name) is None:
            self.set_color(DENSITY)
        else:
            self.hide_labels(frozenset())
            self.colorChanged.emit()

    def _take(self, answer: tuple[frozenset[str], Mask | None]) -> None:
        self._task = None
        if answer[0] != self._hidden:
            self._hidden, self._visible = answer
            self.visibleChanged.emit()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None


def _visible(catalog: Catalog, choice: ColorChoice, found: Mapping[str, Finding], hidden: frozenset[str]) -> Mask:
    labels = coloring(choice, catalog, None, found)
    assert isinstance(labels, Labels)
    return outside(labels, hidden)
