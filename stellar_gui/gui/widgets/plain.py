"""Texts with names of the user's or of a file's, which Qt would take for HTML where they look like it."""

from html import escape

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """A tooltip that shows the text letter by letter; labels have a text format for that, tooltips have none."""
    return escape(text).replace("\n", "<br>") if Qt.mightBeRichText(text) else text
