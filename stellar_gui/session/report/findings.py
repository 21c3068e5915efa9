"""The sections of a report on maps, subsets, clusters and odd stars, each as HTML."""

from collections.abc import Generator
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui import numbers
from stellar_gui.analysis.anomalies import METHODS
from stellar_gui.analysis.cluster_recipe import note, silhouettes
from stellar_gui.analysis.coloring import ColorChoice, Group, Labels, coloring
from stellar_gui.analysis.findings import ANOMALY_SCORE, CLUSTER, RATING, UNLABELLED, Finding, by_name
from stellar_gui.analysis.map_data import map_data
from stellar_gui.analysis.planes import LatentPlane
from stellar_gui.analysis.recipe_text import described
from stellar_gui.analysis.statistics import summarise
from stellar_gui.analysis.subsets import Subset
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.progress import Progress
from stellar_gui.session.anomalies import order_of
from stellar_gui.session.recipe_words import finding_facts
from stellar_gui.session.report.figures import MapFigure, label_color, swatch
from stellar_gui.session.report.markup import Markup, facts, joined, table, tag
from stellar_gui.session.session import Session

ODDEST: Final = 20
_COLORS: Final = tuple(f"{blue}−{red}" for blue, red in pairwise(BAND_NAMES))


def maps(session: Session) -> Generator[Progress | None, None, Markup]:
    """The latent map: its density, the classes or clusters, the subsets."""
    embedding = session.embedding
    if embedding is None or not session.quality.kept.any():
        return Markup("")
    plane = LatentPlane(embedding.latent.shape[1] == 1)
    x, y = plane.coordinates(session.catalog, embedding)
    drawing = MapFigure((yield from map_data(x, y, session.quality.kept)), plane.titles)
    kept = numbers.stars(int(session.quality.kept.sum()))
    drawn = [
        (
            yield from drawing.density(
                "figure-map",
                f"Map of {kept} by {' and '.join(plane.titles)}.",
                f"The latent map: {kept}, the stronger the colour, the more of them.",
            )
        )
    ]
    for labels in _labels(session):
        place, title = len(drawn), labels.title
        drawn.append(
            (
                yield from drawing.labelled(
                    labels,
                    f"figure-labels-{place}",
                    f"The same map, coloured by {title}.",
                    f"The same map, each place in the colour of its commonest {title}.",
                )
            )
        )
    shown = [subset.name for subset in session.subsets.all if subset.visible and subset.mask.any()]
    if shown:
        drawn.append(
            (
                yield from drawing.marked(
                    session.subsets,
                    "figure-subsets",
                    f"The same map with the subsets {', '.join(shown)} marked.",
                    "The same map with the stars of subsets in their colours.",
                )
            )
        )
    return joined(drawn)


def subsets(session: Session) -> Markup:
    """The subsets with their share, their medians, notes and recipes."""
    if not session.subsets:
        return Markup("")
    of = int(session.quality.kept.sum())
    rows = [
        (
            joined((swatch(subset.color), subset.name)),
            numbers.count(int(subset.mask.sum())),
            numbers.share(int(subset.mask.sum()), of),
            "yes" if subset.visible else "no",
        )
        for subset in session.subsets.all
    ]
    return joined(
        (
            table("Subsets and their share of the stars that take part", ("Subset", "Stars", "Share", "Drawn"), rows),
            *(_subset(session, subset) for subset in session.subsets.all),
        )
    )


def clusters(session: Session) -> Markup:
    """The stars of each cluster, and how they were found."""
    finding = by_name(session.findings).get(CLUSTER)
    return Markup("") if finding is None else _labelled(finding)


def odd_stars(session: Session) -> Markup:
    """The oddest stars with their magnitudes, scores and ratings."""
    found = by_name(session.findings)
    scores = found.get(ANOMALY_SCORE)
    if scores is None:
        return Markup("")
    catalog, ratings = session.catalog, found.get(RATING)
    method = METHODS.get(str(scores.recipe.get("method")))
    rows = order_of(scores)
    score = f"Score ({scores.unit})" if scores.unit else "Score"
    listed = [
        (
            catalog.star_name(row).removeprefix("Star ").removeprefix("in "),
            *(numbers.fixed(value) for value in catalog.magnitudes[row].tolist()),
            numbers.fixed(float(scores.values[row])),
            _rating(ratings, row),
        )
        for row in rows[:ODDEST].tolist()
    ]
    said = "" if method is None else f"Ranked by “{method.title.lower()}”. {method.finds}"
    rated = 0 if ratings is None else int(np.count_nonzero(ratings.values != UNLABELLED))
    return joined(
        (
            tag("p", said) if said else "",
            table(
                f"The {len(listed)} oddest of {numbers.stars(len(rows))}; magnitudes in mag",
                ("Star", *BAND_NAMES, score, "Rating"),
                listed,
            ),
            tag("p", f"{numbers.stars(rated)} rated by hand, 0 to 5.", class_="quiet") if rated else "",
            _recipe(scores),
        )
    )


