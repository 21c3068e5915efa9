"""The part of a session's script that chooses stars: subsets and the selection, by their recipes or as lists."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar_gui.analysis.recipes import Imported, Recipe, Rows, applied
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.analysis.subsets import Subset
from stellar_gui.errors import InputError
from stellar_gui.session.script.python_source import Source, comment, quoted
from stellar_gui.session.session import Session

MOST_LISTED: Final = 60
"""Stars up to which a list stands in the script; a longer one is carried in a table."""
_WITH_SUBSET: Final = '''
def with_subset(session, name, stars, recipe, **look):
    """The session with one more subset; look: its colour, visibility and notes."""
    subset = Subset(name, stars, recipe=recipe, **look)
    return replace(session, subsets=session.subsets.with_one(subset))
'''
_LISTED: Final = '''
def listed(*rows):
    """A mask of the stars in these rows of the source, counted from 0."""
    mask = zeros(len(catalog), bool)
    mask[list(rows)] = True
    return mask
'''


class Carried:
    """A table beside the script, one row for each star; columns: by name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns: dict[str, Any] = {}

    @property
    def table(self) -> pd.DataFrame:
        """What is to be written."""
        return pd.DataFrame(self.columns)

    def read(self, name: str, values: Any, source: Source) -> str:
        """Carry values (n,) under a name, and answer the source that reads them."""
        self.columns[name] = values
        source.use("pandas", "read_parquet")
        return f"read_parquet(CARRIED)[{quoted(name)}].to_numpy()"


def subset_lines(session: Session, source: Source, carried: Carried) -> list[str]:
    """Each subset by its recipe where that makes the same stars again, else by its stars."""
    if not session.subsets:
        return []
    source.use("dataclasses", "replace")
    source.use("stellar_gui.analysis.subsets", "Subset")
    source.define(_WITH_SUBSET)
    lines = ["", "# the subsets, each with the recipe that made it"]
    for place, subset in enumerate(session.subsets.all, 1):
        why = _how(session, subset)
        if why is None:
            source.use("stellar_gui.analysis.recipes", "applied")
            stars = "applied(recipe, session.columns)"
        else:
            lines += comment(why)
            stars = _stars(subset.mask, f"subset {place}: {subset.name}", source, carried)
        look = {"color": subset.color, "visible": subset.visible, "notes": subset.notes}
        shown = [f"{key}={source.of(value)}" for key, value in look.items() if value not in (True, "")]
        lines += [
            f"recipe = {source.of(subset.recipe)}",
            f"session = {source.call('with_subset', 'session', quoted(subset.name), stars, 'recipe', *shown)}",
        ]
    return lines


def selection_lines(session: Session, source: Source, carried: Carried) -> list[str]:
    """The stars that were selected."""
    if session.selection is None:
        return []
    source.use("dataclasses", "replace")
    mask = session.selection
    stars = _stars(mask, "selection", source, carried)
    return ["", *comment("the stars that were selected"), f"session = replace(session, selection={stars})"]


def _how(session: Session, subset: Subset) -> str | None:
    """Why the stars of a subset have to be listed; None where its recipe makes them again."""
    columns = session.columns
    if isinstance(subset.recipe, Rows | Imported):
        return f"“{subset.name}” is a list of stars"
    obstacle = _obstacle(subset.recipe, columns, subset.mask)
    return None if obstacle is None else f"“{subset.name}” is carried as a list of stars: {obstacle}"


def _obstacle(recipe: Recipe, columns: StarColumns, mask: NDArray[np.bool_]) -> str | None:
    try:
        same = np.array_equal(applied(recipe, columns), mask)
    except InputError as error:
        return str(error)
    return None if same else "its recipe makes other stars under the checks, model and findings of today"


def _is_short(mask: NDArray[np.bool_]) -> bool:
    return int(np.count_nonzero(mask)) <= MOST_LISTED


def _stars(mask: NDArray[np.bool_], name: str, source: Source, carried: Carried) -> str:
    if not _is_short(mask):
        return carried.read(name, mask, source)
    source.use("numpy", "zeros")
    source.define(_LISTED)
    return f"listed({', '.join(map(str, np.flatnonzero(mask).tolist()))})"
