"""Every action of the window: its name, text, icon, shortcut and explanation."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from stellar_gui.analysis.selection import Mode
from stellar_gui.gui import icons
from stellar_gui.gui.views.tools import Tool

Key = QKeySequence.StandardKey


@dataclass(frozen=True)
class _Spec:
    """One action; group names the exclusive group it belongs to, checked is the first state of one that is a switch."""

    text: str
    glyph: str | None = None
    shortcut: str | Key | None = None
    tip: str = ""
    group: str | None = None
    checked: bool | None = None


ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
SPECS: Final = {
    "actionOpen": _Spec(f"&Open{ELLIPSIS}", "mdi6.folder-open-outline", Key.Open, "Open a table of stars or a session"),
    "actionOpenFolder": _Spec(
        f"Open &folder{ELLIPSIS}",
        "mdi6.folder-multiple-outline",
        None,
        "Open a part of a survey: of a folder of Parquet files, or of a HATS catalogue",
    ),
    "actionOpenSurveyMap": _Spec(
        f"Open the &map of a survey{ELLIPSIS}",
        "mdi6.map-outline",
        None,
        "Show the latent plane of all stars of an encoded survey, choose stars there, and export or open them",
    ),
    "actionOpenSample": _Spec(
        "Open &sample", "mdi6.creation-outline", "Ctrl+Shift+O", "Open the built-in sample: 255,000 simulated stars"
    ),
    "actionFetch": _Spec(
        f"&Get from SkyServer{ELLIPSIS}",
        "mdi6.cloud-download-outline",
        "Ctrl+Shift+D",
        "Run a query on SkyServer and open the stars it gives",
    ),
    "actionRestoreUnsaved": _Spec(
        f"Restore &unsaved work{ELLIPSIS}", None, None, "Open what was not saved when a window was closed"
    ),
    "actionSaveSession": _Spec("&Save session", "mdi6.content-save-outline", Key.Save, "Save the session"),
    "actionSaveSessionAs": _Spec(
        f"Save session &as{ELLIPSIS}", None, "Ctrl+Shift+S", "Save the session in another file"
    ),
    "actionExportSelection": _Spec(
        f"&Export selection{ELLIPSIS}",
        "mdi6.tray-arrow-up",
        "Ctrl+E",
        "Write the selected stars with latent positions, reconstructed magnitudes and residuals to a file",
    ),
    "actionExportFlags": _Spec(
        "Subsets as &columns of exports",
        None,
        None,
        "Exported tables get a true or false column for each subset",
        checked=True,
    ),
    "actionExportDenoised": _Spec(
        f"Export &denoised catalogue{ELLIPSIS}",
        "mdi6.blur",
        None,
        "Write the table with reconstructed magnitudes in place of the measured ones",
    ),
    "actionExportCompressed": _Spec(
        f"Export &compressed catalogue{ELLIPSIS}",
        "mdi6.zip-box-outline",
        None,
        "Write the table with latent positions and the network in place of the magnitudes",
    ),
    "actionSaveFigure": _Spec(
        f"Save &figure{ELLIPSIS}", "mdi6.image-outline", "Ctrl+Shift+E", "Save the map as a PNG, SVG or PDF figure"
    ),
    "actionExportFilm": _Spec(
        f"Export training f&ilm{ELLIPSIS}", "mdi6.filmstrip", None, "Write the film of the run shown as an animated GIF"
    ),
    "actionExportModel": _Spec(
        f"Export &model{ELLIPSIS}", None, None, "Write the network for other programs, as PyTorch and ONNX"
    ),
    "actionExportReport": _Spec(
        f"Write &report{ELLIPSIS}",
        "mdi6.file-document-outline",
        None,
        "Write data, checks, errors, maps, subsets and findings as one page of HTML",
    ),
    "actionExportScript": _Spec(
        f"Write P&ython script{ELLIPSIS}", "mdi6.language-python", None, "Write a script that repeats the whole session"
    ),
    "actionQuit": _Spec("&Quit", None, Key.Quit, "Close the program"),
    "actionCopySelection": _Spec(
        "&Copy selected stars", "mdi6.content-copy", Key.Copy, "Copy the selected stars as tab-separated text"
    ),
    "actionCopyFigure": _Spec(
        "Copy &figure", "mdi6.image-multiple-outline", "Ctrl+Shift+C", "Copy the map as a picture, as figures are saved"
    ),
    "actionSelectAll": _Spec("Select &all", "mdi6.select-all", "Ctrl+A", "Select every star that takes part"),
    "actionInvertSelection": _Spec("&Invert selection", "mdi6.select-inverse", "Ctrl+I", "Select the others instead"),
    "actionClearSelection": _Spec("&Clear selection", "mdi6.select-remove", "Ctrl+Shift+A", "Select nothing"),
    "actionNewSubset": _Spec(
        "&New subset of selection", "mdi6.set-none", "Ctrl+G", "Keep the selected stars as a subset, under a name"
    ),
    "actionImportSubset": _Spec(
        f"I&mport subsets{ELLIPSIS}",
        None,
        None,
        "Make a subset of a list of identifiers, or apply another session's recipes",
    ),
    "actionToolPick": _Spec(
        "&Pick", "mdi6.cursor-default-outline", "P", "Click picks a star, drag moves the map", "tool"
    ),
    "actionToolRectangle": _Spec("&Rectangle", "mdi6.select-drag", "R", "Drag a rectangle around stars", "tool"),
    "actionToolCircle": _Spec("Circl&e", "mdi6.selection-ellipse", "C", "Drag a circle from its centre", "tool"),
    "actionToolXRange": _Spec(
        "&X range", "mdi6.arrow-expand-horizontal", "X", "Drag along x: a band of stars at any y", "tool"
    ),
    "actionToolYRange": _Spec(
        "&Y range", "mdi6.arrow-expand-vertical", "Y", "Drag along y: a band of stars at any x", "tool"
    ),
    "actionToolLasso": _Spec("&Lasso", "mdi6.lasso", "L", "Draw around stars; release closes the outline", "tool"),
    "actionToolPolygon": _Spec(
        "Poly&gon",
        "mdi6.vector-polygon",
        "G",
        "Click corner by corner; double click, Enter or the first corner closes",
        "tool",
    ),
    "actionToolBrush": _Spec("&Brush", "mdi6.brush-variant", "B", "Drag a circle over stars; [ and ] size it", "tool"),
    "actionToolProbe": _Spec(
        "Prob&e",
        "mdi6.eyedropper",
        "D",
        "Decode the place under the pointer; click pins it, drag draws a path",
        "tool",
    ),
    "actionModeReplace": _Spec(
        "Replac&e", "mdi6.square-outline", None, "The next gesture makes a new selection", "mode"
    ),
    "actionModeAdd": _Spec("A&dd", "mdi6.vector-union", None, "The next gesture adds to the selection (Shift)", "mode"),
    "actionModeRemove": _Spec(
        "Re&move", "mdi6.vector-difference", None, "The next gesture removes from the selection (Ctrl)", "mode"
    ),
    "actionModeIntersect": _Spec(
        "In&tersect",
        "mdi6.vector-intersection",
        None,
        "The next gesture keeps what is selected and inside (Ctrl+Shift)",
        "mode",
    ),
    "actionFit": _Spec("&Fit all", "mdi6.fit-to-screen-outline", "F", "Show all stars"),
    "actionFitSelection": _Spec(
        "Fit &selection", "mdi6.image-filter-center-focus", "Shift+F", "Show the selected stars"
    ),
    "actionPreviousView": _Spec("&Previous view", None, "Backspace", "Go back to the view before"),
    "actionZoomIn": _Spec("Zoom &in", None, "Ctrl++", "Show a smaller part of the map"),
    "actionZoomOut": _Spec("Zoom &out", None, "Ctrl+-", "Show a larger part of the map"),
    "actionContours": _Spec(
        "&Contours", None, None, "Lines around the densest 50, 68, 90, 95 and 99 % of the stars", checked=True
    ),
    "actionTrain": _Spec("&Train", "mdi6.play", "Ctrl+T", "Train the autoencoder on the stars that take part"),
    "actionPauseTraining": _Spec(
        "&Pause or resume", "mdi6.pause", None, "Hold the training, or go on with one that is held"
    ),
    "actionStopTraining": _Spec("&Stop", "mdi6.stop", None, "End the training and keep the best model so far"),
    "actionDiscardTraining": _Spec(
        "&Discard", "mdi6.delete-outline", None, "End the training without a result; the model from before stays"
    ),
    "actionShowFilm": _Spec(
        "Show training &film", "mdi6.filmstrip", None, "The map while the run shown was trained, frame by frame"
    ),
    **{
        f"actionRate{rating}": _Spec(
            f"&{rating}", None, str(rating), f"Rate the picked star {rating} of 5; the same again takes it away"
        )
        for rating in range(6)
    },
    "actionNextUnrated": _Spec(
        "Next &unrated star", "mdi6.debug-step-over", "U", "Pick the next star of the ranking that has no rating"
    ),
    "actionOpenSkyServer": _Spec(
        "Open in &SkyServer", "mdi6.web", None, "Show image and spectrum of the picked star in the web browser"
    ),
    "actionSampConnect": _Spec(
        "&Connect by SAMP",
        "mdi6.connection",
        None,
        "Exchange tables, stars and positions with other programs on this computer, such as TOPCAT and Aladin",
        checked=False,
    ),
    "actionSampSendTable": _Spec(
        "Send &table by SAMP",
        "mdi6.table-arrow-right",
        None,
        "Send the open table to other programs, with what was derived from it",
    ),
    "actionSampSendSelection": _Spec(
        "Send &selection by SAMP", None, None, "Send the selected stars as rows of the table"
    ),
    "actionSampSendStar": _Spec("Send sta&r by SAMP", None, None, "Let other programs highlight the picked star"),
    "actionSampSendPosition": _Spec(
        "Send &position by SAMP", None, None, "Let other programs point at the picked star's place on the sky"
    ),
    "actionResetLayout": _Spec("&Reset layout", None, None, "Put all panels back in their places"),
    "actionKeys": _Spec("&Keys and gestures", None, "Ctrl+?", "All keys and gestures of the map"),
    "actionShowLog": _Spec("Show &log file", None, None, "Open the folder of the log file"),
    "actionAbout": _Spec("&About Stellar GUI", None, None, "Version and licence"),
}
TOOLS: Final = {
    "actionToolPick": Tool.PICK,
    "actionToolRectangle": Tool.RECTANGLE,
    "actionToolCircle": Tool.CIRCLE,
    "actionToolXRange": Tool.X_RANGE,
    "actionToolYRange": Tool.Y_RANGE,
    "actionToolLasso": Tool.LASSO,
    "actionToolPolygon": Tool.POLYGON,
    "actionToolBrush": Tool.BRUSH,
    "actionToolProbe": Tool.PROBE,
}
MODES: Final = {
    "actionModeReplace": Mode.REPLACE,
    "actionModeAdd": Mode.ADD,
    "actionModeRemove": Mode.REMOVE,
    "actionModeIntersect": Mode.INTERSECT,
}
TOOL_ACTIONS: Final = tuple(TOOLS)
MODE_ACTIONS: Final = tuple(MODES)


class Actions:
    """The window's actions by name; those of a group are checkable and exclude each other."""

    def __init__(self, window: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        groups: dict[str, QActionGroup] = {}
        for name, spec in SPECS.items():
            action = QAction(spec.text, window)
            action.setObjectName(name)
            if spec.shortcut is not None:
                action.setShortcut(QKeySequence(spec.shortcut))
            action.setToolTip(_tip(spec, action))
            action.setStatusTip(spec.tip)
            if spec.glyph is not None:
                icons.attach(action, spec.glyph)
            if spec.group is not None:
                action.setCheckable(True)
                groups.setdefault(spec.group, QActionGroup(window)).addAction(action)
            if spec.checked is not None:
                action.setCheckable(True)
                action.setChecked(spec.checked)
            window.addAction(action)
            self._actions[name] = action
        self["actionToolPick"].setChecked(True)
        self["actionModeReplace"].setChecked(True)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def allow(self, name: str, allowed: bool, reason: str) -> None:
        """Enable an action, or disable it and say in its tooltip what it waits for."""
        action, spec = self._actions[name], SPECS[name]
        action.setEnabled(allowed)
        action.setToolTip(_tip(spec, action) if allowed else f"{spec.tip}.\n{reason}")


def _tip(spec: _Spec, action: QAction) -> str:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{spec.tip} ({keys})" if keys else spec.tip
