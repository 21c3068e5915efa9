"""Which column of a table plays which role: bands, their errors and extinction, sky position, redshift, name, class."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.column_names import (
    BAND_SPELLINGS,
    CLASSES,
    FAMILIES,
    IDENTIFIERS,
    POSITIONS,
    REDDENINGS,
    REDSHIFTS,
    error_names,
    extinction_names,
    plain,
)
from stellar_gui.errors import InputError, MissingBandsError

ERROR_ROLES: Final = tuple(f"err_{band}" for band in BAND_NAMES)
EXTINCTION_ROLES: Final = tuple(f"extinction_{band}" for band in BAND_NAMES)
REDDENING: Final = "ebv"
ROLES: Final = (
    *BAND_NAMES,
    *("ra", "dec", "redshift", "identifier", "class"),
    *(*ERROR_ROLES, REDDENING, *EXTINCTION_ROLES),
)
LARGEST_EXACT_FLOAT: Final = 2.0**53
_LARGEST_REDSHIFT: Final = 8.0  # no SDSS star is brighter in z than this, and hardly a quasar is farther
_NAMES_IN_MESSAGE: Final = 30
_HEAD: Final = 1000  # rows that nearly always settle a question about all


@dataclass(frozen=True)
class ColumnRoles(Mapping[str, str]):
    """Column name by role; a role that no column plays is absent.

    Roles: u, g, r, i, z (always present in a Catalog), ra, dec (deg), redshift, identifier, class, err_u ... err_z
    (photometric errors, mag), ebv (E(B-V), mag), extinction_u ... extinction_z (mag).
    """

    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __getitem__(self, role: str) -> str:
        return self.names[role]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Recognition:
    """What the names and contents of a table's columns say about their roles.

    roles: the column of each role, in the order of ROLES.
    candidates: by role, every column that could play it, the preferred first; a role without any is absent.
    ambiguous: roles whose column is a guess among several that would change the result; the user should be asked.
    """

    roles: ColumnRoles
    candidates: Mapping[str, tuple[str, ...]]
    ambiguous: frozenset[str]


def recognise(frame: pd.DataFrame, chosen: Mapping[str, str] = MappingProxyType({})) -> Recognition:
    """Find the column of each role by name (in any case, with or without unit) and content.

    The five bands come from one family of names where one is complete, in the order of preference of
    `column_names.FAMILIES`; a family of which the user chose a column goes first. A column `z` is the redshift when
    the z band is found under another name.

    chosen: the user's column by role, which overrides what would be found; an empty name leaves the role (not a
    band) to no column.
    Raises InputError for a band that no column plays, and for an unknown role or column.
    """
    wanted = _checked(frame, chosen)
    taken = {column for column in wanted.values() if column}
    free = [column for column in frame.columns if isinstance(column, str) and column not in taken]
    roles, candidates = _find_bands(frame, free, wanted)
    candidates |= _other_candidates(frame, [column for column in free if column not in roles.values()], roles)
    if not all(candidates[role] or wanted.get(role) for role in ERROR_ROLES):
        candidates |= {role: [] for role in ERROR_ROLES}  # a lone `zErr` is a redshift's
    for role in ROLES[len(BAND_NAMES) :]:
        if wanted.get(role):
            roles[role] = wanted[role]
        elif candidates[role] and role not in wanted:
            roles[role] = candidates[role][0]

    settled = {_family(wanted[band]) for band in BAND_NAMES if band in wanted} - {None}
    ambiguous = {band for band in BAND_NAMES if len(candidates[band]) > 1 and _family(roles[band]) not in settled}
    if sum(plain(column) != "z" for column in candidates["redshift"]) > 1:
        ambiguous.add("redshift")
    z = roles["z"]
    if plain(z) == "z" and "redshift" not in roles.keys() | wanted.keys() and _looks_like_redshift(frame[z]):
        candidates["redshift"].append(z)
        ambiguous |= {"z", "redshift"}
    for role, column in wanted.items():
        if column and column not in candidates[role]:
            candidates[role].insert(0, column)
    return Recognition(
        roles=ColumnRoles(MappingProxyType({role: roles[role] for role in ROLES if role in roles})),
        candidates=MappingProxyType({role: tuple(candidates[role]) for role in ROLES if candidates[role]}),
        ambiguous=frozenset(ambiguous - wanted.keys()),
    )


def _find_bands(
    frame: pd.DataFrame, free: list[str], wanted: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The column of each band, and every column that could be it, from the chosen columns and the free ones."""
    families: dict[str, dict[str, str]] = {family: {} for family in FAMILIES}
    without_numbers: list[str] = []
    for column in free:
        family, band = BAND_SPELLINGS.get(plain(column), (None, ""))
        if family is None or band in families[family]:
            continue
        if _has_numbers(frame[column]):
            families[family][band] = column
        else:
            without_numbers.append(column)
    plain_z = families["{}"].get("z")
    other_z = "z" in wanted or sum("z" in columns for columns in families.values()) > 1
    redshift = plain_z if plain_z is not None and other_z and _looks_like_redshift(frame[plain_z]) else None
    if redshift is not None:
        del families["{}"]["z"]

    chosen = {band: wanted[band] for band in BAND_NAMES if band in wanted}
    chosen_families = [_family(column) for column in chosen.values()]
    order = sorted(
        FAMILIES, key=lambda family: (-chosen_families.count(family), -len(families[family].keys() - chosen.keys()))
    )
    roles = dict(chosen)
    for family in order:
        for band, column in families[family].items():
            roles.setdefault(band, column)
    missing = [band for band in BAND_NAMES if band not in roles]
    if missing:
        names = [str(name) for name in frame.columns]
        raise MissingBandsError(_missing_bands(missing, without_numbers, frame), names)
    candidates = {band: [families[family][band] for family in order if band in families[family]] for band in BAND_NAMES}
    if redshift is not None:
        candidates["z"].append(redshift)
    return roles, candidates


