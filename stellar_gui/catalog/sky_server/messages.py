"""What a server says in place of a table: pages, JSON and plain text, as one sentence."""

import json
import re
from html.parser import HTMLParser
from typing import Any, Final

from stellar_gui.errors import ServerError

_LONGEST: Final = 240
_ENOUGH: Final = 1 << 16
_NOTHING: Final = re.compile(r"\bno (objects|rows|entries|records|results|data)\b|\bnot return any\b", re.IGNORECASE)
_EXPLAINED: Final = re.compile(
    r"SQL returned|incorrect syntax|invalid (?:column|object)|maximum|time-?out|too many", re.IGNORECASE
)
_FAULT: Final = re.compile(
    rf"{_EXPLAINED.pattern}|\berror\b|exception|denied|not allowed|rejected|unavailable", re.IGNORECASE
)
_BEGINS: Final = re.compile(r"\s*\W?(?:error|sql|exception|incorrect|invalid|sorry|error_message)\b", re.IGNORECASE)
_WORDS_OF_A_NAME: Final = 3
_STATUS: Final = {
    401: "asks for a password; use a server that is open to all",
    403: "does not let this query pass; change it, or try another server",
    404: "has no such page; check the data release and the server's address",
    429: "has been asked too often; wait a minute and try again",
}


def message(head: bytes, status: int) -> str | None:
    """What an answer says, where its beginning is no table; None where it may be one."""
    text = head[:_ENOUGH].decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    if text.startswith("<"):
        return _short(_page(text))
    if text.startswith(("{", "[")):
        return _short(_json(text))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return "" if not text or status >= 400 else _short(text)
    names = lines[0].split(",")
    prose = any(len(name.split()) > _WORDS_OF_A_NAME for name in names) or _BEGINS.match(lines[0])
    return _short(" ".join(lines)) if prose or status >= 400 else None


def refusal(host: str, said: str, page: bool, status: int) -> ServerError:
    """The error of an answer that is no table but says this; page: whether it is a web page; status: of HTTP."""
    quoted = f": \N{LEFT DOUBLE QUOTATION MARK}{said}\N{RIGHT DOUBLE QUOTATION MARK}" if said else ""
    if said.startswith("#Table") or (_NOTHING.search(said) and not _FAULT.search(said)):
        return nothing_found(host)
    if status in _STATUS:
        return ServerError(f"{host} {_STATUS[status]}{quoted}.")
    if status >= 500 and not re.search(r"sql|syntax|invalid", said, re.IGNORECASE):
        return ServerError(f"{host} is out of order (status {status}); try again later{quoted}.")
    if status >= 400 or _FAULT.search(said):
        return ServerError(f"{host} refused the query{quoted}.")
    if page:
        return ServerError(
            f"{host} answered with a web page instead of a table; check the server's address and the data "
            f"release{quoted}."
        )
    if not said:
        return ServerError(f"{host} sent an empty answer; try again later.")
    return ServerError(f"{host} sent no table{quoted}.")


def nothing_found(host: str) -> ServerError:
    """The error of a query that is right but has no rows."""
    return ServerError(f"{host} found nothing for this query; widen its conditions.")


def _short(text: str) -> str:
    """Plain text in one line, cut to a length for a sentence, without a full stop."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split()).rstrip(".")
    return line if len(line) <= _LONGEST else line[:_LONGEST].rsplit(" ", 1)[0] + "\N{HORIZONTAL ELLIPSIS}"


def _page(text: str) -> str:
    """The text of a web page, from where it explains a fault if it does."""
    reader = _Text()
    reader.feed(text)
    words = " ".join(" ".join(reader.found).split()) or " ".join(reader.title.split())
    fault = _EXPLAINED.search(words)
    return words[fault.start() :] if fault is not None else words


def _json(text: str) -> str:
    """The first text in a JSON answer that stands under a name that speaks of a message or an error."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        name, value = waiting.pop(0)
        if isinstance(value, str) and re.search("message|error", name, re.IGNORECASE):
            return value
        if isinstance(value, dict):
            waiting.extend((str(key), each) for key, each in value.items())
        elif isinstance(value, list):
            waiting.extend((name, each) for each in value)
    return text


class _Text(HTMLParser):
    """Collects what a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.title = ""
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Text of scripts and styles is not shown, that of the title elsewhere."""
        if tag in ("script", "style", "title"):
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        """Back to what is shown."""
        if tag == self._inside:
            self._inside = None

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if self._inside is None:
            self.found.append(data)
        elif self._inside == "title":
            self.title += data
