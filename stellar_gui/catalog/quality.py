"""Quality checks: which rows of a catalogue take part, and for what reason each other row does not."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.catalog.bands import BANDS
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.columns import is_rounded
from stellar_gui.errors import InputError

SENTINEL: Final = 99.0
ZERO_FLUX_WIDTH: Final = 0.005
FEWEST_DETECTED: Final = 2
_BLOCK: Final = 4096
_FLOAT32_STEP: Final = 2e-6  # spacing of float32 at 25 mag


class Reason(IntEnum):
    """Why a row takes no part, in the order in which the checks are made; the value is the code in Quality.reason."""

    GOOD = 0
    NOT_FINITE = 1
    SENTINEL = 2
    OUT_OF_RANGE = 3
    ZERO_FLUX = 4
    DUPLICATE = 5
    OTHER_CLASS = 6

    @property
    def label(self) -> str:
        """The reason in words."""
        return _LABELS[self]


_LABELS: Final = {
    Reason.GOOD: "good",
    Reason.NOT_FINITE: "missing magnitude",
    Reason.SENTINEL: "placeholder magnitude",
    Reason.OUT_OF_RANGE: "magnitude out of range",
    Reason.ZERO_FLUX: "zero-flux magnitude",
    Reason.DUPLICATE: "duplicate identifier",
    Reason.OTHER_CLASS: "other class",
}


@dataclass(frozen=True)
class QualityCuts:
    """Which checks are made; that all five magnitudes are finite is always checked.

    sentinel: no magnitude is a placeholder: <= -99 or >= 99 (-9999, -999, -99, 99, 99.99, 999, 9999, ...).
    magnitude_range: smallest and largest magnitude allowed in every band, both included, mag; None for any.
    zero_flux: no magnitude lies within 0.005 mag (included) of its band's asinh magnitude of zero flux.
    mask_zero_flux: in place of this check, bands without a detection (at that magnitude, or fainter: no flux above
        zero) are masked, and their stars kept, as long as two bands are left, which make a colour.
    unique: no earlier row has the same identifier (missing identifiers are not compared).
    classes: the classes allowed, in any case, if the class column holds one of them at all; None for all.

    Raises InputError for a range that holds nothing or has no end, and for classes without a name.
    """

    sentinel: bool = True
    magnitude_range: tuple[float, float] | None = (0.0, 30.0)
    zero_flux: bool = True
    unique: bool = True
    mask_zero_flux: bool = False
    classes: tuple[str, ...] | None = ("STAR",)

    def __post_init__(self) -> None:
        if self.magnitude_range is not None:
            low, high = self.magnitude_range
            if not low < high:
                raise InputError(f"no magnitude is between {low:g} and {high:g}; give the smaller one first")
            if not (math.isfinite(low) and math.isfinite(high)):
                raise InputError(
                    f"a magnitude range from {low:g} to {high:g} has no end; give two finite numbers, or no range"
                )
        if self.classes is not None:
            object.__setattr__(self, "classes", tuple(dict.fromkeys(self.classes)))


@dataclass(frozen=True, eq=False)
class WholeTable:
    """What the checks need to know of a whole table when they see n of its rows.

    repeated: (n,) bool, the rows whose identifier an earlier row of the table has; checks_class: whether a class that
    is allowed occurs in the table at all.
    """

    repeated: NDArray[np.bool_]
    checks_class: bool


@dataclass(frozen=True, eq=False)
class Quality:
    """The outcome of the checks on n rows.

    reason: (n,) uint8, the code of the first Reason that removes the row, 0 (GOOD) for a row that is kept.
    kept: (n,) bool, reason == 0. Both read-only.
    removed: number of rows by first reason; found: number of rows that match a reason whether its check is made or
        not (one row may match several; with no magnitude range none is out of it). Both without GOOD.
    note: what a check could not do, in one or more sentences; empty where nothing is to be said.
    masked: (n, 5) bool, the bands without a detection, read-only; None where the cuts do not mask them.
    """

    reason: NDArray[np.uint8]
    kept: NDArray[np.bool_]
    removed: Mapping[Reason, int]
    found: Mapping[Reason, int]
    note: str = ""
    masked: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        for array in (self.reason, self.kept, self.masked):
            if array is not None:
                array.setflags(write=False)


def check(catalog: Catalog, cuts: QualityCuts, whole: WholeTable | None = None) -> Quality:
    """Check every row of a catalogue; whole: of the table of which it is a part, None where it is the whole.

    Identifiers that were rounded (floats beyond 2**53) are not compared, since different stars share one.
    Zero-flux magnitudes are those of Stoughton et al. 2002, AJ 123, 485, as in `bands.BANDS`.
    """
    magnitudes = catalog.magnitudes
    finite = np.isfinite(magnitudes)
    zero_flux = _zero_flux(magnitudes)
    masked = not_detected(magnitudes) if cuts.mask_zero_flux else None
    removed = zero_flux if masked is None else np.count_nonzero(masked, axis=1) > len(BANDS) - FEWEST_DETECTED
    classes = cuts.classes or QualityCuts().classes or ()
    if whole is None:
        duplicate, duplicate_note = duplicates(catalog)
        other_class, class_note = _other_class(catalog, classes)
    else:
        duplicate, duplicate_note, class_note = whole.repeated, "", ""
        none = np.zeros(len(catalog), dtype=np.bool_)
        other_class = ~in_classes(catalog, classes) if whole.checks_class else none
    checks: tuple[tuple[Reason, bool, NDArray[np.bool_]], ...] = (
        (Reason.NOT_FINITE, True, _any_band(~finite)),
        (Reason.SENTINEL, cuts.sentinel, _any_band(finite & (np.abs(magnitudes) >= SENTINEL))),
        (Reason.OUT_OF_RANGE, cuts.magnitude_range is not None, _out_of_range(magnitudes, cuts.magnitude_range)),
        (Reason.ZERO_FLUX, cuts.zero_flux or cuts.mask_zero_flux, removed),
        (Reason.DUPLICATE, cuts.unique, duplicate),
        (Reason.OTHER_CLASS, cuts.classes is not None, other_class),
    )
    reason = np.zeros(len(catalog), dtype=np.uint8)
    for code, made, matches in reversed(checks):
        if made:
            reason[matches] = code
    counts = np.bincount(reason, minlength=len(Reason))
    notes = [duplicate_note if cuts.unique else "", class_note if cuts.classes is not None else ""]
    return Quality(
        reason=reason,
        kept=reason == Reason.GOOD,
        removed=MappingProxyType({code: int(counts[code]) for code in Reason if code is not Reason.GOOD}),
        found=MappingProxyType(
            {code: int(np.count_nonzero(matches)) for code, _, matches in checks}
            | {Reason.ZERO_FLUX: int(np.count_nonzero(zero_flux))}
        ),
        note=" ".join(filter(None, notes)),
        masked=masked,
    )


def not_detected(magnitudes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(n, 5) bool: the bands in which no flux above zero was measured, from magnitudes (n, 5), mag."""
    faintest = np.array([band.zero_flux - ZERO_FLUX_WIDTH for band in BANDS], np.float32) - np.float32(_FLOAT32_STEP)
    with np.errstate(invalid="ignore"):
        found: NDArray[np.bool_] = magnitudes >= faintest
    return found


