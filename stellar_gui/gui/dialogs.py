"""The few dialogs: errors, keys and about."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from stellar_gui import __version__
from stellar_gui.errors import StellarError
from stellar_gui.logfile import log_path, record_unexpected

KEYS = (
    (
        "Select",
        (
            ("P R C X Y L G B D", "pick, rectangle, circle, x range, y range, lasso, polygon, brush, probe"),
            ("plain, Shift, Ctrl, Ctrl+Shift", "replace, add, remove, intersect"),
            ("Ctrl+click", "add or remove one star"),
            (
                "polygon",
                "click sets a corner; Enter, double click or the first corner closes; Backspace takes one back",
            ),
            ("Ctrl+A, Ctrl+I, Ctrl+Shift+A", "all, invert, none"),
            ("Ctrl+Z, Ctrl+Shift+Z", "undo, redo"),
            ("handles and fields", "change the last region; Ctrl+click or Delete takes out a polygon's corner"),
            ("Esc", "end the gesture, let go of its region or of the pinned place, back to Pick, clear"),
            ("[ ]", "size of the brush"),
        ),
    ),
    (
        "Subsets",
        (
            ("Ctrl+G", "keep the selection as a subset, its name edited in place"),
            ("Enter, Space", "in their list: select the stars of one, draw the chosen ones or not"),
            ("F2, Delete, Alt+Up, Alt+Down", "rename, delete, move up and down, which is the order of drawing"),
        ),
    ),
    (
        "Look",
        (
            ("wheel", "zoom at the pointer; over an axis that axis alone"),
            ("middle drag, Space+drag", "move the map; right drag stretches it"),
            ("F, Shift+F, Backspace", "all stars, the selection, the view before"),
            ("arrows, + -", "move and zoom with the map in focus"),
        ),
    ),
    (
        "Probe (D)",
        (
            ("pointer", "decodes the place of the latent view under it, shown in the star panel"),
            ("click, drag", "pins the place; draws a path, decoded in the path panel"),
            ("Left, Right", "in the path's charts: step along it"),
        ),
    ),
    (
        "Odd stars",
        (
            ("Left, Right", "in their list or the star panel: walk the ranking"),
            ("0 to 5", "rate the picked star; the same again takes it away"),
            ("U", "the next star of the ranking without a rating"),
        ),
    ),
    (
        "Runs and their films",
        (
            ("Enter, F2, Delete", "in the list of runs: show, rename, delete"),
            ("arrows, Home, End, Space", "in the filmstrip: frame by frame, to its ends, play or hold"),
            ("Esc", "close the film"),
        ),
    ),
)


def show_error(parent: QWidget, error: Exception, remedy: tuple[str, Callable[[], None]] | None = None) -> None:
    """Say what went wrong in one sentence; for what nobody foresaw, where the details are.

    remedy: the text of a further button and what it does.
    """
    box = QMessageBox(parent)
    box.setObjectName("errorDialog")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("Stellar GUI")
    box.setTextFormat(Qt.TextFormat.PlainText)
    if isinstance(error, StellarError):
        box.setText(str(error))
    else:
        sentence = record_unexpected(error)
        box.setText(f"{sentence[0].upper()}{sentence[1:]}. Your work is unchanged.")
    box.addButton(QMessageBox.StandardButton.Close)
    if remedy is not None:
        box.addButton(remedy[0], QMessageBox.ButtonRole.ActionRole).clicked.connect(remedy[1])
    box.open()


def ask_discard(parent: QWidget, name: str, when: str, discard: Callable[[], None]) -> None:
    """Ask before unsaved work is removed for good."""
    box = QMessageBox(parent)
    box.setObjectName("discardDialog")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Discard the unsaved work of {when} on {name}?")
    box.setInformativeText("It is in no other file, and cannot be brought back.")
    box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole).clicked.connect(discard)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.open()


def show_keys(parent: QWidget) -> None:
    """List all keys and gestures of the map."""
    lines = []
    for title, rows in KEYS:
        lines.append(f"<tr><td colspan='2'><h4>{title}</h4></td></tr>")
        lines += [f"<tr><td><b>{keys}</b>&nbsp;&nbsp;&nbsp;</td><td>{text}</td></tr>" for keys, text in rows]
    _inform(parent, "keysDialog", "Keys and gestures", f"<table cellpadding='2' width='560'>{''.join(lines)}</table>")


def show_about(parent: QWidget) -> None:
    """Say what the program is, which version, and under which licence."""
    _inform(
        parent,
        "aboutDialog",
        "About Stellar GUI",
        f"<h3>Stellar GUI {__version__}</h3><p>Explore the structure of star catalogues in the latent space of an "
        "autoencoder.</p><p>BSD 3-Clause License.</p>",
    )


def open_log_folder() -> None:
    """Show the folder of the log file in the desktop's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path().parent)))


def _inform(parent: QWidget, name: str, title: str, html: str) -> None:
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(html)
    box.addButton(QMessageBox.StandardButton.Close)
    box.open()
