"""Named subsets of a catalogue's stars: each with its members, colour, notes and recipe, all of them in their order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.recipes import ROWS, Recipe

Mask = NDArray[np.bool_]

COLORS: Final = ("#009e73", "#cc79a7", "#f0e442", "#56b4e9", "#0072b2", "#8c5a2b", "#7b3fbf", "#7fbf3f")
"""Okabe and Ito's (2008) that are not near the selection's, the blues last since densities are blue; then others."""
MOST_DRAWN: Final = 255


@dataclass(frozen=True, eq=False)
class Subset:
    """A named subset.

    mask: (n,) bool over the catalogue's rows, read-only. color: hexadecimal, as "#009e73"; visible: whether maps draw
    its stars in that colour; notes: the user's; recipe: how its members were chosen.
    """

    name: str
    mask: Mask
    color: str = COLORS[0]
    visible: bool = True
    notes: str = ""
    recipe: Recipe = ROWS

    def __post_init__(self) -> None:
        self.mask.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Subsets(Mapping[str, Mask]):
    """All subsets in their order; as a mapping, the members by name. Raises ValueError where a name stands twice."""

    all: tuple[Subset, ...] = ()
    _by_name: Mapping[str, Subset] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_name = {subset.name: subset for subset in self.all}
        if len(by_name) != len(self.all):
            raise ValueError("two subsets of one name")
        object.__setattr__(self, "_by_name", by_name)

    @classmethod
    def of(cls, masks: Mapping[str, Mask]) -> "Subsets":
        """Plain masks as subsets whose recipe is their rows; Subsets as they are."""
        if isinstance(masks, Subsets):
            return masks
        found = cls()
        for name, mask in masks.items():
            found = found.with_one(Subset(name, mask, found.next_color()))
        return found

    def __getitem__(self, name: str) -> Mask:
        return self._by_name[name].mask

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self.all)

    def of_name(self, name: str) -> Subset:
        """The subset of a name; KeyError for an unknown one."""
        return self._by_name[name]

    def union(self, names: Sequence[str]) -> Mask:
        """(n,) bool: the stars of at least one of the named subsets; KeyError for an unknown one."""
        union: Mask = np.any([self[name] for name in names], axis=0)
        return union

    @property
    def recipes(self) -> dict[str, Recipe]:
        """The recipes by name."""
        return {subset.name: subset.recipe for subset in self.all}

    @cached_property
    def codes(self) -> NDArray[np.uint8]:
        """(n,) uint8, read-only: 0 for a star of no visible subset, else k for the k-th of `drawn_colors`."""
        codes = np.zeros(len(self.all[0].mask) if self.all else 0, np.uint8)
        for code, subset in enumerate(self.drawn, 1):
            codes[subset.mask] = code
        codes.setflags(write=False)
        return codes

    @property
    def drawn_colors(self) -> tuple[str, ...]:
        """The colours of `drawn`, the lowest of which is the last in order."""
        return tuple(subset.color for subset in self.drawn)

    @property
    def drawn(self) -> list[Subset]:
        """The visible subsets, from the lowest to the uppermost."""
        return [subset for subset in self.all if subset.visible][MOST_DRAWN - 1 :: -1]

    def next_color(self) -> str:
        """The first colour that the fewest subsets have."""
        used = [subset.color for subset in self.all]
        return min(COLORS, key=used.count)

    def with_one(self, subset: Subset) -> "Subsets":
        """With another subset at the end; where its name is taken, with other members, notes and recipe of that one."""
        old = self._by_name.get(subset.name)
        if old is None:
            return Subsets((*self.all, subset))
        return self.changed(old.name, replace(subset, color=old.color, visible=old.visible))

    def changed(self, name: str, subset: Subset) -> "Subsets":
        """With another value in the place of the named one."""
        return Subsets(tuple(subset if each.name == name else each for each in self.all))

    def without(self, names: Iterable[str]) -> "Subsets":
        """Without the named ones."""
        gone = set(names)
        return Subsets(tuple(each for each in self.all if each.name not in gone))

    def in_order(self, names: Sequence[str]) -> "Subsets":
        """The same subsets, in the order of these names, which are all of theirs."""
        return Subsets(tuple(self._by_name[name] for name in names))
