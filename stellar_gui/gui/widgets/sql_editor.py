"""An editor for SQL: keywords, texts and comments in the theme's colours, in a font of one width."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit

from stellar_gui.catalog.sky_server.sql import TOKEN, Edit
from stellar_gui.gui.theme import theme

_WORDS: Final = """
ALL AND APPLY AS ASC BETWEEN BY CASE CAST CONVERT CROSS DESC DISTINCT ELSE END EXISTS FROM FULL GROUP HAVING IN INNER
INTO IS JOIN LEFT LIKE NOT NULL ON OR ORDER OUTER PERCENT RIGHT SELECT THEN TOP UNION WHEN WHERE WITH
"""
KEYWORDS: Final = frozenset(_WORDS.split())
_IN_COMMENT: Final = 1


class SqlEditor(QPlainTextEdit):
    """Tab leaves the editor; Ctrl+Enter asks to run what is written."""

    runRequested = Signal()

    def __init__(self) -> None:
        super().__init__()
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(9.5)
        self.setFont(font)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._highlighter = SqlHighlighter(self.document())

    def change(self, edit: Edit) -> None:
        """Put other text in a place, as one step that can be undone; the cursor stays where it is."""
        cursor = QTextCursor(self.document())
        text = self.toPlainText()
        for place, mode in (
            (edit.start, QTextCursor.MoveMode.MoveAnchor),
            (edit.end, QTextCursor.MoveMode.KeepAnchor),
        ):
            cursor.setPosition(len(text[:place].encode("utf-16-le")) // 2, mode)
        cursor.insertText(edit.text)

    def replace(self, text: str) -> None:
        """Put a whole text in place of the one there is, as one step that can be undone."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter runs."""
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if held and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.runRequested.emit()
            return
        super().keyPressEvent(event)


class SqlHighlighter(QSyntaxHighlighter):
    """Colours the pieces of SQL line by line; a comment may go over several."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self._choose_colors()
        theme.changed.connect(self._choose_colors)

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        start = 0
        self.setCurrentBlockState(0)
        if self.previousBlockState() == _IN_COMMENT:
            start = text.find("*/") + 2 if "*/" in text else len(text)
            self.setFormat(0, start, self._formats["comment"])
            if "*/" not in text:
                self.setCurrentBlockState(_IN_COMMENT)
        for token in TOKEN.finditer(text, start):
            kind, piece = str(token.lastgroup), token.group()
            if kind == "word" and piece.upper() in KEYWORDS:
                kind = "keyword"
            if kind in self._formats:
                self.setFormat(token.start(), len(piece), self._formats[kind])
            if kind == "comment" and piece.startswith("/*") and (len(piece) < 4 or not piece.endswith("*/")):
                self.setCurrentBlockState(_IN_COMMENT)

    def _choose_colors(self) -> None:
        colors = theme.colors
        for kind, color in (
            ("keyword", colors.primary),
            ("string", colors.primary),
            ("comment", colors.muted),
        ):
            look = QTextCharFormat()
            look.setForeground(QColor(color))
            if kind == "keyword":
                look.setFontWeight(QFont.Weight.DemiBold)
            look.setFontItalic(kind == "comment")
            self._formats[kind] = look
        self.rehighlight()
