"""A field for an expression: names are completed as one types, what is wrong and what it finds stands below."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QListView, QToolButton, QVBoxLayout, QWidget

from stellar_gui.analysis.expression.tree import quoted
from stellar_gui.gui import icons
from stellar_gui.gui.widgets.panel import caption

HINT = "Stars by an expression, such as  latent_1 > 0 & u - g < 0.6"
_REST = 120  # ms without a key until the expression is looked at
_WORD = re.compile(r"(?:`[^`]*|[^\W\d]\w*)$")


class ExpressionField(QWidget):
    """Asks by `changed` to be answered, by Enter for its stars, and by its button for a subset of them."""

    changed = Signal(str)
    selectRequested = Signal(str)
    subsetRequested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.edit = _CompletedEdit()
        self.edit.setObjectName("subsetExpression")
        self.edit.setAccessibleName("Expression for stars")
        self.edit.setPlaceholderText("latent_1 > 0 & u - g < 0.6")
        self.edit.setToolTip(f"{HINT}\nEnter selects them; columns and subsets are completed")
        self._answer = caption("")
        self._answer.setObjectName("expressionAnswer")
        self._select = _button("mdi6.select-search", "expressionSelect", "Select these stars", "Enter")
        self._save = _button("mdi6.plus", "expressionSubset", "Make a subset of these stars")
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(self.edit, 1)
        line.addWidget(self._select)
        line.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self._answer)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(lambda: self.changed.emit(self.text()))
        self.edit.textChanged.connect(lambda _: self._rest.start())
        self.edit.returnPressed.connect(lambda: self.selectRequested.emit(self.text()))
        self._select.clicked.connect(lambda: self.selectRequested.emit(self.text()))
        self._save.clicked.connect(lambda: self.subsetRequested.emit(self.text()))
        self.answer("")

    def text(self) -> str:
        """What is typed, without spaces around it."""
        return self.edit.text().strip()

    def set_names(self, names: Sequence[str]) -> None:
        """The names that are completed."""
        self.edit.set_names(names)

    def answer(self, text: str, wrong: bool = False) -> None:
        """Say below the field what was found, or what is wrong; buttons wait for something to be found."""
        self._answer.setText(text)
        self._answer.setProperty("warning", wrong)
        self._answer.setProperty("muted", not wrong)
        self._answer.style().polish(self._answer)
        for button in (self._select, self._save):
            button.setEnabled(bool(text) and not wrong)


class _CompletedEdit(QLineEdit):
    """Completes the word at the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self._names = QStringListModel(self)
        self._completer = QCompleter(self._names, self)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._popup = QListView()
        self._popup.setObjectName("expressionCompletions")
        self._popup.setAccessibleName("Names that complete the word")
        self._completer.setPopup(self._popup)
        self._completer.activated.connect(self._complete)
        self.textEdited.connect(self._offer)

    def set_names(self, names: Sequence[str]) -> None:
        """The names that are completed."""
        if list(names) != self._names.stringList():
            self._names.setStringList(list(names))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Tab take the completion that is marked."""
        popup = self._popup
        if popup.isVisible():
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and popup.currentIndex().isValid():
                event.ignore()
                return
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                popup.hide()
        super().keyPressEvent(event)

    def _word(self) -> str:
        found = _WORD.search(self.text()[: self.cursorPosition()])
        return "" if found is None else found[0]

    def _offer(self) -> None:
        word = self._word().lstrip("`")
        self._completer.setCompletionPrefix(word)
        one = self._completer.completionCount() == 1 and self._completer.currentCompletion() == word
        if word and self._completer.completionCount() and not one:
            self._completer.complete()
        else:
            self._popup.hide()

    def _complete(self, name: str) -> None:
        end, text = self.cursorPosition(), self.text()
        start = end - len(self._word())
        self.setText(text[:start] + quoted(name) + text[end:])
        self.setCursorPosition(start + len(quoted(name)))


def _button(glyph: str, name: str, text: str, key: str = "") -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(f"{text} ({key})" if key else text)
    button.setProperty("quiet", True)
    icons.attach(button, glyph)
    return button
