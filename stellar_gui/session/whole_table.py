"""What the checks must know of a table that is never in memory as a whole: repeated identifiers, and its classes."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import LARGEST_EXACT_FLOAT, ColumnRoles, is_rounded
from stellar_gui.catalog.quality import QualityCuts, in_classes
from stellar_gui.progress import Progress
from stellar_gui.session.pieces import no_room, temporary_folder

Pieces = Callable[[], Iterator[tuple[pd.DataFrame, float]]]
"""Begins to read a table anew: some rows of it, and the share of it that has been read with them."""

_BUCKETS: Final = 256
_SPILLED_AT_ONCE: Final = 1 << 20
_KEY: Final = np.dtype([("high", "u8"), ("low", "u8"), ("row", "i8")])
_HASH_KEYS: Final = ("0123456789abcdef", "fedcba9876543210")


@dataclass(frozen=True, eq=False)
class TableFacts:
    """rows: of the table; checks_class: whether an allowed class occurs in it; which rows repeat an identifier."""

    rows: int
    checks_class: bool
    _repeated: NDArray[np.uint8] | None = None

    def repeated(self, rows: slice) -> NDArray[np.bool_]:
        """(n,) bool: which of some rows have an identifier that an earlier row has."""
        if self._repeated is None:
            return np.zeros(rows.stop - rows.start, dtype=np.bool_)
        first = rows.start // 8
        bits = np.unpackbits(self._repeated[first : -(-rows.stop // 8)])[rows.start - 8 * first :]
        return bits[: rows.stop - rows.start].astype(np.bool_)


def table_facts(pieces: Pieces, roles: Mapping[str, str], cuts: QualityCuts) -> Generator[Progress, None, TableFacts]:
    """Look through a table for what `quality.check` needs to know of it as a whole.

    roles: column by role, of which those of identifier and class are read. Memory does not grow with the table, but for
    one bit a row where identifiers repeat. Integers that only grow, as those of most surveys, need one look; others
    are looked at once more, and kept in temporary files by a part of their value, one of which is read at a time; of
    one that occurs a million times, few are kept.
    Texts, and numbers with decimals, are compared by 128 bits of hash, which two of a hundred million texts share with
    a probability of 1e-23. Missing and blank identifiers are not compared, and none are where they have lost digits.
    Raises OutputError where there is no room for temporary files.
    """
    identifier = roles.get("identifier") if cuts.unique else None
    rows, last, found, growing = 0, None, False, identifier is not None
    digits = _Digits()
    for frame, share in pieces():
        found = found or has_class(frame, roles, cuts)
        rows += len(frame)
        if identifier is not None:
            digits.add(frame[identifier])
            if growing and (last := _grows(frame[identifier], last)) is None:
                growing = False
        yield Progress(100 * share, 100, "%")
    if identifier is None or growing or digits.lost:
        return TableFacts(rows, found)
    repeated = yield from _repeated(pieces, identifier, rows)
    return TableFacts(rows, found, repeated)


def has_class(frame: pd.DataFrame, roles: Mapping[str, str], cuts: QualityCuts) -> bool:
    """Whether a class that the cuts allow occurs in some rows; roles: column by role."""
    if cuts.classes is None or "class" not in roles:
        return False
    names = dict.fromkeys((*BAND_NAMES, "class"), roles["class"])
    part = Catalog(frame[[roles["class"]]], ColumnRoles(MappingProxyType(names)), Provenance(""))
    return bool(in_classes(part, cuts.classes).any())


class _Digits:
    """Whether identifiers have lost digits, as `columns.is_rounded` says of a whole column."""

    def __init__(self) -> None:
        self._rounded, self._full, self._large = False, False, 0

    def add(self, identifiers: pd.Series) -> None:
        """Take in the next rows."""
        if not types.is_numeric_dtype(identifiers):
            self._full = True
        elif types.is_float_dtype(identifiers):
            self._rounded = self._rounded or is_rounded(identifiers)
        elif not self._full:
            values = identifiers.dropna().to_numpy()
            large = values[values >= int(LARGEST_EXACT_FLOAT)]
            self._full = bool((large % 1000).any())
            self._large += len(large)

    @property
    def lost(self) -> bool:
        return self._rounded or (self._large > 1 and not self._full)


def _grows(identifiers: pd.Series, last: int | None) -> int | None:
    """The last of identifiers that grow from `last` on; None where they do not, or are no integers."""
    if not types.is_integer_dtype(identifiers) or identifiers.isna().any() or not len(identifiers):
        return None
    values = identifiers.to_numpy()
    if (last is not None and int(values[0]) <= last) or not (values[1:] > values[:-1]).all():
        return None
    return int(values[-1])


def _repeated(pieces: Pieces, identifier: str, rows: int) -> Generator[Progress, None, NDArray[np.uint8]]:
    """(rows / 8,) uint8: a bit a row, set where an earlier row has the same identifier."""
    marks = np.zeros(-(-rows // 8), dtype=np.uint8)
    with temporary_folder() as folder:
        start, held = 0, [np.empty(0, _KEY)]
        for frame, share in pieces():
            held.append(_keys(frame[identifier], start))
            start += len(frame)
            if sum(map(len, held)) >= _SPILLED_AT_ONCE:
                _spill(folder, _firsts(np.concatenate(held), marks))
                held.clear()
            yield Progress(100 * share, 100, "%")
        _spill(folder, _firsts(np.concatenate([np.empty(0, _KEY), *held]), marks))
        for bucket in sorted(folder.iterdir()):
            _firsts(np.fromfile(bucket, dtype=_KEY), marks)
            bucket.unlink()
            yield Progress(100, 100, "%")
    return marks


def _firsts(keys: NDArray[np.void], marks: NDArray[np.uint8]) -> NDArray[np.void]:
    """Of keys in the order of their rows the first of each; the rows of the others are marked."""
    keys = keys[np.lexsort((keys["low"], keys["high"]))]  # which keeps the order of equal ones
    same = np.zeros(len(keys), dtype=np.bool_)
    same[1:] = (keys["high"][1:] == keys["high"][:-1]) & (keys["low"][1:] == keys["low"][:-1])
    places = keys["row"][same]
    np.bitwise_or.at(marks, places // 8, (128 >> places % 8).astype(np.uint8))
    return keys[~same]


def _keys(identifiers: pd.Series, start: int) -> NDArray[np.void]:
    """Identifiers that are there as 128 bits each, with their rows: integers as they are, others by their hash."""
    present = identifiers.notna().to_numpy(dtype=np.bool_)
    texts = identifiers.dtype.kind not in "iufb" and not types.is_integer_dtype(identifiers)
    if texts:
        present = present & (identifiers.astype("str").str.strip() != "").to_numpy(dtype=np.bool_)
    places = np.flatnonzero(present)
    values = identifiers.iloc[places]
    keys = np.zeros(len(places), dtype=_KEY)
    keys["row"] = places + start
    if types.is_integer_dtype(values):
        keys["low"] = _bits(values)
        return keys
    plain = values.astype("str").to_numpy(dtype=object) if texts else values.to_numpy(dtype=np.float64)
    for name, key in zip(("high", "low"), _HASH_KEYS, strict=True):
        keys[name] = pd.util.hash_array(plain, hash_key=key, categorize=False)
    keys["high"] |= np.uint64(1)
    if not texts:
        whole = (plain % 1 == 0) & (np.abs(plain) < LARGEST_EXACT_FLOAT)
        keys["low"][whole] = plain[whole].astype(np.int64).view(np.uint64)
        keys["high"][whole] = 0
    return keys


def _bits(integers: pd.Series) -> NDArray[np.uint64]:
    """(n,) uint64: the bits of integers without a missing one."""
    unsigned = types.is_unsigned_integer_dtype(integers)
    return integers.to_numpy(dtype=np.uint64 if unsigned else np.int64).astype(np.uint64)


def _spill(folder: Path, keys: NDArray[np.void]) -> None:
    """Add keys to the files of their buckets."""
    mixed = (keys["high"] ^ keys["low"]) * np.uint64(0x9E3779B97F4A7C15)
    bucket = (mixed >> np.uint64(56)).astype(np.int64)
    order = np.argsort(bucket, kind="stable")
    ends = np.searchsorted(bucket[order], np.arange(_BUCKETS + 1))
    try:
        for number in range(_BUCKETS):
            part = keys[order[ends[number] : ends[number + 1]]]
            if len(part):
                with (folder / f"{number:03d}").open("ab") as file:
                    part.tofile(file)
    except OSError as error:
        raise no_room(folder, error) from error
