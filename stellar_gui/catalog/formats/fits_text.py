"""What FITS headers say of their file beside its structure, and how metadata are written there."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from stellar_gui.catalog.formats.escaping import escape, original, to_ascii

if TYPE_CHECKING:
    from astropy.io import fits

_WIDTH: Final = 72
_LOST_BLANK: Final = re.compile(r"^ | $| (?= )")
_ENTRY: Final = re.compile(r"^([A-Za-z_][\w .-]*?): (.*)$")
_STRUCTURE: Final = re.compile(
    r"^(SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|TFIELDS|THEAP|EXTNAME|EXTVER|EXTLEVEL|CHECKSUM|"
    r"DATASUM|HISTORY|COMMENT|CONTINUE|END|T[A-Z]{3,5}\d+|)$"
)


def history_lines(metadata: Mapping[str, str]) -> list[str]:
    """Metadata as HISTORY cards `key: value`, each going on in cards that begin with two blanks."""
    lines = []
    for key, value in metadata.items():
        text = f"{to_ascii(key)}: {_LOST_BLANK.sub(lambda blank: escape(blank[0]), to_ascii(value))}"
        begins = ""
        while text:
            part = text[: _WIDTH - len(begins)]
            if len(part) < len(text):
                part = part.rstrip(" ")
            lines.append(begins + part)
            text, begins = text[len(part) :], "  "
    return lines


def metadata_of(header: "fits.Header") -> dict[str, str]:
    """What a header says of its file, by key: HISTORY cards `key: value`, other HISTORY and COMMENT, other keywords."""
    found = {
        card.keyword: str(card.value)
        for card in header.cards
        if not _STRUCTURE.match(card.keyword) and card.value != ""
    }
    entries, others = _entries(header.get("HISTORY", ()))
    comments = "\n".join(str(line) for line in header.get("COMMENT", ()))
    texts = {"history": "\n".join(others), "comment": comments}
    return found | {key: text for key, text in texts.items() if text} | entries


def _entries(lines: Iterable[object]) -> tuple[dict[str, str], list[str]]:
    """The entries that `history_lines` wrote, and the other lines."""
    joined: list[str] = []
    for line in map(str, lines):
        if line.startswith("  ") and joined:
            joined[-1] += line[2:]
        else:
            joined.append(line)
    entries, others = {}, []
    for line in joined:
        match = _ENTRY.match(line + " " * line.endswith(":"))
        if match is None:
            others.append(line)
            continue
        entries[original(match[1])] = original(match[2])
    return entries, others
