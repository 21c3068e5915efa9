"""The dialog that asks where something is to be written."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where(
    parent: QWidget,
    name: str,
    title: str,
    folder: str,
    filters: Iterable[str],
    stem: str,
    chosen: Callable[[str], object],
) -> None:
    """Open a dialog, beginning in folder; chosen is called with the path that the user takes.

    name: of the dialog for tests, less `FileDialog`. filters: kinds of files such as 'CSV table (*.csv)', the first
    the default; one without an ending, 'Folder (*)', adds none. stem: the name that is proposed, without its ending.
    """
    kinds = list(filters)
    dialog = QFileDialog(parent, title, folder)
    dialog.setObjectName(f"{name}FileDialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(kinds)

    def follow(kind: str) -> None:
        _, dot, ending = kind.rstrip(")").partition("*.")
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(f"{stem}.{ending}" if dot else stem)

    follow(kinds[0])
    dialog.filterSelected.connect(follow)
    dialog.fileSelected.connect(chosen)
    dialog.open()
