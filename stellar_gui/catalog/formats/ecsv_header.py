"""The header of ECSV tables (APE 6): YAML in comments before a CSV, which tells types, units, meanings and metadata."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from stellar_gui.catalog.column_meta import ColumnMeta
from stellar_gui.catalog.formats.arrow_frame import DESCRIPTION, UCD, UNIT, told

FIRST: Final = "# %ECSV "
_ARROW: Final = {"float16": "halffloat", "float32": "float", "float64": "double", "str": "string"}
_ECSV: Final = {arrow: name for name, arrow in _ARROW.items() if name != "str"}


@dataclass(frozen=True)
class EcsvHeader:
    """What the header tells; types by Arrow's names."""

    separator: str | None
    types: Mapping[str, str]
    units: Mapping[str, str]
    column_meta: Mapping[str, ColumnMeta]
    metadata: Mapping[str, str]


def read_header(comments: Sequence[str]) -> EcsvHeader:
    """Understand the comments before a table's column names, of which the first begins with FIRST.

    Metadata that refer to themselves by YAML's aliases are left out. Raises ValueError where it is no such header, or
    a column's name, type or unit is no single value.
    """
    import yaml

    text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in comments[1:])
    try:
        aliased = any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _loader()))
        header = yaml.load(text, _loader())
    except (yaml.YAMLError, RecursionError, TypeError, AttributeError) as error:
        raise ValueError("not YAML") from error
    if not isinstance(header, dict) or not isinstance(header.get("datatype"), list):
        raise ValueError("no datatype")
    columns = {
        _single(column["name"]): column
        for column in header["datatype"]
        if isinstance(column, dict) and "name" in column
    }
    kinds = {name: _single(column.get("datatype")) for name, column in columns.items()}
    return EcsvHeader(
        separator="," if header.get("delimiter") == "," else " ",
        types={name: _ARROW.get(kind, kind) for name, kind in kinds.items()},
        units={name: unit for name, column in columns.items() if (unit := _unit(column.get("unit")))},
        column_meta={} if aliased else {name: _column_meta(column) for name, column in columns.items()},
        metadata={} if aliased else {str(key): _text(value) for key, value in _pairs(header.get("meta")).items()},
    )


def header_lines(schema: pa.Schema, metadata: Mapping[str, str]) -> str:
    """The header of a table with these fields, whose metadata tell units, UCDs and descriptions."""
    import yaml

    def line(value: object) -> str:
        def flow(style: str | None) -> str:
            dumped = yaml.safe_dump(
                value,
                default_flow_style=True,
                default_style=style,
                allow_unicode=True,
                sort_keys=False,
                width=1 << 30,
            )
            return str(dumped).strip()

        text = flow(None)
        return f"# - {flow(chr(34)) if len(text.splitlines()) > 1 else text}"

    lines = [f"{FIRST}1.0", "# ---", "# delimiter: ','", "# datatype:"]
    for field in schema:
        kind = str(field.type)
        column: dict[str, object] = {"name": field.name}
        if unit := told(field, UNIT):
            column["unit"] = unit
        column["datatype"] = _ECSV.get(kind, kind)
        if description := told(field, DESCRIPTION):
            column["description"] = description
        if ucd := told(field, UCD):
            column["meta"] = {"ucd": ucd}
        lines.append(line(column))
    if metadata:
        lines += ["# meta: !!omap", *(line({key: value}) for key, value in metadata.items())]
    return "\n".join([*lines, "# schema: astropy-2.0", ""])


def _loader() -> Any:
    """A safe loader that takes what has an unknown tag, such as astropy's units, for plain values."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    def plain(loader: Any, _: str, node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return node.value

    for prefix in ("!", "tag:"):
        Loader.add_multi_constructor(prefix, plain)
    return Loader


def _unit(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("unit")
    return _single(value)


def _single(value: object) -> str:
    """A single value as text, empty for none; ValueError for a list or mapping, which aliases may make endless."""
    if isinstance(value, list | dict | set | tuple):
        raise ValueError("no single value")
    return "" if value is None else str(value)


def _column_meta(column: Mapping[str, Any]) -> ColumnMeta:
    ucd = _pairs(column.get("meta")).get("ucd")
    description = column.get("description")
    return ColumnMeta("" if ucd is None else str(ucd), "" if description is None else str(description))


def _pairs(value: object) -> dict[Any, Any]:
    """A mapping, or a list of pairs as an ordered one is read."""
    if isinstance(value, dict):
        return value
    return dict(pair for pair in value if isinstance(pair, tuple)) if isinstance(value, list) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
