"""Small helpers that write HTML and SVG: every text is escaped unless it is markup already."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

_NOT_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_EMPTY: Final = {"meta": ">", "image": "/>", "line": "/>", "circle": "/>", "rect": "/>", "path": "/>"}
"""How elements without content end."""


class Markup(str):
    """Text that is HTML or SVG already."""


def text(value: str) -> Markup:
    """A text with the signs of HTML escaped; what no page may hold becomes a replacement character."""
    return value if isinstance(value, Markup) else Markup(escape(_NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", value)))


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Parts one after the other."""
    return Markup(between.join(text(part) for part in parts))


def tag(name: str, /, *content: str, **attributes: str | float) -> Markup:
    """An element; attributes: `class_` for class, a_b for a-b; empty ones are left out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(_attribute(value))}"'
        for key, value in attributes.items()
        if value != ""
    )
    if name in _EMPTY:
        return Markup(f"<{name}{given}{_EMPTY[name]}")
    return Markup(f"<{name}{given}>{joined(content)}</{name}>")


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> Markup:
    """A table whose first column names its rows; words: how many columns are text, the others being numbers."""
    kinds = ["" if place < words else "number" for place in range(len(heads))]
    head = joined(tag("th", name, scope="col", class_=kind) for name, kind in zip(heads, kinds, strict=True))
    body = joined(
        (
            tag(
                "tr",
                tag("th", row[0], scope="row"),
                *(tag("td", cell, class_=kind) for cell, kind in zip(row[1:], kinds[1:], strict=True)),
            )
            for row in rows
        ),
        "\n",
    )
    inside = tag("table", tag("caption", caption), tag("thead", tag("tr", head)), tag("tbody", body))
    return tag("div", inside, class_="scrolled", tabindex=0, role="region", aria_label=caption)


def facts(pairs: Iterable[tuple[str, str]]) -> Markup:
    """A list of terms and what is said of each."""
    return tag("dl", *(joined((tag("dt", term), tag("dd", said))) for term, said in pairs if said))


def _attribute(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
