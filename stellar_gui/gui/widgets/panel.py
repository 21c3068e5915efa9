"""The panel: a dock that looks like a card, with one title and one line of facts at the right."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from stellar_gui.gui import icons
from stellar_gui.gui.widgets.card import ElidedLabel

LEAST_HEIGHT = 120
LEAST_WIDTH = 290


class Panel(QDockWidget):
    """A dockable card; subclasses add their content to `body`, facts to the right of the title by `set_facts`."""

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.setAccessibleName(f"{title} panel")
        self._title = ElidedLabel(Qt.TextElideMode.ElideMiddle)
        self._title.setObjectName("cardTitle")
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._title.setText(title)
        self._facts = ElidedLabel()
        self._facts.setProperty("muted", True)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setTitleBarWidget(self._header())

        content = QFrame()
        content.setObjectName("panelBody")
        scroll = _ColumnScroll()
        inner = QWidget()
        inner.setObjectName("panelInner")
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(12, 2, 12, 12)
        self.body.setSpacing(6)
        scroll.setWidget(inner)
        outer = QVBoxLayout(content)
        outer.setContentsMargins(1, 0, 1, 1)
        outer.addWidget(scroll)
        self.setWidget(content)

    def set_title(self, title: str) -> None:
        """Change the title on the card; the name in menus and tabs stays."""
        self._title.setText(title)

    def title(self) -> str:
        """The title on the card."""
        return self._title.full_text()

    def set_facts(self, facts: str) -> None:
        """Change the line of facts at the right of the title."""
        self._facts.setText(facts)

    def facts(self) -> str:
        """The line of facts."""
        return self._facts.full_text()

    def add_to_header(self, widget: QWidget) -> None:
        """Put a control at the right end of the title's line."""
        self._title_line.insertWidget(self._title_line.count() - 1, widget)

    def _header(self) -> QWidget:
        header = QFrame()
        header.setObjectName("panelHeader")
        self._title_line = layout = QHBoxLayout(header)
        layout.setContentsMargins(12, 8, 6, 4)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._facts, 1)
        close = QToolButton()
        close.setObjectName("panelClose")
        close.setAccessibleName(f"Close the {self.windowTitle()} panel")
        close.setToolTip("Close; Window menu brings it back")
        close.setAutoRaise(True)
        icons.attach(close, "mdi6.close")
        close.clicked.connect(self.close)
        layout.addWidget(close)
        return header


class _ColumnScroll(QScrollArea):
    """Scrolls up and down only, and is never narrower than what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the content when it comes to need more room."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        """As wide as the content needs, and high enough to be found."""
        content: QWidget | None = self.widget()
        width = 0 if content is None else content.minimumSizeHint().width()
        return QSize(max(width, LEAST_WIDTH) + self.verticalScrollBar().sizeHint().width(), LEAST_HEIGHT)


def caption(text: str) -> QLabel:
    """A wrapped line of secondary text."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("muted", True)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return label