def others(session: Session) -> Markup:
    """All other findings."""
    left = [one for one in session.findings if one.name not in (CLUSTER, ANOMALY_SCORE, RATING)]
    return joined(joined((tag("h3", one.title), _labelled(one) if one.labels else _numbers(one))) for one in left)


def _labels(session: Session) -> Generator[Labels, None, None]:
    """By what the map is coloured: the classes of the table, the clusters."""
    found = by_name(session.findings)
    choices = []
    if session.catalog.labels is not None:
        choices.append(ColorChoice(Group.LABEL, session.catalog.columns["class"]))
    if CLUSTER in found:
        choices.append(ColorChoice(Group.FINDING, CLUSTER))
    for choice in choices:
        labels = coloring(choice, session.catalog, session.embedding, found, session.quality.kept)
        if not isinstance(labels, Labels) or len(np.unique(labels.code[session.quality.kept])) < 2:
            continue
        yield labels


def _subset(session: Session, subset: Subset) -> Markup:
    magnitudes, rows = session.catalog.magnitudes, np.flatnonzero(subset.mask)
    found = summarise(magnitudes, session.embedding, rows)
    medians = [
        (name, *(numbers.fixed(value, 3, signed) for value in values))
        for name, values, signed in (
            ("median", found.original_median, False),
            ("16 %", found.original_p16, False),
            ("84 %", found.original_p84, False),
            ("median reconstruction", found.reconstructed_median, False),
            ("bias", found.bias, True),
            ("rms residual", found.rms, False),
        )
        if np.isfinite(values).any()
    ]
    heading = f"subset-{session.subsets.all.index(subset) + 1}"
    return joined(
        (
            tag("h3", swatch(subset.color), subset.name, id=heading),
            tag("p", f"{numbers.stars(len(rows))}."),
            *(tag("p", line) for line in subset.notes.splitlines() if line.strip()),
            tag("pre", described(subset.recipe)),
            table(f"Magnitudes of {subset.name} (mag)", ("Statistic", *BAND_NAMES), medians) if medians else "",
            _colours(magnitudes[rows], subset.name) if len(rows) else "",
        )
    )


def _colours(magnitudes: NDArray[np.float32], name: str) -> Markup:
    colours = magnitudes[:, :-1] - magnitudes[:, 1:]
    colours = colours[np.isfinite(colours).all(axis=1)]
    if not len(colours):
        return Markup("")
    spread = np.percentile(colours, (50, 16, 84), axis=0)
    rows = [
        (what, *(numbers.fixed(value) for value in values))
        for what, values in zip(("median", "16 %", "84 %"), spread, strict=True)
    ]
    return table(f"Colours of {name} (mag)", ("Statistic", *_COLORS), rows)


def _labelled(finding: Finding) -> Markup:
    """A finding's labels with their stars, and silhouettes where they are known."""
    stars = finding.values[finding.values != UNLABELLED]
    known = silhouettes(finding.recipe)
    rows = []
    for code, name in finding.labels.items():
        count = int(np.count_nonzero(stars == code))
        color = label_color(code) if code >= 0 else label_color(len(finding.labels) + 100)
        told = numbers.fixed(known.get(code, float("nan")))
        rows.append((joined((swatch(color), name)), numbers.count(count), numbers.share(count, len(stars)), told))
    shown = 3 + bool(known)
    heads = (finding.title, "Stars", "Share", "Mean silhouette")[:shown]
    return joined((table(f"{finding.title} by stars", heads, [row[:shown] for row in rows]), _recipe(finding)))


def _numbers(finding: Finding) -> Markup:
    values = finding.values[np.isfinite(finding.values)]
    unit = f" ({finding.unit})" if finding.unit else ""
    spread = np.percentile(values, (1, 16, 50, 84, 99)) if len(values) else np.full(5, np.nan)
    row = (finding.title, numbers.count(len(values)), *(numbers.short(float(value), 3) for value in spread))
    heads = ("Finding", "Stars", "1 %", "16 %", "Median", "84 %", "99 %")
    return joined((table(f"{finding.title}{unit}", heads, [row]), _recipe(finding)))


def _recipe(finding: Finding) -> Markup:
    """How a finding was made."""
    told = [(title.capitalize(), text) for title, text in finding_facts(finding)]
    how = note(finding.recipe)
    return joined((tag("p", how) if how else "", facts(told)))


def _rating(ratings: Finding | None, row: int) -> str:
    code = UNLABELLED if ratings is None else int(ratings.values[row])
    return "" if code == UNLABELLED else str(code)
