"""The quantities by which a subset was chosen: that its stars differ in them says nothing new."""

from stellar_gui.analysis.coloring import COLORS, ERROR, LATENTS, RESIDUALS, ColorChoice, Group
from stellar_gui.analysis.expression import names_of, parse
from stellar_gui.analysis.planes import ColorColor, ColorMagnitude, LatentPlane, Plane, ResidualPlane, SkyPlane
from stellar_gui.analysis.recipes import Drawn, Label, Recipe, Typed, children
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog


def axes_of(recipe: Recipe, catalog: Catalog) -> frozenset[ColorChoice]:
    """The axes of the planes on which a recipe was drawn, the columns, labels and findings that it names.

    An expression that names two neighbouring bands is taken to choose by their colour as well.
    """
    own: set[ColorChoice] = set()
    match recipe:
        case Drawn(plane):
            own = _of_plane(plane, catalog)
        case Typed(text):
            own = _of_names({name.name for name in names_of(parse(text))}, catalog)
        case Label(column):
            own = {ColorChoice(Group.FINDING, column), ColorChoice(Group.LABEL, column)}
    return frozenset(own).union(*(axes_of(part, catalog) for part in children(recipe)))


def _of_plane(plane: Plane, catalog: Catalog) -> set[ColorChoice]:
    match plane:
        case LatentPlane(flat):
            return {LATENTS[0], ERROR if flat else LATENTS[1]}
        case ColorMagnitude():
            return {COLORS[1], _column("r", catalog)}
        case ColorColor(first):
            return {COLORS[first], COLORS[first + 1]}
        case ResidualPlane(band):
            return {_column(BAND_NAMES[band], catalog), RESIDUALS[band]}
        case SkyPlane():
            return {_column("ra", catalog), _column("dec", catalog)}
    return set()


def _of_names(names: set[str], catalog: Catalog) -> set[ColorChoice]:
    known = {f"latent_{k}": choice for k, choice in enumerate(LATENTS, 1)} | {"rec_error": ERROR}
    known |= {f"{band}_res": choice for band, choice in zip(BAND_NAMES, RESIDUALS, strict=True)}
    groups = (Group.COLUMN, Group.LABEL, Group.FINDING)
    own = {ColorChoice(group, name) for name in names for group in groups}
    own |= {known[name] for name in names if name in known}
    own |= {_column(name, catalog) for name in names if name in BAND_NAMES}
    bands = [band in names or catalog.columns[band] in names for band in BAND_NAMES]
    return own | {color for k, color in enumerate(COLORS) if bands[k] and bands[k + 1]}


def _column(role: str, catalog: Catalog) -> ColorChoice:
    return ColorChoice(Group.COLUMN, catalog.columns.get(role, role))
