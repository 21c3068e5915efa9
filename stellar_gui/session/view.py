"""How the stars are shown: what a session keeps of it beside the work itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stellar_gui.analysis.coloring import DENSITY, ColorChoice, Group


@dataclass(frozen=True)
class View:
    """color: what the stars are coloured by; hidden: its labels whose stars are not shown; active: the picked row."""

    color: ColorChoice = DENSITY
    hidden: frozenset[str] = frozenset()
    active: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON; equal views give equal text."""
        return {
            "color": {"group": self.color.group.value, "name": self.color.name},
            "hidden": sorted(self.hidden),
            "active": self.active,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any], rows: int) -> "View":
        """The view of a catalogue of so many rows; raises KeyError, TypeError or ValueError for anything else."""
        color, hidden, active = content["color"], content["hidden"], content["active"]
        if not isinstance(color["name"], str) or not isinstance(hidden, list):
            raise TypeError("view is not of the right kind")
        if not all(isinstance(name, str) for name in hidden):
            raise TypeError("view hides what is no label")
        if active is not None and (type(active) is not int or not 0 <= active < rows):
            raise ValueError("view has a star that is no row")
        return cls(ColorChoice(Group(color["group"]), color["name"]), frozenset(hidden), active)
