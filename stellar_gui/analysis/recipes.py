"""Recipes: how the members of a subset were chosen, as values that can be told and applied to other stars."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.expression import evaluate, names_of, parse
from stellar_gui.analysis.planes import Plane
from stellar_gui.analysis.regions import Region
from stellar_gui.analysis.selection import Mode, combine
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.errors import InputError

Mask = NDArray[np.bool_]
MOST_PARTS: Final = 200
"""A recipe of more parts than that is kept as its rows alone."""


class Operation(Enum):
    """The algebra of subsets; the value is the word the user reads."""

    UNION = "Union"
    INTERSECTION = "Intersection"
    DIFFERENCE = "Difference"
    SYMMETRIC_DIFFERENCE = "Symmetric difference"
    COMPLEMENT = "Complement"

    @property
    def explanation(self) -> str:
        """Which stars it makes of several subsets, in words."""
        return _EXPLANATIONS[self]


_EXPLANATIONS: Final = {
    Operation.UNION: "stars in any of them",
    Operation.INTERSECTION: "stars in all of them",
    Operation.DIFFERENCE: "stars of the first that are in none of the others",
    Operation.SYMMETRIC_DIFFERENCE: "stars in an odd number of them: of two, in one but not in both",
    Operation.COMPLEMENT: "stars that take part and are in none of them",
}


@dataclass(frozen=True)
class Rows:
    """Nothing but the rows themselves; what: where they come from, in words, as "picked one by one"."""

    what: str = "rows"


@dataclass(frozen=True)
class Everything:
    """All stars that take part."""


@dataclass(frozen=True)
class Drawn:
    """What a region held when it was drawn; model: the id of the model on whose plane, None where that needs none."""

    plane: Plane
    region: Region
    model: str | None = None


@dataclass(frozen=True)
class Gestures:
    """A first choice, None for an empty one, and the gestures that followed, each with its mode."""

    first: "Recipe | None"
    then: tuple[tuple[Mode, "Recipe"], ...]


@dataclass(frozen=True)
class Typed:
    """A typed expression; subsets: name and recipe, as they were then, of those that it names."""

    text: str
    subsets: tuple[tuple[str, "Recipe"], ...] = ()


@dataclass(frozen=True)
class Label:
    """The stars with one value of a column of labels, as of a cluster run.

    how: what made the labels, in words, as "HDBSCAN, at least 50 stars"; empty for a column of the table.
    """

    column: str
    value: int | str
    how: str = ""


@dataclass(frozen=True)
class Imported:
    """Stars found by a list of identifiers; source: the list's name; listed: how many identifiers it held."""

    source: str
    column: str
    listed: int


@dataclass(frozen=True)
class Combined:
    """Subsets joined by an operation; operands: name and recipe, as they were then."""

    operation: Operation
    operands: tuple[tuple[str, "Recipe"], ...]


Recipe = Rows | Everything | Drawn | Gestures | Typed | Label | Imported | Combined
ROWS: Final = Rows()
EVERYTHING: Final = Everything()


def children(recipe: Recipe) -> tuple[Recipe, ...]:
    """The recipes that a recipe is made of."""
    match recipe:
        case Gestures(first, then):
            return (*(() if first is None else (first,)), *(part for _, part in then))
        case Typed(_, named) | Combined(_, named):
            return tuple(part for _, part in named)
    return ()


def size(recipe: Recipe) -> int:
    """How many parts a recipe has, itself included."""
    return 1 + sum(size(part) for part in children(recipe))


def kept(recipe: Recipe) -> Recipe:
    """The recipe as it is worth keeping: one of very many parts gives way to its rows."""
    return recipe if size(recipe) <= MOST_PARTS else Rows("more steps than are kept")


def models_of(recipe: Recipe) -> frozenset[str]:
    """The ids of the models on whose planes parts of a recipe were drawn."""
    own = {recipe.model} if isinstance(recipe, Drawn) and recipe.model is not None else set()
    return frozenset(own).union(*(models_of(part) for part in children(recipe)))


