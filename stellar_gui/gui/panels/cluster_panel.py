"""The panel of clusters: settings with a live preview, a full run, and what it found, to correct by hand."""

from functools import partial

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from stellar_gui import numbers
from stellar_gui.analysis.cluster_edits import as_subset, assigned, joined, new_cluster, sizes
from stellar_gui.analysis.cluster_recipe import edits, note, silhouette, silhouettes
from stellar_gui.analysis.clusters import Clustering, ClusterSettings, settings_of
from stellar_gui.analysis.findings import CLUSTER, Finding
from stellar_gui.analysis.neighbour_graph import NOISE
from stellar_gui.analysis.recipes import Combined, Operation
from stellar_gui.analysis.selection import Mode
from stellar_gui.errors import StellarError
from stellar_gui.gui.cluster_search import ClusterSearch
from stellar_gui.gui.panels.cluster_form import ClusterForm
from stellar_gui.gui.widgets.cluster_table import ClusterRow, ClusterTable
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.workspace import Workspace

NO_MAP = "Clusters are looked for on the map: train the autoencoder first."
TRY = "Move a slider to try settings on some of the stars at once; Find clusters labels them all."
WIDE = 10_000  # pixels, on which no text is wrapped


class _TwoLines(QLabel):
    """A wrapped line of secondary text that takes the room of two, so that what is under it does not jump."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("muted", True)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def heightForWidth(self, width: int) -> int:
        """Two lines at least."""
        metrics, room = self.fontMetrics(), QRect(0, 0, WIDE, WIDE)
        one, two = (metrics.boundingRect(room, 0, text).height() for text in ("x", "x\nx"))
        return max(super().heightForWidth(width), super().heightForWidth(WIDE) - one + two)


class ClusterPanel(Panel):
    """Finds clusters, lists them, and lets the selected stars be assigned to others; all of it can be undone."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Clusters", "clusterPanel")
        self._workspace = workspace
        self._search = ClusterSearch(workspace)
        self._empty = caption(NO_MAP)
        self._form = ClusterForm()
        self._settings: ClusterSettings | None = None
        self._preview = _TwoLines(TRY)
        self._preview.setObjectName("clusterPreview")
        self._run = _button("clusterRunButton", "Find clusters", "Label all stars by these settings")
        self._run.setProperty("main", True)
        self._cancel = _button("clusterCancelButton", "Cancel", "Give up the search, or the preview")
        self._note = caption("")
        self._note.setObjectName("clusterNote")
        self._table = ClusterTable()
        self._table.setObjectName("clusterTable")
        self._table.setAccessibleName("Clusters, the largest first")
        self._pick = _button("clusterSelectButton", "Select stars", "Select the stars of the chosen clusters")
        self._merge = _button("clusterMergeButton", "Merge", "Make one cluster of the chosen ones")
        self._keep = _button(
            "clusterSubsetsButton", "Make subsets", "Keep the chosen clusters as subsets; all, if none is"
        )
        self._assign = _button("clusterAssignButton", "Assign selected to", "")
        self._menu = QMenu(self._assign)
        self._menu.setObjectName("clusterAssignMenu")
        self._assign.setMenu(self._menu)
        self._lay_out()
        self._form.changed.connect(self._try)
        self._run.clicked.connect(lambda: self._search.run(self._form.settings()))
        self._cancel.clicked.connect(self._give_up)
        self._search.previewed.connect(self._show_preview)
        self._search.runningChanged.connect(self._show_running)
        self._search.failed.connect(self._show_failure)
        self._table.itemSelectionChanged.connect(self._allow)
        self._table.itemDoubleClicked.connect(self._select)
        self._pick.clicked.connect(self._select)
        self._keep.clicked.connect(self._make_subsets)
        self._merge.clicked.connect(self._join)
        self._menu.aboutToShow.connect(self._fill_menu)
        workspace.embeddingChanged.connect(self._show)
        workspace.findings.findingsChanged.connect(self._show)
        workspace.selectionChanged.connect(self._allow)
        workspace.display.colorChanged.connect(self._follow_colors)
        self.visibilityChanged.connect(self._follow_visibility)
        self._show()
        self._show_running()

    def _lay_out(self) -> None:
        run, keep, edit = QWidget(), QWidget(), QWidget()
        for line, buttons in (
            (run, (self._run, self._cancel)),
            (keep, (self._pick, self._keep)),
            (edit, (self._assign, self._merge)),
        ):
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(6)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
        self._parts = (self._form, self._preview, run)
        self._results = (self._note, self._table, keep, edit)
        for part in (self._empty, *self._parts, self._table, keep, edit, self._note):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def _finding(self) -> Finding | None:
        return self._workspace.findings.get(CLUSTER)

    def _show(self) -> None:
        """Follow the map and the clusters that there are; a preview ends."""
        self._end_preview()
        ready, finding = self._workspace.embedding is not None, self._finding()
        self._fill_form(finding)
        self._empty.setVisible(not ready)
        for part in self._parts:
            part.setVisible(ready)
        for part in self._results:
            part.setVisible(finding is not None)
        if finding is None:
            self.set_facts("")
            return
        known = silhouettes(finding.recipe)
        found = sizes(finding)
        self._table.set_rows(
            [ClusterRow(code, name, found[code], known.get(code, np.nan)) for code, name in finding.labels.items()]
        )
        whole = sum(found.values())
        clusters = len([code for code in found if code != NOISE])
        self.set_facts(f"{_clusters(clusters)} \N{MIDDLE DOT} {numbers.share(found.get(NOISE, 0), whole)} noise")
        self._note.setText(self._told(finding))
        self._allow()

    def _fill_form(self, finding: Finding | None) -> None:
        """Show the settings by which clusters were found, where they are others than were shown before."""
        settings = None if finding is None else settings_of(finding)
        if settings is not None and settings != self._settings:
            self._form.show_settings(settings)
        self._settings = settings

    def _told(self, finding: Finding) -> str:
        """How the clusters were found and what became of them, in a few sentences."""
        recipe, model = finding.recipe, self._workspace.model
        parts = [note(recipe)]
        if (mean := silhouette(recipe)) is not None:
            parts.append(f"Mean silhouette {numbers.fixed(mean, 2)}.")
        if corrected := edits(recipe):
            parts.append(f"Corrected by hand {_times(len(corrected))}; silhouettes are of the clusters as found.")
        if model is not None and recipe.get("model") != model.id:
            parts.append("Found on the map of another run.")
        return " ".join(filter(None, parts))

    def _try(self) -> None:
        self._search.preview(self._form.settings())
        if self._search.previewing and self._preview.text() == TRY:
            self._preview.setText("Trying these settings\N{HORIZONTAL ELLIPSIS}")

    def _show_preview(self, clustering: Clustering) -> None:
        told = [_clusters(len(clustering.sizes)), f"{100 * clustering.noise:.1f} % noise"]
        if clustering.silhouette is not None:
            told.append(f"mean silhouette {numbers.fixed(clustering.silhouette, 2)}")
        self._say("Preview: " + " \N{MIDDLE DOT} ".join(told))
        self._preview.setToolTip(f"In {numbers.stars(clustering.sampled)}, drawn at random")

    def _end_preview(self) -> None:
        self._search.end_preview()
        self._say(TRY)

    def _give_up(self) -> None:
        self._search.cancel()
        self._end_preview()

    def _follow_colors(self) -> None:
        """The maps may have been given other colours than those of the preview."""
        if self._workspace.display.trial is None and not self._search.previewing:
            self._say(TRY)
        self._show_running()

    def _follow_visibility(self, visible: bool) -> None:
        if not visible:
            self._end_preview()

    def _show_failure(self, error: Exception) -> None:
        if isinstance(error, StellarError):
            self._say(str(error), warning=True)
        else:
            self._workspace.report(error)

    def _say(self, text: str, warning: bool = False) -> None:
        self._preview.setText(text)
        self._preview.setToolTip("")
        self._preview.setProperty("muted", not warning)
        self._preview.setProperty("warning", warning)
        self._preview.style().polish(self._preview)

    def _show_running(self) -> None:
        self._run.setEnabled(not self._search.running)
        self._cancel.setVisible(self._search.running or self._workspace.display.trial is not None)

    def _allow(self) -> None:
        """Enable what can be done with the chosen rows and the selected stars; tooltips say why not."""
        chosen = self._table.chosen()
        clusters = [code for code in chosen if code != NOISE]
        self._pick.setEnabled(bool(chosen))
        self._merge.setEnabled(len(clusters) > 1 and len(clusters) == len(chosen))
        self._merge.setToolTip("Make one cluster of those chosen in the table; choose several with Ctrl")
        selected = int(np.count_nonzero(self._workspace.selection))
        self._assign.setEnabled(selected > 0 and self._finding() is not None)
        self._assign.setToolTip(
            f"Put the {numbers.stars(selected)} that are selected into a cluster"
            if selected
            else "Select stars on a map first, with the lasso or another tool"
        )

    def _select(self) -> None:
        finding, chosen = self._finding(), self._table.chosen()
        if finding is None or not chosen:
            return
        parts = tuple((finding.labels[code], as_subset(finding, code).recipe) for code in chosen)
        recipe = parts[0][1] if len(parts) == 1 else Combined(Operation.UNION, parts)
        names = ", ".join(name for name, _ in parts)
        self._workspace.select_stars(np.isin(finding.values, chosen), Mode.REPLACE, f"select {names}", recipe)

    def _make_subsets(self) -> None:
        finding = self._finding()
        if finding is not None:
            codes = self._table.chosen() or [code for code in finding.labels if code != NOISE]
            subsets = [as_subset(finding, code) for code in codes]
            text = f"subset {subsets[0].name}" if len(subsets) == 1 else f"{len(subsets)} subsets of clusters"
            self._workspace.subset_list.put_all(subsets, text)

    def _join(self) -> None:
        finding, chosen = self._finding(), self._table.chosen()
        if finding is not None and len(chosen) > 1:
            names = ", ".join(finding.labels[code] for code in chosen)
            self._workspace.findings.put(joined(finding, chosen), f"merge {names}")

    def _fill_menu(self) -> None:
        self._menu.clear()
        finding = self._finding()
        if finding is None:
            return
        for code, name in finding.labels.items():
            self._menu.addAction(name.capitalize(), partial(self._put, code))
        self._menu.addSeparator()
        self._menu.addAction("New cluster", partial(self._put, new_cluster(finding)))

    def _put(self, code: int) -> None:
        finding = self._finding()
        if finding is not None:
            selected = self._workspace.selection
            name = finding.labels.get(code, f"new cluster {code}")
            text = f"assign {numbers.stars(int(np.count_nonzero(selected)))} to {name}"
            self._workspace.findings.put(assigned(finding, selected, code), text)


def _button(name: str, text: str, meaning: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(meaning)
    return button


def _clusters(count: int) -> str:
    return "1 cluster" if count == 1 else f"{count} clusters"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
