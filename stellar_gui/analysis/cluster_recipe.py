"""What the recipe of clusters tells; in a file it may be anything, and what is not of the right kind is not told."""

from collections.abc import Mapping
from typing import Any


def note(recipe: Mapping[str, Any]) -> str:
    """How the clusters were found, in words; may be empty."""
    told = recipe.get("note")
    return told if isinstance(told, str) else ""


def edits(recipe: Mapping[str, Any]) -> list[str]:
    """The corrections by hand, in words."""
    return [edit for edit in _list(recipe.get("edits")) if isinstance(edit, str)]


def silhouette(recipe: Mapping[str, Any]) -> float | None:
    """The mean silhouette, None where it is not known."""
    return _number(recipe.get("silhouette"))


def silhouettes(recipe: Mapping[str, Any]) -> dict[int, float]:
    """The silhouettes that are known, by the number of the cluster."""
    told = enumerate(map(_number, _list(recipe.get("silhouettes"))))
    return {cluster: value for cluster, value in told if value is not None}


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []


def _number(told: Any) -> float | None:
    """A silhouette, which lies between -1 and 1."""
    known = isinstance(told, int | float) and not isinstance(told, bool) and -1 <= told <= 1
    return float(told) if known else None
