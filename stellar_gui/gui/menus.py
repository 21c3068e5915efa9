"""The menu bar and the toolbar: which action stands where."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QWidget

from stellar_gui.gui.actions import MODE_ACTIONS, TOOL_ACTIONS, Actions
from stellar_gui.gui.theme import ThemeChoice, theme

SEPARATOR = ""
FILE = (
    "actionOpen",
    "actionOpenFolder",
    "actionOpenSurveyMap",
    "actionOpenSample",
    "actionFetch",
    "recent",
    "actionRestoreUnsaved",
    SEPARATOR,
    "actionSaveSession",
    "actionSaveSessionAs",
    SEPARATOR,
    "actionExportSelection",
    "actionExportFlags",
    "actionExportDenoised",
    "actionExportCompressed",
    "actionSaveFigure",
    "actionExportFilm",
    "actionExportModel",
    SEPARATOR,
    "actionExportReport",
    "actionExportScript",
    SEPARATOR,
    "actionQuit",
)
EDIT = ("actionUndo", "actionRedo", SEPARATOR, "actionCopySelection", "actionCopyFigure")
SELECT = (
    "actionSelectAll",
    "actionInvertSelection",
    "actionClearSelection",
    SEPARATOR,
    "actionNewSubset",
    "actionImportSubset",
    "subsets",
    SEPARATOR,
    *TOOL_ACTIONS,
    SEPARATOR,
    *MODE_ACTIONS,
)
VIEW = (
    "actionFit",
    "actionFitSelection",
    "actionPreviousView",
    "actionZoomIn",
    "actionZoomOut",
    SEPARATOR,
    "colour",
    "colourMap",
    "stretch",
    "actionContours",
    SEPARATOR,
    "theme",
)
TRAINING = (
    "actionTrain",
    "actionPauseTraining",
    "actionStopTraining",
    "actionDiscardTraining",
    SEPARATOR,
    "actionShowFilm",
)
RATE = tuple(f"actionRate{rating}" for rating in range(6))
STAR = ("rate", "actionNextUnrated", "actionOpenSkyServer")
INTEROP = (
    "actionSampConnect",
    "sampTarget",
    SEPARATOR,
    "actionSampSendTable",
    "actionSampSendSelection",
    "subsetSend",
    "actionSampSendStar",
    "actionSampSendPosition",
)
HELP = ("actionKeys", "actionShowLog", SEPARATOR, "actionAbout")
TOOLBAR = (
    "actionOpen",
    "actionOpenSample",
    "actionSaveSession",
    SEPARATOR,
    *TOOL_ACTIONS,
    SEPARATOR,
    *MODE_ACTIONS,
    SEPARATOR,
    "actionUndo",
    "actionRedo",
    SEPARATOR,
    "actionFit",
    "actionFitSelection",
)
CONTEXT = (
    *TOOL_ACTIONS,
    SEPARATOR,
    "actionFit",
    "actionFitSelection",
    "colour",
    "colourMap",
    SEPARATOR,
    "actionSelectAll",
    "actionInvertSelection",
    "actionClearSelection",
    SEPARATOR,
    "actionNewSubset",
    "actionExportSelection",
    "actionCopySelection",
    "actionSampSendPosition",
    SEPARATOR,
    "actionCopyFigure",
    "actionSaveFigure",
)


class Menus:
    """Builds the menus and the toolbar of a window from its actions; `recent` is filled by the window."""

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        undo: QAction,
        redo: QAction,
        stretches: Sequence[QAction],
        colours: QMenu,
        colour_maps: QMenu,
        subsets: QMenu,
        samp_targets: QMenu,
        subset_send: QAction,
    ) -> None:
        self._window = window
        self._named: dict[str, QAction] = {"actionUndo": undo, "actionRedo": redo, "subsetSend": subset_send}
        self._actions = actions
        self.recent = QMenu("Open &recent", window)
        self._submenus = {
            "recent": self.recent,
            "colour": colours,
            "colourMap": colour_maps,
            "subsets": subsets,
            "sampTarget": samp_targets,
            "stretch": _choices("&Stretch", stretches, window),
            "theme": _choices("&Theme", _theme_actions(window), window),
            "rate": QMenu("&Rate the star", window),
        }
        self.fill(self._submenus["rate"], RATE)
        for title, names in (("&File", FILE), ("&Edit", EDIT), ("&Select", SELECT), ("&View", VIEW)):
            self.fill(window.menuBar().addMenu(title), names)
        self.fill(window.menuBar().addMenu("&Training"), TRAINING)
        self.analyse_menu = window.menuBar().addMenu("&Analyse")
        self.fill(window.menuBar().addMenu("&Interop"), INTEROP)
        self.window_menu = window.menuBar().addMenu("&Window")
        self.fill(window.menuBar().addMenu("&Help"), HELP)
        self.toolbar = self._make_toolbar()

    def fill(self, menu: QMenu, names: Sequence[str]) -> None:
        """Add actions, submenus and separators by their names."""
        for name in names:
            if name == SEPARATOR:
                menu.addSeparator()
            elif name in self._submenus:
                menu.addMenu(self._submenus[name])
            else:
                menu.addAction(self._action(name))

    def star_actions(self) -> list[QAction]:
        """What can be done with a star: rate it, go to the next unrated one, look it up."""
        return [self._submenus[name].menuAction() if name in self._submenus else self._action(name) for name in STAR]

    def context_menu(self) -> QMenu:
        """A new menu of what can be done on the map."""
        menu = QMenu(self._window)
        menu.setObjectName("mapMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill(menu, CONTEXT)
        return menu

    def _action(self, name: str) -> QAction:
        return self._named.get(name) or self._actions[name]

    def _make_toolbar(self) -> QToolBar:
        toolbar = self._window.addToolBar("Tools")
        toolbar.setObjectName("toolBar")
        toolbar.setMovable(False)
        toolbar.setIconSize(QSize(18, 18))
        for name in TOOLBAR:
            if name == SEPARATOR:
                toolbar.addSeparator()
            else:
                toolbar.addAction(self._action(name))
        spacer = QWidget()
        spacer.setSizePolicy(spacer.sizePolicy().Policy.Expanding, spacer.sizePolicy().Policy.Preferred)
        toolbar.addWidget(spacer)
        export = self._actions["actionExportSelection"]
        toolbar.addAction(export)
        button = toolbar.widgetForAction(export)
        button.setProperty("toolButtonStyle", Qt.ToolButtonStyle.ToolButtonTextBesideIcon.value)
        return toolbar


def _choices(title: str, actions: Sequence[QAction], window: QWidget) -> QMenu:
    menu = QMenu(title, window)
    group = QActionGroup(window)
    for action in actions:
        group.addAction(action)
        menu.addAction(action)
    return menu


def _theme_actions(window: QWidget) -> list[QAction]:
    actions = []
    for choice in ThemeChoice:
        action = QAction(choice.value.capitalize(), window)
        action.setObjectName(f"actionTheme{choice.value.capitalize()}")
        action.setCheckable(True)
        action.setChecked(theme.choice is choice)
        action.setData(choice)
        action.triggered.connect(lambda _, choice=choice: theme.choose(choice))
        actions.append(action)
    return actions