def _other_candidates(frame: pd.DataFrame, free: list[str], bands: Mapping[str, str]) -> dict[str, list[str]]:
    """By role other than a band, the columns among the free ones that could play it, the preferred first.

    bands: the column of each band.
    """
    by_name: dict[str, list[str]] = {}
    for column in free:
        by_name.setdefault(plain(column), []).append(column)

    def named(names: Iterable[str]) -> list[str]:
        return [column for name in names for column in by_name.get(name, [])]

    def numeric(names: Iterable[str]) -> list[str]:
        return [column for column in named(names) if _is_number(frame[column])]

    positions = [
        pair
        for ra_name, dec_name in POSITIONS
        for pair in zip(by_name.get(ra_name, []), by_name.get(dec_name, []), strict=False)
        if all(_is_number(frame[column]) for column in pair)
    ]
    redshifts = numeric(REDSHIFTS)
    identifiers = [c for c in named(IDENTIFIERS) if _is_number(frame[c]) or _is_text(frame[c])]
    return {
        "ra": list(dict.fromkeys(ra for ra, _ in positions)),
        "dec": list(dict.fromkeys(dec for _, dec in positions)),
        "redshift": redshifts + [c for c in named(["z"]) if _looks_like_redshift(frame[c])],
        "identifier": sorted(identifiers, key=lambda column: is_rounded(frame.loc[:, column])),
        "class": [c for c in named(CLASSES) if _can_classify(frame[c], plain(c))],
        **{role: numeric(error_names(band, bands[band])) for role, band in zip(ERROR_ROLES, BAND_NAMES, strict=True)},
        REDDENING: numeric(REDDENINGS),
        **{role: numeric(extinction_names(band)) for role, band in zip(EXTINCTION_ROLES, BAND_NAMES, strict=True)},
    }


def is_rounded(identifiers: pd.Series) -> bool:
    """Whether identifiers have lost digits, so that different stars share one.

    True for floats too large to hold an integer exactly (2**53), and for integers beyond it that all end in 000,
    as spreadsheets leave them.
    """
    if not types.is_numeric_dtype(identifiers):
        return False
    if types.is_float_dtype(identifiers):
        return bool((identifiers.abs() >= LARGEST_EXACT_FLOAT).any())

    def ends(values: pd.Series) -> NDArray[np.int64]:
        large = values.dropna().to_numpy()
        return large[large >= int(LARGEST_EXACT_FLOAT)] % 1000

    if ends(identifiers.head(_HEAD)).any():
        return False
    found = ends(identifiers)
    return bool(found.size > 1 and not found.any())


