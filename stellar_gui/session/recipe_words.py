"""How subsets were chosen and findings were made, in words for reports and for the metadata of exports."""

import textwrap
from collections.abc import Mapping
from typing import Any, Final

from stellar_gui import numbers
from stellar_gui.analysis.findings import Finding
from stellar_gui.analysis.recipe_text import described
from stellar_gui.analysis.recipes import Recipe

LONGEST: Final = 2000
_HOW: Final = ("method", "space", "smallest", "components", "overlap", "seed", "model", "silhouette")
"""What is told of a finding's recipe in this order, before anything else."""
_NOT_TOLD: Final = ("note", "bic", "silhouettes")
_TITLES: Final = {"edits": "corrected by hand"}


def subset_in_line(recipe: Recipe) -> str:
    """The recipe of a subset or selection in one line of at most LONGEST characters."""
    return _line("; ".join(line.strip() for line in described(recipe).splitlines()))


def finding_in_line(finding: Finding) -> str:
    """How a finding was made, in one line of at most LONGEST characters; one without a recipe was made by hand."""
    note = str(finding.recipe.get("note") or "")
    told = "; ".join(f"{title}: {text}" for title, text in finding_facts(finding) if text)
    return _line(f"{note} {told}") or "made by hand"


def finding_facts(finding: Finding) -> list[tuple[str, str]]:
    """The parts of a finding's recipe, title and text, without its note."""
    recipe: Mapping[str, Any] = finding.recipe
    first = [name for name in _HOW if name in recipe]
    names = [*first, *(name for name in recipe if name not in _HOW and name not in _NOT_TOLD)]
    return [(_TITLES.get(name, name.replace("_", " ")), _said(recipe[name])) for name in names]


def _line(text: str) -> str:
    return textwrap.shorten(text.replace(numbers.MINUS, "-"), LONGEST, placeholder=" [...]")


def _said(value: Any) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:.4g}".replace("-", numbers.MINUS)
        case list() | tuple():
            return "; ".join(_said(each) for each in value)
        case Mapping():
            return "; ".join(f"{key}: {_said(each)}" for key, each in value.items())
    return str(value)
