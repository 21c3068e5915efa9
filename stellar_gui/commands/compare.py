"""Tell what sets a session's subset apart from its other stars, or from another subset: the strongest first."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellar_gui.commands.console import follow, write_json, write_result

if TYPE_CHECKING:
    from stellar_gui.analysis.contrast import Contrast, Effect
    from stellar_gui.analysis.label_shares import LabelShare
    from stellar_gui.session.session import Mask, Session

EXAMPLE = """\
example:
  stellar-gui compare run.stellar --subset selection --json"""
REST = "the rest"
LABELS = 5
"""As many of the labels that differ most are told to people; JSON has all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, --subset, --against, --json."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session")
    parser.add_argument("--subset", required=True, metavar="NAME", help="a subset's name, or 'selection'")
    parser.add_argument("--against", metavar="NAME", help="what to compare with (default: all other stars)")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object: subset, against, stars, common, quantities, labels, sed",
    )


def run(arguments: argparse.Namespace) -> None:
    """Open, compare, and tell."""
    from stellar_gui.analysis.contrast import contrast
    from stellar_gui.analysis.findings import by_name
    from stellar_gui.analysis.recipe_axes import axes_of
    from stellar_gui.analysis.recipes import ROWS
    from stellar_gui.session.storage.archive import load_session

    session = follow(load_session(arguments.session), "opening")
    own = _members(session, arguments.subset)
    other = session.quality.kept & ~own if arguments.against is None else _members(session, arguments.against)
    against = REST if arguments.against is None else arguments.against
    _require_stars(own, arguments.subset)
    _require_stars(other, against)
    recipe = session.subsets.recipes.get(arguments.subset, ROWS)
    selected_on = axes_of(recipe, session.catalog)
    work = contrast(session.catalog, session.embedding, by_name(session.findings), own, other, selected_on)
    found = follow(work, "comparing")
    if arguments.json:
        write_json({"subset": arguments.subset, "against": against, **_as_json(found)})
    else:
        write_result(_lines(found, arguments.subset, against))


def _members(session: "Session", name: str) -> "Mask":
    """(n,) bool: the stars of a subset, or of the selection, that take part."""
    import numpy as np

    members: Mask = np.zeros(len(session.catalog), dtype=bool)
    members[session.rows_of(name)[0]] = True
    return members & session.quality.kept


def _require_stars(members: "Mask", name: str) -> None:
    from stellar_gui.errors import InputError

    if not members.any():
        raise InputError(f"no star of “{name}” takes part under the session's checks; compare other stars")


def _as_json(found: "Contrast") -> dict[str, Any]:
    from stellar_gui.catalog.bands import BAND_NAMES

    sed = {
        band: [
            {
                "p16": float(one.original_p16[k]),
                "median": float(one.original_median[k]),
                "p84": float(one.original_p84[k]),
            }
            for one in found.magnitudes
        ]
        for k, band in enumerate(BAND_NAMES)
    }
    return {
        "stars": found.stars,
        "common": found.common,
        "quantities": [_effect_as_json(effect) for effect in found.effects],
        "labels": [
            {
                "column": label.choice.name,
                "label": label.label,
                "shares": label.shares,
                "difference": label.difference,
                "selected_on": label.selected_on,
            }
            for label in found.labels
        ],
        "sed": sed,
    }


def _effect_as_json(effect: "Effect") -> dict[str, Any]:
    return {
        "name": effect.choice.name,
        "unit": effect.unit,
        "stars": effect.stars,
        "medians": effect.medians,
        "difference": effect.difference,
        "delta": effect.delta,
        "interval": effect.interval,
        "auc": effect.auc,
        "effect": effect.strength,
        "selected_on": effect.selected_on,
    }


def _lines(found: "Contrast", subset: str, against: str) -> list[str]:
    own, other = found.stars
    lines = [f"{subset} ({own:,} stars) against {against} ({other:,} stars)"]
    if found.common:
        lines.append(f"{found.common:,} stars are in both")
    lines += [_label_line(label) for label in found.labels[:LABELS]]
    width = max((len(effect.title) for effect in found.effects), default=0)
    title = f"{'':<{width}}  {'unit':<6}{'median':>13}{'against':>13}{'difference':>13}"
    lines += ["", f"{title}  {'delta':>6}  {'95 % interval':<16}  effect"]
    return lines + [_line(effect, width) for effect in found.effects]


def _line(effect: "Effect", width: int) -> str:
    numbers = (*effect.medians, effect.difference)
    texts = "".join(f"{_plain(value, effect.digits):>13}" for value in numbers)
    low, high = effect.interval
    interval = f"{low:+.3f} {high:+.3f}"
    return f"{effect.title:<{width}}  {effect.unit:<6}{texts}  {effect.delta:+.3f}  {interval:<16}  " + (
        f"{effect.strength} (selected on it)" if effect.selected_on else effect.strength
    )


def _label_line(label: "LabelShare") -> str:
    own, other = label.shares
    mark = " (selected on it)" if label.selected_on else ""
    return f"{label.title}: {label.label} {own:.1%}, against {other:.1%}{mark}"


def _plain(value: float, digits: int) -> str:
    return f"{value:.5g}" if abs(value) >= 1e10 else f"{round(value, digits) + 0.0:.{digits}f}"
