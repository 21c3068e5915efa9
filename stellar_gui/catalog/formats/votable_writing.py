"""Writing VOTables as BINARY2, whose bits tell which values are missing."""

import base64
import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar_gui import __version__
from stellar_gui.catalog.formats.arrow_frame import DESCRIPTION, UCD, UNIT, told
from stellar_gui.catalog.formats.arrow_plain import numbers_and_text
from stellar_gui.catalog.formats.escaping import to_xml
from stellar_gui.catalog.formats.votable_fields import DATATYPES
from stellar_gui.catalog.formats.votable_table import TYPES
from stellar_gui.errors import OutputError
from stellar_gui.progress import Progress

_ROWS: Final = 3 << 15  # a multiple of 3, so that pieces of base64 join without filling
_WIDEST: Final = 1 << 20
_LARGEST_LONG: Final = 2**63 - 1
_DATATYPES: Final = {
    pa.bool_(): "boolean", pa.int8(): "short", pa.uint8(): "unsignedByte", pa.int16(): "short", pa.uint16(): "int",
    pa.int32(): "int", pa.uint32(): "long", pa.int64(): "long", pa.float16(): "float", pa.float32(): "float",
    pa.float64(): "double",
}  # fmt: skip
_TEXTS: Final = {"char": "ascii", "unicodeChar": "utf-16-be"}


def write_votable(
    table: pa.Table, path: Path, metadata: Mapping[str, str], comments: str
) -> Generator[Progress, None, None]:
    """Write the table, whose fields' metadata tell units, UCDs and descriptions, as VOTable 1.4 in BINARY2.

    Metadata are INFO elements, whole numbers among them PARAM. Integers that VOTable has no type for are in the next
    larger one, those of more than 63 bits are text; the INFO `types` tells what they were. Lists and times are text.
    Yields Progress in rows. Raises OutputError for what the format cannot hold; OSError.
    """
    types = {field.name: str(field.type) for field in numbers_and_text(table).schema}
    table = _storable(numbers_and_text(table))
    kinds = [_datatype(column) for column in table.columns]
    widths = [_width(*each) for each in zip(table.column_names, kinds, table.columns, strict=True)]
    flags = -(-len(kinds) // 8)
    layout = np.dtype(
        {
            "names": ["flags", *(f"f{k}" for k in range(len(kinds)))],
            "formats": [(np.uint8, (flags,)), *map(_stored, kinds, widths)],
        }
    )
    with path.open("wb") as file:
        file.write(_head(table.schema, kinds, widths, metadata, types).encode())
        for start in range(0, len(table), _ROWS):
            piece = table.slice(start, _ROWS)
            rows = np.empty(len(piece), layout)
            missing = np.zeros((len(piece), len(kinds)), bool)
            for k, (kind, column) in enumerate(zip(kinds, piece.columns, strict=True)):
                missing[:, k] = column.is_null().to_numpy()
                rows[f"f{k}"] = _cells(kind, column)
            rows["flags"] = np.packbits(missing, axis=1)
            file.write(base64.b64encode(rows.view(np.uint8).data))
            yield Progress(start + len(piece), len(table), "rows")
        file.write(b"</STREAM></BINARY2></DATA>\n</TABLE></RESOURCE></VOTABLE>\n")


def _head(
    schema: pa.Schema, kinds: list[str], widths: list[int], metadata: Mapping[str, str], types: Mapping[str, str]
) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">',
        f"<!-- written by Stellar GUI {__version__} -->",
        '<RESOURCE type="results">',
        *(_fact(key, value) for key, value in metadata.items()),
        _fact(TYPES, json.dumps(types)),
        '<TABLE name="stars">',
    ]
    for field, kind, width in zip(schema, kinds, widths, strict=True):
        attributes = {
            "name": to_xml(field.name),
            "datatype": kind,
            "arraysize": str(width) if kind in _TEXTS else "",
            "unit": to_xml(told(field, UNIT)),
            "ucd": told(field, UCD),
        }
        begin = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if value)
        text = told(field, DESCRIPTION)
        lines.append(
            f"<FIELD{begin}>" + (f"<DESCRIPTION>{escape(to_xml(text))}</DESCRIPTION>" if text else "") + "</FIELD>"
        )
    return "\n".join(lines) + '\n<DATA><BINARY2><STREAM encoding="base64">'


def _fact(key: str, value: str) -> str:
    """An entry of the metadata as an element."""
    if (
        value.lstrip("-").isdecimal()
        and value.isascii()
        and str(int(value)) == value
        and abs(int(value)) <= _LARGEST_LONG
    ):
        return f'<PARAM name={quoteattr(to_xml(key))} datatype="long" value="{value}"/>'
    return f"<INFO name={quoteattr(to_xml(key))} value={quoteattr(to_xml(value))}/>"


def _storable(table: pa.Table) -> pa.Table:
    """The table with unsigned integers beyond 63 bits as text."""
    columns = []
    for column in table.columns:
        if column.type == pa.uint64():
            small = (pc.max(column).as_py() or 0) <= _LARGEST_LONG
            column = column.cast(pa.int64() if small else pa.string())
        columns.append(column)
    fields = [field.with_type(column.type) for field, column in zip(table.schema, columns, strict=True)]
    return pa.table(columns, schema=pa.schema(fields))


def _datatype(column: pa.ChunkedArray) -> str:
    """VOTable's datatype; text is `char` only where it is ASCII, as most programs believe."""
    if column.type != pa.string():
        return _DATATYPES[column.type]
    return "char" if pc.all(pc.string_is_ascii(column)).as_py() in (True, None) else "unicodeChar"


def _width(name: str, kind: str, column: pa.ChunkedArray) -> int:
    """Elements of the longest text; 1 for anything else."""
    if kind not in _TEXTS:
        return 1
    longest = max(map(len, _cells(kind, column)), default=0) // np.dtype(DATATYPES[kind]).itemsize
    if longest > _WIDEST:
        raise OutputError(f"the texts in column “{name}” are too long for a VOTable; write Parquet instead.")
    return max(longest, 1)


def _stored(kind: str, width: int) -> np.dtype[Any]:
    element = np.dtype(DATATYPES[kind])
    return np.dtype(f"S{width * element.itemsize}") if kind in _TEXTS else element


def _cells(kind: str, column: pa.ChunkedArray) -> NDArray[Any] | list[bytes]:
    if kind in _TEXTS:
        encoding = _TEXTS[kind]
        return [value.encode(encoding) if value else b"" for value in column.to_pylist()]
    if kind == "boolean":
        flags = np.where(column.fill_null(False).to_numpy(), ord("T"), ord("F")).astype(np.uint8)
        return np.where(column.is_null().to_numpy(), ord("?"), flags)
    values = column if pa.types.is_floating(column.type) else column.fill_null(0)
    return np.asarray(values.to_numpy())
