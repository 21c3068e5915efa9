"""Tables that other programs offer: the question whether to open one, and opening it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.errors import MissingBandsError
from stellar_gui.gui.column_dialog import ColumnDialog
from stellar_gui.gui.dialogs import show_error
from stellar_gui.gui.files import Files
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Workspace
from stellar_gui.session.samp.messages import TableOffer
from stellar_gui.session.samp.tables import open_offer

DECLINED = "The user has not taken the table."
Answer = Callable[[str | None], None]
"""Called with None where the table is open, else with why not."""


class Offers(QObject):
    """Takes offered tables, one at a time."""

    def __init__(self, workspace: Workspace, files: Files, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._files = files
        self._window = window
        self._task: Task | None = None

    @property
    def busy(self) -> bool:
        """Whether a question waits for the user, or an offered table is being opened."""
        return QApplication.activeModalWidget() is not None or self._task in self._workspace.tasks.running

    def take(self, offer: TableOffer, answer: Answer) -> None:
        """Open an offered table, after a question where another is open."""
        catalog = self._workspace.catalog
        if catalog is None or self._workspace.unsaved:
            self._open(offer, answer)
            return
        box = QMessageBox(self._window)
        box.setObjectName("offerDialog")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("Table by SAMP")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(_sentence(offer))
        box.setInformativeText(f"Open it in place of {catalog.provenance.name}?")
        box.addButton(QMessageBox.StandardButton.Cancel)
        button = box.addButton("Open table", QMessageBox.ButtonRole.AcceptRole)
        button.setObjectName("offerOpen")
        box.accepted.connect(lambda: self._open(offer, answer))
        box.rejected.connect(lambda: answer(DECLINED))
        box.open()

    def _open(self, offer: TableOffer, answer: Answer, columns: Mapping[str, str] = MappingProxyType({})) -> None:
        def failed(error: Exception) -> None:
            if isinstance(error, MissingBandsError) and len(error.columns) >= len(BAND_NAMES):
                show_error(self._window, error, ("Choose columns\N{HORIZONTAL ELLIPSIS}", lambda: ask(error.columns)))
            else:
                self._workspace.report(error)
            answer(str(error))

        def ask(names: tuple[str, ...]) -> None:
            dialog = ColumnDialog(offer.name, names, self._window)
            dialog.chosen.connect(lambda chosen: self._open(offer, answer, chosen))
            dialog.open()

        self._files.open_other(
            f"Opening the table from {offer.sender}",
            lambda: open_offer(offer, columns),
            taken=lambda: answer(None),
            failed=failed,
            began=self._follow,
            declined=lambda: answer(DECLINED),
            reason=_sentence(offer),
        )

    def _follow(self, task: Task) -> None:
        self._task = task


def _sentence(offer: TableOffer) -> str:
    return f"{offer.sender} sends the table {offer.name}." if offer.name else f"{offer.sender} sends a table."
