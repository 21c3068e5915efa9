"""Files of arrays with a few settings: safetensors with JSON in the header, read within limits and without pickle."""

import json
import struct
from collections.abc import Collection, Mapping
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from stellar_gui.errors import InputError

LARGEST_HEADER: Final = 1_000_000
"""Bytes; the header of a model with the most layers has a few tens of thousands."""

Arrays = Mapping[str, NDArray[Any]]
Kind = TypeVar("Kind")


def pack(key: str, values: Mapping[str, Any], arrays: Arrays) -> bytes:
    """Arrays and, under the key, values as JSON; equal content gives equal bytes.

    The key is the only one of the header's metadata: with a second, the order, and so the bytes, would be left to
    chance.
    """
    stored = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    return bytes(save(stored, metadata={key: json.dumps(values)}))


def unpack(data: bytes, key: str, kinds: Collection[str], what: str) -> tuple[dict[str, Any], Arrays]:
    """Values and arrays as `pack` wrote them; kinds: what the arrays' elements may be, in safetensors' names.

    Raises InputError, before memory for it is taken, for anything else; what: the file's kind in words.
    """
    values = _header(data, key, kinds, what)
    try:
        return values, load(data)
    except SafetensorError as error:
        raise InputError(f"The {what} file is damaged; train again or open another copy.") from error


def item(content: Mapping[str, Any], key: str, kind: type[Kind]) -> Kind:
    """content[key], which must be of that kind; a truth value is no number. Raises KeyError or TypeError."""
    value = content[key]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{key} is not of the right kind")
    return value


def _header(data: bytes, key: str, kinds: Collection[str], what: str) -> dict[str, Any]:
    """The values in a safetensors header, after a look at what else it declares."""
    broken = InputError(f"The {what} file is damaged or no {what} of Stellar GUI; train again or open another copy.")
    if len(data) < 8:
        raise broken
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(LARGEST_HEADER, len(data) - 8):
        raise broken
    try:
        header = json.loads(data[8 : 8 + length])
        values = json.loads(header.pop("__metadata__")[key])
        found = {entry["dtype"] for entry in header.values()}
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise broken from error
    if not isinstance(values, dict) or not found <= set(kinds):
        raise broken
    return values
