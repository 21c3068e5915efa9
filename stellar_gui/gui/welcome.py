"""The welcome state: what to do when nothing is open."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from stellar_gui.gui import icons
from stellar_gui.gui.recovery import LeftOver
from stellar_gui.gui.theme import theme
from stellar_gui.gui.widgets.card import ElidedLabel, headline
from stellar_gui.session.opening import is_session

WIDTH = 540
ROW_HEIGHT = 34


class Welcome(QWidget):
    """Offers to open a file, to drop one, to take the sample, and the recent files."""

    openRequested = Signal()
    sampleRequested = Signal()
    fetchRequested = Signal()
    pathRequested = Signal(str)
    recoveryRequested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("welcome")
        title = headline("See the structure in a star catalogue", 1.6)
        lead = QLabel(
            "Open a table of stars with the magnitudes u g r i z. An autoencoder learns to describe each star by two "
            "numbers; on the map of these numbers groups and odd stars show."
        )
        lead.setProperty("muted", True)
        lead.setWordWrap(True)
        open_button = QPushButton("Open a file\N{HORIZONTAL ELLIPSIS}")
        open_button.setObjectName("welcomeOpen")
        open_button.setProperty("main", True)
        open_button.clicked.connect(self.openRequested)
        sample = QPushButton("Open the sample")
        sample.setObjectName("welcomeSample")
        sample.setToolTip("255,000 simulated stars of seven populations, as in a table of the SDSS")
        sample.clicked.connect(self.sampleRequested)
        fetch = QPushButton("Get from SkyServer\N{HORIZONTAL ELLIPSIS}")
        fetch.setObjectName("welcomeFetch")
        fetch.setToolTip("Run the lecture's query, or another, on the archive of the SDSS")
        fetch.clicked.connect(self.fetchRequested)
        hint = QLabel("or drop a CSV, Parquet or .stellar file on this window")
        hint.setProperty("muted", True)
        self._recovered_title = QLabel("Unsaved work")
        self._recovered_title.setObjectName("cardTitle")
        self._recovered = QVBoxLayout()
        self._recovered.setSpacing(2)
        self._recent_title = QLabel("Recent files")
        self._recent_title.setObjectName("cardTitle")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(open_button)
        buttons.addWidget(sample)
        buttons.addWidget(fetch)
        buttons.addStretch(1)
        column = QWidget()
        column.setFixedWidth(WIDTH)
        inner = QVBoxLayout(column)
        inner.setSpacing(12)
        inner.addWidget(title)
        inner.addWidget(lead)
        inner.addSpacing(4)
        inner.addLayout(buttons)
        inner.addWidget(hint)
        inner.addSpacing(12)
        inner.addWidget(self._recovered_title)
        inner.addLayout(self._recovered)
        inner.addWidget(self._recent_title)
        inner.addLayout(self._recent)
        lead.setMinimumHeight(lead.heightForWidth(WIDTH - 20))
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(column, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)

    def set_recent_files(self, paths: list[str]) -> None:
        """Offer these files, newest first."""
        self._recent_title.setVisible(bool(paths))
        _clear(self._recent)
        for path in paths:
            folder, _, name = path.rpartition("/")
            glyph = "mdi6.star-four-points-outline" if is_session(Path(path)) else "mdi6.table"
            row = _Row(glyph, name, folder, path)
            row.clicked.connect(lambda _, path=path: self.pathRequested.emit(path))
            self._recent.addWidget(row)

    def set_recovered(self, found: Sequence[LeftOver]) -> None:
        """Offer copies of work that was not saved when a window closed."""
        self._recovered_title.setVisible(bool(found))
        _clear(self._recovered)
        for copy in found:
            row = _Row("mdi6.history", f"Restore {copy.name}", f"kept {copy.when}", copy.origin or copy.catalog)
            row.setObjectName("recoverButton")
            row.clicked.connect(lambda _, copy=copy: self.recoveryRequested.emit(copy))
            self._recovered.addWidget(row)


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.deleteLater()


class _Row(QPushButton):
    """One thing to open: a picture, its name, and more about it in grey."""

    def __init__(self, glyph: str, name: str, detail: str, tip: str) -> None:
        super().__init__()
        self.setProperty("flatRow", True)
        self.setAccessibleName(f"{name}, {detail}")
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._glyph = glyph
        self._mark = QLabel()
        title = QLabel(name)
        title.setTextFormat(Qt.TextFormat.PlainText)
        more = ElidedLabel(Qt.TextElideMode.ElideLeft)
        more.setText(detail)
        more.setProperty("muted", True)
        for label in (self._mark, title, more):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(title)
        row.addWidget(more, 1)
        self.setFixedHeight(ROW_HEIGHT)
        self._draw_mark()
        theme.changed.connect(self._draw_mark)

    def _draw_mark(self) -> None:
        self._mark.setPixmap(icons.pixmap(self._glyph))
