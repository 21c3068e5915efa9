"""The contrast panel: what sets the selected stars apart from the rest, or from a named subset."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from stellar_gui import numbers
from stellar_gui.analysis.coloring import LATENTS, ColorChoice
from stellar_gui.analysis.contrast import Contrast, Effect, contrast
from stellar_gui.analysis.findings import by_name
from stellar_gui.analysis.label_shares import LabelShare
from stellar_gui.analysis.recipe_axes import axes_of
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.views.histogram_pair import HistogramPair
from stellar_gui.gui.views.sed_plot import SedPlot
from stellar_gui.gui.widgets.effect_table import EffectTable, told
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.workspace import Workspace

REST = "the rest"
SELECTION = "selection"
_NOT_OFFERED = LATENTS[2:]
_LEAST_DIFFERENCE = 0.02  # of shares that are told
_LABELS = 3  # columns, and labels of each, that are told
_AGAIN = " The selection was made by this quantity."
NOTHING_SELECTED = (
    "Select stars on a map: then this tells in which magnitudes, colours and other numbers they stand apart."
)


class ContrastPanel(Panel):
    """Compares the workspace's selection with other stars, while it is in sight."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Compare", "contrastPanel")
        self.set_title("What sets it apart")
        self._workspace = workspace
        self._task: Task | None = None
        self._stale = True
        self._found: Contrast | None = None
        self._names = (SELECTION, REST)
        self._wanted: ColorChoice | None = None
        self._shown: Effect | None = None
        self._empty = caption("")
        self._empty.setObjectName("contrastEmpty")
        self._against_line = self._make_against_line()
        self._labels = QLabel()
        self._labels.setObjectName("contrastLabels")
        self._labels.setWordWrap(True)
        self._labels.setTextFormat(Qt.TextFormat.PlainText)
        self._table = EffectTable()
        self._table.setObjectName("contrastTable")
        self._table.setAccessibleName("Quantities by the strength of their difference")
        self._table.effectChosen.connect(self._choose)
        self._sentence = caption("")
        self._sentence.setObjectName("contrastSentence")
        self._histogram = HistogramPair()
        self._histogram.setObjectName("contrastHistogram")
        self._histogram.setMinimumHeight(150)
        self._color = QPushButton("Colour the maps by this")
        self._color.setObjectName("contrastColourButton")
        self._color.clicked.connect(self._color_maps)
        self._sed = SedPlot()
        self._sed.setObjectName("contrastSed")
        self._sed.setAccessibleName("Median magnitudes of both groups against wavelength")
        self._sed.setMinimumHeight(170)
        button = QWidget()
        line = QHBoxLayout(button)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._color)
        line.addStretch(1)
        self._parts: tuple[QWidget, ...] = (self._table, self._sentence, self._histogram, button, self._sed)
        self.body.addWidget(self._against_line)
        self.body.addWidget(self._empty)
        self.body.addWidget(self._labels)
        for part, stretch in zip(self._parts, (3, 0, 2, 0, 2), strict=True):
            self.body.addWidget(part, stretch)
        self.body.addStretch(0)
        workspace.catalogChanged.connect(self._forget_wish)
        for signal in (workspace.subsetsChanged, workspace.selectionChanged):
            signal.connect(self._offer)
        for signal in (workspace.embeddingChanged, workspace.findings.findingsChanged):
            signal.connect(self._follow)
        self.visibilityChanged.connect(self._look)
        self._show_nothing(workspace.selection, None)
        self._offer()

    def _make_against_line(self) -> QWidget:
        widget = QWidget()
        line = QHBoxLayout(widget)
        line.setContentsMargins(0, 0, 0, 0)
        label = QLabel("Compare with")
        label.setProperty("muted", True)
        self._against = QComboBox()
        self._against.setObjectName("contrastAgainstCombo")
        self._against.setAccessibleName("Compare the selection with")
        self._against.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._against.setMinimumContentsLength(12)
        self._against.currentIndexChanged.connect(self._follow)
        label.setBuddy(self._against)
        line.addWidget(label)
        line.addWidget(self._against, 1)
        return widget

    def _forget_wish(self) -> None:
        self._wanted = None

    def _offer(self) -> None:
        """The rest, and all subsets but one that is the selection; the one chosen stays while it is there."""
        chosen, own, kept = self._against.currentData(), self._workspace.selection, self._workspace.kept
        with QSignalBlocker(self._against):
            self._against.clear()
            self._against.addItem(REST, None)
            for name, members in self._workspace.subsets.items():
                if not own.any() or not np.array_equal(members & kept, own):
                    self._against.addItem(name, name)
            self._against.setCurrentIndex(max(self._against.findData(chosen), 0))
        self._follow()

    def _look(self, visible: bool) -> None:
        if visible:
            QTimer.singleShot(0, self, self._catch_up)  # Qt tells so of a tab before it has its place

    def _catch_up(self) -> None:
        if self._stale:
            self._follow()

    def _follow(self) -> None:
        """Compare anew what is compared now, or remember to do so once someone looks."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._stale = self.visibleRegion().isEmpty()
        if self._stale:
            return
        workspace, name = self._workspace, self._against.currentData()
        catalog, embedding, own = workspace.catalog, workspace.embedding, workspace.selection
        other = workspace.kept & workspace.subsets.get(name, ~own)
        if catalog is None or not own.any() or not other.any():
            self._show_nothing(own, name)
            return
        self._names = (SELECTION, self._against.currentText())
        self.set_facts("comparing\N{HORIZONTAL ELLIPSIS}")
        findings = by_name(workspace.findings.all)
        axes = axes_of(workspace.selection_recipe, catalog)
        task = Task("Comparing", lambda: contrast(catalog, embedding, findings, own, other, axes), quiet=True)
        task.finished.connect(self._show)
        task.failed.connect(self._fail)
        self._task = task
        workspace.tasks.start(task)

    def _fail(self, error: Exception) -> None:
        self._task = None
        self.set_facts("")
        self._workspace.report(error)

    def _show_nothing(self, own: NDArray[np.bool_], name: str | None) -> None:
        self._found = None
        self.set_facts("")
        if not own.any():
            sentence = NOTHING_SELECTED
        elif name is None:
            sentence = "All stars are selected; select fewer, so that there are others to compare them with."
        else:
            sentence = f"No star of “{name}” takes part; compare with another subset."
        self._empty.setText(sentence)
        self._arrange(bool(own.any()))

    def _arrange(self, selected: bool) -> None:
        self._against_line.setVisible(selected)
        self._empty.setVisible(self._found is None)
        for part in self._parts:
            part.setVisible(self._found is not None)
        self._labels.setVisible(self._found is not None and bool(self._labels.text()))

    def _show(self, found: Contrast) -> None:
        self._task, self._found = None, found
        self.set_facts(numbers.stars(found.stars[0]))
        self._labels.setText(labels_in_words(found.labels, self._names[1]))
        self._arrange(selected=True)
        choices = [effect.choice for effect in found.effects]
        place = choices.index(self._wanted) if self._wanted in choices else 0
        self._table.set_effects(found.effects, self._names, place)
        self._sed.set_pair(*found.magnitudes, self._names)
        self._show_effect(found.effects[place])

    def _choose(self, effect: Effect) -> None:
        """The user goes to a quantity, and stays with it when other stars are selected."""
        self._wanted = effect.choice
        self._show_effect(effect)

    def _show_effect(self, effect: Effect) -> None:
        self._shown = effect
        common = 0 if self._found is None else self._found.common
        both = f" {numbers.stars(common)} in both." if common else ""
        self._sentence.setText(in_words(effect, self._names[1]) + both)
        self._histogram.set_effect(effect, self._names)
        offered = effect.choice not in _NOT_OFFERED
        self._color.setEnabled(offered)
        self._color.setToolTip(
            f"Colour the stars of all maps by {effect.title}"
            if offered
            else "Maps are coloured by the first two latent coordinates only"
        )

    def _color_maps(self) -> None:
        if self._shown is not None:
            self._workspace.display.set_color(self._shown.choice)


def in_words(effect: Effect, other: str) -> str:
    """What an effect size says of a selected star and one of the others."""
    direction = "larger" if effect.delta >= 0 else "smaller"
    share = numbers.fixed(100 * max(effect.auc, 1 - effect.auc), 1)
    group = other if other == REST else f"“{other}”"
    pairs = f"{share}\N{NO-BREAK SPACE}% of all pairs with a star of {group}"
    again = _AGAIN if effect.selected_on else ""
    return f"A selected star has the {direction} {effect.title} in {pairs}. {told(effect)}.{again}"


def labels_in_words(labels: Sequence[LabelShare], other: str) -> str:
    """The labels that differ most, a line for each column: "class: QSO 93 % (the rest 6 %), GALAXY 6 % (52 %)"."""
    lines: dict[str, list[str]] = {}
    for label in labels:
        own, others = (f"{numbers.fixed(100 * share, 0)}\N{NO-BREAK SPACE}%" for share in label.shares)
        if abs(label.difference) < _LEAST_DIFFERENCE or label.selected_on:
            continue
        parts = lines.setdefault(label.title, [])
        if len(parts) < _LABELS:
            parts.append(f"{label.label} {own} ({others})" if parts else f"{label.label} {own} ({other} {others})")
    return "\n".join(f"{title}: {', '.join(parts)}" for title, parts in list(lines.items())[:_LABELS])
