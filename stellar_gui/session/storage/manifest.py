"""The manifest of a session file: everything in it that is not a table or a network, as JSON."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from stellar_gui import __version__
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Provenance
from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.columns import ROLES
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from stellar_gui.session.session import SELECTION
from stellar_gui.session.storage import subset_facts
from stellar_gui.session.storage.container import MANIFEST, read_members
from stellar_gui.session.storage.subset_facts import SubsetFacts
from stellar_gui.session.view import View

FORMAT: Final = "stellar-gui session"
FORMAT_VERSION: Final = 4
"""1: no checkpoint, no masks, no roles of errors and dust; 2: one run alone, without a name; 3: no findings,
and subsets without recipes. Such sessions open.
"""

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Manifest:
    """What a session file says of itself.

    rows, columns, units, metadata, chosen, column_meta: as a Catalog has them.
    subsets: their names, in order; subset k is column `subset_k` (counted from 1) of the rows table. subset_facts: what
    else is known of each.
    has_selection: whether the rows table has a column `selection`.
    model: what people want to know of it (id, seed, latent dimension, settings), None without one.
    runs: the same of every run's model, with `name` and `created`, in order; empty in sessions of version 2.
    current: the place among them of the run whose model that is, counted from 0, None without one.
    checkpoint: how far an interrupted training is and its settings, None without one.
    findings: name, title, unit, labels and recipe of each; finding k is column `finding_k` (from 1) of the rows table.
    summary: what `stellar-gui info` tells, so that it need not unpack the tables.
    view: how the stars are shown; the first one where a session does not say.
    """

    created: str
    rows: int
    provenance: Provenance
    columns: Mapping[str, str]
    chosen: Mapping[str, str]
    units: Mapping[str, str]
    metadata: Mapping[str, str]
    cuts: QualityCuts
    subsets: tuple[str, ...]
    has_selection: bool
    model: Mapping[str, Any] | None
    summary: Mapping[str, Any]
    subset_facts: tuple[SubsetFacts, ...] = ()
    checkpoint: Mapping[str, Any] | None = None
    runs: tuple[Mapping[str, Any], ...] = ()
    current: int | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    column_meta: Mapping[str, ColumnMeta] = field(default_factory=dict)
    view: View = field(default_factory=View)
    program_version: str = __version__

    @property
    def subset_names(self) -> tuple[str, ...]:
        """The subsets' names, and 'selection' where one is saved."""
        return (*self.subsets, SELECTION) if self.has_selection else self.subsets

    def to_json(self) -> bytes:
        """The manifest as JSON; equal manifests give equal bytes."""
        content = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "program_version": self.program_version,
            "created": self.created,
            "rows": self.rows,
            "provenance": asdict(self.provenance),
            "columns": dict(self.columns),
            "chosen": dict(self.chosen),
            "units": dict(self.units),
            "metadata": dict(self.metadata),
            "column_meta": {name: asdict(meta) for name, meta in self.column_meta.items()},
            "cuts": asdict(self.cuts),
            "subsets": list(self.subsets),
            "subset_facts": subset_facts.to_json(self.subset_facts),
            "has_selection": self.has_selection,
            "model": None if self.model is None else dict(self.model),
            "checkpoint": None if self.checkpoint is None else dict(self.checkpoint),
            "runs": [dict(run) for run in self.runs],
            "current": self.current,
            "findings": [dict(finding) for finding in self.findings],
            "summary": dict(self.summary),
            "view": self.view.to_json(),
        }
        return json.dumps(content, indent=1).encode("ascii")

    @classmethod
    def from_json(cls, data: bytes, name: str) -> "Manifest":
        """Read a manifest; name is what an error calls its session.

        Raises InputError where it is no manifest, is damaged, or was made by a newer version.
        """
        try:
            content = json.loads(data, parse_constant=_finite, parse_float=_finite)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{name}: damaged; its manifest cannot be read.") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise InputError(f"{name}: not a session of Stellar GUI.")
        try:
            version = _item(content, "format_version", int)
            if version > FORMAT_VERSION:
                raise InputError(f"{name}: made by a newer version of Stellar GUI; update to open it.")
            if version < 1:
                raise ValueError(f"format version {version}")
            runs, current = _runs(content) if version >= 3 else ((), None)
            names = _names(_item(content, "subsets", list))
            return cls(
                program_version=_item(content, "program_version", str),
                created=_time(_item(content, "created", str)),
                rows=_count(content, "rows"),
                provenance=_provenance(_item(content, "provenance", dict)),
                columns=_columns(_item(content, "columns", dict)),
                chosen=_texts(_item(content, "chosen", dict)),
                units=_texts(_item(content, "units", dict)),
                metadata=_texts(_item(content, "metadata", dict)),
                column_meta=_column_meta(content.get("column_meta", {})),
                cuts=_cuts(_item(content, "cuts", dict)),
                subsets=names,
                subset_facts=subset_facts.from_json(content["subset_facts"], len(names))
                if version >= 4
                else subset_facts.plain_facts(len(names)),
                has_selection=_item(content, "has_selection", bool),
                model=None if content["model"] is None else _model(_item(content, "model", dict)),
                checkpoint=_checkpoint(content) if version >= 2 else None,
                runs=runs,
                current=current,
                findings=_findings(content) if version >= 4 else (),
                summary=_summary(_item(content, "summary", dict)),
                view=View.from_json(_item(content, "view", dict), _count(content, "rows"))
                if "view" in content
                else View(),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise InputError(
                f"{name}: damaged; its manifest is not as a session's should be ({_shown(error)})."
            ) from error


def read_manifest(path: Path) -> Manifest:
    """Only the manifest of a session file; raises InputError where it is missing, unreadable, damaged or no session."""
    members = drain(read_members(path, frozenset({MANIFEST})))
    return Manifest.from_json(members[MANIFEST], path.name)


def _item(content: Mapping[str, Any], key: str, kind: type[Kind]) -> Kind:
    """content[key], which must be of that kind; a truth value is no number."""
    value = content[key]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{key} is not of the right kind")
    return value


def _count(content: Mapping[str, Any], key: str) -> int:
    value = _item(content, key, int)
    if not 0 <= value < 2**40:
        raise ValueError(f"{key} is out of range")
    return value


def _texts(content: Mapping[str, Any]) -> dict[str, str]:
    return {key: _item(content, key, str) for key in content}


def _column_meta(content: Mapping[str, Any]) -> dict[str, ColumnMeta]:
    return {name: ColumnMeta(**_texts(_item(content, name, dict))) for name in content}


def _columns(content: Mapping[str, Any]) -> dict[str, str]:
    columns = _texts(content)
    if not set(BAND_NAMES) <= columns.keys() <= set(ROLES):
        raise ValueError("columns are not recognised")
    return columns


def _names(content: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(name, str) for name in content) or len(set(content)) != len(content):
        raise ValueError("a list of names")
    return tuple(content)


def _classes(content: list[Any]) -> tuple[str, ...]:
    return _names(list(dict.fromkeys(content)))


def _finite(text: str) -> float:
    if not math.isfinite(float(text)):
        raise ValueError(f"{text} is no number")
    return float(text)


def _time(text: str) -> str:
    """An ISO 8601 time, as it stands."""
    datetime.fromisoformat(text)
    return text


def _number(content: Mapping[str, Any], key: str) -> float | None:
    """A number, None where it is null."""
    value = content[key]
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{key} is not a number")
    if not math.isfinite(float(value)):
        raise ValueError(f"{key} is not finite")
    return value


def _summary(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `summarise` makes, so that whoever shows it need not doubt it."""
    _count(content, "rows")
    _columns(_item(content, "columns", dict))
    bands = _item(content, "bands", dict)
    for band in BAND_NAMES:
        facts = _item(bands, band, dict)
        _item(facts, "column", str)
        if facts["unit"] is not None:
            _item(facts, "unit", str)
        for key in ("min", "median", "max"):
            _number(facts, key)
    quality = _item(content, "quality", dict)
    for reason in quality:
        _count(quality, reason)
    if "note" in content:
        _item(content, "note", str)
    return content


def _model(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the manifest says of a model: its name, its settings, and plain facts."""
    _item(content, "id", str)
    _item(content, "training", dict)
    for key in content.keys() - {"training"}:
        if not isinstance(content[key], str):
            _number(content, key)
    return content


def _checkpoint(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the manifest says of a checkpoint: its settings, and plain numbers."""
    if content["checkpoint"] is None:
        return None
    told = _item(content, "checkpoint", dict)
    _item(told, "training", dict)
    for key in told.keys() - {"training"}:
        _number(told, key)
    return told


def _runs(content: Mapping[str, Any]) -> tuple[tuple[Mapping[str, Any], ...], int | None]:
    """What the manifest says of the runs, and which of them is the current one: that of the model."""
    runs = tuple(_model(run) for run in _item(content, "runs", list))
    for run in runs:
        _time(_item(run, "created", str))
    _names([_item(run, "name", str) for run in runs])
    if content["current"] is None:
        if content["model"] is not None:
            raise ValueError("the model is of none of the runs")
        return runs, None
    current = _count(content, "current")
    if current >= len(runs) or content["model"] is None or content["model"]["id"] != runs[current]["id"]:
        raise ValueError("the current run is not the model's")
    return runs, current


def _findings(content: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """What the manifest says of the findings, the codes of their labels as numbers."""
    findings = []
    for told in _item(content, "findings", list):
        labels = {int(code): text for code, text in _texts(_item(told, "labels", dict)).items()}
        facts = {key: _item(told, key, str) for key in ("name", "title", "unit")}
        findings.append(facts | {"labels": labels, "recipe": _item(told, "recipe", dict)})
    _names([told["name"] for told in findings])
    return tuple(findings)


def _provenance(content: Mapping[str, Any]) -> Provenance:
    def text(key: str) -> str | None:
        return None if content[key] is None else _item(content, key, str)

    size = None if content["size"] is None else _count(content, "size")
    return Provenance(
        name=_item(content, "name", str),
        path=text("path"),
        size=size,
        sha256=text("sha256"),
        opened=None if content["opened"] is None else _time(_item(content, "opened", str)),
        query=text("query"),
        dust_map=text("dust_map") if "dust_map" in content else None,
        part=text("part") if "part" in content else None,
    )


def _cuts(content: Mapping[str, Any]) -> QualityCuts:
    span, classes = content["magnitude_range"], content["classes"]
    if span is not None:
        lower, upper = (float(value) for value in span)
        if not (math.isfinite(lower) and math.isfinite(upper) and lower < upper):
            raise ValueError("magnitude_range")
        span = (lower, upper)
    return QualityCuts(
        sentinel=_item(content, "sentinel", bool),
        magnitude_range=span,
        zero_flux=_item(content, "zero_flux", bool),
        mask_zero_flux=_item({"mask_zero_flux": False, **content}, "mask_zero_flux", bool),
        unique=_item(content, "unique", bool),
        classes=None if classes is None else _classes(_item(content, "classes", list)),
    )


def _shown(error: Exception) -> str:
    """An error's first words, on one line."""
    text = " ".join(str(error).split())
    return text if len(text) <= 80 else text[:77] + "..."
