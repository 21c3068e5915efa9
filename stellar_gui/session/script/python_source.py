"""Values of the program written as Python source that makes them anew, and the imports that this source needs."""

import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any, Final

import numpy as np

WIDTH: Final = 100
_INDENT: Final = "    "
_OWN: Final = "stellar_gui"
_ALWAYS: Final = "seed"
"""The argument that is written also where it has its default."""


class Source:
    """Writes values as source and gathers what has to be imported for them.

    replaced: texts in whose place a name stands, such as the id of a model.
    """

    def __init__(self, replaced: Mapping[str, str]) -> None:
        self._replaced = replaced
        self._imports: dict[str, set[str]] = {}
        self._functions: dict[str, None] = {}

    def use(self, module: str, *names: str) -> None:
        """Import names from a module."""
        self._imports.setdefault(module, set()).update(names)

    def define(self, function: str) -> None:
        """Have a function of the script's own."""
        self._functions[function] = None

    @property
    def functions(self) -> list[str]:
        """The script's own functions, each with two blank lines before and after it."""
        return [line for function in self._functions for line in ("", "", *function.strip().splitlines(), "")]

    @property
    def imports(self) -> list[str]:
        """The import statements, in order."""
        groups: dict[int, list[str]] = {0: [], 1: [], 2: []}
        for module, names in sorted(self._imports.items(), key=lambda item: (bool(item[1]), item[0])):
            top = module.partition(".")[0]
            group = 0 if top in sys.stdlib_module_names else 2 if top == _OWN else 1
            groups[group].append(f"from {module} import {', '.join(sorted(names))}" if names else f"import {module}")
        return [line for lines in groups.values() if lines for line in ("", *lines)]

    def of(self, value: Any, depth: int = 0) -> str:
        """A value as source; what does not fit a line is broken, its parts indented beyond depth.

        Raises TypeError for a value of a kind that is not known here.
        """
        match value:
            case None | bool() | int():
                return repr(value)
            case np.bool_() | np.integer():
                return repr(value.item())
            case float() | np.floating():
                return self._number(float(value))
            case str():
                return self._replaced.get(value) or quoted(value)
            case Enum():
                kind = type(value)
                self.use(kind.__module__, kind.__name__)
                return f"{kind.__name__}.{value.name}"
            case tuple():
                return self._bracketed("(", [self.of(item, depth + 1) for item in value], ")", depth, len(value) == 1)
            case list():
                return self._bracketed("[", [self.of(item, depth + 1) for item in value], "]", depth)
            case Mapping():
                pairs = [f"{self.of(key)}: {self.of(item, depth + 1)}" for key, item in value.items()]
                return self._bracketed("{", pairs, "}", depth)
        if is_dataclass(value) and not isinstance(value, type):
            return self._made(value, depth)
        raise TypeError(f"{type(value).__name__} cannot be written as source")

    def call(self, function: str, *parts: str) -> str:
        """A call with these arguments, each as source."""
        return self._bracketed(f"{function}(", list(parts), ")", 0)

    def _number(self, value: float) -> str:
        if math.isfinite(value):
            return repr(value)
        self.use("math")
        return "math.nan" if math.isnan(value) else "math.inf" if value > 0 else "-math.inf"

    def _made(self, value: Any, depth: int) -> str:
        """A call of a dataclass: what has no default by place, what differs from its default by name."""
        kind = type(value)
        self.use(kind.__module__, kind.__name__)
        given = [
            item
            for item in fields(value)
            if item.init and (item.name == _ALWAYS or not _is_default(item, getattr(value, item.name)))
        ]
        parts = [
            self.of(getattr(value, item.name), depth + 1)
            if _required(item)
            else f"{item.name}={self.of(getattr(value, item.name), depth + 1)}"
            for item in given
        ]
        return self._bracketed(f"{kind.__name__}(", parts, ")", depth)

    def _bracketed(self, left: str, parts: list[str], right: str, depth: int, comma: bool = False) -> str:
        line = f"{left}{', '.join(parts)}{',' if comma else ''}{right}"
        if len(line) + len(_INDENT) * depth <= WIDTH and "\n" not in line:
            return line
        inner, outer = _INDENT * (depth + 1), _INDENT * depth
        return f"{left}\n" + "".join(f"{row}\n" for row in _filled(parts, inner)) + outer + right


def quoted(text: str) -> str:
    """A text as source, in double quotes where it holds none."""
    written = repr(text)
    return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in written else written


def comment(words: str) -> list[str]:
    """A comment of any words, which stays one whatever they hold."""
    shown = "".join(sign if sign.isprintable() else " " for sign in words)
    return [f"# {' '.join(shown.split())}"]


def _required(item: "Field[Any]") -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _is_default(item: "Field[Any]", value: Any) -> bool:
    default = item.default if item.default_factory is MISSING else item.default_factory()
    return default is not MISSING and type(default) is type(value) and bool(default == value)


def _filled(parts: Iterable[str], indent: str) -> list[str]:
    """Parts with commas on lines, short ones side by side."""
    rows: list[str] = []
    for part in parts:
        fits = rows and "\n" not in rows[-1] + part and len(rows[-1]) + len(part) + 3 <= WIDTH
        if fits and "(" not in part.removeprefix("("):
            rows[-1] += f" {part},"
        else:
            rows.append(f"{indent}{part},")
    return rows
