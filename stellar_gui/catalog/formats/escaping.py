"""Text in files that do not hold every character: how the others are written there, and found again."""

import re
import sys
from collections.abc import Callable
from typing import Final

_ESCAPE: Final = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_ascii(text: str) -> str:
    r"""The text as printable ASCII; where there is more, that and each backslash becomes `\u00e9` or the like."""
    return _escaped(text, lambda part: part.isascii() and part.isprintable())


def to_xml(text: str) -> str:
    """The text without the characters that XML has no form for, as `to_ascii` does it."""
    return _escaped(text, lambda part: not _NOT_XML.search(part))


def original(text: str) -> str:
    """The text that `to_ascii` or `to_xml` wrote."""
    return _ESCAPE.sub(_letter, text)


def escape(letter: str) -> str:
    """The escape for one character."""
    return f"\\u{ord(letter):04x}" if ord(letter) < 2**16 else f"\\U{ord(letter):08x}"


def _escaped(text: str, is_plain: Callable[[str], bool]) -> str:
    if is_plain(text) and not _ESCAPE.search(text):
        return text
    return "".join(letter if is_plain(letter) and letter != "\\" else escape(letter) for letter in text)


def _letter(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= sys.maxunicode else match[0]
