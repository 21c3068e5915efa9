"""What the stars of a map can be coloured by: one number or one label for each star of a catalogue."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from stellar_gui.analysis.findings import UNLABELLED, Finding
from stellar_gui.autoencoder.config import LARGEST_LATENT
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.columns import ERROR_ROLES, EXTINCTION_ROLES, numbers

MOST_LABELS: Final = 24
"""As many labels as have a colour of their own; the rest, and what is missing, share one."""

_NOT_MEASURED: Final = -9999.0  # SDSS's value for what was not measured, in columns of every kind
_HEAD: Final = 20_000  # rows by which a column is taken for labels, numbers or neither
_MOST_WORDS, _MOST_INTEGERS = 200, 8  # distinct values up to which texts, or whole numbers, are labels
_IN_MAGNITUDES: Final = frozenset((*BAND_NAMES, *ERROR_ROLES, *EXTINCTION_ROLES))  # roles
_MINUS: Final = "\N{MINUS SIGN}"


class Group(Enum):
    """The kinds of choices, in the order in which they are offered."""

    DENSITY = "Density"
    COLOR = "Colours"
    NETWORK = "Autoencoder"
    FINDING = "Findings"
    LABEL = "Labels"
    COLUMN = "Columns"


@dataclass(frozen=True)
class ColorChoice:
    """Something to colour by; name: what the user reads, for labels, columns and findings the column's name."""

    group: Group
    name: str


DENSITY: Final = ColorChoice(Group.DENSITY, "Density")
ERROR: Final = ColorChoice(Group.NETWORK, "Reconstruction error")
COLORS: Final = tuple(ColorChoice(Group.COLOR, f"{blue}{_MINUS}{red}") for blue, red in pairwise(BAND_NAMES))
RESIDUALS: Final = tuple(ColorChoice(Group.NETWORK, f"Residual {band}") for band in BAND_NAMES)
LATENTS: Final = tuple(ColorChoice(Group.NETWORK, f"Latent {number}") for number in range(1, LARGEST_LATENT + 1))
"""The latent coordinates; the first two, which the maps draw, are offered."""


@dataclass(frozen=True, eq=False)
class Values:
    """A number for each of n stars.

    title, unit: what it is called and measured in; unit may be empty. offset: (n,) float32, the numbers less `centre`
    (which keeps their digits), NaN where one is missing; read-only. diverging: read about 0, to both sides;
    reversed: a smaller number is more, as of magnitudes.
    """

    title: str
    unit: str
    offset: NDArray[np.float32]
    centre: float
    diverging: bool = False
    reversed: bool = False

    def __post_init__(self) -> None:
        self.offset.setflags(write=False)

    def of(self, row: int) -> float:
        """The number of a star, NaN where it is missing."""
        return self.centre + float(self.offset[row])


@dataclass(frozen=True, eq=False)
class Labels:
    """A label for each of n stars.

    title: what they are called; names: the labels that have a colour, the commonest first; code: (n,) uint8, the
    place in names, len(names) for a label beyond them or a missing one; read-only. rest: what that last code is called;
    yields: whether stars of the rest leave a pixel's colour to others, however few. hues: which of the label colours
    each name has, one after the other if empty.
    """

    title: str
    names: tuple[str, ...]
    code: NDArray[np.uint8]
    rest: str
    yields: bool = False
    hues: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "hues", self.hues or tuple(range(len(self.names))))
        self.code.setflags(write=False)

    def of(self, row: int) -> str:
        """The label of a star."""
        return (*self.names, self.rest)[int(self.code[row])]

    def gives_way(self, code: int) -> bool:
        """Whether stars of a code leave a pixel's colour to others, however few."""
        return self.yields and code == len(self.names)


Coloring = Values | Labels


def outside(labels: Labels, names: Collection[str]) -> NDArray[np.bool_]:
    """(n,) bool: the stars whose label is none of the names, one of which may stand for the rest, however called."""
    hidden = np.array([*(name in names for name in labels.names), not set(names) <= set(labels.names)])
    return ~hidden[labels.code]


def color_choices(catalog: Catalog, findings: Collection[str] = ()) -> tuple[ColorChoice, ...]:
    """All that a catalogue's stars can be coloured by once they are embedded, density first; takes milliseconds.

    findings: the names of what has been found of the stars.

    Identifiers are left out, as are columns of texts that hardly repeat. Whole numbers of few values count as labels.
    """
    labels, columns = [], []
    for name in catalog.table.columns:
        if not isinstance(name, str) or name == catalog.columns.get("identifier"):
            continue
        column = catalog.table[name]
        if name == catalog.columns.get("class") or (name not in catalog.columns.values() and _is_label(column)):
            labels.append(ColorChoice(Group.LABEL, name))
        elif name in catalog.columns.values() or types.is_numeric_dtype(column):
            columns.append(ColorChoice(Group.COLUMN, name))
    found = (ColorChoice(Group.FINDING, name) for name in findings)
    return (DENSITY, *COLORS, ERROR, *RESIDUALS, *LATENTS[:2], *found, *labels, *columns)


