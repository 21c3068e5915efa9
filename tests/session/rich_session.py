"""A small session with something of everything: subsets of all kinds, clusters, odd stars, ratings, a selection."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from stellar_gui.analysis.anomalies import METHODS
from stellar_gui.analysis.clusters import ClusterSettings, as_finding
from stellar_gui.analysis.findings import UNLABELLED, Finding
from stellar_gui.analysis.planes import ColorColor, LatentPlane
from stellar_gui.analysis.recipes import Combined, Drawn, Gestures, Imported, Label, Operation, Recipe, applied
from stellar_gui.analysis.regions import Circle, Polygon, Rectangle, Stroke
from stellar_gui.analysis.selection import Mode
from stellar_gui.analysis.subsets import Subset
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.reading import read_catalog
from stellar_gui.catalog.simulation import simulate
from stellar_gui.progress import drain
from stellar_gui.session.anomalies import order_of, score_stars
from stellar_gui.session.clusters import cluster_stars
from stellar_gui.session.pipeline import fit
from stellar_gui.session.selecting import select_by_expression
from stellar_gui.session.session import Session

HOSTILE = "<script>alert('1')</script> ]]> \"&\" \\ #\n{0} \x00 naïve 名"
STARS = 600


def rich_session(folder: Path) -> Session:
    """Stars of a CSV file with two sets of magnitudes, the second of which was chosen."""
    table = simulate(STARS, seed=5).table
    table = table.rename(columns={band: f"modelMag_{band}" for band in "ugriz"})
    for band in "ugriz":
        table[f"psfMag_{band}"] = table[f"modelMag_{band}"] + 0.25
    table["class"] = np.where(np.arange(STARS) % 9 == 0, "QSO", "STAR")
    path = folder / "two ' sets.csv"
    table.to_csv(path, index=False)
    catalog = read_catalog(path, {band: f"modelMag_{band}" for band in "ugriz"})
    cuts = QualityCuts(magnitude_range=(10.0, 22.5), classes=None)
    session = drain(fit(catalog, cuts, TrainingConfig(seed=3, epochs=2)))
    return with_selection(with_subsets(with_findings(session)))


def with_findings(session: Session) -> Session:
    """With clusters, scores and three ratings."""
    assert session.model is not None and session.embedding is not None
    clusters = as_finding(drain(cluster_stars(session, ClusterSettings(components=4, overlap=0.5))), session.model.id)
    scores = drain(score_stars(session.catalog, session.embedding, session.model.id, METHODS["error"]))
    values = np.full(len(session.catalog), UNLABELLED, np.int16)
    values[order_of(scores)[[0, 3, 5]]] = (5, 0, 3)
    ratings = Finding("rating", "Rating", values, labels={code: str(code) for code in range(6)})
    return replace(session, findings=(clusters, scores, ratings))


def with_subsets(session: Session) -> Session:
    """With a subset for each kind of recipe."""
    model = None if session.model is None else session.model.id
    session = select_by_expression(session, "u - g < 0.9 & latent_1 > -100", "blue")
    plane = LatentPlane()
    recipes: dict[str, Recipe] = {
        HOSTILE: Gestures(
            Drawn(plane, Circle(0.1, 0.2, 0.8, 0.7), model),
            (
                (Mode.ADD, Drawn(plane, Rectangle(-1.0, -0.5, -np.inf, np.inf), model)),
                (Mode.REMOVE, Drawn(plane, Polygon(((0.0, 0.0), (0.5, 0.0), (0.3, 0.7), (0.0, 0.4))), model)),
                (Mode.ADD, Drawn(ColorColor(1), Stroke(((0.2, 0.1), (0.9, 0.4)), 0.2, 0.1))),
            ),
        ),
        "biggest": Label("cluster", 0, "a mixture"),
        "not blue": Combined(Operation.COMPLEMENT, (("blue", session.subsets.of_name("blue").recipe),)),
    }
    for name, recipe in recipes.items():
        mask = applied(recipe, session.columns)
        look = Subset(name, mask, session.subsets.next_color(), notes=f"of {name}", recipe=recipe)
        session = replace(session, subsets=session.subsets.with_one(look))
    few, many = np.zeros(STARS, bool), np.arange(STARS) % 3 == 0
    few[[4, 8, 15]] = True
    for name, mask in (("few", few), ("many", many)):
        recipe = Imported("a list", "objid", int(mask.sum()))
        session = replace(session, subsets=session.subsets.with_one(Subset(name, mask, visible=False, recipe=recipe)))
    return session


def with_selection(session: Session) -> Session:
    """With every seventh star selected."""
    return replace(session, selection=np.arange(STARS) % 7 == 0)