def after_gesture(before: Recipe | None, mode: Mode, gesture: Recipe) -> Recipe:
    """The recipe of a selection after a gesture; before: None for an empty selection."""
    if mode is Mode.REPLACE or (before is None and mode is Mode.ADD):
        return gesture
    if isinstance(before, Gestures):
        return kept(Gestures(before.first, (*before.then, (mode, gesture))))
    return kept(Gestures(before, ((mode, gesture),)))


def typed(text: str, recipes: "dict[str, Recipe]", columns: StarColumns) -> Recipe:
    """The recipe of an expression; recipes: of the subsets that it may name. Raises ExpressionError."""
    named = [name.name for name in names_of(parse(text)) if name.name not in columns.names and name.name in recipes]
    return kept(Typed(" ".join(text.split()), tuple((name, recipes[name]) for name in named)))


def joined(operation: Operation, masks: list[Mask], among: Mask) -> Mask:
    """(n,) bool, read-only: the stars that an operation makes of one subset or more; among: those that take part."""
    first, *others = masks
    rest = np.zeros_like(first)
    for mask in others:
        rest |= mask
    match operation:
        case Operation.UNION:
            result = first | rest
        case Operation.INTERSECTION:
            result = np.logical_and.reduce(masks)
        case Operation.DIFFERENCE:
            result = first & ~rest
        case Operation.SYMMETRIC_DIFFERENCE:
            result = np.logical_xor.reduce(masks)
        case Operation.COMPLEMENT:
            result = among & ~(first | rest)
    result.setflags(write=False)
    return result


def applied(recipe: Recipe, columns: StarColumns) -> Mask:
    """(n,) bool, read-only: the stars that a recipe chooses among those of a catalogue that take part.

    Raises InputError, one sentence, where it cannot be applied there: rows and imported identifiers mean nothing to
    another catalogue, a region on a latent plane needs its own model, and a column may be missing.
    """
    mask = _applied(recipe, columns) & _among(columns)
    mask.setflags(write=False)
    return mask


def _applied(recipe: Recipe, columns: StarColumns) -> Mask:
    match recipe:
        case Rows(what):
            raise InputError(f"this subset is a list of stars ({what}) and has no rule; import it by identifiers")
        case Imported(source):
            raise InputError(f"this subset is a list of identifiers; import {source} again")
        case Everything():
            return _among(columns)
        case Drawn():
            return _drawn(recipe, columns)
        case Gestures(first, then):
            mask = np.zeros(len(columns), bool) if first is None else applied(first, columns)
            for mode, part in then:
                mask = combine(mask, applied(part, columns), mode)
            return mask
        case Typed(text, named):
            own = {name: applied(part, columns) for name, part in named}
            return evaluate(parse(text), columns.with_subsets(own))
        case Label(column, value):
            found = columns.find(column)
            if found is None:
                raise InputError(f"there is no column “{column}” here; make the clusters first")
            return np.asarray(found == value, bool)
        case Combined(operation, operands):
            return joined(operation, [applied(part, columns) for _, part in operands], _among(columns))


def _drawn(recipe: Drawn, columns: StarColumns) -> Mask:
    plane, catalog = recipe.plane, columns.catalog
    if (obstacle := plane.obstacle(catalog)) is not None:
        raise InputError(obstacle)
    if plane.needs_model and columns.embedding is None:
        raise InputError(f"the region was drawn on the {plane.name.lower()}; train the autoencoder first")
    if recipe.model is not None and recipe.model != columns.model:
        raise InputError(
            f"the region was drawn on the plane of an earlier model ({recipe.model}), where places mean something else"
        )
    x, y = plane.coordinates(catalog, columns.embedding)
    return recipe.region.contains(np.asarray(x, np.float32), np.asarray(y, np.float32))


def _among(columns: StarColumns) -> Mask:
    return np.ones(len(columns), bool) if columns.kept is None else columns.kept