def class_note(catalog: Catalog, cuts: QualityCuts) -> str:
    """Why the classes of a catalogue that has some are not checked, in one sentence; empty where they are."""
    return _other_class(catalog, cuts.classes)[1] if cuts.classes else ""


def duplicates(catalog: Catalog) -> tuple[NDArray[np.bool_], str]:
    """(n,) bool, the rows with the identifier of an earlier row, and why none are told, in one sentence, else empty."""
    none = np.zeros(len(catalog), dtype=np.bool_)
    column = catalog.columns.get("identifier")
    if column is None:
        return none, ""
    identifiers = catalog.table[column]
    if is_rounded(identifiers):
        return none, (
            f"The identifiers in {column} have lost their last digits, so that different stars share one; "
            "they are not compared."
        )
    present = identifiers.notna().to_numpy(dtype=np.bool_)
    if identifiers.dtype.kind not in "iufb":
        present = present & (identifiers.astype("str").str.strip() != "").to_numpy(dtype=np.bool_)
    return identifiers.duplicated(keep="first").to_numpy(dtype=np.bool_) & present, ""


def _any_band(matches: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n,) bool from (n, 5), in a time that follows the matches: `any` along short rows is many times slower."""
    found = np.zeros(len(matches), dtype=np.bool_)
    found[np.flatnonzero(matches) // matches.shape[1]] = True
    return found


def _out_of_range(magnitudes: NDArray[np.float32], limits: tuple[float, float] | None) -> NDArray[np.bool_]:
    if limits is None:
        return np.zeros(len(magnitudes), dtype=np.bool_)
    with np.errstate(over="ignore"):  # a limit beyond float32 is beyond every magnitude
        low, high = np.float32(limits[0]), np.float32(limits[1])
    return _any_band((magnitudes < low) | (magnitudes > high))


def _zero_flux(magnitudes: NDArray[np.float32]) -> NDArray[np.bool_]:
    width = np.float32(ZERO_FLUX_WIDTH + _FLOAT32_STEP)
    zero = np.tile(np.array([band.zero_flux for band in BANDS], dtype=np.float32), (_BLOCK, 1))
    found = np.empty(magnitudes.shape, dtype=np.bool_)
    for start in range(0, len(magnitudes), _BLOCK):  # many rows at a time: numpy is slow along rows of five
        rows = magnitudes[start : start + _BLOCK]
        with np.errstate(over="ignore"):  # infinitely far away is far enough
            np.less_equal(np.abs(rows - zero[: len(rows)]), width, out=found[start : start + _BLOCK])
    return _any_band(found)


def _other_class(catalog: Catalog, classes: tuple[str, ...]) -> tuple[NDArray[np.bool_], str]:
    none = np.zeros(len(catalog), dtype=np.bool_)
    labels = catalog.labels
    if labels is None:
        return none, ""
    found = in_classes(catalog, classes)
    if not found.any():
        named = " or ".join(name.upper() for name in classes)
        return none, f"No row has the class {named} in {catalog.columns['class']}; the class is not checked."
    return ~found, ""


def in_classes(catalog: Catalog, classes: tuple[str, ...]) -> NDArray[np.bool_]:
    """(n,) bool: the rows of one of some classes, in any case; none where no column tells classes."""
    labels = catalog.labels
    if labels is None:
        return np.zeros(len(catalog), dtype=np.bool_)
    wanted = labels.categories.isin([name.strip().upper() for name in classes])
    found: NDArray[np.bool_] = np.append(wanted, False)[labels.codes]
    return found
