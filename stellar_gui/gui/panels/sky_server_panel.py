"""Get from SkyServer: asks what to get, says what is sent before it is sent, and shows how far it is and what came."""

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from stellar_gui import numbers
from stellar_gui.catalog.sky_server.fetching import Fetched, Query, fetch
from stellar_gui.errors import InputError, StellarError
from stellar_gui.gui.panels.sky_server_form import SkyServerForm
from stellar_gui.gui.settings import Settings
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.widgets.panel import caption
from stellar_gui.gui.workspace import Workspace
from stellar_gui.progress import Progress

SIZE: Final = (760, 680)
_SENT_LINES: Final = 3
_SHARES: Final = 1000
ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"


class SkyServerPanel(QDialog):
    """A window of its own that stays beside the main one; `fetched` hears the path of what was kept.

    Below the form stands what will be sent where, and one of four pages: get the stars (with a sentence where
    something went wrong), the question before anything is sent, what is coming, what came.
    """

    fetched = Signal(str)

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("skyServerPanel")
        self.setAccessibleName("Get from SkyServer panel")
        self.setWindowTitle("Get from SkyServer")
        self._workspace, self._settings = workspace, settings
        self._task: Task | None = None
        self._query: Query | None = None
        self._target = Path()
        self._form = SkyServerForm(settings)
        self._message = _label("skyServerMessage", "What went wrong")
        self._where = caption("")
        self._where.setObjectName("skyServerWhere")
        self._get = _button("skyServerGet", "&Get stars", "Get stars from SkyServer", main=True)
        self._get.setToolTip("Ctrl+Enter in the query does the same")
        self._sent = QPlainTextEdit()
        self._sent.setObjectName("skyServerSent")
        self._sent.setAccessibleName("What will be sent")
        self._sent.setReadOnly(True)
        self._sent.setTabChangesFocus(True)
        self._sent.setFixedHeight(_SENT_LINES * self._sent.fontMetrics().lineSpacing() + 12)
        self._question = _label("skyServerQuestion", "Whether to send the query")
        self._trust = QCheckBox()
        self._trust.setObjectName("skyServerTrust")
        self._send = _button("skyServerSend", "&Send", "Send the query", main=True)
        self._back = _button("skyServerBack", "&Back", "Send nothing and go back")
        self._bar = QProgressBar()
        self._bar.setObjectName("skyServerProgress")
        self._bar.setAccessibleName("Progress of the stars that arrive")
        self._bar.setFixedHeight(6)
        self._bar.setTextVisible(False)
        self._doing = _label("skyServerDoing", "What is being done")
        self._cancel = _button("skyServerCancel", "&Cancel", "Stop getting stars")
        self._done = _label("skyServerDone", "What was kept")
        self._warning = _label("skyServerWarning", "Why stars may be missing", warning=True)
        self._again = _button("skyServerAgain", "&New query", "Ask for other stars")
        self._close = _button("skyServerClose", "C&lose", "Close the panel", main=True)
        self._pages = QStackedWidget()
        self._idle_page = _page([self._message], [self._get])
        self._ask_page = _page([self._question, self._trust], [self._back, self._send])
        self._running_page = _page([self._doing, self._bar], [self._cancel])
        self._done_page = _page([self._done, self._warning], [self._again, self._close])
        for page in (self._idle_page, self._ask_page, self._running_page, self._done_page):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self._form, 1)
        layout.addWidget(self._where)
        layout.addWidget(self._sent)
        layout.addWidget(self._pages)
        self.resize(*SIZE)
        self._form.changed.connect(self._say_where)
        self._form.runRequested.connect(self._ask)
        for button, slot in (
            (self._get, self._ask),
            (self._send, self._agree),
            (self._back, self._show_idle),
            (self._cancel, self.cancel),
            (self._again, self._begin_anew),
            (self._close, self.close),
        ):
            button.clicked.connect(lambda _=False, slot=slot: slot())
        self._say_where()
        self._show_idle()

    def cancel(self) -> None:
        """Stop getting stars, if that is under way."""
        if self._task is not None:
            self._doing.setText(f"Cancelling{ELLIPSIS}")
            self._cancel.setEnabled(False)
            self._task.cancel()

    def _ask(self) -> None:
        """Show what will be sent, and send it at once to a server that the user trusts."""
        if self._pages.currentWidget() is not self._idle_page:
            return
        try:
            self._query, self._target = self._form.query(), self._form.path()
        except InputError as error:
            self._show_idle(_capital(str(error)))
            return
        self._form.remember()
        server = self._query.server
        if server.address in self._settings.trusted_sky_servers:
            self._start()
            return
        self._question.setText(f"Send this to {server.address} now?")
        self._trust.setText(f"Always send queries to {server.host} without asking")
        self._trust.setChecked(False)
        self._turn_to(self._ask_page, self._send)

    def _agree(self) -> None:
        if self._query is not None and self._trust.isChecked():
            self._settings.trust_sky_server(self._query.server.address)
        self._start()

    def _start(self) -> None:
        query, target = self._query, self._target
        if query is None:
            return

        def work() -> Generator[Any, None, Fetched]:
            return fetch(query, target)

        self._task = Task("Getting stars from SkyServer", work, outlives=True)
        self._task.progressed.connect(self._show_progress)
        self._task.finished.connect(self._show_done)
        self._task.failed.connect(self._show_failure)
        self._task.ended.connect(self._end)
        self._doing.setText(f"Asking {query.server.host}{ELLIPSIS}")
        self._where.setText(f"This is what {query.server.host} was sent, and nothing else.")
        self._bar.setRange(0, 0)
        self._cancel.setEnabled(True)
        self._turn_to(self._running_page, self._cancel)
        self._workspace.tasks.start(self._task)

    def _show_progress(self, progress: Progress) -> None:
        if progress.total:
            self._bar.setRange(0, _SHARES)
            self._bar.setValue(round(_SHARES * min(progress.done / progress.total, 1.0)))
        else:
            self._bar.setRange(0, 0)
        keeping = "Reading" if progress.unit == "bytes" else "Keeping"
        self._doing.setText(_capital(progress.note) or f"{keeping} the table{ELLIPSIS}")

    def _show_done(self, fetched: Fetched) -> None:
        self._task = None
        size = numbers.file_size(fetched.size)
        self._done.setText(f"{numbers.stars(fetched.rows)} kept in {fetched.path} ({size}); the window opens them.")
        self._warning.setText(fetched.warning)
        self._warning.setVisible(bool(fetched.warning))
        self._turn_to(self._done_page, self._close)
        self._settings.remember_folder(str(fetched.path))
        self.fetched.emit(str(fetched.path))

    def _show_failure(self, error: Exception) -> None:
        self._task = None
        if not isinstance(error, StellarError):
            self._workspace.report(error)
        divided = self._query is not None and self._query.split is not None
        kept = " The parts that are whole are kept: getting them again goes on there." if divided else ""
        self._show_idle(f"{_capital(str(error))}{kept}" if isinstance(error, StellarError) else "")

    def _end(self) -> None:
        """Where the work neither finished nor failed, it was cancelled."""
        if self._task is not None:
            self._task = None
            self._show_idle("Cancelled.")

    def _begin_anew(self) -> None:
        self._form.propose_path()
        self._show_idle()

    def _show_idle(self, message: str = "") -> None:
        self._message.setText(message)
        self._message.setVisible(bool(message))
        _mark(self._message, message != "Cancelled.")
        self._turn_to(self._idle_page, self._get)

    def _turn_to(self, page: QWidget, button: QPushButton) -> None:
        """Show a page; the form is open to changes on the first alone."""
        self._form.set_open(page is self._idle_page)
        self._pages.setCurrentWidget(page)
        button.setDefault(True)
        button.setFocus()

    def _say_where(self) -> None:
        try:
            query = self._form.query()
        except InputError:
            self._where.setText("What will be sent")
            self._sent.setPlainText("")
            return
        server, statements = query.server, query.statements()
        what = "This" if len(statements) == 1 else f"{len(statements):,} queries, of which this is the first,"
        how = "" if server.encrypted else " Others on the way can read it: the address is not https."
        self._where.setText(f"{what} will be sent to {server.host}, and nothing else.{how}")
        self._sent.setPlainText(str(server.request(statements[0])))


def _capital(sentence: str) -> str:
    """A sentence with a capital at its beginning, unless that is a host's name."""
    first = sentence.split(" ", 1)[0]
    return sentence if "." in first or ":" in first else sentence[:1].upper() + sentence[1:]


def _label(name: str, meaning: str, warning: bool = False) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setAccessibleName(meaning)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setProperty("warning", warning)
    return label


def _mark(label: QLabel, warning: bool) -> None:
    """Show a label as a warning, or not."""
    label.setProperty("warning", warning)
    label.style().unpolish(label)
    label.style().polish(label)


def _button(name: str, text: str, meaning: str, main: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(meaning)
    button.setProperty("main", main)
    return button


def _page(content: list[QWidget], buttons: list[QPushButton]) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    for widget in content:
        column.addWidget(widget)
    column.addStretch(1)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    column.addLayout(row)
    return page
