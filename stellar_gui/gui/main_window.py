"""The main window: puts panels, map, menus and status bar together and joins the threads when it closes."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QChildEvent, QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QTabBar, QVBoxLayout, QWidget

from stellar_gui import numbers
from stellar_gui.errors import StellarError
from stellar_gui.gui import dialogs, icons
from stellar_gui.gui.actions import MODES, TOOLS, Actions
from stellar_gui.gui.analyses import TITLES, Analyses
from stellar_gui.gui.color_map_menu import ColorMapMenu
from stellar_gui.gui.exporter import Exporter
from stellar_gui.gui.files import Files
from stellar_gui.gui.layout import Layout
from stellar_gui.gui.map_card import MapCard
from stellar_gui.gui.maps import Maps
from stellar_gui.gui.menus import Menus
from stellar_gui.gui.model_exports import ModelExports
from stellar_gui.gui.page_exports import PageExports
from stellar_gui.gui.panels.data_panel import DataPanel
from stellar_gui.gui.panels.report_panel import ReportPanel
from stellar_gui.gui.panels.runs_panel import RunsPanel
from stellar_gui.gui.panels.selection_panel import SelectionPanel
from stellar_gui.gui.panels.star_panel import StarPanel
from stellar_gui.gui.panels.subset_panel import SubsetPanel
from stellar_gui.gui.panels.training_panel import TrainingPanel
from stellar_gui.gui.path_export import PathExport
from stellar_gui.gui.ranking import RATINGS, walk_actions
from stellar_gui.gui.recovery import LeftOver, Recovery
from stellar_gui.gui.samp import Samp
from stellar_gui.gui.samp_target_menu import SampTargetMenu
from stellar_gui.gui.settings import Settings, StoredLayout
from stellar_gui.gui.sky_server import no_sky_server_page, open_sky_server
from stellar_gui.gui.status_bar import StatusBar
from stellar_gui.gui.theme import theme
from stellar_gui.gui.views.tools import Tool
from stellar_gui.gui.widgets.panel import Panel
from stellar_gui.gui.workspace import NO_STAR, Workspace

if TYPE_CHECKING:
    from stellar_gui.gui.panels.sky_server_panel import SkyServerPanel
    from stellar_gui.gui.survey_map import SurveyMap

STRETCHES = {"Asinh": "asinh", "Log": "log", "Square root": "sqrt", "Linear": "linear", "Equalised": "equalised"}
LAYOUT_VERSION = 4
"""Raised with every new panel: a layout from before does not know where it belongs, and the first one is better."""
GAP = 8
FRAME = QSize(16, 40)


class MainWindow(QMainWindow):
    """The program's window; `workspace` is the shared state, `open_path` loads as the Open dialog does."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAcceptDrops(True)
        self.workspace = Workspace(self)
        self._settings = Settings()
        self._exporter = Exporter(self.workspace, self._settings, self)
        self._files = Files(self.workspace, self._settings, self._exporter, self)
        self._model_exports = ModelExports(self.workspace, self._exporter, self)
        self._path_export = PathExport(self.workspace, self._exporter)
        self._page_exports = PageExports(self.workspace, self._exporter)
        self._sky_server: SkyServerPanel | None = None
        self._survey_map: SurveyMap | None = None
        self._samp = Samp(self.workspace, self._files, self)
        self._recovery = Recovery(self.workspace, lambda: self._files.session_path)
        self._actions = Actions(self)
        self._map_card = MapCard(self.workspace)
        self._maps = Maps(self.workspace, self._map_card)
        self._data = DataPanel(self.workspace)
        self._training = TrainingPanel(self.workspace)
        self._star = StarPanel(self.workspace)
        self._selection = SelectionPanel(self.workspace)
        self._subsets = SubsetPanel(self.workspace)
        self._report = ReportPanel(self.workspace)
        self._runs = RunsPanel(self.workspace)
        left, right = (
            (self._data, self._training, self._runs),
            (self._star, self._selection, self._subsets, self._report),
        )
        self._docks: tuple[Panel, ...] = (*left, *right)
        self._layout = Layout(self, left, right, self._maps.columns)
        self._warned_of_loss = False
        self._left_over: tuple[LeftOver, ...] = ()
        centre = QWidget()
        centre.setObjectName("centralArea")
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._map_card)
        self.setCentralWidget(centre)
        self.setContentsMargins(GAP, 0, GAP, 0)
        self._undo, self._redo = self._undo_actions()
        stretches, colours = self._stretch_actions(), self._map_card.colors.menu
        self._color_maps = ColorMapMenu(self._settings.color_maps, self)
        maps = self._color_maps.menu
        self._menus = Menus(
            self,
            self._actions,
            self._undo,
            self._redo,
            stretches,
            colours,
            maps,
            self._subsets.commands.menu,
            SampTargetMenu(self._samp, self),
            self._subsets.commands.send,
        )
        self._analyses = Analyses(
            self.workspace,
            self._layout,
            self._maps,
            self._color_maps,
            self._path_export,
            self._menus.star_actions(),
            self,
        )
        self._status = StatusBar(self.workspace)
        self.setStatusBar(self._status)
        self._fill_analyse_menu()
        self._fill_window_menu()
        self._connect()
        self.resize(QSize(1680, 1000).boundedTo(self.screen().availableSize() - FRAME))
        self._layout.arrange()
        stored = self._settings.layout()
        if stored is not None:
            self._analyses.make(stored.analyses)
            self.restoreGeometry(stored.geometry)
            if self.restoreState(stored.state, LAYOUT_VERSION):
                self._layout.restored()
        self._refresh_recent()
        self._offer_unsaved()
        self._update_actions()
        self._update_title()

    def open_path(self, path: str | Path) -> None:
        """Open a table of stars or a session, as the Open dialog does."""
        self._files.open_path(path)

    def open_sample(self) -> None:
        """Open the built-in simulated sample."""
        self._files.open_sample()

    def save_session(self, path: str | Path) -> None:
        """Save the session as a file, as the Save dialog does."""
        self._files.save_to(path)

    def export_selection(self, path: str | Path) -> None:
        """Export the selected stars to a file, as the Export dialog does."""
        self._files.export_selection(path)

    def report(self, error: Exception) -> None:
        """Tell the user what went wrong, in one sentence."""
        dialogs.show_error(self, error)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, stop all work, wait for its threads, and keep a copy of what is not saved."""
        self._settings.save_layout(
            StoredLayout(self.saveGeometry(), self.saveState(LAYOUT_VERSION), tuple(self._analyses.in_use))
        )
        if self._sky_server is not None:
            self._sky_server.cancel()
        self.workspace.tasks.shut_down()
        self._samp.shut_down()
        try:
            self._recovery.close()
        except StellarError as error:
            if not self._warned_of_loss:
                self._warned_of_loss = True
                self.report(error)
                event.ignore()
                return
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept a local file or folder."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first local file or folder that was dropped."""
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if local:
            event.acceptProposedAction()
            self.open_path(local[0])

    def showEvent(self, event: QShowEvent) -> None:
        """Suit the screen's height, and put the keyboard on the map."""
        super().showEvent(event)
        self._layout.shown()
        self._map_card.map.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn the left column into tabs on a low screen, and back."""
        super().resizeEvent(event)
        self._layout.follow_height()

    def childEvent(self, event: QChildEvent) -> None:
        """Rows of tabs, which Qt makes when it needs them, show whole names and scroll where they lack room."""
        super().childEvent(event)
        if event.type() == QEvent.Type.ChildPolished and isinstance(bar := event.child(), QTabBar):
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(True)

    def _undo_actions(self) -> tuple[QAction, QAction]:
        stack = self.workspace.undo_stack
        made = []
        for action, name, glyph, keys in (
            (stack.createUndoAction(self), "actionUndo", "mdi6.undo", ["Ctrl+Z"]),
            (stack.createRedoAction(self), "actionRedo", "mdi6.redo", ["Ctrl+Shift+Z", "Ctrl+Y"]),
        ):
            action.setObjectName(name)
            action.setShortcuts([QKeySequence(key) for key in keys])
            icons.attach(action, glyph)
            self.addAction(action)
            made.append(action)
        return made[0], made[1]

    def _stretch_actions(self) -> list[QAction]:
        actions = []
        for text, name in STRETCHES.items():
            action = QAction(text, self)
            action.setCheckable(True)
            action.setChecked(name == "asinh")
            action.triggered.connect(lambda _, name=name: self._maps.each(lambda star_map: star_map.set_stretch(name)))
            actions.append(action)
        return actions

    def _fill_analyse_menu(self) -> None:
        for name, title in TITLES.items():
            action = QAction(title, self)
            action.setObjectName(f"actionAnalyse{name[0].upper()}{name[1:].removesuffix('Panel')}")
            action.triggered.connect(lambda _=False, name=name: self._analyses.open(name))
            self._menus.analyse_menu.addAction(action)
        self._menus.analyse_menu.addSeparator()
        self._menus.analyse_menu.addActions(self._menus.star_actions())
        self._star.addActions(walk_actions(self.workspace.ranking, self._star))

    def _fill_window_menu(self) -> None:
        menu, reset = self._menus.window_menu, self._actions["actionResetLayout"]
        for group in (self._maps.panels, self._docks):
            menu.addActions([_toggle(dock) for dock in group])
            menu.addSeparator()
        menu.addAction(reset)
        self._analyses.made.connect(lambda dock: menu.insertAction(reset, _toggle(dock)))

    def _connect(self) -> None:
        workspace, files, maps, do = self.workspace, self._files, self._maps, self._actions
        slots = {
            "actionOpen": files.ask_open,
            "actionOpenFolder": files.ask_open_folder,
            "actionOpenSurveyMap": lambda: files.ask_folder("Open the map of an encoded survey", self.open_survey_map),
            "actionOpenSample": files.open_sample,
            "actionFetch": self._get_from_sky_server,
            "actionRestoreUnsaved": lambda: files.open_recovered(self._left_over[0]),
            "actionSaveSession": files.save,
            "actionSaveSessionAs": files.ask_save,
            "actionExportSelection": files.ask_export,
            "actionExportDenoised": self._model_exports.ask_denoised,
            "actionExportCompressed": self._model_exports.ask_compressed,
            "actionSaveFigure": self._ask_figure,
            "actionCopyFigure": self._copy_figure,
            "actionExportFilm": self._ask_film,
            "actionExportModel": self._model_exports.ask_model,
            "actionExportReport": self._page_exports.ask_report,
            "actionExportScript": self._page_exports.ask_script,
            "actionQuit": self.close,
            "actionCopySelection": files.copy_selection,
            "actionSelectAll": workspace.select_all,
            "actionInvertSelection": workspace.invert_selection,
            "actionClearSelection": workspace.clear_selection,
            "actionNewSubset": self._subsets.save_selection,
            "actionImportSubset": self._subsets.ask_identifiers,
            "actionFit": lambda: maps.current.fit(),
            "actionFitSelection": lambda: maps.current.fit_selection(),
            "actionPreviousView": lambda: maps.current.previous_view(),
            "actionZoomIn": lambda: maps.current.zoom_in(),
            "actionZoomOut": lambda: maps.current.zoom_out(),
            "actionTrain": self._training.start,
            "actionPauseTraining": self._training.toggle_pause,
            "actionStopTraining": self._training.stop,
            "actionDiscardTraining": self._training.discard,
            "actionShowFilm": self._map_card.film.open,
            "actionNextUnrated": workspace.ranking.go_to_unrated,
            "actionOpenSkyServer": self._open_sky_server,
            "actionSampSendTable": self._samp.send_table,
            "actionSampSendSelection": self._samp.send_selection,
            "actionSampSendStar": self._samp.send_star,
            "actionSampSendPosition": self._samp.send_position,
            "actionResetLayout": self._layout.arrange,
            "actionKeys": lambda: dialogs.show_keys(self),
            "actionShowLog": dialogs.open_log_folder,
            "actionAbout": lambda: dialogs.show_about(self),
        }
        for name, slot in slots.items():
            do[name].triggered.connect(lambda _=False, slot=slot: slot())
        for rating in RATINGS:
            do[f"actionRate{rating}"].triggered.connect(
                lambda _=False, rating=rating: workspace.ranking.rate(workspace.active, rating)
            )
        for name, tool in TOOLS.items():
            do[name].triggered.connect(lambda _, tool=tool: maps.set_tool(tool))
        for name, mode in MODES.items():
            do[name].triggered.connect(lambda _, mode=mode: maps.set_mode(mode))
        do["actionContours"].toggled.connect(lambda shown: maps.each(lambda one: one.set_contours_visible(shown)))
        self._color_maps.dress(maps)
        self._color_maps.chosen.connect(self._remember_color_maps)
        maps.toolChanged.connect(self._check_tool)
        maps.hintChanged.connect(self._status.set_hint)
        maps.positionChanged.connect(self._status.set_position)
        maps.liveCount.connect(self._status.show_live_count)
        maps.countEnded.connect(self._status.show_counts)
        maps.menuRequested.connect(self._show_map_menu)
        maps.currentChanged.connect(self._update_actions)
        self._map_card.trainRequested.connect(self._training.start)
        welcome = self._map_card.welcome
        welcome.openRequested.connect(files.ask_open)
        welcome.sampleRequested.connect(files.open_sample)
        welcome.fetchRequested.connect(self._get_from_sky_server)
        welcome.pathRequested.connect(files.open_path)
        welcome.recoveryRequested.connect(files.open_recovered)
        self._map_card.restore_bar.restoreRequested.connect(files.open_recovered)
        self._map_card.restore_bar.discardRequested.connect(self._ask_discard)
        files.recovered.connect(self._adopt)
        files.saved.connect(self._recovery.forget)
        for signal in (self._training.trainingEnded, self._training.trainingHeld):
            signal.connect(self._recovery.keep)
        self._path_export.copied.connect(
            lambda count: self.statusBar().showMessage(f"Copied {numbers.count(count)} points of the path", 8000)
        )
        self._runs.filmRequested.connect(self._map_card.film.open)
        workspace.runs.runsChanged.connect(self._update_actions)
        self._data.columns.chosen.connect(files.set_columns)
        self._selection.exportRequested.connect(files.ask_export)
        self._subsets.exportRequested.connect(files.ask_export)
        self._subsets.commands.told.connect(lambda text: self.statusBar().showMessage(text, 8000))
        do["actionSampConnect"].triggered.connect(self._samp.set_connected)
        self._subsets.commands.sendRequested.connect(self._samp.send_subset)
        self._samp.stateChanged.connect(self._show_samp)
        self._samp.told.connect(lambda text: self.statusBar().showMessage(text, 8000))
        do["actionExportFlags"].toggled.connect(files.set_flags)
        files.opened.connect(self._refresh_recent)
        files.saved.connect(self._refresh_recent)
        self._exporter.told.connect(lambda text: self.statusBar().showMessage(text, 30_000))
        files.copied.connect(lambda count: self.statusBar().showMessage(f"Copied {numbers.stars(count)}", 8000))
        files.saved.connect(lambda path: self.statusBar().showMessage(f"Saved to {path}", 8000))
        workspace.errorReported.connect(self.report)
        for signal in (workspace.catalogChanged, workspace.embeddingChanged, workspace.selectionChanged):
            signal.connect(self._update_actions)
        workspace.checkpointChanged.connect(self._update_actions)
        workspace.tasks.changed.connect(self._update_actions)
        workspace.activeChanged.connect(self._update_actions)
        workspace.ranking.rankingChanged.connect(self._update_actions)
        workspace.qualityChanged.connect(self._update_actions)
        for signal in (workspace.embeddingChanged, workspace.previewChanged):
            signal.connect(self._clear_pointer)
        for signal in (workspace.catalogChanged, workspace.unsavedChanged, files.saved):
            signal.connect(self._update_title)
        theme.changed.connect(self._remember_theme)

    def open_survey_map(self, folder: str | Path) -> None:
        """Show the map of an encoded survey in a window of its own."""
        from stellar_gui.gui.survey_map import SurveyMap

        if self._survey_map is None:
            self._survey_map = SurveyMap(self.workspace, self._settings, self)
            self._survey_map.opened.connect(self._files.open_catalog)
            self._color_maps.dress(self._survey_map.map)
        self._survey_map.show()
        self._survey_map.raise_()
        self._survey_map.open_folder(Path(folder))

    def _get_from_sky_server(self) -> None:
        from stellar_gui.gui.panels.sky_server_panel import SkyServerPanel

        if self._sky_server is None:
            self._sky_server = SkyServerPanel(self.workspace, self._settings, self)
            self._sky_server.fetched.connect(self._files.open_path)
        self._sky_server.show()
        self._sky_server.raise_()
        self._sky_server.activateWindow()

    def _open_sky_server(self) -> None:
        catalog, row = self.workspace.catalog, self.workspace.active
        if catalog is not None and row != NO_STAR:
            open_sky_server(self, catalog, row)

    def _show_samp(self) -> None:
        self._status.set_samp(*self._samp.state)
        self._actions["actionSampConnect"].setChecked(self._samp.connected)
        self._actions.allow("actionSampConnect", not self._samp.connecting, "The connection is being made.")
        self._update_actions()

    def _remember_color_maps(self) -> None:
        self._settings.color_maps = self._color_maps.maps

    def _clear_pointer(self) -> None:
        if self.workspace.embedding is None and self.workspace.preview is None:
            self._status.set_position("")
            self._status.set_hint("")

    def _check_tool(self, tool: Tool) -> None:
        for name, other in TOOLS.items():
            if other is tool:
                self._actions[name].setChecked(True)

    def _show_map_menu(self, place: QPoint) -> None:
        self._menus.context_menu().popup(place)

    def _ask_figure(self) -> None:
        from stellar_gui.gui.figure_dialog import FigureDialog

        dialog = FigureDialog(self._maps.current, self._maps.figure_name, self._settings, self)
        dialog.saved.connect(lambda path: self.statusBar().showMessage(f"Saved to {path}", 8000))
        dialog.open()

    def _ask_film(self) -> None:
        title, kinds = "Export the film of the training", ["GIF film (*.gif)"]
        self._exporter.ask("film", title, kinds, "training", self.export_film)

    def export_film(self, path: str | Path) -> None:
        """Write the film of the run shown as an animated GIF of the map's size."""
        from stellar_gui.gui.film_export import FilmExport

        film = self._map_card.film.film
        if film is None:
            return
        export = FilmExport(self.workspace, film, self._map_card.map.viewport().size(), Path(path))
        export.written.connect(lambda done: self._exporter.tell(Path(done)))
        self.statusBar().showMessage("Painting the film\N{HORIZONTAL ELLIPSIS}", 8000)
        export.start()

    def _copy_figure(self) -> None:
        from stellar_gui.gui.figure_dialog import copy_figure

        copy_figure(self._maps.current, self._settings)
        self.statusBar().showMessage("Copied the figure", 8000)

    def save_figure(self, path: str | Path) -> None:
        """Save the map as it is on the screen as a PNG, SVG or PDF file, by its ending."""
        try:
            self._maps.current.save_figure(Path(path))
        except Exception as error:
            self.report(error)

    def _refresh_recent(self) -> None:
        paths = self._settings.recent_files
        self._map_card.welcome.set_recent_files(paths)
        menu = self._menus.recent
        menu.clear()
        for path in paths:
            menu.addAction(path).triggered.connect(lambda _, path=path: self.open_path(path))
        menu.setEnabled(bool(paths))

    def _offer_unsaved(self) -> None:
        """Offer the unsaved work of earlier windows on the welcome page, above the map and in the File menu."""
        found = self._left_over = self._recovery.left_over()
        self._map_card.welcome.set_recovered(found)
        self._map_card.restore_bar.set_copies(found)
        self._actions.allow("actionRestoreUnsaved", bool(found), "All work is saved.")
        about = f" of {found[0].when} on {found[0].name}".replace("&", "&&") if found else ""
        self._actions["actionRestoreUnsaved"].setText(f"Restore &unsaved work{about}\N{HORIZONTAL ELLIPSIS}")

    def _adopt(self, copy: LeftOver) -> None:
        self._recovery.adopt(copy.path)
        self._offer_unsaved()

    def _ask_discard(self, copy: LeftOver) -> None:
        def discard() -> None:
            self._recovery.discard(copy.path)
            self._offer_unsaved()

        dialogs.ask_discard(self, copy.name, copy.when, discard)

    def _update_actions(self) -> None:
        workspace, allow = self.workspace, self._actions.allow
        open_ = workspace.catalog is not None
        mapped = self._maps.usable
        selected = bool(workspace.selection.any())
        training = self._training.training
        for name in ("actionSaveSession", "actionSaveSessionAs", "actionExportReport", "actionExportScript"):
            allow(name, open_, "Open a table of stars first.")
        for name in ("actionExportSelection", "actionCopySelection", "actionFitSelection", "actionClearSelection"):
            allow(name, mapped and selected, "Select stars on the map first.")
        allow("actionNewSubset", selected, "Select stars on the map first.")
        allow("actionImportSubset", open_, "Open a table of stars first.")
        for name in ("actionSelectAll", "actionInvertSelection", "actionSaveFigure", "actionCopyFigure", "actionFit"):
            allow(name, mapped, "Train the autoencoder first.")
        for name in ("actionPreviousView", "actionZoomIn", "actionZoomOut"):
            allow(name, mapped, "Train the autoencoder first.")
        placed = workspace.embedding is not None and not training
        allow("actionToolProbe", workspace.probing.obstacle is None, workspace.probing.obstacle or "")
        allow("actionExportDenoised", placed, "Train the autoencoder first.")
        ready = open_ and bool(np.any(workspace.kept)) and not training
        why = "Open a table of stars first." if not training else "A training is under way."
        allow("actionExportCompressed", ready, why)
        allow("actionTrain", ready, why)
        allow("actionPauseTraining", training or self._training.resumable, "No training is under way.")
        for name in ("actionStopTraining", "actionDiscardTraining"):
            allow(name, training, "No training is under way.")
        allow("actionExportModel", workspace.model is not None, "Train the autoencoder first.")
        for name in ("actionShowFilm", "actionExportFilm"):
            allow(name, self._map_card.film.available, "The run shown has no film; train to make one.")

        for name, obstacle in self._samp.obstacles().items():
            allow(name, obstacle is None, obstacle or "")

        catalog, active = workspace.catalog, workspace.active != NO_STAR
        for rating in RATINGS:
            allow(f"actionRate{rating}", active, "Pick a star first, on the map or in a list.")
        allow("actionNextUnrated", bool(len(workspace.ranking.rows)), "Rank the odd stars first, in the Analyse menu.")
        obstacle = None if catalog is None else no_sky_server_page(catalog)
        allow("actionOpenSkyServer", active and obstacle is None, obstacle or "Pick a star first.")

    def _update_title(self) -> None:
        catalog = self.workspace.catalog
        name = ""
        if self._files.session_path is not None:
            name = Path(self._files.session_path).name
        elif catalog is not None:
            name = catalog.provenance.name
        self.setWindowTitle(f"{name}[*] \N{EM DASH} Stellar GUI" if name else "Stellar GUI")
        self.setWindowModified(bool(name) and self.workspace.unsaved)

    def _remember_theme(self) -> None:
        self._settings.theme = theme.choice


def _toggle(dock: Panel) -> QAction:
    """The action that shows and hides a panel, named for it."""
    toggle = dock.toggleViewAction()
    name = dock.objectName()
    toggle.setObjectName(f"actionShow{name[0].upper()}{name[1:]}")
    return toggle