def coloring(
    choice: ColorChoice,
    catalog: Catalog,
    embedding: Embedding | None,
    findings: Mapping[str, Finding] = MappingProxyType({}),
    kept: NDArray[np.bool_] | None = None,
) -> Coloring:
    """The numbers or labels of a choice other than density.

    embedding: of the n rows, for the autoencoder's group; findings: by name, for that of the findings. kept:
    (n,) bool, the stars that take part, after which alone the rest of a finding's labels is called; all if None.
    """
    if choice.group is Group.FINDING:
        return _found(findings[choice.name], kept)
    magnitudes = catalog.magnitudes
    if choice.group is Group.NETWORK:
        assert embedding is not None
        if choice == ERROR:
            return _values("reconstruction error", "mag", embedding.error)
        if choice in LATENTS:
            return _values(choice.name.lower(), "", _latent(embedding, LATENTS.index(choice)))
        band = RESIDUALS.index(choice)
        return _values(f"residual {BAND_NAMES[band]}", "mag", embedding.residual[:, band], diverging=True)
    if choice in COLORS:
        band = COLORS.index(choice)
        return _values(choice.name, "mag", magnitudes[:, band] - magnitudes[:, band + 1])
    if choice.group is Group.LABEL:
        return _labels(choice.name, _names(choice.name, catalog))
    return column_values(choice.name, catalog)


def trial(finding: Finding) -> Labels:
    """The labels of a finding that was tried on some of the stars, which are seen among the others."""
    labels = _found(finding, None)
    assert isinstance(labels, Labels)
    return replace(labels, title=f"{labels.title}, tried", rest="noise or not tried", yields=True)


def column_values(name: str, catalog: Catalog) -> Values:
    """The numbers of a column of a catalogue's table."""
    roles = [role for role, column in catalog.columns.items() if column == name]
    is_band = any(role in BAND_NAMES for role in roles)
    known = "mag" if _IN_MAGNITUDES & set(roles) else "deg" if {"ra", "dec"} & set(roles) else ""
    title = name.lower()
    return _values(
        name,
        catalog.units.get(name, known),
        numbers(catalog.table[name]),
        diverging=title.endswith("_res") or "residual" in title,
        is_reversed=is_band,
    )


def _is_label(column: pd.Series) -> bool:
    if types.is_bool_dtype(column) or isinstance(column.dtype, pd.CategoricalDtype):
        return True
    head = column.iloc[:_HEAD]
    if types.is_integer_dtype(column):
        return int(head.nunique()) <= _MOST_INTEGERS
    if types.is_string_dtype(column) or types.is_object_dtype(column):
        return 0 < int(head.astype("str").nunique()) <= min(_MOST_WORDS, max(len(head) // 2, 2))
    return False


def _found(finding: Finding, kept: NDArray[np.bool_] | None) -> Coloring:
    """A finding's numbers, or its labels in the finding's order, each in the colour of its code.

    Negative codes, such as noise, are of the rest.
    """
    if not finding.labels:
        return _values(finding.title.lower(), finding.unit, finding.values.astype(np.float32, copy=False))
    chosen = [code for code in finding.labels if code >= 0][:MOST_LABELS]
    place = np.full(2**16, len(chosen), np.uint8)
    place[np.array(chosen, dtype=np.int16).view(np.uint16)] = np.arange(len(chosen))
    present = np.unique(finding.values if kept is None else finding.values[kept]).tolist()
    rest = [finding.labels[code] for code in present if code < 0 and code != UNLABELLED]
    rest += ["other"] if any(code >= 0 and code not in chosen for code in present) else []
    rest += ["missing"] if UNLABELLED in present else []
    names = tuple(finding.labels[code] for code in chosen)
    code = place[finding.values.view(np.uint16)]
    return Labels(finding.title.lower(), names, code, " or ".join(rest) or "missing", hues=tuple(chosen))


def _latent(embedding: Embedding, place: int) -> NDArray[np.floating]:
    """(n,) one latent coordinate, missing where the network has fewer."""
    here = place < embedding.latent.shape[1]
    return embedding.latent[:, place] if here else np.full(len(embedding), np.nan, np.float32)


def _values(
    title: str, unit: str, values: NDArray[np.floating], diverging: bool = False, is_reversed: bool = False
) -> Values:
    measured = np.where(np.isfinite(values) & (values != _NOT_MEASURED), values, np.nan)
    sample = measured[:: max(len(measured) // _HEAD, 1)]
    sample = sample[np.isfinite(sample)]
    centre = 0.0 if diverging or not len(sample) else float(np.median(sample))
    return Values(title, unit, (measured - centre).astype(np.float32), centre, diverging, is_reversed)


def _names(column: str, catalog: Catalog) -> pd.Series:
    """The labels of a column as texts, missing where there is none."""
    if column == catalog.columns.get("class") and catalog.labels is not None:
        return pd.Series(catalog.labels)
    values = catalog.table[column]
    if types.is_float_dtype(values) or types.is_integer_dtype(values) or types.is_bool_dtype(values):
        return values
    texts = values.astype("str").str.strip()
    return texts.where(values.notna() & (texts != ""))


def _labels(title: str, names: pd.Series) -> Labels:
    code, distinct = pd.factorize(names)
    missing = len(distinct)
    code = np.where(code < 0, missing, code)
    found = np.bincount(code, minlength=missing + 1)
    order = np.argsort(-found[:missing], kind="stable")
    order = order[found[order] > 0]
    chosen = order[:MOST_LABELS]
    place = np.full(missing + 1, len(chosen), np.uint8)
    place[chosen] = np.arange(len(chosen))
    rest = " or ".join(
        text for text, here in (("other", len(order) > MOST_LABELS), ("missing", found[missing] > 0)) if here
    )
    return Labels(title, tuple(str(distinct[k]) for k in chosen.tolist()), place[code], rest or "missing")
