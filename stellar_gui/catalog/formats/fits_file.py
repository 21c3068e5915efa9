"""FITS files from outside: their headers, checked before they are believed, and where their tables are."""

import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.errors import InputError

if TYPE_CHECKING:
    from astropy.io import fits

BLOCK: Final = 2880
CARD: Final = 80
_END: Final = re.compile(rb"(?:.{80})*?END {77}", re.DOTALL)
_MOST_CARDS: Final = 40_000
_MOST_UNITS: Final = 1_000
_KINDS: Final = ("BINTABLE", "A3DTABLE", "TABLE")


@dataclass(frozen=True, eq=False)
class TableUnit:
    """A header-and-data unit that holds a table.

    number: its place in the file, the primary unit being 0; name: its EXTNAME, perhaps empty; start: where its data
    begin, bytes.
    """

    number: int
    name: str
    header: "fits.Header"
    start: int

    @property
    def is_text(self) -> bool:
        """Whether it is an ASCII table."""
        return str(self.header["XTENSION"]).strip() == "TABLE"


def table_units(path: Path, data: NDArray[np.uint8]) -> Iterator[tuple["fits.Header", TableUnit]]:
    """The file's tables in order, each with the primary header; pictures are passed over.

    Raises InputError for a header that is damaged.
    """
    primary: fits.Header | None = None
    place = number = 0
    while place < len(data) and number < _MOST_UNITS:
        if number and data[place : place + len(b"XTENSION")].tobytes() != b"XTENSION":
            return  # what follows the last unit means nothing
        header, start = _header(path, data, place)
        primary = header if primary is None else primary
        if number and str(header.get("XTENSION", "")).strip() in _KINDS and not header.get("ZIMAGE", False):
            yield primary, TableUnit(number, str(header.get("EXTNAME", "")).strip(), header, start)
        place = start + -(-_data_size(path, header) // BLOCK) * BLOCK
        number += 1


def count(path: Path, header: "fits.Header", key: str, default: int | None = None) -> int:
    """A whole number from 0 on in a header; InputError where it is none."""
    value: Any = header.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise damaged(path, f"its header has no proper {key}")
    return value


def damaged(path: Path, why: str) -> InputError:
    """The error for a FITS file that contradicts itself."""
    return InputError(f"{path.name}: the FITS file is damaged: {why}; download or copy it again.")


def _header(path: Path, data: NDArray[np.uint8], place: int) -> tuple["fits.Header", int]:
    """The header that begins at a place, and where its data begin."""
    from astropy.io import fits

    blocks = b""
    found = None
    while found is None:
        block = data[place + len(blocks) : place + len(blocks) + BLOCK].tobytes()
        if len(block) < BLOCK or len(blocks) > _MOST_CARDS * CARD:
            raise damaged(path, "a header has no end")
        blocks += block
        found = len(blocks) if _END.match(block) else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = fits.Header.fromstring(blocks)
            _ = [card.value for card in header.cards]
    except (fits.VerifyError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise damaged(path, "a header cannot be read") from error
    return header, place + found


def _data_size(path: Path, header: "fits.Header") -> int:
    """Bytes of a unit's data, as FITS standard 4.0, section 4.4.1, computes them."""
    axes = [count(path, header, f"NAXIS{k}") for k in range(1, min(count(path, header, "NAXIS", 0), 999) + 1)]
    if axes and axes[0] == 0 and header.get("GROUPS") is True:
        axes = axes[1:]
    if not axes:
        return 0
    bits = header.get("BITPIX")
    if bits not in (8, 16, 32, 64, -32, -64):
        raise damaged(path, "its header has no proper BITPIX")
    width: int = abs(bits) // 8
    return width * count(path, header, "GCOUNT", 1) * (count(path, header, "PCOUNT", 0) + math.prod(axes))
