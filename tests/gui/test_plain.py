"""Names that look like HTML are shown letter by letter."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocument

from stellar_gui.gui.widgets.card import ElidedLabel, headline
from stellar_gui.gui.widgets.panel import caption
from stellar_gui.gui.widgets.plain import plain_tip

NAME = "<b>x</b><img src=y>"


@pytest.mark.parametrize("text", [NAME, "u < 3", "blue & bright", "first <i>\nsecond"])
def test_a_tooltip_shows_its_text(qapp: object, text: str) -> None:
    tip = plain_tip(text)
    if GuiQt.mightBeRichText(tip):
        document = QTextDocument()
        document.setHtml(tip)
        tip = document.toPlainText()
    assert tip == text


def test_labels_show_their_text(qapp: object) -> None:
    elided = ElidedLabel()
    elided.resize(600, 20)
    elided.setText(NAME)
    for label in (elided, caption(NAME), headline(NAME, 1.2)):
        assert label.text() == NAME
        assert label.textFormat() is Qt.TextFormat.PlainText
