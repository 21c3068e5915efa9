"""Adding subsets to a session: by a typed expression, or by the recipe of another session's subset."""

from dataclasses import replace

from stellar_gui.analysis.expression import evaluate, parse
from stellar_gui.analysis.recipes import applied, typed
from stellar_gui.analysis.subsets import Subset
from stellar_gui.errors import InputError
from stellar_gui.session.session import Session


def select_by_expression(session: Session, text: str, name: str) -> Session:
    """The session with a subset of the stars that take part and meet an expression; a taken name gets other members.

    Raises InputError for a wrong expression, or a name that a column has.
    """
    columns = session.columns
    mask = evaluate(parse(text), columns) & session.quality.kept
    recipe = typed(text, session.subsets.recipes, columns)
    return _with_subset(session, Subset(name, mask, recipe=recipe))


def select_as_in(session: Session, other: Session, name: str) -> Session:
    """The session with the named subset of another one, its recipe applied to the stars of this one.

    Raises InputError where there is no such subset, or its recipe cannot be applied here.
    """
    other.rows_of(name)
    if name not in other.subsets:
        raise InputError("a selection keeps no recipe; save it as a subset first.")
    subset = other.subsets.of_name(name)
    return _with_subset(session, replace(subset, mask=applied(subset.recipe, session.columns)))


def _with_subset(session: Session, subset: Subset) -> Session:
    name = " ".join(subset.name.split())
    if not name:
        raise InputError("a subset needs a name.")
    if name in session.columns.names:
        raise InputError(f"there is a column “{name}” already; call the subset otherwise.")
    subset = replace(subset, name=name, color=session.subsets.next_color())
    return replace(session, subsets=session.subsets.with_one(subset))