def _checked(frame: pd.DataFrame, chosen: Mapping[str, str]) -> dict[str, str]:
    """The user's choice with the table's spelling of each column; InputError where it cannot be followed."""
    found: dict[str, str] = {}
    for role, name in chosen.items():
        if role not in ROLES:
            raise InputError(f"there is no role “{role}” for a column; the roles are {', '.join(ROLES)}")
        if not name:
            if role in BAND_NAMES:
                raise InputError(f"band {role} needs a column; choose one of {listing(frame.columns)}")
            found[role] = ""
            continue
        matches = [c for c in frame.columns if c == name] or [
            c for c in frame.columns if isinstance(c, str) and c.lower() == name.lower()
        ]
        if len(matches) != 1:
            raise InputError(f"there is no column “{name}” for {role}; the columns are {listing(frame.columns)}")
        column = matches[0]
        for other, taken in found.items():
            if taken == column:
                raise InputError(f"column “{column}” cannot be both {other} and {role}; choose another for one of them")
        if role in BAND_NAMES and not _has_numbers(frame[column]):
            raise InputError(f"column “{column}” holds no numbers and cannot be band {role}; choose another column")
        if role not in (*BAND_NAMES, "identifier", "class") and not _is_number(frame[column]):
            raise InputError(f"column “{column}” holds text and cannot be {role}; choose a column of numbers")
        found[role] = column
    return found


def _missing_bands(missing: list[str], empty: list[str], frame: pd.DataFrame) -> str:
    what = f"band {missing[0]} has" if len(missing) == 1 else f"bands {', '.join(missing)} have"
    without_numbers = f" ({listing(empty)} without any number)" if empty else ""
    return (
        f"{what} no column among {listing(frame.columns)}{without_numbers}; "
        f"say which column it is, as in --column {missing[0]}=NAME, or add it to the table"
    )


def listing(columns: Iterable[object]) -> str:
    """Column names for a message, cut after the first few."""
    names = [str(column) for column in columns]
    more = len(names) - _NAMES_IN_MESSAGE
    return ", ".join(names[:_NAMES_IN_MESSAGE]) + (f" and {more:,} more" if more > 0 else "")


def _family(column: str) -> str | None:
    """The family of magnitude columns that a name belongs to."""
    return BAND_SPELLINGS.get(plain(column), (None, ""))[0]


def _is_number(column: pd.Series) -> bool:
    return types.is_numeric_dtype(column) and not types.is_bool_dtype(column)


def _is_text(column: pd.Series) -> bool:
    """Whether a column holds text, perhaps as categories, and not lists or other objects."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = pd.Series(column.cat.categories)
    if not (types.is_string_dtype(column) or types.is_object_dtype(column)):
        return False
    first = column.first_valid_index()
    return first is not None and isinstance(column.loc[first], str)


def _has_numbers(column: pd.Series) -> bool:
    if _is_number(column):
        return bool(column.head(_HEAD).notna().any() or column.notna().any())
    if types.is_bool_dtype(column):
        return False
    return bool(np.isfinite(numbers(column)).any())


def numbers(column: pd.Series) -> NDArray[np.float64]:
    """(n,) float64: a column's values, NaN where one is missing or not a number."""
    if types.is_datetime64_any_dtype(column) or types.is_timedelta64_dtype(column):
        return np.full(len(column), np.nan)
    if not types.is_numeric_dtype(column):
        column = pd.to_numeric(column, errors="coerce")
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy(dtype=np.float64)
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _looks_like_redshift(column: pd.Series) -> bool:
    values = numbers(column)
    values = values[np.abs(values) < 99]
    return bool(values.size) and bool(np.median(values) < _LARGEST_REDSHIFT)


def _can_classify(column: pd.Series, name: str) -> bool:
    """Text, or small integers; a column `type` only where it holds SDSS's codes of stars (6) and galaxies (3)."""
    if _is_text(column):
        return True
    if not types.is_integer_dtype(column):
        return False
    values = column.dropna().unique()
    if name == "type":
        return bool(((values >= 0) & (values <= 9)).all() and np.isin([3, 6], values).any())
    return True
