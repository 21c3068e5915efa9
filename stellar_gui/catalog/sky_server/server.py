"""A SkyServer: its address, its data release, and what is sent to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from stellar_gui.errors import InputError

DEFAULT_ADDRESS: Final = "https://skyserver.sdss.org"
DEFAULT_RELEASE: Final = "dr18"
_PATH: Final = "SkyServerWS/SearchTools/SqlSearch"
_LONGEST_ADDRESS: Final = 2_000
"""Characters of an address that every server takes; longer queries are sent as a form."""


@dataclass(frozen=True)
class Request:
    """What is sent: GET an address, or POST a form to it."""

    method: str
    address: str
    form: Mapping[str, str]

    def __str__(self) -> str:
        """All of it, as text for people."""
        return " ".join([self.method, self.address, *([urlencode(self.form)] if self.form else [])])


@dataclass(frozen=True)
class Server:
    """A server and the data release that it is asked for.

    address: https:// and a host, http:// where that is written; without a scheme https is meant. release: `dr18`,
    `DR18` or `18`. Raises InputError for what is neither.
    """

    address: str = DEFAULT_ADDRESS
    release: str = DEFAULT_RELEASE

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", _address(self.address))
        number = re.fullmatch(r"\s*(?:dr)?\s*(\d{1,3})\s*", self.release, re.IGNORECASE | re.ASCII)
        if number is None:
            raise InputError(f"'{self.release}' is no data release; write it as DR18.")
        object.__setattr__(self, "release", f"dr{int(number[1])}")

    @property
    def host(self) -> str:
        """The server's name, with its port where that is unusual."""
        return urlsplit(self.address).netloc

    @property
    def encrypted(self) -> bool:
        """Whether what is sent to it cannot be read on the way."""
        return self.address.startswith("https:")

    def request(self, sql: str) -> Request:
        """What asks this query of the server: an address, or a form where that would be too long."""
        address = f"{self.address}/{self.release}/{_PATH}"
        form = {"cmd": sql, "format": "csv"}
        whole = f"{address}?{urlencode(form)}"
        return Request("GET", whole, {}) if len(whole) <= _LONGEST_ADDRESS else Request("POST", address, form)


def _address(text: str) -> str:
    text = text.strip()
    wrong = f"'{text}' is no address of a server; write it as {DEFAULT_ADDRESS}."
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        parts.port  # noqa: B018  raises ValueError
    except ValueError as error:
        raise InputError(wrong) from error
    sound = re.fullmatch(r"[\x21-\x7e]+", whole) and parts.scheme in ("http", "https") and parts.hostname
    if not sound or parts.query or parts.fragment or "@" in parts.netloc or "\\" in whole:
        raise InputError(wrong)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
